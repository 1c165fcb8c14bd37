"""`cce audit`: attack a version or a draft, or any folder of linear facts."""

from __future__ import annotations

import csv
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal

if TYPE_CHECKING:
    from assets.store.folder import DataFolder
    from assets.versions.protection import Protection
    from profiles.disclosure.audit import Audit


@click.command()
@click.argument("version", required=False)
@click.argument("later", required=False)
@click.option(
    "--edition",
    type=click.Choice(["public", "partner"]),
    help="Print the verdict on one edition only.",
)
@click.option(
    "--relations",
    type=click.Path(path_type=Path, file_okay=False),
    help=(
        "Instead of a version: a folder with cells.csv and, where needed, relations.csv and "
        "hierarchies.csv."
    ),
)
@click.option("--again", is_flag=True, help="Attack a draft anew, even where the answer is known.")
def audit(
    version: str | None,
    later: str | None,
    edition: str | None,
    relations: Path | None,
    again: bool,
) -> None:
    """Try to work out what is hidden, from a version's (2024-03-01.v1) or draft's labels and all
    that was published before; with a second version, what changed between the two.

    Prints pass or fail, what is told most nearly and by what, repairs and effort; the whole verdict
    is written as JSON beside the version. With --relations prints cell,low,high for every target.
    """
    if (version is None) == (relations is None):
        raise click.ClickException("Name a version or a draft, or a folder with --relations.")
    if relations is not None:
        _relations(relations)
        return
    data = data_or_refusal()
    if later is not None:
        sys.exit(_between(data, str(version), later))
    reaudited = _protection(data, str(version), again)
    passed = True
    for name, verdict in reaudited.result.audits.items():
        if edition in (None, name):
            click.echo(_words(name, verdict, reaudited))
            passed = passed and verdict.passed
    sys.exit(0 if passed else 1)


def _between(data: DataFolder, one: str, two: str) -> int:
    """Attack two versions together and say what is told; 1 where a few who moved are told of."""
    from assets.versions import drafts, protection
    from assets.versions.manifests import versions

    published = versions(data)
    names = {v["version"] for v in published}
    for name in (one, two):
        if name not in names:
            raise click.ClickException(f"There is no version {name}.")
    earlier = data.profiles / one.replace(".", "/", 1)
    later = data.profiles / two.replace(".", "/", 1)
    try:
        found = protection.audit_between(data, earlier, later, protection.newest_head(published))
    except drafts.PublishError as error:
        raise click.ClickException(str(error)) from None
    click.echo(f"{one} and {two} together: {'FAIL' if found.told else 'pass'}")
    click.echo(
        f"  {found.tried} counts that 1 to {data.rule.hold - 1} children joined or left between "
        f"them, {len(found.told)} of which are told"
    )
    for change in found.told:
        click.echo(f"  told: {change.ref} changed by {change.low} to {_high(change.high)}")
    return 1 if found.told else 0


def _protection(data: DataFolder, name: str, again: bool) -> Protection:
    import json

    from assets.store.folder import write_atomically
    from assets.versions import drafts, protection
    from assets.versions.manifests import versions

    published = versions(data)
    head = protection.newest_head(published)
    try:
        if not any(v["version"] == name for v in published):
            return protection.protection(data, drafts.find_draft(data, name), head, again=again)
        as_at, _, number = name.rpartition(".")
        version = data.profiles / as_at / number
        reaudited = protection.reaudit(data, version, head)
    except drafts.PublishError as error:
        raise click.ClickException(str(error)) from None
    path = data.profiles / as_at / f"{number}.audit.json"
    write_atomically(path, json.dumps(reaudited.as_dict(), indent=1, sort_keys=True) + "\n")
    click.echo(f"The whole verdict: {path}", err=True)
    return reaudited


def _words(name: str, verdict: Audit, found: Protection) -> str:
    e = verdict.effort
    useful = found.share_withheld[name]
    lines = [
        f"{name} edition: {'pass' if verdict.passed else 'FAIL'}",
        (
            f"  {verdict.figures} facts, {verdict.targets} numbers that must stay hidden, "
            f"{verdict.unknowns} unknowns"
        ),
    ]
    for failure in verdict.failures:
        lines.append(
            f"  worked out: {failure.target} is {failure.low} to {_high(failure.high)}; binding: "
            f"{'; '.join(failure.binds)}"
        )
    for given in verdict.given_elsewhere:
        lines.append(
            f"  given away by what others published: {given.target} is {given.low} to "
            f"{_high(given.high)}"
        )
    for what, why in verdict.not_used:
        lines.append(f"  published by others, and not reckoned with: {what} ({why})")
    if verdict.narrowest:
        n = verdict.narrowest
        lines.append(f"  narrowest interval: {n.low} to {_high(n.high)}, {n.target}")
        lines.append(f"  binding: {'; '.join(n.binds) or 'its own label'}")
    lines.append(
        f"  repairs: {len(verdict.repairs)}{''.join(f'{chr(10)}    {r}' for r in verdict.repairs)}"
    )
    lines.append(f"  withheld by lot, in both editions: {len(found.result.by_lot)}")
    lines.append(
        f"  of what must be published {useful['withheld']} of {useful['figures']} figures are "
        f"withheld ({useful['percent']}%)"
    )
    lines.append(f"  {e.sweeps} sweeps, {e.lps} LPs, {e.milps} MILPs, {verdict.seconds:.1f} s")
    return "\n".join(lines)


def _high(high: int | None) -> str:
    if high is None:
        return "no bound"
    return str(high)


def _relations(folder: Path) -> None:
    from profiles.disclosure.attacker import SolverError, intervals
    from profiles.disclosure.facts import FactsError
    from profiles.disclosure.lattice import LatticeError
    from profiles.disclosure.relations import read

    try:
        question = read(folder)
        targets = {name: {name: 1} for name in question.targets}
        bounds = intervals(question.facts, targets)
    except (FactsError, LatticeError) as error:
        raise click.ClickException(f"{folder.name}: {error}.") from None
    except SolverError as error:
        raise click.ClickException(
            f"{folder.name}: {error}. Nothing may be concluded from that."
        ) from None
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["cell", "low", "high"])
    for name, interval in bounds.items():
        out.writerow(
            [
                name,
                "" if interval.low is None else interval.low,
                "" if interval.high is None else interval.high,
            ]
        )

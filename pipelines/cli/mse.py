"""`cce mse`: multiple systems estimation of any table of capture histories."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from profiles.statistics.hidden_scale.estimate import Result


@click.command()
@click.argument("histories", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="Print the whole result as JSON.")
@click.option(
    "--months",
    type=click.IntRange(1, 120),
    default=12,
    show_default=True,
    help="The length of the reference period.",
)
@click.option(
    "--linkage-checked",
    is_flag=True,
    help=(
        "A clerical sample told how many links are wrong or missed. Without it there is no "
        "point estimate."
    ),
)
@click.option("--seed", type=int, help="Of the resamples; by default one fixed seed.")
def mse(
    histories: Path, as_json: bool, months: int, linkage_checked: bool, seed: int | None
) -> None:
    """Estimate how many are on no list, from a CSV with one 0/1 column per list and a column count:
    or refuse, and say why.

    Experimental. A refusal is an answer, too.
    """
    from profiles.statistics.hidden_scale.estimate import SEED, estimate
    from profiles.statistics.hidden_scale.histories import HistoriesError, read

    try:
        table = read(histories)
    except HistoriesError as error:
        raise click.ClickException(f"{error}. Nothing was estimated.") from None
    result = estimate(
        table,
        linkage_error_known=linkage_checked,
        months=months,
        seed=SEED if seed is None else seed,
    )
    click.echo(json.dumps(result.as_dict(), indent=1) if as_json else _words(result))


def _words(result: Result) -> str:
    estimated = result.as_dict()
    lines = [f"Verdict: {estimated['verdict']}. {result.words}", f"Known: {estimated['known']:,}"]
    lines += [f"Because: {reason}" for reason in estimated["reasons"]]
    chosen = estimated["chosen"]
    if chosen:
        terms = ", ".join(chosen["terms"]) or "none: the lists independent"
        lines.append(
            f"Chosen model: pairs {terms}; df {chosen['df']}, p of fit {chosen['fit_p']:.2f}"
        )
    for name, words in (
        ("shown_interval", "Shown"),
        ("bootstrap_interval", "95% of resamples, the choice repeated"),
        ("profile_interval", "95%, if this model were right (Cormack)"),
    ):
        if estimated[name]:
            lines.append(f"{words}: {estimated[name][0]:,.0f} to {estimated[name][1]:,.0f}")
    alternatives = {
        "main_effects": "main effects",
        "stepwise_p02": "stepwise, p 0.02",
        "home_office": "Home Office rule",
        "chao_lower": "Chao's lower bound",
    }
    lines += [
        f"By {words}: {estimated['alternatives'][n]:,.0f}"
        for n, words in alternatives.items()
        if estimated["alternatives"].get(n)
    ]
    near = estimated["alternatives"].get("within_6_bic")
    if near:
        lines.append(f"Models within 6 of the lowest BIC: {near[0]:,.0f} to {near[1]:,.0f}")
    overlaps = estimated["diagnostics"]["overlaps"]
    lines.append("On each list: " + ", ".join(f"{n} {c:,}" for n, c in overlaps["lists"].items()))
    lines.append("On both of two: " + ", ".join(f"{n} {c:,}" for n, c in overlaps["pairs"].items()))
    lines.append(f"Seed: {estimated['seed']}")
    return "\n".join(lines)

"""`cce compare`: two versions beside one another, and why a number is another one."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say

if TYPE_CHECKING:
    from assets.store.folder import DataFolder
    from assets.versions.compare import Movement

COLUMNS = ("", "first", "second", "moved", "time", "revised past", "method")


@click.command()
@click.argument("one", metavar="V1")
@click.argument("two", metavar="V2")
@click.option(
    "--html",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write it as a page too; the two versions are then attacked together first.",
)
def compare(one: str, two: str, html: Path | None) -> None:
    """Compare two published versions (2024-02-29.v1 2024-03-31.v1): every headline in both, and
    what of the difference is time, revised past (late and corrected records) or method.
    """
    from assets.versions.compare import compare as compared
    from assets.versions.drafts import PublishError
    from profiles.report.render import render_comparison

    data = data_or_refusal()
    try:
        if html is not None:
            _attack(data, one, two)
        with tempfile.TemporaryDirectory(dir=data.work) as work:
            found = compared(data, one, two, Path(work))
    except PublishError as error:
        raise click.ClickException(str(error)) from None
    body = [_row(movement) for movement in found.movements]
    rows = [COLUMNS, *body]
    widths = [max(len(row[i]) for row in rows) for i in range(len(COLUMNS))]
    for row in rows:
        cells = [row[0].ljust(widths[0])]
        cells += [cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True)]
        click.echo("  ".join(cells).rstrip())
    say(found.population)
    for reason in found.why:
        say(reason)
    if html is not None:
        notes = [found.population, *found.why]
        days = (found.as_at_one, found.as_at_two)
        page = render_comparison((one, two), days, rows, notes, data.area.name)
        html.write_text(page, "utf-8")
        click.echo(html)


def _attack(data: DataFolder, one: str, two: str) -> None:
    """Raises PublishError where the two versions together tell of few children."""
    from assets.versions.drafts import PublishError
    from assets.versions.manifests import versions
    from assets.versions.protection import audit_between, newest_head

    published = versions(data)
    folders = [data.profiles / name.replace(".", "/", 1) for name in (one, two)]
    if any(not folder.exists() for folder in folders):
        raise PublishError("There is no such version; cce status lists them.")
    found = audit_between(data, folders[0], folders[1], newest_head(published))
    if found.told:
        raise PublishError(
            "The two versions together tell of few children (cce audit says of which): no page is "
            "written."
        )


def _row(movement: Movement) -> tuple[str, ...]:
    parts = (movement.moved, movement.time, movement.revised, movement.method)
    return (movement.words, movement.before, movement.now, *map(_signed, parts))


def _signed(part: float | None) -> str:
    """“+45”, “−5”, “0”; “?” for what cannot be told."""
    if part is None:
        return "?"
    if not part:
        return "0"
    return f"{part:+,.0f}".replace("-", "−")

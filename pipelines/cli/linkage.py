"""`cce linkage`: how well the extracts are joined, for the analyst, and the sample that agencies
judge.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.group()
def linkage() -> None:
    """How well the extracts are joined: rates, and a sample of pairs for the agencies to judge."""


def _warehouse(draft: str | None) -> tuple[Any, Path]:
    from assets.versions import drafts

    data = data_or_refusal()
    folder: Path | None
    try:
        if draft:
            folder = drafts.find_draft(data, draft)
        else:
            folder = drafts.newest_draft(data)
    except drafts.PublishError as error:
        raise click.ClickException(str(error)) from None
    if folder is None:
        raise click.ClickException("There is no draft yet; make one first: cce refresh")
    return data, folder / "restricted" / "warehouse.duckdb"


@linkage.command()
@click.option("--draft", help="A draft's id; by default the newest.")
@click.option("--json", "as_json", is_flag=True, help="Everything as JSON.")
def report(draft: str | None, as_json: bool) -> None:
    """Match rates by agency pair, key, birth year, sex and ethnic group; agreement; error rates.
    Exact: for the analyst alone.
    """
    import duckdb

    from assets.store import linkage as measured

    data, warehouse = _warehouse(draft)
    with duckdb.connect(str(warehouse), read_only=True) as con:
        tables = measured.tables(con)
        rates = measured.rates(con, data)
    say("These are exact counts: they may point to single children. Do not copy them anywhere.")
    if as_json:
        if rates is None:
            shown = None
        else:
            shown = {
                "false": rates.false_links,
                "missed": rates.missed_links,
                "is_checked": rates.is_checked,
            }
        click.echo(json.dumps({**tables, "rates": shown}, indent=1))
        return
    for name, rows in tables.items():
        click.echo(f"\n{name.replace('_', ' ').capitalize()}")
        if rows:
            widths = {k: max(len(str(k)), *(len(str(r[k])) for r in rows)) for k in rows[0]}
            click.echo("  " + "  ".join(k.ljust(w) for k, w in widths.items()))
            for row in rows:
                click.echo(
                    "  " + "  ".join(str(row[k]).ljust(w) for k, w in widths.items()).rstrip()
                )
    click.echo(f"\nLinks: {rates.words() if rates else 'nothing to estimate their errors from'}")


@linkage.command()
@click.option(
    "--n",
    type=click.IntRange(20, 10_000),
    default=200,
    show_default=True,
    help="Pairs, half of them linked.",
)
@click.option("--seed", type=int, default=2024, show_default=True)
@click.option("--draft", help="A draft's id; by default the newest.")
def sample(n: int, seed: int, draft: str | None) -> None:
    """Draw pairs of pseudonyms for two agencies to look up and judge: the same child, different, or
    unknown.
    """
    from assets.store import linkage as measured

    data, warehouse = _warehouse(draft)
    try:
        path = measured.draw_sample(data, warehouse, n, seed)
    except measured.LinkageError as error:
        raise click.ClickException(f"{error}.") from None
    click.echo(path)
    say(
        "It holds pseudonyms: send it to the two agencies of each pair by the agreed secure way "
        "alone. They fill the column"
    )
    say("answer with same, different or unknown, and it comes back: cce linkage answers FILE")


@linkage.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
def answers(file: Path) -> None:
    """Take the agencies' answers; the next refresh uses them in the section on hidden scale."""
    from assets.store import linkage as measured
    from profiles.figures.linkage import FEWEST_ANSWERS
    from profiles.reading import FileError

    data = data_or_refusal()
    try:
        rates = measured.take_answers(data, file)
    except (measured.LinkageError, FileError) as error:
        raise click.ClickException(
            f"{str(error).removesuffix('.')}. Nothing was changed."
        ) from None
    if rates is None:
        say(
            f"Kept, but too few to measure anything: {FEWEST_ANSWERS} answers are needed of linked "
            "and of unlinked pairs."
        )
        return
    click.echo(
        f"Links that join two children: {rates.false_links:.1%}. Pairs that were missed: "
        f"{rates.missed_links:.1%}."
    )

"""`cce figures`: the figures of a day, for the analyst."""

from __future__ import annotations

import datetime as dt

import click

from pipelines.cli.refresh import as_at_of, make_draft
from pipelines.cli.terminal import Day, data_or_refusal, say


@click.command()
@click.option("--as-at", type=Day(), help="The day; by default as for refresh.")
@click.option(
    "--exact",
    is_flag=True,
    help="Exact figures, for the analyst alone; without it, the labels of the partner edition.",
)
@click.option(
    "--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True
)
def figures(as_at: dt.date | None, exact: bool, form: str) -> None:
    """Print the figures of a day, from its newest draft; makes one where there is none."""
    import duckdb

    from assets.versions import drafts
    from profiles.drawing.edition import EDITIONS
    from profiles.figures.exact import COLUMNS

    data = data_or_refusal()
    day = as_at_of(data, as_at)
    folder = drafts.newest_draft(data, day.isoformat()) or make_draft(data, day)
    if exact:
        say(
            "These are exact figures: they may point to single children. Do not copy them anywhere."
        )
        with duckdb.connect(str(folder / "restricted" / "warehouse.duckdb"), read_only=True) as con:
            table = con.execute("select * from figures").df()[list(COLUMNS)]
    else:
        table = (
            EDITIONS[0]
            .labels(drafts.read_labels(folder / "restricted" / "warehouse.duckdb", data.plan))
            .as_table()
        )
    for column in {"numerator", "denominator"} & set(table.columns) if exact else ():
        table[column] = table[column].astype("Int64")
    click.echo(
        table.to_csv(index=False) if form == "csv" else table.to_json(orient="records", indent=1),
        nl=False,
    )

"""`cce population`: numbers of residents of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.replacing import or_refusal, replacing
from pipelines.cli.terminal import FILE, data_or_refusal, say

population = replacing("population", "Numbers of residents", "ref_population.csv")


@population.command("import")
@click.argument("file", type=FILE)
def import_population(file: Path) -> None:
    """Take residents aged 10–17 from FILE: by ward, sex or ethnic group, or all of them together
    (ONS RM032).
    """
    from assets.store import reference

    data = data_or_refusal()
    kinds = or_refusal(file, lambda: reference.import_population(data, file))
    assert isinstance(kinds, dict)
    say(
        "Taken: "
        + "; ".join(f"{k} ({n} rows)" for k, n in sorted(kinds.items()))
        + ". Refresh to use them."
    )


@population.command("show")
def show() -> None:
    """Print the table in use, in the columns that an import needs."""
    import duckdb

    from assets.store.warehouse import load_reference

    data = data_or_refusal()
    with duckdb.connect() as con:
        load_reference(con, {"canaries": []}, data.register, data.reference)
        click.echo(
            con.table("ref_population").df().to_csv(index=False, lineterminator="\n"), nl=False
        )

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
    """Take residents aged 10–17 from FILE: a custom table of Census 2021 (ethnic group, sex, single
    years of age), a download from Nomis, ONS mid-year estimates by ward, or the columns that `show`
    prints.
    """
    from assets.store import reference
    from expectations.files import what_else

    data = data_or_refusal()
    if words := what_else(file):
        raise click.ClickException(f"{file.name} {words}. Nothing was replaced.")
    read, kinds = or_refusal(file, lambda: reference.import_population(data, file))
    say(f"{file.name} is {read.format}.")
    for what, number in read.left_out.items():
        if number:
            say(f"  {number:,} {what}, left out")
    taken = "; ".join(f"{kind} ({number} rows)" for kind, number in sorted(kinds.items()))
    say(f"Taken: {taken}. Refresh to use them.")


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

"""`cce population`, `cce boundaries`, `cce harm`: reference tables of one's own in the place of the product's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipelines.terminal import data_or_refusal, say

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _group(name: str, what: str, file: str) -> click.Group:
    """A group with `reset`, which goes back to what the product brings."""

    @click.group(name, help=f"{what} of your own in the place of the product's.")
    def group() -> None: ...

    @group.command("reset", help=f"Go back to the product's own {what.lower()}; what was imported is kept aside.")
    def reset() -> None:
        from assets import reference

        was = reference.reset(data_or_refusal(), file)
        say("The product's own are in use again." if was else "None were imported: the product's own are in use.")

    return group


def _or_refusal(path: Path, do: Callable[[], object]) -> object:
    try:
        return do()
    except ValueError as error:
        raise click.ClickException(f"{path.name}: {error} Nothing was replaced.") from None


population = _group("population", "Numbers of residents", "ref_population.csv")
boundaries = _group("boundaries", "Ward boundaries", "boundaries.json")
harm = _group("harm", "Weights of harm", "ref_harm_weights.csv")


@population.command("import")
@click.argument("file", type=FILE)
def import_population(file: Path) -> None:
    """Take residents aged 10–17 from FILE: by ward, sex or ethnic group, or all of them together (ONS RM032)."""
    from assets import reference

    data = data_or_refusal()
    kinds = _or_refusal(file, lambda: reference.import_population(data, file))
    assert isinstance(kinds, dict)
    say("Taken: " + "; ".join(f"{k} ({n} rows)" for k, n in sorted(kinds.items())) + ". Refresh to use them.")


@population.command("show")
def show() -> None:
    """Print the table in use, in the columns that an import needs."""
    import duckdb

    from assets.warehouse import load_reference

    data = data_or_refusal()
    with duckdb.connect() as con:
        load_reference(con, {"canaries": []}, data.reference)
        click.echo(con.table("ref_population").df().to_csv(index=False, lineterminator="\n"), nl=False)


@boundaries.command("import")
@click.argument("file", type=FILE)
@click.option("--source", required=True, help="Who published them, with date and licence; printed under every map.")
def import_boundaries(file: Path, source: str) -> None:
    """Draw maps on the ward boundaries of FILE: GeoJSON in WGS84 with a property of ward codes, all 69 wards."""
    from assets import reference

    data = data_or_refusal()
    count = _or_refusal(file, lambda: reference.import_boundaries(data, file, source.strip()))
    say(f"Boundaries of {count} wards taken. Refresh to draw maps on them.")


@harm.command("import")
@click.argument("file", type=FILE)
def import_harm(file: Path) -> None:
    """Take weights of harm by Home Office offence code from FILE, such as the Cambridge Crime Harm Index."""
    from assets import reference

    data = data_or_refusal()
    count = _or_refusal(file, lambda: reference.import_harm_weights(data, file))
    say(f"Weights of {count} offence codes taken. Refresh to use them.")

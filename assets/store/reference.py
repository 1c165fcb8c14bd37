"""Reference tables of the user's own, in the place of the product's: residents, harm weights, ward
boundaries. No Dagster here.
"""

from __future__ import annotations

import csv
import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb

from assets.store.folder import DataFolder, write_atomically
from profiles.drawing.boundaries import read_boundaries
from profiles.figures.denominators import read_harm_weights, read_population
from profiles.figures.population_formats import Residents

POPULATION, WEIGHTS, BOUNDARIES = "ref_population.csv", "ref_harm_weights.csv", "boundaries.json"


def import_population(data: DataFolder, path: Path) -> tuple[Residents, dict[str, int]]:
    """Replace residents by a table's; returns what the file was recognised as, and rows by kind of
    breakdown. Raises TableError and changes nothing.
    """
    read = read_population(path, data.register)
    table = read.table
    kept = []
    for r in _rows(data.reference / POPULATION):
        if _kind(r) not in {_kind(r) for r in table.to_dict("records")}:
            kept.append(r)
    rows = [*kept, *table.to_dict("records")]
    _keep(data, POPULATION, _csv(rows))
    kinds: dict[str, int] = {}
    for row in table.to_dict("records"):
        kinds[_kind(row)] = kinds.get(_kind(row), 0) + 1
    return read, kinds


def import_harm_weights(data: DataFolder, path: Path) -> int:
    """Replace the harm weights; returns how many offence codes have one. Raises TableError and
    changes nothing.
    """
    table = read_harm_weights(path)
    _keep(data, WEIGHTS, _csv(table.to_dict("records")))
    return len(table)


def import_boundaries(data: DataFolder, path: Path, source: str) -> int:
    """Draw maps on these boundaries from now on; returns how many wards. Raises BoundaryError and
    changes nothing.
    """
    shapes = read_boundaries(path, data.area)
    _keep(
        data, BOUNDARIES, json.dumps({"source": source, "shapes": shapes}, indent=0, sort_keys=True)
    )
    return len(shapes)


def reset(data: DataFolder, name: str) -> bool:
    """Go back to the product's own; the table that was imported is kept aside. False where there
    was none.
    """
    if not (data.reference / name).exists():
        return False
    _set_aside(data, name)
    (data.reference / name).unlink()
    return True


def boundaries(data: DataFolder) -> tuple[dict[str, str], str]:
    """Outlines by ward code and their source; nothing where none were imported."""
    path = data.reference / BOUNDARIES
    if not path.exists():
        return {}, ""
    raw: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return raw["shapes"], raw["source"]


def in_use(data: DataFolder) -> dict[str, Path]:
    """Imported files by name, for the name of a draft."""
    tables = {}
    for n in (BOUNDARIES, POPULATION, WEIGHTS):
        if (data.reference / n).exists():
            tables[n] = data.reference / n
    return tables


def load_imported(con: duckdb.DuckDBPyConnection, folder: Path) -> None:
    """Put imported tables in the place of the product's, breakdown by breakdown, in a warehouse
    that has the product's.
    """
    if (folder / WEIGHTS).exists():
        con.execute(
            """
            create or replace table ref_harm_weights as
            select * from read_csv(?, header = true, types = {'offence_code': 'VARCHAR'})
            """,
            [str(folder / WEIGHTS)],
        )
    if (folder / POPULATION).exists():
        con.execute(
            "create temp table imported as select * from read_csv(?, header = true)",
            [str(folder / POPULATION)],
        )
        # An area told by sex takes the place of one told by single years and sex; a ward's total
        # that of a ward's.
        con.execute(
            """
            delete from ref_population as p where exists (
                select * from imported as i
                where starts_with(i.area_code, 'E05') = starts_with(p.area_code, 'E05')
                    and (coalesce(i.sex, '') = '') = (coalesce(p.sex, '') = '')
                    and (coalesce(i.ethnicity, '') = '') = (coalesce(p.ethnicity, '') = '')
            )
            """
        )
        con.execute("insert into ref_population by name select * from imported")
        con.execute("drop table imported")


def _kind(row: dict[Any, Any]) -> str:
    if str(row["area_code"]).startswith("E05"):
        area = "ward"
    else:
        area = "whole area"
    return (
        area
        + (", by sex" if row["sex"] else "")
        + (", by ethnic group" if row["ethnicity"] else "")
    )


def _rows(path: Path) -> list[dict[Any, Any]]:
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def _csv(rows: list[dict[Any, Any]]) -> str:
    import io

    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def _keep(data: DataFolder, name: str, text: str) -> None:
    """One file in one step; the one before it is kept aside under its hash."""
    with data.locked("reference"):
        _set_aside(data, name)
        write_atomically(data.reference / name, text)


def _set_aside(data: DataFolder, name: str) -> None:
    path = data.reference / name
    if path.exists():
        text = path.read_text("utf-8")
        write_atomically(
            data.reference
            / "replaced"
            / f"{hashlib.sha256(text.encode()).hexdigest()[:12]}-{name}",
            text,
        )

"""One run's DuckDB file: reference tables, raw views over the supplies in use, and running a model.
No Dagster here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from assets.store.folder import use_area
from assets.store.reference import load_imported
from assets.store.room import reason_of
from assets.store.supply_store import Supply
from expectations.contract import agencies, contracts, ethnicity_codes
from expectations.judging.report import Report
from expectations.judging.set_aside import FILE_ROW
from expectations.judging.validate import cell_sql, header_of, literal, read_csv_sql
from profiles.areas import TABLES
from profiles.figures.declared import Register

SQL = Path(__file__).parents[2] / "sql"
# What the product brings for every area: offence groups, weights of harm.
REFERENCE = Path(__file__).parents[2] / "profiles" / "figures" / "reference"
# What begins the name of a table that the profile's figures are counted from.
PROFILE_TABLE = "out_"
# Every table that is there before the first supply: the product's files, the area's, and what is
# made of contracts and register.
MADE = ("ref_canaries", "ref_editions", "ref_ethnicity", "ref_groups", "ref_published")
REFERENCE_TABLES = tuple(
    sorted({*(path.stem for path in REFERENCE.glob("ref_*.csv")), *TABLES, *MADE})
)


class ModelError(Exception):
    """A model could not be run. The message names the model and never holds a value."""


def load_reference(
    con: duckdb.DuckDBPyConnection,
    canaries: dict[str, Any],
    register: Register,
    imported: Path | None = None,
    editions: Sequence[dt.date] = (),
) -> dict[str, int]:
    """Create the `ref_` tables and the macros: the product's, the area's, and in their place those
    that the user imported. `editions` are the as-at dates of what was published.

    Returns each table's rows.
    """
    area = register.area
    use_area(con, area)
    for path in sorted(REFERENCE.glob("ref_*.csv")):
        _load_table(con, path.stem, path)
    for name, columns in TABLES.items():
        described = ", ".join(f'"{column}" {kind}' for column, kind in columns.items())
        con.execute(f"create or replace table {name} ({described})")
        if area.table(name).exists():
            types = ", ".join(f"'{column}': '{kind}'" for column, kind in columns.items())
            read = f"read_csv(?, header = true, types = {{{types}}})"
            con.execute(f"insert into {name} by name select * from {read}", [str(area.table(name))])
    con.execute(
        'create or replace table ref_groups (group_type varchar, "group" varchar, label varchar, '
        "sort integer, is_residual boolean)"
    )
    groups = []
    for g in register.every_group():
        groups.append([g.group_type, g.group, g.label, g.sort, g.is_residual])
    _insert(con, "ref_groups", groups)
    con.execute("create or replace table ref_published (as_at date)")
    _insert(con, "ref_published", [[entry.as_at] for entry in area.published])
    con.execute("create or replace table ref_editions (as_at date)")
    _insert(con, "ref_editions", [[as_at] for as_at in editions])
    con.execute((SQL / "macros.sql").read_text("utf-8"))
    if imported is not None:
        load_imported(con, imported)
    con.execute(
        "create or replace table ref_ethnicity (agency varchar, code varchar, detailed_group "
        "varchar, broad_group varchar)"
    )
    _insert(con, "ref_ethnicity", _ethnicity_rows())
    con.execute("create or replace table ref_canaries (linkage_key varchar)")
    rows = []
    for canary in canaries["canaries"]:
        for key in canary.values():
            rows.append([key])
    _insert(con, "ref_canaries", rows)
    return {
        str(name): int(con.execute(f'select count(*) from "{name}"').fetchall()[0][0])
        for (name,) in con.execute(
            "select table_name from duckdb_tables() where starts_with(table_name, 'ref_')"
        ).fetchall()
    }


def _insert(con: duckdb.DuckDBPyConnection, table: str, rows: list[list[Any]]) -> None:
    """All rows in one statement: each column goes in as a list."""
    if rows:
        columns = [list(column) for column in zip(*rows, strict=True)]
        con.execute(
            f"insert into {table} select {', '.join(['unnest(?)'] * len(columns))}", columns
        )


def _load_table(con: duckdb.DuckDBPyConnection, name: str, path: Path) -> None:
    # Bands such as 10-14 and counts of agencies are names: a column called group is always text.
    if "group" in header_of(path):
        types = "{'group': 'VARCHAR'}"
    else:
        types = "{}"
    con.execute(
        (
            f"create or replace table {name} as select * from read_csv(?, header = true, types = "
            f"{types})"
        ),
        [str(path)],
    )


def _ethnicity_rows() -> list[list[str]]:
    """One row per agency and code; where an agency may use two lists, the first that has the code
    counts.
    """
    by_group: dict[tuple[str, str], list[str]] = {}
    for key, agency in agencies().items():
        for system in agency.ethnicity:
            for row in ethnicity_codes():
                if row["system"] == system:
                    line = [key, row["code"], row["detailed_group"], row["broad_group"]]
                    by_group.setdefault((key, row["code"]), line)
    return list(by_group.values())


def _raw_select(
    path: Path, supplier: str, columns: list[str], set_aside: Collection[int] = ()
) -> str:
    """The rows of a file as text, but for those that were set aside (by number in the file)."""
    header = header_of(path)
    cells = ", ".join(cell_sql(column, column not in header) for column in columns)
    source = read_csv_sql(path, header)
    if set_aside:
        numbers = ", ".join(map(str, sorted(set_aside)))
        numbered = f"select *, row_number() over () as {FILE_ROW} from {source}"
        source = f"(from ({numbered}) where {FILE_ROW} not in ({numbers}))"
    return f"select {literal(supplier)} as supplier, {cells} from {source}"


def make_raw_views(
    con: duckdb.DuckDBPyConnection, supplies: list[Supply], reports: dict[str, Report]
) -> dict[str, int]:
    """Create `raw_<agency>__<table>` over every supply in use, empty where none has it, and
    `raw_checks`; returns rows.
    """
    rows: dict[str, int] = {}
    for c in contracts().values():
        columns = [column.name for column in c.columns]
        having = [s for s in supplies if s.agency == c.agency and c.table in s.tables]
        if having:
            body = "\nunion all by name ".join(
                _raw_select(
                    s.tables[c.table],
                    s.supplier,
                    columns,
                    reports[s.supplier].set_aside.get(c.table, ()),
                )
                for s in having
            )
        else:
            body = (
                "select "
                + ", ".join(f'null::varchar as "{n}"' for n in ["supplier", *columns])
                + " where false"
            )
        con.execute(f"create or replace view raw_{c.name} as {body}")
        rows[c.name] = sum(reports[s.supplier].rows[c.table] for s in having)
    con.execute(
        """
        create or replace table raw_checks (
            supplier varchar, table_name varchar, rule varchar, column_name varchar,
            severity varchar, words varchar, rows bigint, failed bigint
        )
        """
    )
    lines = []
    for supply in supplies:
        for check in reports[supply.supplier].checks:
            table = f"{supply.agency}__{check['table']}"
            result = []
            for name in ("rule", "column", "severity", "words", "rows", "failed"):
                result.append(check[name])
            lines.append([supply.supplier, table, *result])
    if lines:
        con.executemany("insert into raw_checks values (?, ?, ?, ?, ?, ?, ?, ?)", lines)
    return rows | {"checks": len(lines)}


def set_as_at(con: duckdb.DuckDBPyConnection, as_at: dt.date) -> None:
    """Models read the as-at date from a variable of the connection."""
    con.execute("set variable as_at = ?::date", [as_at])


def run_model(con: duckdb.DuckDBPyConnection, name: str, select: str) -> int:
    """Create table `name` from its select; returns its rows.

    Raises ModelError. DuckDB's own message is passed on only where it can speak of the query alone:
    one about conversion or constraints may quote a cell.
    """
    if name.startswith(PROFILE_TABLE):
        # Equal values beside one another take less room, and every draft keeps these tables.
        select = f"from ({select}) order by all"
    try:
        con.execute(f"create or replace table {name} as {select}")
        return int(con.execute(f"select count(*) from {name}").fetchall()[0][0])
    except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException) as error:
        raise ModelError(f"{name}: {error}") from None
    except duckdb.Error as error:
        # A disk that is full shows here first.
        raise ModelError(f"{name}: {reason_of(error) or type(error).__name__}") from None


def wards(con: duckdb.DuckDBPyConnection) -> tuple[pd.DataFrame, list[tuple[str, str]]]:
    """True counts by ward, and which wards share a border, as `profiles.areas.verdict_rows` takes
    them.
    """
    neighbours = con.execute(
        "select ward_code, neighbour_code from ref_ward_neighbours order by all"
    ).fetchall()
    return con.execute("select * from core_ward_counts order by ward_code").df(), neighbours


def sightings(con: duckdb.DuckDBPyConnection) -> list[tuple[Any, ...]]:
    """Who is on which list, as `profiles.hidden_scale.Seen.of` takes it; without saying who."""
    return con.execute(
        "select months, sex, age_band, ethnicity, trust_unreferred, police, trust, health from "
        "core_capture_histories order by all"
    ).fetchall()

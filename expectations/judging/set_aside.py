"""A few rows that break a rule are set aside, instead of refusing five years of a whole agency.

How many is little (`MOST`, `SHARE`), and of some columns none: linkage keys, and whatever a
contract says of the cohort. What is set aside is counted and told; it is stored as it was sent, and
nothing reads it.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import duckdb

from expectations.contract import Contract
from expectations.judging.report import Finding, Report
from expectations.judging.suite import RULE_COLUMN

# Of a table's rows, at most so many and such a share.
MOST = 50
SHARE = 0.001
# Rules of a column whose breaking says that keys were made wrongly, or that nobody can tell rows
# apart.
NEVER = ("placeholder", "unique")
# The column that holds the number of a row in its file, from 1.
FILE_ROW = "row_of_file"
GONE = "rows of children who were set aside"


def most_of(rows: int) -> int:
    """How many rows of a table may be set aside: 60 of 100,000 are refused, 50 are not."""
    return min(MOST, int(rows * SHARE))


def set_aside(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    prepared: str,
    results: list[dict[str, Any]],
    report: Report,
) -> Collection[tuple[str, str | None]]:
    """Take the rows that break a rule out of `text_<table>` and into the report, where they are
    few; returns the rules (name, column) that refuse the supply no longer.

    `prepared` is the SQL of the table with a column per rule, `results` what the suite counted.
    """
    broken = [r for r in results if r["failed"] and r["severity"] == "error"]
    rows = report.rows[contract.table]
    if not broken or not all(_may_be(contract, r) and r["failed"] <= most_of(rows) for r in broken):
        return ()
    conditions = " or ".join(breaks(contract, result) for result in broken)
    found = con.execute(f"select n from ({prepared}) where {conditions}").fetchall()
    numbers = [int(n) for (n,) in found]
    if not 0 < len(numbers) <= most_of(rows):
        return ()
    take_out(con, contract.table, numbers, report)
    for result in broken:
        report.findings.append(
            Finding(
                "warn",
                result["rule"],
                f"{result['words']}; the rows are set aside, and nothing counts them",
                contract.table,
                result["column"],
                result["failed"],
                result["rows"],
            )
        )
    return [(result["rule"], result["column"]) for result in broken]


def take_out(
    con: duckdb.DuckDBPyConnection, table: str, numbers: list[int], report: Report
) -> None:
    """Take rows, by their number in the file from 1, out of a table and into the report."""
    gone = f"from text_{table} where {FILE_ROW} in (select unnest(?))"
    # Kept apart for the tables that refer to them.
    con.execute(f"create table if not exists set_aside_{table} as from text_{table} where false")
    con.execute(f"insert into set_aside_{table} {gone}", [numbers])
    con.execute(f"delete {gone}", [numbers])
    report.set_aside[table] = sorted({*report.set_aside.get(table, []), *numbers})
    report.rows[table] -= len(numbers)


def take_out_orphans(con: duckdb.DuckDBPyConnection, contract: Contract, report: Report) -> None:
    """Take out the rows of those who were set aside, or of whatever else a row belongs to: else one
    child too old would refuse all of his rows.
    """
    for column in contract.columns:
        parent = column.references
        if not parent or not report.set_aside.get(parent):
            continue
        key = "person_ref" if parent == "people" else column.name
        orphans = con.execute(
            f"""
            select {FILE_ROW} from text_{contract.table}
            where "{column.name}" in (select "{key}" from set_aside_{parent})
            """
        ).fetchall()
        if orphans:
            take_out(con, contract.table, [int(n) for (n,) in orphans], report)
            finding = Finding(
                "warn", "set_aside", GONE, contract.table, column.name, len(orphans),
                len(orphans) + report.rows[contract.table],
            )  # fmt: skip
            report.findings.append(finding)


def _may_be(contract: Contract, result: dict[str, Any]) -> bool:
    column = contract.column(result["column"]) if result["column"] else None
    is_key = column is not None and (column.kind == "key" or column.unique)
    return contract.set_aside and not is_key and result["rule"] not in NEVER


def breaks(contract: Contract, result: dict[str, Any]) -> str:
    """SQL over `prepared`: whether a row breaks the rule of a result."""
    rule = result["rule"]
    name = result["column"]
    if rule == "not_blank":
        return f'"{name}" is null'
    column = contract.column(name) if name else None
    if rule == "code_list" and column:
        codes = ", ".join(f"'{code}'" for code in sorted(column.codes))
        return f'"{name}" not in ({codes})'
    if rule == "shape" and column:
        return f"not regexp_full_match(\"{name}\", '{column.pattern}')"
    flag = f"{RULE_COLUMN}{name}__{rule}" if name else f"{RULE_COLUMN}{rule}"
    return f"not coalesce({flag}, true)"

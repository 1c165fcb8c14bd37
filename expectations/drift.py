"""Warnings that only a supply as a whole can raise: its size against the last one, empty months, codes no longer used.

They never refuse a supply; they reach the report, for a fault in recording must not be read as a change for children.
"""

from __future__ import annotations

import duckdb

from expectations.contract import DATED, Column, Contract
from expectations.report import Finding
from expectations.supply import Manifest

# A table is compared with the last supply's from this many rows on, and is much smaller or larger from this factor on.
ROWS_TO_COMPARE = 50
MUCH = 1.5
# A month is missed where the table usually has at least this many rows a month.
USUAL_MONTH = 10
# A code is missed in the last year where the two years before it let this many uses be expected.
EXPECTED_USES = 12


def event_column(contract: Contract) -> Column | None:
    """The column that says when a row happened: the first date that every row has."""
    return next((c for c in contract.columns if c.kind in DATED and c.blank == "error"), None)


def volume_findings(manifest: Manifest, previous: Manifest | None) -> list[Finding]:
    """Tables much smaller or larger than in the supplier's last accepted supply, or no longer supplied."""
    found = []
    for table, entry in sorted(previous.tables.items() if previous else []):
        before, now = int(entry["rows"]), int(manifest.tables.get(table, {"rows": 0})["rows"])
        if before < ROWS_TO_COMPARE:
            continue
        if table not in manifest.tables:
            found.append(
                Finding("warn", "no_longer_supplied", "the last supply had this table, this one has not", table)
            )
        elif now * MUCH < before or now > before * MUCH:
            words = f"much {'smaller' if now < before else 'larger'} than in the last supply"
            found.append(Finding("warn", "volume", words, table))
    return found


def month_findings(con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest) -> list[Finding]:
    """Whole months of the period without a row, in a table of events that usually has rows every month.

    Spells are left out: homes and schools are not begun evenly over the year.
    """
    column = event_column(contract)
    if column is None or contract.column("person_ref") is None or contract.column("end_date"):
        return []
    empty = con.execute(
        f"""
        with months as (
            select unnest(generate_series(date_trunc('month', ?::date), ?::date, interval 1 month))::date as month
        ),
        counted as (
            select m.month, count(t.day) as events
            from months as m
            left join (select try_cast("{column.name}" as date) as day from text_{contract.table}) as t
                on date_trunc('month', t.day) = m.month
            group by m.month
        )
        select strftime(month, '%Y-%m') from counted
        where events = 0 and (select median(events) from counted) >= ? order by month
        """,
        [manifest.period_start, manifest.period_end, USUAL_MONTH],
    ).fetchall()
    if not empty:
        return []
    shown = ", ".join(month for (month,) in empty[:6]) + (", …" if len(empty) > 6 else "")
    return [
        Finding(
            "warn",
            "months_missing",
            f"no row at all in {len(empty)} months of the period ({shown})",
            contract.table,
            column.name,
        )
    ]


def code_findings(con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest) -> list[Finding]:
    """Codes of a list that were in use and do not occur in the last year of the period."""
    day = event_column(contract)
    if day is None or contract.column("person_ref") is None:
        return []
    found = []
    for column in contract.columns:
        if not column.codes or column.blank == "allowed":
            continue
        gone = con.execute(
            f"""
            with uses as (
                select unnest(string_split("{column.name}", ';')) as code, try_cast("{day.name}" as date) as day
                from text_{contract.table}
            )
            select code from uses
            where day > ?::date - interval 3 year
            group by code
            having count(*) filter (day <= ?::date - interval 1 year) / 2 >= ? and count(*) filter (day > ?::date - interval 1 year) = 0
            """,
            [manifest.period_end, manifest.period_end, EXPECTED_USES, manifest.period_end],
        ).fetchall()
        named = sorted(column.codes[code] for (code,) in gone if code in column.codes)
        if named:
            words = f"in use before, but not in the last 12 months of the period: {', '.join(named)}"
            found.append(Finding("warn", "code_vanished", words, contract.table, column.name))
    return found

"""Warnings that only a supply as a whole can raise: its size against the last one, empty months,
codes and shares that change, columns that are filled less, rows that stand twice, late recording.

They never refuse a supply; they reach the report, for a fault in recording must not be read as a
change for children.
"""

from __future__ import annotations

from typing import Any

import duckdb

from expectations.contract import DATED, Column, Contract
from expectations.judging.report import Finding
from expectations.judging.supply import Manifest

# A table is compared with the last supply's from this many rows on, and is much smaller or larger
# from this factor on.
ROWS_TO_COMPARE = 50
MUCH = 1.5
# A month is missed where the table usually has at least this many rows a month.
USUAL_MONTH = 10
# A code is missed in the last year where the two years before it let this many uses be expected.
EXPECTED_USES = 12
# A share has changed where it differs by so much, and by so many standard errors, between the last
# year and the two before.
CHANGE, ERRORS = 0.1, 4
# Rows alike in everything but their reference are reported from this share on.
TWICE = 0.01
# Recorded late: more than so many days after the event; reported where so many rows of the last
# year are.
LATE_DAYS, LATE = 28, 0.25


def volume_findings(manifest: Manifest, previous: Manifest | None) -> list[Finding]:
    """Tables much smaller or larger than in the supplier's last accepted supply, or no longer
    supplied.
    """
    findings = []
    for table, entry in sorted(previous.tables.items() if previous else []):
        before = int(entry["rows"])
        now = int(manifest.tables.get(table, {"rows": 0})["rows"])
        if before < ROWS_TO_COMPARE:
            continue
        if table not in manifest.tables:
            findings.append(
                Finding(
                    "warn",
                    "no_longer_supplied",
                    "the last supply had this table, this one has not",
                    table,
                )
            )
        elif now * MUCH < before or now > before * MUCH:
            words = f"much {'smaller' if now < before else 'larger'} than in the last supply"
            findings.append(Finding("warn", "volume", words, table))
    return findings


def month_findings(
    con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest
) -> list[Finding]:
    """Months that are whole within the period and have no row, in a table of events that usually
    has rows every month.

    Spells are left out: homes and schools are not begun evenly over the year.
    """
    column = contract.event
    if column is None or contract.column("person_ref") is None or contract.column("end_date"):
        return []
    # Only where a usual month has events enough that an empty one means something.
    empty = con.execute(
        f"""
        with months as (
            select unnest(
                generate_series(date_trunc('month', $first::date), $last::date, interval 1 month)
            )::date as month
        ),
        counted as (
            select m.month, count(t.day) as events
            from months as m
            left join (
                select try_cast("{column.name}" as date) as day from text_{contract.table}
            ) as t
                on date_trunc('month', t.day) = m.month
            -- Of a month of which the period has a part nothing need be there.
            where
                m.month >= $first::date
                and m.month + interval 1 month - interval 1 day <= $last::date
            group by m.month
        )
        select strftime(month, '%Y-%m') from counted
        where events = 0 and (select median(events) from counted) >= $usual order by month
        """,
        {"first": manifest.period_start, "last": manifest.period_end, "usual": USUAL_MONTH},
    ).fetchall()
    if not empty:
        return []
    shown = ", ".join(month for (month,) in empty[:6]) + (", …" if len(empty) > 6 else "")
    words = f"no row at all in {len(empty)} months of the period ({shown})"
    return [
        Finding(
            "warn",
            "months_missing",
            words,
            contract.table,
            column.name,
        )
    ]


def code_findings(
    con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest
) -> list[Finding]:
    """Codes of a list that were in use and do not occur in the last year of the period. In a table
    of states a code is in use until the state ends: who began school years ago is still there.
    """
    day = contract.event
    if day is None or contract.column("person_ref") is None:
        return []
    until = f'try_cast("{day.name}" as date)'
    if contract.is_state and contract.column("end_date"):
        until = "coalesce(try_cast(end_date as date), date '9999-12-31')"
    findings = []
    for column in contract.columns:
        if not column.codes or column.blank == "allowed":
            continue
        gone = con.execute(
            f"""
            with uses as (
                select
                    unnest(list_distinct(string_split("{column.name}", ';'))) as code,
                    try_cast("{day.name}" as date) as day,
                    {until} as until
                from text_{contract.table}
            )
            select code from uses
            where until > ?::date - interval 3 year
            group by code
            having
                count(*) filter (day <= ?::date - interval 1 year) / 2 >= ?
                and count(*) filter (until > ?::date - interval 1 year) = 0
            """,
            [manifest.period_end, manifest.period_end, EXPECTED_USES, manifest.period_end],
        ).fetchall()
        named = sorted(column.codes[code] for (code,) in gone if code in column.codes)
        if named:
            words = (
                f"in use before, but not in the last 12 months of the period: {', '.join(named)}"
            )
            findings.append(Finding("warn", "code_vanished", words, contract.table, column.name))
    return findings


def _changed(before: int, of_before: int, now: int, of_now: int) -> bool:
    """Whether a share differs much, beyond chance (two-proportion z test with the pooled share)."""
    if not of_before or not of_now:
        return False
    pooled = (before + now) / (of_before + of_now)
    error = (pooled * (1 - pooled) * (1 / of_before + 1 / of_now)) ** 0.5
    gap = abs(now / of_now - before / of_before)
    return gap >= CHANGE and gap >= ERRORS * error


def share_findings(
    con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest
) -> list[Finding]:
    """Codes that are new or whose share changed, and columns that are filled much more or less, in
    the last year of the period.
    """
    day = contract.event
    if day is None or contract.column("person_ref") is None or contract.column("end_date"):
        return []
    findings = []
    years = (
        f'select *, try_cast("{day.name}" as date) > ?::date - interval 1 year as is_last from '
        f"text_{contract.table} "
        f'where try_cast("{day.name}" as date) > ?::date - interval 3 year'
    )
    ends = [manifest.period_end, manifest.period_end]
    for column in contract.columns:
        # Dates that come after the event, like outcomes, are not there yet for what happened last.
        if column.later or column.kind in ("ref", "key", *DATED):
            continue
        rows = con.execute(
            f'select is_last, count(*), count("{column.name}") from ({years}) group by is_last',
            ends,
        ).fetchall()
        total = {bool(is_last): (filled, n) for is_last, n, filled in rows}
        if len(total) < 2 or min(n for _, n in total.values()) < ROWS_TO_COMPARE:
            continue
        if _changed(*total[False], *total[True]):
            more = total[True][0] * total[False][1] > total[False][0] * total[True][1]
            words = (
                f"filled much {'more' if more else 'less'} often in the last 12 months of the "
                "period than in the two years before"
            )
            findings.append(Finding("warn", "completeness", words, contract.table, column.name))
        if column.codes:
            findings += _code_shares(
                con, contract, column, years, ends, {k: filled for k, (filled, _) in total.items()}
            )
    return findings


def _code_shares(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    column: Column,
    years: str,
    ends: list[Any],
    filled: dict[bool, int],
) -> list[Finding]:
    # A list that names a code twice uses it once.
    codes = f"list_distinct(string_split(\"{column.name}\", ';'))"
    rows = con.execute(
        f"select code, count(*) filter (not is_last), count(*) filter (is_last) from "
        f"(select is_last, unnest({codes}) as code from ({years})) group by code",
        ends,
    ).fetchall()
    usable = []
    for code, before, now in rows:
        if code in column.codes:
            usable.append((column.codes[code], before, now))
    new = sorted(label for label, before, now in usable if not before and now >= EXPECTED_USES)
    changed = []
    for label, before, now in usable:
        # Of a column that is always filled `code_findings` tells what is gone.
        is_compared = before and (now or column.blank == "allowed")
        if is_compared and _changed(before, filled[False], now, filled[True]):
            changed.append(label)
    changed.sort()
    findings = []
    if new:
        words = (
            "in use in the last 12 months of the period, but not in the two years before: "
            f"{', '.join(new)}"
        )
        findings.append(Finding("warn", "code_appeared", words, contract.table, column.name))
    if changed:
        words = (
            "a much larger or smaller share in the last 12 months of the period than in the "
            f"two years before: {', '.join(changed)}"
        )
        findings.append(Finding("warn", "shares_changed", words, contract.table, column.name))
    return findings


def twice_findings(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[Finding]:
    """Rows that are alike in everything but the reference that makes each of them one row."""
    unique_columns = [c.name for c in contract.columns if c.unique]
    if not unique_columns or contract.table == "people":
        return []
    rest = ", ".join(f'"{c.name}"' for c in contract.columns if c.name not in unique_columns)
    ((rows, distinct),) = con.execute(
        f"select count(*), (select count(*) from (select distinct {rest} from "
        f"text_{contract.table})) from text_{contract.table}"
    ).fetchall()
    if rows - distinct <= TWICE * rows:
        return []
    words = "rows are alike in everything but their reference, as if extracted twice"
    return [Finding("warn", "rows_twice", words, contract.table, None, rows - distinct, rows)]


def within_findings(con: duckdb.DuckDBPyConnection, contract: Contract) -> list[Finding]:
    """Spells of one child and kind that lie within another, or are there twice: they count once."""
    spell = contract.spell
    if spell is None:
        return []
    kind = ", ".join(f'"{column}"' for column in spell.alike)
    # The latest end of the spells that began before, or with it and end later.
    ((within, rows),) = con.execute(
        f"""
        with spells as (
            select
                *,
                try_cast("{spell.starts}" as timestamp) as starts,
                coalesce(try_cast("{spell.ends}" as timestamp), 'infinity') as ends
            from text_{contract.table}
        ),
        beside as (
            select ends, max(ends) over (
                partition by {kind} order by starts, ends desc
                rows between unbounded preceding and 1 preceding
            ) as latest_end
            from spells
        )
        select count(*) filter (latest_end >= ends), count(*) from beside
        """
    ).fetchall()
    if not within:
        return []
    words = "spells lie within another one of the same child and kind, or stand twice: counted once"
    return [Finding("warn", "spells_within", words, contract.table, spell.starts, within, rows)]


def late_findings(
    con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest
) -> list[Finding]:
    """Events of the last year that were recorded long after they happened: the last months are
    incomplete then.
    """
    day = contract.event
    if day is None or contract.column("recorded_date") is None:
        return []
    ((late, rows),) = con.execute(
        f"""
        select
            count(*) filter (
                try_cast(recorded_date as date) > happened + interval {LATE_DAYS} day
            ),
            count(*)
        from (
            select recorded_date, try_cast("{day.name}" as date) as happened
            from text_{contract.table}
        )
        where happened > ?::date - interval 1 year and recorded_date is not null
        """,
        [manifest.period_end],
    ).fetchall()
    if rows < ROWS_TO_COMPARE or late < LATE * rows:
        return []
    words = (
        f"a quarter or more of the last 12 months was recorded over {LATE_DAYS} days after the "
        "event: the last months are not yet complete"
    )
    return [Finding("warn", "late_recording", words, contract.table, "recorded_date")]

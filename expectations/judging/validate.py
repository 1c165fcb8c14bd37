"""Judge one supply folder against its agency's contracts: structure first, then every row rule by
Great Expectations in chunks, then what only whole tables show.
"""

from __future__ import annotations

import functools
from collections.abc import Collection, Iterator
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.contract import DATED, Contract, agencies, contracts_of
from expectations.judging.drift import (
    code_findings,
    late_findings,
    month_findings,
    share_findings,
    twice_findings,
    volume_findings,
    within_findings,
)
from expectations.judging.report import Finding, Report
from expectations.judging.set_aside import FILE_ROW, breaks, set_aside, take_out_orphans
from expectations.judging.suite import RULE_COLUMN, run_suite
from expectations.judging.supply import Manifest, structure_findings
from expectations.staging import row_rules, typed

CHUNK_ROWS = 50_000
# Of DuckDB; what does not fit goes to a private folder on the disk.
MEMORY = "400MB"
# So many rows that break a rule are named.
FIRST_ROWS = 3


def literal(text: str) -> str:
    """A text as an SQL literal, where a parameter cannot stand."""
    return "'" + text.replace("'", "''") + "'"


def read_csv_sql(path: Path, columns: list[str]) -> str:
    """A DuckDB table function that reads a checked CSV file as text, the same way everywhere."""
    types = ", ".join(f"{literal(column)}: 'VARCHAR'" for column in columns)
    return f"""read_csv(
        {literal(str(path))}, header = true, auto_detect = false, delim = ',',
        quote = '"', escape = '"', strict_mode = true, parallel = false,
        max_line_size = 2000000, columns = {{{types}}}
    )"""


def header_of(path: Path) -> list[str]:
    """The column names of a CSV file whose structure was found sound."""
    import csv

    with path.open(encoding="utf-8-sig", newline="") as f:
        return next(csv.reader(f))


def _load(
    con: duckdb.DuckDBPyConnection, path: Path, contract: Contract, declared: Collection[str]
) -> set[str]:
    """Read a table as typed text into `text_<table>` with every contract column; returns the absent
    columns: those that the file does not have, and those blank throughout that are `declared`
    (table.column) as not supplied.
    """
    header = header_of(path)
    source = read_csv_sql(path, header)
    absent = {c.name for c in contract.columns} - set(header)
    absent |= _declared_and_blank(con, source, header, contract, declared)
    cells = ", ".join(cell_sql(column.name, column.name in absent) for column in contract.columns)
    con.execute(
        f"create table text_{contract.table} as "
        f"select row_number() over () as {FILE_ROW}, {cells} from {source}"
    )
    return absent


def _declared_and_blank(
    con: duckdb.DuckDBPyConnection,
    source: str,
    header: list[str],
    contract: Contract,
    declared: Collection[str],
) -> set[str]:
    columns = []
    for c in contract.columns:
        if c.name in header and c.blank != "error" and f"{contract.table}.{c.name}" in declared:
            columns.append(c.name)
    if not columns:
        return set()
    filled = ", ".join(f"""count(nullif("{name}", ''))""" for name in columns)
    (counts,) = con.execute(f"select {filled} from {source}").fetchall()
    return {name for name, number in zip(columns, counts, strict=True) if not number}


def cell_sql(name: str, is_absent: bool) -> str:
    """A column as text, blank cells as null; null throughout where the file does not have it."""
    if is_absent:
        return f'null::varchar as "{name}"'
    return f"""nullif("{name}", '') as "{name}\""""


def _prepared_sql(contract: Contract, has_births: bool) -> str:
    """The text columns beside one true-or-false column per row rule; null where the rule has
    nothing to judge.

    A rule's SQL may use, besides the typed columns, of a column x: `x__times` (how often its value
    is there), `x__found` (whether the table it refers to has it), `x__given` (whether it is filled)
    and `x__shaped` (whether it has the form of a date); `person_birth_month` of the row's child;
    and the dates of the supply (`_load_facts`).
    """
    table = contract.table
    derived = []
    joins = []
    for c in contract.columns:
        if c.unique or c.kind == "key":
            derived.append(f'count(*) over (partition by t."{c.name}") as {c.name}__times')
        if c.references:
            key = "person_ref" if c.references == "people" else c.name
            referenced = f'(select distinct "{key}" as k from text_{c.references})'
            joins.append(
                f'left join {referenced} as known_{c.name} on known_{c.name}.k = t."{c.name}"'
            )
            derived.append(f"known_{c.name}.k is not null as {c.name}__found")
    births = "null::date"
    if table != "people" and contract.column("person_ref") and has_births:
        joins.append(
            """
            left join (
                select person_ref as k, min(try_cast(birth_month || '-01' as date)) as born
                from text_people group by all
            ) as births on births.k = t.person_ref
            """
        )
        births = "births.born"
    derived.append(f"{births} as person_birth_month")
    derived += [f't."{c.name}" is not null as {c.name}__given' for c in contract.columns]
    derived += [
        f"regexp_full_match(t.\"{c.name}\", '{c.pattern}') as {c.name}__shaped"
        for c in contract.columns
        if c.kind in (*DATED, "month")
    ]
    casts = ", ".join(
        typed(c).replace(f'"{c.name}"', f't."{c.name}"') + f' as "{c.name}"'
        for c in contract.columns
    )
    flags = []
    for name, (sql, column, _, _) in row_rules(contract).items():
        # A blank cell is the not_blank rule's business, so a rule on one cell is silent there.
        if column:
            judged = f"case when {column}__given then ({sql}) end"
        else:
            judged = f"({sql})"
        flags.append(f'{judged} as "{RULE_COLUMN}{name}"')
    texts = ", ".join(f't."{c.name}"' for c in contract.columns)
    return (
        f"with t as (select {FILE_ROW} as n, * from text_{table}), "
        f"typed as (select t.n, {casts}, {', '.join(derived)} from t {' '.join(joins)}), "
        f"flags as (select {', '.join(['n', *flags])} from typed, facts) "
        f"select n, {texts}, flags.* exclude (n) from t join flags using (n)"
    )


def _chunks(con: duckdb.DuckDBPyConnection, sql: str) -> Iterator[pd.DataFrame]:
    cursor = con.execute(sql)
    # DuckDB hands out rows by vectors of 2,048.
    vectors = max(1, CHUNK_ROWS // 2048)
    while True:
        chunk = cursor.fetch_df_chunk(vectors)
        if chunk.empty:
            return
        yield chunk


def validate(
    folder: Path,
    manifest: Manifest,
    canaries: list[dict[str, str]] | None,
    previous: Manifest | None,
    report: Report,
    scratch: Path,
    docs: Path | None = None,
) -> None:
    """Judge the files of a supply whose transfer is whole, adding to `report`. A table comes after
    those that it refers to: whoever is set aside there is gone before their rows are looked at.

    `canaries` are the linkage keys of the fictitious children that every people table must carry,
    one dict per child, None where not known; `previous` is the supplier's last accepted supply,
    whose size this one is compared with; Great Expectations' own pages of an accepted supply are
    written to the folder `docs`. `scratch` is a private folder for what does not fit into memory.
    """
    known = contracts_of(manifest.agency)
    supplied = [contract for table, contract in known.items() if table in manifest.tables]
    for contract in supplied:
        report.findings += structure_findings(folder, manifest, contract)
    if report.errors:
        return
    pages: dict[str, Any] = {}
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": str(scratch)}) as con:
        con.execute("set preserve_insertion_order = true")
        _load_facts(con, manifest)
        absent = _load_tables(con, folder, supplied, manifest.not_supplied, report)
        if report.errors:
            return
        for contract in supplied:
            if _count_and_check(con, contract, manifest, report):
                _judge_table(con, contract, manifest, absent[contract.table], report, pages)
        report.findings += volume_findings(manifest, previous)
        if canaries is not None:
            report.findings += _canary_findings(con, canaries)
    if docs and report.is_accepted:
        _write_pages(docs, pages, manifest)


def _load_facts(con: duckdb.DuckDBPyConnection, manifest: Manifest) -> None:
    """What row rules may refer to besides the row: the supply's dates and the agency's prefix."""
    con.execute(
        """
        create table facts as
        select ?::date as supply_ends, ?::date as extracted_on, ?::varchar as agency_prefix
        """,
        [manifest.period_end, manifest.extracted_at.date(), agencies()[manifest.agency].prefix],
    )


def _load_tables(
    con: duckdb.DuckDBPyConnection,
    folder: Path,
    supplied: list[Contract],
    declared: Collection[str],
    report: Report,
) -> dict[str, set[str]]:
    """Read every table; returns the optional columns that each does not have."""
    absent = {}
    for contract in supplied:
        try:
            path = folder / f"{contract.table}.csv"
            absent[contract.table] = _load(con, path, contract, declared)
        except (duckdb.InvalidInputException, duckdb.ConversionException, duckdb.DataError):
            # The reader's own message quotes the line, so it is not passed on.
            words = (
                "the file is not CSV as RFC 4180 has it (stray quotes, mixed line ends or "
                "a huge line)"
            )
            report.findings.append(Finding("error", "unreadable", words, contract.table))
    return absent


def _count_and_check(
    con: duckdb.DuckDBPyConnection, contract: Contract, manifest: Manifest, report: Report
) -> bool:
    """Count a table's rows into the report (later less those that are set aside); returns whether
    it was read whole and every table that it refers to is there.
    """
    table = contract.table
    rows = int(con.execute(f"select count(*) from text_{table}").fetchall()[0][0])
    report.rows[table] = rows
    if rows != manifest.tables[table]["rows"]:
        # Python's reader counted the rows when the file's structure was checked.
        words = "two readers count different numbers of rows"
        report.findings.append(Finding("error", "unreadable", words, table))
        return False
    for column in contract.columns:
        if column.references and column.references not in manifest.tables:
            words = f"refers to {column.references}, which is not supplied"
            report.findings.append(Finding("error", "reference", words, table, column.name))
            return False
    return True


def _judge_table(
    con: duckdb.DuckDBPyConnection,
    contract: Contract,
    manifest: Manifest,
    absent: set[str],
    report: Report,
    pages: dict[str, Any],
) -> None:
    """Try every rule of a contract on its table, and look for what single rows cannot show."""
    table = contract.table
    # Rows that break a rule are few or refuse the supply: few are set aside, out of `text_<table>`,
    # and with them here the rows of other tables that belong to them.
    take_out_orphans(con, contract, report)
    sql = _prepared_sql(contract, has_births="people" in manifest.tables)
    keep_page = functools.partial(_keep_page, pages, table)
    chunks = _chunks(con, f"select * exclude (n) from ({sql})")
    results = run_suite(contract, chunks, absent, keep_page)
    aside = set_aside(con, contract, sql, results, report)
    for result in results:
        is_aside = (result["rule"], result["column"]) in aside
        checked = {"table": table, **result}
        report.checks.append(checked | {"severity": "warn"} if is_aside else checked)
        if result["failed"] and not is_aside:
            finding = Finding(
                severity=result["severity"],
                rule=result["rule"],
                words=result["words"],
                table=table,
                column=result["column"],
                rows=result["failed"],
                of=result["rows"],
                first_rows=_first_rows(con, contract, sql, result),
            )
            report.findings.append(finding)
    for look in (month_findings, code_findings, share_findings, late_findings):
        report.findings += look(con, contract, manifest)
    for look_at_rows in (twice_findings, within_findings):
        report.findings += look_at_rows(con, contract)


def _first_rows(
    con: duckdb.DuckDBPyConnection, contract: Contract, prepared: str, result: dict[str, Any]
) -> list[int]:
    """Where to look: the first rows of the file that break a rule which refuses the supply."""
    if result["severity"] != "error":
        return []
    found = con.execute(
        f"select n from ({prepared}) where {breaks(contract, result)} order by n limit {FIRST_ROWS}"
    ).fetchall()
    return [int(n) + 1 for (n,) in found]


def _keep_page(pages: dict[str, Any], table: str, suite: Any, totals: list[dict[str, Any]]) -> None:
    pages[table] = (suite, totals)


def _write_pages(docs: Path, pages: dict[str, Any], manifest: Manifest) -> None:
    from expectations.judging.docs import page

    docs.mkdir(mode=0o700, parents=True, exist_ok=True)
    for table, (suite, totals) in pages.items():
        path = docs / f"{table}.html"
        path.write_text(page(suite, totals, manifest.extracted_at), "utf-8")
        path.chmod(0o600)


def _canary_findings(
    con: duckdb.DuckDBPyConnection, canaries: list[dict[str, str]]
) -> list[Finding]:
    """Every key of the fictitious children must be in its column, if the supply fills that column
    at all.
    """
    filled = []
    for column in ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode"):
        if con.execute(f"select count({column}) from text_people").fetchall()[0][0]:
            filled.append(column)
    wanted = [(column, child[column]) for column in filled for child in canaries if column in child]
    present = 0
    for column, key in wanted:
        query = f"select count(*) > 0 from text_people where {column} = ?"
        present += con.execute(query, [key]).fetchall()[0][0]
    if wanted and present == len(wanted):
        return []
    words = (
        "the agreed fictitious children (canaries) are not all there with the partnership's keys: "
        "the keys were made with another secret, or the canaries were left out"
    )
    return [Finding("error", "canaries", words, "people")]

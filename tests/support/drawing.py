"""Small tables drawn as text, and what can be made of them: a supply folder, a warehouse with its models run."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import re
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from assets.store.counting import count, section_of
from assets.store.sql_models import Model, folder_models, staging_models
from assets.store.warehouse import load_reference, run_model, set_as_at
from data_samples.people import canary_keys, key_fingerprint
from expectations.contract import contracts, contracts_of
from profiles.disclosure.plan import default_plan
from profiles.figures.counting import declared_rows

Row = dict[str, str]


def table(text: str) -> list[Row]:
    """A table drawn with | between cells: the first line is the header; “-” is a blank cell."""
    lines = [line.strip().strip("|") for line in text.strip().splitlines() if line.strip()]
    header, *rows = [[cell.strip() for cell in line.split("|")] for line in lines]
    return [{k: "" if v == "-" else v for k, v in zip(header, row, strict=True)} for row in rows]


def key(seed: str) -> str:
    """A linkage key for a name."""
    return hashlib.sha256(f"key of {seed}".encode()).hexdigest()


def canary_people(agency: str, letter: str) -> list[Row]:
    """The three agreed fictitious children, as an agency's people rows."""
    unknown = {"trust": "NOBT", "education": "NOBT", "police": "NS", "health": "Z"}[agency]
    return [
        {
            "person_ref": f"{letter}CANARY{i}",
            **keys,
            "birth_month": "2010-01",
            "sex": "U",
            "ethnicity": unknown,
            "ward_code": "",
        }
        for i, keys in enumerate(canary_keys(), 1)
    ]


def write_csv(path: Path, columns: list[str], rows: list[Row]) -> None:
    """A CSV as the specification has it."""
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(f, columns, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def seal(folder: Path, agency: str, provider: str | None = None, **changes: Any) -> None:
    """Write supply.json for the CSV files that are there."""
    tables = {}
    for path in sorted(folder.glob("*.csv")):
        try:
            rows = max(
                len(list(csv.reader(io.StringIO(path.read_text("utf-8-sig"), newline="")))) - 1, 0
            )
        except (UnicodeDecodeError, csv.Error):
            rows = 0
        tables[path.stem] = {"rows": rows, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
    manifest = {
        "agency": agency,
        "provider": provider,
        "contract_version": "1",
        "key_fingerprint": key_fingerprint(),
        "period_start": "2019-04-01",
        "period_end": "2024-03-31",
        "extracted_at": "2024-04-05T06:00",
        "tables": tables,
        "not_supplied": {},
    }
    (folder / "supply.json").write_text(json.dumps(manifest | changes))


PEOPLE = {
    "trust": """
        person_ref | key_upn | birth_month | sex | ethnicity | ward_code
        T1         | a       | 2008-05     | M   | WBRI      | E05011118
        T2         | b       | 2009-02     | F   | APKN      | E05011119
        T3         | c       | 2007-11     | M   | BCRB      | E05011120
    """,
    "police": """
        person_ref | key_upn | birth_month | sex | ethnicity | ward_code
        P1         | a       | 2008-05     | M   | W1        | E05011118
        P2         | d       | 2010-01     | M   | O1        | -
    """,
    "education": """
        person_ref | key_upn | birth_month | sex | ethnicity | ward_code
        E1         | a       | 2008-05     | M   | WBRI      | E05011118
        E2         | b       | 2009-02     | F   | APKN      | E05011119
    """,
    "health": """
        person_ref | key_upn | birth_month | sex | ethnicity | ward_code
        H1         | c       | 2007-11     | M   | M         | E05011120
    """,
}
TABLES = {
    "trust": {
        "hub_episodes": """
            episode_ref | person_ref | referral_date | source | exploitation_types | cce_forms    | decision | decision_date | opened_date | closed_date | closure_reason | transferred_to_adult_service
            EP1         | T1         | 2023-01-05    | 6      | CCE;CSE            | county_lines | accepted | 2023-01-10    | 2023-01-11  | -           | -              | NA
            EP2         | T2         | 2023-06-01    | 2A     | CCE                | -            | accepted | 2023-06-03    | 2023-06-05  | 2023-12-01  | risk_reduced   | NA
        """,
        "risk_assessments": """
            episode_ref | assessed_date | risk_level
            EP1         | 2023-01-15    | high
            EP1         | 2023-05-15    | medium
            EP2         | 2023-06-10    | low
        """,
        "plans": """
            person_ref | plan_type | start_date | end_date   | responsible_la | placement_la | placement_type | legal_status | uasc
            T1         | CLA       | 2023-02-01 | -          | E08000025      | E08000025    | U6             | C2           | N
            T2         | CIN       | 2023-05-01 | 2024-01-01 | -              | -            | -              | -            | -
        """,
        "missing_episodes": """
            missing_ref | person_ref | started_at       | ended_at         | missing_type | missing_from | rhi_offered | rhi_accepted | rhi_completed_at
            MS1         | T1         | 2023-03-01T20:10 | 2023-03-02T08:00 | M            | home         | Y           | Y            | 2023-03-04
        """,
        "indicators": """
            indicator           | period_start | period_end | area_code | group_type | group | value | unit     | source
            factor_24a_episodes | 2022-04-01   | 2023-03-31 | E08000025 | -          | -     | 520   | episodes | Return of 2023
        """,
    },
    "police": {
        "involvements": """
            involvement_ref | incident_ref | person_ref | role    | occurred_on | occurred_hour | offence_code | arrested_on | voluntary_attendance_on | charged_on | disposal_code | outcome_code | markers          | ward_code | location_type
            IV1             | IC1          | P1         | suspect | 2023-02-01  | 23            | 92A          | 2023-02-01  | -                       | -          | -             | 22           | CCE;COUNTY_LINES | E05011118 | street
            IV2             | IC2          | P2         | victim  | 2023-09-01  | -             | 8N           | -           | -                       | -          | -             | -            | -                | -         | -
        """,
        "missing_reports": """
            report_ref | person_ref | reported_at      | found_at         | risk_grade | missing_from | found_ward_code | found_outside_force
            MR1        | P1         | 2023-03-01T21:00 | 2023-03-02T07:40 | medium     | home         | E05011118       | N
        """,
    },
    "education": {
        "enrolments": """
            person_ref | start_date | end_date | setting | registration | part_time | sen_provision | sen_need | free_school_meals | leaving_reason
            E1         | 2019-09-03 | -        | academy | main         | N         | K             | SEMH     | Y                 | -
        """,
        "exclusions": """
            person_ref | exclusion_type | start_date | sessions | reasons
            E1         | suspension     | 2023-01-20 | 4        | PP;DB
        """,
    },
    "health": {
        "contacts": """
            contact_ref | person_ref | service   | contact_date | reason        | accepted | first_seen_date
            HC1         | H1         | emergency | 2023-02-03   | assault_sharp | NA       | 2023-02-03
        """,
    },
}


def write_supply(inbox: Path, agency: str, date: str = "2024-04-05", **changes: Any) -> Path:
    """A small good supply of an agency; health as the provider INV01."""
    provider = "INV01" if agency == "health" else None
    folder = inbox / agency / provider / date if provider else inbox / agency / date
    folder.mkdir(parents=True)
    letter = {"trust": "T", "police": "P", "education": "E", "health": "H"}[agency]
    people = [row | {"key_upn": key(row["key_upn"])} for row in table(PEOPLE[agency])]
    write_csv(
        folder / "people.csv",
        [c.name for c in contracts_of(agency)["people"].columns if not c.optional],
        canary_people(agency, letter) + people,
    )
    for name, drawn in TABLES[agency].items():
        rows = table(drawn)
        write_csv(folder / f"{name}.csv", list(rows[0]), rows)
    seal(folder, agency, provider, **changes)
    return folder


class Drawn:
    """A connection on which a model is run when it is first read: a test reads few of a hundred."""

    def __init__(self, con: duckdb.DuckDBPyConnection) -> None:
        self._con = con
        self._waiting = {m.name: m for m in _models()}

    def execute(self, query: str, *parameters: object) -> duckdb.DuckDBPyConnection:
        self.need(*re.findall(r"\b(?:stg|core|out)_\w+", query))
        return self._con.execute(query, *parameters)

    def need(self, *names: str) -> None:
        """Run those of the models that were not run yet, each after those it reads."""
        for name in names:
            model = self._waiting.pop(name, None)
            if model is not None:
                self.need(*model.reads)
                run_model(self._con, name, model.sql)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)


def warehouse(as_at: str, **drawn: str) -> Any:
    """A connection with the models over drawn tables, named agency__table; a people table without keys gets one key per row."""
    con = duckdb.connect()
    register = default_plan().register
    load_reference(con, {"canaries": []}, register)
    set_as_at(con, dt.date.fromisoformat(as_at))
    con.execute(
        "create table raw_checks (supplier varchar, table_name varchar, rule varchar, column_name varchar, "
        "severity varchar, words varchar, rows bigint, failed bigint)"
    )
    for c in contracts().values():
        columns = ["supplier", *(column.name for column in c.columns)]
        con.execute(_create(c.name, columns))
        for row in table(drawn[c.name]) if c.name in drawn else []:
            if c.table == "people" and not any(k.startswith("key_") for k in row):
                row["key_upn"] = row["person_ref"][1:]
            cells = {"supplier": c.agency} | row
            con.execute(_insert(c.name, cells), list(cells.values()))
    return Drawn(con)


def rows_of(con: duckdb.DuckDBPyConnection, *figures: str) -> pd.DataFrame:
    """The rows of the exact table that some figures have, before intervals, over a warehouse."""
    register = default_plan().register
    sections = {register.figures[figure].section for figure in figures}
    models = [m.name for m in folder_models("profile") if section_of(m.name) in sections]
    if isinstance(con, Drawn):
        con.need(*models)
    found = count(con, register, models, figures)
    return declared_rows(register, found, figures)


def counted(con: duckdb.DuckDBPyConnection, figure: str, kind: str = "") -> dict[str, int]:
    """How many a figure counts on the as-at date, in all (“all”) and by group of its one-way breakdowns, or of one of them;
    none where nobody."""
    rows = rows_of(con, figure)
    as_at = con.execute("select as_at()").fetchall()[0][0]
    rows = rows[rows["period_end"] == as_at]
    crossed = rows["group2_type"].fillna("") if "group2_type" in rows else ""
    rows = rows[
        (crossed == "") & rows["measures"].map(lambda m: "count" in m) & (rows["numerator"] > 0)
    ]
    rows = rows[rows["group_type"] == kind] if kind else rows
    return {str(group): int(n) for group, n in zip(rows["group"], rows["numerator"], strict=True)}


def counts_of(con: duckdb.DuckDBPyConnection, *figures: str) -> duckdb.DuckDBPyConnection:
    """The same connection with a table `counts`: the rows of some figures."""
    rows = rows_of(con, *figures)
    for column in ("group2_type", "group2", "denominator", "note"):
        if column not in rows:
            rows[column] = None
    con.register("rows_of_figures", rows.drop(columns=["needs"]))
    con.execute("create or replace table counts as select * from rows_of_figures")
    return con


def _models() -> tuple[Model, ...]:
    return (*staging_models(), *folder_models("joined"), *folder_models("profile"))


def _create(name: str, columns: list[str]) -> str:
    return f"create table raw_{name} (" + ", ".join(f'"{x}" varchar' for x in columns) + ")"


def _insert(name: str, cells: dict[str, str]) -> str:
    return f"insert into raw_{name} by name select " + ", ".join(
        f"nullif(?, '') as \"{x}\"" for x in cells
    )


def people(*rows: str) -> str:
    """A Trust people table: “1 2008-05 M WBRI E05011118” per child; its reference is T1."""
    lines = ["person_ref | birth_month | sex | ethnicity | ward_code"]
    lines += [" | ".join([f"T{r.split()[0]}", *r.split()[1:]]) for r in rows]
    return "\n".join(lines)


def episodes(*rows: str) -> str:
    """Accepted CCE episodes: “EP1 T1 opened closed” per episode, “-” while open."""
    lines = [
        "episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date | closed_date | closure_reason"
    ]
    for row in rows:
        ref, person, opened, closed, *reason = row.split()
        lines.append(
            f"{ref} | {person} | {opened} | 6 | CCE | accepted | {opened} | {opened} | {closed} | {reason[0] if reason else '-'}"
        )
    return "\n".join(lines)


def assessments(*rows: str) -> str:
    """Risk assessments: “EP1 2023-01-15 high” per row."""
    return "\n".join(
        ["episode_ref | assessed_date | risk_level", *(" | ".join(r.split()) for r in rows)]
    )

"""A few broken rows do not refuse years of a whole agency: they are set aside, counted, told, and read by nothing."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from conftest import SAMPLES
from drawing import seal

from assets.store.warehouse import _raw_select
from expectations.contract import contracts
from expectations.judging.judge import judge_folder
from expectations.judging.report import Report
from expectations.judging.set_aside import most_of

HEALTH = SAMPLES / "health" / "INV02" / "2024-04-05"
Rows = list[dict[str, str]]


def rewritten(folder: Path, table: str, change: Callable[[Rows], None]) -> Rows:
    path = folder / f"{table}.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    change(rows)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    return rows


def judged(tmp_path: Path, *changes: tuple[str, Callable[[Rows], None]]) -> tuple[Report, Path]:
    folder = tmp_path / "2024-04-05"
    shutil.copytree(HEALTH, folder)
    for path in folder.iterdir():
        path.chmod(0o600)
    for table, change in changes:
        rewritten(folder, table, change)
    seal(folder, "health", "INV02")
    report = Report("health", "INV02", "2024-04-05")
    judge_folder(folder, report, None, lambda _: None, dt.date(2024, 4, 5), tmp_path)
    return report, folder


def spoil(column: str, value: str, numbers: list[int]) -> Callable[[Rows], None]:
    def change(rows: Rows) -> None:
        for number in numbers:
            rows[number][column] = value

    return change


@pytest.mark.parametrize(
    ("rows", "most"), [(999, 0), (1000, 1), (4000, 4), (50_000, 50), (10_000_000, 50)]
)
def test_how_many_is_little(rows: int, most: int) -> None:
    assert most_of(rows) == most


CASES = {
    "a code that is none": ("reason", "zebedee", "code_list"),
    "a blank": ("service", "", "not_blank"),
    "no day": ("contact_date", "yesterday", "shape"),
    "a day that is none": ("contact_date", "2023-02-31", "real"),
    "after the extract": ("contact_date", "2031-01-01", "not_after_extract"),
    "nobody's": ("person_ref", "Hnobody", "known"),
    "seen before the contact": ("first_seen_date", "2019-03-01", "seen_after_contact"),
}


@pytest.mark.parametrize("case", CASES)
def test_few_rows_are_set_aside_and_one_more_refuses(tmp_path: Path, case: str) -> None:
    column, value, rule = CASES[case]
    rows = sum(1 for _ in csv.DictReader((HEALTH / "contacts.csv").open(encoding="utf-8")))
    few = list(range(10, 10 + most_of(rows)))
    (tmp_path / "few").mkdir()
    report, folder = judged(tmp_path / "few", ("contacts", spoil(column, value, few)))
    assert report.is_accepted, report.message()
    # Rows are numbered from 1.
    assert report.set_aside["contacts"] == [number + 1 for number in few]
    assert report.rows["contacts"] == rows - len(few)
    (found,) = (f for f in report.warnings if f.rule == rule and "set aside" in f.words)
    assert (found.table, found.rows, found.of) == ("contacts", len(few), rows)
    broken = [c for c in report.checks if c["failed"] and c["table"] == "contacts"]
    (checked,) = (c for c in broken if c["rule"] == rule)
    assert checked["severity"] == "warn"
    columns = ["contact_ref"]
    sql = _raw_select(folder / "contacts.csv", "health", columns, report.set_aside["contacts"])
    left = {ref for _, ref in duckdb.sql(sql).fetchall()}
    sent = [row["contact_ref"] for row in csv.DictReader((folder / "contacts.csv").open())]
    assert left == {ref for number, ref in enumerate(sent) if number not in few}
    (tmp_path / "many").mkdir()
    report, _ = judged(tmp_path / "many", ("contacts", spoil(column, value, [*few, 5])))
    (refused,) = (f for f in report.errors if f.rule == rule)
    # As a spreadsheet shows them: the header is row 1, the sixth row of data is row 7.
    assert refused.first_rows == [7, 12, 13]
    assert "first in row 7, 12, 13 (the header is row 1)" in refused.sentence()
    assert not report.set_aside


def test_what_two_rules_break_together_is_no_longer_few(tmp_path: Path) -> None:
    rows = sum(1 for _ in csv.DictReader((HEALTH / "contacts.csv").open(encoding="utf-8")))
    most = most_of(rows)
    one = spoil("reason", "zebedee", list(range(most)))
    other = spoil("service", "zebedee", list(range(100, 100 + most)))
    report, _ = judged(tmp_path, ("contacts", one), ("contacts", other))
    assert sorted((f.rule, f.column) for f in report.errors) == [
        ("code_list", "reason"),
        ("code_list", "service"),
    ]


def test_the_rows_of_a_child_who_is_too_old_go_with_it(tmp_path: Path) -> None:
    def old(rows: Rows) -> None:
        rows[20]["birth_month"] = "1990-01"

    people = list(csv.DictReader((HEALTH / "people.csv").open(encoding="utf-8")))
    contacts = list(csv.DictReader((HEALTH / "contacts.csv").open(encoding="utf-8")))
    own = [row["person_ref"] == people[20]["person_ref"] for row in contacts]
    report, _ = judged(tmp_path, ("people", old))
    if len(people) < 1000:
        assert [f.rule for f in report.errors] == ["under_26"]
        return
    assert report.is_accepted, report.message()
    assert report.set_aside["people"] == [21]
    assert report.set_aside.get("contacts", []) == [n for n, is_own in enumerate(own, 1) if is_own]


def test_no_unique_reference_is_set_aside(tmp_path: Path) -> None:
    def twice(rows: Rows) -> None:
        rows[3]["contact_ref"] = rows[2]["contact_ref"]

    report, _ = judged(tmp_path, ("contacts", twice))
    assert [f.rule for f in report.errors] == ["unique"]
    assert not report.set_aside


def test_of_the_cohort_nothing_is_set_aside() -> None:
    cohort = {name for name, contract in contracts().items() if not contract.set_aside}
    assert cohort == {"trust__hub_episodes", "trust__risk_assessments"}

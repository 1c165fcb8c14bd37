"""Warnings of a supply as a whole: its size against the last, empty months, codes that are used no more."""

from __future__ import annotations

import csv
import datetime as dt
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from drawing import seal, table, write_csv, write_supply

from assets.store import supply_store
from assets.store.folder import DataFolder
from expectations.contract import contracts
from expectations.judging import drift
from expectations.judging.report import Finding
from expectations.judging.supply import Manifest

pytestmark = pytest.mark.usefixtures("rules_hold")

CONTACT = table("""
    contact_ref | person_ref | service   | contact_date | reason        | accepted | first_seen_date
    HC1         | H1         | emergency | 2023-02-03   | assault_sharp | NA       | 2023-02-03
""")[0]


def in_file(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(path.open(encoding="utf-8", newline="")))


def contacts(
    per_month: int, *, without: set[str] = frozenset(), last_reason: str = "assault_sharp"
) -> list[dict[str, str]]:  # type: ignore[assignment]
    """So many contacts in every month of the period; those of the last year for `last_reason`."""
    rows = []
    day = dt.date(2019, 4, 1)
    while day <= dt.date(2024, 3, 31):
        month = day.strftime("%Y-%m")
        for i in range(0 if month in without else per_month):
            reason = last_reason if month > "2023-03" else "assault_sharp"
            rows.append(
                CONTACT
                | {
                    "contact_ref": f"HC{month}-{i}",
                    "contact_date": f"{month}-{i % 28 + 1:02d}",
                    "first_seen_date": "",
                    "reason": reason,
                }
            )
        day = (day.replace(day=28) + dt.timedelta(days=4)).replace(day=1)
    return rows


def warnings(data: DataFolder, date: str, rows: list[dict[str, str]]) -> list[Finding]:
    folder = write_supply(data.inbox, "health", date)
    write_csv(folder / "contacts.csv", list(CONTACT), rows)
    seal(folder, "health", "INV01", extracted_at=f"{date}T06:00")
    report = supply_store.receive(data, folder, "health")
    assert report.is_accepted, report.message()
    return report.warnings


def test_a_steady_supply_gives_no_warning(data: DataFolder) -> None:
    assert warnings(data, "2024-04-05", contacts(12)) == []
    assert warnings(data, "2024-05-05", contacts(13)) == []


@pytest.mark.parametrize(("before", "now", "words"), [(12, 7, "smaller"), (12, 20, "larger")])
def test_volume_against_the_last_supply(
    data: DataFolder, before: int, now: int, words: str
) -> None:
    assert warnings(data, "2024-04-05", contacts(before)) == []
    (found,) = warnings(data, "2024-05-05", contacts(now))
    assert (found.rule, found.table) == ("volume", "contacts")
    assert words in found.words


def test_months_missing(data: DataFolder) -> None:
    (found,) = warnings(data, "2024-04-05", contacts(12, without={"2021-03", "2021-04"}))
    assert (found.rule, found.table, found.column) == ("months_missing", "contacts", "contact_date")
    assert "2 months of the period (2021-03, 2021-04)" in found.words


def test_a_table_with_few_rows_has_no_months_to_miss(data: DataFolder) -> None:
    assert warnings(data, "2024-04-05", contacts(2, without={"2021-03"})) == []


def test_a_code_that_stops_being_used(data: DataFolder) -> None:
    (found,) = (
        w
        for w in warnings(data, "2024-04-05", contacts(12, last_reason="assault_other"))
        if w.rule == "code_vanished"
    )
    assert (found.rule, found.column) == ("code_vanished", "reason")
    assert "assault with a sharp object" in found.words


def test_a_table_no_longer_supplied(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "education")
    rows = [
        {
            "person_ref": "E1",
            "term": "2023-24-autumn",
            "setting": "academy",
            "sessions_possible": "140",
            "sessions_missed": "3",
        }
    ] * 60
    write_csv(folder / "attendance.csv", list(rows[0]), rows)
    seal(folder, "education")
    assert supply_store.receive(data, folder, "education").is_accepted
    later = write_supply(data.inbox, "education", "2024-05-05", extracted_at="2024-05-05T06:00")
    (found,) = supply_store.receive(data, later, "education").warnings
    assert (found.rule, found.table) == ("no_longer_supplied", "attendance")


def moved(
    rows: list[dict[str, str]], column: str, last_year: str, every: int = 1
) -> list[dict[str, str]]:
    """The rows with another cell in every so-manyth row of the last year."""
    last = [r for r in rows if r["contact_date"] > "2023-03-31"]
    chosen = {id(r) for i, r in enumerate(last) if i % every == 0}
    return [r | {column: last_year} if id(r) in chosen else r for r in rows]


def test_a_code_that_appears(data: DataFolder) -> None:
    (found,) = (
        f
        for f in warnings(data, "2024-04-05", moved(contacts(12), "reason", "self_harm", 12))
        if f.rule == "code_appeared"
    )
    assert (found.column, "self-harm" in found.words or "self harm" in found.words) == (
        "reason",
        True,
    )


def test_shares_that_change(data: DataFolder) -> None:
    rows = [
        r | {"reason": "overdose" if i % 5 == 0 else "assault_sharp"}
        for i, r in enumerate(contacts(20))
    ]
    (found,) = warnings(data, "2024-04-05", moved(rows, "reason", "overdose", 2))
    assert (found.rule, found.column) == ("shares_changed", "reason")
    assert "overdose" in found.words


def test_a_share_that_changes_by_chance_is_no_warning(data: DataFolder) -> None:
    """Three points more on 240 rows."""
    rows = [
        r | {"reason": "overdose" if i % 5 == 0 else "assault_sharp"}
        for i, r in enumerate(contacts(20))
    ]
    assert warnings(data, "2024-04-05", moved(rows, "reason", "overdose", 30)) == []


def test_a_column_that_is_filled_less(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "police")
    rows = [
        {
            "report_ref": f"PR{i}",
            "person_ref": "P1",
            "reported_at": f"{2021 + i // 100}-{i % 12 + 1:02d}-10T12:00",
            "found_at": "",
            "risk_grade": "high",
            "missing_from": "home",
            "found_ward_code": "E05011118" if i < 200 or i % 4 == 0 else "",
            "found_outside_force": "N",
        }
        for i in range(3 * 100)
    ]
    write_csv(folder / "missing_reports.csv", list(rows[0]), rows)
    seal(folder, "police")
    report = supply_store.receive(data, folder, "police")
    assert report.is_accepted, report.message()
    assert [(w.rule, w.column) for w in report.warnings if w.rule == "completeness"] == [
        ("completeness", "found_ward_code")
    ]


def test_rows_that_stand_twice(data: DataFolder) -> None:
    rows = contacts(12)
    doubled = [r | {"contact_ref": f"{r['contact_ref']}x"} for r in rows[:60]]
    (found,) = (f for f in warnings(data, "2024-04-05", rows + doubled) if f.rule == "rows_twice")
    assert (found.rows, found.of) == (60, len(rows) + 60)


def test_a_code_of_a_state_that_goes_on_is_in_use(data: DataFolder) -> None:
    """Everybody began at an academy years ago and is there still."""
    folder = write_supply(data.inbox, "education")
    row = in_file(folder / "enrolments.csv")[0]
    begun = [row | {"start_date": f"2021-{9 + i % 4:02d}-0{i % 9 + 1}"} for i in range(60)]
    ended = [
        row | {"setting": "special", "start_date": "2021-09-01", "end_date": "2022-07-20"}
    ] * 60
    write_csv(folder / "enrolments.csv", list(row), begun + ended)
    seal(folder, "education")
    report = supply_store.receive(data, folder, "education")
    gone = [w.words for w in report.warnings if (w.rule, w.column) == ("code_vanished", "setting")]
    assert gone == ["in use before, but not in the last 12 months of the period: special school"]


def test_spells_within_others_are_told(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    row = in_file(folder / "missing_episodes.csv")[0]
    spells = [
        ("2023-03-01T20:10", "2023-03-05T08:00"),
        ("2023-03-02T20:10", "2023-03-03T08:00"),
        ("2023-03-01T20:10", "2023-03-05T08:00"),
        ("2023-03-04T20:10", "2023-03-06T08:00"),
    ]
    rows = [
        row
        | {"missing_ref": f"MS{i}", "started_at": start, "ended_at": end, "rhi_completed_at": ""}
        for i, (start, end) in enumerate(spells)
    ]
    write_csv(folder / "missing_episodes.csv", list(row), rows)
    seal(folder, "trust")
    report = supply_store.receive(data, folder, "trust")
    (found,) = (w for w in report.warnings if w.rule == "spells_within")
    assert (found.rows, found.of) == (2, 4)


@pytest.mark.parametrize(("days", "is_late"), [(10, False), (40, True)])
def test_late_recording(data: DataFolder, days: int, is_late: bool) -> None:
    rows = [
        r
        | {
            "recorded_date": min(
                dt.date.fromisoformat(r["contact_date"])
                + dt.timedelta(days=days if i % 3 == 0 else 0),
                dt.date(2024, 4, 5),
            ).isoformat()
        }
        for i, r in enumerate(contacts(12))
    ]
    folder = write_supply(data.inbox, "health")
    write_csv(folder / "contacts.csv", list(rows[0]), rows)
    seal(folder, "health", "INV01")
    report = supply_store.receive(data, folder, "health")
    assert [w.rule for w in report.warnings] == (["late_recording"] if is_late else [])


def test_what_has_no_day_of_recording_is_neither_late_nor_in_time(data: DataFolder) -> None:
    """Every other contact has none; of those that have one, a third are late."""
    rows = []
    for i, contact in enumerate(contacts(24)):
        day = dt.date.fromisoformat(contact["contact_date"])
        recorded = min(day + dt.timedelta(days=40 if i % 3 == 0 else 0), dt.date(2024, 4, 5))
        rows.append(contact | {"recorded_date": "" if i % 2 else recorded.isoformat()})
    folder = write_supply(data.inbox, "health")
    write_csv(folder / "contacts.csv", list(rows[0]), rows)
    seal(folder, "health", "INV01")
    report = supply_store.receive(data, folder, "health")
    assert "late_recording" in [w.rule for w in report.warnings]


def test_outcomes_that_come_later_are_no_drift() -> None:
    """Decisions still open in the last year are as they should be."""
    from expectations.contract import contracts

    later = {f"{c.name}.{x.name}" for c in contracts().values() for x in c.columns if x.later}
    assert {
        "trust__hub_episodes.decision",
        "police__nrm_referrals.conclusive_grounds",
        "police__involvements.outcome_code",
    } <= later


def loaded(table: str, columns: str, rows: list[tuple[object, ...]]) -> duckdb.DuckDBPyConnection:
    """A table as judging has it: all text."""
    con = duckdb.connect()
    names = columns.split()
    con.execute(f"create table text_{table} ({', '.join(f'{name} varchar' for name in names)})")
    con.executemany(f"insert into text_{table} values ({', '.join('?' * len(names))})", rows)
    return con


def supplied(start: dt.date, end: dt.date) -> Manifest:
    sent = dt.datetime(2024, 5, 5, tzinfo=dt.UTC)
    return Manifest("health", "INV01", "1", "f" * 16, start, end, sent, {}, {})


@pytest.mark.parametrize(
    ("first", "last", "empty"),
    [
        # A day of April is no April, and the last days of January no January.
        (dt.date(2024, 1, 30), dt.date(2024, 4, 1), None),
        (dt.date(2024, 1, 30), dt.date(2024, 4, 30), "1 months of the period (2024-04)"),
        (dt.date(2024, 1, 1), dt.date(2024, 4, 29), "1 months of the period (2024-01)"),
    ],
)
def test_a_month_of_which_the_period_has_a_part_is_not_missed(
    first: dt.date, last: dt.date, empty: str | None
) -> None:
    days = [(f"2024-{month:02d}-{day:02d}",) for month in (2, 3) for day in range(1, 29)]
    con = loaded("contacts", "contact_date", days)
    found = drift.month_findings(con, contracts()["health__contacts"], supplied(first, last))
    assert [empty in finding.words for finding in found] == ([True] if empty else [])


SHAPE = contracts()["police__involvements"]
PERIOD = supplied(dt.date(2019, 4, 1), dt.date(2024, 3, 31))


def involved(markers_of: Callable[[int, bool], str]) -> duckdb.DuckDBPyConnection:
    """A hundred involvements in each of three years, with markers by number and whether it is of the last year."""
    rows = []
    for year in (2021, 2022, 2023):
        for n in range(100):
            row = dict.fromkeys((c.name for c in SHAPE.columns), "x")
            row["markers"] = markers_of(n, year == 2023)
            rows.append(tuple(row.values()))
    con = loaded("involvements", " ".join(c.name for c in SHAPE.columns), rows)
    assert SHAPE.event
    con.execute(
        f"update text_involvements set {SHAPE.event.name} = (2021 + rowid // 100) || '-06-15T12:00'"
    )
    return con


def test_a_code_that_stands_twice_in_a_list_is_used_once() -> None:
    (one, *_) = SHAPE.column("markers").codes
    con = involved(lambda n, is_last: f"{one};{one}" if is_last else one)
    found = drift.share_findings(con, SHAPE, PERIOD)
    assert [f for f in found if f.column == "markers"] == []


def test_a_code_that_is_gone_from_a_list_that_may_be_blank_is_told() -> None:
    one, two, *_ = SHAPE.column("markers").codes
    con = involved(lambda n, is_last: one if n % 5 == 0 and not is_last else two)
    found = [f for f in drift.share_findings(con, SHAPE, PERIOD) if f.column == "markers"]
    (changed,) = (f for f in found if f.rule == "shares_changed")
    assert SHAPE.column("markers").codes[one] in changed.words

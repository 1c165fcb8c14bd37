"""Warnings of a supply as a whole: its size against the last, empty months, codes that are used no more."""

from __future__ import annotations

import datetime as dt

import pytest
from drawing import seal, table, write_csv, write_supply

from assets import supply_store
from assets.resources import DataFolder
from expectations.report import Finding

CONTACT = table("""
    contact_ref | person_ref | service   | contact_date | reason        | accepted | first_seen_date
    HC1         | H1         | emergency | 2023-02-03   | assault_sharp | NA       | 2023-02-03
""")[0]


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
def test_volume_against_the_last_supply(data: DataFolder, before: int, now: int, words: str) -> None:
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
    (found,) = warnings(data, "2024-04-05", contacts(12, last_reason="assault_other"))
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

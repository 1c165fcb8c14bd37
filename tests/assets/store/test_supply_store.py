"""Which supply counts: still arriving, the same again, a correction, the newest, invented ones, one that was tampered with."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import pytest
from drawing import seal, write_supply
from receiving import receive, replace

from assets.store import supply_store
from assets.store.folder import DataFolder

pytestmark = pytest.mark.usefixtures("rules_hold")


def test_without_supply_json_it_is_still_arriving(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    (folder / "supply.json").unlink()
    assert supply_store.candidates(data.inbox, "trust") == []


def test_another_providers_folder(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "health")
    folder.parent.rename(folder.parents[1] / "INV02")
    report = receive(data, "health")
    assert [(f.rule, "another provider" in f.words) for f in report.errors] == [
        ("supply_json", True)
    ]


def test_a_stored_supply_is_judged_again_under_a_changed_contract(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_supply(data.inbox, "trust")
    receive(data)
    (supply,) = supply_store.in_use(data)
    monkeypatch.setattr(supply_store, "contracts_digest", lambda agency: "changed")
    again = supply_store.rejudge(data, supply)
    assert again.is_accepted, again.message()
    assert len(list(data.reports.glob("*/*.json"))) == 2


def test_a_folder_named_for_another_day_than_the_extracts_is_remarked(data: DataFolder) -> None:
    """It may be last month's extract, copied; which is newer goes by the day of extraction."""
    folder = write_supply(data.inbox, "trust")
    folder.rename(folder.with_name("2024-04-30"))
    report = receive(data)
    assert report.is_accepted
    (warning,) = [w for w in report.warnings if w.rule == "folder_day"]
    assert "the folder is named 2024-04-30" in warning.words


def test_the_same_again_changes_nothing(data: DataFolder) -> None:
    write_supply(data.inbox, "trust")
    receive(data)
    before = {
        p: p.stat().st_mtime_ns for p in data.home.rglob("*") if p.is_file() and p.suffix != ".lock"
    }
    receive(data)
    assert before == {
        p: p.stat().st_mtime_ns for p in data.home.rglob("*") if p.is_file() and p.suffix != ".lock"
    }


def test_a_correction_for_the_same_date_is_a_new_supply(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    receive(data)
    replace("risk_assessments", "EP1,2023-05-15,medium", "EP1,2023-05-15,high")(folder)
    seal(folder, "trust")
    ticking = dataclasses.replace(data, clock=lambda: data.clock().replace(year=2099))
    receive(ticking)
    assert len(supply_store.accepted(data, "trust")) == 2
    (in_use,) = supply_store.in_use(data)
    assert "EP1,2023-05-15,high" in in_use.tables["risk_assessments"].read_text()


def test_the_newest_extract_counts_whatever_arrives_last(data: DataFolder) -> None:
    write_supply(
        data.inbox, "trust", "2024-05-05", extracted_at="2024-05-05T06:00", period_end="2024-04-30"
    )
    receive(data)
    write_supply(data.inbox, "trust", "2024-04-05")
    for folder in supply_store.candidates(data.inbox, "trust"):
        supply_store.receive(data, folder, "trust")
    assert [s.supply_date for s in supply_store.in_use(data)] == ["2024-05-05"]


def test_what_had_arrived_by_a_day(data: DataFolder) -> None:
    """A supply counts from the day of its arrival on, whatever day its folder bears."""
    write_supply(data.inbox, "trust", "2024-04-05")
    first = dataclasses.replace(data, clock=lambda: dt.datetime(2024, 4, 6, 23, 59, tzinfo=dt.UTC))
    receive(first)
    write_supply(
        data.inbox, "trust", "2024-05-05", extracted_at="2024-05-05T06:00", period_end="2024-04-30"
    )
    later = dataclasses.replace(data, clock=lambda: dt.datetime(2024, 5, 20, tzinfo=dt.UTC))
    for folder in supply_store.candidates(data.inbox, "trust"):
        supply_store.receive(later, folder, "trust")

    def known(day: dt.date | None) -> list[str]:
        return [s.supply_date for s in supply_store.in_use(data, day)]

    assert known(None) == ["2024-05-05"]
    assert known(dt.date(2024, 5, 20)) == ["2024-05-05"]
    assert known(dt.date(2024, 5, 19)) == ["2024-04-05"]
    assert known(dt.date(2024, 4, 6)) == ["2024-04-05"]
    assert known(dt.date(2024, 4, 5)) == []


def test_invented_supplies_count_only_while_there_is_no_real_one(data: DataFolder) -> None:
    write_supply(data.inbox, "police", invented=True)
    receive(data, "police")
    assert [s.agency for s in supply_store.in_use(data)] == ["police"]
    write_supply(data.inbox, "trust")
    receive(data)
    assert [s.agency for s in supply_store.in_use(data)] == ["trust"]


def test_a_supply_in_the_store_cannot_be_changed_unnoticed(data: DataFolder) -> None:
    write_supply(data.inbox, "trust")
    receive(data)
    (supply,) = supply_store.in_use(data)
    path = supply.tables["plans"]
    assert path.stat().st_mode & 0o777 == 0o400
    assert supply.folder.stat().st_mode & 0o777 == 0o500
    path.chmod(0o600)
    path.write_text(path.read_text().replace("CIN", "CP"))
    assert not supply_store.is_intact(supply)


def test_no_canaries_no_acceptance(data: DataFolder, tmp_path: Path) -> None:
    write_supply(data.inbox, "trust")
    report = receive(dataclasses.replace(data, canaries=tmp_path / "none.json"))
    assert [f.rule for f in report.errors] == ["canaries"]


def test_a_sweep_takes_what_runs_left_and_nothing_of_a_person(data: DataFolder) -> None:
    own = data.home / "work" / "mine" / "raw.csv"
    own.parent.mkdir(parents=True)
    own.write_text("kept")
    with data.workspace("alive") as alive, data.workspace("killed") as killed:
        left_behind = data.work / "left"
        shutil.copytree(killed, left_behind)
        assert data.sweep() == 1
        assert (own.exists(), alive.exists(), left_behind.exists()) == (True, True, False)

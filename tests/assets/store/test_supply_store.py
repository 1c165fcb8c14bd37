"""Which supply counts: still arriving, the same again, a correction, the newest, invented ones, one that was tampered with."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from drawing import seal, write_supply
from receiving import receive, replace

from assets import supplies
from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.versions.verify import repair
from expectations.judging.supply import Manifest
from pipelines.cli import doctor

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


def test_a_supply_is_compared_with_the_last_one_of_its_own_provider(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of two providers one is much larger: beside the other's, each would look far too small or large."""

    def sent(provider: str, month: int, *, invented: bool = False) -> supply_store.Supply:
        at = dt.datetime(2024, month, 5, tzinfo=dt.UTC)
        days = (dt.date(2019, 4, 1), dt.date(2024, 3, 31))
        manifest = Manifest("health", provider, "1", "f" * 16, *days, at, {}, {}, invented)
        name = f"{provider} {month} {invented}"
        return supply_store.Supply(name, data.home, at.date().isoformat(), at.isoformat(), manifest)

    stored = [sent("INV01", 4), sent("INV02", 5), sent("INV02", 6, invented=True), sent("INV01", 8)]
    monkeypatch.setattr(supply_store, "accepted", lambda *_: stored)
    assert supply_store._previous(data, sent("INV01", 7).manifest) == stored[0].manifest
    assert supply_store._previous(data, sent("INV02", 7).manifest) == stored[1].manifest
    assert supply_store._previous(data, sent("INV02", 7, invented=True).manifest) == (
        stored[2].manifest
    )
    assert supply_store._previous(data, sent("INV01", 4).manifest) is None


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


def _without_manifest(folder: Path) -> None:
    (folder / "files" / "supply.json").unlink()


def _with_a_manifest_that_is_none(folder: Path) -> None:
    (folder / "files" / "supply.json").write_text("{", "utf-8")


def _with_an_empty_receipt(folder: Path) -> None:
    (folder / "receipt.json").write_text("", "utf-8")


def _with_a_receipt_that_is_none(folder: Path) -> None:
    (folder / "receipt.json").write_text("[]", "utf-8")


def _without_files(folder: Path) -> None:
    shutil.rmtree(folder / "files")


SPOILT = [
    _without_manifest,
    _with_a_manifest_that_is_none,
    _with_an_empty_receipt,
    _with_a_receipt_that_is_none,
    _without_files,
]


@pytest.mark.parametrize("spoil", SPOILT)
def test_a_stored_supply_that_cannot_be_read_is_told_and_repaired(
    data: DataFolder, spoil: Callable[[Path], None]
) -> None:
    """Else an older supply, or none, would be used in its place without a word."""
    write_supply(data.inbox, "trust")
    receive(data)
    (supply,) = supply_store.in_use(data)
    stored = supply.folder.parent
    assert supply_store.damaged(data) == []
    for path in [stored, *stored.rglob("*")]:
        path.chmod(0o700)
    spoil(stored)
    assert supply_store.in_use(data) == []
    assert supply_store.damaged(data) == [("trust", stored)]
    (words,) = supplies._not_as_accepted(data, [])
    assert "a stored supply cannot be read" in words
    assert doctor._supplies(data) == ["trust: a stored supply cannot be read: cce repair"]
    (done,) = repair(data)
    assert "put aside" in done
    assert supply_store.damaged(data) == []
    assert [s.supply_id for s in supply_store.in_use(data)] == [supply.supply_id]
    assert len(list((data.home / "damaged").iterdir())) == 1


def test_a_whole_supply_of_a_contract_that_is_no_longer_read_is_not_damaged(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    write_supply(data.inbox, "trust")
    receive(data)

    def other_version(_: Path) -> None:
        raise supply_store.SupplyError("another version")

    monkeypatch.setattr(supply_store, "read_manifest", other_version)
    assert (supply_store.in_use(data), supply_store.damaged(data)) == ([], [])


def test_what_a_system_left_in_a_folder_is_named_and_no_reason_to_refuse(
    data: DataFolder,
) -> None:
    folder = write_supply(data.inbox, "trust")
    (folder / "._folder").mkdir()
    (folder / ".DS_Store").write_text("x")
    report = receive(data)
    assert report.is_accepted
    assert [w.rule for w in report.warnings] == ["system_file"]
    assert ".DS_Store" in report.warnings[0].words
    (stored,) = supply_store.in_use(data)
    names = {path.name for path in stored.folder.iterdir()}
    assert names.isdisjoint({"._folder", ".DS_Store"})


def test_an_extract_of_the_future_is_judged_again_when_its_day_has_come(data: DataFolder) -> None:
    days = [dt.datetime(2024, 4, day, 9, tzinfo=dt.UTC) for day in (5, 6, 7)]
    on = [dataclasses.replace(data, clock=lambda day=day: day) for day in days]
    write_supply(data.inbox, "trust", extracted_at="2024-04-08T06:00")
    (known,) = supply_store.inbox_state(data)
    assert "lies in the future" in receive(on[0]).message()
    assert supply_store.is_known(on[1], *known)
    assert not receive(on[1]).is_accepted
    # A day before it: clocks may differ.
    assert not supply_store.is_known(on[2], *known)
    assert receive(on[2]).is_accepted
    assert supply_store.is_known(on[2], *known)


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


def test_a_run_that_is_killed_while_it_tidies_up_is_still_swept(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Killed after one file: the lock, by which a sweep knows a run's folder, goes last."""
    unlink = Path.unlink
    removed: list[str] = []

    def killed(path: Path, **_: object) -> None:
        if removed:
            raise KeyboardInterrupt
        removed.append(path.name)
        unlink(path)

    def tidy_up() -> None:
        with data.workspace("killed") as folder:
            for name in ("a.csv", "z.csv"):
                (folder / name).write_text("x")
            monkeypatch.setattr(Path, "unlink", killed)

    with pytest.raises(KeyboardInterrupt):
        tidy_up()
    monkeypatch.undo()
    folder = data.work / "killed"
    assert len(removed) == 1
    assert len(list(folder.glob("*.csv"))) == 1
    assert data.sweep() == 1
    assert not folder.exists()


def test_a_sweep_takes_a_folder_that_never_had_its_lock(data: DataFolder) -> None:
    data.make()
    (data.work / "killed").mkdir()
    assert data.sweep() == 0
    assert not list(data.work.iterdir())

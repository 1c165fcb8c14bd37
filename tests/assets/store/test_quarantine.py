"""A supply that identifies children leaves the inbox and never reaches the data folder."""

from __future__ import annotations

import dataclasses
import shutil
import stat
from pathlib import Path

import pytest
from conftest import SAMPLES, run_here
from drawing import seal, write_supply

from assets.store import intake, quarantine, supply_store
from assets.store.folder import DataFolder
from pipelines.settings import SettingsError, data_folder

pytestmark = pytest.mark.usefixtures("rules_hold")

# Each stands alone in a text column of a supply; the last ones of a supply.json or a file no contract names.
IDENTIFIERS = [
    "B33 8TH",
    "Ayesha Khan",
    "12 High Street",
    "07700 900123",
    "QQ123456C",
    "a.khan@example.org",
]


def with_identifiers(inbox: Path, agency: str = "trust", text: str = "B33 8TH") -> Path:
    folder = write_supply(inbox, agency)
    path = folder / "indicators.csv"
    path.write_text(path.read_text().replace("Return of 2023", text))
    seal(folder, agency)
    return folder


def every_byte(folder: Path) -> bytes:
    return b"\n".join(p.read_bytes() for p in folder.rglob("*") if p.is_file())


@pytest.mark.parametrize("text", IDENTIFIERS)
def test_the_whole_supply_is_moved_and_nothing_of_it_stays(data: DataFolder, text: str) -> None:
    folder = with_identifiers(data.inbox, text=text)
    report = supply_store.receive(data, folder, "trust")
    assert [(f.rule, f.table, f.column, f.rows, f.of) for f in report.errors] == [
        ("identifier", "indicators", "source", 1, 1)
    ]
    assert "put in quarantine" in report.message()
    assert text not in report.message()
    assert not folder.exists()
    assert text.encode() not in every_byte(data.home)
    assert not any(data.work.iterdir())
    (entry,) = quarantine.entries(data)
    assert text in (entry.folder / "indicators.csv").read_text()
    for path in [data.quarantine, *data.quarantine.rglob("*")]:
        assert not stat.S_IMODE(path.stat().st_mode) & 0o077, path
    assert quarantine.purge(data) == 1
    assert not any(data.quarantine.iterdir())


def test_it_is_told_again_until_purged_and_sent_twice_it_is_moved_twice(data: DataFolder) -> None:
    for _ in range(2):
        (report,) = intake.take_in(data, "trust") if with_identifiers(data.inbox).exists() else []
        assert report.identifies
        assert not supply_store.candidates(data.inbox, "trust")
    assert len(quarantine.entries(data)) == 1
    (words,) = intake.current_intake(data).refused
    assert "for it held what identifies children" in words
    quarantine.purge(data)
    assert intake.current_intake(data).refused == []


def test_a_newer_accepted_supply_ends_the_telling(data: DataFolder) -> None:
    supply_store.receive(data, with_identifiers(data.inbox), "trust")
    write_supply(
        data.inbox, "trust", "2024-05-05", extracted_at="2024-05-05T06:00", period_end="2024-04-30"
    )
    assert intake.current_intake(data).refused == []
    assert len(quarantine.entries(data)) == 1


def test_identifiers_in_what_no_contract_reads_are_found_too(data: DataFolder) -> None:
    folder = write_supply(data.inbox, "trust")
    (folder / "contacts of Ayesha.csv").write_text("a\nB33 8TH\n")
    report = supply_store.receive(data, folder, "trust")
    assert report.identifies
    assert "Ayesha" not in report.message()
    assert b"Ayesha" not in every_byte(data.home)
    quarantine.purge(data)
    folder = write_supply(data.inbox, "trust")
    (folder / "supply.json").write_text(
        (folder / "supply.json")
        .read_text()
        .replace('"not_supplied": {}', '"not_supplied": {"residences": "ill at B33 8TH"}')
    )
    assert supply_store.receive(data, folder, "trust").identifies


def test_a_broken_transfer_is_screened_before_anything_else(data: DataFolder) -> None:
    folder = with_identifiers(data.inbox)
    (folder / "people.csv").write_text("cut")
    assert supply_store.receive(data, folder, "trust").identifies
    assert not folder.exists()


def test_killed_between_copying_and_deleting_it_is_finished_next_time(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = with_identifiers(data.inbox)
    real = shutil.rmtree

    def killed(path: Path, **kept: bool) -> None:
        if Path(path) == folder:
            raise KeyboardInterrupt
        real(path, **kept)

    monkeypatch.setattr(shutil, "rmtree", killed)
    with pytest.raises(KeyboardInterrupt):
        supply_store.receive(data, folder, "trust")
    monkeypatch.undo()
    data.sweep()
    assert folder.exists()
    supply_store.receive(data, folder, "trust")
    assert not folder.exists()
    assert len(quarantine.entries(data)) == 1


def test_what_replaced_a_supply_while_it_was_judged_stays_in_the_inbox(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The agency saw its mistake and sent the right one, which is in no other place."""
    folder = with_identifiers(data.inbox)
    judge = supply_store.judge

    def replaced(*told: object, **also: object) -> object:
        report = judge(*told, **also)  # type: ignore[arg-type]
        path = folder / "indicators.csv"
        path.write_text(path.read_text().replace("B33 8TH", "Return of 2023"))
        seal(folder, "trust")
        return report

    with monkeypatch.context() as patch:
        patch.setattr(supply_store, "judge", replaced)
        assert supply_store.receive(data, folder, "trust").identifies
    (entry,) = quarantine.entries(data)
    assert "B33 8TH" in (entry.folder / "indicators.csv").read_text()
    assert folder.exists()
    assert supply_store.receive(data, folder, "trust").is_accepted


def test_an_inbox_that_cannot_be_emptied_says_so(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = with_identifiers(data.inbox)

    real = shutil.rmtree

    def refuse(path: Path, **kept: bool) -> None:
        if Path(path) == folder:
            raise PermissionError
        real(path, **kept)

    with monkeypatch.context() as patch:
        patch.setattr(quarantine.shutil, "rmtree", refuse)
        report = supply_store.receive(data, folder, "trust")
    assert report.identifies
    assert folder.exists()


@pytest.mark.parametrize("place", ["home", "home/kept", "inbox", "."])
def test_the_quarantine_lies_outside_the_data_folder(tmp_path: Path, place: str) -> None:
    (tmp_path / "inbox").mkdir()
    settings = {
        "CCE_HOME": str(tmp_path / "home"),
        "CCE_INBOX": str(tmp_path / "inbox"),
        "CCE_QUARANTINE": str(tmp_path / place),
    }
    with pytest.raises(SettingsError, match="CCE_QUARANTINE"):
        data_folder(settings)


@pytest.mark.parametrize("stray", ["2024-04-05.zip", "people.csv"])
def test_an_archive_or_a_single_file_is_refused_in_words(data: DataFolder, stray: str) -> None:
    (data.inbox / "trust").mkdir(parents=True)
    (data.inbox / "trust" / stray).write_bytes(b"PK")
    (report,) = intake.take_in(data, "trust")
    assert "not an archive" in report.message()
    assert (data.inbox / "trust" / stray).exists()


def test_a_supply_that_is_far_too_large_is_not_copied(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_supply(data.inbox, "trust")
    with (folder / "plans.csv").open("r+b") as f:
        f.truncate(10 * 10**9)  # sparse: takes no room
    monkeypatch.setattr(supply_store.shutil, "copyfile", None)
    report = supply_store.receive(data, folder, "trust")
    assert [(f.rule, "larger than" in f.words) for f in report.errors] == [("folder", True)]


def test_the_commands(tmp_path: Path) -> None:
    """Screened, listed, purged; the bundled samples hold nothing that identifies anybody."""
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    with_identifiers(inbox, text="SMITH, John")
    setting = {"CCE_INBOX": str(inbox), "CCE_CANARIES": str(SAMPLES / "canaries.json")}
    done = run_here(home, "supplies", **setting)
    assert "put in quarantine" in done.stdout
    assert "In quarantine: 1" in done.stdout
    listed = run_here(home, "quarantine", "list", **setting)
    assert "column source" in listed.stdout
    (file,) = (tmp_path / "home-quarantine").rglob("indicators.csv")
    screened = run_here(home, "screen", str(file), "--json")
    assert screened.returncode == 1
    assert '"kind": "name"' in screened.stdout
    assert "Smith" not in (done.stdout + done.stderr + listed.stdout + screened.stdout).title()
    assert (
        run_here(home, "screen", str(SAMPLES / "police" / "2024-04-05" / "people.csv")).returncode
        == 0
    )
    assert (
        "Deleted from quarantine: 1 supply"
        in run_here(home, "quarantine", "purge", "--yes", **setting).stderr
    )


def test_other_agencies_go_on(data: DataFolder) -> None:
    with_identifiers(data.inbox)
    write_supply(data.inbox, "police")
    settled = intake.current_intake(dataclasses.replace(data))
    assert [s.agency for s in settled.supplies] == ["police"]
    assert len(settled.refused) == 1

"""A disk that is full from the start or becomes so at any moment, and one that is read-only: words that say so, nothing half done,
and the next attempt works.

On a small disk of its own in memory, which only root may mount.
"""

from __future__ import annotations

import dataclasses
import os
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace

import pytest
from conftest import CCE, Refreshed, run_cce

from assets.store import room
from assets.store.folder import DataFolder
from assets.store.locks import FolderError
from assets.store.room import (
    FULL,
    NOT_WRITTEN,
    READ_ONLY,
    reason_in,
    reason_of,
    refuse_without_room,
)
from assets.versions import publish
from assets.versions.protection import Protection, newest_head, protection
from pipelines.settings import data_folder
from profiles.disclosure.ledger import Ledger

MEGABYTE = 2**20


def mount(folder: Path, *options: str) -> bool:
    done = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", str(folder)],
        capture_output=True,
        check=False,
    )
    return done.returncode == 0


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 600 MB."""
    folder = tmp_path / "disk"
    folder.mkdir()
    if os.geteuid() != 0 or not mount(folder, "size=600m"):
        pytest.skip("a disk of its own cannot be mounted here")
    yield folder
    subprocess.run(["umount", "-l", str(folder)], check=False)


def fill(disk: Path) -> Path:
    """Take all the room that is left."""
    filler = disk / "filler"
    with filler.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"\0" * MEGABYTE)
        except OSError:
            pass
    return filler


def known_supplies(refreshed: Refreshed, home: Path) -> None:
    for part in ("supplies", "reports"):
        shutil.copytree(refreshed.home / part, home / part)


def test_too_little_room_is_told_before_anything_is_begun(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = DataFolder(
        home=tmp_path,
        inbox=tmp_path / "inbox",
        canaries=tmp_path,
        governance=tmp_path,
        uses_samples=False,
    )
    refuse_without_room(data, "a refresh")
    monkeypatch.setattr(room.shutil, "disk_usage", lambda _: SimpleNamespace(free=10**6))
    with pytest.raises(FolderError, match=r"a refresh needs .* Nothing was begun"):
        refuse_without_room(data, "a refresh")


@pytest.mark.parametrize(
    ("said", "reason"),
    [
        ("IO Error: Could not write file: No space left on device", FULL),
        ("database or disk is full", FULL),
        ("attempt to write a readonly database", READ_ONLY),
        ("(sqlite3.OperationalError) disk I/O error", NOT_WRITTEN),
        ("(sqlite3.OperationalError) unable to open database file", NOT_WRITTEN),
        ("Invalid Input Error: T1 is no number", ""),
    ],
)
def test_what_libraries_say_of_the_disk(said: str, reason: str) -> None:
    assert reason_in(said) == reason
    failed = RuntimeError("a step failed")
    failed.__cause__ = ValueError(said)
    assert reason_of(failed) == reason


@pytest.mark.long
def test_a_disk_that_is_full_from_the_start(refreshed: Refreshed, disk: Path) -> None:
    home = disk / "home"
    known_supplies(refreshed, home)
    filler = fill(disk)
    done = run_cce(home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 1
    assert "MB are free" in done.stderr or FULL in done.stderr
    assert "Traceback" not in done.stderr
    filler.unlink()
    assert run_cce(home, "refresh", "--as-at", "2024-03-01").returncode == 0


@pytest.mark.long
def test_a_disk_that_fills_up_on_the_way(refreshed: Refreshed, disk: Path) -> None:
    home = disk / "home"
    known_supplies(refreshed, home)
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    met = 0
    for seconds in (0, 3, 6):
        process = subprocess.Popen(
            [*CCE, "refresh", "--as-at", "2024-03-01"],
            env=clean | {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"},
            stderr=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            text=True,
        )
        # Room is looked for before anything is begun: from then on the disk may fill up.
        while process.poll() is None and not list(home.glob("work/*/warehouse.duckdb")):
            time.sleep(0.05)
        time.sleep(seconds)
        filler = fill(disk)
        _, said = process.communicate(timeout=300)
        filler.unlink()
        assert "Traceback" not in said
        if process.returncode:
            met += 1
            assert FULL in said.lower(), said
        for draft in home.glob("drafts/*/*"):
            assert (draft / "manifest.json").exists()
        shutil.rmtree(home / "drafts", ignore_errors=True)
    assert met
    done = run_cce(home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 0, done.stderr
    assert not list((home / "work").iterdir())


@pytest.mark.long
def test_a_disk_that_is_full_when_a_version_is_published(refreshed: Refreshed, disk: Path) -> None:
    home = disk / "home"
    shutil.copytree(
        refreshed.home,
        home,
        ignore=shutil.ignore_patterns("profiles", "readers", "ledger", "dagster"),
    )
    draft = refreshed.draft("2024-03-01").name
    arguments = ("publish", draft, "--by", "A. Tester", "--note", "First")
    filler = fill(disk)
    done = run_cce(home, *arguments)
    assert done.returncode == 1
    assert "MB are free" in done.stderr or FULL in done.stderr
    assert not list(home.glob("profiles/*/v*"))
    filler.unlink()
    done = run_cce(home, *arguments)
    assert done.returncode == 0, done.stderr


def leave(disk: Path, megabytes: float) -> Path:
    """Take all the room but so much."""
    filler = fill(disk)
    with filler.open("rb+") as file:
        file.truncate(max(0, filler.stat().st_size - int(megabytes * MEGABYTE)))
    return filler


@pytest.mark.long
def test_a_disk_that_fills_up_at_any_moment_of_publishing(
    refreshed: Refreshed, disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With 3 MB more at each attempt the disk is full a little later: in the editions, in the
    warehouse's copy, the manifest, the ledger, the register, what readers have.
    """
    home = disk / "home"
    kept = shutil.ignore_patterns("profiles", "readers", "ledger", "dagster", "inbox")
    shutil.copytree(refreshed.home, home, ignore=kept)
    data = data_folder({"CCE_HOME": str(home), "CCE_SAMPLES": "yes"})
    draft = next(home.glob("drafts/2024-03-01/*/manifest.json")).parent
    # Room is looked for first, the audit and the last look are tested elsewhere: all three left out,
    # every attempt comes to where something is written.
    audited = protection(data, draft, newest_head([]))

    def protected(*_: object) -> Protection:
        return dataclasses.replace(audited, ledger=Ledger(data.ledger))

    monkeypatch.setattr(publish, "protection", protected)
    monkeypatch.setattr(publish, "refuse_closed", lambda _: None)
    monkeypatch.setattr(publish, "scan", lambda *_: [])
    reasons = []
    for megabytes in range(1, 99, 3):
        filler = leave(disk, megabytes)
        try:
            version, _ = publish.publish(data, draft, "A. Tester", "First")
        except Exception as error:
            reasons.append(reason_of(error))
        else:
            break
        finally:
            filler.unlink()
        assert not list(home.glob("profiles/*/.publishing-*"))
        for made in home.glob("profiles/*/v*"):
            assert (made / "manifest.json").exists()
    assert len(reasons) >= 10
    assert set(reasons) == {FULL}
    assert version == "2024-03-01.v1"
    assert version in (home / "readers" / "public" / "index.html").read_text("utf-8")
    said = run_cce(home, "verify", "--all")
    assert said.returncode == 0, said.stdout + said.stderr


@pytest.mark.long
def test_a_disk_that_is_read_only(refreshed: Refreshed, disk: Path) -> None:
    home = disk / "home"
    known_supplies(refreshed, home)
    assert run_cce(home, "status").returncode == 0
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    done = run_cce(home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 1
    assert READ_ONLY in done.stderr, done.stderr
    assert "Traceback" not in done.stderr
    subprocess.run(["mount", "-o", "remount,rw", str(disk)], check=True)
    assert run_cce(home, "status").returncode == 0

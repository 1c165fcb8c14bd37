"""A backup holds what cannot be made again, and makes the same data folder on an empty machine."""

from __future__ import annotations

import datetime as dt
import shutil
import tarfile
from pathlib import Path

import pytest
from conftest import Refreshed, run_here

from assets.store.folder import DataFolder
from assets.versions.backup import LIST, BackupError, back_up, restore
from assets.versions.pages import expected_draft
from assets.versions.verify import verify_all
from pipelines.settings import data_folder

V1 = "2024-03-01.v1"


def at(home: Path) -> DataFolder:
    return data_folder({"CCE_HOME": str(home), "CCE_SAMPLES": "yes"})


@pytest.fixture(scope="module")
def packed(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("backup") / "cce.tar.gz"
    said = run_here(refreshed.home, "backup", str(file))
    assert said.returncode == 0, said.stderr
    return file


def test_the_same_data_folder_on_an_empty_machine(
    refreshed: Refreshed, packed: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    said = run_here(home, "restore", str(packed))
    assert said.returncode == 0, said.stderr
    assert verify_all(at(home)) == {V1: []}
    day = dt.date(2024, 3, 1)
    assert expected_draft(at(home), day) == expected_draft(at(refreshed.home), day)
    assert (home / "ledger" / "key").read_bytes() == bytes(range(32))
    for edition in ("public", "partner"):
        assert (home / "readers" / edition / "2024-03-01" / "v1" / "report.html").exists()
    assert home.stat().st_mode & 0o077 == 0


def test_only_into_a_folder_that_holds_nothing(
    refreshed: Refreshed, packed: Path, tmp_path: Path
) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "governance.yml").write_text("agencies: {}\n")
    said = run_here(home, "restore", str(packed))
    assert (said.returncode, "holds something already" in said.stderr) == (1, True)
    assert [path.name for path in home.iterdir()] == ["governance.yml"]
    with pytest.raises(BackupError, match="is there already"):
        back_up(at(refreshed.home), packed)
    with pytest.raises(BackupError, match="would be lost with it"):
        back_up(at(refreshed.home), refreshed.home / "cce.tar.gz")


def test_a_damaged_backup_restores_nothing(packed: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    short = tmp_path / "short.tar.gz"
    content = packed.read_bytes()
    short.write_bytes(content[: len(content) // 2])
    with pytest.raises(BackupError, match="no whole backup"):
        restore(at(home), short)
    unpacked = tmp_path / "unpacked"
    with tarfile.open(packed) as file:
        file.extractall(unpacked, filter="data")
    manifest = unpacked / "profiles" / "2024-03-01" / "v1" / "manifest.json"
    manifest.chmod(0o600)
    manifest.write_text(manifest.read_text().replace("A. Tester", "B. Tester"))
    changed = tmp_path / "changed.tar.gz"
    with tarfile.open(changed, "w:gz", compresslevel=1) as file:
        for path in sorted(unpacked.rglob("*")):
            file.add(path, path.relative_to(unpacked).as_posix(), recursive=False)
    with pytest.raises(BackupError, match=r"v1/manifest\.json is not in the backup as it was"):
        restore(at(home), changed)
    (unpacked / LIST).unlink()
    assert not home.exists()
    shutil.rmtree(unpacked)

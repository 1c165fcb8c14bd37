"""One refresh and publication of the samples, shared by all test workers."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import duckdb
import filelock
import pandas as pd
import pytest
from click.testing import CliRunner
from hypothesis import settings
from quick_rules import run_quickly

from assets.store.folder import DataFolder
from assets.versions.identity import hash_of_the_code
from pipelines.settings import SAMPLES

# No test asserts on time.
settings.register_profile("steady", deadline=None)
settings.load_profile("steady")

# The published dates of the samples; the earlier one's draft is made when a long test asks for it.
DATES = ("2024-03-01", pytest.param("2023-07-31", marks=pytest.mark.long))
CCE = [sys.executable, "-m", "pipelines"]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """While one worker makes what most tests share, the others have those that need nothing of it.

    Then come those that take minutes, the browser's, which go to one worker together, and kills: nobody waits for them at
    the end.
    """
    needing = [i for i in items if "refreshed" in getattr(i, "fixturenames", ())]
    place = dict.fromkeys(needing, 3)
    place |= {i: 2 for i in needing if i.get_closest_marker("browser") or "test_killed" in i.nodeid}
    place |= dict.fromkeys(needing[:1], 0)
    items.sort(key=lambda i: place.get(i, 1))


def run_cce(home: Path, *arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """The command as a user runs it, in a process of its own, with nothing configured but the data folder, and the samples asked for."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    return subprocess.run(
        [*CCE, *arguments],
        env=clean | {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"} | environment,
        capture_output=True,
        text=True,
        timeout=600,
    )


@dataclass(frozen=True)
class Said:
    """What a command printed and how it ended."""

    returncode: int
    stdout: str
    stderr: str


def run_here(home: Path, *arguments: str, **environment: str) -> Said:
    """A command that starts no job, in this process: imports and tables of the screen are made once."""
    from pipelines.cli import cce

    clean: dict[str, str | None] = {
        k: None for k in os.environ if k.startswith(("CCE_", "DAGSTER"))
    }
    done = CliRunner().invoke(
        cce,
        list(arguments),
        env=clean | {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"} | environment,
    )
    assert done.exception is None or isinstance(done.exception, SystemExit), done.exception
    return Said(done.exit_code, done.stdout, done.stderr)


@dataclass(frozen=True)
class Refreshed:
    """A data folder in which the samples were refreshed as at 1 March 2024, and that draft published."""

    home: Path

    def draft(self, as_at: str) -> Path:
        """The draft of a date; one that is not there yet is made."""
        with filelock.FileLock(self.home.with_suffix(".drafts.lock")):
            if not list(self.home.glob(f"drafts/{as_at}/*/manifest.json")):
                done = run_cce(self.home, "refresh", "--as-at", as_at)
                assert done.returncode == 0, done.stderr
        (manifest,) = self.home.glob(f"drafts/{as_at}/*/manifest.json")
        return manifest.parent

    @property
    def version(self) -> Path:
        """The published version."""
        return self.home / "profiles" / "2024-03-01" / "v1"

    def exact(self, as_at: str) -> pd.DataFrame:
        """The exact figures of a date."""
        with duckdb.connect(
            str(self.draft(as_at) / "restricted" / "warehouse.duckdb"), read_only=True
        ) as con:
            return con.execute("select * from figures").df()


@pytest.fixture(scope="session")
def refreshed(tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config) -> Refreshed:
    """The shared data folder; the first worker that needs it makes it.

    It takes minutes, and follows from the code and the samples alone: it is kept in pytest's cache
    under their hash, and a later run with the same code begins with a copy of it.
    """
    base = tmp_path_factory.getbasetemp()
    base = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    home = base / "refreshed"
    with filelock.FileLock(base / "refreshed.lock"):
        if not home.exists():
            kept = pytestconfig.cache.mkdir("refreshed") / _inputs_of_refreshed()
            if not kept.exists():
                for other in kept.parent.iterdir():
                    _remove(other)
                part = kept.with_suffix(f".{os.getpid()}.part")
                _refresh_and_publish(part)
                part.rename(kept)
            shutil.copytree(kept, base / "refreshed.part", symlinks=True)
            (base / "refreshed.part").rename(home)
    return Refreshed(home)


def _inputs_of_refreshed() -> str:
    """The code, its libraries, the samples and what is done with them."""
    digest = hashlib.sha256(f"{hash_of_the_code()} {sys.version}".encode())
    for folder in ("pipelines", "data_samples"):
        for path in sorted((SAMPLES.parent / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.name} {len(path.parts)} ".encode() + path.read_bytes())
    digest.update(Path(__file__).read_bytes())
    return digest.hexdigest()[:16]


def _refresh_and_publish(home: Path) -> None:
    done = run_cce(home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 0, done.stderr
    draft = Path(done.stdout.split()[0]).parents[1].name
    # What is withheld by lot follows from the ledger's key: the same one each time here.
    (home / "ledger" / "key").write_bytes(bytes(range(32)))
    done = run_cce(home, "publish", draft, "--by", "A. Tester", "--note", "First")
    assert done.returncode == 0, done.stderr


def _remove(folder: Path) -> None:
    """A data folder's files are written once and then read-only."""
    for path in folder.rglob("*"):
        if path.is_dir():
            path.chmod(0o700)
    shutil.rmtree(folder)


@pytest.fixture
def accepted_home(refreshed: Refreshed, tmp_path: Path) -> Path:
    """A data folder of one's own in which the samples are accepted and judged already."""
    home = tmp_path / "home"
    for part in ("supplies", "reports"):
        shutil.copytree(refreshed.home / part, home / part)
    return home


@pytest.fixture
def rules_hold(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of contracts are taken to hold, for tests of what is found before them or beside them: trying them takes seconds."""
    monkeypatch.setattr("expectations.judging.validate.run_suite", lambda *_: [])


@pytest.fixture
def quick_rules(monkeypatch: pytest.MonkeyPatch) -> None:
    """The rules of contracts are tried without Great Expectations, with the same result (`quick_rules.py`)."""
    monkeypatch.setattr("expectations.judging.validate.run_suite", run_quickly)


@pytest.fixture
def data(tmp_path: Path) -> DataFolder:
    """An empty data folder with an inbox of its own, and the samples' canaries and register."""
    folder = DataFolder(
        home=tmp_path / "home",
        inbox=tmp_path / "inbox",
        canaries=SAMPLES / "canaries.json",
        governance=SAMPLES / "governance.yml",
        uses_samples=False,
    )
    folder.make()
    return folder

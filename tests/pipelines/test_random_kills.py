"""Killed at random moments, from outside and without warning: nothing is half done, and the next attempt works."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import Refreshed, run_cce, run_here

from assets.versions import register
from assets.versions.retention import PURGED
from pipelines.settings import data_folder

pytestmark = pytest.mark.long
# A refresh takes half a minute and publishing as long, approving some seconds: CCE has no such setting, a tester does.
REFRESHES = int(os.environ.get("KILLED_REFRESHES", "8"))
APPROVALS = int(os.environ.get("KILLED_APPROVALS", "15"))
PUBLISHED = int(os.environ.get("KILLED_PUBLISHINGS", "4"))
V1 = "2024-03-01.v1"


def killed_after(seconds: float, home: Path, *arguments: str) -> bool:
    """Start a command and kill its process after so many seconds; whether it was still there."""
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    command = [sys.executable, "-m", "pipelines", *arguments]
    process = subprocess.Popen(
        command,
        env=clean | {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    time.sleep(seconds)
    was_there = process.poll() is None
    process.send_signal(signal.SIGKILL)
    process.wait()
    return was_there


def test_a_refresh_that_is_killed_blocks_nobody(refreshed: Refreshed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for part in ("supplies", "reports"):
        shutil.copytree(refreshed.home / part, home / part)
    chance = random.Random(18)
    kills = 0
    for _ in range(REFRESHES):
        kills += killed_after(chance.uniform(0.5, 16), home, "refresh", "--as-at", "2024-03-01")
        said = run_here(home, "status")
        assert said.returncode == 0, said.stderr
        assert "Runs that go on or wait: 0" in said.stdout
        assert not list((home / "work").iterdir())
        for manifest in (home / "drafts").glob("*/*"):
            assert (manifest / "manifest.json").exists()
    assert kills >= REFRESHES / 2
    done = run_cce(home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 0, done.stderr


def lay_out(home: Path, number: int) -> Path:
    """One more draft of a day long ago: the one before it may be purged now."""
    folder = home / "drafts" / "2020-01-31" / f"{number:016x}"
    folder.mkdir(parents=True)
    for part in range(50):
        (folder / f"part-{part}").write_text("x" * 1000)
    clock = {"made_at": f"2020-02-01T00:{number:02}:00+00:00", "number": number}
    (folder / "manifest.json").write_text(json.dumps({"draft": folder.name, "clock": clock}))
    return folder


def test_purging_is_done_or_not_done(tmp_path: Path) -> None:
    home = tmp_path / "home"
    arguments = ["purge", "--by", "A. Tester"]
    chance = random.Random(5)
    for number in range(50):
        newest = lay_out(home, number)
        killed_after(chance.uniform(0.3, 0.8), home, *arguments)
        for folder in newest.parent.iterdir():
            assert len(list(folder.iterdir())) == 51
        assert run_here(home, *arguments).returncode == 0
        assert list(newest.parent.iterdir()) == [newest]
        data = data_folder({"CCE_HOME": str(home), "CCE_SAMPLES": "yes"})
        data.sweep()
        assert not list(data.work.iterdir())
    purged = {entry.of for entry in register.entries(data) if entry.what == PURGED}
    assert len(purged) == 49


@pytest.mark.parametrize("command", ["withdraw", "approve", "repair"])
def test_what_is_done_with_versions_is_done_or_not_done(
    refreshed: Refreshed, tmp_path: Path, command: str
) -> None:
    home = tmp_path / "home"
    shutil.copytree(refreshed.home, home, ignore=shutil.ignore_patterns("dagster"))
    (draft,) = (path.parent.name for path in home.glob("drafts/2024-03-01/*/manifest.json"))
    arguments = {
        "withdraw": ["withdraw", V1, "--by", "A. Tester", "--reason", "wrong"],
        "approve": ["approve", draft, "--by", "A. Tester", "--note", "read"],
        "repair": ["repair"],
    }[command]
    chance = random.Random(50)
    for number in range(APPROVALS if command == "approve" else 50):
        # What readers have is spoilt each time, so that there is something to mend.
        index = home / "readers" / "public" / "index.html"
        index.write_text("spoilt")
        killed_after(chance.uniform(0.05, 1.2), home, *arguments)
        data = data_folder({"CCE_HOME": str(home), "CCE_SAMPLES": "yes"})
        entries = register.entries(data)
        assert entries[0].what == register.PUBLISHED
        assert run_here(home, *arguments).returncode == 0
        # Every byte is looked at after each tenth.
        if number % 10 == 9:
            assert run_here(home, "repair").returncode == 0
            assert "spoilt" not in index.read_text("utf-8")
            said = run_here(home, "verify", "--all")
            assert said.returncode == 0, said.stdout + said.stderr
    if command == "withdraw":
        withdrawn = [entry for entry in register.entries(data) if entry.what == register.WITHDRAWN]
        assert len(withdrawn) == 1


# The last look reads every page twice and is tested elsewhere: without it more kills fall where something is written.
PUBLISH = """
import sys
from assets.versions import publish
publish.scan = lambda *arguments: []
from pipelines.cli import cce
cce(sys.argv[1:])
"""


def test_publishing_is_done_or_not_done(refreshed: Refreshed, tmp_path: Path) -> None:
    """Also between the ledger's entry and the version's place: published again, there is one version, whole, that readers have."""
    home = tmp_path / "home"
    kept = shutil.ignore_patterns("profiles", "readers", "ledger", "dagster")
    shutil.copytree(refreshed.home, home, ignore=kept)
    (draft,) = (path.parent.name for path in home.glob("drafts/2024-03-01/*/manifest.json"))
    arguments = ["publish", draft, "--by", "A. Tester", "--note", "First"]
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    environment = clean | {"CCE_HOME": str(home), "CCE_SAMPLES": "yes"}
    command = [sys.executable, "-c", PUBLISH, *arguments]
    chance = random.Random(7)
    whole = None
    for _ in range(1 + PUBLISHED):
        for part in ("profiles", "readers", "ledger"):
            shutil.rmtree(home / part, ignore_errors=True)
        process = subprocess.Popen(
            command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
        )
        # The first time it is not killed, and tells how long it takes.
        started = time.monotonic()
        if whole is None:
            process.wait(300)
            whole = time.monotonic() - started
        else:
            time.sleep(chance.uniform(0.3 * whole, whole))
            process.send_signal(signal.SIGKILL)
            process.wait()
        for version in home.glob("profiles/*/v*"):
            assert (version / "manifest.json").exists()
        subprocess.run(command, env=environment, check=True, capture_output=True, timeout=300)
        assert [p.name for p in (home / "profiles" / "2024-03-01").iterdir()] == ["v1"]
        assert V1 in (home / "readers" / "public" / "index.html").read_text("utf-8")
        said = run_here(home, "verify", "--all")
        assert said.returncode == 0, said.stdout + said.stderr

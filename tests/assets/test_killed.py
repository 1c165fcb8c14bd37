"""The process dies at any moment: nothing partial is ever seen, and the next attempt succeeds.

Each victim runs in a process of its own in which one function, called for the n-th time, ends the process at once,
as SIGKILL would: no clean-up, no buffers written.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from conftest import CCE, Refreshed, run_cce
from drawing import write_supply

from assets.store import supply_store
from assets.store.folder import DataFolder
from pipelines.settings import SAMPLES

VICTIM = """
import os, sys
target, times = sys.argv[1], int(sys.argv[2])
module_name, _, path = target.partition(":")
module = __import__(module_name, fromlist=["x"])
owner, name = module, path
if "." in path:
    owner_name, name = path.rsplit(".", 1)
    owner = getattr(module, owner_name)
original, calls = getattr(owner, name), 0
def fatal(*arguments, **options):
    global calls
    calls += 1
    if calls == times:
        os._exit(9)
    return original(*arguments, **options)
setattr(owner, name, fatal)
"""
# What the last look finds is tested elsewhere; a process that is killed after it need not wait for it.
LOOKED = """
from assets.versions import publish
publish.scan = lambda *arguments: []
"""
REFRESH = "from pipelines.cli import cce; cce(sys.argv[3:])"
RECEIVE = """
from pathlib import Path
from assets.store import supply_store
from pipelines.settings import data_folder
data = data_folder()
supply_store.receive(data, supply_store.candidates(data.inbox, "trust")[0], "trust")
"""


def kill(
    home: Path, code: str, target: str, times: int, *arguments: str, **environment: str
) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    done = subprocess.run(
        [sys.executable, "-c", VICTIM + code, target, str(times), *arguments],
        env=clean | {"CCE_HOME": str(home)} | environment,
        capture_output=True,
        text=True,
        timeout=300,
    )
    assert done.returncode == 9, done.stderr


def assert_nothing_partial(home: Path) -> None:
    for draft in home.glob("drafts/*/*"):
        assert (draft / "manifest.json").exists()
        assert (draft / "restricted" / "warehouse.duckdb").exists()
    for version in home.glob("profiles/*/v*"):
        assert {p.name for p in version.iterdir()} == {
            "manifest.json",
            "partner",
            "public",
            "restricted",
        }
    for supply in home.glob("supplies/*/*"):
        assert (supply / "receipt.json").exists()


@pytest.mark.parametrize(
    ("target", "times"),
    [
        ("shutil:copyfile", 2),
        pytest.param("assets.store.supply_store:judge", 1, marks=pytest.mark.long),
        pytest.param("expectations.judging.validate:run_suite", 3, marks=pytest.mark.long),
        pytest.param("assets.store.supply_store:_store", 1, marks=pytest.mark.long),
        pytest.param("pathlib:Path.rename", 1, marks=pytest.mark.long),
    ],
)
def test_while_a_supply_is_taken_in(tmp_path: Path, target: str, times: int) -> None:
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    write_supply(inbox, "trust")
    kill(
        home,
        RECEIVE,
        target,
        times,
        CCE_INBOX=str(inbox),
        CCE_CANARIES=str(SAMPLES / "canaries.json"),
    )
    assert_nothing_partial(home)
    data = DataFolder(
        home=home,
        inbox=inbox,
        canaries=SAMPLES / "canaries.json",
        governance=home,
        uses_samples=False,
    )
    assert not supply_store.in_use(data)
    assert data.sweep() <= 2  # the copy, and the folder of its judgement
    assert not list(data.work.iterdir())
    assert supply_store.receive(
        data, supply_store.candidates(inbox, "trust")[0], "trust"
    ).is_accepted
    assert len(supply_store.in_use(data)) == 1


@pytest.mark.long
def test_while_a_draft_is_made(accepted_home: Path) -> None:
    for target, times in (
        ("assets.store.warehouse:make_raw_views", 1),
        ("assets.models:run_model", 31),
        ("assets.models:run_model", 45),
        ("assets.versions.drafts:write_editions", 1),
        ("assets.versions.drafts:render", 2),
        ("assets.versions.drafts:place_draft", 1),
    ):
        kill(accepted_home, REFRESH, target, times, "refresh", "--as-at", "2024-03-01")
        assert_nothing_partial(accepted_home)
        assert not list(accepted_home.glob("drafts/*/*"))
    done = run_cce(accepted_home, "refresh", "--as-at", "2024-03-01")
    assert done.returncode == 0, done.stderr
    assert len(list(accepted_home.glob("drafts/2024-03-01/*/manifest.json"))) == 1
    assert not list((accepted_home / "work").iterdir())


@pytest.mark.long
def test_by_a_signal_at_any_line_of_progress(accepted_home: Path) -> None:
    clean = {k: v for k, v in os.environ.items() if not k.startswith(("CCE_", "DAGSTER", "COV_"))}
    for line_number in (3, 7):
        process = subprocess.Popen(
            [*CCE, "refresh", "--as-at", "2024-03-01"],
            env=clean | {"CCE_HOME": str(accepted_home)},
            stderr=subprocess.PIPE,
            text=True,
        )
        assert process.stderr
        for _ in range(line_number):
            process.stderr.readline()
        time.sleep(0.05)
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert_nothing_partial(accepted_home)
    assert run_cce(accepted_home, "refresh", "--as-at", "2024-03-01").returncode == 0


@pytest.mark.long
def test_while_a_draft_is_published(refreshed: Refreshed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    # As it was before anything was published, with the audit that was made then: it is not sought again.
    shutil.copytree(
        refreshed.home, home, ignore=shutil.ignore_patterns("profiles", "readers", "ledger")
    )
    name = refreshed.draft("2024-03-01").name
    for before, target, times in (
        ("", "assets.versions.publish:write_editions", 1),
        ("", "assets.versions.drafts:render", 2),
        ("", "shutil:copytree", 1),
        ("", "assets.versions.publish:scan", 2),
        (LOOKED, "profiles.disclosure.ledger:gzip.compress", 1),
        (LOOKED, "assets.versions.publish:sync", 1),
        (LOOKED, "pathlib:Path.rename", 1),
    ):
        kill(home, before + REFRESH, target, times, "publish", name, "--by", "A", "--note", "B")
        assert_nothing_partial(home)
        assert not list(home.glob("profiles/*/v*"))
    # Killed after the version is in place and before readers are given it: publishing again finds and gives it.
    kill(
        home,
        LOOKED + REFRESH,
        "assets.versions.publish:place_for_readers",
        1,
        "publish",
        name,
        "--by",
        "A",
        "--note",
        "B",
    )
    assert_nothing_partial(home)
    assert run_cce(home, "publish", name, "--by", "A", "--note", "B").returncode == 0
    assert [p.name for p in (home / "profiles" / "2024-03-01").iterdir()] == ["v1"]
    assert "2024-03-01.v1" in (home / "readers" / "public" / "index.html").read_text()

"""`cce audit` as a user runs it."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from conftest import Refreshed, run_cce, run_here


@pytest.mark.long
def test_a_version_is_audited_again(refreshed: Refreshed) -> None:
    done = run_cce(refreshed.home, "audit", "2024-03-01.v1")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": pass") == 2
    for words in ("narrowest interval:", "binding:", "repairs:", "sweeps", "LPs", "MILPs"):
        assert words in done.stdout
    path = refreshed.version.parent / "v1.audit.json"
    found = json.loads(path.read_text())
    assert path.stat().st_mode & 0o077 == 0
    # Protection keeps the profile useful.
    assert found["usefulness"]["public"]["percent"] <= 20
    assert found["usefulness"]["partner"]["percent"] <= 35
    path.unlink()


@pytest.mark.long
def test_one_edition_and_a_draft(refreshed: Refreshed) -> None:
    done = run_cce(
        refreshed.home, "audit", refreshed.draft("2024-03-01").name, "--edition", "public"
    )
    assert done.returncode == 0, done.stderr
    assert "public edition: pass" in done.stdout
    assert "partner" not in done.stdout


@pytest.mark.long
def test_two_versions_a_month_apart(refreshed: Refreshed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(refreshed.home, home)
    done = run_cce(home, "refresh", "--as-at", "2024-03-31")
    assert done.returncode == 0, done.stderr
    draft = Path(done.stdout.split()[0]).parents[1].name
    done = run_cce(home, "publish", draft, "--by", "A", "--note", "A month later")
    assert done.returncode == 0, done.stderr
    assert "Numbers that stand as they did for an earlier day or version" in done.stderr
    done = run_cce(home, "audit", "2024-03-01.v1", "2024-03-31.v1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2024-03-01.v1 and 2024-03-31.v1 together: pass" in done.stdout
    tried = int(done.stdout.splitlines()[1].split()[0])
    assert tried > 300
    assert [p.name for p in (home / "readers" / "public").glob("*/v1")] == ["v1", "v1"]


def test_a_second_version_that_is_not_there(refreshed: Refreshed) -> None:
    done = run_here(refreshed.home, "audit", "2024-03-01.v1", "2024-03-31.v1")
    assert done.returncode == 1
    assert "There is no version 2024-03-31.v1" in done.stderr


@pytest.mark.parametrize(("name", "words"), [("2024-03-01.v9", "no draft"), ("../x", "no draft")])
def test_what_is_not_there(refreshed: Refreshed, name: str, words: str) -> None:
    done = run_here(refreshed.home, "audit", name)
    assert done.returncode == 1
    assert words in done.stderr


def test_relations_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "cells.csv").write_text(
        "cell,kind,value\nall,exact,20\na,lt:8,\nb,suppressed,\nc,free,\n"
    )
    (tmp_path / "relations.csv").write_text("relation,cell,coef\nsum,a,1\nsum,b,1\nsum,all,-1\n")
    done = run_here(tmp_path / "home", "audit", "--relations", str(tmp_path))
    assert (done.returncode, done.stdout) == (0, "cell,low,high\na,0,7\nb,13,20\n")
    (tmp_path / "relations.csv").write_text("relation,cell,coef,rhs\nsum,a,1,30\n")
    done = run_here(tmp_path / "home", "audit", "--relations", str(tmp_path))
    assert done.returncode == 1
    assert "contradict" in done.stderr
    (tmp_path / "relations.csv").unlink()
    done = run_here(tmp_path / "home", "audit", "--relations", str(tmp_path))
    assert done.stdout == "cell,low,high\na,0,7\nb,0,\n"
    assert not (tmp_path / "home").exists()


def test_nothing_named(tmp_path: Path) -> None:
    done = run_here(tmp_path / "home", "audit")
    assert done.returncode == 1
    assert "Name a version" in done.stderr

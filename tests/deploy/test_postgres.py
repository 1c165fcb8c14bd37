"""Runs and events in a real PostgreSQL server, named by one setting."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from conftest import run_here

from pipelines.instance import instance
from pipelines.runs import heal
from pipelines.settings import SettingsError, data_folder

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
PORT = 15987
needs_a_server = pytest.mark.skipif(not PROGRAMS, reason="Debian's postgresql is not installed")
pytestmark = pytest.mark.xdist_group("postgres")


@dg.asset
def counted() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


def as_postgres(program: str, *arguments: str) -> None:
    """The server's programs refuse to run as root."""
    command = [f"{PROGRAMS[-1]}/{program}", *arguments]
    if os.geteuid() == 0:
        command = ["runuser", "-u", "postgres", "--", *command]
    subprocess.run(
        command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd="/"
    )


@pytest.fixture(scope="module")
def database() -> Iterator[str]:
    """A server of the test's own, on this machine alone."""
    folder = Path(f"/tmp/cce-postgres-{os.getpid()}")
    folder.mkdir(mode=0o700)
    if os.geteuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
    options = f"-p {PORT} -c listen_addresses=127.0.0.1 -c unix_socket_directories={folder}"
    try:
        as_postgres("initdb", "-D", f"{folder}/data", "-U", "cce", "-A", "trust")
        as_postgres("pg_ctl", "-D", f"{folder}/data", "-o", options, "-w", "start")
        yield f"postgresql://cce:word@127.0.0.1:{PORT}/postgres"
        as_postgres("pg_ctl", "-D", f"{folder}/data", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@needs_a_server
def test_runs_are_kept_in_the_database_and_healed_there(
    database: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CCE_RUNS_DATABASE", database)
    data = data_folder()
    data.make()
    with instance() as here:
        done = dg.materialize([counted], instance=here)
        assert done.success
        assert heal(here, data) == []
    # Another process finds the run there, and not in the data folder.
    with instance() as again:
        assert [run.run_id for run in again.get_runs()] == [done.run_id]
        event = again.get_latest_materialization_event(counted.key)
        assert event is not None
        assert event.run_id == done.run_id
    assert not list((tmp_path / "home" / "dagster").rglob("*.db"))
    said = run_here(tmp_path / "home", "status", CCE_RUNS_DATABASE=database)
    assert said.returncode == 0, said.stderr
    assert "Last run: __ephemeral_asset_job__, success" in said.stdout


def test_a_database_of_another_kind_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCE_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("CCE_RUNS_DATABASE", "mysql://cce:word@127.0.0.1/cce")
    with pytest.raises(SettingsError, match="begins with postgresql://") as refused:
        instance().__enter__()
    assert "word" not in str(refused.value)

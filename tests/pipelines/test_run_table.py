"""The newest run is told without Dagster, and as Dagster would tell it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import dagster as dg
import pytest

from pipelines.instance import instance
from pipelines.run_table import FINISHED, newest_if_settled


@dg.op
def nothing() -> None:
    pass


@dg.op
def breaks() -> None:
    raise ValueError("on purpose")


@dg.job
def quiet() -> None:
    nothing()


@dg.job
def broken() -> None:
    breaks()


def test_the_newest_run_is_what_dagster_says(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCE_HOME", str(tmp_path / "home"))
    assert newest_if_settled() == []
    with instance() as here:
        for job, outcome in ((quiet, "success"), (broken, "failure")):
            job.execute_in_process(instance=here, raise_on_error=False)
            assert newest_if_settled() == [(job.name, outcome)]
        # One that waits, or was left by a process that is gone: Dagster is asked.
        here.create_run_for_job(quiet)
        assert newest_if_settled() is None


def test_what_counts_as_finished_is_what_dagster_counts() -> None:
    from dagster._core.storage.dagster_run import FINISHED_STATUSES

    assert {status.value for status in FINISHED_STATUSES} == set(FINISHED)


def test_a_table_that_cannot_be_read_is_left_to_dagster(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CCE_HOME", str(tmp_path / "home"))
    table = tmp_path / "home" / "dagster" / "history" / "runs.db"
    table.parent.mkdir(parents=True)
    table.write_bytes(b"no database" * 400)
    assert newest_if_settled() is None


@pytest.mark.parametrize("listing", ["status", "supplies", "quarantine list", "purge --dry-run"])
def test_a_listing_loads_neither_dagster_nor_pandas(tmp_path: Path, listing: str) -> None:
    script = (
        "import sys; from pipelines.cli import cce; cce(sys.argv[1:], standalone_mode=False); "
        "print(sorted({'dagster', 'pandas', 'scipy', 'jinja2'} & set(sys.modules)), file=sys.stderr)"
    )
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")}
    done = subprocess.run(
        [sys.executable, "-c", script, *listing.split()],
        env=clean | {"CCE_HOME": str(tmp_path / "home")},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
    assert done.stderr.endswith("[]\n")

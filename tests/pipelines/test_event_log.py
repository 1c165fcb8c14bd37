"""Dagster's event log with its files kept open tells the same as the library's own."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import dagster as dg
import pytest
from dagster._core.storage.event_log import SqliteEventLogStorage

from pipelines.event_log import MOST_OPEN, OpenEventLog
from pipelines.instance import instance


@dg.asset
def counted() -> dg.MaterializeResult[None]:
    return dg.MaterializeResult(metadata={"rows": 3})


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[dg.DagsterInstance]:
    """The product's own instance, in a data folder of its own."""
    monkeypatch.setenv("CCE_HOME", str(tmp_path))
    with instance() as opened:
        yield opened


def test_what_is_written_is_read_by_the_library_s_own(
    tmp_path: Path, here: dg.DagsterInstance
) -> None:
    done = dg.materialize([counted], instance=here)
    plain = SqliteEventLogStorage(str(tmp_path / "dagster" / "history" / "runs"))
    events = plain.get_logs_for_run(done.run_id)
    assert len(events) == len(here.all_logs(done.run_id)) > 5
    (materialized,) = plain.get_latest_materialization_events([counted.key]).values()
    assert materialized is not None
    assert materialized.run_id == done.run_id


def test_many_runs_keep_few_files_open(here: dg.DagsterInstance) -> None:
    for _ in range(MOST_OPEN + 3):
        assert dg.materialize([counted], instance=here).success
    log = here.event_log_storage
    assert isinstance(log, OpenEventLog)
    assert len(log._engines) <= MOST_OPEN
    assert len(log.get_all_run_ids()) == MOST_OPEN + 3
    log.dispose()
    assert log._engines == {}


def test_what_is_written_after_wiping_is_read(here: dg.DagsterInstance) -> None:
    gone = dg.materialize([counted], instance=here)
    here.event_log_storage.wipe()
    assert here.all_logs(gone.run_id) == []
    done = dg.materialize([counted], instance=here)
    assert len(here.all_logs(done.run_id)) > 5


def test_threads_take_turns(here: dg.DagsterInstance) -> None:
    done = dg.materialize([counted], instance=here)
    read: list[int] = []

    def look() -> None:
        for _ in range(5):
            read.append(len(here.all_logs(done.run_id)))

    looking = [threading.Thread(target=look) for _ in range(4)]
    for thread in looking:
        thread.start()
    for thread in looking:
        thread.join()
    assert read == [len(here.all_logs(done.run_id))] * 20

"""Runs, kept in the data folder alone: those whose process is gone are told from those that go on,
and marked failed, for one that was killed must not block those that wait behind it. A day becomes
known as a partition.
"""

from __future__ import annotations

import time

import dagster as dg

from assets.store.folder import DataFolder
from assets.supplies import AS_AT

GOING_ON = [
    dg.DagsterRunStatus.NOT_STARTED,
    dg.DagsterRunStatus.STARTING,
    dg.DagsterRunStatus.STARTED,
    dg.DagsterRunStatus.CANCELING,
]
# A run opens its folder within seconds; one that has none after so many was killed before it could.
SECONDS_TO_BEGIN = 120
# So long after its folder is gone Dagster may still write how it ended.
SECONDS_TO_END = 1
GONE = "The process of this run is gone: it was killed, or the machine was switched off."


class ForeignInstanceError(Exception):
    """Dagster would keep runs somewhere else than in the data folder, in words."""


def heal(instance: dg.DagsterInstance, data: DataFolder) -> list[str]:
    """Mark the runs failed whose process is gone, and sweep what they left; returns their ids.

    A run holds a lock on its folder under `work` for as long as its process lives.
    """
    dead = []
    for record in instance.get_run_records(filters=dg.RunsFilter(statuses=GOING_ON)):
        run = record.dagster_run
        is_alive = data.is_working(run.run_id)
        if is_alive is None:
            # The clock of the machine, as Dagster wrote it: both are of this machine.
            is_alive = time.time() - record.update_timestamp.timestamp() < SECONDS_TO_BEGIN
        if not is_alive and not _ends(instance, run.run_id):
            instance.report_run_failed(run, GONE)
            dead.append(run.run_id)
    data.sweep()
    return dead


def _ends(instance: dg.DagsterInstance, run_id: str) -> bool:
    """Whether a run without a folder was about to end by itself: its folder goes a moment before
    Dagster writes how it ended.
    """
    time.sleep(SECONDS_TO_END)
    run = instance.get_run_by_id(run_id)
    return run is None or run.is_finished


def add_month(instance: dg.DagsterInstance, data: DataFolder, as_at: str) -> None:
    """Make a day known as a partition, one process at a time: Dagster reads and then writes, so two
    that add the same day at once would fail.
    """
    with data.locked("partitions"):
        instance.add_dynamic_partitions(AS_AT.name or "as_at", [as_at])


def refuse_foreign(instance: dg.DagsterInstance, data: DataFolder) -> None:
    """Raises ForeignInstanceError where runs would be kept outside the data folder."""
    if instance.is_ephemeral:
        return
    ours = data.home / "dagster"
    if instance.root_directory != str(ours):
        raise ForeignInstanceError(
            "this Dagster keeps its runs in another folder than the data folder "
            f"({ours}), where what they print could be kept too: start it with `cce dev`"
        )

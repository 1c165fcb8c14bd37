"""Which month is due, what the schedule and the sensor ask for, and runs whose process is gone."""

from __future__ import annotations

import datetime as dt
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import dagster as dg
import pytest
from drawing import seal, write_supply

from assets.store import months, supply_store
from assets.store.folder import DataFolder
from assets.supplies import as_at_of
from expectations.contract import agencies
from expectations.reading import FileError
from pipelines.runs import GONE, ForeignInstanceError, add_month, heal, refuse_foreign
from pipelines.schedules import ATTEMPTS, MONTH, due_month, request_of_due_month
from pipelines.sensors import inbox_sensor, month_sensor
from pipelines.settings import SAMPLES

pytestmark = pytest.mark.usefixtures("rules_hold")
# What the samples' contracts say: the periods of `ends` are those of the supplies that are drawn.
MARCH, FEBRUARY = dt.date(2024, 3, 31), dt.date(2024, 2, 29)


@pytest.fixture
def instance() -> Iterator[dg.DagsterInstance]:
    with dg.instance_for_test() as here:
        yield here


def folder(tmp_path: Path, today: str, **ends: str) -> DataFolder:
    """A data folder on a day, with a supply of each agency named, to the day named."""
    data = DataFolder(
        home=tmp_path / "home",
        inbox=tmp_path / "inbox",
        canaries=SAMPLES / "canaries.json",
        governance=SAMPLES / "governance.yml",
        uses_samples=False,
        clock=lambda: dt.datetime.fromisoformat(f"{today}T06:00+00:00"),
    )
    data.make()
    for agency, end in ends.items():
        supply = write_supply(data.inbox, agency, period_end=end)
        report = supply_store.receive(data, supply, agency)
        assert report.is_accepted, report.message()
    return data


EVERYBODY = dict.fromkeys(agencies(), "2024-03-31")


@pytest.mark.parametrize(
    ("today", "ends", "as_at", "words"),
    [
        ("2026-10-28", {}, None, "No agency has an accepted supply yet."),
        # Not the clock's month, years later: the month that the supplies tell of.
        ("2026-10-28", EVERYBODY, MARCH, "cover 31 March 2024"),
        ("2024-04-06", EVERYBODY, MARCH, "cover 31 March 2024"),
        (
            "2024-04-06",
            EVERYBODY | {"police": "2024-02-29"},
            FEBRUARY,
            "31 March 2024 waits: West Midlands Police: to 29 February 2024, 31 days short",
        ),
        (
            "2024-04-24",
            EVERYBODY | {"police": "2024-02-29"},
            FEBRUARY,
            "31 March 2024 waits",
        ),
        (
            "2024-04-25",
            EVERYBODY | {"police": "2024-02-29"},
            MARCH,
            "31 March 2024 is not waited for any longer: West Midlands Police: to 29 February 2024, 31 days short",
        ),
        ("2024-04-06", {"trust": "2024-03-31"}, None, "Police: no accepted supply"),
        # Nobody is waited for beyond the day, not even for a first supply.
        ("2024-04-25", {"trust": "2024-03-31"}, MARCH, "Police: no accepted supply"),
        # A period that ends within a month covers the month before.
        ("2024-04-06", dict.fromkeys(agencies(), "2024-03-30"), FEBRUARY, "cover 29 February 2024"),
    ],
)
def test_the_month_comes_from_what_the_supplies_cover(
    tmp_path: Path, today: str, ends: dict[str, str], as_at: dt.date | None, words: str
) -> None:
    due = months.due(folder(tmp_path, today, **ends))
    assert due.as_at == as_at
    assert words in due.words


def test_who_is_late_is_told_from_the_day_on_which_it_was_expected(tmp_path: Path) -> None:
    ends = EVERYBODY | {"police": "2024-02-29"}
    data = folder(tmp_path, "2024-04-09", **ends)
    assert months.due(data).late == ()
    late = months.due(folder(tmp_path / "later", "2024-04-10", **ends)).late
    assert [standing.supplier for standing in late] == ["police"]


def test_the_partnership_says_who_is_waited_for_and_until_when(tmp_path: Path) -> None:
    data = folder(tmp_path, "2024-04-06", **(EVERYBODY | {"police": "2024-02-29"}))
    file = data.home / "agencies.yml"
    file.write_text("police: {required: false}\n")
    assert months.due(data).as_at == MARCH
    file.write_text("police: {give_up: 6}\n")
    assert months.due(data).as_at == MARCH
    file.write_text("health: {providers: [INV01, INV02]}\npolice: {required: false}\n")
    due = months.due(data)
    assert due.as_at is None
    assert "(INV02): no accepted supply" in due.words
    file.write_text("police: {giveup: 6}\n")
    with pytest.raises(FileError, match=r"agencies\.yml, line 1"):
        months.due(data)


def test_a_day_in_a_partition_is_a_day_that_was(tmp_path: Path) -> None:
    data = folder(tmp_path, "2024-04-06")
    assert as_at_of("2024-03-31", data) == MARCH
    for partition in ("31/03/2024", "2024-3-31", "20240331", "2024-04-07", "latest"):
        with pytest.raises(dg.Failure):
            as_at_of(partition, data)


def test_the_schedule_asks_for_the_month_that_is_due_once(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    data = folder(tmp_path, "2026-10-28", **EVERYBODY)
    at_six = dt.datetime(2026, 10, 28, 6, tzinfo=dt.UTC)
    context = dg.build_schedule_context(instance, scheduled_execution_time=at_six)
    request = due_month(context, data=data)
    assert isinstance(request, dg.RunRequest)
    assert request.partition_key == "2024-03-31"
    assert instance.get_dynamic_partitions("as_at") == ["2024-03-31"]
    draft = request.tags[MONTH].split()[1]
    (data.drafts / "2024-03-31" / draft).mkdir(parents=True)
    assert isinstance(due_month(context, data=data), dg.SkipReason)


def test_a_month_that_failed_is_tried_again_and_not_for_ever(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    data = folder(tmp_path, "2024-04-06", **EVERYBODY)
    keys = set()
    for _ in range(ATTEMPTS):
        request = request_of_due_month(instance, data)
        assert isinstance(request, dg.RunRequest)
        keys.add(request.run_key)
        run = dg.DagsterRun("refresh_profile", tags=dict(request.tags))
        instance.add_run(run)
        assert "is being made" in str(request_of_due_month(instance, data))
        instance.report_run_failed(run)
    assert len(keys) == ATTEMPTS
    assert "failed 3 times" in str(request_of_due_month(instance, data))


def test_two_that_add_a_day_do_so_one_after_the_other(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dagster looks whether the day is known and then adds it: two between the two would fail."""
    data = folder(tmp_path, "2024-04-06")
    adding = instance.add_dynamic_partitions
    alone = threading.Lock()

    def look_then_add(name: str, days: list[str]) -> None:
        assert alone.acquire(blocking=False)
        time.sleep(0.02)
        adding(name, days)
        alone.release()

    monkeypatch.setattr(instance, "add_dynamic_partitions", look_then_add)
    with ThreadPoolExecutor(4) as several:
        list(several.map(lambda _: add_month(instance, data, "2024-03-31"), range(8)))
    assert instance.get_dynamic_partitions("as_at") == ["2024-03-31"]


def test_arrival_means_taking_in_and_no_more(tmp_path: Path, instance: dg.DagsterInstance) -> None:
    data = folder(tmp_path, "2024-04-06")

    def tick() -> list[str]:
        asked = []
        for sensor in (inbox_sensor, month_sensor):
            found = sensor(dg.build_sensor_context(instance), data=data)
            requests = [found] if isinstance(found, dg.RunRequest) else []
            if isinstance(found, dg.SensorResult):
                requests = list(found.run_requests or [])
            asked += [request.partition_key or "taking in" for request in requests]
        return asked

    assert tick() == []
    supply = write_supply(data.inbox, "trust")
    assert tick() == ["taking in"]
    supply_store.receive(data, supply, "trust")
    # One agency alone makes no month due: the others are waited for.
    assert tick() == []
    refused = write_supply(data.inbox, "police")
    (refused / "involvements.csv").unlink()
    seal(refused, "police")
    assert tick() == ["taking in"]
    assert not supply_store.receive(data, refused, "police").is_accepted
    assert tick() == []
    for agency in ("education", "health"):
        supply_store.receive(data, write_supply(data.inbox, agency), agency)
    right = write_supply(data.inbox, "police", "2024-04-06", extracted_at="2024-04-06T06:00")
    supply_store.receive(data, right, "police")
    assert tick() == ["2024-03-31"]


HOLDER = """
import sys, time
from pathlib import Path
from assets.store.folder import DataFolder
home = Path(sys.argv[1])
data = DataFolder(home=home, inbox=home, canaries=home, governance=home, uses_samples=False)
with data.workspace(sys.argv[2]):
    print("held", flush=True)
    time.sleep(600)
"""


def test_a_run_whose_process_is_gone_is_marked_failed(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    data = folder(tmp_path, "2024-04-06")
    run = dg.DagsterRun("refresh_profile", status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    command = [sys.executable, "-c", HOLDER, str(data.home), run.run_id]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=root) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        assert heal(instance, data) == []
        os.kill(holder.pid, signal.SIGKILL)
        holder.wait()
    assert heal(instance, data) == [run.run_id]
    failed = instance.get_run_by_id(run.run_id)
    assert failed is not None
    assert failed.status == dg.DagsterRunStatus.FAILURE
    assert any(GONE in event.message for event in instance.all_logs(run.run_id) if event.message)
    assert not list(data.work.iterdir())
    assert heal(instance, data) == []


def test_a_run_that_never_opened_its_folder_has_two_minutes(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = folder(tmp_path, "2024-04-06")
    run = dg.DagsterRun("refresh_profile", status=dg.DagsterRunStatus.STARTING)
    instance.add_run(run)
    assert heal(instance, data) == []
    later = time.time() + 121
    monkeypatch.setattr("pipelines.runs.time.time", lambda: later)
    assert heal(instance, data) == [run.run_id]


def test_a_run_that_ends_by_itself_is_not_marked_failed(
    tmp_path: Path, instance: dg.DagsterInstance, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its folder is gone a moment before Dagster writes that it succeeded."""
    data = folder(tmp_path, "2024-04-06")
    run = dg.DagsterRun("refresh_profile", status=dg.DagsterRunStatus.STARTED)
    instance.add_run(run)
    later = time.time() + 121
    monkeypatch.setattr("pipelines.runs.time.time", lambda: later)

    def succeeds(_: float) -> None:
        done = dg.DagsterEvent(
            dg.DagsterEventType.RUN_SUCCESS.value, "refresh_profile", message="done"
        )
        instance.report_dagster_event(done, run.run_id)

    monkeypatch.setattr("pipelines.runs.time.sleep", succeeds)
    assert heal(instance, data) == []
    ended = instance.get_run_by_id(run.run_id)
    assert ended is not None
    assert ended.status == dg.DagsterRunStatus.SUCCESS


def test_runs_are_kept_in_the_data_folder_or_not_at_all(
    tmp_path: Path, instance: dg.DagsterInstance
) -> None:
    data = folder(tmp_path, "2024-04-06")
    with pytest.raises(ForeignInstanceError, match="cce dev"):
        refuse_foreign(instance, data)
    with dg.DagsterInstance.ephemeral() as nowhere:
        refuse_foreign(nowhere, data)

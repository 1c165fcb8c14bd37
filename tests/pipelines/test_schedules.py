"""The schedule and the inbox sensor: what they would run, and when they stay silent."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import dagster as dg
import pytest
from drawing import write_supply

from assets.store import supply_store
from assets.store.folder import DataFolder
from pipelines.schedules import last_month_end, monthly_refresh
from pipelines.sensors import inbox_sensor
from pipelines.settings import SAMPLES

pytestmark = pytest.mark.usefixtures("rules_hold")


@pytest.mark.parametrize(
    ("day", "expected"),
    [("2024-03-01", "2024-02-29"), ("2024-04-06", "2024-03-31"), ("2024-01-31", "2023-12-31")],
)
def test_last_month_end(day: str, expected: str) -> None:
    assert last_month_end(dt.date.fromisoformat(day)).isoformat() == expected


def test_schedule_asks_for_the_last_month_end() -> None:
    with dg.instance_for_test() as instance:
        context = dg.build_schedule_context(
            instance, scheduled_execution_time=dt.datetime(2024, 4, 6, 6, tzinfo=dt.UTC)
        )
        request = monthly_refresh(context)
        assert request.partition_key == "2024-03-31"
        assert instance.get_dynamic_partitions("as_at") == ["2024-03-31"]


def test_sensor_runs_once_for_a_new_supply(tmp_path: Path) -> None:
    data = DataFolder(
        home=tmp_path / "home",
        inbox=tmp_path / "inbox",
        canaries=SAMPLES / "canaries.json",
        governance=SAMPLES,
        uses_samples=False,
        clock=lambda: dt.datetime(2024, 4, 6, tzinfo=dt.UTC),
    )

    def tick(cursor: str | None = None) -> dg.SensorResult | dg.SkipReason:
        with dg.instance_for_test() as instance:
            found = inbox_sensor(dg.build_sensor_context(instance, cursor=cursor), data=data)
        assert isinstance(found, (dg.SensorResult, dg.SkipReason))
        return found

    assert isinstance(tick(), dg.SkipReason)
    folder = write_supply(data.inbox, "trust")
    first = tick()
    assert isinstance(first, dg.SensorResult)
    assert [r.partition_key for r in first.run_requests or []] == ["2024-03-31"]
    assert isinstance(tick(first.cursor), dg.SkipReason)
    supply_store.receive(data, folder, "trust")
    assert isinstance(tick(), dg.SkipReason)

"""The graph: one asset per table, each with its grain, group and kind, and dependencies read from the SQL."""

from __future__ import annotations

import dagster as dg
import pytest

from assets.store.sql_models import _model, tables_read
from assets.store.warehouse import SQL
from expectations.contract import agencies, contracts
from pipelines.definitions import defs

REPOSITORY = defs().get_repository_def()
GRAPH = REPOSITORY.asset_graph


def keys() -> set[str]:
    return {k.to_user_string() for k in GRAPH.get_all_asset_keys()}


def reads(name: str) -> set[str]:
    return {k.to_user_string() for k in GRAPH.get(dg.AssetKey(name)).parent_keys}


def test_every_table_is_an_asset() -> None:
    # sql/counting holds what counts members of cells: no models.
    files = {
        p.stem for layer in ("staging", "joined", "profile") for p in SQL.glob(f"{layer}/*.sql")
    }
    tables = {f"{layer}_{c}" for c in contracts() for layer in ("raw", "stg")}
    others = {
        "raw_checks",
        "figures",
        "lsoa_clusters",
        "labels",
        "report",
        "supplies_in_use",
        *(f"supply_{a}" for a in agencies()),
    }
    assert files | tables | others <= keys()
    assert keys() - files - tables - others == {p for p in keys() if p.startswith("ref_")}


def test_a_path_leads_from_every_supply_to_the_report() -> None:
    for agency in agencies():
        below, todo = set(), {f"supply_{agency}"}
        while todo:
            name = todo.pop()
            below.add(name)
            todo |= {k for k in keys() if name in reads(k)} - below
        assert "report" in below


@pytest.mark.parametrize(
    ("name", "parents"),
    [
        (
            "core_cohort_days",
            {"core_children", "core_earlier_days", "core_hub_periods", "core_plan_states"},
        ),
        ("stg_police__involvements", {"raw_police__involvements"}),
        ("raw_police__involvements", {"supplies_in_use", "ref_groups"}),
        ("labels", {"figures"}),
        ("report", {"labels", "lsoa_clusters"}),
    ],
)
def test_dependencies(name: str, parents: set[str]) -> None:
    assert reads(name) == parents


def test_everything_is_described_grouped_and_of_a_kind() -> None:
    for key in GRAPH.get_all_asset_keys():
        node = GRAPH.get(key)
        assert node.description, key
        assert node.group_name != "default", key
        assert node.kinds, key
        if key.to_user_string().startswith(("stg_", "core_", "out_")):
            assert node.description.startswith("one row per "), key


def test_checks() -> None:
    checks = {
        (k.asset_key.to_user_string(), k.name): GRAPH.get(k).blocking
        for k in GRAPH.asset_check_keys
    }
    for agency in agencies():
        assert checks[f"supply_{agency}", "candidates"] is False
    assert checks["supplies_in_use", "in_use"] is True
    assert {name for name, check in checks if check == "contract"} == {
        f"stg_{c}" for c in contracts()
    }


def test_one_job_off_until_switched_on() -> None:
    assert {j.name for j in REPOSITORY.get_all_jobs()} >= {"refresh_profile"}
    job = REPOSITORY.get_job("refresh_profile")
    assert isinstance(job.partitions_def, dg.DynamicPartitionsDefinition)
    assert job.executor_def.name == "in_process"
    (schedule,) = REPOSITORY.schedule_defs
    assert schedule.default_status == dg.DefaultScheduleStatus.STOPPED
    # What mends or tells is on by itself; what makes something is not.
    on = {
        s.name for s in REPOSITORY.sensor_defs if s.default_status == dg.DefaultSensorStatus.RUNNING
    }
    off = {s.name for s in REPOSITORY.sensor_defs} - on
    assert (on, off) == ({"alerts", "dead_runs"}, {"inbox_sensor", "month_sensor"})


def test_tables_read_leaves_out_common_table_expressions() -> None:
    sql = "with a as (select * from b), c as (select * from a join d using (x)) select * from c asof left join e on c.t >= e.t"
    assert tables_read(sql) == ("b", "d", "e")


def test_a_model_without_a_grain_is_refused() -> None:
    with pytest.raises(ValueError, match="one row per"):
        _model("core_x", "select 1")

"""A series is the single refresh of each of its days: over drawn worlds every point of a series equals what the models count
when they are run for that day alone."""

from __future__ import annotations

import datetime as dt

import pytest
import worlds
from drawing import rows_of, warehouse

from assets.store.counting import count
from assets.store.sql_models import folder_models
from assets.store.warehouse import run_model, set_as_at
from profiles.figures.counted import Counted
from profiles.figures.declared import Figure, earlier_days

PROFILE = [m.name for m in folder_models("profile")]
MONTH_ENDS = [dt.date(2023, 10, 31), dt.date(2022, 6, 30), dt.date(2021, 1, 31)]


def told_over_time(figure: Figure) -> bool:
    entry = figure.entry
    return any(earlier_days(entry, of) for of in (entry, *entry.breakdowns)) or figure.is_by_month


def points(
    counted: Counted, figure: Figure, days: set[dt.date]
) -> dict[tuple[dt.date, frozenset[tuple[str, str]]], float]:
    """The counts of a figure on these days, in all and in the breakdowns that are told over time."""
    told = {frozenset(b.by) for b in figure.entry.breakdowns if b.series}
    found = {}
    for (key, day, groups), cell in counted.cells.items():
        by = frozenset(dimension for dimension, _ in groups)
        if key == figure.key and day in days and (not groups or by in told):
            found[day, groups] = cell.numerator
    return found


@pytest.mark.parametrize(
    "seed", [1, pytest.param(2, marks=pytest.mark.long), pytest.param(3, marks=pytest.mark.long)]
)
def test_every_point_is_the_single_refresh_of_its_day(seed: int) -> None:
    con, at_once = worlds.world(seed)
    compared = 0
    for day in MONTH_ENDS:
        set_as_at(con, day)
        for model in (*folder_models("joined"), *folder_models("profile")):
            run_model(con, model.name, model.sql)
        alone = count(con, worlds.PLAN.register, PROFILE)
        for figure in worlds.PLAN.register.figures.values():
            if not told_over_time(figure):
                continue
            days = {day}
            if figure.is_by_month:
                # An interview after the return may be held in the month that follows.
                months = sorted(d for period, d in alone.windows if period == "month")
                days = set(months[: len(months) - figure.entry.late_months])
                days &= {d for period, d in at_once.windows if period == "month"}
            if not figure.is_stock and not figure.is_by_month:
                continue
            single, series = points(alone, figure, days), points(at_once, figure, days)
            if not figure.is_by_month:
                # A breakdown that is not told at month ends is there on the as-at date alone.
                monthly = {frozenset(b.by) for b in figure.entry.breakdowns if "month" in b.series}
                single = {
                    k: n
                    for k, n in single.items()
                    if not k[1] or frozenset(d for d, _ in k[1]) in monthly
                }
                if "month" not in figure.entry.series:
                    single = {k: n for k, n in single.items() if k[1]}
                    series = {k: n for k, n in series.items() if k[1]}
            assert series == single, (figure.key, day)
            compared += len(single)
    assert compared > 100


@pytest.mark.parametrize("seed", [4, pytest.param(5, marks=pytest.mark.long)])
def test_a_year_before_is_the_single_refresh_of_that_day(seed: int) -> None:
    con, at_once = worlds.world(seed)
    day = worlds.AS_AT.replace(year=worlds.AS_AT.year - 1)
    set_as_at(con, day)
    for model in (*folder_models("joined"), *folder_models("profile")):
        run_model(con, model.name, model.sql)
    alone = count(con, worlds.PLAN.register, PROFILE)
    compared = 0
    for figure in worlds.PLAN.register.figures.values():
        if "year" in figure.entry.series:
            for (key, on, groups), cell in at_once.cells.items():
                if (key, on, groups) == (figure.key, day, frozenset()):
                    assert alone.cells[key, day, groups] == cell, key
                    compared += 1
    assert compared >= 4


HUB = """
episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date | closed_date
A | T1 | 2023-01-31 | 6 | CCE | accepted | 2023-02-01 | 2023-02-01 | -
B | T2 | 2023-02-01 | 6 | CCE | nfa | 2023-02-02 | - | -
C | T2 | 2023-02-28 | 6 | CCE | nfa | 2023-03-02 | - | -
D | T3 | 2023-03-01 | 6 | CCE | nfa | 2023-03-02 | - | -
"""
PEOPLE = """
person_ref | birth_month
T1 | 2010-01
T2 | 2010-02
T3 | 2010-03
"""


def test_months_begin_and_end_where_months_do() -> None:
    """A referral of 31 January is of January, one of 1 February of February; a month without any is zero, no gap."""
    con = warehouse("2023-03-31", trust__people=PEOPLE, trust__hub_episodes=HUB)
    rows = rows_of(con, "hub_referrals_by_month").to_dict("records")
    by_month = {str(row["period_end"]): row["numerator"] for row in rows}
    assert len(by_month) == 48
    assert by_month["2023-01-31"] == 1
    assert by_month["2023-02-28"] == 2
    assert by_month["2023-03-31"] == 1
    assert by_month["2022-12-31"] == 0
    starts = {str(row["period_end"]): str(row["period_start"]) for row in rows}
    assert starts["2023-02-28"] == "2023-02-01"


MISSING = """
missing_ref | person_ref | missing_type | started_at | ended_at | missing_from | rhi_offered | rhi_accepted | rhi_completed_at
A | T1 | M | 2023-01-30T10:00 | 2023-02-01T10:00 | home | Y | Y | 2023-02-02T10:00
B | T1 | M | 2023-02-10T10:00 | 2023-02-10T20:00 | home | Y | Y | 2023-02-11T10:00
C | T1 | M | 2023-02-20T10:00 | 2023-02-20T20:00 | home | N | N | -
D | T2 | M | 2023-03-20T10:00 | 2023-03-21T20:00 | home | Y | N | -
"""
PLANS = "person_ref | plan_type | start_date | end_date\nT1 | CIN | 2020-01-01 | -"


def test_missing_children_month_by_month() -> None:
    """By hand: T1 leaves once in January and twice in February, the third time within 30 days; T2 once in March. Interviews
    are counted in the month of the return, and the newest month is left out."""
    con = warehouse(
        "2023-03-31", trust__people=PEOPLE, trust__missing_episodes=MISSING, trust__plans=PLANS
    )
    months = {"01": "2023-01-31", "02": "2023-02-28", "03": "2023-03-31"}

    def told(figure: str) -> list[float]:
        rows = rows_of(con, figure).to_dict("records")
        by_month = {str(row["period_end"]): row["numerator"] for row in rows}
        return [by_month[day] for day in months.values()]

    assert told("missing_episodes_by_month") == [1, 2, 1]
    assert told("missing_children_by_month") == [1, 1, 1]
    assert told("missing_often_by_month") == [0, 1, 0]
    rows = rows_of(con, "return_interviews_by_month").to_dict("records")
    steps = {
        (str(r["period_end"]), r["group"]): r["numerator"]
        for r in rows
        if r["measures"][0] == "count"
    }
    assert [steps["2023-02-28", step] for step in ("ended", "held", "held within 72 hours")] == [
        3,
        2,
        2,
    ]
    assert "2023-03-31" not in {day for day, _ in steps}

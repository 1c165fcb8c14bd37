"""Movement between levels of risk, time at a level, and who was not present. Drawn tables, given → expected."""

from __future__ import annotations

import duckdb
import pytest
from drawing import assessments, counted, counts_of, episodes, people, warehouse

DAY = "2024-03-01"


def drawn(
    *assessed: str,
    opened: tuple[str, ...] = ("EP1 T1 2022-06-01 -",),
    birth: str = "2009-05",
    day: str = DAY,
) -> duckdb.DuckDBPyConnection:
    return warehouse(
        day,
        trust__people=people(f"1 {birth} M WBRI E05011118"),
        trust__hub_episodes=episodes(*opened),
        trust__risk_assessments=assessments(*assessed),
    )


@pytest.mark.parametrize(
    ("assessed", "expected"),
    [
        (["EP1 2023-04-01 low", "EP1 2023-06-01 high"], {"raised": 1}),
        (["EP1 2023-04-01 high", "EP1 2023-06-01 none"], {"lowered": 1}),
        (["EP1 2023-04-01 low", "EP1 2023-06-01 low"], {"same": 1}),
        (["EP1 2023-06-01 low"], {}),
        (["EP1 2022-07-01 low", "EP1 2023-03-02 medium"], {"raised": 1}),
        (["EP1 2022-07-01 low", "EP1 2023-03-01 medium"], {}),
        (["EP1 2023-06-01 low", "EP1 2024-03-02 high"], {}),
        (["EP1 2023-04-01 low", "EP1 2023-06-01 low", "EP1 2023-06-01 high"], {"raised": 1}),
    ],
    ids=[
        "raised",
        "lowered to none",
        "the same",
        "no assessment before",
        "the one before lies before the year",
        "the later one too",
        "after the day",
        "two on one day count as the higher",
    ],
)
def test_each_assessment_beside_the_one_before(
    assessed: list[str], expected: dict[str, int]
) -> None:
    con = drawn(*assessed)
    assert counted(con, "reassessments", "movement") == expected
    assert sum(counted(con, "reassessments", "all").values()) == sum(expected.values())


def test_episodes_are_not_mixed() -> None:
    con = drawn(
        "EP1 2023-04-01 low",
        "EP2 2023-06-01 high",
        opened=("EP1 T1 2022-06-01 -", "EP2 T1 2023-05-01 -"),
    )
    assert counted(con, "reassessments", "movement") == {}


A_YEAR = {
    "lower": (["EP1 2022-07-01 high", "EP1 2023-06-01 low"], "-", "2009-05"),
    "higher": (["EP1 2022-07-01 low", "EP1 2023-06-01 high"], "-", "2009-05"),
    "same": (["EP1 2022-07-01 low"], "-", "2009-05"),
    "no longer at risk": (["EP1 2022-07-01 low"], "2023-06-01 risk_reduced", "2009-05"),
    "left": (["EP1 2022-07-01 low"], "2023-06-01 moved_area", "2009-05"),
}


@pytest.mark.parametrize("expected", A_YEAR, ids=list(A_YEAR))
def test_where_a_child_stands_a_year_on(expected: str) -> None:
    assessed, closed, birth = A_YEAR[expected]
    assert counted(
        drawn(*assessed, opened=(f"EP1 T1 2022-06-01 {closed}",), birth=birth),
        "a_year_on",
        "year_on",
    ) == {expected: 1}


def test_turning_18_is_no_fall_and_assessed_none_is() -> None:
    assert counted(drawn("EP1 2022-07-01 high", birth="2005-09"), "a_year_on", "year_on") == {
        "left": 1
    }
    assert counted(drawn("EP1 2022-07-01 high", "EP1 2023-09-01 none"), "a_year_on", "year_on") == {
        "no longer at risk": 1
    }
    assert counted(drawn("EP1 2023-03-02 high"), "a_year_on", "all") == {}


RUNS = {
    "goes on": (["EP1 2023-04-01 low"], "-", [("2023-04-01", None)]),
    "assessed again at the same level": (
        ["EP1 2023-04-01 low", "EP1 2023-06-01 low"],
        "-",
        [("2023-04-01", None)],
    ),
    "another level": (
        ["EP1 2023-04-01 low", "EP1 2023-06-01 high"],
        "-",
        [("2023-04-01", "2023-06-01"), ("2023-06-01", None)],
    ),
    "back again": (
        ["EP1 2023-04-01 low", "EP1 2023-06-01 high", "EP1 2023-07-01 low"],
        "-",
        [("2023-04-01", "2023-06-01"), ("2023-06-01", "2023-07-01"), ("2023-07-01", None)],
    ),
    "closed": (["EP1 2023-04-01 low"], "2023-08-01 risk_reduced", [("2023-04-01", "2023-08-01")]),
    "closed after the day": (
        ["EP1 2023-04-01 low"],
        "2024-03-02 risk_reduced",
        [("2023-04-01", None)],
    ),
    "closed on the day": (
        ["EP1 2023-04-01 low"],
        "2024-03-01 risk_reduced",
        [("2023-04-01", "2024-03-01")],
    ),
}


@pytest.mark.parametrize("case", RUNS, ids=list(RUNS))
def test_time_at_a_level(case: str) -> None:
    assessed, closed, expected = RUNS[case]
    con = drawn(*assessed, opened=(f"EP1 T1 2022-06-01 {closed}",))
    found = con.execute(
        "select from_date::varchar, to_date::varchar from core_level_runs order by from_date"
    ).fetchall()
    assert found == expected


def test_a_plan_that_changes_is_no_new_time() -> None:
    con = warehouse(
        DAY,
        trust__people=people("1 2009-05 M WBRI E05011118"),
        trust__hub_episodes=episodes("EP1 T1 2022-06-01 -"),
        trust__risk_assessments=assessments("EP1 2023-04-01 low"),
        trust__plans="person_ref | plan_type | start_date | end_date\nT1 | CIN | 2023-05-01 | 2023-07-01",
    )
    assert con.execute("select count(*) from core_level_runs").fetchall() == [(1,)]


def test_who_was_not_present() -> None:
    con = warehouse(
        DAY,
        trust__people=people("1 2009-05 M WBRI E05011118"),
        trust__hub_episodes=episodes("EP1 T1 2022-06-01 -"),
        trust__risk_assessments="episode_ref | assessed_date | risk_level | agencies_present\n"
        "EP1 | 2023-04-01 | low | police;health\nEP1 | 2023-05-01 | high | education\nEP1 | 2023-06-01 | none | -\nEP1 | 2023-07-01 | low | police\nEP1 | 2023-07-01 | low | mental_health",
    )
    assert counted(con, "assessments", "absent") == {
        "health": 2,
        "mental_health": 2,
        "police": 1,
        "not recorded": 1,
    }
    assert counted(con, "assessments", "level_after") == {"low": 2, "high": 1, "none": 1}
    crossed = (
        counts_of(con, "assessments")
        .execute(
            "select \"group\", group2, numerator from counts where figure = 'assessments' and group2 <> '' and numerator > 0 order by all"
        )
        .fetchall()
    )
    assert crossed == [
        ("health", "high", 1),
        ("health", "low", 1),
        ("mental_health", "high", 1),
        ("mental_health", "low", 1),
        ("police", "high", 1),
    ]


def test_a_child_that_comes_back_at_the_same_level_has_been_there_twice() -> None:
    con = drawn(
        "EP1 2022-07-01 high",
        "EP2 2023-09-01 high",
        opened=("EP1 T1 2022-06-01 2022-12-01 risk_reduced", "EP2 T1 2023-08-01 -"),
    )
    runs = con.execute(
        "select from_date::varchar, to_date::varchar from core_level_runs order by from_date"
    ).fetchall()
    assert runs == [("2022-07-01", "2022-12-01"), ("2023-09-01", None)]

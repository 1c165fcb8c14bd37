"""Stages against the one before, what came first, chances taken, adversity. Drawn tables, given → expected."""

from __future__ import annotations

import duckdb
import pytest
from drawing import assessments, counted, counts_of, people, warehouse

from assets.store.sql_models import folder_models
from assets.store.warehouse import run_model

DAY = "2024-03-01"
EPISODES = "episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date | closed_date\n"
POLICE = "person_ref | birth_month | sex | ethnicity | ward_code\n"
INVOLVED = "involvement_ref | incident_ref | person_ref | role | occurred_on | offence_code | markers | arrested_on | charged_on\n"


def drawn(
    hub: list[str],
    police: list[str],
    ids: str = "1",
    assessed: list[str] | None = None,
    **more: str,
) -> duckdb.DuckDBPyConnection:
    """Children T1… who are P1… elsewhere; hub rows “T1 referral [types]”, police rows “P1 role day offence [arrested charged]”."""
    opened = []
    for i, row in enumerate(hub):
        person, day, types = (*row.split(), "CCE")[:3]
        opened.append(f"EP{i} | {person} | {day} | 6 | {types} | accepted | {day} | {day} | -")
    rows = []
    for i, row in enumerate(police):
        cells = [*row.split(), *["-", "-"][max(len(row.split()) - 4, 0) :]]
        person, role, day, offence, arrested, charged = cells
        rows.append(
            f"IV{i} | IC{i} | {person} | {role} | {day} | {offence} | - | {arrested} | {charged}"
        )
    return warehouse(
        DAY,
        trust__people=people(
            *(f"{i} 2009-05 {'M' if int(i) % 2 else 'F'} WBRI E05011118" for i in ids)
        ),
        trust__hub_episodes=EPISODES + "\n".join(opened),
        trust__risk_assessments=assessments(*assessed)
        if assessed
        else "episode_ref | assessed_date | risk_level",
        police__people=POLICE
        + "\n".join(f"P{i} | 2009-05 | {'M' if int(i) % 2 else 'F'} | W1 | -" for i in ids),
        police__involvements=INVOLVED + "\n".join(rows),
        **more,
    )


STAGES = ("indicated_36_months", "referred_36_months", "assessed_36_months", "high_36_months")
REACHED = {
    "an indicator alone": ([], [], 1),
    "referred": (["T1 2023-06-01"], [], 2),
    "referred for another kind": (["T1 2023-06-01 CSE"], [], 1),
    "referred before the 36 months": (["T1 2021-03-01"], [], 1),
    "referred after the day": (["T1 2024-03-02"], [], 1),
    "assessed none": (["T1 2023-06-01"], ["EP0 2023-06-10 none"], 2),
    "assessed low": (["T1 2023-06-01"], ["EP0 2023-06-10 low"], 3),
    "high once, low now": (["T1 2023-06-01"], ["EP0 2023-06-10 high", "EP0 2023-09-10 low"], 4),
    "high after the day": (["T1 2023-06-01"], ["EP0 2023-06-10 low", "EP0 2024-03-02 high"], 3),
}


@pytest.mark.parametrize("case", REACHED, ids=list(REACHED))
def test_each_stage_is_of_those_who_reached_the_one_before(case: str) -> None:
    hub, assessed, stages = REACHED[case]
    con = drawn(hub, ["P1 suspect 2023-01-01 92A"], assessed=assessed)
    found = [counted(con, f).get("all", 0) for f in STAGES]
    assert found == [1] * stages + [0] * (4 - stages)
    assert counted(con, STAGES[stages - 1]).keys() - {"E05011118"} == {"all", "M", "White"}


def test_who_never_had_an_indicator_is_at_no_stage() -> None:
    con = drawn(["T1 2023-06-01"], ["P1 witness 2023-01-01 92A"], assessed=["EP0 2023-06-10 high"])
    assert [counted(con, f) for f in STAGES] == [{}] * 4


SUSPECTED = {
    "arrested and charged": (
        "P1 suspect 2023-01-01 46 2023-01-01 2023-02-01",
        {"arrested_36_months", "charged_36_months"},
    ),
    "charged without arrest": ("P1 suspect 2023-01-01 46 - 2023-02-01", set()),
    "arrested for drug supply": (
        "P1 suspect 2023-01-01 92A 2023-01-01 -",
        {"arrested_36_months", "drugs_or_weapons", "drugs_or_weapons_arrested"},
    ),
    "suspected of carrying a knife": ("P1 suspect 2023-01-01 10D", {"drugs_or_weapons"}),
    "half a year has not passed": ("P1 suspect 2023-09-02 92A 2023-09-02 2023-09-03", set()),
    # DAY less 42 months is 1 September 2020: the arrest lies in the period, the crime before it.
    "an arrest for a crime of before the period": (
        "P1 suspect 2020-06-01 92A 2021-01-01 -",
        {"arrested_36_months"},
    ),
    "an arrest of before the period": ("P1 suspect 2020-06-01 92A 2020-06-02 -", set()),
    "an arrest when half a year has not passed": (
        "P1 suspect 2023-01-01 46 2023-09-02 2023-09-03",
        set(),
    ),
    "half a year has": (
        "P1 suspect 2023-09-01 92A 2023-09-01 2023-09-03",
        {
            "arrested_36_months",
            "charged_36_months",
            "drugs_or_weapons",
            "drugs_or_weapons_arrested",
        },
    ),
}


@pytest.mark.parametrize("case", SUSPECTED, ids=list(SUSPECTED))
def test_arrest_and_charge_with_time_to_come(case: str) -> None:
    row, expected = SUSPECTED[case]
    con = drawn([], [row])
    figures = (
        "arrested_36_months",
        "charged_36_months",
        "drugs_or_weapons",
        "drugs_or_weapons_referred",
        "drugs_or_weapons_arrested",
    )
    assert {f for f in figures if counted(con, f)} == expected


def test_of_the_same_offence_who_was_referred_and_who_only_arrested() -> None:
    con = drawn(
        ["T1 2022-01-01"],
        ["P1 suspect 2023-01-01 92A 2023-01-01 -", "P2 suspect 2023-01-01 92A 2023-01-01 -"],
        ids="12",
    )
    assert counted(con, "drugs_or_weapons_referred") == {"all": 1, "M": 1, "White": 1}
    assert counted(con, "drugs_or_weapons_arrested") == {"all": 1, "not M": 1, "White": 1}


CHANCES = {
    "referred on the 90th day": ("2023-06-01", ["T1 2023-08-30"], (1, 1)),
    "referred on the 91st": ("2023-06-01", ["T1 2023-08-31"], (1, 0)),
    "referred the same day": ("2023-06-01", ["T1 2023-06-01"], (1, 1)),
    "known before": ("2023-06-01", ["T1 2023-05-31"], (0, 0)),
    "referred for another kind": ("2023-06-01", ["T1 2023-06-02 CSE"], (1, 0)),
    "never": ("2023-06-01", [], (1, 0)),
    "90 days ago": ("2023-12-02", ["T1 2024-02-20"], (1, 1)),
    "89 days ago": ("2023-12-03", ["T1 2024-02-20"], (0, 0)),
    "the first day of the year before that": ("2022-12-02", [], (1, 0)),
    "a day earlier": ("2022-12-01", [], (0, 0)),
}


@pytest.mark.parametrize("case", CHANCES, ids=list(CHANCES))
def test_chances_taken_within_90_days_without_survivor_bias(case: str) -> None:
    day, hub, (chances, taken) = CHANCES[case]
    con = drawn(hub, [f"P1 suspect {day} 92A"])
    key = "police: drug supply or weapon"
    assert counted(con, "chances").get(key, 0) == chances
    assert counted(con, "chances_taken").get(key, 0) == taken


def test_a_second_record_is_no_second_chance() -> None:
    con = drawn(["T1 2023-12-01"], ["P1 suspect 2023-06-01 92A", "P1 suspect 2023-10-01 92A"])
    assert counted(con, "chances_taken") == {}


ORDERS = {
    "two kinds in order": (
        ["P1 suspect 2023-01-01 46", "P1 victim 2023-02-01 46"],
        "suspect > victim",
    ),
    "the first of each kind": (
        ["P1 suspect 2023-01-01 46", "P1 suspect 2023-01-05 46", "P1 victim 2023-02-01 46"],
        "suspect > victim",
    ),
    "on one day, as the list has them": (
        ["P1 suspect 2023-01-01 46", "P1 victim 2023-01-01 46"],
        "victim > suspect",
    ),
    "on the day of the referral": (["P1 suspect 2023-06-01 46"], "suspect"),
    "after the referral": (["P1 suspect 2023-06-02 46"], "nothing before"),
}


@pytest.mark.parametrize("case", ORDERS, ids=list(ORDERS))
def test_the_first_two_steps_before_the_hub(case: str) -> None:
    police, expected = ORDERS[case]
    assert counted(drawn(["T1 2023-06-01"], police), "first_steps") == {"all": 1, expected: 1}


TIMES = {
    "referred": (["T1 2023-06-11"], [("suspect", 10, True)]),
    "referred the same day": (["T1 2023-06-01"], [("suspect", 0, True)]),
    "not yet": ([], [("suspect", 274, False)]),
    "referred before": (["T1 2023-05-31"], []),
    "referred after the day": (["T1 2024-03-02"], [("suspect", 274, False)]),
}


@pytest.mark.parametrize("case", TIMES, ids=list(TIMES))
def test_time_to_the_hub_goes_on_for_those_not_referred(case: str) -> None:
    hub, expected = TIMES[case]
    con = drawn(hub, ["P1 suspect 2023-06-01 46"])
    found = con.execute(
        "select \"group\", days, is_over from core_durations where what = 'time to the hub'"
    ).fetchall()
    assert found == expected


def test_time_to_the_hub_ends_with_childhood() -> None:
    con = warehouse(
        DAY,
        police__people=POLICE + "P1 | 2005-09 | M | W1 | -\nP2 | 2005-02 | M | W1 | -",
        police__involvements=INVOLVED
        + "I1 | C1 | P1 | suspect | 2023-09-01 | 46 | - | - | -\nI2 | C2 | P2 | suspect | 2023-03-01 | 46 | - | - | -",
    )
    assert con.execute(
        "select days, is_over from core_durations where what = 'time to the hub'"
    ).fetchall() == [(29, False)]


@pytest.mark.parametrize(
    ("before", "counts"),
    [("2021-03-01", 0), ("2021-01-31", 1)],
    ids=["within 24 months", "before them"],
)
def test_first_only_with_24_clear_months(before: str, counts: int) -> None:
    con = drawn([], ["P1 suspect 2023-02-01 92A", f"P1 suspect {before} 92A"])
    found = (
        counts_of(con, "age_at_first_indicator")
        .execute(
            "select denominator, average from counts where figure = 'age_at_first_indicator' and period_end = date '2023-03-01'"
        )
        .fetchall()
    )
    assert found == [(counts, 13.0 if counts else None)]


FACTORS = "person_ref | assessed_date | factor_code\n"


def test_adversities_by_rule_over_those_who_could_have_them() -> None:
    """T1 is at risk, was assessed, excluded and robbed; T2, not at risk, was assessed without exploitation."""
    con = drawn(
        ["T1 2023-06-01"],
        ["P1 victim 2023-01-01 34B"],
        ids="12",
        assessed=["EP0 2023-06-10 low"],
        trust__assessment_factors=FACTORS
        + "T1 | 2023-01-01 | 16A\nT1 | 2023-01-01 | 3B\nT1 | 2021-03-01 | 4B\nT2 | 2023-01-01 | 16A\nT2 | 2023-01-01 | 20",
        education__people="person_ref | birth_month | sex | ethnicity | ward_code\nE1 | 2009-05 | M | WBRI | -",
        education__enrolments="person_ref | start_date | end_date | setting | registration | part_time | sen_provision | free_school_meals\nE1 | 2019-09-01 | - | academy | main | N | N | Y",
    )
    rows = (
        counts_of(con, "factors_at_risk", "factors", "factors_could")
        .execute(
            "select distinct figure, \"group\", coalesce(group2, ''), numerator from counts where numerator > 0"
        )
        .fetchall()
    )
    found = {(f, g, g2): n for f, g, g2, n in rows}
    assert {g for f, g, g2 in found if f == "factors_at_risk"} == {
        "all",
        "neglect",
        "domestic abuse",
        "victim of violence",
        "poverty",
        "4 or more",
        "neglect + domestic abuse",
        "neglect + victim of violence",
        "neglect + poverty",
        "domestic abuse + victim of violence",
        "domestic abuse + poverty",
        "victim of violence + poverty",
    }
    assert found["factors_could", "at risk", "neglect"] == 1
    assert found["factors_could", "others", "neglect"] == 1
    assert found["factors", "others", "neglect"] == 1
    assert ("factors", "others", "poverty") not in found


def test_who_was_ever_recorded_as_exploited_is_no_comparison() -> None:
    con = drawn(
        ["T1 2020-06-01"],
        ["P2 suspect 2020-01-01 106"],
        ids="123",
        trust__assessment_factors=FACTORS
        + "T1 | 2023-01-01 | 16A\nT2 | 2023-01-01 | 16A\nT3 | 2023-01-01 | 16A\nT3 | 2020-01-01 | 24A",
    )
    rows = (
        counts_of(con, "factors_could")
        .execute(
            "select numerator from counts where figure = 'factors_could' and \"group\" = 'others' and group2 = 'neglect'"
        )
        .fetchall()
    )
    assert rows == [(1,)]


def test_ages_at_the_first_record_of_each_kind() -> None:
    """Thirteen at the first suspicion, fourteen at the hub; a second suspicion and one after the 18th birthday do not count."""
    con = drawn(["T1 2023-06-01"], ["P1 suspect 2023-01-01 46", "P1 suspect 2023-06-01 46"])
    found = (
        counts_of(con, "age_at_first")
        .execute(
            "select \"group\", group2, average, denominator from counts where figure = 'age_at_first' and denominator > 0 order by all"
        )
        .fetchall()
    )
    assert found == [("hub", q, 14.0, 1) for q in ("25", "50", "75")] + [
        ("suspect", q, 13.0, 1) for q in ("25", "50", "75")
    ]
    grown = warehouse(
        DAY,
        police__people=POLICE + "P1 | 2004-09 | M | W1 | -",
        police__involvements=INVOLVED + "I1 | C1 | P1 | suspect | 2023-09-01 | 46 | - | - | -",
    )
    assert counts_of(grown, "age_at_first").execute(
        "select sum(denominator) from counts where figure = 'age_at_first'"
    ).fetchall() == [(0,)]


def test_a_quartile_carried_by_few_is_one_of_few_children() -> None:
    """Nineteen leave early without the event; the one who has it late carries every quartile alone."""
    con = duckdb.connect()
    con.execute(
        'create table core_durations (what varchar, group_type varchar, "group" varchar, person_id bigint, days bigint, is_over boolean)'
    )
    con.executemany(
        "insert into core_durations values ('w', 'g', 'a', ?, ?, ?)",
        [*((i, 5, False) for i in range(19)), (20, 200, True)],
    )
    survival = next(m for m in folder_models("joined") if m.name == "core_survival")
    run_model(con, "core_survival", survival.sql)
    assert con.execute(
        "select days, children from core_survival where quartile = '50'"
    ).fetchall() == [(200, 1)]

"""Schooling and health of the children at risk, and where those in care are placed. Drawn tables, given → expected."""

from __future__ import annotations

import duckdb
import pytest
from drawing import assessments, counted, counts_of, episodes, people, warehouse

DAY = "2024-03-01"
PUPILS = (
    "person_ref | birth_month | sex | ethnicity | ward_code\nE1 | 2009-05 | M | WBRI | E05011118"
)
ENROLMENTS = "person_ref | start_date | end_date | setting | registration | part_time | sen_provision | sen_need\n"
ATTENDANCE = "person_ref | term | setting | sessions_possible | sessions_missed\n"


def at_risk(day: str = DAY, **drawn: str) -> duckdb.DuckDBPyConnection:
    """One child at risk, T1, who is E1 and H1 elsewhere."""
    return warehouse(
        day,
        trust__people=people("1 2009-05 M WBRI E05011118"),
        trust__hub_episodes=episodes("EP1 T1 2022-01-01 -"),
        trust__risk_assessments=assessments("EP1 2022-01-05 high"),
        education__people=PUPILS,
        **drawn,
    )


TERMS = {
    "autumn alone is over by March": (
        DAY,
        ["2023-24-autumn", "2023-24-spring"],
        ["2023-24-autumn"],
    ),
    "autumn ends with December": ("2023-12-31", ["2023-24-autumn"], ["2023-24-autumn"]),
    "before it has ended, last year's terms": (
        "2023-12-30",
        ["2022-23-autumn", "2022-23-summer", "2023-24-autumn"],
        ["2022-23-autumn", "2022-23-summer"],
    ),
    "spring ends with April": (
        "2024-04-30",
        ["2023-24-autumn", "2023-24-spring", "2022-23-summer"],
        ["2023-24-autumn", "2023-24-spring"],
    ),
    "the whole year at its end": (
        "2024-08-31",
        ["2023-24-autumn", "2023-24-spring", "2023-24-summer"],
        ["2023-24-autumn", "2023-24-spring", "2023-24-summer"],
    ),
}


@pytest.mark.parametrize("case", TERMS, ids=list(TERMS))
def test_attendance_is_of_terms_that_are_over(case: str) -> None:
    day, terms, expected = TERMS[case]
    rows = [f"E1 | {t} | academy | {100 + i} | {10 * i}" for i, t in enumerate(terms)]
    con = at_risk(day, education__attendance=ATTENDANCE + "\n".join(rows))
    possible = sum(100 + i for i, t in enumerate(terms) if t in expected)
    missed = sum(10 * i for i, t in enumerate(terms) if t in expected)
    assert con.execute("select possible, missed from core_attendance").fetchall() == [
        (possible, missed)
    ]


@pytest.mark.parametrize(
    ("missed", "expected"),
    [
        (9, {"attendance_known"}),
        (10, {"attendance_known", "persistently_absent"}),
        (49, {"attendance_known", "persistently_absent"}),
        (50, {"attendance_known", "persistently_absent", "severely_absent"}),
    ],
)
def test_persistent_is_ten_and_severe_fifty_per_cent(missed: int, expected: set[str]) -> None:
    """Over the child's own possible sessions, at both of its schools together."""
    con = at_risk(
        education__attendance=ATTENDANCE
        + f"E1 | 2023-24-autumn | academy | 60 | {missed}\nE1 | 2023-24-autumn | special | 40 | 0"
    )
    found = (
        counts_of(con, "attendance_known", "persistently_absent", "severely_absent")
        .execute(
            "select figure from counts where figure in ('attendance_known', 'persistently_absent', 'severely_absent') and numerator > 0"
        )
        .fetchall()
    )
    assert {f for (f,) in found} == expected
    assert counts_of(con, "absence").execute(
        "select average, denominator from counts where figure = 'absence'"
    ).fetchall() == [(missed, 1)]


def test_no_possible_session_is_no_attendance() -> None:
    con = at_risk(education__attendance=ATTENDANCE + "E1 | 2023-24-autumn | academy | 0 | 0")
    assert con.execute("select count(*) from core_attendance").fetchall() == [(0,)]


SETTINGS = {
    "none": ([], "none, of school age"),
    "ended before the day": (["2020-09-01 | 2024-02-28 | academy | main"], "none, of school age"),
    "ends on the day": (["2020-09-01 | 2024-03-01 | academy | main"], "academy"),
    "begins after the day": (["2024-03-02 | - | academy | main"], "none, of school age"),
    "a second, subsidiary, does not count": (
        ["2020-09-01 | - | academy | main", "2023-09-01 | - | alternative_provision | subsidiary"],
        "academy",
    ),
    "two main: the later": (
        ["2020-09-01 | - | academy | main", "2023-09-01 | - | special | main"],
        "special",
    ),
}


@pytest.mark.parametrize("case", SETTINGS, ids=list(SETTINGS))
def test_where_a_child_is_on_a_roll(case: str) -> None:
    rows, expected = SETTINGS[case]
    con = at_risk(
        education__enrolments=ENROLMENTS + "\n".join(f"E1 | {r} | N | N | -" for r in rows)
    )
    assert set(counted(con, "at_risk_setting")) == {expected}


@pytest.mark.parametrize(
    ("born", "expected"),
    [("2007-09", "none, of school age"), ("2007-08", "none, older"), ("-", "none, older")],
)
def test_on_no_roll_after_school_age(born: str, expected: str) -> None:
    """Sixteen on the first day of the school year is older than school age."""
    con = warehouse(
        DAY,
        trust__people=people(f"1 {born} M WBRI E05011118"),
        trust__hub_episodes=episodes("EP1 T1 2022-01-01 -"),
        trust__risk_assessments=assessments("EP1 2022-01-05 high"),
    )
    assert set(counted(con, "at_risk_setting")) == {expected}


def test_schooling_of_the_year_and_its_denominator() -> None:
    con = at_risk(
        education__enrolments=ENROLMENTS
        + "E1 | 2020-09-01 | 2023-09-01 | alternative_provision | main | Y | K | MLD\nE1 | 2022-09-01 | 2023-08-31 | elective_home_education | main | N | N | -",
        education__exclusions="person_ref | exclusion_type | start_date | sessions | reasons\nE1 | suspension | 2023-09-01 | 2 | PP;PA;DB\nE1 | permanent | 2023-08-31 | - | DB\nE1 | suspension | 2024-03-02 | 1 | TH",
    )
    assert set(counted(con, "schooling")) == {
        "all",
        "suspended",
        "part-time",
        "alternative provision",
        "needs support",
    }
    assert set(counted(con, "needs")) == {"all", "learning"}
    # Both assaults are one reason of one suspension.
    assert counts_of(con, "suspensions_at_risk").execute(
        "select \"group\", numerator from counts where figure = 'suspensions_at_risk' and numerator > 0 order by all"
    ).fetchall() == [("all", 1), ("disruption", 1), ("physical", 1)]


INDICATORS = "indicator | period_start | period_end | area_code | group_type | group | value | unit | source\n"


def test_pupils_of_the_last_whole_year() -> None:
    rows = [
        "pupils | 2021-09-01 | 2022-08-31 | E08000025 | - | - | 1000 | pupils | x",
        "pupils | 2022-09-01 | 2023-08-31 | E08000025 | - | - | 2000 | pupils | x",
        "pupils | 2023-09-01 | 2023-12-31 | E08000025 | - | - | 9000 | pupils | a term",
        "pupils | 2022-09-01 | 2023-08-31 | E08000025 | sex | M | 1100 | pupils | part of them",
        "pupils | 2022-09-01 | 2023-08-31 | E09000001 | - | - | 500 | pupils | elsewhere",
        "suspensions | 2022-09-01 | 2023-08-31 | E08000025 | - | - | 90 | episodes | x",
    ]
    con = at_risk(education__indicators=INDICATORS + "\n".join(rows))
    figures = (
        "pupils",
        "pupils_persistently_absent",
        "pupils_suspensions",
        "pupils_permanent_exclusions",
    )
    counts_of(con, *figures)
    found = con.execute(
        "select distinct figure, numerator, note from counts order by all"
    ).fetchall()
    missing = "refused: no aggregate of a whole school year was supplied"
    assert found == [
        ("pupils", 2000, ""),
        ("pupils_permanent_exclusions", None, missing),
        ("pupils_persistently_absent", None, missing),
        ("pupils_suspensions", 90, ""),
    ]


CONTACTS = (
    "contact_ref | person_ref | service | contact_date | reason | accepted | first_seen_date\n"
)


def test_contacts_children_and_whom_only_health_knows() -> None:
    con = at_risk(
        health__people="person_ref | birth_month | sex | ethnicity | ward_code\nH1 | 2009-05 | M | A | -\nH7 | 2009-06 | F | A | -",
        health__contacts=CONTACTS
        + "C1 | H1 | emergency | 2024-01-01 | assault_sharp | NA | 2024-01-01\nC2 | H1 | emergency | 2024-01-01 | assault_blunt | NA | 2024-01-01\n"
        + "C3 | H7 | camhs | 2024-01-02 | overdose | Y | -\nC4 | H7 | camhs | 2023-03-02 | mental_health | N | -\nC5 | H7 | camhs | 2023-03-01 | mental_health | N | -",
    )
    assert counted(con, "health_contacts") == {
        "all": 4,
        "assault, other": 1,
        "assault, sharp": 1,
        "camhs": 2,
        "emergency": 2,
        "mental health": 1,
        "self-harm or overdose": 1,
    }
    assert counted(con, "health_children")["all"] == 2
    assert counted(con, "health_at_risk") == {"all": 1, "assault, other": 1, "assault, sharp": 1}
    assert counted(con, "health_alone") == {"all": 1, "self-harm or overdose": 1}
    assert counted(con, "mental_refused") == {"camhs": 1}


PLANS = "person_ref | plan_type | start_date | end_date | responsible_la | placement_la | placement_type | legal_status\n"


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        (["T1 | CLA | 2023-01-01 | - | E08000025 | E08000026 | U6 | C2"], {"foster", "outside"}),
        (
            ["T1 | CLA | 2023-01-01 | - | E08000025 | E08000025 | K2 | C2"],
            {"residential", "in area"},
        ),
        (
            ["T1 | CLA | 2023-01-01 | - | E08000025 | - | H5 | C2"],
            {"semi-independent", "not known"},
        ),
        (
            [
                "T1 | CLA | 2023-01-01 | 2023-06-01 | E08000025 | E08000025 | K2 | C2",
                "T1 | CLA | 2023-06-01 | - | E08000025 | E08000026 | U6 | C2",
            ],
            {"foster", "outside"},
        ),
        (
            [
                "T1 | CLA | 2023-01-01 | 2024-03-01 | E08000025 | E08000025 | K2 | C2",
                "T1 | CP | 2023-01-01 | - | - | - | - | -",
            ],
            set(),
        ),
    ],
    ids=[
        "placed out",
        "a children's home here",
        "where is not told",
        "moved: the placement of the day",
        "care ended on the day",
    ],
)
def test_placements_of_the_day(plans: list[str], expected: set[str]) -> None:
    con = at_risk(trust__plans=PLANS + "\n".join(plans))
    assert set(counted(con, "at_risk_in_care")) == expected


def test_referrals_and_who_was_seen_for_harm() -> None:
    con = at_risk(
        health__people="person_ref | birth_month | sex | ethnicity | ward_code\nH1 | 2009-05 | M | A | -\nH7 | 2009-06 | F | A | -",
        health__contacts=CONTACTS
        + "C1 | H1 | camhs | 2024-01-01 | mental_health | Y | -\nC2 | H1 | camhs | 2024-01-05 | self_harm | N | -\n"
        + "C3 | H7 | neurodevelopmental | 2024-01-02 | neurodevelopmental | NA | -\nC4 | H7 | emergency | 2024-01-02 | injury_other | NA | -",
    )
    assert counted(con, "mental_referrals") == {"camhs": 2}
    assert counted(con, "mental_refused") == {"camhs": 1}
    assert counted(con, "health_concerning") == {"all": 1}

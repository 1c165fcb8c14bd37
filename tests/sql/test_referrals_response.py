"""Referral, decision, closure, return and help; indicators and who referred. Drawn tables, given → expected."""

from __future__ import annotations

import duckdb
import pytest
from drawing import assessments, counted, counts_of, people, warehouse

DAY = "2024-03-01"
EPISODES = "episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date | closed_date | closure_reason | transferred_to_adult_service\n"
BOY = "1 2009-05 M WBRI E05011118"


def drawn(*rows: str, who: tuple[str, ...] = (BOY,), **more: str) -> duckdb.DuckDBPyConnection:
    """Episodes of T1: “referral source types decision decided opened closed reason transferred”."""
    lines = [f"EP{i} | T1 | {' | '.join(r.split())}" for i, r in enumerate(rows)]
    return warehouse(
        DAY, trust__people=people(*who), trust__hub_episodes=EPISODES + "\n".join(lines), **more
    )


@pytest.mark.parametrize(
    ("row", "decision"),
    [
        ("2024-02-01 6 CCE nfa 2024-02-20 - - - NA", "nfa"),
        ("2024-02-01 6 CCE nfa 2024-03-01 - - - NA", "nfa"),
        ("2024-02-01 6 CCE nfa 2024-03-02 - - - NA", "pending"),
        ("2024-02-01 6 CCE pending - - - - NA", "pending"),
    ],
    ids=["decided", "decided on the day", "decided after it", "not decided"],
)
def test_decisions_and_waits_are_those_of_the_day(row: str, decision: str) -> None:
    con = drawn(row)
    found = (
        counts_of(con, "hub_referrals")
        .execute(
            "select \"group\" from counts where group_type = 'decision' and coalesce(group2, '') = '' and numerator > 0"
        )
        .fetchall()
    )
    assert found == [(decision,)]
    days = con.execute(
        "select days, is_over from core_durations where what = 'time to decision'"
    ).fetchall()
    assert days == [
        ({"nfa": 19, "pending": 29}[decision] if "03-01" not in row else 29, decision == "nfa")
    ]


CLOSED = {
    "again within a year": (
        [
            "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2022-06-01 risk_reduced NA",
            "2023-06-01 6 CCE nfa 2023-06-02 - - - NA",
        ],
        (1, 1),
    ),
    "again a day later than a year": (
        [
            "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2022-06-01 risk_reduced NA",
            "2023-06-02 6 CCE nfa 2023-06-03 - - - NA",
        ],
        (1, 0),
    ),
    "again on the day of closing": (
        [
            "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2022-06-01 risk_reduced NA",
            "2022-06-01 6 CCE nfa 2022-06-02 - - - NA",
        ],
        (1, 1),
    ),
    "again for another kind": (
        [
            "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2022-06-01 risk_reduced NA",
            "2022-07-01 6 CSE nfa 2022-07-02 - - - NA",
        ],
        (1, 0),
    ),
    "closed within the last year": (
        [
            "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2023-03-02 risk_reduced NA",
            "2023-06-01 6 CCE nfa 2023-06-02 - - - NA",
        ],
        (0, 0),
    ),
    "referred, opened and closed on one day": (
        ["2022-06-01 6 CCE accepted 2022-06-01 2022-06-01 2022-06-01 risk_reduced NA"],
        (1, 0),
    ),
    "closed two years and a day ago": (
        [
            "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2022-03-01 risk_reduced NA",
            "2022-06-01 6 CCE nfa 2022-06-02 - - - NA",
        ],
        (0, 0),
    ),
}


def test_who_turns_18_within_the_year_is_not_followed() -> None:
    rows = ("2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2022-06-01 risk_reduced NA",)
    followed = [
        counted(drawn(*rows, who=(f"1 {b} M WBRI E05011118",)), "closed_a_year_ago")
        for b in ("2005-05", "2005-06", "-")
    ]
    assert followed == [{}, {"all": 1}, {"all": 1}]


def test_a_closing_without_a_reason_is_other() -> None:
    con = drawn("2023-01-01 6 CCE accepted 2023-01-02 2023-01-02 2023-06-01 - NA")
    assert counted(con, "closures") == {"all": 1, "other": 1}


@pytest.mark.parametrize("case", CLOSED, ids=list(CLOSED))
def test_referred_again_within_12_months_of_closing(case: str) -> None:
    rows, (closed, again) = CLOSED[case]
    con = drawn(*rows)
    assert counted(con, "closed_a_year_ago").get("all", 0) == closed
    assert counted(con, "referred_again").get("all", 0) == again


EIGHTEEN = {
    "open": ("2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 - - NA", "2005-09", (1, 0)),
    "closed on the birthday and transferred": (
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2023-09-30 turned_18 Y",
        "2005-09",
        (1, 1),
    ),
    "closed in the month of the birthday, whose day nobody knows": (
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2023-09-01 turned_18 Y",
        "2005-09",
        (1, 1),
    ),
    "closed the day before that month": (
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 2023-08-31 risk_reduced NA",
        "2005-09",
        (0, 0),
    ),
    "18 before the year": (
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 - - NA",
        "2005-02",
        (0, 0),
    ),
    "18 after the day": (
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 - - NA",
        "2006-03",
        (0, 0),
    ),
    "birth month not known": (
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 - - NA",
        "-",
        (0, 0),
    ),
}


@pytest.mark.parametrize("case", EIGHTEEN, ids=list(EIGHTEEN))
def test_turning_18_with_a_case_open(case: str) -> None:
    row, birth, (turned, transferred) = EIGHTEEN[case]
    con = drawn(row, who=(f"1 {birth} M WBRI E05011118",))
    assert counted(con, "turned_18_open").get("all", 0) == turned
    assert counted(con, "turned_18_transferred").get("all", 0) == transferred


def test_services_offered_and_begun_against_need() -> None:
    con = drawn(
        "2022-01-01 6 CCE accepted 2022-01-02 2022-01-02 - - NA",
        trust__risk_assessments=assessments("EP0 2023-01-05 high"),
        trust__interventions="person_ref | service | offered_date | started_date | ended_date\nT1 | mentoring | 2023-06-01 | 2024-03-02 | -\nT1 | youth_work | 2023-06-01 | 2023-06-09 | -\nT1 | mentoring | 2023-03-01 | 2023-03-01 | -",
    )
    assert counted(con, "services_offered") == {"all": 1, "mentoring": 1, "youth_work": 1}
    assert counted(con, "services_started") == {"all": 1, "youth_work": 1}
    (locality,) = counted(con, "at_risk_offered").keys() - {"all"}
    assert con.execute("select locality from core_cohort").fetchall() == [(locality,)]
    assert counted(con, "at_risk_started")["all"] == 1


def test_enforcement_is_of_the_newest_whole_year() -> None:
    head = "indicator | period_start | period_end | area_code | group_type | group | value | unit | source\n"
    con = drawn(
        police__indicators=head
        + "drug_lines | 2021-04-01 | 2022-03-31 | E08000025 | - | - | 5 | lines | x\ndrug_lines | 2022-04-01 | 2023-03-31 | E08000025 | - | - | 7 | lines | x\ndrug_lines | 2023-04-01 | 2023-06-30 | E08000025 | - | - | 9 | lines | x\ndrug_lines | 2023-04-01 | 2024-03-31 | E08000025 | - | - | 11 | lines | x"
    )
    found = (
        counts_of(con, "enforcement")
        .execute(
            "select \"group\", numerator, note from counts where figure = 'enforcement' order by numerator nulls last, 1"
        )
        .fetchall()
    )
    assert found[0] == ("drug_lines", 7, "")
    assert {note for _, _, note in found[1:]} == {
        "refused: no aggregate of a whole year was supplied"
    }


def test_indicators_and_who_referred() -> None:
    """T1 has an indicator at police and school and was referred by the police alone; T2 at the police, never referred."""
    con = drawn(
        "2023-12-01 6 CCE nfa 2023-12-02 - - - NA",
        who=(BOY, "2 2009-06 M WBRI E05011119"),
        police__people="person_ref | birth_month | sex | ethnicity | ward_code\nP1 | 2009-05 | M | W1 | -\nP2 | 2009-06 | M | W1 | -",
        police__involvements="involvement_ref | incident_ref | person_ref | role | occurred_on | offence_code | markers\nI1 | C1 | P1 | suspect | 2023-06-01 | 92A | -\nI2 | C2 | P2 | victim | 2023-06-01 | 34B | CCE\nI3 | C3 | P2 | victim | 2024-03-02 | 34B | -\nI4 | C4 | P2 | suspect | 2023-06-01 | 46 | -",
        education__people="person_ref | birth_month | sex | ethnicity | ward_code\nE1 | 2009-05 | M | WBRI | -",
        education__exclusions="person_ref | exclusion_type | start_date | sessions | reasons\nE1 | suspension | 2023-06-01 | 1 | DB",
    )
    rows = con.execute("select agency, indicator from core_indicators order by all").fetchall()
    assert rows == [
        ("education", "suspended or excluded"),
        ("police", "drug supply or weapon"),
        ("police", "exploitation marker"),
        ("police", "victim of violence"),
    ]
    assert counted(con, "indicated_children")["all"] == 2
    assert counted(con, "indicated_referred")["all"] == 1
    assert counted(con, "agency_indicated") == {"all": 3, "police": 2, "education": 1}
    assert counted(con, "agency_referred") == {"all": 1, "police": 1}


def test_referrals_to_social_care() -> None:
    con = drawn(
        trust__referrals="referral_ref | person_ref | referral_date | source | no_further_action\nR1 | T1 | 2023-06-01 | 10 | Y\nR2 | T1 | 2023-06-01 | 1A | N\nR3 | T1 | 2023-03-01 | 6 | N"
    )
    assert counted(con, "care_referrals") == {"all": 2, "other or not known": 1, "individual": 1}
    assert counted(con, "care_no_action") == {"all": 1, "other or not known": 1}


def test_comparators_are_the_published_numbers_up_to_the_day() -> None:
    """Birmingham 2023: 219 of 6,527 episodes; the neighbours' lowest, median and highest of the nine that recorded any: Oldham
    90 of 5,739, Nottingham 408 of 5,711."""
    con = drawn()
    found = (
        counts_of(con, "factor_24a")
        .execute(
            "select period_end::date::varchar, numerator, denominator from counts where \"group\" = 'area' order by 1"
        )
        .fetchall()
    )
    assert found == [("2022-03-31", 133, 5850), ("2023-03-31", 219, 6527)]
    neighbours = (
        counts_of(con, "factor_24a_neighbours")
        .execute('select denominator, "group", average from counts order by period_end, average')
        .fetchall()
    )
    assert neighbours == [
        (8, "lowest", 60.0),
        (8, "middle", 360.0),
        (8, "highest", 560.0),
        (9, "lowest", 150.0),
        (9, "middle", 370.0),
        (9, "highest", 710.0),
    ]

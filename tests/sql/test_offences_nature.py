"""Forms of exploitation, the NRM once from two agencies, victims and suspects, youth justice. Drawn tables, given → expected."""

from __future__ import annotations

import duckdb
import pytest
from drawing import assessments, counted, people, warehouse

DAY = "2024-03-01"
POLICE = "person_ref | birth_month | sex | ethnicity | ward_code\nP1 | 2009-05 | M | W1 | -\nP2 | 2009-06 | F | W1 | -"
INVOLVEMENTS = "involvement_ref | incident_ref | person_ref | role | occurred_on | offence_code | arrested_on | voluntary_attendance_on | charged_on | outcome_code\n"
EPISODES = "episode_ref | person_ref | referral_date | source | exploitation_types | cce_forms | decision | decision_date | opened_date | closed_date\n"


def drawn(*involved: str, **more: str) -> duckdb.DuckDBPyConnection:
    rows = "\n".join(f"IV{i} | IC{i} | {r}" for i, r in enumerate(involved))
    return warehouse(
        DAY,
        trust__people=people("1 2009-05 M WBRI E05011118", "2 2009-06 F WBRI E05011118"),
        police__people=POLICE,
        police__involvements=INVOLVEMENTS + rows,
        **more,
    )


def forms(*rows: str) -> dict[str, int]:
    con = warehouse(
        DAY,
        trust__people=people("1 2009-05 M WBRI E05011118"),
        trust__hub_episodes=EPISODES + "\n".join(rows),
        trust__risk_assessments=assessments(*(f"{r.split()[0]} 2023-04-01 low" for r in rows)),
    )
    return counted(con, "forms", "cce_form") | counted(con, "also_sexual", "sex")


def test_forms_are_of_open_cases_and_a_child_has_each_once() -> None:
    one = "EP1 | T1 | 2023-01-01 | 6 | CCE | county_lines;online | accepted | 2023-01-02 | 2023-01-02 | -"
    two = "EP2 | T1 | 2023-02-01 | 6 | CCE;CSE | county_lines;cuckooing | accepted | 2023-02-02 | 2023-02-02 | -"
    closed = (
        "EP3 | T1 | 2022-02-01 | 6 | CCE | theft | accepted | 2022-02-02 | 2022-02-02 | 2022-06-01"
    )
    sexual = "EP4 | T1 | 2023-02-01 | 6 | CSE | weapons | accepted | 2023-02-02 | 2023-02-02 | -"
    assert forms(one, two, closed, sexual) == {"county_lines": 1, "other": 1, "M": 1}


@pytest.mark.parametrize("told", ["-", "not_known"])
def test_a_form_that_is_not_told_is_not_known(told: str) -> None:
    row = "EP{} | T1 | 2023-01-01 | 6 | CCE | {} | accepted | 2023-01-02 | 2023-01-02 | -"
    assert forms(row.format(1, told)) == {"not_known": 1}
    assert forms(row.format(1, told), row.format(2, "theft")) == {"theft": 1}


NRM = "key_nrm | person_ref | referred_date | exploitation_types | county_lines | reasonable_grounds | conclusive_grounds\n"


def test_a_referral_from_both_agencies_is_one() -> None:
    key, other = "a" * 64, "b" * 64
    con = drawn(
        police__nrm_referrals=NRM
        + f"{key} | P1 | 2023-06-01 | criminal | N | pending | pending\n{other} | P2 | 2024-03-02 | criminal | Y | positive | positive",
        trust__nrm_referrals=NRM
        + f"{key} | T1 | 2023-06-02 | criminal;labour;domestic_servitude | Y | positive | withdrawn",
    )
    assert counted(con, "nrm_referrals", "all") == {"all": 1}
    assert counted(con, "nrm_children", "all") == {"all": 1}
    assert counted(con, "nrm_county_lines", "all") == {"all": 1}
    assert counted(con, "nrm_referrals", "nrm_type") == {"criminal": 1, "other": 1}
    assert counted(con, "nrm_referrals", "reasonable_grounds") == {"positive": 1}
    assert counted(con, "nrm_referrals", "conclusive_grounds") == {"withdrawn or suspended": 1}
    assert con.execute("select is_from_both from core_nrm_referrals").fetchall() == [(True,)]


@pytest.mark.parametrize(
    ("code", "group"),
    [
        ("8N", "violence"),
        ("008/06", "violence"),
        ("8/6", "violence"),
        ("08N", "violence"),
        ("092A", "drug supply"),
        ("034B", "robbery"),
        # A class whose letters are in two groups, and one that is in none.
        ("92/1", "not classified"),
        ("195", "not classified"),
    ],
)
def test_offence_codes_as_systems_write_them(code: str, group: str) -> None:
    con = drawn(f"P1 | suspect | 2023-06-01 | {code} | - | - | - | -")
    found = con.execute("select distinct offence_group from core_involvements").fetchall()
    assert found == [(group,)]


HUB = "episode_ref | person_ref | referral_date | source | exploitation_types | decision\nEP1 | T1 | {} | 6 | {} | nfa"


@pytest.mark.parametrize(
    ("second", "hub", "expected"),
    [
        ("P1 | victim | 2023-06-01 | 34B | - | - | - | -", ("2023-05-01", "CCE"), {"referred": 1}),
        (
            "P1 | victim | 2023-06-01 | 34B | - | - | - | -",
            ("2024-03-02", "CCE"),
            {"never referred": 1},
        ),
        (
            "P1 | victim | 2023-06-01 | 34B | - | - | - | -",
            ("2023-05-01", "CSE"),
            {"never referred": 1},
        ),
        ("P1 | victim | 2023-03-01 | 34B | - | - | - | -", ("2023-05-01", "CCE"), {}),
        ("P2 | victim | 2023-06-01 | 34B | - | - | - | -", ("2023-05-01", "CCE"), {}),
        ("P1 | witness | 2023-06-01 | 34B | - | - | - | -", ("2023-05-01", "CCE"), {}),
    ],
    ids=[
        "referred",
        "referred after the day",
        "referred for another kind",
        "the victim before the year",
        "two children",
        "a witness",
    ],
)
def test_both_victim_and_suspect(
    second: str, hub: tuple[str, str], expected: dict[str, int]
) -> None:
    con = drawn(
        "P1 | suspect | 2023-09-01 | 92A | - | - | - | -",
        second,
        trust__hub_episodes=HUB.format(*hub),
    )
    assert counted(con, "both_roles", "hub") == expected


def test_from_suspicion_to_outcome_by_the_day() -> None:
    con = drawn(
        "P1 | suspect | 2023-09-01 | 92A | 2023-09-01 | 2023-09-02 | 2023-10-01 | 1",
        "P1 | suspect | 2023-09-02 | 10D | - | 2023-09-20 | 2024-03-02 | 1A",
        "P1 | suspect | 2023-09-03 | 92E | 2024-03-02 | - | - | 22",
        "P1 | suspect | 2023-09-04 | 999 | - | - | - | -",
        "P1 | suspect | 2023-09-05 | 8N | - | - | - | 18",
        "P1 | suspect | 2023-09-06 | 8N | - | - | - | 8",
        "P2 | victim | 2023-09-06 | 8N | - | - | - | 8",
    )
    assert counted(con, "suspect_steps", "step") == {
        "suspect": 6,
        "arrested": 1,
        "attended voluntarily": 1,
        "charged": 1,
    }
    assert counted(con, "suspect_outcomes", "outcome") == {
        "charged": 1,
        "open": 2,
        "diverted": 1,
        "no further action": 1,
        "out of court": 1,
    }
    assert counted(con, "involvements", "offence_group") == {
        "drug supply": 1,
        "weapons": 1,
        "drug possession": 1,
        "not classified": 1,
        "violence": 3,
    }
    assert counted(con, "involvements", "role") == {"suspect": 6, "victim": 1}
    assert counted(con, "involved_children", "role") == {"suspect": 1, "victim": 1}


JUSTICE = "person_ref | start_date | end_date | disposal | first_time_entrant\n"


@pytest.mark.parametrize(
    ("referred", "known"),
    [("2023-05-31", 1), ("2023-06-01", 0), ("2023-06-02", 0)],
    ids=["the day before", "the same day", "after"],
)
def test_known_to_the_hub_before(referred: str, known: int) -> None:
    con = drawn(
        trust__hub_episodes=HUB.format(referred, "CCE"),
        trust__youth_justice=JUSTICE
        + "T1 | 2023-06-01 | - | custody | Y\nT2 | 2023-06-01 | - | remand | N\nT2 | 2024-03-02 | - | prevention | N\nT2 | 2023-03-01 | - | prevention | Y",
    )
    assert counted(con, "disposals", "disposal") == {"custody or remand": 2}
    counts = {
        f: sum(counted(con, f, "all").values())
        for f in (
            "youth_justice_children",
            "youth_justice_known",
            "first_time_entrants",
            "first_time_known",
        )
    }
    assert counts == {
        "youth_justice_children": 2,
        "youth_justice_known": known,
        "first_time_entrants": 1,
        "first_time_known": known,
    }


def test_the_children_at_risk_in_crimes_and_incidents() -> None:
    con = drawn(
        "P1 | suspect | 2023-09-01 | 92A | - | - | - | -",
        "P1 | victim | 2023-09-02 | 34B | - | - | - | -",
        "P2 | victim | 2023-09-02 | 34B | - | - | - | -",
        trust__hub_episodes=EPISODES
        + "EP1 | T1 | 2023-01-01 | 6 | CCE | - | accepted | 2023-01-02 | 2023-01-02 | -",
        trust__risk_assessments=assessments("EP1 2023-04-01 low"),
    )
    assert counted(con, "involved_at_risk", "role") == {"suspect": 1, "victim": 1}
    assert counted(con, "involved_at_risk", "all") == {"all": 1}
    assert counted(con, "involved_children", "all") == {"all": 2}


def test_known_before_the_first_disposal_of_the_year() -> None:
    """Referred between two disposals: at the first nobody at the hub knew the child."""
    con = drawn(
        trust__hub_episodes=HUB.format("2023-07-01", "CCE"),
        trust__youth_justice=JUSTICE
        + "T1 | 2023-06-01 | - | prevention | N\nT1 | 2023-09-01 | - | remand | N",
    )
    assert counted(con, "youth_justice_children", "all") == {"all": 1}
    assert counted(con, "youth_justice_known", "all") == {}

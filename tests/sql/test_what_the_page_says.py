"""What a figure counts is what the page says: rules that the recount of a whole profile found wanting, each over a drawn table."""

from __future__ import annotations

import duckdb
import pytest
from drawing import TABLES, assessments, counted, episodes, people, rows_of, warehouse

from expectations.contract import contracts
from profiles.disclosure.plan import default_plan

DAY = "2024-03-01"
BOY = "1 2008-05 M WBRI E05011118"
# Everybody's adult: 18 on 31 January 2022, one person to all agencies by the same key.
ADULT = {
    agency: f"person_ref | key_upn | birth_month | sex | ethnicity | ward_code\n{letter}9 | adult | 2004-01 | M | {code} | E05011118"
    for agency, letter, code in (
        ("trust", "T", "WBRI"),
        ("police", "P", "W1"),
        ("education", "E", "WBRI"),
        ("health", "H", "A"),
    )
}
NRM = "key_nrm | person_ref | referred_date | exploitation_types | county_lines | reasonable_grounds | conclusive_grounds\n"
EVENTS = {
    "trust__hub_episodes": "episode_ref | person_ref | referral_date | source | exploitation_types | cce_forms | decision | decision_date | opened_date | closed_date | closure_reason | transferred_to_adult_service\n"
    "EP9 | T9 | 2023-09-01 | 6 | CCE | county_lines | accepted | 2023-09-02 | 2023-09-03 | - | - | NA",
    "trust__missing_episodes": "missing_ref | person_ref | started_at | ended_at | missing_type | missing_from | rhi_offered | rhi_accepted | rhi_completed_at\n"
    "MS9 | T9 | 2023-09-01T10:00 | 2023-09-05T10:00 | M | care | Y | Y | 2023-09-06",
    "trust__referrals": "referral_ref | person_ref | referral_date | source | no_further_action\nRF9 | T9 | 2023-09-01 | 6 | N",
    "trust__s47_enquiries": "person_ref | strategy_date | start_date | outcome\nT9 | 2023-09-01 | 2023-09-02 | conference",
    "trust__assessment_factors": "person_ref | assessed_date | factor_code\nT9 | 2023-09-01 | 24A",
    "trust__youth_justice": "person_ref | start_date | end_date | disposal | first_time_entrant\nT9 | 2023-09-01 | - | custody | Y",
    "trust__interventions": "person_ref | service | offered_date | started_date | ended_date\nT9 | mentoring | 2023-09-01 | 2023-09-02 | -",
    "trust__nrm_referrals": NRM
    + f"{'9' * 64} | T9 | 2023-09-01 | criminal | Y | positive | positive",
    "police__involvements": "involvement_ref | incident_ref | person_ref | role | occurred_on | occurred_hour | offence_code | arrested_on | charged_on | outcome_code | markers | ward_code | location_type\n"
    "IV9 | IC9 | P9 | suspect | 2023-05-01 | 23 | 92A | 2023-05-01 | 2023-06-01 | 1 | CCE | E05011118 | street",
    "police__missing_reports": "report_ref | person_ref | reported_at | found_at | risk_grade | missing_from | found_ward_code | found_outside_force\n"
    "MR9 | P9 | 2023-09-01T10:00 | 2023-09-02T10:00 | high | home | E05011118 | N",
    "police__nrm_referrals": NRM
    + f"{'8' * 64} | P9 | 2023-09-01 | criminal | Y | positive | positive",
    "health__contacts": "contact_ref | person_ref | service | contact_date | reason | accepted | first_seen_date\nHC9 | H9 | camhs | 2023-09-01 | exploitation_concern | Y | 2023-09-20",
    "education__exclusions": "person_ref | exclusion_type | start_date | sessions | reasons\nE9 | suspension | 2023-09-20 | 4 | PP",
}


def test_no_event_of_an_adult_is_in_a_figure_and_each_is_told() -> None:
    events = [
        c.name
        for c in contracts().values()
        if c.event and c.column("person_ref") and not c.is_state
    ]
    assert sorted(EVENTS) == sorted(events), "a table of events that the adult has no row of"
    register = default_plan().register
    figures = [name for name, f in register.figures.items() if f.section != "quality"]
    known = {f"{agency}__people": rows for agency, rows in ADULT.items()}
    without = rows_of(warehouse(DAY, **known), *figures)
    with_events = rows_of(warehouse(DAY, **known, **EVENTS), *figures)
    columns = ["figure", "group_type", "group", "group2_type", "group2", "numerator", "value"]
    there = [column for column in columns if column in without]
    changed = with_events[there].compare(without[there])
    assert changed.empty
    assert counted(warehouse(DAY, **known, **EVENTS), "events_at_18", "agency") == {
        "trust": 8,
        "police": 3,
        "health": 1,
        "education": 1,
    }


def closed(day: str, reason: str) -> duckdb.DuckDBPyConnection:
    """A boy who turns 18 on 29 February 2024 by the rule, at risk until his episode was closed."""
    return warehouse(
        "2024-03-01",
        trust__people=people("1 2006-02 M WBRI E05011118"),
        trust__hub_episodes=episodes(f"EP1 T1 2022-01-01 {day} {reason}"),
        trust__risk_assessments=assessments("EP1 2022-01-10 high"),
    )


@pytest.mark.parametrize(
    ("day", "reason", "exit_reason", "year_on", "open_at_18"),
    [
        ("2024-02-14", "turned_18", "turned 18", "left", 1),
        ("2024-02-14", "risk_reduced", "closed", "no longer at risk", 1),
        ("2024-01-31", "turned_18", "closed", "no longer at risk", 0),
        ("2024-02-29", "turned_18", "turned 18", "left", 1),
        ("2024-03-01", "risk_reduced", "turned 18", "left", 1),
    ],
    ids=["on the birthday", "for another reason", "the month before", "the last day", "after it"],
)
def test_closed_as_turned_18_is_turned_18_everywhere(
    day: str, reason: str, exit_reason: str, year_on: str, open_at_18: int
) -> None:
    con = closed(day, reason)
    assert counted(con, "exits", "exit_reason") == {exit_reason: 1}
    assert counted(con, "a_year_on", "year_on") == {year_on: 1}
    assert counted(con, "turned_18_open").get("all", 0) == open_at_18


def at_risk(*more_people: str, **tables: str) -> duckdb.DuckDBPyConnection:
    """T1 at risk on the day, the same child to education as E1, with tables of its own."""
    return warehouse(
        DAY,
        **{
            "trust__people": people(BOY, *more_people),
            "trust__hub_episodes": episodes("EP1 T1 2023-01-01 -"),
            "trust__risk_assessments": assessments("EP1 2023-01-10 high"),
            "education__people": "person_ref | birth_month | sex | ethnicity | ward_code\nE1 | 2008-05 | M | WBRI | E05011118",
        }
        | tables,
    )


EXCLUDED = "person_ref | exclusion_type | start_date | sessions | reasons\nE1 | suspension | 2023-10-20 | 4 | PP"
ENROLLED = "person_ref | start_date | end_date | setting | registration | part_time | sen_provision | sen_need | free_school_meals | leaving_reason\nE1 | 2019-09-03 | - | academy | main | N | N | - | N | -"


def test_a_suspended_child_is_at_school_with_or_without_an_enrolment() -> None:
    on_no_roll = at_risk(education__exclusions=EXCLUDED)
    assert counted(on_no_roll, "schooling") == {"all": 1, "suspended": 1, "on no roll here": 1}
    enrolled = at_risk(education__exclusions=EXCLUDED, education__enrolments=ENROLLED)
    assert counted(enrolled, "schooling") == {"all": 1, "suspended": 1}


MISSING = "missing_ref | person_ref | started_at | ended_at | missing_type | missing_from | rhi_offered | rhi_accepted | rhi_completed_at\n"


def spells(*rows: str) -> str:
    """“T1 start end” per spell, with what is said of the interview: offered, accepted, held."""
    lines = []
    for number, row in enumerate(rows):
        person, start, end, *interview = row.split()
        offered, accepted, held = [*interview, *["N", "N", "-"][len(interview) :]]
        lines.append(
            f"MS{number} | {person} | {start} | {end} | M | home | {offered} | {accepted} | {held}"
        )
    return MISSING + "\n".join(lines)


PLACED_BY_OTHERS = (
    "person_ref | plan_type | start_date | end_date | responsible_la | placement_la | placement_type | legal_status | uasc\n"
    "T2 | CLA | 2022-01-01 | - | E08000026 | E08000025 | U6 | C2 | N"
)


def test_missing_spells_are_of_the_areas_children_and_the_others_are_a_row() -> None:
    con = warehouse(
        DAY,
        trust__people=people(BOY, "2 2009-05 F WBRI E05011118"),
        trust__plans=PLACED_BY_OTHERS,
        trust__missing_episodes=spells(
            "T1 2023-09-01T10:00 2023-09-01T20:00",
            "T2 2023-09-01T10:00 2023-09-01T20:00",
            "T2 2023-10-01T10:00 2023-10-01T20:00",
        ),
    )
    assert counted(con, "missing_children")["all"] == 1
    assert counted(con, "missing_episodes")["all"] == 1
    assert counted(con, "missing_children_of_others") == {"all": 1}
    assert counted(con, "missing_episodes_of_others") == {"all": 2}
    assert counted(con, "missing_records", "recorded_by") == {"Trust alone": 1}


@pytest.mark.parametrize(
    ("rows", "number"),
    [
        (["T1 2023-09-01T10:00 2023-09-03T10:00", "T1 2023-09-01T10:00 2023-09-03T10:00"], 1),
        (["T1 2023-09-01T10:00 2023-09-03T10:00", "T1 2023-09-02T10:00 2023-09-02T12:00"], 1),
        (["T1 2023-09-01T10:00 -", "T1 2023-09-02T10:00 2023-09-02T12:00"], 1),
        (["T1 2023-09-01T10:00 2023-09-03T10:00", "T1 2023-09-02T10:00 2023-09-04T12:00"], 2),
        (["T1 2023-09-01T10:00 2023-09-02T10:00", "T1 2023-09-02T10:00 2023-09-03T10:00"], 2),
        (["T1 2023-09-01T10:00 2023-09-02T10:00", "T2 2023-09-01T10:00 2023-09-02T10:00"], 2),
    ],
    ids=["twice", "within", "within an open one", "overlapping", "one after the other", "of two"],
)
def test_spells_that_are_one_count_once(rows: list[str], number: int) -> None:
    con = warehouse(
        DAY,
        trust__people=people(BOY, "2 2009-05 F WBRI E05011118"),
        trust__missing_episodes=spells(*rows),
    )
    assert counted(con, "missing_episodes")["all"] == number


def test_of_equal_spells_the_one_with_the_interview_stays() -> None:
    end = "T1 2023-09-01T10:00 2023-09-01T20:00"
    con = warehouse(
        DAY,
        trust__people=people(BOY),
        trust__missing_episodes=spells(end, f"{end} Y Y 2023-09-02T10:00", end),
    )
    steps = counted(con, "return_interviews", "rhi_step")
    assert steps == dict.fromkeys(
        ("ended", "offered", "accepted", "held", "held within 72 hours"), 1
    )


@pytest.mark.parametrize(
    ("interview", "held"),
    [
        ("Y Y 2023-09-02T10:00", 1),
        ("N N 2023-09-02T10:00", 0),
        ("Y Y 2023-09-01T19:00", 0),
        ("Y Y 2023-08-31", 0),
        ("Y Y 2023-09-01", 1),
    ],
    ids=["held", "not offered", "before the return", "the day before", "the same day"],
)
def test_an_interview_is_held_where_it_was_offered_and_followed_the_return(
    interview: str, held: int
) -> None:
    con = warehouse(
        DAY,
        trust__people=people(BOY),
        trust__missing_episodes=spells(f"T1 2023-09-01T10:00 2023-09-01T20:00 {interview}"),
    )
    assert counted(con, "return_interviews", "rhi_step").get("held", 0) == held


def test_missing_on_the_day() -> None:
    con = warehouse(
        DAY,
        trust__people=people(BOY, "2 2009-05 F WBRI E05011118", "3 2009-05 F WBRI E05011118"),
        trust__plans="person_ref | plan_type | start_date | end_date | responsible_la\nT1 | CIN | 2023-01-01 | - | -",
        trust__missing_episodes=spells(
            "T1 2024-02-20T10:00 -",
            # Came back after the day.
            "T2 2024-03-01T10:00 2024-03-02T10:00",
            # Came back on it.
            "T3 2024-02-29T10:00 2024-03-01T23:00",
            # Not gone yet.
            "T3 2024-03-02T10:00 -",
        ),
    )
    assert counted(con, "missing_now", "plan") == {"CIN": 1, "none": 1}
    assert counted(con, "missing_now", "missing_from") == {"home": 2}


@pytest.mark.parametrize(
    ("first", "second", "is_counted"),
    [
        ("2022-01-01 | - | E08000026", "2023-06-01 | - | E08000025", True),
        ("2022-01-01 | - | E08000025", "2023-06-01 | - | E08000026", False),
    ],
    ids=["Birmingham took over", "another authority took over"],
)
def test_of_two_open_spells_in_care_the_later_says_whose_child_it_is(
    first: str, second: str, is_counted: bool
) -> None:
    con = at_risk(
        trust__plans="person_ref | plan_type | start_date | end_date | responsible_la | placement_la | placement_type | legal_status | uasc\n"
        f"T1 | CLA | {first} | E08000025 | U6 | C2 | N\nT1 | CLA | {second} | E08000025 | U6 | C2 | N"
    )
    assert con.execute("select count(*) > 0 from core_cohort").fetchall() == [(is_counted,)]
    assert counted(con, "placed_here_by_others").get("all", 0) == (not is_counted)


def test_a_decision_dated_after_the_opening_does_not_delay_the_entry() -> None:
    hub = (
        "episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date\n"
        "EP1 | T1 | 2023-01-01 | 6 | CCE | accepted | 2023-04-20 | 2023-01-05"
    )
    con = at_risk(trust__hub_episodes=hub)
    (day,) = con.execute("select start_date::varchar from core_at_risk_spells").fetchall()[0]
    # The day of the first assessment, not that of the decision.
    assert day == "2023-01-10"


@pytest.mark.parametrize(
    "table",
    [
        "trust__nrm_referrals",
        "police__nrm_referrals",
        "trust__hub_episodes",
    ],
)
def test_the_others_were_never_referred_for_any_exploitation(table: str) -> None:
    assessed = (
        "person_ref | assessed_date | factor_code\nT1 | 2023-09-01 | 16A\nT2 | 2023-09-01 | 16A"
    )
    police = "person_ref | birth_month | sex | ethnicity | ward_code\nP1 | 2008-05 | M | W1 | -"
    referred = {
        "trust__nrm_referrals": NRM
        + f"{'7' * 64} | T1 | 2020-09-01 | sexual | N | negative | negative",
        "police__nrm_referrals": NRM
        + f"{'7' * 64} | P1 | 2020-09-01 | labour | N | negative | negative",
        "trust__hub_episodes": "episode_ref | person_ref | referral_date | source | exploitation_types | decision\nEP1 | T1 | 2020-09-01 | 6 | CSE | nfa",
    }
    con = warehouse(
        DAY,
        trust__people=people(BOY, "2 2009-05 F WBRI E05011118"),
        police__people=police,
        trust__assessment_factors=assessed,
        **{table: referred[table]},
    )
    others = rows_of(con, "factors_could").query("group == 'others' and group2 == 'neglect'")
    assert others["numerator"].tolist() == [1]


def test_the_trusts_own_referrals_are_told_from_those_of_others() -> None:
    hub = "episode_ref | person_ref | referral_date | source | exploitation_types | decision\n"
    rows = [
        f"EP{i} | T1 | 2023-09-0{i + 1} | 5{letter} | CCE | nfa" for i, letter in enumerate("ABCD")
    ]
    con = warehouse(DAY, trust__people=people(BOY), trust__hub_episodes=hub + "\n".join(rows))
    assert counted(con, "hub_referrals", "referral_source") == {
        "social care": 1,
        "local authority": 2,
        "other authority": 1,
    }


def test_a_code_in_no_group_is_a_row_of_its_own() -> None:
    header = TABLES["police"]["involvements"].strip().splitlines()[0]
    cells = "2023-09-01 | 23 | {} | - | - | - | - | - | - | E05011118 | street"
    rows = [
        f"IV{i} | IC{i} | P1 | victim | {cells.format(code)}"
        for i, code in enumerate(("8N", "58C", "999"))
    ]
    con = warehouse(
        DAY,
        police__people="person_ref | birth_month | sex | ethnicity | ward_code\nP1 | 2008-05 | M | W1 | -",
        police__involvements="\n".join([header, *rows]),
    )
    assert counted(con, "involvements", "offence_group") == {
        "violence": 1,
        "other": 1,
        "not classified": 1,
    }

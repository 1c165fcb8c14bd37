"""Who is in the at-risk cohort, on which days, and why they join and leave: drawn tables, given → expected."""

from __future__ import annotations

import pytest
from drawing import assessments, counted, counts_of, episodes, people, warehouse

BOY = "1 2008-05 M WBRI E05011118"

# given: people, episodes, assessments; the day; expected: risk levels of the children at risk, by child
CASES = {
    "open and assessed": (
        [BOY],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-01-05 high"],
        "2023-03-01",
        {"1": "high"},
    ),
    "not yet assessed": ([BOY], ["EP1 T1 2023-01-01 -"], [], "2023-03-01", {}),
    "assessed none": ([BOY], ["EP1 T1 2023-01-01 -"], ["EP1 2023-01-05 none"], "2023-03-01", {}),
    "last assessment counts": (
        [BOY],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-01-05 high", "EP1 2023-02-05 low"],
        "2023-03-01",
        {"1": "low"},
    ),
    "a later assessment does not": (
        [BOY],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-01-05 high", "EP1 2023-03-02 low"],
        "2023-03-01",
        {"1": "high"},
    ),
    "assessed on the day": (
        [BOY],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-03-01 low"],
        "2023-03-01",
        {"1": "low"},
    ),
    "two assessments on one day: the higher": (
        [BOY],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-02-01 low", "EP1 2023-02-01 high"],
        "2023-03-01",
        {"1": "high"},
    ),
    "opened on the day": (
        [BOY],
        ["EP1 T1 2023-03-01 -"],
        ["EP1 2023-03-01 low"],
        "2023-03-01",
        {"1": "low"},
    ),
    "assessed before it opened": (
        [BOY],
        ["EP1 T1 2023-02-01 -"],
        ["EP1 2023-01-20 low"],
        "2023-03-01",
        {"1": "low"},
    ),
    "closed on the day": (
        [BOY],
        ["EP1 T1 2023-01-01 2023-03-01 risk_reduced"],
        ["EP1 2023-01-05 high"],
        "2023-03-01",
        {},
    ),
    "closed the day after": (
        [BOY],
        ["EP1 T1 2023-01-01 2023-03-02 risk_reduced"],
        ["EP1 2023-01-05 high"],
        "2023-03-01",
        {"1": "high"},
    ),
    "two open episodes: once, the higher": (
        [BOY],
        ["EP1 T1 2023-01-01 -", "EP2 T1 2023-02-01 -"],
        ["EP1 2023-01-05 low", "EP2 2023-02-05 high"],
        "2023-03-01",
        {"1": "high"},
    ),
    "18 on the last day of the month": (
        ["1 2005-03 M WBRI E05011118"],
        ["EP1 T1 2022-01-01 -"],
        ["EP1 2022-01-05 low"],
        "2023-03-30",
        {"1": "low"},
    ),
    "and then gone": (
        ["1 2005-03 M WBRI E05011118"],
        ["EP1 T1 2022-01-01 -"],
        ["EP1 2022-01-05 low"],
        "2023-03-31",
        {},
    ),
    "birth month not known": (
        ["1 - M WBRI E05011118"],
        ["EP1 T1 2022-01-01 -"],
        ["EP1 2022-01-05 low"],
        "2023-03-31",
        {"1": "low"},
    ),
    "lives elsewhere, nobody's plan": (
        ["1 2008-05 M WBRI E05001264"],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-01-05 high"],
        "2023-03-01",
        {},
    ),
    "home not known": (
        ["1 2008-05 M WBRI -"],
        ["EP1 T1 2023-01-01 -"],
        ["EP1 2023-01-05 high"],
        "2023-03-01",
        {"1": "high"},
    ),
}


@pytest.mark.parametrize("case", CASES, ids=list(CASES))
def test_cohort(case: str) -> None:
    who, opened, assessed, day, expected = CASES[case]
    con = warehouse(
        day,
        trust__people=people(*who),
        trust__hub_episodes=episodes(*opened),
        trust__risk_assessments=assessments(*assessed)
        if assessed
        else "episode_ref|assessed_date|risk_level",
    )
    found = con.execute(
        "select l.person_ref[2:], c.risk_level from core_cohort as c join core_links as l using (person_id)"
    ).fetchall()
    assert dict(found) == expected


PLAN = "person_ref | plan_type | start_date | end_date | responsible_la | placement_type | legal_status\n"


@pytest.mark.parametrize(
    ("ward", "plans", "expected", "placed_here"),
    [
        ("E05001264", "T1 | CLA | 2023-01-01 | - | E08000025 | U6 | C2", {"1"}, 0),
        ("E05001264", "T1 | CIN | 2023-01-01 | - | - | - | -", {"1"}, 0),
        ("E05001264", "T1 | CLA | 2023-01-01 | 2023-03-01 | E08000025 | U6 | C2", set(), 0),
        ("E05001264", "T1 | EH | 2023-01-01 | - | - | - | -", set(), 0),
        ("E05011118", "T1 | CLA | 2023-01-01 | - | E08000028 | U6 | C2", set(), 1),
    ],
    ids=[
        "in Birmingham's care elsewhere",
        "with a plan elsewhere",
        "care ended on the day",
        "early help alone",
        "placed here by others",
    ],
)
def test_whose_child(ward: str, plans: str, expected: set[str], placed_here: int) -> None:
    con = warehouse(
        "2023-03-01",
        trust__people=people(f"1 2008-05 M WBRI {ward}"),
        trust__hub_episodes=episodes("EP1 T1 2023-01-01 -"),
        trust__risk_assessments=assessments("EP1 2023-01-05 high"),
        trust__plans=PLAN + plans,
    )
    assert {
        r
        for (r,) in con.execute(
            "select l.person_ref[2:] from core_cohort join core_links as l using (person_id)"
        ).fetchall()
    } == expected
    assert counts_of(con, "placed_here_by_others").execute(
        "select numerator from counts where figure = 'placed_here_by_others'"
    ).fetchall() == [(placed_here,)]


@pytest.mark.parametrize(
    ("plans", "expected"),
    [
        (
            [
                "T1 | CIN | 2023-01-01 | - | - | - | -",
                "T1 | CLA | 2023-02-01 | - | E08000025 | U6 | C2",
            ],
            ("CLA", True, False, True),
        ),
        (
            ["T1 | CIN | 2023-01-01 | - | - | - | -", "T1 | CP | 2023-02-01 | - | - | - | -"],
            ("CP", False, True, True),
        ),
        (["T1 | CIN | 2023-01-01 | - | - | - | -"], ("CIN", False, False, True)),
        (["T1 | EH | 2023-01-01 | - | - | - | -"], ("none", False, False, False)),
        (["T1 | CP | 2023-01-01 | 2023-03-01 | - | - | -"], ("none", False, False, False)),
    ],
    ids=[
        "care before all",
        "protection before need",
        "need",
        "early help is none",
        "ended on the day",
    ],
)
def test_one_plan_state(plans: list[str], expected: tuple[str, bool, bool, bool]) -> None:
    con = warehouse(
        "2023-03-01",
        trust__people=people(BOY),
        trust__hub_episodes=episodes("EP1 T1 2023-01-01 -"),
        trust__risk_assessments=assessments("EP1 2023-01-05 high"),
        trust__plans=PLAN + "\n".join(plans),
    )
    assert con.execute("select plan, has_cla, has_cp, has_cin from core_cohort").fetchall() == [
        expected
    ]


FLOWS = {
    "first assessed, then closed": (
        ["EP1 T1 2022-06-01 2022-12-01 risk_reduced"],
        ["EP1 2022-06-10 low"],
        [("first assessed", "closed")],
    ),
    "raised from none": (
        ["EP1 T1 2022-06-01 -"],
        ["EP1 2022-06-10 none", "EP1 2022-08-01 low"],
        [("raised from none", None)],
    ),
    "assessed none, then closed": (
        ["EP1 T1 2022-06-01 2022-12-20 risk_reduced"],
        ["EP1 2022-06-10 low", "EP1 2022-12-01 none"],
        [("first assessed", "assessed none")],
    ),
    "moved": (
        ["EP1 T1 2022-06-01 2022-12-01 moved_area"],
        ["EP1 2022-06-10 low"],
        [("first assessed", "moved")],
    ),
    "reopened": (
        ["EP1 T1 2022-06-01 2022-08-01 risk_reduced", "EP2 T1 2022-11-01 -"],
        ["EP1 2022-06-10 low", "EP2 2022-11-05 low"],
        [("first assessed", "closed"), ("reopened", None)],
    ),
    "closed while another, not yet assessed, goes on": (
        ["EP1 T1 2022-06-01 2022-12-01 risk_reduced", "EP2 T1 2022-11-01 -"],
        ["EP1 2022-06-10 low"],
        [("first assessed", "closed")],
    ),
    "a second episode that overlaps is one spell": (
        ["EP1 T1 2022-06-01 2022-11-10 risk_reduced", "EP2 T1 2022-11-01 -"],
        ["EP1 2022-06-10 low", "EP2 2022-11-05 low"],
        [("first assessed", None)],
    ),
}


@pytest.mark.parametrize("case", FLOWS, ids=list(FLOWS))
def test_why_they_join_and_leave(case: str) -> None:
    opened, assessed, expected = FLOWS[case]
    con = warehouse(
        "2023-03-01",
        trust__people=people(BOY),
        trust__hub_episodes=episodes(*opened),
        trust__risk_assessments=assessments(*assessed),
    )
    # A spell that goes on ends on the 18th birthday at the latest: an exit only when that day comes.
    reasons = "select entry_reason, case when end_date <= as_at() then exit_reason end from core_at_risk_spells order by spell_number"
    assert con.execute(reasons).fetchall() == expected


def test_turning_18_is_an_exit() -> None:
    con = warehouse(
        "2023-12-31",
        trust__people=people("1 2005-03 M WBRI E05011118"),
        trust__hub_episodes=episodes("EP1 T1 2022-06-01 2023-06-01 turned_18"),
        trust__risk_assessments=assessments("EP1 2022-06-10 low"),
    )
    assert con.execute(
        "select end_date::varchar, exit_reason from core_at_risk_spells"
    ).fetchall() == [("2023-03-31", "turned 18")]


@pytest.mark.parametrize(
    ("birth_month", "day", "age"),
    [
        ("2008-05-01", "2023-04-30", 14),
        ("2008-05-01", "2023-05-01", 15),
        ("2005-03-01", "2023-03-15", 17),
        ("2005-03-01", "2023-03-31", 18),
    ],
)
def test_age(birth_month: str, day: str, age: int) -> None:
    con = warehouse(day)
    assert con.execute("select age_on(?::date, ?::date)", [birth_month, day]).fetchall() == [(age,)]


def test_homes_on_the_day_and_in_residential_care() -> None:
    con = warehouse(
        "2023-03-01",
        trust__people=people("1 2008-05 M WBRI E05011120", "2 2008-05 M WBRI E05011121"),
        trust__hub_episodes=episodes("EP1 T1 2023-01-01 -", "EP2 T2 2023-01-01 -"),
        trust__risk_assessments=assessments("EP1 2023-01-05 high", "EP2 2023-01-05 low"),
        trust__residences="person_ref | ward_code | la_code | start_date | end_date\nT1 | E05011118 | E08000025 | 2020-01-01 | 2023-03-01\nT1 | E05011119 | E08000025 | 2023-03-02 | -",
        trust__plans=PLAN + "T2 | CLA | 2023-01-01 | - | E08000025 | K2 | C2",
    )
    assert counted(con, "ever_at_risk_48_months", "ward") == {"E05011118": 1, "residential": 1}
    assert sum(counted(con, "at_risk", "locality").values()) == 2


def test_an_old_ward_code_with_the_citys_authority_is_here() -> None:
    con = warehouse(
        "2023-03-01",
        trust__people=people("1 2008-05 M WBRI E05001178"),
        trust__hub_episodes=episodes("EP1 T1 2023-01-01 -"),
        trust__risk_assessments=assessments("EP1 2023-01-05 high"),
        trust__residences="person_ref | ward_code | la_code | start_date | end_date\nT1 | E05001178 | E08000025 | 2020-01-01 | -",
    )
    assert con.execute("select residence, locality from core_cohort").fetchall() == [
        ("in area", None)
    ]


def test_placed_elsewhere_by_others_is_not_placed_here() -> None:
    con = warehouse(
        "2023-03-01",
        trust__people=people("1 2008-05 M WBRI E05011118"),
        trust__hub_episodes=episodes("EP1 T1 2023-01-01 -"),
        trust__risk_assessments=assessments("EP1 2023-01-05 high"),
        trust__plans="person_ref | plan_type | start_date | end_date | responsible_la | placement_la | placement_type | legal_status\n"
        "T1 | CLA | 2023-01-01 | - | E08000026 | E08000026 | U6 | C2",
    )
    assert counts_of(con, "placed_here_by_others").execute(
        "select numerator from counts where figure = 'placed_here_by_others'"
    ).fetchall() == [(0,)]


def test_every_reason_is_a_figure_even_when_nobody_has_it() -> None:
    con = warehouse(
        "2023-03-01",
        trust__people=people(BOY),
        trust__hub_episodes=episodes("EP1 T1 2023-01-01 -"),
        trust__risk_assessments=assessments("EP1 2023-01-05 high"),
    )
    assert counted(con, "entries") == {"all": 1, "first assessed": 1}
    assert counted(con, "exits") == {}

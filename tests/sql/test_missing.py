"""Missing children: rolling 30 days, the 72-hour clocks, interviews, Trust beside police. Drawn tables, given → expected."""

from __future__ import annotations

import drawing
import duckdb
import pytest
from drawing import counts_of, people, warehouse

DAY = "2024-03-01"
BOY = "1 2008-05 M WBRI E05011118"
HEAD = "missing_ref | person_ref | started_at | ended_at | missing_type | missing_from | rhi_offered | rhi_accepted | rhi_completed_at\n"
REPORTS = "report_ref | person_ref | reported_at | found_at | risk_grade | missing_from | found_outside_force\n"


def spells(*rows: str) -> str:
    """“start end” per spell of T1, with its type, and where it has one the moment of the interview; “-” for an open end."""
    lines = []
    for i, row in enumerate(rows):
        start, end, *more = row.split()
        kind, done = [*more, *["M", "-"][len(more) :]]
        lines.append(f"MS{i} | T1 | {start} | {end} | {kind} | home | Y | Y | {done}")
    return HEAD + "\n".join(lines)


def drawn(*rows: str, day: str = DAY, **more: str) -> duckdb.DuckDBPyConnection:
    return warehouse(day, trust__people=people(BOY), trust__missing_episodes=spells(*rows), **more)


def counted(con: duckdb.DuckDBPyConnection, figure: str, group: str = "all") -> int:
    return drawing.counted(con, figure).get(group, 0)


OFTEN = {
    "three within 30 days, over a month's end": (
        [
            "2024-01-20T10:00 2024-01-20T12:00",
            "2024-02-01T10:00 2024-02-01T12:00",
            "2024-02-18T10:00 2024-02-18T12:00",
        ],
        1,
    ),
    "the third on the 31st day": (
        [
            "2024-01-01T10:00 2024-01-01T12:00",
            "2024-01-15T10:00 2024-01-15T12:00",
            "2024-01-31T10:00 2024-01-31T12:00",
        ],
        0,
    ),
    "the third on the 30th day": (
        [
            "2024-01-01T10:00 2024-01-01T12:00",
            "2024-01-15T10:00 2024-01-15T12:00",
            "2024-01-30T10:00 2024-01-30T12:00",
        ],
        1,
    ),
    "three on one day": (
        [
            "2024-01-01T08:00 2024-01-01T09:00",
            "2024-01-01T10:00 2024-01-01T11:00",
            "2024-01-01T12:00 -",
        ],
        1,
    ),
    "two": (["2024-01-01T08:00 2024-01-01T09:00", "2024-01-02T08:00 2024-01-02T09:00"], 0),
    "away is not missing": (
        [
            "2024-01-01T08:00 2024-01-01T09:00",
            "2024-01-02T08:00 2024-01-02T09:00 A",
            "2024-01-03T08:00 2024-01-03T09:00",
        ],
        0,
    ),
    "the first two before the year": (
        [
            "2023-02-20T08:00 2023-02-20T09:00",
            "2023-02-21T08:00 2023-02-21T09:00",
            "2023-03-03T08:00 2023-03-03T09:00",
        ],
        1,
    ),
    "all before the year": (
        [
            "2023-02-20T08:00 2023-02-20T09:00",
            "2023-02-21T08:00 2023-02-21T09:00",
            "2023-02-22T08:00 2023-02-22T09:00",
        ],
        0,
    ),
    "the third after the day": (
        [
            "2024-02-20T08:00 2024-02-20T09:00",
            "2024-02-21T08:00 2024-02-21T09:00",
            "2024-03-02T08:00 2024-03-02T09:00",
        ],
        0,
    ),
}


@pytest.mark.parametrize("case", OFTEN, ids=list(OFTEN))
def test_three_in_any_30_days(case: str) -> None:
    rows, expected = OFTEN[case]
    assert counted(drawn(*rows), "missing_often") == expected


LONG = {
    "72 hours": (["2024-01-01T10:00 2024-01-04T10:00"], 1),
    "a minute less": (["2024-01-01T10:00 2024-01-04T09:59"], 0),
    "72 hours on the clock, 71 elapsed: summer time begins": (
        ["2023-03-24T10:00 2023-03-27T10:00"],
        0,
    ),
    "71 on the clock, 72 elapsed: summer time ends": (["2023-10-27T10:00 2023-10-30T09:00"], 1),
    "open for three days at the end of the day": (["2024-02-28T00:00 -"], 1),
    "open, not yet three days": (["2024-02-28T00:01 -"], 0),
    "ended after the day, so open on it": (["2024-02-29T20:00 2024-03-20T20:00"], 0),
}


@pytest.mark.parametrize("case", LONG, ids=list(LONG))
def test_long_spells_are_elapsed_time(case: str) -> None:
    rows, expected = LONG[case]
    con = drawn(*rows)
    assert (counted(con, "long_spells"), counted(con, "missing_episodes")) == (expected, 1)


INTERVIEWS = {
    "72 hours later": ("2024-01-05T10:00 2024-01-05T12:00 M 2024-01-08T12:00", (1, 1)),
    "a minute later than that": ("2024-01-05T10:00 2024-01-05T12:00 M 2024-01-08T12:01", (1, 0)),
    "a day alone, the third after": ("2024-01-05T10:00 2024-01-05T23:50 M 2024-01-08", (1, 1)),
    "a day alone, the fourth after": ("2024-01-05T10:00 2024-01-05T00:10 M 2024-01-09", (1, 0)),
    "the same day": ("2024-01-05T10:00 2024-01-05T12:00 M 2024-01-05", (1, 1)),
    "before the return is no interview on return": (
        "2024-01-05T10:00 2024-01-05T12:00 M 2024-01-05T11:00",
        (0, 0),
    ),
    "72 hours elapsed over the clocks' change": (
        "2023-10-27T08:00 2023-10-27T10:00 M 2023-10-30T09:00",
        (1, 1),
    ),
    "held after the day": ("2024-02-28T10:00 2024-02-29T12:00 M 2024-03-02T12:00", (0, 0)),
    "not held": ("2024-01-05T10:00 2024-01-05T12:00 M -", (0, 0)),
}


@pytest.mark.parametrize("case", INTERVIEWS, ids=list(INTERVIEWS))
def test_interviews_within_72_hours(case: str) -> None:
    row, expected = INTERVIEWS[case]
    con = drawn(row)
    assert counted(con, "return_interviews", "ended") == 1
    assert (
        counted(con, "return_interviews", "held"),
        counted(con, "return_interviews", "held within 72 hours"),
    ) == expected


def test_spells_that_go_on_and_others_children_are_no_returns() -> None:
    assert counted(drawn("2024-02-20T10:00 -"), "return_interviews", "ended") == 0
    assert counted(drawn("2024-02-20T10:00 2024-03-02T09:00"), "return_interviews", "ended") == 0
    placed = "person_ref | plan_type | start_date | end_date | responsible_la | placement_la\nT1 | CLA | 2024-01-01 | - | E08000026 | E08000025"
    assert (
        counted(
            drawn("2024-02-20T10:00 2024-02-21T09:00", trust__plans=placed),
            "return_interviews",
            "ended",
        )
        == 0
    )
    elsewhere = "person_ref | ward_code | la_code | start_date | end_date\nT1 | E05001264 | E08000026 | 2020-01-01 | -"
    assert (
        counted(
            drawn("2024-02-20T10:00 2024-02-21T09:00", trust__residences=elsewhere),
            "return_interviews",
            "ended",
        )
        == 0
    )


@pytest.mark.parametrize(
    ("ended", "plan"),
    [("2024-02-21", "CLA"), ("2024-02-20", "CP"), ("2024-02-19", "CP")],
    ids=["care goes on", "care ended on the day", "care ended before"],
)
def test_the_plan_is_the_one_state_of_the_day(ended: str, plan: str) -> None:
    plans = f"person_ref | plan_type | start_date | end_date | responsible_la\nT1 | CIN | 2023-01-01 | - | -\nT1 | CP | 2023-01-01 | - | -\nT1 | CLA | 2023-06-01 | {ended} | E08000025"
    con = drawn("2024-02-20T10:00 2024-02-20T12:00", trust__plans=plans)
    assert counts_of(con, "missing_children").execute(
        "select \"group\" from counts where figure = 'missing_children' and group_type = 'plan' and numerator > 0"
    ).fetchall() == [(plan,)]


MATCHES = {
    "overlap": (
        "2024-01-05T20:00 2024-01-06T08:00",
        "2024-01-05T22:00 | 2024-01-06T08:30",
        (1, 0, 0),
    ),
    "one ends as the other begins": (
        "2024-01-05T20:00 2024-01-06T08:00",
        "2024-01-06T08:00 | 2024-01-06T09:00",
        (0, 1, 1),
    ),
    "both still open": ("2024-02-28T20:00 -", "2024-02-29T20:00 | -", (1, 0, 0)),
    "reported after the day": ("2024-02-28T20:00 -", "2024-03-02T20:00 | -", (0, 1, 0)),
    "the report began before the year": (
        "2023-03-02T01:00 2023-03-02T08:00",
        "2023-03-01T23:00 | 2023-03-02T08:00",
        (1, 0, 0),
    ),
}


@pytest.mark.parametrize("case", MATCHES, ids=list(MATCHES))
def test_trust_beside_police(case: str) -> None:
    spell, report, expected = MATCHES[case]
    con = drawn(
        spell,
        police__people="person_ref | birth_month | sex | ethnicity | ward_code\nP1 | 2008-05 | M | W1 | -",
        police__missing_reports=REPORTS + f"MR1 | P1 | {report} | low | home | N",
    )
    assert (
        tuple(counted(con, "missing_records", g) for g in ("both", "Trust alone", "police alone"))
        == expected
    )


@pytest.mark.parametrize(
    ("referred", "expected"),
    [("2024-01-05", 0), ("2024-01-06", 1), ("2024-04-03", 1), ("2024-04-04", 1), ("2024-04-05", 0)],
    ids=["the day it began", "the day after", "89 days", "90 days", "91 days"],
)
def test_missing_in_the_90_days_before_the_first_referral(referred: str, expected: int) -> None:
    con = drawn(
        "2024-01-05T20:00 2024-01-06T08:00",
        day="2024-06-01",
        trust__hub_episodes=f"episode_ref | person_ref | referral_date | source | exploitation_types | decision\nEP1 | T1 | {referred} | 6 | CCE | nfa\nEP2 | T1 | 2024-05-01 | 6 | CCE | nfa",
    )
    assert (counted(con, "first_referred"), counted(con, "missing_before_referral")) == (
        1,
        expected,
    )


def test_children_episodes_and_reports_are_told_apart() -> None:
    con = drawn(
        "2024-01-05T20:00 2024-01-06T08:00",
        "2024-02-05T20:00 2024-02-06T08:00",
        "2024-02-10T20:00 2024-02-11T08:00 A",
        police__people="person_ref | birth_month | sex | ethnicity | ward_code\nP1 | 2008-05 | M | W1 | -",
        police__missing_reports=REPORTS
        + "\n".join(f"MR{i} | P1 | 2024-01-05T2{i}:00 | - | high | home | N" for i in range(3)),
    )
    names = (
        "missing_children",
        "missing_episodes",
        "away_children",
        "away_episodes",
        "reported_children",
        "missing_reports",
    )
    assert [counted(con, n) for n in names] == [1, 2, 1, 1, 1, 3]
    assert counted(con, "missing_reports", "high") == 3


def test_long_spells_by_child_and_who_of_the_children_at_risk_was_missing() -> None:
    con = drawn(
        "2023-04-01T10:00 2023-04-05T10:00",
        "2023-06-01T10:00 2023-06-05T10:00",
        "2023-02-01T10:00 2023-02-05T10:00",
        trust__hub_episodes="episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date | closed_date\nEP1 | T1 | 2023-01-01 | 6 | CCE | accepted | 2023-01-01 | 2023-01-01 | -",
        trust__risk_assessments="episode_ref | assessed_date | risk_level\nEP1 | 2023-01-05 | low",
    )
    assert (
        counted(con, "long_spells"),
        counted(con, "long_spell_children"),
        counted(con, "missing_at_risk"),
    ) == (2, 1, 1)
    assert counted(drawn("2023-04-01T10:00 2023-04-05T10:00"), "missing_at_risk") == 0


@pytest.mark.parametrize(
    ("inner", "outer", "missing"),
    [
        # Within a longer spell of the same kind it is no second time.
        ("M", "M", 1),
        # Away without authorisation is recorded apart from missing: neither hides the other.
        ("M", "A", 1),
        ("A", "M", 1),
        ("A", "A", 0),
    ],
)
def test_a_spell_within_another_is_one_where_both_are_of_a_kind(
    inner: str, outer: str, missing: int
) -> None:
    con = drawn(
        f"2024-01-01T08:00 2024-01-03T09:00 {outer}", f"2024-01-02T08:00 2024-01-02T09:00 {inner}"
    )
    kept = con.execute("select count(*) from core_missing_spells").fetchall()[0][0]
    assert kept == len({inner, outer})
    assert counted(con, "missing_episodes") == missing

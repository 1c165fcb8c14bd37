"""Who identified whom by their own records: criteria, periods, and referrals that are no second sighting."""

from __future__ import annotations

import duckdb
from drawing import counts_of, people, warehouse

INVOLVEMENTS = (
    "involvement_ref | incident_ref | person_ref | role | occurred_on | offence_code | markers\n"
)
FACTORS = "person_ref | assessed_date | factor_code\n"
REFERRALS = "referral_ref | person_ref | referral_date | source | no_further_action\n"


def drawn() -> duckdb.DuckDBPyConnection:
    """T1 is asked about by police and assessed after; T2 by a school; T3 is assessed before the police ask; T4 too long ago."""
    return warehouse(
        "2024-03-01",
        trust__people=people(*(f"{i} 2008-05 M WBRI E05011118" for i in range(1, 6))),
        trust__assessment_factors=FACTORS
        + "T1 | 2023-06-01 | 24A\nT2 | 2023-06-01 | 24A\nT3 | 2023-06-01 | 24A\nT4 | 2023-03-01 | 24A\nT5 | 2023-12-01 | 1A",
        trust__referrals=REFERRALS
        + "R1 | T1 | 2023-05-01 | 6 | N\nR2 | T2 | 2023-05-01 | 2A | N\nR3 | T3 | 2023-07-01 | 6 | N\nR4 | T1 | 2022-01-01 | 2A | N",
    )


def test_what_another_agency_asked_for_is_marked() -> None:
    rows = (
        drawn()
        .execute("select person_id, is_referred from core_sightings where months = 12 order by all")
        .fetchall()
    )
    assert [r for _, r in rows] == [True, False, False]


def test_periods_end_on_the_day_and_begin_after_the_day_before() -> None:
    con = drawn()
    counts = dict(
        con.execute("select months, count(*) from core_sightings group by months").fetchall()
    )
    assert counts == {12: 3, 24: 4}
    histories = con.execute(
        "select trust, trust_unreferred, police, history from core_capture_histories where months = 12 order by all"
    ).fetchall()
    assert histories == [
        (True, False, False, "trust"),
        (True, True, False, "trust"),
        (True, True, False, "trust"),
    ]
    groups = dict(
        counts_of(con, "sighted")
        .execute("select group_type || '=' || \"group\", numerator from counts")
        .fetchall()
    )
    assert (
        groups["all=all"],
        groups["sighted_by=trust"],
        groups["alone=trust"],
        groups["sightings=1"],
        groups["history=trust"],
    ) == (3,) * 5
    assert groups["pair=police + trust"] == groups["sighted_by=police"] == 0

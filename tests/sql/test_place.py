"""Where things are counted, drawn as small tables: wards of today, older wards, outside, homes, children's homes; hours; harm."""

from __future__ import annotations

from collections import Counter

import duckdb
import pytest
from drawing import assessments, counted, counts_of, episodes, people, warehouse

DAY = "2024-03-01"
ACOCKS, ALLENS = "E05011118", "E05011119"
PEOPLE = people(
    "1 2008-05 M WBRI E05011118",
    "2 2009-02 F APKN E05011119",
    "3 2007-11 M BCRB E05011120",
    "4 2008-01 M WBRI E05001178",
)
POLICE = "person_ref | key_upn | birth_month | sex | ethnicity | ward_code\n" + "\n".join(
    f"P{n} | {n} | {born} | M | W1 | -"
    for n, born in enumerate(("2008-05", "2009-02", "2007-11", "2008-01"), 1)
)
IN_A_HOME = """
    person_ref | plan_type | start_date | end_date | responsible_la | placement_la | placement_type | legal_status | uasc
    T3         | CLA       | 2023-01-01 | -        | E08000025      | E08000025    | K2             | C2           | N
"""


def counts(con: duckdb.DuckDBPyConnection, table: str) -> dict[str, int]:
    return dict(Counter(w for (w,) in con.execute(f"select ward from {table}").fetchall()))


def involvements(*rows: str) -> str:
    """“P1 2023-06-05 21 E05011118 street 34B IC1 victim” per part; “-” is blank."""
    lines = [
        "involvement_ref | person_ref | occurred_on | occurred_hour | ward_code | location_type | offence_code | incident_ref | role | outcome_code | markers"
    ]
    return "\n".join(
        [*lines, *(f"IV{i} | {' | '.join(r.split())} | - | -" for i, r in enumerate(rows))]
    )


def test_each_place_of_an_incident() -> None:
    con = warehouse(
        DAY,
        trust__people=PEOPLE,
        police__people=POLICE,
        trust__plans=IN_A_HOME,
        police__involvements=involvements(
            "P1 2023-06-05 21 E05011118 street 8N IC1 victim",
            "P1 2023-06-05 21 E05001180 street 8N IC2 victim",
            "P1 2023-06-05 21 E05001264 street 8N IC3 victim",
            "P1 2023-06-05 21 - street 8N IC4 victim",
            # At a children's home, whoever the child is; and at the home of a child who lives in one.
            "P1 2023-06-05 21 E05011118 care_home 8N IC5 victim",
            "P3 2023-06-05 21 E05011118 home 8N IC6 victim",
            "P3 2023-06-05 21 E05011118 - 8N IC7 victim",
            "P3 2023-06-05 21 E05011119 street 8N IC8 victim",
            # Before the child lived there; before the year.
            "P3 2023-03-02 21 E05011119 retail 8N IC9 victim",
            "P1 2023-03-01 21 E05011118 street 8N IC10 victim",
        ),
    )
    assert counts(con, "core_incident_places") == {
        ACOCKS: 1,
        "older ward": 1,
        "outside": 1,
        "not known": 1,
        "residential": 3,
        ALLENS: 2,
    }


def test_where_missing_children_were_found() -> None:
    con = warehouse(
        DAY,
        trust__people=PEOPLE,
        police__people=POLICE,
        trust__plans=IN_A_HOME,
        police__missing_reports="""
            report_ref | person_ref | reported_at      | found_at         | risk_grade | missing_from | found_ward_code | found_outside_force
            MR1        | P1         | 2023-06-01T21:00 | 2023-06-02T07:40 | medium     | home         | E05011119       | N
            MR2        | P1         | 2023-06-03T21:00 | 2023-06-03T23:40 | medium     | home         | -               | Y
            MR3        | P1         | 2023-06-04T21:00 | 2023-06-04T23:40 | medium     | home         | -               | N
            MR4        | P3         | 2023-06-05T21:00 | 2023-06-05T23:40 | medium     | care         | E05011118       | N
            MR5        | P1         | 2024-02-28T21:00 | -                | medium     | home         | -               | N
            MR6        | P1         | 2024-02-28T21:00 | 2024-03-02T00:10 | medium     | home         | E05011118       | N
            MR7        | P1         | 2023-06-07T21:00 | 2023-06-07T23:40 | medium     | home         | E05001217       | N
        """,
    )
    assert counts(con, "core_found_places") == {
        ALLENS: 1,
        "outside": 1,
        "not known": 1,
        "residential": 1,
        "older ward": 1,
    }
    assert counted(con, "found_reports")["all"] == 5


def test_homes_on_the_day_and_an_older_code_is_in_the_city() -> None:
    con = warehouse(DAY, trust__people=PEOPLE, trust__plans=IN_A_HOME)
    homes = con.execute("select ward, locality from core_homes_now order by 1, 2").fetchall()
    assert homes == [
        (ACOCKS, "East"),
        (ALLENS, "South"),
        ("older ward", "not known"),
        ("residential", "East"),
    ]
    assert ("in area",) in con.execute(
        "select residence from core_homes where ward_code = 'E05001178'"
    ).fetchall()


def test_ever_at_risk_by_ward_is_of_residents_ages() -> None:
    con = warehouse(
        DAY,
        trust__people=people(
            "1 2008-05 M WBRI E05011118", "2 2016-05 M WBRI E05011118", "3 - M WBRI E05011118"
        ),
        trust__hub_episodes=episodes(
            "EP1 T1 2023-01-01 -", "EP2 T2 2023-01-01 -", "EP3 T3 2023-01-01 -"
        ),
        trust__risk_assessments=assessments(
            "EP1 2023-01-15 high", "EP2 2023-01-15 low", "EP3 2023-01-15 low"
        ),
    )
    assert counted(con, "ever_at_risk_48_months") == {"all": 3, ACOCKS: 1, "under 10": 2, "East": 3}
    assert counted(con, "at_risk_residents_10_17", "locality") == {"East": 1}
    (rate,) = (
        counts_of(con, "ever_at_risk_48_months")
        .execute(
            "select denominator, measures, note from counts where figure = 'ever_at_risk_48_months' and \"group\" = ? and 'rate' in measures",
            [ACOCKS],
        )
        .fetchall()
    )
    assert rate[0] == 2881
    assert rate[1] == ["rate", "smoothed"]
    assert rate[2].startswith("denominator: residents aged 10–17, estimated: ONS ward mid-2022")


def test_an_indicative_number_of_residents_refuses_the_rate() -> None:
    con = warehouse(DAY)
    notes = dict(
        counts_of(con, "at_risk_residents_10_17")
        .execute(
            "select \"group\", note from counts where group_type = 'ethnicity' and measures = ['rate']"
        )
        .fetchall()
    )
    assert len(notes) == 5
    assert all(
        n.startswith("refused: the number of residents is only indicative") and "RM032" in n
        for n in notes.values()
    )
    assert (
        not counts_of(con, "at_risk_residents_10_17")
        .execute("select 1 from counts where group_type = 'ethnicity' and measures = ['count']")
        .fetchall()
    )


def test_a_crime_does_its_harm_once_and_only_to_or_by_children() -> None:
    con = warehouse(
        DAY,
        trust__people=PEOPLE,
        police__people=POLICE,
        police__involvements=involvements(
            "P1 2023-06-05 21 E05011118 street 34B IC1 victim",
            "P2 2023-06-05 21 E05011118 street 34B IC1 suspect",
            "P2 2023-06-05 21 E05011118 street 105A IC2 suspect",
            "P2 2023-06-05 21 E05011118 street 34B IC3 witness",
            "P2 2023-06-05 21 E05011118 street 99 IC4 suspect",
        ),
    )
    (row,) = con.execute(
        "select involvements, harm from core_ward_counts where ward_code = ?", [ACOCKS]
    ).fetchall()
    assert row == (5, pytest.approx(25.5))
    assert counted(con, "harm_without_weight") == {"all": 1}


def test_hours_bands_and_weekdays_of_the_same_parts() -> None:
    con = warehouse(
        DAY,
        trust__people=PEOPLE,
        police__people=POLICE,
        police__involvements=involvements(
            "P1 2024-02-26 0 E05011118 street 8N IC1 victim",
            "P1 2024-02-26 2 E05011118 street 8N IC2 victim",
            "P1 2024-02-25 23 E05011118 street 8N IC3 victim",
            "P1 2024-02-25 - E05011118 street 8N IC4 victim",
        ),
    )
    sql = "select group_type, \"group\", coalesce(group2_type, ''), coalesce(group2, ''), numerator from counts"
    told = {tuple(r[:4]): r[4] for r in counts_of(con, "incident_times").execute(sql).fetchall()}
    assert told["all", "all", "", ""] == 4
    assert told["weekday", "1", "", ""] == told["weekday", "7", "", ""] == 2
    assert told["hour", "not known", "", ""] == told["hour", "23", "", ""] == 1
    assert told["hour", "2", "weekday", "1"] == 1
    assert told["hour_band", "0-2", "weekday", "1"] == 2
    assert told["hour_band", "21-23", "weekday", "7"] == 1
    assert (
        sum(n for (kind, _, other, _), n in told.items() if (kind, other) == ("hour", "weekday"))
        == 3
    )


def test_wards_and_residuals_add_up_to_the_city() -> None:
    con = warehouse(
        DAY,
        trust__people=PEOPLE,
        police__people=POLICE,
        trust__plans=IN_A_HOME,
        police__involvements=involvements(
            *(
                f"P{n} 2023-06-05 21 {w} street 8N IC{n} victim"
                for n, w in ((1, ACOCKS), (2, "E05001180"), (3, "-"), (4, "E05001264"))
            )
        ),
    )
    for figure, total in (("involvements", 4), ("indicated_36_months", 4)):
        assert sum(counted(con, figure, "ward").values()) == total

"""What became of children, by hand: fixed groups, followed for as long as each of them can be."""

from __future__ import annotations

from drawing import counted, warehouse

AS_AT = "2024-03-31"
PEOPLE = """
person_ref | birth_month | sex
T1 | 2010-01 | M
T2 | 2009-01 | F
T3 | 2005-06 | M
T4 | 2011-01 | M
T5 | 2010-05 | F
"""
# T1 to T4 first at risk in the year that ended a year before the day; T3 turns 18 on the way. T5 was at risk only afterwards.
HUB = """
episode_ref | person_ref | referral_date | source | exploitation_types | decision | decision_date | opened_date | closed_date
A | T1 | 2022-06-01 | 6 | CCE | accepted | 2022-06-01 | 2022-06-01 | 2022-09-01
B | T1 | 2022-12-01 | 6 | CCE | nfa | 2022-12-02 | - | -
C | T2 | 2022-07-01 | 6 | CCE | accepted | 2022-07-01 | 2022-07-01 | -
D | T3 | 2022-08-01 | 6 | CCE | accepted | 2022-08-01 | 2022-08-01 | -
E | T4 | 2023-03-31 | 6 | CCE | accepted | 2023-03-31 | 2023-03-31 | -
F | T5 | 2023-04-01 | 6 | CCE | accepted | 2023-04-01 | 2023-04-01 | -
"""
RISK = """
episode_ref | assessed_date | risk_level
A | 2022-06-01 | high
C | 2022-07-01 | low
D | 2022-08-01 | low
E | 2023-03-31 | low
F | 2023-04-01 | low
"""
# T1 in care from a year and a day after; T2 within the year; T4 before, until the day itself.
PLANS = """
person_ref | plan_type | start_date | end_date | responsible_la
T1 | CLA | 2023-06-02 | - | E08000025
T2 | CLA | 2023-01-01 | 2023-02-01 | E08000025
T4 | CLA | 2022-01-01 | 2023-03-31 | E08000025
"""
JUSTICE = """
person_ref | disposal | start_date | first_time_entrant
T1 | custody | 2023-05-31 | Y
T2 | referral_order | 2022-07-01 | Y
T4 | remand | 2024-03-31 | N
"""
MISSING = """
missing_ref | person_ref | missing_type | started_at | ended_at
M1 | T1 | M | 2022-06-01T10:00 | 2022-06-01T12:00
M2 | T2 | M | 2023-07-02T10:00 | 2023-07-02T12:00
M3 | T4 | A | 2023-05-01T10:00 | 2023-05-01T12:00
"""
POLICE = """
person_ref | birth_month | sex | key_upn
P1 | 2010-01 | M | 1
P2 | 2009-01 | F | 2
P4 | 2011-01 | M | 4
P9 | 2010-02 | M | 9
"""
# P1 arrested on the day of the referral, which is after; P2 in the year before; P4 more than a year before and more than a year after.
PARTS = """
involvement_ref | incident_ref | person_ref | role | occurred_on | offence_code | arrested_on | markers
V1 | I1 | P1 | suspect | 2022-05-01 | 92A | 2022-06-01 | -
V2 | I2 | P2 | suspect | 2021-07-01 | 92A | 2021-07-01 | -
V3 | I3 | P4 | suspect | 2022-03-30 | 92A | 2022-03-30 | -
V4 | I4 | P4 | suspect | 2024-03-31 | 92A | 2024-03-31 | -
V5 | I5 | P9 | suspect | 2022-10-01 | 92A | 2022-10-01 | CCE
"""


def followed() -> object:
    return warehouse(
        AS_AT,
        trust__people=PEOPLE,
        trust__hub_episodes=HUB,
        trust__risk_assessments=RISK,
        trust__plans=PLANS,
        trust__youth_justice=JUSTICE,
        trust__missing_episodes=MISSING,
        police__people=POLICE,
        police__involvements=PARTS,
    )


def test_who_can_be_followed_and_what_came_within_a_year() -> None:
    con = followed()
    # T1, T2 and T4: T3 turns 18 within the year, T5 was first at risk a day too late.
    assert counted(con, "followed_12") == {"all": 3}
    assert counted(con, "followed_12_after") == {
        # T2 alone: T1's spell begins a day after the year, T4's ended on the first day.
        "in care": 1,
        # T1 left on the first day itself, T2 after the year, T4 was away and not missing.
        # T1's second referral.
        "referred again": 1,
        # T1 on the last day of the year; T2's began on the first day.
        "first-time entrant": 1,
        # T1, and T4's remand on the last day.
        "custody": 2,
    }


def test_arrests_around_the_referral() -> None:
    con = followed()
    assert counted(con, "identified", "all") == {"all": 3}
    assert counted(con, "identified", "sex") == {"M": 2, "not M": 1}
    # T2 a year before to the day; T1 on the day of the referral; T4 a year and a day before, and a year after to the day.
    assert counted(con, "identified_arrested", "when") == {"before": 1, "after": 1}
    # P9 had a marker and was never referred; arrested on the day of it.
    assert counted(con, "not_identified") == {"all": 1}
    assert counted(con, "not_identified_arrested") == {"after": 1}


def test_which_system_came_first() -> None:
    """On 31 March 2021 T1 (11), T2 (12), T4 (10), T5 (10) and P9 (11) are aged 10–14."""
    con = followed()
    # T1 justice in May 2022, care in June 2023; T2 justice in July 2021, care in 2023; T4 care in January 2022, justice in March;
    # P9 justice alone; T5 neither.
    assert counted(con, "young_followed") == {
        "all": 4,
        "justice first": 2,
        "care first": 1,
        "justice alone": 1,
    }

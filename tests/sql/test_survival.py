"""Times to an event that may not have come: quartiles by Kaplan and Meier, against statsmodels and by hand."""

from __future__ import annotations

import duckdb
import numpy as np
import pytest
from drawing import people, warehouse
from hypothesis import given, settings
from hypothesis import strategies as st
from statsmodels.duration.survfunc import SurvfuncRight

from assets.store.sql_models import folder_models
from assets.store.warehouse import run_model

SURVIVAL = next(m for m in folder_models("joined") if m.name == "core_survival")


def quartiles(times: list[tuple[int, bool]]) -> list[int | None]:
    con = duckdb.connect()
    con.execute(
        'create table core_durations (what varchar, group_type varchar, "group" varchar, person_id bigint, days bigint, is_over boolean)'
    )
    con.executemany(
        "insert into core_durations values ('w', 'g', 'a', ?, ?, ?)",
        [(i, d, o) for i, (d, o) in enumerate(times)],
    )
    run_model(con, "core_survival", SURVIVAL.sql)
    return [
        r[0] for r in con.execute("select days from core_survival order by quartile").fetchall()
    ]


BY_HAND = {
    "all came": ([(1, True), (2, True), (3, True), (4, True)], [1, 2, 3]),
    "none came": ([(5, False), (6, False)], [None, None, None]),
    # 1 × 3/4 at day 2, then one leaves, then × 1/2 at day 6: 3/8; a quarter by day 2, half by day 6, three quarters never.
    "one left before": ([(2, True), (4, False), (6, True), (9, False)], [2, 6, None]),
    "left and came on one day: still there when the other came": (
        [(3, False), (3, True)],
        [3, 3, None],
    ),
    "all on the first day": ([(0, True), (0, True)], [0, 0, 0]),
}


@pytest.mark.parametrize("case", BY_HAND, ids=list(BY_HAND))
def test_by_hand(case: str) -> None:
    times, expected = BY_HAND[case]
    assert quartiles(times) == expected


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(st.integers(0, 60), st.booleans()), min_size=1, max_size=60))
def test_as_statsmodels_has_it(times: list[tuple[int, bool]]) -> None:
    # statsmodels takes no time of zero: one day more for all moves every quartile by one.
    curve = SurvfuncRight(np.array([d + 1 for d, _ in times]), np.array([int(o) for _, o in times]))
    expected = []
    for share in (0.75, 0.5, 0.25):
        reached = [
            t for t, s in zip(curve.surv_times, curve.surv_prob, strict=True) if s <= share + 1e-9
        ]
        expected.append(int(min(reached)) - 1 if reached else None)
    assert quartiles(times) == expected


CONTACTS = (
    "contact_ref | person_ref | service | contact_date | reason | accepted | first_seen_date\n"
)


def test_a_wait_ends_when_the_child_is_seen_or_goes_on_to_the_day() -> None:
    con = warehouse(
        "2024-03-01",
        trust__people=people("1 2008-05 M WBRI E05011118"),
        health__people="person_ref | birth_month | sex | ethnicity | ward_code\nH1 | 2008-05 | M | A | -",
        health__contacts=CONTACTS
        + "C1 | H1 | camhs | 2024-01-01 | mental_health | Y | 2024-01-31\n"
        + "C2 | H1 | camhs | 2024-02-01 | mental_health | Y | 2024-03-05\n"
        + "C3 | H1 | camhs | 2024-02-01 | mental_health | N | -\n"
        + "C4 | H1 | emergency | 2024-02-01 | self_harm | NA | 2024-02-01\n"
        + "C5 | H1 | camhs | 2024-03-01 | mental_health | Y | 2024-03-01\n"
        + "C6 | H1 | camhs | 2024-03-02 | mental_health | Y | -",
    )
    assert con.execute(
        "select days, is_over from core_durations where what = 'wait to first seen' order by all"
    ).fetchall() == [(0, True), (29, False), (30, True)]

"""Why a number moved between two versions: a planted change of each kind is explained as that kind and as no other."""

from __future__ import annotations

from typing import Any

import pandas as pd
import pytest

from assets.versions.compare import Movement, _Counted, _movement
from pipelines.cli.compare import _row
from profiles.disclosure.counts import Counts, label_counts
from profiles.disclosure.plan import default_plan
from profiles.figures.exact import Coverage, exact_figures
from profiles.sections.followed import HEADLINES

HOLD = 8
TOTAL = HEADLINES[0]
ONE, TWO = "2023-07-31", "2024-03-01"


def counted(day: str, children: range | set[int]) -> _Counted:
    """The children at risk on a day, by number."""
    import datetime as dt

    as_at = dt.date.fromisoformat(day)
    row = {
        "section": "scale",
        "figure": "at_risk",
        "unit": "children",
        "group_type": "all",
        "group": "all",
        "numerator": float(len(children)),
        "measures": ["count"],
        "needs": ["trust"],
        "period_start": as_at,
        "period_end": as_at,
    }
    exact = exact_figures(
        pd.DataFrame([row]),
        as_at,
        [Coverage("trust", "Trust", dt.date(2019, 4, 1), as_at)],
        "E08000025",
    )
    counts: Counts = label_counts(exact, default_plan())
    return _Counted(day, counts, {f"at_risk||{day}": {str(child) for child in children}})


def moved(then: Any, then_again: Any, revised: Any, now_again: Any, now: Any) -> Movement:
    found = _movement(TOTAL, HOLD, then, then_again, revised, now_again, now)
    assert found is not None
    return found


def parts(found: Movement) -> tuple[float | None, ...]:
    return found.moved, found.time, found.revised, found.method


def test_time_alone() -> None:
    then, now = counted(ONE, range(337)), counted(TWO, range(60, 351))
    assert parts(moved(then, then, then, now, now)) == (-46, -46, 0, 0)


def test_late_records_alone() -> None:
    """The same day twice: thirty children whose records came later."""
    then, now = counted(ONE, range(300)), counted(ONE, range(330))
    assert parts(moved(then, then, now, now, now)) == (30, 0, 30, 0)


def test_another_method_alone() -> None:
    """The code of today counts twenty fewer from the same supplies."""
    then, again = counted(ONE, range(300)), counted(ONE, range(280))
    assert parts(moved(then, again, again, again, again)) == (-20, 0, 0, -20)


def test_all_three_at_once_add_up() -> None:
    then, again = counted(ONE, range(300)), counted(ONE, range(310))
    revised, now = counted(ONE, range(340)), counted(TWO, range(100, 500))
    found = moved(then, again, revised, now, now)
    assert parts(found) == (100, 60, 30, 10)
    assert found.moved == sum(part for part in parts(found)[1:] if part is not None)


def test_a_later_version_of_earlier_code_is_counted_again_too() -> None:
    """Made by code that counted ten more than that of today, as the earlier one was by twenty."""
    then, again = counted(ONE, range(320)), counted(ONE, range(300))
    now, now_again = counted(TWO, range(100, 510)), counted(TWO, range(100, 500))
    found = moved(then, again, again, now_again, now)
    assert parts(found) == (90, 100, 0, -10)


@pytest.mark.parametrize(("late", "told"), [(7, 0), (8, 8)])
def test_what_fewer_than_eight_changed_is_not_told(late: int, told: int) -> None:
    then, revised = counted(ONE, range(300)), counted(ONE, range(300 + late))
    now = counted(TWO, range(100, 500))
    assert moved(then, then, revised, now, now).revised == told


def test_where_supplies_are_gone_the_part_is_unknown() -> None:
    then, now = counted(ONE, range(300)), counted(TWO, range(100, 500))
    assert parts(moved(then, None, None, now, now)) == (100, None, None, None)


def test_a_part_that_cannot_be_told_is_not_nought() -> None:
    told = Movement("Children at risk", "300", "291", -10.0, 5.0, 0.0, None)
    assert _row(told) == ("Children at risk", "300", "291", "−10", "+5", "0", "?")

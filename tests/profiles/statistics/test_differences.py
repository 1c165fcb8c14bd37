"""Differences of counts and shares against the inquiry's own two dates and against statsmodels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from profiles.statistics import rates
from profiles.statistics.differences import counts_differ, share_verdict, shares_differ, visible


def test_the_inquirys_own_two_dates() -> None:
    """337 and 291 children: no clear change; at low risk 141 of 337 and 158 of 291: a rise."""
    assert counts_differ(337, 291) == "no clear change"
    assert (visible(337).fall, visible(337).rise) == (267, 414)
    difference, low, high = shares_differ(141, 337, 158, 291)
    assert difference == pytest.approx(0.1246, abs=0.0001)
    assert share_verdict(low, high) == "a rise"


@given(st.integers(0, 2000))
def test_what_could_have_been_seen_is_the_first_that_would(before: int) -> None:
    found = visible(before)
    assert found.rise is not None
    assert counts_differ(before, found.rise) == "a rise"
    assert counts_differ(before, found.rise - 1) == "no clear change"
    if found.fall is None:
        assert counts_differ(before, 0) == "no clear change"
    else:
        assert counts_differ(before, found.fall) == "a fall"
        assert counts_differ(before, found.fall + 1) == "no clear change"


@given(st.integers(1, 400), st.integers(1, 400), st.floats(0, 1), st.floats(0, 1))
def test_newcombe_is_that_of_statsmodels(n: int, m: int, p: float, q: float) -> None:
    x, y = round(n * p), round(m * q)
    _, low, high = shares_differ(x, n, y, m)
    theirs = confint_proportions_2indep(y, m, x, n, method="newcomb")
    assert (low, high) == pytest.approx(theirs, abs=1e-9)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_change_is_one_both_ways(a: int, b: int) -> None:
    other = {"a rise": "a fall", "a fall": "a rise", "no clear change": "no clear change"}
    assert counts_differ(b, a) == other[counts_differ(a, b)]


def test_intervals_of_the_inquirys_counts() -> None:
    low, high = rates.poisson([337, 291])
    assert [round(x, 2) for x in (*low, *high)] == [301.98, 258.52, 374.97, 326.43]

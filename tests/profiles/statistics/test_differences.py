"""Differences of counts and shares against the inquiry's own two dates and against statsmodels."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from profiles.statistics import rates
from profiles.statistics.differences import (
    counts_differ,
    rounded_shares_differ,
    share_verdict,
    shares_differ,
    visible,
)


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


@given(
    st.integers(1, 400),
    st.integers(1, 400),
    st.floats(0, 1),
    st.floats(0, 1),
    *[st.sampled_from([-2, -1, 0, 1, 2])] * 2,
)
def test_of_rounded_numbers_the_interval_holds_whatever_they_were(
    n: int, m: int, p: float, q: float, off_then: int, off_now: int
) -> None:
    x, y = round(n * p), round(m * q)
    then, now = min(max(x + off_then, 0), n), min(max(y + off_now, 0), m)
    difference, low, high = rounded_shares_differ(x, n, y, m, 2)
    _, low_of_these, high_of_these = shares_differ(then, n, now, m)
    assert difference == pytest.approx(y / m - x / n)
    assert low <= low_of_these + 1e-12
    assert high >= high_of_these - 1e-12


def test_a_share_that_only_rounding_moved_is_no_change() -> None:
    """75 of 331 and 90 of 291: with 77 and 88 the interval holds 0."""
    _, low, high = rounded_shares_differ(75, 331, 90, 291, 2)
    assert (round(100 * low), round(100 * high)) == (0, 16)
    _, low, high = rounded_shares_differ(135, 331, 160, 291, 2)
    assert (round(100 * low), round(100 * high)) == (5, 23)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_change_is_one_both_ways(a: int, b: int) -> None:
    other = {"a rise": "a fall", "a fall": "a rise", "no clear change": "no clear change"}
    assert counts_differ(b, a) == other[counts_differ(a, b)]


def test_intervals_of_the_inquirys_counts() -> None:
    low, high = rates.poisson([337, 291])
    assert [round(x, 2) for x in (*low, *high)] == [301.98, 258.52, 374.97, 326.43]

"""Differences of counts and shares against the inquiry's own two dates, statsmodels and draws."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy
from hypothesis import given
from hypothesis import strategies as st
from statsmodels.stats.proportion import confint_proportions_2indep

from profiles.statistics import rates
from profiles.statistics.differences import (
    RECTANGULAR,
    ToldCount,
    counts_differ,
    share_verdict,
    shares_differ,
    told_shares_differ,
    visible,
)


def exactly(n: int) -> ToldCount:
    return ToldCount(n, n)


def labelled(n: float) -> ToldCount:
    """A count to the nearest 5, or “fewer than 8”, and up to 7 behind."""
    if n < 8:
        return ToldCount(0, 7, 7)
    label = 5 * math.floor(n / 5 + 0.5)
    return ToldCount(max(label - 2, 8), label + 2, 7)


def test_the_inquirys_own_two_dates() -> None:
    """337 and 291 children: no clear change; at low risk 141 of 337 and 158 of 291: a rise."""
    assert counts_differ(exactly(337), exactly(291)) == "no clear change"
    seen = visible(exactly(337), exactly(291))
    assert (seen.fall, seen.rise) == (267, 414)
    difference, low, high = shares_differ(141, 337, 158, 291)
    assert difference == pytest.approx(0.1246, abs=0.0001)
    assert share_verdict(low, high) == "a rise"


@given(st.integers(0, 400), st.integers(0, 400), st.sampled_from([exactly, labelled]))
def test_what_could_have_been_seen_is_the_first_that_would(before, now, told) -> None:  # type: ignore[no-untyped-def]
    then, today = told(before), told(now)
    found = visible(then, today)
    middle = (today.least + today.most) / 2

    def verdict(label: int) -> str:
        moved = label - middle
        least, most = max(today.least + moved, 0), max(today.most + moved, 0)
        return counts_differ(then, ToldCount(least, most, today.behind))

    assert found.rise is not None
    assert verdict(found.rise) == "a rise"
    assert verdict(found.rise - 1) == "no clear change"
    if found.fall is None:
        assert verdict(0) == "no clear change"
    else:
        assert verdict(found.fall) == "a fall"
        assert verdict(found.fall + 1) == "no clear change"


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
    difference, low, high = told_shares_differ(x, n, y, m, 2, 0)
    _, low_of_these, high_of_these = shares_differ(then, n, now, m)
    assert difference == pytest.approx(y / m - x / n)
    assert low <= low_of_these + 1e-12
    assert high >= high_of_these - 1e-12


def test_a_share_that_only_rounding_moved_is_no_change() -> None:
    """75 of 331 and 90 of 291: with 77 and 88 the interval holds 0."""
    _, low, high = told_shares_differ(75, 331, 90, 291, 2, 0)
    assert (round(100 * low), round(100 * high)) == (0, 16)
    _, low, high = told_shares_differ(135, 331, 160, 291, 2, 0)
    assert (round(100 * low), round(100 * high)) == (5, 23)


@given(st.integers(0, 500), st.integers(0, 500))
def test_a_change_is_one_both_ways(a: int, b: int) -> None:
    other = {"a rise": "a fall", "a fall": "a rise", "no clear change": "no clear change"}
    assert counts_differ(exactly(b), exactly(a)) == other[counts_differ(exactly(a), exactly(b))]
    assert counts_differ(labelled(b), labelled(a)) == other[counts_differ(labelled(a), labelled(b))]


def test_a_change_does_not_rest_on_a_held_label() -> None:
    """A label of 135 that is 7 children behind stands for 125 to 130: beside 90 that is no change,
    though 135 and 90, had they been counted, would be one. “Fewer than 8” and 35 are one however far
    both are behind.
    """
    assert counts_differ(exactly(135), exactly(90)) == "a fall"
    assert counts_differ(labelled(135), labelled(90)) == "no clear change"
    assert counts_differ(labelled(0), labelled(35)) == "a rise"
    assert counts_differ(labelled(35), labelled(0)) == "a fall"


def test_the_inquirys_share_is_a_rise_from_its_labels_too() -> None:
    """140 of 337 and 160 of 291 at low risk, however they were rounded and however far behind."""
    _, low, high = told_shares_differ(140, 337, 160, 291, 2, 7)
    assert (round(100 * low), round(100 * high)) == (3, 23)


def test_a_rectangular_number_has_the_deviation_that_scipy_gives() -> None:
    assert pytest.approx(scipy.stats.uniform(-7, 14).std()) == 7 * RECTANGULAR


@pytest.mark.parametrize("mean", [5, 12, 30, 60, 140, 300])
def test_of_numbers_that_did_not_change_hardly_one_is_called_a_change(mean: int) -> None:
    """Drawn from one mean, moved by up to 7 and rounded: one in a hundred at most."""
    draws = np.random.default_rng(11)
    pairs = draws.poisson(mean, (2000, 2)) + draws.uniform(-7, 7, (2000, 2))
    called = 0
    for before, now in np.maximum(pairs, 0):
        called += counts_differ(labelled(before), labelled(now)) != "no clear change"
    assert called <= 20


@pytest.mark.parametrize(("n", "share"), [(60, 0.5), (120, 0.2), (300, 0.3), (300, 0.05)])
def test_the_interval_of_a_share_that_is_behind_holds_the_difference(n: int, share: float) -> None:
    """Of the same share twice the interval leaves out 0 for one in twenty at most."""
    draws = np.random.default_rng(12)
    pairs = draws.binomial(n, share, (2000, 2)) + draws.uniform(-7, 7, (2000, 2))
    called = 0
    for before, now in np.clip(np.round(pairs / 5) * 5, 0, n):
        _, low, high = told_shares_differ(before, n, now, n, 2, 7)
        called += share_verdict(low, high) != "no clear change"
    assert called <= 100


def test_intervals_of_the_inquirys_counts() -> None:
    low, high = rates.poisson([337, 291])
    assert [round(x, 2) for x in (*low, *high)] == [301.98, 258.52, 374.97, 326.43]

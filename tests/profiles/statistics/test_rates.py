"""Intervals against the design's own figures, statsmodels and scipy."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.contingency_tables import Table2x2
from statsmodels.stats.proportion import proportion_confint

from profiles.statistics.rates import FUNNEL, Z, funnel, poisson, relative, wilson


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [
        (212, 337, 57.6, 67.9),
        (217, 291, 69.3, 79.2),
        (203, 291, 64.3, 74.8),
        (0, 20, 0.0, 16.1),
        (20, 20, 83.9, 100.0),
    ],
)
def test_wilson_of_the_design(x: int, n: int, low: float, high: float) -> None:
    found = [round(100 * float(limit), 1) for limit in wilson(x, n)]
    assert found == [low, high]


@pytest.mark.parametrize(("x", "low", "high"), [(337, 301.98, 374.97), (291, 258.52, 326.43)])
def test_byar_of_the_design(x: int, low: float, high: float) -> None:
    assert [round(float(limit), 2) for limit in poisson(x)] == [low, high]


@given(st.integers(1, 5000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_equals_statsmodels(pair: tuple[int, int]) -> None:
    np.testing.assert_allclose(
        np.array(wilson(*pair)), proportion_confint(*pair, method="wilson"), atol=1e-12
    )


@given(st.integers(0, 9))
def test_small_counts_are_exact(x: int) -> None:
    low, high = (float(limit) for limit in poisson(x))
    if x:
        assert stats.poisson.sf(x - 1, low) == pytest.approx(0.025)
    else:
        assert low == 0
    assert stats.poisson.cdf(x, high) == pytest.approx(0.025)


@given(st.integers(10, 100_000))
def test_byar_is_close_to_exact(x: int) -> None:
    exact = stats.chi2.ppf(0.025, 2 * x) / 2, stats.chi2.ppf(0.975, 2 * x + 2) / 2
    np.testing.assert_allclose(np.array(poisson(x)), exact, rtol=2e-3)


def test_no_denominator_is_nan() -> None:
    assert np.isnan(wilson(0, 0)).all()


@given(st.integers(1, 500), st.integers(1, 500), st.integers(1, 500), st.integers(1, 500))
def test_relative_rate_is_that_of_statsmodels(a: int, more: int, b: int, more_b: int) -> None:
    table = Table2x2(np.array([[a, more], [b, more_b]]))
    ratio, error = relative(a, a + more, b, b + more_b)
    low, high = ratio * np.exp(-Z * error), ratio * np.exp(Z * error)
    assert float(ratio) == pytest.approx(table.riskratio)
    assert (float(low), float(high)) == pytest.approx(table.riskratio_confint(0.05))


def test_relative_rate_of_nothing_is_none() -> None:
    assert np.isnan(relative(0, 10, 5, 10)[0])
    assert np.isnan(relative(5, 10, 0, 10)[0])


@pytest.mark.parametrize(("z", "share"), [(FUNNEL[0], 0.95), (FUNNEL[1], 0.998)])
def test_funnel_limits_hold_as_many_as_they_say(z: float, share: float) -> None:
    """Exact binomial odds between the limits, for a funnel of many."""
    expected, low, high = funnel(2000, 300, 1000, z)
    assert float(expected) == pytest.approx(600)
    within = stats.binom.cdf(np.floor(high), 2000, 0.3) - stats.binom.cdf(
        np.ceil(low) - 1, 2000, 0.3
    )
    assert float(within) == pytest.approx(share, abs=0.003)

"""Smoothed rates against esda and by hand; deprivation against statsmodels' own formula and a closed form."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from profiles.statistics.small_areas import by_deprivation, empirical_bayes

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    from esda.smoothing import Empirical_Bayes

AREAS = st.lists(st.tuples(st.integers(0, 80), st.integers(200, 5000)), min_size=2, max_size=70)


@given(AREAS.filter(lambda areas: any(x for x, _ in areas)))
def test_smoothed_rates_equal_esda(areas: list[tuple[int, int]]) -> None:
    x, n = np.array(areas).T
    common = x.sum() / n.sum()
    # Where the areas differ by less than chance the oracle's weight is negative and throws rates to the other side of the
    # common one; Marshall sets it to zero, as is tested below.
    assume(np.average((x / n - common) ** 2, weights=n) > common / n.mean())
    assert empirical_bayes(x, n) == pytest.approx(Empirical_Bayes(x, n).r.ravel())


def test_two_areas_by_hand() -> None:
    # 40 and 10 of 1,000 each: common 0.025, spread 0.000225, chance alone 0.000025, so half of 0.0002 … is kept.
    between, chance = 0.000225 - 0.025 / 1000, 0.025 / 1000
    kept = between / (between + chance)
    assert empirical_bayes([40, 10], [1000, 1000]) == pytest.approx(
        [0.025 + kept * 0.015, 0.025 - kept * 0.015]
    )


def test_what_differs_by_chance_alone_takes_the_common_rate() -> None:
    assert empirical_bayes([10, 11, 9], [1000, 1000, 1000]) == pytest.approx([0.01] * 3)


def test_small_places_are_drawn_further_than_large_ones() -> None:
    x, n = np.array([30, 3, 10, 100]), np.array([1000, 100, 1000, 10_000])
    smooth = empirical_bayes(x, n)
    assert smooth[0] > smooth[1] > x.sum() / n.sum()


def test_without_residents_there_is_no_rate() -> None:
    assert np.isnan(empirical_bayes([1, 0], [0, 100]).tolist()).tolist() == [True, False]
    assert np.isnan(empirical_bayes([0], [0])).all()


def city(ratio: float, noise: float = 0.0) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    rng = np.random.default_rng(5)
    n, score = rng.integers(1000, 4000, 69), rng.uniform(5, 60, 69)
    low, high = np.percentile(score, [10, 90])
    rate = (
        0.01
        * np.exp(np.log(ratio) * (score - score.mean()) / (high - low))
        * rng.gamma(1 / noise, noise, 69)
        if noise
        else 0.01 * ratio ** ((score - score.mean()) / (high - low))
    )
    return rng.poisson(n * rate), n, score


@pytest.mark.parametrize("noise", [0.0, 0.3])
def test_deprivation_equals_statsmodels_by_formula(noise: float) -> None:
    import pandas as pd
    import statsmodels.api as sm
    import statsmodels.formula.api as smf

    y, n, score = city(2.0, noise)
    table = pd.DataFrame({"y": y, "n": n, "score": score})
    fit = smf.glm("y ~ score", table, family=sm.families.Poisson(), offset=np.log(table["n"])).fit(
        scale="X2"
    )
    found = by_deprivation(y, n, score)
    assert found is not None
    low, high = np.percentile(score, [10, 90])
    assert found.ratio == pytest.approx(np.exp(fit.params["score"] * (high - low)))
    widened = np.sqrt(max(fit.scale, 1) / fit.scale)
    assert np.log(found.upper / found.ratio) == pytest.approx(
        1.959964 * fit.bse["score"] * (high - low) * widened, rel=1e-4
    )
    assert found.dispersion == pytest.approx(max(fit.scale, 1))
    assert found.lower < 2.0 < found.upper
    influence = fit.get_influence(observed=False)
    assert found.residuals == pytest.approx(
        np.asarray(fit.resid_pearson / np.sqrt(found.dispersion * (1 - influence.hat_matrix_diag)))
    )


def test_two_levels_of_deprivation_have_a_closed_form() -> None:
    score = np.array([10.0] * 20 + [30.0] * 20)
    found = by_deprivation([5] * 20 + [15] * 20, [1000] * 40, score)
    assert found is not None
    assert found.ratio == pytest.approx(3.0)
    # Variance of a logarithm of a Poisson count: 1/100 and 1/300.
    assert np.log(found.upper / found.ratio) == pytest.approx(
        1.959964 * np.sqrt(1 / 100 + 1 / 300), rel=1e-5
    )


def test_wards_that_are_all_alike() -> None:
    found = by_deprivation([2] * 69, [2000] * 69, range(69))
    assert found is not None
    assert found.ratio == pytest.approx(1.0)
    assert found.dispersion == 1.0
    assert found.p.min() > 0.99


def test_no_model_of_too_few_areas_or_of_one_score() -> None:
    assert by_deprivation([1] * 10, [100] * 10, range(10)) is None
    assert by_deprivation([1] * 69, [100] * 69, [7.0] * 69) is None
    assert by_deprivation([0] * 69, [100] * 69, range(69)) is None

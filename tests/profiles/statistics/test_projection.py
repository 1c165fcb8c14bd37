"""What is projected and what is refused; against statsmodels and closed forms."""

from __future__ import annotations

import numpy as np
import pytest
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

from profiles.statistics.projection import NO_BETTER, TOO_SHORT, Projection, Refused, project
from profiles.statistics.seasons import seasonally_adjusted

RNG = np.random.default_rng(7)
LEVEL = 50 + RNG.normal(0, 5, 48)
SEASON = 50 + 20 * np.sin(np.arange(48) * 2 * np.pi / 12) + RNG.normal(0, 2, 48)
WALK = np.cumsum(RNG.normal(0, 5, 48)) + 300


def test_under_36_months_nothing_is_projected() -> None:
    assert project(LEVEL[:35]) == Refused(TOO_SHORT)
    assert isinstance(project(LEVEL[:36]), Projection)


def test_a_walk_is_not_foreseen() -> None:
    found = project(WALK)
    assert isinstance(found, Refused)
    assert found.reason == NO_BETTER
    assert found.error is not None
    assert found.error_of_now is not None
    assert found.error > 0.95 * found.error_of_now


def test_a_series_that_never_moved_is_not_foreseen() -> None:
    """By anything better than “as it is now”: and no interval is as narrow as a line."""
    found = project([50.0] * 48)
    assert found == Refused(NO_BETTER, 0.0, 0.0)


def test_a_level_with_noise_is_smoothed_as_statsmodels_does() -> None:
    found = project(LEVEL)
    assert isinstance(found, Projection)
    assert found.method == "exponential smoothing"
    theirs = ETSModel(LEVEL, error="add", trend=None, initialization_method="heuristic").fit(
        disp=False
    )
    assert found.steps[0].value == pytest.approx(theirs.forecast(1)[0], rel=0.02)
    alpha, sigma = float(theirs.smoothing_level), float(np.std(theirs.resid))
    # Hyndman and Athanasopoulos, 8.7: var = sigma² (1 + (h − 1) alpha²); here from errors of the last year.
    width = found.steps[-1].high95 - found.steps[-1].low95
    assert width == pytest.approx(2 * 1.96 * sigma * (1 + 5 * alpha**2) ** 0.5, rel=0.3)


def test_a_season_is_taken_from_the_year_before() -> None:
    found = project(SEASON)
    assert isinstance(found, Projection)
    assert found.method == "the same month a year before"
    assert [step.value for step in found.steps] == pytest.approx(list(SEASON[-12:-6]))


def test_eighty_and_ninety_five_of_a_hundred_of_the_normal_distribution() -> None:
    found = project(LEVEL)
    assert isinstance(found, Projection)
    for step in found.steps:
        deviation = (step.high95 - step.value) / 1.959964
        assert step.high80 - step.value == pytest.approx(1.281552 * deviation, rel=1e-5)
        assert step.value - step.low80 == pytest.approx(1.281552 * deviation, rel=1e-5)
        assert step.value - step.low95 == pytest.approx(1.959964 * deviation, rel=1e-5)


def test_intervals_lie_within_one_another_and_above_nothing() -> None:
    found = project(np.maximum(0, 3 + RNG.normal(0, 2, 48)))
    if isinstance(found, Projection):
        for step in found.steps:
            assert 0 <= step.low95 <= step.low80 <= step.value <= step.high80 <= step.high95


@pytest.mark.long
def test_ninety_five_in_a_hundred_fall_within() -> None:
    """Over 120 drawn series the interval of the first month holds about as many as it says."""
    rng = np.random.default_rng(3)
    within = tried = 0
    for _ in range(120):
        series = 40 + rng.normal(0, 4, 49)
        found = project(series[:48])
        if isinstance(found, Projection):
            tried += 1
            within += found.steps[0].low95 <= series[48] <= found.steps[0].high95
    assert tried > 90
    assert 0.88 <= within / tried <= 0.99


def test_a_season_that_is_real_is_taken_off() -> None:
    shifts = seasonally_adjusted(list(SEASON))
    assert shifts is not None
    left = SEASON - np.array(shifts)
    assert np.var(left) < 0.1 * np.var(SEASON)
    assert seasonally_adjusted(list(LEVEL)) is None
    assert seasonally_adjusted(list(SEASON[:35])) is None
    assert seasonally_adjusted([*SEASON[:40], None]) is None
    assert seasonally_adjusted([5.0] * 40) is None

"""A look six months ahead: only where a method has foreseen the past better than “as it is now”."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import scipy

AHEAD = 6
SEASON = 12
LEAST_POINTS = 36
# A method looks ahead from each of so many months: the last that have six months after them.
ORIGINS = 12
# A method is taken only if its error is smaller by a twentieth. Exponential smoothing with a weight
# near 1 is the latest month carried forward, and always a little better or worse than it.
MUCH_BETTER = 0.95
Z80 = float(scipy.special.ndtri(0.9))
Z95 = float(scipy.special.ndtri(0.975))
TOO_SHORT = f"there are fewer than {LEAST_POINTS} comparable months"
NO_BETTER = "no method foresaw the last year better than the latest month carried forward"


@dataclass(frozen=True)
class Step:
    """One month ahead: what is expected, with the 80% and the 95% interval."""

    value: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True)
class Projection:
    """What a method expects, and by how much it and “as it is now” were off on average when they
    looked ahead from each of the last months.
    """

    method: str
    steps: tuple[Step, ...]
    error: float
    error_of_now: float


@dataclass(frozen=True)
class Refused:
    """Why nothing is projected. The errors are there where methods were tried."""

    reason: str
    error: float | None = None
    error_of_now: float | None = None


# What a method expects for the next six months, and of each month the variance of its error, where
# that of the first is 1.
_Forecast = tuple[np.ndarray, np.ndarray]
_Method = Callable[[np.ndarray], _Forecast]


def project(values: Sequence[float]) -> Projection | Refused:
    """Six months ahead of a monthly series without gaps, oldest month first. The profile gives it
    the numbers that readers see, rounded: what is projected tells nothing more than they do.

    Two methods are tried: the same month a year before, and simple exponential smoothing (Hyndman,
    R. J. and Athanasopoulos, G. (2021), Forecasting: principles and practice, 3rd ed., 5.2, 5.5 and
    8.1; the variances 8.7). The one with the smaller mean absolute error from rolling origins is
    taken; where it is not smaller, by a twentieth, than that of the latest month carried forward,
    nothing is projected.
    """
    y = np.array(values, dtype=float)
    if len(y) < LEAST_POINTS:
        return Refused(TOO_SHORT)
    methods: dict[str, _Method] = {
        "the same month a year before": _seasonal,
        "exponential smoothing": _smoothed,
    }
    errors = {name: _rolling_error(y, method) for name, method in methods.items()}
    best = min(errors, key=lambda name: errors[name])
    of_now = _rolling_error(y, _as_now)
    # A series that never moved is foreseen by both without a fault: nothing is gained.
    if errors[best] >= MUCH_BETTER * of_now:
        return Refused(NO_BETTER, errors[best], of_now)
    expected, growth = methods[best](y)
    one_step = _one_step_deviation(y, methods[best])
    steps = []
    for value, times in zip(expected, growth, strict=True):
        spread = one_step * float(np.sqrt(times))
        ends = [max(0.0, value + z * spread) for z in (-Z80, Z80, -Z95, Z95)]
        steps.append(Step(float(value), *map(float, ends)))
    return Projection(best, tuple(steps), errors[best], of_now)


def _as_now(y: np.ndarray) -> _Forecast:
    # It is compared with and never projected, so how its error grows is not asked.
    return np.full(AHEAD, y[-1]), np.ones(AHEAD)


def _seasonal(y: np.ndarray) -> _Forecast:
    # Six months ahead lie within one season, so no error is added to another.
    return y[-SEASON : -SEASON + AHEAD].copy(), np.ones(AHEAD)


def _smoothed(y: np.ndarray) -> _Forecast:
    # Only a profile that looks ahead needs the library.
    from statsmodels.tsa.holtwinters import SimpleExpSmoothing

    with warnings.catch_warnings():
        # At an end of its range, where all or nothing is smoothed, the optimiser says so.
        warnings.simplefilter("ignore")
        fitted = SimpleExpSmoothing(y, initialization_method="heuristic").fit()
    alpha = float(fitted.params["smoothing_level"])
    return np.asarray(fitted.forecast(AHEAD)), 1 + np.arange(AHEAD) * alpha**2


def _origins(y: np.ndarray) -> range:
    return range(len(y) - AHEAD - ORIGINS + 1, len(y) - AHEAD + 1)


def _rolling_error(y: np.ndarray, method: _Method) -> float:
    """The mean absolute error of six months ahead, from each of the last months that have six
    after them.
    """
    errors = []
    for origin in _origins(y):
        expected, _ = method(y[:origin])
        errors.append(np.abs(y[origin : origin + AHEAD] - expected))
    return float(np.mean(errors))


def _one_step_deviation(y: np.ndarray, method: _Method) -> float:
    """The standard deviation of errors one month ahead, over the last months."""
    errors = []
    for origin in range(len(y) - AHEAD - ORIGINS + 1, len(y)):
        expected, _ = method(y[:origin])
        errors.append(y[origin] - expected[0])
    return float(np.sqrt(np.mean(np.square(errors))))

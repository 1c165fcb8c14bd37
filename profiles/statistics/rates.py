"""95% confidence intervals of proportions and rates. Arrays in, arrays out."""

from __future__ import annotations

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Z = float(scipy.special.ndtri(0.975))


def wilson(numerator: ArrayLike, denominator: ArrayLike) -> tuple[Floats, Floats]:
    """Wilson score interval of a proportion, as shares between 0 and 1; nan where the denominator
    is 0.

    Wilson, E. B. (1927). Probable inference, the law of succession, and statistical inference. JASA
    22: 209–212.
    """
    x = np.asarray(numerator, dtype=float)
    n = np.asarray(denominator, dtype=float)
    # A share of nobody is no number.
    n = np.where(n > 0, n, np.nan)
    share = x / n
    centre = (share + Z**2 / (2 * n)) / (1 + Z**2 / n)
    half = Z / (1 + Z**2 / n) * np.sqrt(share * (1 - share) / n + Z**2 / (4 * n**2))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def poisson(count: ArrayLike) -> tuple[Floats, Floats]:
    """Limits of a Poisson count: Byar's approximation for 10 or more, exact below.

    Breslow, N. E. and Day, N. E. (1987). Statistical Methods in Cancer Research, vol. II, 69;
    Public Health England (2018), Technical guide: confidence intervals.
    """
    x = np.asarray(count, dtype=float)
    # Byar's lower limit divides by the count; of no event the exact limit, 0, is taken.
    safe = np.where(x > 0, x, 1)
    byar_low = safe * (1 - 1 / (9 * safe) - Z / (3 * np.sqrt(safe))) ** 3
    byar_high = (x + 1) * (1 - 1 / (9 * (x + 1)) + Z / (3 * np.sqrt(x + 1))) ** 3
    exact_low = np.where(x > 0, scipy.stats.chi2.ppf(0.025, 2 * safe) / 2, 0.0)
    exact_high = scipy.stats.chi2.ppf(0.975, 2 * (x + 1)) / 2
    large = x >= 10
    return np.where(large, byar_low, exact_low), np.where(large, byar_high, exact_high)


def relative(
    x: ArrayLike, d: ArrayLike, x_ref: ArrayLike, d_ref: ArrayLike
) -> tuple[Floats, Floats]:
    """Ratio of two proportions x/d and x_ref/d_ref, and the standard error of its logarithm; nan
    where a count is 0.

    Katz, D. et al. (1978). Obtaining confidence intervals for the risk ratio in cohort studies.
    Biometrics 34: 469–474. As the relative rate index of the OJJDP, each stage against the one
    before.
    """
    a = np.asarray(x, dtype=float)
    n = np.asarray(d, dtype=float)
    b = np.asarray(x_ref, dtype=float)
    m = np.asarray(d_ref, dtype=float)
    # The logarithm of a ratio with a zero in it does not exist.
    a, n, b, m = (np.where(v > 0, v, np.nan) for v in (a, n, b, m))
    ratio = (a / n) / (b / m)
    # Rounded counts can make a part larger than its whole; a variance is never below zero.
    error = np.sqrt(np.maximum(1 / a - 1 / n, 0) + np.maximum(1 / b - 1 / m, 0))
    return ratio, error


# Two-sided 95% and 99.8%, as the control limits of a funnel.
FUNNEL = (Z, float(scipy.special.ndtri(0.999)))


def funnel(
    d: ArrayLike, x_all: ArrayLike, d_all: ArrayLike, z: float
) -> tuple[Floats, Floats, Floats]:
    """How many of d are expected at the proportion x_all/d_all, and the limits within z standard
    errors of it.

    Spiegelhalter, D. J. (2005). Funnel plots for comparing institutional performance. Statistics in
    Medicine 24: 1185–1202.
    """
    n = np.asarray(d, dtype=float)
    share = np.asarray(x_all, dtype=float) / np.asarray(d_all, dtype=float)
    # Labels may be rounded apart, 10 of 9 say.
    share = np.clip(share, 0, 1)
    half = z * np.sqrt(n * share * (1 - share))
    return n * share, np.maximum(n * share - half, 0), np.minimum(n * share + half, n)

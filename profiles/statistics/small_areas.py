"""Rates of small areas: smoothed towards the city's, and what deprivation leaves unexplained.
Arrays in, arrays out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
# How many areas a regression must have for each of its two coefficients.
FEWEST = 20


def empirical_bayes(counts: ArrayLike, populations: ArrayLike) -> Floats:
    """Rates per person, each drawn towards the common rate the more, the smaller its population.

    Marshall, R. J. (1991). Mapping disease and mortality rates using empirical Bayes estimators.
    Applied Statistics 40: 283–294. Where the areas differ no more than chance would have it, each
    takes the common rate. nan without a population.
    """
    x = np.asarray(counts, dtype=float)
    n = np.asarray(populations, dtype=float)
    n = np.where(n > 0, n, np.nan)
    everyone = np.nansum(n)
    if not everyone:
        return np.full(len(n), np.nan)
    common = np.nansum(np.where(np.isnan(n), 0, x)) / everyone
    spread = np.nansum(n * (x / n - common) ** 2) / everyone
    # What chance alone brings is taken off: what is left is how far the areas truly differ.
    between = max(spread - common / np.nanmean(n), 0)
    where = between + common / n > 0
    # A large area keeps its own rate (weight near 1), a small one gets nearly the common one.
    weight = np.divide(between, between + common / n, out=np.zeros_like(n), where=where)
    return np.where(np.isnan(n), np.nan, common + weight * (x / n - common))


@dataclass(frozen=True)
class Explained:
    """A Poisson model of counts by deprivation. `ratio` is the rate between the most and the least
    deprived fifth's edges.

    `residuals` are standardised, `p` their two-sided probabilities; `dispersion` is over 1 where
    areas differ by more than chance.
    """

    ratio: float
    lower: float
    upper: float
    residuals: Floats
    p: Floats
    dispersion: float


def by_deprivation(
    counts: ArrayLike, populations: ArrayLike, deprivation: ArrayLike
) -> Explained | None:
    """Counts by deprivation score, population as exposure; None where there are too few areas, or
    no two scores differ.

    Quasi-Poisson (McCullagh and Nelder 1989, 6.2): the intervals are widened by what areas differ
    beyond chance. The ratio is of rates at the 90th and the 10th percentile of the score.
    """
    from statsmodels.genmod.families import Poisson
    from statsmodels.genmod.generalized_linear_model import GLM

    y = np.asarray(counts, dtype=float)
    n = np.asarray(populations, dtype=float)
    score = np.asarray(deprivation, dtype=float)
    if len(y) < 2 * FEWEST or np.ptp(score) == 0 or not y.any() or not (n > 0).all():
        return None
    low, high = np.percentile(score, [10, 90])
    # In units of the distance between those two, so that the coefficient is the logarithm of the
    # ratio.
    design = np.column_stack([np.ones_like(score), (score - score.mean()) / (high - low)])
    fit = GLM(y, design, family=Poisson(), exposure=n).fit(scale=1.0)
    scale = max(float(fit.pearson_chi2) / float(fit.df_resid), 1.0)
    slope = float(fit.params[1])
    half = float(scipy.special.ndtri(0.975)) * float(fit.bse[1]) * np.sqrt(scale)
    hat = fit.get_hat_matrix_diag(observed=False)
    residuals = np.asarray(fit.resid_pearson) / np.sqrt(scale * np.maximum(1 - hat, 1e-9))
    ratio, lower, upper = (float(np.exp(x)) for x in (slope, slope - half, slope + half))
    return Explained(
        ratio, lower, upper, residuals, 2 * scipy.stats.norm.sf(np.abs(residuals)), scale
    )

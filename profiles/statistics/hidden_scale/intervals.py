"""How sure: resamples with the choice repeated, the profile of the chosen model, and the interval
that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import scipy
from scipy.optimize import brentq

from profiles.statistics.hidden_scale.choice import EVERY_PAIRWISE, WITHIN, Choice
from profiles.statistics.hidden_scale.histories import Histories
from profiles.statistics.hidden_scale.models import (
    Fit,
    Model,
    design,
    deviance_of,
    empty_terms,
    fit_many,
    is_admissible,
    newton,
    pairs,
    pairwise,
)

RESAMPLES = 1_000
BEST = 60  # models that the choice among five lists is repeated over
Range = tuple[float, float]


@dataclass(frozen=True)
class Bootstrap:
    """Percentile intervals of N over resamples, and the share of resamples that gave no
    estimate.
    """

    at_95: Range | None
    at_80: Range | None
    failed: float


def bootstrap(h: Histories, choice: Choice, seed: int, resamples: int = RESAMPLES) -> Bootstrap:
    """Multinomial resamples of the known, the choice by BIC repeated on each."""
    rng = np.random.default_rng([seed, 2])
    # Of the known, and the known alone: how many are hidden is what is being asked.
    tables = rng.multinomial(h.known, h.counts / h.known, size=resamples)
    candidates = _candidates(h, choice)
    n_hat, bic = (np.empty((len(candidates), resamples)) for _ in range(2))
    for i, model in enumerate(candidates):
        n_hat[i], bic[i], _ = fit_many(h.k, model, tables)
    estimates = []
    for b in range(resamples):
        for i in np.argsort(np.where(np.isnan(bic[:, b]), np.inf, bic[:, b]), kind="stable"):
            # The rest, sorted last, have no fit at all.
            if not np.isfinite(bic[i, b]):
                break
            if is_admissible(h.k, candidates[i], tables[b]):
                estimates.append(n_hat[i, b])
                break
    failed = 1 - len(estimates) / resamples
    if len(estimates) < 2:
        return Bootstrap(None, None, failed)

    def middle(share: float) -> Range:
        low, high = np.percentile(estimates, [50 - share / 2, 50 + share / 2])
        return float(low), float(high)

    return Bootstrap(middle(95), middle(80), failed)


def _candidates(h: Histories, choice: Choice) -> list[Model]:
    if h.k < EVERY_PAIRWISE:
        return pairwise(h.k)
    if h.k == EVERY_PAIRWISE:
        return [f.terms for f in choice.models[:BEST]]
    # Six lists: the stepwise choice and its neighbours by one pair.
    # All 32,768 models cannot be fitted to a thousand tables.
    chosen = choice.models[0].terms
    return [chosen, *(chosen ^ {pair} for pair in pairs(h.k))]


def profile(h: Histories, one: Fit, level: float = 0.95) -> Range | None:
    """Cormack's interval: hidden numbers whose deviance, with the hidden cell taken as seen, is not
    too much above the least.

    None where it has no upper end. Source: Cormack 1992, Biometrics 48:567.
    """
    empty = empty_terms(h.k, one.terms, h.counts)
    x, cells, _ = design(h.k, one.terms, empty)
    # With the hidden cell: the intercept alone.
    x = np.vstack([x, np.eye(1, x.shape[1])])
    y = h.counts[cells].astype(float)

    def deviance(hidden: float) -> float:
        seen = np.append(y, hidden)[None, :]
        return float(deviance_of(seen, np.exp(newton(x, seen) @ x.T))[0])

    best = one.n_hat - h.known
    limit = deviance(best) + scipy.stats.chi2.ppf(level, 1)

    def excess(hidden: float) -> float:
        return float(deviance(hidden) - limit)

    # Where nobody hidden at all is likely enough, the interval begins with the known.
    low = 0.0 if excess(1e-9) <= 0 else brentq(excess, 1e-9, best)
    high = max(2 * best, 10.0)
    # Doubling finds a point beyond the upper end, if there is one.
    while excess(high) <= 0:
        high *= 2
        if high > 1e9:
            return None
    return h.known + float(low), h.known + float(brentq(excess, best, high))


def within(choice: Choice) -> Range | None:
    """Lowest and highest N of the admissible models within 6 of the lowest BIC."""
    near = []
    for f in choice.models:
        if f.bic <= choice.models[0].bic + WITHIN:
            near.append(f.n_hat)
    if near:
        return (min(near), max(near))
    return None


def shown(boot: Bootstrap, near: Range | None) -> Range | None:
    """The smallest interval that holds both."""
    both = [r for r in (boot.at_95, near) if r is not None]
    if both:
        return (min(r[0] for r in both), max(r[1] for r in both))
    return None

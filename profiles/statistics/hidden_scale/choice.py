"""Which model is chosen, and what other rules would have chosen."""

from __future__ import annotations

import itertools
from dataclasses import dataclass

import numpy as np
import scipy

from profiles.statistics.hidden_scale.histories import Histories
from profiles.statistics.hidden_scale.models import (
    Fit,
    Model,
    fit,
    fit_many,
    is_admissible,
    pairs,
    pairwise,
    with_triples,
)

EVERY_PAIRWISE = 5  # with more lists the model is chosen stepwise
WITHIN = 6.0
FIT_REFITS = 300
FIT_P = 0.01
STEPWISE_P = 0.02
WALD_P = 0.05


@dataclass(frozen=True)
class Choice:
    """The chosen model, or why there is none, and every admissible model, lowest BIC first."""

    chosen: Fit | None
    fit_p: float | None
    models: tuple[Fit, ...]
    refusal: str


def admissible(h: Histories, candidates: list[Model]) -> list[Fit]:
    """The fits of those that have an estimate, lowest BIC first; ties by fewer, then smaller
    terms.
    """
    fits = []
    for m in candidates:
        if is_admissible(h.k, m, h.counts):
            fits.append(fit(h.k, m, h.counts))
    return sorted(fits, key=lambda f: (round(f.bic, 8), len(f.terms), sorted(f.terms)))


def choose(h: Histories, seed: int) -> Choice:
    """By lowest BIC among the admissible pairwise models that fit; by steps for six lists."""
    if h.k > EVERY_PAIRWISE:
        # Six lists have 15 pairs and 32,768 pairwise models: too many to try.
        last = stepwise(h)
        if last is None:
            return Choice(None, None, (), "no model has an estimate")
        p = fit_p(h, last, seed)
        refusal = "the chosen model does not fit" if p < FIT_P else ""
        return Choice(None if refusal else last, p, (last,), refusal)
    models = admissible(h, pairwise(h.k))
    if not models:
        return Choice(None, None, (), "no model has an estimate")
    # It reproduces the table whatever the table is, so its fit says nothing.
    if models[0].df < 1:
        return Choice(
            None,
            None,
            tuple(models),
            "the model that comes first has as many parameters as there are cells",
        )
    for candidates in (models, _richer(h, models)):
        for candidate in candidates:
            # Beyond 6 the evidence against a model is strong (Raftery 1995).
            if candidate.df >= 1 and candidate.bic <= candidates[0].bic + WITHIN:
                p = fit_p(h, candidate, seed)
                if p >= FIT_P:
                    return Choice(candidate, p, tuple(models), "")
    return Choice(None, None, tuple(models), "no model fits")


def _richer(h: Histories, models: list[Fit]) -> list[Fit]:
    """Models with three-list terms: all hierarchical ones for four lists, those above the five best
    for five.
    """
    if h.k < 4:
        return []
    if h.k == 4:
        # Few enough to take every one.
        above = pairwise(h.k)
    else:
        above = [f.terms for f in models[:5]]
    return admissible(h, with_triples(h.k, above))


def fit_p(h: Histories, one: Fit, seed: int) -> float:
    """Parametric bootstrap of the deviance: how often a table drawn from the model fits it no
    better than this one.
    """
    rng = np.random.default_rng([seed, 1])
    size = (FIT_REFITS, len(one.mu))
    tables = rng.poisson(one.mu, size=size)
    # A table without anybody has no fit.
    tables = tables[tables.sum(axis=1) > 0]
    _, _, deviance = fit_many(h.k, one.terms, tables)
    drawn = deviance[~np.isnan(deviance)]
    # The table itself counts as one, so no p-value is zero.
    return float((1 + np.sum(drawn >= one.deviance - 1e-9)) / (1 + len(drawn)))


def stepwise(h: Histories, threshold: float = STEPWISE_P) -> Fit | None:
    """Forward from the main effects: the pair whose overlap the current model explains least, while
    its one-sided Poisson p is below the threshold; pairs that leave no estimate are left out (Chan,
    Silverman and Vincent 2021).
    """
    if not is_admissible(h.k, frozenset(), h.counts):
        return None
    current = fit(h.k, frozenset(), h.counts)
    masks = np.arange(1, 2**h.k)
    while True:
        tried = []
        for pair in pairs(h.k):
            if pair in current.terms:
                continue
            seen = h.overlap(pair)
            expected = float(current.mu[(masks & pair) == pair].sum())
            # One-sided, to whichever side the overlap lies.
            p = min(
                scipy.stats.poisson.cdf(seen, expected), scipy.stats.poisson.sf(seen - 1, expected)
            )
            tried.append((float(p), pair))
        for p, pair in sorted(tried):
            if p < threshold and is_admissible(h.k, current.terms | {pair}, h.counts):
                current = fit(h.k, current.terms | {pair}, h.counts)
                break
        else:
            return current


def home_office(h: Histories) -> Fit | None:
    """Forward by AIC from the main effects, until no pair lowers it or the new term's Wald p
    exceeds 0.05 (Bales, Hesketh and Silverman 2015).

    A pair that nobody is in is tried like any other: where it lowers AIC most, its standard error
    has no bound and its p is 1, so the rule stops there, as the authors' program does. Other pairs
    that leave no estimate are left out.
    """
    if not is_admissible(h.k, frozenset(), h.counts):
        return None
    current = fit(h.k, frozenset(), h.counts)
    while True:
        candidates = []
        for pair in pairs(h.k):
            terms = current.terms | {pair}
            if pair not in current.terms and is_admissible(h.k, terms, h.counts):
                candidates.append((fit(h.k, terms, h.counts), pair))
        if not candidates:
            return current
        best, pair = min(candidates, key=lambda candidate: (candidate[0].aic, candidate[1]))
        if best.aic >= current.aic or _wald_p(best, pair) > WALD_P:
            return current
        current = best


def _wald_p(model: Fit, term: int) -> float:
    """Two-sided p of a term; 1 for a term that nobody is in, whose estimate is minus infinity."""
    if term not in model.coefficients:
        return 1.0
    z = model.coefficients[term] / model.errors[term]
    return float(2 * scipy.stats.norm.sf(abs(z)))


def chao(h: Histories) -> float | None:
    """Chao's lower bound: known + (k − 1)/k · f1² / (2 f2); none where nobody is on exactly two
    lists.

    A bound only where all lists reach equally far (Chao 1987 takes repeated samples of one kind):
    see `chao_by_list`.
    """
    once = sum(int(n) for m, n in enumerate(h.counts, start=1) if m.bit_count() == 1)
    twice = sum(int(n) for m, n in enumerate(h.counts, start=1) if m.bit_count() == 2)
    if twice:
        return h.known + (h.k - 1) / h.k * once**2 / (2 * twice)
    return None


def chao_by_list(h: Histories) -> float | None:
    """Chao's bound for lists that reach unequally far: known + Σ over pairs of lists f_i f_j / f2,
    f_i on list i alone.

    Under independence it is N, as f_i f_j / f_ij is for each pair; equal f_i make it Chao's own,
    unequal ones make it smaller. Children who are more visible than others make it too small. None
    where nobody is on exactly two lists.
    """
    alone = [h.counts[(1 << i) - 1] for i in range(h.k)]
    twice = sum(int(n) for m, n in enumerate(h.counts, start=1) if m.bit_count() == 2)
    if not twice:
        return None
    products = sum(int(a) * int(b) for a, b in itertools.combinations(alone, 2))
    return h.known + products / twice

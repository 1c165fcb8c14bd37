"""Poisson log-linear models of capture histories: which have an estimate at all, and their fit.

log mu_w is the sum of a_t over the subsets t of w. A term whose overlap is empty is minus infinity:
every cell that holds it is dropped, and it still counts as a parameter (Chan, Silverman and Vincent
2021). A model has an estimate only if the reduced design has full rank and the observed margins lie
inside their cone (Fienberg and Rinaldo 2012).
"""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.special import gammaln

Model = frozenset[int]
STEPS = 60
PRECISE = 1e-10
INSIDE = 1e-7


@dataclass(frozen=True)
class Fit:
    """A fitted model. `n_hat` is known plus hidden; `free` are the cells less the finite
    parameters.
    """

    terms: Model
    n_hat: float
    log_likelihood: float
    deviance: float
    parameters: int
    df: int
    aic: float
    bic: float
    mu: np.ndarray
    coefficients: dict[int, float]
    errors: dict[int, float]


def pairs(k: int) -> list[int]:
    """Every pair of lists, as bit masks."""
    return [1 << i | 1 << j for i, j in itertools.combinations(range(k), 2)]


def triples(k: int) -> list[int]:
    """Every three lists."""
    return [1 << a | 1 << b | 1 << c for a, b, c in itertools.combinations(range(k), 3)]


def pairwise(k: int) -> list[Model]:
    """Every model with main effects and some of the pairs."""
    all_pairs = pairs(k)
    models = []
    for n in range(len(all_pairs) + 1):
        for chosen in itertools.combinations(all_pairs, n):
            models.append(frozenset(chosen))
    return models


def with_triples(k: int, above: Iterable[Model]) -> list[Model]:
    """Hierarchical models that add one or more three-list terms to any of these."""
    models: dict[Model, None] = {}
    for model in above:
        fitting = []
        for t in triples(k):
            if all(p in model for p in pairs(k) if p & t == p):
                fitting.append(t)
        for n in range(1, len(fitting) + 1):
            for chosen in itertools.combinations(fitting, n):
                models[model | frozenset(chosen)] = None
    return list(models)


@functools.cache
def design(k: int, terms: Model, empty: Model) -> tuple[np.ndarray, np.ndarray, tuple[int, ...]]:
    """Design over the cells that are left, their numbers, and what each column is: 0, main effects,
    finite terms.
    """
    cells = np.array([m for m in range(1, 2**k) if not any(m & t == t for t in empty)], dtype=int)
    columns = (
        0,
        *(1 << i for i in range(k)),
        *sorted(t for t in terms if not any(t & e == e for e in empty)),
    )
    return np.array([[float(m & t == t) for t in columns] for m in cells]), cells - 1, columns


def empty_terms(k: int, terms: Model, counts: np.ndarray) -> Model:
    """The terms of a model that nobody is in."""
    masks = np.arange(1, 2**k)
    return frozenset(t for t in terms if counts[(masks & t) == t].sum() == 0)


def is_admissible(k: int, terms: Model, counts: np.ndarray) -> bool:
    """Whether the model has an estimate for this table."""
    return _is_inside(k, terms, empty_terms(k, terms, counts), tuple(int(n) for n in counts))


@functools.lru_cache(maxsize=200_000)
def _is_inside(k: int, terms: Model, empty: Model, counts: tuple[int, ...]) -> bool:
    x, cells, _ = design(k, terms, empty)
    y = np.array(counts, dtype=float)[cells]
    # More parameters than cells, or two that cannot be told apart.
    if x.shape[0] < x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        return False
    # With every cell filled, the margins always lie inside.
    if np.all(y > 0):
        return True
    # Whether it is inside depends on which cells are empty, not on how full the others are.
    y = (y > 0).astype(float)
    pattern = tuple(int(n) for n in y)
    return _margins_inside(k, terms, empty, pattern)


@functools.lru_cache(maxsize=200_000)
def _margins_inside(k: int, terms: Model, empty: Model, pattern: tuple[int, ...]) -> bool:
    """Maximise s with X'z = X'y and z ≥ s: positive where the margins lie inside their cone."""
    x, _, _ = design(k, terms, empty)
    y = np.array(pattern, dtype=float)
    cells, columns = x.shape
    # The unknowns are z, one for each cell, and s last.
    largest_s = np.append(np.zeros(cells), -1.0)
    z_at_least_s = np.hstack([-np.eye(cells), np.ones((cells, 1))])
    same_margins = np.hstack([x.T, np.zeros((columns, 1))])
    bounds = [(0, None)] * cells + [(None, None)]
    solution = linprog(
        largest_s,
        A_ub=z_at_least_s,
        b_ub=np.zeros(cells),
        A_eq=same_margins,
        b_eq=x.T @ y,
        bounds=bounds,
        method="highs",
    )
    return bool(solution.status == 0 and -solution.fun > INSIDE)


def fit(k: int, terms: Model, counts: np.ndarray, held: dict[int, float] | None = None) -> Fit:
    """Fit an admissible model to one table. `held` are terms outside the model with a fixed log
    odds ratio.
    """
    empty = empty_terms(k, terms, counts)
    x, cells, columns = design(k, terms, empty)
    y = counts[cells].astype(float)
    offset = sum(
        (c * ((cells + 1) & t == t) for t, c in (held or {}).items()), np.zeros(len(cells))
    )
    beta = newton(x, y[None, :], offset)[0]
    mu = np.exp(x @ beta + offset)
    log_likelihood = float(np.sum(y * np.log(mu) - mu - gammaln(y + 1)))
    # Terms that are minus infinity count too (Chan, Silverman and Vincent 2021).
    parameters = 1 + k + len(terms)
    known = counts.sum()
    whole = np.zeros(2**k - 1)
    whole[cells] = mu
    errors = np.sqrt(np.diag(np.linalg.inv(x.T @ (mu[:, None] * x))))
    n_hat = float(known + np.exp(beta[0]))
    deviance = float(deviance_of(y[None, :], mu[None, :])[0])
    aic = -2 * log_likelihood + 2 * parameters
    bic = float(-2 * log_likelihood + parameters * np.log(known))
    coefficients = dict(zip(columns, beta.tolist(), strict=True))
    return Fit(
        terms,
        n_hat,
        log_likelihood,
        deviance,
        parameters,
        len(cells) - len(columns),
        aic,
        bic,
        whole,
        coefficients,
        dict(zip(columns, errors.tolist(), strict=True)),
    )


def fit_many(k: int, terms: Model, tables: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Fit one model to many tables (rows): estimates of N, BIC and deviance. Says nothing of
    admissibility.
    """
    n_hat, bic, deviance = (np.full(len(tables), np.nan) for _ in range(3))
    masks = np.arange(1, 2**k)
    ordered = sorted(terms)
    holds = np.array([[float(m & t == t) for t in ordered] for m in masks]).reshape(
        len(masks), len(ordered)
    )
    is_empty = tables @ holds == 0
    known = tables.sum(axis=1)
    # Tables in which the same overlaps are empty share one reduced design, and are fitted at once.
    for pattern in np.unique(is_empty, axis=0):
        rows = np.flatnonzero((is_empty == pattern).all(axis=1))
        empty = frozenset(t for t, e in zip(ordered, pattern, strict=True) if e)
        x, cells, _ = design(k, terms, empty)
        y = tables[np.ix_(rows, cells)].astype(float)
        if x.shape[0] < x.shape[1]:
            continue
        beta = newton(x, y)
        mu = np.exp(np.clip(beta @ x.T, -60, 60))
        with np.errstate(divide="ignore", invalid="ignore"):
            log_likelihood = np.sum(
                np.where(y > 0, y * np.log(mu), 0.0) - mu - gammaln(y + 1), axis=1
            )
        n_hat[rows] = known[rows] + np.exp(np.clip(beta[:, 0], -60, 60))
        bic[rows] = -2 * log_likelihood + (1 + k + len(terms)) * np.log(known[rows])
        deviance[rows] = deviance_of(y, mu)
    return n_hat, bic, deviance


def newton(x: np.ndarray, y: np.ndarray, offset: np.ndarray | float = 0.0) -> np.ndarray:
    """Poisson maximum likelihood for many tables at once, by iteratively reweighted least squares
    from a common start.
    """
    # Every row's outer product, so that all tables' information matrices are one product.
    outer = x[:, :, None] * x[:, None, :]
    flat = outer.reshape(len(x), -1)
    p = x.shape[1]
    ridge = 1e-12 * np.eye(p)
    beta: np.ndarray = np.linalg.lstsq(
        x, np.log(y.T + 0.5) - np.reshape(offset, (-1, 1)), rcond=None
    )[0].T
    unfinished = np.arange(len(y))
    for _ in range(STEPS):
        eta = np.clip(beta[unfinished] @ x.T + offset, -40, 40)
        mu = np.exp(eta)
        gradient = (y[unfinished] - mu) @ x
        step = np.linalg.solve((mu @ flat).reshape(-1, p, p) + ridge, gradient[:, :, None])[:, :, 0]
        # A long step is cut: far from the optimum the quadratic is no guide.
        longest = np.abs(step @ x.T).max(axis=1, keepdims=True)
        beta[unfinished] += step / np.maximum(1.0, longest / 4.0)
        unfinished = unfinished[np.abs(step).max(axis=1) > PRECISE]
        if not len(unfinished):
            break
    return beta


def deviance_of(y: np.ndarray, mu: np.ndarray) -> np.ndarray:
    """Poisson deviance of each row."""
    with np.errstate(divide="ignore", invalid="ignore"):
        deviance: np.ndarray = 2 * np.sum(
            np.where(y > 0, y * np.log(y / mu), 0.0) - (y - mu), axis=1
        )
    return deviance

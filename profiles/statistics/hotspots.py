"""Clusters of neighbouring areas: Getis-Ord Gi*, by permutation, with the false discovery rate
held.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Places = NDArray[np.intp]
Pair = tuple[str, str]
HIGH, LOW, NONE = "high cluster", "low cluster", "no clear cluster"
FALSE_DISCOVERIES = 0.05
SEED = 20240301
# With fewer permutations the smallest p-value there can be would not pass among so many areas.
# So many permutations are held in memory at once; sums nearer than this are the same.
BATCH, SLACK = 10_000, 1e-12
WARD_PERMUTATIONS, LSOA_PERMUTATIONS = 9_999, 99_999


def gi_star(
    values: ArrayLike,
    areas: Sequence[str],
    neighbours: Sequence[Pair],
    permutations: int,
    seed: int = SEED,
) -> tuple[Floats, Floats]:
    """Standardised Gi* and two-sided p-value of each area, itself and its neighbours having equal
    weight.

    `areas` name the values; `neighbours` are pairs of areas that share a border, in one direction
    or both. p-values come from `permutations` of all other areas' values. nan where nothing varies,
    and for an area without a neighbour.

    Getis, A. and Ord, J. K. (1992), Geographical Analysis 24: 189–206; Ord and Getis (1995), ibid.
    27: 286–306, whose formula 14.3 is worked out here. Example: of areas in a line with 0, 0, 0, 10
    and 10 the sums of each and its neighbours are 0, 0, 10, 20 and 20; the mean is 4, so the middle
    one's three areas are 2 below what is expected of three.
    """
    y = np.asarray(values, dtype=float)
    if np.ptp(y) == 0 or len(y) < 3:
        return np.full(len(y), np.nan), np.full(len(y), np.nan)
    # In one order whatever order the areas came in: what is drawn follows from it.
    order = np.argsort(np.array(areas, dtype=object), kind="stable")
    beside = _neighbours([areas[i] for i in order], neighbours)
    z = np.empty(len(y))
    p = np.empty(len(y))
    z[order] = _scores(y[order], beside)
    p[order] = _p_values(y[order], beside, permutations, seed)
    return z, p


def _neighbours(areas: Sequence[str], pairs: Sequence[Pair]) -> list[Places]:
    """Where each area's neighbours stand among the areas."""
    place = {area: i for i, area in enumerate(areas)}
    beside: list[set[int]] = [set() for _ in areas]
    for one, other in pairs:
        if one in place and other in place and one != other:
            beside[place[one]].add(place[other])
            beside[place[other]].add(place[one])
    return [np.array(sorted(near), dtype=np.intp) for near in beside]


def _scores(y: Floats, beside: list[Places]) -> Floats:
    """(sum of an area and its w − 1 neighbours − w times the mean) by its standard deviation under
    no pattern.
    """
    count = len(y)
    mean = y.mean()
    deviation = y.std()
    z = np.full(count, np.nan)
    for i, near in enumerate(beside):
        if len(near):
            weights = len(near) + 1
            spread = deviation * np.sqrt((count * weights - weights**2) / (count - 1))
            z[i] = (y[i] + y[near].sum() - mean * weights) / spread
    return z


def _p_values(y: Floats, beside: list[Places], permutations: int, seed: int) -> Floats:
    """Two-sided: both tails hold what equals the sum that is seen, or areas without a case beside
    others would be findings.
    """
    most = max(len(near) for near in beside)
    if not most:
        return np.full(len(y), np.nan)
    # Sums of decimals in another order differ in the last digit; they are the same sum all the
    # same.
    slack = SLACK * max(1.0, float(np.abs(y).sum()))
    above = np.zeros(len(y))
    below = np.zeros(len(y))
    rng = np.random.default_rng(seed)
    for batch in _batches(permutations):
        drawn = _drawn(rng, batch, len(y) - 1, most)
        for i, near in enumerate(beside):
            # The other areas are all but this one: places from its own on are one further.
            others = drawn[:, : len(near)]
            sums = y[others + (others >= i)].sum(axis=1)
            seen = y[near].sum()
            above[i] += np.count_nonzero(sums >= seen - slack)
            below[i] += np.count_nonzero(sums <= seen + slack)
    # What was seen counts as one of the permutations, so no p-value is zero (Davison and Hinkley
    # 1997, 4.2).
    tail = (np.minimum(above, below) + 1) / (permutations + 1)
    alone = np.array([not len(near) for near in beside])
    return np.where(alone, np.nan, np.minimum(2 * tail, 1))


def _drawn(rng: np.random.Generator, rows: int, of: int, most: int) -> Places:
    """In each row `most` different places of `of`, in an order of chance: those of the smallest of
    so many random numbers.
    """
    keys = rng.random((rows, of))
    smallest = np.argpartition(keys, most - 1, axis=1)[:, :most]
    in_order = np.argsort(np.take_along_axis(keys, smallest, axis=1), axis=1)
    return np.take_along_axis(smallest, in_order, axis=1)


def _batches(permutations: int) -> list[int]:
    whole, rest = divmod(permutations, BATCH)
    return [BATCH] * whole + ([rest] if rest else [])


def discoveries(p: ArrayLike, rate: float = FALSE_DISCOVERIES) -> NDArray[np.bool_]:
    """Which p-values are discoveries, of which at most `rate` are expected to be false; nan is
    none.

    Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57: 289–300.
    """
    values = np.asarray(p, dtype=float)
    is_discovery = np.zeros(len(values), dtype=bool)
    has_p = ~np.isnan(values)
    if has_p.any():
        is_discovery[has_p] = scipy.stats.false_discovery_control(values[has_p]) <= rate
    return is_discovery


def clusters(
    values: ArrayLike,
    areas: Sequence[str],
    neighbours: Sequence[Pair],
    permutations: int,
    seed: int = SEED,
) -> list[str]:
    """Each area's class in words: part of a cluster of high or of low numbers, or of none that is
    clear.
    """
    z, p = gi_star(values, areas, neighbours, permutations, seed)
    is_found = discoveries(p)
    words = []
    for score, is_beyond in zip(z, is_found, strict=True):
        words.append((HIGH if score > 0 else LOW) if is_beyond else NONE)
    return words

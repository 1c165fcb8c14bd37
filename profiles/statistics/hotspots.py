"""Clusters of neighbouring areas: Getis-Ord Gi*, by permutation, with the false discovery rate held."""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.stats import false_discovery_control

Floats = NDArray[np.float64]
Pair = tuple[str, str]
HIGH, LOW, NONE = "high cluster", "low cluster", "no clear cluster"
FALSE_DISCOVERIES = 0.05
SEED = 20240301
# With fewer permutations the smallest p-value there can be would not pass among so many areas.
# So many permutations are held in memory at once; sums nearer than this are the same.
BATCH, SLACK = 10_000, 1e-12
WARD_PERMUTATIONS, LSOA_PERMUTATIONS = 9_999, 99_999


def gi_star(
    values: ArrayLike, areas: Sequence[str], neighbours: Sequence[Pair], permutations: int, seed: int = SEED
) -> tuple[Floats, Floats]:
    """Standardised Gi* and two-sided p-value of each area, itself and its neighbours having equal weight.

    `areas` name the values; `neighbours` are pairs of areas that share a border, in one direction or both. p-values come
    from `permutations` of all other areas' values. nan where nothing varies, and for an area without a neighbour.

    Getis, A. and Ord, J. K. (1992), Geographical Analysis 24: 189–206; Ord and Getis (1995), ibid. 27: 286–306.
    """
    y = np.asarray(values, dtype=float)
    if np.ptp(y) == 0 or len(y) < 3:
        return np.full(len(y), np.nan), np.full(len(y), np.nan)
    with warnings.catch_warnings():
        # The library says on import what it could do faster with what is not installed.
        warnings.simplefilter("ignore")
        from esda.getisord import G_Local
        from libpysal.graph import Graph

        known = set(areas)
        borders = {(a, b) for pair in neighbours for a, b in (pair, pair[::-1]) if {a, b} <= known and a != b}
        alone = sorted(known - {a for a, _ in borders})
        rows = [*((a, b, 1.0) for a, b in sorted(borders)), *((a, a, 0.0) for a in alone)]
        graph = Graph.from_adjacency(pd.DataFrame(rows, columns=["focal", "neighbor", "weight"]))
        order = list(graph.unique_ids)
        own = pd.Series(y, index=list(areas)).reindex(order).to_numpy()
        above, below = np.zeros(len(own)), np.zeros(len(own))
        for batch, count in enumerate(_batches(permutations)):
            # One process: the library's own workers would outlive a run that is killed.
            found = G_Local(own, graph, transform="B", star=True, permutations=count, seed=seed + batch, n_jobs=1)
            drawn, seen = found.rGs, found.Gs[:, None]
            above += (drawn >= seen - SLACK).sum(axis=1)
            below += (drawn <= seen + SLACK).sum(axis=1)
    z = pd.Series(found.Zs, index=order).reindex(list(areas))
    # Both tails hold what equals the score. The library's own p-value counts only what is strictly less on the lower
    # side, which takes wards without a case, whose neighbours have none either, for a discovery.
    tail = (np.minimum(above, below) + 1) / (permutations + 1)
    p = pd.Series(np.minimum(2 * tail, 1), index=order).reindex(list(areas))
    z[alone], p[alone] = np.nan, np.nan
    return np.asarray(z, dtype=float), np.asarray(p, dtype=float)


def _batches(permutations: int) -> list[int]:
    whole, rest = divmod(permutations, BATCH)
    return [BATCH] * whole + ([rest] if rest else [])


def discoveries(p: ArrayLike, rate: float = FALSE_DISCOVERIES) -> NDArray[np.bool_]:
    """Which p-values are discoveries, of which at most `rate` are expected to be false; nan is none.

    Benjamini, Y. and Hochberg, Y. (1995), Journal of the Royal Statistical Society B 57: 289–300.
    """
    values = np.asarray(p, dtype=float)
    found = np.zeros(len(values), dtype=bool)
    told = ~np.isnan(values)
    if told.any():
        found[told] = false_discovery_control(values[told]) <= rate
    return found


def clusters(values: ArrayLike, areas: Sequence[str], neighbours: Sequence[Pair], permutations: int, seed: int = SEED) -> list[str]:  # fmt: skip
    """Each area's class in words: part of a cluster of high or of low numbers, or of none that is clear."""
    z, p = gi_star(values, areas, neighbours, permutations, seed)
    is_found = discoveries(p)
    return [(HIGH if score > 0 else LOW) if found else NONE for score, found in zip(z, is_found, strict=True)]

"""Clusters of areas: Gi* against its formula, against every permutation, and a hand-worked line of five; discoveries against statsmodels."""

from __future__ import annotations

import itertools
import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from planned import AREA, WARDS
from statsmodels.stats.multitest import multipletests

from profiles.statistics.hotspots import (
    HIGH,
    LOW,
    NONE,
    WARD_PERMUTATIONS,
    clusters,
    discoveries,
    gi_star,
)

LINE = ["a", "b", "c", "d", "e"]
BORDERS = list(itertools.pairwise(LINE))


def grid(side: int) -> tuple[list[str], list[tuple[str, str]]]:
    names = [f"{x}.{y}" for x in range(side) for y in range(side)]
    pairs = [
        (f"{x}.{y}", f"{x + dx}.{y + dy}")
        for x in range(side)
        for y in range(side)
        for dx, dy in ((0, 1), (1, 0))
    ]
    return names, [(a, b) for a, b in pairs if b in names]


def formula(values: list[float], areas: list[str], borders: list[tuple[str, str]]) -> np.ndarray:
    """Ord and Getis (1995), 14.3, each area its own neighbour."""
    x, n = np.array(values), len(values)
    s = np.sqrt((x**2).mean() - x.mean() ** 2)
    found = []
    for area in areas:
        near = {area} | {b for a, b in borders if a == area} | {a for a, b in borders if b == area}
        w = np.array([a in near for a in areas], dtype=float)
        found.append(
            ((w @ x) - x.mean() * w.sum())
            / (s * np.sqrt((n * (w**2).sum() - w.sum() ** 2) / (n - 1)))
        )
    return np.array(found)


def test_a_line_of_five_worked_out_by_hand() -> None:
    # Mean 4, standard deviation √24; the sums of each and its neighbours are 0, 0, 10, 20, 20.
    z, _ = gi_star([0, 0, 0, 10, 10], LINE, BORDERS, 99)
    two, three = np.sqrt(24) * np.sqrt((5 * 2 - 4) / 4), np.sqrt(24) * np.sqrt((5 * 3 - 9) / 4)
    assert z == pytest.approx([-8 / two, -12 / three, -2 / three, 8 / three, 12 / two])


@settings(max_examples=60)
@given(st.lists(st.integers(0, 50), min_size=16, max_size=16).filter(lambda v: len(set(v)) > 1))
def test_scores_equal_the_formula(values: list[int]) -> None:
    areas, borders = grid(4)
    z, p = gi_star(values, areas, borders, 19)
    assert z == pytest.approx(formula(values, areas, borders))
    assert ((p > 0) & (p <= 1)).all()


def test_scores_and_p_values_equal_esda() -> None:
    """The library draws otherwise: with 9,999 permutations of both, p-values lie as near as chance lets them."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # on import it says what it could do faster
        from esda.getisord import G_Local
        from libpysal.graph import Graph

    areas, borders = grid(6)
    values = np.random.default_rng(8).gamma(2, 10, len(areas))
    both = [(a, b, 1.0) for pair in borders for a, b in (pair, pair[::-1])]
    graph = Graph.from_adjacency(pd.DataFrame(both, columns=["focal", "neighbor", "weight"]))
    order = [areas.index(a) for a in graph.unique_ids]
    theirs = G_Local(
        values[order], graph, transform="B", star=True, permutations=9_999, seed=1, n_jobs=1
    )
    z, p = gi_star(values, areas, borders, 9_999)
    assert z[order] == pytest.approx(theirs.Zs)
    tail = np.minimum(
        (theirs.rGs >= theirs.Gs[:, None]).mean(axis=1),
        (theirs.rGs <= theirs.Gs[:, None]).mean(axis=1),
    )
    assert p[order] == pytest.approx(np.minimum(2 * tail, 1), abs=0.03)


def test_nobody_has_a_neighbour() -> None:
    z, p = gi_star([1, 2, 3, 4], list("abcd"), [], 99)
    assert np.isnan(z).all()
    assert np.isnan(p).all()


def test_p_values_come_from_the_permutations_of_all_other_areas() -> None:
    values = [9.0, 7.0, 1.0, 3.0, 2.0]
    _, p = gi_star(values, LINE, BORDERS, 9_999)
    for i, area in enumerate(LINE):
        rest = [v for j, v in enumerate(values) if j != i]
        near = sum(area in pair for pair in BORDERS)
        seen = sum(values[LINE.index(a if b == area else b)] for a, b in BORDERS if area in (a, b))
        sums = np.array([sum(c) for c in itertools.permutations(rest, near)])
        tail = min((sums >= seen).mean(), (sums <= seen).mean())
        assert p[i] == pytest.approx(min(2 * tail, 1), abs=0.03)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=80))
def test_discoveries_equal_statsmodels(p: list[float]) -> None:
    assert discoveries(p).tolist() == multipletests(p, alpha=0.05, method="fdr_bh")[0].tolist()


def test_a_missing_p_value_is_no_discovery_and_no_trial() -> None:
    assert discoveries([0.01, np.nan, np.nan]).tolist() == [True, False, False]
    assert discoveries([np.nan]).tolist() == [False]


def test_a_planted_cluster_is_found_and_nothing_far_from_it() -> None:
    areas, borders = grid(9)
    rng = np.random.default_rng(4)
    high = {f"{x}.{y}" for x in (1, 2, 3) for y in (1, 2, 3)}
    values = [60.0 if a in high else float(rng.poisson(20)) for a in areas]
    said = dict(zip(areas, clusters(values, areas, borders, WARD_PERMUTATIONS), strict=True))
    found = {a for a, c in said.items() if c == HIGH}
    # Its middle at least: at its edge half of the neighbours are as everywhere.
    assert {"2.2"} <= found <= {f"{x}.{y}" for x in range(5) for y in range(5)}
    assert LOW not in said.values()


def test_nobody_beside_nobody_is_no_cluster() -> None:
    # Most areas have none, so many have none around them too: as chance would have it, not one in twenty of them.
    areas, borders = grid(12)
    rng = np.random.default_rng(11)
    values = rng.poisson(0.15, len(areas)).astype(float)
    assert LOW not in clusters(values, areas, borders, 999)


def test_the_order_of_areas_and_borders_does_not_matter() -> None:
    areas, borders = grid(5)
    values = dict(zip(areas, np.random.default_rng(2).poisson(9, 25).astype(float), strict=True))
    one = dict(
        zip(
            areas,
            zip(*gi_star(list(values.values()), areas, borders, 499), strict=True),
            strict=True,
        )
    )
    turned = areas[::-1]
    other = gi_star([values[a] for a in turned], turned, [(b, a) for a, b in borders[::-1]], 499)
    again = dict(zip(turned, zip(*other, strict=True), strict=True))
    assert {a: (pytest.approx(z), p) for a, (z, p) in one.items()} == again


def test_where_nothing_varies_and_for_an_area_on_its_own() -> None:
    assert clusters([3.0] * 5, LINE, BORDERS, 99) == [NONE] * 5
    z, p = gi_star([0, 0, 9, 10, 90], LINE, [("a", "b"), ("b", "c"), ("c", "d")], 99)
    assert np.isnan(z[4])
    assert np.isnan(p[4])
    assert not np.isnan(z[:4]).any()


def test_every_ward_has_neighbours() -> None:

    lines = AREA.table("ref_ward_neighbours").read_text().splitlines()[1:]
    pairs = [line.split(",")[:2] for line in lines]
    assert {c for pair in pairs for c in pair} == set(WARDS)
    assert all(a < b for a, b in pairs)
    assert len({tuple(p) for p in pairs}) == len(pairs)

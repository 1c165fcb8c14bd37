"""Estimates of those on no list, against theory, statsmodels and published examples."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import statsmodels.api as sm
from capturing import NONE, expected, simulated, table
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from profiles.statistics.hidden_scale.choice import (
    chao,
    chao_by_list,
    choose,
    home_office,
    stepwise,
)
from profiles.statistics.hidden_scale.diagnostics import overlaps, sensitivity
from profiles.statistics.hidden_scale.estimate import REFUSE, estimate
from profiles.statistics.hidden_scale.histories import Histories, histories
from profiles.statistics.hidden_scale.intervals import profile
from profiles.statistics.hidden_scale.models import (
    design,
    empty_terms,
    fit,
    fit_many,
    is_admissible,
    pairs,
    pairwise,
)

A, B, C = 1, 2, 4


def test_two_lists_are_lincoln_petersen() -> None:
    h = table(a=60, b=40, ab=20)
    assert fit(2, NONE, h.counts).n_hat == pytest.approx(80 * 60 / 20)
    assert overlaps(h)["lincoln_petersen"] == {"a × b": 240.0}


@pytest.mark.parametrize("odds", [0.5, 2.0, 4.0])
def test_an_odds_ratio_held_by_offset(odds: float) -> None:
    h = table(a=60, b=40, ab=20)
    assert fit(2, NONE, h.counts, {A | B: math.log(odds)}).n_hat == pytest.approx(
        120 + odds * 60 * 40 / 20
    )


def test_missed_links_are_corrected() -> None:
    """m matches where a share r was missed are m / (1 − r); the lists are as long as they were."""
    h = table(a=60, b=40, ab=20)
    found = sensitivity(h, fit(2, NONE, h.counts))["missed_links"]
    assert found["10%"] == pytest.approx(80 * 60 / (20 / 0.9))
    assert found["1%"] == pytest.approx(80 * 60 / (20 / 0.99))


def test_two_lists_that_only_occur_together() -> None:
    """A and B never apart, never with C: a model with AB has no estimate."""
    counts = np.array([0, 0, 30, 40, 0, 0, 0])
    assert not is_admissible(3, frozenset([A | B]), counts)


def test_disjoint_lists_are_refused() -> None:
    found = estimate(table(a=100, b=80, c=60))
    assert (found.verdict, found.choice) == (REFUSE, None)
    assert "fewer than 10 are on two or more lists" in found.reasons


@settings(max_examples=30)
@given(
    st.lists(st.integers(0, 40), min_size=7, max_size=7).filter(lambda c: min(c) > 0),
    st.sampled_from([2, 3, 10]),
)
def test_counts_times_three_are_n_times_three(counts: list[int], factor: int) -> None:
    y = np.array(counts)
    for model in pairwise(3):
        assert fit(3, model, factor * y).n_hat == pytest.approx(
            factor * fit(3, model, y).n_hat, rel=1e-7
        )


def test_any_order_of_lists_gives_the_same_n() -> None:
    h = simulated(2000, [0.3, 0.25, 0.2, 0.15], 5)
    wanted = choose(h, 1).chosen
    assert wanted
    for order in itertools.permutations(range(4)):
        counts = {
            sum(1 << order[i] for i in range(4) if m >> i & 1): int(n)
            for m, n in enumerate(h.counts, start=1)
        }
        found = choose(histories([f"x{i}" for i in range(4)], counts), 1).chosen
        assert found
        assert found.n_hat == pytest.approx(wanted.n_hat, rel=1e-7)


@settings(max_examples=50)
@given(st.lists(st.integers(5, 60), min_size=7, max_size=7))
def test_splitting_a_match_raises_n_and_merging_lowers_it(counts: list[int]) -> None:
    y = np.array(counts)
    base = fit(3, NONE, y).n_hat
    split, merged = y.copy(), y.copy()
    split[[A - 1, B - 1]] += 1
    split[(A | B) - 1] -= 1
    merged[[A - 1, B - 1]] -= 1
    merged[(A | B) - 1] += 1
    assert fit(3, NONE, split).n_hat > base > fit(3, NONE, merged).n_hat


@pytest.mark.long
def test_the_profile_interval_covers_under_independence() -> None:
    """True N of 1,000: within the 95% interval in 90–98% of 300 runs."""
    held = 0
    for seed in range(300):
        h = simulated(1000, [0.3, 0.25, 0.2], seed)
        span = profile(h, fit(3, NONE, h.counts))
        held += span is not None and span[0] <= 1000 <= span[1]
    assert 0.90 <= held / 300 <= 0.98


def test_dependence_between_two_lists() -> None:
    """An odds ratio of 4: main effects near three quarters of N, the chosen model within 3%."""
    h = expected(20_000, [0.2, 0.2, 0.2], odds=4.0)
    assert fit(3, NONE, h.counts).n_hat / 20_000 == pytest.approx(0.75, abs=0.01)
    chosen = choose(h, 1).chosen
    assert chosen
    assert chosen.terms == frozenset([A | B])
    assert chosen.n_hat == pytest.approx(20_000, rel=0.03)


SPARSE = {
    A: 54,
    B: 463,
    C: 95,
    8: 70,
    A | B: 15,
    A | C: 19,
    B | C: 5,
    A | 8: 3,
    C | 8: 6,
    A | B | C: 1,
    16: 40,
    A | 16: 2,
    B | 16: 4,
}


@pytest.mark.parametrize(
    "h",
    [simulated(900, [0.3, 0.2, 0.2, 0.15], 2), histories([*"abcde"], SPARSE)],
    ids=["four", "five, sparse"],
)
def test_every_admissible_model_agrees_with_statsmodels(h: Histories) -> None:
    tried = 0
    for model in pairwise(h.k)[:200]:
        if not is_admissible(h.k, model, h.counts):
            continue
        x, cells, _ = design(h.k, model, empty_terms(h.k, model, h.counts))
        theirs = sm.GLM(h.counts[cells], x, family=sm.families.Poisson()).fit(
            tol=1e-12, maxiter=200
        )
        ours = fit(h.k, model, h.counts)
        assert ours.n_hat == pytest.approx(h.known + math.exp(theirs.params[0]), rel=1e-6)
        assert ours.log_likelihood == pytest.approx(theirs.llf, rel=1e-8)
        assert ours.deviance == pytest.approx(theirs.deviance, abs=1e-6)
        assert list(ours.errors.values()) == pytest.approx(list(theirs.bse), rel=1e-4)
        many = fit_many(h.k, model, np.array([h.counts, h.counts]))
        assert [m[1] for m in many] == pytest.approx(
            [ours.n_hat, ours.bic, ours.deviance], rel=1e-6
        )
        tried += 1
    assert tried >= 30


@settings(max_examples=150)
@given(
    st.lists(st.sampled_from([0, 0, 1, 5, 20]), min_size=7, max_size=7),
    st.sampled_from(pairwise(3)),
)
def test_admissibility_by_the_other_side(counts: list[int], model: frozenset[int]) -> None:
    """Haberman's condition: no direction leaves the seen cells as they are and lowers an empty one without raising any."""
    y = np.array(counts)
    x, cells, _ = design(3, model, empty_terms(3, model, y))
    seen = y[cells] > 0
    if x.shape[0] < x.shape[1] or np.linalg.matrix_rank(x) < x.shape[1]:
        assert not is_admissible(3, model, y)
        return
    escape = 0.0
    if (~seen).any():
        found = linprog(
            x[~seen].sum(axis=0),
            A_ub=x[~seen],
            b_ub=np.zeros((~seen).sum()),
            A_eq=x[seen] if seen.any() else None,
            b_eq=np.zeros(seen.sum()) if seen.any() else None,
            bounds=[(-1, 1)] * x.shape[1],
        )
        escape = found.fun
    assert is_admissible(3, model, y) == (escape > -1e-7)


def test_stepwise_and_home_office_and_chao() -> None:
    h = expected(20_000, [0.25, 0.25, 0.2, 0.2], odds=4.0)
    for rule in (stepwise, home_office):
        found = rule(h)
        assert found
        assert A | B in found.terms
    once, twice = 100 + 80 + 60, 20 + 10 + 10
    assert chao(table(a=100, b=80, c=60, ab=20, ac=10, bc=10, abc=5)) == pytest.approx(
        285 + 2 / 3 * once**2 / (2 * twice)
    )


def test_pairs() -> None:
    assert len(pairs(5)) == 10
    assert len(pairwise(5)) == 1024


def test_a_published_table() -> None:
    """Hepatitis A in a college in Taiwan, 1995: 271 known cases on lists of 135, 122 and 126; independence gives 388, all
    three pairs 1,313, the pairs of lists 336, 378 and 334 (Chao et al. 2001, Statistics in Medicine 20:3123)."""
    h = histories("PQE", {1: 69, 2: 55, 4: 63, 3: 21, 5: 17, 6: 18, 7: 28})
    assert (h.known, [h.overlap(1 << i) for i in range(3)]) == (271, [135, 122, 126])
    assert round(fit(3, NONE, h.counts).n_hat) == 388
    assert round(fit(3, frozenset(pairs(3)), h.counts).n_hat) == 1313
    assert [round(n) for n in overlaps(h)["lincoln_petersen"].values()] == [336, 378, 334]
    found = estimate(h, linkage_error_known=True)
    assert found.verdict == REFUSE
    assert "as many parameters as there are cells" in found.reasons[0]


def test_a_published_table_of_five_lists() -> None:
    """Victims of modern slavery, United Kingdom, 2013 (Bales, Hesketh and Silverman 2015; police and crime agency as one
    list): 2,744 known; the authors' programs give 13,444 by main effects, and 11,313 by both rules of choice."""
    la, ng, pf, go, gp = 1, 2, 4, 8, 16
    h = histories(
        ["LA", "NG", "PFNCA", "GO", "GP"],
        {la: 54, ng: 463, pf: 995, go: 695, gp: 316}
        | {la | ng: 15, la | pf: 19, la | go: 3, ng | pf: 62, ng | go: 19, ng | gp: 1}
        | {pf | go: 76, pf | gp: 11, go | gp: 8}
        | {la | ng | pf: 1, la | ng | go: 1, ng | pf | go: 4, la | ng | pf | go: 1},
    )
    assert h.known == 2744
    assert round(fit(5, NONE, h.counts).n_hat) == 13_444
    for rule in (stepwise, home_office):
        found = rule(h)
        assert found
        assert round(found.n_hat) == 11_313
    # The Home Office published 10,000 to 13,000.
    low, high = profile(h, found)
    assert (round(low, -3), round(high, -3)) == (10_000, 13_000)


def by_glm(h: Histories) -> set[int]:
    """The Home Office rule as its authors' program runs it: a generalised linear model of every cell, zero cells too."""
    cells = np.arange(1, 2**h.k)
    chosen: list[int] = []

    def fitted(terms: list[int]) -> tuple[float, float]:
        columns = [0, *(1 << i for i in range(h.k)), *terms]
        x = np.array([[float(m & t == t) for t in columns] for m in cells])
        model = sm.GLM(h.counts, x, family=sm.families.Poisson()).fit(maxiter=60, tol=1e-12)
        return float(model.aic), float(model.pvalues[-1])

    aic, _ = fitted([])
    while True:
        tried = [(*fitted([*chosen, pair]), pair) for pair in pairs(h.k) if pair not in chosen]
        best, p, pair = min(tried, default=(np.inf, 1.0, 0))
        # A coefficient on its way to minus infinity stops where the iteration does: its AIC has come, its p is 1.
        if best >= aic - 1e-6 or p > 0.05:
            return set(chosen)
        aic = best
        chosen.append(pair)


def without_overlap(h: Histories, pair: int) -> Histories:
    """The same table, with nobody on both lists of a pair."""
    counts = {m: int(n) for m, n in enumerate(h.counts, start=1) if m & pair != pair}
    return histories(h.lists, counts)


@pytest.mark.filterwarnings("ignore")
def test_the_home_office_rule_stops_at_a_pair_that_nobody_is_in() -> None:
    """Going on without that pair, it would take in the pair that does depend on each other."""
    h = without_overlap(expected(3000, [0.25, 0.2, 0.15, 0.12], odds=2.2), 4 | 8)
    found = home_office(h)
    assert found
    assert found.terms == by_glm(h) == set()
    going_on = fit(4, frozenset([A | B]), h.counts)
    assert going_on.aic < found.aic


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("seed", range(8))
def test_the_home_office_rule_is_the_authors_program(seed: int) -> None:
    """Over tables in which two lists share nobody; in every third one the rule stops for it."""
    h = without_overlap(simulated(600, [0.3, 0.25, 0.2, 0.15], seed), 4 | 8)
    found = home_office(h)
    assert found
    assert found.terms == by_glm(h)


@given(st.lists(st.floats(0.1, 0.6), min_size=3, max_size=5))
def test_chaos_bound_for_unequal_lists_is_exact_under_independence(reach: list[float]) -> None:
    """Of independent lists that reach unequally far it is N, where Chao's own formula says more than N."""
    h = expected(10_000_000, reach)
    by_list, own = chao_by_list(h), chao(h)
    assert by_list is not None
    assert own is not None
    assert by_list == pytest.approx(10_000_000, rel=1e-4)
    assert own >= by_list - 1


def test_chaos_bound_needs_somebody_on_two_lists() -> None:
    assert chao_by_list(table(a=100, b=80, c=60, ab=0, ac=0, bc=0, abc=5)) is None

"""The attacker's intervals against brute force: every whole-number table that fits the facts is listed and counted."""

from __future__ import annotations

import itertools
import math

import pytest
from hypothesis import strategies as st
from sweeping import sweep

from profiles.disclosure.attacker import Attacker, Interval, intervals
from profiles.disclosure.facts import Cell, Facts, FactsError, Relation
from profiles.disclosure.lattice import Lattice, LatticeError, clique_tree
from profiles.disclosure.relations import known

Leaf = tuple[str, ...]


def tables(leaves: list[Leaf], total: int) -> list[dict[Leaf, int]]:
    """Every table of whole numbers over the leaves that adds up to the total."""
    found = []
    for bars in itertools.combinations(range(total + len(leaves) - 1), len(leaves) - 1):
        edges = (-1, *bars, total + len(leaves) - 1)
        found.append(
            {leaf: b - a - 1 for leaf, a, b in zip(leaves, edges, edges[1:], strict=False)}
        )
    return found


def value(cell: Cell, dims: list[str], table: dict[Leaf, int]) -> int:
    return sum(
        n
        for leaf, n in table.items()
        if all(d not in cell.at or c in cell.at[d] for d, c in zip(dims, leaf, strict=True))
    )


KINDS = st.sampled_from(
    ["suppressed", "lt:3", "nearest:3", "nearest:5", "nearest:3:2", "exact", "within:1"]
)


def told(kind: str, truth: int) -> tuple[int | None, int | None]:
    name, *rest = kind.split(":")
    if name == "lt" and truth >= int(rest[0]):
        return known("exact", str(truth))
    if name == "nearest":
        base = int(rest[0])
        if len(rest) == 2 and truth < int(rest[1]):
            return known(f"lt:{rest[1]}", "")
        return known(kind, str(base * round(truth / base)))
    return known(kind, str(truth))


@st.composite
def problems(draw: st.DrawFn) -> tuple[Facts, list[str], dict[str, list[Leaf]]]:
    """A lattice of one to three dimensions with a union in one of them, a true table, and facts about some margins."""
    shape = draw(st.sampled_from([(4,), (2, 3), (3, 2), (2, 2, 2), (2, 2)]))
    dims = [f"d{i}" for i in range(len(shape))]
    leaves = {d: tuple(f"{d}.{j}" for j in range(n)) for d, n in zip(dims, shape, strict=True)}
    joint = list(itertools.product(*leaves.values()))
    truth = dict(
        zip(
            joint,
            draw(st.lists(st.integers(0, 2), min_size=len(joint), max_size=len(joint))),
            strict=True,
        )
    )
    total = sum(truth.values())
    if math.comb(total + len(joint) - 1, len(joint) - 1) > 60_000:
        truth = dict.fromkeys(joint, 0) | {joint[0]: 2, joint[-1]: 3}
        total = 5
    choices = {d: [*(frozenset([x]) for x in of), frozenset(of[:2])] for d, of in leaves.items()}
    cells = [Cell("total", total, total, "t")]
    for i in range(draw(st.integers(1, 7))):
        at = {d: draw(st.sampled_from(choices[d])) for d in dims if draw(st.booleans())}
        shape_only = Cell("x", at=at)
        low, high = told(draw(KINDS), value(shape_only, dims, truth))
        cells.append(Cell(f"c{i}", low, high, "t", at))
    return Facts.of(cells, (), [Lattice("t", leaves)]), dims, {"joint": joint}


@sweep(20, 120, problems())
def test_intervals_equal_brute_force(
    problem: tuple[Facts, list[str], dict[str, list[Leaf]]],
) -> None:
    facts, dims, joint = problem
    total = facts.cells["total"].low or 0
    possible = [
        t
        for t in tables(joint["joint"], total)
        if all(
            (c.low or 0) <= value(c, dims, t) <= (math.inf if c.high is None else c.high)
            for c in facts.cells.values()
        )
    ]
    found = intervals(facts, {n: {n: 1} for n in facts.cells})
    for name, cell in facts.cells.items():
        values = [value(cell, dims, t) for t in possible]
        assert found[name] == Interval(min(values), max(values)), name


@sweep(40, 200, st.data())
def test_linked_cells_equal_brute_force(data: st.DataObject) -> None:
    """Cells without a lattice, joined by relations with coefficients, one of them free to be negative."""
    truth = data.draw(st.lists(st.integers(0, 4), min_size=4, max_size=4))
    cells = [Cell(f"c{i}", *told(data.draw(KINDS), n)) for i, n in enumerate(truth)]
    cells = [c if c.high is not None else Cell(c.name, 0, 6) for c in cells]
    relations = []
    for r in range(data.draw(st.integers(0, 2))):
        coefficients = data.draw(st.lists(st.integers(-2, 2), min_size=4, max_size=4))
        right = sum(c * n for c, n in zip(coefficients, truth, strict=True))
        relations.append(
            Relation(f"r{r}", {f"c{i}": c for i, c in enumerate(coefficients)}, right, right)
        )
    difference = Relation("difference", {"free": 1, "c0": -1, "c1": 1}, 0, 0)
    facts = Facts.of([*cells, Cell("free", None, None)], [*relations, difference])
    possible = [
        p
        for p in itertools.product(*(range(c.low or 0, (c.high or 0) + 1) for c in cells))
        if all(sum(c * p[int(n[1])] for n, c in r.terms.items()) == r.low for r in relations)
    ]
    found = intervals(facts, {n: {n: 1} for n in facts.cells})
    for i in range(4):
        assert found[f"c{i}"] == Interval(min(p[i] for p in possible), max(p[i] for p in possible))
    apart = [p[0] - p[1] for p in possible]
    assert found["free"] == Interval(min(apart), max(apart))


@sweep(20, 100, problems())
def test_what_sweeps_saw_is_possible(
    problem: tuple[Facts, list[str], dict[str, list[Leaf]]],
) -> None:
    facts, _, _ = problem
    attacker = Attacker(facts)
    targets = [{n: 1} for n in facts.cells]
    for terms, (low, high) in zip(targets, attacker.seen(targets, 4), strict=True):
        exact = attacker.interval(terms)
        assert exact.low is not None
        assert exact.high is not None
        assert exact.low <= low <= high <= exact.high


def test_no_bound_and_contradiction() -> None:
    facts = Facts.of([Cell("a"), Cell("b", 2, 3)], [Relation("r", {"a": 1, "b": -1}, 0, None)])
    assert intervals(facts, {"a": {"a": 1}})["a"] == Interval(2, None)
    # A fraction fits, no whole number does.
    halves = Facts.of([Cell("a"), Cell("b", 3, 3)], [Relation("r", {"a": 2, "b": -1}, 0, 0)])
    with pytest.raises(FactsError, match="contradict"):
        intervals(halves, {"a": {"a": 1}})
    with pytest.raises(FactsError, match="contradict"):
        Attacker(Facts.of([Cell("a", 5, 4)]))


def test_a_lattice_over_the_cap_is_refused() -> None:
    with pytest.raises(LatticeError, match="10,201 joint leaves"):
        Lattice("big", {d: tuple(str(i) for i in range(101)) for d in "ab"})


@sweep(
    50,
    200,
    st.lists(st.sets(st.sampled_from("abcdefghi"), min_size=1, max_size=4), max_size=8),
    st.integers(2, 9),
)
def test_clique_trees_hold_every_margin_and_hang_together(
    margins: list[set[str]], count: int
) -> None:
    dims = "abcdefghi"[:count]
    sizes = {d: 2 + i for i, d in enumerate(dims)}
    asked = [m & set(dims) for m in margins]
    tree = clique_tree(sizes, asked)
    assert {d for c in tree.cliques for d in c} == set(dims)
    for margin in asked:
        assert margin <= set(tree.cliques[tree.holding(margin, sizes)])
    # Running intersection: what a clique shares with all before it lies in the one that it hangs on.
    for i, (at, shared) in enumerate(tree.joins, start=1):
        before = {d for c in tree.cliques[:i] for d in c}
        assert before & set(tree.cliques[i]) == set(shared) <= set(tree.cliques[at])

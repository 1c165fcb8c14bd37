"""What the tests of known attacks share: ways to tell a count, and a small joint table with the sums of it that are published.

`naive` hides counts of 1 to 4 and shows the rest as they are, as many publications do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

from profiles.disclosure.attacker import Attacker, Interval
from profiles.disclosure.audit import attack
from profiles.disclosure.facts import Cell, Facts
from profiles.disclosure.knowledge import Knowledge
from profiles.disclosure.lattice import Lattice
from profiles.disclosure.picture import Target
from profiles.disclosure.relations import known
from profiles.disclosure.rule import Rule

Range = tuple[int | None, int | None]


Way = Callable[[int], Range]


Leaf = tuple[str, ...]


def naive(n: int) -> Range:
    return known("pos:5", "") if 1 <= n <= 4 else known("exact", str(n))


def plain(n: int) -> Range:
    return known("exact", str(n))


def rounded(n: int) -> Range:
    """Nearest 5 alone, as if rounding were enough."""
    return known("nearest:5", str(5 * ((n + 2) // 5)))


def ours(n: int) -> Range:
    return known("lt:8", "") if n < 8 else known("nearest:5:8", str(5 * ((n + 2) // 5)))


def safe(interval: Interval) -> bool:
    """What the audit asks of a number that is truly below 8."""
    return interval.width >= 4 or (interval.low or 0) >= 6


def settled(cells: list[Cell], lattice: Lattice, target: str, small: set[str]) -> Interval:
    """The target's interval when the audit is through: what binds is withheld, smallest first, until the attacker fails."""
    cells = list(cells)
    targets = tuple(Target(n, {n: 1}, is_small=True) for n in sorted({target, *small}))
    for _ in cells:
        facts = Facts.of(cells, (), [lattice])
        verdict = attack(Knowledge(facts, targets, {}), Rule(), "test", 60)
        if verdict.passed:
            return Attacker(facts).interval({target: 1})
        shown = sorted(
            (c.low or 0, c.name) for c in cells if c.high is not None and (c.low or 0) >= 8
        )
        binding = [n for _, n in shown if n in verdict.failures[0].binds] or [n for _, n in shown]
        cells = [
            Cell(c.name, 8, None, c.lattice, c.at) if c.name == binding[0] else c for c in cells
        ]
    raise AssertionError("nothing is left to withhold")


class Table:
    """A joint table of counts, and the sums of it that are published."""

    def __init__(self, dims: Mapping[str, str], counts: Mapping[Leaf, int]) -> None:
        self.leaves = {d: tuple(of.split()) for d, of in dims.items()}
        self.counts = counts

    def value(self, at: Mapping[str, set[str]]) -> int:
        return sum(
            n
            for leaf, n in self.counts.items()
            if all(d not in at or g in at[d] for d, g in zip(self.leaves, leaf, strict=True))
        )

    def attack(
        self,
        published: list[Mapping[str, set[str]]],
        target: Mapping[str, set[str]],
        way: Way,
        exact_total: bool = False,
    ) -> Interval:
        """What one who sees the published sums, each told in this way, makes of the target."""
        cells = [self._cell(f"c{i}", at, *way(self.value(at))) for i, at in enumerate(published)]
        if exact_total:
            cells.append(self._cell("total", {}, *plain(self.value({}))))
        cells.append(self._cell("target", target, 0, None))
        return Attacker(Facts.of(cells, (), [Lattice("t", self.leaves)])).interval({"target": 1})

    def audited(
        self,
        published: list[Mapping[str, set[str]]],
        target: Mapping[str, set[str]],
        also: tuple[Cell, ...] = (),
    ) -> Interval:
        """The same with our labels, when the audit is through with them."""
        cells = [self._cell(f"c{i}", at, *ours(self.value(at))) for i, at in enumerate(published)]
        small = {f"c{i}" for i, at in enumerate(published) if self.value(at) < 8}
        return settled(
            [*cells, self._cell("target", target, 0, None), *also],
            Lattice("t", self.leaves),
            "target",
            small,
        )

    @staticmethod
    def _cell(name: str, at: Mapping[str, set[str]], low: int | None, high: int | None) -> Cell:
        return Cell(name, low, high, "t", {d: frozenset(g) for d, g in at.items()})


def margins(leaves: Mapping[str, tuple[str, ...]], *sets: str) -> list[dict[str, set[str]]]:
    """Every cell of the tables by these dimensions: margins(leaves, "ab", "a", "")."""
    return [
        {d: {g} for d, g in zip(dims, cell, strict=True)}
        for dims in sets
        for cell in itertools.product(*(leaves[d] for d in dims))
    ]


def grid(rows: str) -> dict[Leaf, int]:
    """A table of a by b drawn as text."""
    return {
        (f"a{i}", f"b{j}"): int(n)
        for i, row in enumerate(rows.strip().splitlines())
        for j, n in enumerate(row.split())
    }


def two_way(rows: str) -> Table:
    counts = grid(rows)
    return Table(
        {
            "a": " ".join(dict.fromkeys(a for a, _ in counts)),
            "b": " ".join(dict.fromkeys(b for _, b in counts)),
        },
        counts,
    )

"""A joint table of leaf categories, taken apart without loss so that whole numbers can be searched
for in seconds.

A fact says how many children are in some leaves of a few dimensions, whatever they are in the
others: “12 girls are in care” joins sex and plan, and says nothing of age. Draw an edge between
dimensions that some fact joins (one of which it takes every leaf is not joined: it restricts
nothing), add edges until every ring of four or more has a chord, and keep one table per clique
(dimensions that are all joined with one another). Tables of whole numbers that agree on what
neighbouring cliques share can always be glued to one joint table of whole numbers, so nothing that
the attacker could find in the joint table is lost (Vorob'ev 1962; Dobra and Fienberg 2000).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

MAXIMUM_LEAVES = 10_000
EXACT_SEARCH = 7


class LatticeError(ValueError):
    """A lattice that cannot be used, in words."""


@dataclass(frozen=True)
class Lattice:
    """One population's joint table: its dimensions and their leaf categories. Every child is in one
    joint leaf.
    """

    name: str
    leaves: Mapping[str, tuple[str, ...]]

    def __post_init__(self) -> None:
        if self.size > MAXIMUM_LEAVES:
            raise LatticeError(
                f"the lattice “{self.name}” has {self.size:,} joint leaves; at most "
                f"{MAXIMUM_LEAVES:,} can be audited. "
                "Merge bands or residual groups; do not leave a dimension out, which would weaken "
                "the attacker"
            )

    @property
    def size(self) -> int:
        """How many joint leaves there are."""
        return math.prod(len(leaves) for leaves in self.leaves.values())


@dataclass(frozen=True)
class CliqueTree:
    """Cliques of dimensions; `joins` has, for each but the first, the place of the earlier clique
    that it hangs on, and the dimensions that the two share (none where only the total is shared).
    """

    cliques: tuple[tuple[str, ...], ...]
    joins: tuple[tuple[int, tuple[str, ...]], ...]

    def holding(self, dimensions: Iterable[str], sizes: Mapping[str, int]) -> int:
        """The smallest clique that has all these dimensions."""
        wanted = set(dimensions)
        fitting = [i for i, c in enumerate(self.cliques) if wanted <= set(c)]
        return min(fitting, key=lambda i: (math.prod(sizes[d] for d in self.cliques[i]), i))


def _cliques(edges: list[frozenset[str]], order: tuple[str, ...]) -> list[frozenset[str]]:
    """The maximal cliques that eliminating the dimensions in this order makes."""
    neighbours: dict[str, set[str]] = {d: set() for d in order}
    for edge in edges:
        for d in edge:
            neighbours[d] |= edge - {d}
    cliques: list[frozenset[str]] = []
    for d in order:
        # To eliminate a dimension joins all its neighbours with one another: they and it are a
        # clique.
        clique = frozenset(neighbours[d] | {d})
        # A clique inside another one tells nothing more.
        if not any(clique <= other for other in cliques):
            cliques.append(clique)
        for other in neighbours[d]:
            neighbours[other] |= neighbours[d] - {other}
            neighbours[other].discard(d)
        neighbours[d] = set()
    return cliques


def clique_tree(sizes: Mapping[str, int], joined: Iterable[Iterable[str]]) -> CliqueTree:
    """Cliques that hold every set of dimensions in `joined`, with the fewest cells in all, in an
    order in which each hangs on one before it.

    `sizes` are the numbers of leaves. All elimination orders are tried for up to seven dimensions,
    else a greedy one.
    """
    dimensions = tuple(sorted(sizes))
    if not dimensions:
        return CliqueTree(((),), ())
    edges = [frozenset(j) for j in joined]

    def cost(cliques: list[frozenset[str]]) -> int:
        return sum(math.prod(sizes[d] for d in c) for c in cliques)

    # 7! = 5,040 orders take a moment; 8! would not.
    if len(dimensions) <= EXACT_SEARCH:
        best = min(
            (_cliques(edges, order) for order in itertools.permutations(dimensions)), key=cost
        )
    else:
        best = _cliques(edges, _greedy_order(dimensions, edges, sizes))
    return _hung(best)


def _greedy_order(
    dimensions: tuple[str, ...], edges: list[frozenset[str]], sizes: Mapping[str, int]
) -> tuple[str, ...]:
    neighbours: dict[str, set[str]] = {d: set() for d in dimensions}
    for edge in edges:
        for d in edge:
            neighbours[d] |= edge - {d}
    order: list[str] = []
    remaining = set(dimensions)
    while remaining:
        # The dimension that makes the smallest table now; sorted, so that ties fall the same way.
        d = min(sorted(remaining), key=lambda x: math.prod(sizes[y] for y in neighbours[x] | {x}))
        for other in neighbours[d]:
            neighbours[other] |= neighbours[d] - {other}
            neighbours[other].discard(d)
        order.append(d)
        remaining.discard(d)
    return tuple(order)


def _hung(cliques: list[frozenset[str]]) -> CliqueTree:
    """A heaviest spanning tree over what cliques share is a clique tree of a chordal drawing
    (Bernstein and Goodman 1981).
    """
    placed = [cliques[0]]
    rest = list(cliques[1:])
    joins: list[tuple[int, tuple[str, ...]]] = []
    while rest:
        at, clique = max(
            ((i, c) for i in range(len(placed)) for c in rest),
            key=lambda pair: (len(placed[pair[0]] & pair[1]), -pair[0], sorted(pair[1])),
        )
        joins.append((at, tuple(sorted(placed[at] & clique))))
        placed.append(clique)
        rest.remove(clique)
    return CliqueTree(tuple(tuple(sorted(c)) for c in placed), tuple(joins))

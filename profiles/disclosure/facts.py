"""What an attacker knows, as linear facts about whole numbers, and the same as a matrix.

It knows nothing of children: cells with a lowest and highest value, relations among cells, and
lattices whose joint leaves the cells are sums of.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import scipy.sparse as sp

from profiles.disclosure.lattice import CliqueTree, Lattice, clique_tree

Terms = Mapping[str, int]


class FactsError(ValueError):
    """Facts that cannot be read or that contradict each other, in words."""


@dataclass(frozen=True)
class Cell:
    """A whole number of which the attacker knows that low ≤ number ≤ high; None is no bound.

    In a lattice, the sum of the joint leaves at `at` (dimension → its leaves; a dimension left out
    means all of them); outside, a number of its own. `low` is 0 unless a number may be negative.
    """

    name: str
    low: int | None = 0
    high: int | None = None
    lattice: str | None = None
    at: Mapping[str, frozenset[str]] = field(default_factory=dict)


@dataclass(frozen=True)
class Relation:
    """low ≤ sum of coefficient × cell ≤ high; an equation where both are the same."""

    name: str
    terms: Terms
    low: int | None = 0
    high: int | None = 0


@dataclass(frozen=True)
class Facts:
    """Everything known: cells by name, relations among them, and the lattices that they
    stand in.
    """

    cells: Mapping[str, Cell]
    relations: tuple[Relation, ...] = ()
    lattices: Mapping[str, Lattice] = field(default_factory=dict)

    @classmethod
    def of(
        cls,
        cells: Iterable[Cell],
        relations: Iterable[Relation] = (),
        lattices: Iterable[Lattice] = (),
    ) -> Facts:
        """Facts by name. Raises FactsError where two cells have one name or a relation names no
        cell.
        """
        named: dict[str, Cell] = {}
        for cell in cells:
            if cell.name in named:
                raise FactsError(f"two cells are named “{cell.name}”")
            named[cell.name] = cell
        relations = tuple(relations)
        for relation in relations:
            unknown = sorted(set(relation.terms) - named.keys())
            if unknown:
                raise FactsError(
                    f"the relation “{relation.name}” names a cell that there is not: “{unknown[0]}”"
                )
        return cls(named, relations, {x.name: x for x in lattices})


@dataclass(frozen=True)
class System:
    """The facts as matrix: row_low ≤ rows · x ≤ row_high and low ≤ x ≤ high for whole x; `cells`
    gives each cell as a row.
    """

    rows: sp.csr_array
    row_low: np.ndarray
    row_high: np.ndarray
    low: np.ndarray
    high: np.ndarray
    cells: sp.csr_array
    index: Mapping[str, int]
    origin: tuple[str, ...]
    scalars: Mapping[str, int]

    def expression(self, terms: Terms) -> np.ndarray:
        """A sum of cells as a dense vector over x."""
        vector = np.zeros(self.rows.shape[1])
        for name, coefficient in terms.items():
            at = self.index[name]
            start, end = self.cells.indptr[at], self.cells.indptr[at + 1]
            vector[self.cells.indices[start:end]] += coefficient * self.cells.data[start:end]
        return vector


@dataclass(frozen=True)
class _Table:
    """The place of a clique's table among the unknowns."""

    dimensions: tuple[str, ...]
    numbers: np.ndarray


class _Builder:
    """Numbers the unknowns and collects rows."""

    def __init__(self) -> None:
        self.columns = 0
        self.low: list[float] = []
        self.high: list[float] = []
        self.rows: list[tuple[np.ndarray, np.ndarray]] = []
        self.row_low: list[float] = []
        self.row_high: list[float] = []
        self.origin: list[str] = []

    def unknowns(
        self, shape: tuple[int, ...], low: float = 0.0, high: float = np.inf
    ) -> np.ndarray:
        size = int(np.prod(shape, dtype=int))
        numbers = np.arange(self.columns, self.columns + size).reshape(shape)
        self.columns += size
        self.low += [low] * size
        self.high += [high] * size
        return numbers

    def row(
        self,
        columns: np.ndarray,
        values: np.ndarray,
        low: float | None,
        high: float | None,
        origin: str,
    ) -> None:
        self.rows.append((columns, values))
        self.row_low.append(-np.inf if low is None else low)
        self.row_high.append(np.inf if high is None else high)
        self.origin.append(origin)


def _tables(
    builder: _Builder, lattice: Lattice, cells: list[Cell]
) -> tuple[CliqueTree, list[_Table]]:
    sizes = {d: len(of) for d, of in lattice.leaves.items()}
    asked = {frozenset(d for d, chosen in c.at.items() if len(chosen) < sizes[d]) for c in cells}
    tree = clique_tree(sizes, asked)
    tables = [_Table(c, builder.unknowns(tuple(sizes[d] for d in c))) for c in tree.cliques]
    for i, (at, shared) in enumerate(tree.joins, start=1):
        for leaf in itertools.product(*(range(sizes[d]) for d in shared)):
            chosen = dict(zip(shared, leaf, strict=True))
            ours, theirs = (
                t.numbers[tuple(chosen.get(d, slice(None)) for d in t.dimensions)].ravel()
                for t in (tables[i], tables[at])
            )
            values = np.concatenate([np.ones(len(ours)), -np.ones(len(theirs))])
            builder.row(
                np.concatenate([ours, theirs]), values, 0, 0, f"tables of {lattice.name} agree"
            )
    return tree, tables


def _told_apart(relation: Relation, facts: Facts) -> Relation | None:
    """A relation without the cells that are known exactly, which would tie together what has
    nothing to do with each other.

    None where the cells' own ranges imply it: it then tells nothing that they do not. Nothing is
    lost by either.
    """
    fixed = {
        n: c * (facts.cells[n].low or 0)
        for n, c in relation.terms.items()
        if _is_fixed(facts.cells[n])
    }
    known = sum(fixed.values())
    low = None if relation.low is None else relation.low - known
    high = None if relation.high is None else relation.high - known
    terms = {n: c for n, c in relation.terms.items() if n not in fixed}
    least, most = 0.0, 0.0
    for name, coefficient in terms.items():
        cell = facts.cells[name]
        ends = (
            -np.inf if cell.low is None else cell.low,
            np.inf if cell.high is None else cell.high,
        )
        if coefficient:
            products = sorted(coefficient * end for end in ends)
        else:
            products = [0.0, 0.0]
        least, most = least + products[0], most + products[1]
    if terms and (low is None or least >= low) and (high is None or most <= high):
        return None
    return Relation(relation.name, terms, low, high)


def _is_fixed(cell: Cell) -> bool:
    return cell.low is not None and cell.low == cell.high


def system(facts: Facts) -> System:
    """The matrix of the facts. Raises FactsError where a cell stands at a category that its lattice
    does not have.
    """
    builder = _Builder()
    of_lattice = {n: [c for c in facts.cells.values() if c.lattice == n] for n in facts.lattices}
    made = {n: _tables(builder, facts.lattices[n], cells) for n, cells in of_lattice.items()}
    vectors: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    for cell in facts.cells.values():
        if cell.lattice is None:
            low, high = (
                (-np.inf if cell.low is None else cell.low),
                (np.inf if cell.high is None else cell.high),
            )
            vectors[cell.name] = (builder.unknowns((1,), low, high), np.ones(1))
            continue
        lattice = facts.lattices[cell.lattice]
        columns = _columns(cell, lattice, *made[cell.lattice])
        vectors[cell.name] = (columns, np.ones(len(columns)))
        if (cell.low or 0) > 0 or cell.high is not None:
            builder.row(columns, np.ones(len(columns)), cell.low, cell.high, cell.name)
    for relation in (_told_apart(r, facts) for r in facts.relations):
        if relation is None:
            continue
        columns = np.concatenate(
            [vectors[n][0] for n in relation.terms] or [np.zeros(0, dtype=int)]
        )
        values = np.concatenate(
            [c * vectors[n][1] for n, c in relation.terms.items()] or [np.zeros(0)]
        )
        builder.row(columns, values, relation.low, relation.high, relation.name)
    row_low = np.array(builder.row_low, dtype=float)
    row_high = np.array(builder.row_high, dtype=float)
    index = {name: i for i, name in enumerate(vectors)}
    scalars = {
        c.name: int(vectors[c.name][0][0]) for c in facts.cells.values() if c.lattice is None
    }
    return System(
        rows=_matrix(builder.rows, builder.columns),
        row_low=row_low,
        row_high=row_high,
        low=np.array(builder.low, dtype=float),
        high=np.array(builder.high, dtype=float),
        cells=_matrix(list(vectors.values()), builder.columns),
        index=index,
        origin=tuple(builder.origin),
        scalars=scalars,
    )


def _columns(cell: Cell, lattice: Lattice, tree: CliqueTree, tables: list[_Table]) -> np.ndarray:
    sizes = {d: len(of) for d, of in lattice.leaves.items()}
    for d, chosen in cell.at.items():
        if d not in sizes or not chosen <= set(lattice.leaves[d]):
            raise FactsError(
                f"the cell “{cell.name}” stands at a category that “{lattice.name}” does not have"
            )
    narrowed = [d for d, chosen in cell.at.items() if len(chosen) < sizes[d]]
    table = tables[tree.holding(narrowed, sizes)]
    picks = [
        [i for i, leaf in enumerate(lattice.leaves[d]) if d not in cell.at or leaf in cell.at[d]]
        for d in table.dimensions
    ]
    if picks:
        return table.numbers[np.ix_(*picks)].ravel()
    return table.numbers.ravel()


def _matrix(rows: list[tuple[np.ndarray, np.ndarray]], columns: int) -> sp.csr_array:
    lengths = [len(c) for c, _ in rows]
    data = np.concatenate([v for _, v in rows] or [np.zeros(0)]).astype(float)
    column = np.concatenate([c for c, _ in rows] or [np.zeros(0, dtype=int)]).astype(int)
    row = np.repeat(np.arange(len(rows)), lengths)
    matrix = sp.csr_array(sp.coo_array((data, (row, column)), shape=(len(rows), columns)))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix

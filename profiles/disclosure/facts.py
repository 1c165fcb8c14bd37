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
            start = self.cells.indptr[at]
            end = self.cells.indptr[at + 1]
            vector[self.cells.indices[start:end]] += coefficient * self.cells.data[start:end]
        return vector


@dataclass(frozen=True)
class _Table:
    """The place of a clique's table among the unknowns."""

    dimensions: tuple[str, ...]
    numbers: np.ndarray

    def margin(self, chosen: Mapping[str, int]) -> np.ndarray:
        """The unknowns that add up to a margin: these leaves of some dimensions, all of others."""
        place = tuple(chosen.get(dimension, slice(None)) for dimension in self.dimensions)
        return self.numbers[place].ravel()


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
    """One table of unknowns for each clique of the dimensions that some cell asks for together."""
    sizes = {dimension: len(leaves) for dimension, leaves in lattice.leaves.items()}
    asked = {frozenset(_narrowed(cell, sizes)) for cell in cells}
    tree = clique_tree(sizes, asked)
    tables = []
    for clique in tree.cliques:
        shape = tuple(sizes[dimension] for dimension in clique)
        tables.append(_Table(clique, builder.unknowns(shape)))
    for i, (at, shared) in enumerate(tree.joins, start=1):
        for leaf in itertools.product(*(range(sizes[dimension]) for dimension in shared)):
            chosen = dict(zip(shared, leaf, strict=True))
            ours = tables[i].margin(chosen)
            theirs = tables[at].margin(chosen)
            columns = np.concatenate([ours, theirs])
            values = np.concatenate([np.ones(len(ours)), -np.ones(len(theirs))])
            builder.row(columns, values, 0, 0, f"tables of {lattice.name} agree")
    return tree, tables


def _narrowed(cell: Cell, sizes: Mapping[str, int]) -> list[str]:
    """The dimensions of which a cell has some leaves and not all."""
    return [dimension for dimension, leaves in cell.at.items() if len(leaves) < sizes[dimension]]


def _told_apart(relation: Relation, facts: Facts) -> Relation | None:
    """A relation without the cells that are known exactly, which would tie together what has
    nothing to do with each other.

    Of girls + boys + other = 291, where 291 is exact and boys are 217, girls + other = 74 is left.
    None where the cells' own ranges imply it: it then tells nothing that they do not. Nothing is
    lost by either.
    """
    exact_part = 0
    terms = {}
    for name, coefficient in relation.terms.items():
        cell = facts.cells[name]
        if _is_fixed(cell):
            exact_part += coefficient * (cell.low or 0)
        else:
            terms[name] = coefficient
    if relation.low is None:
        low = None
    else:
        low = relation.low - exact_part
    if relation.high is None:
        high = None
    else:
        high = relation.high - exact_part
    least, most = _range_of_sum(terms, facts)
    is_implied = (low is None or least >= low) and (high is None or most <= high)
    if terms and is_implied:
        return None
    return Relation(relation.name, terms, low, high)


def _range_of_sum(terms: Terms, facts: Facts) -> tuple[float, float]:
    """What a sum can be by the ranges of its cells alone."""
    least = most = 0.0
    for name, coefficient in terms.items():
        if not coefficient:
            # Zero times a cell without a bound would be no number.
            continue
        ends = _ends(facts.cells[name])
        products = sorted(coefficient * end for end in ends)
        least += products[0]
        most += products[1]
    return least, most


def _ends(cell: Cell) -> tuple[float, float]:
    low = -np.inf if cell.low is None else cell.low
    high = np.inf if cell.high is None else cell.high
    return low, high


def _is_fixed(cell: Cell) -> bool:
    return cell.low is not None and cell.low == cell.high


def system(facts: Facts) -> System:
    """The matrix of the facts. Raises FactsError where a cell stands at a category that its lattice
    does not have.
    """
    builder = _Builder()
    tables = {}
    for name, lattice in facts.lattices.items():
        cells = [cell for cell in facts.cells.values() if cell.lattice == name]
        tables[name] = _tables(builder, lattice, cells)
    vectors: dict[str, tuple[np.ndarray, np.ndarray]] = {}
    scalars = {}
    for cell in facts.cells.values():
        if cell.lattice is None:
            column = builder.unknowns((1,), *_ends(cell))
            vectors[cell.name] = (column, np.ones(1))
            scalars[cell.name] = int(column[0])
            continue
        columns = _columns(cell, facts.lattices[cell.lattice], *tables[cell.lattice])
        vectors[cell.name] = (columns, np.ones(len(columns)))
        # Joint leaves are zero or more by themselves: only what says more needs a row.
        if (cell.low or 0) > 0 or cell.high is not None:
            builder.row(columns, np.ones(len(columns)), cell.low, cell.high, cell.name)
    for relation in facts.relations:
        reduced = _told_apart(relation, facts)
        if reduced is not None:
            columns, values = _sum(reduced.terms, vectors)
            builder.row(columns, values, reduced.low, reduced.high, reduced.name)
    rows = _matrix(builder.rows, builder.columns)
    row_low = np.array(builder.row_low, dtype=float)
    row_high = np.array(builder.row_high, dtype=float)
    low = np.array(builder.low, dtype=float)
    high = np.array(builder.high, dtype=float)
    index = {name: i for i, name in enumerate(vectors)}
    return System(
        rows=rows,
        row_low=row_low,
        row_high=row_high,
        low=low,
        high=high,
        cells=_matrix(list(vectors.values()), builder.columns),
        index=index,
        origin=tuple(builder.origin),
        scalars=scalars,
    )


def _sum(
    terms: Terms, vectors: Mapping[str, tuple[np.ndarray, np.ndarray]]
) -> tuple[np.ndarray, np.ndarray]:
    """A sum of cells as columns and their values; empty where there are no cells."""
    all_columns = [np.zeros(0, dtype=int)]
    all_values = [np.zeros(0)]
    for name, coefficient in terms.items():
        columns, values = vectors[name]
        all_columns.append(columns)
        all_values.append(coefficient * values)
    return np.concatenate(all_columns), np.concatenate(all_values)


def _columns(cell: Cell, lattice: Lattice, tree: CliqueTree, tables: list[_Table]) -> np.ndarray:
    """The unknowns that a cell is the sum of, in the smallest table that can tell them apart."""
    sizes = {dimension: len(leaves) for dimension, leaves in lattice.leaves.items()}
    for dimension, chosen in cell.at.items():
        if dimension not in sizes or not chosen <= set(lattice.leaves[dimension]):
            raise FactsError(
                f"the cell “{cell.name}” stands at a category that “{lattice.name}” does not have"
            )
    table = tables[tree.holding(_narrowed(cell, sizes), sizes)]
    if not table.dimensions:
        return table.numbers.ravel()
    picks = []
    for dimension in table.dimensions:
        leaves = lattice.leaves[dimension]
        wanted = cell.at.get(dimension, frozenset(leaves))
        picks.append([i for i, leaf in enumerate(leaves) if leaf in wanted])
    return table.numbers[np.ix_(*picks)].ravel()


def _matrix(rows: list[tuple[np.ndarray, np.ndarray]], columns: int) -> sp.csr_array:
    lengths = [len(row_columns) for row_columns, _ in rows]
    every_column = [np.zeros(0, dtype=int), *(row_columns for row_columns, _ in rows)]
    every_value = [np.zeros(0), *(row_values for _, row_values in rows)]
    column = np.concatenate(every_column).astype(int)
    data = np.concatenate(every_value).astype(float)
    row = np.repeat(np.arange(len(rows)), lengths)
    matrix = sp.csr_array(sp.coo_array((data, (row, column)), shape=(len(rows), columns)))
    matrix.sum_duplicates()
    matrix.eliminate_zeros()
    return matrix

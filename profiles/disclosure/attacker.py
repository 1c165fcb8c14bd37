"""The attacker: from linear facts about whole numbers, how narrowly can a number be worked out?

Three ways to ask, the cheapest first; the audit asks by one after the other. A sweep (`seen`) is an
integer programme that pushes many numbers at once: each point it finds is a feasible one, so it
proves width for everything it separates. `linear` gives the minimum and maximum over fractions,
`interval` those over whole numbers. Limits count nodes, so a verdict does not depend on the
machine; running out of time or nodes is never a pass.

Source: Fischetti and Salazar-González (2001), Solving the cell suppression problem on tabular data
with linear constraints.
"""

from __future__ import annotations

import ctypes
import itertools
import os
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from scipy.optimize import Bounds, LinearConstraint, linprog, milp
from scipy.sparse.csgraph import connected_components

from profiles.disclosure.facts import Facts, FactsError, System, Terms, system

NODES = 20_000
ROUNDS = 6
SLACK = 1e-6
# What scipy's milp answers.
SOLVED, INFEASIBLE, UNBOUNDED, UNCLEAR = 0, 2, 3, 4


def _solved(*args: Any, **kwargs: Any) -> Any:
    """scipy's milp, without the lines that HiGHS writes past Python in rare cases: what a command
    prints is for other programs to read.
    """
    library = ctypes.CDLL(None)
    library.fflush(None)
    kept = os.dup(1)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    try:
        return milp(*args, **kwargs)
    finally:
        library.fflush(None)
        os.dup2(kept, 1)
        os.close(kept)
        os.close(nowhere)


class SolverError(Exception):
    """The solver could not answer within its limits: nothing may be concluded from that, least of
    all that all is well.
    """


@dataclass(frozen=True)
class Interval:
    """All that the attacker can tell: low ≤ number ≤ high; None is no bound. Of `interval` both are
    reached, of `linear` they may lie further out.
    """

    low: int | None
    high: int | None

    @property
    def width(self) -> float:
        """high − low; infinite where there is no bound."""
        if self.low is None or self.high is None:
            return float("inf")
        return self.high - self.low


@dataclass
class Effort:
    """How much work it was: sweeps, linear programmes, and integer programmes besides sweeps."""

    sweeps: int = 0
    lps: int = 0
    milps: int = 0

    def __add__(self, other: Effort) -> Effort:
        sweeps = self.sweeps + other.sweeps
        lps = self.lps + other.lps
        return Effort(sweeps, lps, self.milps + other.milps)


@dataclass
class _Block:
    """A block of the system: it shares no unknown with the rest."""

    columns: np.ndarray
    constraints: list[LinearConstraint]
    bounds: Bounds


@dataclass
class _Seen:
    """The smallest and largest value of each target in the points found so far."""

    low: np.ndarray
    high: np.ndarray

    def add(self, values: np.ndarray) -> None:
        np.minimum(self.low, values, out=self.low)
        np.maximum(self.high, values, out=self.high)


@dataclass
class Attacker:
    """Holds the facts and answers questions about sums of cells.

    Raises FactsError where the facts contradict each other, SolverError where a limit is reached.
    """

    facts: Facts
    nodes: int = NODES
    seconds: float = 600.0
    effort: Effort = field(default_factory=Effort)

    def __post_init__(self) -> None:
        # The clock only ever fails an audit; nothing that is published depends on it.
        self._until = time.monotonic() + self.seconds
        self._system = system(self.facts)
        self._blocks = self._split(self._system)
        self._of_column = np.zeros(self._system.rows.shape[1], dtype=int)
        for i, block in enumerate(self._blocks):
            self._of_column[block.columns] = i
        self._feasible: dict[int, np.ndarray] = {}
        self._check_rows_without_unknowns()

    def _check_rows_without_unknowns(self) -> None:
        s = self._system
        empty = np.diff(s.rows.indptr) == 0
        if np.any(empty & ((s.row_low > 0) | (s.row_high < 0))) or np.any(s.low > s.high):
            raise FactsError("the facts contradict each other")

    @staticmethod
    def _split(s: System) -> list[_Block]:
        rows, count = s.rows.shape
        # A graph with a node per row and per unknown: rows and unknowns that hang together are one
        # part, and parts can be solved one by one.
        graph = sp.csr_array((count, count))
        if rows:
            graph = sp.block_array([[None, s.rows], [s.rows.T, None]], format="csr")
        number, part_of = connected_components(graph, directed=False)
        part_of_row = part_of[:rows]
        part_of_column = part_of[rows:]
        is_filled = np.diff(s.rows.indptr) > 0
        blocks = []
        for part in range(number):
            columns = np.flatnonzero(part_of_column == part)
            inside = np.flatnonzero((part_of_row == part) & is_filled)
            if not len(columns):
                continue
            constraints = []
            if len(inside):
                matrix = s.rows[inside][:, columns]
                constraints = [LinearConstraint(matrix, s.row_low[inside], s.row_high[inside])]
            bounds = Bounds(s.low[columns], s.high[columns])
            blocks.append(_Block(columns, constraints, bounds))
        return blocks

    def _solve(
        self, block: _Block, objective: np.ndarray, *, whole: bool, presolve: bool = True
    ) -> tuple[int, np.ndarray | None, float | None]:
        """Minimise over a block: (status, point or none, proved bound of the objective)."""
        options: dict[str, Any] = {"time_limit": self._seconds_left(), "presolve": presolve}
        integrality = None
        if whole:
            self.effort.milps += 1
            integrality = np.ones(len(objective))
            options |= {"node_limit": self.nodes, "mip_rel_gap": 0.0}
        else:
            self.effort.lps += 1
        solution = _solved(
            objective,
            integrality=integrality,
            bounds=block.bounds,
            constraints=block.constraints,
            options=options,
        )
        if solution.status == 1 and time.monotonic() >= self._until:
            raise SolverError("the time limit was reached")
        if whole:
            return solution.status, solution.x, getattr(solution, "mip_dual_bound", None)
        return solution.status, solution.x, solution.fun

    def _seconds_left(self) -> float:
        seconds = self._until - time.monotonic()
        if seconds <= 0:
            raise SolverError("the time limit was reached")
        return seconds

    def _point(self, k: int) -> np.ndarray:
        """Some possible truth of a block. Raises FactsError where there is none."""
        if k in self._feasible:
            return self._feasible[k]
        block = self._blocks[k]
        if not block.constraints:
            # Nothing ties it: any whole number in its range will do.
            self._feasible[k] = np.clip(0.0, block.bounds.lb, block.bounds.ub)
            return self._feasible[k]
        nothing = np.zeros(len(block.columns))
        status, x, _ = self._solve(block, nothing, whole=True)
        if status == UNCLEAR:
            status, x, _ = self._solve(block, nothing, whole=True, presolve=False)
        if status == INFEASIBLE:
            raise FactsError("the facts contradict each other")
        if x is None:
            raise SolverError("no possible truth was found within the limit of nodes")
        self._feasible[k] = np.round(x)
        return self._feasible[k]

    def _extreme(self, vector: np.ndarray, sign: int) -> int | None:
        """The smallest (sign 1) or largest (sign −1) value of an expression; None where there is no
        bound.
        """
        total = 0
        for k in np.unique(self._of_column[np.flatnonzero(vector)]):
            block = self._blocks[k]
            objective = sign * vector[block.columns]
            # Raises where the part has no possible truth at all.
            self._point(int(k))
            x, bound = self._linear_minimum(block, objective)
            if x is None or bound is None:
                # Whole coefficients and a possible truth: what is unbounded for fractions is
                # unbounded for whole numbers.
                return None
            value = int(np.ceil(bound - SLACK))
            # A fraction, or a point that rounding has moved: asked again in whole numbers.
            if not self._is_whole(x) or round(float(objective @ np.round(x))) != value:
                status, x, proved = self._solve(block, objective, whole=True)
                if status != SOLVED or x is None or proved is None:
                    raise SolverError("the limit of nodes was reached")
                value = int(np.ceil(proved - SLACK))
            total += value
        return sign * total

    def _linear_minimum(
        self, block: _Block, objective: np.ndarray
    ) -> tuple[np.ndarray | None, float | None]:
        """The linear minimum and where; none only where it is proved that there is no bound.
        Anything else is an error.
        """
        status, x, bound = self._solve(block, objective, whole=False)
        if status == UNCLEAR:
            # The solver's presolve may leave open whether it is without a bound or without a
            # solution.
            status, x, bound = self._solve(block, objective, whole=False, presolve=False)
        if status == UNBOUNDED:
            return None, None
        if status != SOLVED or x is None or bound is None:
            raise SolverError("the linear programme was not solved")
        return x, bound

    @staticmethod
    def _is_whole(x: np.ndarray) -> bool:
        return bool(np.all(np.abs(x - np.round(x)) < SLACK))

    def interval(self, terms: Terms) -> Interval:
        """The exact interval of a sum of cells."""
        return self._interval(self._system.expression(terms))

    def _interval(self, vector: np.ndarray) -> Interval:
        return Interval(self._extreme(vector, 1), self._extreme(vector, -1))

    @property
    def unknowns(self) -> int:
        """How many unknowns the facts come to."""
        return int(self._system.rows.shape[1])

    def linear(self, terms: Terms) -> Interval:
        """The interval if fractions were possible, cut to whole numbers: the true one lies within
        it.
        """
        vector = self._system.expression(terms)
        return Interval(self._linear_end(vector, 1), self._linear_end(vector, -1))

    def _linear_end(self, vector: np.ndarray, sign: int) -> int | None:
        total = 0.0
        for k in np.unique(self._of_column[np.flatnonzero(vector)]):
            block = self._blocks[k]
            objective = sign * vector[block.columns]
            _, bound = self._linear_minimum(block, objective)
            if bound is None:
                return None
            total += bound
        return sign * int(np.ceil(total - SLACK))

    def check(self) -> None:
        """Raises FactsError where the facts contradict each other."""
        for k in range(len(self._blocks)):
            self._point(k)

    def binding(self, terms: Terms) -> set[str]:
        """Names of the cells and relations that bind the linear minimum or maximum of a sum of
        cells.
        """
        s = self._system
        vector = s.expression(terms)
        # Only the parts that the sum is in can bind it.
        is_part = np.isin(self._of_column, self._of_column[np.flatnonzero(vector)])
        is_inside = (abs(s.rows) @ is_part.astype(float)) > 0
        has_top = np.isfinite(s.row_high) & is_inside
        has_bottom = np.isfinite(s.row_low) & is_inside
        matrix = limits = None
        if is_inside.any():
            tops = s.rows[has_top][:, is_part]
            bottoms = s.rows[has_bottom][:, is_part]
            matrix = sp.vstack([tops, -bottoms], format="csr")
            limits = np.concatenate([s.row_high[has_top], -s.row_low[has_bottom]])
        names = list(itertools.compress(s.origin, has_top))
        names += itertools.compress(s.origin, has_bottom)
        bounds = np.column_stack([s.low, s.high])[is_part]
        binding: set[str] = set()
        for sign in (1, -1):
            self.effort.lps += 1
            solution = linprog(
                sign * vector[is_part], A_ub=matrix, b_ub=limits, bounds=bounds, method="highs"
            )
            if solution.status != SOLVED:
                continue
            # A row binds where the optimum would move with its limit: its marginal is not zero.
            is_binding = np.abs(solution.ineqlin.marginals) > SLACK
            binding.update(itertools.compress(names, is_binding))
            marginals = np.abs(solution.lower.marginals) + np.abs(solution.upper.marginals)
            is_bound = np.zeros(len(is_part), dtype=bool)
            is_bound[is_part] = marginals > SLACK
            binding |= {name for name, column in s.scalars.items() if is_bound[column]}
        return binding

    def seen(
        self, targets: Sequence[Terms], enough: int, rounds: int = ROUNDS
    ) -> list[tuple[float, float]]:
        """For each target the smallest and largest value among the points of the sweeps: every
        width here is proved.

        Sweeps push all that is not yet `enough` wide, down and up; a target that moves with others
        may stay narrow.
        """
        if not targets:
            return []
        vectors = np.array([self._system.expression(t) for t in targets])
        point = np.zeros(vectors.shape[1])
        for k, block in enumerate(self._blocks):
            point[block.columns] = self._point(k)
        seen = _Seen(vectors @ point, vectors @ point)
        for number in range(rounds):
            narrow = np.flatnonzero(seen.high - seen.low < enough)
            if not len(narrow):
                break
            # Each round weighs the targets otherwise, so that of two that pull against each other
            # both may be pushed.
            weight = 1.0 + ((np.arange(len(narrow)) * 7919 + number * 104_729) % 97) / 97
            for sign in (1, -1):
                cap = seen.low[narrow] + enough
                seen.add(vectors @ self._sweep(vectors[narrow], weight, sign, cap))
        return list(zip(seen.low.tolist(), seen.high.tolist(), strict=True))

    def _sweep(
        self, vectors: np.ndarray, weight: np.ndarray, sign: int, cap: np.ndarray
    ) -> np.ndarray:
        """A point with the targets as small (sign 1) or as large, up to their caps, as they can be
        together.
        """
        self.effort.sweeps += 1
        point = np.zeros(vectors.shape[1])
        for k, block in enumerate(self._blocks):
            inside = vectors[:, block.columns]
            moved = np.flatnonzero(np.any(inside != 0, axis=1))
            point[block.columns] = self._point(k)
            if not len(moved):
                continue
            caps = cap[moved]
            if sign == 1:
                caps = np.full(len(moved), np.inf)
            lifted, tie = self._lifted(block, inside[moved], sign, caps)
            unknowns = np.zeros(len(block.columns))
            objective = np.concatenate([unknowns, sign * weight[moved]])
            possible = self._quick(lifted, objective, tie)
            if possible is not None:
                point[block.columns] = possible
        return point

    @staticmethod
    def _lifted(
        block: _Block, targets: np.ndarray, sign: int, caps: np.ndarray
    ) -> tuple[_Block, LinearConstraint]:
        """A block with one more unknown y per target: y ≥ target, to be made small (sign 1); or
        y ≤ target and y ≤ its cap, to be made large.
        """
        count = len(targets)
        difference = sp.hstack([sp.csr_array(targets), -sp.eye_array(count)], format="csr")
        if sign == 1:
            tie = LinearConstraint(difference, -np.inf, 0.0)
        else:
            tie = LinearConstraint(difference, 0.0, np.inf)
        constraints = []
        for constraint in block.constraints:
            no_part = sp.csr_array((constraint.A.shape[0], count))
            matrix = sp.hstack([constraint.A, no_part], format="csr")
            constraints.append(LinearConstraint(matrix, constraint.lb, constraint.ub))
        lows = np.concatenate([block.bounds.lb, np.full(count, -np.inf)])
        highs = np.concatenate([block.bounds.ub, caps])
        return _Block(block.columns, constraints, Bounds(lows, highs)), tie

    def _quick(
        self, block: _Block, objective: np.ndarray, tie: LinearConstraint
    ) -> np.ndarray | None:
        """A good possible truth, not the best one; None where none was found soon."""
        width = len(block.columns)
        integrality = np.concatenate([np.ones(width), np.zeros(len(objective) - width)])
        seconds = self._seconds_left()
        constraints = [*block.constraints, tie]
        solution = _solved(
            objective,
            integrality=integrality,
            bounds=block.bounds,
            constraints=constraints,
            options={"node_limit": 200, "mip_rel_gap": 0.02, "time_limit": seconds},
        )
        if solution.x is None:
            return None
        possible: np.ndarray = np.round(solution.x[:width])
        return possible


def intervals(
    facts: Facts, targets: Mapping[str, Terms], seconds: float = 600.0
) -> dict[str, Interval]:
    """The exact interval of each target. Raises FactsError or SolverError."""
    attacker = Attacker(facts, seconds=seconds)
    attacker.check()
    return {name: attacker.interval(terms) for name, terms in targets.items()}

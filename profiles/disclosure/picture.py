"""What the labels of an edition tell, as facts about counts: cells, relations among them, and what
must not follow from them.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from profiles.disclosure.counts import FEW_BEHIND, Counts, Dims, parts_of, reference
from profiles.disclosure.facts import Cell, Relation
from profiles.disclosure.labels import SHOWN
from profiles.disclosure.lattice import Lattice
from profiles.disclosure.plan import WAYS, Plan, Statement, Term
from profiles.figures.dates import a_year_before
from profiles.figures.declared import by_month


@dataclass(frozen=True)
class Before:
    """What earlier versions tell of a count: its label's range, wider by what may have changed
    since.
    """

    low: float
    high: float


@dataclass(frozen=True)
class Target:
    """A number that must stay hidden. `is_small`: truly below the threshold; otherwise it was
    withheld for others' sake.
    """

    name: str
    terms: Mapping[str, int]
    is_small: bool


def month_end_before(day: str) -> str:
    """The last day of the month before the month of a day."""
    first_of_month = dt.date.fromisoformat(day).replace(day=1)
    return (first_of_month - dt.timedelta(days=1)).isoformat()


def _day_of(term: Term, now: str, day: str) -> str:
    """The day that a term speaks of, where `now` is the day of its statement."""
    if term.day == "now":
        return now
    if term.day == "start":
        return a_year_before(dt.date.fromisoformat(now)).isoformat()
    if term.day == "before":
        return month_end_before(now)
    return day


# A figure, the dimensions that it is broken down by, and the day.
TableKey = tuple[str, frozenset[str], str]


class Picture:
    """Collects cells, relations and targets for one edition."""

    def __init__(
        self, counts: Counts, editions: Iterable[str], plan: Plan, before: Mapping[str, Before]
    ) -> None:
        table = counts.table
        is_published = (
            table["edition"].isin(list(editions))
            & ~table["figure"].isin(plan.register.published_by_others)
            & (table["status"] != "refused")
        )
        self.rows = table[is_published].set_index("ref", drop=False)
        self.plan = plan
        self.rule = plan.policy.rule
        self.before = before
        self.as_at = str(table["profile"].iloc[0]) if len(table) else ""
        self.cells: dict[str, Cell] = {}
        self.lattices: dict[str, Lattice] = {}
        self.relations: list[Relation] = []
        self.impossible: set[str] = set()
        self.targets: dict[str, Target] = {}
        self.sums = {key for key, group in plan.groups.items() if group.is_sum}
        self.of_table = self._by_table()
        self.days: dict[str, set[str]] = {}
        for figure, _, day in self.of_table:
            self.days.setdefault(figure, set()).add(day)
        self.broken_down = self._broken_down()
        self.known = counts.known
        self.unmerged = counts.unmerged
        self.merged = counts.merged
        self.n = dict(zip(self.rows["ref"], self.rows["n"], strict=True))
        self.is_shown = dict(zip(self.rows["ref"], self.rows["status"].isin(SHOWN), strict=True))

    def _by_table(self) -> dict[TableKey, list[str]]:
        by_table: dict[TableKey, list[str]] = {}
        columns = (self.rows[name] for name in ("ref", "figure", "dims", "period_end"))
        for ref, figure, dims, day in zip(*columns, strict=True):
            by = frozenset(dimension for dimension, _ in dims)
            by_table.setdefault((figure, by, day), []).append(ref)
        return by_table

    def _broken_down(self) -> set[tuple[str, str]]:
        """The figures and days with a breakdown: a stock that nothing breaks down is a number of
        its own and needs no joint table.
        """
        broken_down = set()
        for figure, by, day in self.of_table:
            if by and by <= self.plan.leaves.get(figure, {}).keys():
                broken_down.add((figure, day))
        for figure, dims, day in map(parts_of, self.before):
            if dims:
                broken_down.add((figure, day))
        return broken_down

    def place(
        self, figure: str, dims: Dims, day: str
    ) -> tuple[str, dict[str, frozenset[str]]] | None:
        """The lattice of a stock or window and where in it these groups stand; None where they
        are in none.
        """
        leaves = self.plan.leaves.get(figure)
        if leaves is None or (figure, day) not in self.broken_down:
            return None
        at: dict[str, frozenset[str]] = {}
        for dimension, group in dims:
            if group not in leaves.get(dimension, {}):
                return None
            axis = self.plan.axis(figure, dimension)
            own = leaves[dimension][group]
            # Two dimensions may lie along one axis, as bands and single years of age do.
            at[axis] = at.get(axis, own) & own
        name = f"{figure}@{day}"
        self.lattices.setdefault(name, Lattice(name, self.plan.lattices[figure].leaves))
        return name, at

    def add_cell(
        self, ref: str, figure: str, dims: Dims, day: str, low: float, high: float
    ) -> None:
        """Add a count with its range; known twice, it lies in both ranges."""
        bottom = int(max(0, low))
        top = None
        if high != float("inf"):
            top = int(high)
        earlier = self.cells.get(ref)
        if earlier is not None:
            bottom = max(bottom, earlier.low or 0)
            tops = [bound for bound in (top, earlier.high) if bound is not None]
            top = min(tops, default=None)
        placed = self.place(figure, dims, day)
        self.cells[ref] = Cell(ref, bottom, top, *(placed or ()))

    def add_counts(self) -> None:
        """Every count of the edition, with what its label tells; and what earlier versions told."""
        for row in self.rows.to_dict("records"):
            low = 0.0
            high = float("inf")
            if row["status"] in (*SHOWN, "suppressed", "not_applicable"):
                widen = row["widen"]
                low = row["low"] - widen
                high = row["high"] + widen
            elif row["is_repair"]:
                low = float(max(0, self.rule.least_withheld - row["widen"]))
            elif row["note"] == FEW_BEHIND:
                # Whoever knows the method knows that events with few children behind them are said
                # to be so only from the threshold on.
                low = float(self.rule.threshold)
            elif row["is_held"] and not math.isnan(row["low"]):
                # What a repair withheld then may have fallen below the threshold unseen: the lower
                # bound of then holds only less what may have moved.
                low = row["low"] - row["widen"]
            self.add_cell(row["ref"], row["figure"], row["dims"], row["period_end"], low, high)
        for ref, published in self.before.items():
            figure, dims, day = parts_of(ref)
            has_lattice = f"{figure}@{day}" in self.lattices
            if ref in self.cells or (has_lattice and self.place(figure, dims, day)):
                self.add_cell(ref, figure, dims, day, published.low, published.high)
        self.add_implied()

    def add_implied(self) -> None:
        """What follows without a label: cells that are impossible, and that a group was merged
        because it is small.
        """
        for name in list(self.lattices):
            figure, _, day = name.rpartition("@")
            for impossible_figure, dims in self.plan.impossible:
                if impossible_figure == figure and self.place(figure, dims, day):
                    ref = reference(figure, dims, day)
                    self.impossible.add(ref)
                    self.add_cell(ref, figure, dims, day, 0, 0)
        for merged in self.merged:
            # Where two groups could each have been the small one, neither is known to be.
            if len(merged.merge.small) > 1:
                continue
            dims = frozenset([(merged.merge.dimension, merged.merge.small[0])])
            if self.place(merged.figure, dims, merged.day):
                ref = reference(merged.figure, dims, merged.day)
                highest = self.rule.threshold - 1
                self.add_cell(ref, merged.figure, dims, merged.day, 0, highest)

    def terms(self, side: tuple[Term, ...], now: str, day: str) -> dict[str, int] | None:
        """A side of a statement as a sum of cells; None where the edition lacks one of them."""
        terms: dict[str, int] = {}
        for term in side:
            refs = self.refs(term, _day_of(term, now, day))
            if refs is None:
                return None
            for ref in refs:
                terms[ref] = terms.get(ref, 0) + term.sign
        return terms

    def refs(self, term: Term, day: str) -> list[str] | None:
        """The cells that a term is the sum of: each group's own where the edition has them all,
        else one cell of the joint table for all of them. None where neither is there.
        """
        if any(groups == ("*",) for groups in term.groups.values()):
            # Every cell of the table, but for sums of others.
            table = (term.figure, frozenset(term.groups), day)
            if table not in self.of_table:
                return None
            return [ref for ref in self.of_table[table] if not parts_of(ref)[1] & self.sums]
        pairs = []
        for dimension, groups in term.groups.items():
            merged = self.as_merged(term.figure, dimension, groups, day)
            pairs.append([(dimension, group) for group in merged])
        choices = [frozenset(choice) for choice in itertools.product(*pairs)]
        refs = [reference(term.figure, choice, day) for choice in choices]
        if all(ref in self.cells for ref in refs):
            return refs
        if term.groups and f"{term.figure}@{day}" in self.lattices:
            return self._sum_in_lattice(term, choices, refs, day)
        return None

    def _sum_in_lattice(
        self, term: Term, choices: list[Dims], refs: list[str], day: str
    ) -> list[str] | None:
        """One cell for several places of a joint table together; None where one has no place."""
        places = [self.place(term.figure, choice, day) for choice in choices]
        if not all(places):
            return None
        groups = ", ".join(
            f"{dimension}={' or '.join(names)}" for dimension, names in sorted(term.groups.items())
        )
        name = f"{term.figure}[{groups}]|{day}"
        at: dict[str, frozenset[str]] = {}
        for placed in places:
            assert placed is not None
            for axis, leaves in placed[1].items():
                at[axis] = at.get(axis, frozenset()) | leaves
        self.cells.setdefault(name, Cell(name, 0, None, f"{term.figure}@{day}", at))
        # The truth, to compare a target with; where some table lacks a group there is none.
        if all(ref in self.known for ref in refs):
            self.n[name] = sum(self.known[ref] for ref in refs)
        return [name]

    def as_merged(
        self, figure: str, dimension: str, groups: tuple[str, ...], day: str
    ) -> tuple[str, ...]:
        """The groups by the names that they have on this day: where all members of a merge are
        among them, its name takes their place. A dimension of a joint table keeps its leaves.
        """
        if dimension in self.plan.leaves.get(figure, {}):
            return groups
        for m in self.merged:
            is_here = (m.figure, m.day, m.merge.dimension) == (figure, day, dimension)
            if is_here and set(m.merge.of) <= set(groups):
                groups = (*(g for g in groups if g not in m.merge.of), m.merge.into)
        return groups

    def add_statements(self) -> None:
        """The plan's relations, on every day that they speak of."""
        for statement in self.plan.statements:
            terms = (*statement.left, *statement.right)
            if not any(term.day == "within" for term in terms):
                for day in self._days_of(terms):
                    self.add_statement(statement, day, day)
                continue
            for day in sorted(self.days.get("at_risk", ())):
                if self.covers(statement.left[0], day):
                    self.add_statement(statement, self.as_at, day)

    def _days_of(self, terms: tuple[Term, ...]) -> list[str]:
        """The days on which all figures of a statement are told."""
        told = [self.days.get(term.figure, set()) for term in terms if term.day == "now"]
        if any(term.day == "start" for term in terms):
            told.append({self.as_at})
        return sorted(set.intersection(*told)) if told else []

    def add_windows(self) -> None:
        """How the events of single months stand to those of a window that holds them: of events
        the window has as many as its months together, or more where it begins within a month; of
        children it has no fewer than any month.
        """
        for row in self.rows.to_dict("records"):
            by_months = by_month(row["figure"])
            if by_months not in self.plan.register.figures:
                continue
            months = []
            for day in self.days.get(by_months, ()):
                is_inside = row["period_start"] <= f"{day[:7]}-01" and day <= row["period_end"]
                ref = reference(by_months, row["dims"], day)
                if is_inside and ref in self.cells:
                    months.append(ref)
            if months:
                self._add_window(row, sorted(months))

    def _add_window(self, row: Mapping[Any, Any], months: list[str]) -> None:
        ref = row["ref"]
        figure = row["figure"]
        start = dt.date.fromisoformat(row["period_start"])
        end = dt.date.fromisoformat(row["period_end"])
        is_whole = len(months) == (end.year - start.year) * 12 + end.month - start.month + 1
        rest = {ref: 1, **dict.fromkeys(months, -1)}
        if self.plan.register.figures[figure].entry.unit == "children":
            for month in months:
                self.relations.append(Relation(f"{figure}: a month", {ref: 1, month: -1}, 0, None))
            if is_whole:
                fewer = {name: -sign for name, sign in rest.items()}
                self.relations.append(Relation(f"{figure}: its months", fewer, 0, None))
            return
        high = 0 if is_whole else None
        self.relations.append(Relation(f"{figure}: its months", rest, 0, high))
        if not is_whole:
            self.add_target(rest)

    def covers(self, term: Term, day: str) -> bool:
        """Whether a day lies in the period of a figure that ends on the as-at date."""
        ref = reference(term.figure, frozenset(), self.as_at)
        if ref not in self.rows.index:
            return False
        return str(self.rows.at[ref, "period_start"]) <= day <= self.as_at

    def add_statement(self, statement: Statement, now: str, day: str) -> None:
        """Write a statement as a relation: the larger side minus the smaller one is zero, or is
        zero or more. `now` is its day, `day` that of its stocks within a period.
        """
        left = self.terms(statement.left, now, day)
        right = self.terms(statement.right, now, day)
        if left is None or right is None:
            return
        terms = dict(left)
        for ref, sign in right.items():
            terms[ref] = terms.get(ref, 0) - sign
        if statement.relation == "=":
            self.relations.append(Relation(statement.text, terms, 0, 0))
            self.add_difference(left, right)
            return
        if statement.relation == "<=":
            terms = {ref: -sign for ref, sign in terms.items()}
        self.relations.append(Relation(statement.text, terms, 0, None))
        self.add_target(terms)

    def add_difference(self, parts: Mapping[str, int], whole: Mapping[str, int]) -> None:
        """What is left of a whole when its shown parts are taken away."""
        if len(whole) != 1 or not all(self.is_shown.get(ref) for ref in whole):
            return
        shown = {ref: -sign for ref, sign in parts.items() if self.is_shown.get(ref)}
        # A single hidden part is a count by itself, and a target as such.
        if len(shown) < len(parts) - 1:
            self.add_target({**whole, **shown})

    def add_margins(self) -> None:
        """For each table and each of its dimensions: the margin less the cells that are shown, and
        less all that the table has.

        Of a table by sex and risk level it is, among others, girls − girls at low risk − girls at
        medium risk; and of those at low risk, the ones who are neither girls nor boys.
        """
        for (figure, by, day), refs in self.of_table.items():
            lattice = self.lattices.get(f"{figure}@{day}")
            if lattice is None or WAYS in lattice.leaves:
                continue
            axes = {self.plan.axis(figure, dimension) for dimension in by}
            if not axes <= lattice.leaves.keys():
                continue
            shown = [ref for ref in refs if self.is_shown[ref]]
            for (dimension, rest), cells in self._margins(shown).items():
                if self.is_shown.get(reference(figure, rest, day)):
                    self._add_margin(reference(figure, rest, day), cells, dimension, lattice)
            for (dimension, rest), cells in self._margins(refs).items():
                self._add_margin(reference(figure, rest, day), cells, dimension, lattice)

    def _add_margin(self, parent: str, cells: list[str], dimension: str, lattice: Lattice) -> None:
        """The parent less these cells, where they do not cover every group."""
        figure, _, _ = parts_of(parent)
        every_leaf = lattice.leaves[self.plan.axis(figure, dimension)]
        covered = 0
        for ref in cells:
            group = dict(parts_of(ref)[1])[dimension]
            covered += len(self.plan.leaves[figure][dimension][group])
        if parent in self.cells and covered < len(every_leaf):
            self.add_target({parent: 1, **dict.fromkeys(cells, -1)})

    def _margins(self, refs: list[str]) -> dict[tuple[str, Dims], list[str]]:
        """The cells by what they are added over and what they then have in common."""
        margins: dict[tuple[str, Dims], list[str]] = {}
        for ref in refs:
            dims = parts_of(ref)[1]
            for pair in sorted(dims):
                if pair not in self.sums:
                    margins.setdefault((pair[0], dims - {pair}), []).append(ref)
        return margins

    def add_target(self, terms: Mapping[str, int]) -> None:
        """A sum that must stay unknown, where it is truly small."""
        if any(ref not in self.n for ref in terms):
            return
        truth = sum(sign * self.n[ref] for ref, sign in terms.items())
        if 0 <= truth < self.rule.threshold:
            signed = [f"{'+' if sign > 0 else '-'} {ref}" for ref, sign in sorted(terms.items())]
            name = " ".join(signed)
            self.targets[name] = Target(name, terms, is_small=True)

    def add_count_targets(self) -> None:
        """Counts that are truly small, and counts that are withheld."""
        columns = (self.rows[name] for name in ("ref", "n", "status"))
        for ref, n, status in zip(*columns, strict=True):
            if status == "not_applicable":
                continue
            if n < self.rule.threshold:
                self.targets[ref] = Target(ref, {ref: 1}, is_small=True)
            elif status == "withheld":
                self.targets[ref] = Target(ref, {ref: 1}, is_small=False)

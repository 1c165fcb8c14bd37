"""What an attacker who holds an edition knows, and what must not follow from it: labels and plan
become facts and targets.
"""

from __future__ import annotations

import datetime as dt
import itertools
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from profiles.disclosure.counts import FEW_BEHIND, Counts, Dims, reference
from profiles.disclosure.facts import Cell, Facts, Relation
from profiles.disclosure.labels import SHOWN
from profiles.disclosure.lattice import Lattice
from profiles.disclosure.plan import WAYS, Plan, Statement, Term


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


@dataclass(frozen=True)
class Knowledge:
    """Facts, targets, and the cells that could be withheld, smallest first (reference → what is
    shown).
    """

    facts: Facts
    targets: tuple[Target, ...]
    shown: Mapping[str, float]


def a_year_before(day: str) -> str:
    """The same day a year earlier; for 29 February the 28th."""
    d = dt.date.fromisoformat(day)
    try:
        return d.replace(year=d.year - 1).isoformat()
    except ValueError:
        return d.replace(year=d.year - 1, day=28).isoformat()


class _Picture:
    """Collects cells, relations and targets for one edition."""

    def __init__(
        self, counts: Counts, editions: Iterable[str], plan: Plan, before: Mapping[str, Before]
    ) -> None:
        table = counts.table
        told = (
            table["edition"].isin(list(editions))
            & ~table["figure"].isin(plan.register.published_by_others)
            & (table["status"] != "refused")
        )
        self.rows = table[told].set_index("ref", drop=False)
        self.rule, self.plan, self.before = plan.policy.rule, plan, before
        self.as_at = str(table["profile"].iloc[0]) if len(table) else ""
        self.cells: dict[str, Cell] = {}
        self.lattices: dict[str, Lattice] = {}
        self.relations: list[Relation] = []
        self.targets: dict[str, Target] = {}
        self.sums = {key for key, g in plan.groups.items() if g.is_sum}
        self.of_table: dict[tuple[str, frozenset[str], str], list[str]] = {}
        named = (self.rows[c] for c in ("ref", "figure", "dims", "period_end"))
        for ref, figure, dims, day in zip(*named, strict=True):
            self.of_table.setdefault((figure, frozenset(d for d, _ in dims), day), []).append(ref)
        # A stock that nothing breaks down is a number of its own.
        self.broken_down = {
            (f, d) for f, by, d in self.of_table if by and by <= plan.leaves.get(f, {}).keys()
        } | {(f, d) for f, dims, d in map(parts_of, before) if dims}
        self.known = counts.known
        self.merged = counts.merged
        self.n = dict(zip(self.rows["ref"], self.rows["n"], strict=True))
        self.is_shown = dict(zip(self.rows["ref"], self.rows["status"].isin(SHOWN), strict=True))

    def place(
        self, figure: str, dims: Dims, day: str
    ) -> tuple[str, dict[str, frozenset[str]]] | None:
        """The lattice of a stock or window and where in it these groups stand; None where they
        stand in none.
        """
        leaves = self.plan.leaves.get(figure)
        if leaves is None or (figure, day) not in self.broken_down:
            return None
        at: dict[str, frozenset[str]] = {}
        for d, g in dims:
            if g not in leaves.get(d, {}):
                return None
            axis = self.plan.axis(figure, d)
            at[axis] = at.get(axis, leaves[d][g]) & leaves[d][g]
        name = f"{figure}@{day}"
        self.lattices.setdefault(name, Lattice(name, self.plan.lattices[figure].leaves))
        return name, at

    def cell(self, ref: str, figure: str, dims: Dims, day: str, low: float, high: float) -> None:
        """Add a count with its range; known twice, it lies in both ranges."""
        bottom, top = int(max(0, low)), None if high == float("inf") else int(high)
        placed = self.place(figure, dims, day)
        if ref in self.cells:
            old = self.cells[ref]
            bottom = max(bottom, old.low or 0)
            if top is None:
                top = old.high
            elif old.high is None:
                top = top
            else:
                top = min(top, old.high)
        self.cells[ref] = Cell(ref, bottom, top, *(placed or ()))

    def count_cells(self) -> None:
        """Every count of the edition, with what its label tells; and what earlier versions told."""
        for row in self.rows.to_dict("records"):
            low, high = 0.0, float("inf")
            if row["status"] in (*SHOWN, "suppressed", "not_applicable"):
                widen = row["widen"]
                low, high = row["low"] - widen, row["high"] + widen
            elif row["is_repair"] or row["note"] == FEW_BEHIND:
                # Whoever knows the method knows that a repair withholds only what would have been
                # shown.
                low = float(self.rule.threshold)
            self.cell(row["ref"], row["figure"], row["dims"], row["period_end"], low, high)
        for ref, known in self.before.items():
            figure, dims, day = parts_of(ref)
            is_linked = (
                f"{figure}@{day}" in self.lattices and self.place(figure, dims, day) is not None
            )
            if ref in self.cells or is_linked:
                self.cell(ref, figure, dims, day, known.low, known.high)
        self.implied()
        for constant in self.plan.register.area.published:
            ref = reference("at_risk", _dims(constant.group_type, constant.group), constant.as_at)
            value = constant.children
            # Where the extracts now tell another number, the published one is no fact about it.
            if ref in self.cells and self.n.get(ref) == value:
                figure, dims, day = parts_of(ref)
                self.cell(ref, figure, dims, day, value, value)

    def implied(self) -> None:
        """What follows without a label: cells that are impossible, and that a group was merged
        because it is small.
        """
        for name in list(self.lattices):
            figure, _, day = name.rpartition("@")
            for of, dims in self.plan.impossible:
                if of == figure and self.place(figure, dims, day):
                    self.cell(reference(figure, dims, day), figure, dims, day, 0, 0)
        for m in self.merged:
            dims = frozenset([(m.merge.dimension, m.merge.small[0])])
            if len(m.merge.small) == 1 and self.place(m.figure, dims, m.day):
                ref = reference(m.figure, dims, m.day)
                self.cell(
                    ref,
                    m.figure,
                    dims,
                    m.day,
                    0,
                    self.rule.threshold - 1,
                )

    def terms(self, side: tuple[Term, ...], day: str) -> dict[str, int] | None:
        """A side of a statement as a sum of cells; None where the edition lacks one of them."""
        found: dict[str, int] = {}
        for term in side:
            if term.day == "now":
                on = self.as_at
            elif term.day == "start":
                on = a_year_before(self.as_at)
            else:
                on = day
            refs = self.refs(term, on)
            if refs is None:
                return None
            for ref in refs:
                found[ref] = found.get(ref, 0) + term.sign
        return found

    def refs(self, term: Term, day: str) -> list[str] | None:
        """The cells of a term; in a lattice one cell for all its groups, whether or not an edition
        shows it.
        """
        if any(g == ("*",) for g in term.groups.values()):
            every = self.of_table.get((term.figure, frozenset(term.groups), day))
            return every and [r for r in every if not parts_of(r)[1] & self.sums]
        pairs = [
            [(d, g) for g in self.as_merged(term.figure, d, of, day)]
            for d, of in term.groups.items()
        ]
        refs = [
            reference(term.figure, frozenset(choice), day) for choice in itertools.product(*pairs)
        ]
        if all(ref in self.cells for ref in refs):
            return refs
        if f"{term.figure}@{day}" in self.lattices and term.groups:
            places = [
                self.place(term.figure, frozenset(choice), day)
                for choice in itertools.product(*pairs)
            ]
            if all(places):
                groups_in_words = ", ".join(
                    f"{d}={' or '.join(g)}" for d, g in sorted(term.groups.items())
                )
                name = f"{term.figure}[{groups_in_words}]|{day}"
                at: dict[str, frozenset[str]] = {}
                for placed in places:
                    for d, leaves in placed[1].items() if placed else ():
                        at[d] = at.get(d, frozenset()) | leaves
                self.cells.setdefault(name, Cell(name, 0, None, f"{term.figure}@{day}", at))
                # Where no table has these groups, the sum is a fact of the attacker's without a
                # truth to compare it with.
                if all(ref in self.known for ref in refs):
                    self.n[name] = sum(self.known[ref] for ref in refs)
                return [name]
        return None

    def as_merged(
        self, figure: str, dimension: str, groups: tuple[str, ...], day: str
    ) -> tuple[str, ...]:
        """Groups of which all that stand merged are named, under the name that they are merged
        into.
        """
        if dimension in self.plan.leaves.get(figure, {}):
            return groups
        for m in self.merged:
            is_here = (m.figure, m.day, m.merge.dimension) == (figure, day, dimension)
            if is_here and set(m.merge.of) <= set(groups):
                groups = (*(g for g in groups if g not in m.merge.of), m.merge.into)
        return groups

    def statements(self) -> None:
        """The plan's relations, on every day that they speak of."""
        stocks = [r for r in self.of_table if r[0] == "at_risk" and not r[1]]
        for s in self.plan.statements:
            is_within = any(t.day == "within" for t in (*s.left, *s.right))
            for day in sorted(r[2] for r in stocks) if is_within else [self.as_at]:
                if not is_within or self.covers(s.left[0], day):
                    self.state(s, day)

    def covers(self, term: Term, day: str) -> bool:
        """Whether a day lies in the period of a figure."""
        ref = reference(term.figure, frozenset(), self.as_at)
        return (
            ref in self.rows.index and str(self.rows.at[ref, "period_start"]) <= day <= self.as_at
        )

    def state(self, s: Statement, day: str) -> None:
        left, right = self.terms(s.left, day), self.terms(s.right, day)
        if left is None or right is None:
            return
        terms = dict(left)
        for ref, sign in right.items():
            terms[ref] = terms.get(ref, 0) - sign
        if s.relation == "=":
            self.relations.append(Relation(s.text, terms, 0, 0))
            self.difference(left, right)
            return
        if s.relation == "<=":
            terms = {ref: -sign for ref, sign in terms.items()}
        self.relations.append(Relation(s.text, terms, 0, None))
        self.target(terms)

    def difference(self, parts: Mapping[str, int], whole: Mapping[str, int]) -> None:
        """What is left of a whole when its shown parts are taken away."""
        if len(whole) == 1 and all(self.is_shown.get(r) for r in whole):
            shown = {r: -s for r, s in parts.items() if self.is_shown.get(r)}
            if len(shown) < len(parts) - 1:
                self.target({**whole, **shown})

    def lattice_differences(self) -> None:
        """For each table and each of its dimensions: the margin less the cells that are shown."""
        for (figure, by, day), refs in self.of_table.items():
            name = f"{figure}@{day}"
            if (
                name not in self.lattices
                or WAYS in self.lattices[name].leaves
                or not {self.plan.axis(figure, d) for d in by} <= self.lattices[name].leaves.keys()
            ):
                continue
            margins: dict[tuple[str, Dims], list[str]] = {}
            for ref in refs:
                _, dims, _ = parts_of(ref)
                for d, g in sorted(dims) if self.is_shown[ref] else ():
                    if (d, g) not in self.sums:
                        margins.setdefault((d, dims - {(d, g)}), []).append(ref)
            for (d, rest), shown in margins.items():
                parent = reference(figure, rest, day)
                leaves = [
                    self.plan.leaves[figure][d][g]
                    for ref in shown
                    for e, g in parts_of(ref)[1]
                    if e == d
                ]
                if self.is_shown.get(parent) and sum(map(len, leaves)) < len(
                    self.lattices[name].leaves[self.plan.axis(figure, d)]
                ):
                    self.target({parent: 1, **dict.fromkeys(shown, -1)})

    def target(self, terms: Mapping[str, int]) -> None:
        """A declared difference, where it is truly small."""
        if all(ref in self.n for ref in terms):
            truth = sum(sign * self.n[ref] for ref, sign in terms.items())
            if 0 <= truth < self.rule.threshold:
                name = " ".join(f"{'+' if s > 0 else '-'} {r}" for r, s in sorted(terms.items()))
                self.targets[name] = Target(name, terms, is_small=True)

    def count_targets(self) -> None:
        """Counts that are truly small, and counts that are withheld."""
        for ref, n, status in zip(
            self.rows["ref"], self.rows["n"], self.rows["status"], strict=True
        ):
            if status == "not_applicable":
                continue
            if n < self.rule.threshold:
                self.targets[ref] = Target(ref, {ref: 1}, is_small=True)
            elif status == "withheld":
                self.targets[ref] = Target(ref, {ref: 1}, is_small=False)


def _dims(group_type: str, group: str) -> Dims:
    if group_type == "all":
        return frozenset()
    return frozenset([(group_type, group)])


def parts_of(ref: str) -> tuple[str, Dims, str]:
    """A reference taken apart. Group names may hold commas, so a part begins where a dimension is
    named.
    """
    figure, text, day = ref.split("|")
    pairs: list[tuple[str, str]] = []
    for part in text.split(",") if text else []:
        dimension, is_named, group = part.partition("=")
        if is_named:
            pairs.append((dimension, group))
        else:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]},{part}")
    return figure, frozenset(pairs), day


def knowledge(
    counts: Counts, editions: Iterable[str], plan: Plan, before: Mapping[str, Before] | None = None
) -> Knowledge:
    """What follows from holding these editions and all versions before, and what must not follow
    from it.
    """
    picture = _Picture(counts, editions, plan, before or {})
    picture.count_cells()
    picture.statements()
    picture.count_targets()
    picture.lattice_differences()
    fixed = set(picture.before) | {r for r, c in picture.cells.items() if c.low == c.high}
    value = dict(zip(picture.rows["ref"], picture.rows["value"].astype(float), strict=True))
    shown = {r: value[r] for r, s in picture.is_shown.items() if s and r not in fixed}
    facts = Facts.of(picture.cells.values(), picture.relations, picture.lattices.values())
    return Knowledge(
        facts,
        tuple(picture.targets.values()),
        dict(sorted(shown.items(), key=lambda pair: (pair[1], pair[0]))),
    )

"""Relations that hold among published counts in every invented world, and which of them the register does not imply."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
from invented import exact
from planned import PLAN

from profiles.disclosure.attacker import Attacker
from profiles.disclosure.counts import label_counts, parts_of, reference
from profiles.disclosure.facts import Cell, Facts
from profiles.disclosure.picture import Picture
from profiles.disclosure.plan import PARTNER, PUBLIC

# Wards and hours cross nothing and are linked by their total alone; their cells are as many as all others together.
FINE = frozenset({"ward", "hour", "hour_band", "weekday"})
# How many children must be expected to break a relation that would hold by chance alone.
EXPECTED = 25
Pair = tuple[str, str]
Triple = tuple[str, str, str]


def counts_by_child(con: duckdb.DuckDBPyConnection, refs: Sequence[str]) -> np.ndarray:
    """How often each child of a counted world is in each cell of the as-at date: one row per child, one column per reference.

    A child alone is a world too, so what does not hold for one child does not hold by definition.
    """
    place = {ref: n for n, ref in enumerate(refs)}
    rows = con.execute(
        'select figure, group_type, "group", group2_type, group2, group3_type, group3, day, person_id, sum(times) '
        "from memberships where day = as_at() group by all"
    ).fetchall()
    child = {person: n for n, person in enumerate(sorted({row[8] for row in rows}))}
    counts = np.zeros((len(child), len(refs)), dtype=np.int16)
    for figure, *groups, day, person, times in rows:
        pairs = zip(groups[::2], groups[1::2], strict=True)
        dims = frozenset(
            (dimension, group) for dimension, group in pairs if dimension not in ("", "all")
        )
        ref = reference(figure, dims, day.isoformat())
        if ref in place:
            counts[child[person], place[ref]] = times
    return counts


def published_refs(as_at: dt.date) -> list[str]:
    """The references of the as-at date's counts in all and in every published breakdown, but for wards and hours."""
    found = []
    for figure in PLAN.register.figures.values():
        if not figure.is_counted:
            continue
        cells = [{}] if figure.entry.total else []
        for breakdown in figure.entry.breakdowns:
            is_offered = PLAN.table(figure.key, frozenset(breakdown.by)) is not None
            if is_offered and not set(breakdown.by) & FINE:
                cells += [c for c in PLAN.register.cells(breakdown) if not _has_check_only(c)]
        found += [
            reference(figure.key, frozenset(cell.items()), as_at.isoformat()) for cell in cells
        ]
    return found


def _has_check_only(cell: dict[str, str]) -> bool:
    return any(PLAN.groups[pair].is_check_only for pair in cell.items())


@dataclass(frozen=True)
class Mined:
    """Counts by reference, one row per invented child.

    A relation that holds for every child is told only where, if its counts had nothing to do with each other, at least
    `EXPECTED` children would be expected to break it: what few children could break may hold by chance.
    """

    refs: tuple[str, ...]
    counts: np.ndarray

    def never_more(self) -> list[Pair]:
        """(a, b) for every a that is for no child more than b."""
        found = []
        is_in = self.counts > 0
        share_outside = 1 - is_in.mean(axis=0)
        for place, ref in enumerate(self.refs):
            own = self.counts[is_in[:, place]]
            if not len(own):
                continue
            holds = (own[:, [place]] <= own).all(axis=0) & (len(own) * share_outside >= EXPECTED)
            found += [(ref, self.refs[other]) for other in np.flatnonzero(holds) if other != place]
        return found

    def never_more_together(self, below: Iterable[Pair]) -> list[Triple]:
        """(a, b, c) for every a + b that is for no child more than c, where each of a and b alone is no more than c."""
        parts: dict[str, list[int]] = {}
        index = {ref: place for place, ref in enumerate(self.refs)}
        for part, whole in below:
            parts.setdefault(whole, []).append(index[part])
        found = []
        for whole, places in parts.items():
            own = self.counts[self.counts[:, index[whole]] > 0]
            share = (own > 0).mean(axis=0)
            for n, first in enumerate(places):
                others = places[n + 1 :]
                holds = (own[:, [first]] + own[:, others] <= own[:, [index[whole]]]).all(axis=0)
                is_likely = share[first] * share[others] * len(own) >= EXPECTED
                found += [
                    (self.refs[first], self.refs[others[k]], whole)
                    for k in np.flatnonzero(holds & is_likely)
                ]
        return found


class Implied:
    """What the register's facts imply whatever the counts are: an attacker who sees no label at all."""

    def __init__(self, refs: Sequence[str]) -> None:
        rows = [_row(ref) for ref in refs]
        picture = Picture(label_counts(exact(*rows), PLAN), (PUBLIC, PARTNER), PLAN, {})
        for row in picture.rows.to_dict("records"):
            picture.add_cell(
                row["ref"], row["figure"], row["dims"], row["period_end"], 0.0, float("inf")
            )
        picture.add_implied()
        picture.add_statements()
        facts = _unlabelled(picture)
        self._attacker = Attacker(facts, seconds=36_000.0)
        self._order = _Order(facts)
        self.refs = frozenset(picture.cells)

    def not_implied(self, pairs: Iterable[Pair]) -> list[Pair]:
        """Those (a, b) of which a ≤ b does not follow."""
        return [
            (a, b) for a, b in pairs if not self._order.is_below(a, b) and not self._at_most([a], b)
        ]

    def not_implied_together(self, triples: Iterable[Triple]) -> list[Triple]:
        """Those (a, b, c) of which a + b ≤ c does not follow."""
        below = self._order.is_below
        shown: dict[str, list[Triple]] = {}
        found = []
        # What follows for the larger counts follows for their parts.
        for a, b, c in sorted(
            triples, key=lambda of: self._order.height(of[0]) + self._order.height(of[1])
        ):
            follows = any(
                below(last, c) and ((below(a, x) and below(b, y)) or (below(a, y) and below(b, x)))
                for last in shown
                if below(last, c)
                for x, y, _ in shown[last]
            )
            if follows:
                continue
            if self._at_most([a, b], c):
                shown.setdefault(c, []).append((a, b, c))
            else:
                found.append((a, b, c))
        return found

    def _at_most(self, parts: Sequence[str], whole: str) -> bool:
        terms = {whole: -1}
        for part in parts:
            terms[part] = terms.get(part, 0) + 1
        high = self._attacker.linear(terms).high
        return high is not None and high <= 0


class _Order:
    """Which count is no more than which, as far as chains of single facts tell: quick, and never wrong where it says so."""

    def __init__(self, facts: Facts) -> None:
        above: dict[str, set[str]] = {name: set() for name in facts.cells}
        for lattice in facts.lattices:
            cells = [c for c in facts.cells.values() if c.lattice == lattice]
            for part in cells:
                above[part.name] |= {c.name for c in cells if _is_part(part.at, c.at)}
        for relation in facts.relations:
            for sign in (1, -1):
                limit = relation.high if sign == 1 else relation.low
                larger = [n for n, c in relation.terms.items() if sign * c == -1]
                if (
                    limit == 0
                    and len(larger) == 1
                    and all(sign * c > 0 for n, c in relation.terms.items() if n != larger[0])
                ):
                    for name in relation.terms:
                        above[name].add(larger[0])
        self._above = {name: self._reached(name, above) for name in above}

    @staticmethod
    def _reached(name: str, above: Mapping[str, set[str]]) -> frozenset[str]:
        seen, left = {name}, [name]
        while left:
            new = above[left.pop()] - seen
            seen |= new
            left += new
        return frozenset(seen)

    def is_below(self, part: str, whole: str) -> bool:
        """Whether a chain of facts leads from the one to the other."""
        return whole in self._above[part]

    def height(self, name: str) -> int:
        """How many counts are above: the fewer, the larger it is."""
        return len(self._above[name])


def _is_part(part: Mapping[str, frozenset[str]], whole: Mapping[str, frozenset[str]]) -> bool:
    return all(d in part and part[d] <= groups for d, groups in whole.items())


def _row(ref: str) -> dict[str, object]:
    """A large count, so that nothing is merged or refused."""
    figure, dims, _ = parts_of(ref)
    row: dict[str, object] = {
        "figure": figure,
        "numerator": 1000,
        "unit": PLAN.register.figures[figure].entry.unit,
    }
    breakdown = PLAN.register.figures[figure].breakdown(frozenset(d for d, _ in dims))
    groups = dict(dims)
    for place, dimension in zip(("", "2", "3"), breakdown.by if breakdown else (), strict=False):
        row |= {f"group{place}_type": dimension, f"group{place}": groups[dimension]}
    return row


def _unlabelled(picture: Picture) -> Facts:
    """The facts without what labels tell; a number that is zero by definition stays so."""
    cells = [
        Cell(c.name, 0, 0 if c.high == 0 else None, c.lattice, c.at) for c in picture.cells.values()
    ]
    return Facts.of(cells, picture.relations, picture.lattices.values())

"""Relations that hold among published counts in every invented world, and which of them the register does not imply."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from invented import exact
from planned import PLAN

from profiles.disclosure.attacker import Attacker
from profiles.disclosure.counts import label_counts, reference
from profiles.disclosure.facts import Cell, Facts
from profiles.disclosure.knowledge import _Picture, parts_of
from profiles.disclosure.plan import PARTNER, PUBLIC
from profiles.figures.counting import Counted

# Wards and hours cross nothing and are linked by their total alone; their cells are as many as all others together.
FINE = frozenset({"ward", "hour", "hour_band", "weekday"})
Pair = tuple[str, str]


def published_counts(counted: Counted) -> dict[str, float]:
    """A world's counts of the as-at date by reference, in all and in every published breakdown."""
    found = {}
    for figure in PLAN.register.figures.values():
        if not figure.is_counted:
            continue
        cells = [{}] if figure.entry.total else []
        for breakdown in figure.entry.breakdowns:
            is_offered = PLAN.table(figure.key, frozenset(breakdown.by)) is not None
            if is_offered and not set(breakdown.by) & FINE:
                cells += [c for c in PLAN.register.cells(breakdown) if not _has_check_only(c)]
        for cell in cells:
            groups = frozenset(cell.items())
            count = counted.cells.get((figure.key, counted.as_at, groups))
            found[reference(figure.key, groups, counted.as_at.isoformat())] = count.numerator if count else 0.0
    return found


def _has_check_only(cell: dict[str, str]) -> bool:
    return any(PLAN.groups[pair].is_check_only for pair in cell.items())


@dataclass(frozen=True)
class Mined:
    """Counts by reference, one row per world."""

    refs: tuple[str, ...]
    counts: np.ndarray

    @classmethod
    def of(cls, worlds: Sequence[dict[str, float]]) -> Mined:
        """From each world's counts by reference; a count that is hardly ever more than zero tells nothing of how it stands to others."""
        refs = list(worlds[0])
        counts = np.array([[world[ref] for ref in refs] for world in worlds])
        lives = (counts > 0).sum(axis=0) >= 4
        return cls(tuple(r for r, is_alive in zip(refs, lives, strict=True) if is_alive), counts[:, lives])

    def never_more(self) -> list[Pair]:
        """(a, b) for every a that is in no world more than b."""
        found = []
        for place, ref in enumerate(self.refs):
            holds = (self.counts[:, [place]] <= self.counts).all(axis=0)
            found += [(ref, self.refs[other]) for other in np.flatnonzero(holds) if other != place]
        return found

    def never_more_together(self, below: Iterable[Pair]) -> list[tuple[str, str, str]]:
        """(a, b, c) for every a + b that is in no world more than c, where each of a and b is part of c, and some world has a
        and b at once: two that are never there together tell nothing of how they add up."""
        parts: dict[str, list[int]] = {}
        index = {ref: place for place, ref in enumerate(self.refs)}
        for part, whole in below:
            parts.setdefault(whole, []).append(index[part])
        found = []
        for whole, places in parts.items():
            room = self.counts[:, [index[whole]]]
            for n, first in enumerate(places):
                others = places[n + 1 :]
                one, both = self.counts[:, [first]], self.counts[:, others]
                holds = (one + both <= room).all(axis=0) & (((one > 0) & (both > 0)).sum(axis=0) >= 4)
                found += [(self.refs[first], self.refs[others[k]], whole) for k in np.flatnonzero(holds)]
        return found


class Implied:
    """What the register's facts imply whatever the counts are: an attacker who sees no label at all."""

    def __init__(self, refs: Sequence[str]) -> None:
        rows = [_row(ref) for ref in refs]
        picture = _Picture(label_counts(exact(*rows), PLAN), (PUBLIC, PARTNER), PLAN, {})
        for row in picture.rows.to_dict("records"):
            picture.cell(row["ref"], row["figure"], row["dims"], row["period_end"], 0.0, float("inf"))
        picture.implied()
        picture.statements()
        self._attacker = Attacker(_unlabelled(picture), seconds=36_000.0)
        self.refs = frozenset(picture.cells)

    def at_most(self, parts: Sequence[str], whole: str) -> bool:
        """Whether the parts together can be no more than the whole."""
        if not {*parts, whole} <= self.refs:
            return False
        terms = {whole: -1}
        for part in parts:
            terms[part] = terms.get(part, 0) + 1
        high = self._attacker.linear(terms).high
        return high is not None and high <= 0


def _row(ref: str) -> dict[str, object]:
    """A large count, so that nothing is merged or refused."""
    figure, dims, _ = parts_of(ref)
    row: dict[str, object] = {"figure": figure, "numerator": 1000, "unit": PLAN.register.figures[figure].entry.unit}
    breakdown = PLAN.register.figures[figure].breakdown(frozenset(d for d, _ in dims))
    groups = dict(dims)
    for place, dimension in zip(("", "2", "3"), breakdown.by if breakdown else (), strict=False):
        row |= {f"group{place}_type": dimension, f"group{place}": groups[dimension]}
    return row


def _unlabelled(picture: _Picture) -> Facts:
    """The facts without what labels tell; a number that is zero by definition stays so."""
    cells = [Cell(c.name, 0, 0 if c.high == 0 else None, c.lattice, c.at) for c in picture.cells.values()]
    return Facts.of(cells, picture.relations, picture.lattices.values())

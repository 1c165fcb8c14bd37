"""Two versions held together: what changed between them must not tell of the few who joined or
left.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace

from profiles.disclosure.attacker import Attacker
from profiles.disclosure.counts import Counts, parts_of, reference
from profiles.disclosure.facts import Cell, Facts, Relation
from profiles.disclosure.knowledge import Knowledge
from profiles.disclosure.rule import Rule

EARLIER = " (earlier version)"


@dataclass(frozen=True)
class Version:
    """A version as an auditor has it: its as-at date, counts, what its labels tell, and by keyed
    hash who is in each count.
    """

    as_at: str
    counts: Counts
    known: Knowledge
    members: Mapping[str, set[str]]


@dataclass(frozen=True)
class Difference:
    """A count that a few children joined or left between two versions, and by how much it may have
    changed for who holds both.
    """

    ref: str
    moved: int
    low: int | None
    high: int | None


@dataclass(frozen=True)
class Between:
    """How many counts a few children joined or left between two versions, and those of which fewer
    than five changes stay possible.
    """

    tried: int
    told: tuple[Difference, ...]


def between(one: Version, two: Version, rule: Rule, seconds: float) -> Between:
    """Try every count of the later version's day that few joined or left since the earlier one's.

    A reader is taken to know which numbers of days that both versions tell of did not change.
    Raises FactsError where the two contradict each other, SolverError where a limit is reached.
    """
    same = _unchanged(one, two)
    attacker = Attacker(_facts(one.known.facts, two.known.facts, same), seconds=seconds)
    attacker.check()
    moved = {}
    changes = []
    for ref in sorted(two.known.facts.cells.keys() & two.counts.known.keys()):
        figure, dims, day = parts_of(ref)
        earlier = reference(figure, dims, one.as_at)
        if day != two.as_at or earlier not in one.known.facts.cells:
            continue
        children = two.members.get(ref, set()) ^ one.members.get(earlier, set())
        if 0 < len(children) < rule.hold:
            moved[ref] = len(children)
            changes.append({ref: 1, _name(earlier, same): -1})
    told = []
    # Sweeps prove most changes wide enough at once; what is left is asked one by one.
    proved = attacker.seen(changes, rule.width)
    for (ref, few), terms, (low, high) in zip(moved.items(), changes, proved, strict=True):
        if high - low < rule.width:
            interval = attacker.interval(terms)
            if interval.width < rule.width:
                told.append(Difference(ref, few, interval.low, interval.high))
    return Between(len(changes), tuple(told))


def _unchanged(one: Version, two: Version) -> set[str]:
    """The counts of the same day that both versions tell of and that are of the same children."""
    same = set()
    for ref in one.known.facts.cells.keys() & two.known.facts.cells.keys():
        is_counted = ref in one.counts.known and ref in two.counts.known
        if is_counted and one.members.get(ref) == two.members.get(ref):
            same.add(ref)
    # A joint table is one unknown thing: it is the same only as a whole.
    changed = set()
    for ref, cell in one.known.facts.cells.items():
        if cell.lattice and ref not in same:
            changed.add(cell.lattice)
    return {ref for ref in same if one.known.facts.cells[ref].lattice not in changed}


def _name(ref: str, same: Collection[str]) -> str:
    if ref in same:
        return ref
    return ref + EARLIER


def _facts(one: Facts, two: Facts, same: Collection[str]) -> Facts:
    """What both tell, the earlier version's numbers under names of their own where they are not
    known to be the same.
    """
    cells: dict[str, Cell] = dict(two.cells)
    shared_tables = {one.cells[ref].lattice for ref in same}
    for ref, cell in one.cells.items():
        name = _name(ref, same)
        lattice = cell.lattice
        if lattice is not None and lattice not in shared_tables:
            lattice += EARLIER
        renamed = replace(cell, name=name, lattice=lattice)
        cells[name] = _both(renamed, cells.get(name))
    relations = list(two.relations)
    for relation in one.relations:
        terms = {_name(ref, same): sign for ref, sign in relation.terms.items()}
        relations.append(Relation(relation.name, terms, relation.low, relation.high))
    lattices = dict(two.lattices)
    for key, table in one.lattices.items():
        if key not in shared_tables:
            lattices[key + EARLIER] = replace(table, name=key + EARLIER)
    return Facts.of(cells.values(), relations, lattices.values())


def _both(one: Cell, other: Cell | None) -> Cell:
    """A number that is known twice lies in both ranges."""
    if other is None:
        return one
    lows = [low for low in (one.low, other.low) if low is not None]
    highs = [high for high in (one.high, other.high) if high is not None]
    return replace(one, low=max(lows, default=None), high=min(highs, default=None))

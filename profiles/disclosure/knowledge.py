"""What an attacker who holds an edition knows, and what must not follow from it: labels and plan
become facts and targets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from profiles.disclosure.counts import Counts
from profiles.disclosure.elsewhere import Elsewhere
from profiles.disclosure.facts import Cell, Facts
from profiles.disclosure.picture import Before, Picture, Target
from profiles.disclosure.plan import Plan


@dataclass(frozen=True)
class Knowledge:
    """Facts, targets, and in `shown` the shown counts that a repair could withhold, smallest first
    (reference → label's value).

    `elsewhere` has only what others published beside earlier versions: what follows from that alone
    is out, and no label of ours can take it back; None where others published nothing of these
    figures. `not_used` names what others published that is no fact here, and why.
    """

    facts: Facts
    targets: tuple[Target, ...]
    shown: Mapping[str, float]
    elsewhere: Facts | None = None
    not_used: tuple[tuple[str, str], ...] = ()


def knowledge(
    counts: Counts, editions: Iterable[str], plan: Plan, before: Mapping[str, Before] | None = None
) -> Knowledge:
    """What follows from holding these editions and all versions before, and what must not follow
    from it.
    """
    picture = Picture(counts, editions, plan, before or {})
    picture.add_counts()
    others = Elsewhere(picture)
    for entry in plan.published:
        others.add(entry)
    picture.add_statements()
    picture.add_windows()
    picture.add_count_targets()
    picture.add_margins()
    # What was published before, and what is known exactly, would not be hidden by withholding it.
    fixed = set(picture.before)
    fixed |= {ref for ref, cell in picture.cells.items() if cell.low == cell.high}
    values = zip(picture.rows["ref"], picture.rows["value"].astype(float), strict=True)
    shown = {ref: value for ref, value in values if picture.is_shown[ref] and ref not in fixed}
    smallest_first = dict(sorted(shown.items(), key=lambda pair: (pair[1], pair[0])))
    relations = [*picture.relations, *others.relations]
    facts = Facts.of(picture.cells.values(), relations, picture.lattices.values())
    elsewhere = None
    if others.relations:
        without_labels = [_without_label(cell, picture) for cell in picture.cells.values()]
        elsewhere = Facts.of(without_labels, relations, picture.lattices.values())
    return Knowledge(
        facts,
        tuple(picture.targets.values()),
        smallest_first,
        elsewhere,
        tuple(others.not_used),
    )


def _without_label(cell: Cell, picture: Picture) -> Cell:
    """A count as it is known without this version's labels: from earlier versions, and where it is
    impossible. What others published stands among the relations.
    """
    low: int | None = 0
    high: int | None = None
    if cell.name in picture.before:
        earlier = picture.before[cell.name]
        low = int(max(0, earlier.low))
        if earlier.high != float("inf"):
            high = int(earlier.high)
    if cell.name in picture.impossible:
        high = 0
    return replace(cell, low=low, high=high)

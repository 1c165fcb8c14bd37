"""Counts that are withheld by lot, so that “not shown” tells no reader why."""

from __future__ import annotations

from collections.abc import Callable

from profiles.disclosure.counts import Dims, FirstLabels, parts_of, reference
from profiles.disclosure.plan import Plan, Term

# Tables of fewer cells than this withhold none by lot.
LEAST_FOR_LOT = 4
# Gives a count, by reference, a number from 0 up to 1 that nobody can foretell.
Lot = Callable[[str], float]


class _Twins:
    """Counts that are equal by what the register says: of each its first twin, by name."""

    def __init__(self, plan: Plan) -> None:
        self._twin: dict[tuple[str, Dims], tuple[str, Dims]] = {}
        for statement in plan.statements:
            sides = [*statement.left, *statement.right]
            if statement.relation != "=" or len(statement.left) != 1 or len(sides) != 2:
                continue
            counts = [_count_of(term) for term in sides]
            if counts[0] and counts[1]:
                self._join(counts[0], counts[1])

    def _join(self, a: tuple[str, Dims], b: tuple[str, Dims]) -> None:
        first, second = sorted((self._first(a), self._first(b)), key=_in_order)
        if first != second:
            self._twin[second] = first

    def _first(self, count: tuple[str, Dims]) -> tuple[str, Dims]:
        while count in self._twin:
            count = self._twin[count]
        return count

    def first_of(self, ref: str) -> str:
        """The reference of a count's first twin, on the same day; its own where it has none."""
        figure, dims, day = parts_of(ref)
        return reference(*self._first((figure, dims)), day)


def _count_of(term: Term) -> tuple[str, Dims] | None:
    """The single count that a term is; None where it is a sum, or of another day."""
    groups = [(dimension, group) for dimension, of in term.groups.items() for group in of]
    if term.day != "now" or len(groups) != len(term.groups) or any(g == "*" for _, g in groups):
        return None
    return term.figure, frozenset(groups)


def _in_order(count: tuple[str, Dims]) -> tuple[str, list[tuple[str, str]]]:
    figure, dims = count
    return figure, sorted(dims)


def drawn_by_lot(first: FirstLabels, plan: Plan, lot: Lot) -> list[str]:
    """The counts that are withheld by lot, one in `rule.lot_one_in`, in order.

    That a count was withheld would tell that, shown, it gave a small number away; with that, and
    its neighbours, it can be worked out. Of drug supply 140 = victims + 110 + 20 + suspects: with
    20 suspects nothing would be left for victims, with 10 nothing need be withheld, so there were
    15. Where some are withheld for no such reason, small ones too, any number may be behind “not
    shown”.

    Counts of which the register says that they are equal are drawn together: one of two that is
    shown would tell that the other was drawn, and so which are repairs. Where one of them takes no
    part, neither does the other.

    Tables of few cells take no part, or the sex of the children would be missing from one profile
    in twelve; nor does what stands as it was published before.
    """
    rule = plan.policy.rule
    if not rule.lot_one_in:
        return []
    f = first.counts
    is_cell = (f["table"] != "") & ~f["is_residual"]
    cells = f[is_cell].groupby(["table", "period_end"])["ref"].transform("size")
    in_large_table = cells.reindex(f.index, fill_value=0) >= LEAST_FOR_LOT
    is_label = f["status"].isin(["rounded", "suppressed"])
    can_be_drawn = is_cell & in_large_table & is_label & ~f["is_held"]
    first_twin = f["ref"].map(_Twins(plan).first_of)
    all_can = can_be_drawn.groupby(first_twin).transform("all")
    is_drawn = all_can & (first_twin.map(lot) * rule.lot_one_in < 1)
    return sorted(f.loc[is_drawn, "ref"])

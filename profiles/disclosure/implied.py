"""What follows from the register: the facts that whoever knows the definitions knows, as statements
about counts.

A breakdown adds up to its total; a figure within another is no larger, group by group where both
are broken down alike; what a share is of is no smaller than its count; what a share leaves out is
apart from it. Only what does not follow is written by hand, under `facts` of an entry.

For example `missing_often` by plan, a share of `missing_children` of the same plan, gives
    missing_often[plan=*] = missing_often
    missing_often[plan=CLA] <= missing_children[plan=CLA]      (and for every other plan)
    missing_often <= missing_children
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping, Sequence

from profiles.figures.declared import (
    GIVEN,
    KNOWN,
    BreakdownEntry,
    Figure,
    Register,
    filled,
    reference_parts,
)

Merged = Mapping[str, Sequence[tuple[str, ...]]]


def implied(register: Register, merged: Merged | None = None) -> list[str]:
    """Every statement that follows from the register, and those written in it, each once.

    `merged` are the sets of groups, by dimension, that may stand as one: what holds of each of them
    holds of their sum. It adds no knowledge, only words in which a merged table can be spoken of.
    """
    merged = merged or {}
    statements: list[str] = []
    for figure in register.figures.values():
        statements += _sums(register, figure)
        statements += _bands(register, figure)
        statements += _crossings(register, figure)
        statements += _within(register, figure, merged)
        statements += _shares(register, figure, merged)
        statements += [s for fact in figure.entry.facts for s in expanded(register, fact, merged)]
    return list(dict.fromkeys(statements))


def joint_dimensions(figure: Figure) -> tuple[str, ...]:
    """The dimensions that a figure is crossed by, each child in one group of each: one joint table
    holds them all.
    """
    if figure.entry.overlap or not figure.is_counted:
        return ()
    breakdowns = figure.entry.breakdowns
    overlapping = set()
    for b in breakdowns:
        if b.overlapping and len(b.by) == 1:
            overlapping.add(b.by[0])
    joint: list[str] = []
    for breakdown in breakdowns:
        is_partition = not breakdown.overlapping and not overlapping.intersection(breakdown.by)
        if is_partition and len(breakdown.by) > 1:
            joint += breakdown.by
    return tuple(dict.fromkeys(joint))


def _is_in_joint_table(figure: Figure, breakdown: BreakdownEntry) -> bool:
    return set(breakdown.by) <= set(joint_dimensions(figure))


def _is_in_overlap(figure: Figure, breakdown: BreakdownEntry) -> bool:
    overlap = figure.entry.overlap
    if overlap is None:
        return False
    dimensions = {
        *overlap.sets,
        *overlap.outside,
        *overlap.how_many,
        overlap.alone,
        overlap.both,
        overlap.exactly,
    }
    return set(breakdown.by) <= dimensions


def _cell(figure: str, groups: dict[str, str]) -> str:
    """figure[dimension=group, …]."""
    named = ", ".join(f"{dimension}={group}" for dimension, group in groups.items())
    if named:
        return f"{figure}[{named}]"
    return figure


def _whole(figure: Figure) -> str:
    """What all groups of a figure make together: its own total, or what the entry says; blank where
    nothing is.
    """
    if figure.entry.total:
        return figure.key
    return figure.entry.all_of


def _is_partition(breakdown: BreakdownEntry) -> bool:
    return not breakdown.overlapping


def _is_whole(breakdown: BreakdownEntry) -> bool:
    return not (breakdown.partial or breakdown.groups or breakdown.without_residual)


def _sums(register: Register, figure: Figure) -> Iterator[str]:
    """How the groups of a one-way breakdown and their whole stand to each other."""
    whole = _whole(figure)
    for breakdown in figure.entry.breakdowns:
        is_elsewhere = _is_in_joint_table(figure, breakdown) or _is_in_overlap(figure, breakdown)
        if len(breakdown.by) > 1 or not whole or is_elsewhere or not figure.is_counted:
            continue
        (dimension,) = breakdown.by
        every = _cell(figure.key, {dimension: "*"})
        if _is_partition(breakdown):
            yield f"{every} {'=' if _is_whole(breakdown) else '<='} {whole}"
            continue
        if _is_whole(breakdown):
            yield f"{every} >= {whole}"
        for cell in register.cells(breakdown):
            yield f"{_cell(figure.key, cell)} <= {whole}"


def _bands(register: Register, figure: Figure) -> Iterator[str]:
    """A band is the sum of the groups that it is made of, where both are told."""
    for breakdown in figure.entry.breakdowns:
        if len(breakdown.by) > 1 or not figure.is_counted:
            continue
        (dimension,) = breakdown.by
        bands = register.dimensions[dimension]
        if not bands.bands_of or figure.breakdown(frozenset([bands.bands_of])) is None:
            continue
        for group in bands.groups:
            if group.band_of:
                parts = _cell(figure.key, {bands.bands_of: "|".join(group.band_of)})
                yield f"{parts} = {_cell(figure.key, {dimension: group.group})}"


def _crossings(register: Register, figure: Figure) -> Iterator[str]:
    """How the cells of a crossed breakdown outside a joint table stand to the breakdowns with a
    dimension less.
    """
    for breakdown in figure.entry.breakdowns:
        if len(breakdown.by) == 1 or _is_in_joint_table(figure, breakdown) or not figure.is_counted:
            continue
        for dimension in breakdown.by:
            rest = frozenset(breakdown.by) - {dimension}
            coarser = figure.breakdown(rest)
            if coarser is None:
                continue
            cells = register.cells(breakdown)
            for parent in register.cells(coarser):
                children = []
                for cell in cells:
                    if parent.items() <= cell.items():
                        children.append(cell)
                if children:
                    yield from _children(register, figure, dimension, parent, children)


def _children(
    register: Register,
    figure: Figure,
    dimension: str,
    parent: dict[str, str],
    children: list[dict[str, str]],
) -> Iterator[str]:
    """The cells that differ in one dimension alone, and the cell without it: they add up where the
    groups of that dimension do, else none is larger than it.
    """
    alone = figure.breakdown(frozenset([dimension]))
    whole = _cell(figure.key, parent)
    if alone is None or not _is_partition(alone):
        for cell in children:
            yield f"{_cell(figure.key, cell)} <= {whole}"
        return
    groups = "|".join(cell[dimension] for cell in children)
    every = _cell(figure.key, {dimension: groups} | parent)
    is_all = len(children) == len(register.cells(alone)) and _is_whole(alone)
    relation = "=" if is_all else "<="
    yield f"{every} {relation} {whole}"


def _within(register: Register, figure: Figure, merged: Merged) -> Iterator[str]:
    """A figure is no larger than those that it is within, in all and in every cell that both
    have.
    """
    for reference in _supersets(figure):
        other_key, groups = reference_parts(reference)
        other = register.figures[other_key]
        whole = _cell(other_key, groups)
        if figure.entry.total:
            yield f"{figure.key} <= {whole}"
        for breakdown in figure.entry.breakdowns:
            if groups:
                theirs = None
            else:
                theirs = other.breakdown(frozenset(breakdown.by))
            shared = _cells(register, theirs, merged) if theirs else []
            for cell in _cells(register, breakdown, merged):
                if cell in shared:
                    yield f"{_cell(figure.key, cell)} <= {_cell(other_key, cell)}"
                elif not figure.entry.total:
                    yield f"{_cell(figure.key, cell)} <= {whole}"


def _supersets(figure: Figure) -> list[str]:
    supersets = [*figure.entry.within]
    if figure.entry.share_of:
        supersets.append(figure.entry.share_of)
    return list(dict.fromkeys(supersets))


def _shares(register: Register, figure: Figure, merged: Merged) -> Iterator[str]:
    """What a share is of is no smaller than its count, also together with what is left out
    of it.
    """
    for breakdown in figure.entry.breakdowns:
        share_of = breakdown.share_of
        less = breakdown.less
        if share_of == KNOWN:
            dimension = breakdown.by[0]
            share_of = figure.key
            less = f"{dimension}={register.dimensions[dimension].not_known}"
        is_own = share_of == figure.key and not (less and breakdown.overlapping)
        if not share_of or share_of == GIVEN or is_own:
            continue
        # Of groups that stand as one, what a share is of is their sum only where it is of the same
        # groups.
        is_alike = bool(BRACES.search(share_of)) and not less
        if is_alike:
            cells = _cells(register, breakdown, merged)
        else:
            cells = register.cells(breakdown)
        for cell in cells:
            yield from _share(figure, cell, share_of, less)


def _share(figure: Figure, cell: dict[str, str], share_of: str, less: str) -> Iterator[str]:
    """What one cell's share is of; nothing where that follows from another statement."""
    whole, groups = reference_parts(filled(share_of, cell))
    left_out = reference_parts(f"_[{less}]")[1] if less else {}
    is_itself = (whole, groups) == (figure.key, cell)
    is_left_out = bool(left_out) and left_out.items() <= cell.items()
    is_superset = whole in _supersets(figure) and not groups and not left_out
    if is_itself or is_left_out or (is_superset and figure.entry.total):
        return
    count = _cell(figure.key, cell)
    if left_out:
        count += f" + {_cell(whole, left_out)}"
    yield f"{count} <= {_cell(whole, groups)}"


BRACES = re.compile(r"{(\w+)}")


def expanded(register: Register, fact: str, merged: Merged | None = None) -> Iterator[str]:
    """A fact written with {dimension}, as one statement per group of it; `inside` is every locality
    of the area.
    """
    named = list(dict.fromkeys(BRACES.findall(fact)))
    choices = []
    for dimension in named:
        groups = [g.group for g in register.dimensions[dimension].leaves() if not g.is_check_only]
        # A sum of statements holds where every count in them is of the same group.
        if fact.count(f"{{{dimension}}}") == len(re.findall(r"\w+(?:\[[^\]]*\])?", fact)):
            groups += ["|".join(together) for together in (merged or {}).get(dimension, ())]
        choices.append(groups)
    inside = "|".join(register.area.localities)
    for chosen in itertools.product(*choices):
        statement = filled(fact, dict(zip(named, chosen, strict=True)))
        # Groups outside the area have no wards.
        places = re.findall(r"in:([^\]|,]+)", statement)
        if all(place in register.area.localities for place in places):
            yield statement.replace("locality=inside", f"locality={inside}")


def _cells(register: Register, breakdown: BreakdownEntry, merged: Merged) -> list[dict[str, str]]:
    """The cells of a breakdown, and those of groups that may stand as one, written “X|U”."""
    cells = register.cells(breakdown)
    all_cells = list(cells)
    for dimension in breakdown.by:
        for together in merged.get(dimension, ()):
            for cell in cells:
                # Once for each set of groups: at its first group.
                is_first = cell[dimension] == together[0]
                if is_first and all(cell | {dimension: group} in cells for group in together):
                    all_cells.append(cell | {dimension: "|".join(together)})
    return all_cells

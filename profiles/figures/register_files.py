"""Reads the register's files, and refuses what their schema alone cannot see: a name that is there
twice, or one that nothing has.

What an entry may hold is in `declared.py`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from profiles.areas import Area
from profiles.figures.declared import (
    DAY,
    FOLDER,
    GIVEN,
    KNOWN,
    MONTH,
    BreakdownEntry,
    Figure,
    FigureEntry,
    Register,
    SectionFile,
    by_month,
    reference_parts,
)
from profiles.figures.groups import Dimension, DimensionEntry, dimension_of
from profiles.reading import FileError, fault, nearest, read_own, read_words

MOST_DIMENSIONS = 3
Place = tuple[str, ...]


@dataclass(frozen=True)
class SectionText:
    """One file of the register, with its text, so that a message can name the line."""

    name: str
    file: SectionFile
    text: str

    def fault(self, at: Place, words: str) -> FileError:
        """What is wrong at a place, as keys from the top of the file."""
        return fault(f"{self.name}.yml", self.text, at, words)


@functools.cache
def register_of(area: Area) -> Register:
    """The product's register for an area, read once."""
    return read_register(area)


def read_register(area: Area, folder: Path = FOLDER) -> Register:
    """The register for an area. Raises FileError: file, line and what is allowed."""
    sections = _read_sections(folder)
    figures = _figures(sections)
    register = Register(area, figures, _dimensions(sections, area))
    by_name = {section.name: section for section in sections}
    for figure in figures.values():
        _FigureCheck(register, figure, by_name[figure.section]).check()
    for section in sections:
        for name, entry in section.file.dimensions.items():
            _check_groups(register, name, entry, section)
    return register


def _read_sections(folder: Path) -> list[SectionText]:
    sections = []
    for path in sorted(folder.glob("*.yml")):
        text = read_words(path)
        file = read_own(SectionFile, text, path.name)
        sections.append(SectionText(path.stem, file, text))
    return sections


def _figures(sections: list[SectionText]) -> dict[str, Figure]:
    figures: dict[str, Figure] = {}
    for section in sections:
        for key, entry in section.file.figures.items():
            if key in figures:
                raise section.fault(("figures", key), f"the figure {key} is there twice")
            figures[key] = Figure(key, section.name, entry)
    with_months = {key for key, figure in figures.items() if _has_months(figure.entry)}
    for key in sorted(with_months):
        figure = figures[key]
        months = _months_of(figure, with_months)
        figures[by_month(key)] = Figure(by_month(key), figure.section, months)
    return figures


def _has_months(entry: FigureEntry) -> bool:
    """Whether an entry of events is told month by month."""
    of_a_breakdown = any("month" in breakdown.series for breakdown in entry.breakdowns)
    return entry.period != DAY and ("month" in entry.series or of_a_breakdown)


def _months_of(figure: Figure, with_months: Collection[str]) -> FigureEntry:
    """The entry of the same events month by month, with the breakdowns that are told so."""
    entry = figure.entry
    breakdowns = []
    for breakdown in entry.breakdowns:
        if "month" in breakdown.series:
            share_of = _in_months(breakdown.share_of, with_months)
            own = {"share_of": share_of, "earlier_days": (), "series": ("month",)}
            breakdowns.append(breakdown.model_copy(update=own))
    has_total = "month" in entry.series
    # What holds among other figures of a year need not hold in each month of it: of three spells
    # within 30 days the first two may lie in the month before.
    facts = [fact for fact in entry.facts if _figures_in(fact) == {figure.key}]
    return entry.model_copy(
        update={
            "name": f"{entry.name}, month by month",
            "counts": f"{entry.counts}; the period is one month",
            "period": MONTH,
            "series": ("month",) if has_total else (),
            "total": entry.total and has_total,
            "earlier_days": (),
            "share_of": _in_months(entry.share_of, with_months),
            "rate": "",
            "rate_over": "",
            "within": tuple(by_month(other) for other in entry.within if other in with_months),
            "breakdowns": tuple(breakdowns),
            "overlap": None,
            "impossible": (),
            "facts": tuple(re.sub(rf"\b{figure.key}\b", by_month(figure.key), f) for f in facts),
        }
    )


def _figures_in(fact: str) -> set[str]:
    """The figures that a fact names, without their groups."""
    return set(re.findall(r"[a-z]\w+", re.sub(r"\[[^\]]*\]", "", fact)))


def _in_months(share_of: str, with_months: Collection[str]) -> str:
    """What a share of a month is of; blank where that is not told month by month."""
    if share_of in ("", KNOWN):
        return share_of
    figure, _, _ = share_of.partition("[")
    if figure not in with_months:
        return ""
    return by_month(figure) + share_of.removeprefix(figure)


def _dimensions(sections: list[SectionText], area: Area) -> dict[str, Dimension]:
    entries: dict[str, DimensionEntry] = {}
    for section in sections:
        for name, entry in section.file.dimensions.items():
            if name in entries:
                raise section.fault(("dimensions", name), f"the dimension {name} is there twice")
            entries[name] = entry
    # A dimension may be made from another one, so all entries are known before the first is made.
    dimensions: dict[str, Dimension] = {}
    for section in sections:
        for name, entry in section.file.dimensions.items():
            try:
                dimensions[name] = dimension_of(name, entry, entries, area)
            except ValueError as error:
                raise section.fault(("dimensions", name), str(error)) from None
    return dimensions


def _check_groups(
    register: Register, name: str, entry: DimensionEntry, section: SectionText
) -> None:
    """The groups that a dimension's entry names exist."""
    at = ("dimensions", name)
    if entry.not_known and entry.not_known not in entry.groups:
        raise section.fault((*at, "not_known"), f"not_known: {name} has no such group")
    if entry.bands_of and entry.bands_of not in register.dimensions:
        known = nearest(entry.bands_of, list(register.dimensions))
        raise section.fault((*at, "bands_of"), f"bands_of: there is no such dimension; {known}")
    for key, group in entry.groups.items():
        here = (*at, "groups", key)
        if any(part not in entry.groups for part in group.made_of):
            raise section.fault(here, f"made_of names a group that {name} does not have")
        if group.of and not entry.bands_of:
            words = "of is for bands of another dimension; say which with bands_of"
            raise section.fault(here, words)
        if entry.bands_of and any(not register.group(entry.bands_of, part) for part in group.of):
            raise section.fault(here, f"of names a group that {entry.bands_of} does not have")


@dataclass(frozen=True)
class _FigureCheck:
    """Every figure, dimension and group that one figure's entry names exists."""

    register: Register
    figure: Figure
    section: SectionText

    def check(self) -> None:
        """Raises FileError at the first name that nothing has."""
        entry = self.figure.entry
        at = ("figures", self.figure.key)
        for reference in filter(None, (entry.share_of, entry.all_of, entry.rate_over)):
            self._check_reference("share_of, all_of or rate_over", reference, at)
        for reference in entry.within:
            self._check_reference("within", reference, (*at, "within"))
        self._check_cells("impossible", entry.impossible, (*at, "impossible"))
        seen: set[frozenset[str]] = set()
        for number, breakdown in enumerate(entry.breakdowns):
            here = (*at, "breakdowns", str(number))
            self._check_dimensions(breakdown, here)
            # In whatever order the dimensions are named, it is the same table.
            if frozenset(breakdown.by) in seen:
                raise self.section.fault(here, "by: this breakdown is there twice")
            seen.add(frozenset(breakdown.by))
            self._check_denominators(breakdown, here)
            self._check_cells_named(breakdown, here)

    def _check_dimensions(self, breakdown: BreakdownEntry, at: Place) -> None:
        for dimension in (*breakdown.by, *breakdown.instead):
            if dimension not in self.register.dimensions:
                raise self._no_dimension("by", dimension, at)
        is_repeated = len(set(breakdown.by)) < len(breakdown.by)
        if is_repeated or len(breakdown.by) > MOST_DIMENSIONS:
            raise self.section.fault(at, "by: one to three dimensions, each once")
        if breakdown.sums and len(breakdown.by) > 1:
            raise self.section.fault(at, "sums: of one dimension alone")
        if breakdown.instead and self.figure.breakdown(frozenset(breakdown.instead)) is None:
            raise self.section.fault(at, "instead: the figure has no such breakdown")

    def _check_denominators(self, breakdown: BreakdownEntry, at: Place) -> None:
        dimension = breakdown.by[0]
        if breakdown.share_of == KNOWN and not self.register.dimensions[dimension].not_known:
            words = f"share_of: {dimension} does not say which group is not_known"
            raise self.section.fault(at, words)
        if breakdown.share_of not in ("", KNOWN, GIVEN):
            self._check_reference("share_of", breakdown.share_of, at, breakdown.by)
        if breakdown.rate_over not in ("", GIVEN):
            self._check_reference("rate_over", breakdown.rate_over, at, breakdown.by)
        for reference in breakdown.beside:
            self._check_reference("beside", reference, at, breakdown.by)

    def _check_cells_named(self, breakdown: BreakdownEntry, at: Place) -> None:
        for key, groups in (("less", breakdown.less), ("ratio_to", breakdown.ratio_to)):
            if groups:
                self._check_reference(key, f"{self.figure.key}[{groups}]", at)
        for group in (*breakdown.no_share, *breakdown.groups):
            self._check_group("no_share or groups", breakdown.by[0], group, at)
        self._check_cells("leave_out", breakdown.leave_out, at)

    def _check_cells(self, key: str, cells: tuple[dict[str, str], ...], at: Place) -> None:
        for dimension, group in _pairs(cells):
            self._check_group(key, dimension, group, at)

    def _check_reference(
        self, key: str, reference: str, at: Place, own_dimensions: tuple[str, ...] = ()
    ) -> None:
        """`figure[dimension=group]`; {dimension} stands for the row's own group."""
        try:
            named, groups = reference_parts(reference)
        except ValueError as error:
            raise self.section.fault(at, f"{key}: {error}") from None
        if named not in self.register.figures:
            known = nearest(named, list(self.register.figures))
            raise self.section.fault(at, f"{key}: there is no figure {named}; {known}")
        for dimension, group in groups.items():
            self._check_group(key, dimension, group, at, own_dimensions)

    def _check_group(
        self,
        key: str,
        dimension: str,
        group: str,
        at: Place,
        own_dimensions: tuple[str, ...] = (),
    ) -> None:
        declared = self.register.dimensions.get(dimension)
        if declared is None:
            raise self._no_dimension(key, dimension, at)
        if "{" in group:
            in_braces = set(re.findall(r"{(\w+)}", group))
            if not in_braces <= set(own_dimensions):
                words = f"{key}: only {', '.join(own_dimensions)} can be in braces here"
                raise self.section.fault(at, words)
            return
        # An agency that this area does not have is no misspelling: another area may have it.
        if declared.any_group or dimension == "agency":
            return
        names = [g.group for g in declared.groups]
        if group not in names:
            words = f"{key}: {dimension} has no group {group}; {nearest(group, names)}"
            raise self.section.fault(at, words)

    def _no_dimension(self, key: str, dimension: str, at: Place) -> FileError:
        known = nearest(dimension, list(self.register.dimensions))
        return self.section.fault(at, f"{key}: there is no dimension {dimension}; {known}")


def _pairs(cells: tuple[Mapping[str, str], ...]) -> Iterator[tuple[str, str]]:
    for cell in cells:
        yield from cell.items()

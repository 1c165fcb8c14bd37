"""The register: every figure declared once, in `register/<section>.yml`.

Its words, unit, period, extracts, denominators, breakdowns and editions come from its entry, and so
does what an attacker knows of it (`profiles/disclosure/implied.py`). What a model counts, and how,
is SQL and does not belong here. The files are read and checked in `register_files.py`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from profiles.areas import Area
from profiles.figures.groups import Dimension, DimensionEntry, Group
from profiles.reading import Strict

FOLDER = Path(__file__).parent / "register"
# The version of the definitions and bands; a change of one is a new version and a line in the
# changelog.
DEFINITION = "1"
EVERY_AGENCY = "every agency"
# What a share is of, where it is no other figure: the figure's own known, or a denominator that the
# model gives.
KNOWN, GIVEN = "known", "given"
# Periods of stocks, and of events of a month.
DAY, MONTH = "day", "month"
MONTH_ENDS, YEARS_BEFORE, LAST_EDITION = "month ends", "years before", "last edition"
Edition = Literal["public", "partner", "none"]
PUBLIC: Edition = "public"
PARTNER: Edition = "partner"
NONE: Edition = "none"
# A number over time. month: a stock at each month end, events in each month; year: the same number
# on that day of earlier years, and on the day of the edition before.
Series = Literal["month", "year"]
Gives = Literal["children", "events", "number", "median", "model"]


class BreakdownEntry(Strict):
    """A figure by one to three dimensions, such as

    - by: ethnicity
      share_of: known
      ratio_to: ethnicity=White
    """

    by: tuple[str, ...]

    # Shares. What each cell is a share of: a figure, with groups where it is not the whole of it
    # (`missing_children[plan={plan}]`, where {plan} is the row's own group); `known` for the
    # figure's own total less those not known; `given` where the model gives it.
    share_of: str = ""
    # Groups left out of that denominator.
    less: str = ""
    # Groups that have a count and no share.
    no_share: tuple[str, ...] = ()
    no_share_for_residual: bool = False

    # Rates over residents aged 10–17. `rate` says which table is wanted where an area has none for
    # these groups; the number is then refused and the table asked for by these words.
    rate_over: str = ""
    rate: str = ""
    # Rates of small areas drawn towards the common one.
    smoothed: bool = False
    # No count either, where there is no rate.
    only_with_rate: bool = False

    # Comparisons. The group that every other one is compared with, and whether the gap in
    # percentage points stands beside the ratio; or the number expected at the common share.
    ratio_to: str = ""
    gap: bool = True
    expected: bool = False
    # Of a verdict by ward: the counts without which it is not shown.
    beside: tuple[str, ...] = ()

    # Where it is shown: in which edition, in which section if not its figure's own, and by which
    # coarser breakdown it is replaced where it does not pass.
    edition: Edition = PUBLIC
    section: str = ""
    instead: tuple[str, ...] = ()

    # The extracts that it needs, where they are not its figure's.
    needs: tuple[str, ...] | None = None

    # Which cells there are: sums of groups too; these groups alone; no residual groups; none of
    # these cells.
    sums: bool = False
    groups: tuple[str, ...] = ()
    without_residual: bool = False
    leave_out: tuple[dict[str, str], ...] = ()

    # What an attacker may not conclude: a child can be in several groups (then the groups add up to
    # the total or more), or the groups do not make up the total, and why.
    overlapping: bool = False
    partial: str = ""

    # Kinds of earlier days that it is counted on as well, as `core_earlier_days` names them; and
    # how it is told over time, as in the figure.
    earlier_days: tuple[str, ...] = ()
    series: tuple[Series, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _one_dimension(cls, raw: Any) -> Any:
        """`by: sex` is short for `by: [sex]`."""
        if isinstance(raw, Mapping) and isinstance(raw.get("by"), str):
            return {**raw, "by": [raw["by"]]}
        return raw


class OverlapEntry(Strict):
    """Sets that overlap: a child can be in several. `any` is in one or more of them, `outside` in
    one or more but not in that one, `how_many` in so many of them; `alone` in that one and no
    other, `both` in those two, `exactly` in those and no other.
    """

    sets: dict[str, tuple[str, ...] | str]
    any: dict[str, str] = Field(default_factory=dict)
    outside: dict[str, dict[str, str]] = Field(default_factory=dict)
    how_many: dict[str, dict[str, int | tuple[int, ...]] | str] = Field(default_factory=dict)
    alone: str = ""
    both: str = ""
    exactly: str = ""


class FigureEntry(Strict):
    """One figure: the one place where it is described."""

    # In words: its name in the methods, and what is counted, of whom, when.
    name: str
    counts: str
    unit: str
    # What its model gives: children or events (by the unit, if nothing is said), a number, a
    # median, or a model's words.
    gives: Gives | None = None
    # A row of `core_periods`: the day, the 12 months to it, …
    period: str
    # Agencies, `agency__table` or `agency__table.column`; without one of them it is refused.
    needs: tuple[str, ...]

    # Whether it has a number for all groups together. Where it has none, `all_of` names the figure
    # that its groups add up to.
    total: bool = True
    all_of: str = ""

    # What the total is a share of, or a rate over, as in a breakdown.
    share_of: str = ""
    rate_over: str = ""
    rate: str = ""

    # Figures whose children or events include all of this one's. A fact of the attacker's, in all
    # and group by group: `missing_often` is within `missing_children`.
    within: tuple[str, ...] = ()
    # Of the general public, as others publish it: shown exactly, nothing to protect.
    published_by_others: bool = False
    earlier_days: tuple[str, ...] = ()
    # How its total is told over time. A stock has its own label on each month end. Events of a
    # month are another number than events of a year, so they are a figure of their own, by the
    # name of `by_month`, with the breakdowns that have `series: [month]` too.
    series: tuple[Series, ...] = ()
    # How many of the newest months are left out of its series, because what it counts comes later
    # than the event: an interview after the return.
    late_months: int = Field(default=0, ge=0, le=12)
    # Extracts whose changes of recording are changes of the figure, where `needs` names the agency
    # as a whole.
    recorded_in: tuple[str, ...] = ()
    breakdowns: tuple[BreakdownEntry, ...] = ()
    overlap: OverlapEntry | None = None
    # Cells that nobody can be in by definition, as dimension: group.
    impossible: tuple[dict[str, str], ...] = ()
    # What else always holds among counts and does not follow from the rest: “a + b <= c”.
    facts: tuple[str, ...] = ()


class SectionFile(Strict):
    """`register/<section>.yml`."""

    dimensions: dict[str, DimensionEntry] = Field(default_factory=dict)
    figures: dict[str, FigureEntry] = Field(default_factory=dict)


@dataclass(frozen=True)
class Figure:
    """A declared figure."""

    key: str
    section: str
    entry: FigureEntry

    @property
    def gives(self) -> Gives:
        """What its model gives: the children or events that are counted, or a number, a median, a
        model's words.
        """
        if self.entry.gives is not None:
            return self.entry.gives
        if self.entry.unit == "children":
            return "children"
        return "events"

    @property
    def is_by_month(self) -> bool:
        """Whether it counts the events of single months."""
        return self.entry.period == MONTH

    @property
    def is_stock(self) -> bool:
        """Whether it counts who is there on a day, not what happened in a period."""
        return self.entry.period == DAY

    @property
    def is_counted(self) -> bool:
        """Whether its model says who is counted."""
        return self.gives in ("children", "events")

    def breakdown(self, dimensions: frozenset[str]) -> BreakdownEntry | None:
        """The breakdown by these dimensions, in whatever order."""
        return next((b for b in self.entry.breakdowns if frozenset(b.by) == dimensions), None)


def by_month(figure: str) -> str:
    """The name of the figure that counts the same events month by month."""
    return f"{figure}_by_month"


def earlier_days(entry: FigureEntry, of: FigureEntry | BreakdownEntry) -> tuple[str, ...]:
    """The kinds of earlier days that a total (`of` is the entry itself) or a breakdown has."""
    kinds = list(of.earlier_days)
    if "month" in of.series and entry.period in (DAY, MONTH):
        kinds.append(MONTH_ENDS)
    if "year" in of.series:
        kinds += [YEARS_BEFORE, LAST_EDITION]
    return tuple(dict.fromkeys(kinds))


@dataclass(frozen=True, eq=False)
class Register:
    """Every figure and dimension, for one area."""

    area: Area
    figures: Mapping[str, Figure]
    dimensions: Mapping[str, Dimension]

    def groups_of(self, dimension: str) -> list[Group]:
        """A breakdown's groups in table order, without those that only check published figures."""
        return [g for g in self.dimensions[dimension].groups if not g.is_check_only]

    def group(self, dimension: str, group: str) -> Group | None:
        """One group of a breakdown; None where it has no such group."""
        return self._by_key.get((dimension, group))

    @functools.cached_property
    def _by_key(self) -> dict[tuple[str, str], Group]:
        groups = {}
        for d in self.dimensions.values():
            for g in d.groups:
                groups[(d.name, g.group)] = g
        return groups

    @functools.cached_property
    def published_by_others(self) -> frozenset[str]:
        """Figures of the general public that others publish: nothing to protect."""
        return frozenset(
            key for key, figure in self.figures.items() if figure.entry.published_by_others
        )

    def every_group(self) -> Iterator[Group]:
        """Every group of every breakdown."""
        for dimension in self.dimensions.values():
            yield from dimension.groups

    def needs(
        self, figure: Figure, breakdown: BreakdownEntry | None, groups: Mapping[str, str]
    ) -> list[str]:
        """The extracts that a number needs: its figure's (or its breakdown's own), and those of its
        groups.
        """
        if breakdown is None or breakdown.needs is None:
            own_needs = figure.entry.needs
        else:
            own_needs = breakdown.needs
        wanted = [*own_needs]
        for dimension, group in groups.items():
            declared = self.group(dimension, group)
            wanted += declared.needs if declared else ()
        spelt: list[str] = []
        for source in wanted:
            spelt += list(self.area.agencies) if source == EVERY_AGENCY else [source]
        # A column stands for its table.
        of_columns = {source.partition(".")[0] for source in spelt if "." in source}
        return [s for s in dict.fromkeys(spelt) if "." in s or s not in of_columns]

    def cells(self, breakdown: BreakdownEntry) -> list[dict[str, str]]:
        """Every cell of a breakdown, as dimension → group, in table order."""
        cells: list[dict[str, str]] = [{}]
        for dimension in breakdown.by:
            chosen = []
            for g in self.dimensions[dimension].groups:
                if self._is_in(breakdown, g):
                    chosen.append(g.group)
            cells = [cell | {dimension: group} for cell in cells for group in chosen]
        kept_cells = []
        for c in cells:
            if not any(left_out.items() <= c.items() for left_out in breakdown.leave_out):
                kept_cells.append(c)
        return kept_cells

    @staticmethod
    def _is_in(breakdown: BreakdownEntry, group: Group) -> bool:
        if group.is_sum and not (breakdown.sums and len(breakdown.by) == 1):
            return False
        if group.is_residual and breakdown.without_residual:
            return False
        return not breakdown.groups or group.group in breakdown.groups


REFERENCE = re.compile(r"(\w+)(?:\[([^\]]*)\])?")


def reference_parts(text: str) -> tuple[str, dict[str, str]]:
    """“figure[dimension=group,…]” as figure and groups. Group names may hold commas. Raises
    ValueError.
    """
    match = REFERENCE.fullmatch(text.strip())
    if not match:
        raise ValueError(f"“{text[:60]}” is not written figure[dimension=group]")
    pairs: dict[str, str] = {}
    for part in filter(None, (p.strip() for p in re.split(r",\s*(?=\w+=)", match[2] or ""))):
        dimension, is_given, group = part.partition("=")
        if not is_given:
            raise ValueError(f"“{text[:60]}” names a group without its dimension")
        pairs[dimension] = group
    return match[1], pairs


def filled(text: str, groups: Mapping[str, str]) -> str:
    """A reference with the row's own groups in the places of {dimension}."""
    for dimension, group in groups.items():
        text = text.replace(f"{{{dimension}}}", group)
    return text

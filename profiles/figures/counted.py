"""What the models of an as-at date give: how many are in a group, numbers, periods, residents."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from profiles.figures.declared import LAST_EDITION, YEARS_BEFORE

Groups = frozenset[tuple[str, str]]
Period = tuple[dt.date, dt.date]
ALL: Groups = frozenset()
# The period of what brings its own.
OWN = "own"
RESIDENTS_AGED = "residents aged 10–17"


class CountingError(ValueError):
    """A model and the register do not fit, in words; never a value."""


@dataclass(frozen=True)
class Cell:
    """How many are counted in a cell: children or events, the distinct children behind them, and
    how many of the events are of the two children with most.
    """

    numerator: float
    contributors: float
    top_two: float


EMPTY = Cell(0.0, 0.0, 0.0)


@dataclass(frozen=True)
class Residents:
    """How many residents aged 10–17 there are in a group of an area, how well that is known, and by
    which source.
    """

    persons: float
    quality: str
    source: str

    def note(self, wanted: str) -> str:
        """What is said beside a rate. Where the number of residents is not known, or is only
        indicative, the rate is refused, and `wanted` says which table to ask for.
        """
        if self.quality == "unknown":
            return f"refused: the number of residents is not known: {wanted}"
        if self.quality == "indicative":
            return f"refused: the number of residents is only indicative: {wanted}"
        if self.quality == "estimate":
            estimated = ", estimated: "
        else:
            estimated = ", "
        return f"denominator: {RESIDENTS_AGED}{estimated}{self.source}"


NO_RESIDENTS = Residents(0.0, "unknown", "")


@dataclass(frozen=True)
class Number:
    """What a model gives instead of counting children or events: a number and its denominator
    `of`, or an average and how many children it is of.
    """

    figure: str
    groups: Mapping[str, str]
    number: float | None = None
    of: float | None = None
    average: float | None = None
    children: float | None = None
    note: str = ""
    period: Period | None = None


@dataclass(frozen=True)
class Counted:
    """Everything that the models of one as-at date give.

    `cells` are by figure, day and groups; `periods` by name; `windows` by period and last day,
    those of months among them; `earlier_days` by kind; `notes` are what a model says beside a
    figure's total; `residents` are by area code, sex and ethnic group, blank for all.
    """

    as_at: dt.date
    cells: Mapping[tuple[str, dt.date, Groups], Cell]
    numbers: tuple[Number, ...]
    periods: Mapping[str, Period]
    earlier_days: Mapping[str, tuple[dt.date, ...]]
    notes: Mapping[str, str] = field(default_factory=dict)
    residents: Mapping[tuple[str, str, str], Residents] = field(default_factory=dict)
    windows: Mapping[tuple[str, dt.date], Period] = field(default_factory=dict)

    @property
    def bases(self) -> set[dt.date]:
        """The days that the as-at date is compared with: a year before, the last edition."""
        years = self.earlier_days.get(YEARS_BEFORE, ())
        return {*years[-1:], *self.earlier_days.get(LAST_EDITION, ())}

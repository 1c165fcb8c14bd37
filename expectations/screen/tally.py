"""What was found in one column, and what the column as a whole makes of it."""

from __future__ import annotations

import datetime as dt
from array import array
from dataclasses import dataclass, field

import numpy as np
import scipy

from expectations.screen.kinds import Kind

# Pieces of a shape that passes by chance: the column is refused beyond this quantile of the
# binomial, from so many pieces on.
QUANTILE, FEWEST = 0.9999, 10
# In an agency's own references, what has the shape by chance is told from what has it by design by
# this share of the column.
MOST = 0.6
# Dates of birth among other dates.
OWN_MONTH, AGES, SHARE_OF_AGES, FEWEST_YEARS = 0.2, 19, 0.8, 3
# Events are of the last few years, births mostly older than that.
FEWEST_BIRTHS, YEARS_OF_EVENTS, SHARE_OF_OLDER = 5, 6, 0.4


@dataclass(frozen=True)
class Found:
    """A column that holds, or may hold, what identifies a person: counts only. `of` is the number
    of cells that are not blank.
    """

    column: str
    kind: str
    words: str
    cells: int
    of: int
    is_sure: bool = True

    def sentence(self) -> str:
        """For a data officer."""
        verb = "look like" if self.is_sure else "may be"
        return f"column {self.column}: {self.cells:,} of {self.of:,} cells {verb} {self.words}"


@dataclass
class Pieces:
    """The cells of a kind in one column. Distinct pieces are held as numbers, so that a million of
    them take little.
    """

    kind: Kind
    cells: int = 0
    shaped: array[int] = field(default_factory=lambda: array("q"))
    passed: array[int] = field(default_factory=lambda: array("q"))
    starts: set[str] = field(default_factory=set)
    # Of a kind that must fill the column, the first few different cells, as numbers.
    different: set[int] = field(default_factory=set)
    test_numbers: int = 0

    def verdict(self, filled: int, is_named_so: bool, is_reference: bool) -> bool | None:
        """Whether the cells are of the kind: true, false for perhaps, none for no. `filled` cells
        are not blank.
        """
        kind = self.kind
        if not self.cells or (kind.differ and len(self.starts) < kind.differ[1]):
            return None
        if is_named_so:
            return True
        if kind.fills:
            share, least = kind.fills
            is_full = self.cells >= share * filled and len(self.different) >= least
            return True if is_full and not is_reference else None
        if is_reference and (kind.weak or (kind.weak_in_references and self.cells < MOST * filled)):
            return False
        if kind.chance is None:
            return True
        shaped = len(np.unique(self.shaped))
        passed = len(np.unique(self.passed))
        if shaped < FEWEST:
            # A few among many values of another shape are chance; a few that are all there is may
            # not be.
            if self.test_numbers:
                return True
            if shaped * FEWEST < filled:
                return None
            return False
        if passed > scipy.stats.binom.ppf(QUANTILE, shaped, kind.chance):
            return True
        return None


@dataclass
class Dates:
    """The full dates of one column."""

    dates: int = 0
    bare: int = 0
    ages: int = 0
    older: int = 0
    first_of_month: int = 0
    years: set[int] = field(default_factory=set)
    with_birth: int = 0
    in_own_month: int = 0

    def add(self, day: dt.date, cells: int, extracted_on: dt.date) -> None:
        """Count cells with this date."""
        self.dates += cells
        self.first_of_month += cells * (day.day == 1)
        if 0 <= (extracted_on - day).days <= AGES * 366:
            self.ages += cells
            self.older += cells * ((extracted_on - day).days > YEARS_OF_EVENTS * 366)
            self.years.add(day.year)

    def is_birth(self, is_named_so: bool, is_in_contract: bool) -> bool | None:
        """Whether these are dates of birth: true, false for perhaps, none for no."""
        if is_named_so:
            if not self.dates + self.bare:
                return None
            # A month of birth is often written as its first day.
            if not self.bare and self.first_of_month == self.dates >= FEWEST_BIRTHS:
                return None
            return True
        if is_in_contract:
            if not self.with_birth or self.in_own_month <= OWN_MONTH * self.with_birth:
                return None
            return self.with_birth >= FEWEST
        spread = len(self.years) >= FEWEST_YEARS and self.first_of_month < self.dates
        if not self.dates or self.ages <= SHARE_OF_AGES * self.dates or not spread:
            return None
        if self.older < SHARE_OF_OLDER * self.dates:
            return None
        return self.dates >= FEWEST_BIRTHS

"""What others have published about the children that the profile counts: a council's report, a
minister's answer, a newspaper. Everyone may know it, so protection reckons with it.

A number tells itself. A percentage tells every whole number that rounds to it: 74.6% of 291 is 217
and nothing else, 63% of 337 is 211 to 213.
"""

from __future__ import annotations

import datetime as dt
import re
from fractions import Fraction
from pathlib import Path

from pydantic import Field, field_validator

from profiles.reading import Strict, read_text, read_words

_VALUE = re.compile(r"(\d{1,3}(?:,\d{3})+|\d+)|(\d{1,3})(?:\.(\d{1,4}))?%")


class PublishedEntry(Strict):
    """One number as it was printed: `value` is “337” or “74.6%”, its decimals as printed.

    `groups` are those counted and `among` those it is a share of (nobody named: all). `of` is the
    denominator, where it was said; otherwise any that is possible.
    """

    as_at: dt.date
    figure: str
    groups: dict[str, str] = Field(default_factory=dict)
    value: str
    among: dict[str, str] = Field(default_factory=dict)
    of: int | None = Field(default=None, gt=0)
    source: str

    @field_validator("value")
    @classmethod
    def _a_number_or_percentage(cls, value: str) -> str:
        if _VALUE.fullmatch(value) is None:
            raise ValueError("must be a whole number or a percentage, such as 337 or 74.6%")
        return value

    @property
    def day(self) -> str:
        """The day that the number is of, in ISO form."""
        return self.as_at.isoformat()

    @property
    def is_percentage(self) -> bool:
        """Whether the number is a share of others."""
        return self.value.endswith("%")

    @property
    def shares(self) -> tuple[Fraction, Fraction]:
        """The smallest and largest share that is printed so, whichever way halves were rounded:
        74.6% is 0.7455 to 0.7465.
        """
        digits = self.value.removesuffix("%")
        decimals = len(digits.partition(".")[2])
        half = Fraction(1, 2 * 10**decimals)
        share = Fraction(digits)
        return max(share - half, Fraction(0)) / 100, min(share + half, Fraction(100)) / 100

    @property
    def children(self) -> tuple[int, int] | None:
        """The fewest and most that the number can be; None for a percentage of nobody knows how
        many.
        """
        if not self.is_percentage:
            number = int(self.value.replace(",", ""))
            return number, number
        if self.of is None:
            return None
        low, high = self.shares
        # Up to the next whole number, and down to it.
        return -(-low * self.of // 1), int(high * self.of // 1)


class PublishedFile(Strict):
    """`published.yml` of an area and `published_elsewhere.yml` of an analyst."""

    published: tuple[PublishedEntry, ...] = ()


def parse_published(text: str, name: str) -> tuple[PublishedEntry, ...]:
    """What a file lists. Raises FileError: file, line, and what is allowed."""
    # As texts: 74.60% and the group “10” are what they are, not numbers.
    return read_text(PublishedFile, text, name, as_texts=True).published


def read_published(path: Path) -> tuple[PublishedEntry, ...]:
    """What a file lists; nothing where there is no file. Raises FileError."""
    if not path.exists():
        return ()
    return parse_published(read_words(path), path.name)

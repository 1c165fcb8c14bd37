"""What a page is told besides labels: dates, sources, settings, stamp. No number about children."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from profiles.drawing.commentary import Commentary
from profiles.drawing.recommendations import Recommendation
from profiles.figures.dates import long_date

# An agency's word for a table that it holds and that had no rows.
NONE_IN_PERIOD = "none in the period"


@dataclass(frozen=True)
class Source:
    """One supply in use. `cautions` are of the supply as a whole, `warnings` of rules that some
    rows did not keep.
    """

    agency: str
    title: str
    provider: str | None
    supply_id: str
    extracted_at: str
    period_start: str
    period_end: str
    not_supplied: dict[str, str] = field(default_factory=dict)
    cautions: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    def is_silent_on(self, table: str) -> bool:
        """Whether a table was not supplied, and not because there was nothing to put in it."""
        return self.not_supplied.get(table, NONE_IN_PERIOD) != NONE_IN_PERIOD

    @property
    def name(self) -> str:
        """Agency and provider in words."""
        if self.provider:
            return f"{self.title} ({self.provider})"
        return self.title


@dataclass(frozen=True)
class Stamp:
    """What tells a draft from a published version. A draft has no version and no date: the clock is
    not part of it.
    """

    version: str = ""
    # The day in words and as YYYY-MM-DD.
    published_on: str = ""
    published_day: str = ""
    published_by: str = ""
    note: str = ""
    # Of each extract in use: its name, the controller, the legal basis, the conditions.
    responsible: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Page:
    """The facts that head, caveats and methods are written from."""

    as_at: str
    sources: list[Source]
    missing_agencies: list[str]
    refused_supplies: list[str]
    is_invented: bool
    code_version: str
    code_hash: str
    draft_id: str
    rule_words: list[str]
    table_notes: dict[str, str]
    shapes: dict[str, str] = field(default_factory=dict)
    shapes_source: str = ""
    commentary: list[Commentary] = field(default_factory=list)
    commentary_problems: list[str] = field(default_factory=list)
    stamp: Stamp = field(default_factory=Stamp)
    # The as-at date of the edition before this one; blank for the first.
    last_edition: str = ""
    recommendations: tuple[Recommendation, ...] = ()
    # Whom to ask and when the next edition comes, in the analyst's words; blank where not said.
    contact: str = ""
    next_edition: str = ""
    # Whom to tell of a child who may be exploited.
    concern: str = ""

    @property
    def judged_on(self) -> dt.date:
        """The day by which a recommendation is overdue: that of publication; of a draft the as-at
        date.
        """
        return dt.date.fromisoformat(self.stamp.published_day or self.as_at)

    @property
    def day(self) -> dt.date:
        """The as-at date."""
        return dt.date.fromisoformat(self.as_at)

    @property
    def as_at_words(self) -> str:
        """1 March 2024."""
        return long_date(self.day)

    def as_dict(self) -> dict[str, Any]:
        """For the draft's restricted folder, from which publishing draws the page again; dates are
        text.
        """
        facts = asdict(self)
        facts["recommendations"] = [r.model_dump(mode="json") for r in self.recommendations]
        return facts

    @classmethod
    def from_dict(cls, raw: dict[str, Any]) -> Page:
        """The inverse of `as_dict`."""
        sources = [Source(**s) for s in raw["sources"]]
        commentary = [Commentary(**c) for c in raw["commentary"]]
        return cls(
            **(
                raw
                | {
                    "sources": sources,
                    "commentary": commentary,
                    "stamp": Stamp(**(raw["stamp"] | {"responsible": _rows(raw["stamp"])})),
                    "recommendations": tuple(
                        Recommendation.model_validate(r) for r in raw["recommendations"]
                    ),
                }
            )
        )


def _rows(stamp: Mapping[str, Any]) -> tuple[tuple[str, ...], ...]:
    return tuple(tuple(row) for row in stamp.get("responsible", ()))

"""What people recommend, each tied to findings and a measure: read from the area's
recommendations.yml, held to what exists.
"""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection
from pathlib import Path
from typing import Literal, get_args

from pydantic import Field, RootModel

from profiles.areas import Area
from profiles.disclosure.labels import Label, LabelStore
from profiles.reading import FileError, Strict, fault, nearest, read_text, read_words

Strand = Literal["Pursue", "Prevent", "Protect", "Prepare"]
State = Literal["not reported", "not begun", "in progress", "done", "stopped"]
STRANDS: tuple[Strand, ...] = get_args(Strand)
OPEN = ("not reported", "not begun", "in progress")
# What tells of a recommendation that no figure measures: this edition itself, or the table that it
# stands in.
Teller = Literal["this edition", "this table"]
RecommendationError = FileError


class MeasureEntry(Strict):
    """A figure by which progress is seen, the direction that is wanted (“watched” where neither is
    good in itself), and what it is in words.
    """

    figure: str
    measure: str = "count"
    group_type: str = "all"
    group: str = "all"
    wanted: Literal["higher", "lower", "watched"]
    words: str


class Recommendation(Strict):
    """One recommendation of the file. `findings` are sections of the report that it rests on.

    It has a measure, or says what tells of it, or why nothing does.
    """

    id: str
    text: str
    strand: Strand
    owner: str
    due: dt.date
    state: State
    findings: tuple[str, ...] = ()
    measure: MeasureEntry | None = None
    told_by: Teller | None = None
    without: str = Field(default="", max_length=200)
    is_example: bool = False

    def is_late(self, day: dt.date) -> bool:
        """Whether it is open and its day is over."""
        return self.state in OPEN and self.due < day

    def label(self, store: LabelStore) -> Label | None:
        """Its measure as an edition shows it now. Raises RecommendationError where there is no such
        figure.
        """
        measure = self.measure
        if measure is None:
            return None
        try:
            return store.get(measure.figure, measure.measure, measure.group_type, measure.group)
        except KeyError:
            raise RecommendationError(
                f"{self.id}: its measure, {measure.figure}, is no figure of the report"
            ) from None


class RecommendationsFile(RootModel[tuple[Recommendation, ...]]):
    """recommendations.yml: a list."""


def read_recommendations(path: Path) -> tuple[Recommendation, ...]:
    """All of a file, in its order. Raises RecommendationError: file, line, and what is allowed."""
    text = read_words(path)
    entries = read_text(RecommendationsFile, text, path.name).root
    seen: set[str] = set()
    for place, entry in enumerate(entries):
        if entry.id in seen:
            raise fault(path.name, text, (str(place), "id"), f"the id {entry.id} is there twice")
        seen.add(entry.id)
        ways = [bool(entry.measure), bool(entry.told_by), bool(entry.without)]
        if sum(ways) != 1:
            words = "it needs one of `measure`, `told_by` and `without`, which says why no data can"
            raise fault(path.name, text, (str(place), "id"), f"{entry.id}: {words}")
    return entries


@functools.cache
def recommendations(area: Area) -> tuple[Recommendation, ...]:
    """Those of the area; none where it has no recommendations.yml."""
    path = area.folder / "recommendations.yml"
    if path.exists():
        return read_recommendations(path)
    return ()


def check_findings(found: Collection[Recommendation], sections: Collection[str]) -> None:
    """Raises RecommendationError where one rests on a section that there is not."""
    for recommendation in found:
        for finding in recommendation.findings:
            if finding not in sections:
                words = f"{recommendation.id}: it rests on a finding that there is not: {finding}"
                raise RecommendationError(f"{words}; {nearest(finding, list(sections))}")

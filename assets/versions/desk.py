"""The desk page of a draft: all that whoever approves or publishes it has to see first. It holds
labels and counts of rows, and is the analyst's alone. No Dagster here.
"""

from __future__ import annotations

import csv
import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from assets.store.folder import DataFolder, write_atomically
from assets.versions.gates import GATES, Candidate, closed
from assets.versions.pages import expected_draft
from profiles.disclosure.labels import SHOWN
from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Page
from profiles.figures.dates import long_date
from profiles.report.contents import NAMES
from profiles.report.render import VOICES, render_desk
from profiles.sections.changes import base_day, headline_row
from profiles.sections.followed import HEADLINES


@dataclass(frozen=True)
class Desk:
    """What the page says, each part as rows of words."""

    # Each gate: what must hold, and why it does not (blank where it does).
    gates: tuple[tuple[str, str], ...]
    # Each supplier: how far its supply reaches.
    supplies: tuple[str, ...]
    # Each rule that rows did not keep: supplier, table, rule, column, rows tried, rows failed.
    warnings: tuple[tuple[str, ...], ...]
    # Since the last edition, or a year: number, then, now, verdict.
    since: str
    # What has come since: a refresh of the same day would make another draft.
    is_overtaken: bool
    changes: tuple[tuple[str, ...], ...]
    # Each edition: numbers shown, fewer than the threshold, withheld, refused.
    shown: tuple[tuple[str, ...], ...]
    # Sections with commentary, and those without.
    written: tuple[str, ...]
    unwritten: tuple[str, ...]

    @property
    def blocked(self) -> dict[str, str]:
        """The gates that are closed, and why."""
        return {name: why for name, why in self.gates if why}


def desk_of(data: DataFolder, draft: Path, by: str = "") -> Desk:
    """What is to be seen of a draft before it is approved or published."""
    candidate = Candidate(data, draft, by)
    why = closed(candidate)
    page, labels = candidate.page, candidate.labels
    since = base_day(labels, page)
    written = {commentary.section for commentary in page.commentary}
    slots = (*NAMES, *VOICES)
    return Desk(
        gates=tuple((name, why.get(name, "")) for name in GATES),
        supplies=_supplies(page),
        warnings=_warnings(draft),
        since=since,
        is_overtaken=expected_draft(data, page.day) != draft.name,
        changes=_changes(candidate, since),
        shown=_shown(candidate),
        written=tuple(name for name in slots if name in written),
        unwritten=tuple(name for name in slots if name not in written),
    )


def write_desk(data: DataFolder, draft: Path, desk: Desk) -> Path:
    """Write the page beside the other things that are remade at will; returns its file."""
    path = data.desks / f"{draft.name}.html"
    write_atomically(path, render_desk(desk, Candidate(data, draft).page))
    return path


def _supplies(page: Page) -> tuple[str, ...]:
    """How far each supply that the draft was made from reaches, and what was missing or refused."""
    words = []
    for source in page.sources:
        reaches = dt.date.fromisoformat(source.period_end)
        short = max((page.day - reaches).days, 0)
        late = f", {short} days short of {page.as_at_words}" if short else ""
        words.append(f"{source.name}: to {long_date(reaches)}{late}")
    words += [f"{agency}: no accepted supply" for agency in page.missing_agencies]
    return (*words, *page.refused_supplies)


def _warnings(draft: Path) -> tuple[tuple[str, ...], ...]:
    with (draft / "restricted" / "checks.csv").open(encoding="utf-8", newline="") as file:
        rules = list(csv.DictReader(file))
    columns = ("supplier", "table_name", "rule", "column_name", "rows", "failed")
    broken = [rule for rule in rules if int(rule["failed"])]
    return tuple(tuple(rule[column] for column in columns) for rule in broken)


def _changes(candidate: Candidate, since: str) -> tuple[tuple[str, ...], ...]:
    labels = candidate.labels
    rows = []
    for series in HEADLINES:
        row = headline_row(labels, series, since)
        if row is not None:
            rows.append(tuple(cell.text for cell in row[:5]))
    return tuple(rows)


def _shown(candidate: Candidate) -> tuple[tuple[str, ...], ...]:
    rows = []
    for edition in EDITIONS:
        table = edition.labels(candidate.labels).as_table()
        by_status = Counter(table["status"])
        shown = sum(by_status[status] for status in SHOWN)
        others = [by_status[status] for status in ("suppressed", "withheld", "refused")]
        rows.append((edition.name, *(f"{number:,}" for number in (shown, *others))))
    return tuple(rows)

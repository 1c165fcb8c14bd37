"""Changes of recording: days from which on something is recorded otherwise, so that a number that
moves there has not risen or fallen for that alone.

They come from three places: the law and national collections (reference/recording_changes.yml), the
user (`recording_changes.yml` of the data folder: the day on which a new law takes effect, say), and
the agencies, in their extract `recording_changes`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
from pydantic import Field

from profiles.figures.declared import Register
from profiles.figures.exact import COLUMNS, FOR_LABELS, words_row
from profiles.reading import Strict, fault, read_text, read_words

FIGURE = "recording_changes"
NATIONAL = Path(__file__).parent / "reference" / "recording_changes.yml"
# What an agency may say of a change, as its contract lists it.
WORDS = {
    "definition": "a definition changed",
    "system": "the recording system changed",
    "threshold": "a threshold changed",
    "coverage": "the coverage changed",
    "practice": "the practice of recording changed",
}


@dataclass(frozen=True)
class RecordingChange:
    """From which day an extract (agency__table) is recorded otherwise, and how."""

    extract: str
    day: dt.date
    words: str


class ChangeEntry(Strict):
    """One change of a file."""

    extract: str
    start: dt.date = Field(alias="from")
    what: str
    source: str


class ChangesFile(Strict):
    """`recording_changes.yml`."""

    changes: tuple[ChangeEntry, ...] = ()


def read_changes(path: Path, extracts: Sequence[str]) -> list[RecordingChange]:
    """The changes that a file lists; none where there is no file. Raises FileError."""
    if not path.exists():
        return []
    text = read_words(path)
    changes = []
    for number, entry in enumerate(read_text(ChangesFile, text, path.name).changes):
        if entry.extract not in extracts:
            words = f"no such extract; one of {', '.join(extracts)}"
            raise fault(path.name, text, ("changes", str(number), "extract"), words)
        changes.append(RecordingChange(entry.extract, entry.start, entry.what))
    return changes


def change_rows(
    changes: Sequence[RecordingChange], as_at: dt.date, register: Register
) -> pd.DataFrame:
    """Rows for the exact table, one for each extract and day up to the as-at date."""
    base = words_row(register.figures[FIGURE], as_at, register.area.code)
    base["group_type"] = "extract"
    by_day: dict[tuple[str, str], list[str]] = {}
    for change in changes:
        if change.day <= as_at:
            by_day.setdefault((change.extract, change.day.isoformat()), []).append(change.words)
    rows = []
    for (extract, day), words in sorted(by_day.items()):
        label = "; ".join(dict.fromkeys(words))
        own = {"group": extract, "period_start": day, "period_end": day, "label": label}
        rows.append(base | own)
    return pd.DataFrame(rows, columns=[*COLUMNS, *FOR_LABELS])

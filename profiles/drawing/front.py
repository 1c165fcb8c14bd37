"""What the front of a report says besides figures: whom to ask, whom to tell of a child, and when
the next edition comes. Read from the analyst's report.yml.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from pydantic import Field

from profiles.reading import Strict, read_file


class FrontFile(Strict):
    """report.yml."""

    contact: str | None = Field(default=None, max_length=200)
    next_edition: dt.date | None = None
    # Whom to tell of a child who may be exploited.
    concern: str | None = Field(default=None, max_length=200)


def read_front(path: Path) -> FrontFile:
    """The file; empty where there is none. Raises FileError: file, line, and what is allowed."""
    if path.exists():
        return read_file(FrontFile, path)
    return FrontFile()

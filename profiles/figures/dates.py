"""Days as readers see them."""

from __future__ import annotations

import datetime as dt


def long_date(day: dt.date) -> str:
    """1 March 2024."""
    return f"{day.day} {day:%B %Y}"

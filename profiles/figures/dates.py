"""Days as readers see them."""

from __future__ import annotations

import datetime as dt


def long_date(day: dt.date) -> str:
    """1 March 2024."""
    return f"{day.day} {day:%B %Y}"


def a_year_before(day: dt.date) -> dt.date:
    """The same day a year earlier; for 29 February the 28th."""
    try:
        return day.replace(year=day.year - 1)
    except ValueError:
        return day.replace(year=day.year - 1, day=28)

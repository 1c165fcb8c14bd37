"""Drawn rows of numbers month by month, for what is told of them over time."""

from __future__ import annotations

import calendar
import datetime as dt

from profiles.figures.exact import Coverage

AS_AT = dt.date(2024, 3, 31)
TRUST = [
    Coverage(source, "Trust", dt.date(2019, 4, 1), AS_AT)
    for source in ("trust", "trust__hub_episodes", "police", "police__involvements")
]


def month_ends(number: int) -> list[dt.date]:
    days = []
    year, month = 2024, 3
    for _ in range(number):
        days.append(dt.date(year, month, calendar.monthrange(year, month)[1]))
        year, month = (year, month - 1) if month > 1 else (year - 1, 12)
    return days[::-1]


def row(figure: str, day: dt.date, number: float, **more: object) -> dict[str, object]:
    return {
        "section": "scale",
        "figure": figure,
        "unit": "children" if figure == "at_risk" else "referrals",
        "group_type": "all",
        "group": "all",
        "numerator": number,
        "contributors": number,
        "top_two": 2.0,
        "measures": ["count"],
        "needs": ["trust"],
        "period_start": day,
        "period_end": day,
    } | more


def monthly(
    numbers: list[float], figure: str = "hub_referrals_by_month"
) -> list[dict[str, object]]:
    days = month_ends(len(numbers))
    starts = [day.replace(day=1) for day in days]
    return [
        row(figure, day, n, period_start=start)
        for day, start, n in zip(days, starts, numbers, strict=True)
    ]


def share_row() -> dict[str, object]:
    """A share, so that there is a table of what is no count."""
    return row(
        "at_risk",
        AS_AT,
        200.0,
        group_type="sex",
        group="M",
        measures=["count", "percent"],
        whole="at_risk",
    )

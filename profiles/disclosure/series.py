"""Numbers over time in a table of labels: what the months of one of them are, and where they begin
anew.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from profiles.disclosure.labels import COLUMNS, SHOWN
from profiles.disclosure.rule import Rule
from profiles.figures.declared import BreakdownEntry, Figure, FigureEntry, Register
from profiles.figures.keys import GROUP_COLUMNS
from profiles.statistics.control_chart import Point

COUNT, PERCENT = "count", "percent"
Row = dict[str, Any]


@dataclass(frozen=True)
class Series:
    """A number of one group, or of all, over its days."""

    figure: Figure
    measure: str
    rows: Sequence[Row]

    @property
    def of_months(self) -> list[Row]:
        """Its month ends, or its months."""
        return [row for row in self.rows if is_month_end(row["period_end"])]


def series_of(labels: pd.DataFrame, register: Register) -> Iterator[Series]:
    """Every count and share that the register tells over time: in all, and by one dimension."""
    is_one_way = labels["group2_type"].fillna("") == ""
    wanted = labels[is_one_way & labels["measure"].isin([COUNT, PERCENT])]
    keys = ["figure", "measure", *GROUP_COLUMNS]
    for (key, measure, *_), group in wanted.groupby(keys, sort=True, dropna=False):
        figure = register.figures.get(str(key))
        if figure is not None and _is_told(figure, str(group["group_type"].iloc[0])):
            rows: list[Row] = group.sort_values("period_end").to_dict("records")  # type: ignore[assignment]
            yield Series(figure, str(measure), rows)


def _is_told(figure: Figure, dimension: str) -> bool:
    entry: FigureEntry | BreakdownEntry | None = figure.entry
    if dimension != "all":
        entry = figure.breakdown(frozenset([dimension]))
    return entry is not None and bool(entry.series)


def is_month_end(day: str) -> bool:
    """Whether a day, as YYYY-MM-DD, is the last of its month."""
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).day == 1


def month_words(day: str) -> str:
    """“March 2024”, of a day as YYYY-MM-DD."""
    return dt.date.fromisoformat(day).strftime("%B %Y")


def recording_changes(labels: pd.DataFrame) -> dict[str, list[str]]:
    """The days from which an extract is recorded otherwise, by agency__table."""
    changes: dict[str, list[str]] = {}
    told = labels[labels["figure"] == "recording_changes"]
    for extract, day in zip(told["group"], told["period_end"], strict=True):
        changes.setdefault(extract, []).append(day)
    return changes


def base_row(row: Mapping[str, Any], measure: str) -> Row:
    """A row of the store beside a label of its series."""
    own = {name: row[name] for name in COLUMNS}
    blank = {"low": np.nan, "high": np.nan, "denominator": "", "note": ""}
    return own | blank | {"measure": measure}


def point_of(row: Row, measure: str, rule: Rule) -> Point:
    """A label as a point: a small number stands in the middle of what it may be; what is not shown
    is a gap.
    """
    if row["status"] == "suppressed":
        highest = float(rule.threshold - 1)
        return Point(highest / 2, 0.0, highest)
    if row["status"] not in SHOWN:
        return Point(None)
    if measure == "percent":
        return Point(float(row["value"]))
    return Point(float(row["value"]), float(row["low"]), float(row["high"]))


def starts_anew(
    figure: Figure, months: Sequence[Row], changes: Mapping[str, Sequence[str]]
) -> list[int]:
    """The months from which on something that the figure needs is recorded otherwise; of a number
    of one agency's records, anything of that agency.
    """
    starts = set()
    extracts = {need.partition(".")[0] for need in figure.entry.needs}
    extracts |= set(figure.entry.recorded_in)
    if months[0]["group_type"] == "agency":
        agency = f"{months[0]['group']}__"
        extracts |= {extract for extract in changes if extract.startswith(agency)}
    for extract in extracts:
        starts |= {_first_after(months, day) for day in changes.get(extract, ())}
    return sorted(starts)


def _first_after(months: Sequence[Row], day: str) -> int:
    return sum(row["period_end"] < day for row in months)

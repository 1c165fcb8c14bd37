"""The exact figures: one tidy table, every number of the profile a row. It stays in the
warehouse.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from profiles.figures.dates import long_date
from profiles.figures.declared import DEFINITION
from profiles.figures.keys import GROUP_COLUMNS, KEY
from profiles.statistics import rates
from profiles.statistics.small_areas import empirical_bayes

COLUMNS = (
    "profile",
    "section",
    "figure",
    "measure",
    "unit",
    *GROUP_COLUMNS,
    "definition",
    "area_code",
    "period_start",
    "period_end",
    "numerator",
    "denominator",
    "value",
    "lower",
    "upper",
    "label",
    "status",
    "note",
)
# What labels are made from besides: which labels a denominator is worked out from, and who is
# behind a count of events.
FOR_LABELS = ("whole", "less", "against", "contributors", "top_two")
AVERAGES = ("mean", "median")
PER = {"percent": 100.0, "rate": 10_000.0}
SMOOTHED = "smoothed"
# What the rates of areas are smoothed among: a figure's areas of one kind.
AMONG = ["figure", "group_type", "period_end"]


@dataclass(frozen=True)
class Coverage:
    """Over which days the supplies in use of an agency, or of one of its tables, tell the facts;
    None where none does.

    `source` is what a figure may need: an agency, agency__table, or agency__table.column.
    """

    source: str
    title: str
    starts: dt.date | None
    ends: dt.date | None
    takes_part: bool = True

    def refusal(self, first: dt.date, last: dt.date) -> str | None:
        """Why a figure from `first` to `last` that needs this source is refused, without its title;
        None where it is not.
        """
        if not self.takes_part:
            return "takes no part in this profile"
        if self.starts is None or self.ends is None:
            if "__" in self.source:
                return "not supplied"
            return "no accepted supply"
        if self.ends < last:
            return f"the supply in use ends on {long_date(self.ends)}, before {long_date(last)}"
        if first < self.starts:
            return f"the supply in use begins on {long_date(self.starts)}, after {long_date(first)}"
        return None


def exact_figures(
    counts: pd.DataFrame, as_at: dt.date, coverage: list[Coverage], area_code: str
) -> pd.DataFrame:
    """The tidy table from the `out_` models: one row per count and measure, with intervals and
    refusals.

    `counts` has section, figure, unit, group_type, group, numerator, denominator, measures (list),
    needs (list of agencies, agency__table or agency__table.column) and where it has them
    group2_type, group2, group3_type, group3, area_code, period_start, period_end, note, `average`
    (a median or mean; its denominator is how many children it is of); for labels `whole` and `less`
    (which labels a denominator is worked out from: “figure” or “figure:dimension=group”, and
    “dimension=group” of those left out of it; they give the exact denominator too where a model
    gives none), `against` (for ratio, gap and expected: the group compared with, “dimension=group”
    or “total”), `contributors` (distinct children) and `top_two` (how much of the numerator is of
    the two children with most). Raises ValueError where two rows would have one key.
    """
    columns = [
        "section",
        "figure",
        "unit",
        *GROUP_COLUMNS,
        "area_code",
        "period_start",
        "period_end",
        "numerator",
        "denominator",
        "average",
        "measures",
        "needs",
        "note",
        "whole",
        "less",
        "against",
        "contributors",
        "top_two",
    ]
    f = counts.reindex(columns=columns).copy()
    f = f.explode("measures", ignore_index=True).rename(columns={"measures": "measure"})
    f["contributors"], f["top_two"] = (
        f["contributors"].astype("float64"),
        f["top_two"].astype("float64"),
    )
    day = as_at.isoformat()
    for column in ("period_start", "period_end"):
        f[column] = pd.to_datetime(f[column]).dt.strftime("%Y-%m-%d").fillna(day)
    f["area_code"] = f["area_code"].fillna(area_code)
    for column in (
        "group2_type",
        "group2",
        "group3_type",
        "group3",
        "note",
        "whole",
        "less",
        "against",
    ):
        f[column] = f[column].fillna("").astype(str)
    numbers = _numbers(f)
    f["denominator"] = _denominators(f, numbers)
    n, d = f["numerator"].astype("float64").to_numpy(), f["denominator"].to_numpy()
    scale = f["measure"].map(PER).astype("float64").to_numpy()
    is_count = (f["measure"] == "count").to_numpy()
    is_average = f["measure"].isin(AVERAGES).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        f["value"] = np.where(is_count, n, np.where(d > 0, n / d * scale, np.nan))
        f["value"] = np.where(is_average, f["average"].astype("float64"), f["value"])
        f["value"] = f["value"].fillna(pd.Series(_compared(f, numbers), index=f.index))
    for _, areas in f[f["measure"] == SMOOTHED].groupby(AMONG):
        f.loc[areas.index, "value"] = PER["rate"] * empirical_bayes(
            areas["numerator"], areas["denominator"]
        )
    with np.errstate(invalid="ignore", divide="ignore"):
        low_share, high_share = rates.wilson(np.nan_to_num(n), np.nan_to_num(d))
        low_count, high_count = rates.poisson(np.nan_to_num(n))
        is_percent = (f["measure"] == "percent").to_numpy()
        is_rate = (f["measure"] == "rate").to_numpy()
        f["lower"] = np.where(
            is_percent, 100 * low_share, np.where(is_rate, low_count / d * scale, np.nan)
        )
        f["upper"] = np.where(
            is_percent, 100 * high_share, np.where(is_rate, high_count / d * scale, np.nan)
        )
    f["profile"], f["definition"], f["label"] = day, DEFINITION, ""
    f["status"] = np.where(np.isnan(f["value"]), "not_applicable", "ok")
    _refuse(f, coverage)
    f = f.sort_values(["section", *KEY], kind="stable", ignore_index=True)
    if f["figure"].isna().any() or f["group"].isna().any():
        raise ValueError("a model gives figures without a name or a group")
    if f.duplicated(list(KEY)).any():
        raise ValueError(f"{int(f.duplicated(list(KEY)).sum())} figures have the key of another")
    return f[[*COLUMNS, *FOR_LABELS]]


Numbers = dict[tuple[str, str, str], float]


def _numbers(f: pd.DataFrame) -> Numbers:
    """Every count by figure, groups (“dimension=group”, sorted, blank for all) and last day."""
    counted = f[f["measure"] == "count"]
    named = (counted[c] for c in ("figure", *GROUP_COLUMNS, "period_end"))
    return {
        (
            figure,
            ",".join(
                f"{t}={g}"
                for t, g in sorted(zip(dims[::2], dims[1::2], strict=True))
                if t not in ("", "all")
            ),
            day,
        ): n
        for (figure, *dims, day), n in zip(
            zip(*named, strict=True), counted["numerator"].astype("float64"), strict=True
        )
    }


def _compared(f: pd.DataFrame, numbers: Numbers) -> list[float]:
    """Relative rates, gaps in percentage points and expected numbers; nan for every other
    measure.
    """
    found = []
    columns = ("figure", "measure", "numerator", "denominator", "whole", "against", "period_end")
    for figure, measure, x, d, whole, against, day in zip(*(f[c] for c in columns), strict=True):
        value = float("nan")
        if against:
            other = "" if against == "total" else against
            x_ref, d_ref = numbers[figure, other, day], numbers[whole.partition(":")[0], other, day]
            share = x_ref / d_ref if d_ref else float("nan")
            own = x / d if d else float("nan")
            if measure == "expected":
                value = d * share
            elif measure == "gap":
                value = 100 * (own - share)
            elif share:
                value = own / share
            else:
                value = value
        found.append(value)
    return found


def _denominators(f: pd.DataFrame, numbers: Numbers) -> np.ndarray:
    """Each row's denominator: the model's own, else the count that `whole` names, less the group
    that `less` names.
    """
    given = f["denominator"].astype("float64")
    found = []
    for d, whole, less, day in zip(given, f["whole"], f["less"], f["period_end"], strict=True):
        if whole and np.isnan(d):
            figure, _, groups = whole.partition(":")
            d = numbers[figure, groups, day] - (numbers[figure, less, day] if less else 0.0)
        found.append(d)
    return np.array(found, dtype=float)


def _refuse(f: pd.DataFrame, coverage: list[Coverage]) -> None:
    """Blank what cannot be told: declared refusals, and figures of a day that an agency's supply
    does not reach.
    """
    by_source = {c.source: c for c in coverage}
    reasons = []
    for needs, start, end, note in zip(
        f["needs"], f["period_start"], f["period_end"], f["note"], strict=True
    ):
        first, last = dt.date.fromisoformat(start), dt.date.fromisoformat(end)
        found: dict[str, list[str]] = {}
        for source in dict.fromkeys(needs):
            told = _told(by_source, source)
            if reason := told.refusal(first, last):
                found.setdefault(reason, []).append(told.title)
        reasons.append(
            "; ".join(f"{', '.join(dict.fromkeys(who))}: {why}" for why, who in found.items())
            or (note if note.startswith("refused: ") else "")
        )
    refused = np.array([bool(r) for r in reasons])
    f.loc[
        refused, ["numerator", "denominator", "value", "lower", "upper", "contributors", "top_two"]
    ] = np.nan
    f.loc[refused, "status"] = "refused"
    f.loc[refused, "note"] = [r.removeprefix("refused: ") for r in reasons if r]


def _told(by_source: dict[str, Coverage], source: str) -> Coverage:
    """A column's coverage; that of its table where nothing is said of the column."""
    if source in by_source:
        return by_source[source]
    return by_source[source.partition(".")[0]]

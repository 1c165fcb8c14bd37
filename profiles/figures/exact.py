"""The exact figures: one tidy table, every number of the profile a row. It stays in the
warehouse.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np
import pandas as pd

from profiles.figures.dates import long_date
from profiles.figures.declared import DEFINITION, Figure
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
# Columns that are no part of a figure and that its label is made from: which counts its denominator
# is worked out from, what it is compared with, who is behind a count of events, and whether it is
# of an earlier day that the as-at date is compared with.
FOR_LABELS = ("whole", "less", "against", "contributors", "top_two", "base")
NUMBERS = ["numerator", "denominator", "value", "lower", "upper", "contributors", "top_two"]
# Columns of the models that are blank where a model does not give them.
TEXTS = (
    "group2_type",
    "group2",
    "group3_type",
    "group3",
    "note",
    "whole",
    "less",
    "against",
    "base",
)
# How a model's note begins where the model itself says that its figure cannot be told.
DECLARED = "refused: "
AVERAGES = ("mean", "median")
PER = {"percent": 100.0, "rate": 10_000.0}
SMOOTHED = "smoothed"
# What the rates of areas are smoothed among: a figure's areas of one kind.
AMONG = ["figure", "group_type", "period_end"]
# Counts by figure, groups (“dimension=group”, sorted, blank for all) and last day.
Numbers = dict[tuple[str, str, str], float]


@dataclass(frozen=True)
class Coverage:
    """Over which days the supplies in use of an agency, or of one of its tables, have records; None
    where none has any.

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
            return (
                f"the supply in use begins on {long_date(self.starts)}; this needs records from "
                f"{long_date(first)} on"
            )
        return None


def exact_figures(
    counts: pd.DataFrame, as_at: dt.date, coverage: list[Coverage], area_code: str
) -> pd.DataFrame:
    """The tidy table from the `out_` models: one row per count and measure, with intervals and
    refusals.

    `counts` has one row per cell, with the columns

    - section, figure, unit, group_type, group (and group2_type, group2, group3_type, group3),
      area_code, period_start, period_end, note: as in the result
    - numerator, denominator; or `average`, whose denominator is how many children it is of
    - measures: a list; one row of the result for each
    - needs: a list of agencies, agency__table or agency__table.column
    - whole: the count that is the denominator where the model gives none, “figure” or
      “figure:dimension=group”; of a verdict, the counts that it stands beside, joined by “ & ”
    - less: “dimension=group”, left out of that denominator
    - against: what a ratio, gap or expected number compares with, “dimension=group” or “total”
    - base: “yes” for a row of an earlier day that the as-at date is compared with
    - contributors, top_two: of events, how many children are behind them, and how many events are
      of the two children with most

    Raises ValueError where two rows would have one key, or one has no name.
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
        "base",
    ]
    f = counts.reindex(columns=columns).copy()
    f = f.explode("measures", ignore_index=True).rename(columns={"measures": "measure"})
    day = as_at.isoformat()
    for column in ("period_start", "period_end"):
        f[column] = pd.to_datetime(f[column]).dt.strftime("%Y-%m-%d").fillna(day)
    # What is not of a ward is of the whole area.
    f["area_code"] = f["area_code"].fillna(area_code)
    for column in TEXTS:
        f[column] = f[column].fillna("").astype(str)
    for column in ("contributors", "top_two", "average", "numerator"):
        f[column] = f[column].astype("float64")
    numbers = _numbers(f)
    f["denominator"] = _denominators(f, numbers)
    f["value"] = _values(f, numbers)
    f["lower"], f["upper"] = _intervals(f)
    f["profile"] = day
    f["definition"] = DEFINITION
    f["label"] = ""
    # A share of nobody, a median of nobody.
    f["status"] = np.where(np.isnan(f["value"]), "not_applicable", "ok")
    _refuse(f, coverage)
    f = f.sort_values(["section", *KEY], kind="stable", ignore_index=True)
    if f["figure"].isna().any() or f["group"].isna().any():
        raise ValueError("a model gives figures without a name or a group")
    repeated = int(f.duplicated(list(KEY)).sum())
    # Two numbers under one name: whoever looks it up would get either.
    if repeated:
        raise ValueError(f"{repeated} figures have the key of another")
    return f[[*COLUMNS, *FOR_LABELS]]


def words_row(figure: Figure, as_at: dt.date, area_code: str) -> dict[str, object]:
    """A row of the table for what a model says in words, with everything but the words."""
    row: dict[str, object] = dict.fromkeys((*COLUMNS, *FOR_LABELS), "")
    row |= dict.fromkeys(NUMBERS, np.nan)
    return row | {
        "profile": as_at.isoformat(),
        "section": figure.section,
        "figure": figure.key,
        "measure": "estimate",
        "unit": figure.entry.unit,
        "definition": DEFINITION,
        "area_code": area_code,
        "status": "ok",
    }


def _values(f: pd.DataFrame, numbers: Numbers) -> np.ndarray:
    """A count as it is, a share or rate worked out, an average as its model gives it, a comparison
    with another group's share, a rate smoothed among its areas.
    """
    n = f["numerator"].to_numpy()
    d = f["denominator"].to_numpy()
    scale = f["measure"].map(PER).astype("float64").to_numpy()
    is_count = (f["measure"] == "count").to_numpy()
    is_average = f["measure"].isin(AVERAGES).to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        share = np.where(d > 0, n / d * scale, np.nan)
    value = np.where(is_count, n, np.where(is_average, f["average"], share))
    # None of the measures above: a comparison has no scale in PER.
    compared = np.array(_compared(f, numbers), dtype=float)
    value = np.where(np.isnan(value), compared, value)
    for _, areas in f[f["measure"] == SMOOTHED].groupby(AMONG):
        posterior = empirical_bayes(areas["numerator"], areas["denominator"])
        value[areas.index] = PER["rate"] * posterior
    return value


def _intervals(f: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """95% intervals: Wilson's of a share, the Poisson's of a rate; nan for every other measure."""
    n = np.nan_to_num(f["numerator"].to_numpy())
    d = f["denominator"].to_numpy()
    is_percent = (f["measure"] == "percent").to_numpy()
    is_rate = (f["measure"] == "rate").to_numpy()
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = rates.wilson(n, np.nan_to_num(d))
        counts = rates.poisson(n)
        low, high = (
            np.select([is_percent, is_rate], [100 * share, count / d * PER["rate"]], np.nan)
            for share, count in zip(shares, counts, strict=True)
        )
    return low, high


def _numbers(f: pd.DataFrame) -> Numbers:
    """Every count by figure, groups (“dimension=group”, sorted, blank for all) and last day."""
    counted = f[f["measure"] == "count"]
    columns = (counted[name] for name in ("figure", "period_end", "numerator", *GROUP_COLUMNS))
    numbers: Numbers = {}
    for figure, day, n, *dims in zip(*columns, strict=True):
        # The columns are in pairs: dimension, group, dimension, group, …
        pairs = sorted(zip(dims[::2], dims[1::2], strict=True))
        groups = [f"{name}={group}" for name, group in pairs if name not in ("", "all")]
        numbers[figure, ",".join(groups), day] = n
    return numbers


def _compared(f: pd.DataFrame, numbers: Numbers) -> list[float]:
    """Relative rates, gaps in percentage points and expected numbers; nan for rows that are
    compared with nothing.
    """
    compared = []
    columns = ("figure", "measure", "numerator", "denominator", "whole", "against", "period_end")
    for figure, measure, x, d, whole, against, day in zip(*(f[c] for c in columns), strict=True):
        if not against:
            compared.append(float("nan"))
            continue
        other = "" if against == "total" else against
        x_ref = numbers[figure, other, day]
        d_ref = numbers[whole.partition(":")[0], other, day]
        compared.append(_comparison(measure, x, d, x_ref, d_ref))
    return compared


def _comparison(measure: str, x: float, d: float, x_ref: float, d_ref: float) -> float:
    """A share x / d beside the share x_ref / d_ref of the group that it is compared with: the
    number expected of d, the gap in percentage points, or the ratio.
    """
    own_share = x / d if d else float("nan")
    other = x_ref / d_ref if d_ref else float("nan")
    if measure == "expected":
        return d * other
    if measure == "gap":
        return 100 * (own_share - other)
    if other:
        return own_share / other
    return float("nan")


def _denominators(f: pd.DataFrame, numbers: Numbers) -> np.ndarray:
    """Each row's denominator: the model's own, else the count that `whole` names, less the group
    that `less` names.
    """
    given = f["denominator"].astype("float64")
    denominators = []
    for d, whole, less, day in zip(given, f["whole"], f["less"], f["period_end"], strict=True):
        # A model that gives its own denominator knows better than the register.
        if whole and np.isnan(d):
            figure, _, groups = whole.partition(":")
            d = numbers[figure, groups, day]
            if less:
                d -= numbers[figure, less, day]
        denominators.append(d)
    return np.array(denominators, dtype=float)


def _refuse(f: pd.DataFrame, coverage: list[Coverage]) -> None:
    """Blank what cannot be told: declared refusals, and figures of a day that an agency's supply
    does not reach.
    """
    by_source = {covered.source: covered for covered in coverage}
    columns = (f[name] for name in ("needs", "period_start", "period_end", "note"))
    reasons = []
    for needs, start, end, note in zip(*columns, strict=True):
        first = dt.date.fromisoformat(start)
        last = dt.date.fromisoformat(end)
        reason = _refusal(by_source, needs, first, last)
        if not reason and note.startswith(DECLARED):
            reason = note.removeprefix(DECLARED)
        reasons.append(reason)
    is_refused = np.array([bool(reason) for reason in reasons])
    f.loc[is_refused, NUMBERS] = np.nan
    f.loc[is_refused, "status"] = "refused"
    f.loc[is_refused, "note"] = [reason for reason in reasons if reason]


def _refusal(
    by_source: dict[str, Coverage], needs: list[str], first: dt.date, last: dt.date
) -> str:
    """“Trust, police: no accepted supply; Health, contacts: not supplied”; blank
    where all that is needed is there.
    """
    agencies_by_reason: dict[str, dict[str, list[str]]] = {}
    places = {source: place for place, source in enumerate(by_source)}
    # In one order, so that the same want is always said in the same words.
    for source in sorted(set(needs), key=lambda source: places.get(source, len(places))):
        agency = source.partition("__")[0]
        whole = _coverage_of(by_source, agency if agency in by_source else source)
        # Of an agency that supplied nothing no table needs to be named.
        is_silent = whole.starts is None and whole.takes_part
        source = agency if is_silent and agency in by_source else source
        reason = _coverage_of(by_source, source).refusal(first, last)
        if reason:
            tables = agencies_by_reason.setdefault(reason, {}).setdefault(agency, [])
            tables.append(_table_title(by_source, source))
    parts = []
    for reason, agencies in agencies_by_reason.items():
        named = [_named(by_source, agency, tables) for agency, tables in agencies.items()]
        parts.append(f"{', '.join(named)}: {reason}")
    return "; ".join(parts)


def _table_title(by_source: dict[str, Coverage], source: str) -> str:
    """A table in words, without its agency; blank of an agency as a whole."""
    agency = source.partition("__")[0]
    title = _coverage_of(by_source, source).title
    if source == agency:
        return ""
    return title.removeprefix(f"{_agency_title(by_source, agency)}, ")


def _agency_title(by_source: dict[str, Coverage], agency: str) -> str:
    return by_source[agency].title if agency in by_source else agency


def _named(by_source: dict[str, Coverage], agency: str, tables: list[str]) -> str:
    """“Trust”; of some of its tables “Trust, plans” or “Trust, plans and hub episodes”."""
    title = _agency_title(by_source, agency)
    if "" in tables:
        return title
    return f"{title}, {' and '.join(dict.fromkeys(tables))}"


def _coverage_of(by_source: dict[str, Coverage], source: str) -> Coverage:
    """A column's coverage; that of its table where nothing is said of the column."""
    if source in by_source:
        return by_source[source]
    return by_source[source.partition(".")[0]]

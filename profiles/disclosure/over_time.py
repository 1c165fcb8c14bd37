"""What labels say over time: limits of a control chart with its signals, changes since an earlier
day. Worked out from labels alone, as shares are, so that it tells nothing that they do not.

It adds rows to the store of labels, by measure:

- `limits`: of a series of months or month ends, the mean as value, the limits as lower and upper,
  and in the note what the chart says; `share limits` of the shares of such a series
- `change`: a number less the same number on an earlier day; lower and upper are the numbers from
  which on it would have been called a fall, or a rise; the note is the verdict
- `share change`: a share less the same share on an earlier day, in percentage points, with its 95%
  interval; both also `… since the last edition`
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from profiles.disclosure.ahead import emerging, projections
from profiles.disclosure.labels import COLUMNS, SHOWN
from profiles.disclosure.rule import NOT_AVAILABLE, Rule
from profiles.disclosure.series import (
    COUNT,
    PERCENT,
    Row,
    Series,
    base_row,
    month_words,
    point_of,
    recording_changes,
    series_of,
    starts_anew,
)
from profiles.figures.dates import a_year_before
from profiles.figures.declared import Register
from profiles.statistics import differences
from profiles.statistics.control_chart import LEAST_POINTS, Limits, Point, Signal, control_chart
from profiles.statistics.seasons import seasonally_adjusted

LIMITS, SHARE_LIMITS = "limits", "share limits"
CHANGE, SHARE_CHANGE = "change", "share change"
# Follows the measure where the earlier day is not a year before but that of the last edition.
SINCE_EDITION = " since the last edition"
SERIES_OF = {COUNT: LIMITS, PERCENT: SHARE_LIMITS}
# A series with more months that are not shown than one in so many has no chart.
GAPS_ONE_IN = 5
# Nor one of which more months than one in so many are small.
SMALL_ONE_IN = 2
NO_SIGNAL = "no signal"
ADJUSTED = "adjusted for the time of the year"
# How many months are recent: their signals are told, the newest first.
RECENT = 12
_WORDS = {
    "above": "above its limits from {first} to {last}",
    "below": "below its limits from {first} to {last}",
    "run above": "above its average in each month from {first} to {last}",
    "run below": "below its average in each month from {first} to {last}",
    "rise": "rising every month from {first} to {last}",
    "fall": "falling every month from {first} to {last}",
}


def over_time(
    counts: pd.DataFrame, shares: pd.DataFrame, register: Register, rule: Rule
) -> pd.DataFrame:
    """The rows that these labels of counts and shares give, with the columns of a label store. Both
    have besides `ref`, `profile` (the as-at date) and `base` (“yes” for a day that the as-at date
    is compared with).
    """
    # The label above the line of a share, never the exact number.
    above = counts.set_index("ref")["value"].reindex(shares["ref"]).to_numpy(dtype=float)
    wanted = [*COLUMNS, "profile", "base"]
    shares = shares[wanted].assign(above=above)
    labels = pd.concat([counts.reindex(columns=wanted), shares], ignore_index=True)
    rows: list[Row] = []
    changes = recording_changes(labels)
    every = list(series_of(labels, register))
    for series in every:
        rows += _limits(series, changes, rule)
        if series.measure == COUNT:
            rows += _changes(series, rule)
            rows += projections(series, changes, rule)
        else:
            rows += _share_changes(series, rule)
    rows += emerging(every, rule)
    return pd.DataFrame(rows, columns=list(COLUMNS))


# Limits


def _limits(series: Series, changes: Mapping[str, Sequence[str]], rule: Rule) -> Iterator[Row]:
    months = series.of_months
    if len(months) < LEAST_POINTS or not (series.figure.is_stock or series.figure.is_by_month):
        return
    last = months[-1]
    if all(row["status"] == "refused" for row in months):
        return
    points = [point_of(row, series.measure, rule) for row in months]
    gaps = sum(point.value is None for point in points)
    small = sum(row["status"] == "suppressed" for row in months)
    if gaps * GAPS_ONE_IN > len(points) or small * SMALL_ONE_IN > len(points):
        yield base_row(last, SERIES_OF[series.measure]) | {
            "period_start": months[0]["period_start"],
            "label": "not shown",
            "status": "withheld",
            "value": np.nan,
            "lower": np.nan,
            "upper": np.nan,
        }
        return
    adjusted, is_adjusted = _adjusted(points)
    starts = starts_anew(series.figure, months, changes)
    chart = control_chart(adjusted, starts, is_stock=series.figure.is_stock)
    for limits in chart.limits:
        own = [s for s in chart.signals if limits.first <= s.first <= limits.last]
        words = _signal_words(own, months)
        if is_adjusted:
            words += f"; {ADJUSTED}"
        yield _limits_row(series, months, limits, words)


def _limits_row(series: Series, months: Sequence[Row], limits: Limits, words: str) -> Row:
    unit = "%" if series.measure == "percent" else ""
    return base_row(months[limits.last], SERIES_OF[series.measure]) | {
        "period_start": months[limits.first]["period_start"],
        "label": f"{limits.mean:,.0f}{unit}",
        "status": "rounded",
        "value": round(limits.mean),
        # An axis begins at nothing, and a share ends at all.
        "lower": max(0, round(limits.low)),
        "upper": min(100, round(limits.high)) if unit else round(limits.high),
        "note": words,
    }


def _adjusted(points: list[Point]) -> tuple[list[Point], bool]:
    """The points without what returns every year, where that is there; and whether it is."""
    values = [point.value for point in points]
    shifts = seasonally_adjusted(values)
    if shifts is None:
        return points, False
    return [_shifted(point, shift) for point, shift in zip(points, shifts, strict=True)], True


def _shifted(point: Point, shift: float) -> Point:
    if point.value is None:
        return point
    low = None if point.low is None else point.low - shift
    high = None if point.high is None else point.high - shift
    return Point(point.value - shift, low, high)


def _signal_words(signals: Sequence[Signal], months: Sequence[Row]) -> str:
    """Every signal of the last 12 months in words: “above its limits in April 2018”."""
    recent_from = len(months) - RECENT
    recent = [signal for signal in signals if signal.last >= recent_from]
    if recent:
        return _listed(recent, months)
    if signals:
        return f"{NO_SIGNAL} in the last 12 months"
    return NO_SIGNAL


def _listed(signals: Sequence[Signal], months: Sequence[Row]) -> str:
    words = []
    for signal in reversed(signals):
        first = month_words(months[signal.first]["period_end"])
        last = month_words(months[signal.last]["period_end"])
        sentence = _WORDS[signal.rule].format(first=first, last=last)
        words.append(sentence.replace(f"from {last} to {last}", f"in {last}"))
    return "; ".join(words)


# Changes


def _pairs(series: Series) -> Iterator[tuple[Row, Row]]:
    """Each earlier day that the as-at date is compared with, and the as-at date."""
    now = series.rows[-1]
    if now["period_end"] != now["profile"] or series.figure.is_by_month:
        return
    for row in series.rows[:-1]:
        if row["base"] == "yes":
            yield row, now


def _change_row(measure: str, before: Row, now: Row) -> Row:
    since = before["period_end"]
    year_before = a_year_before(dt.date.fromisoformat(now["period_end"]))
    if since != year_before.isoformat():
        measure += SINCE_EDITION
    return base_row(now, measure) | {"period_start": since}


def _changes(series: Series, rule: Rule) -> Iterator[Row]:
    for before, now in _pairs(series):
        are_shown = before["status"] in SHOWN and now["status"] in SHOWN
        row = _change_row(CHANGE, before, now)
        if not are_shown:
            hidden = _not_shown(before, now)
            if hidden["status"] == "withheld":
                hidden["note"] = _verdict_of_small(before, now, rule)
            yield row | hidden
            continue
        moved = _moved(before, now, rule)
        then = told_count(before, rule)
        today = told_count(now, rule)
        visible = differences.visible(then, today)
        yield row | {
            "label": _signed(moved),
            "status": "rounded",
            "value": moved,
            "lower": np.nan if visible.fall is None else float(visible.fall),
            "upper": float(visible.rise or 0),
            "note": differences.counts_differ(then, today),
        }


def _moved(before: Row, now: Row, rule: Rule) -> float:
    """How far apart two labels are: no finer than the rounder of them."""
    moved = float(now["value"] - before["value"])
    if before["status"] == now["status"] == "exact":
        return moved
    return float(np.sign(moved) * np.floor(abs(moved) / rule.base + 0.5) * rule.base)


def _signed(moved: float) -> str:
    """“+45”, “−45” or “0”, with a minus sign and not a hyphen."""
    if not moved:
        return "0"
    return f"{moved:+,.0f}".replace("-", "−")


def _not_shown(before: Row, now: Row) -> Row:
    statuses = (before["status"], now["status"])
    is_refused = "refused" in statuses
    notes = [row["note"] for row in (before, now) if row["status"] == "refused"]
    return {
        "label": NOT_AVAILABLE if is_refused else "not shown",
        "status": "refused" if is_refused else "withheld",
        "value": np.nan,
        "lower": np.nan,
        "upper": np.nan,
        "note": notes[0] if notes else "",
    }


def told_count(row: Row, rule: Rule) -> differences.ToldCount:
    """A count by its label, which may be held."""
    behind = 0 if row["status"] == "exact" else rule.most_behind
    return differences.ToldCount(row["low"], row["high"], behind)


def _verdict_of_small(before: Row, now: Row, rule: Rule) -> str:
    """What follows though one of the two is “fewer than 8”, whatever it is; blank where nothing
    does.
    """
    if {before["status"], now["status"]} - {*SHOWN, "suppressed"}:
        return ""
    verdict = differences.counts_differ(told_count(before, rule), told_count(now, rule))
    return "" if verdict == differences.NONE else verdict


def _share_changes(series: Series, rule: Rule) -> Iterator[Row]:
    # A number of 90 can be 88 to 92.
    off = (rule.base - 1) / 2
    for before, now in _pairs(series):
        row = _change_row(SHARE_CHANGE, before, now)
        then = _share_of(before)
        today = _share_of(now)
        if then is None or today is None:
            yield row | _not_shown(before, now)
            continue
        difference, low, high = differences.told_shares_differ(*then, *today, off, rule.most_behind)
        yield row | {
            "label": _signed(round(100 * difference)),
            "status": "rounded",
            "value": round(100 * difference),
            "lower": round(100 * low),
            "upper": round(100 * high),
            # As the interval is shown: a reader who sees “−6 to 0” sees that it holds 0.
            "note": differences.share_verdict(round(100 * low), round(100 * high)),
        }


def _share_of(row: Row) -> tuple[float, float] | None:
    """How many of how many a share is, from its labels; None where it is not shown. Of “284 to 291”
    the middle is taken.
    """
    ends = [float(part.replace(",", "")) for part in row["denominator"].split(" to ") if part]
    if row["status"] not in SHOWN or not ends:
        return None
    of = sum(ends) / len(ends)
    return min(float(row["above"]), of), of

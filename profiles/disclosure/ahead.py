"""What labels say of what may come: a look six months ahead, and groups that grow faster than all.
Worked out from labels alone.

It adds rows to the store of labels, by measure:

- `projection`: a month ahead with its 95% interval; `projection 80%` the same with that of 80%
- `projection error`: by how many the method was off on average when it looked ahead before, and in
  `upper` by how many the latest month carried forward was; the note is the method, or why nothing
  is projected
- `emerging`: of a group whose share of all grew since a year before by more than chance, how many
  times as large it is; the note says so
"""

from __future__ import annotations

import calendar
import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import scipy

from profiles.disclosure.labels import SHOWN
from profiles.disclosure.rule import NOT_AVAILABLE, Rule
from profiles.disclosure.series import (
    COUNT,
    PERCENT,
    Row,
    Series,
    base_row,
    month_words,
    point_of,
    starts_anew,
)
from profiles.statistics.projection import TOO_SHORT, Projection, Refused, Step, project

PROJECTION, PROJECTION_80, ERROR = "projection", "projection 80%", "projection error"
EMERGING = "emerging"
GROWS = "grows faster than the others"
# The share of groups that are called growing and are not.
FALSE_DISCOVERIES = 0.05
GAPS = "some months are too small to be shown, or are not shown"


def projections(series: Series, changes: Mapping[str, Sequence[str]], rule: Rule) -> Iterator[Row]:
    """Six months ahead of a total that is told month by month, from the last change of recording
    on.
    """
    months = series.of_months
    is_total = bool(months) and months[0]["group_type"] == "all"
    is_monthly = series.figure.is_stock or series.figure.is_by_month
    if not is_total or not is_monthly or "month" not in series.figure.entry.series:
        return
    if all(row["status"] == "refused" for row in months):
        return
    first = max(starts_anew(series.figure, months, changes), default=0)
    months = months[first:]
    points = [point_of(row, COUNT, rule) for row in months if row["status"] in SHOWN]
    values = [point.value for point in points if point.value is not None]
    found = Refused(GAPS) if len(values) < len(months) else project(values)
    if first and found == Refused(TOO_SHORT):
        since = month_words(months[0]["period_end"])
        found = Refused(f"it has been recorded in the same way only since {since}")
    yield _error_row(months[-1], found)
    if isinstance(found, Projection):
        for number, step in enumerate(found.steps, 1):
            yield from _step_rows(series, months[-1], number, step, rule)


def _error_row(last: Row, found: Projection | Refused) -> Row:
    has_error = found.error is not None
    return base_row(last, ERROR) | {
        "label": f"{found.error:,.0f}" if has_error else NOT_AVAILABLE,
        "status": "rounded" if has_error else "refused",
        "value": found.error if has_error else np.nan,
        "lower": 0.0 if has_error else np.nan,
        "upper": found.error_of_now if has_error else np.nan,
        "note": found.method if isinstance(found, Projection) else found.reason,
    }


def _step_rows(series: Series, last: Row, number: int, step: Step, rule: Rule) -> Iterator[Row]:
    first, end = _month_after(dt.date.fromisoformat(last["period_end"]), number)
    value = round(step.value / rule.base) * rule.base
    row = base_row(last, PROJECTION) | {
        "period_start": (end if series.figure.is_stock else first).isoformat(),
        "period_end": end.isoformat(),
        "label": f"{value:,.0f}",
        "status": "rounded",
        "value": float(value),
    }
    yield row | {"lower": round(step.low95), "upper": round(step.high95)}
    yield row | {
        "measure": PROJECTION_80,
        "lower": round(step.low80),
        "upper": round(step.high80),
    }


def _month_after(day: dt.date, months: int) -> tuple[dt.date, dt.date]:
    """The first and the last day of the month so many months after that of a day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    last = calendar.monthrange(year, month + 1)[1]
    return dt.date(year, month + 1, 1), dt.date(year, month + 1, last)


def emerging(every: Sequence[Series], rule: Rule) -> Iterator[Row]:
    """Groups of a breakdown that grew since a year before while the others together grew less.

    Of a group with x events then and y now, where all others had X and Y: given x + y, y is
    binomial with the odds Y : X if the group moved as the others did. One-sided tests of all groups
    of a breakdown; Benjamini and Hochberg (1995) hold the share of false ones at 5%. Labels are
    taken at the ends of their ranges that make growth smallest, and may be behind as far as labels
    can.
    """
    families: dict[tuple[str, str], list[tuple[Row, Row]]] = {}
    followed = {_family(series) for series in every if series.measure == PERCENT}
    for series in every:
        pair = _year_pair(series)
        # Where shares are followed, their own change is told: two tests of one thing could differ.
        if pair is not None and _family(series) not in followed:
            families.setdefault(_family(series), []).append(pair)
    for pairs in families.values():
        yield from _growing(pairs, rule)


def _family(series: Series) -> tuple[str, str]:
    """The breakdown that a group is of."""
    return series.figure.key, series.rows[-1]["group_type"]


def _year_pair(series: Series) -> tuple[Row, Row] | None:
    """A group of a breakdown a year before and now, where both are shown."""
    now = series.rows[-1]
    is_group = series.measure == COUNT and now["group_type"] != "all"
    if not is_group or now["period_end"] != now["profile"] or now["status"] not in SHOWN:
        return None
    bases = [row for row in series.rows[:-1] if row["base"] == "yes" and row["status"] in SHOWN]
    if not bases:
        return None
    # The last edition may be one of them; a year before is the earlier.
    return bases[0], now


def _growing(pairs: Sequence[tuple[Row, Row]], rule: Rule) -> Iterator[Row]:
    then_all = sum(before["value"] for before, _ in pairs)
    now_all = sum(now["value"] for _, now in pairs)
    tested = []
    for before, now in pairs:
        others_then = then_all - before["value"]
        others_now = now_all - now["value"]
        if others_then <= 0 or others_now <= 0:
            continue
        most_then = before["high"] + rule.most_behind
        least_now = max(now["low"] - rule.most_behind, 0)
        odds = others_now / (others_now + others_then)
        p = float(scipy.stats.binom.sf(least_now - 1, int(most_then + least_now), odds))
        tested.append((before, now, p))
    if not tested:
        return
    adjusted = scipy.stats.false_discovery_control([p for _, _, p in tested])
    for (before, now, _), p in zip(tested, adjusted, strict=True):
        if p < FALSE_DISCOVERIES:
            times = now["value"] / before["value"]
            yield base_row(now, EMERGING) | {
                "period_start": before["period_end"],
                "label": f"{times:.1f}",
                "status": "rounded",
                "value": round(times, 1),
                "lower": np.nan,
                "upper": np.nan,
                "note": GROWS,
            }

"""The hidden-scale verdict as rows of figures: ranges of two significant figures, never a bare
point, and words for why.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from profiles.figures.declared import DEFINITION, Register
from profiles.figures.exact import COLUMNS, FOR_LABELS, NUMBERS
from profiles.statistics.hidden_scale.choice import chao_by_list
from profiles.statistics.hidden_scale.estimate import (
    ESTIMATE,
    REFUSE,
    Result,
    estimate,
    two_figures,
)
from profiles.statistics.hidden_scale.histories import Histories, HistoriesError, histories

LISTS = ("police", "trust", "health")
MONTHS = 12
OTHER_PERIODS = (6, 24)
FIT = (
    (0.05, "p from 0.01 to 0.05: poor"),
    (0.2, "p from 0.05 to 0.2: fair"),
    (1.0, "p over 0.2: nothing against it"),
)
FAILED = ((0.01, "up to 1% of them"), (0.05, "1% to 5% of them"), (1.0, "over 5% of them"))
On = tuple[bool, ...]
Range = tuple[float, float]
Rows = list[dict[str, Any]]


@dataclass(frozen=True)
class Seen:
    """Who is on which list: of the 12 months, without records that followed a referral, of other
    periods, of strata.

    `links` says how many links are wrong or missed; `is_checked`, that agencies judged a sample of
    them.
    """

    histories: Sequence[On]
    unreferred: Sequence[On] = ()
    periods: Mapping[str, Sequence[On]] = field(default_factory=dict)
    strata: Mapping[str, Sequence[On]] = field(default_factory=dict)
    links: str = ""
    is_checked: bool = False

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]], links: str = "", is_checked: bool = False) -> Seen:
        """From rows of months, sex, age band, ethnic group, Trust without referrals, police, Trust,
        health.
        """
        year = [row for row in rows if row[0] == MONTHS]
        strata = sorted({group for row in year for group in row[1:4] if group})
        # Police, Trust without referrals, health: another agency's referral is no second sighting.
        unreferred = [(row[5], row[4], row[7]) for row in year]
        periods = {}
        for months in OTHER_PERIODS:
            periods[f"{months} months"] = [row[5:] for row in rows if row[0] == months]
        by_stratum = {group: [row[5:] for row in year if group in row[1:4]] for group in strata}
        histories = [row[5:] for row in year]
        return cls(histories, unreferred, periods, by_stratum, links, is_checked)


def verdict(seen: Seen) -> Rows:
    """What is said, as group, lower, upper, label and note. A table with a fault is refused with
    the fault as the reason.
    """
    try:
        result = estimate(
            _table(seen.histories), months=MONTHS, linkage_error_known=seen.is_checked
        )
    except HistoriesError as error:
        return [_row("verdict", None, REFUSE, str(error))]
    rows = [_row("verdict", None, result.verdict, "; ".join(result.reasons))]
    if result.verdict == REFUSE or result.choice is None or result.choice.chosen is None:
        return rows
    known = result.histories.known
    for name, span in _ranges(result).items():
        if span:
            rows.append(_row(name, span, "", "", known))
    if result.verdict == ESTIMATE:
        rows[1] = _point(rows[1], result.choice.chosen.n_hat, known)
    rows += _quality(result, known, seen.links)
    # Other children are known to other periods and in strata: each passes the rules by itself or
    # says nothing.
    other_tables = {"unreferred": seen.unreferred, **seen.periods, **seen.strata}
    for name, on in other_tables.items():
        span, known_there = _own(on)
        if span:
            rows.append(_row(name, span, "", "", known_there))
    return rows


def _ranges(result: Result) -> dict[str, Range | None]:
    """How far the number moves with each choice that could have been made otherwise."""
    what_if = result.diagnostics["sensitivity"]
    other_lists = result.diagnostics["other_lists"]
    pairs = result.diagnostics["overlaps"]["lincoln_petersen"]
    absent_pairs = []
    for odds in what_if["absent_pairs"].values():
        for n in odds.values():
            absent_pairs.append(n)
    rules = [result.alternatives[name] for name in ("main_effects", "stepwise_p02", "home_office")]
    resamples = result.bootstrap.at_95 if result.bootstrap else None
    models = _ends(result.alternatives["within_6_bic"] or [])
    hidden = _ends(what_if["hidden_part"].values())
    missed = _ends(what_if["missed_links"].values())
    without = _ends(other_lists["without"].values())
    merged = _ends(other_lists["merged"].values())
    return {
        "shown": result.shown,
        "resamples": resamples,
        "profile": result.profile,
        "models": models,
        "rules": _ends(rules),
        "hidden": hidden,
        "missed": missed,
        "absent": _ends(absent_pairs),
        "without": without,
        "merged": merged,
        "two lists": _ends(pairs.values()),
    }


def _point(shown: dict[str, Any], n_hat: float, known: int) -> dict[str, Any]:
    """An estimate stands with its interval, in one text, or not at all."""
    low = shown["lower"]
    high = shown["upper"]
    point = min(max(two_figures(max(known, n_hat)), low), high)
    label = f"about {point:,} ({low:,} to {high:,})"
    return shown | {"label": label}


def _quality(result: Result, known: int, links: str) -> Rows:
    """How far the model can be trusted, in words: the p-value and the share of failed resamples
    follow the exact counts closely.
    """
    rows = []
    chao = chao_by_list(result.histories)
    if chao is not None:
        rows.append(_row("chao", None, f"at least {two_figures(max(known, chao)):,}", ""))
    if result.choice is not None and result.choice.fit_p is not None:
        rows.append(_row("fit", None, _band(result.choice.fit_p, FIT), ""))
    if result.bootstrap is not None:
        failed = result.bootstrap.failed
        rows.append(_row("failed", None, _band(failed, FAILED) if failed else "none", ""))
    if links:
        rows.append(_row("links", None, links, ""))
    return rows


def _band(value: float, bands: Sequence[tuple[float, str]]) -> str:
    return next(words for upto, words in bands if value <= upto)


def _ends(values: Iterable[float | None]) -> Range | None:
    numbers = [value for value in values if value is not None]
    if not numbers:
        return None
    # From the lowest to the highest: which of them is right is not known.
    return min(numbers), max(numbers)


def _own(on: Sequence[On]) -> tuple[Range | None, int]:
    try:
        table = _table(on)
    except HistoriesError:
        return None, 0
    result = estimate(table, months=MONTHS)
    if result.verdict == REFUSE:
        return None, table.known
    return result.shown, table.known


def _table(seen: Sequence[On]) -> Histories:
    counts: dict[int, float] = {}
    for on in seen:
        mask = sum(1 << i for i, is_on in enumerate(on) if is_on)
        if mask:
            counts[mask] = counts.get(mask, 0) + 1
    return histories(LISTS, counts)


def _row(
    group: str, span: tuple[float, float] | None, label: str, note: str, known: int = 0
) -> dict[str, Any]:
    # A row of words alone.
    if span is None:
        return {"group": group, "lower": None, "upper": None, "label": label, "note": note}
    low = two_figures(max(known, span[0]))
    high = two_figures(max(known, span[1]))
    # Both ends alike would read as a point: they stand a step of the rounding apart.
    if low == high:
        step = 10 ** max(0, len(str(high)) - 2)
        low = low - step
        high = high + step
    return {
        "group": group,
        "lower": low,
        "upper": high,
        "label": f"{low:,} to {high:,}",
        "note": note,
    }


def estimate_rows(
    verdict_rows: Rows, exact: pd.DataFrame, as_at: dt.date, register: Register
) -> pd.DataFrame:
    """Rows for the exact table. Where the children sighted are refused, so is the verdict, for the
    same reason.
    """
    is_total = (exact["group_type"] == "all") & (exact["measure"] == "count")
    sighted = exact[is_total & (exact["figure"] == "sighted")]
    if not len(sighted):
        return exact.iloc[:0]
    total = sighted.iloc[0]
    is_refused = total["status"] == "refused"
    figure = register.figures["hidden_scale"]
    base: dict[str, Any] = dict.fromkeys((*COLUMNS, *FOR_LABELS), "")
    base |= dict.fromkeys(NUMBERS, np.nan)
    base |= {
        "profile": as_at.isoformat(),
        "section": figure.section,
        "figure": figure.key,
        "measure": "estimate",
        "unit": figure.entry.unit,
        "group_type": "method",
        "definition": DEFINITION,
        "area_code": register.area.code,
        "period_start": total["period_start"],
        "period_end": total["period_end"],
        "status": "refused" if is_refused else "ok",
    }
    rows = []
    for row in verdict_rows:
        if not is_refused:
            rows.append(base | {name: value for name, value in row.items() if value is not None})
        elif row["group"] == "verdict":
            rows.append(base | {"group": row["group"], "note": total["note"]})
    return pd.DataFrame(rows)[list(exact.columns)]

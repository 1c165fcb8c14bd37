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
from profiles.figures.exact import COLUMNS, FOR_LABELS
from profiles.statistics.hidden_scale.choice import chao_by_list
from profiles.statistics.hidden_scale.estimate import (
    ESTIMATE,
    REFUSE,
    Result,
    estimate,
    two_figures,
)
from profiles.statistics.hidden_scale.histories import Histories, HistoriesError, histories

NUMBERS = ("numerator", "denominator", "value", "lower", "upper", "contributors", "top_two")
LISTS = ("police", "trust", "health")
MONTHS = 12
FIT = (
    (0.05, "p from 0.01 to 0.05: poor"),
    (0.2, "p from 0.05 to 0.2: fair"),
    (1.0, "p over 0.2: nothing against it"),
)
FAILED = ((0.01, "up to 1% of them"), (0.05, "1% to 5% of them"), (1.0, "over 5% of them"))
On = tuple[bool, ...]
Range = tuple[float, float]
Said = list[dict[str, Any]]


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
        year = [r for r in rows if r[0] == MONTHS]
        strata = sorted({g for r in year for g in r[1:4] if g})
        return cls(
            [r[5:] for r in year],
            [(r[5], r[4], r[7]) for r in year],
            {f"{months} months": [r[5:] for r in rows if r[0] == months] for months in (6, 24)},
            {g: [r[5:] for r in year if g in r[1:4]] for g in strata},
            links,
            is_checked,
        )


def verdict(seen: Seen) -> Said:
    """What is said, as group, lower, upper, label and note. A table with a fault is refused with
    the fault as the reason.
    """
    try:
        found = estimate(_table(seen.histories), months=MONTHS, linkage_error_known=seen.is_checked)
    except HistoriesError as error:
        return [_row("verdict", None, REFUSE, str(error))]
    rows = [_row("verdict", None, found.verdict, "; ".join(found.reasons))]
    if found.verdict == REFUSE or found.choice is None or found.choice.chosen is None:
        return rows
    known = found.histories.known
    what_if, others = found.diagnostics["sensitivity"], found.diagnostics["other_lists"]
    resamples = found.bootstrap.at_95 if found.bootstrap else None
    models = _ends(found.alternatives["within_6_bic"] or [])
    rules = _ends([found.alternatives[n] for n in ("main_effects", "stepwise_p02", "home_office")])
    absent = _ends([n for of in what_if["absent_pairs"].values() for n in of.values()])
    ranges: dict[str, Range | None] = {
        "shown": found.shown,
        "resamples": resamples,
        "profile": found.profile,
        "models": models,
        "rules": rules,
        "hidden": _ends(what_if["hidden_part"].values()),
        "missed": _ends(what_if["missed_links"].values()),
        "absent": absent,
        "without": _ends(others["without"].values()),
        "merged": _ends(others["merged"].values()),
        "two lists": _ends(found.diagnostics["overlaps"]["lincoln_petersen"].values()),
    }
    rows += [_row(name, span, "", "", known) for name, span in ranges.items() if span]
    if found.verdict == ESTIMATE:
        rows[1] = _point(rows[1], found.choice.chosen.n_hat, known)
    rows += _quality(found, known, seen.links)
    # Other children are known to other periods and in strata: each passes the rules by itself or
    # says nothing.
    for name, on in (
        {"unreferred": seen.unreferred} | dict(seen.periods) | dict(seen.strata)
    ).items():
        span, of = _own(on)
        if span:
            rows.append(_row(name, span, "", "", of))
    return rows


def _point(shown: dict[str, Any], n_hat: float, known: int) -> dict[str, Any]:
    """An estimate stands with its interval, in one text, or not at all."""
    low, high = shown["lower"], shown["upper"]
    point = min(max(two_figures(max(known, n_hat)), low), high)
    label = f"about {point:,} ({low:,} to {high:,})"
    return shown | {"label": label}


def _quality(found: Result, known: int, links: str) -> Said:
    """How far the model can be trusted, in words: the p-value and the share of failed resamples
    follow the exact counts closely.
    """
    p = found.choice.fit_p if found.choice else None
    chao, failed = (
        chao_by_list(found.histories),
        found.bootstrap.failed if found.bootstrap else None,
    )
    fit = None if p is None else _band(p, FIT)
    said = {
        "chao": None if chao is None else f"at least {two_figures(max(known, chao)):,}",
        "fit": fit,
        "failed": None if failed is None else "none" if failed == 0 else _band(failed, FAILED),
        "links": links,
    }
    return [_row(name, None, words, "") for name, words in said.items() if words]


def _band(value: float, bands: Sequence[tuple[float, str]]) -> str:
    return next(words for upto, words in bands if value <= upto)


def _ends(values: Iterable[float | None]) -> Range | None:
    told = [v for v in values if v is not None]
    if told:
        return (min(told), max(told))
    return None


def _own(on: Sequence[On]) -> tuple[Range | None, int]:
    try:
        table = _table(on)
    except HistoriesError:
        return None, 0
    found = estimate(table, months=MONTHS)
    return (found.shown if found.verdict != REFUSE else None), table.known


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
    if span is None:
        return {"group": group, "lower": None, "upper": None, "label": label, "note": note}
    low, high = two_figures(max(known, span[0])), two_figures(max(known, span[1]))
    # Both ends alike would read as a point: they stand a step of the rounding apart.
    if low == high:
        step = 10 ** max(0, len(str(high)) - 2)
        low, high = low - step, high + step
    return {
        "group": group,
        "lower": low,
        "upper": high,
        "label": f"{low:,} to {high:,}",
        "note": note,
    }


def estimate_rows(
    said: Said, exact: pd.DataFrame, as_at: dt.date, register: Register
) -> pd.DataFrame:
    """Rows for the exact table. Where the children sighted are refused, so is the verdict, for the
    same reason.
    """
    total = exact[
        (exact["figure"] == "sighted")
        & (exact["group_type"] == "all")
        & (exact["measure"] == "count")
    ]
    if not len(total):
        return exact.iloc[:0]
    figure = register.figures["hidden_scale"]
    of = total.iloc[0]
    base = dict.fromkeys((*COLUMNS, *FOR_LABELS), "") | dict.fromkeys(NUMBERS, np.nan)
    status = of["status"] if of["status"] == "refused" else "ok"
    base |= {
        "profile": as_at.isoformat(),
        "section": figure.section,
        "figure": figure.key,
        "measure": "estimate",
        "unit": figure.entry.unit,
        "group_type": "method",
        "definition": DEFINITION,
        "area_code": register.area.code,
        "period_start": of["period_start"],
        "period_end": of["period_end"],
        "status": status,
    }
    if of["status"] == "refused":
        verdict_alone = [row for row in said if row["group"] == "verdict"]
        rows = [base | {"group": row["group"], "note": of["note"]} for row in verdict_alone]
    else:
        rows = [
            base | {name: value for name, value in row.items() if value is not None} for row in said
        ]
    return pd.DataFrame(rows)[list(exact.columns)]

"""Percentages, rates and averages, worked out from labels alone: they tell nothing that the counts'
labels do not.

What models say of true counts is the one exception: their verdicts, and ranges of two significant
figures, which every table of counts with about the same sums would give.
"""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd

from profiles.disclosure.comparisons import MEASURES, comparisons
from profiles.disclosure.counts import Counts
from profiles.disclosure.labels import COLUMNS, SHOWN, LabelStore
from profiles.disclosure.plan import Plan
from profiles.disclosure.rule import Rule
from profiles.figures.exact import AMONG, AVERAGES, PER, SMOOTHED
from profiles.figures.keys import KEY
from profiles.statistics import rates
from profiles.statistics.small_areas import empirical_bayes


def label_store(counts: Counts, plan: Plan) -> LabelStore:
    """The store of labels: the counts' and, worked out from them, every other measure's."""
    rule = plan.policy.rule
    count = counts.table.assign(lower=np.nan, upper=np.nan, denominator="")
    rows = counts.rows[counts.rows["measure"] != "count"]
    is_compared = rows["measure"].isin(MEASURES)
    others, compared = (
        rows[~is_compared].reset_index(drop=True),
        rows[is_compared].reset_index(drop=True),
    )
    tables = [
        count,
        *(
            [_others(others, counts.table, rule, plan.register.published_by_others)]
            if len(others)
            else []
        ),
    ]
    tables += [comparisons(compared, counts.table, rule)] if len(compared) else []
    table = pd.concat([t.reindex(columns=list(COLUMNS)) for t in tables], ignore_index=True)
    in_order = table.sort_values(["section", *KEY], kind="stable", ignore_index=True)
    return LabelStore(in_order, plan.register, plan.policy.merged_groups)


def _others(
    f: pd.DataFrame, counts: pd.DataFrame, rule: Rule, public: Collection[str]
) -> pd.DataFrame:
    by_ref = counts.set_index("ref")
    top, top_status = _looked_up(f["ref"], by_ref)
    bottom, text, bottom_status = _denominators(f, by_ref, rule)
    measure = f["measure"].to_numpy()
    is_percent, is_rate, is_average = (
        measure == "percent",
        measure == "rate",
        np.isin(measure, AVERAGES),
    )
    is_model = measure == "estimate"
    shown = np.where(
        is_average,
        (f["denominator"].to_numpy(dtype=float) >= rule.average_from)
        | f["figure"].isin(public).to_numpy(),
        np.isin(top_status, SHOWN),
    )
    shown = (
        shown
        & np.isin(bottom_status, [*SHOWN, "derived"])
        & ~(is_percent & (bottom < rule.percent_fifths_from))
    )
    # Results of models are made from true counts; what is told of them is rounded where they are
    # made.
    shown = shown | (is_model & _is_told(f, by_ref))
    numerator = np.minimum(np.nan_to_num(top), np.nan_to_num(bottom))
    low_share, high_share = rates.wilson(numerator, np.nan_to_num(bottom))
    low_count, high_count = rates.poisson(np.nan_to_num(top))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(100 * top / bottom, 100)
        percent = np.where(
            bottom < rule.percent_whole_from, np.round(share / 5) * 5, np.round(share)
        )
        rate = _significant(top / bottom * 10_000)
        smoothed = _significant(_smoothed(f, top, top_status, rule))
        is_smoothed, as_it_is = measure == SMOOTHED, np.round(f["value"].to_numpy(dtype=float))
        value = np.select([is_percent, is_rate, is_smoothed], [percent, rate, smoothed], as_it_is)
        lower = np.select(
            [is_percent, is_rate, is_model],
            [
                np.round(100 * low_share),
                _significant(low_count / bottom * 10_000),
                f["lower"].to_numpy(dtype=float),
            ],
            np.nan,
        )
        upper = np.select(
            [is_percent, is_rate, is_model],
            [
                np.round(100 * high_share),
                _significant(high_count / bottom * 10_000),
                f["upper"].to_numpy(dtype=float),
            ],
            np.nan,
        )
    exact_status = f["status"].to_numpy()
    # Too few have come to the second event for so high a quartile of the time to it.
    not_reached = is_average & shown & np.isnan(value)
    out = f.copy()
    out["status"] = np.select(
        [exact_status == "refused", (top_status == "not_applicable") | not_reached, shown],
        ["refused", "not_applicable", "rounded"],
        "withheld",
    )
    told = (out["status"] == "rounded").to_numpy()
    for name, column in (("value", value), ("lower", lower), ("upper", upper)):
        out[name] = np.where(told, column, np.nan)
    out["low"], out["high"] = np.nan, np.nan
    out["denominator"] = np.where(told & ~is_average & ~is_model, text, "")
    words = {"refused": "refused", "not_applicable": "n/a", "withheld": "not shown"}
    out["label"] = [
        words[s] if s in words else _text(m, v)
        for m, s, v in zip(measure, out["status"], out["value"], strict=True)
    ]
    out["label"] = np.where(
        not_reached & (out["status"] == "not_applicable"), "not reached", out["label"]
    )
    out["label"] = np.where(is_model & told, f["label"], out["label"])
    out["note"] = np.where((exact_status == "refused") | told, f["note"], "")
    return out


def _is_told(f: pd.DataFrame, by_ref: pd.DataFrame) -> np.ndarray:
    """Whether every count that a verdict is of is shown; True for one of no single count. Beside
    “fewer than 8” a verdict can tell nought from seven.
    """
    status = by_ref["status"].to_dict()
    return np.array(
        [
            all(
                status.get(f"{of.partition(':')[0]}|{of.partition(':')[2]}|{day}") in SHOWN
                for of in whole.split(" & ")
            )
            if whole
            else True
            for whole, day in zip(f["whole"], f["period_end"], strict=True)
        ],
        dtype=bool,
    )


def _smoothed(f: pd.DataFrame, top: np.ndarray, status: np.ndarray, rule: Rule) -> np.ndarray:
    """Smoothed rates from labels alone: a count that is too small to be shown stands as the middle
    of what it may be.
    """
    count = np.where(status == "suppressed", (rule.threshold - 1) / 2, top)
    told = pd.DataFrame({c: f[c] for c in (*AMONG, "denominator")}).assign(count=count)
    found = np.full(len(f), np.nan)
    for _, areas in told[(f["measure"] == SMOOTHED) & told["count"].notna()].groupby(AMONG):
        found[areas.index] = PER["rate"] * empirical_bayes(areas["count"], areas["denominator"])
    return found


def _looked_up(refs: pd.Series, by_ref: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Value and status of the counts of these references; a status of “none” where there is no such
    count.
    """
    found = by_ref.reindex(refs)
    return found["value"].to_numpy(dtype=float), found["status"].fillna("none").to_numpy()


def _denominators(
    f: pd.DataFrame, by_ref: pd.DataFrame, rule: Rule
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Denominator, its text and its status: a public population, a label, or a label less the
    not-known's label.
    """
    figure = [w.partition(":")[0] for w in f["whole"]]
    whole, whole_status = _looked_up(
        pd.Series(
            [
                f"{a}|{w.partition(':')[2]}|{e}"
                for a, w, e in zip(figure, f["whole"], f["period_end"], strict=True)
            ]
        ),
        by_ref,
    )
    refs = pd.Series(
        [f"{a}|{x}|{e}" for a, x, e in zip(figure, f["less"], f["period_end"], strict=True)]
    )
    less, less_status = _looked_up(
        refs,
        by_ref,
    )
    has_less, is_public = (f["less"] != "").to_numpy(), (f["whole"] == "").to_numpy()
    hidden = has_less & (less_status == "suppressed")
    bottom = np.where(has_less, whole - np.where(hidden, (rule.threshold - 1) / 2, less), whole)
    bottom = np.where(is_public, f["denominator"].to_numpy(dtype=float), bottom)
    can = ~has_less | hidden | np.isin(less_status, SHOWN)
    status = np.where(is_public, "exact", np.where(can, whole_status, "withheld"))
    text = [
        "" if np.isnan(b) else f"{w - rule.threshold + 1:,.0f} to {w:,.0f}" if h else f"{b:,.0f}"
        for b, w, h in zip(bottom, whole, hidden, strict=True)
    ]
    return bottom, np.array(text, dtype=object), status


def _significant(x: np.ndarray, digits: int = 2) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        place = digits - 1 - np.floor(np.log10(np.abs(x)))
        return np.where((x == 0) | np.isnan(x), x, np.round(x * 10.0**place) / 10.0**place)


def _text(measure: str, value: float) -> str:
    if measure == "percent":
        # Only shares whose parts are shown get here, so one that rounds to nought is not nought.
        if value < 1:
            return "under 1%"
        return f"{value:.0f}%"
    if measure in ("rate", SMOOTHED):
        if value < 10:
            return f"{value:.1f}"
        return f"{value:.0f}"
    return f"{value:,.0f}"

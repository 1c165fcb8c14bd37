"""Percentages, rates and what models say, worked out from labels alone: they tell nothing that the
counts' labels do not. Averages are worked out from true values.

An average (of 20 children or more, in whole numbers) hangs on many true values at once, and is
rounded so far that others with about the same sum give the same.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from profiles.disclosure.comparisons import MEASURES, comparisons
from profiles.disclosure.counts import Counts
from profiles.disclosure.labels import COLUMNS, SHOWN, LabelStore
from profiles.disclosure.over_time import over_time
from profiles.disclosure.plan import Plan
from profiles.disclosure.rule import NOT_AVAILABLE, NOT_SHOWN, Rule
from profiles.figures.exact import AMONG, AVERAGES, PER, SMOOTHED
from profiles.figures.keys import KEY
from profiles.statistics import rates
from profiles.statistics.small_areas import empirical_bayes


def label_store(counts: Counts, plan: Plan) -> LabelStore:
    """The store of labels: the counts' and, worked out from them, every other measure's."""
    rule = plan.policy.rule
    labelled = counts.table
    rows = counts.rows[counts.rows["measure"] != "count"]
    is_compared = rows["measure"].isin(MEASURES)
    others = rows[~is_compared].reset_index(drop=True)
    compared = rows[is_compared].reset_index(drop=True)
    labelled = labelled.assign(lower=np.nan, upper=np.nan, denominator="")
    tables = [labelled]
    if len(others):
        shares = _others(others, labelled, rule, plan.register.published_by_others)
        tables += [shares, over_time(labelled, shares, plan.register, rule)]
    if len(compared):
        tables.append(comparisons(compared, labelled, rule))
    columns = list(COLUMNS)
    table = pd.concat([part.reindex(columns=columns) for part in tables], ignore_index=True)
    # What is not shown is shown alike, whether by the ledger, a repair, the lot or few behind it.
    is_withheld = table["status"] == "withheld"
    table.loc[is_withheld, ["value", "low", "high"]] = np.nan
    table.loc[is_withheld & (table["note"] == ""), "note"] = NOT_SHOWN
    in_order = table.sort_values(["section", *KEY], kind="stable", ignore_index=True)
    return LabelStore(in_order, plan.register, plan.policy.merged_groups)


def _others(
    f: pd.DataFrame, counts: pd.DataFrame, rule: Rule, public: Collection[str]
) -> pd.DataFrame:
    """Shares, rates, averages and what models say, a row each as it came."""
    by_ref = counts.set_index("ref")
    top, top_status = _looked_up(f["ref"], by_ref)
    denominator = _denominators(f, by_ref, rule)
    measure = f["measure"].to_numpy()
    is_average = np.isin(measure, AVERAGES)
    is_model = measure == "estimate"
    is_percent = measure == "percent"
    # An average has no count of its own above the line: it needs enough children instead.
    has_enough = f["denominator"].to_numpy(dtype=float) >= rule.average_from
    is_public = f["figure"].isin(public).to_numpy()
    # For an average the children it is of are its denominator column.
    has_top = np.where(is_average, has_enough | is_public, np.isin(top_status, SHOWN))
    has_bottom = np.isin(denominator.status, [*SHOWN, "derived"])
    is_small_share = is_percent & (denominator.value < rule.percent_fifths_from)
    can_be_shown = has_top & has_bottom & ~is_small_share
    # Results of models are made from true counts; what is told of them is rounded where they are
    # made.
    can_be_shown |= is_model & _are_shown(f, by_ref)
    value, lower, upper = _values(f, top, top_status, denominator.value, rule)
    is_refused = (f["status"] == "refused").to_numpy()
    # Too few have come to the second event for so high a quartile of the time to it.
    is_not_reached = is_average & can_be_shown & np.isnan(value)
    is_impossible = (top_status == "not_applicable") | is_not_reached
    out = f.copy()
    out["status"] = np.select(
        [is_refused, is_impossible, can_be_shown],
        ["refused", "not_applicable", "rounded"],
        "withheld",
    )
    is_shown = (out["status"] == "rounded").to_numpy()
    out["value"] = np.where(is_shown, value, np.nan)
    out["lower"] = np.where(is_shown, lower, np.nan)
    out["upper"] = np.where(is_shown, upper, np.nan)
    out["low"] = np.nan
    out["high"] = np.nan
    has_denominator = is_shown & ~is_average & ~is_model
    out["denominator"] = np.where(has_denominator, denominator.text, "")
    numbers = []
    for kind, number in zip(measure, out["value"], strict=True):
        numbers.append(_text(kind, number))
    out["label"] = np.select(
        [
            is_refused,
            is_not_reached,
            (out["status"] == "not_applicable").to_numpy(),
            is_model & is_shown,
            is_shown,
        ],
        [NOT_AVAILABLE, "not reached", "n/a", f["label"], numbers],
        "not shown",
    )
    out["note"] = np.where(is_refused | is_shown, f["note"], "")
    return out


def _values(
    f: pd.DataFrame, top: np.ndarray, top_status: np.ndarray, bottom: np.ndarray, rule: Rule
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Value, lower and upper end of each row by its measure, from the labels above and below the
    line; an average or a model's result rounded to a whole number.
    """
    measure = f["measure"].to_numpy()
    is_percent = measure == "percent"
    is_rate = measure == "rate"
    is_smoothed = measure == SMOOTHED
    is_model = measure == "estimate"
    # A share's labels may be rounded apart, 10 of 9 say; then it is all of them.
    numerator = np.minimum(np.nan_to_num(top), np.nan_to_num(bottom))
    low_share, high_share = rates.wilson(numerator, np.nan_to_num(bottom))
    low_count, high_count = rates.poisson(np.nan_to_num(top))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(100 * top / bottom, 100)
        to_nearest_five = np.round(share / 5) * 5
        percent = np.where(bottom < rule.percent_whole_from, to_nearest_five, np.round(share))
        rate = _significant(top / bottom * PER["rate"])
        low_rate = _significant(low_count / bottom * PER["rate"])
        high_rate = _significant(high_count / bottom * PER["rate"])
        smoothed = _significant(_smoothed(f, top, top_status, rule))
    rounded = np.round(f["value"].to_numpy(dtype=float))
    value = np.select([is_percent, is_rate, is_smoothed], [percent, rate, smoothed], rounded)
    ends = []
    for share_end, rate_end, model_end in (
        (low_share, low_rate, f["lower"]),
        (high_share, high_rate, f["upper"]),
    ):
        choices = [np.round(100 * share_end), rate_end, model_end.to_numpy(dtype=float)]
        ends.append(np.select([is_percent, is_rate, is_model], choices, np.nan))
    return value, ends[0], ends[1]


def _are_shown(f: pd.DataFrame, by_ref: pd.DataFrame) -> np.ndarray:
    """Whether every count is shown that a verdict stands beside: beside “fewer than 8” it can tell
    zero from seven. A verdict on the whole area stands beside no count, and may always be shown.
    """
    status = by_ref["status"].to_dict()
    are_shown = []
    for whole, day in zip(f["whole"], f["period_end"], strict=True):
        # “figure:dimension=group & figure:dimension=group”, or blank.
        statuses = []
        for count in filter(None, whole.split(" & ")):
            figure, _, groups = count.partition(":")
            statuses.append(status.get(f"{figure}|{groups}|{day}"))
        are_shown.append(all(known in SHOWN for known in statuses))
    return np.array(are_shown, dtype=bool)


def _smoothed(f: pd.DataFrame, top: np.ndarray, status: np.ndarray, rule: Rule) -> np.ndarray:
    """Smoothed rates from labels alone: a count that is too small to be shown stands as the middle
    of what it may be.
    """
    middle = (rule.threshold - 1) / 2
    count = np.where(status == "suppressed", middle, top)
    table = f[[*AMONG, "denominator"]].assign(count=count)
    usable = table[(f["measure"] == SMOOTHED) & table["count"].notna()]
    smoothed = np.full(len(f), np.nan)
    for _, areas in usable.groupby(AMONG):
        # A label of “fewer than 8” pulls its area's rate no further than 3.5 would.
        posterior = empirical_bayes(areas["count"], areas["denominator"])
        smoothed[areas.index] = PER["rate"] * posterior
    return smoothed


def _looked_up(refs: pd.Series, by_ref: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Value and status of the counts of these references; a status of “none” where there is no such
    count.
    """
    labelled = by_ref.reindex(refs)
    return labelled["value"].to_numpy(dtype=float), labelled["status"].fillna("none").to_numpy()


@dataclass(frozen=True)
class _Denominators:
    """What each row is of: as a number, in words and with the status of its label."""

    value: np.ndarray
    text: np.ndarray
    status: np.ndarray


def _denominators(f: pd.DataFrame, by_ref: pd.DataFrame, rule: Rule) -> _Denominators:
    """A public population, a label, or a label less the label of those not known.

    Where those not known are “fewer than 8”, 291 less them is written “284 to 291” and worked with
    as 291 − 3.5.
    """
    wholes = []
    lesses = []
    for whole, less, day in zip(f["whole"], f["less"], f["period_end"], strict=True):
        figure, _, groups = whole.partition(":")
        wholes.append(f"{figure}|{groups}|{day}")
        lesses.append(f"{figure}|{less}|{day}")
    whole, whole_status = _looked_up(pd.Series(wholes), by_ref)
    less, less_status = _looked_up(pd.Series(lesses), by_ref)
    has_less = (f["less"] != "").to_numpy()
    is_public = (f["whole"] == "").to_numpy()
    is_range = has_less & (less_status == "suppressed")
    middle = (rule.threshold - 1) / 2
    remaining = np.where(has_less, whole - np.where(is_range, middle, less), whole)
    value = np.where(is_public, f["denominator"].to_numpy(dtype=float), remaining)
    is_known = ~has_less | is_range | np.isin(less_status, SHOWN)
    status = np.where(is_public, "exact", np.where(is_known, whole_status, "withheld"))
    text = []
    for number, most, is_between in zip(value, whole, is_range, strict=True):
        if np.isnan(number):
            text.append("")
        elif is_between:
            text.append(f"{most - rule.threshold + 1:,.0f} to {most:,.0f}")
        else:
            text.append(f"{number:,.0f}")
    return _Denominators(value, np.array(text, dtype=object), status)


def _significant(x: np.ndarray, digits: int = 2) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        place = digits - 1 - np.floor(np.log10(np.abs(x)))
        return np.where((x == 0) | np.isnan(x), x, np.round(x * 10.0**place) / 10.0**place)


def _text(measure: str, value: float) -> str:
    if measure == "percent":
        # Only shares whose parts are shown are written, so one that rounds to zero is not zero.
        if value < 1:
            return "under 1%"
        return f"{value:.0f}%"
    if measure in ("rate", SMOOTHED):
        if value < 10:
            return f"{value:.1f}"
        return f"{value:.0f}"
    return f"{value:,.0f}"

"""Comparisons of proportions, worked out from labels alone: relative rate, gap, and the number
expected.

A row of one of these measures compares the share that its count is of `whole` with the share of
another group, `against`: “dimension=group”, or “total” for all together.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from profiles.disclosure.labels import SHOWN, UNCLEAR
from profiles.disclosure.rule import NOT_AVAILABLE, Rule
from profiles.statistics import rates

MEASURES = ("ratio", "gap", "expected")
# Fewest counted in a group and in the group it is compared with, and how far rounding alone may
# move a ratio.
LEAST, LEAST_AGAINST, MOVED = 5, 10, 0.2
Z95, Z998 = rates.FUNNEL
# In the order of `_beyond`: the wide limits first, above before below.
BEYOND = (
    "far more than expected",
    "far fewer than expected",
    "more than expected",
    "fewer than expected",
)
TOO_FEW = "too few, or rounding alone could move it by more than a fifth"


def references(f: pd.DataFrame) -> list[list[str]]:
    """For each row the references of four counts: its own, its whole, those of the group it is
    compared with.
    """
    refs = []
    for ref, whole, against in zip(f["ref"], f["whole"], f["against"], strict=True):
        figure, _, day = str(ref).split("|")
        base, _, groups = str(whole).partition(":")
        other = "" if against == "total" else against
        own_whole = f"{base}|{groups}|{day}"
        refs.append([str(ref), own_whole, f"{figure}|{other}|{day}", f"{base}|{other}|{day}"])
    return refs


@dataclass(frozen=True)
class _Four:
    """The four counts of each row, a column each: its own, its whole, and the same of the group
    that it is compared with; what their labels leave open; and whether all four are shown.
    """

    value: np.ndarray
    low: np.ndarray
    high: np.ndarray
    are_shown: np.ndarray

    @classmethod
    def of(cls, refs: list[list[str]], counts: pd.DataFrame) -> _Four:
        by_ref = counts.set_index("ref")
        every_ref = []
        for four in refs:
            for ref in four:
                every_ref.append(ref)
        labelled = by_ref.reindex(every_ref)

        def column(name: str) -> np.ndarray:
            return labelled[name].to_numpy(dtype=float).reshape(-1, 4)

        is_shown = labelled["status"].isin(SHOWN).to_numpy().reshape(-1, 4)
        are_shown: np.ndarray = np.all(is_shown, axis=1)
        return cls(column("value"), column("low"), column("high"), are_shown)


def comparisons(f: pd.DataFrame, counts: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rows with status, label, value, lower and upper. `counts` are labelled counts, `f` has
    `ref` beside the key.

    A ratio and its gap are not shown where fewer than 5 are counted, or 10 in the group it is
    compared with, or where rounding alone could move it by more than a fifth (OJJDP; figures.md); a
    gap not where a share would not be.
    """
    four = _Four.of(references(f), counts)
    x, d, x_ref, d_ref = four.value.T
    measure = f["measure"].to_numpy()
    is_ratio, is_gap, is_expected = (measure == name for name in MEASURES)
    is_refused = (f["status"] == "refused").to_numpy()
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, error = rates.relative(x, d, x_ref, d_ref)
        least, most = _rounding(four)
        # The 95% interval, wherever rounding has put the four.
        lower = least * np.exp(-rates.Z * error)
        upper = most * np.exp(rates.Z * error)
        # How far the ratio could be from the one shown, had rounding fallen otherwise.
        moved = np.maximum(ratio / least - 1, most / ratio - 1)
        expected, low_limit, high_limit = rates.funnel(d, x_ref, d_ref, Z95)
        gap = np.round(100 * (x / d - x_ref / d_ref))
        beyond = _beyond(four)
    is_enough = (x >= LEAST) & (x_ref >= LEAST_AGAINST) & (moved <= MOVED)
    has_shares = np.minimum(d, d_ref) >= rule.percent_fifths_from
    is_number = ~np.isnan(np.where(is_gap, gap, expected))
    is_shown = four.are_shown & (is_expected | is_enough) & (~is_gap | has_shares) & is_number
    is_told = is_shown & ~is_refused
    has_interval = is_told & ~is_gap
    value = np.select([is_ratio, is_gap], [np.round(ratio, 2), gap], np.round(expected))
    low_end = np.where(is_ratio, np.round(lower, 2), np.round(low_limit))
    high_end = np.where(is_ratio, np.round(upper, 2), np.round(high_limit))
    out = f.copy()
    out["value"] = np.where(is_told, value, np.nan)
    out["lower"] = np.where(has_interval, low_end, np.nan)
    out["upper"] = np.where(has_interval, high_end, np.nan)
    out["status"] = np.select([is_refused, is_shown], ["refused", "rounded"], "withheld")
    out["low"] = np.nan
    out["high"] = np.nan
    out["denominator"] = ""
    texts = []
    for kind, number in zip(measure, out["value"], strict=True):
        texts.append(_text(kind, number))
    out["label"] = np.select([is_refused, is_shown], [NOT_AVAILABLE, texts], "not shown")
    # As the interval is shown: a reader who sees “to 1.00” sees that it holds 1.
    is_unclear = is_ratio & (low_end <= 1) & (high_end >= 1)
    is_verdict = [is_expected & is_beyond for is_beyond in beyond]
    verdict = np.select([*is_verdict, is_unclear], [*BEYOND, UNCLEAR], "")
    reason = np.where(four.are_shown & ~is_expected & ~is_shown, TOO_FEW, "")
    out["note"] = np.select([is_refused, is_shown], [f["note"], verdict], reason)
    return out


def _beyond(four: _Four) -> list[np.ndarray]:
    """Whether a count lies beyond the limits of its funnel, in the order of the words: only if it
    does so wherever rounding has put it and its whole.
    """
    _, _, x_ref, d_ref = four.value.T
    least_count = four.low[:, 0]
    fewest = four.low[:, 1]
    most_count = four.high[:, 0]
    most = four.high[:, 1]
    beyond = []
    for z in (Z998, Z95):
        lowest_limit = rates.funnel(fewest, x_ref, d_ref, z)[1]
        highest_limit = rates.funnel(most, x_ref, d_ref, z)[2]
        beyond += [least_count > highest_limit, most_count < lowest_limit]
    return beyond


def _rounding(four: _Four) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that a ratio can be, given what its labels leave open."""
    low = four.low
    high = four.high
    least = (low[:, 0] / high[:, 1]) / (high[:, 2] / low[:, 3])
    most = (high[:, 0] / low[:, 1]) / (low[:, 2] / high[:, 3])
    return least, most


def _text(measure: str, value: float) -> str:
    if np.isnan(value):
        return ""
    if measure == "ratio":
        return f"{value:.2f}"
    if measure == "gap":
        return f"{value:+.0f}".replace("-", "−") if round(value) else "0"
    return f"{value:,.0f}"

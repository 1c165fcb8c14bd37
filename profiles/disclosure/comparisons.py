"""Comparisons of proportions, worked out from labels alone: relative rate, gap, and the number
expected.

A row of one of these measures compares the share that its count is of `whole` with the share of
another group, `against`: “dimension=group”, or “total” for all together.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from profiles.disclosure.labels import SHOWN, UNCLEAR
from profiles.disclosure.rule import Rule
from profiles.statistics import rates

MEASURES = ("ratio", "gap", "expected")
# Fewest counted in a group and in the group it is compared with, and how far rounding alone may
# move a ratio.
LEAST, LEAST_AGAINST, MOVED = 5, 10, 0.2
Z95, Z998 = rates.FUNNEL


def references(f: pd.DataFrame) -> list[list[str]]:
    """For each row the references of four counts: its own, its whole, those of the group it is
    compared with.
    """
    found = []
    for ref, whole, against in zip(f["ref"], f["whole"], f["against"], strict=True):
        figure, _, day = str(ref).split("|")
        base, _, groups = str(whole).partition(":")
        other = "" if against == "total" else against
        found.append(
            [str(ref), f"{base}|{groups}|{day}", f"{figure}|{other}|{day}", f"{base}|{other}|{day}"]
        )
    return found


def comparisons(f: pd.DataFrame, counts: pd.DataFrame, rule: Rule) -> pd.DataFrame:
    """The rows with status, label, value, lower and upper. `counts` are labelled counts, `f` has
    `ref` beside the key.

    A ratio and its gap are not shown where fewer than 5 are counted, or 10 in the group it is
    compared with, or where rounding alone could move it by more than a fifth (OJJDP; figures.md); a
    gap not where a share would not be.
    """
    by_ref = counts.set_index("ref")
    refs = references(f)
    numbers = np.array([by_ref.reindex(r)["value"].to_numpy(dtype=float) for r in refs]).reshape(
        -1, 4
    )
    lows = np.array([by_ref.reindex(r)["low"].to_numpy(dtype=float) for r in refs]).reshape(-1, 4)
    highs = np.array([by_ref.reindex(r)["high"].to_numpy(dtype=float) for r in refs]).reshape(-1, 4)
    told = np.array([by_ref.reindex(r)["status"].isin(SHOWN).all() for r in refs], dtype=bool)
    x, d, x_ref, d_ref = numbers.T
    measure = f["measure"].to_numpy()
    is_ratio, is_gap, is_expected = (measure == m for m in MEASURES)
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio, lower, upper = rates.relative(x, d, x_ref, d_ref)
        least, most = _rounding(lows, highs)
        moved = np.maximum(ratio / least - 1, most / ratio - 1)
        expected, low_limit, high_limit = rates.funnel(d, x_ref, d_ref, Z95)
        # Beyond a limit only if it is so wherever rounding has put both numbers.
        fewest, most_of = lows[:, 1], highs[:, 1]
        bounds = [
            (rates.funnel(fewest, x_ref, d_ref, z)[1], rates.funnel(most_of, x_ref, d_ref, z)[2])
            for z in (Z998, Z95)
        ]
        gap = np.round(100 * (x / d - x_ref / d_ref))
    enough = (x >= LEAST) & (x_ref >= LEAST_AGAINST) & (moved <= MOVED)
    shares = np.minimum(d, d_ref) >= rule.percent_fifths_from
    shown = (
        told
        & (is_expected | enough)
        & (~is_gap | shares)
        & ~np.isnan(np.where(is_gap, gap, expected))
    )
    refused = (f["status"] == "refused").to_numpy()
    out = f.copy()
    out["value"] = np.where(
        shown & ~refused,
        np.select([is_ratio, is_gap], [np.round(ratio, 2), gap], np.round(expected)),
        np.nan,
    )
    out["lower"] = np.where(
        shown & ~refused & ~is_gap,
        np.where(is_ratio, np.round(lower, 2), np.round(low_limit)),
        np.nan,
    )
    out["upper"] = np.where(
        shown & ~refused & ~is_gap,
        np.where(is_ratio, np.round(upper, 2), np.round(high_limit)),
        np.nan,
    )
    out["status"] = np.select([refused, shown], ["refused", "rounded"], "withheld")
    out["low"], out["high"], out["denominator"] = np.nan, np.nan, ""
    out["label"] = [
        "refused" if r else _text(m, v) if s else "not shown"
        for r, s, m, v in zip(refused, shown, measure, out["value"], strict=True)
    ]
    is_unclear = is_ratio & (lower <= 1) & (upper >= 1)
    beyond = [is_so for low, high in bounds for is_so in (lows[:, 0] > high, highs[:, 0] < low)]
    words = [
        "far more than expected",
        "far fewer than expected",
        "more than expected",
        "fewer than expected",
    ]
    verdict = np.select([*(is_expected & b for b in beyond), is_unclear], [*words, UNCLEAR], "")
    why = np.where(
        told & ~is_expected & ~shown,
        "too few, or rounding alone could move it by more than a fifth",
        "",
    )
    out["note"] = np.select([refused, shown], [f["note"], verdict], why)
    return out


def _rounding(lows: np.ndarray, highs: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The least and the most that a ratio can be, given what its labels leave open."""
    least = (lows[:, 0] / highs[:, 1]) / (highs[:, 2] / lows[:, 3])
    most = (highs[:, 0] / lows[:, 1]) / (lows[:, 2] / highs[:, 3])
    return least, most


def _text(measure: str, value: float) -> str:
    if measure == "ratio":
        return f"{value:.2f}"
    if measure == "gap":
        return f"{value:+.0f}".replace("-", "−")
    return f"{value:,.0f}"

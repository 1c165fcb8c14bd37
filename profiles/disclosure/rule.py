"""The rule: exact figures in, labels out, for the whole table at once.

Percentages, rates and intervals are computed from the labels of their parts, so they tell nothing that the parts do not.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import pandas as pd

from profiles.disclosure.store import COLUMNS, KEY, LabelStore
from profiles.statistics import rates


@dataclass(frozen=True)
class Rule:
    """The data controller's settings. Counts below `threshold` are not shown, others are rounded to `base`."""

    threshold: int = 8
    base: int = 5
    exact_total_minimum: int = 100
    percent_whole_from: int = 100
    percent_fifths_from: int = 40

    def __post_init__(self) -> None:
        if self.threshold < 5 or self.base < 3:
            raise ValueError("the disclosure rule needs a threshold of at least 5 and a base of at least 3")
        if self.base > self.threshold:
            raise ValueError(
                "the base must not be larger than the threshold, at least 5, or a shown count could read 0"
            )

    def words(self) -> list[str]:
        """The rule as the methods section prints it."""
        return [
            f"A count below {self.threshold}, nought included, is shown as “fewer than {self.threshold}”.",
            f"Every other count is rounded to the nearest {self.base} from its own true value, so rows may not add up to their total.",
            f"One total is exact: children at risk on the as-at date, when it is at least {self.exact_total_minimum}.",
            f"Percentages are worked out from the rounded counts: whole per cent where the denominator is {self.percent_whole_from} or more, "
            f"to the nearest 5% from {self.percent_fifths_from}, none below; none where a part is not shown.",
            "Rates are worked out from rounded counts over published populations, to two significant figures. "
            "Intervals are worked out from the same rounded counts.",
        ]

    def note(self) -> str:
        """What stands under every table."""
        return f"Rounded to the nearest {self.base}, may not add up; “fewer than {self.threshold}” can mean none."

    def as_dict(self) -> dict[str, int]:
        """For the manifest: the settings that an edition was made under."""
        return asdict(self)


# Breakdowns that every child at risk falls into by definition: their denominator is the total itself.
COMPLETE = ("risk_level", "plan", "plan_any", "residence")
# Counts of the general public that others publish: nothing to protect.
PUBLIC_UNITS = ("residents",)


def _significant(x: np.ndarray, digits: int) -> np.ndarray:
    with np.errstate(divide="ignore", invalid="ignore"):
        place = digits - 1 - np.floor(np.log10(np.abs(x)))
        return np.where((x == 0) | np.isnan(x), x, np.round(x * 10.0**place) / 10.0**place)


def label_figures(exact: pd.DataFrame, rule: Rule, check_only: set[tuple[str, str]]) -> LabelStore:
    """Turn the exact table into the store of labels. Works on whole columns: 10,000 figures take a moment.

    `check_only` are (group_type, group) pairs that exist only to check published figures and get no label.
    """
    f = exact[[pair not in check_only for pair in zip(exact["group_type"], exact["group"], strict=True)]].reset_index(
        drop=True
    )
    n, d = f["numerator"].to_numpy(dtype=float), f["denominator"].to_numpy(dtype=float)
    refused = (f["status"] == "refused").to_numpy()
    undefined = (f["status"] == "not_applicable").to_numpy()
    public = f["unit"].isin(PUBLIC_UNITS).to_numpy()
    is_total = ((f["figure"] == "at_risk") & (f["group_type"] == "all") & (f["period_end"] == f["profile"])).to_numpy()
    total = float(n[is_total][0]) if is_total.any() else float("nan")
    exact_total = total >= rule.exact_total_minimum

    def rounded(x: np.ndarray) -> np.ndarray:
        return np.floor(x / rule.base + 0.5) * rule.base

    is_exact = public | (is_total & exact_total)
    small = ~is_exact & (n < rule.threshold)
    top = np.where(is_exact, n, rounded(n))
    whole = ((f["figure"] == "at_risk") & f["group_type"].isin(COMPLETE)).to_numpy() & exact_total
    population = (f["measure"] == "rate").to_numpy()
    bottom = np.where(whole | public | population, d, rounded(d))
    measure = f["measure"].to_numpy()
    is_count, is_percent, is_rate = measure == "count", measure == "percent", measure == "rate"

    low_share, high_share = rates.wilson(np.minimum(np.nan_to_num(top), np.nan_to_num(bottom)), np.nan_to_num(bottom))
    low_count, high_count = rates.poisson(np.nan_to_num(top))
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.minimum(100 * top / bottom, 100)
        coarse = bottom < rule.percent_whole_from
        percent = np.where(coarse, np.round(share / 5) * 5, np.round(share))
        rate = _significant(top / bottom * 10_000, 2)
        value = np.select([is_count, is_percent, is_rate], [top, percent, rate], np.nan)
        lower = np.select(
            [is_percent, is_rate], [np.round(100 * low_share), _significant(low_count / bottom * 10_000, 2)], np.nan
        )
        upper = np.select(
            [is_percent, is_rate], [np.round(100 * high_share), _significant(high_count / bottom * 10_000, 2)], np.nan
        )
    hidden_part = is_percent & (bottom < rule.percent_fifths_from)
    status = np.select(
        [refused, undefined, small & is_count, small | hidden_part, is_exact & is_count],
        ["refused", "not_applicable", "suppressed", "withheld", "exact"],
        "rounded",
    )
    shown = np.isin(status, ["exact", "rounded"])
    out = f[list(KEY)].copy()
    out["section"], out["unit"], out["status"] = f["section"], f["unit"], status
    out["value"] = np.where(shown, value, np.nan)
    out["lower"], out["upper"] = np.where(shown, lower, np.nan), np.where(shown, upper, np.nan)
    out["low"] = np.where(
        is_count & shown,
        np.where(is_exact, n, np.maximum(top - rule.base // 2, rule.threshold)),
        np.where(small & is_count & ~refused, 0, np.nan),
    )
    out["high"] = np.where(
        is_count & shown,
        np.where(is_exact, n, top + (rule.base - 1) // 2),
        np.where(small & is_count & ~refused, rule.threshold - 1, np.nan),
    )
    out["denominator"] = np.where(shown & ~is_count, bottom, np.nan)
    out["label"] = [_text(m, s, v, rule) for m, s, v in zip(measure, status, out["value"], strict=True)]
    out["note"] = np.where(refused | shown, f["note"], "")
    return LabelStore(out[list(COLUMNS)])


def _text(measure: str, status: str, value: float, rule: Rule) -> str:
    if status == "suppressed":
        return f"fewer than {rule.threshold}"
    if status in ("withheld", "not_applicable"):
        return "not shown" if status == "withheld" else "n/a"
    if status == "refused":
        return "refused"
    if measure == "percent":
        # Only shares whose parts are shown get here, so one that rounds to nought is not nought.
        return "under 1%" if value < 1 else f"{value:.0f}%"
    if measure == "rate":
        return f"{value:.1f}" if value < 10 else f"{value:.0f}"
    return f"{value:,.0f}"

"""The hidden-scale verdict as rows of figures: ranges of two significant figures, never a bare point, and words for why."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from profiles.figures import CITY, COLUMNS, DEFINITION, FOR_LABELS
from profiles.statistics.hidden_scale.estimate import REFUSE, Result, estimate, two_figures
from profiles.statistics.hidden_scale.histories import HistoriesError, histories

LISTS = ("police", "trust", "health")
MONTHS = 12
Said = list[dict[str, Any]]


def verdict(seen: Sequence[tuple[bool, ...]], unreferred: Sequence[tuple[bool, ...]]) -> Said:
    """From who is on which list, with and without records that followed a referral: what is said, as group, lower, upper,
    label and note. A table with a fault is refused with the fault as the reason."""
    try:
        found = estimate(_table(seen), months=MONTHS)
    except HistoriesError as error:
        return [_row("verdict", None, REFUSE, str(error))]
    rows = [_row("verdict", None, found.verdict, "; ".join(found.reasons))]
    if found.verdict == REFUSE or found.choice is None or found.choice.chosen is None:
        return rows
    known = found.histories.known
    others = [found.alternatives[n] for n in ("main_effects", "stepwise_p02", "home_office") if found.alternatives[n]]
    ranges: dict[str, tuple[float, float] | list[float] | None] = {
        "shown": found.shown,
        "resamples": found.bootstrap.at_95 if found.bootstrap else None,
        "profile": found.profile,
        "models": found.alternatives["within_6_bic"],
        "rules": (min(others), max(others)) if others else None,
        "unreferred": _without(unreferred),
    }
    what_if = found.diagnostics["sensitivity"]
    for name, values in (
        ("hidden", list(what_if["hidden_part"].values())),
        ("missed", list(what_if["missed_links"].values())),
        ("absent", [n for of in what_if["absent_pairs"].values() for n in of.values()]),
    ):
        ranges[name] = (min(values), max(values)) if values else None
    return rows + [_row(name, (span[0], span[1]), "", "", known) for name, span in ranges.items() if span]


def _table(seen: Sequence[tuple[bool, ...]]) -> Any:
    counts: dict[int, float] = {}
    for on in seen:
        mask = sum(1 << i for i, is_on in enumerate(on) if is_on)
        if mask:
            counts[mask] = counts.get(mask, 0) + 1
    return histories(LISTS, counts)


def _without(unreferred: Sequence[tuple[bool, ...]]) -> tuple[float, float] | None:
    try:
        found: Result = estimate(_table(unreferred), months=MONTHS)
    except HistoriesError:
        return None
    return found.shown if found.verdict != REFUSE else None


def _row(group: str, span: tuple[float, float] | None, label: str, note: str, known: int = 0) -> dict[str, Any]:
    if span is None:
        return {"group": group, "lower": None, "upper": None, "label": label, "note": note}
    low, high = two_figures(max(known, span[0])), two_figures(max(known, span[1]))
    # Both ends alike would read as a point: they stand a step of the rounding apart.
    if low == high:
        step = 10 ** max(0, len(str(high)) - 2)
        low, high = low - step, high + step
    return {"group": group, "lower": low, "upper": high, "label": f"{low:,} to {high:,}", "note": note}


def estimate_rows(said: Said, exact: pd.DataFrame, as_at: dt.date) -> pd.DataFrame:
    """Rows for the exact table. Where the children sighted are refused, so is the verdict, for the same reason."""
    total = exact[(exact["figure"] == "sighted") & (exact["group_type"] == "all") & (exact["measure"] == "count")]
    if not len(total):
        return exact.iloc[:0]
    refused = total["status"].iloc[0] == "refused"
    base = dict.fromkeys((*COLUMNS, *FOR_LABELS), "") | dict.fromkeys(
        ("numerator", "denominator", "value", "lower", "upper", "contributors", "top_two"), np.nan
    )
    base |= {
        "profile": as_at.isoformat(), "section": "overlap", "figure": "hidden_scale", "measure": "estimate", "unit": "children",
        "group_type": "method", "definition": DEFINITION, "area_code": CITY, "period_start": total["period_start"].iloc[0],
        "period_end": total["period_end"].iloc[0], "status": "refused" if refused else "ok"}  # fmt: skip
    kept = [s for s in said if s["group"] == "verdict"] if refused else said
    reason = {"note": total["note"].iloc[0], "label": ""} if refused else {}
    rows = [base | {k: v for k, v in s.items() if v is not None} | reason for s in kept]
    return pd.DataFrame(rows)[list(exact.columns)]

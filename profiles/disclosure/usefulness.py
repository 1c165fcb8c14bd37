"""How much of what must be published protection leaves: a profile that shows nothing is safe and of
no use.
"""

from __future__ import annotations

from typing import Any

from profiles.disclosure.audit import DETAILS
from profiles.disclosure.counts import Counts
from profiles.disclosure.labels import SHOWN
from profiles.disclosure.plan import Plan


def usefulness(counts: Counts, edition: str, plan: Plan) -> dict[str, Any]:
    """Figures of the required tables and headlines that an edition withholds, residual rows apart:
    number and per cent.

    In the partner edition every table counts, since its own detail is what it is for. A stand-in
    stands for its table.
    """
    t = counts.table
    required = {x.name for x in plan.tables if x.is_required or edition != "public"}
    required |= {
        f"{x.figure} by {', '.join(x.instead)}" for x in plan.tables if x.is_required and x.instead
    }
    is_headline = (
        (t["table"] == "")
        & t["figure"].isin(plan.policy.required)
        & (t["period_end"] == t["profile"])
    )
    asked = t[
        t["edition"].isin(DETAILS[edition])
        & ~t["is_residual"]
        & (t["table"].isin(required) | is_headline)
    ]
    asked = asked[~asked["status"].isin(["refused", "not_applicable"])]
    hidden = int((~asked["status"].isin(SHOWN)).sum())
    percent = round(100 * hidden / max(1, len(asked)), 1)
    return {
        "figures": len(asked),
        "withheld": hidden,
        "percent": percent,
    }

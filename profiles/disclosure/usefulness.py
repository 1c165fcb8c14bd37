"""How much of what must be published protection leaves: a profile that shows nothing is safe and of
no use.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import pandas as pd

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


@dataclass(frozen=True)
class SectionUse:
    """What protection leaves of a section: numbers by how they are shown, those held as they were
    published before (they are shown too), and by how many children a shown number is off on
    average.
    """

    section: str
    shown: int
    small: int
    withheld: int
    refused: int
    not_applicable: int
    held: int
    rounding: float

    @property
    def percent_shown(self) -> float:
        """Of the numbers that could be shown."""
        return round(100 * self.shown / max(1, self.shown + self.small + self.withheld), 1)


def by_section(counts: Counts, edition: str) -> list[SectionUse]:
    """What an edition shows, section by section, and in all. For the analyst: how far rounding is
    off follows from the exact counts.
    """
    table = counts.table[counts.table["edition"].isin(DETAILS[edition])]
    sections = [_use(str(name), group) for name, group in table.groupby("section", sort=True)]
    return [*sections, _use("all", table)]


def _use(name: str, cells: pd.DataFrame) -> SectionUse:
    status = cells["status"]
    is_shown = status.isin(SHOWN)
    is_new = is_shown & ~cells["is_held"].astype(bool)
    off = (cells.loc[is_new, "value"].astype(float) - cells.loc[is_new, "n"].astype(float)).abs()
    rounding = 0.0
    if len(off):
        rounding = round(float(off.mean()), 2)
    return SectionUse(
        section=name,
        shown=int(is_shown.sum()),
        small=int((status == "suppressed").sum()),
        withheld=int((status == "withheld").sum()),
        refused=int((status == "refused").sum()),
        not_applicable=int((status == "not_applicable").sum()),
        held=int(cells["is_held"].sum()),
        rounding=rounding,
    )

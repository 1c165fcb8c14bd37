"""Whether the children at risk are in care or have a plan."""

from __future__ import annotations

from profiles.blocks import Block, Section
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.page import Page
from profiles.sections.common import counted, crossed, of, refused, share_table

STATES = ["CLA", "CP", "CIN", "none"]


def build(store: LabelStore, page: Page) -> Section:
    """One state per child, the sums that are often quoted, and any spell of each kind."""
    states = counted(store, "at_risk", "plan", STATES)
    if states[0][1].status == "refused":
        return Section("care", "Care and plans", refused(states[0][1]), [])
    sums = counted(store, "at_risk", "plan", ["CP or CIN", "CP or CIN or CLA"])
    both, every = sums[0], sums[1]
    answer = (
        f"{every[1].about.capitalize()} of the children at risk were in care or had a child protection or child in need plan{of(every[2])}; "
        f"{both[1].about} had a plan and were not in care{of(both[2])}."
    )
    shares = [(g.label, p) for g, _, p in states if p]
    caption = f"Children at risk on {page.as_at_words}, by care and plan and level of risk"
    tables, notes = crossed(store, "at_risk", "plan", "risk_level", caption, "State")
    by_risk = [Block(tables=tables, notes=notes)] if tables or notes else []
    return Section(
        "care",
        "Care and plans",
        answer,
        [
            Block(
                sentences=[
                    "Each child is counted once: in care, else with a child protection plan, else with a child in need plan, else none. Early help is counted as none."
                ],
                chart=bars(
                    "care",
                    "Share of children at risk, by care and plan",
                    f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
                    shares,
                    suffix="%",
                ),
                tables=[
                    share_table(
                        f"Children at risk on {page.as_at_words}, by care and plan",
                        "State",
                        [*states, *sums],
                        "children at risk",
                    )
                ],
            ),
            *by_risk,
            Block(
                "Any plan or spell in care",
                ["A child in care may have a plan as well, so these overlap."],
                tables=[
                    share_table(
                        f"Children at risk on {page.as_at_words} with any of each",
                        "Kind",
                        counted(store, "at_risk", "plan_any"),
                        "children at risk",
                    )
                ],
            ),
        ],
    )

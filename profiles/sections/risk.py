"""The risk mix of the children at risk."""

from __future__ import annotations

from profiles.blocks import Block, Section
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.page import Page
from profiles.sections.common import counted, joined, of, refused, share_table


def build(store: LabelStore, page: Page) -> Section:
    """High, medium, low: counts and shares."""
    rows = counted(store, "at_risk", "risk_level")
    if not rows[0][1].is_shown and rows[0][1].status == "refused":
        return Section("risk", "How high the risk is", refused(rows[0][1]), [])
    parts = [f"{count.about} were at {g.label.lower()} risk{of(percent)}" for g, count, percent in rows]
    shares = [(g.label, percent) for g, _, percent in rows if percent]
    return Section(
        "risk",
        "How high the risk is",
        f"Of the children at risk, {joined(parts)}.",
        [
            Block(
                sentences=[
                    "The level is the hub's professional judgement at the last assessment on or before the day; if a child has two open cases, the higher counts."
                ],
                chart=bars(
                    "risk",
                    "Share of children at risk, by level",
                    f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
                    shares,
                    suffix="%",
                ),
                tables=[
                    share_table(
                        f"Children at risk on {page.as_at_words}, by level of risk", "Level", rows, "children at risk"
                    )
                ],
            )
        ],
    )

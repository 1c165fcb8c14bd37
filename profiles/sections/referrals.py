"""Who refers children to the hub, and what becomes of the referrals."""

from __future__ import annotations

from profiles.blocks import Block, Section
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.page import Page
from profiles.sections.common import counted, joined, refused, share_table, withheld_words

TITLE = "Referrals to the hub"


def build(store: LabelStore, page: Page) -> Section:
    """Sources and decisions of the 12 months' referrals for criminal exploitation."""
    total = store.get("hub_referrals")
    if total.status == "refused":
        return Section("referrals", TITLE, refused(total), [])
    sources = counted(store, "hub_referrals", "referral_source")
    ranked = sorted(
        (r for r in sources if r[1].is_shown and not r[0].is_residual), key=lambda r: (-(r[1].value or 0), r[0].label)
    )
    most = [f"{g.label[0].lower()}{g.label[1:]} ({count.about})" for g, count, p in ranked[:2]]
    answer = f"In the 12 months to {page.as_at_words} there were {total.about} referrals to the hub for criminal exploitation"
    answer += f"; the largest sources were {joined(most)}." if most else "."
    decisions = counted(store, "hub_referrals", "decision")
    ordered = [*ranked, *(r for r in sources if r not in ranked)]
    return Section(
        "referrals",
        TITLE,
        answer,
        [
            Block(
                "Who referred",
                [
                    "A child can be referred more than once. Few referrals from a service can mean few concerns, or concerns that are not passed on."
                ],
                bars(
                    "referral_sources",
                    "Referrals to the hub, by source",
                    f"referrals in the 12 months to {page.as_at_words}",
                    [(g.label, c) for g, c, _ in ordered],
                ),
                [
                    share_table(
                        f"Referrals to the hub in the 12 months to {page.as_at_words}, by source",
                        "Source",
                        ordered,
                        "referrals",
                        "Referrals",
                    )
                ],
                withheld_words([c for _, c, _ in sources]),
            ),
            Block(
                "What was decided",
                tables=[
                    share_table(
                        f"Referrals to the hub in the 12 months to {page.as_at_words}, by decision",
                        "Decision",
                        decisions,
                        "referrals",
                        "Referrals",
                    )
                ],
                notes=withheld_words([c for _, c, _ in decisions]),
            ),
        ],
    )

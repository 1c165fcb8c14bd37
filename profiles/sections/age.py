"""The ages of the children at risk."""

from __future__ import annotations

from profiles.blocks import Block, Section
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.page import Page
from profiles.sections.common import counted, of, refused, share_table


def build(store: LabelStore, page: Page) -> Section:
    """Bands for both editions, single years where the edition has them."""
    rows = counted(store, "at_risk", "age_band")
    if rows[0][1].status == "refused":
        return Section("age", "How old they are", refused(rows[0][1]), [])
    older = next((c, p) for g, c, p in rows if g.group == "15-17")
    younger = next((c, p) for g, c, p in rows if g.group == "10-14")
    unknown = next(c for g, c, _ in rows if g.group == "not known")
    answer = f"{older[0].about.capitalize()} children at risk were aged 15–17{of(older[1], 'whose age is known')} and {younger[0].about} were aged 10–14{of(younger[1])}."
    blocks = [
        Block(
            sentences=[f"Shares are of children whose age is known; age was not known for {unknown.about}."],
            chart=bars(
                "age",
                "Children at risk, by age band",
                f"children at risk on {page.as_at_words}",
                [(g.label, count) for g, count, _ in rows if not g.is_residual],
            ),
            tables=[share_table(f"Children at risk on {page.as_at_words}, by age band", "Age", rows, "known ages")],
        )
    ]
    years = counted(store, "at_risk", "age")
    if years:
        blocks.append(
            Block(
                "By single year",
                ["Age is in completed years, from the month of birth."],
                bars(
                    "years",
                    "Children at risk, by single year of age",
                    f"children at risk on {page.as_at_words}",
                    [(g.label, c) for g, c, _ in years],
                ),
                [
                    share_table(
                        f"Children at risk on {page.as_at_words}, by single year of age", "Age", years, "known ages"
                    )
                ],
            )
        )
    return Section("age", "How old they are", answer, blocks)

"""The ages of the children at risk."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.sections.common import (
    counted,
    crossed,
    merged_words,
    of,
    refused,
    share_table,
    withheld_words,
)


def build(store: LabelStore, page: Page) -> Section:
    """Bands for both editions, single years where the edition has them."""
    rows = counted(store, "at_risk", "age_band")
    if rows[0][1].status == "refused":
        return Section(
            "age", "How old they are", refused(rows[0][1], "how old the children at risk are"), []
        )
    older = next((c, p) for g, c, p in rows if g.group == "15-17")
    young, *_ = younger = next((g, c, p) for g, c, p in rows if g.group in ("10-14", "under 15"))
    unknown = next(c for g, c, _ in rows if g.group == "not known")
    answer = (
        f"{older[0].about.capitalize()} children at risk were aged "
        f"15–17{of(older[1], 'whose age is known')} and {younger[1].about} were "
        f"{'aged 10–14' if young.group == '10-14' else 'under 15'}{of(younger[2])}."
    )
    chart = bars(
        "age",
        "Children at risk, by age band",
        f"children at risk on {page.as_at_words}",
        [(g.label, count) for g, count, _ in rows if not g.is_residual],
    )
    labels = [c for _, c, _ in rows]
    blocks = [
        Block(
            sentences=[
                f"Shares are of children whose age is known; age was not known for {unknown.about}."
            ],
            chart=chart,
            tables=[
                share_table(
                    f"Children at risk on {page.as_at_words}, by age band",
                    "Age",
                    rows,
                    "known ages",
                )
            ],
            notes=[
                *merged_words(store, "at_risk", "age_band"),
                *withheld_words(labels),
            ],
        )
    ]
    for across, title in (
        ("risk_level", "By age band and level of risk"),
        ("sex", "By age band and sex"),
    ):
        caption = f"Children at risk on {page.as_at_words}, {title[0].lower()}{title[1:]}"
        tables, notes = crossed(store, "at_risk", "age_band", across, caption, "Age")
        if tables or notes:
            blocks.append(Block(tables=tables, notes=notes))
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
                        f"Children at risk on {page.as_at_words}, by single year of age",
                        "Age",
                        years,
                        "known ages",
                    )
                ],
            )
        )
    return Section("age", "How old they are", answer, blocks)

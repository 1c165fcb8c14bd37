"""The ages of the children at risk."""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import uncapital
from profiles.sections.common import (
    Counted,
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
    by_band = {row.group.group: row for row in rows}
    older = by_band["15-17"]
    # Children under 10 are merged with those aged 10–14 where they are few.
    younger = by_band.get("10-14") or by_band["under 15"]
    if "10-14" in by_band:
        younger_words = "aged 10–14"
    else:
        younger_words = "under 15"
    unknown = by_band["not known"].label
    answer = (
        f"{older.label.about.capitalize()} children at risk were aged "
        f"15–17{of(older.percent, 'whose age is known')} and {younger.label.about} were "
        f"{younger_words}{of(younger.percent)}."
    )
    blocks = [_by_band(store, page, rows, unknown)]
    for across, title in (
        ("risk_level", "By age band and level of risk"),
        ("sex", "By age band and sex"),
    ):
        caption = f"Children at risk on {page.as_at_words}, {uncapital(title)}"
        tables, notes = crossed(store, "at_risk", "age_band", across, caption, "Age")
        if tables or notes:
            blocks.append(Block(tables=tables, notes=notes))
    years = counted(store, "at_risk", "age")
    if years:
        blocks.append(_by_single_year(page, years))
    return Section("age", "How old they are", answer, blocks)


def _by_band(store: LabelStore, page: Page, rows: list[Counted], unknown: Label) -> Block:
    chart = bars(
        "age",
        "Children at risk, by age band",
        f"children at risk on {page.as_at_words}",
        [(row.group.label, row.label) for row in rows if not row.group.is_residual],
    )
    sentence = f"Shares are of children whose age is known; age was not known for {unknown.about}."
    caption = f"Children at risk on {page.as_at_words}, by age band"
    table = share_table(caption, "Age", rows, "known ages")
    labels = [r.label for r in rows]
    notes = merged_words(store, "at_risk", "age_band") + withheld_words(labels)
    return Block(sentences=[sentence], chart=chart, tables=[table], notes=notes)


def _by_single_year(page: Page, years: list[Counted]) -> Block:
    rows = [(row.group.label, row.label) for row in years]
    chart = bars(
        "years",
        "Children at risk, by single year of age",
        f"children at risk on {page.as_at_words}",
        rows,
    )
    caption = f"Children at risk on {page.as_at_words}, by single year of age"
    table = share_table(caption, "Age", years, "known ages")
    sentence = "Age is in completed years, from the month of birth."
    return Block("By single year", [sentence], chart, [table])

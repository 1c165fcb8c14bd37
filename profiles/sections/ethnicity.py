"""Ethnic groups of the children at risk beside the area's, and why there is no rate."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.sections import equity
from profiles.sections.common import counted, crossed, largest_first, of, refused

CONTEXT = (
    "The last column of the table shows the area's residents of all ages, for context only: "
    "children are a different mix from adults, "
    "so it does not tell whether a group is over- or under-represented among children at risk."
)
_NONE = Cell("–", is_number=True)


def build(store: LabelStore, page: Page) -> Section:
    """Five groups, completeness, the all-age shares as context, the refused rates."""
    rows = counted(store, "at_risk", "ethnicity")
    title = "Ethnic group"
    if rows[0][1].status == "refused":
        return Section(
            "ethnicity",
            title,
            refused(rows[0][1], "which ethnic groups the children at risk belong to"),
            [],
        )
    ranked = largest_first([row for row in rows if row.percent is not None])
    parts = [f"{count.about} were {g.label}{of(percent)}" for g, count, percent in ranked]
    if parts:
        answer = f"Of the children at risk whose ethnic group is known, {'; '.join(parts)}."
    else:
        answer = "No ethnic group has enough children at risk to be shown."
    unknown = next(c for g, c, _ in rows if g.group == "Not known")
    # An area without a census table of ethnic groups has no such context.
    has_residents = bool(store.groups("residents_all_ages", "ethnicity"))
    cells = []
    for g, count, percent in rows:
        row = [head(g.label), shown(count)]
        row += [shown(percent), interval(percent, "%")] if percent else [_NONE, _NONE]
        if has_residents and percent:
            row.append(shown(store.get("residents_all_ages", "percent", "ethnicity", g.group)))
        elif has_residents:
            row.append(_NONE)
        cells.append(row)
    rate = store.get("at_risk_residents_10_17", "rate", "ethnicity", "White")
    columns = ["Ethnic group", "Children", "Share of known ethnic groups", "95% interval"]
    if has_residents:
        columns.append("Residents of all ages, 2021")
    sentences = [
        (
            f"Ethnic group was not known for {unknown.about} children at risk; they are left "
            "out of the shares."
        ),
        *([CONTEXT] if has_residents else []),
    ]
    chart = bars(
        "ethnicity",
        "Ethnic group of children at risk",
        (
            f"per cent of children at risk of known ethnic group on {page.as_at_words}; lines "
            "are 95% intervals"
        ),
        [(g.label, p) for g, _, p in rows if p],
        suffix="%",
    )
    tables = [Table(f"Children at risk on {page.as_at_words}, by ethnic group", columns, cells)]
    known_groups = Block(
        sentences=sentences,
        chart=chart,
        tables=tables,
    )
    residents = [
        (g, store.get("at_risk_residents_10_17", "rate", "ethnicity", g.group))
        for g, _, p in rows
        if p
    ]
    by_group = [
        [
            head(g.label),
            shown(store.get("at_risk_residents_10_17", "count", "ethnicity", g.group)),
            shown(r),
            interval(r),
        ]
        for g, r in residents
        if r.status != "refused"
    ]
    caption = (
        f"Children at risk on {page.as_at_words} aged 10–17 who live in {store.area.name}, and "
        "per 10,000 residents of that age and group"
    )
    rates = Block(
        "Rates by ethnic group",
        [
            *([f"{rate.note[0].upper()}{rate.note[1:]}."] if rate.is_shown else []),
            *([f"Rates cannot be given yet: {rate.note}."] if rate.status == "refused" else []),
            (
                "Services, suspension, care, the National Referral Mechanism and disposals are not "
                "shown by ethnic group here: there are too few children in most groups."
            ),
        ],
        tables=[
            Table(caption, ["Ethnic group", "Children", "Per 10,000", "95% interval"], by_group)
        ]
        if by_group
        else [],
    )
    blocks = [
        known_groups,
        *_crossed(store, page),
        rates,
        *equity.blocks(store, page, "ethnicity"),
    ]
    return Section(
        "ethnicity",
        title,
        answer,
        blocks,
    )


def _crossed(store: LabelStore, page: Page) -> list[Block]:
    blocks = []
    for across, what in (("sex", "sex"), ("risk_level", "level of risk")):
        caption = f"Children at risk on {page.as_at_words}, by ethnic group and {what}"
        tables, notes = crossed(store, "at_risk", "ethnicity", across, caption, "Ethnic group")
        if tables or notes:
            blocks.append(Block(tables=tables, notes=notes))
    return blocks

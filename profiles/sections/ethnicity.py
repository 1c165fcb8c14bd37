"""Ethnic groups of the children at risk beside the area's, and why there is no rate."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import capital
from profiles.sections import equity
from profiles.sections.common import Counted, counted, crossed, largest_first, of, refused

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
    first = rows[0].label
    if first.status == "refused":
        answer = refused(first, "which ethnic groups the children at risk belong to")
        return Section("ethnicity", title, answer, [])
    ranked = largest_first([row for row in rows if row.percent is not None])
    parts = [f"{count.about} were {g.label}{of(percent)}" for g, count, percent in ranked]
    if parts:
        answer = f"Of the children at risk whose ethnic group is known, {'; '.join(parts)}."
    else:
        answer = "No ethnic group has enough children at risk to be shown."
    blocks = [_groups(store, page, rows), *_crossed(store, page), _rates(store, page, rows)]
    blocks += equity.blocks(store, page, "ethnicity")
    return Section("ethnicity", title, answer, blocks)


def _groups(store: LabelStore, page: Page, rows: list[Counted]) -> Block:
    """The groups beside their shares of all residents, where the area has a census table of
    them.
    """
    unknown = next(row.label for row in rows if row.group.group == "Not known")
    sentences = [
        f"Ethnic group was not known for {unknown.about} children at risk; they are left out of "
        "the shares."
    ]
    columns = ["Ethnic group", "Children", "Share of known ethnic groups", "95% interval"]
    has_residents = bool(store.groups("residents_all_ages", "ethnicity"))
    if has_residents:
        columns.append("Residents of all ages, 2021")
        sentences.append(CONTEXT)
    cells = []
    shares = []
    for g, count, percent in rows:
        row = [head(g.label), shown(count), _NONE, _NONE]
        residents = _NONE
        if percent:
            row[2] = shown(percent)
            row[3] = interval(percent, "%")
            shares.append((g.label, percent))
        if percent and has_residents:
            residents = shown(store.get("residents_all_ages", "percent", "ethnicity", g.group))
        if has_residents:
            row.append(residents)
        cells.append(row)
    chart = bars(
        "ethnicity",
        "Ethnic group of children at risk",
        f"per cent of children at risk of known ethnic group on {page.as_at_words}; lines are 95% "
        "intervals",
        shares,
        suffix="%",
    )
    table = Table(f"Children at risk on {page.as_at_words}, by ethnic group", columns, cells)
    return Block(sentences=sentences, chart=chart, tables=[table])


def _rates(store: LabelStore, page: Page, rows: list[Counted]) -> Block:
    """Rates by group where residents of the age are counted by group; else why there are none."""
    rate = store.get("at_risk_residents_10_17", "rate", "ethnicity", "White")
    cells = []
    for group, _, percent in rows:
        if percent is None:
            continue
        of_group = store.get("at_risk_residents_10_17", "rate", "ethnicity", group.group)
        if of_group.status == "refused":
            continue
        children = store.get("at_risk_residents_10_17", "count", "ethnicity", group.group)
        cells.append([head(group.label), shown(children), shown(of_group), interval(of_group)])
    sentences = []
    if rate.is_shown:
        sentences.append(f"{capital(rate.note)}.")
    if rate.status == "refused":
        sentences.append(f"Rates cannot be given yet: {rate.note}.")
    sentences.append(
        "Services, suspension, care, the National Referral Mechanism and disposals are not shown "
        "by ethnic group here: there are too few children in most groups."
    )
    tables = []
    if cells:
        caption = (
            f"Children at risk on {page.as_at_words} aged 10–17 who live in {store.area.name}, "
            "and per 10,000 residents of that age and group"
        )
        columns = ["Ethnic group", "Children", "Per 10,000", "95% interval"]
        tables.append(Table(caption, columns, cells))
    return Block("Rates by ethnic group", sentences, tables=tables)


def _crossed(store: LabelStore, page: Page) -> list[Block]:
    blocks = []
    for across, what in (("sex", "sex"), ("risk_level", "level of risk")):
        caption = f"Children at risk on {page.as_at_words}, by ethnic group and {what}"
        tables, notes = crossed(store, "at_risk", "ethnicity", across, caption, "Ethnic group")
        if tables or notes:
            blocks.append(Block(tables=tables, notes=notes))
    return blocks

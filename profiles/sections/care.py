"""Whether the children at risk are in care or have a plan."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import uncapital
from profiles.sections.common import (
    Counted,
    Row,
    breakdown,
    counted,
    crossed,
    listed,
    of,
    refused,
    share_table,
    why,
    withheld_words,
)

ONE_STATE = (
    "Each child is counted once: in care, else with a child protection plan, else with a child in "
    "need plan, else none. Early help is counted as none."
)
STATES = ["CLA", "CP", "CIN", "none"]


def build(store: LabelStore, page: Page) -> Section:
    """One state per child, the sums that are often quoted, and any spell of each kind."""
    states = counted(store, "at_risk", "plan", STATES)
    if states[0][1].status == "refused":
        return Section(
            "care",
            "Care and plans",
            refused(
                states[0][1],
                (
                    "how many of the children at risk are in care or have a plan, and where they "
                    "are placed"
                ),
            ),
            [],
        )
    sums = counted(store, "at_risk", "plan", ["CP or CIN", "CP or CIN or CLA"])
    with_plan, every = sums
    answer = (
        f"{every.label.about.capitalize()} of the children at risk were in care or had a child "
        f"protection or child in need plan{of(every.percent)}; "
        f"{with_plan.label.about} had a plan and were not in care{of(with_plan.percent)}."
    )
    blocks = [_states(page, states, sums)]
    caption = f"Children at risk on {page.as_at_words}, by care and plan and level of risk"
    tables, notes = crossed(store, "at_risk", "plan", "risk_level", caption, "State")
    if tables or notes:
        blocks.append(Block(tables=tables, notes=notes))
    blocks += [_any_spell(store, page), _in_care(store, page), _placed(store, page)]
    return Section("care", "Care and plans", answer, blocks)


def _states(page: Page, states: list[Counted], sums: list[Counted]) -> Block:
    shares = [(row.group.label, row.percent) for row in states if row.percent]
    chart = bars(
        "care",
        "Share of children at risk, by care and plan",
        f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
        shares,
        suffix="%",
    )
    caption = f"Children at risk on {page.as_at_words}, by care and plan"
    table = share_table(caption, "State", [*states, *sums], "children at risk")
    return Block(sentences=[ONE_STATE], chart=chart, tables=[table])


def _any_spell(store: LabelStore, page: Page) -> Block:
    caption = f"Children at risk on {page.as_at_words} with any of each"
    rows = counted(store, "at_risk", "plan_any")
    return Block(
        "Any plan or spell in care",
        ["A child in care may have a plan as well, so these overlap."],
        tables=[share_table(caption, "Kind", rows, "children at risk")],
    )


def _in_care(store: LabelStore, page: Page) -> Block:
    return breakdown(
        store,
        "at_risk_in_care",
        "placement",
        f"Children at risk in care on {page.as_at_words}, by placement",
        "Placement",
        "children at risk in care",
        heading="Where children in care live",
    )


def _placed(store: LabelStore, page: Page) -> Block:
    """Responsible and placing authority told apart."""
    rows: list[Row] = []
    for group, count, percent in counted(store, "at_risk_in_care", "placed_where"):
        rows.append((f"{store.area.name}'s children: {uncapital(group.label)}", count, percent))
    placed_here = store.get("placed_here_by_others")
    labels = [placed_here, *(c for _, c, _ in rows)]
    sentences = [
        (
            "Who is responsible for a child and where the child is placed are two things. "
            f"{store.area.name}'s children are counted among the children at risk wherever "
            "they are placed. Children whom other authorities placed here are not: they stand "
            "in the last row alone."
        ),
    ]
    rows.append((f"Other authorities' children placed in {store.area.name}", placed_here, None))
    caption = f"Children in care assessed as at risk on {page.as_at_words}"
    share_of = f"{store.area.name}'s children at risk in care"
    tables = [listed(caption, "", rows, share_of=share_of)]
    notes = [
        "Placements are those of the day, by their dates.",
        *why(*labels),
        *withheld_words(labels),
    ]
    return Block(
        "Placed outside the area, and placed here by others",
        sentences,
        tables=tables,
        notes=notes,
    )

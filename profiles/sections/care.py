"""Whether the children at risk are in care or have a plan."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.sections.common import (
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
    both, every = sums[0], sums[1]
    answer = (
        f"{every[1].about.capitalize()} of the children at risk were in care or had a child "
        f"protection or child in need plan{of(every[2])}; "
        f"{both[1].about} had a plan and were not in care{of(both[2])}."
    )
    shares = [(g.label, p) for g, _, p in states if p]
    caption = f"Children at risk on {page.as_at_words}, by care and plan and level of risk"
    tables, notes = crossed(store, "at_risk", "plan", "risk_level", caption, "State")
    if tables or notes:
        by_risk = [Block(tables=tables, notes=notes)]
    else:
        by_risk = []
    chart = bars(
        "care",
        "Share of children at risk, by care and plan",
        f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
        shares,
        suffix="%",
    )
    return Section(
        "care",
        "Care and plans",
        answer,
        [
            Block(
                sentences=[
                    (
                        "Each child is counted once: in care, else with a child protection plan, "
                        "else with a child in need plan, else none. Early help is counted as none."
                    )
                ],
                chart=chart,
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
            _in_care(store, page),
            _placed(store, page),
        ],
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
    rows = [
        (f"{store.area.name}'s children: {g.label[0].lower()}{g.label[1:]}", count, percent)
        for g, count, percent in counted(store, "at_risk_in_care", "placed_where")
    ]
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
    tables = [
        listed(
            f"Children in care assessed as at risk on {page.as_at_words}",
            "",
            [
                *rows,
                (f"Other authorities' children placed in {store.area.name}", placed_here, None),
            ],
            share_of=f"{store.area.name}'s children at risk in care",
        )
    ]
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

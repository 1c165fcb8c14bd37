"""The risk mix of the children at risk."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section, Table, head, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.sections.common import (
    breakdown,
    counted,
    crossed,
    of,
    refused,
    say,
    share_table,
    why,
    withheld_words,
)


def build(store: LabelStore, page: Page) -> Section:
    """High, medium, low: counts and shares."""
    rows = counted(store, "at_risk", "risk_level")
    if not rows[0][1].is_shown and rows[0][1].status == "refused":
        return Section(
            "risk",
            "How high the risk is",
            refused(rows[0][1], "how high the risk is and how it moves"),
            [],
        )
    parts = []
    for g, count, percent in rows:
        parts.append(f"{count.about} were at {g.label.lower()} risk{of(percent)}")
    shares = [(g.label, percent) for g, _, percent in rows if percent]
    chart = bars(
        "risk",
        "Share of children at risk, by level",
        f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
        shares,
        suffix="%",
    )
    tables = [
        share_table(
            f"Children at risk on {page.as_at_words}, by level of risk",
            "Level",
            rows,
            "children at risk",
        )
    ]
    blocks = [
        Block(
            sentences=[
                (
                    "The level is the hub's professional judgement at the last assessment on "
                    "or before the day; if a child has two open cases, the higher counts."
                )
            ],
            chart=chart,
            tables=tables,
        ),
        _a_year_on(store, page),
        _movement(store, page),
        _time(store, page),
        *_panels(store, page),
    ]
    return Section(
        "risk",
        "How high the risk is",
        f"Of the children at risk, {joined(parts)}.",
        blocks,
    )


def _a_year_on(store: LabelStore, page: Page) -> Block:
    higher = store.get("a_year_on", "count", "year_on", "higher")
    same = store.get("a_year_on", "count", "year_on", "same")
    lower = store.get("a_year_on", "count", "year_on", "lower")
    gone = store.get("a_year_on", "count", "year_on", "no longer at risk")
    sentences = say(
        (
            f"Of the children at risk a year before, {lower.about} stood at a lower level, "
            f"{same.about} at the same and {higher.about} at a higher one; for {gone.about} "
            "the case was closed or no risk was found."
        ),
        higher,
        same,
        lower,
        gone,
    )
    chart = (
        "a_year_on",
        "Where the children at risk a year before stood",
        f"per cent of them, on {page.as_at_words}; lines are 95% intervals",
    )
    return breakdown(
        store,
        "a_year_on",
        "year_on",
        f"Children at risk a year before, by where they stood on {page.as_at_words}",
        f"On {page.as_at_words}",
        "children at risk a year before",
        heading="A year later",
        sentences=sentences,
        chart=chart,
        notes=[
            (
                "A level that falls can mean less risk, or less that is known. A case that is "
                "closed is not a child who is safe: see why cases were closed, under “What was "
                "done”."
            )
        ],
    )


def _movement(store: LabelStore, page: Page) -> Block:
    year = f"in the 12 months to {page.as_at_words}"
    rows = counted(store, "reassessments", "movement")
    caption = f"Assessments {year}, by the level before and after"
    tables, notes = crossed(store, "reassessments", "level_before", "level_after", caption, "")
    labels = [c for _, c, _ in rows]
    return Block(
        "From one assessment to the next",
        [
            (
                "Each assessment is set beside the one before it in the same case. One child can "
                "have several, so the intervals are narrower than they would be for children."
            )
        ],
        tables=[
            share_table(
                f"Assessments {year} with one before, by movement",
                "The level was",
                rows,
                "assessments with one before",
                "Assessments",
            ),
            *tables,
        ],
        notes=[*notes, *why(*labels), *withheld_words(labels)],
    )


def _time(store: LabelStore, page: Page) -> Block:
    rows = []
    labels = []
    for g in store.groups_of("risk_level"):
        days = []
        for q in store.groups_of("quartile"):
            days.append(
                store.get("time_at_level", "median", "risk_level", g.group, {"quartile": q.group})
            )
        rows.append([head(g.label), *map(shown, days)])
        labels += days
    is_missed = any(x.text == "not reached" for x in labels)
    reached = []
    if is_missed:
        reached = ["“Not reached”: so many had not left it within the records."]
    tables = [
        Table(
            f"Days at a level that began in the 36 months to {page.as_at_words}",
            ["Level", *(f"{q.label} had left it by" for q in store.groups_of("quartile"))],
            rows,
        )
    ]
    notes = [*reached, *why(*labels)]
    return Block(
        "How long at a level",
        [
            (
                "Days until a child left the level, for another or for none. Children still at the "
                "level are counted for as long as they have been (Kaplan and Meier)."
            )
        ],
        tables=tables,
        notes=notes,
    )


def _panels(store: LabelStore, page: Page) -> list[Block]:
    year = f"in the 12 months to {page.as_at_words}"
    chart = (
        "absent",
        "Assessments without health, mental health or the police",
        (f"per cent of assessments {year} with a list of who was present; lines are 95% intervals"),
    )
    first = breakdown(
        store,
        "assessments",
        "absent",
        f"Assessments {year}, by who was not present",
        "",
        "assessments with a list of who was present",
        heading="Who was not in the room",
        counted_as="Assessments",
        sentences=[
            (
                "An assessment can lack several agencies. Where the list of those present is "
                "blank, the assessment is left out of the shares."
            )
        ],
        chart=chart,
        is_lead=True,
    )
    tables, notes = crossed(
        store,
        "assessments",
        "absent",
        "level_after",
        f"Assessments {year}, by who was not present and level",
        "",
    )
    blocks = [first]
    if tables or notes:
        blocks.append(Block(tables=tables, notes=notes))
    return blocks

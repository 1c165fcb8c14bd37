"""What is recommended, by whom it is to be done, and where its measure stands."""

from __future__ import annotations

import datetime as dt

from profiles.disclosure.labels import LabelStore
from profiles.disclosure.over_time import CHANGE, SHARE_CHANGE
from profiles.drawing.blocks import Block, Cell, Section, Table, head, shown
from profiles.drawing.page import Page
from profiles.drawing.recommendations import MeasureEntry, Recommendation
from profiles.drawing.words import in_words
from profiles.figures.dates import a_year_before, long_date
from profiles.statistics.differences import FALL, NONE, RISE

TITLE = "Recommendations"
EVERY = "All recommendations"
COLUMNS = [
    "Recommendation",
    "Owner and day",
    "State",
    "What tells of it",
    "Now",
    "Since a year before",
]
DASH = Cell("–")
NOT_COMPARED = Cell("not compared")
CHANGED = {RISE: "higher", FALL: "lower", NONE: "no clear change"}


def build(store: LabelStore, page: Page) -> Section:
    """All in one table, in their order, each with what tells of it and where that stands."""
    every = page.recommendations
    own_recommendations = [r for r in every if not r.is_example]
    if not own_recommendations:
        answer = "No recommendation is kept with this profile."
    else:
        late = [r for r in own_recommendations if r.is_late(page.judged_on)]
        done = [r for r in own_recommendations if r.state == "done"]
        silent = [r for r in own_recommendations if r.state == "not reported"]
        number = in_words(len(own_recommendations)).capitalize()
        recommendations = "recommendation" if len(own_recommendations) == 1 else "recommendations"
        answer = (
            f"{number} {recommendations}. Reported as done: {_how_many(done)}. Past the day and "
            f"not reported as done: {_how_many(late)}. Nothing reported: {_how_many(silent)}."
        )
    if len(own_recommendations) < len(every):
        answer += " Those marked as examples show the form."
    if not every:
        return Section("recommendations", TITLE, answer, [])
    columns = COLUMNS
    rows = [_row(r, store, page) for r in every]
    if all(row[-1] in (DASH, NOT_COMPARED) for row in rows):
        columns = columns[:-1]
        rows = [row[:-1] for row in rows]
    notes = [
        "Recommendations and their states are written by people, not worked out. A measure shows "
        "where things stand; that it moves does not show why.",
    ]
    table = Table("Recommendations, their states and what tells of them", columns, rows)
    return Section(
        "recommendations", TITLE, answer, [Block(EVERY, tables=[table], notes=notes, is_lead=True)]
    )


def _row(r: Recommendation, store: LabelStore, page: Page) -> list[Cell]:
    name = r.id
    if r.is_example:
        name += " (example)"
    state = f"{r.state}, overdue" if r.is_late(page.judged_on) else r.state
    return [
        head(f"{name}: {r.text}"),
        Cell(f"{r.owner}, {long_date(r.due)}"),
        Cell(state),
        *_told(r, store, page),
    ]


def _told(r: Recommendation, store: LabelStore, page: Page) -> list[Cell]:
    """What tells of it, where that stands, and how it moved."""
    label = r.label(store)
    measure = r.measure
    if label and measure:
        words = measure.words
        if measure.wanted != "watched":
            words += f"; should be {measure.wanted}"
        return [Cell(words), shown(label), Cell(_moved(measure, store, page))]
    if r.told_by == "this edition":
        teller = Cell("that this profile exists")
        oldest = min((s.period_end for s in page.sources), default="")
        if not oldest:
            return [teller, Cell("it rests on no extract"), DASH]
        ends = long_date(dt.date.fromisoformat(oldest))
        return [teller, Cell(f"its oldest extract ends on {ends}"), DASH]
    if r.told_by:
        return [Cell("the states in this table"), DASH, DASH]
    return [Cell(r.without), DASH, DASH]


def _moved(measure: MeasureEntry, store: LabelStore, page: Page) -> str:
    """What the section on changes says of the number since a year before; most measures are not
    followed.
    """
    kind = SHARE_CHANGE if measure.measure == "percent" else CHANGE
    since = a_year_before(page.day).isoformat()
    for change in store.every(measure.figure, kind, measure.group_type, measure.group):
        if change.period_start == since and change.note in CHANGED:
            return CHANGED[change.note]
    return NOT_COMPARED.text


def _how_many(those: list[Recommendation]) -> str:
    """“none”, “two”: a number of them that stands alone."""
    if not those:
        return "none"
    return in_words(len(those))

"""What is recommended, by whom it is to be done, and where its measure stands."""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, shown
from profiles.drawing.page import Page
from profiles.drawing.recommendations import STRANDS, Recommendation, recommendations
from profiles.drawing.words import in_words
from profiles.figures.dates import long_date

TITLE = "Recommendations"
COLUMNS = ["Recommendation", "Owner, due, state", "Measure", "Now", "Direction", "Rests on"]


def build(store: LabelStore, page: Page) -> Section:
    """One table per strand of the 4P; each with the current label of its measure."""
    every = recommendations(store.area)
    own_recommendations = [r for r in every if not r.is_example]
    late = [
        r
        for r in own_recommendations
        if r.state in ("not begun", "in progress") and r.due < page.day
    ]
    done = [r for r in own_recommendations if r.state == "done"]
    if len(own_recommendations) == 1:
        recommendations_are = "recommendation is"
    else:
        recommendations_are = "recommendations are"
    answer = (
        f"{in_words(len(own_recommendations)).capitalize()} {recommendations_are} made here: "
        f"{_how_many(done)} done, {_how_many(late)} overdue."
    )
    if len(own_recommendations) < len(every):
        answer += " The others are examples of the form."
    blocks = []
    for strand in STRANDS:
        rows = [_row(r, store, page) for r in every if r.strand == strand]
        if rows:
            tables = [Table(f"{strand}: recommendations and their measures", COLUMNS, rows)]
            blocks.append(
                Block(
                    strand,
                    tables=tables,
                )
            )
    notes = [
        (
            "Recommendations are written by people, not worked out. A measure shows where things "
            "stand; that it moves does not show why."
        )
    ]
    if any(r.is_example for r in every):
        notes.append("Those marked as examples show the form; nobody has made them.")
    return Section("recommendations", TITLE, answer, [*blocks, Block(notes=notes)])


def _row(r: Recommendation, store: LabelStore, page: Page) -> list[Cell]:
    label = r.label(store)
    now = shown(label) if label else Cell("–")
    return [
        head(f"{r.id}{' (example)' if r.is_example else ''}: {r.text}"),
        Cell(f"{r.owner}; {long_date(r.due)}; {r.state}"),
        Cell(r.words or "none"),
        now,
        Cell(
            f"should be {r.wanted}; since a year before: {_moved(r, label, store)}"
            if label
            else "–"
        ),
        Cell(", ".join(f.replace("_", " ") for f in r.findings)),
    ]


def _moved(r: Recommendation, label: Label, store: LabelStore) -> str:
    """Called a change only where the 95% intervals of the two labels do not meet; most measures
    have no earlier period.
    """
    figure, measure, group_type, group = r.measure or ("", "", "", "")
    before = []
    for x in store.every(figure, measure, group_type, group):
        if x.period_end < label.period_end:
            before.append(x)
    if not before or not before[-1].is_shown or not label.is_shown or label.upper is None:
        return "not compared"
    old = before[-1]
    if old.lower is None or old.upper is None or label.lower is None:
        return "not compared"
    if old.lower <= label.upper and label.lower <= old.upper:
        return "no clear change"
    if (label.value or 0) > (old.value or 0):
        return "higher"
    return "lower"


def _how_many(those: list[Recommendation]) -> str:
    """“none”, “two”: a number of them that stands alone."""
    if not those:
        return "none"
    return in_words(len(those))

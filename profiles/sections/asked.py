"""What is asked of whom, what cannot be told, when the next edition comes and whom to ask."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page
from profiles.drawing.recommendations import OPEN, Recommendation
from profiles.drawing.words import in_words
from profiles.figures.dates import long_date
from profiles.sections import overlap
from profiles.sections.recommendations import EVERY

TITLE = "What we ask, and what we cannot tell"
ASKED = 3


def build(store: LabelStore, page: Page) -> Section:
    """The recommendations that are due first; the limits of what is known; contact."""
    is_open = [r for r in page.recommendations if r.state in OPEN and not r.is_example]
    late = [r for r in is_open if r.is_late(page.judged_on)]
    if not is_open:
        answer = "No recommendation is open."
    else:
        recommendations = "recommendation is" if len(is_open) == 1 else "recommendations are"
        answer = (
            f"{in_words(len(is_open)).capitalize()} {recommendations} not reported as done"
            f"{_past(len(late), len(is_open))} on {long_date(page.judged_on)}."
        )
    first = sorted(is_open, key=lambda r: (r.due, r.id))[:ASKED]
    blocks = []
    if first:
        heading = "Due first"
        if all(r in late for r in first):
            heading = "Past their day"
            if len(first) < len(late):
                heading += f": {in_words(len(first))} of the {in_words(len(late))}, earliest first"
        notes = [_in_short(r, page) for r in first]
        blocks.append(Block(heading, notes=notes, link=("recommendations", EVERY)))
    blocks.append(Block("What this profile cannot tell", notes=_cannot(store, page)))
    blocks.append(Block("Next edition, and whom to ask", _contact(page)))
    return Section("asked", TITLE, answer, blocks)


def _past(late: int, every: int) -> str:
    """How many of these are past their day: “, all past their day”."""
    if late == every == 1:
        return ", and it is past its day"
    if late == every:
        return ", all past their day"
    if late > 1:
        return f"; {in_words(late)} of them are past their day"
    if late:
        return "; one of them is past its day"
    return "; none is past its day"


def _in_short(r: Recommendation, page: Page) -> str:
    if r.is_late(page.judged_on):
        due = f"was due by {long_date(r.due)}"
    else:
        due = f"due by {long_date(r.due)}"
    state: str = r.state
    if r.state == "not reported":
        state = "nothing was reported"
    if r.told_by == "this edition":
        state += ", but this profile exists"
    return f"{r.id}. {r.owner}: {r.text} ({due}; {state})"


def _cannot(store: LabelStore, page: Page) -> list[str]:
    verdict = store.get("hidden_scale", "estimate", "method", "verdict")
    notes = [
        "How many children are exploited. Every number here is of children whom services recorded."
    ]
    if verdict.status != "refused":
        notes.append(f"How many nobody knows of. {overlap.SAID[verdict.text]}")
    notes.append(
        "Why a number moved. A change of recording looks like a change in children's lives."
    )
    for name in page.missing_agencies:
        notes.append(f"What {name} knows: there is no accepted supply.")
    return notes


def _contact(page: Page) -> list[str]:
    sentences = []
    if page.concern:
        sentences.append(f"Worried about a child? {page.concern}.")
    if page.next_edition:
        sentences.append(f"Next edition: {page.next_edition}.")
    else:
        sentences.append("No day is set for the next edition.")
    if page.contact:
        sentences.append(f"Questions, and errors that you find: {page.contact}.")
    else:
        sentences.append("No contact is named in this edition.")
    sentences.append(
        "A number that proves wrong is corrected in a new version of the same day; the version "
        "before it stays in the index, marked as replaced."
    )
    return sentences

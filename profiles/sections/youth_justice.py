"""Youth justice: disposals, first-time entrants, and whom the hub knew before."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page
from profiles.sections.common import (
    breakdown,
    listed,
    of,
    one,
    refused,
    say,
    share,
    why,
    withheld_words,
)

TITLE = "Youth justice"
WOULD = "how many children enter the youth justice system, and how many of them the hub knew before"


def build(store: LabelStore, page: Page) -> Section:
    """First-time entrants and disposals of the year, and who was referred to the hub before."""
    year = f"in the 12 months to {page.as_at_words}"
    first = store.get("first_time_entrants")
    known = store.get("first_time_known")
    children = store.get("youth_justice_children")
    if first.status == "refused":
        answer = refused(first, WOULD)
    else:
        share_known = of(share(store, "first_time_known"))
        told = say(
            f"{first.about.capitalize()} children entered the youth justice system for the first "
            f"time {year}; {known.about} of them had been referred to the hub for criminal "
            f"exploitation before{share_known}.",
            first,
            known,
        )
        if not told:
            begun = children.about.capitalize()
            told.append(f"{begun} children began a youth-justice disposal {year}.")
        answer = " ".join(told)
    rows = [
        one(store, "Children with a disposal begun", "youth_justice_children"),
        one(store, "– referred to the hub before", "youth_justice_known"),
        one(store, "First-time entrants", "first_time_entrants"),
        one(store, "– referred to the hub before", "first_time_known"),
    ]
    labels = [c for _, c, _ in rows]
    tables = [
        listed(
            f"Children in youth justice {year}",
            "",
            rows,
            share_of="the children in the row above",
        )
    ]
    notes = [*why(*labels), *withheld_words(labels)]
    counts = Block(
        "Children",
        [
            (
                "Before means that the referral's day is earlier than the day the disposal began. "
                "Prevention and Turnaround are help without an order; being in this table is no "
                "finding of guilt."
            )
        ],
        tables=tables,
        notes=notes,
    )
    disposals = breakdown(
        store,
        "disposals",
        "disposal",
        f"Disposals begun {year}",
        "Disposal",
        "disposals",
        heading="Disposals",
        counted_as="Disposals",
        chart=("disposals", "Youth-justice disposals, by kind", f"disposals begun {year}"),
    )
    return Section("youth_justice", TITLE, answer, [counts, disposals])

"""What came first: ages, times to the hub, the commonest orders, chances that were taken and
not.
"""

from __future__ import annotations

import datetime as dt

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.figures.dates import long_date
from profiles.sections.common import (
    Counted,
    counted,
    largest_first,
    of,
    refused,
    say,
    share_table,
    why,
    withheld_words,
)

TITLE = "What came before"
WOULD = (
    "what agencies saw before a child came to the hub, how long it took, and whom nobody referred"
)
COMMONEST = 10


def build(store: LabelStore, page: Page) -> Section:
    """Chances taken, times and ages by first event, orders, age at the first indicator by year."""
    pairs = _chances(store)
    shown_pairs = sorted((p for p in pairs if p[2].is_shown), key=lambda p: (p[2].value or 0, p[0]))
    if pairs and all(p[1].status == "refused" for p in pairs):
        answer = refused(pairs[0][1], WOULD)
    elif shown_pairs:
        least = shown_pairs[0]
        most = shown_pairs[-1]
        answer = (
            "Of children with an indicator and not yet known to the hub, between "
            f"{least[2].text} ({least[0]}) and {most[2].text} ({most[0]}) were "
            "referred to it within 90 days, of the indicators that can be shown."
        )
    else:
        answer = "Too few children had an indicator to tell how many were referred within 90 days."
    blocks = [_missed(store, page), _times(store, page), _orders(store, page), _younger(store)]
    return Section(
        "pathways",
        TITLE,
        answer,
        blocks,
    )


def _chances(store: LabelStore) -> list[tuple[str, Label, Label]]:
    chances = []
    for g, count, _ in counted(store, "chances", "chance"):
        chances.append((g.label, count, store.get("chances_taken", "percent", "chance", g.group)))
    return chances


def _missed(store: LabelStore, page: Page) -> Block:
    rows = []
    drawn = []
    labels = []
    for g in store.groups_of("chance"):
        every = store.get("chances", "count", "chance", g.group)
        taken = store.get("chances_taken", "count", "chance", g.group)
        percent = store.get("chances_taken", "percent", "chance", g.group)
        rows.append(
            [head(g.label), shown(every), shown(taken), shown(percent), interval(percent, "%")]
        )
        drawn.append((g.label, percent))
        labels += [every, taken]
    chart = None
    if any(p.is_shown for _, p in drawn):
        chart = bars(
            "chances",
            "Children referred to the hub within 90 days of a first indicator",
            (
                "per cent of children not known to the hub before; lines are 95% intervals; "
                f"followed to {page.as_at_words}"
            ),
            drawn,
            suffix="%",
        )
    tables = []
    if any(x.is_shown for x in labels):
        tables = [
            Table(
                (
                    "Children with an indicator, not known to the hub before, and referred within "
                    "90 days"
                ),
                [
                    "Agency and indicator",
                    "Children",
                    "Referred within 90 days",
                    "Share",
                    "95% interval",
                ],
                rows,
            )
        ]
    notes = [
        *why(*labels),
        *withheld_words(labels),
        (
            "Any agency can run this rule on its own records. Its duty to refer is the same "
            "whether a child is counted here or not."
        ),
    ]
    return Block(
        "Who was referred after a first sign, and who was not",
        [
            (
                "All children with the indicator are counted, not only those who came to the hub "
                "in the end: looking back from the hub would show only the children for whom "
                "somebody acted."
            ),
            (
                "Each child's first such record in the 12 months that ended 90 days before the day "
                "is followed for 90 days. Children whom the hub knew before are left out. Not "
                "every such record calls for a referral."
            ),
        ],
        chart,
        tables,
        notes,
    )


def _times(store: LabelStore, page: Page) -> Block:
    quartiles = [q.group for q in store.groups_of("quartile")]
    rows = []
    labels = []
    for dimension, figure in (("first_event", True), ("first_hub", False)):
        for g in store.groups_of(dimension):
            ages = []
            for q in quartiles:
                ages.append(
                    store.get("age_at_first", "median", dimension, g.group, {"quartile": q})
                )
            days: list[Label] = []
            if figure:
                for q in quartiles:
                    days.append(
                        store.get("time_to_hub", "median", dimension, g.group, {"quartile": q})
                    )
            cells = [shown(d) for d in days] or [Cell("–", is_number=True)] * 3
            rows.append([head(g.label), shown(ages[1]), _middle(ages), *cells])
            labels += [*ages, *days]
    tables = [
        Table(
            f"First records in the 36 months to {page.as_at_words}",
            [
                "First record",
                "Age, median",
                "Age, middle half",
                "One in four at the hub after, days",
                "Half after, days",
                "Three in four after, days",
            ],
            rows,
        )
    ]
    notes = [
        (
            "“Not reached”: fewer than that share were referred within the records. The "
            "children are those in the extracts, who have an indicator: the times do not hold "
            "for every child who is suspended or goes missing."
        ),
        *why(*labels),
    ]
    return Block(
        "At what age, and how long until the hub",
        [
            (
                "Ages are those at the first record of each kind in these data. Times run from "
                "that record to the first referral to the hub; children not referred yet are "
                "counted for as long as they have not been (Kaplan and Meier), up to their 18th "
                "birthday."
            )
        ],
        tables=tables,
        notes=notes,
    )


def _orders(store: LabelStore, page: Page) -> Block:
    rows = counted(store, "first_steps", "steps")
    commonest = largest_first(rows)[:COMMONEST]
    labels = [c for _, c, _ in rows]
    total = store.get("first_steps")
    if not commonest:
        return Block("The commonest orders", notes=[*why(total), *withheld_words(labels)])
    first = commonest[0]
    sentences = [
        *say(
            (
                f"Of {total.about} children first referred to the hub in the 36 months to "
                f"{page.as_at_words}, the commonest beginning was: {_lower(first[0].label)}, "
                f"{first[1].about}{of(first[2])}{_others_close(commonest)}."
            ),
            total,
        ),
        (
            "The first two kinds of record before the referral, in order; two on one day stand "
            "in the order of the table above."
        ),
    ]
    tables = [
        share_table(
            (
                f"The {COMMONEST} commonest beginnings of children first referred to the hub "
                f"in the 36 months to {page.as_at_words}"
            ),
            "First, then",
            commonest,
            "children first referred",
        )
    ]
    return Block(
        "The commonest orders",
        sentences,
        tables=tables,
        notes=why(total),
    )


def _younger(store: LabelStore) -> Block:
    years = store.every("age_at_first_indicator", "median")
    shown_years = [y for y in years if y.is_shown]
    parts = []
    for y in shown_years:
        parts.append(
            f"{y.text} in the 12 months to {long_date(dt.date.fromisoformat(y.period_end))}"
        )
    sentence = []
    if len(shown_years) > 1:
        sentence = [f"The median age at a first indicator was {joined(parts)}."]
    notes = []
    for y in years:
        if y.status == "refused":
            notes.append(
                f"The 12 months to {long_date(dt.date.fromisoformat(y.period_end))} cannot be "
                f"shown. {y.note}."
            )
    return Block(
        "Is it beginning younger?",
        [
            *sentence,
            (
                "A record is called the first only where 24 months before it are clear, the same "
                "for every year: in short records everything looks new. Two or three years show no "
                "trend."
            ),
        ],
        notes=notes,
    )


def _middle(ages: list[Label]) -> Cell:
    """From the lower to the upper quartile."""
    are_shown = all(a.is_shown for a in ages)
    return Cell(f"{ages[0].text} to {ages[2].text}" if are_shown else ages[0].text, is_number=True)


def _others_close(commonest: list[Counted]) -> str:
    """That the second is nearly as common as the first, where its label is four fifths or more."""
    if len(commonest) > 1 and _number(commonest[1]) >= 0.8 * _number(commonest[0]):
        return "; others were nearly as common"
    return ""


def _number(row: Counted) -> float:
    return row.label.value or 0.0


def _lower(text: str) -> str:
    return text[0].lower() + text[1:]

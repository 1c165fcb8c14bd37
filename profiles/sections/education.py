"""The schooling of the children at risk: absence, exclusion, where they are taught, special needs;
all pupils beside it.
"""

from __future__ import annotations

import datetime as dt

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, shown
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.figures.dates import long_date
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

TITLE = "School"
WOULD = (
    "how many children at risk are absent, suspended, excluded, taught elsewhere or missing "
    "from education"
)


def build(store: LabelStore, page: Page) -> Section:
    """Year to date for the children at risk, each over those who could have had it recorded; all
    pupils for context.
    """
    enrolled = store.get("schooling")
    away = store.get("persistently_absent")
    period = f"from {_day(enrolled.period_start)} to {page.as_at_words}"
    suspended = store.get("schooling", "count", "schooling", "suspended")
    if enrolled.status == "refused":
        answer = refused(enrolled, WOULD)
    else:
        parts = [
            *say(
                (
                    f"{suspended.about} had been "
                    f"suspended{of(share(store, 'schooling', 'schooling', 'suspended'))}"
                ),
                suspended,
            ),
            *say(
                (
                    f"{away.about} of those with attendance recorded were persistently absent in "
                    f"the terms that are over{of(share(store, 'persistently_absent'))}"
                ),
                away,
            ),
        ]
        answer = (
            f"{enrolled.about.capitalize()} of the children at risk are in the schools' "
            "records of the school year to date"
        ) + (f"; {joined(parts)}." if parts else ".")
    return Section(
        "education",
        TITLE,
        answer,
        [
            _schooling(store, period),
            _absence(store, page),
            _setting(store, page),
            _reasons(store, period),
            _needs(store),
            _pupils(store),
        ],
    )


def _schooling(store: LabelStore, period: str) -> Block:
    chart = (
        "schooling",
        "Children at risk at school this school year, by what was recorded",
        f"per cent of children at risk at school {period}; lines are 95% intervals",
    )
    return breakdown(
        store,
        "schooling",
        "schooling",
        f"Children at risk at school {period}",
        "Recorded",
        "children at school",
        heading="The school year to date",
        sentences=[
            (
                "A child can be in several of these. Shares are of children at risk who were on "
                "any roll in the year, home education and missing education included, or were "
                "suspended or excluded in it."
            )
        ],
        chart=chart,
    )


def _absence(store: LabelStore, page: Page) -> Block:
    average = store.get("absence", "median")
    terms = f"the terms from {_day(average.period_start)} that were over by {page.as_at_words}"
    rows = [
        one(store, "Children at risk with attendance recorded", "attendance_known"),
        one(store, "– persistently absent: missed 10% or more", "persistently_absent"),
        one(store, "– severely absent: missed 50% or more", "severely_absent"),
    ]
    # The first row is a share of all children at risk, the others of it.
    table = listed(
        f"Absence in {terms}",
        "",
        [(rows[0][0], rows[0][1], None), *rows[1:]],
        share_of="those with attendance recorded",
    )
    labels = [x for _, x, _ in rows]
    sentences = [
        *say(
            (
                f"Half of the children with attendance recorded missed {average.text}% of "
                "their sessions or more."
            ),
            average,
        ),
        (
            "Each child's sessions are its own possible sessions. Attendance is not collected "
            "for independent schools and home education, so those children are left out, not "
            "counted as present."
        ),
    ]
    notes = [*why(*labels, average), *withheld_words(labels)]
    return Block(
        "Absence",
        sentences,
        tables=[table],
        notes=notes,
    )


def _setting(store: LabelStore, page: Page) -> Block:
    none = store.get("at_risk_setting", "count", "setting", "none, of school age")
    sentences = [
        *say(f"{none.about.capitalize()} children at risk of school age were on no roll.", none),
        (
            f"The main registration on {page.as_at_words}. A child of school age who is on no "
            "roll may be missing education, live elsewhere, or not be in the schools' "
            "extract; colleges, where those older than 16 may be, are not in it."
        ),
    ]
    chart = (
        "settings",
        "Children at risk, by where they are on a roll",
        f"children at risk on {page.as_at_words}",
    )
    return breakdown(
        store,
        "at_risk_setting",
        "setting",
        f"Children at risk on {page.as_at_words}, by where they are on a roll",
        "Setting",
        "children at risk",
        heading="Where they are on a roll",
        sentences=sentences,
        chart=chart,
    )


def _reasons(store: LabelStore, period: str) -> Block:
    total = store.get("suspensions_at_risk")
    sentences = [
        *say(f"There were {total.about} suspensions of children at risk {period}.", total),
        "A suspension can have up to three reasons, so shares add up to more than 100%.",
    ]
    return breakdown(
        store,
        "suspensions_at_risk",
        "exclusion_reason",
        f"Suspensions of children at risk {period}, by reason",
        "Reason",
        "suspensions",
        heading="Why they were suspended",
        counted_as="Suspensions",
        sentences=sentences,
    )


def _needs(store: LabelStore) -> Block:
    return breakdown(
        store,
        "needs",
        "need",
        "Children at risk with special educational needs, by main need",
        "Need",
        "children with needs recorded",
        heading="Special educational needs",
        sentences=[
            (
                "The main need of children at risk with support or with an education, health and "
                "care plan."
            )
        ],
    )


EXCLUDED = {
    "pupils_suspensions": "Suspensions",
    "pupils_permanent_exclusions": "Permanent exclusions",
}


def _pupils(store: LabelStore) -> Block:
    every = store.get("pupils")
    if every.status == "refused":
        return Block("All pupils", notes=why(every))
    cells = [[head("Pupils on roll"), shown(every), *[Cell("–", is_number=True)] * 2]]
    dash = Cell("–", is_number=True)
    share = shown(store.get("pupils_persistently_absent", "percent"))
    cells.append(
        [
            head("Pupils persistently absent"),
            shown(store.get("pupils_persistently_absent")),
            share,
            dash,
        ]
    )
    for figure, words in EXCLUDED.items():
        cells.append(
            [head(words), shown(store.get(figure)), dash, shown(store.get(figure, "rate"))]
        )
    table = Table(
        f"All pupils, {_day(every.period_start)} to {_day(every.period_end)}",
        ["", "Number", "Share of pupils", "Per 10,000 pupils"],
        cells,
    )
    notes = why(*(store.get(figure) for figure in ("pupils_persistently_absent", *EXCLUDED)))
    return Block(
        "All pupils",
        [
            (
                "Beside the children at risk, the area's pupils as a whole. The last whole school "
                "year is not the year to date, and a number of suspensions is not a number of "
                "children, so the two are for context and are not to be divided by each other."
            )
        ],
        tables=[table],
        notes=notes,
    )


def _day(text: str) -> str:
    return long_date(dt.date.fromisoformat(text))

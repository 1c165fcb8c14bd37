"""What was done: closures and referral again, turning 18, services against need, enforcement
against exploiters.
"""

from __future__ import annotations

import datetime as dt

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section, Table, head, shown
from profiles.drawing.page import Page
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

TITLE = "What was done"
WOULD = "how cases end, who comes back, who is helped, and what is done against exploiters"


def build(store: LabelStore, page: Page) -> Section:
    """Closures, referral again, 18th birthdays, services by locality and kind, enforcement."""
    year = f"in the 12 months to {page.as_at_words}"
    closed = store.get("closures")
    offered = store.get("at_risk_offered")
    started = store.get("at_risk_started")
    if closed.status == "refused":
        answer = refused(closed, WOULD)
    else:
        parts = [f"The hub closed {closed.about} cases {year}."]
        parts += say(
            (
                f"Of the children at risk, {offered.about} were offered a "
                f"service{of(share(store, 'at_risk_offered'))} and {started.about} had begun one."
            ),
            offered,
            started,
        )
        answer = " ".join(parts)
    blocks = [
        _closures(store, year),
        _after(store, page, year),
        _need(store, page, year),
        _services(store, year),
        _enforcement(store),
    ]
    return Section("response", TITLE, answer, blocks)


def _closures(store: LabelStore, year: str) -> Block:
    chart = (
        "closures",
        "Cases closed, by reason",
        f"per cent of cases closed {year}; lines are 95% intervals",
    )
    return breakdown(
        store,
        "closures",
        "closure_reason",
        f"Cases for criminal exploitation closed {year}, by reason",
        "Reason",
        "closed cases",
        heading="Why cases were closed",
        counted_as="Cases",
        chart=chart,
    )


def _after(store: LabelStore, page: Page, year: str) -> Block:
    rows = [
        one(
            store,
            "Children whose case was closed in the 12 months before those",
            "closed_a_year_ago",
        ),
        one(store, "– referred to the hub again within 12 months of it", "referred_again"),
        one(store, f"Children who turned 18 {year} with a case open", "turned_18_open"),
        one(store, "– whose case went to an adult service", "turned_18_transferred"),
    ]
    labels = [c for _, c, _ in rows]
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Who came back, and who turned 18",
        [
            (
                "Referral again is counted only for cases closed more than a year ago, so that "
                "each child has been followed for the same time."
            )
        ],
        tables=[listed("After the case", "", rows, share_of="the children in the row above")],
        notes=notes,
    )


def _need(store: LabelStore, page: Page, year: str) -> Block:
    rows = []
    labels = []
    for g in store.groups_of("locality"):
        if not store.has("at_risk_offered", "percent", "locality", g.group):
            continue
        at_risk = store.get("at_risk", "count", "locality", g.group)
        offered = store.get("at_risk_offered", "count", "locality", g.group)
        started = store.get("at_risk_started", "count", "locality", g.group)
        percent = store.get("at_risk_offered", "percent", "locality", g.group)
        rows.append([head(g.label), shown(at_risk), shown(offered), shown(percent), shown(started)])
        labels += [offered, started]
    tables = []
    if any(x.is_shown for x in labels):
        tables = [
            Table(
                f"Children at risk on {page.as_at_words}, and services offered and begun {year}",
                ["Locality", "At risk", "Offered a service", "Share", "Began one"],
                rows,
            )
        ]
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Services against need, by locality",
        [
            (
                "Need is the number of children at risk who live there; services are those offered "
                "by the Trust in the year. For the other children at risk no offer is recorded; "
                "help that came with a plan is not in this extract. The shares are of few "
                "children: no ranking of localities follows from them."
            )
        ],
        tables=tables,
        notes=notes,
    )


def _services(store: LabelStore, year: str) -> Block:
    rows = []
    labels = []
    for g in store.groups_of("service"):
        offered = store.get("services_offered", "count", "service", g.group)
        started = store.get("services_started", "count", "service", g.group)
        rows.append(
            [
                head(g.label),
                shown(offered),
                shown(started),
                shown(store.get("services_started", "percent", "service", g.group)),
            ]
        )
        labels += [offered, started]
    tables = []
    if any(x.is_shown for x in labels):
        tables = [
            Table(
                f"Children offered a service {year}, and who began it",
                ["Service", "Offered", "Began", "Share"],
                rows,
            )
        ]
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Which services",
        [
            (
                "All children in the Trust's records of services, at risk on the day or not. A "
                "child can be offered several."
            )
        ],
        tables=tables,
        notes=notes,
    )


def _enforcement(store: LabelStore) -> Block:
    rows = []
    labels = []
    for g in store.groups_of("enforcement"):
        label = store.get("enforcement", "count", "enforcement", g.group)
        day = dt.date.fromisoformat(label.period_end)
        rows.append(
            [
                head(
                    f"{g.label}, year to {long_date(day)}" if label.status != "refused" else g.label
                ),
                shown(label),
            ]
        )
        labels.append(label)
    tables = [Table("Enforcement against exploiters", ["", "Number"], rows)]
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Against those who exploit children",
        [
            (
                "Reported by the police as totals; adults and groups, not children. Each is of the "
                "newest whole year that was supplied."
            )
        ],
        tables=tables,
        notes=notes,
    )

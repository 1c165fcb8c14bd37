"""Who refers children to the hub, and what becomes of the referrals."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import Expectation, against_expected, bars
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.sections.common import (
    Counted,
    against,
    counted,
    crossed,
    largest_first,
    of,
    refused,
    say,
    share,
    share_table,
    why,
    withheld_words,
)

TITLE = "Referrals to the hub"


def build(store: LabelStore, page: Page) -> Section:
    """Sources and decisions of the 12 months' referrals for criminal exploitation."""
    total = store.get("hub_referrals")
    if total.status == "refused":
        return Section(
            "referrals",
            TITLE,
            refused(total, "who refers children to the hub, and what becomes of it"),
            [],
        )
    sources = counted(store, "hub_referrals", "referral_source")
    ranked = largest_first([row for row in sources if not row.group.is_residual])
    most = [f"{uncapital(g.label)} ({count.about})" for g, count, p in ranked[:2]]
    answer = (
        f"In the 12 months to {page.as_at_words} there were {total.about} referrals to the hub "
        "for criminal exploitation"
    )
    answer += f"; the largest sources were {joined(most)}." if most else "."
    decisions = counted(store, "hub_referrals", "decision")
    ordered = [*ranked, *(r for r in sources if r not in ranked)]
    rows = [(g.label, c) for g, c, _ in ordered]
    chart = bars(
        "referral_sources",
        "Referrals to the hub, by source",
        f"referrals in the 12 months to {page.as_at_words}",
        rows,
    )
    tables = [
        share_table(
            f"Referrals to the hub in the 12 months to {page.as_at_words}, by source",
            "Source",
            ordered,
            "referrals",
            "Referrals",
        )
    ]
    notes = withheld_words([c for _, c, _ in sources])
    return Section(
        "referrals",
        TITLE,
        answer,
        [
            Block(
                "Who referred",
                [
                    (
                        "A child can be referred more than once. Few referrals from a service can "
                        "mean few concerns, or concerns that are not passed on."
                    )
                ],
                chart,
                tables,
                notes,
            ),
            _decided(store, page, decisions),
            _expected(
                store,
                page,
                "indicated",
                "locality",
                "Where children with indicators are referred, and where not",
            ),
            _expected(
                store, page, "agency", "agency", "Which agencies refer the children whom they see"
            ),
            *_to_care(store, page),
        ],
    )


def _decided(store: LabelStore, page: Page, decisions: list[Counted]) -> Block:
    caption = f"Referrals to the hub in the 12 months to {page.as_at_words}, by source and decision"
    tables, notes = crossed(
        store, "hub_referrals", "referral_source", "decision", caption, "Source"
    )
    days = []
    for q in store.groups_of("quartile"):
        days.append(store.get("time_to_decision", "median", "quartile", q.group))
    sentences = say(
        (
            f"Half of the referrals were decided within {days[1].text} days and three in four "
            f"within {days[2].text}; referrals not decided yet are counted for as long as they "
            "have waited."
        ),
        days[1],
        days[2],
    )
    labels = [c for _, c, _ in decisions]
    return Block(
        "What was decided, and how fast",
        sentences,
        tables=[
            share_table(
                f"Referrals to the hub in the 12 months to {page.as_at_words}, by decision",
                "Decision",
                decisions,
                "referrals",
                "Referrals",
            ),
            *tables,
        ],
        notes=[BY_REFERRAL, *notes, *withheld_words(labels)],
    )


BY_REFERRAL = (
    "Here a decision counts with the day of its referral; where decisions of a month or of 12 "
    "months are counted, with the day on which it was made, so the numbers differ a little."
)
INDICATORS = (
    "Indicators are: police markers for exploitation or county lines, suspicion of drug supply "
    "or weapons, violence suffered, missing, assessment factors for exploitation, trafficking "
    "or gangs, suspension or exclusion, and assault, self-harm or a concern about exploitation "
    "seen by health services."
)
EXPECTED_COLUMNS = [
    "",
    "With indicators",
    "Referred",
    "Expected",
    "95% limits",
    "Beyond the limits",
]
WORDS = {
    "locality": (
        "Expected is what there would be if the same share of children with indicators were "
        "referred in every locality."
    ),
    "agency": (
        "A child counts at each agency that holds an indicator of it. Expected is what there "
        "would be if every agency referred the same share of the children it sees. Agencies "
        "see different children, so a difference is a question and no verdict. Here children with "
        "an indicator are counted; by source, above, all referrals."
    ),
}


def _expected(store: LabelStore, page: Page, name: str, dimension: str, heading: str) -> Block:
    """A funnel in a table: counted, expected at the common share, limits, and in words what lies
    beyond them.
    """
    whole, part = (
        ("indicated_children", "indicated_referred")
        if name == "indicated"
        else ("agency_indicated", "agency_referred")
    )
    rows = []
    drawn = []
    labels = []
    for g in store.groups_of(dimension):
        if not store.has(part, "expected", dimension, g.group):
            continue
        every = store.get(whole, "count", dimension, g.group)
        some = store.get(part, "count", dimension, g.group)
        expected = store.get(part, "expected", dimension, g.group)
        verdict = against(some, expected)
        numbers = [shown(every), shown(some), shown(expected), interval(expected)]
        rows.append([head(g.label), *numbers, Cell(verdict)])
        drawn.append(Expectation(g.label, some, expected))
        labels += [every, some]
    year = f"in the 12 months to {page.as_at_words}"
    if name == "indicated":
        what = "referred to the hub"
    else:
        what = "referred to the hub by the agency itself"
    chart = against_expected(
        f"expected_{name}",
        f"Children with indicators who were {what}, beside the number expected",
        f"children {year}; bars are 95% limits",
        drawn,
    )
    sentences = [WORDS[dimension]]
    if name == "indicated":
        sentences.insert(0, INDICATORS)
    caption = f"Children with indicators {year}, and who were {what}"
    tables = []
    if any(label.is_shown for label in labels):
        tables.append(Table(caption, EXPECTED_COLUMNS, rows))
    notes = [
        *why(*labels),
        *withheld_words(labels),
        (
            "In the table “far” is beyond 99.8% limits (Spiegelhalter 2005). Referral can have "
            "come before the indicator."
        ),
    ]
    return Block(
        heading,
        sentences,
        chart if any(c.is_shown and e.is_shown for _, c, e in drawn) else None,
        tables,
        notes,
        is_lead=dimension == "agency",
    )


def _to_care(store: LabelStore, page: Page) -> list[Block]:
    year = f"in the 12 months to {page.as_at_words}"
    total = store.get("care_referrals")
    none = store.get("care_no_action")
    rows = []
    for g in store.groups_of("referral_source"):
        every = store.get("care_referrals", "count", "referral_source", g.group)
        closed = store.get("care_no_action", "count", "referral_source", g.group)
        percent = store.get("care_no_action", "percent", "referral_source", g.group)
        rows.append(
            [head(g.label), shown(every), shown(closed), shown(percent), interval(percent, "%")]
        )
    labels = [total, none]
    sentences = say(
        (
            f"{total.about.capitalize()} referrals were made to children's social care "
            f"{year} for children in these records; {none.about} ended without further "
            f"action{of(share(store, 'care_no_action'))}."
        ),
        total,
        none,
    )
    tables = [
        Table(
            f"Referrals to children's social care {year}, by source",
            [
                "Source",
                "Referrals",
                "No further action",
                "Share of the source's referrals",
                "95% interval",
            ],
            rows,
        )
    ]
    notes = [
        (
            "These are referrals of children with an indicator in the Trust's records, not "
            "of all children."
        ),
        *why(*labels),
    ]
    return [
        Block(
            "Referrals to children's social care",
            sentences,
            tables=tables,
            notes=notes,
        )
    ]

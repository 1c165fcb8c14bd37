"""What health services see: contacts by service and reason, the children at risk, referrals and
waits, whom only health knows.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section, Table, head, shown
from profiles.drawing.page import Page
from profiles.drawing.words import in_words, joined
from profiles.sections.common import breakdown, of, refused, say, share, why, withheld_words

TITLE = "Health"
WOULD = (
    "which injuries and concerns health services see, how long children wait, and which "
    "children only health knows"
)
SOURCES = "Sexual-health services keep their own confidentiality and supply nothing here."


def build(store: LabelStore, page: Page) -> Section:
    """Contacts and children apart; the children at risk; referrals not accepted and waits; known to
    health alone.
    """
    year = f"in the 12 months to {page.as_at_words}"
    children = store.get("health_children")
    at_risk = store.get("health_at_risk")
    concerning = store.get("health_concerning")
    alone = store.get("health_alone")
    if children.status == "refused":
        answer = refused(children, WOULD)
    else:
        share_alone = of(share(store, "health_alone"))
        share_at_risk = of(share(store, "health_at_risk"))
        told = say(
            f"{alone.about.capitalize()} of {concerning.about} children whom health services saw "
            "for assault, self-harm or a concern about exploitation are in no record of the police "
            f"or the Trust that was supplied{share_alone}.",
            alone,
            concerning,
        )
        told += say(
            f"Of the children at risk, {at_risk.about} had a contact with the health services that "
            f"supplied records {year}{share_at_risk}.",
            at_risk,
        )
        if not told:
            told.append(
                f"{children.about.capitalize()} children had a contact with the health services "
                f"that supplied records {year}."
            )
        answer = " ".join(told)
    return Section(
        "health",
        TITLE,
        answer,
        [
            _providers(page),
            _at_risk(store, year),
            _contacts(store, year),
            _alone(store, year),
            _referrals(store, page, year),
        ],
    )


def _providers(page: Page) -> Block:
    names = sorted(s.provider or s.title for s in page.sources if s.agency == "health")
    if names:
        providers = "provider" if len(names) == 1 else "providers"
        who = f"Records came from {in_words(len(names))} {providers}: {joined(names)}."
    else:
        who = "No provider's records are in use."
    others = f"A child who went to another provider is not counted. {SOURCES}"
    return Block("Who supplied", [who, others])


def _at_risk(store: LabelStore, year: str) -> Block:
    chart = (
        "health_at_risk",
        "Children at risk in health services' records, by reason",
        f"per cent of children at risk, contacts {year}; lines are 95% intervals",
    )
    return breakdown(
        store,
        "health_at_risk",
        "health_reason",
        f"Children at risk with a contact {year}, by reason",
        "Reason",
        "children at risk",
        heading="The children at risk",
        sentences=[
            (
                "A child can have come, or have been referred, for several reasons; a referral "
                "that was not accepted is a contact as well."
            )
        ],
        chart=chart,
    )


def _contacts(store: LabelStore, year: str) -> Block:
    tables = []
    labels = []
    for dimension, what in (("health_service", "service"), ("health_reason", "reason")):
        rows = []
        for g in store.groups_of(dimension):
            children = store.get("health_children", "count", dimension, g.group)
            contacts = store.get("health_contacts", "count", dimension, g.group)
            rows.append([head(g.label), shown(children), shown(contacts)])
            labels += [children, contacts]
        tables.append(
            Table(
                f"All children in the health records {year}, by {what}",
                [what.capitalize(), "Children", "Contacts"],
                rows,
            )
        )
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Children and contacts",
        [
            (
                "One child can have many contacts. These are children with one of the listed "
                "reasons, not all who came to the hospitals."
            )
        ],
        tables=tables,
        notes=notes,
    )


def _alone(store: LabelStore, year: str) -> Block:
    return breakdown(
        store,
        "health_alone",
        "health_reason",
        f"Children whom neither police nor Trust knows {year}, by reason",
        "Reason",
        "children seen for it",
        heading="Children whom only health knows",
        sentences=[
            (
                "These children are in no record of the police or the Trust that was supplied. "
                "Some may be known to them and not be linked; the records that were supplied do "
                "not hold every child that an agency has met."
            )
        ],
        chart=(
            "health_alone",
            "Children seen by health services whom neither police nor Trust knows, by reason",
            f"children {year}",
        ),
    )


def _referrals(store: LabelStore, page: Page, year: str) -> Block:
    rows = []
    waits_said = []
    labels = []
    for g in store.groups_of("mental_service"):
        referrals = store.get("mental_referrals", "count", "mental_service", g.group)
        not_taken = store.get("mental_refused", "count", "mental_service", g.group)
        percent = store.get("mental_refused", "percent", "mental_service", g.group)
        waits = []
        for q in store.groups_of("quartile"):
            waits.append(
                store.get(
                    "wait_to_first_seen", "median", "mental_service", g.group, {"quartile": q.group}
                )
            )
        rows.append(
            [head(g.label), shown(referrals), shown(not_taken), shown(percent), *map(shown, waits)]
        )
        waits_said += say(
            (
                f"{g.label}: {percent.text} of referrals were not accepted; half of the children "
                f"accepted were first seen within {waits[1].text} days."
            ),
            percent,
            waits[1],
        )
        labels += [referrals, not_taken]
    sentences = [
        *waits_said,
        (
            f"Waits are of referrals accepted in the 36 months to {page.as_at_words}. Children "
            "still waiting are counted for as long as they have waited (Kaplan and Meier), so "
            "that the wait is not made to look short by leaving them out."
        ),
    ]
    tables = [
        Table(
            f"Referrals {year}, and days until first seen",
            [
                "Service",
                "Referrals",
                "Not accepted",
                "Share",
                *(f"{q.label} seen within, days" for q in store.groups_of("quartile")),
            ],
            rows,
        )
    ]
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Referrals not accepted, and the wait",
        sentences,
        tables=tables,
        notes=notes,
    )

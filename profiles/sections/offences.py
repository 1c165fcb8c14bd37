"""Children in crimes and incidents: as victims, as suspects, as both; offences, arrest, charge,
outcome.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page
from profiles.sections.common import (
    breakdown,
    crossed,
    listed,
    of,
    one,
    refused,
    say,
    share,
    why,
    withheld_words,
)

TITLE = "Offences: victims and suspects"
WOULD = (
    "how often children are victims and suspects of which offences, how many are both, and "
    "what follows"
)


def build(store: LabelStore, page: Page) -> Section:
    """Involvements by offence and role, children who are both, arrest to outcome, the children at
    risk.
    """
    year = f"in the 12 months to {page.as_at_words}"
    both = store.get("both_roles")
    never = store.get("both_roles", "count", "hub", "never referred")
    children = store.get("involved_children")
    if children.status == "refused":
        answer = refused(children, WOULD)
    else:
        share_never = of(share(store, "both_roles", "hub", "never referred"))
        told = say(
            f"{both.about.capitalize()} children were both victim and suspect {year}; "
            f"{never.about} of them are in no referral to the hub that was supplied{share_never}.",
            both,
            never,
        )
        if not told:
            told.append(
                f"{children.about.capitalize()} children had a part in a recorded crime or "
                f"incident {year}."
            )
        answer = " ".join(told)
    blocks = [
        _roles(store, year),
        _both(store, year),
        *_groups(store, year),
        *_outcomes(store, year),
    ]
    return Section(
        "offences",
        TITLE,
        answer,
        blocks,
    )


def _roles(store: LabelStore, year: str) -> Block:
    words = {
        "victim": "Victim",
        "suspect": "Suspect",
        "witness": "Witness",
        "subject": "Subject of an incident",
    }
    every = [one(store, w, "involved_children", "role", r) for r, w in words.items()]
    at_risk = [one(store, w, "involved_at_risk", "role", r) for r, w in words.items()]
    labels = [c for _, c, _ in (*every, *at_risk)]
    some = store.get("involved_at_risk")
    sentences = [
        "A child can have several parts, in one incident or in several.",
        *say(
            (
                f"Of the children at risk, {some.about} had a part in a recorded crime or "
                f"incident {year}{of(share(store, 'involved_at_risk'))}."
            ),
            some,
        ),
    ]
    tables = [
        listed(
            f"Children in crimes and incidents {year}",
            "Part",
            every,
            share_of="children in the police's records of the year",
        ),
        listed(
            f"Children at risk in crimes and incidents {year}",
            "Part",
            at_risk,
            share_of="children at risk",
        ),
    ]
    notes = [*why(*labels), *withheld_words(labels)]
    return Block(
        "Children and their part",
        sentences,
        tables=tables,
        notes=notes,
    )


def _both(store: LabelStore, year: str) -> Block:
    return breakdown(
        store,
        "both_roles",
        "hub",
        (
            f"Children who were both victim and suspect {year}, by whether they were ever referred "
            "to the hub"
        ),
        "Hub",
        "children who were both",
        heading="Both victim and suspect",
        sentences=[
            (
                "A child who is exploited is often first seen as a suspect. Children who were a "
                "victim and a suspect within 12 months are a group to ask about."
            )
        ],
    )


def _groups(store: LabelStore, year: str) -> list[Block]:
    unknown = store.get("involvements", "count", "offence_group", "not classified")
    unknown_share = share(store, "involvements", "offence_group", "not classified")
    one_way = breakdown(
        store,
        "involvements",
        "offence_group",
        f"Children's parts in crimes and incidents {year}, by offence",
        "Offence",
        "parts",
        heading="Which offences",
        counted_as="Parts",
        sentences=[
            (
                "One child's part in one crime or incident counts once; a child can have many. "
                "Drug supply includes possession with intent, production and cultivation."
            ),
            *say(
                f"{unknown.about.capitalize()} parts have an offence code that this "
                f"profile does not know{of(unknown_share)}: which codes these are should be asked "
                "of the police.",
                unknown,
            ),
        ],
        chart=("offences", "Children's parts in crimes and incidents, by offence", f"parts {year}"),
    )
    tables, notes = crossed(
        store,
        "involvements",
        "offence_group",
        "role",
        f"Children's parts {year}, by offence and role",
        "Offence",
    )
    blocks = [one_way]
    if tables or notes:
        blocks.append(Block(tables=tables, notes=notes))
    return blocks


def _outcomes(store: LabelStore, year: str) -> list[Block]:
    steps = breakdown(
        store,
        "suspect_steps",
        "step",
        f"Children's parts as a suspect {year}, and what followed by the day",
        "",
        "parts as a suspect",
        heading="From suspicion to outcome",
        counted_as="Parts",
        sentences=[
            (
                "Arrest, voluntary attendance and charge are counted up to the day; for the latest "
                "offences they can still come."
            )
        ],
    )
    chart = (
        "outcomes",
        "Outcomes of offences with a child as a suspect",
        f"per cent of parts as a suspect {year}; lines are 95% intervals",
    )
    outcomes = breakdown(
        store,
        "suspect_outcomes",
        "outcome",
        f"Children's parts as a suspect {year}, by outcome",
        "Outcome",
        "parts as a suspect",
        counted_as="Parts",
        chart=chart,
        notes=[
            (
                "Outcomes have no date of their own: they are those that the police's newest "
                "extract gives."
            )
        ],
    )
    return [steps, outcomes]

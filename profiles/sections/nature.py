"""What kind of exploitation: forms, exploitation of both kinds by sex, the National Referral
Mechanism.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.sections.common import (
    breakdown,
    counted,
    largest_first,
    listed,
    of,
    one,
    refused,
    say,
    share,
    why,
)

TITLE = "Kinds of exploitation"
WOULD = (
    "which forms of exploitation are recorded, and for whom both criminal and sexual "
    "exploitation are"
)


def build(store: LabelStore, page: Page) -> Section:
    """Forms of the children at risk, both kinds by sex, referrals to the National Referral
    Mechanism.
    """
    rows = counted(store, "forms", "cce_form")
    # Several forms that stand as one, because each is rare, are no form.
    forms_apart = [row for row in rows if row.group not in store.merged_groups]
    ranked = largest_first([row for row in forms_apart if not row.group.is_residual])
    if rows[0][1].status == "refused":
        answer = refused(rows[0][1], WOULD)
    elif ranked:
        most = []
        for row in ranked[:2]:
            # “ (34% of 291)”, here already in brackets.
            share_words = of(row.percent).replace(" (", ", ").replace(")", "")
            most.append(f"{uncapital(row.group.label)} ({row.label.about}{share_words})")
        answer = (
            "The forms of criminal exploitation recorded most for the children at risk were "
            f"{joined(most)}."
        )
    else:
        answer = "No form of exploitation is recorded for enough children at risk to be shown."
    chart = (
        "forms",
        "Forms of criminal exploitation",
        f"per cent of children at risk on {page.as_at_words}; lines are 95% intervals",
    )
    forms = breakdown(
        store,
        "forms",
        "cce_form",
        f"Children at risk on {page.as_at_words}, by form of criminal exploitation",
        "Form",
        "children at risk",
        heading="Forms",
        sentences=[
            (
                "A child can be exploited in several ways. The forms are those of the child's open "
                "cases at the hub."
            )
        ],
        chart=chart,
    )
    blocks = [forms, _both(store, page), *_nrm(store, page)]
    return Section("nature", TITLE, answer, blocks)


def _both(store: LabelStore, page: Page) -> Block:
    every = store.get("also_sexual")
    rows = []
    for sex in store.groups_of("sex"):
        rows.append(one(store, sex.label, "also_sexual", "sex", sex.group))
    labels = [every, *(c for _, c, _ in rows)]
    sentences = [
        *say(
            (
                f"For {every.about} of the children at risk sexual exploitation is recorded as "
                f"well{of(share(store, 'also_sexual'))}."
            ),
            every,
        ),
        (
            "What is recorded depends on who is looked at for what: sexual exploitation of "
            "boys, and criminal exploitation of girls, are thought to be recorded too seldom."
        ),
    ]
    notes = why(*labels)
    tables = []
    if any(label.is_shown for label in labels[1:]):
        caption = (
            f"Children at risk on {page.as_at_words} for whom sexual exploitation is recorded as "
            "well"
        )
        share_of = "children at risk of that sex"
        tables.append(listed(caption, "Sex", rows, share_of=share_of))
    else:
        notes.append("By sex, too few children can be shown.")
    return Block(
        "Criminal and sexual exploitation together",
        sentences,
        tables=tables,
        notes=notes,
    )


def _nrm(store: LabelStore, page: Page) -> list[Block]:
    year = f"in the 36 months to {page.as_at_words}"
    total = store.get("nrm_referrals")
    children = store.get("nrm_children")
    lines = store.get("nrm_county_lines")
    sentences = [
        (
            "The National Referral Mechanism is the national scheme for victims of modern "
            "slavery. A referral that several agencies supplied is counted once; it can "
            "name several types. Reasonable grounds is the first decision, conclusive grounds "
            "the last."
        ),
        *say(
            f"There were {total.about} referrals of {children.about} children {year}.",
            total,
            children,
        ),
        *say(
            (
                f"County lines was recorded for {lines.about} of these "
                f"referrals{of(share(store, 'nrm_county_lines'))}."
            ),
            lines,
        ),
    ]
    first = breakdown(
        store,
        "nrm_referrals",
        "nrm_type",
        f"Referrals {year}, by type of exploitation",
        "Type",
        "referrals",
        heading="Referrals to the National Referral Mechanism",
        counted_as="Referrals",
        sentences=sentences,
        notes=why(total),
    )
    rest = []
    for dimension, what in (
        ("reasonable_grounds", "reasonable"),
        ("conclusive_grounds", "conclusive"),
    ):
        rest.append(
            breakdown(
                store,
                "nrm_referrals",
                dimension,
                f"Referrals {year}, by decision on {what} grounds",
                "Decision",
                "referrals",
                counted_as="Referrals",
            )
        )
    return [first, *rest]

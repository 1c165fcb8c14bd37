"""Children who go missing: how many, how often, how long, and whether they are listened to when
they return.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import uncapital
from profiles.sections.common import (
    breakdown,
    counted,
    listed,
    of,
    one,
    refused,
    say,
    share,
    why,
    withheld_words,
)

TITLE = "Missing children"
WOULD = (
    "how many children go missing, how often and for how long, and whether they are "
    "interviewed when they return"
)


def build(store: LabelStore, page: Page) -> Section:
    """Children, spells and reports apart; often and long; interviews; before referral; Trust beside
    police.
    """
    year = f"in the 12 months to {page.as_at_words}"
    children = store.get("missing_children")
    often = store.get("missing_often")
    if children.status == "refused":
        answer = refused(children, WOULD)
    else:
        answer = (
            f"The Trust recorded {children.about} children missing {year}, in "
            f"{store.get('missing_episodes').about} spells."
        )
        answer += " ".join(
            [
                "",
                *say(
                    (
                        f"Of these children {often.about} went missing three or more times within "
                        f"30 days{of(share(store, 'missing_often'))}."
                    ),
                    often,
                ),
            ]
        )
    blocks = [
        _counts(store, year),
        *_now(store, page),
        _often(store, year),
        _interviews(store, year),
        _before(store, year),
    ]
    return Section("missing", TITLE, answer, [*blocks, _grades(store, year), _both(store, year)])


def _counts(store: LabelStore, year: str) -> Block:
    at_risk = store.get("missing_at_risk")
    percent = share(store, "missing_at_risk")
    episodes = []
    for g in store.groups_of("missing_from"):
        episodes.append(
            one(
                store,
                f"– {uncapital(g.label)}",
                "missing_episodes",
                "missing_from",
                g.group,
            )
        )
    trust = [
        one(store, "Children missing", "missing_children"),
        one(store, "Spells missing", "missing_episodes"),
        *episodes,
        one(store, "– spells that lasted 72 hours or more", "long_spells"),
        one(store, "Children with a spell of 72 hours or more", "long_spell_children"),
        one(store, "Children away without authorisation", "away_children"),
        one(store, "Spells away without authorisation", "away_episodes"),
        one(store, "Children of other authorities missing", "missing_children_of_others"),
        one(store, "Spells missing of these children", "missing_episodes_of_others"),
    ]
    police = [
        one(store, "Children reported missing", "reported_children"),
        one(store, "Reports", "missing_reports"),
    ]
    labels = [x for _, x, _ in (*trust, *police)]
    sentences = [
        (
            "A child can be missing many times, and one spell can be reported more than once, "
            "so children, spells and reports are different numbers."
        ),
        *say(
            (
                f"Of the children at risk on the day, {at_risk.about} had been missing "
                f"{year}{of(percent)}."
            ),
            at_risk,
        ),
    ]
    tables = [
        listed(f"Recorded by the Trust {year}", "", trust, "Number"),
        listed(f"Reported to the police {year}", "", police, "Number"),
    ]
    notes = [
        (
            f"Children live in {store.area.name} or are {store.area.name}'s responsibility, but "
            "for those of other authorities, who are counted apart. Spells that lie within "
            "another one of the same child are one. "
            "Hours are elapsed time, also where the clocks change; a spell that goes on is "
            "counted up to the end of the day."
        ),
        *why(*labels),
        *withheld_words(labels),
    ]
    return Block(
        "Children, spells and reports",
        sentences,
        tables=tables,
        notes=notes,
    )


def _now(store: LabelStore, page: Page) -> list[Block]:
    """Who was missing when the day ended, by plan and by where from."""
    day = page.as_at_words
    gone = store.get("missing_now")
    by_plan = breakdown(
        store,
        "missing_now",
        "plan",
        f"Children missing when {day} ended, by plan",
        "Plan",
        "children missing",
        heading="Missing on the day",
        sentences=say(
            f"{gone.about.capitalize()} children were missing when {day} ended.",
            gone,
        ),
    )
    by_place = breakdown(
        store,
        "missing_now",
        "missing_from",
        f"Children missing when {day} ended, by where they are missing from",
        "Missing from",
        "children missing",
    )
    return [by_plan, by_place]


def _often(store: LabelStore, year: str) -> Block:
    plans = [
        g
        for g in store.groups_of("plan")
        if not g.is_sum and store.has("missing_often", "count", "plan", g.group)
    ]
    rows = []
    shares = []
    for g in plans:
        every = store.get("missing_children", "count", "plan", g.group)
        often = store.get("missing_often", "count", "plan", g.group)
        percent = store.get("missing_often", "percent", "plan", g.group)
        rows.append(
            [head(g.label), shown(every), shown(often), shown(percent), interval(percent, "%")]
        )
        shares.append((g.label, percent))
    total = store.get("missing_often")
    of_all = share(store, "missing_often")
    if of_all:
        rows.append(
            [
                head("All"),
                shown(store.get("missing_children")),
                shown(total),
                shown(of_all),
                interval(of_all, "%"),
            ]
        )
    labels = [store.get("missing_often", "count", "plan", g.group) for g in plans]
    chart = None
    if any(p.is_shown for _, p in shares):
        chart = bars(
            "missing_often",
            (
                "Share of missing children who went missing three or more times within 30 days, by "
                "plan"
            ),
            f"per cent of children missing {year}; lines are 95% intervals",
            shares,
            suffix="%",
        )
    caption = f"Children missing {year}, and three or more times within 30 days"
    columns = ["Plan", "Children missing", "Three or more times", "Share", "95% interval"]
    table = Table(caption, columns, rows)
    notes = [*why(total), *withheld_words(labels)]
    sentence = (
        "Any 30 days in a row are looked at for each child, not calendar months. The plan is the "
        "child's when its last spell of the year began."
    )
    heading = "Missing three or more times within 30 days"
    return Block(heading, [sentence], chart, [table], notes)


def _interviews(store: LabelStore, year: str) -> Block:
    rows = counted(store, "return_interviews", "rhi_step")
    ended = rows[0][1]
    timely = rows[-1]
    sentences = say(
        (
            f"Of {ended.about} spells that ended {year}, an interview was held within 72 hours "
            f"of the child's return after {timely[1].about}{of(timely[2])}."
        ),
        ended,
        timely[1],
    )
    chart = (
        "return_interviews",
        "How many returns were followed by an interview",
        (
            f"per cent of spells that ended {year}, of children for whom {store.area.name} is "
            "responsible; lines are 95% intervals"
        ),
    )
    return breakdown(
        store,
        "return_interviews",
        "rhi_step",
        f"Return home interviews after spells that ended {year}",
        "Step",
        "spells that ended",
        heading="Return home interviews",
        counted_as="Spells",
        sentences=sentences,
        chart=chart,
        notes=[
            (
                "Where only the day of an interview is recorded, it counts as within 72 hours up "
                "to the third day after the return. After the last returns of the year an "
                "interview can still be due."
            )
        ],
    )


def _before(store: LabelStore, year: str) -> Block:
    first = store.get("first_referred")
    before = store.get("missing_before_referral")
    percent = share(store, "missing_before_referral")
    sentences = [
        *say(
            (
                f"Of {first.about} children first referred to the hub for criminal "
                f"exploitation {year}, {before.about} had been missing in the 90 days "
                f"before{of(percent)}."
            ),
            first,
            before,
        ),
        "First referred means first in these records, which do not reach back for ever.",
    ]
    return Block(
        "Missing before the hub knew",
        sentences,
        notes=why(first, before),
    )


def _grades(store: LabelStore, year: str) -> Block:
    return breakdown(
        store,
        "missing_reports",
        "risk_grade",
        f"Missing reports {year}, by risk grade",
        "Grade",
        "reports",
        heading="How the police graded the reports",
        counted_as="Reports",
        chart=("risk_grades", "Missing reports, by the police's risk grade", f"reports {year}"),
    )


def _both(store: LabelStore, year: str) -> Block:
    by = {g.group: c for g, c, _ in counted(store, "missing_records", "recorded_by")}
    trust = by["Trust alone"]
    police = by["police alone"]
    sentences = [
        *say(
            (
                f"{trust.about.capitalize()} spells are in the Trust's records alone and "
                f"{police.about} in the police's alone."
            ),
            trust,
            police,
        ),
        (
            "A spell is in both where the same child's hours overlap. What is in one "
            "alone was not passed on, not recorded, could not be linked to the child, or is of a "
            "kind that the other does not count as missing."
        ),
    ]
    return breakdown(
        store,
        "missing_records",
        "recorded_by",
        f"Missing spells {year}, by whose records have them",
        "Recorded",
        "spells",
        heading="The Trust's records beside the police's",
        counted_as="Spells",
        sentences=sentences,
        chart=("missing_records", "Missing spells, by whose records have them", f"spells {year}"),
        is_lead=True,
    )

"""Where nobody may be looking: wards with indicators of exploitation and fewer referrals than
expected.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Table, head, interval, shown
from profiles.drawing.charts import AreaOfFunnel, funnel
from profiles.drawing.page import Page
from profiles.sections.common import against, is_below_limits, withheld_words
from profiles.sections.place.wards import (
    DASH,
    any_shown,
    instead,
    joined_names,
    labels,
    ranked,
)


def unseen(store: LabelStore, page: Page) -> Block:
    """Wards with indicators and hardly a referral; the funnel of referrals against what is
    expected.
    """
    heading = "Where nobody may be looking"
    indicated = labels(store, "indicated_36_months")
    referred = labels(store, "referred_36_months")
    expected = labels(store, "referred_36_months", "expected")
    if not any_shown(indicated) or not any_shown(referred):
        return Block(
            heading,
            [
                instead(
                    referred if any_shown(indicated) else indicated,
                    "Children with indicators and referrals",
                )
            ],
        )
    period = f"36 months to {page.as_at_words}"
    every = (store.get("indicated_36_months"), store.get("referred_36_months"))
    few = [c for c in indicated if is_below_limits(indicated[c], referred[c], every)]
    fewer = [c for c, x in expected.items() if x.is_shown and "fewer" in x.note]
    sentences = []
    if few or fewer:
        where = joined_names(store, [*few, *fewer])
        sentences.append(
            "Fewer children than expected at the area's common share were referred in the "
            f"{period} in {where}."
        )
    else:
        sentences.append(
            f"In no ward were clearly fewer children referred in the {period} than at the area's "
            "common share."
        )
    if few:
        hidden = joined_names(store, few)
        sentences.append(f"Of these, {hidden} had too few referrals to be shown.")
    sentences.append(
        "Of wards that refer as all others do, about one in twenty lies outside the 95% limits by "
        "chance. Few referrals where there are indicators can mean that concerns are met in other "
        "ways, or that nobody is looking."
    )
    rows = []
    for c in ranked(store, indicated):
        e = expected.get(c)
        verdict = against(referred[c], e)
        cells = [shown(e), interval(e)] if e else [DASH, DASH]
        share = store.get("referred_36_months", "percent", "ward", c)
        rows.append(
            [
                head(store.area.wards[c].name),
                shown(indicated[c]),
                shown(referred[c]),
                shown(share),
                *cells,
                Cell(verdict),
            ]
        )
    table = Table(
        (
            f"Children with indicators and those referred to the hub, {period}, by ward of home on "
            "the day"
        ),
        [
            "Ward",
            "With indicators",
            "Referred",
            "Share",
            "Expected",
            "95% limits",
            "Against expected",
        ],
        rows,
    )
    chart = None
    if all(x.value for x in every):
        chart = funnel(
            "referral_funnel",
            "Children referred against children with indicators, by ward",
            (
                f"{period}; the line is the area's share, dashed lines its 95% limits, dotted ones "
                "99.8%"
            ),
            [
                AreaOfFunnel(store.area.wards[c].name, indicated[c], referred[c], expected[c])
                for c in sorted(expected)
            ],
            (every[1].value or 0, every[0].value or 0),
        )
    notes = withheld_words([*indicated.values(), *referred.values()])
    return Block(heading, sentences, chart, [table], notes)

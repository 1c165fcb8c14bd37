"""For a reader who reads no more: what we know and what changed."""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.page import Page
from profiles.sections import changes, overlap
from profiles.sections.common import one, refused, say

KNOWN = (
    ("Children at risk", "at_risk", "all", "all"),
    ("– at high risk", "at_risk", "risk_level", "high"),
    ("– boys", "at_risk", "sex", "M"),
    ("– aged 15–17", "at_risk", "age_band", "15-17"),
    (
        "– in care, or with a child protection or child in need plan",
        "at_risk",
        "plan",
        "CP or CIN or CLA",
    ),
    ("– missing in the 12 months, by the Trust's records", "missing_at_risk", "all", "all"),
    ("– suspended this school year", "schooling", "schooling", "suspended"),
    ("– victim of a crime in the 12 months", "involved_at_risk", "role", "victim"),
    ("– suspect in a crime in the 12 months", "involved_at_risk", "role", "suspect"),
    ("– offered a service in the 12 months", "at_risk_offered", "all", "all"),
)


def build(store: LabelStore, page: Page) -> Section:
    """A table of the headline numbers, and the change since a year before by rule."""
    total = store.get("at_risk", period_end=page.as_at)
    if total.status == "refused":
        answer = refused(total, "how many children are at risk of criminal exploitation")
    else:
        answer = (
            f"{total.about.capitalize()} children were assessed as at risk of criminal "
            f"exploitation in {store.area.name} on {page.as_at_words}. It is the number that "
            "services recorded; how many are not known to them is another question, which "
            "this report answers as far as it can."
        )
    blocks = [_known(store, page), _changed(store, page)]
    return Section(
        "summary",
        "Summary",
        answer,
        blocks,
    )


def _known(store: LabelStore, page: Page) -> Block:
    rows = []
    for words, figure, group_type, group in KNOWN:
        if store.has(figure, "count", group_type, group):
            _, count, percent = one(store, words, figure, group_type, group)
            rows.append(
                [
                    head(words),
                    shown(count),
                    *(
                        [_base(percent), shown(percent), interval(percent, "%")]
                        if percent
                        else [Cell("–", is_number=True)] * 3
                    ),
                ]
            )
    sighted = store.get("sighted")
    verdict = store.get("hidden_scale", "estimate", "method", "verdict")
    sentences = []
    if verdict.status != "refused":
        sentences.append(
            f"Police, Trust or health identified {sighted.about} children as exploited or at risk "
            f"of it by their own records. {overlap.SAID[verdict.text]}"
        )
    tables = [
        Table(
            f"Children at risk on {page.as_at_words}",
            ["", "Children", "Of", "Share", "95% interval"],
            rows,
        )
    ]
    return Block(
        "What we know",
        sentences,
        tables=tables,
        notes=[
            (
                "Each share is of the children for whom it could be recorded; the sections say who "
                "they are."
            )
        ],
    )


def _base(percent: Label) -> Cell:
    """Of how many a share is."""
    return Cell(percent.denominator or "–", is_number=True)


def _changed(store: LabelStore, page: Page) -> Block:
    """The total and the mix since the last edition, or a year before; flows; what moved lately."""
    since = changes.base_day(store, page)
    entries = store.get("entries")
    exits = store.get("exits")
    sentences = [changes.total_sentence(store, page, since)]
    sentences += changes.clear_sentences(store, since)
    sentences += changes.mix_sentences(store, page, since)
    sentences += say(
        f"Over the 12 months there were {entries.about} joinings and {exits.about} leavings.",
        entries,
        exits,
    )
    return Block("What changed", sentences)

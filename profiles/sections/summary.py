"""For a reader who reads no more: what we know and what changed."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.sections import changes, overlap
from profiles.sections.common import one, refused, say
from profiles.sections.followed import FOLLOWED, Series


def build(store: LabelStore, page: Page) -> Section:
    """A table of the headline numbers, and the change since a year before by rule."""
    total = store.get("at_risk", period_end=page.as_at)
    if total.status == "refused":
        answer = refused(total, "how many children are at risk of criminal exploitation")
    else:
        answer = (
            f"{total.about.capitalize()} children were assessed as at risk of criminal "
            f"exploitation in {store.area.name} on {page.as_at_words}. It is the number that "
            "services recorded, not the number of children who are exploited."
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
    untold = []
    for series in FOLLOWED.known:
        if not store.has(series.figure, "count", *series.group):
            continue
        if store.get(series.figure, "count", *series.group).status == "refused":
            untold.append(uncapital(series.words.removeprefix("– ")))
        else:
            rows.append(_row(store, series))
    sighted = store.get("sighted")
    verdict = store.get("hidden_scale", "estimate", "method", "verdict")
    sentences = [
        f"At risk means: open to the {store.area.file.hub} for child criminal exploitation on the "
        "day, and last assessed there as at low, medium or high risk."
    ]
    if verdict.status != "refused":
        sentences.append(
            f"Police, Trust or health identified {sighted.about} children as exploited or at risk "
            f"of it by their own records. {overlap.SAID[verdict.text]}"
        )
    notes = [
        "Each share is of the children for whom it could be recorded; the sections say who they "
        "are."
    ]
    if untold:
        notes.append(f"Not told, for want of supplies: {joined(untold)}.")
    tables = []
    if rows:
        columns = ["", "Children", "Of", "Share", "95% interval"]
        tables.append(Table(f"Children at risk on {page.as_at_words}", columns, rows))
    return Block("What we know", sentences, tables=tables, notes=notes)


def _row(store: LabelStore, series: Series) -> list[Cell]:
    """A number with what it is a share of, the share and its interval."""
    words, count, percent = one(store, series.words, series.figure, *series.group)
    dash = Cell("–", is_number=True)
    if percent is None:
        return [head(words), shown(count), dash, dash, dash]
    base = Cell(percent.denominator or "–", is_number=True)
    return [head(words), shown(count), base, shown(percent), interval(percent, "%")]


def _changed(store: LabelStore, page: Page) -> Block:
    """The total and the mix since the last edition, or a year before; flows; what moved lately."""
    since = changes.base_day(store, page)
    entries = store.get("entries")
    exits = store.get("exits")
    sentences = [changes.total_sentence(store, page, since)]
    more, *fewer = changes.clear_sentences(store, since) or [""]
    # What more waiting children mean stands beside them.
    sentences += [*filter(None, [more]), *changes.waiting_sentences(store, since), *fewer]
    sentences += changes.mix_sentences(store, page, since)
    sentences += say(
        f"Over the 12 months children joined those at risk {entries.about} times and left them "
        f"{exits.about} times.",
        entries,
        exits,
    )
    return Block("What changed, in short", sentences)

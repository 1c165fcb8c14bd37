"""What became of children afterwards: fixed groups, followed for as long as each of them can be."""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.page import Page
from profiles.drawing.words import uncapital
from profiles.sections.common import (
    Counted,
    counted,
    refused,
    say,
    share_table,
    why,
    withheld_words,
)

TITLE = "What became of them"
WOULD = (
    "what came after children were first at risk, and whether they were arrested before and after"
)
# Months, and in words.
YEARS_ON = "In the years after"
FOLLOWED = ((12, "a year"), (24, "two years"), (48, "four years"))


def build(store: LabelStore, page: Page) -> Section:
    """Children first at risk, one, two and four years on; arrests around the referral; what came
    first for the young.
    """
    blocks = [_after(store), _arrested(store), _young(store)]
    return Section("follow_up", TITLE, _answer(store), blocks)


def _answer(store: LabelStore) -> str:
    total = store.get("followed_12")
    if total.status == "refused":
        return refused(total, WOULD)
    parts = [row for row in counted(store, "followed_12_after", "after") if _is_told(row)]
    if not parts:
        return (
            f"{total.about.capitalize()} children were first at risk a year or more ago and could "
            "be followed for a year; too few of each kind to tell what came of it."
        )
    said = "; ".join(f"{uncapital(row.group.label)} {row.label.about}" for row in parts)
    return (
        f"Of {total.about} children who were first at risk and could be followed for a year (those "
        f"who turned 18 within it are left out), this was recorded within it: {said}."
    )


def _is_told(row: Counted) -> bool:
    return row.label.is_shown


def _after(store: LabelStore) -> Block:
    labels: list[Label] = []
    # A time that the extracts do not reach is said below, and has no columns.
    reached = []
    unreached = []
    for months, words in FOLLOWED:
        total = store.get(f"followed_{months}")
        if total.status == "refused":
            unreached += [f"Within {words}: {uncapital(reason)}" for reason in why(total)]
        else:
            reached.append((months, words))
    if not reached:
        return Block(YEARS_ON, unreached)
    rows = []
    for group in store.groups_of("after"):
        cells = [head(group.label)]
        for months, _ in reached:
            figure = f"followed_{months}_after"
            count = store.get(figure, "count", "after", group.group)
            percent = store.get(figure, "percent", "after", group.group)
            labels.append(count)
            cells += [shown(count), shown(percent)]
        rows.append(cells)
    totals = [head("All who could be followed")]
    for months, _ in reached:
        totals += [shown(store.get(f"followed_{months}")), Cell("–", is_number=True)]
    columns = [""]
    for _, words in reached:
        columns += [f"Within {words}", "Share"]
    table = Table(
        "Children first at risk, by what was recorded of them afterwards", columns, [totals, *rows]
    )
    sentences = [
        "Each column is of the children first at risk in one year, long enough ago that all of "
        "them could be followed for as long; the columns are of different children. Who turns 18 "
        "in that time is left out from the start: the longer the time, the younger the children.",
        "What came after need not come of being identified: in this table no group stands beside "
        "them that was not.",
    ]
    notes = [*unreached, *why(*labels), *withheld_words(labels)]
    return Block(YEARS_ON, sentences, tables=[table], notes=notes)


def _arrested(store: LabelStore) -> Block:
    rows = []
    labels: list[Label] = []
    groups = (
        ("First referred to the hub", "identified", "identified_arrested"),
        ("With an indicator, never referred", "not_identified", "not_identified_arrested"),
    )
    for words, whole, arrested in groups:
        cells = [head(words), shown(store.get(whole))]
        for when in ("before", "after"):
            count = store.get(arrested, "count", "when", when)
            percent = store.get(arrested, "percent", "when", when)
            labels.append(count)
            cells += [shown(count), shown(percent), interval(percent, "%")]
        rows.append(cells)
    columns = ["", "Children"]
    columns += ["Arrested in the year before", "Share", "95% interval"]
    columns += ["Arrested in the year after", "Share", "95% interval"]
    tables = [Table("Arrests before and after a first referral, or indicator", columns, rows)]
    for dimension, caption in (("sex", "by sex"), ("ethnicity", "by ethnic group")):
        own = _by_group(store, dimension, caption)
        if own is not None:
            tables.append(own)
    before = store.get("identified_arrested", "percent", "when", "before")
    after = store.get("identified_arrested", "percent", "when", "after")
    total = store.get("identified")
    sentences = say(
        f"Of {total.about} children first referred to the hub, {before.text} had been arrested in "
        f"the year before and {after.text} were arrested in the year after.",
        total,
        before,
        after,
    )
    sentences.append(
        "An arrest may itself lead to a referral, so fewer arrests after it are no success of it. "
        "Children with an indicator in the same year who were never referred stand beside them; "
        "the two differ in much besides the referral."
    )
    notes = [*why(*labels), *withheld_words(labels)]
    return Block("Arrests before and after", sentences, tables=tables, notes=notes)


def _by_group(store: LabelStore, dimension: str, caption: str) -> Table | None:
    rows = []
    for group in store.groups_of(dimension):
        if not store.has(
            "identified_arrested", "count", dimension, group.group, {"when": "before"}
        ):
            continue
        cells = [head(group.label), shown(store.get("identified", "count", dimension, group.group))]
        for when in ("before", "after"):
            also = {"when": when}
            count = store.get("identified_arrested", "count", dimension, group.group, also)
            percent = store.get("identified_arrested", "percent", dimension, group.group, also)
            cells += [shown(count), shown(percent)]
        rows.append(cells)
    if not rows:
        return None
    columns = ["", "First referred", "Arrested before", "Share", "Arrested after", "Share"]
    return Table(f"Arrests before and after the first referral, {caption}", columns, rows)


def _young(store: LabelStore) -> Block:
    total = store.get("young_followed")
    rows = counted(store, "young_followed", "first_system")
    if total.status == "refused":
        return Block("Social care, or police and youth justice: which came first", [refused(total)])
    table = share_table(
        "Children aged 10–14 three years ago, by which system came to know them first",
        "What came first",
        rows,
        "all of them",
    )
    first = store.get("young_followed", "count", "first_system", "care first")
    second = store.get("young_followed", "count", "first_system", "justice first")
    third = store.get("young_followed", "count", "first_system", "care alone")
    fourth = store.get("young_followed", "count", "first_system", "justice alone")
    sentences = say(
        f"{total.about.capitalize()} children aged 10–14 were known to neither social care nor "
        f"police or youth justice, and came to be within three years: {first.about} to social care "
        f"and later to the other, {second.about} the other way round, {third.about} to social care "
        f"alone and {fourth.about} to police or youth justice alone.",
        total,
        first,
        second,
        third,
        fourth,
    )
    notes = [*why(total), *withheld_words([row.label for row in rows])]
    return Block(
        "Social care, or police and youth justice: which came first",
        sentences,
        tables=[table],
        notes=notes,
    )

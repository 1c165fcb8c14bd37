"""What the data can carry: what is blank, what was linked, what is missing, what came."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import capital, joined
from profiles.figures.dates import long_date
from profiles.sections.common import IN_DEVELOPMENT, counted

FIGURE = "recording_changes"
DASH = Cell("–", is_number=True)
# Columns whose names say nothing to a reader.
COLUMN_WORDS = {
    "key_nhs": "the code of the NHS number",
    "key_upn": "the code of the pupil number",
    "key_name_dob": "the code of name and date of birth",
    "key_name_postcode": "the code of name and postcode",
    "lsoa_code": "the small area of home",
    "ward_code": "the ward of home",
    "recorded_date": "the day of writing down",
}


def build(store: LabelStore, page: Page) -> Section:
    """Completeness, linkage and disagreements, gaps, warnings, rows by extract."""
    by_agencies = {
        group.group: (count, percent)
        for group, count, percent in counted(store, "children_known", "agency_count")
    }
    one_agency, percent = by_agencies["1"]
    alone = ""
    if one_agency.status != "refused":
        share = ""
        if percent and percent.is_shown:
            share = f" ({percent.text})"
        alone = (
            f" {one_agency.about.capitalize()} of these children{share} are in one agency's "
            "records alone."
        )
    answer = (
        f"The agencies supplied records on {store.get('children_known').about} children; being "
        f"among them does not mean being at risk of exploitation.{alone}"
    )
    blocks = [
        _completeness(store),
        _linkage(store),
        _by_group(store),
        _adults(store),
        _gaps(store, page),
        _warnings(page),
        *_lateness(store),
        *_recording(store),
        _extracts(store),
    ]
    return Section("quality", "How good the data is", answer, blocks)


def _lateness(store: LabelStore) -> Iterator[Block]:
    """How much is written down more than a month late, by extract; nothing where none says when."""
    rows = []
    parts = []
    for row in counted(store, "recorded_late", "recorded_extract"):
        of = store.get("recorded_events", "count", "recorded_extract", row.group.group)
        if row.label.status == "refused" or row.percent is None:
            continue
        cells = [shown(of), shown(row.label), shown(row.percent), interval(row.percent, "%")]
        rows.append([head(row.group.label), *cells])
        if row.percent.is_shown:
            agency, _, extract = row.group.label.partition(", ")
            parts.append(f"{row.percent.text} of {extract} ({agency})")
    if not rows:
        return
    columns = ["Extract", "Events", "A month late", "Share of these", "95% interval"]
    table = Table("Events written down more than a month after they happened", columns, rows)
    sentences = [
        "What is written down late is missing from the newest months at first: they still grow."
    ]
    if parts:
        sentences.append(f"More than a month late were {joined(parts)}.")
    yield Block("How late things are written down", sentences, tables=[table])


def _recording(store: LabelStore) -> Iterator[Block]:
    """Days from which on something is recorded otherwise; nothing where there is none."""
    rows = []
    for extract in store.groups(FIGURE, "extract"):
        for label in store.every(FIGURE, "estimate", "extract", extract):
            day = long_date(dt.date.fromisoformat(label.period_end))
            words = extract.replace("__", ", ").replace("_", " ")
            rows.append([head(capital(words)), Cell(day), shown(label)])
    if rows:
        table = Table("Changes of recording", ["Extract", "From", "What"], rows)
        sentence = (
            "From these days on something is recorded otherwise. A number that moves there has not "
            "risen or fallen for that alone; averages and ranges of charts begin anew."
        )
        yield Block("Changes of recording", [sentence], tables=[table])


def _completeness(store: LabelStore) -> Block:
    fields = store.groups_of("field")
    agencies = []
    for g in store.groups_of("agency"):
        if store.has("not_known", "percent", "agency", g.group, {"field": fields[0].group}):
            agencies.append(g)
    rows = []
    for g in agencies:
        rows.append(
            [
                head(g.label),
                *(
                    shown(store.get("not_known", "percent", "agency", g.group, {"field": f.group}))
                    for f in fields
                ),
            ]
        )
    blank = []
    for g in agencies:
        blank.append(
            (g.label, store.get("not_known", "percent", "agency", g.group, {"field": "ethnicity"}))
        )
    parts = [f"{label.text} of the records of {name}" for name, label in blank if label.is_shown]
    sentences = []
    if parts:
        sentences = [
            (
                f"Ethnic group is not known in {joined(parts)}. Another agency that knows it for "
                "the same child fills the gap."
            )
        ]
    chart = None
    if blank:
        chart = bars(
            "completeness",
            "Records without an ethnic group, by agency",
            "per cent of the agency's people records; lines are 95% intervals",
            blank,
            suffix="%",
        )
    tables = [
        Table(
            "Share of each agency's people records in which a field is not known",
            ["Agency", *(f.label for f in fields)],
            rows,
        )
    ]
    return Block(
        "What is not known",
        sentences,
        chart,
        tables,
    )


def _linkage(store: LabelStore) -> Block:
    by_agencies = [
        [head(g.label), shown(c)] for g, c, _ in counted(store, "children_known", "agency")
    ]
    by_count = []
    for g, c, p in counted(store, "children_known", "agency_count"):
        by_count.append([head(g.label), shown(c), shown(p) if p else DASH])
    conflicts = []
    for g, c, p in counted(store, "sources_disagree", "conflict"):
        conflicts.append([head(g.label), shown(c), shown(p) if p else DASH])
    tables = [
        Table(
            "Children in each agency's records (a child can be in several)",
            ["", "Children"],
            by_agencies,
        ),
        Table(
            "Children by the number of agencies that know them",
            ["", "Children", "Share of all children"],
            by_count,
        ),
        Table(
            "Disagreements between joined records",
            ["", "Children", "Share of children known to several agencies"],
            conflicts,
        ),
    ]
    return Block(
        "How records were joined",
        [
            "Records are joined where they hold an equal linkage key, directly or through another "
            "record, and do not contradict each other. Some joins are missed and some are wrong; "
            "where joined records disagree, a fixed rule decides, and the disagreement is counted "
            "here."
        ],
        tables=tables,
    )


def _by_group(store: LabelStore) -> Block:
    """How often names alone would miss a child, by sex and ethnic group."""
    rows = [
        [
            head("All"),
            shown(store.get("same_number")),
            shown(store.get("names_miss")),
            shown(store.get("names_miss", "percent")),
            interval(store.get("names_miss", "percent"), "%"),
        ]
    ]
    for dimension in ("sex", "ethnicity"):
        for group in store.groups_of(dimension):
            if not store.has("names_miss", "percent", dimension, group.group):
                continue
            percent = store.get("names_miss", "percent", dimension, group.group)
            rows.append(
                [
                    head(group.label),
                    shown(store.get("same_number", "count", dimension, group.group)),
                    shown(store.get("names_miss", "count", dimension, group.group)),
                    shown(percent),
                    interval(percent, "%"),
                ]
            )
    table = Table(
        "Children of whom two agencies hold an equal number, and whom names would have missed",
        ["", "With an equal number", "Missed by names", "Share", "95% interval"],
        rows,
    )
    sentences = [
        "Where no number is held, records are joined by name with date of birth or postcode. How "
        "often that misses a child is seen in children whom a number joins. A group whose names "
        "are missed more often looks as if fewer of it were known to several agencies; where that "
        "alone could make a difference between groups, the comparison says so.",
        IN_DEVELOPMENT,
    ]
    return Block("How often names miss a child, by group", sentences, tables=[table])


def _adults(store: LabelStore) -> Block:
    """Events of people who were no longer children, by agency."""
    rows = []
    for group, count, _ in counted(store, "events_at_18", "agency"):
        rows.append([head(group.label), shown(count)])
    table = Table(
        "Events of people aged 18 or over on the day, in the agencies' extracts",
        ["Agency", "Events in 36 months"],
        rows,
    )
    return Block(
        "Events of adults",
        [
            "Every event in this profile is of a child. Events of someone aged 18 or over on the "
            "day are in no other figure; an extract with many of them was made of the wrong people."
        ],
        tables=[table],
    )


def _gaps(store: LabelStore, page: Page) -> Block:
    notes = [f"{name}: no accepted supply." for name in page.missing_agencies]
    notes += [
        f"{s.name} did not supply {_thing(t)}: {reason}."
        for s in page.sources
        for t, reason in sorted(s.not_supplied.items())
    ]
    reasons = dict.fromkeys(reason for _, reason in store.refusals())
    notes += [f"Some figures are “not available”: {reason}." for reason in reasons]
    by_locality = store.every(
        "at_risk_residents_10_17", "rate", "locality", store.area.localities[0]
    )
    if by_locality and "estimated" in by_locality[-1].note:
        notes.append(
            "Place: residents aged 10–17 by ward and locality are estimated; the table to ask for "
            "is single-year ages by ward (ONS mid-year estimates)."
        )
    return Block(
        "What was not supplied, and what cannot be shown",
        [] if notes else ["Every table was supplied."],
        notes=notes,
    )


def _thing(name: str) -> str:
    table, _, column = name.partition(".")
    if column:
        words = COLUMN_WORDS.get(column, column.replace("_", " "))
        return f"{words} in {table.replace('_', ' ')}"
    return table.replace("_", " ")


def _warnings(page: Page) -> Block:
    warnings = []
    for s in page.sources:
        for w in [*s.cautions, *s.warnings]:
            warnings.append(w)
    if not warnings:
        nothing = "No check of the extracts in use gave a warning of more than a few rows."
        return Block("Warnings of the checks", [nothing])
    return Block(
        "Warnings of the checks",
        [
            "These do not refuse a supply, but bear on what its figures mean. What does not hold "
            "in a few rows only is not listed."
        ],
        notes=warnings,
    )


def _extracts(store: LabelStore) -> Block:
    titles = {g.group: g.label for g in store.groups_of("agency")}
    rows = []
    for name in store.groups("rows_received", "extract"):
        agency, _, table = name.partition("__")
        received = store.get("rows_received", "count", "extract", name)
        rows.append([head(f"{titles[agency]}: {table.replace('_', ' ')}"), shown(received)])
    return Block(
        "What was received",
        [
            (
                "A few rows that break a rule are set aside and named to the agency; a supply with "
                "more is refused whole. Rows are events and spells, not children."
            )
        ],
        tables=[Table("Rows received, by extract", ["Extract", "Rows"], rows)],
    )

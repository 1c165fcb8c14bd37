"""What the data can carry: what came, what is blank, what was linked, what is missing."""

from __future__ import annotations

from profiles.blocks import Block, Cell, Section, Table, head, shown
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.groups import groups_of
from profiles.page import Page
from profiles.sections.common import counted, joined


def build(store: LabelStore, page: Page) -> Section:
    """Rows and warnings by extract, completeness, linkage, disagreements, intelligence gaps."""
    several = counted(store, "children_known", "agency_count")
    one = next((c, p) for g, c, p in several if g.group == "1")
    everyone = store.get("children_known")
    answer = (
        f"The extracts hold {everyone.about} children after linkage; {one[0].about} of them are known to one agency alone"
        f"{f' ({one[1].text})' if one[1] and one[1].is_shown else ''}."
    )
    return Section(
        "quality",
        "How good the data is",
        answer,
        [_extracts(store), _warnings(page), _completeness(store), _linkage(store), _gaps(store, page)],
    )


def _extracts(store: LabelStore) -> Block:
    rows = []
    for name in store.groups("rows_received", "extract"):
        agency, _, table = name.partition("__")
        title = next(g.label for g in groups_of("agency") if g.group == agency)
        rows.append(
            [
                head(f"{title}: {table.replace('_', ' ')}"),
                shown(store.get("rows_received", "count", "extract", name)),
                shown(store.get("rows_warned_of", "count", "extract", name)),
            ]
        )
    return Block(
        "What was received",
        [
            "Every row passed the checks that would have refused its supply. Warnings do not refuse: a row can be warned of more than once."
        ],
        tables=[Table("Rows received and rows warned of, by extract", ["Extract", "Rows", "Warnings on rows"], rows)],
    )


def _warnings(page: Page) -> Block:
    found = [w for s in page.sources for w in [*s.cautions, *s.warnings]]
    said = (
        "These warnings do not refuse a supply, but they bear on what its figures mean."
        if found
        else "No check of the extracts in use gave a warning."
    )
    return Block("Warnings", [said], notes=found)


def _completeness(store: LabelStore) -> Block:
    fields = groups_of("field")
    rows = []
    for g in groups_of("agency"):
        if store.has("not_known", "percent", "agency", g.group, fields[0].group):
            rows.append(
                [head(g.label), *(shown(store.get("not_known", "percent", "agency", g.group, f.group)) for f in fields)]
            )
    worst = [
        (g.label, store.get("not_known", "percent", "agency", g.group, "ethnicity"))
        for g in groups_of("agency")
        if store.has("not_known", "percent", "agency", g.group, "ethnicity")
    ]
    over = [name for name, label in worst if label.is_shown and (label.value or 0) > 5]
    sentence = (
        f"Ethnic group is not known for more than 5% of the records of {joined(over)}."
        if over
        else "No agency lacks ethnic group for more than 5% of its records."
    )
    return Block(
        "What is not known",
        [sentence],
        bars(
            "completeness",
            "Records without an ethnic group, by agency",
            "per cent of the agency's people records; lines are 95% intervals",
            worst,
            suffix="%",
        )
        if worst
        else None,
        [Table("Share of people records in which a field is not known", ["Agency", *(f.label for f in fields)], rows)],
    )


def _linkage(store: LabelStore) -> Block:
    known = [
        [head(g.label), shown(c), Cell("–", is_number=True)] for g, c, _ in counted(store, "children_known", "agency")
    ]
    known += [
        [head(g.label), shown(c), shown(p) if p else Cell("–", is_number=True)]
        for g, c, p in counted(store, "children_known", "agency_count")
    ]
    conflicts = [
        [head(g.label), shown(c), shown(p) if p else Cell("–", is_number=True)]
        for g, c, p in counted(store, "sources_disagree", "conflict")
    ]
    return Block(
        "How records were joined",
        [
            "Records are joined where they hold an equal linkage key, directly or through another record. Some joins are missed and some are wrong; "
            "where joined records disagree, a fixed rule decides and the disagreement is counted here."
        ],
        tables=[
            Table("Children by the agencies that know them", ["", "Children", "Share of all children"], known),
            Table(
                "Disagreements between joined records",
                ["", "Children", "Share of children known to several agencies"],
                conflicts,
            ),
        ],
    )


def _gaps(store: LabelStore, page: Page) -> Block:
    notes = [f"{name}: no accepted supply." for name in page.missing_agencies]
    notes += [
        f"{s.name} holds no {t.replace('_', ' ').replace('.', ': ')} for us: {reason}."
        for s in page.sources
        for t, reason in sorted(s.not_supplied.items())
    ]
    notes += [f"{reason[0].upper()}{reason[1:]}." for reason in sorted({r for _, r in store.refusals()})]
    return Block("What we would need to know more", notes=notes)

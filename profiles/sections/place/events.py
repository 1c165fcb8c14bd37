"""Where and when things happened: crimes and incidents, finds of missing children, harm beside
risk, hours of the week.
"""

from __future__ import annotations

from collections.abc import Sequence

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Map, Table, head, shown
from profiles.drawing.maps import breaks, shade_of, ward_map
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.figures.groups import Group
from profiles.figures.verdict_words import QUADRANTS
from profiles.sections.common import refused, withheld_words
from profiles.sections.place.wards import (
    DASH,
    EDGE_WORDS,
    Labels,
    any_shown,
    cluster_words,
    edges,
    instead,
    joined_names,
    labels,
    ranked,
    verdict,
)
from profiles.statistics import rates


def places(store: LabelStore, page: Page) -> list[Block]:
    """Where incidents happened and where missing children were found, each on its own; counted
    apart; risk and harm.
    """
    incidents = labels(store, "involvements")
    found_reports = labels(store, "found_reports")
    period = f"12 months to {page.as_at_words}"
    maps: list[Map] = []
    sentences = []
    for counts, figure, cluster, name, title, what in (
        (
            incidents,
            "involvements",
            "cluster_incident",
            "incidents",
            "Where crimes and incidents happened",
            f"children's parts in crimes and incidents, {period}",
        ),
        (
            found_reports,
            "found_reports",
            "cluster_found",
            "found",
            "Where missing children were found",
            (
                "reports of missing children, by where the child was found, 24 months to "
                f"{page.as_at_words}"
            ),
        ),
    ):
        if not any_shown(counts):
            sentences.append(instead(counts, title))
            continue
        words = {c: f"{store.area.wards[c].name}: {x.text}" for c, x in counts.items()}
        verdicts = labels(store, cluster, "estimate")
        maps.append(
            ward_map(store.area, name, title, what, counts, words, edges(verdicts), EDGE_WORDS)
        )
        sentences.append(f"{title}: {' '.join(cluster_words(store, verdicts, figure))}")
    if not maps:
        return [Block("Where things happened", sentences)]
    first = incidents if any_shown(incidents) else found_reports
    quadrant = labels(store, "risk_and_harm", "estimate")
    rows = []
    for c in ranked(store, first):
        row = [head(store.area.wards[c].name)]
        row += [shown(counts[c]) if c in counts else DASH for counts in (incidents, found_reports)]
        for figure in ("cluster_incident", "cluster_found", "risk_and_harm"):
            row.append(verdict(labels(store, figure, "estimate").get(c)))
        rows.append(row)
    table = Table(
        (
            "Crimes and incidents in 12 months, and where missing children were found in 24 "
            f"months to {page.as_at_words}, by ward"
        ),
        [
            "Ward",
            "Children's parts in crimes and incidents",
            "Reports, by ward where found",
            "Cluster of incidents",
            "Cluster of finds",
            "Risk and harm",
        ],
        rows,
    )
    notes = [
        (
            "Busy places have more of everything: these are numbers, not rates, and a child may "
            "live elsewhere."
        ),
        (
            "What happened at a children's home, and children of homes or missing from care who "
            "were found, are counted apart, so that no map shows where homes are."
        ),
        *withheld_words([*incidents.values(), *found_reports.values()]),
    ]
    return [
        Block("Where things happened", sentences, None, [table], notes, maps),
        *_harm(store, quadrant, period),
    ]


def _harm(store: LabelStore, quadrant: Labels, period: str) -> list[Block]:
    heading = "Risk beside recorded harm"
    if not any_shown(quadrant):
        first = next(iter(quadrant.values()), None)
        if first:
            return [Block(heading, [f"This cannot be shown at present: {first.note}."])]
        return []
    rows = []
    for name in QUADRANTS.values():
        wards = [ward for ward, label in quadrant.items() if label.text == name]
        if wards:
            verdict = quadrant[wards[0]]
            rows.append([Cell(verdict.text, verdict.key), Cell(joined_names(store, wards))])
    bare = store.get("harm_without_weight")
    sentences = [
        "Each ward is set above or below the middle ward twice: by the rate of children "
        "ever at risk who live there, and by the harm of the crimes recorded there in "
        "which a child was a victim or a suspect. "
        "Harm counts each crime once by a weight, so that a robbery counts for more than a "
        "theft.",
        "Harm is a total, not a rate, so busy wards have more of it; a ward near the "
        "middle might as well stand on the other side of it, and a ward in a cluster can itself "
        "stand on the other side from its neighbours. "
        f"For {bare.about} of children's parts as victim or suspect in the {period} there "
        "is no weight, and they count as no harm.",
        (
            "Higher risk with less recorded harm can mean that exploitation there does not "
            "reach the police; lower risk with more harm, that children are exploited away "
            "from home."
        ),
    ]
    tables = [
        Table("Wards by risk and recorded harm", ["Risk and harm", "Wards"], rows),
        Table(
            "Children's parts as victim or suspect in crimes without a weight of harm",
            ["", "Parts"],
            [[head("Without a weight"), shown(bare)]],
        ),
    ]
    return [
        Block(
            heading,
            sentences,
            None,
            tables,
            [
                (
                    f"Weights of harm: {bare.note}. The partnership can put others in their place, "
                    "such as the Cambridge Crime Harm Index."
                )
            ],
        )
    ]


def apart(store: LabelStore) -> Block:
    """What is in no ward, for each of the things counted."""
    figures = (
        ("ever_at_risk_48_months", "Ever at risk in 48 months"),
        ("indicated_36_months", "With indicators in 36 months"),
        ("referred_36_months", "Referred in 36 months"),
        ("involvements", "Parts in crimes and incidents"),
        ("found_reports", "Reports in 24 months, by where found"),
    )
    groups: list[Group] = []
    for g in store.groups_of("ward"):
        if g.is_residual and any(store.has(f, "count", "ward", g.group) for f, _ in figures):
            groups.append(g)
    there = []
    for f, words in figures:
        if any(store.has(f, "count", "ward", g.group) for g in groups):
            there.append((f, words))
    rows = []
    for g in groups:
        row = [head(g.label)]
        for figure, _ in there:
            if store.has(figure, "count", "ward", g.group):
                row.append(shown(store.get(figure, "count", "ward", g.group)))
            else:
                row.append(DASH)
        rows.append(row)
    tables = []
    if rows and there:
        columns = ["", *(words for _, words in there)]
        tables.append(Table("Counted in no ward of today", columns, rows))
    return Block(tables=tables)


def times(store: LabelStore, page: Page) -> Block:
    """Weekday by hour of crimes and incidents, shaded; by three hours where single ones are too
    small.
    """
    heading = "When in the week"
    days = store.groups_of("weekday")
    everything = store.get("incident_times")
    if everything.status == "refused":
        return Block(heading, [refused(everything)])
    kind = _hours(store, days[0].group)
    cells: dict[tuple[str, str], Label] = {}
    for g in store.groups_of(kind) if kind else []:
        if g.is_residual:
            continue
        for day in days:
            also = {"weekday": day.group}
            label = store.get("incident_times", "count", kind, g.group, also)
            cells[g.group, day.group] = label
    by_day = [(d.label, store.get("incident_times", "count", "weekday", d.group)) for d in days]
    unknown = store.get("incident_times", "count", "hour", "not known")
    parts = f"{everything.about} parts that children had in crimes and incidents in 12 months"
    clear = [t for t, x in by_day if x.is_shown and _share_is_over(x, everything, 1 / len(days))]
    if clear:
        sentence = f"Of {parts}, more than a seventh fell on {_each(clear)}."
    else:
        sentence = f"Of {parts}, no day of the week had clearly more than its seventh."
    notes = [
        f"The hour was not known for {unknown.about}: these are in no hour, but in the last row.",
        *withheld_words(list(cells.values())),
    ]
    if not any(x.is_shown for x in cells.values()):
        each_day = [[head(day), shown(label)] for day, label in by_day]
        caption = "Parts in crimes and incidents, by weekday"
        table = Table(caption, ["Weekday", "Parts"], each_day)
        return Block(heading, [sentence], tables=[table], notes=notes)
    ranges = breaks([x.value for x in cells.values() if x.value is not None])
    rows = []
    for g in store.groups_of(kind or "hour"):
        if not g.is_residual:
            rows.append([head(g.label), *(_shaded(cells[g.group, d.group], ranges) for d in days)])
    rows.append([head("All hours"), *(shown(x) for _, x in by_day)])
    caption = (
        f"Children's parts in crimes and incidents in the 12 months to {page.as_at_words}, by "
        "hour and weekday; darker is more"
    )
    tables = [Table(caption, ["Hour", *(d.label[:3] for d in days)], rows)]
    return Block(heading, [sentence], tables=tables, notes=notes)


def _each(days: Sequence[str]) -> str:
    return f"each of {joined(list(days))}" if len(days) > 1 else days[0]


def _hours(store: LabelStore, weekday: str) -> str:
    """“hour”, or “hour_band” where single hours are too small; blank where neither is told."""
    for kind in ("hour", "hour_band"):
        first = store.groups_of(kind)[0].group
        if store.has("incident_times", "count", kind, first, {"weekday": weekday}):
            return kind
    return ""


def _share_is_over(part: Label, whole: Label, share: float) -> bool:
    return bool(whole.value) and float(rates.wilson(part.value or 0, whole.value or 0)[0]) > share


def _shaded(label: Label, ranges: Sequence[tuple[float, float]]) -> Cell:
    shade = ""
    if label.is_shown and label.value is not None:
        shade = shade_of(label.value, ranges)
    return Cell(
        label.text,
        label.key,
        is_number=True,
        shade=shade,
    )

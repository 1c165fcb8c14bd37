"""Where the children at risk live, where things happen to them, and where nobody may be looking."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.sections.common import Counted, counted, crossed, largest_first, merged_words, refused
from profiles.sections.place import events as place_events
from profiles.sections.place import homes as place_homes
from profiles.sections.place import unseen as place_unseen
from profiles.sections.place import wards as place_wards
from profiles.sections.place.wards import DASH
from profiles.statistics.hotspots import HIGH


def build(store: LabelStore, page: Page) -> Section:
    """Localities on the day; wards over 48, 36 and 12 months: homes, referrals, incidents, finds,
    hours.
    """
    rows = counted(store, "at_risk", "locality")
    title = "Place"
    happened = [
        *place_events.places(store, page),
        place_events.apart(store),
        place_events.times(store, page),
    ]
    if rows[0][1].status == "refused":
        return Section(
            "place", title, refused(rows[0][1], "where the children at risk live"), happened
        )
    inside = largest_first([row for row in rows if not row.group.is_residual])
    answer = "No locality has enough children at risk to be shown."
    if inside:
        answer = (
            "By locality of home, children at risk: "
            f"{joined([f'{c.about} in {g.label}' for g, c, _ in inside])}."
        )
        cluster = place_wards.labels(store, "cluster_home", "estimate")
        high = [c for c, x in cluster.items() if x.text == HIGH]
        where = place_wards.joined_names(store, high) if high else ""
        answer += (
            (
                f" Over four years, rates in and around {where} were higher than chance alone "
                "brings about."
            )
            if high
            else ""
        )
    blocks = [
        _localities(store, page, inside, rows),
        *_crossed(store, page),
        *place_homes.homes(store, page),
    ]
    return Section("place", title, answer, [*blocks, place_unseen.unseen(store, page), *happened])


def _localities(store: LabelStore, page: Page, inside: list[Counted], rows: list[Counted]) -> Block:
    missing = next(
        (s.not_supplied.get("residences") for s in page.sources if s.agency == "trust"), None
    )
    undated = []
    if missing:
        undated = [
            (
                f"The Trust supplied no dated homes ({missing}): each child is counted at the home "
                "it has now."
            )
        ]
    ordered = [*inside, *(r for r in rows if r not in inside)]
    cells = []
    for g, count, _ in ordered:
        has_rate = store.has("at_risk_residents_10_17", "rate", "locality", g.group)
        rate = residents = None
        if has_rate:
            key = ("locality", g.group)
            rate = store.get("at_risk_residents_10_17", "rate", *key)
            residents = store.get("at_risk_residents_10_17", "count", *key)
        cells.append(
            [
                head(g.label),
                shown(count),
                shown(residents) if residents else DASH,
                *([shown(rate), interval(rate)] if rate else [DASH, DASH]),
            ]
        )
    rates = []
    for group, _, _ in inside:
        rates.append(store.get("at_risk_residents_10_17", "rate", "locality", group.group))
    rate_notes = []
    if rates and rates[0].is_shown:
        rate_notes = [f"Rates are per 10,000 residents aged 10–17. {place_wards.source(rates[0])}"]
    why = []
    if rates and rates[0].status == "refused":
        why = [f"Rates cannot be given: {rates[0].note}."]
    sentences = [
        (
            f"{store.area.file.localities_note} The wards of a locality add up to it, and the "
            f"localities and the last row to {store.area.name}."
        ).strip(),
        *rate_notes,
        *why,
        *undated,
    ]
    chart = bars(
        "locality",
        "Children at risk, by locality of home",
        f"children at risk on {page.as_at_words}",
        [(g.label, c) for g, c, _ in ordered],
    )
    tables = [
        Table(
            f"Children at risk on {page.as_at_words}, by locality of home",
            [
                "Locality",
                "Children",
                "Residents aged 10–17 among them",
                "Per 10,000",
                "95% interval",
            ],
            cells,
        )
    ]
    return Block(
        "By locality, on the day",
        sentences,
        chart,
        tables,
        merged_words(store, "at_risk", "locality"),
    )


def _crossed(store: LabelStore, page: Page) -> list[Block]:
    """Localities broken down further, where the edition has that."""
    blocks = []
    dimensions = (
        ("risk_level", "level of risk"),
        ("sex", "sex"),
        ("age_band", "age band"),
        ("plan", "care and plan"),
    )
    for across, what in dimensions:
        caption = f"Children at risk on {page.as_at_words}, by locality of home and {what}"
        tables, notes = crossed(store, "at_risk", "locality", across, caption, "Locality")
        if tables or notes:
            blocks.append(Block(tables=tables, notes=notes))
    return blocks

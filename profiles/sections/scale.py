"""How many children, how that number moves, and how it depends on the definition."""

from __future__ import annotations

import datetime as dt

from profiles.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.charts import bars, months
from profiles.disclosure.store import Label, LabelStore
from profiles.figures import long_date
from profiles.groups import groups_of, published
from profiles.page import Page
from profiles.sections.common import counted, refused


def build(store: LabelStore, page: Page) -> Section:
    """Stock, rate, flows, month by month, other definitions, published past figures."""
    total = store.get("at_risk", period_end=page.as_at)
    if not total.is_shown:
        return Section("scale", "How many children", refused(total), [])
    rate = store.get("at_risk_residents_10_17", "rate")
    ever = store.get("ever_at_risk_12_months")
    answer = (
        f"{total.about.capitalize()} children were assessed as at risk on {page.as_at_words}: {rate.text} for every 10,000 residents aged 10–17 "
        f"(95% interval {rate.interval}). Over the 12 months before, {ever.about} children were at risk at some time."
    )
    blocks = [_stock(store, page, total), *_by_month(store, page), _flows(store, page), _definitions(store, page)]
    return Section("scale", "How many children", answer, [*blocks, *_past(store, page)])


def _stock(store: LabelStore, page: Page, total: Label) -> Block:
    rate, residents = store.get("at_risk_residents_10_17", "rate"), store.get("at_risk_residents_10_17")
    rows = [[head("Children at risk"), shown(total), Cell("–", is_number=True)]]
    rows += [
        [head(f"of whom: {g.label[0].lower()}{g.label[1:]}"), shown(count), Cell("–", is_number=True)]
        for g, count, _ in counted(store, "at_risk", "residence")
    ]
    rows += [
        [head("At risk, resident and aged 10–17"), shown(residents), Cell("–", is_number=True)],
        [head("Rate per 10,000 residents aged 10–17"), shown(rate), interval(rate)],
        [head("Open to the hub, not yet assessed"), shown(store.get("open_not_assessed")), Cell("–", is_number=True)],
        [
            head("Open to the hub, assessed as no risk found"),
            shown(store.get("open_assessed_none")),
            Cell("–", is_number=True),
        ],
        [
            head("Placed here by other authorities, assessed as at risk (not counted above)"),
            shown(store.get("placed_here_by_others")),
            Cell("–", is_number=True),
        ],
    ]
    others = store.get("placed_here_by_others")
    return Block(
        "On the day",
        [
            f"The cohort is children who live in Birmingham or for whom Birmingham is responsible. Another {others.text} children placed here by other "
            "authorities were assessed as at risk; they are counted apart."
        ]
        if others.is_shown
        else [],
        tables=[Table(f"Children open to the hub on {page.as_at_words}", ["", "Number", "95% interval"], rows)],
        notes=[f"Rate: {rate.note}; {rate.denominator:,.0f} residents."] if rate.denominator else [],
    )


def _by_month(store: LabelStore, page: Page) -> list[Block]:
    day = page.day
    points = [p for p in store.series("at_risk") if _is_month_end(p.period_end) or p.period_end == page.as_at]
    if not any(p.is_shown for p in points):
        return []
    years = sorted({p.period_end[:4] for p in points})
    by_month = {p.period_end[:7]: p for p in points if _is_month_end(p.period_end)}
    names = [dt.date(2000, m, 1).strftime("%b") for m in range(1, 13)]
    rows = [
        [
            head(y),
            *(
                shown(by_month[f"{y}-{m:02d}"]) if f"{y}-{m:02d}" in by_month else Cell("", is_number=True)
                for m in range(1, 13)
            ),
        ]
        for y in years
    ]
    known = [p for p in points if p.is_shown and p.value is not None and p.period_end != page.as_at]
    low, high = min(known, key=lambda p: (p.value, p.period_end)), max(known, key=lambda p: (p.value, p.period_end))
    return [
        Block(
            "Month by month",
            [
                f"At the month ends of the last four years the number was between {low.about} ({long_date(_date(low))}) and {high.about} ({long_date(_date(high))}). "
                "Whether any of the changes is more than chance is not tested in this edition, so none is called a rise or a fall."
            ],
            months(
                "months",
                "Children at risk at each month end",
                f"children, month ends to {long_date(day)}, rounded; the last point is {page.as_at_words}",
                points,
            ),
            [Table("Children at risk at month ends", ["Year", *names], rows)],
        )
    ]


def _flows(store: LabelStore, page: Page) -> Block:
    start, entries, exits, total = (store.get(f) for f in ("at_risk_opening", "entries", "exits", "at_risk"))
    rows = [
        [head(f"At risk on {long_date(_date(start))}"), shown(start)],
        [head("Entries to the cohort"), shown(entries)],
    ]
    rows += [
        [head(f"– {g.label[0].lower()}{g.label[1:]}"), shown(count)]
        for g, count, _ in counted(store, "entries", "entry_reason")
    ]
    rows.append([head("Exits from the cohort"), shown(exits)])
    rows += [
        [head(f"– {g.label[0].lower()}{g.label[1:]}"), shown(count)]
        for g, count, _ in counted(store, "exits", "exit_reason")
    ]
    rows.append([head(f"At risk on {page.as_at_words}"), shown(total)])
    return Block(
        "Who joined and who left in 12 months",
        [
            f"There were {entries.about} entries and {exits.about} exits in the 12 months to {page.as_at_words}. A child can enter and leave more than once."
        ],
        tables=[Table("From one year to the next: opening, entries, exits, closing", ["", "Number"], rows)],
        notes=["Each number is rounded on its own, so the rows may not add up."],
    )


def _definitions(store: LabelStore, page: Page) -> Block:
    total = store.get("at_risk")
    rows = [("Assessed as at risk by the hub on the day", total)]
    rows += [(g.label, count) for g, count, _ in counted(store, "known_by_definition", "definition")]
    every = store.get("known_by_definition", "count", "definition", "any of these")
    sentence = (
        f"Counted by any of these definitions, {every.about} children were known." if every.is_shown else refused(every)
    )
    return Block(
        "The number depends on the definition",
        [sentence + " A child can meet several."],
        bars(
            "definitions",
            "Children known, by definition",
            f"children; 12 months to {page.as_at_words} unless on the day",
            rows,
        ),
        [Table("Children known, by definition", ["Definition", "Children"], [[head(t), shown(x)] for t, x in rows])],
    )


def _past(store: LabelStore, page: Page) -> list[Block]:
    dates = sorted({p["as_at"] for p in published() if p["as_at"] <= page.as_at})
    if not dates:
        return []
    labels = {("all", "all"): "Children at risk"} | {
        ("risk_level", g.group): f"of whom {g.label.lower()} risk" for g in groups_of("risk_level")
    }
    rows = []
    for p in published():
        if p["as_at"] > page.as_at:
            continue
        again = shown(store.get("at_risk", "count", p["group_type"], p["group"], period_end=p["as_at"]))
        rows.append(
            [
                head(f"{labels[p['group_type'], p['group']]}, {long_date(dt.date.fromisoformat(p['as_at']))}"),
                Cell(f"{int(p['children']):,}", is_number=True),
                again,
            ]
        )
    return [
        Block(
            "Beside what was published before",
            [
                "The council's inquiry published these numbers. They stand beside the same numbers worked out again from the extracts in use."
            ],
            tables=[Table("Published and recomputed", ["", "Published", "Recomputed"], rows)],
            notes=[
                "Recomputed numbers are rounded, the total on the as-at date apart. Published by: Birmingham City Council, Child Criminal Exploitation Inquiry (2024)."
            ],
        )
    ]


def _date(label: Label) -> dt.date:
    return dt.date.fromisoformat(label.period_end)


def _is_month_end(text: str) -> bool:
    return (dt.date.fromisoformat(text) + dt.timedelta(days=1)).day == 1

"""How many children, how that number moves, and how it depends on the definition."""

from __future__ import annotations

import datetime as dt

from profiles.areas.published import PublishedEntry
from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.charts import months
from profiles.drawing.page import Page
from profiles.drawing.words import capital, in_words, uncapital
from profiles.figures.dates import long_date
from profiles.sections.common import Counted, counted, refused, residents_source


def build(store: LabelStore, page: Page) -> Section:
    """Stock, rate, flows, month by month, other definitions, published past figures."""
    total = store.get("at_risk", period_end=page.as_at)
    if total.status == "refused":
        return Section(
            "scale",
            "How many children",
            refused(total, "how many children are at risk, who joins and who leaves"),
            [_definitions(store, page)],
        )
    blocks = [
        _stock(store, page, total),
        *_by_month(store, page),
        _totals(store, page),
        _flows(store, page),
        _definitions(store, page),
    ]
    return Section(
        "scale", "How many children", _answer(store, page, total), [*blocks, *_past(store, page)]
    )


def _answer(store: LabelStore, page: Page, total: Label) -> str:
    residents = store.get("at_risk_residents_10_17")
    rate = store.get("at_risk_residents_10_17", "rate")
    ever = store.get("ever_at_risk_12_months")
    residents_words = ""
    if rate.is_shown:
        residents_words = (
            f"; {residents.about} of them live in {store.area.name} and are aged 10–17, which is "
            f"{rate.text} in every 10,000 residents of that age"
        )
    over_time = ""
    if ever.status != "refused":
        over_time = f" Over the 12 months before, {ever.about} children were at risk at some time."
    return (
        f"{total.about.capitalize()} children were assessed as at risk on "
        f"{page.as_at_words}{residents_words}.{over_time}"
    )


def _stock(store: LabelStore, page: Page, total: Label) -> Block:
    rate = store.get("at_risk_residents_10_17", "rate")
    residents = store.get("at_risk_residents_10_17")
    placed_here = store.get("placed_here_by_others")
    rows = [
        ("Children at risk", total),
        ("Open to the hub, not yet assessed", store.get("open_not_assessed")),
        ("Open to the hub, assessed as no risk found", store.get("open_assessed_none")),
        (
            (
                "Placed here by other authorities and assessed as at risk (not counted among the "
                "children at risk)"
            ),
            placed_here,
        ),
    ]
    per = [
        [
            head(f"Children at risk who live in {store.area.name} and are aged 10–17"),
            shown(residents),
            shown(rate),
            interval(rate),
        ]
    ]
    notes = []
    if rate.denominator:
        notes.append(
            f"The rate is per 10,000 of the {rate.denominator} residents aged 10–17 "
            f"({residents_source(rate)})."
        )
    sentences = [
        (
            f"This counts children who live in {store.area.name} or for whom {store.area.name} "
            "is responsible, wherever they are placed. Children whom other authorities placed "
            "here are counted apart."
        )
    ]
    cells = [[head(text), shown(label)] for text, label in rows]
    tables = [
        Table(f"Children open to the hub on {page.as_at_words}", ["", "Children"], cells),
        Table("Rate of residents", ["", "Children", "Rate per 10,000", "95% interval"], per),
    ]
    return Block("On the day", sentences, tables=tables, notes=notes)


def _by_month(store: LabelStore, page: Page) -> list[Block]:
    points = [
        p for p in store.series("at_risk") if p.status != "refused" and _is_month_end(p.period_end)
    ]
    if not any(p.is_shown for p in points):
        return []
    years = sorted({p.period_end[:4] for p in points})
    by_month = {p.period_end[:7]: p for p in points if _is_month_end(p.period_end)}
    rows = []
    for month in range(1, 13):
        row = [head(dt.date(2000, month, 1).strftime("%B"))]
        for year in years:
            label = by_month.get(f"{year}-{month:02d}")
            row.append(shown(label) if label else Cell("", is_number=True))
        rows.append(row)
    *before, last = sorted(by_month.values(), key=lambda p: p.period_end)
    in_order = sorted(before, key=_order)
    if not in_order or not in_order[-1].is_shown:
        return []
    low = in_order[0]
    high = in_order[-1]
    sentences = [
        f"At the last month end, {long_date(_date(last))}, the number was {last.about}; at "
        f"the month ends of the four years before it lay between {low.about} and "
        f"{high.about}. "
        "Whether that is beyond the ordinary ups and downs stands under “What changed”; a "
        "change may come from more or fewer referrals and closures as well as "
        "from more or fewer children at risk."
    ]
    chart = months(
        "months",
        "Children at risk at each month end",
        f"children, month ends to {long_date(_date(last))}, rounded",
        points,
    )
    tables = [Table("Children at risk at month ends", ["Month", *years], rows)]
    return [
        Block(
            "Month by month",
            sentences,
            chart,
            tables,
        )
    ]


def _order(label: Label) -> tuple[float, str]:
    return (label.value or 0.0) if label.is_shown else -1.0, label.period_end


def _flows(store: LabelStore, page: Page) -> Block:
    entries = store.get("entries")
    exits = store.get("exits")
    total = store.get("at_risk")
    a_year_before = (dt.date.fromisoformat(entries.period_start) - dt.timedelta(days=1)).isoformat()
    start = store.get("at_risk", period_end=a_year_before)
    rows = [
        [head(f"At risk on {long_date(_date(start))}"), shown(start)],
        [head("Entries to the cohort"), shown(entries)],
    ]
    rows += _of_which(counted(store, "entries", "entry_reason"))
    rows.append([head("Exits from the cohort"), shown(exits)])
    rows += _of_which(counted(store, "exits", "exit_reason"))
    rows.append([head(f"At risk on {page.as_at_words}"), shown(total)])
    sentences = [
        (
            f"There were {entries.about} entries and {exits.about} exits in the 12 months to "
            f"{page.as_at_words}. A child can enter and leave more than once."
        )
    ]
    return Block(
        "Who joined and who left in 12 months",
        sentences,
        tables=[
            Table(
                "From one year to the next: opening, entries, exits, closing", ["", "Number"], rows
            )
        ],
    )


def _of_which(reasons: list[Counted]) -> list[list[Cell]]:
    return [[head(f"– {uncapital(row.group.label)}"), shown(row.label)] for row in reasons]


def _totals(store: LabelStore, page: Page) -> Block:
    """The totals that stand in different places of the report, side by side: each says what it
    counts and over how long.
    """
    on_the_day = "on the day"
    a_year = "12 months"
    four_years = "48 months"
    any_of_these = ("known_by_definition", "count", "definition", "any of these")
    totals = [
        ("At risk at the hub", on_the_day, store.get("at_risk")),
        (
            "Identified by police, Trust or health, by their own records",
            a_year,
            store.get("sighted"),
        ),
        (
            "At risk on the day, or known by one of three other definitions",
            a_year,
            store.get(*any_of_these),
        ),
        ("At risk at the hub at some time", a_year, store.get("ever_at_risk_12_months")),
        ("At risk at the hub at some time", four_years, store.get("ever_at_risk_48_months")),
    ]
    rows = []
    for words, time, label in totals:
        if label.status != "refused":
            rows.append([head(words), Cell(time), shown(label)])
    sentences = [
        f"{capital(in_words(len(rows)))} totals stand in this report. They count different "
        "children over different times, so none is a newer or better count of another; a child "
        "can be in several."
    ]
    table = Table(
        f"Totals to {page.as_at_words}, by what they count", ["Counts", "Over", "Children"], rows
    )
    return Block("Which total is which", sentences, tables=[table], is_lead=True)


def _definitions(store: LabelStore, page: Page) -> Block:
    rows = [("At risk at the hub on the day", store.get("at_risk"))]
    rows += [
        (g.label, count) for g, count, _ in counted(store, "known_by_definition", "definition")
    ]
    every = store.get("known_by_definition", "count", "definition", "any of these")
    beyond = store.get("known_by_definition", "count", "definition", "not at risk")
    if every.status != "refused":
        sentence = (
            f"Besides the children at risk at the hub, {beyond.about} met at least one of three "
            f"other definitions in the 12 months before: {every.about} in all. Some of them were "
            "at the hub at another time of the year. Children who had left the hub by the day and "
            "met none of the others are not among them."
        )
    else:
        sentence = refused(every)
    tables = [
        Table(
            f"Children known in the 12 months to {page.as_at_words}, by definition",
            ["Definition", "Children"],
            [[head(t), shown(x)] for t, x in rows],
        )
    ]
    return Block(
        "The number depends on the definition",
        [sentence, "A child can meet several definitions."],
        tables=tables,
    )


def _past(store: LabelStore, page: Page) -> list[Block]:
    published = [entry for entry in store.area.published if _can_be_repeated(entry, page)]
    tables = []
    for as_at in sorted({entry.as_at for entry in published}):
        rows = []
        for entry in published:
            if entry.as_at == as_at:
                value = Cell(entry.value, is_number=True)
                rows.append([head(_whose(entry, store)), value, _again(entry, store)])
        caption = f"Children at risk on {long_date(as_at)}: published and worked out again"
        tables.append(Table(caption, ["", "Published", "Worked out again"], rows))
    if not tables:
        return []
    sentences = [
        (
            f"{store.area.file.published_by} published these numbers. Beside them stand "
            "the same numbers worked out again from the extracts in use, rounded except "
            "for the total on the as-at date; “–” where this profile does not work one out."
        )
    ]
    # “Title, publisher, page”: the page differs from row to row.
    sources = [", ".join(entry.source.split(", ")[:2]) for entry in published]
    notes = [f"Published: {source}." for source in dict.fromkeys(sources)]
    return [Block("Beside what was published before", sentences, tables=tables, notes=notes)]


# How a row names the group that a published number is of; others by their label alone.
_WHOSE = {"risk_level": "at {} risk", "age": "aged {}", "age_band": "aged {}"}


def _can_be_repeated(entry: PublishedEntry, page: Page) -> bool:
    """Whether a published number is told again here: of children at risk by one breakdown at the
    most. Of few children none is: those of one year of age, say.
    """
    is_simple = entry.figure == "at_risk" and len(entry.groups) <= 1 and not entry.among
    is_of_many = entry.is_percentage or set(entry.groups) <= {"risk_level"}
    return is_simple and is_of_many and entry.day <= page.as_at


def _whose(entry: PublishedEntry, store: LabelStore) -> str:
    """The group that a published number is of, as the head of a row."""
    for dimension, name in entry.groups.items():
        group = store.register.group(dimension, name)
        assert group is not None
        if dimension in _WHOSE:
            return "– " + _WHOSE[dimension].format(uncapital(group.label))
        return f"– {group.label}"
    return "Children at risk"


def _again(entry: PublishedEntry, store: LabelStore) -> Cell:
    """The label of the same number, where the edition has one of that day."""
    measure = "percent" if entry.is_percentage else "count"
    ((group_type, group),) = tuple(entry.groups.items()) or (("all", "all"),)
    for label in store.every("at_risk", measure, group_type, group):
        if label.period_end == entry.day:
            return shown(label)
    return Cell("–", is_number=True)


def _date(label: Label) -> dt.date:
    return dt.date.fromisoformat(label.period_end)


def _is_month_end(text: str) -> bool:
    return (dt.date.fromisoformat(text) + dt.timedelta(days=1)).day == 1

"""Numbers month by month: charts with their limits, what they say, and every month in a table."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator

from profiles.disclosure.labels import LabelStore
from profiles.disclosure.over_time import LIMITS, NO_SIGNAL, SHARE_LIMITS
from profiles.drawing.blocks import Block, Cell, Table, head, shown
from profiles.drawing.over_time import Panel, month_words, small_multiples
from profiles.drawing.words import joined, uncapital
from profiles.figures.declared import by_month
from profiles.sections.followed import ALL, FOLLOWED, Series, Topic

DASH = Cell("–", is_number=True)
# What is said of numbers by the first word of a signal of their charts.
BOTH = "both"
MOVED = {
    "above": "Above their usual range or average in the last year",
    "below": "Below their usual range or average in the last year",
    BOTH: "Above their usual range or average in some months, below it in others",
    "rising": "Rose in seven months or more in a row in the last year",
    "falling": "Fell in seven months or more in a row in the last year",
}
# So many series stand beside one another in a table of months.
SIDE_BY_SIDE = 5
TWO_DAYS = (
    "A chart looks at every month, the table at two days. So a month can be unusual although the "
    "difference of the two days is too small to be sure of, and 12 months together can clearly "
    "differ from those before although no single month stands out."
)


def by_month_blocks(store: LabelStore) -> list[Block]:
    """What the charts show, how to read them, and each topic: its charts, then its months. Nothing
    where no number can be told by month.
    """
    topics = [topic for topic in FOLLOWED.topics if _panels(store, topic)]
    if not topics:
        return []
    blocks = [Block("What the charts by month show", [*_moved_sentences(store), TWO_DAYS]), _how()]
    for topic in topics:
        blocks += [_topic(store, topic), _every_month(store, topic)]
    return [*blocks, *_other_signals(store)]


def panel_of(store: LabelStore, series: Series) -> Panel | None:
    """A series month by month; None where the edition has none or it is refused."""
    key = _key_of(store, series)
    of, limits_of = ("percent", SHARE_LIMITS) if series.is_share else ("count", LIMITS)
    points = [p for p in store.every(key, of, *series.group) if _is_month_end(p.period_end)]
    told = [point for point in points if point.status != "refused"]
    if not told:
        return None
    return Panel(series.words, told, store.every(key, limits_of, *series.group))


def _key_of(store: LabelStore, series: Series) -> str:
    """The figure whose labels are those of a series by month."""
    if store.register.figures[series.figure].is_stock:
        return series.figure
    return by_month(series.figure)


def _is_month_end(day: str) -> bool:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).day == 1


def _panels(store: LabelStore, topic: Topic) -> list[Panel]:
    panels = (panel_of(store, series) for series in topic.series)
    return [panel for panel in panels if panel is not None]


def _topic(store: LabelStore, topic: Topic) -> Block:
    panels = _panels(store, topic)
    rows = []
    for panel in panels:
        rows.append(_what_it_says(panel))
    chart = small_multiples(
        f"over-time-{topic.name}",
        f"{topic.title}, month by month",
        _key(panels),
        panels,
    )
    columns = ["", "Latest", "Average", "Usual range", "What the last 12 months say"]
    table = Table(f"{topic.title}: what the charts say", columns, rows)
    return Block(topic.title, [], chart, [table])


def _every_month(store: LabelStore, topic: Topic) -> Block:
    """What a topic's charts draw, in tables that a sheet is wide enough for."""
    panels = _panels(store, topic)
    columns = list(zip(_with_their_whole(panels), panels, strict=True))
    tables = math.ceil(len(columns) / SIDE_BY_SIDE)
    each = math.ceil(len(columns) / tables)
    months = [_months(columns[first : first + each]) for first in range(0, len(columns), each)]
    return Block(f"{topic.title}: every month", tables=months)


def _with_their_whole(panels: list[Panel]) -> list[str]:
    """The words of each series; of a part (“– no police”) with those of its whole, which can stand
    in another table.
    """
    words = []
    whole = ""
    for panel in panels:
        if panel.words.startswith("– "):
            words.append(f"{whole}, {panel.words.removeprefix('– ')}")
        else:
            whole = panel.words
            words.append(whole)
    return words


def _months(columns: list[tuple[str, Panel]]) -> Table:
    """A row for each month, oldest first, and a column for each series."""
    points_by_day = [{p.period_end: p for p in panel.points} for _, panel in columns]
    days = sorted({day for points in points_by_day for day in points})
    rows = []
    for day in days:
        points = [points.get(day) for points in points_by_day]
        month = next(point for point in points if point)
        rows.append([head(month_words(month)), *(shown(p) if p else DASH for p in points)])
    words = [words for words, _ in columns]
    return Table(f"By month: {'; '.join(map(uncapital, words))}", ["Month", *words], rows)


def _key(panels: list[Panel]) -> str:
    """What the lines are; of a change of recording only where one is drawn."""
    words = "grey: average and range; orange: outside it; "
    if any(panel.recorded_otherwise for panel in panels):
        words += "dotted upright line: recorded otherwise from there on; "
    return f"{words}axes do not begin at zero"


def _what_it_says(panel: Panel) -> list[Cell]:
    latest = panel.points[-1]
    limits = panel.newest
    if limits is None:
        few = "too few months can be shown"
        if panel.recorded_otherwise:
            few = "too few months since it is recorded otherwise"
        return [head(panel.words), shown(latest), DASH, DASH, Cell(few)]
    ordinary = f"{limits.lower:,.0f} to {limits.upper:,.0f}"
    return [
        head(panel.words),
        shown(latest),
        shown(limits),
        Cell(ordinary, is_number=True),
        Cell(panel.says),
    ]


def _moved_sentences(store: LabelStore) -> list[str]:
    """Which numbers were unusually high lately, which unusually low, which both, and which rose or
    fell month after month.
    """
    told: dict[str, list[str]] = {sentence: [] for sentence in MOVED.values()}
    panels = [panel for topic in FOLLOWED.topics for panel in _panels(store, topic)]
    for panel in panels:
        signals = [signal.split()[0] for signal in panel.says.split("; ") if signal]
        if {"above", "below"} <= set(signals):
            signals = [signal for signal in signals if signal not in ("above", "below")]
            signals.append(BOTH)
        for signal in dict.fromkeys(signals):
            if signal in MOVED:
                told[MOVED[signal]].append(uncapital(panel.words.removeprefix("– ")))
    sentences = [f"{sentence}: {joined(words)}." for sentence, words in told.items() if words]
    if sentences:
        return sentences
    if not any(panel.newest for panel in panels):
        return ["No number can be shown of enough months to tell what is usual."]
    return ["Month by month, nothing left its usual range in the last year."]


def _other_signals(store: LabelStore) -> Iterator[Block]:
    """Whatever else the labels by month give a signal of: every one, so that none is known from
    figures.csv alone.
    """
    rows = []
    for measure, of in ((LIMITS, "number"), (SHARE_LIMITS, "share, per cent")):
        drawn = set()
        for topic in FOLLOWED.topics:
            for series in topic.series:
                if series.is_share == (measure == SHARE_LIMITS):
                    drawn.add((_key_of(store, series), *series.group))
        for (key, *group), words in _told_by(store, measure).items():
            # The newest stretch, as in the charts.
            label = store.every(key, measure, *group)[-1]
            is_unusual = label.is_shown and not label.note.startswith(NO_SIGNAL)
            if is_unusual and (key, *group) not in drawn:
                name = store.register.figures[key].entry.name
                rows.append([head(name), Cell(words), Cell(of), shown(label), Cell(label.note)])
    if rows:
        columns = ["Figure", "Of", "Measure", "Average", "What the last 12 months say"]
        caption = "Every other number or share by month that was unusual in the last year"
        table = Table(caption, columns, rows)
        note = "One of many is unusual by chance every few months."
        yield Block("What else was unusual by month", tables=[table], notes=[note])


def _told_by(store: LabelStore, measure: str) -> dict[tuple[str, str, str], str]:
    """The figures and groups that have a measure, each once, with the group in words."""
    told = {(key, *ALL): "all" for key, _ in store.totals_of_measure(measure)}
    for key, group, _ in store.of_measure(measure):
        told[key, group.group_type, group.group] = group.label
    return told


def _how() -> Block:
    return Block(
        "How to read the charts by month",
        [
            "Every number goes up and down by itself. A chart says that something moved only where "
            "a month lies outside the usual range, where seven months or more in a row lie on "
            "one side of the average, or where seven in a row each rise or fall. Numbers are "
            "rounded: a month counts as outside only where all that its number can stand for is. "
            "One of many "
            "charts will say so by chance every few months. Most children at risk are so for many "
            "months, so numbers at month ends drift, and a slow drift is soon called unusual. "
            "Neither high nor low is good or bad by itself.",
            "Where an agency changed how it records, or a law changed, average and range begin "
            "anew. A month that cannot be shown is a gap. The last months can still grow, when "
            "late records arrive.",
        ],
        is_detail=True,
    )

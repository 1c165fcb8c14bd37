"""What changed since the last edition and since a year before, and month by month: what is a
change and what is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path

from profiles.disclosure.labels import Label, LabelStore
from profiles.disclosure.over_time import (
    CHANGE,
    LIMITS,
    NO_SIGNAL,
    SHARE_CHANGE,
    SHARE_LIMITS,
    SINCE_EDITION,
)
from profiles.drawing.blocks import Block, Cell, Section, Table, head, shown
from profiles.drawing.over_time import Panel, small_multiples
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.figures.dates import a_year_before, long_date
from profiles.figures.declared import by_month
from profiles.reading import Strict, read_file
from profiles.sections.common import refused

TITLE = "What changed"
TWO_DAYS = (
    "A chart looks at every month, the table at two days. So a month can be unusual although the "
    "difference of the two days is too small to be sure of, and 12 months together can clearly "
    "differ from those before although no single month stands out."
)
WAITING = (
    "Children who wait for an assessment are not among those at risk: where more of them wait, "
    "fewer are counted."
)
NONE, RISE, FALL = "no clear change", "a rise", "a fall"
ALL = ("all", "all")


class Series(Strict):
    """A number that is told over time: in words, its figure and group, and whether its share is
    told.
    """

    words: str
    figure: str
    group: tuple[str, str] = ALL
    is_share: bool = False


class Topic(Strict):
    """Series that stand beside one another."""

    name: str
    title: str
    series: tuple[Series, ...]


class FollowedFile(Strict):
    """followed.yml: the numbers of the brief, and those that are followed over time."""

    known: tuple[Series, ...]
    headlines: tuple[Series, ...]
    mix: tuple[Series, ...]
    topics: tuple[Topic, ...]


FOLLOWED = read_file(FollowedFile, Path(__file__).with_name("followed.yml"))
HEADLINES = FOLLOWED.headlines


def build(store: LabelStore, page: Page) -> Section:
    """Headlines then and now, the mix then and now, and charts month by month with what they
    say.
    """
    total = store.get("at_risk", period_end=page.as_at)
    since = base_day(store, page)
    blocks = [*_since(store, page, since), _recording(store, page)]
    if since != _year_before(page):
        blocks += _since(store, page, _year_before(page))
    topics = [topic for topic in FOLLOWED.topics if _panels(store, topic)]
    if topics:
        shown_by_month = [*moved_sentences(store), TWO_DAYS]
        blocks += [Block("What the charts by month show", shown_by_month), _how()]
    blocks += [_topic(store, topic) for topic in topics]
    blocks += _others_that_moved(store)
    answer = _answer(store, page, since)
    if total.status == "refused":
        answer = refused(total, "how the number of children at risk changed, and what moved")
    return Section("changes", TITLE, answer, blocks)


def base_day(store: LabelStore, page: Page) -> str:
    """The day that the as-at date is compared with first: of the last edition, else a year
    before.
    """
    if page.last_edition and change_of(store, HEADLINES[0], page.last_edition):
        return page.last_edition
    return _year_before(page)


def _year_before(page: Page) -> str:
    return a_year_before(page.day).isoformat()


def change_of(store: LabelStore, series: Series, since: str, measure: str = CHANGE) -> Label | None:
    """The change of a number since a day; None where the edition does not have it."""
    for named in (measure, measure + SINCE_EDITION):
        for label in store.every(series.figure, named, *series.group):
            if label.period_start == since:
                return label
    return None


def _pair(store: LabelStore, series: Series, since: str, measure: str) -> tuple[Label, Label]:
    """A number on an earlier day, and now."""
    labels = store.every(series.figure, measure, *series.group)
    then = next(label for label in labels if label.period_end == since)
    return then, labels[-1]


def _answer(store: LabelStore, page: Page, since: str) -> str:
    return " ".join([total_sentence(store, page, since), *mix_sentences(store, page, since)])


def clear_sentences(store: LabelStore, since: str) -> list[str]:
    """Which other headlines rose or fell since a day."""
    risen = []
    fallen = []
    for series in HEADLINES[1:]:
        change = change_of(store, series, since)
        if change is None or change.note not in (RISE, FALL):
            continue
        then, now = _pair(store, series, since, "count")
        words = uncapital(series.words.removeprefix("– "))
        told = f"{words} (from {then.about} to {now.about})"
        if change.note == RISE:
            risen.append(told)
        else:
            fallen.append(told)
    sentences = []
    if risen:
        sentences.append(f"Clearly more: {joined(risen)}.")
    if fallen:
        sentences.append(f"Clearly fewer: {joined(fallen)}.")
    return sentences


def waiting_sentences(store: LabelStore, since: str) -> list[str]:
    """What more children who wait mean for the number at risk, where clearly more of them do."""
    for series in HEADLINES:
        change = change_of(store, series, since)
        if series.figure == "open_not_assessed" and change is not None and change.note == RISE:
            return [WAITING]
    return []


def moved_sentences(store: LabelStore) -> list[str]:
    """Which numbers were unusually high lately, which unusually low, and which both."""
    high: list[str] = []
    low: list[str] = []
    both: list[str] = []
    for panel in moved_series(store):
        words = uncapital(panel.words.removeprefix("– "))
        signals = panel.says.split("; ")
        was_high = any(signal.startswith(("above", "rising")) for signal in signals)
        was_low = any(signal.startswith(("below", "falling")) for signal in signals)
        if was_high and was_low:
            both.append(words)
        elif was_high:
            high.append(words)
        elif was_low:
            low.append(words)
    sentences = []
    if high:
        sentences.append(f"Above their usual range or average in the last year: {joined(high)}.")
    if low:
        sentences.append(f"Below their usual range or average in the last year: {joined(low)}.")
    if both:
        sentences.append(
            "Above their usual range or average in some months, below it in others: "
            f"{joined(both)}."
        )
    if not sentences:
        sentences.append("Month by month, nothing left its usual range in the last year.")
    return sentences


def total_sentence(store: LabelStore, page: Page, since: str) -> str:
    """How the children at risk changed since a day, and what could have been seen."""
    series = HEADLINES[0]
    change = change_of(store, series, since)
    day = long_date(dt.date.fromisoformat(since))
    if change is None or not change.is_shown:
        return f"How the number of children at risk changed since {day} cannot be shown."
    then, now = _pair(store, series, since, "count")
    sentence = f"Children at risk: {then.about} on {day}, {now.about} on {page.as_at_words}, "
    if change.note == NONE:
        lately = _lately(store, series)
        return (
            f"{sentence}no clear change: the difference is too small to be sure of. "
            f"{visible_words(change).capitalize()} would have been called a change.{lately}"
        )
    return f"{sentence}{change.note}."


def _lately(store: LabelStore, series: Series) -> str:
    """What the chart by month says of a number of which the two days say nothing."""
    panel = _panel(store, series)
    if panel is None or not panel.says or panel.says.startswith(NO_SIGNAL):
        return ""
    return f" By month it was {panel.says}."


def visible_words(change: Label) -> str:
    """From which numbers on a change would have been called one."""
    more = f"{change.upper:,.0f} or more" if change.upper else ""
    fewer = f"{change.lower:,.0f} or fewer" if change.lower is not None else ""
    return ", or ".join(filter(None, (fewer, more)))


def _recording(store: LabelStore, page: Page) -> Block:
    """Whether anything came to be recorded otherwise in the last year."""
    first = _year_before(page)
    changed = []
    for extract in store.groups("recording_changes", "extract"):
        for label in store.every("recording_changes", "estimate", "extract", extract):
            if label.period_end > first:
                name = extract.replace("__", ", ").replace("_", " ")
                day = long_date(dt.date.fromisoformat(label.period_end))
                changed.append(f"{name}, from {day}: {label.text}")
    if changed:
        sentence = (
            f"In the last year something came to be recorded otherwise: {'; '.join(changed)}."
        )
    else:
        sentence = (
            "No agency told of a change of recording in the last year, which does not prove that "
            "there was none. A number can also move because more or less was looked for."
        )
        silent = [s.name for s in page.sources if s.is_silent_on("recording_changes")]
        if silent:
            sentence += f" Nothing was supplied of such changes by {joined(silent)}."
    return Block("Could it be the recording?", [sentence, WAITING])


def mix_sentences(store: LabelStore, page: Page, since: str) -> list[str]:
    """Which shares of the children at risk rose or fell since a day."""
    sentences = []
    for series in FOLLOWED.mix:
        change = change_of(store, series, since, SHARE_CHANGE)
        if change is None or not change.is_shown or change.note == NONE:
            continue
        then, now = _pair(store, series, since, "percent")
        sentences.append(
            f"{series.words}: {change.note} as a share, from {then.text} on "
            f"{long_date(dt.date.fromisoformat(since))} to {now.text} on {page.as_at_words}."
        )
    return sentences


def _since(store: LabelStore, page: Page, since: str) -> Iterator[Block]:
    day = long_date(dt.date.fromisoformat(since))
    rows = [row for series in HEADLINES if (row := headline_row(store, series, since))]
    shares = [row for series in FOLLOWED.mix if (row := _mix(store, series, since))]
    if not rows and not shares:
        return
    is_last = since == page.last_edition
    heading = f"Since the last edition, of {day}" if is_last else f"Since a year before, {day}"
    tables = []
    if rows:
        columns = ["", "Then", "Now", "Change", "Verdict", "Needed to count as a change"]
        caption = f"Numbers on {day} and {page.as_at_words}, or in the 12 months to them"
        tables.append(Table(caption, columns, rows))
    if shares:
        columns = ["", "Then", "Now", "Percentage points", "95% interval", "Verdict"]
        tables.append(
            Table(
                f"Shares of the children at risk on {day} and on {page.as_at_words}, or of others "
                "in the 12 months to them",
                columns,
                shares,
            )
        )
    notes = [
        "A number is called a rise or a fall only where chance alone would hardly explain it: "
        "where its 95% interval and that of the number before do not meet; a share where the 95% "
        "interval of the difference leaves out 0. A group can be a larger share of fewer children. "
        "Events of one child hang together, so numbers of events move more by chance than this "
        "allows for.",
        "The earlier day is counted again from the data of today, and may differ from what was "
        "published then. Numbers are rounded, so a difference can look off by a little.",
    ]
    if is_last and since > _year_before(page):
        notes.append("The 12 months up to the two days overlap: what changed in them is diluted.")
    is_lead = since == base_day(store, page)
    yield Block(heading, clear_sentences(store, since), None, tables, notes, is_lead=is_lead)


def headline_row(store: LabelStore, series: Series, since: str) -> list[Cell] | None:
    """A headline then and now: its words, both numbers, the change, the verdict, and what would
    have been called a change; None where the edition does not have it.
    """
    change = change_of(store, series, since)
    if change is None:
        return None
    then, now = _pair(store, series, since, "count")
    could = visible_words(change) if change.is_shown else "–"
    what = change.note or "–"
    return [head(series.words), shown(then), shown(now), shown(change), Cell(what), Cell(could)]


def _mix(store: LabelStore, series: Series, since: str) -> list[Cell] | None:
    change = change_of(store, series, since, SHARE_CHANGE)
    if change is None:
        return None
    then, now = _pair(store, series, since, "percent")
    interval = "–"
    what = "–"
    if change.is_shown:
        interval = change.interval.replace("-", "−")
        what = change.note
    between = Cell(interval, is_number=True)
    return [head(series.words), shown(then), shown(now), shown(change), between, Cell(what)]


def _others_that_moved(store: LabelStore) -> Iterator[Block]:
    """Whatever else the labels call a rise or a fall since a year before: every one, so that none
    is known from figures.csv alone.
    """
    told = {(series.figure, *series.group, CHANGE) for series in HEADLINES}
    told |= {(series.figure, *series.group, SHARE_CHANGE) for series in FOLLOWED.mix}
    rows = []
    for measure, of in ((CHANGE, "number"), (SHARE_CHANGE, "share, percentage points")):
        for figure, group, label in store.of_measure(measure):
            is_told = (figure, group.group_type, group.group, measure) in told
            if label.note in (RISE, FALL) and not is_told:
                name = store.register.figures[figure].entry.name
                cells = [Cell(group.label), Cell(of), shown(label), Cell(label.note)]
                rows.append([head(name), *cells])
    if rows:
        heading = "What else clearly rose or fell"
        caption = "Every other number or share that clearly rose or fell since a year before"
        table = Table(caption, ["Figure", "Of", "Measure", "Change", "Verdict"], rows)
        note = (
            "One in twenty of the numbers that did not move would be listed here by chance; the "
            "total of a figure may have moved the other way."
        )
        yield Block(heading, tables=[table], notes=[note])


def _panel(store: LabelStore, series: Series) -> Panel | None:
    """A series month by month; None where the edition has none or it is refused."""
    figure = store.register.figures[series.figure]
    key = series.figure if figure.is_stock else by_month(series.figure)
    of, limits_of = ("percent", SHARE_LIMITS) if series.is_share else ("count", LIMITS)
    points = [p for p in store.every(key, of, *series.group) if _is_month_end(p.period_end)]
    told = [point for point in points if point.status != "refused"]
    if not told:
        return None
    return Panel(series.words, told, store.every(key, limits_of, *series.group))


def _is_month_end(day: str) -> bool:
    return (dt.date.fromisoformat(day) + dt.timedelta(days=1)).day == 1


def _panels(store: LabelStore, topic: Topic) -> list[Panel]:
    panels = (_panel(store, series) for series in topic.series)
    return [panel for panel in panels if panel is not None]


def moved_series(store: LabelStore) -> list[Panel]:
    """Every series whose chart gives a signal of the last 12 months."""
    moved = []
    for topic in FOLLOWED.topics:
        for panel in _panels(store, topic):
            if panel.says and not panel.says.startswith(NO_SIGNAL):
                moved.append(panel)
    return moved


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
    columns = ["", "Latest", "Average", "Ordinary range", "What the chart says"]
    table = Table(f"{topic.title}: what the charts say", columns, rows)
    return Block(topic.title, [], chart, [table])


def _key(panels: list[Panel]) -> str:
    """What the lines are; of a change of recording only where one is drawn."""
    words = "grey: average and ordinary range; "
    if any(len(panel.limits) > 1 for panel in panels):
        words += "dotted upright line: recorded otherwise from there on; "
    return f"{words}axes do not begin at zero"


def _what_it_says(panel: Panel) -> list[Cell]:
    latest = panel.points[-1]
    if not panel.limits or not panel.limits[-1].is_shown:
        few = Cell("too few months can be shown")
        return [head(panel.words), shown(latest), *[Cell("–", is_number=True)] * 2, few]
    limits = panel.limits[-1]
    ordinary = f"{limits.lower:,.0f} to {limits.upper:,.0f}"
    return [
        head(panel.words),
        shown(latest),
        shown(limits),
        Cell(ordinary, is_number=True),
        Cell(panel.says),
    ]


def _how() -> Block:
    return Block(
        "How to read the charts by month",
        [
            "Every number goes up and down by itself. A chart says that something moved only where "
            "a month lies outside the ordinary range, where seven months or more in a row lie on "
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

"""What changed since the last edition and since a year before, and month by month: what is a
change and what is not.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from profiles.disclosure.labels import Label, LabelStore
from profiles.disclosure.over_time import CHANGE, NO_SIGNAL, SHARE_CHANGE, SINCE_EDITION
from profiles.drawing.blocks import Block, Cell, Section, Table, head, shown
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.figures.dates import a_year_before, long_date
from profiles.sections.by_month import by_month_blocks, panel_of
from profiles.sections.common import refused
from profiles.sections.followed import ALL, FOLLOWED, HEADLINES, Series
from profiles.statistics.differences import FALL, NONE, RISE

TITLE = "What changed"
WAITING = (
    "Children who wait for an assessment are not among those at risk: where more of them wait, "
    "fewer are counted."
)


def build(store: LabelStore, page: Page) -> Section:
    """Headlines then and now, the mix then and now, and charts month by month with what they
    say.
    """
    total = store.get("at_risk", period_end=page.as_at)
    since = base_day(store, page)
    blocks = [*_since(store, page, since), _recording(store, page)]
    if since != _year_before(page):
        blocks += _since(store, page, _year_before(page))
    blocks += by_month_blocks(store)
    blocks += _others_that_moved(store)
    if total.status == "refused":
        answer = refused(total, "how the number of children at risk changed, and what moved")
    else:
        answer = _answer(store, page, since)
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
    """Which other headlines rose or fell since a day; of a part, with the name of the whole."""
    risen = []
    fallen = []
    whole = ""
    for series in HEADLINES:
        words = uncapital(series.words)
        if words.startswith("– "):
            words = f"{whole} {words.removeprefix('– ')}"
        else:
            whole = words
        # The first is told by itself.
        change = None if series is HEADLINES[0] else change_of(store, series, since)
        if change is None or change.note not in (RISE, FALL):
            continue
        then, now = _pair(store, series, since, "count")
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
            then, now = _pair(store, series, since, "count")
            return [f"{WAITING} Then {then.about} waited, now {now.about}."]
    return []


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
            f"{sentence}no clear change between the two days: the difference is too small to be "
            f"sure of ({visible_words(change)} would have been called a change).{lately}"
        )
    return f"{sentence}{change.note}."


def _lately(store: LabelStore, series: Series) -> str:
    """What the chart by month says of a number of which the two days say nothing."""
    panel = panel_of(store, series)
    if panel is None or not panel.says or panel.says.startswith(NO_SIGNAL):
        return ""
    return f" Month by month: {panel.says}."


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
        "interval of the difference leaves out 0. Both allow for rounding, whatever the rounded "
        "numbers were, and for numbers that are out of date (see Methods). A group can be a larger "
        "share of fewer children. Events of one child hang together, so numbers of events move "
        "more by chance than this allows for.",
        "The earlier day is counted again from the data of today, and may differ from what was "
        "published then. Numbers are rounded, so a difference can look off by a little; and where "
        "one of the two is out of date, a change can look larger or smaller than it is.",
    ]
    if is_last and since > _year_before(page):
        notes.append("The 12 months up to the two days overlap: what changed in them is diluted.")
    is_lead = since == base_day(store, page)
    yield Block(heading, clear_sentences(store, since), None, tables, notes, is_lead=is_lead)


def headline_row(store: LabelStore, series: Series, since: str) -> list[Cell] | None:
    """A headline then and now: its words, both numbers, the change, the verdict, and what would
    have been called a change; None where the edition does not have it. A change that
    is not shown can have a verdict: “fewer than 8” then and 60 now is a rise, whatever it was.
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
    for figure, label in store.totals_of_measure(CHANGE):
        if label.note in (RISE, FALL) and (figure, *ALL, CHANGE) not in told:
            name = store.register.figures[figure].entry.name
            rows.append([head(name), Cell("all"), Cell("number"), shown(label), Cell(label.note)])
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
            "Up to one in twenty of the numbers that did not move are listed here by chance; the "
            "total of a figure may have moved the other way."
        )
        yield Block(heading, tables=[table], notes=[note])

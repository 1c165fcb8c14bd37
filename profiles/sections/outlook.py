"""What may come: numbers that can be foreseen for six months, those that cannot, and what grows."""

from __future__ import annotations

from collections.abc import Iterator

from profiles.disclosure.ahead import EMERGING, ERROR, PROJECTION, PROJECTION_80
from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, shown
from profiles.drawing.over_time import Ahead, looking_ahead, month_words
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.figures.declared import by_month
from profiles.sections.common import IN_DEVELOPMENT

TITLE = "What may come"
SERIES = (
    ("At risk at month end", "at_risk"),
    ("Joining in a month", "entries"),
    ("Leaving in a month", "exits"),
    ("Referrals to the hub", "hub_referrals"),
    ("Assessments", "assessments"),
    ("Missing children", "missing_children"),
    ("Spells missing", "missing_episodes"),
    ("Crimes and incidents", "involvements"),
    ("First-time entrants", "first_time_entrants"),
)
# Years of residents from which on a scenario says anything.
LEAST_YEARS = 2


def build(store: LabelStore, page: Page) -> Section:
    """Projections with what they missed before, refusals with their reasons, emerging groups."""
    told = [ahead for words, figure in SERIES if (ahead := _ahead(store, words, figure))]
    refused = list(_refused(store))
    blocks = []
    if told:
        blocks.append(_projected(told))
    if refused:
        blocks.append(_not_projected(refused))
    blocks.append(_growing(store))
    blocks += _scenario(store)
    return Section("outlook", TITLE, _answer(store, told), blocks)


def _key(store: LabelStore, figure: str) -> str:
    return figure if store.register.figures[figure].is_stock else by_month(figure)


def _ahead(store: LabelStore, words: str, figure: str) -> Ahead | None:
    key = _key(store, figure)
    steps = store.every(key, PROJECTION)
    if not steps:
        return None
    first = steps[0].period_start
    before = [p for p in store.every(key) if p.period_end < first and _is_of_series(p, figure, key)]
    return Ahead(words, before, steps, store.every(key, PROJECTION_80), store.get(key, ERROR))


def _is_of_series(label: Label, figure: str, key: str) -> bool:
    """Whether it is a month: a stock has other days besides."""
    return key != figure or label.period_end[8:] in ("28", "29", "30", "31")


def _answer(store: LabelStore, told: list[Ahead]) -> str:
    """Of the children at risk: what is expected, or that nothing is known better than now."""
    key = SERIES[0][1]
    for ahead in told:
        if ahead.words == SERIES[0][0]:
            last = ahead.steps[-1]
            return (
                f"About {last.text} children at risk are expected at the end of "
                f"{month_words(last)}; any number from {last.interval} would be no surprise."
            )
    errors = store.every(key, ERROR)
    if errors and errors[-1].is_shown:
        error = errors[-1]
        return (
            "No method foresaw the number of children at risk better than to say that it stays as "
            f"it is, which was off by about {error.upper:,.0f} on average: one to six months "
            "ahead, from each of 12 months, the last of them half a year ago."
        )
    return "How many children will be at risk cannot be foreseen from these numbers."


def _projected(told: list[Ahead]) -> Block:
    rows = []
    for ahead in told:
        last = ahead.steps[-1]
        near = ahead.likely[-1]
        rows.append(
            [
                head(ahead.words),
                shown(last),
                Cell(near.interval, is_number=True),
                Cell(last.interval, is_number=True),
                Cell(ahead.error.note),
                shown(ahead.error),
                Cell(f"{ahead.error.upper:,.0f}", is_number=True),
            ]
        )
    month = month_words(told[0].steps[-1])
    columns = [
        "",
        "Expected",
        "80% range",
        "95% range",
        "Method",
        "Error on average",
        "Error if nothing changed",
    ]
    chart = looking_ahead(
        "ahead",
        "Six months ahead",
        "by month; shaded: 80% and 95% ranges; the axes do not begin at zero",
        told,
    )
    sentences = [
        "A number is projected only where a method, tried from each of 12 earlier months, would "
        "have foreseen it better than by saying that it stays as it is. A projection says what "
        "comes if nothing else changes: it knows nothing of new services, new laws or new ways of "
        "recording.",
    ]
    return Block(
        "What can be foreseen",
        sentences,
        chart,
        [Table(f"Expected in {month}", columns, rows)],
    )


def _refused(store: LabelStore) -> Iterator[tuple[str, Label]]:
    for words, figure in SERIES:
        key = _key(store, figure)
        errors = store.every(key, ERROR)
        if errors and not store.every(key, PROJECTION):
            yield words, errors[-1]


def _not_projected(refused: list[tuple[str, Label]]) -> Block:
    by_reason: dict[str, list[str]] = {}
    for words, label in refused:
        by_reason.setdefault(label.note, []).append(uncapital(words))
    sentences = []
    for reason, named in by_reason.items():
        sentences.append(f"Not projected, because {reason}: {joined(named)}.")
    return Block("What cannot be foreseen", sentences)


def _growing(store: LabelStore) -> Block:
    """Every group of which the labels say so, by figure."""
    by_figure: dict[str, list[str]] = {}
    for figure, group, label in store.of_measure(EMERGING):
        words = f"{uncapital(group.label)} ({label.text} times as many)"
        by_figure.setdefault(store.register.figures[figure].entry.name, []).append(words)
    sentences = [f"{name}: {joined(found)}." for name, found in by_figure.items()]
    if not sentences:
        sentences = ["No group grew faster than the others by more than chance."]
    note = (
        "Each group of events, offences or wards among them, is compared with all others together, "
        "now and a year before, and listed where it outgrew them by more than chance among so "
        "many: it can do so and show no clear change by itself, and the other way round. Shares of "
        "the children at risk stand under “What changed”. "
        f"{IN_DEVELOPMENT}"
    )
    return Block("What grows faster than the rest", sentences, notes=[note])


def _scenario(store: LabelStore) -> Iterator[Block]:
    """How the number of children moved by itself, and what that alone would mean; nothing where an
    area has no such table.
    """
    years = store.every("child_population")
    if len(years) < LEAST_YEARS:
        return
    first = years[0]
    last = years[-1]
    rate = store.get("at_risk_residents_10_17", "rate")
    sentences = [
        f"In {first.period_end[:4]} {first.text} children under 18 lived in {store.area.name}, in "
        f"{last.period_end[:4]} {last.text}."
    ]
    if rate.is_shown:
        sentences.append(
            f"If as many of every 10,000 residents aged 10–17 stay at risk as now, {rate.text}, "
            f"then 10,000 more of them mean {rate.text} more children at risk, and 10,000 fewer "
            "mean as many fewer."
        )
    rows = []
    for label in reversed(years):
        rows.append([head(f"Middle of {label.period_end[:4]}"), shown(label)])
    notes = [f"Source: {last.note}."] if last.note else []
    table = Table(f"Residents of {store.area.name} under 18", ["", "Residents"], rows)
    yield Block("If only the number of children changes", sentences, tables=[table], notes=notes)

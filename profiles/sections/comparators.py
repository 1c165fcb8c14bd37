"""The area beside its statistical neighbours and England: factor 24A over the years, as
published.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Chart, Section, Table, head, shown
from profiles.drawing.over_time import over_years
from profiles.drawing.page import Page
from profiles.figures.dates import long_date

TITLE = "Beside other places"


def build(store: LabelStore, page: Page) -> Section:
    """Assessment episodes with child criminal exploitation as a factor, by year; gaps marked."""
    own_rates = store.every("factor_24a", "rate", "compared", "area")
    if not own_rates:
        return Section(
            "comparators",
            TITLE,
            f"No comparison had been published for a year that ended by {page.as_at_words}.",
            [],
        )
    low = store.every("factor_24a_neighbours", "median", "spread", "lowest")
    middle = store.every("factor_24a_neighbours", "median", "spread", "middle")
    high = store.every("factor_24a_neighbours", "median", "spread", "highest")
    england = store.every("factor_24a", "rate", "compared", "England")
    area = store.area.name
    last = own_rates[-1]
    beside = middle[-1]
    country = england[-1]
    answer = (
        f"In the year to {_day(last)} criminal exploitation was a factor in {last.text} of every "
        f"10,000 assessment episodes with any factor in {area}; "
        f"the median of its statistical neighbours was {beside.text} and England's {country.text}."
    )
    if len(own_rates) > 1:
        answer += f" {_beside(own_rates, last)}"
    rows = []
    for own_rate, least, theirs, most, all_england in zip(
        own_rates, low, middle, high, england, strict=True
    ):
        episodes = store.get(
            "factor_24a", "count", "compared", "area", period_end=own_rate.period_end
        )
        rows.append(
            [
                head(f"Year to {_day(own_rate)}"),
                shown(episodes),
                shown(own_rate),
                Cell(own_rate.interval or "–", is_number=True),
                shown(theirs),
                shown(least),
                shown(most),
                shown(all_england),
            ]
        )
    table = Table(
        "Assessment episodes with child criminal exploitation as a factor (24A)",
        [
            "",
            f"{area}, episodes",
            f"{area}, per 10,000",
            "95% interval",
            "Neighbours, median per 10,000",
            "Lowest neighbour",
            "Highest neighbour",
            "England, per 10,000",
        ],
        rows,
    )
    notes = [
        (
            "Per 10,000 assessment episodes in which any factor was recorded. The "
            "factor was collected for the first time in the year to 31 March 2022."
        ),
        *(
            (
                f"Year to {_day(x)}: {x.note}; an authority that recorded none is "
                "taken as a gap in recording and left out of the median."
            )
            for x in middle
        ),
        (
            f"Statistical neighbours are the ten authorities most like {area} in the "
            "DfE's model of 2025."
        ),
        (
            "Source: Department for Education, Characteristics of children in need, "
            "table C3. Contains public sector information licensed under the Open "
            "Government Licence v3.0."
        ),
    ]
    blocks = [
        Block(
            "Factor 24A at the end of assessment",
            [
                (
                    "These are episodes, not children, and what a social worker records. A "
                    "higher number can mean more exploitation, or more of it seen and written "
                    "down."
                )
            ],
            _chart(store, own_rates, middle, low, high, england) if len(own_rates) > 1 else None,
            tables=[table],
            notes=notes,
        )
    ]
    return Section(
        "comparators",
        TITLE,
        answer,
        blocks,
    )


def _chart(
    store: LabelStore,
    own_rates: Sequence[Label],
    middle: Sequence[Label],
    low: Sequence[Label],
    high: Sequence[Label],
    england: Sequence[Label],
) -> Chart:
    lines = [
        (store.area.name, own_rates),
        ("Neighbours, median", middle),
        ("England", england),
    ]
    return over_years(
        "factor-24a",
        "Factor 24A beside other places",
        "per 10,000 assessment episodes with any factor; shaded: from the lowest to the highest "
        "statistical neighbour that recorded any",
        lines,
        (low, high),
    )


def _beside(own_rates: Sequence[Label], now: Label) -> str:
    """Called a change only where the 95% intervals do not meet, and never beside the first year of
    a collection: what is new is recorded unevenly.
    """
    before = own_rates[-2]
    if before is own_rates[0]:
        return (
            "The year before was the first of the collection, when not all recorded it: a "
            "difference from it is no finding."
        )
    if before.lower is None or before.upper is None or now.lower is None or now.upper is None:
        return ""
    if before.upper < now.lower:
        return "That is clearly higher than in the year before."
    if now.upper < before.lower:
        return "That is clearly lower than in the year before."
    return "That is no clear change from the year before."


def _day(label: Label) -> str:
    return long_date(dt.date.fromisoformat(label.period_end))

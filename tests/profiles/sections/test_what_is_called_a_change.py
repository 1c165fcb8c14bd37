"""“Higher”, “a rise”, “no clear change”: each word where the labels beside it say so, and nowhere else."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from planned import REGISTER
from telling import page

from profiles.disclosure.labels import COLUMNS, Label, LabelStore
from profiles.disclosure.over_time import CHANGE, SHARE_CHANGE, SINCE_EDITION
from profiles.drawing.recommendations import MeasureEntry, Recommendation
from profiles.drawing.words import in_words
from profiles.sections import asked, changes, comparators, recommendations

PAGE = page([])
YEAR_BEFORE = "2023-03-01"
BLANK = dict.fromkeys(COLUMNS, "") | dict.fromkeys(("value", "low", "high", "lower", "upper"))


def label(value: float | None, lower: float | None, upper: float | None) -> Label:
    """A rate of a year, as a section is given it."""
    text = "not shown" if value is None else f"{value:,.0f}"
    status = "withheld" if value is None else "rounded"
    return Label(
        "factor_24a", "rate", text, value, lower, upper, "", status, "", "", "", "2022-03-31", ""
    )


def row(figure: str, measure: str, day: str, text: str, **more: object) -> dict[str, object]:
    """A label of everybody; of a number when it can be read as one."""
    number = text.lstrip("+").replace("−", "-").replace(",", "")
    is_number = number.lstrip("-").isdigit()
    told = {
        "figure": figure,
        "measure": measure,
        "group_type": "all",
        "group": "all",
        "label": text,
        "value": float(number) if is_number else float("nan"),
        "status": "rounded" if is_number else "withheld",
        "period_end": day,
        "profile": PAGE.as_at,
    }
    return BLANK | told | more


def labels(*rows: dict[str, object]) -> LabelStore:
    return LabelStore(pd.DataFrame(rows), REGISTER)


def moved(
    figure: str, then: str, now: str, change: str, verdict: str, measure: str = CHANGE
) -> list[dict[str, object]]:
    """A number on two days and what is said of the change."""
    return [
        row(figure, "count", YEAR_BEFORE, then),
        row(figure, "count", PAGE.as_at, now),
        row(figure, measure, PAGE.as_at, change, period_start=YEAR_BEFORE, note=verdict),
    ]


def of_group(rows: list[dict[str, object]], kind: str, group: str) -> list[dict[str, object]]:
    """The same of one group."""
    return [row | {"group_type": kind, "group": group} for row in rows]


@pytest.mark.parametrize(
    ("number", "words"),
    [
        (0, "no"), (1, "one"), (19, "nineteen"), (20, "twenty"), (21, "twenty-one"),
        (90, "ninety"), (99, "ninety-nine"), (100, "100"), (1500, "1,500"),
    ],
)  # fmt: skip
def test_small_numbers_are_words(number: int, words: str) -> None:
    assert in_words(number) == words


FIRST = label(100, 90, 110)


@pytest.mark.parametrize(
    ("before", "now", "says"),
    [
        (label(100, 90, 110), label(130, 111, 150), "clearly higher"),
        (label(100, 90, 110), label(130, 110, 150), "no clear change"),
        (label(100, 90, 110), label(70, 60, 89), "clearly lower"),
        (label(100, 90, 110), label(70, 60, 90), "no clear change"),
        (label(100, 90, None), label(70, 60, 80), ""),
        (label(100, 90, 110), label(70, None, 80), ""),
    ],
)
def test_beside_the_year_before(before: Label, now: Label, says: str) -> None:
    said = comparators._beside([FIRST, before, now], now)
    assert (says in said) if says else said == ""


def test_nothing_is_said_beside_the_first_year_of_a_collection() -> None:
    assert "is no finding" in comparators._beside([FIRST, label(900, 800, 950)], FIRST)


MEASURE = MeasureEntry(figure="at_risk", wanted="lower", words="children at risk")


@pytest.mark.parametrize(
    ("verdict", "says"),
    [
        (changes.RISE, "higher"),
        (changes.FALL, "lower"),
        (changes.NONE, "no clear change"),
        ("", "not compared"),
    ],
)
def test_what_tells_of_a_recommendation_is_compared_as_the_changes_are(
    verdict: str, says: str
) -> None:
    store = labels(*moved("at_risk", "100", "130", "+30", verdict))
    assert recommendations._moved(MEASURE, store, PAGE) == says


def test_a_share_that_tells_of_a_recommendation_is_compared_as_a_share() -> None:
    store = labels(
        *moved("at_risk", "100", "130", "+30", changes.RISE),
        *moved("at_risk", "30%", "20%", "−10", changes.FALL, SHARE_CHANGE),
    )
    share = MEASURE.model_copy(update={"measure": "percent"})
    assert recommendations._moved(share, store, PAGE) == "lower"


def test_a_number_since_the_last_edition_is_not_that_of_a_year() -> None:
    told = moved("at_risk", "300", "290", "−10", changes.NONE, CHANGE + SINCE_EDITION)
    told[-1]["period_start"] = "2023-11-30"
    assert recommendations._moved(MEASURE, labels(*told), PAGE) == "not compared"


def recommended(name: str, **told: object) -> Recommendation:
    fields = {
        "id": name,
        "text": "Do it.",
        "strand": "Prevent",
        "owner": "Somebody",
        "due": "2024-01-31",
        "state": "not reported",
    }
    return Recommendation.model_validate(fields | told)


def test_the_column_of_changes_stands_where_one_of_them_is_compared() -> None:
    every = (recommended("R1", measure=MEASURE), recommended("R2", without="not for data"))
    one_page = dataclasses.replace(PAGE, recommendations=every)
    alone = labels(row("at_risk", "count", PAGE.as_at, "70"))
    (block,) = recommendations.build(alone, one_page).blocks
    assert block.tables[0].columns[-1] == "Now"
    assert [len(cells) for cells in block.tables[0].rows] == [5, 5]
    beside = labels(*moved("at_risk", "100", "50", "−50", changes.FALL))
    (block,) = recommendations.build(beside, one_page).blocks
    assert block.tables[0].columns[-1] == "Since a year before"
    assert [cells[-1].text for cells in block.tables[0].rows] == ["lower", "–"]


def test_of_the_recommendation_that_asks_for_a_profile_it_is_said_that_there_is_one() -> None:
    asks = recommended("R1", told_by="this edition")
    assert asked._in_short(asks, PAGE) == (
        "R1. Somebody: Do it. (was due by 31 January 2024; nothing was reported, but this profile "
        "exists)"
    )
    other = recommended("R2", without="not for data", state="in progress", due="2024-03-01")
    assert asked._in_short(other, PAGE) == "R2. Somebody: Do it. (due by 1 March 2024; in progress)"
    one_page = dataclasses.replace(PAGE, recommendations=(asks,))
    (block,) = recommendations.build(
        labels(row("at_risk", "count", PAGE.as_at, "7")), one_page
    ).blocks
    told = [cell.text for cell in block.tables[0].rows[0]]
    assert told[3:] == ["that this profile exists", "its oldest extract ends on 31 March 2024"]


def test_a_first_number_is_compared_with_nothing() -> None:
    store = labels(row("at_risk", "count", PAGE.as_at, "70"))
    assert recommendations._moved(MEASURE, store, PAGE) == "not compared"


def test_a_rise_and_a_fall_are_listed_apart_and_no_clear_change_is_not() -> None:
    store = labels(
        *moved("at_risk", "300", "290", "−10", changes.NONE),
        *moved("open_not_assessed", "10", "60", "+50", changes.RISE),
        *moved("missing_reports", "1,500", "1,200", "−300", changes.FALL),
        *moved("missing_children", "600", "610", "+10", changes.NONE),
        *of_group(moved("at_risk", "135", "90", "−45", changes.FALL), "age_band", "under 15"),
    )
    more, fewer = changes.clear_sentences(store, YEAR_BEFORE)
    assert more.startswith("Clearly more: children open to the hub and not yet assessed (from ")
    assert "about 10 to about 60" in more
    assert fewer.startswith(
        "Clearly fewer: children at risk aged under 15 (from about 135 to about 90) and missing "
        "reports to the police"
    )
    assert "(from about 1,500 to about 1,200)." in fewer
    waiting = f"{changes.WAITING} Then about 10 waited, now about 60."
    assert changes.waiting_sentences(store, YEAR_BEFORE) == [waiting]


def test_more_who_wait_are_told_of_only_where_more_do() -> None:
    store = labels(*moved("open_not_assessed", "60", "10", "−50", changes.FALL))
    assert changes.waiting_sentences(store, YEAR_BEFORE) == []


def test_the_day_that_is_compared_with_first() -> None:
    told = moved("at_risk", "300", "290", "−10", changes.NONE, CHANGE + SINCE_EDITION)
    edition = dataclasses.replace(PAGE, last_edition=YEAR_BEFORE)
    assert changes.base_day(labels(*told), edition) == YEAR_BEFORE
    # An edition of which nothing is told, or none: the year before.
    other = dataclasses.replace(PAGE, last_edition="2023-11-30")
    assert changes.base_day(labels(*told), other) == YEAR_BEFORE


def test_the_total_says_what_would_have_been_a_change() -> None:
    store = labels(*moved("at_risk", "300", "290", "−10", changes.NONE))
    told = store.as_table()
    told.loc[told["measure"] == CHANGE, ["lower", "upper"]] = [261.0, 407.0]
    said = changes.total_sentence(LabelStore(told, REGISTER), PAGE, YEAR_BEFORE)
    assert "about 300 on 1 March 2023, about 290 on" in said
    assert "no clear change between the two days: the difference is too small to be sure" in said
    assert "(261 or fewer, or 407 or more would have been called a change)" in said
    risen = labels(*moved("at_risk", "200", "290", "+90", changes.RISE))
    assert changes.total_sentence(risen, PAGE, YEAR_BEFORE).endswith("a rise.")
    hidden = labels(*moved("at_risk", "fewer than 8", "290", "not shown", ""))
    assert "cannot be shown" in changes.total_sentence(hidden, PAGE, YEAR_BEFORE)

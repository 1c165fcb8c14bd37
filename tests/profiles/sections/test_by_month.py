"""Every month that a chart draws stands in a table, and what the charts say is what is told of them."""

from __future__ import annotations

import pandas as pd
import pytest
from planned import REGISTER
from telling import page

from profiles.disclosure.labels import COLUMNS, LabelStore
from profiles.disclosure.over_time import LIMITS
from profiles.drawing.blocks import Block
from profiles.sections.by_month import by_month_blocks

ABSENT = ("police", "health", "mental_health")
AS_AT = page([]).as_at
BLANK = dict.fromkeys(COLUMNS, "") | dict.fromkeys(("value", "low", "high", "lower", "upper"))
HIGH = {"group_type": "risk_level", "group": "high"}


def point(day: str, text: str, figure: str = "at_risk", **more: object) -> dict[str, object]:
    told = {
        "figure": figure,
        "measure": "count",
        "group_type": "all",
        "group": "all",
        "label": text,
        "value": float(text) if text.isdigit() else float("nan"),
        "status": "rounded" if text.isdigit() else "withheld",
        "period_start": day,
        "period_end": day,
        "profile": AS_AT,
    }
    return BLANK | told | more


def limits(says: str, figure: str = "at_risk", **more: object) -> dict[str, object]:
    told = {"measure": LIMITS, "lower": 250.0, "upper": 350.0, "note": says}
    return point("2024-02-29", "300", figure, **told, **more)


def blocks(*rows: dict[str, object]) -> dict[str, Block]:
    store = LabelStore(pd.DataFrame(rows), REGISTER)
    return {block.heading: block for block in by_month_blocks(store)}


def test_a_row_for_each_month_and_a_column_for_each_series() -> None:
    drawn = blocks(
        point("2024-01-31", "300"),
        point("2024-02-29", "310"),
        # A day that ends no month is no point of the chart.
        point("2024-03-01", "320"),
        point("2024-02-29", "not shown", **HIGH),
    )
    (table,) = drawn["Children at risk, who joins and who leaves: every month"].tables
    assert table.columns == ["Month", "At risk at month end", "At high risk"]
    assert [[cell.text for cell in row] for row in table.rows] == [
        ["January 2024", "300", "–"],
        ["February 2024", "310", "not shown"],
    ]


def test_a_sheet_is_wide_enough_for_the_months_of_five_series() -> None:
    """A part is named with its whole, which can stand in the table before."""
    by_month = "assessments_by_month"
    absent = {"group_type": "absent", "measure": "percent"}
    six = ["hub_referrals_by_month", "closures_by_month", by_month]
    drawn = blocks(
        *(point("2024-02-29", "20", figure) for figure in six),
        *(point("2024-02-29", "40", by_month, **absent, group=group) for group in ABSENT),
    )
    first, second = drawn["Referrals, assessments and closures: every month"].tables
    assert first.columns == ["Month", "Referrals to the hub", "Cases closed", "Assessments"]
    assert second.columns[1] == "Assessments, no police"
    assert [len(table.columns) for table in (first, second)] == [4, 4]
    assert len({first.caption, second.caption}) == 2


def test_every_point_of_every_chart_stands_in_a_table() -> None:
    drawn = blocks(
        *(point(f"2023-{month:02d}-28", str(month * 10)) for month in (2,)),
        point("2023-03-31", "40", "entries_by_month"),
        point("2023-04-30", "50", "hub_referrals_by_month"),
    )
    in_charts = []
    for block in drawn.values():
        if block.chart:
            for trace in block.chart.spec["data"]:
                in_charts += [words.rpartition(": ")[2] for words in trace.get("customdata") or ()]
    in_tables = []
    for heading, block in drawn.items():
        if heading.endswith("every month"):
            in_tables += [cell.text for row in block.tables[0].rows for cell in row if cell.key]
    assert sorted(in_charts) == sorted(in_tables) == ["20", "40", "50"]


def test_without_a_month_nothing_is_said_of_months() -> None:
    assert blocks(point("2024-03-01", "320")) == {}
    refused = point("2024-02-29", "not available") | {"status": "refused"}
    assert blocks(refused) == {}


QUIET = "Month by month, nothing left its usual range in the last year."
RISING = "rising every month from June 2023 to January 2024"


@pytest.mark.parametrize(
    ("says", "sentence"),
    [
        ("no signal", QUIET),
        ("no signal in the last 12 months; adjusted for the time of the year", QUIET),
        (
            "above its limits in February 2024",
            "Above their usual range or average in the last year: at risk at month end.",
        ),
        (
            "rising every month from June 2023 to February 2024",
            "Rose in seven months or more in a row in the last year: at risk at month end.",
        ),
        (
            "below its average in each month from June 2023 to February 2024",
            "Below their usual range or average in the last year: at risk at month end.",
        ),
        (
            "falling every month from June 2023 to February 2024",
            "Fell in seven months or more in a row in the last year: at risk at month end.",
        ),
        (
            "above its limits in June 2023; below its limits in February 2024",
            "Above their usual range or average in some months, below it in others: at risk at "
            "month end.",
        ),
    ],
)
def test_what_a_chart_says_is_told_once_for_all(says: str, sentence: str) -> None:
    drawn = blocks(point("2024-02-29", "300"), limits(says))
    assert drawn["What the charts by month show"].sentences[0] == sentence


def test_what_rises_below_its_average_is_not_called_above_it() -> None:
    says = f"{RISING}; below its average in each month from June 2023 to January 2024"
    drawn = blocks(point("2024-02-29", "300"), limits(says))
    assert drawn["What the charts by month show"].sentences[:2] == [
        "Below their usual range or average in the last year: at risk at month end.",
        "Rose in seven months or more in a row in the last year: at risk at month end.",
    ]


def test_where_no_chart_has_limits_nothing_is_called_usual() -> None:
    drawn = blocks(point("2024-02-29", "300"))
    assert drawn["What the charts by month show"].sentences[0] == (
        "No number can be shown of enough months to tell what is usual."
    )


def test_limits_of_what_was_recorded_otherwise_are_not_those_of_today() -> None:
    """The newest stretch is too short for limits: the old ones end before its first month."""
    drawn = blocks(
        point("2024-01-31", "100"),
        point("2024-02-29", "100"),
        point("2024-03-31", "300"),
        limits("above its limits in February 2024"),
    )
    topic = drawn["Children at risk, who joins and who leaves"]
    (row,) = topic.tables[0].rows
    told = ["300", "–", "–", "too few months since it is recorded otherwise"]
    assert [cell.text for cell in row[1:]] == told
    assert topic.chart
    assert "dotted upright line" in topic.chart.subtitle
    (line,) = topic.chart.spec["layout"]["shapes"]
    assert (line["x0"], line["x1"]) == ("2024-03-31", "2024-03-31")
    said = drawn["What the charts by month show"].sentences[0]
    assert said == "No number can be shown of enough months to tell what is usual."


def test_a_chart_without_limits_says_that_months_are_too_few() -> None:
    drawn = blocks(point("2024-02-29", "300"))
    (row,) = drawn["Children at risk, who joins and who leaves"].tables[0].rows
    assert [cell.text for cell in row[1:]] == ["300", "–", "–", "too few months can be shown"]
    with_limits = blocks(point("2024-02-29", "300"), limits("no signal"))
    (row,) = with_limits["Children at risk, who joins and who leaves"].tables[0].rows
    assert [cell.text for cell in row[1:]] == ["300", "300", "250 to 350", "no signal"]


def test_a_signal_that_no_chart_shows_is_listed() -> None:
    east = {"group_type": "locality", "group": "East"}
    drawn = blocks(
        point("2024-02-29", "300"),
        limits("below its limits in February 2024"),
        limits("above its limits in January 2024", **east),
        limits("no signal in the last 12 months", "closures_by_month", **east),
    )
    block = drawn["What else was unusual by month"]
    (row,) = block.tables[0].rows
    assert [cell.text for cell in row] == [
        "Children at risk",
        "East",
        "number",
        "300",
        "above its limits in January 2024",
    ]
    quiet = blocks(point("2024-02-29", "300"), limits("below its limits in February 2024"))
    assert "What else was unusual by month" not in quiet

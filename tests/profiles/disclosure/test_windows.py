"""What the attacker knows of numbers over time: months add up to the year that holds them, and a stock follows from the one before."""

from __future__ import annotations

import datetime as dt

import pandas as pd
from monthly import AS_AT, TRUST, month_ends, monthly, row

from profiles.disclosure.audit import DETAILS
from profiles.disclosure.counts import label_counts
from profiles.disclosure.facts import Relation
from profiles.disclosure.knowledge import knowledge
from profiles.disclosure.plan import PARTNER, default_plan
from profiles.figures.exact import exact_figures

PLAN = default_plan()


def relations(rows: list[dict[str, object]]) -> list[Relation]:
    exact = exact_figures(pd.DataFrame(rows), AS_AT, TRUST, "E08000025")
    return list(knowledge(label_counts(exact, PLAN), DETAILS[PARTNER], PLAN).facts.relations)


def year(
    start: dt.date, figure: str = "hub_referrals", unit: str = "referrals"
) -> dict[str, object]:
    return row(figure, AS_AT, 480.0, period_start=start, unit=unit)


def test_twelve_months_are_the_year() -> None:
    (found,) = [
        r
        for r in relations([year(dt.date(2023, 4, 1)), *monthly([40.0] * 24)])
        if r.name == "hub_referrals: its months"
    ]
    assert (found.low, found.high) == (0, 0)
    assert len(found.terms) == 13
    assert found.terms["hub_referrals||2024-03-31"] == 1
    assert found.terms["hub_referrals_by_month||2023-04-30"] == -1
    assert "hub_referrals_by_month||2023-03-31" not in found.terms


def test_a_year_that_begins_within_a_month_has_no_fewer_than_its_whole_months() -> None:
    (found,) = [
        r
        for r in relations([year(dt.date(2023, 4, 2)), *monthly([40.0] * 24)])
        if r.name == "hub_referrals: its months"
    ]
    assert (found.low, found.high) == (0, None)
    assert len(found.terms) == 12


def test_children_of_a_year_are_no_fewer_than_of_any_month_and_no_more_than_of_all() -> None:
    months = monthly([40.0] * 24, "missing_children_by_month")
    for month in months:
        month["unit"] = "children"
    found = relations([year(dt.date(2023, 4, 1), "missing_children", "children"), *months])
    assert sum(r.name == "missing_children: a month" for r in found) == 12
    (together,) = [r for r in found if r.name == "missing_children: its months"]
    assert (together.low, together.high) == (0, None)
    assert together.terms["missing_children||2024-03-31"] == -1


def test_a_stock_follows_from_the_month_before() -> None:
    days = month_ends(3)
    rows = [row("at_risk", day, 300.0 + i) for i, day in enumerate(days)]
    rows += monthly([30.0] * 3, "entries_by_month") + monthly([29.0] * 3, "exits_by_month")
    known = [r for r in relations(rows) if "at_risk@before" in r.name]
    assert len(known) == 2
    terms = {(*sorted(r.terms),) for r in known}
    assert (
        "at_risk||2024-01-31",
        "at_risk||2024-02-29",
        "entries_by_month||2024-02-29",
        "exits_by_month||2024-02-29",
    ) in terms

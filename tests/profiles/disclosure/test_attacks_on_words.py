"""The known attacks on what stands beside counts: shares, rates, order, map classes, an exact total, flows, hovers. Found where protection is naive, failing on ours."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from attacking import Table, Way, ours, plain, safe
from invented import DAY, ages, by, exact
from planned import PLAN

from profiles.disclosure.attacker import Attacker, Interval
from profiles.disclosure.audit import protect
from profiles.disclosure.counts import label_counts
from profiles.disclosure.facts import Cell, Facts, Relation
from profiles.disclosure.relations import known
from profiles.disclosure.shares import label_store
from profiles.drawing.charts import bars
from profiles.sections.common import counted


def test_percentages_with_recoverable_numerators() -> None:
    """3 of 47 to one decimal is 6.4%: no other whole number gives that. Ours gives no share where a part is hidden."""
    assert [n for n in range(48) if round(100 * n / 47, 1) == 6.4] == [3]
    share = {"measure": "percent", "denominator": 147.0, "whole": "hub_referrals"}
    parts = ((3, "nfa"), (100, "accepted"), (44, "early_help"))
    rows = [
        {"figure": "hub_referrals", "numerator": 147},
        *({"figure": "hub_referrals"} | by(n, decision=d) for n, d in parts),
    ]
    rows += [r | share for r in rows[1:]]
    table = (
        label_store(label_counts(exact(*rows), PLAN), PLAN)
        .as_table()
        .set_index(["measure", "group"])["label"]
    )
    assert table["percent", "nfa"] == "not shown"
    # A shown share is one of labels: every count with the same label has the same share.
    assert table["percent", "accepted"] == f"{round(100 * 100 / 145)}%"


def test_rates_and_smoothed_rates_with_recoverable_numerators() -> None:
    """A rate, or one drawn towards the city's, inverts to its count; from a label it inverts to the label."""
    population, city_rate, weight = 2_000, 21.0, 0.4

    def smoothed(count: float) -> float:
        return weight * 1e4 * count / population + (1 - weight) * city_rate

    def inverted(rate: float) -> float:
        return (rate - (1 - weight) * city_rate) / weight * population / 1e4

    assert round(inverted(smoothed(3))) == 3
    row = {"figure": "at_risk_residents_10_17", "numerator": 12, "denominator": 2_000}
    labels = [
        label_store(
            label_counts(
                exact(row | {"numerator": n}, row | {"numerator": n, "measure": "rate"}), PLAN
            ),
            PLAN,
        ).as_table()
        for n in (8, 12)
    ]
    rates = [t[t["measure"] == "rate"].iloc[0]["value"] for t in labels]
    assert rates[0] == rates[1] == 50  # of the label 10: every count from 8 to 12


def test_sort_order() -> None:
    """Sorted by what is hidden, neighbours bound each other: here to one value each."""
    order = Facts.of(
        [Cell(n, 0, 7) for n in "xyz"],
        [Relation("x>y", {"x": 1, "y": -1}, 1, None), Relation("y>z", {"y": 1, "z": -1}, 1, None)],
    )
    assert Attacker(order).interval({"x": 1}).low == 2
    rows = [
        {"figure": "hub_referrals"} | by(n, referral_source=s)
        for s, n in (
            ("police", 3),
            ("health", 5),
            ("education", 40),
            ("local authority", 41),
            ("individual", 90),
        )
    ]
    swapped = [
        {"figure": "hub_referrals"} | by(n, referral_source=s)
        for s, n in (
            ("police", 5),
            ("health", 3),
            ("education", 42),
            ("local authority", 38),
            ("individual", 90),
        )
    ]
    stores = [label_store(label_counts(exact(*r), PLAN), PLAN) for r in (rows, swapped)]

    def ordered(i: int) -> list[str]:
        found = counted(stores[i], "hub_referrals", "referral_source")
        return [
            g.label for g, c, _ in sorted(found, key=lambda r: (-(r[1].value or 0), r[0].label))
        ]

    assert ordered(0) == ordered(1)
    assert ordered(0)[1:3] == [
        "Early help and other departments",
        "Schools and education services",
    ]  # a tie of labels, by the alphabet
    assert stores[0].as_table().equals(stores[1].as_table())


def test_map_classes() -> None:
    """Classes cut at true quantiles tell more than the label; cut at labels they tell no more."""
    by_quantile = Facts.of(
        [Cell("ward", *known("lt:8", "")), Cell("class", 3, 4)],
        [Relation("r", {"ward": 1, "class": -1})],
    )
    assert not safe(Attacker(by_quantile).interval({"ward": 1}))
    by_label = Facts.of(
        [Cell("ward", *known("lt:8", "")), Cell("class", 0, 7)],
        [Relation("r", {"ward": 1, "class": -1})],
    )
    assert safe(Attacker(by_label).interval({"ward": 1}))


@pytest.mark.parametrize(("older", "younger"), [(200, 90), (203, 88), (202, 89)])
def test_an_exact_total_with_rounded_parts(older: int, younger: int) -> None:
    """Labels that add up to the total or beyond leave no room for a rest: proved zero. The audit withholds one."""
    rows = ages(older, younger)
    table = Table({"a": "O Y U"}, {("O",): older, ("Y",): younger, ("U",): 0})
    parts: list[Mapping[str, set[str]]] = [{"a": {"O"}}, {"a": {"Y"}}]
    bare = table.attack(parts, {"a": {"U"}}, ours, exact_total=True)
    found = protect(exact(*rows), PLAN)
    assert all(a.passed for a in found.audits.values())
    assert bool(found.withheld) == (not safe(bare))
    status = found.counts.table.set_index("group")["status"]
    assert (status["under 15"] == "withheld") == bool(found.withheld)


def test_re_entries_from_exact_flows() -> None:
    """Opening plus entries less ever-in-the-year is who came twice; exact flows tell it exactly."""
    flows = {"opening": 327, "entries": 337, "ever": 660}

    def twice(way: Way) -> Interval:
        cells = [Cell(n, *way(v)) for n, v in flows.items()]
        back = Relation("r", {"opening": 1, "entries": 1, "ever": -1, "again": -1})
        return Attacker(Facts.of([*cells, Cell("again")], [back])).interval({"again": 1})

    assert twice(plain) == Interval(4, 4)
    assert safe(twice(ours))


def test_a_withheld_cell_stands_in_no_hover_and_no_attribute() -> None:
    """What is withheld has no value in the store, so no chart, hover or attribute can hold one."""
    rows = [
        by(290),
        *(by(n, plan=p) for p, n in {"CLA": 41, "CP": 74, "CIN": 126, "none": 49}.items()),
    ]
    counts = label_counts(exact(*rows), PLAN, withheld=[f"at_risk|plan=CLA|{DAY}"])
    store = label_store(counts, PLAN)
    in_care = store.get("at_risk", "count", "plan", "CLA")
    assert (in_care.text, in_care.value, in_care.lower, in_care.upper) == (
        "not shown",
        None,
        None,
        None,
    )
    chart = bars(
        "plan",
        "t",
        "s",
        [("In care", in_care), ("None", store.get("at_risk", "count", "plan", "none"))],
    )
    drawn = f"{chart.spec['data']} {chart.spec['layout']['annotations']} {chart.alt}"
    assert "50" in drawn
    assert not any(str(n) in drawn for n in range(38, 43))

"""The known attacks, each on a small drawn table: found where protection is missing or naive, and failing on ours.

`naive` hides counts of 1 to 4 and shows the rest as they are, as many publications do.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Mapping

import pytest
from invented import DAY, by, exact

from profiles.charts import bars
from profiles.disclosure.attacker import Attacker, Interval
from profiles.disclosure.audit import attack, protect
from profiles.disclosure.counts import label_counts
from profiles.disclosure.facts import Cell, Facts, Relation
from profiles.disclosure.knowledge import Knowledge, Target
from profiles.disclosure.lattice import Lattice
from profiles.disclosure.plan import default_plan
from profiles.disclosure.relations import known
from profiles.disclosure.rule import Rule
from profiles.disclosure.shares import label_store
from profiles.sections.common import counted

Range = tuple[int | None, int | None]
Way = Callable[[int], Range]
Leaf = tuple[str, ...]


def naive(n: int) -> Range:
    return known("pos:5", "") if 1 <= n <= 4 else known("exact", str(n))


def plain(n: int) -> Range:
    return known("exact", str(n))


def rounded(n: int) -> Range:
    """Nearest 5 alone, as if rounding were enough."""
    return known("nearest:5", str(5 * ((n + 2) // 5)))


def ours(n: int) -> Range:
    return known("lt:8", "") if n < 8 else known("nearest:5:8", str(5 * ((n + 2) // 5)))


def safe(interval: Interval) -> bool:
    """What the audit asks of a number that is truly below 8."""
    return interval.width >= 4 or (interval.low or 0) >= 6


def settled(cells: list[Cell], lattice: Lattice, target: str, small: set[str]) -> Interval:
    """The target's interval when the audit is through: what binds is withheld, smallest first, until the attacker fails."""
    cells = list(cells)
    targets = tuple(Target(n, {n: 1}, is_small=True) for n in sorted({target, *small}))
    for _ in cells:
        facts = Facts.of(cells, (), [lattice])
        verdict = attack(Knowledge(facts, targets, {}), Rule(), "test", 60)
        if verdict.passed:
            return Attacker(facts).interval({target: 1})
        shown = sorted((c.low or 0, c.name) for c in cells if c.high is not None and (c.low or 0) >= 8)
        binding = [n for _, n in shown if n in verdict.failures[0].binds] or [n for _, n in shown]
        cells = [Cell(c.name, 8, None, c.lattice, c.at) if c.name == binding[0] else c for c in cells]
    raise AssertionError("nothing is left to withhold")


class Table:
    """A joint table of counts, and the sums of it that are published."""

    def __init__(self, dims: Mapping[str, str], counts: Mapping[Leaf, int]) -> None:
        self.leaves = {d: tuple(of.split()) for d, of in dims.items()}
        self.counts = counts

    def value(self, at: Mapping[str, set[str]]) -> int:
        return sum(
            n for leaf, n in self.counts.items()
            if all(d not in at or g in at[d] for d, g in zip(self.leaves, leaf, strict=True)))  # fmt: skip

    def attack(
        self,
        published: list[Mapping[str, set[str]]],
        target: Mapping[str, set[str]],
        way: Way,
        exact_total: bool = False,
    ) -> Interval:
        """What one who sees the published sums, each told in this way, makes of the target."""
        cells = [self._cell(f"c{i}", at, *way(self.value(at))) for i, at in enumerate(published)]
        if exact_total:
            cells.append(self._cell("total", {}, *plain(self.value({}))))
        cells.append(self._cell("target", target, 0, None))
        return Attacker(Facts.of(cells, (), [Lattice("t", self.leaves)])).interval({"target": 1})

    def audited(
        self, published: list[Mapping[str, set[str]]], target: Mapping[str, set[str]], also: tuple[Cell, ...] = ()
    ) -> Interval:
        """The same with our labels, when the audit is through with them."""
        cells = [self._cell(f"c{i}", at, *ours(self.value(at))) for i, at in enumerate(published)]
        small = {f"c{i}" for i, at in enumerate(published) if self.value(at) < 8}
        return settled(
            [*cells, self._cell("target", target, 0, None), *also], Lattice("t", self.leaves), "target", small
        )

    @staticmethod
    def _cell(name: str, at: Mapping[str, set[str]], low: int | None, high: int | None) -> Cell:
        return Cell(name, low, high, "t", {d: frozenset(g) for d, g in at.items()})


def margins(leaves: Mapping[str, tuple[str, ...]], *sets: str) -> list[dict[str, set[str]]]:
    """Every cell of the tables by these dimensions: margins(leaves, "ab", "a", "")."""
    return [
        {d: {g} for d, g in zip(dims, cell, strict=True)} for dims in sets for cell in itertools.product(*(leaves[d] for d in dims))
    ]  # fmt: skip


def grid(rows: str) -> dict[Leaf, int]:
    """A table of a by b drawn as text."""
    return {
        (f"a{i}", f"b{j}"): int(n) for i, row in enumerate(rows.strip().splitlines()) for j, n in enumerate(row.split())
    }  # fmt: skip


def two_way(rows: str) -> Table:
    counts = grid(rows)
    return Table(
        {"a": " ".join(dict.fromkeys(a for a, _ in counts)), "b": " ".join(dict.fromkeys(b for _, b in counts))}, counts
    )


def test_two_hidden_cells_per_line_can_still_be_exact() -> None:
    """Every line that has a hidden cell has two, and yet a corner has one value only: the margins leave it none other."""
    table = two_way("20 4 4\n3 30 4\n4 1 40")
    everything = margins(table.leaves, "ab", "a", "b", "")
    # Column b1 holds 4 + 1, row a2 holds 4 + 1: with counts of 1 to 4 hidden, 1 and 4 are all they can be.
    found = table.attack(everything, {"a": {"a2"}, "b": {"b1"}}, naive)
    assert found.width == 0
    assert safe(table.attack(everything, {"a": {"a2"}, "b": {"b1"}}, ours, exact_total=True))


def test_linked_tables_that_share_cells() -> None:
    """Each table hides its small cell well; together they tell it, since both hold the same children."""
    counts = {
        ("a0", "b0", "c0"): 3,
        ("a0", "b1", "c0"): 9,
        ("a1", "b0", "c1"): 11,
        ("a1", "b1", "c1"): 20,
        ("a0", "b0", "c1"): 6,
    }
    table = Table({"a": "a0 a1", "b": "b0 b1", "c": "c0 c1"}, counts)
    target = {"a": {"a0"}, "b": {"b0"}, "c": {"c0"}}
    one, both = margins(table.leaves, "ab"), margins(table.leaves, "ab", "ac", "bc")
    assert table.attack(one, target, naive).width >= 4
    assert table.attack(both, target, naive).width == 0
    everything = [*both, *margins(table.leaves, "a", "b", "c", "")]
    # Rounding alone leaves four values; the audit sees it and withholds more.
    assert not safe(table.attack(everything, target, ours))
    assert safe(table.audited(everything, target))


def test_singletons() -> None:
    """A child alone in a hidden cell knows that cell, and with it works out its neighbour's."""
    table = two_way("1 3 20\n12 15 30")
    published = margins(table.leaves, "ab", "a", "b", "")
    own = {"a": {"a0"}, "b": {"b0"}}
    other = {"a": {"a0"}, "b": {"b1"}}

    def as_the_child(way: Way) -> Interval:
        cells = [table._cell(f"c{i}", at, *way(table.value(at))) for i, at in enumerate(published)]
        facts = Facts.of(
            [*cells, table._cell("own", own, 1, 1), table._cell("x", other, 0, None)], (), [Lattice("t", table.leaves)]
        )
        return Attacker(facts).interval({"x": 1})

    assert as_the_child(naive).width == 0
    assert safe(as_the_child(ours))


def test_rounding_unpicked_by_several_totals() -> None:
    """Three cells at the upper ends of their roundings and a total at its lower end: each is what it must be."""
    counts = {"x": 2, "y": 12, "z": 22}
    cells = [Cell(n, *rounded(v)) for n, v in counts.items()]
    facts = Facts.of([*cells, Cell("total", 36, 36)], [Relation("r", {"x": 1, "y": 1, "z": 1, "total": -1})])
    assert Attacker(facts).interval({"x": 1}) == Interval(2, 2)
    cells = [Cell(n, *ours(v)) for n, v in counts.items()]
    facts = Facts.of([*cells, Cell("total", *ours(36))], [Relation("r", {"x": 1, "y": 1, "z": 1, "total": -1})])
    assert safe(Attacker(facts).interval({"x": 1}))


def test_boundary_slivers() -> None:
    """Two schemes of areas: what lies in an old area and not in the new one of the same name is a sliver of few."""
    table = Table(
        {"a": "old0 old1", "b": "new0 new1"}, {("old0", "new0"): 30, ("old0", "new1"): 2, ("old1", "new1"): 41}
    )
    sliver = {"a": {"old0"}, "b": {"new1"}}
    published = margins(table.leaves, "a", "b", "")

    def nested(way: Way) -> Interval:
        """The maps tell that nobody can live in both old1 and new0."""
        cells = [table._cell(f"c{i}", at, *way(table.value(at))) for i, at in enumerate(published)]
        cells += [
            table._cell("no such place", {"a": {"old1"}, "b": {"new0"}}, 0, 0),
            table._cell("sliver", sliver, 0, None),
        ]
        return Attacker(Facts.of(cells, (), [Lattice("t", table.leaves)])).interval({"sliver": 1})

    assert nested(naive) == Interval(2, 2)
    assert not safe(nested(ours))
    nobody = table._cell("no such place", {"a": {"old1"}, "b": {"new0"}}, 0, 0)
    assert safe(table.audited(published, sliver, (nobody,)))


def test_moved_age_bands() -> None:
    """10–14 in one table and 10–15 in another: the difference is one year of age."""
    table = Table({"a": "10-14 15 16-17"}, {("10-14",): 40, ("15",): 3, ("16-17",): 60})
    published: list[Mapping[str, set[str]]] = [{"a": {"10-14"}}, {"a": {"10-14", "15"}}, {}]
    assert table.attack(published, {"a": {"15"}}, naive) == Interval(3, 3)
    assert safe(table.attack(published, {"a": {"15"}}, ours))


def test_two_versions_that_differ_by_one_child() -> None:
    """The child who joined is told with all that the second version breaks down."""

    def difference(way: Way) -> Interval:
        cells = [Cell("v1", *way(12)), Cell("v2", *way(13)), Cell("joined", 0, None)]
        return Attacker(Facts.of(cells, [Relation("r", {"v1": 1, "joined": 1, "v2": -1})])).interval({"joined": 1})

    assert difference(plain) == Interval(1, 1)
    # Relabelled at once the step from 10 to 15 tells that one crossed the edge, and where; a held label tells nothing.
    assert difference(rounded).low == 1
    held = [Cell("v1", 8, 12), Cell("v2", 8 - 4, 12 + 4), Cell("joined", 0, None)]
    assert safe(Attacker(Facts.of(held, [Relation("r", {"v1": 1, "joined": 1, "v2": -1})])).interval({"joined": 1}))


def test_a_series_point_republished() -> None:
    """One month end published as 10 and, a child later, as 15 puts the number between 12 and 13."""
    again = Facts.of(
        [Cell("point", 8, 12), Cell("again", 13, 17), Cell("late", 0, 1)],
        [Relation("r", {"point": 1, "late": 1, "again": -1})],
    )
    assert Attacker(again).interval({"point": 1}) == Interval(12, 12)
    held = Facts.of(
        [Cell("point", 8, 12), Cell("again", 4, 16), Cell("late", 0, 1)],
        [Relation("r", {"point": 1, "late": 1, "again": -1})],
    )
    assert Attacker(held).interval({"point": 1}).width >= 4


def test_ward_within_locality_within_city() -> None:
    """A ward that is hidden is its locality less its neighbours."""
    wards = {"w0": 3, "w1": 14, "w2": 22, "w3": 9, "w4": 31}
    table = Table({"a": " ".join(wards)}, {(w,): n for w, n in wards.items()})
    published: list[Mapping[str, set[str]]] = [
        *({"a": {w}} for w in wards),
        {"a": {"w0", "w1", "w2"}},
        {"a": {"w3", "w4"}},
        {},
    ]
    assert table.attack(published, {"a": {"w0"}}, naive) == Interval(3, 3)
    assert safe(table.attack(published, {"a": {"w0"}}, ours))


def test_three_two_way_tables_give_the_three_way_table() -> None:
    counts = {("a0", "b0", "c0"): 1, ("a0", "b1", "c0"): 12, ("a1", "b0", "c1"): 15, ("a1", "b1", "c0"): 18}
    table = Table({"a": "a0 a1", "b": "b0 b1", "c": "c0 c1"}, counts)
    published, target = (
        margins(table.leaves, "ab", "ac", "bc", "a", "b", "c", ""),
        {"a": {"a0"}, "b": {"b0"}, "c": {"c0"}},
    )
    assert table.attack(published, target, plain) == Interval(1, 1)
    assert not safe(table.attack(published, target, ours))
    assert safe(table.audited(published, target))


def test_all_of_a_group_share_one_attribute() -> None:
    """All girls at high risk: that no girl is at another level is told of each of them."""
    table = two_way("20 0\n30 40")
    published, target = margins(table.leaves, "ab", "a", "b", ""), {"a": {"a0"}, "b": {"b1"}}
    assert table.attack(published, target, naive) == Interval(0, 0)
    assert safe(table.attack(published, target, ours))


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
        label_store(label_counts(exact(*rows), Rule(), default_plan()), Rule())
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
        label_store(label_counts(exact(row | {"numerator": n}, row | {"numerator": n, "measure": "rate"}), Rule(), default_plan()), Rule()).as_table()
        for n in (8, 12)
    ]  # fmt: skip
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
        for s, n in (("police", 3), ("health", 5), ("education", 40), ("local authority", 41), ("individual", 90))
    ]
    swapped = [
        {"figure": "hub_referrals"} | by(n, referral_source=s)
        for s, n in (("police", 5), ("health", 3), ("education", 42), ("local authority", 38), ("individual", 90))
    ]
    stores = [label_store(label_counts(exact(*r), Rule(), default_plan()), Rule()) for r in (rows, swapped)]

    def ordered(i: int) -> list[str]:
        found = counted(stores[i], "hub_referrals", "referral_source")
        return [g.label for g, c, _ in sorted(found, key=lambda r: (-(r[1].value or 0), r[0].label))]

    assert ordered(0) == ordered(1)
    assert ordered(0)[1:3] == ["Local authority", "Schools and education services"]  # a tie of labels, by the alphabet
    assert stores[0].as_table().equals(stores[1].as_table())


def test_map_classes() -> None:
    """Classes cut at true quantiles tell more than the label; cut at labels they tell no more."""
    by_quantile = Facts.of(
        [Cell("ward", *known("lt:8", "")), Cell("class", 3, 4)], [Relation("r", {"ward": 1, "class": -1})]
    )
    assert not safe(Attacker(by_quantile).interval({"ward": 1}))
    by_label = Facts.of(
        [Cell("ward", *known("lt:8", "")), Cell("class", 0, 7)], [Relation("r", {"ward": 1, "class": -1})]
    )
    assert safe(Attacker(by_label).interval({"ward": 1}))


@pytest.mark.parametrize(("boys", "girls"), [(200, 90), (203, 88), (202, 89)])
def test_an_exact_total_with_rounded_parts(boys: int, girls: int) -> None:
    """Labels that add up to the total or beyond leave no room for a rest: proved nought. The audit withholds one."""
    rows = [by(boys + girls), by(boys, sex="M"), by(girls, sex="F"), by(0, sex="X"), by(0, sex="U")]
    table = Table({"a": "M F U"}, {("M",): boys, ("F",): girls, ("U",): 0})
    parts: list[Mapping[str, set[str]]] = [{"a": {"M"}}, {"a": {"F"}}]
    bare = table.attack(parts, {"a": {"U"}}, ours, exact_total=True)
    found = protect(exact(*rows), Rule(), default_plan())
    assert all(a.passed for a in found.audits.values())
    assert bool(found.withheld) == (not safe(bare))
    status = found.counts.table.set_index("group")["status"]
    assert (status["F"] == "withheld") == bool(found.withheld)


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
    rows = [by(290), *(by(n, plan=p) for p, n in {"CLA": 41, "CP": 74, "CIN": 126, "none": 49}.items())]
    counts = label_counts(exact(*rows), Rule(), default_plan(), withheld=[f"at_risk|plan=CLA|{DAY}"])
    store = label_store(counts, Rule())
    in_care = store.get("at_risk", "count", "plan", "CLA")
    assert (in_care.text, in_care.value, in_care.lower, in_care.upper) == ("not shown", None, None, None)
    chart = bars("plan", "t", "s", [("In care", in_care), ("None", store.get("at_risk", "count", "plan", "none"))])
    drawn = f"{chart.spec['data']} {chart.spec['layout']['annotations']} {chart.alt}"
    assert "50" in drawn
    assert not any(str(n) in drawn for n in range(38, 43))

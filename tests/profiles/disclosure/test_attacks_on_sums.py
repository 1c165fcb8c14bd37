"""The known attacks that add and subtract, each on a small drawn table: found where protection is missing or naive, and failing on ours."""

from __future__ import annotations

from collections.abc import Mapping

from attacking import Table, Way, margins, naive, ours, plain, rounded, safe, two_way

from profiles.disclosure.attacker import Attacker, Interval
from profiles.disclosure.facts import Cell, Facts, Relation
from profiles.disclosure.lattice import Lattice


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
            [*cells, table._cell("own", own, 1, 1), table._cell("x", other, 0, None)],
            (),
            [Lattice("t", table.leaves)],
        )
        return Attacker(facts).interval({"x": 1})

    assert as_the_child(naive).width == 0
    assert safe(as_the_child(ours))


def test_rounding_unpicked_by_several_totals() -> None:
    """Three cells at the upper ends of their roundings and a total at its lower end: each is what it must be."""
    counts = {"x": 2, "y": 12, "z": 22}
    cells = [Cell(n, *rounded(v)) for n, v in counts.items()]
    facts = Facts.of(
        [*cells, Cell("total", 36, 36)], [Relation("r", {"x": 1, "y": 1, "z": 1, "total": -1})]
    )
    assert Attacker(facts).interval({"x": 1}) == Interval(2, 2)
    cells = [Cell(n, *ours(v)) for n, v in counts.items()]
    facts = Facts.of(
        [*cells, Cell("total", *ours(36))], [Relation("r", {"x": 1, "y": 1, "z": 1, "total": -1})]
    )
    assert safe(Attacker(facts).interval({"x": 1}))


def test_boundary_slivers() -> None:
    """Two schemes of areas: what lies in an old area and not in the new one of the same name is a sliver of few."""
    table = Table(
        {"a": "old0 old1", "b": "new0 new1"},
        {("old0", "new0"): 30, ("old0", "new1"): 2, ("old1", "new1"): 41},
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
        return Attacker(
            Facts.of(cells, [Relation("r", {"v1": 1, "joined": 1, "v2": -1})])
        ).interval({"joined": 1})

    assert difference(plain) == Interval(1, 1)
    # Relabelled at once the step from 10 to 15 tells that one crossed the edge, and where; a held label tells nothing.
    assert difference(rounded).low == 1
    held = [Cell("v1", 8, 12), Cell("v2", 8 - 4, 12 + 4), Cell("joined", 0, None)]
    assert safe(
        Attacker(Facts.of(held, [Relation("r", {"v1": 1, "joined": 1, "v2": -1})])).interval(
            {"joined": 1}
        )
    )


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
    counts = {
        ("a0", "b0", "c0"): 1,
        ("a0", "b1", "c0"): 12,
        ("a1", "b0", "c1"): 15,
        ("a1", "b1", "c0"): 18,
    }
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

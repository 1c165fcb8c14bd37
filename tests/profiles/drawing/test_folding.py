"""What cannot be told is said once for a section, and no table of refusals stands in it."""

from __future__ import annotations

import pandas as pd

from profiles.drawing.blocks import Block, Cell, Section, Table, head
from profiles.drawing.folding import folded
from profiles.figures.carried import carried, in_words


def table(caption: str, *texts: str) -> Table:
    rows = [
        [head("Row"), Cell(text, f"f|count|{n}", is_number=True)] for n, text in enumerate(texts)
    ]
    return Table(caption, ["", "Children"], rows)


def test_tables_of_refusals_are_one_sentence() -> None:
    whole = Block("A", ["Said."], tables=[table("Children seen", "15", "not available")])
    part = Block(
        "B",
        tables=[table("Spells", "20"), table("Reports", "not available")],
        notes=["Not available: P: not supplied."],
    )
    none = Block("C", ["Why it matters."], tables=[table("Crimes by role", "not available", "not available")], notes=["Not available: P: not supplied."])  # fmt: skip
    found = folded(Section("s", "S", "Answer.", [whole, part, none]))
    assert [block.heading for block in found.blocks] == ["A", "B", "Not shown here"]
    assert [t.caption for t in found.blocks[1].tables] == ["Spells"]
    assert found.blocks[1].notes == []
    assert found.blocks[-1].sentences == [
        "For want of supplies this section does not show: reports; crimes by role. Not available: P: not supplied."
    ]


def test_a_section_that_is_told_stays_as_it_is() -> None:
    section = Section(
        "s", "S", "Answer.", [Block("A", tables=[table("Seen", "15", "not available")])]
    )
    assert folded(section) is section


def test_how_much_the_supplies_carry() -> None:
    rows = (
        [("risk", "ok")] * 4
        + [("place", "ok")] * 3
        + [("place", "refused")]
        + [("health", "refused")] * 2
    )
    figures = pd.DataFrame(rows, columns=["section", "status"]).assign(measure="count")
    found = carried(figures)
    assert (found.in_full, found.in_part, found.not_at_all) == (("risk",), ("place",), ("health",))
    assert in_words(found) == (
        "the supplies carry 70% of the counts: 1 section in full, 1 in part (place), 1 not at all (health)"
    )


def test_of_a_section_that_tells_nothing_the_answer_stands_alone() -> None:
    answer = (
        "This cannot be shown at present. Health providers: no accepted supply. It would show x."
    )
    blocks = [Block("A", ["Why."], tables=[table("Seen", "not available")]), Block("B", notes=["A table of x is not shown: Health: not supplied."])]  # fmt: skip
    assert folded(Section("s", "S", answer, blocks)).blocks == []


def test_what_is_refused_for_few_children_is_not_folded() -> None:
    block = Block("A", notes=["A table of x is not shown: too few children are in its cells."])
    section = Section("s", "S", "Answer.", [block])
    assert folded(section) is section

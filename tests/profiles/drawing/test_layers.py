"""A section's blocks are parted between profile and annex, and none is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from profiles.drawing.blocks import ROWS, Block, Cell, Chart, Map, Section, Table, anchor
from profiles.drawing.layers import PICTURES, layered, whole

CHART = Chart("c", "t", "s", "alt", {}, 300)
MAP = Map("m", "t", "s", "alt", [], [])


def table(rows: int) -> Table:
    return Table("caption", ["", "n"], [[Cell("a"), Cell("1")]] * rows)


@st.composite
def blocks(draw: st.DrawFn) -> Block:
    return Block(
        draw(st.text("abc ", max_size=5)),
        draw(st.lists(st.just("A sentence."), max_size=2)),
        draw(st.sampled_from([CHART, None])),
        draw(st.lists(st.builds(table, st.integers(1, 2 * ROWS)), max_size=2)),
        maps=draw(st.sampled_from([[], [MAP]])),
        is_lead=draw(st.booleans()),
        is_detail=draw(st.booleans()),
    )


@given(st.lists(blocks(), max_size=8))
def test_nothing_is_lost_and_pictures_are_few(given_blocks: list[Block]) -> None:
    parted = layered(Section("s", "S", "An answer.", given_blocks))
    both = [*parted.profile, *parted.annex]
    assert len(both) == len(given_blocks)
    for block in given_blocks:
        assert both.count(block) == given_blocks.count(block)
    pictured = [b for b in parted.profile if b.chart or b.maps]
    alike = max((given_blocks.count(b) for b in pictured), default=1)
    assert len(pictured) <= PICTURES * alike
    for block in parted.profile:
        # What stands open is short, was asked for, or is folded behind its picture.
        is_long = any(len(t.rows) > ROWS for t in block.tables)
        assert block.is_folded or not is_long


def test_a_section_without_pictures_shows_its_first_short_table() -> None:
    long, short, other = Block("a", tables=[table(40)]), Block("b", tables=[table(3)]), Block("c")
    parted = layered(Section("s", "S", "", [long, short, other]))
    assert parted.profile == [short, other]
    assert parted.annex == [long]


def test_what_leads_comes_first_and_words_for_few_go_to_the_annex() -> None:
    first, second, third = (Block(name, chart=CHART) for name in "abc")
    lead = Block("d", chart=CHART, is_lead=True)
    detail = Block("e", ["How it is read."], is_detail=True)
    parted = layered(Section("s", "S", "", [first, second, third, lead, detail]))
    assert parted.profile == [first, lead]
    assert parted.annex == [second, third, detail]


def test_the_brief_is_whole() -> None:
    section = Section("s", "S", "", [Block("a", tables=[table(40)])])
    assert whole(section).profile == section.blocks
    assert whole(section).annex == []


def test_addresses_have_no_digit_that_a_label_could_have() -> None:
    assert anchor("place", "Where they lived, over 4 years") == "place-where-they-lived-over-years"

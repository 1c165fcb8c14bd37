"""A sentence with a number that is not shown is left out, whole or up to a semicolon."""

from __future__ import annotations

import pytest

from profiles.disclosure.labels import UNTOLD, Label
from profiles.drawing.blocks import Block, Section, Table, head, shown
from profiles.drawing.untold import INSTEAD, without_untold


def label(status: str) -> Label:
    text = {"rounded": "40", "withheld": "not shown", "suppressed": "fewer than 8"}[status]
    return Label(
        key="at_risk|count|all|all|||2024-03-01",
        measure="count",
        text=text,
        value=None,
        lower=None,
        upper=None,
        denominator="",
        status=status,
        note="",
        group="all",
        unit="children",
        period_start="2024-03-01",
        period_end="2024-03-01",
    )


KNOWN, HIDDEN = label("rounded").about, label("withheld").about


@pytest.mark.parametrize(
    ("answer", "left"),
    [
        (f"{KNOWN.capitalize()} were boys.", "About 40 were boys."),
        (f"{HIDDEN} were boys; {KNOWN} were girls.", "About 40 were girls."),
        (f"About 40 were boys; {HIDDEN} were girls. So it is.", "About 40 were boys. So it is."),
        (f"{HIDDEN} were boys and {KNOWN} were girls.", INSTEAD),
        (f"There were {HIDDEN} referrals. 261 or fewer would be few.", INSTEAD),
        (
            f"There were {HIDDEN} referrals; the largest sources were police.",
            "The largest sources were police.",
        ),
    ],
)
def test_what_is_left_of_an_answer(answer: str, left: str) -> None:
    assert without_untold(Section("age", "Age", answer, [])).answer == left


def test_small_numbers_are_told() -> None:
    assert label("suppressed").about == "fewer than 8"


def test_a_block_that_says_nothing_else_is_gone_and_tables_stay() -> None:
    table = Table("Children", ["", "Children"], [[head("All"), shown(label("withheld"))]])
    blocks = [
        Block("A", [f"It was {HIDDEN}."]),
        Block("B", [f"It was {HIDDEN}."], tables=[table]),
        Block("C", ["It was so."], notes=[f"Not known: {HIDDEN}."]),
    ]
    left = without_untold(Section("age", "Age", "So.", blocks)).blocks
    assert [block.heading for block in left] == ["B", "C"]
    assert left[0].tables == [table]
    assert left[0].tables[0].rows[0][1].text == "not shown"
    assert left[1].notes == []
    assert not any(UNTOLD in text for block in left for text in [*block.sentences, *block.notes])

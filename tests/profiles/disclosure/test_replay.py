"""Whoever knows how repairs are made may try what a withheld number could have been: some are withheld by lot, so that any could."""

from __future__ import annotations

import pytest
from invented import DAY, by, exact
from planned import PLAN, under

from profiles.disclosure.audit import Protected, protect
from profiles.disclosure.counts import LEAST_FOR_LOT, first_labels
from profiles.disclosure.counts import drawn_by_lot as drawn
from profiles.disclosure.ledger import Ledger

RULE = PLAN.policy.rule
LEVELS = ("high", "medium", "low")
REPAIRED = f"at_risk|plan=CLA,risk_level=medium|{DAY}"
TOLD = f"at_risk|plan=CLA,risk_level=high|{DAY}"


def in_care_by_level(high: int) -> list[dict[str, object]]:
    """292 children by plan and level of risk; of 42 in care 23 are at low risk and so many at high. Whatever `high` is
    from 1 to 6, every label but that of those in care at medium risk is the same."""
    more = high - 1
    # Others make up for it, each within its label.
    shift = [min(2, more), min(2, max(0, more - 2)), max(0, more - 4)]
    table = {
        "CLA": (high, 19 - high, 23),
        "CP": (20 - shift[0], 30 + shift[0], 30),
        "CIN": (30 - shift[1], 40 + shift[1], 50),
        "none": (15 - shift[2], 15 + shift[2], 20),
    }
    rows = [by(292)]
    for plan, cells in table.items():
        rows.append(by(sum(cells), plan=plan))
        for level, n in zip(LEVELS, cells, strict=True):
            rows.append(by(n, plan=plan, risk_level=level))
    for i, level in enumerate(LEVELS):
        rows.append(by(sum(cells[i] for cells in table.values()), risk_level=level))
    return rows


def seen(found: Protected) -> dict[str, str]:
    """What a reader sees."""
    table = found.counts.table
    return dict(zip(table["ref"], table["label"], strict=True))


def test_without_lots_a_repair_tells_what_it_hides() -> None:
    """40 in care are 20 at medium risk, 25 at low and too few at high: shown, no or one child would be left. Of all that
    medium could be, only 20 asks for a repair."""
    needed = {}
    for high in range(1, 7):
        needed[high] = protect(exact(*in_care_by_level(high)), PLAN).withheld
    assert needed == {1: (REPAIRED,)} | dict.fromkeys(range(2, 7), ())


def test_with_lots_the_same_is_seen_whatever_it_hides() -> None:
    """By trying all: every number from 1 to 6 gives the same page, where the lot has fallen on the number."""
    pages = []
    for high in range(1, 7):
        found = protect(
            exact(*in_care_by_level(high)), PLAN, lot=lambda ref: 0.0 if ref == REPAIRED else 0.5
        )
        assert found.by_lot == (REPAIRED,)
        pages.append(seen(found))
    assert all(page == pages[0] for page in pages)
    assert (pages[0][REPAIRED], pages[0][TOLD]) == ("not shown", "fewer than 8")
    # And that is what is seen where a repair withheld it.
    assert seen(protect(exact(*in_care_by_level(1)), PLAN)) == pages[0]


def test_one_in_fifty_is_drawn_by_a_key_that_nobody_has(tmp_path: pytest.TempPathFactory) -> None:
    one, again, other = (Ledger(tmp_path / name) for name in ("one", "one", "other"))
    refs = [f"at_risk|ward=E{i:08d}|{DAY}" for i in range(20_000)]
    chosen = {ref for ref in refs if one.lot(ref) * 50 < 1}
    assert chosen == {ref for ref in refs if again.lot(ref) * 50 < 1}
    assert 300 < len(chosen) < 500
    both = {ref for ref in refs if other.lot(ref) * 50 < 1} & chosen
    assert len(both) < 30
    assert all(0 <= one.lot(ref) < 1 for ref in refs[:100])


def test_what_takes_no_part() -> None:
    """Totals, small numbers, tables of two or three cells, and everything where the controller wants no lot."""
    first = first_labels(exact(*in_care_by_level(6)), PLAN)
    every = drawn(first, RULE, lambda ref: 0.0)
    assert len(every) == 11 + 4
    assert TOLD not in every
    assert f"at_risk||{DAY}" not in every
    assert not [ref for ref in every if ref.startswith("at_risk|risk_level")]
    assert len(LEVELS) < LEAST_FOR_LOT
    assert drawn(first, RULE, lambda ref: 0.02) == []
    none = under(RULE.model_copy(update={"lot_one_in": 0})).policy.rule
    assert drawn(first, none, lambda ref: 0.0) == []
    assert not [words for words in none.words() if "by lot" in words]

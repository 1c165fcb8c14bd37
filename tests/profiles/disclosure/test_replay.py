"""Whoever knows how repairs are made may try what a withheld number could have been: some are withheld by lot, so that any could."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator

import pytest
from invented import DAY, by, exact
from planned import PLAN, under

from profiles.disclosure.audit import Protected, protect
from profiles.disclosure.counts import first_labels
from profiles.disclosure.ledger import Ledger
from profiles.disclosure.lots import LEAST_FOR_LOT
from profiles.disclosure.lots import drawn_by_lot as drawn

World = Callable[[int], list[dict[str, object]]]
RULE = PLAN.policy.rule
LEVELS = ("high", "medium", "low")
REPAIRED = f"at_risk|plan=CLA,risk_level=medium|{DAY}"
TOLD = f"at_risk|plan=CLA,risk_level=high|{DAY}"
ROLES = ("victim", "suspect", "witness", "subject")
SUBJECTS = f"involvements|offence_group=drug supply,role=subject|{DAY}"
VICTIMS = f"involvements|offence_group=drug supply,role=victim|{DAY}"


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


def offences_by_role(victims: int) -> list[dict[str, object]]:
    """Of drug supply 141 in all, 108 suspects, 20 witnesses, so many victims and the others subjects. Whatever `victims` is
    from 0 to 5, every label but that of its subjects is the same."""
    few, more = min(2, victims), max(0, victims - 2)
    table = {
        "drug supply": (victims, 108, 20, 13 - victims),
        "burglary": (45 - few, 58, 8, 10 + few),
        "other": (86 - more, 120, 30, 24 + more),
    }

    def parts(n: int, **groups: str) -> dict[str, object]:
        own = {"figure": "involvements", "unit": "involvements", "contributors": n, "top_two": 2}
        return by(n, **groups) | own

    rows = [parts(sum(sum(cells) for cells in table.values()))]
    for group, cells in table.items():
        rows.append(parts(sum(cells), offence_group=group))
        for role, n in zip(ROLES, cells, strict=True):
            rows.append(parts(n, offence_group=group, role=role))
    for i, role in enumerate(ROLES):
        rows.append(parts(sum(cells[i] for cells in table.values()), role=role))
    return rows


# What is drawn, the number that is told, all that it may be, and the two counts.
WORLDS = [
    pytest.param(in_care_by_level, range(1, 7), 1, REPAIRED, TOLD, id="in care by level"),
    pytest.param(offences_by_role, range(6), 0, SUBJECTS, VICTIMS, id="offences by role"),
]


def seen(found: Protected) -> dict[str, str]:
    """What a reader sees."""
    table = found.counts.table
    return dict(zip(table["ref"], table["label"], strict=True))


@pytest.mark.parametrize(("world", "numbers", "needing", "repaired", "told"), WORLDS)
def test_without_lots_a_repair_tells_what_it_hides(
    world: World, numbers: range, needing: int, repaired: str, told: str
) -> None:
    """Of those in care 40 are 20 at medium risk, 25 at low and too few at high: shown, no child or one would be left. Of
    drug supply 140 are 110, 20, 15 and too few: 3 at the most. And no other label asks for a repair."""
    needed = {n: protect(exact(*world(n)), PLAN).withheld for n in numbers}
    assert needed == dict.fromkeys(numbers, ()) | {needing: (repaired,)}


@pytest.mark.parametrize(("world", "numbers", "needing", "repaired", "told"), WORLDS)
def test_with_lots_the_same_is_seen_whatever_it_hides(
    world: World, numbers: range, needing: int, repaired: str, told: str
) -> None:
    """By trying all: every number gives the same page, where the lot has fallen on its neighbour."""
    pages = []
    for n in numbers:
        found = protect(exact(*world(n)), PLAN, lot=lambda ref: 0.0 if ref == repaired else 0.5)
        assert found.by_lot == (repaired,)
        pages.append(seen(found))
    assert len(pages) >= 5
    assert all(page == pages[0] for page in pages)
    assert (pages[0][repaired], pages[0][told]) == ("not shown", "fewer than 8")
    # And that is what is seen where a repair withheld it.
    assert seen(protect(exact(*world(needing)), PLAN)) == pages[0]


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
    """Totals, tables of two or three cells, and everything where the controller wants no lot. Small numbers do."""
    first = first_labels(exact(*in_care_by_level(6)), PLAN)
    every = drawn(first, PLAN, lambda ref: 0.0)
    assert len(every) == 12 + 4
    assert TOLD in every
    assert f"at_risk||{DAY}" not in every
    assert not [ref for ref in every if ref.startswith("at_risk|risk_level")]
    assert len(LEVELS) < LEAST_FOR_LOT
    assert drawn(first, PLAN, lambda ref: 0.02) == []
    none = under(RULE.model_copy(update={"lot_one_in": 0}))
    assert drawn(first, none, lambda ref: 0.0) == []
    assert not [words for words in none.policy.rule.words() if "by lot" in words]


def factors(at_risk: int) -> list[dict[str, object]]:
    """Children at risk by factor, counted by two figures of which the register says that they are equal."""
    names = ("abuse", "neglect", "domestic abuse", "own mental health")
    rows = []
    for number, factor in enumerate(names):
        count = by(at_risk + number, factor=factor)
        rows.append({"figure": "factors_at_risk"} | count)
        groups = by(at_risk + number, cohort_group="at risk", factor=factor)
        rows.append({"figure": "factors"} | groups)
    return rows


def test_equal_counts_are_drawn_together() -> None:
    """One of two that is shown would tell that the other was drawn by lot, and what was not."""
    first = first_labels(exact(*factors(40)), PLAN)
    ledger = _lots()
    for _ in range(200):
        found = drawn(first, PLAN, next(ledger))
        one = {ref.split("=")[-1] for ref in found if ref.startswith("factors_at_risk|")}
        other = {ref.split("=")[-1] for ref in found if ref.startswith("factors|")}
        assert one == other


def test_what_equals_a_total_is_not_drawn() -> None:
    """A total takes no part: beside it, that its twin is not shown would tell of the lot."""
    agencies = ("trust", "police", "education", "health")
    rows = [{"figure": "agency_indicated"} | by(40, agency=agency) for agency in agencies]
    rows.append({"figure": "health_concerning"} | by(40))
    found = drawn(first_labels(exact(*rows), PLAN), PLAN, lambda ref: 0.0)
    assert {ref.split("=")[-1].split("|")[0] for ref in found} == set(agencies) - {"health"}


def _lots() -> Iterator[Callable[[str], float]]:
    for seed in itertools.count():
        yield lambda ref, seed=seed: random.Random(f"{seed} {ref}").random() / 5  # type: ignore[misc]

"""Two versions held together, small enough to be tried out by hand."""

from __future__ import annotations

import dataclasses
import itertools
from pathlib import Path

from invented import DAY, Child, city, exact_of, members_of
from planned import PLAN

from profiles.disclosure import ledger as ledgers
from profiles.disclosure.counts import label_counts
from profiles.disclosure.knowledge import knowledge
from profiles.disclosure.ledger import Ledger
from profiles.disclosure.plan import PARTNER, PUBLIC
from profiles.disclosure.together import Version, between

RULE = PLAN.policy.rule
NEXT = "2024-04-01"
DIMENSIONS = ("risk_level", "sex")


def version(ledger: Ledger, children: list[Child], day: str, *, is_held: bool = True) -> Version:
    """A version of a day as it is published, but for the audit; not held, it is as the rule alone labels it."""
    figures = exact_of(children, DIMENSIONS).assign(profile=day, period_start=day, period_end=day)
    raw = label_counts(figures, PLAN)
    members = {}
    for ref, ids in members_of(children, raw, DIMENSIONS, day).items():
        members[ref] = ledger.hashed(ids)
    near = ledger.of_other_days(raw.known, members, RULE.hold) if is_held else {}
    counts = label_counts(figures, PLAN, ledgers.held(near, RULE))
    about = {"version": f"{day}.v1", "draft": "d", "at": "t"}
    ledger.record(counts, members, [PARTNER, PUBLIC], RULE, about)
    return Version(day, counts, knowledge(counts, (PUBLIC, PARTNER), PLAN), members)


def month_later(children: list[Child]) -> list[Child]:
    """Nine boys at low risk leave, eleven others join, and one girl at high risk."""
    leaving = [c["id"] for c in children if (c["sex"], c["risk_level"]) == ("M", "low")][:9]
    stay = [c for c in children if c["id"] not in leaving]
    boy = next(c for c in children if c["id"] == leaving[0])
    girl = next(c for c in children if (c["sex"], c["risk_level"]) == ("not M", "high"))
    return [
        *stay,
        *(boy | {"id": f"boy {i}"} for i in range(11)),
        girl | {"id": "girl"},
    ]


def test_of_the_one_girl_who_joined_nothing_is_told(tmp_path: Path) -> None:
    """By hand: what the two labels of every count that she joined leave possible, each with the numbers around it."""
    children = city(240)
    ledger = Ledger(tmp_path)
    one = version(ledger, children, DAY)
    two = version(Ledger(tmp_path), month_later(children), NEXT)
    found = between(one, two, RULE, 60)
    assert found.told == ()
    assert found.tried >= 3
    tables = [v.counts.table.set_index("ref") for v in (one, two)]
    for groups in ("sex=not M", "risk_level=high", "risk_level=high,sex=not M"):
        refs = (f"at_risk|{groups}|{DAY}", f"at_risk|{groups}|{NEXT}")
        low, high = zip(
            *(
                (t.at[r, "low"] - t.at[r, "widen"], t.at[r, "high"] + t.at[r, "widen"])
                for t, r in zip(tables, refs, strict=True)
            ),
            strict=True,
        )
        numbers = [range(int(a), int(b) + 1) for a, b in zip(low, high, strict=True)]
        changes = {later - earlier for earlier, later in itertools.product(*numbers)}
        assert len(changes) >= 5, groups


def test_two_exact_totals_tell_who_few_they_are(tmp_path: Path) -> None:
    """Which is why a date is refused where fewer than eight moved in all."""
    children = city(240)
    one = version(Ledger(tmp_path), children, DAY)
    two = version(Ledger(tmp_path), [*children, children[0] | {"id": "new"}], NEXT)
    told = {change.ref: change for change in between(one, two, RULE, 60).told}
    total = told[f"at_risk||{NEXT}"]
    assert (total.moved, total.low, total.high) == (1, 1, 1)


def test_of_the_one_child_who_left_it_is_told_as_of_one_who_joined(tmp_path: Path) -> None:
    """And of a child who left and another who came, two moved though the number is the same."""
    children = city(240)
    one = version(Ledger(tmp_path), children, DAY)
    two = version(Ledger(tmp_path), children[1:], NEXT)
    told = {change.ref: change for change in between(one, two, RULE, 60).told}
    total = told[f"at_risk||{NEXT}"]
    assert (total.moved, total.low, total.high) == (1, -1, -1)
    another = Ledger(tmp_path / "another")
    one = version(another, children, DAY)
    two = version(another, [*children[1:], children[0] | {"id": "new"}], NEXT)
    told = {change.ref: change for change in between(one, two, RULE, 60).told}
    total = told[f"at_risk||{NEXT}"]
    assert (total.moved, total.low, total.high) == (2, 0, 0)


def test_a_number_that_is_known_to_be_the_same_is_one_number(tmp_path: Path) -> None:
    """A correction of the same date in which nothing changed tells nothing twice."""
    children = city(240)
    one = version(Ledger(tmp_path / "one"), children, DAY)
    two = version(Ledger(tmp_path / "two"), children, DAY)
    two = dataclasses.replace(two, members=one.members)
    assert between(one, two, RULE, 60) == between(two, one, RULE, 60)
    assert between(one, two, RULE, 60).tried == 0

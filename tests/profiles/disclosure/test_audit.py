"""The audit on whole profiles of invented children: it ends, what it publishes passes, and it fails closed."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pandas as pd
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from invented import DAY, by, city, exact, exact_of

from profiles.disclosure.attacker import Attacker, SolverError
from profiles.disclosure.audit import DETAILS, AuditError, attack, protect
from profiles.disclosure.counts import SHOWN, label_counts
from profiles.disclosure.knowledge import Before, knowledge
from profiles.disclosure.plan import DEFAULT, PARTNER, PUBLIC, PlanError, default_plan, read_plan
from profiles.disclosure.rule import Rule

PLAN, RULE = default_plan(), Rule()


def assert_nothing_small_is_told(figures: pd.DataFrame, withheld: tuple[str, ...]) -> None:
    """By another way than the audit's: the exact interval of every small count, one by one."""
    counts = label_counts(figures, RULE, PLAN, withheld=withheld)
    for edition in (PUBLIC, PARTNER):
        known = knowledge(counts, DETAILS[edition], RULE, PLAN)
        attacker = Attacker(known.facts)
        for target in known.targets:
            found = attacker.interval(target.terms)
            if target.is_small:
                assert found.width >= 4 or (found.low or 0) >= 6, (edition, target.name, found)
            else:
                assert found.width >= 1, (edition, target.name, found)


def test_the_small_fixture_is_made_safe() -> None:
    """About 240 children at risk, every table of the plan."""
    figures = exact_of(city(240))
    bare = label_counts(figures, RULE, PLAN)
    naive = attack(knowledge(bare, DETAILS[PARTNER], RULE, PLAN), RULE, PARTNER, 60)
    assert not naive.passed
    found = protect(figures, RULE, PLAN)
    assert all(a.passed for a in found.audits.values())
    assert_nothing_small_is_told(figures, found.withheld)
    # Both editions show the same label for the same figure: what is public is not touched by the partner edition's detail.
    status = found.counts.table.set_index("ref")["status"]
    public = found.counts.table[found.counts.table["edition"] == PUBLIC]
    assert public["status"].isin(SHOWN).sum() > 30
    assert set(found.audits[PARTNER].repairs).isdisjoint(public["ref"])
    assert all(status[r] == "withheld" for r in found.withheld if r in status.index)


@settings(max_examples=6)
@given(st.integers(40, 400), st.integers(0, 10_000))
def test_whatever_the_city_what_is_published_passes(number: int, seed: int) -> None:
    figures = exact_of(city(number, seed))
    found = protect(figures, RULE, PLAN)
    assert all(a.passed for a in found.audits.values())
    assert_nothing_small_is_told(figures, found.withheld)


def test_an_exact_total_under_a_hundred_is_rounded() -> None:
    figures = exact_of(city(99))
    table = protect(figures, RULE, PLAN).counts.table
    assert table.loc[table["ref"] == f"at_risk||{DAY}", ["label", "status"]].to_numpy().tolist() == [["100", "rounded"]]


def test_the_same_children_give_the_same_repairs() -> None:
    figures = exact_of(city(180, 7))
    one, other = (
        protect(figures, RULE, PLAN),
        protect(figures.sample(frac=1, random_state=1).reset_index(drop=True), RULE, PLAN),
    )
    assert one.withheld == other.withheld


def test_what_was_published_before_is_known_and_cannot_be_withheld() -> None:
    """Boys were published; with the exact total, girls tell the rest too nearly: girls it is that are withheld."""
    rows = [by(292), by(203, sex="M"), by(89, sex="F"), by(0, sex="X"), by(0, sex="U")]
    girls, boys = f"at_risk|sex=F|{DAY}", f"at_risk|sex=M|{DAY}"
    free = protect(exact(*rows), RULE, PLAN)
    assert free.withheld == (girls,)
    bound = protect(exact(*rows), RULE, PLAN, before={girls: Before(88, 92)})
    assert bound.withheld == (boys,)
    with pytest.raises(AuditError, match="cannot be made safe"):
        protect(exact(*rows), RULE, PLAN, before={girls: Before(88, 92), boys: Before(203, 207)})


def test_labels_that_contradict_what_is_known_are_not_published() -> None:
    rows = [by(300), by(200, sex="M"), by(100, sex="F"), by(0, sex="X"), by(0, sex="U")]
    with pytest.raises(AuditError, match="contradict"):
        protect(exact(*rows), RULE, PLAN, before={f"at_risk|sex=F|{DAY}": Before(120, 124)})


def test_running_out_of_time_or_nodes_is_no_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    figures = exact_of(city(240))
    with pytest.raises(AuditError, match="did not end: the time limit"):
        protect(figures, RULE, PLAN, seconds=0.0)

    def out_of_nodes(*_: object, **__: object) -> None:
        raise SolverError("the limit of nodes was reached")

    monkeypatch.setattr(Attacker, "check", out_of_nodes)
    with pytest.raises(AuditError, match="limit of nodes"):
        protect(figures, RULE, PLAN)


def changed(tmp_path: Path, **parts: object) -> Path:
    raw = yaml.safe_load(DEFAULT.read_text("utf-8")) | parts
    (tmp_path / "plan.yml").write_text(yaml.safe_dump(raw))
    return tmp_path / "plan.yml"


def lattice(**change: object) -> dict[str, object]:
    of = yaml.safe_load(DEFAULT.read_text("utf-8"))["lattices"]["at_risk"]
    return {"at_risk": of | change}


FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "over the cap": (
        {"lattices": lattice(dimensions=yaml.safe_load(DEFAULT.read_text("utf-8"))["lattices"]["at_risk"]["dimensions"] | {"age": list(range(10, 18))})},
        "64,512 joint leaves; at most 10,000",
    ),
    "does not nest": ({"lattices": lattice(unions={"plan": {"CP or CIN": ["CP", "CIN"], "CIN or none": ["CIN", "none"]}})}, "does not nest"),
    "no leaves": ({"lattices": lattice(unions={"plan": {"CP or XX": ["CP", "XX"]}})}, "no leaves"),
    "crossed that may not be": (
        {"tables": {"public": [{"figure": "ever_at_risk_48_months", "by": ["ward", "plan"]}], "partner": []}}, "never crossed"),
    "outside the lattice": ({"tables": {"public": [{"figure": "at_risk", "by": ["sex", "ward"]}], "partner": []}}, "not in the lattice"),
    "undeclared figure": ({"tables": {"public": [{"figure": "shoes", "by": ["sex"]}], "partner": []}}, "stands in no lattice"),
    "relation without sides": ({"relations": ["at_risk + entries"]}, "between two sides"),
    "relation of nothing": ({"relations": ["at_risk = shoes"]}, "does not have"),
    "wrong kind": ({"tables": ["at_risk"]}, "lacks a part"),
}  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS)
def test_plans_that_cannot_be_audited_are_refused(tmp_path: Path, fault: str) -> None:
    parts, words = FAULTS[fault]
    with pytest.raises(PlanError, match=words):
        read_plan(changed(tmp_path, **parts))


def test_a_plan_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(PlanError, match="not there"):
        read_plan(tmp_path / "none.yml")


def test_impossible_cells_are_told_to_the_attacker() -> None:
    plan = dataclasses.replace(PLAN, impossible=(("at_risk", frozenset([("sex", "F"), ("risk_level", "high")])),))
    rows = [by(150), *(by(n, sex=s) for s, n in {"M": 100, "F": 50, "X": 0, "U": 0}.items())]
    rows += [
        by(n, sex=s, risk_level=r)
        for s, r, n in (
            ("M", "high", 40),
            ("M", "low", 40),
            ("M", "medium", 20),
            ("F", "high", 0),
            ("F", "low", 30),
            ("F", "medium", 20),
        )
    ]
    rows += [by(n, risk_level=r) for r, n in {"high": 40, "medium": 40, "low": 70}.items()]
    known = knowledge(label_counts(exact(*rows), RULE, plan), DETAILS[PUBLIC], RULE, plan)
    cell = known.facts.cells[f"at_risk|risk_level=high,sex=F|{DAY}"]
    assert (cell.low, cell.high) == (0, 0)
    assert cell.name not in {t.name for t in known.targets}


@pytest.mark.parametrize("answer", [4, 1, None])
def test_a_solver_that_does_not_answer_is_no_pass(monkeypatch: pytest.MonkeyPatch, answer: int | None) -> None:
    """Neither “unclear” nor “stopped” is taken for “no bound”."""
    rows = [by(292), by(203, sex="M"), by(89, sex="F"), by(0, sex="X"), by(0, sex="U")]
    known = knowledge(label_counts(exact(*rows), RULE, PLAN), DETAILS[PUBLIC], RULE, PLAN)
    assert not attack(known, RULE, PUBLIC, 60).passed
    solve = Attacker._solve

    def unclear(self: Attacker, *arguments: object, whole: bool, presolve: bool = True) -> object:
        found = solve(self, *arguments, whole=whole, presolve=presolve)  # type: ignore[arg-type]
        return found if whole else (4 if answer is None else answer, None, None)

    monkeypatch.setattr(Attacker, "_solve", unclear)
    with pytest.raises(AuditError, match="did not end"):
        attack(known, RULE, PUBLIC, 60)


def test_what_two_figures_tell_together_is_a_target() -> None:
    """75 with any protection plan and 75 whose state is that plan: that none of those in care has one is told of each."""
    rows = [by(291), *(by(n, plan=p) for p, n in {"CLA": 38, "CP": 75, "CIN": 128, "none": 50}.items())]
    rows += [by(n, plan_any=p) for p, n in {"CLA": 38, "CP": 75, "CIN": 139}.items()]
    known = knowledge(label_counts(exact(*rows), RULE, PLAN), DETAILS[PUBLIC], RULE, PLAN)
    difference = f"- at_risk|plan=CP|{DAY} + at_risk|plan_any=CP|{DAY}"
    assert difference in {t.name for t in known.targets}
    # A union that no table has is compared with its parts' sum.
    rows += [by(n, age_band=b) for b, n in {"under 10": 9, "10-14": 80, "15-17": 200, "not known": 2}.items()]
    rows += [{"figure": "at_risk_residents_10_17", "numerator": 279}]
    known = knowledge(label_counts(exact(*rows), RULE, PLAN), DETAILS[PUBLIC], RULE, PLAN)
    assert any("at_risk_residents_10_17" in t.name and t.is_small for t in known.targets)


def test_that_a_group_was_merged_is_a_fact() -> None:
    rows = [by(160), *(by(n, age_band=b) for b, n in {"under 10": 2, "10-14": 60, "15-17": 98, "not known": 0}.items())]
    known = knowledge(label_counts(exact(*rows), RULE, PLAN), DETAILS[PUBLIC], RULE, PLAN)
    cell = known.facts.cells[f"at_risk|age_band=under 10|{DAY}"]
    assert (cell.low, cell.high) == (0, 7)

"""The audit: can the attacker work out a small number? And the repair: withhold more, as little as
possible, until it cannot.

The public edition is protected first. The partner edition is then repaired among its own detail
before anything that is public, so that what both show stays the same and holding both tells nothing
new.
"""

from __future__ import annotations

import itertools
import logging
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from profiles.disclosure.attacker import ROUNDS, Attacker, Effort, Interval, SolverError
from profiles.disclosure.counts import (
    Counts,
    FirstLabels,
    Held,
    first_labels,
    withhold,
)
from profiles.disclosure.facts import FactsError
from profiles.disclosure.knowledge import Knowledge, knowledge
from profiles.disclosure.lots import Lot, drawn_by_lot
from profiles.disclosure.picture import Before, Target
from profiles.disclosure.plan import PARTNER, PUBLIC, Plan
from profiles.disclosure.rule import Rule

DETAILS: dict[str, tuple[str, ...]] = {PUBLIC: (PUBLIC,), PARTNER: (PUBLIC, PARTNER)}
REPAIRS = 400
# What goes on, for whoever waits; no value.
STAGE = logging.getLogger("cce.stage")
# How far a sweep pushes where the narrowest number is sought: two that are both wider tie.
WIDE = 20


class AuditError(Exception):
    """Why nothing may be published, in words for the analyst."""


@dataclass(frozen=True)
class Failure:
    """A number that the attacker can narrow too far."""

    target: str
    low: int | None
    high: int | None
    binds: tuple[str, ...]


@dataclass
class Audit:
    """The verdict on one edition. Names what is small, so it is for the analyst alone."""

    edition: str
    failures: list[Failure] = field(default_factory=list)
    # What others have published gives these away: no label of ours can take that back.
    given_elsewhere: list[Failure] = field(default_factory=list)
    # What others have published that is no fact here, and why.
    not_used: list[tuple[str, str]] = field(default_factory=list)
    narrowest: Failure | None = None
    targets: int = 0
    figures: int = 0
    unknowns: int = 0
    repairs: list[str] = field(default_factory=list)
    effort: Effort = field(default_factory=Effort)
    seconds: float = 0.0

    @property
    def passed(self) -> bool:
        """Whether the edition may be published."""
        return not self.failures

    def as_dict(self) -> dict[str, Any]:
        """For the JSON beside a version."""
        return {"passed": self.passed} | asdict(self)


@dataclass(frozen=True)
class Protected:
    """Labels that pass the audit, and what was withheld for it; `by_lot` names those of them that
    no repair asked for.
    """

    counts: Counts
    audits: Mapping[str, Audit]
    withheld: tuple[str, ...]
    by_lot: tuple[str, ...] = ()


def _is_safe(target: Target, interval: Interval, rule: Rule) -> bool:
    """Whether the attacker may know so much. Of a small number at least five values must stay
    possible, 0 to 4 say (a width of 4). A withheld number must not be a single value.
    """
    if not target.is_small:
        return interval.width >= 1
    return interval.width >= rule.width


def attack(
    known: Knowledge,
    rule: Rule,
    edition: str,
    seconds: float,
    passed: set[str] | None = None,
    *,
    is_first_enough: bool = False,
) -> Audit:
    """Try every target but those in `passed`, and add those that stay unknown to it. Raises
    AuditError where that cannot be told: nothing is published then.

    `is_first_enough`: end at the first failure, which is the one that a repair is made for.
    """
    start = time.monotonic()
    audit = Audit(edition, targets=len(known.targets), figures=len(known.facts.cells))
    audit.not_used = list(known.not_used)
    elsewhere = _Elsewhere(known, rule, seconds)
    passed = set() if passed is None else passed
    try:
        attacker = Attacker(known.facts, seconds=seconds)
        audit.unknowns = attacker.unknowns
        attacker.check()
        failures = _failures(attacker, known, rule, passed)
        ours = itertools.filterfalse(elsewhere.gives, failures)
        audit.failures = list(itertools.islice(ours, 1 if is_first_enough else None))
        audit.given_elsewhere = elsewhere.given
        if audit.passed:
            given = {failure.target for failure in elsewhere.given}
            audit.narrowest = _narrowest(attacker, known, given)
    except FactsError as error:
        raise AuditError(
            f"The labels of the {edition} edition and what is known besides contradict each other "
            f"({error})."
        ) from None
    except SolverError as error:
        raise AuditError(f"The audit of the {edition} edition did not end: {error}.") from None
    audit.effort = attacker.effort
    audit.seconds = time.monotonic() - start
    return audit


class _Elsewhere:
    """What follows from what others published, without this version's labels."""

    def __init__(self, known: Knowledge, rule: Rule, seconds: float) -> None:
        self.rule = rule
        self.targets = {target.name: target for target in known.targets}
        self.given: list[Failure] = []
        self.attacker = None
        if known.elsewhere is not None:
            self.attacker = Attacker(known.elsewhere, seconds=seconds)

    def gives(self, failure: Failure) -> bool:
        """Whether the number is out without us; it is then noted."""
        if self.attacker is None:
            return False
        target = self.targets[failure.target]
        interval = self.attacker.interval(target.terms)
        is_given = not _is_safe(target, interval, self.rule)
        if is_given:
            self.given.append(_failure(self.attacker, target, interval))
        return is_given


def _failures(
    attacker: Attacker, known: Knowledge, rule: Rule, passed: set[str]
) -> Iterator[Failure]:
    """What the attacker can narrow too far: small numbers before others, each kind in the order of
    the targets.
    """
    for is_small, enough in ((True, rule.width), (False, 1)):
        group = []
        for t in known.targets:
            if t.is_small == is_small and t.name not in passed:
                group.append(t)
        unclear = []
        for target in _unproved(attacker, group, enough, 1, passed):
            # If it is narrow even when fractions of children are allowed, it is narrow indeed.
            interval = attacker.linear(target.terms)
            if _is_safe(target, interval, rule):
                unclear.append(target)
            else:
                yield _failure(attacker, target, interval)
        for target in _unproved(attacker, unclear, enough, ROUNDS, passed):
            interval = attacker.interval(target.terms)
            if _is_safe(target, interval, rule):
                passed.add(target.name)
            else:
                yield _failure(attacker, target, interval)


def _unproved(
    attacker: Attacker, group: list[Target], enough: int, rounds: int, passed: set[str]
) -> list[Target]:
    """Adds to `passed` what sweeps prove wide enough; returns the rest."""
    seen = attacker.seen([t.terms for t in group], enough, rounds)
    unproved = []
    for target, (low, high) in zip(group, seen, strict=True):
        if high - low >= enough:
            passed.add(target.name)
        else:
            unproved.append(target)
    return unproved


def _failure(attacker: Attacker, target: Target, interval: Interval) -> Failure:
    binds = tuple(sorted(attacker.binding(target.terms)))
    return Failure(target.name, interval.low, interval.high, binds)


def _narrowest(attacker: Attacker, known: Knowledge, given: Collection[str]) -> Failure | None:
    """The small number that the attacker comes nearest to, by linear bounds, with its exact
    interval; what is out anyway stands aside.
    """
    small = [target for target in known.targets if target.is_small and target.name not in given]
    if not small:
        return None
    # A sweep proves that a number is at least so wide: where that is wider than the narrowest
    # so far, it need not be tried. Names break ties, so that the same one is named every time.
    points = attacker.seen([target.terms for target in small], WIDE, 1)
    proved = [
        (high - low, target.name, target) for (low, high), target in zip(points, small, strict=True)
    ]
    narrowest = float("inf")
    first = small[0]
    for at_least, _, target in sorted(proved, key=_by_width_and_name):
        if at_least > narrowest:
            break
        width = attacker.linear(target.terms).width
        if (width, target.name) < (narrowest, first.name):
            narrowest = width
            first = target
    return _failure(attacker, first, attacker.interval(first.terms))


def _by_width_and_name(proved: tuple[float, str, Target]) -> tuple[float, str]:
    width, name, _ = proved
    return width, name


def protect(
    exact: pd.DataFrame,
    plan: Plan,
    held: Mapping[str, Held] | None = None,
    before: Mapping[str, Before] | None = None,
    seconds: float = 600.0,
    lot: Lot | None = None,
) -> Protected:
    """Label, withhold a few by lot, attack, withhold, until the attacker fails on both editions.

    Raises AuditError where it cannot be had: nothing is published then.
    """
    protection = _Repair(first_labels(exact, plan, held), plan, before or {}, lot)
    audits: dict[str, Audit] = {}
    for edition in (PUBLIC, PARTNER):
        audits[edition] = protection.until_safe(edition, seconds)
    return Protected(
        protection.counts, audits, tuple(protection.withheld), tuple(protection.by_lot)
    )


class _Repair:
    """The labels as they are, and what was withheld so far."""

    def __init__(
        self, first: FirstLabels, plan: Plan, before: Mapping[str, Before], lot: Lot | None
    ) -> None:
        self.first = first
        self.plan = plan
        self.before = before
        self.by_lot: list[str] = []
        if lot is not None:
            self.by_lot = drawn_by_lot(first, plan, lot)
        self.withheld = list(self.by_lot)
        self.counts = withhold(first, plan, self.withheld)

    def until_safe(self, edition: str, seconds: float) -> Audit:
        """Attack an edition and withhold one figure at a time, until the attacker fails."""
        passed: set[str] = set()
        repairs: list[str] = []
        effort = Effort()
        spent = 0.0
        STAGE.info("attacking the %s edition", edition)
        # Each repair withholds one figure, and withholding everything is safe: it ends.
        while True:
            known = knowledge(self.counts, DETAILS[edition], self.plan, self.before)
            audit = attack(
                known, self.plan.policy.rule, edition, seconds - spent, passed, is_first_enough=True
            )
            effort += audit.effort
            spent += audit.seconds
            audit.effort = effort
            audit.seconds = spent
            audit.repairs = repairs
            if audit.passed:
                return audit
            ref = _to_withhold(audit.failures[0], known, self.counts, edition, self.plan)
            if ref is None or len(repairs) >= REPAIRS:
                raise AuditError(
                    f"The {edition} edition cannot be made safe by withholding more: small numbers "
                    "can be worked out."
                )
            repairs.append(ref)
            self._withhold(ref, passed)

    def _withhold(self, ref: str, passed: set[str]) -> None:
        dropped = self.counts.dropped
        self.withheld.append(ref)
        self.counts = withhold(self.first, self.plan, self.withheld)
        # A dropped table may bring a coarser one in its place, with counts that were not attacked:
        # every target has to be tried again.
        if self.counts.dropped != dropped:
            passed.clear()


def _to_withhold(
    failure: Failure, known: Knowledge, counts: Counts, edition: str, plan: Plan
) -> str | None:
    """One shown figure of those that bind, else of all: the partner edition's own detail before
    what is public, what need not be published before what must be, what changes anyway before what
    stands as it was published before, smallest first.
    """
    table = counts.table.set_index("ref")
    binding = [ref for ref in known.shown if ref in failure.binds] or list(known.shown)

    def order(ref: str) -> tuple[bool, bool, bool, float, str]:
        row = table.loc[ref]
        is_others = edition == PARTNER and str(row["edition"]) == PUBLIC
        is_required = str(row["table"] or row["figure"]) in plan.policy.required
        is_held = bool(row["is_held"])
        return is_others, is_required, is_held, known.shown[ref], ref

    return min(binding, key=order, default=None)

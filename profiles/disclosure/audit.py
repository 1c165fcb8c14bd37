"""The audit: does the attacker fail? And the repair: withhold as little as makes it fail.

The public edition is settled first. The partner edition is then repaired among its own detail
before anything that is public, so that what both show stays the same and holding both tells nothing
new.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

import pandas as pd

from profiles.disclosure.attacker import ROUNDS, Attacker, Effort, Interval, SolverError
from profiles.disclosure.counts import Counts, Held, first_labels, withhold
from profiles.disclosure.facts import FactsError
from profiles.disclosure.knowledge import Before, Knowledge, Target, knowledge
from profiles.disclosure.plan import PARTNER, PUBLIC, Plan
from profiles.disclosure.rule import Rule

DETAILS: dict[str, tuple[str, ...]] = {PUBLIC: (PUBLIC,), PARTNER: (PUBLIC, PARTNER)}
REPAIRS = 400
# How far a sweep pushes where the narrowest number is sought: wider is not told apart.
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
    """Labels that pass, and how they came to."""

    counts: Counts
    audits: Mapping[str, Audit]
    withheld: tuple[str, ...]


def _is_safe(target: Target, interval: Interval, rule: Rule) -> bool:
    if target.is_small:
        return interval.width >= rule.width or (
            interval.low is not None and interval.low >= rule.low_enough
        )
    return interval.width >= 1


def attack(
    known: Knowledge,
    rule: Rule,
    edition: str,
    seconds: float,
    passed: set[str] | None = None,
    *,
    is_first_enough: bool = False,
) -> Audit:
    """Try every target but those in `passed`; adds to `passed` what holds. Raises AuditError: fail
    closed.

    `is_first_enough`: end at the first failure, which is the one that a repair is made for.
    """
    start = time.monotonic()
    audit = Audit(edition, targets=len(known.targets), figures=len(known.facts.cells))
    passed = set() if passed is None else passed
    try:
        attacker = Attacker(known.facts, seconds=seconds)
        audit.unknowns = attacker.unknowns
        attacker.check()
        failures = _failures(attacker, known, rule, passed)
        audit.failures = list(itertools.islice(failures, 1 if is_first_enough else None))
        if audit.passed:
            audit.narrowest = _narrowest(attacker, known)
    except FactsError as error:
        raise AuditError(
            f"The labels of the {edition} edition and what is known besides contradict each other "
            f"({error})."
        ) from None
    except SolverError as error:
        raise AuditError(f"The audit of the {edition} edition did not end: {error}.") from None
    audit.effort, audit.seconds = attacker.effort, time.monotonic() - start
    return audit


def _failures(
    attacker: Attacker, known: Knowledge, rule: Rule, passed: set[str]
) -> Iterator[Failure]:
    """What the attacker can narrow too far: small numbers before others, each kind in the order of
    the targets.
    """
    for is_small, enough in ((True, rule.width), (False, 1)):
        group = [t for t in known.targets if t.is_small == is_small and t.name not in passed]
        unclear = []
        for target in _unproved(attacker, group, enough, 1, passed):
            # What even fractions keep narrow is worked out: no sweep can widen it.
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
    passed |= {t.name for t, (low, high) in zip(group, seen, strict=True) if high - low >= enough}
    return [t for t in group if t.name not in passed]


def _failure(attacker: Attacker, target: Target, interval: Interval) -> Failure:
    binds = tuple(sorted(attacker.binding(target.terms)))
    return Failure(target.name, interval.low, interval.high, binds)


def _narrowest(attacker: Attacker, known: Knowledge) -> Failure | None:
    """The small number that is told most nearly, exactly, among those that the linear bounds put
    narrowest.
    """
    small = [t for t in known.targets if t.is_small]
    if not small:
        return None
    # A sweep proves that a number is at least so wide: where that is wider than the narrowest
    # found, it need not be tried.
    proved = [high - low for low, high in attacker.seen([t.terms for t in small], WIDE, 1)]
    narrowest: tuple[float, str, Target] | None = None
    for wide, target in sorted(zip(proved, small, strict=True), key=lambda of: (of[0], of[1].name)):
        if narrowest is not None and wide > narrowest[0]:
            break
        found = (attacker.linear(target.terms).width, target.name, target)
        if narrowest is None:
            narrowest = found
        else:
            narrowest = min(narrowest, found, key=lambda of: of[:2])
    assert narrowest is not None
    first = narrowest[2]
    return _failure(attacker, first, attacker.interval(first.terms))


def protect(
    exact: pd.DataFrame,
    plan: Plan,
    held: Mapping[str, Held] | None = None,
    before: Mapping[str, Before] | None = None,
    seconds: float = 600.0,
) -> Protected:
    """Label, attack, withhold, until the attacker fails on both editions.

    Raises AuditError where it cannot be had: nothing is published then.
    """
    rule = plan.policy.rule
    withheld: list[str] = []
    audits: dict[str, Audit] = {}
    first = first_labels(exact, plan, held)
    counts = withhold(first, plan, withheld)
    for edition in (PUBLIC, PARTNER):
        passed: set[str] = set()
        repairs: list[str] = []
        effort, spent = Effort(), 0.0
        while True:
            known = knowledge(counts, DETAILS[edition], plan, before)
            audit = attack(known, rule, edition, seconds - spent, passed, is_first_enough=True)
            effort = Effort(
                *(
                    a + b
                    for a, b in zip(
                        asdict(effort).values(), asdict(audit.effort).values(), strict=True
                    )
                )
            )
            spent += audit.seconds
            audits[edition] = audit
            audit.effort, audit.repairs, audit.seconds = effort, repairs, spent
            if audit.passed:
                break
            ref = _to_withhold(audit.failures[0], known, counts, edition, plan)
            if ref is None or len(repairs) >= REPAIRS:
                raise AuditError(
                    f"The {edition} edition cannot be made safe by withholding more: small numbers "
                    "can be worked out."
                )
            repairs.append(ref)
            withheld.append(ref)
            dropped = counts.dropped
            counts = withhold(first, plan, withheld)
            # A dropped table may bring another in its place: what held before has to be shown
            # again.
            if counts.dropped != dropped:
                passed.clear()
    return Protected(counts, audits, tuple(withheld))


def _to_withhold(
    failure: Failure, known: Knowledge, counts: Counts, edition: str, plan: Plan
) -> str | None:
    """One shown figure of those that bind, else of all: the partner edition's own detail before
    what is public, what need not be published before what must be, smallest first.
    """
    table = counts.table.set_index("ref")
    required = plan.policy.required
    binding = [r for r in known.shown if r in failure.binds] or list(known.shown)

    def order(ref: str) -> tuple[bool, bool, float, str]:
        name, figure, of = (
            str(table.loc[ref, column]) for column in ("table", "figure", "edition")
        )
        must = (name or figure) in required
        return edition == PARTNER and of == PUBLIC, must, known.shown[ref], ref

    return min(binding, key=order, default=None)

"""A draft's labels made safe beside everything published before: exact figures, ledger and audit
brought together. No Dagster here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from assets.store.folder import DataFolder, write_atomically
from assets.versions.dates_apart import too_near
from assets.versions.drafts import STAGE, PublishError, read_exact, read_members
from assets.versions.identity import code_hash
from profiles.disclosure import ledger as ledgers
from profiles.disclosure.attacker import Effort, SolverError
from profiles.disclosure.audit import (
    DETAILS,
    Audit,
    AuditError,
    Failure,
    Protected,
    attack,
    protect,
)
from profiles.disclosure.counts import Counts, Held, label_counts
from profiles.disclosure.facts import FactsError
from profiles.disclosure.knowledge import knowledge
from profiles.disclosure.ledger import Ledger
from profiles.disclosure.ledger_key import LedgerError
from profiles.disclosure.picture import Before
from profiles.disclosure.plan import PARTNER, PUBLIC, Plan, PlanError
from profiles.disclosure.rule import Rule
from profiles.disclosure.shares import label_store
from profiles.disclosure.together import Between, Version, between
from profiles.disclosure.usefulness import by_section, usefulness
from profiles.drawing.edition import EDITIONS
from profiles.figures.dates import long_date
from profiles.reading import FileError
from profiles.report.downloads import figures_csv

SECONDS = 900.0


@dataclass(frozen=True)
class Protection:
    """Labels that pass, how they came to, and what the ledger needs to write them down."""

    result: Protected
    ledger: Ledger
    members: dict[str, set[str]]
    before_head: str
    share_withheld: dict[str, dict[str, Any]]
    published_elsewhere: int

    def as_dict(self) -> dict[str, Any]:
        """The audit as JSON: names of figures, intervals, repairs; restricted."""
        editions = {name: audit.as_dict() for name, audit in self.result.audits.items()}
        merged = [m.words for m in self.result.counts.merged]
        dropped = dict(self.result.counts.dropped)
        sections = {}
        for edition in self.result.audits:
            rows = by_section(self.result.counts, edition)
            sections[edition] = [asdict(row) | {"percent_shown": row.percent_shown} for row in rows]
        return {
            "editions": editions,
            "withheld": list(self.result.withheld),
            "by_lot": list(self.result.by_lot),
            "dropped": dropped,
            "merged": merged,
            "usefulness": self.share_withheld,
            "sections": sections,
            "held": int(self.result.counts.table["is_held"].sum()),
            "ledger": self.before_head,
            "published_elsewhere": self.published_elsewhere,
        }


def newest_head(versions: list[dict[str, Any]]) -> str | None:
    """The head of the ledger that the newest version names, so that a shortened ledger is
    noticed.
    """
    for manifest in versions:
        if "ledger" in manifest:
            return str(manifest["ledger"]["after"])
    return None


@dataclass(frozen=True)
class _Beside:
    """A draft or version beside what was published before it."""

    exact: pd.DataFrame
    raw: Counts
    as_at: dt.date
    ledger: Ledger
    members: dict[str, set[str]]
    held: dict[str, Held]
    before: dict[str, Before]
    head: str
    key: str
    plan: Plan


def _beside(
    data: DataFolder, folder: Path, expected_head: str | None, head: str | None = None
) -> _Beside:
    """`head` is the state of the ledger before a version; None is its state now. Raises
    LedgerError.
    """
    STAGE.info("reading what earlier versions tell")
    warehouse = folder / "restricted" / "warehouse.duckdb"
    inputs = json.loads((folder / "manifest.json").read_text("utf-8"))["inputs"]
    exact = read_exact(warehouse)
    ledger = Ledger(data.ledger, expected_head, head)
    raw = label_counts(exact, data.plan)
    members = {}
    for ref, children in read_members(warehouse, raw).items():
        members[ref] = ledger.hashed(children)
    published_before = ledger.known(raw.known, members)
    at = ledger.head if head is None else head
    plan = data.plan.with_published(data.published_elsewhere)
    elsewhere = [entry.model_dump_json() for entry in plan.published]
    parts = json.dumps([inputs, at, code_hash(), elsewhere], sort_keys=True)
    key = hashlib.sha256(parts.encode()).hexdigest()
    as_at = dt.date.fromisoformat(inputs["as_at"])
    before = ledgers.before(published_before, data.rule, as_at)
    other_days = ledger.of_other_days(raw.known, members, data.rule.hold)
    published = published_before | other_days
    points = ledger.of_points_before(raw, members, published, data.rule.hold)
    held = ledgers.held(published | points, data.rule)
    return _Beside(
        exact,
        raw,
        as_at,
        ledger,
        members,
        held,
        before,
        at,
        key,
        plan,
    )


def protection(
    data: DataFolder, draft: Path, expected_head: str | None, *, again: bool = False
) -> Protection:
    """Label a draft beside what was published, attack and repair it.

    The answer is kept by its inputs and not sought twice, unless `again`. Raises PublishError.
    """
    try:
        beside = _beside(data, draft, expected_head)
        refuse_near_date(beside.as_at, beside.plan, beside.ledger, data.rule.days_apart)
        _refuse_near_total(beside, data.rule)
        path = data.audits / f"{beside.key}.json"
        if again or not path.exists():
            cached = None
        else:
            cached = json.loads(path.read_text("utf-8"))
        if cached is not None:
            counts = label_counts(beside.exact, data.plan, beside.held, cached["withheld"])
            audits = {n: _audit(a) for n, a in cached["editions"].items()}
            result = Protected(
                counts,
                audits,
                tuple(cached["withheld"]),
                tuple(cached["by_lot"]),
            )
        else:
            result = protect(
                beside.exact,
                beside.plan,
                beside.held,
                beside.before,
                SECONDS,
                beside.ledger.lot,
            )
    except (AuditError, FileError, LedgerError, PlanError) as error:
        raise PublishError(f"{error} Nothing was published.") from None
    protected = _protection(result, beside, data)
    if cached is None:
        write_atomically(path, json.dumps(protected.as_dict(), indent=1, sort_keys=True) + "\n")
    return protected


def reaudit(data: DataFolder, version: Path, expected_head: str | None) -> Protection:
    """Attack a published version's labels as they were published, beside what was published before
    it.

    Raises PublishError where it cannot be done or the labels do not come out as they were
    published.
    """
    stored = json.loads((version / "restricted" / "audit.json").read_text("utf-8"))
    try:
        beside = _beside(data, version, expected_head, stored["ledger"])
        counts = label_counts(beside.exact, data.plan, beside.held, stored["withheld"])
        labels = label_store(counts, data.plan)
        for shown in EDITIONS:
            path = version / shown.name / "figures.csv"
            if path.exists() and path.read_text("utf-8") != figures_csv(shown.labels(labels)):
                raise PublishError(
                    "The version's labels do not come out as they were published: the code or the "
                    "settings are others now."
                )
        audits: dict[str, Audit] = {}
        for edition in (PUBLIC, PARTNER):
            audits[edition] = attack(
                knowledge(counts, DETAILS[edition], beside.plan, beside.before),
                data.rule,
                edition,
                SECONDS,
            )
            audits[edition].repairs = stored["editions"][edition]["repairs"]
    except (AuditError, FileError, LedgerError, PlanError) as error:
        raise PublishError(str(error)) from None
    # Versions of before the lot have none.
    by_lot = tuple(stored.get("by_lot", ()))
    result = Protected(counts, audits, tuple(stored["withheld"]), by_lot)
    return _protection(result, beside, data)


def audit_between(data: DataFolder, one: Path, two: Path, expected_head: str | None) -> Between:
    """Attack two published versions together. Raises PublishError where it cannot be done."""
    try:
        earlier = as_published(data, one, expected_head)
        later = as_published(data, two, expected_head)
        return between(earlier, later, data.rule, SECONDS)
    except (AuditError, FactsError, FileError, LedgerError, PlanError, SolverError) as error:
        raise PublishError(str(error)) from None


def as_published(data: DataFolder, folder: Path, expected_head: str | None) -> Version:
    """A published version with its labels as they were published, for who holds both editions; its
    members are keyed hashes.
    """
    stored = json.loads((folder / "restricted" / "audit.json").read_text("utf-8"))
    beside = _beside(data, folder, expected_head, stored["ledger"])
    counts = label_counts(beside.exact, data.plan, beside.held, stored["withheld"])
    known = knowledge(counts, DETAILS[PARTNER], beside.plan, beside.before)
    return Version(beside.as_at.isoformat(), counts, known, beside.members)


def refuse_near_date(day: dt.date, plan: Plan, ledger: Ledger, days_apart: int) -> None:
    """Raises PublishError where another published as-at date is too near, or a day of which others
    have published numbers.
    """
    theirs = {entry.as_at for entry in plan.published}
    ours = {dt.date.fromisoformat(as_at) for as_at in ledger.as_at_days}
    if words := too_near(day, theirs, ours, days_apart):
        raise PublishError(f"{words} Nothing was published.")


def _refuse_near_total(beside: _Beside, rule: Rule) -> None:
    """Raises PublishError where an exact total would tell of few children beside another day's."""
    exact = beside.raw.table[beside.raw.table["status"] == "exact"]
    for ref in sorted(exact["ref"]):
        nearest = beside.ledger.most_alike_day(ref, beside.members.get(ref, set()))
        if nearest and nearest[1] < rule.hold:
            raise PublishError(
                f"Too little has changed to publish apart: fewer than {rule.hold} children joined "
                f"or left in all since {long_date(dt.date.fromisoformat(nearest[0]))}, which is "
                "published with its exact total. Publish a later date. Nothing was published."
            )


def _protection(result: Protected, beside: _Beside, data: DataFolder) -> Protection:
    useful = {edition: usefulness(result.counts, edition, data.plan) for edition in result.audits}
    return Protection(
        result, beside.ledger, beside.members, beside.head, useful, len(beside.plan.published)
    )


def _audit(raw: dict[str, Any]) -> Audit:
    raw = {k: v for k, v in raw.items() if k != "passed"}
    narrowest = raw.pop("narrowest")
    failures = [Failure(**f) for f in raw["failures"]]
    return Audit(
        **(
            raw
            | {
                "failures": failures,
                "given_elsewhere": [Failure(**f) for f in raw["given_elsewhere"]],
                "effort": Effort(**raw["effort"]),
                "narrowest": Failure(**narrowest) if narrowest else None,
            }
        )
    )

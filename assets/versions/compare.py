"""Why a number is another one in a later version: time, late records, another method, another
population. No Dagster here.

Of a count with the label L1 in the first version (day D1, supplies S1) and L2 in the second (D2,
S2), where [D; S] is the label of the day D counted from the supplies S by the code of today:

    time          [D2; S2] − [D1; S2]
    revised past  [D1; S2] − [D1; S1]
    method        [D1; S1] − L1  and  L2 − [D2; S2]

What was counted by the code of today is not counted again. A label in brackets stands for the
published one unless `hold` children or more joined or left: what few have changed is not told.
"""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.store.supply_store import Supply
from assets.versions.drafts import PublishError, read_exact, read_members
from assets.versions.identity import code_hash
from assets.versions.protection import as_published
from assets.versions.recount import recount
from profiles.disclosure.counts import Counts, label_counts, reference
from profiles.disclosure.labels import SHOWN
from profiles.disclosure.ledger import Ledger
from profiles.disclosure.ledger_key import LedgerError
from profiles.disclosure.plan import PlanError
from profiles.figures.declared import DEFINITION
from profiles.reading import FileError
from profiles.sections.followed import HEADLINES, Series

RATE = Series(words="Rate per 10,000 residents aged 10–17", figure="at_risk_residents_10_17")


@dataclass(frozen=True)
class Movement:
    """How a number moved between two versions, and what of it is due to what; None where a part
    cannot be told. All are differences of labels.
    """

    words: str
    before: str
    now: str
    moved: float | None
    time: float | None = None
    revised: float | None = None
    method: float | None = None


@dataclass(frozen=True)
class Comparison:
    """Two versions beside one another. `why` says in words what could not be told apart."""

    one: str
    two: str
    as_at_one: str
    as_at_two: str
    movements: tuple[Movement, ...]
    population: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class _Counted:
    """A day's labels by reference, with who is counted."""

    as_at: str
    counts: Counts
    members: Mapping[str, set[str]]

    def ref(self, series: Series) -> str:
        groups = frozenset([series.group]) if series.group[0] != "all" else frozenset()
        return reference(series.figure, groups, self.as_at)

    def label(self, series: Series) -> Mapping[str, Any] | None:
        """The label of a headline; None where there is none."""
        found = self.counts.table[self.counts.table["ref"] == self.ref(series)]
        return None if found.empty else dict(found.iloc[0])


def compare(data: DataFolder, one: str, two: str, work: Path) -> Comparison:
    """Compare two published versions; `work` is a folder for warehouses. Raises PublishError where
    a version is not there, or its definitions are others.
    """
    first = _Version(data, one)
    second = _Version(data, two)
    why: list[str] = []
    try:
        then = first.published()
        now = second.published()
    except (FileError, LedgerError, PlanError) as error:
        raise PublishError(str(error)) from None
    then_again = first.counted_today(work / "then.duckdb", first.supplies(), then, why)
    now_again = second.counted_today(work / "now.duckdb", second.supplies(), now, why)
    revised = then_again
    if first.inputs["supplies"] != second.inputs["supplies"]:
        revised = first.counted_today(work / "revised.duckdb", second.supplies(), None, why)
    movements = []
    for series in HEADLINES:
        movement = _movement(series, data.rule.hold, then, then_again, revised, now_again, now)
        if movement is not None:
            movements.append(movement)
    return Comparison(
        one,
        two,
        first.inputs["as_at"],
        second.inputs["as_at"],
        tuple(movements),
        _population(then, now),
        tuple(dict.fromkeys(why)),
    )


class _Version:
    """A published version with what it is made of."""

    def __init__(self, data: DataFolder, name: str) -> None:
        as_at, _, number = name.rpartition(".")
        self.data = data
        self.name = name
        self.folder = data.profiles / as_at / number
        manifest = self.folder / "manifest.json"
        if not manifest.exists():
            raise PublishError(f"There is no version {name}.")
        self.inputs: dict[str, Any] = json.loads(manifest.read_text("utf-8"))["inputs"]
        self.warehouse = self.folder / "restricted" / "warehouse.duckdb"

    def published(self) -> _Counted:
        """Its labels as they were published."""
        if set(read_exact(self.warehouse)["definition"]) != {DEFINITION}:
            raise PublishError(
                f"{self.name} was made by other definitions: its numbers are not compared."
            )
        version = as_published(self.data, self.folder, None)
        return _Counted(version.as_at, version.counts, version.members)

    def supplies(self) -> list[Supply] | None:
        """The supplies that it was made from; None where one is no longer kept."""
        kept = {
            (s.supplier, s.supply_id): s
            for agency in self.data.agencies
            for s in supply_store.accepted(self.data, agency)
        }
        found = [kept.get((s["supplier"], s["supply_id"])) for s in self.inputs["supplies"]]
        whole = [supply for supply in found if supply is not None]
        return whole if len(whole) == len(found) else None

    def counted_today(
        self,
        warehouse: Path,
        supplies: Sequence[Supply] | None,
        as_published: _Counted | None,
        why: list[str],
    ) -> _Counted | None:
        """Its day counted from supplies by the code of today: the published count itself where that
        is what it is (`as_published`); None where supplies are missing.
        """
        if as_published is not None and self.inputs["code"]["hash"] == code_hash():
            return as_published
        if supplies is None:
            why.append(f"Not all supplies that {self.name} was made from are kept any more.")
            return None
        as_at = dt.date.fromisoformat(self.inputs["as_at"])
        exact = recount(self.data, warehouse, as_at, supplies)
        counts = label_counts(exact, self.data.plan)
        ledger = Ledger(self.data.ledger, until="")
        members = {}
        for ref, children in read_members(warehouse, counts).items():
            members[ref] = ledger.hashed(children)
        return _Counted(self.inputs["as_at"], counts, members)


def _movement(
    series: Series,
    hold: int,
    then: _Counted,
    then_again: _Counted | None,
    revised: _Counted | None,
    now_again: _Counted | None,
    now: _Counted,
) -> Movement | None:
    first = then.label(series)
    last = now.label(series)
    if first is None or last is None:
        return None
    words = (str(first["label"]), str(last["label"]))
    values = [
        _value(then, series),
        _held(then, then_again, series, hold),
        _held(then, revised, series, hold),
        _held(now, now_again, series, hold),
        _value(now, series),
    ]
    a, a_again, a_revised, b_again, b = values
    return Movement(
        series.words,
        *words,
        moved=_less(b, a),
        time=_less(b_again, a_revised),
        revised=_less(a_revised, a_again),
        method=_sum(_less(a_again, a), _less(b, b_again)),
    )


def _value(counted: _Counted, series: Series) -> float | None:
    label = counted.label(series)
    if label is None or label["status"] not in SHOWN or math.isnan(label["value"]):
        return None
    return float(label["value"])


def _held(published: _Counted, again: _Counted | None, series: Series, hold: int) -> float | None:
    """The label counted again; the published one where fewer than `hold` joined or left."""
    if again is None:
        return None
    if again is published:
        return _value(published, series)
    ref = published.ref(series)
    before = published.members.get(ref, set())
    after = again.members.get(ref, set())
    if len(before ^ after) < hold:
        return _value(published, series)
    return _value(again, series)


def _less(now: float | None, before: float | None) -> float | None:
    return None if now is None or before is None else now - before


def _sum(one: float | None, two: float | None) -> float | None:
    return None if one is None or two is None else one + two


def _population(then: _Counted, now: _Counted) -> str:
    """Whether the residents that rates are over are others, in words."""
    before = _residents(then)
    after = _residents(now)
    if before is None or after is None:
        return "The rate is over no known number of residents."
    if before == after:
        return "Rates are over the same number of residents in both versions."
    return (
        f"Rates are over {after:,.0f} residents and were over {before:,.0f}: by that alone every "
        f"rate is {100 * (before / after - 1):+.1f}% higher or lower."
    )


def _residents(counted: _Counted) -> float | None:
    label = counted.label(RATE)
    if label is None or math.isnan(label["denominator"]):
        return None
    return float(label["denominator"])

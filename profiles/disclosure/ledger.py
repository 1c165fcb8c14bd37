"""The ledger: what every published count was labelled, and by keyed hash who was counted.
Restricted and tamper-evident.

One file per publication, each naming the one before by its hash and signed under the ledger's own
key. A label belongs to a set of children, not to a date: the label of a count changes, for the same
as-at date or another, only when enough children joined or left it since; until then it is held. Two
dates a day apart would else tell of the one girl who joined between them.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import hmac
import json
import math
import os
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.disclosure.counts import Counts, Held, parts_of, reference
from profiles.disclosure.labels import SHOWN
from profiles.disclosure.ledger_key import LedgerError, ledger_key
from profiles.disclosure.picture import Before
from profiles.disclosure.plan import PARTNER, PUBLIC
from profiles.disclosure.rule import Rule
from profiles.figures.declared import DEFINITION

# For how long an earlier version's label is a fact to the attacker.
MONTHS = 24
# 80 bits: a city's children never meet in one hash, and the ledger stays small.
HASH_DIGITS = 20


@dataclass(frozen=True)
class Entry:
    """What one publication showed: labels by reference. A label says who was counted, by places in
    `children`, which are keyed hashes; or how many, where what is counted are no children.
    """

    labels: Mapping[str, Mapping[str, Any]]
    children: tuple[str, ...]

    def counted(self, ref: str) -> set[str]:
        """The keyed hashes of those counted."""
        return {self.children[i] for i in self.labels[ref]["counted"]}

    def known(self, ref: str, moved: int) -> Known:
        """A label of the entry as it is known now."""
        label = self.labels[ref]
        if label["counted"] is None:
            return Known(label, moved)
        return Known(label, moved, self.counted(ref))


@dataclass(frozen=True)
class Known:
    """A count that was published before: its label, how many joined or left since (None where that
    cannot be told), and the hashes of whom the label counted: None where they are no children, or
    where today's profile does not have the count.
    """

    label: Mapping[str, Any]
    moved: int | None
    counted: set[str] | None = None


@dataclass(frozen=True)
class _Point:
    """A point of a series: its label, and of how many and whom that was."""

    label: Mapping[str, Any]
    n: float
    children: set[str] | None

    def moved(self, n: float, children: set[str] | None) -> int:
        """How many joined or left; where no children are counted, by how much the number
        changed.
        """
        if self.children is None or children is None:
            return abs(int(n) - int(self.n))
        return len(self.children ^ children)


class Ledger:
    """Reads and checks the whole ledger when it is made. Raises LedgerError."""

    def __init__(
        self, folder: Path, expected_head: str | None = None, until: str | None = None
    ) -> None:
        """`expected_head` is the head that the newest version names. Labels are read up to the
        entry whose head is `until`, that one included: all of them where it is None, none where it
        is blank.
        """
        self.folder = folder
        self._key = ledger_key(folder)
        # A child is in many counts, and hashed once.
        self._hashes: dict[str, str] = {}
        self._labels: dict[str, tuple[Entry, Mapping[str, Any]]] = {}
        # The references of a count, one for each day, in the order in which they were published
        # last.
        self._days: dict[str, dict[str, None]] = {}
        self.heads: list[str] = []
        # As-at dates of all publications, of versions that were withdrawn or never shown too.
        self.as_at_days: set[str] = set()
        for path in sorted(folder.glob("[0-9]*.json.gz")):
            self._take_in(path, until)
        if expected_head is not None and expected_head not in self.heads:
            raise LedgerError(
                "The ledger of published labels is shorter than what was published: entries were "
                "removed."
            )

    @property
    def key(self) -> bytes:
        """The key of this data folder's signatures."""
        return self._key

    @property
    def head(self) -> str:
        """The hash of the newest entry; blank for an empty ledger."""
        if self.heads:
            return self.heads[-1]
        return ""

    def _take_in(self, path: Path, until: str | None) -> None:
        number = len(self.heads) + 1
        try:
            raw = gzip.decompress(path.read_bytes())
            body = json.loads(raw)
            mac = body.pop("mac")
        # Whatever is wrong with it: a damaged ledger must never read as a shorter one.
        except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError, AttributeError):
            raise LedgerError(
                f"Entry {number} of the ledger of published labels cannot be read."
            ) from None
        # Compared as bytes: text that is no signature at all is refused like a wrong one.
        is_signed = hmac.compare_digest(str(mac).encode(), self._mac(body).encode())
        is_in_place = (body.get("previous"), body.get("number")) == (self.head, number)
        if not is_signed or not is_in_place:
            raise LedgerError(
                f"Entry {number} of the ledger of published labels was edited or is out of place."
            )
        # Up to the head that is asked for, so that the state at an earlier publication can be read.
        is_wanted = until is None or (until != "" and until not in self.heads)
        self.heads.append(mac)
        if not is_wanted:
            return
        self.as_at_days.add(body["version"].partition(".")[0])
        entry = Entry(body["labels"], tuple(body["children"]))
        for ref, label in entry.labels.items():
            self._labels[ref] = (entry, label)
            days = self._days.setdefault(_without_day(ref), {})
            days.pop(ref, None)
            days[ref] = None

    def _mac(self, body: Mapping[str, Any]) -> str:
        return self._keyed_hash(json.dumps(body, sort_keys=True))

    def _keyed_hash(self, text: str) -> str:
        return hmac.new(self._key, text.encode(), hashlib.sha256).hexdigest()

    def hashed(self, members: Iterable[str]) -> set[str]:
        """Keyed hashes of references: nobody without the key can tell whose they are."""
        hashed = set()
        for member in members:
            if member not in self._hashes:
                self._hashes[member] = self._keyed_hash(member)[:HASH_DIGITS]
            hashed.add(self._hashes[member])
        return hashed

    def lot(self, ref: str) -> float:
        """A number from 0 up to 1 for a count, by which some are withheld that need not be: the
        same each time, and known to nobody without the ledger's key.
        """
        return int(self._keyed_hash(f"lot {ref}")[:12], 16) / 16**12

    def known(self, refs: Mapping[str, float], members: Mapping[str, set[str]]) -> dict[str, Known]:
        """Every count that was published under its own reference, with how many joined or left
        since. `refs` gives today's exact counts, `members` the keyed hashes (`hashed`) of whom each
        of them counts.

        Raises LedgerError where a count was published under other definitions or bands: it waits
        for another date.
        """
        published: dict[str, Known] = {}
        for ref, (entry, label) in self._labels.items():
            if ref not in refs:
                published[ref] = Known(label, None)
                continue
            if label["definition"] != DEFINITION:
                raise LedgerError(
                    f"Figures as at {parts_of(ref)[2]} were published under definition version "
                    f"{label['definition']}; those of version {DEFINITION} would stand beside "
                    "them. Publish them for the next as-at date."
                )
            moved = _moved(entry, ref, refs[ref], members.get(ref, set()))
            published[ref] = entry.known(ref, moved)
        return published

    def of_other_days(
        self, refs: Mapping[str, float], members: Mapping[str, set[str]], hold: int
    ) -> dict[str, Known]:
        """Of each count that was not published for its own day, or from whose label `hold` or more
        joined or left since: the label that was published last for another day and from which fewer
        than `hold` did. Arguments as in `known`.

        An exact total is always of its own day's children, so its label is never carried to
        another day.
        """
        near: dict[str, Known] = {}
        for ref, n in refs.items():
            children = members.get(ref, set())
            if ref in self._labels and _moved(self._labels[ref][0], ref, n, children) < hold:
                continue
            for other in reversed(self._days.get(_without_day(ref), {})):
                entry, label = self._labels[other]
                is_alike = label["status"] != "exact" and label["definition"] == DEFINITION
                if other == ref or not is_alike:
                    continue
                moved = _moved(entry, other, n, children)
                if moved < hold:
                    near[ref] = entry.known(other, moved)
                    break
        return near

    def of_points_before(
        self,
        counts: Counts,
        members: Mapping[str, set[str]],
        published: Mapping[str, Known],
        hold: int,
    ) -> dict[str, Known]:
        """Of each point of a series that is not held yet: the label of the point before it, where
        fewer than `hold` joined or left between them.

        `counts` are labelled by the rule alone; `published` are the labels of `known` and
        `of_other_days`.
        """
        near: dict[str, Known] = {}
        rows = counts.table[~counts.table["status"].isin(["refused", "exact", "withheld"])]
        last: dict[str, _Point] = {}
        for row in rows.sort_values("period_end", kind="stable").to_dict("records"):
            ref = row["ref"]
            children = members.get(ref)
            count = _without_day(ref)
            known = published.get(ref)
            if known is not None and known.moved is not None and known.moved < hold:
                if known.label["status"] == "exact":
                    # An exact total is of its own day alone.
                    last.pop(count, None)
                else:
                    last[count] = _Point(known.label, known.label["n"], known.counted)
                continue
            before_it = last.get(count)
            if before_it is not None and before_it.moved(row["n"], children) < hold:
                moved = before_it.moved(row["n"], children)
                near[ref] = Known(before_it.label, moved, before_it.children)
            else:
                last[count] = _Point(_label_of(row), row["n"], children)
        return near

    def most_alike_day(self, ref: str, members: set[str]) -> tuple[str, int] | None:
        """Of a count of children: the other day that was published with its exact number and from
        which fewest joined or left, and how many did.
        """
        found = []
        for other in self._days.get(_without_day(ref), {}):
            entry, label = self._labels[other]
            if other != ref and label["status"] == "exact":
                found.append((_moved(entry, other, 0, members), parts_of(other)[2]))
        if not found:
            return None
        moved, day = min(found)
        return day, moved

    def record(
        self,
        counts: Counts,
        members: Mapping[str, set[str]],
        editions: Iterable[str],
        rule: Rule,
        about: Mapping[str, str],
    ) -> str:
        """Write down what a version tells that the ledger does not have yet; returns the new head.
        One step, or nothing. The caller holds the lock of publishing, and reads the ledger anew to
        ask it of this version.
        """
        if PARTNER in set(editions):
            details = {PUBLIC, PARTNER}
        else:
            details = {PUBLIC}
        numbers = _Numbers()
        labels: dict[str, Any] = {}
        for row in counts.table.to_dict("records"):
            # A month that was refused has no number that the withheld table could tell.
            is_dropped = row["table"] in counts.dropped and row["status"] != "refused"
            tells = row["status"] in (*SHOWN, "suppressed") or row["is_repair"] or is_dropped
            # A held label is in the entry of the version that first published it.
            is_new = row["is_repair"] or not row["is_held"]
            if tells and is_new and row["edition"] in details:
                counted = members.get(row["ref"])
                labels[row["ref"]] = _written(row, counted, numbers, rule)
        number = len(self.heads) + 1
        body = {
            "number": number,
            "previous": self.head,
            **about,
            "editions": sorted(editions),
            "children": numbers.in_order(),
            "labels": labels,
        }
        mac = self._mac(body)
        self._write(number, body | {"mac": mac})
        self.heads.append(mac)
        return mac

    def _write(self, number: int, body: Mapping[str, Any]) -> None:
        """Write an entry beside its place, then put it there in one step."""
        for unfinished in self.folder.glob(".*.part"):
            unfinished.unlink()
        path = self.folder / f"{number:06d}.json.gz"
        part = self.folder / f".{path.name}.{os.getpid()}.part"
        text = json.dumps(body, sort_keys=True)
        with part.open("wb") as file:
            file.write(gzip.compress(text.encode(), mtime=0))
            file.flush()
            os.fsync(file.fileno())
        part.chmod(0o400)
        part.replace(path)


def _without_day(ref: str) -> str:
    """A count whatever its day: its figure and groups."""
    figure, groups, _ = ref.split("|")
    return f"{figure}|{groups}"


def _moved(entry: Entry, ref: str, n: float, members: set[str]) -> int:
    """How many joined or left since an entry's label; where no children are counted, by how much
    the number changed.
    """
    label = entry.labels[ref]
    if label["counted"] is None:
        return abs(int(n) - int(label["n"]))
    return len(entry.counted(ref) ^ members)


class _Numbers:
    """Numbers children in the order in which they are met, so that an entry writes each child's
    hash once however many counts the child is in.
    """

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def of(self, children: Iterable[str]) -> list[int]:
        return sorted(self._numbers.setdefault(c, len(self._numbers)) for c in children)

    def in_order(self) -> list[str]:
        return list(self._numbers)


def _written(
    row: Mapping[Any, Any], counted: set[str] | None, numbers: _Numbers, rule: Rule
) -> dict[str, Any]:
    """A label as an entry holds it."""
    if counted is None and not math.isnan(row["contributors"]):
        # Children are behind it, and none was counted.
        counted = set()
    written = _label_of(row)
    if row["is_repair"]:
        # Where a held label was withheld, the number may lie below what the rule withholds.
        written["low"] = float(max(0, rule.least_withheld - row["widen"]))
    written["counted"] = None
    if counted is not None:
        written["counted"] = numbers.of(counted)
    return written


def _label_of(row: Mapping[Any, Any]) -> dict[str, Any]:
    """A label as `Known` has it."""
    return {
        "definition": DEFINITION,
        "status": row["status"],
        "label": row["label"],
        "n": int(row["n"]),
        "low": _or_none(row["low"]),
        "high": _or_none(row["high"]),
        "value": _or_none(row["value"]),
    }


def _or_none(number: float) -> float | None:
    """JSON has no number for “not a number”."""
    if math.isnan(number):
        return None
    return number


def _or_nan(number: float | None) -> float:
    if number is None:
        return math.nan
    return number


def held(known: Mapping[str, Known], rule: Rule) -> dict[str, Held]:
    """The labels that stay as they were published, because fewer than `rule.hold` children joined
    or left.
    """
    stays = {}
    for ref, published in known.items():
        if published.moved is None or published.moved >= rule.hold:
            continue
        label = published.label
        stays[ref] = Held(
            status=label["status"],
            label=label["label"],
            value=_or_nan(label["value"]),
            low=_or_nan(label["low"]),
            high=_or_nan(label["high"]),
            widen=_widened(published.moved, rule),
        )
    return stays


def _widened(moved: int, rule: Rule) -> int:
    """How far beyond a held label's range the number can lie: not at all where nobody moved, else
    by as many as may have moved unseen. With a hold of 8, “10” (8 to 12) then tells 1 to 19.
    """
    if moved:
        return rule.most_behind
    return 0


def before(known: Mapping[str, Known], rule: Rule, as_at: dt.date) -> dict[str, Before]:
    """What earlier versions still tell, of periods that end at most 24 months before the as-at
    date.

    A count that changed by `rule.hold` or more tells nothing of today's. A count that today's
    profile does not have is known as far as its whole is known still to be the same.
    """
    first = _month_count(as_at) - MONTHS
    facts = {}
    for ref, published in known.items():
        figure, _, day = parts_of(ref)
        ends = dt.date.fromisoformat(day)
        if (_month_count(ends), ends.day) < (first, as_at.day):
            continue
        moved = published.moved
        if moved is None:
            whole = known.get(reference(figure, frozenset(), day))
            moved = whole.moved if whole else None
        tells = published.label["status"] != "withheld"
        if tells and moved is not None and moved < rule.hold:
            widened = _widened(moved, rule)
            low = max(0, published.label["low"] - widened)
            facts[ref] = Before(low, published.label["high"] + widened)
    return facts


def _month_count(day: dt.date) -> int:
    return day.year * 12 + day.month

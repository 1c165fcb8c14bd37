"""The ledger: what every published count was labelled, and by keyed hash who was counted.
Restricted and tamper-evident.

One file per publication, each naming the one before by its hash and signed under the ledger's own
key. A label that was published changes only when enough children joined or left it since; until
then it is held.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import hmac
import json
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from profiles.disclosure.counts import Counts, Held, reference
from profiles.disclosure.knowledge import Before, parts_of
from profiles.disclosure.labels import SHOWN
from profiles.disclosure.plan import PARTNER, PUBLIC
from profiles.disclosure.rule import Rule
from profiles.figures.declared import DEFINITION

MONTHS = 24


class LedgerError(Exception):
    """Why the ledger cannot be trusted, in words for the analyst. Nothing is published then."""


@dataclass(frozen=True)
class Entry:
    """What one publication told: labels by reference, and of each who was counted (or how many,
    where they are no children).
    """

    labels: Mapping[str, Mapping[str, Any]]
    children: tuple[str, ...]

    def counted(self, ref: str) -> set[str]:
        """The keyed hashes of those counted."""
        return {self.children[i] for i in self.labels[ref]["counted"]}


@dataclass(frozen=True)
class Known:
    """A count that was published before: its label, and how many joined or left since; None where
    that cannot be told.
    """

    label: Mapping[str, Any]
    moved: int | None


class Ledger:
    """Reads and checks the whole ledger when it is made. Raises LedgerError."""

    def __init__(
        self, folder: Path, expected_head: str | None = None, until: str | None = None
    ) -> None:
        """`expected_head` is the head that the newest version names; `until` is the head up to
        which labels are read; blank reads none.
        """
        self.folder = folder
        self._key = self._read_key()
        self._labels: dict[str, tuple[Entry, Mapping[str, Any]]] = {}
        self.heads: list[str] = []
        for path in sorted(folder.glob("[0-9]*.json.gz")):
            self._take_in(path, until)
        if expected_head is not None and expected_head not in self.heads:
            raise LedgerError(
                "The ledger of published labels is shorter than what was published: entries were "
                "removed."
            )

    @property
    def head(self) -> str:
        """The hash of the newest entry; blank for an empty ledger."""
        if self.heads:
            return self.heads[-1]
        return ""

    def _read_key(self) -> bytes:
        path = self.folder / "key"
        if path.exists():
            return path.read_bytes()
        if any(self.folder.glob("[0-9]*.json.gz")):
            raise LedgerError("The ledger of published labels has lost its key.")
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        part = self.folder / f".key.{os.getpid()}"
        part.write_bytes(secrets.token_bytes(32))
        part.chmod(0o400)
        if not path.exists():
            os.link(part, path)
        part.unlink()
        return path.read_bytes()

    def _take_in(self, path: Path, until: str | None) -> None:
        number = len(self.heads) + 1
        try:
            raw = gzip.decompress(path.read_bytes())
            body = json.loads(raw)
            mac = body.pop("mac")
        except (OSError, EOFError, ValueError, KeyError, AttributeError):
            raise LedgerError(
                f"Entry {number} of the ledger of published labels cannot be read."
            ) from None
        if (
            not hmac.compare_digest(mac, self._mac(body))
            or body["previous"] != self.head
            or body["number"] != number
        ):
            raise LedgerError(
                f"Entry {number} of the ledger of published labels was edited or is out of place."
            )
        is_past = until is None or (until != "" and until not in self.heads)
        self.heads.append(mac)
        if not is_past:
            return
        entry = Entry(body["labels"], tuple(body["children"]))
        for ref, label in entry.labels.items():
            self._labels[ref] = (entry, label)

    def _mac(self, body: Mapping[str, Any]) -> str:
        return hmac.new(
            self._key, json.dumps(body, sort_keys=True).encode(), hashlib.sha256
        ).hexdigest()

    def hashed(self, members: Iterable[str]) -> set[str]:
        """Keyed hashes of references; told apart by no one without the key."""
        return {hmac.new(self._key, m.encode(), hashlib.sha256).hexdigest()[:20] for m in members}

    def known(self, refs: Mapping[str, float], members: Mapping[str, set[str]]) -> dict[str, Known]:
        """Every published count, with how many joined or left since. `refs` gives today's counts,
        `members` who they are.

        Raises LedgerError where a count was published under other definitions or bands: it waits
        for another date.
        """
        found: dict[str, Known] = {}
        for ref, (entry, label) in self._labels.items():
            if ref not in refs:
                found[ref] = Known(label, None)
                continue
            if label["definition"] != DEFINITION:
                raise LedgerError(
                    f"Figures as at {parts_of(ref)[2]} were published under definition version "
                    f"{label['definition']}; those of "
                    f"version {DEFINITION} would stand beside them. Publish them for the next "
                    "as-at date."
                )
            if label["counted"] is None:
                moved = abs(int(refs[ref]) - int(label["n"]))
                found[ref] = Known(label, moved)
            else:
                found[ref] = Known(label, len(entry.counted(ref) ^ members.get(ref, set())))
        return found

    def record(
        self,
        counts: Counts,
        members: Mapping[str, set[str]],
        editions: Iterable[str],
        rule: Rule,
        about: Mapping[str, str],
    ) -> str:
        """Write down what a version tells that the ledger does not have yet; returns the new head.
        One step, or nothing.
        """
        details = {PUBLIC} | ({PARTNER} if PARTNER in set(editions) else set())
        children: dict[str, int] = {}
        labels: dict[str, Any] = {}
        for row in counts.table.to_dict("records"):
            ref = row["ref"]
            if (
                row["edition"] not in details
                or row["status"] not in (*SHOWN, "suppressed")
                or row["is_held"]
            ):
                continue
            counted = members.get(ref)
            if counted is None and row["contributors"] == row["contributors"]:
                counted = set()
            labels[ref] = {
                "definition": DEFINITION,
                "status": row["status"],
                "label": row["label"],
                "n": int(row["n"]),
                "low": row["low"],
                "high": row["high"],
                "value": None if row["value"] != row["value"] else row["value"],
                "counted": None
                if counted is None
                else sorted(children.setdefault(c, len(children)) for c in counted),
            }
        body = {
            "number": len(self.heads) + 1,
            "previous": self.head,
            **about,
            "editions": sorted(editions),
            "children": list(children),
            "labels": labels,
        }
        mac = self._mac(body)
        for left in self.folder.glob(".*.part"):
            left.unlink()
        path = self.folder / f"{body['number']:06d}.json.gz"
        part = self.folder / f".{path.name}.{os.getpid()}.part"
        with part.open("wb") as f:
            f.write(
                gzip.compress(json.dumps(body | {"mac": mac}, sort_keys=True).encode(), mtime=0)
            )
            f.flush()
            os.fsync(f.fileno())
        part.chmod(0o400)
        part.replace(path)
        self.heads.append(mac)
        return mac


def held(known: Mapping[str, Known], rule: Rule) -> dict[str, Held]:
    """The labels that stay as they were published, because fewer than `rule.hold` children joined
    or left.
    """
    return {
        ref: Held(
            k.label["status"],
            k.label["label"],
            float("nan") if k.label["value"] is None else k.label["value"],
            k.label["low"],
            k.label["high"],
            rule.hold - 1 if k.moved else 0,
        )
        for ref, k in known.items()
        if k.moved is not None and k.moved < rule.hold
    }


def before(known: Mapping[str, Known], rule: Rule, as_at: dt.date) -> dict[str, Before]:
    """What earlier versions still tell, of periods that end in the 24 months to the as-at date.

    A count that changed by `rule.hold` or more tells nothing of today's. A count that today's
    profile does not have is known as far as its whole is known still to be the same.
    """
    first = (as_at.year * 12 + as_at.month - MONTHS) * 31 + as_at.day
    found = {}
    for ref, k in known.items():
        figure, _, day = parts_of(ref)
        ends = dt.date.fromisoformat(day)
        if (ends.year * 12 + ends.month) * 31 + ends.day < first:
            continue
        moved = k.moved
        if moved is None:
            whole = known.get(reference(figure, frozenset(), day))
            moved = whole.moved if whole else None
        if moved is not None and moved < rule.hold:
            widen = rule.hold - 1 if moved else 0
            low = max(0, k.label["low"] - widen)
            found[ref] = Before(low, k.label["high"] + widen)
    return found

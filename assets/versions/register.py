"""The register of what was done with versions: who approved, published or withdrew what, when, and
the hash of what was published. It is only ever added to, and each entry is signed over the one
before it. No Dagster here.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from assets.store.folder import DataFolder, write_atomically
from profiles.disclosure.ledger_key import ledger_key

FILE = "register.jsonl"
APPROVED, PUBLISHED, WITHDRAWN = "approved", "published", "withdrawn"


class RegisterError(Exception):
    """The register cannot be relied on: which line, what it means, and what to do."""


@dataclass(frozen=True)
class Entry:
    """One line: what was done, of which draft or version, by whom, when, and what else is told."""

    what: str
    of: str
    by: str
    at: str
    more: Mapping[str, str]


def add(data: DataFolder, what: str, of: str, by: str, more: Mapping[str, str]) -> None:
    """Add an entry and have it on the disk. Raises RegisterError where the register is damaged."""
    with data.locked("register"):
        lines = _lines(data)
        body = {
            "what": what,
            "of": of,
            "by": by,
            "at": data.clock().isoformat(),
            "more": dict(more),
            "before": lines[-1]["signature"] if lines else "",
        }
        signed = body | {"signature": _signature(ledger_key(data.ledger), body)}
        with (data.ledger / FILE).open("a", encoding="utf-8") as file:
            file.write(json.dumps(signed, sort_keys=True, ensure_ascii=False) + "\n")
            file.flush()
            os.fsync(file.fileno())


def entries(data: DataFolder) -> list[Entry]:
    """Every entry, oldest first. Raises RegisterError."""
    return [
        Entry(line["what"], line["of"], line["by"], line["at"], line["more"])
        for line in _lines(data)
    ]


def order_of_publication(data: DataFolder) -> dict[str, int]:
    """Every version that the register says was published, by its place in it. For putting in
    order alone: no signature is looked at.
    """
    path = data.ledger / FILE
    if not path.exists():
        return {}
    order = {}
    for number, text in enumerate(path.read_text("utf-8").split("\n")):
        try:
            line = json.loads(text)
        except ValueError:
            continue
        if isinstance(line, dict) and line.get("what") == PUBLISHED:
            order[str(line.get("of"))] = number
    return order


def newest(data: DataFolder, what: str, of: str) -> Entry | None:
    """The last entry of a kind about a draft or version."""
    found = [entry for entry in entries(data) if (entry.what, entry.of) == (what, of)]
    return found[-1] if found else None


def _lines(data: DataFolder) -> list[dict[str, Any]]:
    path = data.ledger / FILE
    if not path.exists():
        return []
    written = path.read_text("utf-8").split("\n")
    # A process that was killed while it wrote leaves a line without an end: it did not count.
    whole = written[:-1]
    if written[-1]:
        # In one step: a process that is killed here, too, leaves every other line.
        write_atomically(path, "".join(f"{line}\n" for line in whole))
    key = ledger_key(data.ledger)
    lines = []
    before = ""
    for number, text in enumerate(whole, 1):
        try:
            line: dict[str, Any] = json.loads(text)
            body = {key: value for key, value in line.items() if key != "signature"}
            is_whole = line["before"] == before and hmac.compare_digest(
                line["signature"], _signature(key, body)
            )
        except (ValueError, KeyError, TypeError):
            is_whole = False
        if not is_whole:
            raise RegisterError(
                f"ledger/{FILE}, line {number}: the entry is not the one that was signed, or one "
                "before it is missing. Nothing after it can be relied on: bring the folder "
                "`ledger` back from a backup."
            )
        before = line["signature"]
        lines.append(line)
    return lines


def _signature(key: bytes, body: Mapping[str, Any]) -> str:
    text = json.dumps(body, sort_keys=True, ensure_ascii=False)
    return hmac.new(key, f"register {text}".encode(), hashlib.sha256).hexdigest()

"""A small supply changed in one way, and taken in."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path

from assets.store import supply_store
from assets.store.folder import DataFolder
from expectations.judging.report import Report

SECRET = "Zebedee"  # stands for a value that no message may show


def receive(data: DataFolder, agency: str = "trust") -> Report:
    (folder, *_) = supply_store.candidates(data.inbox, agency)
    report = supply_store.receive(data, folder, agency)
    everything = (
        report.message()
        + json.dumps(report.as_dict())
        + "".join(p.read_text() for p in data.reports.rglob("*.json"))
    )
    assert SECRET not in everything
    assert not re.search(r"T1\b|EP1\b|2023-01-15", everything), "a cell stands in a message"
    return report


def edit(name: str, change: Callable[[str], str]) -> Callable[[Path], None]:
    """A mutation of one file's text."""

    def mutate(folder: Path) -> None:
        path = folder / f"{name}.csv"
        path.write_text(change(path.read_text("utf-8")), "utf-8", newline="")

    return mutate


def replace(name: str, old: str, new: str) -> Callable[[Path], None]:
    def change(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return edit(name, change)


def raw(name: str, content: bytes) -> Callable[[Path], None]:
    return lambda folder: (folder / f"{name}.csv").write_bytes(content) and None


def drop(name: str) -> Callable[[Path], None]:
    return lambda folder: (folder / f"{name}.csv").unlink()

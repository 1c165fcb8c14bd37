"""Where supplies go that hold what identifies children: outside the data folder, readable by its
owner only, until purged.
"""

from __future__ import annotations

import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from assets.store.folder import DataFolder
from expectations.judging.report import Report

# Beside the supply: what was found, by count and column.
FOUND = "found.json"


@dataclass(frozen=True)
class Entry:
    """A supply in quarantine."""

    folder: Path
    report: Report
    arrived_at: str


def put(data: DataFolder, folder: Path, supply_id: str, report: Report) -> bool:
    """Move a supply out of the inbox. Returns whether nothing of it is left there.

    It is whole in quarantine before the first file of the inbox goes, so that a kill at any moment
    loses nothing.
    """
    place = (
        data.quarantine
        / report.agency
        / "-".join(filter(None, (report.provider, report.supply_date, supply_id[:12])))
    )
    data.quarantine.mkdir(mode=0o700, parents=True, exist_ok=True)
    data.quarantine.chmod(0o700)
    place.parent.mkdir(mode=0o700, exist_ok=True)
    # The same supply sent again is in quarantine already: only the inbox is cleared.
    if not place.exists():
        # Under another name until it is whole: what a killed process leaves is told by its name.
        part = place.with_name(f".{place.name}.{os.getpid()}.part")
        part.mkdir(mode=0o700)
        try:
            for path in folder.iterdir():
                if path.is_file() and not path.is_symlink():
                    shutil.copyfile(path, part / path.name)
                    (part / path.name).chmod(0o600)
            arrived = data.clock().isoformat(timespec="seconds")
            (part / FOUND).write_text(
                json.dumps({"arrived_at": arrived, "report": report.as_dict()}, indent=1)
            )
            (part / FOUND).chmod(0o600)
            part.rename(place)
        finally:
            shutil.rmtree(part, ignore_errors=True)
    # The inbox may belong to somebody else; the caller is told what is left in it.
    with contextlib.suppress(OSError):
        shutil.rmtree(folder)
    return not folder.exists()


def entries(data: DataFolder) -> list[Entry]:
    """Every supply in quarantine, by agency and date."""
    listed = []
    for path in sorted(data.quarantine.glob(f"*/*/{FOUND}")):
        # A move that was killed before it ended.
        if path.parent.name.startswith("."):
            continue
        raw = json.loads(path.read_text("utf-8"))
        listed.append(Entry(path.parent, Report.from_dict(raw["report"]), raw["arrived_at"]))
    return listed


def purge(data: DataFolder) -> int:
    """Delete every supply in quarantine, and what a killed move left there; returns how many
    supplies.
    """
    count = len(entries(data))
    for agency in data.quarantine.glob("*/"):
        shutil.rmtree(agency)
    return count

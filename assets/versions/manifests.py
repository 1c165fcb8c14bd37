"""The manifests of drafts and of published versions: what each is made of, when and by whom. No
Dagster here.
"""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

from assets.store.folder import DataFolder
from assets.versions import register


def versions(data: DataFolder) -> list[dict[str, Any]]:
    """The manifests of all published versions, newest publication first: in the order of the
    register, since the clock of the machine may have been set back.
    """
    manifests = [json.loads(p.read_text("utf-8")) for p in data.profiles.glob("*/v*/manifest.json")]
    order = register.order_of_publication(data)

    def when(manifest: dict[str, Any]) -> tuple[int, str, str]:
        # Versions of before there was a register come first.
        number = order.get(manifest["version"], -1)
        return (number, manifest["clock"]["published_at"], manifest["version"])

    return sorted(manifests, key=when, reverse=True)


def standing(data: DataFolder) -> list[dict[str, Any]]:
    """The manifests of the published versions that were not withdrawn, newest publication first.
    Raises RegisterError.
    """
    withdrawn = {e.of for e in register.entries(data) if e.what == register.WITHDRAWN}
    return [manifest for manifest in versions(data) if manifest["version"] not in withdrawn]


def published_days(data: DataFolder, known_at: dt.date | None = None) -> list[dt.date]:
    """The as-at dates of the versions that stand, in order, or of those that had been published by
    the end of the day `known_at`. Raises RegisterError.
    """
    days = set()
    for manifest in standing(data):
        published = dt.datetime.fromisoformat(manifest["clock"]["published_at"]).date()
        if known_at is None or published <= known_at:
            days.add(dt.date.fromisoformat(manifest["inputs"]["as_at"]))
    return sorted(days)


def last_edition(
    data: DataFolder, as_at: dt.date, known_at: dt.date | None = None
) -> dt.date | None:
    """The as-at date of the edition before this one: the newest earlier date that stands."""
    earlier = [day for day in published_days(data, known_at) if day < as_at]
    return max(earlier, default=None)


def manifests_of(data: DataFolder, as_at: str = "*") -> list[tuple[Path, dict[str, Any]]]:
    """The folder and the manifest of every draft of an as-at date, or of any."""
    found = []
    for path in sorted(data.drafts.glob(f"{as_at}/*/manifest.json")):
        found.append((path.parent, json.loads(path.read_text("utf-8"))))
    return found


def when_made(manifest: dict[str, Any]) -> tuple[int, str]:
    """What drafts are put in order by: the number that each was given when it was made, since the
    clock of the machine may have been set back. Drafts of earlier releases have none.
    """
    clock = manifest["clock"]
    return (clock.get("number", 0), clock["made_at"])


def next_number(data: DataFolder) -> int:
    """One more than any draft has. Runs are made one at a time."""
    return 1 + max((when_made(manifest)[0] for _, manifest in manifests_of(data)), default=0)

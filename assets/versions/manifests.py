"""The manifests of published versions: what each is made of, when and by whom. No Dagster here."""

from __future__ import annotations

import datetime as dt
import json
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

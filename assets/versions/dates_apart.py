"""Whether a day is far enough from others of which numbers are published. No Dagster here."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from assets.store.folder import DataFolder
from assets.versions.manifests import versions
from profiles.figures.dates import long_date
from profiles.reading import FileError


def too_near(
    day: dt.date, theirs: Collection[dt.date], ours: Collection[dt.date], days_apart: int
) -> str:
    """Why a day cannot be published beside those of which others (`theirs`) or we (`ours`) have
    published numbers; blank where it can. The same day again is a correction, or stands beside
    theirs.
    """
    for other in sorted({*theirs} - {day}):
        # One day before the council's figures, whoever is in them was in ours as good as surely.
        if abs((day - other).days) < days_apart:
            return (
                f"{long_date(day)} is less than {days_apart} days from {long_date(other)}, of "
                "which others have published numbers (published elsewhere): what they say of few "
                f"children would hold for {long_date(day)} too. {long_date(other)} itself, or a "
                "date further away, can be published; refreshing any date stays free."
            )
    others = {*ours} - {day}
    near = [other for other in sorted(others) if abs((day - other).days) < days_apart]
    if not near:
        return ""
    words = " and ".join(long_date(other) for other in near)
    latest = long_date(max(others) + dt.timedelta(days=days_apart))
    return (
        f"{long_date(day)} is less than {days_apart} days from {words}, which is published: "
        "what changed between the two would tell of the few children who joined or left. "
        f"From {latest} on a date can be published; refreshing any date stays free."
    )


def told_beforehand(data: DataFolder, day: dt.date) -> str:
    """Why a draft of the day could not be published, as far as the versions tell; blank where it
    could. Publishing asks the ledger, which remembers more.
    """
    try:
        plan = data.plan.with_published(data.published_elsewhere)
    except FileError as error:
        return str(error)
    theirs = {entry.as_at for entry in plan.published}
    ours = {dt.date.fromisoformat(told["inputs"]["as_at"]) for told in versions(data)}
    return too_near(day, theirs, ours, data.rule.days_apart)

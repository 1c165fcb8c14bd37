"""What is kept for how long, by `retention.yml`, and what is over is removed and written down. A
version and the ledger are never touched. No Dagster here.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.versions import register
from assets.versions.manifests import manifests_of, when_made
from expectations.reading import Strict, read_file

FILE = "retention.yml"
PURGED = "purged"


class Retention(Strict):
    """`retention.yml`: for how many days something is kept that is no longer in use."""

    # Drafts, published or not; the newest of each day stays.
    drafts_days: int = Field(90, ge=1)
    # Supplies that a newer one of the same supplier has replaced.
    supplies_days: int = Field(365, ge=1)
    # Supplies that were put aside because their files were changed.
    damaged_days: int = Field(90, ge=1)


@dataclass(frozen=True)
class Over:
    """A folder whose time is over: what it is, how old, and how large."""

    path: Path
    what: str
    days: int
    size: int


def retention_of(data: DataFolder) -> Retention:
    """What the file says, or the product's own periods. Raises FileError."""
    path = data.home / FILE
    if path.exists():
        return read_file(Retention, path)
    return Retention.model_validate({})


def over(data: DataFolder) -> list[Over]:
    """Everything whose time is over, oldest kind first."""
    periods = retention_of(data)
    return [
        *_supplies(data, periods.supplies_days),
        *_drafts(data, periods.drafts_days),
        *_damaged(data, periods.damaged_days),
    ]


def _supplies(data: DataFolder, days: int) -> list[Over]:
    in_use = {supply.supply_id for supply in supply_store.in_use(data)}
    found = []
    for agency in data.agencies:
        for supply in supply_store.accepted(data, agency):
            age = _age(data, supply.arrived_at)
            if supply.supply_id not in in_use and age > days:
                what = f"supply of {supply.supplier}, {supply.supply_date}"
                found.append(_over(supply.folder.parent, what, age))
    return found


def _drafts(data: DataFolder, days: int) -> list[Over]:
    found = []
    for day in sorted(data.drafts.glob("*/")):
        made = [(when_made(told), told, folder) for folder, told in manifests_of(data, day.name)]
        made.sort(key=lambda draft: draft[0])
        # The newest of a day is what the next version would be made from.
        for _, told, folder in made[:-1]:
            age = _age(data, told["clock"]["made_at"])
            if age > days:
                found.append(_over(folder, f"draft {folder.name} of {day.name}", age))
    return found


def _damaged(data: DataFolder, days: int) -> list[Over]:
    found = []
    for folder in sorted((data.home / "damaged").glob("*/")):
        moved = dt.datetime.fromtimestamp(folder.stat().st_ctime, dt.UTC).isoformat()
        age = _age(data, moved)
        if age > days:
            found.append(_over(folder, f"supply put aside, {folder.name}", age))
    return found


def _age(data: DataFolder, since: str) -> int:
    return (data.clock() - dt.datetime.fromisoformat(since)).days


def _over(path: Path, what: str, days: int) -> Over:
    size = sum(file.stat().st_size for file in path.rglob("*") if file.is_file())
    return Over(path, what, days, size)


def purge(data: DataFolder, by: str) -> list[Over]:
    """Remove what is over. It stands in the register before it is removed, so that nothing goes
    without a word.
    """
    found = over(data)
    for one in found:
        register.add(data, PURGED, one.what, by.strip(), {"days": str(one.days)})
        for path in one.path.rglob("*"):
            if path.is_dir():
                path.chmod(0o700)
        one.path.chmod(0o700)
        # First out of the way in one step: a half-removed draft must not look like one. What a
        # purge that is killed leaves there goes with the next sweep.
        with data.workspace(f"purge-{uuid.uuid4().hex}") as space:
            one.path.rename(space / one.path.name)
    return found

"""Which month's profile can be made: what the supplies in use cover, who is late, and until when
somebody is waited for. The clock decides nothing but whether a deadline has passed.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field, RootModel

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.store.supply_store import Supply
from expectations.reading import Strict, read_file
from profiles.figures.dates import long_date


class Expected(Strict):
    """When an agency's supply of a month is expected, in days of the month after it."""

    expected_by: int = Field(10, ge=1, le=28)
    # From this day on the month is made without it.
    give_up: int = Field(25, ge=1, le=28)
    # Whether a month waits for it at all.
    required: bool = True
    # Of health, the codes of the providers that supply.
    providers: list[str] = Field(default_factory=list)


class AgenciesFile(RootModel[dict[str, Expected]]):
    """`agencies.yml` in the data folder: agency → when its supply is expected."""


@dataclass(frozen=True)
class Standing:
    """How far one supplier's newest accepted supply reaches, against a day."""

    supplier: str
    title: str
    covers_to: dt.date | None
    is_required: bool
    expected_by: int
    give_up: int

    def days_short(self, day: dt.date) -> int:
        """How many days of the time up to `day` it does not cover; 0 where it covers them."""
        if self.covers_to is None:
            return 0
        return max((day - self.covers_to).days, 0)

    def is_in(self, day: dt.date) -> bool:
        """Whether its supply covers the day."""
        return self.covers_to is not None and self.covers_to >= day

    def words(self, day: dt.date) -> str:
        """“Children's Trust: to 31 March 2024, 30 days short”."""
        if self.covers_to is None:
            return f"{self.title}: no accepted supply"
        words = f"{self.title}: to {long_date(self.covers_to)}"
        if short := self.days_short(day):
            words += f", {short} day{'' if short == 1 else 's'} short"
        return words


@dataclass(frozen=True)
class Due:
    """The month end that can be made now, if any, and what is said of it: who is late, or who is
    waited for.
    """

    as_at: dt.date | None
    words: str
    late: tuple[Standing, ...] = ()


def expectations_of(data: DataFolder) -> dict[str, Expected]:
    """Of each agency of the area when its supply is expected: by agencies.yml, else the 10th, given
    up on the 25th. Raises FileError where the file is not as it should be.
    """
    path = data.home / "agencies.yml"
    told: dict[str, Expected] = {}
    if path.exists():
        told = read_file(AgenciesFile, path).root
    return {agency: told.get(agency, Expected.model_validate({})) for agency in data.agencies}


def unknown_agencies(data: DataFolder) -> list[str]:
    """Agencies that agencies.yml names and the area does not have."""
    path: Path = data.home / "agencies.yml"
    if not path.exists():
        return []
    return sorted(set(read_file(AgenciesFile, path).root) - set(data.agencies))


def standings(data: DataFolder) -> list[Standing]:
    """Every supplier: those that are expected, and those of whom a supply is in use."""
    newest = {supply.supplier: supply for supply in supply_store.in_use(data)}
    found = []
    for agency, expected in expectations_of(data).items():
        own = [supplier for supplier in newest if supplier.partition(":")[0] == agency]
        named = [f"{agency}:{provider}" for provider in expected.providers]
        for supplier in sorted({*own, *named}) or [agency]:
            found.append(_standing(data, agency, supplier, expected, newest.get(supplier)))
    return found


def _standing(
    data: DataFolder, agency: str, supplier: str, expected: Expected, supply: Supply | None
) -> Standing:
    title = data.area.agencies[agency].name
    provider = supplier.partition(":")[2]
    if provider:
        title = f"{title} ({provider})"
    covers_to = supply.manifest.period_end if supply else None
    return Standing(
        supplier, title, covers_to, expected.required, expected.expected_by, expected.give_up
    )


def month_end_before(day: dt.date) -> dt.date:
    """The last month end on or before a day."""
    tomorrow = day + dt.timedelta(days=1)
    return tomorrow.replace(day=1) - dt.timedelta(days=1)


def due(data: DataFolder) -> Due:
    """The newest month that can be made.

    The newest month that any supply covers is made when every required supplier covers it, or
    when those who do not were waited for long enough: Trust to 31 March, police to 29 February; on
    20 April March waits, on 25 April it is made without the police's March. Until then the newest
    month that all of them cover is the one.
    """
    found = standings(data)
    required = [standing for standing in found if standing.is_required]
    covered = [standing.covers_to for standing in found if standing.covers_to]
    if not covered:
        return Due(None, "No agency has an accepted supply yet.")
    newest = month_end_before(max(covered))
    missing = [standing for standing in required if not standing.is_in(newest)]
    if not missing:
        return Due(newest, f"All supplies that are required cover {long_date(newest)}.")
    today = data.clock().date()
    late = tuple(s for s in missing if today >= _in_month_after(newest, s.expected_by))
    if all(today >= _in_month_after(newest, standing.give_up) for standing in missing):
        names = "; ".join(standing.words(newest) for standing in missing)
        return Due(newest, f"{long_date(newest)} is not waited for any longer: {names}.", late)
    common = _covered_by_all(required)
    names = "; ".join(standing.words(newest) for standing in missing)
    return Due(common, f"{long_date(newest)} waits: {names}.", late)


def _covered_by_all(required: list[Standing]) -> dt.date | None:
    ends = [standing.covers_to for standing in required]
    if None in ends:
        return None
    return month_end_before(min(end for end in ends if end))


def _in_month_after(month_end: dt.date, day: int) -> dt.date:
    """The n-th day of the month after."""
    return month_end + dt.timedelta(days=day)

"""Days and moments as systems write them, and as a contract does: London time, without a zone."""

from __future__ import annotations

import datetime as dt
import functools
import re
from dataclasses import dataclass
from zoneinfo import ZoneInfo

LONDON = ZoneInfo("Europe/London")
# Directives of strptime that tell a time of the day.
_TIMES = re.compile(r"%[HIMSfXcT]")
_ISO_DAY = re.compile(r"(?:19|20)\d\d-\d\d-\d\d(?:T\d\d:\d\d(?::\d\d)?)?")
_WITH_TIME = re.compile(r"\d[T ]\d{1,2}:?\d{2}")


@dataclass(frozen=True)
class Told:
    """A moment in London, and whether the export gave a time of the day and a zone."""

    moment: dt.datetime
    has_time: bool
    has_zone: bool


@functools.lru_cache(maxsize=200_000)
def moment_of(text: str, forms: tuple[str, ...], zone: str | None) -> Told | None:
    """A text as a moment in London time: by the first of the forms (strptime) that fits, or ISO
    8601 where there is none; None where it is neither. A full ISO day is read whatever the forms:
    nobody else writes 2024-03-01, and a workbook's days come so.

    A moment with an offset is turned into London time: a birth at 2010-06-30T23:00Z is on 1 July.
    One without is of `zone` (an IANA name), or London's already.
    """
    for form in _tried(text, forms):
        try:
            if form is None:
                moment = dt.datetime.fromisoformat(text)
            else:
                moment = dt.datetime.strptime(text, form)  # noqa: DTZ007 its zone is told below
        except ValueError:
            continue
        has_time = bool(_TIMES.search(form) if form else _WITH_TIME.search(text))
        has_zone = moment.tzinfo is not None
        # A day alone is the same day everywhere.
        if has_time and (has_zone or zone):
            moment = _in_london(moment, zone)
        return Told(moment.replace(tzinfo=None), has_time, has_zone)
    return None


def _tried(text: str, forms: tuple[str, ...]) -> tuple[str | None, ...]:
    if not forms or _ISO_DAY.fullmatch(text):
        return (*forms, None)
    return forms


def _in_london(moment: dt.datetime, zone: str | None) -> dt.datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone or "Europe/London"))
    return moment.astimezone(LONDON)


def is_form(form: str) -> bool:
    """Whether a format is one: it tells at least a year, and what it writes it can read."""
    if not re.search(r"%[YyGcx]", form):
        return False
    day = dt.datetime(2013, 11, 25, 14, 30, tzinfo=dt.UTC)
    try:
        dt.datetime.strptime(day.strftime(form), form)  # noqa: DTZ007 only tried
    except (ValueError, re.error):
        return False
    return True

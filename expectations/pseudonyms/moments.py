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
# A format that ends with UTC's own letters, or with the name of whatever zone it is.
_IN_UTC = re.compile(r"(?:(?<!%)Z|UTC|GMT)\Z")
_NAMED_UTC = re.compile(r"(?:Z|UTC|GMT)\Z", re.IGNORECASE)
# As some systems shorten September; the others have three letters.
_SEPT = re.compile(r"\bsept\b", re.IGNORECASE)
# Days as a spreadsheet counts them.
EXCEL = "excel"
_EXCEL_BEGINS = dt.datetime(1899, 12, 30)  # noqa: DTZ001 London's, like every moment here
_EXCEL_DAYS = re.compile(r"\d{1,5}(?:\.\d+)?")


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
            moment, has_time = _read(text, form)
        except ValueError:
            continue
        has_zone = moment.tzinfo is not None
        # A day alone is the same day everywhere.
        if has_time and (has_zone or zone):
            moment = _in_london(moment, zone)
        return Told(moment.replace(tzinfo=None), has_time, has_zone)
    return None


def _read(text: str, form: str | None) -> tuple[dt.datetime, bool]:
    """A moment by one form, and whether it has a time of the day. Raises ValueError."""
    if form is None:
        return dt.datetime.fromisoformat(text), bool(_WITH_TIME.search(text))
    if form == EXCEL:
        if not _EXCEL_DAYS.fullmatch(text):
            raise ValueError
        # To the minute: a spreadsheet's fractions of a day are not exact.
        minutes = round(float(text) * 24 * 60)
        return _EXCEL_BEGINS + dt.timedelta(minutes=minutes), "." in text
    moment = dt.datetime.strptime(_SEPT.sub("Sep", text), form)  # noqa: DTZ007 its zone is told next
    is_utc = _IN_UTC.search(form) or (form.endswith("%Z") and _NAMED_UTC.search(text))
    if is_utc and moment.tzinfo is None:
        moment = moment.replace(tzinfo=dt.UTC)
    return moment, bool(_TIMES.search(form))


def _tried(text: str, forms: tuple[str, ...]) -> tuple[str | None, ...]:
    if not forms or _ISO_DAY.fullmatch(text):
        return (*forms, None)
    return forms


def _in_london(moment: dt.datetime, zone: str | None) -> dt.datetime:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=ZoneInfo(zone or "Europe/London"))
    try:
        return moment.astimezone(LONDON)
    except OverflowError:
        # The first and the last day that there are stand for none in every zone.
        return moment


def is_form(form: str, *, needs_day: bool = True) -> bool:
    """Whether a format is one: what it writes of a day it reads as that day, or as its month where
    no day is needed.
    """
    if form == EXCEL:
        return True
    day = dt.datetime(2013, 11, 25, 14, 30, tzinfo=dt.UTC)
    try:
        read = dt.datetime.strptime(day.strftime(form), form)  # noqa: DTZ007 only tried
    except (ValueError, re.error):
        return False
    if needs_day:
        return read.date() == day.date()
    return (read.year, read.month) == (day.year, day.month)


def are_told_apart(one: str, other: str) -> bool:
    """Whether no day that one format writes is another day by the other: of 1 February 2013
    "%d/%m/%Y" makes 01/02/2013, which by "%m/%d/%Y" is 2 January.
    """
    if EXCEL in (one, other):
        return True
    day = dt.datetime(2013, 2, 1, 14, 30, tzinfo=dt.UTC)
    try:
        read = dt.datetime.strptime(day.strftime(one), other)  # noqa: DTZ007 only tried
    except ValueError:
        return True
    return read.date() == day.date()

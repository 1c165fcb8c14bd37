"""Each cell of the contract, made from a row of an export. What cannot be read, stands for nothing
or is taken on trust is counted by column.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field

from expectations.contract import DATED, Column
from expectations.pseudonyms import normalise
from expectations.pseudonyms.keys import Identity, linkage_keys, reference, shared_key
from expectations.pseudonyms.mapping import IDENTITY, Source, TableMap
from expectations.pseudonyms.moments import Told, moment_of
from expectations.pseudonyms.places import Place, Places
from expectations.pseudonyms.raw import Row

Cell = Callable[[Row], str]
FORMS = {
    "date": "%Y-%m-%d",
    "month": "%Y-%m",
    "timestamp": "%Y-%m-%dT%H:%M",
    "moment": "%Y-%m-%dT%H:%M",
}
# What a yes/no column says where it means no.
NO = frozenset({"", "n", "no", "f", "false", "0", "off", "unticked", "not known", "u", "unknown"})
# Years that systems write for an end that is not known yet.
NO_END = 9999
# As many different texts without a line are counted; more are “more than”.
MOST_DIFFERENT = 1000
WHOLE = re.compile(r"(\d+)\.0+")


class Secrets:
    """The partnership's secret makes what agencies share, the agency's own what nobody else may
    read.
    """

    def __init__(self, partnership: bytes, agency: bytes, prefix: str) -> None:
        self.partnership = partnership
        self.agency = agency
        self.prefix = prefix

    def reference(self, column: str, value: str) -> str:
        """A reference of the agency, re-keyed; blank stays blank."""
        if value:
            return reference(self.agency, self.prefix, column, value)
        return ""


COUNTS = (
    "unread",
    "said_nothing",
    "stand_ins",
    "open_ends",
    "other_zones",
    "days_alone",
    "times_assumed",
    "orphans",
    "unplaced",
)


@dataclass
class Noted:
    """What was noticed in a table's cells, in counts by column."""

    unread: Counter[str] = field(default_factory=Counter)
    # Different texts of a column of codes that have no line; they are counted, never told.
    without_line: dict[str, set[str]] = field(default_factory=dict)
    said_nothing: Counter[str] = field(default_factory=Counter)
    stand_ins: Counter[str] = field(default_factory=Counter)
    open_ends: Counter[str] = field(default_factory=Counter)
    other_zones: Counter[str] = field(default_factory=Counter)
    days_alone: Counter[str] = field(default_factory=Counter)
    times_assumed: Counter[str] = field(default_factory=Counter)
    orphans: Counter[str] = field(default_factory=Counter)
    unplaced: Counter[str] = field(default_factory=Counter)
    # Rows with a value that no two rows may have, and that stood before.
    again: Counter[str] = field(default_factory=Counter)

    def add(self, other: Noted) -> None:
        """Count what was noticed in another part of the table as well."""
        for name in COUNTS:
            getattr(self, name).update(getattr(other, name))
        for column, different in other.without_line.items():
            self.without_line.setdefault(column, set()).update(different)

    def no_key(self, name: str, text: str, is_used: bool) -> None:
        """An identifier that makes no key: it stands for nothing, or cannot be read."""
        if text and not is_used:
            counts = self.stand_ins if normalise.is_stand_in(text) else self.unread
            counts[name] += 1

    def no_line(self, column: str, text: str) -> None:
        """A text of a column of codes that is no code."""
        self.unread[column] += 1
        different = self.without_line.setdefault(column, set())
        if len(different) < MOST_DIFFERENT:
            different.add(text.casefold())


def reader(
    name: str, source: Source | None, table: TableMap, noted: Noted, join: str = "|"
) -> Cell:
    """A function from a row to the text of a source: cells that say NULL or the like are blank,
    several columns are joined, without a source it is blank.
    """
    if source is None or source.value is not None:
        value = source.value or "" if source else ""
        return lambda row: value
    columns = source.columns
    blank_is = table.blank_is - set(source.codes)
    # A text as long as none of them needs no looking up.
    longest = max(map(len, blank_is), default=0)

    def told(text: str) -> str:
        if text and len(text) <= longest and text.casefold() in blank_is:
            noted.said_nothing[name] += 1
            return ""
        return text

    if len(columns) == 1:
        (only,) = columns
        return lambda row: told(row[only])

    def joined(row: Row) -> str:
        parts = [told(row[column]) for column in columns]
        if any(parts):
            return join.join(parts)
        return ""

    return joined


def maker(
    column: Column,
    table: TableMap,
    secrets: Secrets,
    places: Places,
    noted: Noted,
) -> Cell:
    """A function from a row of the export to the cell of the contract."""
    source = table.sources[column.name]
    if source.flags:
        return _flags(column, source, table, noted)
    join = source.separator if column.kind == "list_of" else "|"
    if source.origin == "date_and_time":
        join = " "
    if source.origin == "sum":
        join = "\n"
    read = reader(column.name, source, table, noted, join)
    make_cell = _cell_maker(column, source, secrets, places, noted)

    def make(row: Row) -> str:
        text = read(row)
        if text:
            return make_cell(text)
        return source.blank

    return make


def _flags(column: Column, source: Source, table: TableMap, noted: Noted) -> Cell:
    """Yes/no columns as a list of codes: a code for each that does not say no."""

    def make(row: Row) -> str:
        codes = []
        for name, code in source.flags.items():
            if row[name].casefold() not in NO and row[name].casefold() not in table.blank_is:
                codes.append(code)
        return ";".join(dict.fromkeys(codes)) or source.blank

    return make


def _cell_maker(
    column: Column, source: Source, secrets: Secrets, places: Places, noted: Noted
) -> Callable[[str], str]:
    """What a column's kind makes of a text that is not blank."""
    if source.origin == "postcode":
        return functools.partial(_place_cell, column, places, noted)
    if column.kind == "ref":
        return functools.partial(secrets.reference, column.name)
    if column.kind == "key":
        return functools.partial(shared_key, secrets.partnership, column.name)
    if column.kind in (*DATED, "month"):
        return functools.partial(_moment_cell, column, source, noted, _open_days(source))
    if column.codes:
        return _code_maker(column, source, noted)
    if source.origin == "sum":
        return functools.partial(_sum_cell, column, noted)
    if column.pattern:
        shape = re.compile(column.pattern.removesuffix("$") + r"\Z")
        return functools.partial(_shaped_cell, column, source, shape, noted)
    return str


def _place_cell(column: Column, places: Places, noted: Noted, text: str) -> str:
    """A postcode never leaves the agency: only the ward, small area or authority around it."""
    place = _place(places, column.name, noted, text)
    return {"ward": place.ward, "lsoa": place.lsoa, "la": place.la}[column.kind]


def _place(places: Places, name: str, noted: Noted, text: str) -> Place:
    """Where a postcode lies. One that is none is told apart from one that the postcode file does
    not have.
    """
    postcode = normalise.postcode(text)
    if postcode is None:
        noted.no_key(name, text, is_used=False)
        return Place()
    if places and postcode not in places:
        noted.unplaced[name] += 1
    return places.get(postcode, Place())


def _open_days(source: Source) -> frozenset[dt.date]:
    told = (moment_of(text, source.forms, None) for text in source.open_ends)
    return frozenset(one.moment.date() for one in told if one)


def _moment_cell(
    column: Column, source: Source, noted: Noted, open_days: frozenset[dt.date], text: str
) -> str:
    if text in source.open_ends:
        noted.open_ends[column.name] += 1
        return ""
    told = moment_of(text, source.forms, source.zone)
    if told is None:
        noted.unread[column.name] += 1
        return ""
    day = told.moment.date()
    if day in open_days or (day.year == NO_END and column.blank != "error"):
        noted.open_ends[column.name] += 1
        return ""
    if told.has_time and told.has_zone:
        noted.other_zones[column.name] += 1
    if not told.has_time and column.kind in ("timestamp", "moment"):
        return _day_alone(column, source, noted, told)
    return written(told.moment, column.kind)


def _day_alone(column: Column, source: Source, noted: Noted, told: Told) -> str:
    """Only a day where a moment is asked: a day stays one where the contract takes it, and else
    needs the mapping's word for the time (time: "00:00").
    """
    if source.time:
        noted.times_assumed[column.name] += 1
        return f"{written(told.moment, 'date')}T{source.time}"
    noted.days_alone[column.name] += 1
    if column.kind == "moment":
        return written(told.moment, "date")
    noted.unread[column.name] += 1
    return ""


@functools.lru_cache(maxsize=200_000)
def written(moment: dt.datetime, kind: str) -> str:
    """A moment as the contract writes it."""
    return moment.strftime(FORMS[kind])


def _code_maker(column: Column, source: Source, noted: Noted) -> Callable[[str], str]:
    """A function from a text to its codes; a text that is known needs no looking up, one that is no
    code is counted each time.
    """
    known: dict[str, str] = {}

    def make(text: str) -> str:
        cell = known.get(text)
        if cell is None:
            unread = noted.unread[column.name]
            cell = _code_cell(column, source, noted, text)
            if noted.unread[column.name] == unread and len(known) < MOST_DIFFERENT:
                known[text] = cell
        return cell

    return make


def _code_cell(column: Column, source: Source, noted: Noted, text: str) -> str:
    """The contract's codes, by the mapping's own words or as they stand; others are left out."""
    parts = [text]
    if column.kind == "list_of":
        parts = [part.strip() for part in text.split(source.separator)]
    codes = []
    for part in filter(None, parts):
        code = source.codes.get(part.casefold())
        if code is None:
            code = part if part in column.codes else source.otherwise
        if code is None:
            noted.no_line(column.name, part)
        elif code:
            codes.append(code)
    # One cell of `otherwise` or of the mapping may hold several codes.
    return ";".join(dict.fromkeys(codes)) or source.blank


def _shaped_cell(
    column: Column, source: Source, shape: re.Pattern[str], noted: Noted, text: str
) -> str:
    # What does not have the contract's shape stays at the agency: a name that was typed into a
    # column of numbers would leave with it.
    plain = text.replace(",", "").replace(" ", "") if source.is_number else text
    if column.kind in ("integer", "hour") and (whole := WHOLE.fullmatch(plain)):
        plain = whole[1]
    if column.kind == "offence":
        plain = offence(plain)
    if shape.match(plain):
        return plain
    noted.unread[column.name] += 1
    return ""


def offence(text: str) -> str:
    """A Home Office offence code as the tables write it: `8/1`, `008/01` and `8 / 01` are 8/1,
    `105a` is 105A.
    """
    parts = text.upper().replace(" ", "").split("/")
    return "/".join(part.lstrip("0") or "0" for part in parts)


def _sum_cell(column: Column, noted: Noted, text: str) -> str:
    """The sum of several columns of numbers, blank ones as nothing."""
    numbers = [part for part in text.split("\n") if part]
    try:
        total = sum(float(number.replace(",", "")) for number in numbers)
    except ValueError:
        noted.unread[column.name] += 1
        return ""
    return f"{total:.6f}".rstrip("0").rstrip(".")


def people_maker(
    table: TableMap, secrets: Secrets, places: Places, extracted_on: dt.date, noted: Noted
) -> Callable[[Row], Row]:
    """A function from a row of the export to keys, birth month and home."""
    text_of = {
        name: reader(name, table.sources.get(name), table, noted, join=" ") for name in IDENTITY
    }
    nhs_of, upn_of, forenames_of, surname_of, birth_of, postcode_of = text_of.values()
    births = table.sources.get("date_of_birth", Source())

    def make(row: Row) -> Row:
        born_text = birth_of(row)
        told = moment_of(born_text, births.forms, births.zone) if born_text else None
        noted.other_zones["date_of_birth"] += bool(told and told.has_time and told.has_zone)
        forenames = forenames_of(row)
        surname = surname_of(row)
        for name in normalise.stand_ins(forenames, surname):
            noted.stand_ins[name] += 1
        person = Identity(
            nhs_of(row),
            upn_of(row),
            forenames,
            surname,
            told.moment.date() if told else None,
            postcode_of(row),
        )
        keys = linkage_keys(secrets.partnership, person, extracted_on)
        born = normalise.birth(person.date_of_birth, extracted_on)
        noted.no_key("date_of_birth", born_text, born is not None)
        noted.no_key("nhs_number", person.nhs_number, bool(keys["key_nhs"]))
        noted.no_key("upn", person.upn, bool(keys["key_upn"]))
        cells = dict(keys)
        if "date_of_birth" in table.sources:
            cells["birth_month"] = born.isoformat()[:7] if born else ""
        if person.postcode and places:
            place = _place(places, "postcode", noted, person.postcode)
            cells |= {"ward_code": place.ward, "lsoa_code": place.lsoa}
        return cells

    return make

"""Each cell of the contract, made from a row of an export. What cannot be read, stands for nothing
or is taken on trust is counted by column.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable, Mapping
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
# What a yes/no column says where it means yes, or no; nobody knows counts as no.
YES = frozenset({"y", "yes", "t", "true", "on", "x", "ticked", "checked", "✓", "✔", "☑", "☒"})
NO = frozenset({"", "n", "no", "f", "false", "off", "unticked", "unchecked", "☐"})
# Years that systems write for an end that is not known yet, and for no day at all.
NO_YEARS = (9999, 1)
# As many different texts without a line are counted; more are “more than”.
MOST_DIFFERENT = 1000
WHOLE = re.compile(r"(\d+)\.0+")
# 1,234.50: a comma parts thousands, or it is no number that can be read for sure.
THOUSANDS = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
# 2.02E+11 is what a spreadsheet leaves of a long number.
SHORTENED = re.compile(r"\d(\.\d+)?E\+?\d+", re.IGNORECASE)
AMOUNT = re.compile(r"[-+]?\d+(\.\d+)?")
HOUR = re.compile(r"(\d{1,2}):[0-5]\d(:[0-5]\d)?")


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
    "otherwise",
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
    otherwise: Counter[str] = field(default_factory=Counter)
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
    """Yes/no columns as a list of codes: a code for each that says yes. What says neither is
    counted.
    """

    def make(row: Row) -> str:
        codes = []
        for name, code in source.flags.items():
            text = row[name].casefold()
            if not text or text in table.blank_is:
                continue
            said = yes_or_no(text)
            if said is None:
                noted.unread[column.name] += 1
            elif said:
                codes.append(code)
        return ";".join(dict.fromkeys(codes)) or source.blank

    return make


@functools.lru_cache(maxsize=10_000)
def yes_or_no(text: str) -> bool | None:
    """Whether a cell in small letters says yes, or how many there are; None where it says neither.
    What stands for “nobody knows” is no yes.
    """
    if text in YES:
        return True
    # Not whatever Python reads as a number: “nan” and “infinity” are none here.
    if AMOUNT.fullmatch(text):
        return float(text) != 0
    # “No - none recorded”
    begins_no = re.match(r"no?\b", text) is not None
    if text in NO or begins_no or normalise.is_stand_in(text):
        return False
    if re.match(r"y(es)?\b", text):
        return True
    return None


def _cell_maker(
    column: Column, source: Source, secrets: Secrets, places: Places, noted: Noted
) -> Callable[[str], str]:
    """What a column's kind makes of a text that is not blank."""
    if source.origin == "postcode":
        return functools.partial(_place_cell, column, places, noted)
    if column.kind == "ref":
        return functools.partial(_reference_cell, column, secrets, noted)
    if column.kind == "key":
        return functools.partial(_key_cell, column, secrets, noted)
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


def _reference_cell(column: Column, secrets: Secrets, noted: Noted, text: str) -> str:
    """A reference re-keyed: `100000.0` of a spreadsheet is the 100000 of another table."""
    if "." in text or "E" in text or "e" in text:
        if SHORTENED.fullmatch(text):
            noted.unread[column.name] += 1
            return ""
        if whole := WHOLE.fullmatch(text):
            text = whole[1]
    return secrets.reference(column.name, text)


def _key_cell(column: Column, secrets: Secrets, noted: Noted, text: str) -> str:
    """A reference that agencies share. “TBC” and “Pending” are none: those of whom it is said would
    be one.
    """
    if normalise.is_stand_in(text) or not re.search(r"\d", text):
        noted.stand_ins[column.name] += 1
        return ""
    return shared_key(secrets.partnership, column.name, text)


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
    if day in open_days or (day.year in NO_YEARS and column.blank != "error"):
        noted.open_ends[column.name] += 1
        return ""
    if day.year in NO_YEARS:
        noted.unread[column.name] += 1
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
    # In any case, as most systems write them; where two differ in that alone, as they stand.
    in_any_case = {code.casefold(): code for code in column.codes}
    codes = in_any_case
    if len(in_any_case) < len(column.codes):
        codes = {code: code for code in column.codes}

    def make(text: str) -> str:
        cell = known.get(text)
        if cell is None:
            before = noted.unread[column.name] + noted.otherwise[column.name]
            cell = _code_cell(column, source, codes, noted, text)
            is_known = noted.unread[column.name] + noted.otherwise[column.name] == before
            if is_known and len(known) < MOST_DIFFERENT:
                known[text] = cell
        return cell

    return make


def _code_cell(
    column: Column, source: Source, by_text: Mapping[str, str], noted: Noted, text: str
) -> str:
    """The contract's codes, by the mapping's own words or as they stand; others are left out."""
    parts = [text]
    if column.kind == "list_of":
        parts = [part.strip() for part in text.split(source.separator)]
    codes = []
    for part in filter(None, parts):
        code = source.codes.get(part.casefold())
        if code is None:
            code = by_text.get(part, by_text.get(part.casefold()))
        if code is None and source.otherwise is not None:
            noted.otherwise[column.name] += 1
            code = source.otherwise
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
    plain = number_of(text) if source.is_number else text
    if column.kind in ("integer", "hour") and (whole := WHOLE.fullmatch(plain)):
        plain = whole[1]
    if column.kind == "hour" and (hour := HOUR.fullmatch(plain)):
        plain = str(int(hour[1]))
    if column.kind == "offence":
        plain = offence(plain)
    if shape.match(plain):
        return plain
    noted.unread[column.name] += 1
    return ""


def number_of(text: str) -> str:
    """A number without the commas and spaces that part its thousands: `1,234.5` is 1234.5. `3,0`
    stays as it is, which is no number: it may be three or thirty.
    """
    bare = text.replace(" ", "")
    if THOUSANDS.fullmatch(bare):
        return bare.replace(",", "")
    return bare


def offence(text: str) -> str:
    """A Home Office offence code as the tables write it: `8/1`, `008/01` and `8 / 01` are 8/1,
    `105a` is 105A.
    """
    parts = text.upper().replace(" ", "").split("/")
    return "/".join(part.lstrip("0") or "0" for part in parts)


def _sum_cell(column: Column, noted: Noted, text: str) -> str:
    """The sum of several columns of numbers, blank ones as nothing."""
    numbers = [number_of(part) for part in text.split("\n") if part]
    try:
        total = sum((float(number) for number in numbers), 0.0)
    except ValueError:
        noted.unread[column.name] += 1
        return ""
    if column.kind == "integer" and not total.is_integer():
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

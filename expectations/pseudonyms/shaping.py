"""What a mapping may do to the rows of an export before cells are made of them: a small, closed
set. It is a mapping, not a language.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from expectations.pseudonyms.moments import moment_of
from expectations.pseudonyms.raw import Layout, LeftOut, MappingError, Row, rows

# Before every day that an export can hold.
NEVER = dt.datetime(1, 1, 1)  # noqa: DTZ001 local time
NOT_KEPT = "rows that keep and drop leave out"
NOT_LATEST = "rows that are not the latest of theirs"
NOT_JOINED = "rows without a row in the joined file (its columns stay blank)"
NO_DAY = "rows whose day in latest_per cannot be read (taken as the earliest)"
NO_KEY = "rows with nothing in the columns of latest_per (each is kept)"
NO_PART = "rows with nothing in the column of each"
# What is counted of rows that stay.
KEPT = (NOT_JOINED, NO_DAY, NO_KEY)
# More days that cannot be read mean that they are written otherwise than the mapping says.
MOST_UNREAD = 0.2


@dataclass(frozen=True)
class Latest:
    """One row for each value of `per`: the last by the day in `by`, or where that is blank the last
    that stands in the files.
    """

    per: tuple[str, ...]
    by: str = ""
    forms: tuple[str, ...] = ()
    # How the columns of `per` that hold days are written.
    forms_of: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class Join:
    """Columns of another file, found by one key. `on` is the key's column here and there; `shape`
    is what is done to the other file's rows first.
    """

    layout: Layout
    on: tuple[str, str]
    columns: frozenset[str]
    shape: Shape


@dataclass(frozen=True)
class Long:
    """Several columns of a row as rows of their own: `name` holds which column it was, `value` its
    cell. Blank cells give no row.
    """

    columns: tuple[str, ...]
    name: str
    value: str


@dataclass(frozen=True)
class Each:
    """A row for each part of a list in one cell: parted by `separator`, or a JSON list."""

    column: str
    separator: str = ";"
    is_json: bool = False


@dataclass(frozen=True)
class Shape:
    """What is done to the rows of a table, in this order."""

    join: Join | None = None
    keep: Mapping[str, frozenset[str]] = field(default_factory=dict)
    drop: Mapping[str, frozenset[str]] = field(default_factory=dict)
    latest: Latest | None = None
    each: Each | None = None
    long: Long | None = None
    # Of other tables than people: rows of children who are not in the extract are left out.
    is_only_of_people: bool = False

    @property
    def made(self) -> frozenset[str]:
        """Columns that the export does not have and the rows do."""
        names: set[str] = set()
        if self.join:
            names |= self.join.columns
        if self.long:
            names |= {self.long.name, self.long.value}
        return frozenset(names)

    @property
    def named(self) -> frozenset[str]:
        """Columns of the export that it reads."""
        names = {*self.keep, *self.drop}
        if self.join:
            names.add(self.join.on[0])
        if self.latest:
            names |= {*self.latest.per}
            names |= {self.latest.by} - {""}
        if self.each:
            names.add(self.each.column)
        if self.long:
            names |= set(self.long.columns)
        return frozenset(names - self.made)


def shaped(
    folder: Path,
    file: str,
    found: Iterable[Row],
    shape: Shape,
    blank_is: frozenset[str],
    left_out: LeftOut,
) -> Iterator[Row]:
    """The rows that the cells are made from. `file` is how the export is called in counts and
    messages, `blank_is` are words that mean nothing, in small letters. Raises MappingError.
    """
    if shape.join:
        found = _joined(folder, file, found, shape.join, blank_is, left_out)
    if shape.keep or shape.drop:
        found = _kept(file, found, shape, left_out)
    if shape.latest:
        found = _latest(file, found, shape.latest, blank_is, left_out)
    if shape.each:
        found = _parted(file, found, shape.each, left_out)
    if shape.long:
        found = _lengthened(found, shape.long)
    yield from found


def _joined(
    folder: Path,
    file: str,
    found: Iterable[Row],
    join: Join,
    blank_is: frozenset[str],
    left_out: LeftOut,
) -> Iterator[Row]:
    here, there = join.on
    others: dict[str, Row] = {}
    name = join.layout.files[0]
    needed = join.columns | {there} | join.shape.named
    theirs = rows(folder, join.layout, needed, left_out)
    for row in shaped(folder, name, theirs, join.shape, blank_is, left_out):
        # Who has no number is not one child with all others who have none.
        if not row[there] or row[there].casefold() in blank_is:
            continue
        if row[there] in others:
            raise MappingError(
                f"{name}: the column {there} has a value twice, so no row can be joined by it; "
                "latest_per, keep or drop under join can leave one of them"
            )
        others[row[there]] = {column: row[column] for column in join.columns}
    blank = dict.fromkeys(join.columns, "")
    for row in found:
        other = others.get(row[here])
        left_out[file, NOT_JOINED] += other is None
        yield row | (other or blank)


def _kept(file: str, found: Iterable[Row], shape: Shape, left_out: LeftOut) -> Iterator[Row]:
    for row in found:
        is_kept = all(row[name].casefold() in values for name, values in shape.keep.items())
        is_dropped = any(row[name].casefold() in values for name, values in shape.drop.items())
        if is_kept and not is_dropped:
            yield row
        else:
            left_out[file, NOT_KEPT] += 1


def _latest(
    file: str, found: Iterable[Row], latest: Latest, blank_is: frozenset[str], left_out: LeftOut
) -> Iterator[Row]:
    """A row without a day is earlier than all; of the same day, the later row. Raises MappingError
    where many days cannot be read.
    """
    last: dict[tuple[str, ...], tuple[dt.datetime, Row]] = {}
    days = unread = 0
    for row in found:
        key = tuple(_same(row[name], latest.forms_of.get(name)) for name in latest.per)
        if all(not text or text.casefold() in blank_is for text in key):
            left_out[file, NO_KEY] += 1
            yield row
            continue
        told = None
        text = row[latest.by] if latest.by else ""
        if text and text.casefold() not in blank_is:
            told = moment_of(text, latest.forms, None)
            days += 1
            unread += told is None
        when = told.moment if told else NEVER
        if key in last:
            left_out[file, NOT_LATEST] += 1
        if key not in last or when >= last[key][0]:
            last[key] = (when, row)
    if unread > MOST_UNREAD * days:
        raise MappingError(
            f"{file}: latest_per: {unread:,} of {days:,} days in the column {latest.by} could not "
            'be read; say how they are written, for example format: "%d/%m/%Y"'
        )
    left_out[file, NO_DAY] += unread
    for _, row in last.values():
        yield row


def _same(text: str, forms: tuple[str, ...] | None) -> str:
    """A cell as it is compared: a day as a day, however it is written."""
    told = moment_of(text, forms, None) if forms and text else None
    return told.moment.isoformat() if told else text


def _parted(file: str, found: Iterable[Row], each: Each, left_out: LeftOut) -> Iterator[Row]:
    for number, row in enumerate(found, 1):
        parts = _parts(file, number, row[each.column], each)
        left_out[file, NO_PART] += not parts
        for part in parts:
            yield row | {each.column: part}


def _parts(file: str, number: int, text: str, each: Each) -> list[str]:
    if not text:
        return []
    if not each.is_json:
        return [part.strip() for part in text.split(each.separator) if part.strip()]
    try:
        parts = json.loads(text)
    except ValueError:
        raise MappingError(
            f"{file}, row {number}: the column {each.column} is no JSON list"
        ) from None
    if not isinstance(parts, list):
        raise MappingError(f"{file}, row {number}: the column {each.column} is no JSON list")
    return [str(part).strip() for part in parts if str(part).strip()]


def _lengthened(found: Iterable[Row], long: Long) -> Iterator[Row]:
    for row in found:
        for column in long.columns:
            if row[column]:
                yield row | {long.name: column, long.value: row[column]}

"""An agency's own exports, read a row at a time, and each column of the contract made from them."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

from expectations.contract import DATED, Column
from expectations.pseudonyms import normalise
from expectations.pseudonyms.keys import Identity, linkage_keys, reference, shared_key
from expectations.pseudonyms.mapping import IDENTITY, MappingError, Source, TableMap

Row = dict[str, str]
Places = dict[str, tuple[str, str]]


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


def read_export(folder: Path, table: TableMap) -> Iterator[Row]:
    """The rows of an export as written, by its own column names. Raises MappingError by file and
    line, never quoting a cell.
    """
    path = folder / table.file
    if not path.is_file():
        raise MappingError(f"{table.file}: not in the folder of exports")
    needed = set()
    for s in table.sources.values():
        for name in s.columns:
            needed.add(name)
    rows = 0
    try:
        with path.open(encoding=table.encoding, newline="") as f:
            reader = csv.reader(f, delimiter=table.delimiter, strict=True)
            header = [h.strip() for h in next(reader, [])]
            # Found before the first row, so that an hour's work is not thrown away at its end.
            if missing := sorted(needed - set(header)):
                raise MappingError(
                    f"{table.file}: has no column {missing[0]}, which columns.yml names"
                )
            for cells in reader:
                rows += 1
                if len(cells) != len(header):
                    raise MappingError(
                        f"{table.file}, line {reader.line_num}: {len(cells)} cells where the "
                        f"header has {len(header)}"
                    )
                yield dict(zip(header, cells, strict=True))
    except (UnicodeDecodeError, LookupError):
        raise MappingError(
            f"{table.file}: is not in the encoding {table.encoding}; name its own in columns.yml"
        ) from None
    except csv.Error:
        raise MappingError(
            f"{table.file}, near line {rows + 2}: is not CSV with this delimiter"
        ) from None


def reader(source: Source | None) -> Callable[[Row], str]:
    """A function from a row to the text of a source; several columns are joined, without a source
    it is blank.
    """
    if source is None or source.value is not None:
        value = source.value or "" if source else ""
        return lambda row: value
    if len(source.columns) == 1:
        (only,) = source.columns
        return lambda row: row[only].strip()
    columns = source.columns

    def joined(row: Row) -> str:
        parts = [row[c].strip() for c in columns]
        if any(parts):
            return "|".join(parts)
        return ""

    return joined


@functools.lru_cache(maxsize=200_000)
def _moment(text: str, form: str | None) -> dt.datetime | None:
    try:
        return dt.datetime.strptime(text, form) if form else dt.datetime.fromisoformat(text)  # noqa: DTZ007 local time
    except ValueError:
        return None


@functools.lru_cache(maxsize=200_000)
def written(moment: dt.datetime, kind: str) -> str:
    """A moment as the contract writes it."""
    forms = {
        "date": "%Y-%m-%d",
        "month": "%Y-%m",
        "timestamp": "%Y-%m-%dT%H:%M",
        "moment": "%Y-%m-%dT%H:%M",
    }
    return moment.strftime(forms[kind])


def maker(
    column: Column, source: Source, secrets: Secrets, places: Places, unread: Counter[str]
) -> Callable[[Row], str]:
    """A function from a row of the export to the cell of the contract. `unread` counts what could
    not be read, by column.
    """
    read = reader(source)
    make_cell = _cell_maker(column, source, secrets, places, unread)

    def make(row: Row) -> str:
        text = read(row)
        if text:
            return make_cell(text)
        return source.blank

    return make


def _cell_maker(
    column: Column, source: Source, secrets: Secrets, places: Places, unread: Counter[str]
) -> Callable[[str], str]:
    """What a column's kind makes of a text that is not blank."""
    if source.is_place:
        return functools.partial(_place_cell, column, places)
    if column.kind == "ref":
        return functools.partial(secrets.reference, column.name)
    if column.kind == "key":
        return functools.partial(shared_key, secrets.partnership, column.name)
    if column.kind in (*DATED, "month"):
        return functools.partial(_moment_cell, column, source, unread)
    if column.codes:
        return functools.partial(_code_cell, column, source, unread)
    if column.pattern:
        shape = re.compile(column.pattern.removesuffix("$") + r"\Z")
        return functools.partial(_shaped_cell, column, shape, unread)
    return str


def _place_cell(column: Column, places: Places, text: str) -> str:
    """A postcode never leaves the agency: only the ward or small area that it lies in."""
    postcode = normalise.postcode(text) or ""
    ward, lsoa = places.get(postcode, ("", ""))
    if column.kind == "ward":
        return ward
    return lsoa


def _moment_cell(column: Column, source: Source, unread: Counter[str], text: str) -> str:
    moment = _moment(text, source.form)
    if moment is None:
        unread[column.name] += 1
        return ""
    return written(moment, column.kind)


def _code_cell(column: Column, source: Source, unread: Counter[str], text: str) -> str:
    """The contract's codes, by the mapping's own words or as they stand; others are left out."""
    parts = [text]
    if column.kind == "list_of":
        parts = [part.strip() for part in text.split(source.separator)]
    codes = []
    for part in filter(None, parts):
        unmapped = part if part in column.codes else source.otherwise
        codes.append(source.codes.get(part.casefold(), unmapped))
    usable = [code for code in codes if code in column.codes]
    unread[column.name] += len(usable) < len(codes)
    return ";".join(dict.fromkeys(usable))


def _shaped_cell(column: Column, shape: re.Pattern[str], unread: Counter[str], text: str) -> str:
    # What does not have the contract's shape stays at the agency: a name that was typed into a
    # column of numbers would leave with it.
    if shape.match(text):
        return text
    unread[column.name] += 1
    return ""


def people_maker(
    table: TableMap, secrets: Secrets, places: Places, extracted_on: dt.date, counts: Counter[str]
) -> Callable[[Row], Row]:
    """A function from a row of the export to keys, birth month and home. `counts` has what could
    not be used, by identifier.
    """
    nhs_of, upn_of, forenames_of, surname_of, birth_of, postcode_of = (
        reader(table.sources.get(n)) for n in IDENTITY
    )
    form = None
    if "date_of_birth" in table.sources:
        form = table.sources["date_of_birth"].form

    def make(row: Row) -> Row:
        born_text = birth_of(row)
        moment = _moment(born_text, form) if born_text else None
        person = Identity(
            nhs_of(row),
            upn_of(row),
            forenames_of(row),
            surname_of(row),
            moment.date() if moment else None,
            postcode_of(row),
        )
        keys = linkage_keys(secrets.partnership, person, extracted_on)
        born = normalise.birth(person.date_of_birth, extracted_on)
        if born_text and born is None:
            counts["date_of_birth"] += 1
        if person.nhs_number and not keys["key_nhs"]:
            counts["nhs_number"] += 1
        if person.upn and not keys["key_upn"]:
            counts["upn"] += 1
        cells = {**keys, "birth_month": born.isoformat()[:7] if born else ""}
        if person.postcode and places:
            postcode = normalise.postcode(person.postcode) or ""
            ward, lsoa = places.get(postcode, ("", ""))
            counts["postcode"] += not ward
            cells |= {"ward_code": ward, "lsoa_code": lsoa}
        return cells

    return make

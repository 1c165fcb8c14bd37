"""`columns.yml`: where each column of the contract comes from in an agency's own exports. What does
not fit is refused by file and line, before an export is opened.
"""

from __future__ import annotations

import codecs
import datetime as dt
import re
import zoneinfo
from collections.abc import Collection
from dataclasses import dataclass, field
from itertools import permutations
from pathlib import Path

import yaml

from expectations.contract import DATED, Column, Contract, agencies, code_lists, contracts_of
from expectations.pseudonyms.mapping_file import (
    FileEntry,
    LatestEntry,
    MappingFile,
    SourceEntry,
    TableEntry,
)
from expectations.pseudonyms.moments import are_told_apart, is_form, moment_of
from expectations.pseudonyms.raw import Layout, MappingError
from expectations.pseudonyms.shaping import Each, Join, Latest, Long, Shape
from expectations.pseudonyms.systems import laid_over, read_system
from expectations.reading import (
    FileError,
    as_model,
    line_of,
    nearest,
    read_raw,
    read_words,
)

__all__ = ["IDENTITY", "MADE", "Mapping", "MappingError", "Source", "TableMap", "read_mapping"]

IDENTITY = ("nhs_number", "upn", "forenames", "surname", "date_of_birth", "postcode")
# Made from the identity. Of these the month of birth alone may be mapped, where no date of birth
# is.
MADE = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode", "birth_month")
DELIMITERS = {"tab": "\t", "\\t": "\t", "comma": ",", "semicolon": ";", "pipe": "|"}
# What databases and spreadsheets write where there is nothing. A code that is written so stays.
BLANK_IS = (
    "NULL", "(null)", "[null]", "<null>", "{null}", "\\N", "nil",
    "#N/A", "#NULL!", "#REF!", "#VALUE!", "#NAME?", "NaN", "NaT",
)  # fmt: skip
PLACES = ("ward", "lsoa", "la")
# Which words a column takes besides where it comes from, by what it holds.
OF_DAYS = frozenset({"format", "zone", "open_end"})
WORDS_OF = {
    **dict.fromkeys((*DATED, "month"), OF_DAYS),
    "timestamp": OF_DAYS | {"time"},
    "codes": frozenset({"codes", "otherwise"}),
    "list_of": frozenset({"codes", "otherwise", "separator"}),
    "integer": frozenset({"number"}),
    "number": frozenset({"number"}),
    "hour": frozenset({"number"}),
}
WORDS = ("format", "time", "zone", "open_end", "codes", "otherwise", "separator", "number")
# Which kinds of column may come from what; whatever is not here, any may.
ORIGINS = {
    "postcode": PLACES,
    "date_and_time": DATED,
    "flags": ("list_of",),
    "sum": ("integer", "number"),
}


@dataclass(frozen=True)
class Source:
    """Where one column comes from: columns of the export and how to read them, or one value for
    every row. `line` is where columns.yml says so: of what a ready mapping brings, the line of
    `system` or of the table.

    Of days and moments: `forms` are how they are written, `time` is the time of day of a day alone,
    `zone` the zone of moments that name none, `open_ends` are days that stand for no day. Of codes:
    `codes` are by what the cell holds, `otherwise` is for any other, `blank` for a blank one.
    """

    columns: tuple[str, ...] = ()
    origin: str = "from"
    forms: tuple[str, ...] = ()
    time: str = ""
    zone: str | None = None
    open_ends: frozenset[str] = frozenset()
    codes: dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    separator: str = ";"
    is_number: bool = False
    flags: dict[str, str] = field(default_factory=dict)
    value: str | None = None
    blank: str = ""
    line: int = 0


@dataclass(frozen=True)
class TableMap:
    """One table: how the export is written, what is done to its rows, the source of each
    column.
    """

    contract: Contract
    layout: Layout
    shape: Shape
    blank_is: frozenset[str]
    sources: dict[str, Source]

    @property
    def file(self) -> str:
        """What the export is called in counts and messages."""
        return self.layout.files[0]

    @property
    def needed(self) -> frozenset[str]:
        """The columns that the export must have."""
        named = {name for source in self.sources.values() for name in source.columns}
        return frozenset(named - self.shape.made) | self.shape.named


@dataclass(frozen=True)
class Mapping:
    """The whole of `columns.yml`."""

    agency: str
    provider: str | None
    period_start: dt.date
    period_end: dt.date
    not_supplied: dict[str, str]
    # Each table's parts, one after the other.
    tables: dict[str, tuple[TableMap, ...]]


def read_mapping(path: Path, agency: str, system: str | None = None) -> Mapping:
    """Read and check `columns.yml`, laid over the ready mapping of a system where one is named.
    Raises MappingError: file, line, table and column, and what is allowed.
    """
    try:
        text = read_words(path)
        raw, tree = read_raw(text, path.name, as_texts=True)
        if system is not None:
            raw = laid_over(read_system(system, agency), raw)
        file = as_model(MappingFile, raw, tree, path.name)
        return _Reader(path.name, tree, agency).mapping(file)
    except FileError as error:
        raise MappingError(str(error)) from None


class _Reader:
    """Turns the words of a file into a mapping, and says by line what cannot be meant."""

    def __init__(self, name: str, tree: yaml.Node | None, agency: str) -> None:
        self.name = name
        self.tree = tree
        self.agency = agency
        self.known = contracts_of(agency)

    def fault(self, at: tuple[str, ...], words: str) -> FileError:
        """What is wrong at a place (keys from the top)."""
        return FileError(f"{self.name}, line {line_of(self.tree, at)}: {words}.")

    def mapping(self, file: MappingFile) -> Mapping:
        """The whole. Raises FileError."""
        if file.period.start >= file.period.end:
            raise self.fault(("period",), "period: the start is before the end")
        if agencies()[self.agency].providers != bool(file.provider):
            words = "provider is needed for health (the provider's code), and for no other agency"
            raise self.fault(("provider",), words)
        for table in file.tables:
            if table not in self.known:
                words = f"tables: no such table; {nearest(table, list(self.known))}"
                raise self.fault(("tables", table), words)
        missing = [
            table
            for table, contract in self.known.items()
            if contract.required and table not in file.tables
        ]
        if missing:
            words = (
                f"required tables are not mapped: {', '.join(missing)}; not_supplied cannot stand "
                "for them, so map lists of your own"
            )
            raise self.fault(("tables",), words)
        self._check_not_supplied(file.not_supplied)
        # People first: `only_of` keeps the rows of other tables whose person is among them.
        in_order = [table for table in self.known if table in file.tables]
        return Mapping(
            self.agency,
            file.provider,
            file.period.start,
            file.period.end,
            dict(file.not_supplied),
            {table: self._parts(table, file.tables[table]) for table in in_order},
        )

    def _check_not_supplied(self, not_supplied: dict[str, str]) -> None:
        reasons = code_lists()["not_supplied_reason"]
        for key, reason in not_supplied.items():
            at = ("not_supplied", key)
            if reason not in reasons:
                raise self.fault(at, f"{key}: the reason is one of {', '.join(reasons)}")
            table, _, column = key.partition(".")
            if table not in self.known or (column and self.known[table].column(column) is None):
                words = f"{key} is no table or table.column of the agency"
                hint = nearest(table, list(self.known))
                if table in self.known:
                    hint = nearest(column, [c.name for c in self.known[table].columns])
                raise self.fault(at, f"{words}; {hint}")

    def _parts(self, table: str, entries: tuple[TableEntry, ...]) -> tuple[TableMap, ...]:
        return tuple(
            self._table(table, entry, ("tables", table, str(number)))
            for number, entry in enumerate(entries)
        )

    def _table(self, table: str, entry: TableEntry, at: tuple[str, ...]) -> TableMap:
        contract = self.known[table]
        self._check_columns(table, entry, (*at, "columns"))
        sources = {}
        for name, source in entry.columns.items():
            sources[name] = self._source(table, name, source, (*at, "columns", name))
        if entry.only_of and table == "people":
            raise self.fault((*at, "only_of"), "only_of: is for the other tables")
        if entry.only_of and contract.column("person_ref") is None:
            words = (
                f"only_of: {table} has no person_ref by which its rows could be left out; keep "
                "those of people in the export"
            )
            raise self.fault((*at, "only_of"), words)
        blank_is = BLANK_IS if entry.blank_is is None else entry.blank_is
        return TableMap(
            contract,
            self._layout(entry, at),
            self._shape(entry, at),
            frozenset(token.casefold() for token in blank_is),
            sources,
        )

    def _check_columns(self, table: str, entry: TableEntry, at: tuple[str, ...]) -> None:
        """Each column is one of the contract's or, of people, of the identity, and what every row
        must have is there.
        """
        contract = self.known[table]
        made: tuple[str, ...] = MADE if table == "people" else ()
        if "date_of_birth" not in entry.columns:
            # Exports that were pseudonymised before have the month alone.
            made = tuple(name for name in made if name != "birth_month")
        may_be_mapped = [c.name for c in contract.columns if c.name not in made]
        allowed = [*may_be_mapped, *(IDENTITY if table == "people" else ())]
        for column in entry.columns:
            if column not in allowed:
                words = f"table {table}, columns: {column} is none of {', '.join(sorted(allowed))}"
                raise self.fault((*at, column), words)
        missing = []
        for c in contract.columns:
            if (
                c.blank == "error"
                and not c.optional
                and c.name in may_be_mapped
                and c.name not in entry.columns
                and c.name not in MADE
            ):
                missing.append(c.name)
        if table == "people" and not {"date_of_birth", "birth_month"} & set(entry.columns):
            missing.append("date_of_birth (or birth_month, where the export has no more)")
        if missing:
            words = f"table {table}: required and not mapped: {', '.join(missing)}"
            raise self.fault(at, words)

    def _layout(self, entry: FileEntry, at: tuple[str, ...]) -> Layout:
        for name in entry.file:
            if Path(name).name != name or "\\" in name:
                words = "file: the name of a file in the folder of exports, or several"
                raise self.fault((*at, "file"), words)
        delimiter = DELIMITERS.get(entry.delimiter.casefold(), entry.delimiter)
        if len(delimiter) != 1 or delimiter in '"\r\n':
            words = "delimiter: one character, or one of comma, semicolon, tab and pipe"
            raise self.fault((*at, "delimiter"), words)
        if entry.encoding is not None:
            try:
                codecs.lookup(entry.encoding)
            except LookupError:
                words = "encoding: no such encoding; Windows has cp1252, most others utf-8"
                raise self.fault((*at, "encoding"), words) from None
        if entry.skip_lines is not None and entry.header_at is not None:
            raise self.fault((*at, "skip_lines"), "skip_lines or header_at, not both")
        header_at = entry.header_at
        if entry.skip_lines is not None:
            header_at = entry.skip_lines + 1
        if header_at == 0:
            raise self.fault((*at, "header_at"), "header_at: the first line is 1")
        if entry.sheet is not None and entry.rows_of is not None:
            words = "sheet (of a workbook) or rows_of (of an XML return), not both"
            raise self.fault((*at, "sheet"), words)
        return Layout(
            entry.file,
            entry.encoding,
            delimiter,
            header_at,
            self._stop_at(entry, at),
            entry.sheet,
            entry.rows_of,
            entry.quote == "double",
        )

    def _stop_at(self, entry: FileEntry, at: tuple[str, ...]) -> re.Pattern[str] | None:
        if entry.stop_at is None:
            return None
        try:
            return re.compile(entry.stop_at, re.IGNORECASE)
        except re.error:
            words = "stop_at: no regular expression; plain words are one"
            raise self.fault((*at, "stop_at"), words) from None

    def _shape(self, entry: TableEntry, at: tuple[str, ...]) -> Shape:
        join = None
        if entry.join:
            if len(entry.join.on) not in (1, 2):
                words = "on: the key's column, or its name here and its name there"
                raise self.fault((*at, "join", "on"), words)
            layout = self._layout(entry.join, (*at, "join"))
            here = entry.join.on[0]
            there = entry.join.on[-1]
            shape = Shape(
                keep=_casefolded(entry.join.keep),
                drop=_casefolded(entry.join.drop),
                latest=self._latest(entry.join.latest_per, {}, (*at, "join")),
            )
            join = Join(layout, (here, there), frozenset(entry.join.columns), shape)
        latest = self._latest(entry.latest_per, entry.columns, at)
        each = None
        if entry.each:
            each = Each(entry.each.column, entry.each.separator, entry.each.of == "json")
        long = None
        if entry.long:
            long = Long(entry.long.columns, entry.long.name, entry.long.value)
            self._check_made_later(entry, at)
        return Shape(
            join,
            _casefolded(entry.keep),
            _casefolded(entry.drop),
            latest,
            each,
            long,
            entry.only_of is not None,
        )

    def _latest(
        self, entry: LatestEntry | None, columns: dict[str, SourceEntry], at: tuple[str, ...]
    ) -> Latest | None:
        if entry is None:
            return None
        self._check_forms(entry.format, (*at, "latest_per", "format"))
        # Days that are written in two ways are the same day all the same.
        forms_of: dict[str, tuple[str, ...]] = {}
        for source in columns.values():
            if source.format:
                forms_of |= {name: source.format for name in source.from_ if name in entry.per}
        return Latest(entry.per, entry.by, entry.format, forms_of)

    def _check_made_later(self, entry: TableEntry, at: tuple[str, ...]) -> None:
        """What is done to the rows before `long` cannot read the columns that it makes."""
        if entry.long is None:
            return
        made = {entry.long.name, entry.long.value}
        read = {"keep": set(entry.keep), "drop": set(entry.drop)}
        if entry.latest_per:
            read["latest_per"] = {*entry.latest_per.per, entry.latest_per.by}
        if entry.each:
            read["each"] = {entry.each.column}
        for word, names in read.items():
            if there := sorted(names & made):
                words = f"{word}: {there[0]} is made by long, which comes after it"
                raise self.fault((*at, word), words)

    def _check_forms(
        self, forms: Collection[str], at: tuple[str, ...], *, needs_day: bool = True
    ) -> None:
        for form in forms:
            if not is_form(form, needs_day=needs_day):
                words = (
                    "format: is none that a day can be read by; days of a month are "
                    '"%d/%m/%Y", with minutes "%d/%m/%Y %H:%M", a spreadsheet\'s numbers excel'
                )
                raise self.fault(at, words)
        for one, other in permutations(forms, 2):
            if not are_told_apart(one, other):
                words = (
                    "format: the same cell is one day by one of these and another by the other; "
                    "give parts that are written differently a table entry each"
                )
                raise self.fault(at, words)

    def _source(self, table: str, name: str, entry: SourceEntry, at: tuple[str, ...]) -> Source:
        where = f"table {table}, column {name}"
        column = self._column(table, name)
        origin = self._origin(entry, where, at)
        if name in IDENTITY and origin != "from":
            raise self.fault((*at, origin), f"{where}: comes from columns of the export (from)")
        if origin in ORIGINS and column.kind not in ORIGINS[origin]:
            words = f"{where}: {origin} is for columns that hold {_kinds(ORIGINS[origin])}"
            raise self.fault((*at, origin), words)
        self._check_words(entry, column, where, at)
        columns = {
            "from": entry.from_,
            "postcode": entry.postcode,
            "date_and_time": entry.date_and_time,
            "flags": tuple(entry.flags),
            "sum": entry.sum,
            "value": (),
        }[origin]
        return Source(
            columns,
            origin,
            entry.format,
            entry.time,
            entry.zone or None,
            frozenset(entry.open_end),
            {raw.strip().casefold(): code for raw, code in entry.codes.items()},
            entry.otherwise,
            entry.separator or ";",
            entry.number,
            dict(entry.flags),
            entry.value,
            entry.blank,
            line_of(self.tree, at),
        )

    def _column(self, table: str, name: str) -> Column:
        """The contract's column; of the identity, as what it is read."""
        if name == "date_of_birth":
            return Column(name, "date")
        return self.known[table].column(name) or Column(name, "words")

    def _origin(self, entry: SourceEntry, where: str, at: tuple[str, ...]) -> str:
        told = {
            "from": entry.from_,
            "postcode": entry.postcode,
            "date_and_time": entry.date_and_time,
            "flags": entry.flags,
            "sum": entry.sum,
        }
        named = [origin for origin, columns in told.items() if columns]
        if entry.value is not None:
            named.append("value")
        if len(named) != 1:
            words = (
                f"{where}: says where it comes from (from, postcode, date_and_time, flags or sum), "
                "or one value for every row"
            )
            raise self.fault(at, words)
        return named[0]

    def _check_words(
        self, entry: SourceEntry, column: Column, where: str, at: tuple[str, ...]
    ) -> None:
        allowed = WORDS_OF.get(column.kind, frozenset())
        for word in WORDS:
            if getattr(entry, word) not in ((), "", None, False, {}) and word not in allowed:
                takes = f"; it takes {', '.join(sorted(allowed))}" if allowed else ""
                words = f"{where}: {word} is not for {_kinds((column.kind,))}{takes}"
                raise self.fault((*at, word), words)
        self._check_forms(entry.format, (*at, "format"), needs_day=column.kind != "month")
        for end in entry.open_end:
            if re.search(r"\d", end) and moment_of(end, entry.format, None) is None:
                words = f"{where}: open_end: a day is written as its format has it"
                raise self.fault((*at, "open_end"), words)
        if entry.zone and entry.zone not in zoneinfo.available_timezones():
            raise self.fault((*at, "zone"), f"{where}: zone is such as UTC or Europe/London")
        if entry.time and not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", entry.time):
            raise self.fault((*at, "time"), f'{where}: time is such as "00:00"')
        if column.codes:
            self._check_codes(entry, column, where, at)

    def _check_codes(
        self, entry: SourceEntry, column: Column, where: str, at: tuple[str, ...]
    ) -> None:
        """Whatever the mapping makes of a cell is a code of the contract."""
        told = {"otherwise": entry.otherwise, "value": entry.value, "blank": entry.blank}
        for word, code in told.items():
            codes = (code or "").split(";") if column.kind == "list_of" else [code]
            if code and not set(codes) <= set(column.codes):
                words = f"{where}: {word} is no code; {nearest(code, list(column.codes))}"
                raise self.fault((*at, word), words)
        for word, of_cells in (("codes", entry.codes), ("flags", entry.flags)):
            for raw, code in of_cells.items():
                if code and code not in column.codes:
                    words = f"{where}: no such code; {nearest(code, list(column.codes))}"
                    raise self.fault((*at, word, raw), words)
        meant: dict[str, str] = {}
        for raw, code in entry.codes.items():
            # Cells are looked up whether in capitals or not.
            if meant.setdefault(raw.strip().casefold(), code) != code:
                words = f"{where}: two codes for what differs in capitals alone"
                raise self.fault((*at, "codes", raw), words)


def _casefolded(values: dict[str, tuple[str, ...]]) -> dict[str, frozenset[str]]:
    return {name: frozenset(v.casefold() for v in of) for name, of in values.items()}


def _kinds(kinds: Collection[str]) -> str:
    words = {
        "date": "days",
        "timestamp": "moments",
        "moment": "moments or days",
        "month": "months",
        "codes": "a code",
        "list_of": "several codes",
        "ref": "references",
        "integer": "whole numbers",
        "number": "numbers",
        "ward": "wards",
        "lsoa": "small areas",
        "la": "authorities",
    }
    return ", ".join(words.get(kind, "what this column holds") for kind in kinds)

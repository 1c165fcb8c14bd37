"""Makes the extract: every table of `columns.yml` keyed, recoded and cut down to its contract, then
screened, then handed over whole.
"""

from __future__ import annotations

import contextlib
import csv
import datetime as dt
import gc
import itertools
import json
import logging
import re
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from expectations.contract import DATED, Column, agencies
from expectations.judging.supply import CONTRACT_VERSION, file_sha256
from expectations.pseudonyms import normalise
from expectations.pseudonyms.canaries import CANARIES, canary_people
from expectations.pseudonyms.cells import (
    MOST_DIFFERENT,
    Noted,
    Secrets,
    maker,
    people_maker,
    reader,
)
from expectations.pseudonyms.keys import KEYS, SecretError, fingerprint
from expectations.pseudonyms.mapping import BLANK_IS, MADE, Mapping, MappingError, Source, TableMap
from expectations.pseudonyms.places import Places, places
from expectations.pseudonyms.raw import LeftOut, Row, rows
from expectations.pseudonyms.shaping import KEPT, shaped
from expectations.screen.screen import screen_supply

# What goes on, for whoever waits; no value.
STAGE = logging.getLogger("cce.stage")

# A column of which more cannot be read was mapped wrongly: a day and a month exchanged, for one.
MOST_UNREAD = 0.2


AREAS = ("ward_code", "lsoa_code")
NOT_IN_EXTRACT = "rows of children who are not in the extract"
# What is said of cells that were noticed, after “people, surname: 12 cells ”.
SAID = {
    "unread": "could not be read and were left blank",
    "said_nothing": "say NULL or the like (columns.yml: blank_is) and are blank",
    "stand_ins": "hold no name or number (“Unknown”, “Baby”, one name in both fields …): no key",
    "open_ends": "mean that there is no end yet and are blank",
    "other_zones": "had another zone than London's and were turned into it",
    "days_alone": "are days without a time",
    "times_assumed": "are days, with the time that columns.yml names",
    "otherwise": "have no line in codes and were given the code of otherwise",
    "unplaced": "hold a postcode that the postcode file does not have: no area is known",
    "orphans": "of children who are not in the extract (only_of: people leaves the rows out)",
}


SINGLE = {"were": "was", "say": "says", "hold": "holds", "mean": "means", "are": "is", "had": "has"}


@dataclass
class Result:
    """What was made, in counts: rows by table, keys by kind, what was left out of each export and
    what was noticed in the cells of each table.
    """

    rows: dict[str, int] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)
    left_out: LeftOut = field(default_factory=Counter)
    noted: dict[str, Noted] = field(default_factory=dict)
    # Columns that hold one value in every row because columns.yml says so, and columns of areas
    # that are blank for want of a postcode file.
    constants: dict[str, str] = field(default_factory=dict)
    without_postcodes: list[str] = field(default_factory=list)

    def lines(self) -> list[str]:
        """For the data officer."""
        people = max(1, self.rows.get("people", 0) - len(CANARIES))
        messages = [f"{table}: {number:,} rows" for table, number in self.rows.items()]
        messages += [
            f"{key}: on {self.keys[key]:,} of {people:,} people ({self.keys[key] / people:.0%})"
            for key in KEYS
        ]
        for (file, what), number in self.left_out.items():
            if number:
                became = "" if what in KEPT else ", left out"
                messages.append(f"{file}: {_so_many(number, what)}{became}")
        for table, noted in self.noted.items():
            messages += _said(table, noted)
        for column, value in self.constants.items():
            messages.append(f"{column}: {value} in every row, as the mapping says")
        if self.without_postcodes:
            messages.append(
                f"no postcode file (--postcodes): {', '.join(self.without_postcodes)} are blank in "
                "every row"
            )
        messages.append(f"taken as blank unless columns.yml says otherwise: {' '.join(BLANK_IS)}")
        return messages


def _so_many(number: int, what: str) -> str:
    """“3 blank lines”, “1 blank line”."""
    if number == 1:
        what = what.replace("lines", "line", 1).replace("rows", "row", 1)
    return f"{number:,} {what}"


def _said(table: str, noted: Noted) -> list[str]:
    messages = []
    for what, words in SAID.items():
        counts: Counter[str] = getattr(noted, what)
        for column, number in counts.items():
            if not number:
                continue
            told = f"{number:,} cells {words}"
            if number == 1:
                told = f"1 cell {_of_one(words)}"
            messages.append(f"{table}, {column}: {told}{_different(noted, what, column)}")
    return messages


def _of_one(words: str) -> str:
    """“were left blank” of several is “was left blank” of one."""
    if words.startswith("of "):
        return words
    for several, single in SINGLE.items():
        words = re.sub(rf"\b{several}\b", single, words)
    return words


def _different(noted: Noted, what: str, column: str) -> str:
    if what != "unread" or column not in noted.without_line:
        return ""
    return f" ({_texts(noted.without_line[column])} without a line in codes)"


def _texts(different: set[str]) -> str:
    if len(different) >= MOST_DIFFERENT:
        return f"more than {MOST_DIFFERENT:,} different texts"
    if len(different) == 1:
        return "one text"
    return f"{len(different):,} different texts"


def pseudonymise(
    raw: Path,
    out: Path,
    mapping: Mapping,
    partnership: bytes,
    agency: bytes,
    extracted_at: dt.datetime,
    postcodes: Path | None = None,
) -> Result:
    """Write the supply folder `out` from the exports in `raw`; it is there whole, or not at all.

    Raises MappingError where an export is not as `columns.yml` says or the result surely would
    still identify somebody, and SecretError where both secrets are one.
    """
    if partnership == agency:
        raise SecretError(
            "the agency's own secret must not be the partnership's: the references would be known "
            "to all"
        )
    # “.” has no name beside which the extract could be made.
    out = out.resolve()
    if out.is_relative_to(raw.resolve()) or raw.resolve().is_relative_to(out):
        raise MappingError(
            "the extract must not be written where the exports are read: name another folder"
        )
    if out.exists() and any(out.iterdir()):
        raise MappingError("there is something in the output folder already: name a new one")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        with _collector_paused():
            result = _write(raw, part, mapping, partnership, agency, extracted_at, postcodes)
            identifiers = screen_supply(part, mapping.agency, extracted_at.date())
        sure = []
        for file, of in identifiers.items():
            for f in of:
                if f.is_sure:
                    sure.append(f"{file}, {f.sentence()}")
        if sure:
            raise MappingError(
                "the extract would still identify people, so it was not written: " + "; ".join(sure)
            )
        if out.exists():
            out.rmdir()
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return result


@contextlib.contextmanager
def _collector_paused() -> Iterator[None]:
    """Millions of rows come and go, none of which refers to itself: looking through them for such
    again and again would take a seventh of the time (benchmarks/pseudonymise.py).
    """
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _write(
    raw: Path,
    part: Path,
    mapping: Mapping,
    partnership: bytes,
    agency: bytes,
    extracted_at: dt.datetime,
    postcodes: Path | None,
) -> Result:
    prefix = agencies()[mapping.agency].prefix
    secrets = Secrets(partnership, agency, prefix)
    places_of = places(postcodes, _postcodes(raw, mapping)) if postcodes else {}
    writer = _Writer(raw, part, secrets, places_of, extracted_at.date())
    for name, parts in mapping.tables.items():
        STAGE.info("keying and writing %s", name)
        writer.write(name, parts)
    result = writer.result
    tables = {}
    for name, number in sorted(result.rows.items()):
        tables[name] = {"rows": number, "sha256": file_sha256(part / f"{name}.csv")}
    manifest = {
        "agency": mapping.agency,
        "provider": mapping.provider,
        "contract_version": CONTRACT_VERSION,
        "key_fingerprint": fingerprint(partnership),
        "period_start": mapping.period_start.isoformat(),
        "period_end": mapping.period_end.isoformat(),
        "extracted_at": extracted_at.strftime("%Y-%m-%dT%H:%M"),
        "tables": tables,
        "not_supplied": _not_supplied(mapping, has_postcodes=bool(postcodes)),
    }
    result.constants = _constants(mapping)
    if not postcodes:
        result.without_postcodes = _of_postcodes(mapping)
    (part / "supply.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return result


def _constants(mapping: Mapping) -> dict[str, str]:
    """Columns whose every row has one value, by “table, column”."""
    constants = {}
    for name, parts in mapping.tables.items():
        for column in parts[0].contract.columns:
            sources = [part.sources.get(column.name, Source()) for part in parts]
            values = {source.value for source in sources}
            if len(values) == 1 and (value := values.pop()):
                constants[f"{name}, {column.name}"] = value
    return constants


def _of_postcodes(mapping: Mapping) -> list[str]:
    """Columns that a postcode would fill, by table.column."""
    columns = []
    for name, parts in mapping.tables.items():
        for part in parts:
            if name == "people" and "postcode" in part.sources:
                columns += [f"people.{area}" for area in AREAS if area not in part.sources]
            for column, source in part.sources.items():
                if source.origin == "postcode":
                    columns.append(f"{name}.{column}")
    return list(dict.fromkeys(columns))


def _not_supplied(mapping: Mapping, has_postcodes: bool) -> dict[str, str]:
    """Columns that the mapping leaves out are blank, and declared as not held; without postcodes,
    or the file of them, those of areas too.
    """
    declared = dict(mapping.not_supplied)
    if not has_postcodes:
        for area in _of_postcodes(mapping):
            declared.setdefault(area, "not_held")
    for name, parts in mapping.tables.items():
        told = set(itertools.chain.from_iterable(part.sources for part in parts))
        if name == "people":
            # Keys stand in the rows of the fictitious children whatever is mapped.
            told |= {*MADE, *(AREAS if "postcode" in told else ())}
        for column in parts[0].contract.columns:
            if column.name not in told:
                declared.setdefault(f"{name}.{column.name}", "not_held")
    return declared


def _postcodes(raw: Path, mapping: Mapping) -> set[str]:
    """Every postcode of the exports, to look them up at once."""
    wanted: set[str] = set()
    for table in itertools.chain.from_iterable(mapping.tables.values()):
        named = []
        for name, source in table.sources.items():
            if source.origin == "postcode" or name == "postcode":
                named.append(reader(name, source, table, Noted(), join=" "))
        if named:
            for row in _rows(raw, table, Counter()):
                wanted.update(p for read in named if (p := normalise.postcode(read(row))))
    return wanted


def _rows(raw: Path, table: TableMap, left_out: LeftOut) -> Iterator[Row]:
    found = rows(raw, table.layout, table.needed, left_out)
    return shaped(raw, table.file, found, table.shape, table.blank_is, left_out)


class Writer(Protocol):
    """What writes rows of cells: `csv.writer` has no name of its own."""

    def writerow(self, row: Sequence[str], /) -> object:
        """One row."""


class _Writer:
    """Writes the tables of an extract one after the other, people first, and counts."""

    def __init__(
        self, raw: Path, folder: Path, secrets: Secrets, found: Places, extracted_on: dt.date
    ) -> None:
        self.raw = raw
        self.folder = folder
        self.secrets = secrets
        self.found = found
        self.extracted_on = extracted_on
        self.result = Result()
        # References of those in the extract.
        self.people: set[str] = set()

    def write(self, name: str, parts: Sequence[TableMap]) -> None:
        """Write one table, its parts one after the other. Raises MappingError where much cannot be
        read.
        """
        contract = parts[0].contract
        noted = self.result.noted.setdefault(name, Noted())
        self.result.rows[name] = 0
        with (self.folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            columns = [column.name for column in contract.columns]
            out = csv.writer(file, lineterminator="\n")
            out.writerow(columns)
            seen: dict[str, set[str]] = {c.name: set() for c in contract.columns if c.unique}
            for part in parts:
                of_part = Noted()
                written = self._write_part(out, name, part, of_part, seen)
                _refuse_again(name, part, of_part)
                _refuse_unread(name, part, of_part, written)
                _refuse_orphans(name, part, of_part, written)
                noted.add(of_part)
                self.result.rows[name] += written
            if contract.required and not self.result.rows[name]:
                raise MappingError(
                    f"table {name}: no row is left, and it is one that every supply has; look at "
                    "keep, drop and only_of in columns.yml, and whether the export is whole"
                )
            if name == "people":
                systems = agencies()[contract.agency].ethnicity
                for canary in canary_people(self.secrets.partnership, self.secrets.prefix, systems):
                    out.writerow([canary.get(column, "") for column in columns])
                    self.result.rows[name] += 1

    def _count_keys(self, cells: Row) -> None:
        for key in KEYS:
            self.result.keys[key] += cells[key] != ""

    def _write_part(
        self, out: Writer, name: str, part: TableMap, noted: Noted, seen: dict[str, set[str]]
    ) -> int:
        columns = [column.name for column in part.contract.columns]
        makers = {}
        for column in part.contract.columns:
            if column.name in part.sources:
                makers[column.name] = maker(column, part, self.secrets, self.found, noted)
        person = None
        if name == "people":
            person = people_maker(part, self.secrets, self.found, self.extracted_on, noted)
        # Made first: of a row that is left out no other cell counts.
        whose = None if person else makers.pop("person_ref", None)
        number = 0
        for row in _rows(self.raw, part, self.result.left_out):
            cells: Row = {}
            if whose:
                cells["person_ref"] = whose(row)
                is_in_extract = cells["person_ref"] in self.people
                if not is_in_extract and part.shape.is_only_of_people:
                    self.result.left_out[part.file, NOT_IN_EXTRACT] += 1
                    continue
                noted.orphans["person_ref"] += bool(cells["person_ref"]) and not is_in_extract
            cells |= {column: make(row) for column, make in makers.items()}
            if person:
                cells = person(row) | cells
                self._count_keys(cells)
                self.people.add(cells["person_ref"])
            for unique, values in seen.items():
                value = cells.get(unique, "")
                # A blank is told as a blank.
                if value and value in values:
                    noted.again[unique] += 1
                values.add(value)
            out.writerow([cells.get(column, "") for column in columns])
            number += 1
        return number


def _refuse_again(name: str, table: TableMap, noted: Noted) -> None:
    """What stands for one row each must not stand on several: they would be refused later."""
    for column, times in noted.again.items():
        source = table.sources.get(column)
        if times and source:
            per = ", ".join(source.columns)
            advice = f"latest_per: {{per: [{per}]}} keeps the last row of each"
            if table.shape.latest:
                advice = "keep or drop can leave them out of one of the table's parts"
            raise MappingError(
                f"table {name}, {column} (columns.yml, line {source.line}): {times:,} rows have a "
                f"value that stood before; {advice}"
            )


def _refuse_unread(name: str, table: TableMap, noted: Noted, number: int) -> None:
    for column, unread in noted.unread.items():
        source = table.sources.get(column)
        # References that cannot be read are of rows that are left out where only_of is said.
        looked_at = max(number, unread)
        if source and unread > MOST_UNREAD * looked_at:
            share = f"{unread / looked_at:.0%}"
            raise MappingError(
                f"table {name}, {column} (columns.yml, line {source.line}): {unread:,} of "
                f"{looked_at:,} cells ({share}) could not be read; "
                f"{_hint(table.contract.column(column), column, source, noted)}"
            )


def _refuse_orphans(name: str, table: TableMap, noted: Noted, number: int) -> None:
    """Most rows are of children in the extract, or the references are not the same ones."""
    orphans = noted.orphans["person_ref"]
    source = table.sources.get("person_ref")
    if source and orphans > MOST_UNREAD * number:
        raise MappingError(
            f"table {name}, person_ref (columns.yml, line {source.line}): {orphans:,} of "
            f"{number:,} rows are of children who are not in the table people; are the references "
            "written alike in both (noughts in front, capitals, spaces)? Where the export holds "
            "other children too, say only_of: people"
        )


def _hint(column: Column | None, name: str, source: Source, noted: Noted) -> str:
    """What to do about the fault in hand."""
    if noted.days_alone[name] and column and column.kind == "timestamp":
        return 'they are days without a time; where a time may be assumed, say time: "00:00"'
    if name == "date_of_birth" or (column and column.kind in (*DATED, "month")):
        if source.forms:
            return "look at its format"
        return (
            'say how they are written, for example format: "%d/%m/%Y"; numbers of days, as a '
            "spreadsheet counts them, are format: excel"
        )
    if column and column.kind == "ref":
        return (
            "a spreadsheet has shortened long numbers (2.02E+11): make the column text there, and "
            "export it again"
        )
    if name in noted.without_line:
        return f"{_texts(noted.without_line[name])} without a line in its codes"
    if column and column.pattern:
        return f"the contract wants {column.words}"
    return "is it the right column?"

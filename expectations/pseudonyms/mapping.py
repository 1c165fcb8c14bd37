"""`columns.yml`: where each column of the contract comes from in an agency's own exports. Read
once, refused in words.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, model_validator

from expectations.contract import Contract, agencies, code_lists, contracts_of
from expectations.reading import FileError, Strict, fault, nearest, read_text, read_words

IDENTITY = ("nhs_number", "upn", "forenames", "surname", "date_of_birth", "postcode")
# Made from the identity; nobody maps them.
MADE = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode", "birth_month")


class MappingError(Exception):
    """What is wrong in `columns.yml` or an export, by file, table and column."""


@dataclass(frozen=True)
class Source:
    """Where one column comes from: columns of the export, how to read them; or one value for every
    row.
    """

    columns: tuple[str, ...] = ()
    form: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    blank: str = ""
    value: str | None = None
    separator: str = ";"
    is_place: bool = False


@dataclass(frozen=True)
class TableMap:
    """One table: the export's file and how it is written, and the source of each column."""

    contract: Contract
    file: str
    encoding: str
    delimiter: str
    sources: dict[str, Source]


@dataclass(frozen=True)
class Mapping:
    """The whole of `columns.yml`."""

    agency: str
    provider: str | None
    period_start: dt.date
    period_end: dt.date
    not_supplied: dict[str, str]
    tables: dict[str, TableMap]


def _several(raw: Any) -> Any:
    """One name is short for a list of one."""
    if isinstance(raw, str):
        return [raw]
    return raw


class SourceEntry(Strict):
    """Where a column comes from, as columns.yml has it."""

    from_: Annotated[tuple[str, ...], BeforeValidator(_several)] = Field((), alias="from")
    postcode: Annotated[tuple[str, ...], BeforeValidator(_several)] = ()
    format: str | None = None
    codes: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    blank: str = ""
    value: str | None = None
    separator: str = ";"

    @model_validator(mode="before")
    @classmethod
    def _from_alone(cls, raw: Any) -> Any:
        """`column: Name` is short for `column: {from: Name}`."""
        if isinstance(raw, (str, list)):
            return {"from": raw}
        return raw


class TableEntry(Strict):
    """A table of columns.yml: the export's file and how it is written."""

    file: str
    encoding: str = "utf-8-sig"
    delimiter: str = ","
    columns: dict[str, SourceEntry]


class PeriodEntry(Strict):
    """The days that the extract covers."""

    start: dt.date
    end: dt.date


class MappingFile(Strict):
    """`columns.yml`."""

    provider: str | None = None
    period: PeriodEntry
    not_supplied: dict[str, str] = Field(default_factory=dict)
    tables: dict[str, TableEntry]


def read_mapping(path: Path, agency: str) -> Mapping:
    """Read and check `columns.yml`. Raises MappingError: file, line, table and column, and what is
    allowed.
    """
    try:
        text = read_words(path)
        file = read_text(MappingFile, text, path.name, as_texts=True)
        return _mapping(file, agency, path.name, text)
    except FileError as error:
        raise MappingError(str(error)) from None


def _mapping(file: MappingFile, agency: str, name: str, text: str) -> Mapping:
    if file.period.start >= file.period.end:
        raise fault(name, text, ("period",), "period: the start is before the end")
    if agencies()[agency].providers != bool(file.provider):
        words = "provider is needed for health (the provider's code), and for no other agency"
        raise fault(name, text, ("provider",), words)
    known = contracts_of(agency)
    for table in file.tables:
        if table not in known:
            raise fault(
                name,
                text,
                ("tables", table),
                f"tables: no such table; {nearest(table, list(known))}",
            )
    if missing := [
        table for table, contract in known.items() if contract.required and table not in file.tables
    ]:
        raise fault(
            name, text, ("tables",), f"required tables are not mapped: {', '.join(missing)}"
        )
    reasons = code_lists()["not_supplied_reason"]
    for key, reason in file.not_supplied.items():
        if reason not in reasons:
            raise fault(
                name,
                text,
                ("not_supplied", key),
                f"{key}: the reason is one of {', '.join(reasons)}",
            )
        table, _, column = key.partition(".")
        if table not in known or (column and known[table].column(column) is None):
            words = (
                f"{key} is no table or table.column of the agency; {nearest(table, list(known))}"
            )
            raise fault(name, text, ("not_supplied", key), words)
    tables = {key: _table(key, entry, known[key], name, text) for key, entry in file.tables.items()}
    return Mapping(
        agency, file.provider, file.period.start, file.period.end, dict(file.not_supplied), tables
    )


def _table(key: str, entry: TableEntry, contract: Contract, name: str, text: str) -> TableMap:
    at = ("tables", key)
    if Path(entry.file).name != entry.file:
        raise fault(
            name,
            text,
            (*at, "file"),
            f"table {key}: file is the name of a file in the folder of exports",
        )
    mapped = [c.name for c in contract.columns if c.name not in MADE or key != "people"]
    allowed = [*mapped, *(IDENTITY if key == "people" else ())]
    for column in entry.columns:
        if column not in allowed:
            words = f"table {key}, columns: {column} is none of {', '.join(sorted(allowed))}"
            raise fault(name, text, (*at, "columns", column), words)
    needed = [
        c.name
        for c in contract.columns
        if c.blank == "error" and not c.optional and c.name in mapped
    ]
    if missing := [column for column in needed if column not in entry.columns]:
        raise fault(
            name,
            text,
            (*at, "columns"),
            f"table {key}: required and not mapped: {', '.join(missing)}",
        )
    sources = {}
    for column, source in entry.columns.items():
        columns = source.postcode or source.from_
        if bool(columns) == (source.value is not None):
            words = (
                f"table {key}, column {column}: says where it comes from (from, postcode), or "
                "one value for every row"
            )
            raise fault(name, text, (*at, "columns", column), words)
        sources[column] = Source(
            columns,
            source.format,
            {raw.strip().casefold(): code for raw, code in source.codes.items()},
            source.otherwise,
            source.blank,
            source.value,
            source.separator,
            bool(source.postcode),
        )
    return TableMap(contract, entry.file, entry.encoding, entry.delimiter, sources)

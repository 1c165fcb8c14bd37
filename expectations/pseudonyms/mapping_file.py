"""`columns.yml` as an agency writes it: which words it may hold. mapping.py says what they mean."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, model_validator

from expectations.reading import Strict


def _several(raw: Any) -> Any:
    """One name is short for a list of one."""
    if isinstance(raw, str):
        return [raw]
    return raw


Names = Annotated[tuple[str, ...], BeforeValidator(_several)]
Whole = Annotated[int, Field(ge=0, le=1000)]


class SourceEntry(Strict):
    """Where a column comes from. One of from, postcode, date_and_time, flags, sum and value; the
    rest says how it is read.
    """

    from_: Names = Field((), alias="from")
    postcode: Names = ()
    date_and_time: Annotated[tuple[str, ...], Field(max_length=2)] = ()
    flags: dict[str, str] = Field(default_factory=dict)
    sum: Names = ()
    value: str | None = None
    format: Names = ()
    time: str = ""
    zone: str = ""
    open_end: Names = ()
    codes: dict[str, str] = Field(default_factory=dict)
    otherwise: str | None = None
    separator: str = ""
    number: bool = False
    # Cells are ="0012", as Excel keeps noughts: they are read so without this word as well.
    text_number: bool = False
    blank: str = ""

    @model_validator(mode="before")
    @classmethod
    def _from_alone(cls, raw: Any) -> Any:
        """`column: Name` is short for `column: {from: Name}`."""
        if isinstance(raw, (str, list)):
            return {"from": raw}
        return raw


class FileEntry(Strict):
    """An export's file or files, and how they are written."""

    file: Names
    encoding: str | None = None
    delimiter: str = ","
    quote: Literal["double", "none"] = "double"
    skip_lines: Whole | None = None
    header_at: Whole | None = None
    stop_at: str | None = None
    blank_is: Names | None = None
    sheet: str | None = None
    rows_of: str | None = None


class LatestEntry(Strict):
    """One row for each value of `per`: the last by the day in `by`, or without it the last in the
    order of the files and their rows.
    """

    per: Names
    by: str = ""
    format: Names = ()


class JoinEntry(FileEntry):
    """Columns of another file of the folder. `on` is the key's column here and there, or in
    both.
    """

    on: Names
    columns: Names
    keep: dict[str, Names] = Field(default_factory=dict)
    drop: dict[str, Names] = Field(default_factory=dict)
    latest_per: LatestEntry | None = None


class LongEntry(Strict):
    """Several columns as rows: `name` and `value` are what the two new columns are called."""

    columns: Names
    name: str
    value: str


class EachEntry(Strict):
    """A row for each part of a list in a cell."""

    column: str
    separator: str = ";"
    of: Literal["list", "json"] = "list"


class TableEntry(FileEntry):
    """A table of columns.yml: its export, what is done to the rows, and the source of each
    column.
    """

    join: JoinEntry | None = None
    keep: dict[str, Names] = Field(default_factory=dict)
    drop: dict[str, Names] = Field(default_factory=dict)
    latest_per: LatestEntry | None = None
    each: EachEntry | None = None
    long: LongEntry | None = None
    only_of: Literal["people"] | None = None
    columns: dict[str, SourceEntry]


def _parts(raw: Any) -> Any:
    """One part is short for a list of one."""
    if isinstance(raw, dict):
        return [raw]
    return raw


# What a table is made from, one part after the other: plans of three kinds stand in three exports.
Parts = Annotated[tuple[TableEntry, ...], BeforeValidator(_parts), Field(min_length=1)]


class PeriodEntry(Strict):
    """The days that the extract covers."""

    start: dt.date
    end: dt.date


class MappingFile(Strict):
    """`columns.yml`."""

    provider: str | None = None
    period: PeriodEntry
    not_supplied: dict[str, str] = Field(default_factory=dict)
    tables: dict[str, Parts]


class SystemFile(Strict):
    """`mappings/<system>.yml`: a mapping for what one system exports, to lay one's own over."""

    title: str
    agency: str
    source: str
    # Of each table what the system's exports cannot tell, in words.
    left_to_you: dict[str, str] = Field(default_factory=dict)
    tables: dict[str, Parts]

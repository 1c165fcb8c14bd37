"""Reads any CSV file leniently, in chunks: a broken file may hold identifiers as well as a sound
one.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path

from expectations.files import told_encoding

CHUNK_ROWS = 50_000
# No contract has so many; a file that has is refused by its name alone.
MOST_COLUMNS = 500
MOST_CELL = 1_000_000
# Cells of a chunk are held in memory.
CHUNK_CHARACTERS = 50_000_000


class UnreadableError(Exception):
    """The file cannot be screened; the message says why and quotes nothing."""


def _lines(path: Path) -> Iterator[str]:
    # What is not UTF-8 becomes a mark; letters and digits of an identifier stay as they are.
    with path.open(encoding=told_encoding(path), errors="replace", newline="") as f:
        while line := f.readline(MOST_CELL * 4):
            if len(line) >= MOST_CELL * 4:
                raise UnreadableError("a line is longer than any row of a table")
            yield line.replace("\0", "")


def header_and_chunks(path: Path) -> tuple[list[str], Iterator[list[list[str]]]]:
    """The header, and the cells by column of so many rows at a time. Ragged rows are filled or
    their rest put in the last column.
    """
    if not path.stat().st_size:
        raise UnreadableError("it is empty")
    csv.field_size_limit(MOST_CELL)
    rows = csv.reader(_lines(path))
    try:
        header = next(rows, [])
    except (csv.Error, UnicodeError):
        raise UnreadableError("the first line cannot be read") from None
    if len(header) > MOST_COLUMNS:
        raise UnreadableError(f"it has more than {MOST_COLUMNS} columns")
    return header, _chunks(rows, max(1, len(header)))


def _chunks(rows: Iterator[list[str]], width: int) -> Iterator[list[list[str]]]:
    chunk: list[list[str]] = []
    size = 0
    try:
        for row in rows:
            if len(row) != width:
                row = [*(row + [""] * width)[: width - 1], " ".join(row[width - 1 :])]
            chunk.append(row)
            size += sum(map(len, row))
            if len(chunk) >= CHUNK_ROWS or size > CHUNK_CHARACTERS:
                yield [list(column) for column in zip(*chunk, strict=True)]
                chunk, size = [], 0
    except (csv.Error, UnicodeError):
        if chunk:
            yield [list(column) for column in zip(*chunk, strict=True)]
        raise UnreadableError("a row cannot be read (quotes, or a huge cell)") from None
    if chunk:
        yield [list(column) for column in zip(*chunk, strict=True)]

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


class _Lines:
    """The lines of a file, and how many characters were read so far."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.characters = 0

    def __iter__(self) -> Iterator[str]:
        # What is not UTF-8 becomes a mark; letters and digits of an identifier stay as they are.
        encoding = told_encoding(self.path)
        with self.path.open(encoding=encoding, errors="replace", newline="") as f:
            while line := f.readline(MOST_CELL * 4):
                if len(line) >= MOST_CELL * 4:
                    raise UnreadableError("a line is longer than any row of a table")
                self.characters += len(line)
                yield line.replace("\0", "")


def header_and_chunks(path: Path) -> tuple[list[str], Iterator[list[list[str]]]]:
    """The header, and the cells by column of so many rows at a time. Ragged rows are filled or
    their rest put in the last column.
    """
    if not path.stat().st_size:
        raise UnreadableError("it is empty")
    csv.field_size_limit(MOST_CELL)
    lines = _Lines(path)
    rows = csv.reader(lines)
    try:
        header = next(rows, [])
    except (csv.Error, UnicodeError):
        raise UnreadableError("the first line cannot be read") from None
    if len(header) > MOST_COLUMNS:
        raise UnreadableError(f"it has more than {MOST_COLUMNS} columns")
    return header, _chunks(rows, max(1, len(header)), lines)


def _chunks(rows: Iterator[list[str]], width: int, lines: _Lines) -> Iterator[list[list[str]]]:
    chunk: list[list[str]] = []
    before = lines.characters
    try:
        for row in rows:
            if len(row) != width:
                row = [*(row + [""] * width)[: width - 1], " ".join(row[width - 1 :])]
            chunk.append(row)
            if len(chunk) >= CHUNK_ROWS or lines.characters - before > CHUNK_CHARACTERS:
                yield [list(column) for column in zip(*chunk, strict=True)]
                chunk = []
                before = lines.characters
    except (csv.Error, UnicodeError):
        if chunk:
            yield [list(column) for column in zip(*chunk, strict=True)]
        raise UnreadableError("a row cannot be read (quotes, or a huge cell)") from None
    if chunk:
        yield [list(column) for column in zip(*chunk, strict=True)]

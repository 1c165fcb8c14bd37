"""A raw export as a system writes it, read as rows of text: where its header stands, and which of
its lines are no rows. What is left out is counted, never passed over.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path

from expectations.files import encoding_of, what_else
from expectations.pseudonyms.other_files import OtherFileError, element_lines, sheet_lines
from expectations.reading import nearest

Row = dict[str, str]
# Of lines and rows that were left out, by file and what they were.
LeftOut = Counter[tuple[str, str]]
# How far down a header is looked for.
HEADER_WITHIN = 20
BLANK_LINES = "blank lines"
ABOVE_HEADER = "lines above the header"
FOOTERS = "lines of totals or of the report's end"
AFTER_END = "lines from stop_at on"
# How reports end: the first words of a line that is no row.
FOOTER = re.compile(
    r"""
    (grand\ |sub-?|over-?all\ )?totals?\b (?!ly)
    | (total|number|count|no\.?)\ (of\ )?(records?|rows?|results?|pupils?|children|cases?)\b
    | \(?[\d,]+\ (records?|rows?)\b
    | (records?|rows?)\ (returned|affected|found|selected|exported|in\ )
    | count\ ?[:=]
    | -*\ ?end\ of\ (the\ )?(report|file|extract|data|list|results?)\b
    | (report|extract|file)\ (generated|produced|printed|created|run|ends?)\b
    | (generated|produced|printed|exported|extracted|created|run)\ (by|on|at|from|in)\b
    | page\ \d+ (\ of\ \d+)?
    | (completion\ time|rows\ affected|official[\s:-]|confidential\b|restricted\b|copyright\b|©)
    """,
    re.IGNORECASE | re.VERBOSE,
)

RULES = "-=_*"
RULED = re.compile(r"[-=_*]{2,}")


class MappingError(Exception):
    """What is wrong in `columns.yml` or an export, by file, line, table and column, and what to
    do. No cell is quoted.
    """


@dataclass(frozen=True)
class Layout:
    """How the files of an export are written. Files may be patterns (`enrolments-*.csv`); several
    are read one after the other.
    """

    files: tuple[str, ...]
    encoding: str | None = None
    delimiter: str = ","
    # The line of the header; None where it is to be found.
    header_at: int | None = None
    stop_at: re.Pattern[str] | None = None
    # A sheet of an Excel workbook, or the elements of an XML return, instead of CSV.
    sheet: str | None = None
    rows_of: str | None = None


def paths_of(folder: Path, layout: Layout) -> list[Path]:
    """The files of an export, in the order of the mapping, those of a pattern by name. Raises
    MappingError where there is none, or one twice.
    """
    paths: list[Path] = []
    for named in layout.files:
        found = sorted(folder.glob(named)) if set(named) & set("*?[") else [folder / named]
        files = [path for path in found if path.is_file()]
        if not files:
            raise MappingError(
                f"{named}: not in the folder of exports; where yours has another name, say so in "
                "columns.yml (file: …)"
            )
        paths += files
    for name, times in Counter(path.name for path in paths).items():
        if times > 1:
            raise MappingError(f"{name}: named twice in columns.yml, so its rows would count twice")
    return paths


def rows(folder: Path, layout: Layout, needed: Collection[str], left_out: LeftOut) -> Iterator[Row]:
    """The rows of an export by its own column names, cells stripped of spaces.

    `needed` are the columns that the mapping names; `left_out` is added to. Raises MappingError.
    """
    for path in paths_of(folder, layout):
        yield from _rows_of(path, layout, frozenset(needed), left_out)


def _rows_of(
    path: Path, layout: Layout, needed: frozenset[str], left_out: LeftOut
) -> Iterator[Row]:
    lines = _lines(path, layout)
    header, first = _header(path, lines, layout, needed, left_out)
    width = len(header)
    places = [place for place, name in enumerate(header) if name in needed]
    for number, cells in chain(first, lines):
        filled = len(cells) - cells.count("")
        if not filled:
            left_out[path.name, BLANK_LINES] += 1
            continue
        if layout.stop_at and layout.stop_at.search(layout.delimiter.join(cells)):
            left_out[path.name, AFTER_END] += 1 + sum(1 for _ in lines)
            return
        if _is_footer(cells, filled, places):
            left_out[path.name, FOOTERS] += 1
            continue
        # A separator at the end of a line makes a blank cell more.
        if len(cells) > width and not any(cells[width:]):
            cells = cells[:width]
        if len(cells) != width:
            raise MappingError(
                f"{path.name}, line {number}: {len(cells)} cells where the header has {width}"
            )
        yield dict(zip(header, cells, strict=True))


def _is_footer(cells: list[str], filled: int, places: list[int]) -> bool:
    """Whether a line is a total or the report's end: it begins as such, and hardly any cell that
    the mapping reads is filled.

    `Total records: 60,,,,` is; a child whose reference is “Total” and whose row is filled is none.
    """
    first = cells[0] or next(cell for cell in cells if cell)
    # Some programs draw a line below the header.
    if first[0] in RULES and all(RULED.fullmatch(cell) for cell in cells if cell):
        return True
    # Nearly every row goes no further than this: so many are filled that most of those that are
    # read must be, whichever are blank.
    others = len(cells) - len(places)
    if filled > 2 and 2 * (filled - others) > len(places):
        return False
    read = sum(cells[place] != "" for place in places if place < len(cells))
    if filled > 2 and 2 * read > len(places):
        return False
    return FOOTER.match(first) is not None


def _lines(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    """The lines of a file by number, as stripped cells. Raises MappingError."""
    if not path.stat().st_size:
        raise MappingError(f"{path.name}: is empty")
    if layout.sheet is not None or layout.rows_of is not None:
        yield from _other_lines(path, layout)
        return
    if words := what_else(path):
        raise MappingError(f"{path.name}: {words}{_or_named(words)}")
    try:
        encoding = encoding_of(path, layout.encoding)
    except ValueError as error:
        raise MappingError(f"{path.name}: {error}") from None
    number = 0
    try:
        with path.open(encoding=encoding, newline="") as file:
            reader = csv.reader(file, delimiter=layout.delimiter, strict=True)
            for cells in reader:
                number = reader.line_num
                yield number, _texts(cells)
    except csv.Error:
        raise MappingError(
            f"{path.name}, near line {number + 1}: is not CSV with this delimiter"
        ) from None


def _other_lines(path: Path, layout: Layout) -> Iterator[tuple[int, list[str]]]:
    try:
        if layout.sheet is not None:
            yield from sheet_lines(path, layout.sheet)
        elif layout.rows_of is not None:
            yield from element_lines(path, layout.rows_of)
    except OtherFileError as error:
        raise MappingError(f"{path.name}: {error}") from None


def _texts(cells: list[str]) -> list[str]:
    """Cells without spaces around them."""
    bare = [cell.strip() for cell in cells]
    # Looked for in the whole line first: hardly any has one.
    if '="' in "".join(bare):
        return [_text(cell) for cell in bare]
    return bare


def _text(cell: str) -> str:
    """`="0012"`, with which Excel keeps noughts, is 0012."""
    if cell[:2] == '="' and cell[-1] == '"' and len(cell) > 2:
        return cell[2:-1].strip()
    return cell


def _or_named(words: str) -> str:
    """What columns.yml can say instead, of what it can read all the same."""
    if "an Excel workbook, not" in words:
        return "; or name its sheet in columns.yml (sheet: …)"
    if "XML" in words:
        return "; of an XML return name the elements that are its rows (rows_of: …)"
    return ""


def _header(
    path: Path,
    lines: Iterator[tuple[int, list[str]]],
    layout: Layout,
    needed: frozenset[str],
    left_out: LeftOut,
) -> tuple[list[str], list[tuple[int, list[str]]]]:
    """The header, and the lines below it that were read on the way. Raises MappingError."""
    above = HEADER_WITHIN if layout.header_at is None else layout.header_at
    read = list(islice(lines, above))
    for place, (number, cells) in enumerate(read):
        is_named = layout.header_at is not None and number >= layout.header_at
        if is_named or (layout.header_at is None and needed <= set(cells)):
            _check_header(path, number, cells, needed)
            if titles := sum(1 for _, above in read[:place] if any(above)):
                left_out[path.name, ABOVE_HEADER] += titles
            return cells, read[place + 1 :]
    raise MappingError(_no_header(path, read, needed))


def _check_header(path: Path, number: int, header: list[str], needed: frozenset[str]) -> None:
    if missing := sorted(needed - set(header)):
        raise MappingError(
            f"{path.name}, line {number}: has no column {missing[0]}, which columns.yml names"
            + _instead(missing[0], header, needed)
        )
    for name, times in Counter(header).items():
        if times > 1 and name in needed:
            raise MappingError(
                f"{path.name}, line {number}: the column {name} stands {times} times in the "
                "header, and nobody can tell which is meant; take one out or name it otherwise"
            )


def _no_header(path: Path, read: list[tuple[int, list[str]]], needed: frozenset[str]) -> str:
    """Which column is not there, told of the line that has most of them."""
    number, header = max(read, key=lambda line: len(needed & set(line[1])), default=(1, []))
    missing = sorted(needed - set(header))
    words = f"{path.name}: has no column {missing[0]}, which columns.yml names"
    if not needed & set(header):
        only = len(read[0][1]) if read else 0
        if only == 1 and len(needed) > 1:
            words += "; its first line is one cell: a title (skip_lines), or another delimiter"
        return f"{words}; none of its first {HEADER_WITHIN} lines has any of the columns"
    at = f" (the header is line {number})" if number > 1 else ""
    return f"{words}{at}{_instead(missing[0], header, needed)}"


def _instead(missing: str, header: list[str], needed: frozenset[str]) -> str:
    # Names are told of a line that surely is a header: in a row they would be a child's.
    if not needed & set(header):
        return ""
    return f"; {nearest(missing, [name for name in header if name])}"

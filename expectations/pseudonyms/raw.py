"""A raw export as a system writes it, read as rows of text: where its header stands, and which of
its lines are no rows. What is left out is counted, never passed over.
"""

from __future__ import annotations

import csv
import filecmp
import re
from collections import Counter
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import chain, combinations, islice
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
REPEATED = "lines that repeat the header"
ONE_CELL = "lines with one cell alone (headings and remarks are no rows)"
AFTER_END = "lines from stop_at on"
# How reports end: the first words of a line that is no row.
FOOTER = re.compile(
    r"""
    (grand\ |sub-?|over-?all\ )?totals?\b (?!ly)
    | (total|number|count|no\.?)\ (of\ )?(records?|rows?|results?|pupils?|children|cases?)\b
    | \(?[\d,]+\ (records?|rows?|pupils?|children|cases|results?)\b
    | (records?|rows?|pupils?|children|cases|applied\ filters?|filters?|source|notes?|warning)\ ?:
    | (run|print|report|extract)\ (date|time)\b | (date|time)\ (run|printed|of\ (report|extract))\b
    | showing\ [\d,]+ | last\ (updated|refreshed|run)\b | \d+\ of\ \d+\Z
    | (records?|rows?)\ (returned|affected|found|selected|exported|in\ )
    | count\ ?[:=]
    | [-*]*\ ?end\ of\ (the\ )?(report|file|extract|data|list|results?)\b | [-*\ ]*end[-*\ ]*\Z
    | (report|extract|file)\ (generated|produced|printed|created|run|ends?)\b
    | (generated|produced|printed|exported|extracted|created|run)\ (by|on|at|from|in)\b
    | page:?\ \d+ (\ of\ \d+)?
    | (completion\ time|rows\ affected|official[\s:-]|confidential\b|restricted\b|copyright\b|©)
    """,
    re.IGNORECASE | re.VERBOSE,
)

# A total of every column: the rest of its line is numbers.
TOTAL = re.compile(r"(grand |sub-?|over-?all )?totals?:?", re.IGNORECASE)
NUMBER = re.compile(r"[\d,. ]+%?")
RULES = "-=_*"
RULED = re.compile(r"[-=_*]{2,}")


# What hardly any system that parts cells by it quotes.
UNQUOTED = "\t|"
# Marks of the order of bytes, and of joining and of direction in a line.
NO_ROOM = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u200e\u200f\u2060\u00ad"))


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
    # Whether quotes hold cells together, as CSV has it; else they are characters like others.
    is_quoted: bool = True


def paths_of(folder: Path, layout: Layout) -> list[Path]:
    """The files of an export, in the order of the mapping, those of a pattern by name. Raises
    MappingError where there is none, or one twice, under another name too.
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
    _refuse_copies(paths)
    return paths


def _refuse_copies(paths: list[Path]) -> None:
    by_size: dict[int, list[Path]] = {}
    for path in paths:
        by_size.setdefault(path.stat().st_size, []).append(path)
    for alike in by_size.values():
        for one, other in combinations(alike, 2):
            if filecmp.cmp(one, other, shallow=False):
                raise MappingError(
                    f"{one.name} and {other.name}: are the same to the byte, so their rows would "
                    "count twice; take one of them away"
                )


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
        # The first cell tells nearly every row apart.
        if cells[0] == header[0] and _headings(cells, needed) == header:
            left_out[path.name, REPEATED] += 1
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
        # A sheet's row ends with its last cell that is filled.
        if len(cells) < width and layout.sheet is not None:
            cells = cells + [""] * (width - len(cells))
        if len(cells) != width:
            raise MappingError(
                f"{path.name}, line {number}: {len(cells)} cells where the header has {width}"
            )
        # No row tells one thing alone where the mapping reads several.
        if filled == 1 and len(places) > 1 and width > 2:
            left_out[path.name, ONE_CELL] += 1
            continue
        yield dict(zip(header, cells, strict=True))


def _is_footer(cells: list[str], filled: int, places: list[int]) -> bool:
    """Whether a line is a total or the report's end: it begins as such, and hardly any cell that
    the mapping reads is filled.

    `Total records: 60,,,,` is; a child whose reference is “Total” and whose row is filled is none.
    """
    first = cells[0] or next(cell for cell in cells if cell)
    if TOTAL.fullmatch(first) and all(NUMBER.fullmatch(cell) for cell in cells[1:] if cell):
        return True
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
            if layout.is_quoted:
                reader = csv.reader(file, delimiter=layout.delimiter, strict=True)
            else:
                reader = csv.reader(file, delimiter=layout.delimiter, quoting=csv.QUOTE_NONE)
            for cells in reader:
                # Such files hardly ever quote: a name that begins with a quote would swallow rows.
                if reader.line_num > number + 1 and layout.delimiter in UNQUOTED:
                    _refuse_swallowed(path, number + 1, cells, layout.delimiter)
                number = reader.line_num
                yield number, _texts(cells)
    except csv.Error:
        raise MappingError(
            f"{path.name}, near line {number + 1}: is not CSV with this delimiter; where quotes "
            "are plain characters in it, say so in columns.yml (quote: none)"
        ) from None
    except UnicodeDecodeError:
        raise MappingError(
            f"{path.name}, after line {number}: is not in the encoding of its beginning; export it "
            "again as one file in UTF-8"
        ) from None


def _refuse_swallowed(path: Path, line: int, cells: list[str], delimiter: str) -> None:
    if any("\n" in cell and delimiter in cell for cell in cells):
        raise MappingError(
            f"{path.name}, line {line}: a quote runs on over the next lines, whose rows would be "
            "lost; where quotes are plain characters, say so in columns.yml (quote: none)"
        )


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
    line = "".join(bare)
    if '="' in line or "'" in line or not line.isascii():
        return [_text(cell) for cell in bare]
    return bare


def _text(cell: str) -> str:
    """`="0012"` and `'0012`, with which Excel keeps noughts, are 0012; signs that take no room are
    none.
    """
    if not cell.isascii():
        cell = cell.translate(NO_ROOM).strip()
    if cell[:2] == '="' and cell[-1] == '"' and len(cell) > 2:
        return cell[2:-1].strip()
    if cell[:1] == "'" and cell[1:2].isalnum() and "'" not in cell[1:]:
        return cell[1:]
    return cell


def _headings(cells: list[str], needed: frozenset[str]) -> list[str]:
    """Names of columns: as the mapping has them, or with single spaces, where a system writes other
    kinds of space, or a line's end, into them.
    """
    return [cell if cell in needed else _heading(cell) for cell in cells]


def _heading(cell: str) -> str:
    return " ".join(cell.split())


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
    read = [(number, _headings(cells, needed)) for number, cells in islice(lines, above)]
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
    # Names are told of a line that surely is a header: in a row, or in a title of labels and values
    # (“DOB, 1 May, …”), they would be a child's.
    if 3 * len(needed & set(header)) < 2 * len(needed):
        return ""
    return f"; {nearest(missing, [name for name in header if name])}"

"""Exports that are no CSV, read as rows of text: a sheet of an Excel workbook, and the elements of
an XML return. Only where the mapping says so: what is in a workbook besides the sheet, or in a
return besides the elements, is not read.
"""

from __future__ import annotations

import datetime as dt
import io
import itertools
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING
from xml.etree import ElementTree

if TYPE_CHECKING:
    from openpyxl import Workbook

Line = tuple[int, list[str]]
SEVERAL = ";"
# A sheet of a million rows unpacks to half as much.
MOST_UNPACKED = 2 * 10**9


class OtherFileError(Exception):
    """What is wrong with such a file, after its name; no cell is quoted."""


def sheet_lines(path: Path, sheet: str) -> Iterator[Line]:
    """The rows of a sheet by number. Raises OtherFileError.

    A day is written YYYY-MM-DD, a moment YYYY-MM-DDTHH:MM:SS, whatever the cell's look; of a
    formula its last value counts.
    """
    # Takes a moment to import, and most exports are CSV.
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    try:
        # The texts of all cells are read at once: a small file that unpacks to a hundred times its
        # size would fill the memory.
        with zipfile.ZipFile(path) as packed:
            unpacked = sum(part.file_size for part in packed.infolist())
            if unpacked > MOST_UNPACKED:
                raise OtherFileError(
                    f"unpacks to more than {MOST_UNPACKED // 10**9} GB: save the sheet alone, or "
                    "as CSV"
                )
            has_formulas = any(_has_formula(packed, name) for name in packed.namelist())
        # By its bytes, whatever its name ends with.
        with path.open("rb") as file:
            content = io.BytesIO(file.read())
        workbook = openpyxl.load_workbook(content, read_only=True, data_only=True)
        formulas = openpyxl.load_workbook(content, read_only=True) if has_formulas else None
    except (InvalidFileException, zipfile.BadZipFile, KeyError, ValueError, OSError):
        raise OtherFileError(
            "is no Excel workbook (.xlsx) that can be read; save it as one, or as CSV"
        ) from None
    try:
        if sheet not in workbook.sheetnames:
            number = len(workbook.sheetnames)
            raise OtherFileError(f"has no sheet of that name among its {number}")
        written = _cells(formulas, sheet) if formulas else itertools.repeat(())
        for number, (row, texts) in enumerate(
            zip(_cells(workbook, sheet), written, strict=False), 1
        ):
            if any(
                value is None and _is_formula(text) for value, text in zip(row, texts, strict=False)
            ):
                raise OtherFileError(
                    f"row {number}: a formula whose value was never worked out; open it in Excel, "
                    "save it, and export it again"
                )
            yield number, [_text(cell) for cell in row]
    finally:
        workbook.close()
        if formulas:
            formulas.close()


def _cells(workbook: Workbook, sheet: str) -> Iterator[tuple[object, ...]]:
    """A sheet's rows, however large the file says that it is: exporters write it wrongly."""
    cells = workbook[sheet]
    cells.reset_dimensions()
    yield from cells.iter_rows(values_only=True)


def _has_formula(packed: zipfile.ZipFile, name: str) -> bool:
    if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
        return False
    content = packed.read(name)
    return b"<f>" in content or b"<f " in content


def _is_formula(cell: object) -> bool:
    return isinstance(cell, str) and cell.startswith("=")


def _text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, dt.datetime):
        if cell.time() == dt.time():
            return cell.date().isoformat()
        return cell.isoformat(timespec="seconds")
    if isinstance(cell, (dt.date, dt.time)):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()


def element_lines(path: Path, element: str) -> Iterator[Line]:
    """A header and a row for each element of that name, at whatever depth. Raises OtherFileError.

    Its columns are the names of the elements within it that hold text, and of those that stand
    beside it or its parents: of a CINdetails also the LAchildID of its child. What stands several
    times in it is one cell, parted by semicolons.
    """
    rows = list(_rows(path, element))
    if not rows:
        raise OtherFileError(f"has no element {element}")
    header = list(dict.fromkeys(name for row in rows for name in row))
    yield 1, header
    for number, row in enumerate(rows, 2):
        yield number, [row.get(name, "") for name in header]


def _rows(path: Path, element: str) -> Iterator[dict[str, str]]:
    # Entities can make a page of text of a line, and a billion pages of ten.
    if b"<!ENTITY" in path.read_bytes().upper().replace(b"\0", b""):
        raise OtherFileError(
            "declares entities of its own, which no return needs: is it the right file"
        )
    try:
        tree = ElementTree.parse(path)  # noqa: S314 entities are refused above
    except ElementTree.ParseError as error:
        raise OtherFileError(f"is no XML that can be read (line {error.position[0]})") from None
    parents = {child: parent for parent in tree.iter() for child in parent}
    for found in tree.iter():
        if _name(found) == element:
            yield _around(found, parents, element) | _within(found)


def _within(element: ElementTree.Element) -> dict[str, str]:
    """Every text in an element, by the name of what holds it."""
    texts: dict[str, list[str]] = {}
    for leaf in element.iter():
        if len(leaf) == 0 and leaf.text and leaf.text.strip():
            texts.setdefault(_name(leaf), []).append(leaf.text.strip())
    return {name: SEVERAL.join(several) for name, several in texts.items()}


def _around(
    element: ElementTree.Element,
    parents: dict[ElementTree.Element, ElementTree.Element],
    rows_of: str,
) -> dict[str, str]:
    """Texts beside an element and its parents, the nearest first; nothing of other rows."""
    texts: dict[str, str] = {}
    here = element
    while here in parents:
        above = parents[here]
        for beside in above:
            # A group beside it, ChildIdentifiers say, counts; another row, or what holds rows, not.
            holds_rows = any(_name(below) == rows_of for below in beside.iter())
            if beside is not here and not holds_rows:
                texts = _within(beside) | texts
        here = above
    return texts


def _name(element: ElementTree.Element) -> str:
    """Its name without a namespace."""
    return str(element.tag).rpartition("}")[2]

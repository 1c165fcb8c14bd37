"""Workbooks as the Analysis Function's guidance on accessible spreadsheets asks: cover, contents,
notes, then one table a sheet, each marked as a table; no merged cell, nothing told by colour. The
same sheets in two forms, XLSX and ODS.

Both come out the same, byte for byte, each time.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape, quoteattr

import pandas as pd
import xlsxwriter

# The clock is no part of a file.
NO_TIME = (1980, 1, 1, 0, 0, 0)
LINE_OF_A_TABLE = "This sheet has one table. Blank cells hold no information."
# In both forms the table stands below its title and the line.
FIRST_ROW = 2
# Characters that a sheet's name may have at most.
NAME_LENGTH = 31
ODS = "application/vnd.oasis.opendocument.spreadsheet"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
    for prefix, name in (
        ("office", "office"),
        ("table", "table"),
        ("text", "text"),
        ("style", "style"),
        ("fo", "xsl-fo-compatible"),
        ("meta", "meta"),
        ("number", "datastyle"),
    )
)
DUBLIN_CORE = 'xmlns:dc="http://purl.org/dc/elements/1.1/"'


@dataclass(frozen=True)
class Sheet:
    """A sheet: lines of text, the first its title, and below them a table where it has one."""

    name: str
    lines: Sequence[str]
    table: pd.DataFrame | None = None


def sheet_of(name: str, title: str, table: pd.DataFrame) -> Sheet:
    """A sheet of one table under its title."""
    return Sheet(name[:NAME_LENGTH], [title, LINE_OF_A_TABLE], table)


def _cells(table: pd.DataFrame) -> Iterator[tuple[str | float, ...]]:
    """The rows of a table; what is missing is a blank text."""
    return table.astype(object).where(table.notna(), "").itertuples(index=False, name=None)


def xlsx(title: str, sheets: Sequence[Sheet]) -> bytes:
    """The sheets as an Excel workbook."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_numbers": False})
    book.set_properties({"title": title, "created": dt.datetime(*NO_TIME, tzinfo=dt.UTC)})
    bold = book.add_format({"bold": True, "font_size": 14})
    wrapped = book.add_format({"text_wrap": True, "valign": "top"})
    for sheet in sheets:
        drawn = book.add_worksheet(sheet.name)
        title_line, *lines = sheet.lines
        drawn.write_string(0, 0, title_line, bold)
        for number, line in enumerate(lines, 1):
            drawn.write_string(number, 0, line, wrapped if sheet.table is None else None)
        if sheet.table is None:
            drawn.set_column(0, 0, 90)
        else:
            _xlsx_table(drawn, sheet.name, sheet.table)
    book.close()
    return out.getvalue()


def _xlsx_table(drawn: xlsxwriter.worksheet.Worksheet, name: str, table: pd.DataFrame) -> None:
    for number, row in enumerate(_cells(table), FIRST_ROW + 1):
        for place, cell in enumerate(row):
            if isinstance(cell, str) and cell:
                drawn.write_string(number, place, cell)
            elif not isinstance(cell, str):
                drawn.write_number(number, place, cell)
    columns = [{"header": str(column)} for column in table.columns]
    about = {"name": name.replace("-", "_"), "columns": columns, "style": "Table Style Light 1"}
    drawn.add_table(FIRST_ROW, 0, FIRST_ROW + len(table), len(columns) - 1, about)
    drawn.set_column(0, len(columns) - 1, 18)
    drawn.freeze_panes(FIRST_ROW + 1, 0)


def ods(title: str, sheets: Sequence[Sheet]) -> bytes:
    """The sheets as an OpenDocument spreadsheet (ISO/IEC 26300)."""
    parts = {
        # First and not compressed, so that what the file is can be seen from its first bytes.
        "mimetype": ODS,
        "META-INF/manifest.xml": _ods_manifest(),
        "meta.xml": _ods_meta(title),
        "styles.xml": _ods_styles(),
        "content.xml": _ods_content(sheets),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, text in parts.items():
            entry = zipfile.ZipInfo(name, NO_TIME)
            entry.external_attr = 0o644 << 16
            if name != "mimetype":
                entry.compress_type = zipfile.ZIP_DEFLATED
            file.writestr(entry, text.encode())
    return out.getvalue()


def _xml(root: str, inner: str) -> str:
    return (
        f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} {NAMESPACES} {DUBLIN_CORE} '
        f'office:version="1.3">{inner}</{root}>'
    )


def _ods_manifest() -> str:
    entries = [("/", ODS), *((n, "text/xml") for n in ("content.xml", "styles.xml", "meta.xml"))]
    lines = [
        f'<manifest:file-entry manifest:full-path="{path}" manifest:media-type="{kind}"/>'
        for path, kind in entries
    ]
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n<manifest:manifest manifest:version="1.3" '
        'xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0">'
        f"{''.join(lines)}</manifest:manifest>"
    )


def _ods_meta(title: str) -> str:
    inner = f"<dc:title>{escape(title)}</dc:title><dc:language>en-GB</dc:language>"
    return _xml("office:document-meta", f"<office:meta>{inner}</office:meta>")


def _ods_styles() -> str:
    text = '<style:text-properties fo:language="en" fo:country="GB"/>'
    default = f'<style:default-style style:family="table-cell">{text}</style:default-style>'
    return _xml("office:document-styles", f"<office:styles>{default}</office:styles>")


def _ods_content(sheets: Sequence[Sheet]) -> str:
    bold = '<style:text-properties fo:font-weight="bold"'
    styles = (
        f'<style:style style:name="title" style:family="table-cell">{bold} fo:font-size="14pt"/>'
        f'</style:style><style:style style:name="head" style:family="table-cell">{bold}/>'
        '</style:style><style:style style:name="wrapped" style:family="table-cell">'
        '<style:table-cell-properties fo:wrap-option="wrap"/></style:style>'
        '<style:style style:name="wide" style:family="table-column">'
        '<style:table-column-properties style:column-width="17cm"/></style:style>'
        '<style:style style:name="narrow" style:family="table-column">'
        '<style:table-column-properties style:column-width="3.5cm"/></style:style>'
    )
    tables = "".join(_ods_sheet(sheet) for sheet in sheets)
    ranges = "".join(_ods_range(sheet) for sheet in sheets)
    body = (
        f"<office:body><office:spreadsheet>{tables}<table:database-ranges>{ranges}"
        "</table:database-ranges></office:spreadsheet></office:body>"
    )
    return _xml(
        "office:document-content",
        f"<office:automatic-styles>{styles}</office:automatic-styles>{body}",
    )


def _ods_sheet(sheet: Sheet) -> str:
    """Lines of text, then the table with its heading row marked as one."""
    column = '<table:table-column table:style-name="wide"/>'
    style = "wrapped"
    rows = ""
    if sheet.table is not None:
        width = len(sheet.table.columns)
        column = (
            f'<table:table-column table:style-name="narrow" table:number-columns-repeated="{width}"'
            "/>"
        )
        style = ""
        heads = "".join(_ods_text(str(name), "head") for name in sheet.table.columns)
        rows = f"<table:table-header-rows>{_ods_row(heads)}</table:table-header-rows>"
        for row in _cells(sheet.table):
            rows += _ods_row("".join(map(_ods_cell, row)))
    lines = "".join(
        _ods_row(_ods_text(line, style if number else "title"))
        for number, line in enumerate(sheet.lines)
    )
    return f"<table:table table:name={quoteattr(sheet.name)}>{column}{lines}{rows}</table:table>"


def _ods_range(sheet: Sheet) -> str:
    """The table of a sheet, by name: what marks it as one."""
    if sheet.table is None:
        return ""
    last = _letters(len(sheet.table.columns))
    name = sheet.name.replace("-", "_")
    first_row = FIRST_ROW + 1
    address = f"'{sheet.name}'.A{first_row}:'{sheet.name}'.{last}{first_row + len(sheet.table)}"
    return (
        f"<table:database-range table:name={quoteattr(name)} "
        f"table:target-range-address={quoteattr(address)}/>"
    )


def _letters(number: int) -> str:
    """The name of the n-th column: A for 1, AA for 27."""
    letters = ""
    while number:
        number, place = divmod(number - 1, 26)
        letters = f"{chr(ord('A') + place)}{letters}"
    return letters


def _ods_row(cells: str) -> str:
    return f"<table:table-row>{cells}</table:table-row>"


def _ods_text(text: str, style: str = "") -> str:
    if not text:
        return "<table:table-cell/>"
    named = f' table:style-name="{style}"' if style else ""
    return (
        f'<table:table-cell{named} office:value-type="string">'
        f"<text:p>{escape(text)}</text:p></table:table-cell>"
    )


def _ods_cell(cell: str | float) -> str:
    if isinstance(cell, str):
        return _ods_text(cell)
    return (
        f'<table:table-cell office:value-type="float" office:value="{cell!r}">'
        f"<text:p>{cell:g}</text:p></table:table-cell>"
    )

"""An Excel workbook with one sheet per table and drop-down lists of codes, for agencies that
collect by hand.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Any

import xlsxwriter

from expectations.contract import Agency, Contract

ROWS = 5_000
# In one place, so that the same contracts make the same bytes.
MADE = dt.datetime(2024, 1, 1)  # noqa: DTZ001


def write_workbook(path: Path, agency: Agency, contracts: dict[str, Contract]) -> None:
    """Write the workbook. Every cell is text: a spreadsheet must not make a date of a code or drop
    a leading zero.
    """
    book = xlsxwriter.Workbook(
        str(path), {"strings_to_formulas": False, "strings_to_numbers": False}
    )
    book.set_properties({"title": f"{agency.name}: templates", "created": MADE})
    text = book.add_format({"num_format": "@"})
    bold = book.add_format({"bold": True, "num_format": "@"})
    read_me = book.add_worksheet("Read me")
    for row, line in enumerate(
        (
            (
                f"{agency.name}: one sheet for each table. Fill in, save each sheet as CSV UTF-8 "
                "under the sheet's name."
            ),
            (
                "Never put a name, a date of birth, an address or a number that identifies a child "
                "in any cell."
            ),
            (
                "Lists of codes drop down. Several codes in one cell are separated by ; (the sheet "
                "“Codes” has all of them)."
            ),
            "Check before sending: cce validate FOLDER",
        )
    ):
        read_me.write_string(row, 0, line)
    read_me.set_column(0, 0, 110)
    places = _codes_sheet(book, contracts, bold)
    for table, contract in contracts.items():
        sheet = book.add_worksheet(table[:31])
        sheet.freeze_panes(1, 0)
        for i, column in enumerate(contract.columns):
            sheet.set_column(i, i, max(12, len(column.name) + 2), text)
            sheet.write_string(0, i, column.name, bold)
            options: dict[str, Any] = {
                "input_title": column.name[:32],
                "input_message": column.words[:255],
            }
            if column.kind == "codes":
                options |= {
                    "validate": "list",
                    "source": places[tuple(column.codes)],
                    "error_title": "Not in the list",
                }
            else:
                options |= {"validate": "any"}
            sheet.data_validation(1, i, ROWS, i, options)
    book.close()


def _codes_sheet(
    book: Any, contracts: dict[str, Contract], bold: Any
) -> dict[tuple[str, ...], str]:
    sheet = book.add_worksheet("Codes")
    places: dict[tuple[str, ...], str] = {}
    for contract in contracts.values():
        for column in contract.columns:
            codes = tuple(column.codes)
            if not codes or codes in places:
                continue
            at = 2 * len(places)
            sheet.write_string(0, at, f"{contract.table}.{column.name}", bold)
            for row, (code, label) in enumerate(column.codes.items(), 1):
                sheet.write_string(row, at, code)
                sheet.write_string(row, at + 1, label)
            letter = xlsxwriter.utility.xl_col_to_name(at)
            places[codes] = f"=Codes!${letter}$2:${letter}${len(codes) + 1}"
            sheet.set_column(at, at, 16)
            sheet.set_column(at + 1, at + 1, 40)
    return places

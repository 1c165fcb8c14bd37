"""From a postcode to its ward, lower-layer area and authority, through the agency's copy of the ONS
postcode file.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pandas as pd

from expectations.files import UTF_8, told_encoding, what_else
from expectations.pseudonyms.raw import MappingError

# Column names of the ONS Postcode Directory and the National Statistics Postcode Lookup, of several
# years.
COLUMNS = {
    "postcode": re.compile(r"pcds?|pcd[278]", re.IGNORECASE),
    "ward": re.compile(r"osward|ward|wd\d\dcd", re.IGNORECASE),
    "lsoa": re.compile(r"lsoa(21|11)(cd)?", re.IGNORECASE),
    "la": re.compile(r"oslaua|laua|lad\d\dcd", re.IGNORECASE),
}


@dataclass(frozen=True)
class Place:
    """ONS codes of where a postcode lies; blank where the file does not say."""

    ward: str = ""
    lsoa: str = ""
    la: str = ""


Places = dict[str, Place]


def places(path: Path, wanted: Iterable[str]) -> Places:
    """Postcode without space → where it lies, for the postcodes wanted. Raises MappingError: the
    file's name, the line, and what to do.
    """
    file = f"the postcode file {path.name}"
    if words := what_else(path):
        raise MappingError(f"{file} {words}")
    header = _header(path, file)
    columns = _columns(header, file)
    codes = []
    for what in ("ward", "lsoa", "la"):
        name = columns[what]
        codes.append(f"""any_value(coalesce(trim(f."{name}"), ''))""" if name else "''")
    texts = dict.fromkeys(header, "VARCHAR")
    with duckdb.connect() as con:
        con.register("wanted", pd.DataFrame({"postcode": sorted(set(wanted))}, dtype=object))
        try:
            rows = con.execute(
                f"""
                select w.postcode, {", ".join(codes)}
                from read_csv(
                    $path, header = true, delim = ',', quote = '"', auto_detect = false,
                    columns = $texts
                ) as f
                join wanted as w on w.postcode = upper(replace(f."{columns["postcode"]}", ' ', ''))
                group by w.postcode
                """,
                {"path": str(path), "texts": texts},
            ).fetchall()
        except duckdb.Error as error:
            # Its message quotes the line; only the number is passed on.
            line = re.search(r"Line: (\d+)", str(error))
            where = f", line {line[1]}" if line else ""
            raise MappingError(
                f"{file}{where}: the row has not as many cells as the header, or its quotes do not "
                "close; is the file whole? Fetch it again from the ONS"
            ) from None
    return {postcode: Place(*of) for postcode, *of in rows}


def _header(path: Path, file: str) -> list[str]:
    if told_encoding(path) != UTF_8:
        raise MappingError(f"{file} is in UTF-16; save it as CSV in UTF-8")
    try:
        with path.open(encoding=UTF_8, newline="") as lines:
            return [cell.strip() for cell in next(csv.reader(lines), [])]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise MappingError(f"{file} cannot be read as CSV in UTF-8") from None


def _columns(header: list[str], file: str) -> dict[str, str]:
    """Which column holds what: of several years the latest; blank where there is none."""
    found = {}
    for what, names in COLUMNS.items():
        there = [name for name in header if names.fullmatch(name)]
        found[what] = max(there, key=_year, default="")
    for what in ("postcode", "ward"):
        if not found[what]:
            raise MappingError(f"{file} has no column of {what}s as the ONS names it")
    return found


def _year(name: str) -> tuple[int, str]:
    """The year in a column's name, and where there is none, its name."""
    digits = re.search(r"\d\d", name)
    return int(digits[0]) if digits else 0, name.casefold()

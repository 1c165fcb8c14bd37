"""Tables of residents as the ONS and Nomis hand them out, turned into the product's own columns.

Which one a file is follows from its header alone, wherever in its first lines that stands. Facts of
each layout: ONS “create a custom dataset” (Census 2021, ethnic group by sex by single year), Nomis
downloads (NM_2002_1, NM_2014_1), and ONS ward mid-year estimates (F0 … F90, M0 … M90).
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from profiles.areas import Area

COLUMNS = (
    "area_code",
    "as_of",
    "age_from",
    "age_to",
    "sex",
    "ethnicity",
    "persons",
    "quality",
    "source",
)
PLAIN = "the product's own columns"
CENSUS = "a custom table of Census 2021"
NOMIS = "a download from Nomis"
WARDS = "ONS mid-year estimates, a column for each sex and year of age"
MOST_LINES = 20
MOST_ROWS = 5_000_000
# Codes of the 20 ethnic groups of Census 2021, in the alphabet's order within each broad group.
BROAD = {
    "Asian or Asian British": range(1, 6),
    "Black, Black British, Caribbean or African": range(6, 9),
    "Mixed or Multiple ethnic groups": range(9, 13),
    "White": range(13, 18),
    "Other ethnic group": range(18, 20),
}
ETHNICITY = {str(code): group for group, codes in BROAD.items() for code in codes}
# The Census and Nomis number the sexes the other way round from each other.
CENSUS_SEX = {"1": "F", "2": "M", "female": "F", "male": "M"}
NOMIS_SEX = {"1": "M", "2": "F", "male": "M", "female": "F"}
DOES_NOT_APPLY = "-8"
_YEAR = re.compile(r"mid[ -]?(20\d\d)", re.IGNORECASE)
_WIDE = re.compile(r"([FM])(\d{1,3})\+?", re.IGNORECASE)
_AGE = re.compile(r"(?:aged?\s*)?(\d{1,3})(?:\s*years?)?(?:\s*(?:and over|\+))?", re.IGNORECASE)


class TableError(ValueError):
    """What is wrong with a reference table, and what to do, in words."""


@dataclass(frozen=True)
class Residents:
    """A table in the product's own columns, what it was recognised as, and what was left out."""

    table: pd.DataFrame
    format: str
    left_out: dict[str, int]


def read_residents(path: Path, area: Area) -> Residents:
    """A table of residents, whichever layout it has. Raises TableError: no layout that is known, or
    what a known one lacks.
    """
    header, rows, title = _rows(path)
    for recognises, turn in LAYOUTS:
        if recognises(header):
            return turn(pd.DataFrame(rows, columns=_apart(header), dtype=object), area, title)
    raise TableError(
        "it is no layout that is known here: a custom table of Census 2021, a download from Nomis, "
        f"ONS mid-year estimates by ward, or the columns {', '.join(COLUMNS)}, in this order."
    )


def _rows(path: Path) -> tuple[list[str], list[list[str]], str]:
    """The header, the rows below it and the text above it."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            lines = [[cell.strip() for cell in line] for line in csv.reader(file)]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise TableError("the file is not there or is no CSV file in UTF-8.") from None
    if len(lines) > MOST_ROWS:
        raise TableError(f"it must have at most {MOST_ROWS:,} rows.")
    for place, line in enumerate(lines[:MOST_LINES]):
        if any(recognises(line) for recognises, _ in LAYOUTS):
            width = len(line)
            rows = [row for row in lines[place + 1 :] if len(row) == width and any(row)]
            above = " ".join(" ".join(cells) for cells in lines[:place])
            return line, rows, f"{above} {path.stem}"
    return (lines[0] if lines else []), [], ""


def _apart(header: list[str]) -> list[str]:
    """A column that stands twice keeps its name once."""
    seen: set[str] = set()
    names = []
    for place, name in enumerate(header):
        names.append(f"{name} ({place})" if name in seen or not name else name)
        seen.add(name)
    return names


def _named(header: Iterable[str], pattern: str) -> str:
    """The first column of a name; blank where there is none."""
    return next((name for name in header if re.fullmatch(pattern, name, re.IGNORECASE)), "")


def _finished(
    table: pd.DataFrame, area: Area, format_: str, as_of: str, quality: str, source: str
) -> Residents:
    """Only the area and its wards, single years, in the product's columns and order."""
    left_out: dict[str, int] = {}
    is_ours = table["area_code"].isin([area.code, *area.wards])
    left_out["rows of other areas"] = int((~is_ours).sum())
    table = table[is_ours]
    if not len(table):
        raise TableError(f"no row is of {area.name} ({area.code}) or one of its wards.")
    has_age = table["age"].str.fullmatch(r"\d{1,3}")
    left_out["rows of several ages together"] = int((~has_age).sum())
    table = table[has_age]
    if not len(table):
        raise TableError("it has no single years of age.")
    is_number = table["persons"].str.fullmatch(r"[\d,]+(\.0+)?")
    if not is_number.all():
        raise TableError(f"residents: {int((~is_number).sum()):,} rows have no whole number.")
    persons = table["persons"].str.replace(",", "").str.replace(r"\.0+$", "", regex=True)
    finished = table.assign(
        persons=persons.astype(int), as_of=as_of, quality=quality, source=source,
        age_from=table["age"], age_to=table["age"],
    )  # fmt: skip
    # Twenty ethnic groups are five broad ones.
    keys = [name for name in COLUMNS if name != "persons"]
    added = finished.groupby(keys, sort=False)["persons"].sum().reset_index()
    return Residents(added[list(COLUMNS)].astype(str), format_, left_out)


def _plain(table: pd.DataFrame, area: Area, title: str) -> Residents:
    return Residents(table, PLAIN, {})


def _is_plain(header: list[str]) -> bool:
    return header == list(COLUMNS)


def _is_census(header: list[str]) -> bool:
    has_age = _named(header, r"age( \(c\))? \(\d+ categories\)( code)?")
    return bool(has_age and _named(header, "observation"))


def _census(table: pd.DataFrame, area: Area, title: str) -> Residents:
    header = list(table.columns)
    age = _named(header, r"age \(101 categories\) code") or _named(
        header, r"age \(101 categories\)"
    )
    if not age:
        raise TableError(
            "its ages are bands, which would have to be cut at 10 and 17: at the ONS “create a "
            "custom dataset” with Age (101 categories)."
        )
    code = _area_column(table)
    ethnic = _named(header, r"ethnic group \(20 categories\) code")
    ethnicity = pd.Series("", index=table.index, dtype=object)
    applies = pd.Series(True, index=table.index)
    if ethnic:
        applies = table[ethnic] != DOES_NOT_APPLY
        ethnicity = table[ethnic].map(ETHNICITY)
        _refuse_unknown(ethnicity[applies], ethnic)
    elif _named(header, r"ethnic group.*"):
        raise TableError("its ethnic groups need the column “Ethnic group (20 categories) Code”.")
    sex_column = _named(header, r"sex \(2 categories\)( code)?")
    turned = pd.DataFrame(
        {
            "area_code": table[code],
            "age": table[age].map(_age),
            "sex": _mapped(table, sex_column, CENSUS_SEX),
            "ethnicity": ethnicity,
            "persons": table[_named(header, "observation")],
        }
    )
    source = "ONS Census 2021, custom table"
    found = _finished(turned[applies], area, CENSUS, "Census 2021", "published", source)
    found.left_out["rows that do not apply"] = int((~applies).sum())
    return found


def _area_column(table: pd.DataFrame) -> str:
    """The column of ONS codes with the most areas: wards before the whole."""
    codes = [name for name in table.columns if re.search(r"\bcodes?$", name, re.IGNORECASE)]
    of_areas = [
        name for name in codes if len(table) and re.fullmatch(r"[EWNS]\d{8}", table[name].iloc[0])
    ]
    if not of_areas:
        raise TableError("it has no column of ONS area codes (E08…, E05…).")
    return max(of_areas, key=lambda name: table[name].nunique())


def _is_nomis(header: list[str]) -> bool:
    return bool(_named(header, "geography_code") and _named(header, "obs_value"))


def _nomis(table: pd.DataFrame, area: Area, title: str) -> Residents:
    table = table.rename(columns=str.lower)
    header = list(table.columns)
    left_out: dict[str, int] = {}
    if "measures" in header:
        is_value = table["measures"] == "20100"
        left_out["rows of percentages"] = int((~is_value).sum())
        table = table[is_value]
    age = _named(header, r"c_age_name|age_name") or _named(header, r"c_age|age")
    if not age:
        raise TableError("it has no column of ages (C_AGE_NAME).")
    date = _named(header, r"date_name") or _named(header, r"date")
    if not date:
        raise TableError("it has no column of dates (DATE).")
    latest = table[date].max()
    is_latest = table[date] == latest
    left_out["rows of earlier years"] = int((~is_latest).sum())
    table = table[is_latest]
    sex_column = _named(header, r"(gender|c_sex|sex)(_name)?")
    sex = _mapped(table, sex_column, NOMIS_SEX, unknown="")
    if (sex != "").any():
        left_out["rows of both sexes together"] = int((sex == "").sum())
        table, sex = table[sex != ""], sex[sex != ""]
    turned = pd.DataFrame(
        {
            "area_code": table["geography_code"],
            "age": table[age].map(_age),
            "sex": sex,
            "ethnicity": "",
            "persons": table["obs_value"],
        }
    )
    year = re.search(r"20\d\d", str(latest))
    if year is None:
        raise TableError("its dates are no years.")
    as_of = f"mid-{year[0]}"
    source = f"ONS mid-year estimates through Nomis, {as_of}"
    found = _finished(turned, area, NOMIS, as_of, "published", source)
    found.left_out.update(left_out)
    return found


def _is_wide(header: list[str]) -> bool:
    names = {name.upper() for name in header}
    return {f"{sex}{age}" for sex in "FM" for age in range(10, 18)} <= names


def _wide(table: pd.DataFrame, area: Area, title: str) -> Residents:
    year = _YEAR.search(title)
    if year is None:
        raise TableError(
            "nothing above its header or in the file's name says of which year it is: name the "
            "file mid-2022-wards.csv, with its own year."
        )
    code = _named(table.columns, r"ward \d{4} code") or _area_column(table)
    parts = []
    for name in table.columns:
        if told := _WIDE.fullmatch(name):
            part = {"area_code": table[code], "persons": table[name], "ethnicity": ""}
            parts.append(pd.DataFrame(part).assign(sex=told[1].upper(), age=str(int(told[2]))))
    as_of = f"mid-{year[1]}"
    source = f"ONS mid-year population estimates, {as_of}"
    return _finished(pd.concat(parts), area, WARDS, as_of, "published", source)


def _age(text: str) -> str:
    """“Age 10”, “Aged 10 years” and “10” are 10; several ages together are blank."""
    told = _AGE.fullmatch(text)
    return told[1] if told else ""


def _mapped(
    table: pd.DataFrame, column: str, names: dict[str, str], unknown: str | None = None
) -> pd.Series:
    """The product's names of a column's codes or words; blank throughout where it is not there."""
    if not column:
        return pd.Series("", index=table.index, dtype=object)
    told: pd.Series = table[column].str.casefold().map(names)
    if unknown is None:
        _refuse_unknown(told, column)
        return told
    return told.fillna(unknown)


def _refuse_unknown(told: pd.Series, column: str) -> None:
    if told.isna().any():
        raise TableError(
            f"{column}: {int(told.isna().sum()):,} rows have a code that is not known."
        )


LAYOUTS: tuple[
    tuple[Callable[[list[str]], bool], Callable[[pd.DataFrame, Area, str], Residents]], ...
] = (
    (_is_plain, _plain),
    (_is_census, _census),
    (_is_nomis, _nomis),
    (_is_wide, _wide),
)

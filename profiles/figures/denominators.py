"""Residents aged 10–17 by area, sex and ethnic group: reading a table that is to replace the
product's own.

A table may be joint (ethnic group by age, sex and ward, as ONS RM032): each area's totals, and
those by sex and by ethnic group, are added up from it, the whole area's from its wards where all
are there.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pandas as pd

from profiles.figures.declared import Register
from profiles.figures.population_formats import COLUMNS, Residents, TableError, read_residents

__all__ = ["COLUMNS", "TableError", "read_harm_weights", "read_population"]

QUALITIES = ("published", "estimate", "indicative")
FIRST, LAST = 10, 17
MOST_ROWS = 1_000_000


def read_table(path: Path, columns: tuple[str, ...]) -> pd.DataFrame:
    """A CSV file of exactly these columns, as text. Raises TableError."""
    try:
        table = pd.read_csv(
            path, dtype=str, keep_default_na=False, encoding="utf-8-sig", nrows=MOST_ROWS + 1
        )
    except (OSError, UnicodeDecodeError, ValueError, pd.errors.ParserError):
        raise TableError("the file is not there or is no CSV file in UTF-8.") from None
    if list(table.columns) != list(columns):
        raise TableError(f"its columns must be {', '.join(columns)}, in this order.")
    if not 0 < len(table) <= MOST_ROWS:
        raise TableError(f"it must have between 1 and {MOST_ROWS:,} rows.")
    return table


def read_population(path: Path, register: Register) -> Residents:
    """Residents aged 10–17 in the product's own columns, one row per area and sex or ethnic group,
    and which layout the file has. Raises TableError.
    """
    area = register.area
    read = read_residents(path, area)
    table = read.table
    if not 0 < len(table) <= MOST_ROWS:
        raise TableError(f"it must have between 1 and {MOST_ROWS:,} rows.")
    places = [area.code, *area.wards]
    words = f"{area.code} for the whole area or one of the {len(area.wards)} ward codes"
    _refuse(~table["area_code"].isin(places), "area_code", words)
    _refuse(~table["sex"].isin(["", "F", "M"]), "sex", "F, M or blank for all")
    ethnic_groups = [g.group for g in register.groups_of("ethnicity") if not g.is_residual]
    words = f"blank for all or one of: {'; '.join(ethnic_groups)}"
    _refuse(~table["ethnicity"].isin(["", *ethnic_groups]), "ethnicity", words)
    _refuse(~table["quality"].isin(QUALITIES), "quality", ", ".join(QUALITIES))
    words = "who published it; it is printed beside every rate"
    _refuse(table["source"].str.strip() == "", "source", words)
    _refuse(table["as_of"].str.strip() == "", "as_of", "the date it describes, such as mid-2023")
    for column in ("age_from", "age_to", "persons"):
        is_whole = table[column].str.fullmatch(r"[0-9]{1,9}")
        _refuse(~is_whole, column, "a whole number")
    table = table.astype({"age_from": int, "age_to": int, "persons": int})
    _refuse(table["age_to"] < table["age_from"], "age_to", "not below age_from")
    crosses_first = (table["age_from"] < FIRST) & (table["age_to"] >= FIRST)
    crosses_last = (table["age_from"] <= LAST) & (table["age_to"] > LAST)
    words = f"such that no band crosses the ages {FIRST} or {LAST}, for it would have to be cut"
    _refuse(crosses_first | crosses_last, "age_to", words)
    inside = table[(table["age_from"] >= FIRST) & (table["age_to"] <= LAST)]
    if not len(inside):
        raise TableError(f"no row lies within the ages {FIRST} to {LAST}.")
    for name in ("as_of", "quality", "source"):
        if inside[name].nunique() > 1:
            raise TableError(f"{name} must be the same in every row: import one table at a time.")
    _check_ages(inside)
    return replace(read, table=_margins(inside, area.code, set(area.wards)))


def _refuse(bad: pd.Series, column: str, must: str) -> None:
    if bad.any():
        raise TableError(f"{column}: {int(bad.sum()):,} rows are wrong; it must be {must}.")


def _check_ages(table: pd.DataFrame) -> None:
    ages = table.loc[table.index.repeat(table["age_to"] - table["age_from"] + 1)].copy()
    ages["age"] = ages["age_from"] + ages.groupby(level=0).cumcount()
    key = ["area_code", "sex", "ethnicity"]
    if ages.duplicated([*key, "age"]).any():
        raise TableError(
            "some ages of an area, sex and ethnic group are in it twice; a total beside its "
            "parts counts twice."
        )
    if (ages.groupby(key)["age"].nunique() < LAST - FIRST + 1).any():
        raise TableError(
            f"some areas, sexes or ethnic groups lack ages: each needs all from {FIRST} to {LAST}."
        )


def _margins(table: pd.DataFrame, whole: str, wards: set[str]) -> pd.DataFrame:
    """Totals by area, by area and sex, by area and ethnic group; the whole area's from its
    wards.
    """
    areas = set(table["area_code"])
    if areas - {whole} and areas - {whole} != wards:
        raise TableError(f"{len(wards - areas)} of the {len(wards)} wards are missing.")
    for column in ("sex", "ethnicity"):
        is_blank = table[column] == ""
        is_partly_blank = is_blank.any() and not is_blank.all()
        groups_by_area = table.groupby("area_code")[column].nunique()
        if is_partly_blank or groups_by_area.nunique() > 1:
            raise TableError(f"{column} must be told in every row or in none.")
    if whole not in areas:
        table = pd.concat([table, table.assign(area_code=whole)])
    totals = []
    for by in ("", "sex", "ethnicity"):
        # Of the other dimension, all together; where the table does not tell this one, that is the
        # total again.
        if not by or (table[by] != "").all():
            others = {column: "" for column in ("sex", "ethnicity") if column != by}
            by_group = table.assign(**others).groupby(["area_code", "sex", "ethnicity"])
            totals.append(by_group["persons"].sum())
    same = table.iloc[0]
    margins: pd.DataFrame = pd.concat(totals).reset_index()
    margins = margins.assign(
        as_of=same["as_of"],
        age_from=FIRST,
        age_to=LAST,
        quality=same["quality"],
        source=same["source"],
    )
    return margins[list(COLUMNS)]


WEIGHT_COLUMNS = ("offence_code", "weight", "version", "source")


def read_harm_weights(path: Path) -> pd.DataFrame:
    """How much harm a crime of each offence code does, such as the Cambridge Crime Harm Index's
    days. Raises TableError.
    """
    table = read_table(path, WEIGHT_COLUMNS)
    _refuse(table["offence_code"].str.strip() == "", "offence_code", "a Home Office offence code")
    _refuse(table.duplicated("offence_code"), "offence_code", "in one row only")
    is_number = table["weight"].str.fullmatch(r"[0-9]{1,6}(\.[0-9]{1,4})?")
    _refuse(~is_number, "weight", "a number that is not negative")
    for name in ("version", "source"):
        _refuse(table[name].str.strip() == "", name, "told; it is printed beside the figures")
        if table[name].nunique() > 1:
            raise TableError(f"{name} must be the same in every row.")
    return table

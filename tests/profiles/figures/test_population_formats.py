"""The layouts in which the ONS and Nomis hand out residents, each written from one invented table and read back to it."""

from __future__ import annotations

import csv
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from planned import REGISTER, WARDS

from profiles.figures.denominators import TableError, read_population
from profiles.figures.population_formats import BROAD, CENSUS, ETHNICITY, NOMIS, PLAIN
from profiles.figures.population_formats import WARDS as WIDE

CITY = "E08000025"
ELSEWHERE = "E08000026"
AGES = range(101)
CODES = range(1, 20)


def persons(age: int, sex: str, code: int = 1) -> int:
    """A number for each, so that none can stand in another's place."""
    return 10 * age + code + (500 if sex == "F" else 0)


def written(path: Path, header: list[str], rows: list[list[object]], above: list[str] = ()) -> Path:  # type: ignore[assignment]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        out = csv.writer(file)
        out.writerows([line] for line in above)
        out.writerow(header)
        out.writerows(rows)
    return path


def census(folder: Path) -> Path:
    header = [
        "Upper tier local authorities Code", "Upper tier local authorities",
        "Ethnic group (20 categories) Code", "Ethnic group (20 categories)",
        "Sex (2 categories) Code", "Sex (2 categories)", "Age (101 categories) Code",
        "Age (101 categories)", "Observation",
    ]  # fmt: skip
    rows: list[list[object]] = []
    for area in (CITY, ELSEWHERE):
        for code in (-8, *CODES):
            # 1 is female here, and male at Nomis.
            for number, sex in ((1, "F"), (2, "M")):
                for age in AGES:
                    count = 0 if code == -8 else persons(age, sex, code)
                    rows.append(
                        [area, "x", code, "y", number, "z", age, f"Aged {age} years", count]
                    )
    return written(folder / "custom-filtered-2026.csv", header, rows)


def nomis(folder: Path, header: tuple[str, ...] = ()) -> Path:
    names = list(header) or [
        "DATE", "DATE_NAME", "GEOGRAPHY", "GEOGRAPHY_NAME", "GEOGRAPHY_CODE", "GENDER",
        "GENDER_NAME", "C_AGE", "C_AGE_NAME", "MEASURES", "MEASURES_NAME", "OBS_VALUE",
    ]  # fmt: skip
    rows: list[list[object]] = []
    for year, more in (("2022", 1), ("2023", 0)):
        for area in (CITY, ELSEWHERE):
            for number, sex in ((0, "Total"), (1, "Male"), (2, "Female")):
                for age in AGES:
                    total = persons(age, "M") + persons(age, "F")
                    count = more + (total if sex == "Total" else persons(age, sex[0]))
                    for measure in ("20100", "20301"):
                        value = count if measure == "20100" else 1.2
                        rows.append(
                            [year, year, 1, "x", area, number, sex, 101 + age, f"Age {age}", measure, "m", value]
                        )  # fmt: skip
                rows.append(
                    [year, year, 1, "x", area, number, sex, 200, "All Ages", "20100", "m", 9]
                )
    return written(folder / "nomis.csv", names, rows)


def wide(folder: Path, title: str = "Mid-2022 population estimates by ward") -> Path:
    header = ["LAD 2022 Code", "LAD 2022 Name", "Ward 2022 Code", "Ward 2022 Name", "Total"]
    header += [f"{sex}{age}" for sex in "FM" for age in range(91)]
    rows: list[list[object]] = []
    for place, ward in enumerate([*sorted(WARDS), "E05099999"]):
        numbers = [persons(age, sex, place) for sex in "FM" for age in range(91)]
        rows.append([CITY, "x", ward, "y", sum(numbers), *numbers])
    return written(folder / "wards.csv", header, rows, [title, "", "Source: ONS"])


def expected(of: Callable[[int, str], int]) -> dict[str, int]:
    return {sex: sum(of(age, sex) for age in range(10, 18)) for sex in "FM"}


def by_sex(table: pd.DataFrame, area: str) -> dict[str, int]:
    of = table[(table["area_code"] == area) & (table["sex"] != "")]
    return dict(zip(of["sex"], of["persons"].astype(int), strict=True))


def test_a_custom_table_of_the_census(tmp_path: Path) -> None:
    read = read_population(census(tmp_path), REGISTER)
    assert read.format == CENSUS
    assert read.left_out["rows of other areas"] == 19 * 2 * 101
    assert read.left_out["rows that do not apply"] == 2 * 2 * 101
    wanted = expected(lambda age, sex: sum(persons(age, sex, code) for code in CODES))
    assert by_sex(read.table, CITY) == wanted
    of_group = read.table[read.table["ethnicity"] != ""]
    found = dict(zip(of_group["ethnicity"], of_group["persons"].astype(int), strict=True))
    for group, codes in BROAD.items():
        several = expected(lambda age, sex, codes=codes: sum(persons(age, sex, c) for c in codes))  # type: ignore[misc]
        assert found[group] == sum(several.values()), group
    assert set(read.table["as_of"]) == {"Census 2021"}


def test_five_bands_of_age_are_refused_with_what_to_ask_for(tmp_path: Path) -> None:
    """The ready download of RM032 has bands that cross 10 and 17."""
    header = ["Lower tier local authorities Code", "Age (C) (5 categories) Code", "Observation"]
    path = written(tmp_path / "RM032.csv", header, [[CITY, 1, 5]])
    with pytest.raises(TableError, match="create a custom dataset"):
        read_population(path, REGISTER)


def test_a_download_from_nomis(tmp_path: Path) -> None:
    read = read_population(nomis(tmp_path), REGISTER)
    assert read.format == NOMIS
    assert by_sex(read.table, CITY) == expected(persons)
    assert set(read.table["as_of"]) == {"mid-2023"}
    for what in ("percentages", "earlier years", "both sexes together", "other areas"):
        assert read.left_out[f"rows of {what}"] > 0, what


@pytest.mark.parametrize("title", ["Mid-2022 population estimates", "mid 2022: estimates"])
def test_ward_estimates_with_a_column_for_each_age(tmp_path: Path, title: str) -> None:
    read = read_population(wide(tmp_path, title), REGISTER)
    assert read.format == WIDE
    for place, ward in enumerate(sorted(WARDS)):
        found = by_sex(read.table, ward)
        assert found == expected(lambda age, sex, place=place: persons(age, sex, place))  # type: ignore[misc]
    assert set(read.table["as_of"]) == {"mid-2022"}
    assert set(read.table["quality"]) == {"published"}
    assert CITY in set(read.table["area_code"])


def test_a_year_that_nothing_tells_is_asked_for(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="of which year it is"):
        read_population(wide(tmp_path, "Population estimates"), REGISTER)
    path = wide(tmp_path, "Population estimates").rename(tmp_path / "mid-2021-wards.csv")
    assert set(read_population(path, REGISTER).table["as_of"]) == {"mid-2021"}


def test_a_plain_table_is_one(tmp_path: Path) -> None:
    table = read_population(nomis(tmp_path), REGISTER).table
    singles = [
        table.assign(age_from=age, age_to=age, persons=table["persons"].astype(int) // 8)
        for age in range(10, 18)
    ]
    every = pd.concat(singles)
    every[every["sex"] != ""].to_csv(tmp_path / "plain.csv", index=False)
    assert read_population(tmp_path / "plain.csv", REGISTER).format == PLAIN


def test_a_layout_that_is_not_known_is_refused(tmp_path: Path) -> None:
    path = written(tmp_path / "x.csv", ["area", "people"], [[CITY, 5]])
    with pytest.raises(TableError, match="no layout that is known here: a custom table of Census"):
        read_population(path, REGISTER)


@pytest.mark.parametrize("make", [census, nomis, wide])
def test_another_city_s_table_is_refused(tmp_path: Path, make: Callable[[Path], Path]) -> None:
    path = make(tmp_path)
    text = path.read_text("utf-8-sig").replace(CITY, "E08000099")
    for ward in WARDS:
        text = text.replace(ward, "E05088888")
    path.write_text(text, "utf-8")
    with pytest.raises(TableError, match="no row is of Birmingham"):
        read_population(path, REGISTER)


def test_each_group_of_the_census_is_in_its_broad_group() -> None:
    """The 20 categories of Census 2021 by code, as the ONS lists them; Arab is no White group."""
    asian, black, mixed, white, other = BROAD
    listed = {
        asian: ("Bangladeshi", "Chinese", "Indian", "Pakistani", "Other Asian"),
        black: ("African", "Caribbean", "Other Black"),
        mixed: (
            "White and Asian",
            "White and Black African",
            "White and Black Caribbean",
            "Other Mixed",
        ),
        white: ("British", "Irish", "Gypsy or Irish Traveller", "Roma", "Other White"),
        other: ("Arab", "Any other ethnic group"),
    }
    groups = [broad for broad, names in listed.items() for _ in names]
    assert [ETHNICITY[str(code)] for code in CODES] == groups
    assert white == "White"
    assert other == "Other ethnic group"

"""Tables of residents as people bring them: margins added up, what is wrong said by column and number of rows."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from planned import REGISTER, WARDS

from assets.store.folder import DataFolder
from assets.store.reference import import_population, load_imported, reset
from assets.store.warehouse import load_reference
from profiles.figures.denominators import COLUMNS, TableError, read_harm_weights, read_population

CITY = "E08000025"
GROUPS = [g.group for g in REGISTER.groups_of("ethnicity") if not g.is_residual]


def rows(areas: list[str], sexes: list[str], groups: list[str], persons: int = 10) -> pd.DataFrame:
    """Single years from 0 to 20: those outside 10 to 17 are to be left out."""
    made = [
        (area, "mid-2023", age, age, sex, group, persons, "published", "ONS RM032")
        for area in areas
        for sex in sexes
        for group in groups
        for age in range(21)
    ]
    return pd.DataFrame(made, columns=list(COLUMNS))


def write(path: Path, table: pd.DataFrame) -> Path:
    table.to_csv(path, index=False)
    return path


def test_a_joint_table_gives_every_margin(tmp_path: Path) -> None:
    found = read_population(
        write(tmp_path / "p.csv", rows(sorted(WARDS), ["F", "M"], GROUPS)), REGISTER
    ).table
    found = found.set_index(["area_code", "sex", "ethnicity"])["persons"]
    ward = "E05011118"
    assert found[ward, "", ""] == 8 * 2 * 5 * 10
    assert found[ward, "F", ""] == 8 * 5 * 10
    assert found[ward, "", GROUPS[0]] == 8 * 2 * 10
    assert found[CITY, "", ""] == 69 * found[ward, "", ""]
    assert found[CITY, "", GROUPS[4]] == 69 * 8 * 2 * 10
    assert len(found) == 70 * (1 + 2 + 5)


def test_a_city_by_ethnic_group_alone(tmp_path: Path) -> None:
    found = read_population(write(tmp_path / "p.csv", rows([CITY], [""], GROUPS)), REGISTER).table
    assert sorted(found["ethnicity"]) == ["", *sorted(GROUPS)]
    assert found["persons"].sum() == 2 * 5 * 8 * 10


def cell(column: str, value: object) -> Callable[[pd.DataFrame], pd.DataFrame]:
    def spoilt(table: pd.DataFrame) -> pd.DataFrame:
        table = table.astype(object)
        table.loc[15, column] = value
        return table

    return spoilt


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (cell("area_code", "E05001178"), "area_code: 1 rows are wrong"),
        (cell("sex", "female"), "sex: 1 rows are wrong; it must be F, M or blank"),
        (cell("ethnicity", "BAME"), "ethnicity: 1 rows are wrong"),
        (cell("persons", "1,200"), "persons: 1 rows are wrong; it must be a whole number"),
        (cell("persons", "-3"), "persons: 1 rows are wrong"),
        (cell("quality", "good"), "quality: 1 rows are wrong"),
        (cell("source", " "), "source: 1 rows are wrong"),
        (cell("as_of", "mid-2022"), "as_of must be the same in every row"),
        (cell("age_to", 19), "no band crosses the ages 10 or 17"),
        (cell("age_to", 14), "age_to: 1 rows are wrong; it must be not below age_from"),
        (cell("age_from", 14), "are in it twice"),
        (lambda t: t.drop(index=15), "lack ages"),
        (lambda t: t[t["area_code"] != "E05011186"], "1 of the 69 wards are missing"),
        (lambda t: t[list(COLUMNS)[::-1]], "or the columns area_code"),
        (lambda t: t[t["age_from"] > 17], "no row lies within the ages"),
        (lambda t: t.iloc[:0], "it must have between 1"),
        (lambda t: pd.concat([t, t.iloc[15:16]]), "are in it twice"),
    ],
)
def test_what_is_wrong_is_said(
    tmp_path: Path, spoil: Callable[[pd.DataFrame], pd.DataFrame], words: str
) -> None:
    path = write(tmp_path / "p.csv", spoil(rows(sorted(WARDS), ["F", "M"], [""])))
    with pytest.raises(TableError) as error:
        read_population(path, REGISTER)
    assert words in str(error.value)


def residents(data: DataFolder) -> pd.DataFrame:
    with duckdb.connect() as con:
        load_reference(con, {"canaries": []}, REGISTER, data.reference)
        con.execute(
            "create table core_residents as "
            + (Path(__file__).parents[3] / "sql/joined/core_residents.sql").read_text()
        )
        return con.table("core_residents").df().set_index(["area_code", "sex", "ethnicity"])


def test_an_import_takes_the_place_of_its_own_breakdown_and_no_other(
    data: DataFolder, tmp_path: Path
) -> None:
    before = residents(data)
    assert before.loc[(CITY, "", ""), "persons"] == 132_587
    assert before.loc[("East", "", ""), "quality"] == "estimate"
    assert before.loc[(CITY, "", "White"), "quality"] == "indicative"
    import_population(data, write(tmp_path / "e.csv", rows([CITY], [""], GROUPS)))
    after = residents(data)
    assert after.loc[(CITY, "", "White"), "quality"] == "published"
    assert after.loc[(CITY, "", ""), "persons"] == 5 * 8 * 10
    assert after.loc[(CITY, "F", ""), "persons"] == before.loc[(CITY, "F", ""), "persons"]
    import_population(data, write(tmp_path / "w.csv", rows(sorted(WARDS), [""], [""], 100)))
    both = residents(data)
    assert both.loc[("E05011118", "", ""), "persons"] == 800
    assert both.loc[("East", "", ""), "persons"] == 800 * sum(
        ward.locality == "East" for ward in WARDS.values()
    )
    assert both.loc[(CITY, "", "White"), "quality"] == "published"
    assert reset(data, "ref_population.csv")
    assert not reset(data, "ref_population.csv")
    pd.testing.assert_frame_equal(residents(data).sort_index(), before.sort_index())
    # What was imported before stays, aside.
    assert len(list((data.reference / "replaced").iterdir())) == 2


def test_harm_weights(data: DataFolder, tmp_path: Path) -> None:
    good = pd.DataFrame(
        {
            "offence_code": ["1", "105A"],
            "weight": ["5475", "0.5"],
            "version": "2020",
            "source": "Cambridge",
        }
    )
    write(tmp_path / "h.csv", good)
    assert len(read_harm_weights(tmp_path / "h.csv")) == 2
    for change, words in (
        ({"weight": ["-1", "2"]}, "weight: 1 rows are wrong"),
        ({"offence_code": ["1", "1"]}, "offence_code: 1 rows are wrong"),
        ({"version": ["1", "2"]}, "version must be the same"),
        ({"source": ["", "x"]}, "source: 1 rows are wrong"),
    ):
        with pytest.raises(TableError, match=words):
            read_harm_weights(write(tmp_path / "h.csv", good.assign(**change)))
    write(data.reference / "ref_harm_weights.csv", good)
    with duckdb.connect() as con:
        load_reference(con, {"canaries": []}, REGISTER)
        load_imported(con, data.reference)
        assert con.execute(
            "select offence_code, weight::double from ref_harm_weights order by 1"
        ).fetchall() == [
            ("1", 5475.0),
            ("105A", 0.5),
        ]

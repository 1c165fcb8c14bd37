"""The files beside a report hold the same labels, whoever reads them."""

from __future__ import annotations

import dataclasses
import io
import json
import zipfile
from pathlib import Path

import duckdb
import openpyxl
import pandas as pd
import pytest
from frictionless import system, validate
from python_calamine import CalamineWorkbook
from telling import CASES, EACH, page, store

from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Stamp
from profiles.report.downloads import COLUMNS, downloads, figures_table
from profiles.sections.place.locality import build_locality, localities

pytestmark = pytest.mark.xdist_group("sections")
PUBLIC = EDITIONS[1]
STAMP = Stamp("2024-03-01.v1", "1 May 2024", "2024-05-01", "A. Tester", "First.")


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("downloads")
    labels = PUBLIC.labels(store(*CASES["a hundred and fifty"]))
    made = downloads(labels, dataclasses.replace(page([]), stamp=STAMP), PUBLIC)
    again = downloads(labels, dataclasses.replace(page([]), stamp=STAMP), PUBLIC)
    assert made == again
    for name, content in made.items():
        (folder / name).write_bytes(content)
    return folder


def read(files: Path) -> pd.DataFrame:
    return pd.read_csv(files / "figures.csv", keep_default_na=False, dtype=str)


def test_beside_a_draft_is_the_table_alone() -> None:
    labels = PUBLIC.labels(store(*CASES["three children"]))
    assert list(downloads(labels, page([]), PUBLIC)) == ["figures.csv"]


def test_every_column_is_described_and_every_figure_defined(files: Path) -> None:
    table = read(files)
    dictionary = pd.read_csv(files / "dictionary.csv", keep_default_na=False)
    by_kind = dictionary.groupby("kind")["name"].agg(list)
    assert by_kind["column"] == list(table.columns)
    assert set(by_kind["figure"]) == set(table["figure"])
    assert (dictionary.loc[dictionary["kind"] != "group", "what it is"] != "").all()
    groups = set(by_kind["group"])
    for kind, group in (("group_type", "group"), ("group2_type", "group2")):
        known = table[table[kind].isin({g.split("=")[0] for g in groups})]
        assert set(known[kind] + "=" + known[group]) <= groups
    assert set(COLUMNS) == set(table.columns)


def test_a_share_has_the_label_of_its_count_as_numerator(files: Path) -> None:
    table = read(files)
    shares = table[table["measure"].isin(["percent", "rate"])]
    counts = table[table["measure"] == "count"]
    key = ["figure", "group_type", "group", "group2", "group3", "period_end"]
    joined = shares.merge(counts[[*key, "label"]], on=key, suffixes=("", "_of_count"))
    assert len(joined) > 20
    assert (joined["numerator"] == joined["label_of_count"]).all()
    assert (table.loc[~table["measure"].isin(["percent", "rate"]), "numerator"] == "").all()


def test_every_label_that_is_not_shown_says_why(files: Path) -> None:
    hidden = read(files).query("status == 'refused'")
    assert (hidden["note"] != "").all()


def test_parquet_holds_the_same_rows(files: Path) -> None:
    with duckdb.connect() as con:
        rows = con.execute(f"from '{files / 'figures.parquet'}'").df()
    labels = PUBLIC.labels(store(*CASES["a hundred and fifty"]))
    pd.testing.assert_frame_equal(rows, figures_table(labels), check_dtype=False)


def test_the_package_describes_the_table(files: Path) -> None:
    """Read by a library that is not ours; frictionless has no reader of Parquet here."""
    package = json.loads((files / "datapackage.json").read_text())
    described = next(r for r in package["resources"] if r["name"] == "figures")
    with system.use_context(trusted=True):
        report = validate(described | {"path": str(files / "figures.csv")})
    assert report.valid, report.flatten(["message"])
    assert report.tasks[0].stats["rows"] == len(read(files))
    assert all((files / r["path"]).exists() for r in package["resources"])


def test_the_workbook_has_one_table_a_sheet_and_a_way_in(files: Path) -> None:
    """The Analysis Function's checklist, as far as a machine can go through it."""
    book = openpyxl.load_workbook(io.BytesIO((files / "figures.xlsx").read_bytes()))
    assert book.sheetnames[:3] == ["cover", "contents", "notes"]
    listed = [row[0].value for row in book["contents"].iter_rows()]
    rows = 0
    for name in book.sheetnames[3:]:
        sheet = book[name]
        assert name in listed
        assert len(sheet.tables) == 1
        assert not sheet.merged_cells.ranges
        assert sheet.cell(1, 1).value
        rows += sheet.max_row - 3 if name != "dictionary" else 0
    assert rows == len(read(files))


def test_the_open_workbook_holds_the_same_as_the_other(files: Path) -> None:
    """Each read by a library that is not ours."""
    book = openpyxl.load_workbook(io.BytesIO((files / "figures.xlsx").read_bytes()))
    open_book = CalamineWorkbook.from_path(str(files / "figures.ods"))
    assert open_book.sheet_names == book.sheetnames
    for name in book.sheetnames:
        rows = [
            ["" if v is None else v for v in row] for row in book[name].iter_rows(values_only=True)
        ]
        width = max(len(row) for row in rows)
        others = [
            [*row, *[""] * (width - len(row))]
            for row in open_book.get_sheet_by_name(name).to_python()
        ]
        assert others == rows, name


def test_each_table_of_the_open_workbook_is_marked_as_one(files: Path) -> None:
    with zipfile.ZipFile(files / "figures.ods") as file:
        assert file.infolist()[0].filename == "mimetype"
        assert file.infolist()[0].compress_type == zipfile.ZIP_STORED
        content = file.read("content.xml").decode()
    assert content.count("<table:database-range ") == content.count("<table:table-header-rows>")
    assert content.count("<table:database-range ") == content.count("<table:table ") - 3
    assert "number-columns-spanned" not in content


@pytest.mark.parametrize("case", EACH)
def test_a_locality_has_the_labels_of_the_report(case: str) -> None:
    labels = store(*CASES[case])
    keys = labels.names()
    text_of = {r["label"] for r in labels.as_table().to_dict("records")}
    for locality in localities(labels):
        section = build_locality(labels, page([]), locality)
        cells = [c for b in section.blocks for t in b.tables for row in t.rows for c in row]
        assert {c.key for c in cells if c.key} <= keys
        assert {c.text for c in cells if c.key} <= text_of

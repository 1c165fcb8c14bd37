"""What an export can hold that reads without a complaint and would be wrong: each is read rightly, or said, or refused.

The fixtures are those of test_exports.py: thirty pupils, their enrolments and exclusions, all invented.
"""

from __future__ import annotations

import io
import zipfile
from collections import Counter
from itertools import product
from pathlib import Path

import openpyxl
import pytest
from exporting import OWN, PARTNERSHIP, edit, education_export, extract, rewrite, table

from expectations.contract import Column
from expectations.pseudonyms import normalise
from expectations.pseudonyms.cells import (
    Noted,
    Secrets,
    _key_cell,
    _sum_cell,
    number_of,
    yes_or_no,
)
from expectations.pseudonyms.mapping import MappingError
from expectations.pseudonyms.moments import moment_of
from expectations.pseudonyms.other_files import OtherFileError, sheet_lines
from expectations.pseudonyms.raw import LeftOut
from expectations.pseudonyms.shaping import Each, Latest, Shape, shaped


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    education_export(tmp_path / "raw", 40, 0.0)
    return tmp_path / "raw"


def add_line(path: Path, text: str, at: int | None = None) -> None:
    lines = path.read_text("utf-8").splitlines()
    lines.insert(len(lines) if at is None else at, text)
    path.write_text("\n".join(lines) + "\n", "utf-8")


# What is no row


def test_a_header_that_stands_again_is_no_row(raw: Path) -> None:
    for name in ("people", "enrolments", "exclusions"):
        path = raw / f"{name}.csv"
        header = path.read_text("utf-8").splitlines()[0]
        add_line(path, header, 10)
        add_line(path, f"\ufeff{header}", 20)
    result = extract(raw)
    assert len(table(raw, "people")) == 30
    assert len(table(raw, "enrolments")) == 30
    for name in ("people", "enrolments", "exclusions"):
        assert result.left_out[f"{name}.csv", "lines that repeat the header"] == 2


REMARKS = [
    "Applied filters: none", "Run date: 05/04/2024", "Records: 30", "*** End ***", "1 of 3",
    "Source: the register", "Last updated 05/04/2024", "Warning: Null value is eliminated",
]  # fmt: skip


# With a number beside them, these may be rows.
ALONE = [("Year 7", ""), ("30", "")]


@pytest.mark.parametrize(
    ("remark", "second"), [*product(REMARKS, ["", "30"]), *ALONE], ids=lambda text: text or "alone"
)
def test_remarks_and_headings_are_no_rows(raw: Path, remark: str, second: str) -> None:
    """In a cell of their own; with a number beside them, those that begin as a report's end."""
    width = len((raw / "people.csv").read_text("utf-8").splitlines()[0].split(","))
    add_line(raw / "people.csv", ",".join([remark, second, *[""] * (width - 2)]))
    result = extract(raw)
    assert len(table(raw, "people")) == 30
    assert sum(number for (file, _), number in result.left_out.items() if file == "people.csv") == 1


def test_a_total_with_a_number_in_every_column_is_no_row(raw: Path) -> None:
    width = len((raw / "people.csv").read_text("utf-8").splitlines()[0].split(","))
    add_line(raw / "people.csv", ",".join(["Grand Total", *["30"] * (width - 1)]))
    extract(raw)
    assert len(table(raw, "people")) == 30


def test_a_copy_of_a_file_does_not_count_twice(raw: Path) -> None:
    (raw / "enrolments (1).csv").write_bytes((raw / "enrolments.csv").read_bytes())
    edit(raw / "columns.yml", ("file: enrolments.csv\n", 'file: "enrolments*.csv"\n'))
    with pytest.raises(MappingError, match=r"enrolments.csv: are the same to the byte"):
        extract(raw)


def test_a_quote_that_swallows_rows_is_refused_and_can_be_a_character(raw: Path) -> None:
    rewrite(raw / "people.csv", lambda row, number: {}, delimiter="\t")
    path = raw / "people.csv"
    lines = path.read_text("utf-8").splitlines()
    for number, place in ((3, 0), (6, -1)):
        cells = lines[number].split("\t")
        given = cells.index(next(cell for cell in cells if cell.isalpha()))
        cells[given] = f'"{cells[given]}' if place == 0 else f'{cells[given]}"'
        lines[number] = "\t".join(cells)
    path.write_text("\n".join(lines) + "\n", "utf-8")
    edit(raw / "columns.yml", ("file: people.csv\n", "file: people.csv\n    delimiter: tab\n"))
    with pytest.raises(MappingError, match=r"people.csv, line 4: a quote runs on .*quote: none"):
        extract(raw)
    edit(raw / "columns.yml", ("delimiter: tab\n", "delimiter: tab\n    quote: none\n"))
    extract(raw)
    assert len(table(raw, "people")) == 30


def test_a_table_of_which_no_row_is_left_is_refused(raw: Path) -> None:
    path = raw / "people.csv"
    path.write_text(path.read_text("utf-8").splitlines()[0] + "\n", "utf-8")
    with pytest.raises(MappingError, match=r"table people: no row is left"):
        extract(raw)


# Whose rows they are


def test_references_that_are_written_otherwise_in_another_table_are_refused(raw: Path) -> None:
    rewrite(raw / "enrolments.csv", lambda row, _: {"CaseId": f"0{row['CaseId']}"})
    with pytest.raises(MappingError, match=r"person_ref .*30 of 30 rows .* written alike in both"):
        extract(raw)


def test_a_reference_with_a_noughts_fraction_is_the_same_one(raw: Path) -> None:
    rewrite(raw / "people.csv", lambda row, number: {"CaseId": str(5000 + number)})
    rewrite(raw / "enrolments.csv", lambda row, number: {"CaseId": f"{5000 + number}.0"})
    rewrite(raw / "exclusions.csv", lambda row, number: {"CaseId": f"'{5000 + number}\u200b"})
    result = extract(raw)
    assert not result.noted["enrolments"].orphans["person_ref"]
    assert not result.noted["exclusions"].orphans["person_ref"]


def test_references_that_a_spreadsheet_shortened_are_refused(raw: Path) -> None:
    rewrite(raw / "people.csv", lambda row, number: {"CaseId": "2.02E+11"})
    with pytest.raises(MappingError, match=r"could not be read; a spreadsheet has shortened"):
        extract(raw)


def test_of_two_names_that_are_one_word_for_nobody_no_key_is_made(raw: Path) -> None:
    for given, family in (
        ("Not", "Known"),
        ("No", "Name"),
        ("Unidentified", "Male"),
        ("A", "Juvenile"),
    ):
        assert normalise.full_name(given, family) is None
    assert normalise.full_name("Amy", "Knowles") == "AMY|KNOWLES"
    assert normalise.full_name("Zo\ufffd", "Smith") is None
    assert normalise.stand_ins("Not", "Known") == ["surname"]


# Days and moments


def test_a_literal_z_or_utc_in_a_format_is_utc() -> None:
    for text, form in (
        ("2010-06-30T23:00:00Z", "%Y-%m-%dT%H:%M:%SZ"),
        ("30/06/2010 23:00 UTC", "%d/%m/%Y %H:%M UTC"),
        ("30/06/2010 23:00 UTC", "%d/%m/%Y %H:%M %Z"),
        ("30/06/2010 23:00 GMT", "%d/%m/%Y %H:%M GMT"),
    ):
        told = moment_of(text, (form,), None)
        assert told is not None
        assert (told.moment.isoformat(), told.has_zone) == ("2010-07-01T00:00:00", True)


def test_the_first_and_the_last_day_there_are_stand_for_none(raw: Path) -> None:
    ends = ["0001-01-01T00:00:00+00:00", "9999-12-31T23:59:59-01:00", "0001-01-01", "9999-12-31"]
    rewrite(raw / "enrolments.csv", lambda row, number: {"End": ends[number % 4]})
    result = extract(raw)
    assert {row["end_date"] for row in table(raw, "enrolments")} == {""}
    assert result.noted["enrolments"].open_ends["end_date"] == 30


def test_a_spreadsheets_days_and_septembers_four_letters() -> None:
    told = moment_of("40359.96", ("excel",), None)
    assert told is not None
    assert told.moment.isoformat() == "2010-06-30T23:02:00"
    assert moment_of("30/06/2010", ("excel",), None) is None
    september = moment_of("03-Sept-2021", ("%d-%b-%Y",), None)
    assert september is not None
    assert september.moment.date().isoformat() == "2021-09-03"


FORMS = {
    "two that read one cell as two days": ('["%d/%m/%Y", "%m/%d/%Y"]', "one day by one of these"),
    "without a month": ('"%d-Sept-%Y"', "none that a day can be read by"),
    "without a day": ('"%m/%Y"', "none that a day can be read by"),
}


@pytest.mark.parametrize("case", FORMS)
def test_a_format_by_which_days_cannot_be_told_is_refused(raw: Path, case: str) -> None:
    form, says = FORMS[case]
    edit(
        raw / "columns.yml",
        (
            'date_of_birth: {from: DOB, format: "%d/%m/%Y"}',
            f"date_of_birth: {{from: DOB, format: {form}}}",
        ),
    )
    with pytest.raises(MappingError, match=says):
        extract(raw)


def test_an_open_end_that_its_format_cannot_read_is_refused(raw: Path) -> None:
    edit(raw / "columns.yml", ("end_date: End", 'end_date: {from: End, open_end: ["01/01/2099"]}'))
    with pytest.raises(MappingError, match="open_end: a day is written as its format has it"):
        extract(raw)


# Numbers, codes and yes or no


def test_yes_and_no_and_neither() -> None:
    for text in ("y", "yes", "true", "x", "1", "-1", "2", "✓", "yes - seen"):
        assert yes_or_no(text) is True
    for text in (
        "n",
        "no",
        "0",
        "0.0",
        "n/a",
        "-",
        "not recorded",
        "none",
        "no - none recorded",
        "nr",
        "nan",
    ):
        assert yes_or_no(text) is False
    for text in ("assault", "see file", "inf", "infinity", "1e400"):
        assert yes_or_no(text) is None


def test_a_comma_parts_thousands_or_it_is_no_number() -> None:
    assert [number_of(text) for text in ("1,234", "1,234,567.5", "12 000", "3.0")] == [
        "1234", "1234567.5", "12000", "3.0",
    ]  # fmt: skip
    assert number_of("3,0") == "3,0"


def test_codes_in_small_letters_are_codes_and_otherwise_is_counted(raw: Path) -> None:
    rewrite(
        raw / "people.csv", lambda row, number: {"Gender": ("f", "m", "other words")[number % 3]}
    )
    edit_sex(raw, "{from: Gender, otherwise: U}")
    result = extract(raw)
    assert [row["sex"] for row in table(raw, "people")][:3] == ["F", "M", "U"]
    assert result.noted["people"].otherwise["sex"] == 10
    assert any("sex: 10 cells have no line in codes" in line for line in result.lines())


def edit_sex(raw: Path, source: str) -> None:
    path = raw / "columns.yml"
    lines = path.read_text("utf-8").splitlines()
    (at,) = [number for number, line in enumerate(lines) if line.strip().startswith("sex:")]
    indent = lines[at][: len(lines[at]) - len(lines[at].lstrip())]
    lines[at] = f"{indent}sex: {source}"
    path.write_text("\n".join(lines) + "\n", "utf-8")


# Letters


@pytest.mark.parametrize("name", ["Nguyễn", "Crețu", "Łukasz", "Γιάννης", "Зоя", "محمد"])
def test_letters_that_were_read_wrongly_before_are_refused_by_line(raw: Path, name: str) -> None:
    misread = name.encode().decode("cp1252", "replace")
    rewrite(
        raw / "people.csv",
        lambda row, number: {"Family": misread if number == 4 else row["Family"]},
    )
    with pytest.raises(MappingError, match=r"people.csv: line 6: holds letters that were read"):
        extract(raw)


@pytest.mark.parametrize("name", ["Zoë", "Noël’s", "Ñuñez", "Renée…", "“Évora”", "Nguyễn"])
def test_letters_that_are_right_are_not(raw: Path, name: str) -> None:
    rewrite(
        raw / "people.csv", lambda row, number: {"Family": name if number == 4 else row["Family"]}
    )
    extract(raw)
    assert len(table(raw, "people")) == 30


def test_a_file_of_dos_that_is_called_cp1252_is_refused(raw: Path) -> None:
    rewrite(raw / "people.csv", lambda row, _: {"Given": "Zoé"}, encoding="cp850")
    edit(raw / "columns.yml", ("file: people.csv\n", "file: people.csv\n    encoding: cp1252\n"))
    with pytest.raises(MappingError, match=r"line 2: looks like the letters of DOS .*cp850"):
        extract(raw)


def test_utf_16_that_goes_on_otherwise_is_refused_in_words(raw: Path) -> None:
    path = raw / "people.csv"
    path.write_bytes(path.read_text("utf-8").encode("utf-16") + b"something more\n")
    with pytest.raises(MappingError, match="is not in the encoding of its beginning"):
        extract(raw)


# What is told of a file


@pytest.mark.parametrize("case", ["a block of labels and values", "one of them"])
def test_no_cell_of_a_title_is_told_as_a_column(raw: Path, case: str) -> None:
    path = raw / "people.csv"
    lines = path.read_text("utf-8").splitlines()
    names = lines[0].split(",")
    block = f"{names[1]},Quillfeather"
    if case.startswith("a block"):
        block = f"{names[0]},P-77123,{names[1]},Quillfeather,{names[2]},Zebedee"
    lines[0] = lines[0].upper() + "X"
    path.write_text("\n".join([block, *lines]) + "\n", "utf-8")
    with pytest.raises(MappingError) as error:
        extract(raw)
    for cell in ("Quillfeather", "Zebedee", "P-77123"):
        assert cell not in str(error.value)


def test_a_name_of_a_column_with_other_spaces_is_the_name(raw: Path) -> None:
    edit(raw / "people.csv", ("Post Code", "Post\u00a0 Code"))
    extract(raw)
    assert all(row["key_name_postcode"] for row in table(raw, "people"))


# Workbooks


def book(path: Path, rows: list[list[object]]) -> None:
    workbook = openpyxl.Workbook()
    sheet = workbook.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    workbook.save(path)


def in_workbook(path: Path, old: bytes, new: bytes) -> None:
    """A workbook with other bytes in its sheet."""
    changed = io.BytesIO()
    with zipfile.ZipFile(path) as packed, zipfile.ZipFile(changed, "w") as out:
        for name in packed.namelist():
            content = packed.read(name)
            if name.startswith("xl/worksheets/"):
                assert old in content
                content = content.replace(old, new)
            out.writestr(name, content)
    path.write_bytes(changed.getvalue())


def test_a_sheet_is_read_whole_whatever_size_the_file_tells(tmp_path: Path) -> None:
    path = tmp_path / "export.csv"
    book(path, [["a", "b"], [1, 2], [3, 4], [5, None]])
    in_workbook(path, b'<dimension ref="A1:B4"', b'<dimension ref="A1:A2"')
    assert [cells for _, cells in sheet_lines(path, "Sheet")][:3] == [
        ["a", "b"],
        ["1", "2"],
        ["3", "4"],
    ]


def test_a_formula_that_was_never_worked_out_is_refused_by_row(tmp_path: Path) -> None:
    path = tmp_path / "export.xlsx"
    book(path, [["a", "b"], [1, "=A2+1"]])
    with pytest.raises(OtherFileError, match="row 2: a formula whose value was never worked out"):
        list(sheet_lines(path, "Sheet"))


# What is done to rows


BLANK = frozenset({"null"})
DAYS = ("%d/%m/%Y",)


def done(rows: list[dict[str, str]], shape: Shape) -> tuple[list[dict[str, str]], LeftOut]:
    left_out: LeftOut = Counter()
    return list(shaped(Path("nowhere"), "f.csv", rows, shape, BLANK, left_out)), left_out


def test_who_has_no_number_is_not_the_latest_of_all_who_have_none() -> None:
    rows = [{"Id": key, "Day": "01/02/2024"} for key in ("NULL", "", "1", "NULL", "1")]
    kept, left_out = done(rows, Shape(latest=Latest(("Id",), "Day", DAYS)))
    assert sorted(row["Id"] for row in kept) == ["", "1", "NULL", "NULL"]
    assert left_out["f.csv", "rows with nothing in the columns of latest_per (each is kept)"] == 3


def test_the_latest_by_days_that_cannot_be_read_is_refused() -> None:
    rows = [{"Id": "1", "Day": day} for day in ("28/02/2024", "01/03/2024")]
    assert done(rows, Shape(latest=Latest(("Id",), "Day", DAYS)))[0] == [rows[1]]
    with pytest.raises(MappingError, match="latest_per: 2 of 2 days in the column Day could not"):
        done(rows, Shape(latest=Latest(("Id",), "Day")))


def test_a_day_that_is_written_in_two_ways_is_one_day() -> None:
    rows = [
        {"Id": "1", "Start": "01/02/2024", "End": ""},
        {"Id": "1", "Start": "2024-02-01", "End": "2024-03-01"},
    ]
    latest = Latest(("Id", "Start"), "", (), {"Start": DAYS})
    assert done(rows, Shape(latest=latest))[0] == [rows[1]]


def test_rows_without_a_part_in_their_list_are_counted() -> None:
    rows = [{"Why": text} for text in ("A;B", "", "C")]
    kept, left_out = done(rows, Shape(each=Each("Why")))
    assert [row["Why"] for row in kept] == ["A", "B", "C"]
    assert left_out["f.csv", "rows with nothing in the column of each"] == 1


def test_who_has_no_number_is_joined_to_nobody(raw: Path) -> None:
    """Two pupils without a number, and a row of names without one; the newest name of each counts."""
    numbers = ["NULL", "", "7", "8"]
    rewrite(raw / "people.csv", lambda row, number: {"Ethnic": numbers[number % 4]})
    (raw / "names.csv").write_text(
        "Number,First,Changed\nNULL,Eve,01/01/2024\n,Ann,01/01/2024\n7,Old,31/12/2022\n7,New,01/02/2023\n"
        "8,Kim,01/01/2024\n"
    )
    join = (
        "    join: {file: names.csv, on: [Ethnic, Number], columns: [First], "
        'latest_per: {per: Number, by: Changed, format: "%d/%m/%Y"}}\n'
    )
    edit(raw / "columns.yml", ("file: people.csv\n", f"file: people.csv\n{join}"))
    edit(raw / "columns.yml", ("forenames: Given", "forenames: First"))
    extract(raw)
    keys = [bool(row["key_name_dob"]) for row in table(raw, "people")]
    assert keys[:4] == [False, False, True, True]


def test_what_long_makes_cannot_be_read_before_it(raw: Path) -> None:
    long = "    long: {columns: [Start, End], name: Kind, value: Day}\n    keep: {Kind: Start}\n"
    edit(raw / "columns.yml", ("file: enrolments.csv\n", f"file: enrolments.csv\n{long}"))
    with pytest.raises(MappingError, match="keep: Kind is made by long, which comes after it"):
        extract(raw)


def test_what_stands_for_no_reference_makes_no_shared_key() -> None:
    noted = Noted()
    secrets = Secrets(PARTNERSHIP, OWN, "W")
    column = Column("key_nrm", "key")
    for text in ("TBC", "-", "N/A", "Not known", "Pending", "Awaiting", "See notes"):
        assert _key_cell(column, secrets, noted, text) == ""
    assert noted.stand_ins["key_nrm"] == 7
    assert _key_cell(column, secrets, noted, "NRM/2024/1234")


def test_a_sum_of_whole_numbers_is_whole() -> None:
    noted = Noted()
    whole = Column("sessions", "integer")
    assert _sum_cell(whole, noted, "1,200\n3") == "1203"
    assert _sum_cell(whole, noted, "1.5\n2") == ""
    assert _sum_cell(whole, noted, "2,0\n1") == ""
    assert noted.unread["sessions"] == 2

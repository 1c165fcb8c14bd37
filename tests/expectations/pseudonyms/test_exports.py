"""What systems export, as they export it: what is read, what is left out and counted, what is refused by file and line.

Each input is one that an agency's system writes. Nothing of it may pass with wrong data and no word.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import shutil
import zipfile
from pathlib import Path

import openpyxl
import pytest
import yaml
from exporting import (
    EXTRACTED,
    OWN,
    PARTNERSHIP,
    edit,
    education_export,
    extract,
    rewrite,
    table,
)

from expectations.pseudonyms.mapping import MappingError, read_mapping
from expectations.pseudonyms.other_files import OtherFileError, element_lines, sheet_lines
from expectations.pseudonyms.pseudonymise import pseudonymise


@pytest.fixture
def raw(tmp_path: Path) -> Path:
    education_export(tmp_path / "raw", 40, 0.0)
    return tmp_path / "raw"


@pytest.mark.parametrize(
    ("named", "written"),
    [("tab", "\t"), ('"\\t"', "\t"), ("semicolon", ";"), ("pipe", "|"), ('";"', ";")],
)
def test_delimiters(raw: Path, named: str, written: str) -> None:
    rewrite(raw / "people.csv", lambda row, _: {}, delimiter=written)
    edit(raw / "columns.yml", ("file: people.csv\n", f"file: people.csv\n    delimiter: {named}\n"))
    extract(raw)
    assert len(table(raw, "people")) == 30


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_utf_8_and_utf_16_are_told_from_the_first_bytes(raw: Path, encoding: str) -> None:
    extract(raw)
    plain = table(raw, "people")
    (raw.parent / "out").rename(raw.parent / "plain")
    text = (raw / "people.csv").read_text("utf-8")
    (raw / "people.csv").write_bytes(text.encode(encoding))
    extract(raw)
    assert table(raw, "people") == plain


WRONG_ENCODING = {
    "UTF-8 named cp1252": ("utf-8", "cp1252", "people.csv: is in UTF-8, and cp1252 would misread"),
    "cp1252 not named": ("cp1252", "", "people.csv: is not in the encoding utf-8.*cp1252"),
    "cp1252 named UTF-8": ("cp1252", "utf-8", "is not in the encoding utf-8"),
    "misread before": ("misread", "", "people.csv: line 2: holds letters .* wrong encoding before"),
    "no such encoding": ("utf-8", "ansi-1252", "columns.yml, line .*: encoding: no such encoding"),
}


@pytest.mark.parametrize("case", WRONG_ENCODING)
def test_an_encoding_that_would_misread_names_is_refused(raw: Path, case: str) -> None:
    written, named, words = WRONG_ENCODING[case]
    rewrite(raw / "people.csv", lambda row, _: {"Given": "Zoë"})
    text = (raw / "people.csv").read_text("utf-8")
    if written == "misread":
        text = text.encode("utf-8").decode("cp1252")
        written = "utf-8"
    (raw / "people.csv").write_bytes(text.encode(written))
    if named:
        change = f"file: people.csv\n    encoding: {named}\n"
        edit(raw / "columns.yml", ("file: people.csv\n", change))
    with pytest.raises(MappingError, match=words):
        extract(raw)


def zipped(name: str) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as out:
        out.writestr(name, "x")
    return packed.getvalue()


PACKED = {
    "an Excel workbook": zipped("xl/workbook.xml"),
    "an OpenDocument workbook": zipped("content.xml"),
    r"a packed file \(zip\)": zipped("people.csv"),
    r"a packed file \(gzip\)": b"\x1f\x8b\x08\x00rest",
    "a packed file .7z": b"7z\xbc\xaf\x27\x1crest",
    "an Excel workbook of the older kind, or one with a password": b"\xd0\xcf\x11\xe0" + bytes(60),
    "a Parquet file": b"PAR1rest",
    r"a database \(SQLite\)": b"SQLite format 3\x00rest",
    "a PDF": b"%PDF-1.7 rest",
    "an encrypted file": b"Salted__rest",
    "a web page or XML": b"\n<html><table>",
    "no text": b"a,b\x00\x01\x02,c\n",
}


@pytest.mark.parametrize("what", PACKED)
def test_what_is_no_csv_is_named_and_what_to_do(raw: Path, what: str) -> None:
    (raw / "people.csv").write_bytes(PACKED[what])
    with pytest.raises(MappingError, match=f"people.csv: is {what}.*, not CSV: "):
        extract(raw)


@pytest.mark.parametrize(
    "above", ["Pupil list\n", "Pupil list\nRun by,the office\n\n", "\n\n", "Report,,,,,,,,\n" * 15]
)
@pytest.mark.parametrize("how", ["found", "skip_lines", "header_at"])
def test_titles_above_the_header(raw: Path, above: str, how: str) -> None:
    text = (raw / "people.csv").read_text("utf-8")
    (raw / "people.csv").write_text(above + text, "utf-8")
    lines = above.count("\n")
    if how == "skip_lines":
        edit(
            raw / "columns.yml",
            ("file: people.csv\n", f"file: people.csv\n    skip_lines: {lines}\n"),
        )
    if how == "header_at":
        edit(
            raw / "columns.yml",
            ("file: people.csv\n", f"file: people.csv\n    header_at: {lines + 1}\n"),
        )
    result = extract(raw)
    assert len(table(raw, "people")) == 30
    filled = sum(bool(line.strip(",")) for line in above.splitlines())
    assert result.left_out["people.csv", "lines above the header"] == filled


FOOTERS = [
    "Total records: 30,,,,,,,,",
    "Total,30,,,,,,,",
    "Grand total,,,,,,,,30",
    ",,,,,,,Total,30",
    "30 rows",
    "(30 rows affected)",
    "--- End of report ---",
    "Generated on 05/04/2024 by the office",
    "Page 1 of 1",
    "Number of pupils: 30,,,,,,,,",
    ",,,,,,,,",
    '"","","","","","","","",""',
    "",
    "   ",
    "------,------,---,---,---,---,---,---,---",
]


@pytest.mark.parametrize("footer", FOOTERS)
def test_totals_footers_and_blank_lines_are_no_rows(raw: Path, footer: str) -> None:
    path = raw / "people.csv"
    path.write_text(path.read_text("utf-8") + footer + "\n\n" + footer + "\n", "utf-8")
    result = extract(raw)
    assert len(table(raw, "people")) == 30
    assert sum(result.left_out.values()) == 3
    said = "\n".join(result.lines())
    assert "people.csv: " in said
    assert ", left out" in said


def test_a_line_that_is_neither_row_nor_footer_is_refused_by_number(raw: Path) -> None:
    path = raw / "people.csv"
    path.write_text(path.read_text("utf-8") + "something else\n", "utf-8")
    with pytest.raises(MappingError, match=r"people.csv, line 32: 1 cells where the header has"):
        extract(raw)


def test_what_stands_from_stop_at_on(raw: Path) -> None:
    path = raw / "people.csv"
    path.write_text(path.read_text("utf-8") + "Key to codes\nM,Male\nF,Female\n", "utf-8")
    change = "file: people.csv\n    stop_at: ^Key to\n"
    edit(raw / "columns.yml", ("file: people.csv\n", change))
    result = extract(raw)
    assert result.left_out["people.csv", "lines from stop_at on"] == 3
    assert len(table(raw, "people")) == 30


def test_a_column_that_stands_twice_is_refused(raw: Path) -> None:
    path = raw / "enrolments.csv"
    text = path.read_text("utf-8").replace("CaseId,Start,End", "CaseId,Start,End,Start")
    path.write_text(text.replace(",2021-09-03,", ",2021-09-03,,2020-01-01"), "utf-8")
    with pytest.raises(MappingError, match=r"enrolments.csv, line 1: the column Start stands 2"):
        extract(raw)


def test_a_column_that_is_not_there_is_named_with_what_is_near(raw: Path) -> None:
    edit(raw / "columns.yml", ("nhs_number: NHS No\n", "nhs_number: NHSNo\n"))
    with pytest.raises(MappingError, match=r"has no column NHSNo.*did you mean “NHS No”"):
        extract(raw)


def test_no_cell_is_told_where_the_header_is_missing(raw: Path) -> None:
    path = raw / "people.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join(lines[1:]), "utf-8")
    with pytest.raises(MappingError) as error:
        extract(raw)
    for cell in ",".join(lines[1:]).split(","):
        assert len(cell) < 4 or cell not in str(error.value)


STAND_INS = [
    ("NULL", "NULL"), ("(null)", "(null)"), ("N/A", "N/A"), ("None", "None"), ("Unknown", "Unknown"),
    ("Not Known", "Not Known"), ("Not Given", "Not Given"), ("Not Recorded", "Not Recorded"),
    ("Refused", "Refused"), ("Redacted", "Redacted"), ("TBC", "TBC"), ("Unk", "Unk"), ("U/K", "U/K"),
    ("Baby", "Smith"), ("Twin 1", "Smith"), ("Twin B", "Smith"), ("No Name", "Smith"), ("Smith", "Smith"),
    ("Baby of Ann", "Smith"), ("not-stated", "Smith"), ("??", "Smith"), ("Amy", "Name Unknown"),
    ("Test Child", "Smith"), ("XX", "Smith"), ("1", "2"), ("Unborn", "Smith"),
]  # fmt: skip


@pytest.mark.parametrize(("given", "family"), STAND_INS)
def test_what_stands_for_a_name_makes_no_key(raw: Path, given: str, family: str) -> None:
    same = {"Given": given, "Family": family, "DOB": "01/02/2010", "Post Code": "B11 1AA"}
    rewrite(raw / "people.csv", lambda _, number: same if number < 2 else {})
    result = extract(raw)
    first, second, third = table(raw, "people")[:3]
    for row in (first, second):
        assert (row["key_name_dob"], row["key_name_postcode"]) == ("", "")
    assert third["key_name_dob"]
    noted = result.noted["people"]
    told = [noted.stand_ins[name] + noted.said_nothing[name] for name in ("forenames", "surname")]
    assert max(told) == 2
    assert any("no key" in line or "say NULL" in line for line in result.lines())


@pytest.mark.parametrize(
    "name", ["Noor", "Nil-Mari", "Unity", "Test-Ann", "Boyd", "Nannette", "Ann", "Xena"]
)
def test_names_that_only_look_so_make_keys(raw: Path, name: str) -> None:
    rewrite(raw / "people.csv", lambda row, _: {"Given": name})
    extract(raw)
    assert all(row["key_name_dob"] for row in table(raw, "people")) == (name != "Test-Ann")


@pytest.mark.parametrize("born", ["01/01/1900", "01/01/1970", "06/04/2024", "31/12/1899"])
def test_a_day_that_nobody_was_born_on_makes_no_key_and_no_birth_month(
    raw: Path, born: str
) -> None:
    """What stands for no date, and a day after the extract."""
    rewrite(raw / "people.csv", lambda row, number: {"DOB": born} if number < 2 else {})
    result = extract(raw)
    first, second, third = table(raw, "people")[:3]
    for row in (first, second):
        assert (row["key_name_dob"], row["birth_month"]) == ("", "")
    assert third["key_name_dob"]
    assert third["birth_month"]
    noted = result.noted["people"]
    assert noted.unread["date_of_birth"] + noted.stand_ins["date_of_birth"] == 2


def test_null_is_blank_and_said_but_a_code_that_is_written_so_stays(raw: Path) -> None:
    rewrite(raw / "enrolments.csv", lambda row, number: {"End": "NULL" if number % 2 else ""})
    result = extract(raw)
    assert {row["end_date"] for row in table(raw, "enrolments")} == {""}
    assert result.noted["enrolments"].said_nothing["end_date"] == 15
    assert any("taken as blank" in line and "(null)" in line for line in result.lines())


def test_blank_is_what_the_mapping_says(raw: Path) -> None:
    rewrite(raw / "enrolments.csv", lambda row, number: {"End": "no date"})
    edit(
        raw / "columns.yml",
        ("file: enrolments.csv\n", "file: enrolments.csv\n    blank_is: [No Date]\n"),
    )
    extract(raw)
    assert {row["end_date"] for row in table(raw, "enrolments")} == {""}


MOMENTS = [
    # A day alone is that day; a moment with an offset is turned into London's, summer and winter.
    ("2010-06-30", "", "2010-06-30"),
    ("2010-06-30T23:00:00Z", "", "2010-07-01"),
    ("2010-06-30T23:00:00+00:00", "", "2010-07-01"),
    ("2010-07-01T00:00:00+01:00", "", "2010-07-01"),
    ("2010-12-31T23:00:00Z", "", "2010-12-31"),
    ("2010-06-30T23:30:00", "", "2010-06-30"),
    ("30/06/2010 23:00 +0000", ', format: "%d/%m/%Y %H:%M %z"', "2010-07-01"),
    ("30/06/2010 23:00", ', format: "%d/%m/%Y %H:%M", zone: UTC', "2010-07-01"),
    ("30/06/2010 23:00", ', format: "%d/%m/%Y %H:%M"', "2010-06-30"),
    ("30-Jun-2010", ', format: ["%d/%m/%Y", "%d-%b-%Y"]', "2010-06-30"),
    ("30/06/2010", ', format: ["%d/%m/%Y", "%d-%b-%Y"]', "2010-06-30"),
]


@pytest.mark.parametrize(("written", "form", "day"), MOMENTS)
def test_days_and_moments_are_london_s(raw: Path, written: str, form: str, day: str) -> None:
    rewrite(raw / "exclusions.csv", lambda *_: {"Start": written})
    text = (raw / "columns.yml").read_text("utf-8")
    at = text.index("exclusions.csv")
    changed = text[at:].replace("start_date: Start", f"start_date: {{from: Start{form}}}")
    (raw / "columns.yml").write_text(text[:at] + changed, "utf-8")
    result = extract(raw)
    assert {row["start_date"] for row in table(raw, "exclusions")} == {day}
    zones = result.noted["exclusions"].other_zones["start_date"]
    assert zones == (30 if "Z" in written or "+" in written else 0)


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("31/12/9999", 'open_end: ["31/12/9999"], format: "%d/%m/%Y"'),
        ("31/12/9999", 'format: "%d/%m/%Y"'),
        ("01/01/2099", 'open_end: "01/01/2099", format: "%d/%m/%Y"'),
        ("9999-12-31", ""),
        ("9999-12-31T00:00:00", ""),
        ("ongoing", "open_end: [ongoing]"),
    ],
)
def test_an_end_that_is_open(raw: Path, written: str, says: str) -> None:
    rewrite(raw / "enrolments.csv", lambda *_: {"End": written})
    edit(
        raw / "columns.yml",
        ("end_date: End\n", f"end_date: {{from: End, {says}}}\n".replace(", }", "}")),
    )
    result = extract(raw)
    assert {row["end_date"] for row in table(raw, "enrolments")} == {""}
    assert result.noted["enrolments"].open_ends["end_date"] == 30


def test_numbers_that_a_spreadsheet_wrote(raw: Path) -> None:
    path = raw / "people.csv"
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    lines = [",".join(rows[0])]
    lines += [",".join(f'="{cell}"' for cell in row.values()) for row in rows]
    extract(raw)
    plain = table(raw, "people")
    (raw.parent / "out").rename(raw.parent / "plain")
    path.write_text("\n".join(lines), "utf-8")
    rewrite(raw / "exclusions.csv", lambda *_: {"End": "4.0"})
    edit(raw / "columns.yml", ('sessions: {value: "2"}', "sessions: {from: End, number: true}"))
    extract(raw)
    assert table(raw, "people") == plain
    assert {row["sessions"] for row in table(raw, "exclusions")} == {"4"}


def test_several_columns_are_one_list(raw: Path) -> None:
    rewrite(raw / "exclusions.csv", lambda *_: {"End": "PP", "Why 2": "DB", "Why 3": ""})
    edit(raw / "columns.yml", ("reasons: {value: PP}", 'reasons: [End, "Why 2", "Why 3"]'))
    extract(raw)
    assert {row["reasons"] for row in table(raw, "exclusions")} == {"PP;DB"}


def test_yes_no_columns_are_a_list(raw: Path) -> None:
    def flags(_: object, number: int) -> dict[str, str]:
        return {"Assault": "Yes", "Drugs": "TRUE" if number else "No", "Theft": ""}

    rewrite(raw / "exclusions.csv", flags)
    edit(
        raw / "columns.yml",
        ("reasons: {value: PP}", "reasons: {flags: {Assault: PP, Drugs: DA, Theft: TH}}"),
    )
    extract(raw)
    assert [row["reasons"] for row in table(raw, "exclusions")][:2] == ["PP", "PP;DA"]


def test_rows_are_kept_dropped_and_the_latest_chosen(raw: Path) -> None:
    rows = rewrite(
        raw / "enrolments.csv", lambda row, number: {"Roll": "Off" if number < 5 else "on"}
    )
    with (raw / "enrolments.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"{row['CaseId']},2022-01-01,,on\n" for row in rows[10:])
    layout = (
        "file: enrolments.csv\n    drop: {Roll: off}\n    latest_per: {per: CaseId, by: Start}\n"
    )
    edit(raw / "columns.yml", ("file: enrolments.csv\n", layout))
    result = extract(raw)
    starts = [row["start_date"] for row in table(raw, "enrolments")]
    assert (len(starts), starts.count("2022-01-01")) == (25, 20)
    assert result.left_out["enrolments.csv", "rows that keep and drop leave out"] == 5
    assert result.left_out["enrolments.csv", "rows that are not the latest of theirs"] == 20


def test_a_child_that_stands_twice_is_refused_with_the_word_that_keeps_one(raw: Path) -> None:
    path = raw / "people.csv"
    lines = path.read_text("utf-8").splitlines()
    path.write_text("\n".join([*lines, *lines[1:6]]), "utf-8")
    with pytest.raises(
        MappingError,
        match=r"people, person_ref .*: 5 rows have a value that stood before; latest_per: \{per",
    ):
        extract(raw)
    edit(
        raw / "columns.yml",
        ("    file: people.csv\n", "    file: people.csv\n    latest_per: {per: CaseId}\n"),
    )
    assert extract(raw).rows["people"] == 30 + 3


def test_a_child_that_stands_in_two_parts_is_refused_with_what_parts_them(raw: Path) -> None:
    lines = (raw / "people.csv").read_text("utf-8").splitlines()
    (raw / "more.csv").write_text("\n".join([lines[0], *lines[1:3]]), "utf-8")
    mapping = yaml.safe_load((raw / "columns.yml").read_text("utf-8"))
    del mapping["provider"]
    whole = mapping["tables"]["people"] | {"latest_per": {"per": "CaseId"}}
    mapping["tables"]["people"] = [whole, whole | {"file": "more.csv"}]
    (raw / "columns.yml").write_text(yaml.safe_dump(mapping), "utf-8")
    with pytest.raises(MappingError, match="2 rows have a value that stood before; keep or drop"):
        extract(raw)


def test_cells_of_rows_that_are_left_out_do_not_count(raw: Path) -> None:
    """Six rows of children outside, each with a day that is none, are no reason to refuse the others."""
    with (raw / "enrolments.csv").open("a", encoding="utf-8") as file:
        file.writelines(f"somebody else {n},no day,\n" for n in range(60))
    edit(
        raw / "columns.yml",
        ("file: enrolments.csv\n", "file: enrolments.csv\n    only_of: people\n"),
    )
    result = extract(raw)
    assert len(table(raw, "enrolments")) == 30
    assert not result.noted["enrolments"].unread
    assert result.left_out["enrolments.csv", "rows of children who are not in the extract"] == 60


def test_where_every_row_is_left_out_nothing_is_divided_by_none(raw: Path) -> None:
    header = (raw / "enrolments.csv").read_text("utf-8").splitlines()[0]
    (raw / "enrolments.csv").write_text(f"{header}\nsomebody else,no day,\n", "utf-8")
    edit(
        raw / "columns.yml",
        ("file: enrolments.csv\n", "file: enrolments.csv\n    only_of: people\n"),
    )
    with pytest.raises(MappingError, match=r"table enrolments: no row is left, and it is one that"):
        extract(raw)


def test_the_folder_that_one_stands_in_can_be_named_by_a_dot(
    raw: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    extract(raw, out=Path())
    assert (tmp_path / "here" / "supply.json").exists()


def test_areas_that_nothing_is_mapped_to_are_declared(raw: Path) -> None:
    text = (raw / "columns.yml").read_text("utf-8")
    without = [line for line in text.splitlines() if not line.strip().startswith("postcode:")]
    assert len(without) < len(text.splitlines())
    (raw / "columns.yml").write_text("\n".join(without), "utf-8")
    extract(raw)
    told = json.loads((raw.parent / "out" / "supply.json").read_text("utf-8"))["not_supplied"]
    assert told["people.ward_code"] == told["people.lsoa_code"] == "not_held"


def test_rows_of_children_outside_the_extract(raw: Path) -> None:
    with (raw / "enrolments.csv").open("a", encoding="utf-8") as file:
        file.write("somebody else,2021-09-03,\n")
    result = extract(raw)
    assert len(table(raw, "enrolments")) == 31
    told = "enrolments, person_ref: 1 cell of children who are not in the extract (only_of: people"
    assert told in "\n".join(result.lines())
    (raw.parent / "out").rename(raw.parent / "first")
    edit(
        raw / "columns.yml",
        ("file: enrolments.csv\n", "file: enrolments.csv\n    only_of: people\n"),
    )
    result = extract(raw)
    assert len(table(raw, "enrolments")) == 30
    assert "enrolments.csv: 1 row of children" in "\n".join(result.lines())
    assert result.left_out["enrolments.csv", "rows of children who are not in the extract"] == 1


def test_files_are_stacked_and_none_is_read_twice(raw: Path) -> None:
    text = (raw / "enrolments.csv").read_text("utf-8").splitlines()
    (raw / "enrolments.csv").unlink()
    for year, rows in ((2021, 20), (2022, 30)):
        (raw / f"enrol-{year}.csv").write_text("\n".join(text[: rows + 1]), "utf-8")
    edit(raw / "columns.yml", ("file: enrolments.csv\n", "file: enrol-*.csv\n"))
    extract(raw)
    assert len(table(raw, "enrolments")) == 50
    (raw.parent / "out").rename(raw.parent / "first")
    edit(raw / "columns.yml", ("file: enrol-*.csv\n", "file: [enrol-*.csv, enrol-2021.csv]\n"))
    with pytest.raises(MappingError, match=r"enrol-2021.csv: named twice"):
        extract(raw)


def test_another_file_is_joined_by_one_key(raw: Path) -> None:
    rows = list(csv.DictReader((raw / "people.csv").open(encoding="utf-8")))
    with (raw / "schools.csv").open("w", encoding="utf-8") as file:
        file.write("Pupil,Left\n")
        file.writelines(f"{row['CaseId']},2022-07-20\n" for row in rows[1:])
    join = (
        "file: enrolments.csv\n    join: {file: schools.csv, on: [CaseId, Pupil], columns: Left}\n"
    )
    edit(raw / "columns.yml", ("file: enrolments.csv\n", join), ("end_date: End", "end_date: Left"))
    result = extract(raw)
    ends = [row["end_date"] for row in table(raw, "enrolments")]
    assert (ends.count("2022-07-20"), ends.count("")) == (29, 1)
    assert sum(n for (_, what), n in result.left_out.items() if "joined" in what) == 1
    with (raw / "schools.csv").open("a", encoding="utf-8") as file:
        file.write(f"{rows[5]['CaseId']},2023-07-20\n")
    with pytest.raises(MappingError, match=r"schools.csv: the column Pupil has a value twice"):
        pseudonymise(
            raw, raw.parent / "again", read_mapping(raw / "columns.yml", "education"), PARTNERSHIP, OWN, EXTRACTED
        )  # fmt: skip


@pytest.mark.parametrize(
    ("cell", "each"),
    [("PP, DB", '{column: Why, separator: ","}'), ('["PP", "DB"]', "{column: Why, of: json}")],
)
def test_a_list_in_a_cell_becomes_rows(raw: Path, cell: str, each: str) -> None:
    rewrite(raw / "exclusions.csv", lambda *_: {"Why": cell})
    edit(
        raw / "columns.yml",
        ("file: exclusions.csv\n", f"file: exclusions.csv\n    each: {each}\n"),
        ("reasons: {value: PP}", "reasons: Why"),
    )
    extract(raw)
    assert [row["reasons"] for row in table(raw, "exclusions")][:4] == ["PP", "DB", "PP", "DB"]


@pytest.mark.parametrize(("cell", "separator"), [("Fight; Drugs", ";"), ("Fight ,Drugs", ",")])
def test_several_codes_of_a_cell_are_each_read(raw: Path, cell: str, separator: str) -> None:
    """Systems write a space beside what parts them."""
    rewrite(raw / "exclusions.csv", lambda *_: {"Why": cell})
    reasons = f'reasons: {{from: Why, separator: "{separator}", codes: {{Fight: PP, Drugs: DA}}}}'
    edit(raw / "columns.yml", ("reasons: {value: PP}", reasons))
    result = extract(raw)
    assert {row["reasons"] for row in table(raw, "exclusions")} == {"PP;DA"}
    assert not result.noted["exclusions"].unread


def test_columns_become_rows(raw: Path) -> None:
    rewrite(raw / "exclusions.csv", lambda *_: {"Fights": "2021-10-01", "Drugs": "2021-11-01"})
    long = "file: exclusions.csv\n    long: {columns: [Fights, Drugs], name: Kind, value: Day}\n"
    text = (raw / "columns.yml").read_text("utf-8")
    at = text.index("file: exclusions.csv\n")
    rest = (
        text[at:]
        .replace("file: exclusions.csv\n", long)
        .replace("start_date: Start", "start_date: Day")
    )
    rest = rest.replace(
        "reasons: {value: PP}", "reasons: {from: Kind, codes: {Fights: PP, Drugs: DA}}"
    )
    (raw / "columns.yml").write_text(text[:at] + rest, "utf-8")
    extract(raw)
    two = [(row["start_date"], row["reasons"]) for row in table(raw, "exclusions")[:2]]
    assert two == [("2021-10-01", "PP"), ("2021-11-01", "DA")]


REFUSED = {
    "codes of a day": ("end_date: End", "end_date: {from: End, codes: {x: y}}", "codes is not for days"),
    "a format of a code": (
        "reasons: {value: PP}", 'reasons: {from: End, format: "%Y"}', "format is not for several codes",
    ),
    "codes that are none": (
        "reasons: {value: PP}", "reasons: {from: End, codes: {x: QQ}}", "no such code",
    ),
    "a value that is no code": ("reasons: {value: PP}", "reasons: {value: QQ}", "value is no code"),
    "a format that is none": ("end_date: End", 'end_date: {from: End, format: "dd/mm"}', "format: is none"),
    "a zone that is none": ("end_date: End", "end_date: {from: End, zone: BST}", "zone is such as UTC"),
    "two origins": ("end_date: End", "end_date: {from: End, value: x}", "says where it comes from"),
    "a word that is not known": ("end_date: End", "end_date: {form: End}", "“form” is not known"),
    "a key twice": ("end_date: End", "end_date: End\n      end_date: Start", "a key is there twice"),
    "a delimiter that is none": (
        "file: enrolments.csv\n", 'file: enrolments.csv\n    delimiter: "||"\n', "delimiter: one character",
    ),
    "a pattern that is none": (
        "file: enrolments.csv\n", "file: enrolments.csv\n    stop_at: '('\n", "no regular expression",
    ),
    "two codes for cells that differ in capitals": (
        "reasons: {value: PP}", "reasons: {from: End, codes: {x: PP, X: DA}}", "two codes for what differs",
    ),
    "several codes where one is": (
        "sex: {from: Gender, codes: {Male: M, Female: F}, otherwise: U}", "sex: {value: M;F}", "value is no code",
    ),
    "neither day nor month of birth": (
        'date_of_birth: {from: DOB, format: "%d/%m/%Y"}', "# none", "not mapped: date_of_birth",
    ),
    "flags of a day": ("end_date: End", "end_date: {flags: {End: PP}}", "flags is for columns that hold"),
}  # fmt: skip


@pytest.mark.parametrize("case", REFUSED)
def test_a_mapping_that_cannot_be_meant_is_refused_by_line(raw: Path, case: str) -> None:
    old, new, words = REFUSED[case]
    edit(raw / "columns.yml", (old, new))
    with pytest.raises(MappingError, match=rf"columns.yml, line \d+: .*{words}"):
        read_mapping(raw / "columns.yml", "education")


def test_a_hint_is_about_the_fault_in_hand(raw: Path) -> None:
    rewrite(raw / "exclusions.csv", lambda row, number: {"End": f"cause {number % 7}"})
    edit(raw / "columns.yml", ("reasons: {value: PP}", "reasons: End"))
    with pytest.raises(
        MappingError, match=r"line \d+\): 30 of 30 cells \(100%\).*7 different texts without a line"
    ):
        extract(raw)


def workbook(path: Path, sheet: str = "Pupils") -> None:
    """The export as a workbook: days and numbers as such, another sheet beside it."""
    rows = list(csv.reader(path.open(encoding="utf-8")))
    book = openpyxl.Workbook()
    book.active.title = "Notes"
    book["Notes"]["A1"] = "Zoë lives at 12 High Street"
    page = book.create_sheet(sheet)
    page.append(["Report of 5 April"])
    page.append(rows[0])
    born = rows[0].index("DOB")
    for cells in rows[1:]:
        day, month, year = cells[born].split("/")
        birthday = dt.datetime(int(year), int(month), int(day))  # noqa: DTZ001 as a sheet has it
        page.append([*cells[:born], birthday, *cells[born + 1 :]])
    book.save(path.with_suffix(".xlsx"))


def test_a_sheet_of_a_workbook(raw: Path) -> None:
    plain = extract(raw)
    rows = table(raw, "people")
    shutil.rmtree(raw.parent / "out")
    workbook(raw / "people.csv")
    (raw / "people.csv").unlink()
    edit(
        raw / "columns.yml",
        ("    file: people.csv\n", "    file: people.xlsx\n    sheet: Pupils\n"),
    )
    result = extract(raw)
    assert table(raw, "people") == rows
    assert result.keys == plain.keys
    shutil.rmtree(raw.parent / "out")
    edit(raw / "columns.yml", ("sheet: Pupils", "sheet: Pupil"))
    with pytest.raises(MappingError, match=r"people\.xlsx: has no sheet of that name among its 2"):
        extract(raw)
    edit(raw / "columns.yml", ("    sheet: Pupil\n", ""))
    with pytest.raises(MappingError, match=r"an Excel workbook, not CSV.*CSV UTF-8.*sheet"):
        extract(raw)


CENSUS = """<?xml version="1.0" encoding="utf-8"?>
<Message xmlns="urn:x"><Header><Year>2024</Year></Header><Children>
<Child><ChildIdentifiers><LAchildID>C1</LAchildID><PersonBirthDate>2009-05-04</PersonBirthDate></ChildIdentifiers>
<CINdetails><CINreferralDate>2023-06-01</CINreferralDate><Assessments><Factor>24A</Factor><Factor>16A</Factor></Assessments></CINdetails>
<CINdetails><CINreferralDate>2023-09-01</CINreferralDate></CINdetails></Child>
<Child><ChildIdentifiers><LAchildID>C2</LAchildID></ChildIdentifiers>
<CINdetails><CINreferralDate>2024-01-01</CINreferralDate></CINdetails></Child>
</Children></Message>"""


def test_elements_of_an_xml_return(tmp_path: Path) -> None:
    path = tmp_path / "cin.xml"
    path.write_text(CENSUS, "utf-8")
    (_, header), *lines = element_lines(path, "CINdetails")
    rows = [dict(zip(header, cells, strict=True)) for _, cells in lines]
    columns = ("LAchildID", "PersonBirthDate", "CINreferralDate", "Factor")
    assert [tuple(row[column] for column in columns) for row in rows] == [
        ("C1", "2009-05-04", "2023-06-01", "24A;16A"),
        ("C1", "2009-05-04", "2023-09-01", ""),
        ("C2", "", "2024-01-01", ""),
    ]
    assert rows[0]["Year"] == "2024"


@pytest.mark.long
def test_a_workbook_that_would_fill_the_memory_is_not_opened(tmp_path: Path) -> None:
    """2.1 GB of spaces among the texts of cells, packed to some MB."""
    path = tmp_path / "pupils.xlsx"
    book = openpyxl.Workbook()
    book.save(path)
    spaces = b" " * 2**20
    with (
        zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED, compresslevel=1) as packed,
        packed.open("xl/sharedStrings.xml", "w", force_zip64=True) as part,
    ):
        for _ in range(2_050):
            part.write(spaces)
    assert path.stat().st_size < 3 * 10**7
    with pytest.raises(OtherFileError, match="unpacks to more than 2 GB"):
        next(sheet_lines(path, "Sheet"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (CENSUS.replace("CINdetails", "Details"), "has no element CINdetails"),
        (CENSUS[:-20], r"no XML that can be read \(line 8\)"),
        ('<!DOCTYPE a [<!ENTITY a "b">]>' + CENSUS[39:], "declares entities"),
    ],
)
def test_xml_that_cannot_be_meant_is_refused(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "cin.xml"
    path.write_text(text, "utf-8")
    with pytest.raises(OtherFileError, match=words):
        list(element_lines(path, "CINdetails"))

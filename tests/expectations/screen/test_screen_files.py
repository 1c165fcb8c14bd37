"""The identifier screen on files: headers, separators, broken files, births across tables, one cell among many."""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path

import pytest
from screening import TODAY, many, nhs, screened

from expectations.screen.reader import UnreadableError
from expectations.screen.screen import screen_file, screen_supply

NAMED = [
    "DoB",
    "ChildDOB",
    "bday",
    "fname",
    "pupilname",
    "KnownAs",
    "PatientID",
    "MRN",
    "HospNo",
    "URN",
    "lcsid",
    "NHS_Number",
    "nhsNo",
    "UPN",
    "NINO",
    "PostCode",
    "Home Address",
    "UPRN",
    "latitude",
    "DateOfBirth",
    "DOB",
    "mobile",
    "E-mail",
    "Surname",
    "forename_1",
    "crime_number",
    "what3words",
    "age_in_days",
    "vehicle_reg",
    "VRM",
    "Number Plate",
    "Social Worker",
    "key_worker_name",
    "officer_in_case",
    "completed_by",
]


@pytest.mark.parametrize("name", NAMED)
def test_a_column_named_so_is_found_whatever_its_cells_are(tmp_path: Path, name: str) -> None:
    value = "2009-05-14" if any(x in name.lower() for x in ("dob", "birth", "bday")) else "x1"
    found = screened(tmp_path, {name: [value, ""]})
    assert [(f.cells, f.of, f.is_sure) for f in found] == [(1, 1, True)]


@pytest.mark.parametrize(
    "cell",
    [
        "2009-05-14",
        "14/05/2009",
        "17-04-2010",
        "2010/04/17",
        "2010.04.17",
        "17 April 2010",
        "Apr 17, 2010",
        "20090514",
        "39947",
        "14-May-09",
        "14/05/09",
        "2009-05-14 00:00:00",
    ],
)
def test_any_full_date_in_a_column_of_births(tmp_path: Path, cell: str) -> None:
    assert [f.kind for f in screened(tmp_path, {"birth_month": ["2009-06", cell]})] == [
        "date_of_birth"
    ]
    assert screened(tmp_path, {"birth_year": ["2009", "2010"]}) == []


def test_names_of_the_contract_are_no_identifiers(tmp_path: Path) -> None:
    key = hashlib.sha256(b"secret" + b"x").hexdigest()
    assert (
        screened(
            tmp_path,
            {"key_name_dob": [key], "key_name_postcode": [key], "found_ward_code": ["E05011118"]},
        )
        == []
    )


def supply(tmp_path: Path, people: list[list[str]], events: list[list[str]]) -> Path:
    folder = tmp_path / "supply"
    folder.mkdir()
    for name, rows in (("people", people), ("involvements", events)):
        with (folder / f"{name}.csv").open("w", newline="") as f:
            csv.writer(f).writerows(rows)
    (folder / "supply.json").write_text(
        '{"extracted_at": "2024-04-05T06:00", "not_supplied": {"a": "SMITH, John"}}'
    )
    return folder


def test_event_dates_in_the_childs_own_month_of_birth(tmp_path: Path) -> None:
    """A date of birth that stands in for an event's date; a tenth of the dates may fall so by chance."""
    people = [
        ["person_ref", "birth_month"],
        *([f"P{i}", f"2009-{i % 12 + 1:02d}"] for i in range(40)),
    ]
    births = [[f"P{i}", f"2009-{i % 12 + 1:02d}-15", "2023-02-01"] for i in range(40)]
    folder = supply(tmp_path, people, [["person_ref", "occurred_on", "arrested_on"], *births])
    found = screen_supply(folder, "police", TODAY)
    assert [(f.column, f.kind, f.cells, f.of) for f in found["involvements.csv"]] == [
        ("occurred_on", "date_of_birth", 40, 40)
    ]
    assert [f.kind for f in found["supply.json"]] == ["name"]
    assert "people.csv" not in found


def test_values_in_place_of_the_header_are_found_and_not_shown(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text("Smith,SMITH John,07700 900123,B33 8TH\nX,Y,Z,A\n")
    found = screen_file(path, extracted_on=TODAY)
    assert {f.kind for f in found} == {"telephone", "postcode", "name"}
    assert {f.column for f in found} == {"names in the header row"}


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_another_separator_hides_nothing(tmp_path: Path, separator: str) -> None:
    path = tmp_path / "file.csv"
    path.write_text(
        "a" + separator + "b\n" + "".join(f"{x}{separator}B33 8TH\n" for x in many(nhs))
    )
    assert {f.kind for f in screen_file(path, extracted_on=TODAY)} >= {"nhs_number", "postcode"}


@pytest.mark.parametrize(
    "content",
    [
        b"a,b\nx,B33 8TH\n\xff\xfe\xe9,y\n",  # mixed encodings
        b"a,b\nx,B33 8TH\ny\n",  # a ragged row
        b"a,b\nx\x00,B33\x00 8TH\n",  # NUL bytes
        "a,b\nx,B33 8TH\n".encode("utf-16"),
        b'a,b\nx,B33 8TH\ny,"' + b"z" * 1_100_000,  # a huge cell after it
    ],
)
def test_a_broken_file_is_screened_as_far_as_it_goes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert "postcode" in {f.kind for f in screen_file(path, extracted_on=TODAY)}


def test_what_cannot_be_read_says_so_and_quotes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(",".join(f"c{i}" for i in range(10_000)) + "\n")
    with pytest.raises(UnreadableError, match="more than 500 columns"):
        screen_file(path, extracted_on=TODAY)


def test_a_start_on_the_first_of_the_month_of_birth_is_no_date_of_birth(tmp_path: Path) -> None:
    people = [
        ["person_ref", "birth_month"],
        *([f"P{i}", f"2009-{i % 12 + 1:02d}"] for i in range(40)),
    ]
    folder = supply(
        tmp_path,
        people,
        [
            ["person_ref", "occurred_on"],
            *([f"P{i}", f"2009-{i % 12 + 1:02d}-01"] for i in range(40)),
        ],
    )
    assert "involvements.csv" not in screen_supply(folder, "police", TODAY)


@pytest.mark.parametrize(
    "name",
    [
        "ward_name",
        "school_name",
        "consent_given",
        "young_carer",
        "parent_informed",
        "middle_school",
        "household_size",
        "street_gang",
        "flat_rate",
        "long_term_absence",
        "smartphone",
        "phone_seized",
        "nhs_trust",
        "email_count",
        "ip_flag",
    ],
)
def test_names_of_ordinary_columns_are_none(tmp_path: Path, name: str) -> None:
    assert screened(tmp_path, {name: ["1", "low"]}) == []


def test_a_header_is_shown_only_where_it_is_agreed_or_names_an_identifier(tmp_path: Path) -> None:
    found = screened(
        tmp_path, {"Kowalski": ["B33 8TH"], "surname": ["x"], "person_ref": ["a.b@example.org"]}
    )
    assert [f.column for f in found] == ["number 1", "surname", "person_ref"]


@pytest.mark.parametrize(
    ("name", "cells"),
    [
        ("home_postcode", ["B33", "WV10", "ZZ99 3VZ", ""]),
        ("postcode", ["ZZ993CZ"]),
        (
            "birth_month",
            [f"{year}-{month:02d}-01" for year in (2008, 2010) for month in range(1, 7)],
        ),
        ("dob_month", [f"01/{month:02d}/2009" for month in range(1, 8)]),
    ],
)
def test_what_a_column_of_such_a_name_may_hold(tmp_path: Path, name: str, cells: list[str]) -> None:
    assert screened(tmp_path, {name: cells}) == []


@pytest.mark.parametrize(
    ("name", "cell", "kind"),
    [("home_postcode", "B33 8TH", "postcode"), ("birth_month", "2009-03-14", "date_of_birth")],
)
def test_one_identifier_among_them_is_found(
    tmp_path: Path, name: str, cell: str, kind: str
) -> None:
    harmless = ["B33"] * 9 if kind == "postcode" else ["2009-03-01"] * 9
    (found,) = screened(tmp_path, {name: [*harmless, cell]})
    assert (found.kind, found.is_sure) == (kind, True)


@pytest.mark.parametrize(
    "content", [b"", b"PK\x03\x04rest", b"\x1f\x8brest", b"PAR1", b"<html><p>"]
)
def test_what_cannot_be_screened_is_never_said_to_hold_nothing(
    tmp_path: Path, content: bytes
) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    with pytest.raises(UnreadableError):
        screen_file(path, extracted_on=TODAY)

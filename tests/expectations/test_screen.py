"""The identifier screen: each kind is found in any column, its look-alikes are not, and nothing found is ever shown."""

from __future__ import annotations

import base64
import csv
import datetime as dt
import hashlib
import hmac
import random
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from expectations.contract import contracts
from expectations.identifiers import is_nhs_number, is_postcode, is_uln, is_upn
from expectations.screen.reader import UnreadableError
from expectations.screen.screen import screen_file, screen_supply
from expectations.screen.tally import Found

TODAY = dt.date(2024, 4, 5)
DRAW = random.Random(7)


def nhs(rng: random.Random, test: bool = False) -> str:
    while True:
        nine = ("999" if test else f"{rng.randrange(400, 800)}") + f"{rng.randrange(10**6):06d}"
        check = 11 - sum(int(d) * w for d, w in zip(nine, range(10, 1, -1), strict=True)) % 11
        if check != 10:
            return nine + str(check % 11)


def upn(rng: random.Random) -> str:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    rest = f"330{rng.randrange(10**9):09d}"
    return letters[sum(p * int(d) for p, d in enumerate(rest, 2)) % 23] + rest


def screened(tmp_path: Path, columns: dict[str, list[str]], contract: str | None = None) -> list[Found]:
    path = tmp_path / "file.csv"
    with path.open("w", newline="", encoding="utf-8") as f:
        out = csv.writer(f)
        out.writerow(columns)
        out.writerows(zip(*columns.values(), strict=True))
    return screen_file(path, contracts()[contract] if contract else None, extracted_on=TODAY)


def many(make: Callable[[random.Random], str], n: int = 30) -> list[str]:
    rng = random.Random(1)
    return [make(rng) for _ in range(n)]


def test_check_digits_of_published_examples() -> None:
    """The NHS Data Dictionary's 943 476 5919, the DfE guide's UPN, and numbers that miss by one."""
    assert is_nhs_number("9434765919")
    assert not is_nhs_number("9434765918")
    assert not is_nhs_number("0000000000")
    assert is_uln("1000000078") is (
        sum(int(d) * w for d, w in zip("100000007", range(10, 1, -1), strict=True)) % 11 == 2
    )
    assert is_upn(upn(DRAW))
    assert is_postcode("B11BB")
    assert not is_postcode("ZZ993VZ")
    assert not is_postcode("P123AB")


FOUND = {
    "nhs number": (many(nhs), "nhs_number"),
    "nhs number with spaces": ([f"{x[:3]} {x[3:6]} {x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number, no-break spaces": ([f"{x[:3]}\u00a0{x[3:6]}\u200b {x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number as a spreadsheet's float": ([f"{x}.0" for x in many(nhs)], "nhs_number"),
    "nhs number behind the agency's letter": ([f"P{x}" for x in many(nhs)], "nhs_number"),
    "nhs number in full-width digits": (["".join(chr(ord(c) + 0xFEE0) for c in x) for x in many(nhs)], "nhs_number"),
    "nhs number within words": ([f"see {x[:3]} {x[3:6]} {x[6:]}, seen" for x in many(nhs)], "nhs_number"),
    "three test numbers": (many(lambda r: nhs(r, test=True), 3), "nhs_number"),
    "nhs number in a sentence": ([f"pupil {x[:3]} {x[3:6]} {x[6:]} seen" for x in many(nhs)], "nhs_number"),
    "nhs number with dots": ([f"{x[:3]}.{x[3:6]}.{x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number with en dashes": ([f"{x[:3]}–{x[3:6]}–{x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number with underscores": ([f"P{x[:3]}_{x[3:6]}_{x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number behind four letters": ([f"HNHS{x}" for x in many(nhs)], "nhs_number"),
    "nhs number before a letter": ([f"H{x}A" for x in many(nhs)], "nhs_number"),
    "nhs number behind a nought": ([f"H0{x}" for x in many(nhs)], "nhs_number"),
    "nhs number before two digits": ([f"H{x}01" for x in many(nhs)], "nhs_number"),
    "nhs number in hexadecimal as a reference": ([f"H{x.encode().hex()}" for x in many(nhs)], "encoded"),
    "upn behind the agency's letter": ([f"H{x}" for x in many(upn)], "upn"),
    "upn in a sentence": ([f"UPN {x} given" for x in many(upn)], "upn"),
    "national insurance in a sentence": (["on AB 12 34 56 C file"], "national_insurance"),
    "telephone in a sentence": (["call +44 7700 900123 now"], "telephone"),
    "telephone in brackets": (["(0121) 496 0123"], "telephone"),
    "postcode with two spaces": (["at B33  8TH today"], "postcode"),
    "postcode with a hyphen": (["MP at B33-8TH"], "postcode"),
    "surname, forename in small letters": (["Smith, Ben"], "name"),
    "name with a title": (["Mr Ben Smith"], "name"),
    "name with an age": (["Jayden Khan (14)"], "name"),
    "handle in a sentence": (["follow @ben_s09"], "handle"),
    "born in words": (["Pupil born 14 May 2009"], "date_of_birth"),
    "a croft": (["15 Manor Croft"], "address"),
    "a flat": (["Flat 2 Rosewood House"], "address"),
    "upn": (many(upn), "upn"),
    "national insurance": (["AB 12 34 56 C"], "national_insurance"),
    "national insurance, the official example": (["QQ123456C"], "national_insurance"),
    "national insurance without its letter": (["AB123456", "CD123457", "EF123458"], "national_insurance"),
    "postcode": (["B1 1BB"], "postcode"),
    "postcode without space, lower case": (["b33 8th".replace(" ", "")], "postcode"),
    "postcode within an address": (["at B33 8TH today"], "postcode"),
    "address": (["12 High Street"], "address"),
    "address of a flat": (["Flat 3, 12a Old Mill Lane"], "address"),
    "grid reference of ten figures": (["SP 06689 86822"], "coordinates"),
    "pair of degrees": (["52.4862, -1.8904"], "coordinates"),
    "eastings and northings": (["406689,286822"], "coordinates"),
    "three words": (["///filled.count.soap"], "coordinates"),
    "latitudes": ([f"52.{i:05d}" for i in range(40000, 40030)], "coordinates"),
    "mobile": (["07700 900123"], "telephone"),
    "mobile with country": (["+44 (0)7700 900123"], "telephone"),
    "land line": (["0121 496 0123"], "telephone"),
    "mobiles in digits": (many(lambda r: f"07{r.randrange(10**9):09d}"), "telephone"),
    "mobiles that lost their nought": (many(lambda r: f"7{r.randrange(10**9):09d}"), "telephone"),
    "e-mail": (["j.smith@example.org"], "email"),
    "handle": (["@some_child"], "handle"),
    "web address": (["https://example.org/u/12"], "handle"),
    "network address": (["192.168.12.7"], "handle"),
    "surname, forename": (["SMITH, John"], "name"),
    "two words": (["Ayesha Khan"], "name"),
    "two words and a middle one": (["Thomas William O'Brien"], "name"),
    "initials and birth": ([f"{a}{b}{d:02d}0609" for a, b, d in zip("ABCDEFGHIJKL", "LKJIHGFEDCBA", range(1, 13), strict=True)], "reference"),
    "base64": ([base64.b64encode(x.encode()).decode() for x in many(nhs, 2)], "encoded"),
    "md5 of a test number": ([hashlib.md5(nhs(DRAW, test=True).encode()).hexdigest()], "unkeyed_hash"),
    "sha-1 of a spaced test number": ([hashlib.sha1(b"999 000 0018").hexdigest()], "unkeyed_hash"),
    "sha-256 behind the agency's letter": (["P" + hashlib.sha256(nhs(DRAW, test=True).encode()).hexdigest()], "unkeyed_hash"),
    "padded number as key": ([x.rjust(64, "0") for x in many(nhs, 2)], "unkeyed_hash"),
    "number in hexadecimal as key": ([(x.encode().hex() + hashlib.sha256(b"x").hexdigest())[:64] for x in many(nhs, 2)], "unkeyed_hash"),
    "births": ([f"20{y:02d}-{m:02d}-1{d}" for y in range(6, 14) for m in (1, 7) for d in (2, 5)], "date_of_birth"),
}  # fmt: skip


@pytest.mark.parametrize("case", FOUND)
@pytest.mark.filterwarnings("error")
def test_each_kind_is_found_in_a_column_of_any_name(tmp_path: Path, case: str) -> None:
    cells, kind = FOUND[case]
    found = {f.kind: f for f in screened(tmp_path, {"note": cells})}
    assert kind in found, found
    assert found[kind].is_sure
    assert found[kind].cells == found[kind].of == len(cells)
    assert not any(cell in f.sentence() for f in found.values() for cell in cells)


NOT_FOUND = {
    "ten digits": many(lambda r: f"{r.randrange(10**9, 10**10)}", 500),
    "twelve digits behind a letter": many(lambda r: f"T{r.randrange(10**12):012d}", 500),
    "running numbers": [f"{n:010d}" for n in range(12345, 12845)],
    "running numbers behind two letters": [f"PR{n:06d}" for n in range(10100, 10600)],
    "keyed references": many(lambda r: f"P{r.randbytes(10).hex()}", 500),
    "keys": many(lambda r: r.randbytes(32).hex(), 500),
    "ONS codes": ["E05011118", "E01009417", "E08000025"],
    "pseudo postcodes": ["ZZ99 3VZ", "ZZ993CZ"],
    "outward codes": ["B33", "WV10"],
    "grid squares of a kilometre": ["SP0686"],
    "degrees to two places": ["52.48, -1.89"],
    "ratings and places": ["Amber", "White", "Georgia", "Jordan", "Sutton Four Oaks", "West Midlands Police"],
    "short numbers": ["999", "101", "2013", "16"],
    "months of birth": ["2009-03", "2010-11"],
    "years of birth": ["2009", "2010"],
    "event dates of one year": [f"2023-{m:02d}-{d:02d}" for m in range(1, 13) for d in (3, 14, 25)],
    "firsts of months": [f"20{y:02d}-{m:02d}-01" for y in range(10, 20) for m in (1, 4, 9)],
    "times": ["2024-03-01T12:30", "12:30:45"],
    "versions": ["1.13.2", "RiO upgraded to 12.4.0.1"],
    "sources": ["ONS, Census 2021 groups used", "DFE, School census", "MOJ, Youth justice statistics", "https is used", "Victoria Ward", "Ashley Hall"],
    "years and places": ["From 2023 recorded in place of old codes", "2021 new way of counting", "HMCTS 2023 family court statistics", "10 minute walk to school"],
    "a section and an ordinal": ["S47 1st enquiries counted from here", "S47 2nd visit"],
    "running numbers that begin with seven": [f"E-{7_000_000_000 + n}" for n in range(500)],
}  # fmt: skip


@pytest.mark.parametrize("case", NOT_FOUND)
def test_look_alikes_are_not_found(tmp_path: Path, case: str) -> None:
    assert screened(tmp_path, {"note": NOT_FOUND[case]}) == []


def test_a_few_numbers_that_pass_by_chance_are_a_warning(tmp_path: Path) -> None:
    (found,) = (f for f in screened(tmp_path, {"note": ["4000000004", "12"]}) if f.kind == "nhs_number")
    assert is_nhs_number("4000000004")
    assert not found.is_sure
    assert "may be NHS numbers" in found.sentence()


def test_what_is_sure_is_not_hidden_by_more_that_may_be(tmp_path: Path) -> None:
    """Three test numbers in an agency's own references, beside many that only begin like one."""
    refs = [*many(lambda r: f"H{nhs(r, test=True)}", 3), *(f"H{nhs(DRAW)}0" for _ in range(8))]
    (found,) = (f for f in screened(tmp_path, {"person_ref": refs}, "health__people") if f.kind == "nhs_number")
    assert (found.is_sure, found.cells) == (True, 3)


NAMED = ["DoB", "ChildDOB", "bday", "fname", "pupilname", "KnownAs", "PatientID", "MRN", "HospNo", "URN", "lcsid", "NHS_Number", "nhsNo", "UPN", "NINO", "PostCode", "Home Address", "UPRN", "latitude", "DateOfBirth", "DOB", "mobile",
         "E-mail", "Surname", "forename_1", "crime_number", "what3words", "age_in_days"]  # fmt: skip


@pytest.mark.parametrize("name", NAMED)
def test_a_column_named_so_is_found_whatever_its_cells_are(tmp_path: Path, name: str) -> None:
    value = "2009-05-14" if any(x in name.lower() for x in ("dob", "birth", "bday")) else "x1"
    found = screened(tmp_path, {name: [value, ""]})
    assert [(f.cells, f.of, f.is_sure) for f in found] == [(1, 1, True)]


@pytest.mark.parametrize(
    "cell",
    ["2009-05-14", "14/05/2009", "17-04-2010", "2010/04/17", "2010.04.17", "17 April 2010", "Apr 17, 2010", "20090514", "39947", "14-May-09", "14/05/09", "2009-05-14 00:00:00"],
)  # fmt: skip
def test_any_full_date_in_a_column_of_births(tmp_path: Path, cell: str) -> None:
    assert [f.kind for f in screened(tmp_path, {"birth_month": ["2009-06", cell]})] == ["date_of_birth"]
    assert screened(tmp_path, {"birth_year": ["2009", "2010"]}) == []


def test_names_of_the_contract_are_no_identifiers(tmp_path: Path) -> None:
    key = hashlib.sha256(b"secret" + b"x").hexdigest()
    assert (
        screened(tmp_path, {"key_name_dob": [key], "key_name_postcode": [key], "found_ward_code": ["E05011118"]}) == []
    )


def supply(tmp_path: Path, people: list[list[str]], events: list[list[str]]) -> Path:
    folder = tmp_path / "supply"
    folder.mkdir()
    for name, rows in (("people", people), ("involvements", events)):
        with (folder / f"{name}.csv").open("w", newline="") as f:
            csv.writer(f).writerows(rows)
    (folder / "supply.json").write_text('{"extracted_at": "2024-04-05T06:00", "not_supplied": {"a": "SMITH, John"}}')
    return folder


def test_event_dates_in_the_childs_own_month_of_birth(tmp_path: Path) -> None:
    """A date of birth that stands in for an event's date; a tenth of the dates may fall so by chance."""
    people = [["person_ref", "birth_month"], *([f"P{i}", f"2009-{i % 12 + 1:02d}"] for i in range(40))]
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
    path.write_text("a" + separator + "b\n" + "".join(f"{x}{separator}B33 8TH\n" for x in many(nhs)))
    assert {f.kind for f in screen_file(path, extracted_on=TODAY)} >= {"nhs_number", "postcode"}


@pytest.mark.parametrize("content", [
    b"a,b\nx,B33 8TH\n\xff\xfe\xe9,y\n",  # mixed encodings
    b"a,b\nx,B33 8TH\ny\n",  # a ragged row
    b"a,b\nx\x00,B33\x00 8TH\n",  # NUL bytes
    "a,b\nx,B33 8TH\n".encode("utf-16"),
    b'a,b\nx,B33 8TH\ny,"' + b"z" * 1_100_000,  # a huge cell after it
])  # fmt: skip
def test_a_broken_file_is_screened_as_far_as_it_goes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    assert "postcode" in {f.kind for f in screen_file(path, extracted_on=TODAY)}


def test_what_cannot_be_read_says_so_and_quotes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "file.csv"
    path.write_text(",".join(f"c{i}" for i in range(10_000)) + "\n")
    with pytest.raises(UnreadableError, match="more than 500 columns"):
        screen_file(path, extracted_on=TODAY)


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_one_identifier_among_clean_cells_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Wherever it stands and whatever surrounds it: kinds of which a single cell is enough."""
    kinds = ["postcode", "national insurance", "e-mail", "mobile", "surname, forename", "address"]
    case = data.draw(st.sampled_from(kinds))
    clean = data.draw(st.lists(st.sampled_from(["A1", "N", "2023-04-05", "E05011118", ""]), max_size=40))
    at = data.draw(st.integers(0, len(clean)))
    cells = [*clean[:at], FOUND[case][0][0], *clean[at:]]
    found = screened(tmp_path_factory.mktemp("s"), {"x": cells})
    assert [f.cells for f in found if f.kind == FOUND[case][1]] == [1]


def test_a_keyed_hash_of_a_test_number_is_no_plain_one(tmp_path: Path) -> None:
    keyed = [hmac.new(b"k" * 32, nhs(DRAW, test=True).encode(), hashlib.sha256).hexdigest() for _ in range(50)]
    assert screened(tmp_path, {"key_nhs": keyed}, "police__people") == []
    plain = [hashlib.sha256(nhs(DRAW, test=True).encode()).hexdigest() for _ in range(3)]
    assert [(f.kind, f.cells) for f in screened(tmp_path, {"key_nhs": keyed + plain}, "police__people")] == [
        ("unkeyed_hash", 3)
    ]


def test_a_start_on_the_first_of_the_month_of_birth_is_no_date_of_birth(tmp_path: Path) -> None:
    people = [["person_ref", "birth_month"], *([f"P{i}", f"2009-{i % 12 + 1:02d}"] for i in range(40))]
    folder = supply(
        tmp_path, people, [["person_ref", "occurred_on"], *([f"P{i}", f"2009-{i % 12 + 1:02d}-01"] for i in range(40))]
    )
    assert "involvements.csv" not in screen_supply(folder, "police", TODAY)


@pytest.mark.parametrize("name", ["ward_name", "school_name", "consent_given", "young_carer", "parent_informed", "middle_school", "household_size", "street_gang",
                                  "flat_rate", "long_term_absence", "smartphone", "phone_seized", "nhs_trust", "email_count", "ip_flag"])  # fmt: skip
def test_names_of_ordinary_columns_are_none(tmp_path: Path, name: str) -> None:
    assert screened(tmp_path, {name: ["1", "low"]}) == []


REFERENCES = {
    "uuid": lambda r: f"H{r.randbytes(4).hex()}-{r.randbytes(2).hex()}-{r.randbytes(6).hex()}",
    "a district and six digits": lambda r: f"{r.choice(['BW', 'BE', 'CV'])}{r.randrange(10**5, 10**6)}",
    "two letters, six digits and a letter": lambda r: f"IC{r.randrange(10**6):06d}{r.choice('ABCDEFGH')}",
    "six hexadecimal digits": lambda r: f"E{r.randbytes(3).hex()}",
    "letters and digits": lambda r: "E" + "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(5)),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_ordinary_references_of_an_agency_refuse_nothing(tmp_path: Path, case: str) -> None:
    found = screened(tmp_path, {"person_ref": many(REFERENCES[case], 3000)}, "education__people")
    assert not [f for f in found if f.is_sure]


def test_a_hundred_thousand_keyed_references_hold_nothing(tmp_path: Path) -> None:
    """Runs of ten digits within random hexadecimal digits: chance, however many there are."""
    refs = many(lambda r: f"E{r.randbytes(10).hex()}", 100_000)
    assert screened(tmp_path, {"person_ref": refs}, "education__people") == []


def test_a_header_is_shown_only_where_it_is_agreed_or_names_an_identifier(tmp_path: Path) -> None:
    found = screened(tmp_path, {"Kowalski": ["B33 8TH"], "surname": ["x"], "person_ref": ["a.b@example.org"]})
    assert [f.column for f in found] == ["number 1", "surname", "person_ref"]

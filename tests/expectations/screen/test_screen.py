"""The identifier screen on values: what it finds in a column of any name, what only looks alike, what is chance."""

from __future__ import annotations

import base64
import hashlib
import hmac
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from screening import DRAW, many, nhs, screened, upn

from expectations.screen.checks import either_name
from expectations.screen.identifiers import is_nhs_number, is_postcode, is_uln, is_upn


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


@pytest.mark.parametrize(
    ("cell", "is_name"),
    [
        ("Khan, Zuriel", True),
        ("Nowakowska, Sarah", True),
        ("KHAN , SARAH", True),
        ("Nowakowska, Zuriel", False),
        ("Sarah, Khan", False),
    ],
)
def test_before_and_after_a_comma_one_common_name_is_enough(cell: str, is_name: bool) -> None:
    assert either_name(cell) is is_name


def test_a_keyed_reference_is_no_number(tmp_path: Path) -> None:
    """Ten digits in a row of a keyed reference are chance; behind a letter alone they are none."""
    number = nhs(DRAW)
    keyed = {"person_ref": [f"P{number}ca2e45c964"] * 9}
    assert not screened(tmp_path, keyed, "police__involvements")
    plain = {"person_ref": [f"P{number}"] * 9}
    assert screened(tmp_path, plain, "police__involvements")


ODD = ("Okonkwo", "Wojciechowska", "Teklehaimanot", "Vongsavanh", "Ngcobo", "Szczęsny")
FOUND = {
    "nhs number": (many(nhs), "nhs_number"),
    "nhs number with spaces": ([f"{x[:3]} {x[3:6]} {x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number, no-break spaces": (
        [f"{x[:3]}\u00a0{x[3:6]}\u200b {x[6:]}" for x in many(nhs)],
        "nhs_number",
    ),
    "nhs number as a spreadsheet's float": ([f"{x}.0" for x in many(nhs)], "nhs_number"),
    "nhs number behind the agency's letter": ([f"P{x}" for x in many(nhs)], "nhs_number"),
    "nhs number in full-width digits": (
        ["".join(chr(ord(c) + 0xFEE0) for c in x) for x in many(nhs)],
        "nhs_number",
    ),
    "nhs number within words": (
        [f"see {x[:3]} {x[3:6]} {x[6:]}, seen" for x in many(nhs)],
        "nhs_number",
    ),
    "three test numbers": (many(lambda r: nhs(r, test=True), 3), "nhs_number"),
    "nhs number in a sentence": (
        [f"pupil {x[:3]} {x[3:6]} {x[6:]} seen" for x in many(nhs)],
        "nhs_number",
    ),
    "nhs number with dots": ([f"{x[:3]}.{x[3:6]}.{x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number with en dashes": ([f"{x[:3]}–{x[3:6]}–{x[6:]}" for x in many(nhs)], "nhs_number"),
    "nhs number with underscores": (
        [f"P{x[:3]}_{x[3:6]}_{x[6:]}" for x in many(nhs)],
        "nhs_number",
    ),
    "nhs number behind four letters": ([f"HNHS{x}" for x in many(nhs)], "nhs_number"),
    "nhs number before a letter": ([f"H{x}A" for x in many(nhs)], "nhs_number"),
    "nhs number behind a zero": ([f"H0{x}" for x in many(nhs)], "nhs_number"),
    "nhs number before two digits": ([f"H{x}01" for x in many(nhs)], "nhs_number"),
    "nhs number in hexadecimal as a reference": (
        [f"H{x.encode().hex()}" for x in many(nhs)],
        "encoded",
    ),
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
    "national insurance without its letter": (
        ["AB123456", "CD123457", "EF123458"],
        "national_insurance",
    ),
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
    "mobiles that lost their zero": (many(lambda r: f"7{r.randrange(10**9):09d}"), "telephone"),
    "e-mail": (["j.smith@example.org"], "email"),
    "handle": (["@some_child"], "handle"),
    "web address": (["https://example.org/u/12"], "handle"),
    "network address": (["192.168.12.7"], "handle"),
    "surname, forename": (["SMITH, John"], "name"),
    "two words": (["Ayesha Khan"], "name"),
    "two words and a middle one": (["Thomas William O'Brien"], "name"),
    "initials and birth": (
        [
            f"{a}{b}{d:02d}0609"
            for a, b, d in zip("ABCDEFGHIJKL", "LKJIHGFEDCBA", range(1, 13), strict=True)
        ],
        "reference",
    ),
    "base64": ([base64.b64encode(x.encode()).decode() for x in many(nhs, 2)], "encoded"),
    "md5 of a test number": (
        [hashlib.md5(nhs(DRAW, test=True).encode()).hexdigest()],
        "unkeyed_hash",
    ),
    "sha-1 of a spaced test number": ([hashlib.sha1(b"999 000 0018").hexdigest()], "unkeyed_hash"),
    "sha-256 behind the agency's letter": (
        ["P" + hashlib.sha256(nhs(DRAW, test=True).encode()).hexdigest()],
        "unkeyed_hash",
    ),
    "padded number as key": ([x.rjust(64, "0") for x in many(nhs, 2)], "unkeyed_hash"),
    "number in hexadecimal as key": (
        [(x.encode().hex() + hashlib.sha256(b"x").hexdigest())[:64] for x in many(nhs, 2)],
        "unkeyed_hash",
    ),
    "telephones of eleven digits that begin alike": (
        [f"0770090{n:04d}" for n in range(4)],
        "telephone",
    ),
    "names that no list has": (
        [f"{last}, {first}" for last, first in zip(ODD, ODD[::-1], strict=True)],
        "name",
    ),
    "given names of the list with surnames that are none of it": (
        [
            f"{first} {last}"
            for first, last in zip(
                ("Amina", "Jack", "Zara", "Leo", "Mia", "Noah"), ODD, strict=True
            )
        ],
        "name",
    ),
    "notes": (
        [f"He was seen at the park {n} times and said that his mother had left" for n in range(5)],
        "free_text",
    ),
    "initials, a dot and a birth": (
        [
            f"{a}.{b}.{d:02d}0609"
            for a, b, d in zip("ABCDEFGHIJKL", "LKJIHGFEDCBA", range(1, 13), strict=True)
        ],
        "reference",
    ),
    "a birth and initials": (
        [
            f"{d:02d}0609/{a}{b}"
            for a, b, d in zip("ABCDEFGHIJKL", "LKJIHGFEDCBA", range(1, 13), strict=True)
        ],
        "reference",
    ),
    "five births": (
        ["2008-03-14", "2009-11-02", "2010-07-21", "2011-01-30", "2007-05-05"],
        "date_of_birth",
    ),
    "sha-256 of a number that guides print": (
        [hashlib.sha256(b"9434765919").hexdigest()],
        "unkeyed_hash",
    ),
    "sha-512 of a test number": (
        [hashlib.sha512(nhs(DRAW, test=True).encode()).hexdigest()],
        "unkeyed_hash",
    ),
    "a linkage key in base64": (
        [base64.b64encode(x).decode() for x in many(lambda r: r.randbytes(32), 4)],  # type: ignore[arg-type,return-value]
        "encoded",
    ),
    "births": (
        [f"20{y:02d}-{m:02d}-1{d}" for y in range(6, 14) for m in (1, 7) for d in (2, 5)],
        "date_of_birth",
    ),
}


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
    "ratings and places": [
        "Amber",
        "White",
        "Georgia",
        "Jordan",
        "Sutton Four Oaks",
        "West Midlands Police",
    ],
    "short numbers": ["999", "101", "2013", "16"],
    "months of birth": ["2009-03", "2010-11"],
    "years of birth": ["2009", "2010"],
    "event dates of one year": [f"2023-{m:02d}-{d:02d}" for m in range(1, 13) for d in (3, 14, 25)],
    "event dates of five years": [
        f"20{y}-{m:02d}-{d:02d}" for y in range(19, 24) for m in (2, 5, 9, 12) for d in (3, 17)
    ],
    "wards of two words": ["Bordesley Green", "Acocks Green", "Sutton Trinity", "Hall Green South"]
    * 9,
    "offences in words": [
        "Possession with intent to supply a controlled drug of class A",
        "Assault occasioning actual bodily harm against a person under 16",
        "Going equipped for burglary, theft or cheat other than in a dwelling",
    ]
    * 20,
    "firsts of months": [f"20{y:02d}-{m:02d}-01" for y in range(10, 20) for m in (1, 4, 9)],
    "times": ["2024-03-01T12:30", "12:30:45"],
    "versions": ["1.13.2", "RiO upgraded to 12.4.0.1"],
    "sources": [
        "ONS, Census 2021 groups used",
        "DFE, School census",
        "MOJ, Youth justice statistics",
        "https is used",
        "Victoria Ward",
        "Ashley Hall",
    ],
    "years and places": [
        "From 2023 recorded in place of old codes",
        "2021 new way of counting",
        "HMCTS 2023 family court statistics",
        "10 minute walk to school",
    ],
    "a section and an ordinal": ["S47 1st enquiries counted from here", "S47 2nd visit"],
    "running numbers that begin with seven": [f"E-{7_000_000_000 + n}" for n in range(500)],
}


@pytest.mark.parametrize("case", NOT_FOUND)
def test_look_alikes_are_not_found(tmp_path: Path, case: str) -> None:
    assert screened(tmp_path, {"note": NOT_FOUND[case]}) == []


def test_a_few_numbers_that_pass_by_chance_are_a_warning(tmp_path: Path) -> None:
    (found,) = (
        f for f in screened(tmp_path, {"note": ["4000000004", "12"]}) if f.kind == "nhs_number"
    )
    assert is_nhs_number("4000000004")
    assert not found.is_sure
    assert "may be NHS numbers" in found.sentence()


def test_what_is_sure_is_not_hidden_by_more_that_may_be(tmp_path: Path) -> None:
    """Three test numbers in an agency's own references, beside many that only begin like one."""
    refs = [*many(lambda r: f"H{nhs(r, test=True)}", 3), *(f"H{nhs(DRAW)}0" for _ in range(8))]
    (found,) = (
        f
        for f in screened(tmp_path, {"person_ref": refs}, "health__people")
        if f.kind == "nhs_number"
    )
    assert (found.is_sure, found.cells) == (True, 3)


def test_a_keyed_hash_of_a_test_number_is_no_plain_one(tmp_path: Path) -> None:
    keyed = [
        hmac.new(b"k" * 32, nhs(DRAW, test=True).encode(), hashlib.sha256).hexdigest()
        for _ in range(50)
    ]
    assert screened(tmp_path, {"key_nhs": keyed}, "police__people") == []
    plain = [hashlib.sha256(nhs(DRAW, test=True).encode()).hexdigest() for _ in range(3)]
    assert [
        (f.kind, f.cells) for f in screened(tmp_path, {"key_nhs": keyed + plain}, "police__people")
    ] == [("unkeyed_hash", 3)]


REFERENCES = {
    "uuid": lambda r: f"H{r.randbytes(4).hex()}-{r.randbytes(2).hex()}-{r.randbytes(6).hex()}",
    "a district and six digits": lambda r: (
        f"{r.choice(['BW', 'BE', 'CV'])}{r.randrange(10**5, 10**6)}"
    ),
    "two letters, six digits and a letter": lambda r: (
        f"IC{r.randrange(10**6):06d}{r.choice('ABCDEFGH')}"
    ),
    "six hexadecimal digits": lambda r: f"E{r.randbytes(3).hex()}",
    "letters and digits": lambda r: (
        "E" + "".join(r.choice("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567") for _ in range(5))
    ),
}


@pytest.mark.parametrize("case", REFERENCES)
def test_ordinary_references_of_an_agency_refuse_nothing(tmp_path: Path, case: str) -> None:
    found = screened(tmp_path, {"person_ref": many(REFERENCES[case], 3000)}, "education__people")
    assert not [f for f in found if f.is_sure]


def test_a_hundred_thousand_keyed_references_hold_nothing(tmp_path: Path) -> None:
    """Runs of ten digits within random hexadecimal digits: chance, however many there are."""
    refs = many(lambda r: f"E{r.randbytes(10).hex()}", 100_000)
    assert screened(tmp_path, {"person_ref": refs}, "education__people") == []


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_one_identifier_among_clean_cells_is_found(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Wherever it stands and whatever surrounds it: kinds of which a single cell is enough."""
    kinds = ["postcode", "national insurance", "e-mail", "mobile", "surname, forename", "address"]
    case = data.draw(st.sampled_from(kinds))
    clean = data.draw(
        st.lists(st.sampled_from(["A1", "N", "2023-04-05", "E05011118", ""]), max_size=40)
    )
    at = data.draw(st.integers(0, len(clean)))
    cells = [*clean[:at], FOUND[case][0][0], *clean[at:]]
    found = screened(tmp_path_factory.mktemp("s"), {"x": cells})
    assert [f.cells for f in found if f.kind == FOUND[case][1]] == [1]

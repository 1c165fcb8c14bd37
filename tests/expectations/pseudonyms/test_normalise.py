"""The rules by which two agencies write the same identifier the same way."""

from __future__ import annotations

import datetime as dt
import hmac

import pytest
from hypothesis import given
from hypothesis import strategies as st

from expectations.pseudonyms import normalise
from expectations.pseudonyms.keys import (
    KEYS,
    Identity,
    SecretError,
    fingerprint,
    keyed,
    linkage_keys,
    reference,
    secret_of,
)

SECRET = bytes(range(32))
TODAY = dt.date(2024, 4, 5)


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("Zoë", "ZOE"),
        ("  zoe ", "ZOE"),
        ("Zoe-Mae Rose", "ZOE"),
        ("O'Shea", "OSHEA"),
        ("O’Shea", "OSHEA"),
        ("ﬁona", "FIONA"),
        ("Łukasz", "LUKASZ"),
        ("Søren", "SOREN"),
        ("J.P.", "J"),
        ("İpek", "IPEK"),
        ("", None),
        ("Unknown", None),
        ("baby", None),
        ("—", None),
        ("محمد", None),
    ],
)
def test_forename(written: str, expected: str | None) -> None:
    assert normalise.forename(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("O'Brien-Smith", "OBRIENSMITH"),
        ("OBrien Smith", "OBRIENSMITH"),
        ("García-López", "GARCIALOPEZ"),
        ("Strauß", "STRAUSS"),
        ("de la Cruz", "DELACRUZ"),
        ("NOT KNOWN", None),
        ("?", None),
    ],
)
def test_surname(written: str, expected: str | None) -> None:
    assert normalise.surname(written) == expected


def test_names_exchanged_make_the_same_text() -> None:
    assert (
        normalise.full_name("Ayesha", "Khan")
        == normalise.full_name("KHAN", "ayesha")
        == "AYESHA|KHAN"
    )
    assert normalise.full_name("Ayesha", "") is None


@pytest.mark.parametrize(
    ("day", "is_used"),
    [
        (dt.date(2009, 5, 14), True),
        (dt.date(1900, 1, 1), False),
        (dt.date(1970, 1, 1), False),
        (dt.date(2030, 1, 1), False),
        (None, False),
    ],
)
def test_birth(day: dt.date | None, is_used: bool) -> None:
    assert (normalise.birth(day, TODAY) is not None) is is_used


@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("943 476 5919", "9434765919"),
        ("943-476-5919", "9434765919"),
        ("9434765919.0", "9434765919"),
        ("９４３４７６５９１９", "9434765919"),
        ("9434765918", None),
        ("9990000018", None),
        ("0000000000", None),
        ("1111111111", None),
        ("", None),
    ],
)
def test_nhs_number(written: str, expected: str | None) -> None:
    assert normalise.nhs_number(written) == expected


@pytest.mark.parametrize(
    ("written", "expected"),
    [("b1 1bb", "B11BB"), ("B\u00a01 1BB", "B11BB"), ("ZZ99 3VZ", None), ("B1", None)],
)
def test_postcode(written: str, expected: str | None) -> None:
    assert normalise.postcode(written) == expected


def test_a_temporary_pupil_number_makes_no_key() -> None:
    letters = "ABCDEFGHJKLMNPQRTUVWXYZ"
    rest = "33012345678A"
    check = letters[
        (sum(p * int(d) for p, d in enumerate(rest[:11], 2)) + 13 * letters.index("A")) % 23
    ]
    assert normalise.upn(check + rest) is None


@given(st.text(max_size=20), st.text(max_size=20))
def test_a_key_never_depends_on_case_or_spaces_around(forenames: str, surname: str) -> None:
    person = Identity(forenames=forenames, surname=surname, date_of_birth=dt.date(2009, 5, 14))
    again = Identity(
        forenames=f" {forenames} ", surname=f"{surname}\u00a0", date_of_birth=dt.date(2009, 5, 14)
    )
    assert linkage_keys(SECRET, person, TODAY) == linkage_keys(SECRET, again, TODAY)


@given(st.binary(min_size=1, max_size=200), st.text())
def test_a_key_is_that_of_the_library(secret: bytes, text: str) -> None:
    """Secrets shorter and longer than a block; the library is `hmac`."""
    text = text.encode("utf-8", "ignore").decode()
    assert (
        keyed(secret, "key_nhs", text)
        == hmac.digest(secret, f"key_nhs\x1f{text}".encode(), "sha256").hex()
    )


def test_the_four_keys_are_hmac_as_the_page_for_governance_leads_says() -> None:
    """Made again here from RFC 2104's own definition, not by the hmac module."""
    import hashlib

    def by_hand(text: bytes) -> str:
        padded = SECRET.ljust(64, b"\0")
        inner = hashlib.sha256(bytes(b ^ 0x36 for b in padded) + text).digest()
        return hashlib.sha256(bytes(b ^ 0x5C for b in padded) + inner).hexdigest()

    person = Identity("943 476 5919", "", "Zoë", "O'Brien", dt.date(2009, 5, 14), "B1 1BB")
    keys = linkage_keys(SECRET, person, TODAY)
    assert keys == {
        "key_nhs": by_hand(b"key_nhs\x1f9434765919"),
        "key_upn": "",
        "key_name_dob": by_hand(b"key_name_dob\x1fOBRIEN|ZOE|2009-05-14"),
        "key_name_postcode": by_hand(b"key_name_postcode\x1fOBRIEN|ZOE|B11BB"),
    }
    assert linkage_keys(SECRET[::-1], person, TODAY)["key_nhs"] != keys["key_nhs"]
    assert tuple(keys) == KEYS


def test_references_differ_between_agencies_and_columns() -> None:
    assert (
        len(
            {
                reference(s, p, c, "123")
                for s in (SECRET, SECRET[::-1])
                for p in "TP"
                for c in ("person_ref", "episode_ref")
            }
        )
        == 8
    )
    assert reference(SECRET, "T", "person_ref", "123") == reference(
        SECRET, "T", "person_ref", "123"
    )


@pytest.mark.parametrize(
    "text", ["", "00" * 32, "ab" * 31, "not hexadecimal", "abc", "0123456789abcdef" * 3]
)
def test_a_weak_secret_is_refused_and_not_shown(text: str) -> None:
    with pytest.raises(SecretError) as told:
        secret_of(text)
    assert not text or text not in str(told.value)


def test_a_fingerprint_tells_secrets_apart() -> None:
    assert len(fingerprint(SECRET)) == 16
    assert fingerprint(SECRET) != fingerprint(SECRET[::-1])

"""How identifiers are written before they are keyed, so that two agencies that know the same child
make the same key.

Every rule is stated here and in docs/pseudonymisation.md; each agency must keep the same ones. None
means: no key.
"""

from __future__ import annotations

import datetime as dt
import functools
import re
import unicodedata

from expectations.screen.identifiers import (
    POSTCODE,
    is_nhs_number,
    is_test_nhs_number,
    is_upn,
    plain,
)

# Letters that Unicode does not part into a base and a mark.
_LETTERS = str.maketrans(
    {
        "Æ": "AE",
        "Œ": "OE",
        "Ø": "O",
        "Đ": "D",
        "Ð": "D",
        "Ł": "L",
        "Þ": "TH",
        "ẞ": "SS",
        "İ": "I",
        "Ħ": "H",
    }
)
_NOT_LETTERS = re.compile(r"[^A-Z]+")
# What stands in a name's place where nobody knows it.
NO_NAME = frozenset(
    re.findall(
        r"\w+",
        (
            "UNKNOWN NOTKNOWN NOTRECORDED NOTSTATED NK NFA NA NONE TEST DUMMY BABY UNBORN INFANT "
            "CHILD MALE FEMALE X XX XXX"
        ),
    )
)
# Days that systems fill in where nobody knows the date.
NO_DAY = frozenset(
    {
        dt.date(1900, 1, 1),
        dt.date(1901, 1, 1),
        dt.date(1970, 1, 1),
        dt.date(1899, 12, 30),
        dt.date(1899, 12, 31),
    }
)


def _letters(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.upper().translate(_LETTERS))
    return text.upper()


@functools.lru_cache(maxsize=100_000)
def forename(text: str) -> str | None:
    """The first of the given names, letters A–Z only: `Zoë-Mae Rose` → `ZOE`. Middle names are
    recorded too unevenly.
    """
    parts = [
        _NOT_LETTERS.sub("", p)
        for p in re.split(r"[\s,\-‐–—.]+", _letters(text).replace("'", "").replace("’", ""))
    ]
    first = next((p for p in parts if p), "")
    if not first or first in NO_NAME:
        return None
    return first


@functools.lru_cache(maxsize=100_000)
def surname(text: str) -> str | None:
    """All of the surname, letters A–Z only: `O'Brien-Smith` and `OBrien Smith` → `OBRIENSMITH`."""
    joined = _NOT_LETTERS.sub("", _letters(text))
    if not joined or joined in NO_NAME:
        return None
    return joined


def full_name(forenames: str, surnames: str) -> str | None:
    """Both in the order of the alphabet, so that a record with its two names exchanged makes the
    same key.
    """
    first = forename(forenames)
    last = surname(surnames)
    if first is None or last is None:
        return None
    return "|".join(sorted((first, last)))


def birth(day: dt.date | None, extracted_on: dt.date) -> dt.date | None:
    """A date of birth, unless it is a stand-in, in the future or over 120 years ago."""
    if day is None or day in NO_DAY or day > extracted_on or day.year < extracted_on.year - 120:
        return None
    return day


def nhs_number(text: str) -> str | None:
    """Ten digits with their check digit; test numbers are for the agreed fictitious children
    alone.
    """
    digits = plain(text).replace("-", "")
    if is_nhs_number(digits) and not is_test_nhs_number(digits) and len(set(digits)) > 1:
        return digits
    return None


def upn(text: str) -> str | None:
    """A permanent unique pupil number with its check letter. A temporary one (its last place a
    letter) belongs to one school.
    """
    bare = plain(text)
    if is_upn(bare) and bare[-1].isdigit():
        return bare
    return None


@functools.lru_cache(maxsize=100_000)
def postcode(text: str) -> str | None:
    """A postcode without its space; `ZZ99` stands for no fixed abode and would join strangers."""
    bare = plain(text)
    if POSTCODE.fullmatch(bare) and not bare.startswith("ZZ99"):
        return bare
    return None

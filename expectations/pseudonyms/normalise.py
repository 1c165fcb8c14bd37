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
# What stands where a letter was lost in an export.
LOST = "\ufffd"
_NOT_LETTERS = re.compile(r"[^A-Z]+")
# What stands in a name's or number's place where nobody knows it, of the whole cell and without
# what is neither letter nor digit: “Not Known”, “N/A”, “Twin 1”, “(null)”.
_STAND_IN = re.compile(
    r"""
    UNKNOWN(NAME)? | NAMEUNKNOWN | UNKN? | UKN? | N[AKR] | NAN | NFA | NIL | NULL | NONE
    | NOT(YET)?(KNOWN|GIVEN|RECORDED|STATED|PROVIDED|DISCLOSED|AVAILABLE|APPLICABLE|SUPPLIED|HELD
        |ENTERED|SPECIFIED|OBTAINED|CONFIRMED|NAMED|SURE|ALLOCATED|ASSIGNED)
    | NO(NAME|FORENAME|SURNAME|FIRSTNAME|LASTNAME|DATA|ENTRY|NHSNUMBER|UPN|POSTCODE|FIXEDABODE)
        (GIVEN|KNOWN|HELD|RECORDED)?
    | BLANK | EMPTY | MISSING | REFUSED(TOGIVE)? | DECLINED | REDACTED | REMOVED | WITHHELD
    | CONFIDENTIAL | TB[ACD] | TOBE(CONFIRMED|ADVISED|DETERMINED)
    | TEST(CHILD|PUPIL|PATIENT|RECORD|NAME)?\d* | DUMMY\d* | DELETED? | DONOTUSE | DUPLICATE
    | ANON(YMOUS)? | UN(IDENTIFIED|NAMED|DISCLOSED|SPECIFIED)(MALE|FEMALE|SUSPECT|CHILD|PERSON)?
    | AWAIT(ING|ED)[A-Z]* | PENDING | SEENOTES?
    | (JUVENILE|SUSPECT|VICTIM|OFFENDER|WITNESS)([A-Z]|\d+)?
    | (BABY|TWIN|TRIPLET|CHILD|INFANT|UNBORN|NEWBORN|FOETUS|FETUS|MALE|FEMALE|BOY|GIRL|PERSON
        |SIBLING)(BABY|BOY|GIRL|CHILD|MALE|FEMALE|TWIN|ONE|TWO|THREE|[ABC]|\d+)?
    | X+ | \d{1,3} | (?P<digit>\d)(?P=digit)+
    """,
    re.VERBOSE,
)
# A given name that begins so is none: “Baby Smith”, “Unborn child of Ann”.
_NO_NAME_BEGINS = frozenset({"BABY", "UNBORN", "UNKNOWN", "INFANT", "TEST", "DUMMY", "TWIN"})
# And one of these in one field can make a word for nobody with what is in the other.
_NO_NAME_IN_TWO = frozenset({"NOT", "NO", "NAME", "TO", "DO", "SEE"})
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
def is_stand_in(text: str) -> bool:
    """Whether a cell stands for a name or number that nobody knows, or has neither letter nor
    digit.
    """
    bare = re.sub(r"[^A-Z0-9]", "", _letters(text))
    return not bare or _STAND_IN.fullmatch(bare) is not None


def stand_ins(forenames: str, surnames: str) -> list[str]:
    """Which of both hold no name, and surname where one name is in both: from neither a key is
    made.
    """
    found = []
    if forenames and forename(forenames) is None:
        found.append("forenames")
    if surnames and (surname(surnames) is None or _is_no_name(forenames, surnames)):
        found.append("surname")
    return found


def _is_no_name(forenames: str, surnames: str) -> bool:
    """What stands in both fields together is none: “Not” and “Known”, or one name twice."""
    if _is_twice(forenames, surnames):
        return True
    begins = {forename(forenames), surname(surnames)} & _NO_NAME_IN_TWO
    return bool(begins) and is_stand_in(f"{forenames} {surnames}")


def _is_twice(forenames: str, surnames: str) -> bool:
    """A system that asks for both is given the surname twice where nobody knows the other."""
    return bool(forenames) and surname(forenames) == surname(surnames)


@functools.lru_cache(maxsize=100_000)
def forename(text: str) -> str | None:
    """The first of the given names, letters A–Z only: `Zoë-Mae Rose` → `ZOE`. Middle names are
    recorded too unevenly.
    """
    parts = []
    for p in re.split(r"[\s,\-‐–—.]+", _letters(text).replace("'", "").replace("’", "")):
        parts.append(_NOT_LETTERS.sub("", p))
    first = next((p for p in parts if p), "")
    # Of the whole cell before it is cut: “Not Known” is nobody called Not.
    if not first or is_stand_in(text) or first in _NO_NAME_BEGINS or LOST in text:
        return None
    return first


@functools.lru_cache(maxsize=100_000)
def surname(text: str) -> str | None:
    """All of the surname, letters A–Z only: `O'Brien-Smith` and `OBrien Smith` → `OBRIENSMITH`."""
    joined = _NOT_LETTERS.sub("", _letters(text))
    if not joined or is_stand_in(text) or LOST in text:
        return None
    return joined


def full_name(forenames: str, surnames: str) -> str | None:
    """Both in the order of the alphabet, so that a record with its two names exchanged makes the
    same key.
    """
    first = forename(forenames)
    last = surname(surnames)
    if first is None or last is None or _is_no_name(forenames, surnames):
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
    # 4000000004.00: a column of numbers with decimals.
    digits = re.sub(r"\.0+\Z", "", plain(text)).replace("-", "")
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

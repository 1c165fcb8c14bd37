"""Whether a piece that has the shape of an identifier is one. One function per `check` in
`kinds.yml`.
"""

from __future__ import annotations

import base64
import binascii
import functools
import itertools
import re
from collections.abc import Callable
from pathlib import Path

from expectations.reading import Strict, read_file
from expectations.screen.identifiers import (
    POSTCODE_AREAS,
    is_nhs_number,
    is_postcode,
    is_uln,
    is_upn,
    plain,
)


def nhs_number(piece: str) -> bool:
    """Ten digits with their check digit."""
    return is_nhs_number(re.sub(r"\D", "", piece))


def upn(piece: str) -> bool:
    """A pupil number with its check letter."""
    return is_upn(re.sub(r"[ .-]", "", piece))


def postcode(piece: str) -> bool:
    """A full postcode of a real area; “S47 1st” is none."""
    return is_postcode(plain(piece.replace("-", ""))) and not re.search(
        r"\d(?:st|nd|rd|th)$", piece
    )


def outward_code(piece: str) -> bool:
    """The first half of a postcode, which is an area; or a pseudo-postcode, ZZ99 …, that stands for
    no home.
    """
    bare = plain(piece)
    found = re.fullmatch(r"([A-Z]{1,2})\d[A-Z\d]?", bare)
    return bare.startswith("ZZ99") or (found is not None and found[1] in POSTCODE_AREAS)


def address(piece: str) -> bool:
    """A house number and a street; a year is no house number."""
    return not re.match(r"(?:19|20)\d\d\b", piece)


def telephone(piece: str) -> bool:
    """Begins like a number in the United Kingdom; a spreadsheet drops the leading zero of a
    mobile's.
    """
    return piece[0] == "0" or piece[0] == "7"


def latitude(piece: str) -> bool:
    """Within Great Britain."""
    return 49.8 <= float(piece) <= 60.9


def day_of_six_digits(piece: str) -> bool:
    """Has ddmmyy or yymmdd among its letters."""
    digits = re.sub(r"\D", "", piece)
    return _is_day(int(digits[:2]), int(digits[2:4])) or _is_day(int(digits[4:]), int(digits[2:4]))


def _is_day(day: int, month: int) -> bool:
    return 1 <= month <= 12 and 1 <= day <= (
        29 if month == 2 else 30 if month in (4, 6, 9, 11) else 31
    )


class NamesFile(Strict):
    """names.yml: common names, separated by spaces."""

    forenames: str
    surnames: str


@functools.cache
def _names() -> tuple[frozenset[str], frozenset[str]]:
    file = read_file(NamesFile, Path(__file__).parent / "names.yml")
    return frozenset(file.forenames.upper().split()), frozenset(file.surnames.upper().split())


def name(piece: str) -> bool:
    """A given name and a surname of the list, in either order."""
    words = re.split(r"[ .]+", piece.upper().replace("’", "'").strip(" ."))
    forenames, surnames = _names()
    pairs = [*itertools.pairwise(words), (words[0], words[-1])]
    return any(
        (a in forenames and b in surnames) or (b in forenames and a in surnames) for a, b in pairs
    )


def either_name(piece: str) -> bool:
    """A surname before a comma and a given name after it, one of them in its list."""
    last, first = (p.strip().upper().replace("’", "'") for p in piece.split(",", 1))
    forenames, surnames = _names()
    return last in surnames or first in forenames


# Words that somebody who tells of a child uses, and a label hardly ever.
_TELLING = frozenset(
    re.findall(
        r"\w+",
        """
    he she they him her them his hers their was were has had have is are be been will would said
    says told saw seen who that when after because but not mum mom dad mother father brother sister
    friend home went came
""",
    )
)


def own_words(piece: str) -> bool:
    """A long text with small words: a note, not a label such as “Possession with intent to supply a
    controlled drug of class A”.
    """
    words = re.findall(r"[a-z’']+", piece.lower())
    return len(words) >= 7 and sum(word in _TELLING for word in words) >= 2


def first_name(piece: str) -> bool:
    """Begins with a given name of the list, and is no place or title that does: those are few in a
    column.
    """
    forenames, _ = _names()
    return piece.split(" ")[0].upper().replace("’", "'") in forenames


def encoded_key(piece: str) -> bool:
    """Thirty-two bytes in base64: a linkage key, however it is written."""
    try:
        raw = base64.b64decode(piece.replace("-", "+").replace("_", "/").rstrip("=") + "=")
    except (binascii.Error, ValueError):
        return False
    return len(raw) == 32 and len({c.islower() for c in piece if c.isalpha()}) == 2


def decoded(piece: str) -> str | None:
    """What base64 stands for, where that is text."""
    try:
        raw = base64.b64decode(piece, validate=True)
    except (binascii.Error, ValueError):
        return None
    if all(32 <= b < 127 for b in raw):
        return raw.decode("ascii")
    return None


def encoded(piece: str) -> bool:
    """Text in base64: nothing that an extract supplies is."""
    text = decoded(piece)
    return text is not None and bool(re.search(r"[0-9]{4}|[A-Za-z]{3}", text))


CHECKS: dict[str, Callable[[str], bool]] = {
    "nhs_number": nhs_number,
    "upn": upn,
    "uln": is_uln,
    "postcode": postcode,
    "outward_code": outward_code,
    "address": address,
    "either_name": either_name,
    "telephone": telephone,
    "latitude": latitude,
    "day_of_six_digits": day_of_six_digits,
    "name": name,
    "first_name": first_name,
    "own_words": own_words,
    "encoded_key": encoded_key,
    "encoded": encoded,
}

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
from expectations.screen.identifiers import is_nhs_number, is_postcode, is_uln, is_upn, plain


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
    """Ends in ddmmyy."""
    day = int(piece[-6:-4])
    month = int(piece[-4:-2])
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
    "address": address,
    "either_name": either_name,
    "telephone": telephone,
    "latitude": latitude,
    "day_of_six_digits": day_of_six_digits,
    "name": name,
    "encoded": encoded,
}

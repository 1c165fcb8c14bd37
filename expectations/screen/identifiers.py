"""What makes a number a real NHS number, UPN, ULN or postcode. Used to find identifiers, and to
refuse mistyped ones.
"""

from __future__ import annotations

import operator
import re
import unicodedata
from collections.abc import Iterable

_SPACES = re.compile(r"[\s\u00ad\u200b-\u200f\u2060\ufeff]+")
_UPN_LETTERS = "ABCDEFGHJKLMNPQRTUVWXYZ"
# The 124 postcode areas (Royal Mail), with the Crown dependencies and the forces.
POSTCODE_AREAS = frozenset(
    re.findall(
        r"[A-Z]+",
        """
    AB AL B BA BB BD BF BH BL BN BR BS BT BX CA CB CF CH CM CO CR CT CV CW DA DD DE DG DH DL
    DN DT DY E EC EH EN EX FK FY G GL GU GY HA HD HG HP HR HS HU HX IG IM IP IV JE KA KT KW
    KY L LA LD LE LL LN LS LU M ME MK ML N NE NG NN NP NR NW OL OX PA PE PH PL PO PR RG RH
    RM S SA SE SG SK SL SM SN SO SP SR SS ST SW SY TA TD TF TN TQ TR TS TW UB W WA WC WD WF
    WN WR WS WV YO ZE
""",
    )
)
POSTCODE = re.compile(r"([A-Z]{1,2})\d[A-Z\d]?\d[ABD-HJLNP-UW-Z]{2}")


# From the first digit on.
NHS_WEIGHTS = tuple(range(10, 1, -1))
UPN_WEIGHTS = tuple(range(2, 13))
_UPN = re.compile(r"[A-HJ-NP-RT-Z]\d{11}[0-9A-HJ-NP-RT-Z]")


def _weighted(digits: str, weights: tuple[int, ...]) -> int:
    """The sum of digits by their weights; a digit's byte is 48 more than the digit."""
    products: Iterable[int] = map(operator.mul, digits.encode(), weights)
    return sum(products) - 48 * sum(weights)


def plain(text: str) -> str:
    """A value as it is compared: NFKC, without spaces (zero-width ones too) and a trailing `.0`, in
    capitals.
    """
    bare = _SPACES.sub("", text if text.isascii() else unicodedata.normalize("NFKC", text))
    return bare.removesuffix(".0").upper()


def is_nhs_number(digits: str) -> bool:
    """Ten digits whose last is the modulus-11 check digit (NHS Data Dictionary). Ten zeros pass
    the sum and are none.
    """
    if len(digits) != 10 or not digits.isascii() or not digits.isdigit() or digits == "0000000000":
        return False
    check = 11 - _weighted(digits, NHS_WEIGHTS) % 11
    return check != 10 and check % 11 == int(digits[9])


def is_test_nhs_number(digits: str) -> bool:
    """999 000 0000 to 999 999 9999 is never issued: for tests and for agreed fictitious
    children.
    """
    return digits.startswith("999") and is_nhs_number(digits)


def is_upn(text: str) -> bool:
    """A unique pupil number: its letter is the weighted sum of the rest modulo 23 (DfE guide).
    Temporary ones end in a letter.
    """
    if not text.isascii() or not _UPN.fullmatch(text):
        return False
    last = int(text[12]) if text[12].isdigit() else _UPN_LETTERS.index(text[12])
    return _UPN_LETTERS[(_weighted(text[1:12], UPN_WEIGHTS) + 13 * last) % 23] == text[0]


def is_uln(digits: str) -> bool:
    """A unique learner number: ten digits, weights 10 to 2, check digit 10 − remainder by 11
    (Learning Records Service).
    """
    if not re.fullmatch(r"[1-9]\d{9}", digits):
        return False
    rest = sum(int(d) * w for d, w in zip(digits, range(10, 1, -1), strict=False)) % 11
    return rest != 0 and 10 - rest == int(digits[9])


def is_postcode(text: str) -> bool:
    """A full postcode of a real area, without its space. ZZ99 codes stand for no place and are
    none.
    """
    match = POSTCODE.fullmatch(text)
    return (
        bool(match)
        and not text.startswith("ZZ99")
        and match is not None
        and match[1] in POSTCODE_AREAS
    )

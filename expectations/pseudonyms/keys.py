"""Secrets, linkage keys and references: HMAC-SHA-256 (RFC 2104, FIPS 198-1), each kind of key with
a prefix of its own.
"""

from __future__ import annotations

import datetime as dt
import functools
import hashlib
import hmac
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from expectations.pseudonyms import normalise

if TYPE_CHECKING:
    from hashlib import _Hash as Hash

# Bytes that SHA-256 takes in at once.
BLOCK = 64
KEYS = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode")
BITS = 256
# Hexadecimal digits of a reference: 80 bits, so that two of a million references meet by chance
# once in a trillion.
REFERENCE_DIGITS = 20


class SecretError(Exception):
    """A secret that cannot be used, in words that do not show it."""


class Identity(NamedTuple):
    """What an agency knows of a person, as its export has it; blank where it knows
    nothing.
    """

    nhs_number: str = ""
    upn: str = ""
    forenames: str = ""
    surname: str = ""
    date_of_birth: dt.date | None = None
    postcode: str = ""


def secret_of(text: str) -> bytes:
    """The bytes of a secret written in hexadecimal, as `cce keygen` writes it. Raises
    SecretError.
    """
    bare = text.strip()
    if not re.fullmatch(r"[0-9a-fA-F]*", bare) or len(bare) % 2:
        raise SecretError("a secret is written in hexadecimal digits, as `cce keygen` makes it")
    if len(bare) * 4 < BITS:
        raise SecretError(
            f"a secret has at least {BITS} bits ({BITS // 4} hexadecimal digits); this one has "
            f"{len(bare) * 4}"
        )
    if len(set(bare.lower())) < 8:
        raise SecretError("this secret was not drawn at random: make one with `cce keygen`")
    return bytes.fromhex(bare)


def fingerprint(secret: bytes) -> str:
    """What tells two secrets apart without telling either."""
    return hmac.digest(secret, b"fingerprint", "sha256").hex()[:16]


@functools.lru_cache(maxsize=4)
def _begun(secret: bytes) -> tuple[Hash, Hash]:
    """The inner and the outer hash of HMAC with the secret taken in (RFC 2104, section 4): the same
    for every text, and five texts a child are keyed.
    """
    block = hashlib.sha256(secret).digest() if len(secret) > BLOCK else secret
    padded = block.ljust(BLOCK, b"\0")
    inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in padded))
    outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
    return inner, outer


def keyed(secret: bytes, kind: str, text: str) -> str:
    """HMAC-SHA-256 of a normalised text as one kind of key, in hexadecimal."""
    begun, outer_begun = _begun(secret)
    inner = begun.copy()
    inner.update(f"{kind}\x1f{text}".encode())
    outer = outer_begun.copy()
    outer.update(inner.digest())
    return outer.hexdigest()


def linkage_keys(secret: bytes, person: Identity, extracted_on: dt.date) -> dict[str, str]:
    """The four linkage keys under the partnership's secret; blank where what a key needs is not
    known.
    """
    nhs = normalise.nhs_number(person.nhs_number)
    upn = normalise.upn(person.upn)
    name = normalise.full_name(person.forenames, person.surname)
    born = normalise.birth(person.date_of_birth, extracted_on)
    home = normalise.postcode(person.postcode)
    key_name_dob = None
    if name and born:
        key_name_dob = f"{name}|{born.isoformat()}"
    key_name_postcode = f"{name}|{home}" if name and home else None
    texts: Mapping[str, str | None] = {
        "key_nhs": nhs,
        "key_upn": upn,
        "key_name_dob": key_name_dob,
        "key_name_postcode": key_name_postcode,
    }
    return {kind: keyed(secret, kind, text) if text else "" for kind, text in texts.items()}


def reference(secret: bytes, prefix: str, column: str, value: str) -> str:
    """An agency's own reference re-keyed under the agency's own secret: the same one in every
    table, told to nobody else.
    """
    return prefix + keyed(secret, column, value)[:REFERENCE_DIGITS]


def shared_key(secret: bytes, column: str, value: str) -> str:
    """A reference that several agencies hold (of a National Referral Mechanism case), keyed under
    the partnership's secret.
    """
    return keyed(secret, column, re.sub(r"[^A-Z0-9]", "", value.upper()))

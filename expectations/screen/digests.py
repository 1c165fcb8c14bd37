"""Hashes made without a key, recognised by recomputing them for numbers that were never issued.

A keyed HMAC and an unkeyed hash look alike. The agreed fictitious children are in every extract,
with NHS numbers of the test range: where one of their plain digests occurs, the column was made
without the secret.
"""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

_MAKERS: dict[int, Callable[[bytes], Any]] = {
    32: functools.partial(hashlib.md5, usedforsecurity=False),
    40: functools.partial(hashlib.sha1, usedforsecurity=False),
    64: hashlib.sha256,
    128: hashlib.sha512,
}
# Numbers that guides print as examples.
_EXAMPLES = (
    b"9434765919", b"9434765870", b"4010232137", b"9876543210", b"1234567881", b"9000000009",
)  # fmt: skip


def _test_numbers() -> Iterator[bytes]:
    nines = np.arange(999_000_000, 1_000_000_000)
    sums = sum((nines // 10**place % 10) * (place + 2) for place in range(9))
    checks = -sums % 11
    for number in (nines * 10 + checks)[checks < 10].tolist():
        yield b"%d" % number
    yield from _EXAMPLES


@functools.cache
def _known(length: int) -> npt.NDArray[np.uint64]:
    make = _MAKERS[length]
    heads = bytearray()
    for number in _test_numbers():
        heads += make(number).digest()[:8]
        heads += make(b"%s %s %s" % (number[:3], number[3:6], number[6:])).digest()[:8]
    return np.sort(np.frombuffer(bytes(heads), dtype=">u8").astype(np.uint64))


def unkeyed_keys(keys: Sequence[str]) -> int:
    """How many of these texts of 64 hexadecimal digits are plain digests of a test NHS number."""
    heads = np.frombuffer(bytes.fromhex("".join(k[:16] for k in keys)), dtype=">u8").astype(
        np.uint64
    )
    return int(_are_known(heads, 64).sum())


def _are_known(heads: npt.NDArray[np.uint64], length: int) -> npt.NDArray[np.bool_]:
    known = _known(length)
    is_known: npt.NDArray[np.bool_] = (
        known[np.minimum(np.searchsorted(known, heads), len(known) - 1)] == heads
    )
    return is_known


def unkeyed(digests: Sequence[str]) -> npt.NDArray[np.bool_]:
    """For each text that ends in 32, 40 or 64 hexadecimal digits: whether it is a plain digest of a
    test NHS number.

    MD5, SHA-1 and SHA-256 are tried, of the number with and without its spaces.
    """
    is_unkeyed = np.zeros(len(digests), dtype=bool)
    for length in sorted(_MAKERS):
        at = [i for i, d in enumerate(digests) if _length(d) == length]
        if at:
            heads = np.array([int(digests[i][-length:][:16], 16) for i in at], dtype=np.uint64)
            is_unkeyed[at] = _are_known(heads, length)
    return is_unkeyed


def _length(text: str) -> int:
    # A prefix letter may stand before the digits.
    return next((n for n in (128, 64, 40, 32) if n <= len(text) <= n + 3), 0)

"""The kinds of identifier, read from `kinds.yml`."""

from __future__ import annotations

import functools
import re
from pathlib import Path

from pydantic import RootModel

from expectations.reading import Strict, read_file


class KindEntry(Strict):
    """A kind of identifier as kinds.yml has it, which says what each field means. Patterns are
    understood by DuckDB and Python alike.
    """

    words: str
    names: str | None = None
    token: str | None = None
    text: str | None = None
    check: str | None = None
    chance: float | None = None
    differ: tuple[int, int] | None = None
    weak: bool = False
    weak_in_references: bool = False
    told_as: str | None = None
    fills: tuple[float, int] | None = None
    harmless: str | None = None


class Kind(KindEntry):
    """A kind with its key."""

    key: str


class KindsFile(RootModel[dict[str, KindEntry]]):
    """kinds.yml: key → kind."""


@functools.cache
def kinds() -> tuple[Kind, ...]:
    """Every kind, in the order of the file."""
    entries = read_file(KindsFile, Path(__file__).parent / "kinds.yml").root
    return tuple(Kind(key=key, **entry.model_dump()) for key, entry in entries.items())


def joined(name: str) -> str:
    """A column's name in lower case, its words joined by `_`: `DateOfBirth` → `date_of_birth`."""
    parted = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name)
    return re.sub(r"[^a-z0-9]+", "_", parted.lower()).strip("_")


def kinds_by_name(name: str) -> list[Kind]:
    """The kinds that a column of this name is expected to hold."""
    both = (joined(name), re.sub(r"[^a-z0-9]", "", name.lower()))
    named = []
    for k in kinds():
        if k.names and any(re.search(k.names, n) for n in both):
            named.append(k)
    return named

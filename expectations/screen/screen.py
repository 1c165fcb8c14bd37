"""Screens a file or a whole supply: column names, then values, then each column as a whole. Nothing
here shows a cell.
"""

from __future__ import annotations

import datetime as dt
import functools
import json
import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from expectations.contract import Contract, contracts, contracts_of
from expectations.files import is_of_system, packed, what_else
from expectations.screen.kinds import kinds_by_name
from expectations.screen.reader import UnreadableError, header_and_chunks
from expectations.screen.tally import Found
from expectations.screen.watch import Watched, day_of, judged, own_months, watch

_SAFE_NAME = re.compile(r"^[A-Za-z][A-Za-z_]{0,40}$")


def screen_file(
    path: Path,
    contract: Contract | None = None,
    *,
    extracted_on: dt.date,
    births: pd.DataFrame | None = None,
) -> list[Found]:
    """What identifies a person in one CSV file. `births` has person_ref and birth_month of the
    people in the supply.

    Raises UnreadableError where the rest of the file cannot be read and nothing was found up to
    there.
    """
    with duckdb.connect() as con:
        return _screen_file(con, path, contract, extracted_on, births)


def _screen_file(
    con: duckdb.DuckDBPyConnection,
    path: Path,
    contract: Contract | None,
    extracted_on: dt.date,
    births: pd.DataFrame | None,
) -> list[Found]:
    if words := packed(path):
        raise UnreadableError(f"it {words}")
    header, chunks = header_and_chunks(path)
    columns = [_watched(name, contract) for name in header]
    findings = _header_found(con, header, contract)
    broken: UnreadableError | None = None
    try:
        for chunk in chunks:
            watch(con, columns, chunk, extracted_on)
            if births is not None:
                own_months(con, columns, chunk, births)
    except UnreadableError as error:
        broken = error
    for n, watched in enumerate(columns, 1):
        findings += judged(watched, _shown(watched.name, n))
    if broken and not findings:
        raise broken
    # A page or a file with NUL bytes is looked through, but never said to hold nothing.
    if not findings and (words := what_else(path)):
        raise UnreadableError(f"it {words}")
    return findings


def screen_supply(folder: Path, agency: str, today: dt.date) -> dict[str, list[Found]]:
    """File name → what was found, for every CSV file of a folder and the texts of its supply.json.
    Broken files are passed over.
    """
    known = contracts_of(agency)
    raw = _manifest(folder)
    extracted_on = day_of(str(raw.get("extracted_at", ""))) or today
    births = None
    # One connection for them all: to open one takes longer than to look through a small file.
    with duckdb.connect() as con:
        by_file = {"supply.json": _text_found(con, "in supply.json", _leaves(raw))}
        for path in _files(folder):
            contract = known.get(path.stem) if path.suffix == ".csv" else None
            # The name of any other file may itself be a person's.
            name = path.name if contract else "a file that no contract names"
            try:
                by_file[name] = _screen_file(con, path, contract, extracted_on, births)
            except UnreadableError:
                continue
            if path.name == "people.csv":
                births = _births(path)
    return {name: findings for name, findings in by_file.items() if findings}


def _files(folder: Path) -> list[Path]:
    """Every file but supply.json, by name; people first, since the others need their births."""
    paths = [
        p
        for p in folder.iterdir()
        if p.is_file() and p.name != "supply.json" and not is_of_system(p.name)
    ]
    return sorted(paths, key=lambda p: (p.name != "people.csv", p.name))


def _manifest(folder: Path) -> dict[str, Any]:
    try:
        raw = json.loads((folder / "supply.json").read_text("utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    if isinstance(raw, dict):
        return raw
    return {}


def _leaves(value: Any) -> Iterable[str]:
    if isinstance(value, Mapping):
        for k, v in value.items():
            yield str(k)
            yield from _leaves(v)
    elif isinstance(value, list):
        for v in value:
            yield from _leaves(v)
    elif isinstance(value, (str, int)) and not isinstance(value, bool):
        yield str(value)


def _births(path: Path) -> pd.DataFrame | None:
    header, chunks = header_and_chunks(path)
    if not {"person_ref", "birth_month"} <= set(header):
        return None
    at = header.index("person_ref"), header.index("birth_month")
    try:
        parts = []
        for c in chunks:
            parts.append(
                pd.DataFrame({"person_ref": c[at[0]], "birth_month": c[at[1]]}, dtype=object)
            )
    except UnreadableError:
        return None
    if parts:
        return pd.concat(parts, ignore_index=True).drop_duplicates("person_ref")
    return None


@functools.cache
def _contract_names() -> frozenset[str]:
    return frozenset(c.name for contract in contracts().values() for c in contract.columns)


def _watched(name: str, contract: Contract | None) -> Watched:
    column = contract.column(name) if contract else None
    if contract is None:
        is_agreed = name in _contract_names()
    else:
        is_agreed = column is not None
    return Watched(name, column, [] if is_agreed else kinds_by_name(name), is_agreed)


def _shown(name: str, number: int) -> str:
    # A name that is neither agreed nor the name of an identifier may be a value that slipped into
    # the header.
    is_told = name in _contract_names() or (_SAFE_NAME.match(name) and kinds_by_name(name))
    if is_told:
        return name
    return f"number {number}"


def _header_found(
    con: duckdb.DuckDBPyConnection, header: list[str], contract: Contract | None
) -> list[Found]:
    """A header row that was left out puts a person's values in its place."""
    names = []
    for h in header:
        if not (contract and contract.column(h)) and h not in _contract_names():
            names.append(h)
    return _text_found(con, "names in the header row", names)


def _text_found(con: duckdb.DuckDBPyConnection, where: str, texts: Iterable[str]) -> list[Found]:
    watched = Watched(where, None, [])
    watch(con, [watched], [list(texts)], dt.date.min)
    return judged(watched, where, whole=False)

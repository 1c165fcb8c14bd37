"""Ready mappings, one per system whose exports are public knowledge, and an agency's own laid over
one of them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from expectations.contract import Contract, contracts_of
from expectations.pseudonyms.mapping_file import SourceEntry, SystemFile, TableEntry
from expectations.reading import FileError, nearest, read_raw, read_text, read_words

MAPPINGS = Path(__file__).parents[1] / "mappings"
LEFT, NOT_HELD = "left to you", "not in it"
# Read or made from the identity of a child, and never mapped.
IDENTIFIED = {
    "key_nhs": ("nhs_number",),
    "key_upn": ("upn",),
    "key_name_dob": ("forenames", "surname", "date_of_birth"),
    "key_name_postcode": ("forenames", "surname", "postcode"),
    "birth_month": ("date_of_birth",),
    "ward_code": ("postcode",),
    "lsoa_code": ("postcode",),
}


def systems() -> list[str]:
    """The systems for which there is a mapping."""
    return sorted(path.stem for path in MAPPINGS.glob("*.yml"))


def system_file(system: str) -> SystemFile:
    """A system's file. Raises FileError where there is none."""
    if system not in systems():
        raise FileError(f"there is no mapping for {system}; {nearest(system, systems())}.")
    path = MAPPINGS / f"{system}.yml"
    return read_text(SystemFile, read_words(path), f"mappings/{path.name}", as_texts=True)


def read_system(system: str, agency: str) -> dict[str, Any]:
    """The tables of a system's mapping, as they are written. Raises FileError where it is another
    agency's.
    """
    file = system_file(system)
    if file.agency != agency:
        raise FileError(f"the mapping {system} is for {file.agency}, not for {agency}.")
    raw, _ = read_raw(read_words(MAPPINGS / f"{system}.yml"), f"{system}.yml", as_texts=True)
    return {"tables": raw["tables"]}


def laid_over(ready: Mapping[str, Any], own: Any) -> Any:
    """What the agency says, and where it says nothing what the ready mapping does.

    A table of its own as a list of parts replaces the ready one. Under one table,
    each word and each column is its own or the ready one: `plans: {columns: {uasc: {value: N}}}`
    adds a column to every part.
    """
    if not isinstance(own, Mapping):
        return own
    tables = dict(ready["tables"])
    own_tables = own.get("tables") or {}
    if not isinstance(own_tables, Mapping):
        return own
    for table, entry in own_tables.items():
        tables[table] = _table(tables.get(table), entry)
    return {**own, "tables": tables}


def _table(ready: Any, own: Any) -> Any:
    if ready is None or not isinstance(own, Mapping):
        return own
    if isinstance(ready, list):
        return [_table(part, own) for part in ready]
    columns = {**ready.get("columns", {}), **(own.get("columns") or {})}
    return {**ready, **own, "columns": columns}


def coverage(system: str) -> dict[str, dict[str, str]]:
    """Of each table and column of the agency's contracts from which file and column the system's
    mapping fills it, or that it is left to the agency, or not in the system at all.
    """
    file = system_file(system)
    return {
        table: _covered(contract, file.tables.get(table, ()))
        for table, contract in contracts_of(file.agency).items()
    }


def _covered(contract: Contract, parts: Sequence[TableEntry]) -> dict[str, str]:
    covered = {}
    for column in contract.columns:
        wanted: tuple[str, ...] = (column.name,)
        if contract.table == "people":
            wanted = IDENTIFIED.get(column.name, wanted)
        is_needed = column.blank == "error" and not column.optional
        covered[column.name] = LEFT if is_needed else NOT_HELD
        told = [_filled(part, wanted) for part in parts if set(wanted) <= set(part.columns)]
        if told:
            covered[column.name] = "; ".join(dict.fromkeys(told))
    return covered


def _filled(part: TableEntry, wanted: Sequence[str]) -> str:
    """“CHILD of header*.csv”, “NA in every row”."""
    entries = [part.columns[name] for name in wanted]
    (only, *others) = entries
    if only.value is not None and not others:
        return f"{only.value or 'blank'} in every row"
    read = [name for entry in entries for name in _columns(entry)]
    words = f"{', '.join(read)} of {', '.join(part.file)}"
    if any(entry.postcode for entry in entries) or "postcode" in wanted:
        words += ", with --postcodes"
    return words


def _columns(entry: SourceEntry) -> tuple[str, ...]:
    """The columns of the export that a source reads."""
    return (
        *entry.from_,
        *entry.postcode,
        *entry.date_and_time,
        *entry.flags,
        *entry.sum,
    )

"""`columns.yml`: where each column of the contract comes from in an agency's own exports. Read once, refused in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from expectations.contract import Contract, agencies, code_lists, contracts_of

IDENTITY = ("nhs_number", "upn", "forenames", "surname", "date_of_birth", "postcode")
# Made from the identity; nobody maps them.
MADE = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode", "birth_month")
_SOURCE_KEYS = {"from", "format", "codes", "otherwise", "blank", "value", "separator", "postcode"}


class MappingError(Exception):
    """What is wrong in `columns.yml` or an export, by file, table and column."""


@dataclass(frozen=True)
class Source:
    """Where one column comes from: columns of the export, how to read them; or one value for every row."""

    columns: tuple[str, ...] = ()
    form: str | None = None
    codes: dict[str, str] = field(default_factory=dict)
    otherwise: str | None = None
    blank: str = ""
    value: str | None = None
    separator: str = ";"
    is_place: bool = False


@dataclass(frozen=True)
class TableMap:
    """One table: the export's file and how it is written, and the source of each column."""

    contract: Contract
    file: str
    encoding: str
    delimiter: str
    sources: dict[str, Source]


@dataclass(frozen=True)
class Mapping:
    """The whole of `columns.yml`."""

    agency: str
    provider: str | None
    period_start: dt.date
    period_end: dt.date
    not_supplied: dict[str, str]
    tables: dict[str, TableMap]


def read_mapping(path: Path, agency: str) -> Mapping:
    """Read and check `columns.yml`. Raises MappingError that names the table and column."""
    try:
        # Every scalar stays the text that it is: YAML would make a truth of Yes and a number of 01.
        raw = yaml.load(path.read_text("utf-8"), Loader=yaml.BaseLoader)  # noqa: S506 makes texts, lists and mappings only
    except (yaml.YAMLError, UnicodeDecodeError):
        raise MappingError(f"{path.name} is not YAML in UTF-8") from None
    raw = _object(raw, path.name, {"provider", "period", "not_supplied", "tables"})
    period = _object(raw.get("period"), "period", {"start", "end"})
    try:
        start, end = (dt.date.fromisoformat(period[k]) for k in ("start", "end"))
    except (KeyError, ValueError, TypeError):
        raise MappingError("period needs start and end, days written YYYY-MM-DD") from None
    if start >= end:
        raise MappingError("period: the start is before the end")
    if agencies()[agency].providers != bool(raw.get("provider")):
        raise MappingError("provider is needed for health (the provider's code), and for no other agency")
    known = contracts_of(agency)
    tables = {
        str(name): _table(name, entry, known)
        for name, entry in _object(raw.get("tables"), "tables", set(known)).items()
    }
    if missing := [name for name, contract in known.items() if contract.required and name not in tables]:
        raise MappingError(f"required tables are not mapped: {', '.join(missing)}")
    declared = {str(k): str(v) for k, v in (raw.get("not_supplied") or {}).items()}
    reasons = code_lists()["not_supplied_reason"]
    if wrong := [k for k, v in declared.items() if v not in reasons]:
        raise MappingError(f"not_supplied, {wrong[0]}: the reason is one of {', '.join(reasons)}")
    provider = str(raw["provider"]) if raw.get("provider") else None
    return Mapping(agency, provider, start, end, declared, tables)


def _object(raw: Any, what: str, allowed: set[str]) -> dict[str, Any]:
    if not isinstance(raw, dict):
        raise MappingError(f"{what} needs keys and values")
    if unknown := sorted(str(k) for k in raw if k not in allowed):
        raise MappingError(f"{what}: {unknown[0]} is none of {', '.join(sorted(allowed))}")
    return raw


def _table(name: str, raw: Any, known: dict[str, Contract]) -> TableMap:
    contract = known[name]
    raw = _object(raw, f"table {name}", {"file", "encoding", "delimiter", "columns"})
    if not isinstance(raw.get("file"), str) or Path(raw["file"]).name != raw["file"]:
        raise MappingError(f"table {name}: file is the name of a file in the folder of exports")
    own = [c.name for c in contract.columns if c.name not in MADE or name != "people"]
    allowed = {*own, *(IDENTITY if name == "people" else ())}
    sources = {
        str(k): _source(f"table {name}, column {k}", v)
        for k, v in _object(raw.get("columns"), f"table {name}, columns", allowed).items()
    }
    needed = [c.name for c in contract.columns if c.blank == "error" and not c.optional and c.name in own]
    if missing := [n for n in needed if n not in sources]:
        raise MappingError(f"table {name}: required and not mapped: {', '.join(missing)}")
    return TableMap(
        contract, raw["file"], str(raw.get("encoding", "utf-8-sig")), str(raw.get("delimiter", ",")), sources
    )


def _source(what: str, raw: Any) -> Source:
    if isinstance(raw, (str, list)):
        raw = {"from": raw}
    raw = _object(raw, what, _SOURCE_KEYS)
    named = raw.get("postcode", raw.get("from", []))
    columns = tuple(map(str, named if isinstance(named, list) else [named]))
    if bool(columns) == ("value" in raw):
        raise MappingError(f"{what}: says where it comes from (from, postcode), or one value for every row")
    codes = raw.get("codes") or {}
    if not isinstance(codes, dict):
        raise MappingError(f"{what}: codes are the export's values, each with the code of the contract")
    return Source(
        columns,
        raw.get("format"),
        {str(k).strip().casefold(): str(v) for k, v in codes.items()},
        raw.get("otherwise"),
        str(raw.get("blank", "")),
        raw.get("value"),
        str(raw.get("separator", ";")),
        "postcode" in raw,
    )

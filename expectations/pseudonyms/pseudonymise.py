"""Makes the extract: every table of `columns.yml` keyed, recoded and cut down to its contract, then
screened, then handed over whole.
"""

from __future__ import annotations

import csv
import datetime as dt
import json
import shutil
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from expectations.contract import agencies
from expectations.judging.supply import CONTRACT_VERSION, file_sha256
from expectations.pseudonyms import normalise
from expectations.pseudonyms.canaries import CANARIES, canary_people
from expectations.pseudonyms.exports import (
    Places,
    Secrets,
    maker,
    people_maker,
    read_export,
    reader,
)
from expectations.pseudonyms.keys import KEYS, SecretError, fingerprint
from expectations.pseudonyms.mapping import Mapping, MappingError, TableMap
from expectations.pseudonyms.places import places
from expectations.screen.screen import screen_supply

# A column of which more cannot be read was mapped wrongly: a day and a month exchanged, for one.
MOST_UNREAD = 0.2


@dataclass
class Result:
    """What was made, in counts: rows by table, keys by kind, and what could not be read by table
    and column.
    """

    rows: dict[str, int] = field(default_factory=dict)
    keys: Counter[str] = field(default_factory=Counter)
    unread: dict[str, Counter[str]] = field(default_factory=dict)

    def lines(self) -> list[str]:
        """For the data officer."""
        people = max(1, self.rows.get("people", 0) - len(CANARIES))
        messages = [f"{table}: {rows:,} rows" for table, rows in self.rows.items()]
        messages += [
            f"{key}: on {self.keys[key]:,} of {people:,} people ({self.keys[key] / people:.0%})"
            for key in KEYS
        ]
        messages += [
            f"{table}, {name}: {n:,} cells could not be read and were left blank"
            for table, cells in self.unread.items()
            for name, n in cells.items()
            if n
        ]
        return messages


def pseudonymise(
    raw: Path,
    out: Path,
    mapping: Mapping,
    partnership: bytes,
    agency: bytes,
    extracted_at: dt.datetime,
    postcodes: Path | None = None,
) -> Result:
    """Write the supply folder `out` from the exports in `raw`; it is there whole, or not at all.

    Raises MappingError where an export is not as `columns.yml` says or the result would still
    identify somebody, and SecretError where both secrets are one.
    """
    if partnership == agency:
        raise SecretError(
            "the agency's own secret must not be the partnership's: the references would be known "
            "to all"
        )
    if out.resolve().is_relative_to(raw.resolve()) or raw.resolve().is_relative_to(out.resolve()):
        raise MappingError(
            "the extract must not be written where the exports are read: name another folder"
        )
    if out.exists() and any(out.iterdir()):
        raise MappingError("there is something in the output folder already: name a new one")
    part = out.with_name(f".{out.name}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(mode=0o700, parents=True)
    try:
        result = _write(raw, part, mapping, partnership, agency, extracted_at, postcodes)
        identifiers = screen_supply(part, mapping.agency, extracted_at.date())
        sure = []
        for file, of in identifiers.items():
            for f in of:
                if f.is_sure:
                    sure.append(f"{file}, {f.sentence()}")
        if sure:
            raise MappingError(
                "the extract would still identify people, so it was not written: " + "; ".join(sure)
            )
        if out.exists():
            out.rmdir()
        part.rename(out)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    return result


def _write(
    raw: Path,
    part: Path,
    mapping: Mapping,
    partnership: bytes,
    agency: bytes,
    extracted_at: dt.datetime,
    postcodes: Path | None,
) -> Result:
    prefix = agencies()[mapping.agency].prefix
    secrets = Secrets(partnership, agency, prefix)
    places_of = {}
    if postcodes:
        places_of = places(postcodes, _postcodes(raw, mapping))
    result = Result()
    for name, table in mapping.tables.items():
        _table(raw, part, name, table, secrets, places_of, extracted_at.date(), result)
    declared = dict(mapping.not_supplied)
    for name, table in mapping.tables.items():
        for c in table.contract.columns:
            make_person = name == "people" and (
                c.name in KEYS or c.name in ("birth_month", "ward_code", "lsoa_code")
            )
            if c.name not in table.sources and not make_person:
                declared.setdefault(f"{name}.{c.name}", "not_held")
    tables = {}
    for t, n in sorted(result.rows.items()):
        tables[t] = {"rows": n, "sha256": file_sha256(part / f"{t}.csv")}
    manifest = {
        "agency": mapping.agency,
        "provider": mapping.provider,
        "contract_version": CONTRACT_VERSION,
        "key_fingerprint": fingerprint(partnership),
        "period_start": mapping.period_start.isoformat(),
        "period_end": mapping.period_end.isoformat(),
        "extracted_at": extracted_at.strftime("%Y-%m-%dT%H:%M"),
        "tables": tables,
        "not_supplied": declared,
    }
    (part / "supply.json").write_text(json.dumps(manifest, indent=1) + "\n")
    return result


def _postcodes(raw: Path, mapping: Mapping) -> set[str]:
    wanted: set[str] = set()
    for table in mapping.tables.values():
        named = []
        for name, s in table.sources.items():
            if s.is_place or name == "postcode":
                named.append(reader(s))
        for row in read_export(raw, table) if named else ():
            wanted.update(p for read in named if (p := normalise.postcode(read(row))))
    return wanted


def _table(
    raw: Path,
    part: Path,
    name: str,
    table: TableMap,
    secrets: Secrets,
    found: Places,
    extracted_on: dt.date,
    result: Result,
) -> None:
    unread: Counter[str] = Counter()
    contract = table.contract
    makers = {
        c.name: maker(c, table.sources[c.name], secrets, found, unread)
        for c in contract.columns
        if c.name in table.sources
    }
    is_people = name == "people"
    person = None
    if is_people:
        person = people_maker(table, secrets, found, extracted_on, unread)
    columns = [
        c.name
        for c in contract.columns
        if c.name in makers or (is_people and c.name in (*KEYS, "birth_month"))
    ]
    columns += [
        c
        for c in ("ward_code", "lsoa_code")
        if is_people and c not in columns and (found or c == "ward_code")
    ]
    rows = 0
    with (part / f"{name}.csv").open("w", encoding="utf-8", newline="") as f:
        out = csv.DictWriter(f, columns, restval="", extrasaction="ignore", lineterminator="\n")
        out.writeheader()
        for row in read_export(raw, table):
            cells = {column: make(row) for column, make in makers.items()}
            if person:
                cells = person(row) | cells
                result.keys.update(k for k in KEYS if cells[k])
            out.writerow(cells)
            rows += 1
        if is_people:
            systems = agencies()[contract.agency].ethnicity
            for canary in canary_people(secrets.partnership, secrets.prefix, systems):
                out.writerow(canary)
                rows += 1
    result.rows[name] = rows
    result.unread[name] = unread
    for column, n in unread.items():
        source = table.sources.get(column)
        if source and n > MOST_UNREAD * rows:
            if source.form is None and not source.codes:
                hint = 'say how they are written, for example format: "%d/%m/%Y"'
            else:
                hint = "look at its format or codes"
            raise MappingError(
                f"table {name}, {column}: {n:,} of {rows:,} cells could not be read; {hint}"
            )

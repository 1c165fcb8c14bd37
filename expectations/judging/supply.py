"""A supply as it arrives: `supply.json`, and whether its files can be read at all.

Whether the values keep the contract is judged in `validate.py`.
"""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictBool, StrictInt

from expectations.contract import Contract, agencies, code_lists, contracts_of
from expectations.files import is_of_system, kinds_of_system, what_else
from expectations.judging.report import Finding
from expectations.reading import FileError, Strict, read_json

CONTRACT_VERSION = "1"
csv.field_size_limit(1_000_000)


class SupplyError(Exception):
    """A supply whose `supply.json` cannot be read; the message names what is wrong and no value."""


@dataclass(frozen=True)
class Manifest:
    """`supply.json`: what the agency says it sent. `tables` maps each table to its rows and
    sha256.
    """

    agency: str
    provider: str | None
    contract_version: str
    key_fingerprint: str
    period_start: dt.date
    period_end: dt.date
    extracted_at: dt.datetime
    tables: dict[str, dict[str, Any]]
    not_supplied: dict[str, str]
    invented: bool = False


def _number_of_rows(raw: Any) -> Any:
    if isinstance(raw, str):
        raise ValueError("rows is a number, without quotes")
    return raw


class TableFile(Strict):
    """What was sent of a table. A hash in capitals is the same hash."""

    rows: Annotated[StrictInt, BeforeValidator(_number_of_rows)] = Field(ge=0)
    sha256: Annotated[str, BeforeValidator(lambda text: str(text).lower())] = Field(
        pattern="^[0-9a-f]{64}$"
    )


class ManifestFile(Strict):
    """`supply.json`."""

    agency: str
    provider: str | None = None
    contract_version: Annotated[str, BeforeValidator(str)]
    key_fingerprint: str = Field(pattern="^[0-9a-f]{8,64}$")
    period_start: dt.date
    period_end: dt.date
    extracted_at: dt.datetime
    tables: dict[str, TableFile]
    not_supplied: dict[str, str] | None = None
    invented: StrictBool = False


def read_manifest(folder: Path) -> Manifest:
    """Read `supply.json`.

    Raises SupplyError where it is not JSON, lacks a key, names a table no contract has or holds an
    impossible date.
    """
    file = _manifest_file(folder)
    if file.agency not in agencies():
        known = ", ".join(agencies())
        raise SupplyError(f"supply.json names an agency that has no contract; there are {known}")
    # Columns may have changed their meaning, so nothing of it can be read as it stands.
    if file.contract_version != CONTRACT_VERSION:
        raise SupplyError(
            f"supply.json is for another contract version; this one is {CONTRACT_VERSION}"
        )
    _check_tables(file)
    _check_provider(file)
    # Agencies write the moment with or without a time zone; days are compared, so it is left out.
    extracted = file.extracted_at.replace(tzinfo=None)
    if not file.period_start < file.period_end <= extracted.date():
        raise SupplyError(
            "the dates in supply.json are out of order: period_start < period_end ≤ extracted_at"
        )
    reasons = code_lists()["not_supplied_reason"]
    tables: dict[str, dict[str, Any]] = {}
    for name, table in file.tables.items():
        tables[name] = {"rows": table.rows, "sha256": table.sha256}
    not_supplied = {name: reasons[reason] for name, reason in _not_supplied(file).items()}
    return Manifest(
        agency=file.agency,
        provider=file.provider or None,
        contract_version=file.contract_version,
        key_fingerprint=file.key_fingerprint,
        period_start=file.period_start,
        period_end=file.period_end,
        extracted_at=extracted,
        tables=tables,
        not_supplied=not_supplied,
        invented=file.invented,
    )


def _manifest_file(folder: Path) -> ManifestFile:
    try:
        text = (folder / "supply.json").read_text("utf-8-sig")
    except UnicodeDecodeError:
        raise SupplyError("supply.json is not valid JSON in UTF-8") from None
    try:
        return read_json(ManifestFile, text, "supply.json")
    except FileError as error:
        raise SupplyError("; ".join(str(error).splitlines()).rstrip(".")) from None


def _not_supplied(file: ManifestFile) -> dict[str, str]:
    return file.not_supplied or {}


def _check_tables(file: ManifestFile) -> None:
    """Every table named has a contract, and what is not supplied has a reason from the list."""
    known = contracts_of(file.agency)
    if not file.tables.keys() <= known.keys():
        raise SupplyError(
            f"supply.json names a table that no contract has; there are {', '.join(known)}"
        )
    reasons = code_lists()["not_supplied_reason"]
    for name, reason in _not_supplied(file).items():
        table, _, column = name.partition(".")
        is_known = table in known and (not column or known[table].column(column) is not None)
        if not is_known or reason not in reasons:
            raise SupplyError(
                "not_supplied in supply.json names tables or table.column, each with one of "
                f"{', '.join(reasons)}"
            )


def _check_provider(file: ManifestFile) -> None:
    """Health supplies come from several providers, so each names its own; no other agency's do."""
    if agencies()[file.agency].providers != bool(file.provider):
        raise SupplyError(
            "supply.json must name a provider for health, and none for other agencies"
        )
    if file.provider and not re.fullmatch(r"[A-Z][A-Z0-9]{2,11}", file.provider):
        raise SupplyError(
            "the provider in supply.json is not a provider code (a capital, then capitals and "
            "digits)"
        )


def file_sha256(path: Path) -> str:
    """The SHA-256 of a file, read in blocks."""
    with path.open("rb") as f:
        return hashlib.file_digest(f, "sha256").hexdigest()


def system_findings(folder: Path) -> list[Finding]:
    """Which kinds of such files were passed over."""
    found = kinds_of_system([path.name for path in folder.iterdir()])
    if not found:
        return []
    words = f"files of the operating system are passed over: {', '.join(found)}"
    return [Finding("warn", "system_file", words)]


def transfer_findings(folder: Path, manifest: Manifest) -> list[Finding]:
    """Whether the files are those that `supply.json` names, whole: a broken transfer is
    found here.
    """
    findings: list[Finding] = []
    present = {p.stem for p in folder.glob("*.csv")}
    extra = []
    for p in folder.iterdir():
        if (
            p.name != "supply.json"
            and not (p.suffix == ".csv" and p.stem in manifest.tables)
            and not is_of_system(p.name)
        ):
            extra.append(p)
    if extra:
        findings.append(
            Finding(
                "error",
                "extra_file",
                f"{len(extra)} files or folders that supply.json does not name; take them out",
            )
        )
    for table in manifest.tables:
        if table not in present:
            findings.append(
                Finding(
                    "error", "missing_file", "named in supply.json but not in the folder", table
                )
            )
        elif file_sha256(folder / f"{table}.csv") != manifest.tables[table]["sha256"]:
            words = (
                "the file differs from what supply.json describes: a broken transfer; copy it again"
            )
            findings.append(Finding("error", "checksum", words, table))
    for table, contract in contracts_of(manifest.agency).items():
        if contract.required and table not in manifest.tables:
            findings.append(
                Finding("error", "required_table", "a required table is not supplied", table)
            )
    return findings


def _header_findings(
    contract: Contract, header: list[str], declared: dict[str, str]
) -> list[Finding]:
    findings: list[Finding] = []
    names = [c.name for c in contract.columns]
    if len(header) == 1 and len(names) > 1 and re.search(r"[;\t|]", header[0]):
        return [
            Finding(
                "error",
                "delimiter",
                "the columns are not separated by commas",
                contract.table,
                line=1,
            )
        ]
    awaited = 0
    for column in contract.columns:
        awaited += not column.optional and f"{contract.table}.{column.name}" not in declared
    if sum(h in names for h in header) * 2 < awaited:
        words = "the first line is not the header row of this table"
        return [Finding("error", "header", words, contract.table, line=1)]
    for name, times in Counter(header).items():
        if times > 1 and name in names:
            findings.append(
                Finding(
                    "error",
                    "duplicated_column",
                    "the column is in the header more than once",
                    contract.table,
                    name,
                )
            )
    for i, name in enumerate(header, 1):
        if name not in names:
            # A name that nobody agreed may be a value that slipped into the header.
            shown = f"number {i}"
            findings.append(
                Finding(
                    "error",
                    "unknown_column",
                    "a column that the contract does not have",
                    contract.table,
                    shown,
                )
            )
    for column in contract.columns:
        # A column that every row must have cannot be declared absent: references, dates, codes that
        # are counted.
        excused = column.optional or (
            column.blank != "error" and f"{contract.table}.{column.name}" in declared
        )
        if column.name not in header and not excused:
            findings.append(
                Finding(
                    "error",
                    "missing_column",
                    "a required column is not supplied",
                    contract.table,
                    column.name,
                )
            )
    return findings


def structure_findings(folder: Path, manifest: Manifest, contract: Contract) -> list[Finding]:
    """Whether one CSV file can be read as its contract's table: encoding, delimiter, header, ragged
    rows, row count.
    """
    path = folder / f"{contract.table}.csv"
    table = contract.table
    if path.stat().st_size == 0:
        return [
            Finding(
                "error",
                "empty_file",
                "the file is empty: without rows it must still have its header row",
                table,
            )
        ]
    if words := what_else(path):
        return [Finding("error", "unreadable", f"the file {words}", table)]
    rows = 0
    try:
        with path.open(encoding="utf-8-sig", newline="") as f:
            reader = csv.reader(f, strict=True)
            header = next(reader, [])
            findings = _header_findings(contract, header, manifest.not_supplied)
            if findings:
                return findings
            for row in reader:
                rows += 1
                if len(row) != len(header):
                    words = f"a row has {len(row)} cells where the header has {len(header)}"
                    return [Finding("error", "ragged_row", words, table, line=reader.line_num)]
    except UnicodeDecodeError:
        return [Finding("error", "encoding", "the file is not UTF-8", table)]
    except csv.Error:
        return [
            Finding(
                "error",
                "unreadable",
                "the file is not CSV as RFC 4180 has it (quotes, NUL bytes or a huge cell)",
                table,
                line=rows + 2,
            )
        ]
    if rows != manifest.tables[table]["rows"]:
        return [
            Finding(
                "error",
                "row_count",
                "the file has another number of rows than supply.json says: a broken transfer",
                table,
            )
        ]
    return []

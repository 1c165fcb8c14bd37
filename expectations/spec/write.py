"""Writes the specification of an agency: a page to read, templates to fill, schemas for
machines.
"""

from __future__ import annotations

import csv
import functools
import json
from pathlib import Path

import jinja2

from expectations.contract import (
    CONTRACT_DIGITS,
    KINDS,
    Agency,
    Contract,
    agencies,
    code_lists,
    contracts_digest,
    contracts_of,
)
from expectations.judging.supply import CONTRACT_VERSION
from expectations.spec.example import example_rows
from expectations.spec.schema import table_schema
from expectations.spec.workbook import write_workbook
from expectations.staging import row_rules

HERE = Path(__file__).parent


@functools.cache
def templates() -> jinja2.Environment:
    """The pages of this folder; everything is escaped, a missing value is an error."""
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def write_spec(agency: str, out: Path) -> list[Path]:
    """Write one agency's specification under `out`; returns the files."""
    described = agencies()[agency]
    contracts = contracts_of(agency)
    folder = out / agency
    (folder / "templates").mkdir(parents=True, exist_ok=True)
    (folder / "schemas").mkdir(exist_ok=True)
    written = [out / f"{agency}.html"]
    written[0].write_text(page(described, contracts), "utf-8")
    for table, contract in contracts.items():
        template = folder / "templates" / f"{table}.csv"
        schema = folder / "schemas" / f"{table}.schema.json"
        with template.open("w", encoding="utf-8", newline="") as f:
            csv.writer(f, lineterminator="\n").writerow([c.name for c in contract.columns])
        schema.write_text(
            json.dumps(table_schema(contract), indent=1, ensure_ascii=False) + "\n", "utf-8"
        )
        written += [template, schema]
    workbook = folder / f"{agency}.xlsx"
    write_workbook(workbook, described, contracts)
    return [*written, workbook]


def page(agency: Agency, contracts: dict[str, Contract]) -> str:
    """The specification as one self-contained, printable page."""
    tables = []
    for c in contracts.values():
        tables.append(
            {
                "contract": c,
                "rules": [
                    (column, words, severity)
                    for _, column, words, severity in row_rules(c).values()
                ],
                "example": example_rows(c),
            }
        )
    digest = contracts_digest(agency.key)[:CONTRACT_DIGITS]
    return (
        templates()
        .get_template("page.html.j2")
        .render(
            agency=agency,
            tables=tables,
            kinds=KINDS,
            reasons=code_lists()["not_supplied_reason"],
            version=CONTRACT_VERSION,
            digest=digest,
            lists=_lists(contracts),
        )
    )


def _lists(contracts: dict[str, Contract]) -> list[tuple[list[str], dict[str, str]]]:
    """Each list of codes once, with the columns that use it."""
    by_codes: dict[tuple[str, ...], tuple[list[str], dict[str, str]]] = {}
    for contract in contracts.values():
        for c in contract.columns:
            if c.codes:
                by_codes.setdefault(tuple(c.codes), ([], c.codes))[0].append(
                    f"{contract.table}.{c.name}"
                )
    return list(by_codes.values())

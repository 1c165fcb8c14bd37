"""The samples as they would have been supplied after an earlier month: for trying a year of monthly
supplies.

What began after the day is left out, what ended after it had not ended yet. Codes that are known
late, such as outcomes, are those of today.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import pandas as pd

from data_samples.generate import SUPPLIERS, Supplier
from expectations.contract import DATED, Contract, contracts_of
from expectations.judging.supply import file_sha256

HERE = Path(__file__).parent
# A supply is made so many days after the month that it reaches to.
DAYS_TO_SUPPLY = 5
# Without these a row says that something has happened that has not: an accepted referral whose case
# was not open yet.
BEGINNINGS = ("opened_date",)
TERM_ENDS = {"autumn": (0, 12, 31), "spring": (1, 4, 30), "summer": (1, 8, 31)}


def write_until(out: Path, day: dt.date) -> dict[str, int]:
    """Write one supply per agency and provider under `out` that reaches to `day`; returns the
    number of rows by agency.

    Raises FileExistsError where a supply is already there, and ValueError for a day outside the
    samples' own period.
    """
    rows: dict[str, int] = {}
    for supplier in SUPPLIERS:
        if _folder(supplier, out, day).exists():
            raise FileExistsError(_folder(supplier, out, day))
    for supplier in SUPPLIERS:
        source = supplier.folder(HERE)
        manifest = json.loads((source / "supply.json").read_text("utf-8"))
        if not manifest["period_start"] < day.isoformat() <= manifest["period_end"]:
            raise ValueError(
                f"the samples reach from {manifest['period_start']} to {manifest['period_end']}"
            )
        target = _folder(supplier, out, day)
        target.mkdir(parents=True)
        tables = _tables_until(supplier, source, day)
        listed = {}
        for name, table in sorted(tables.items()):
            path = target / f"{name}.csv"
            table.to_csv(path, index=False, lineterminator="\n")
            listed[name] = {"rows": len(table), "sha256": file_sha256(path)}
            rows[supplier.agency] = rows.get(supplier.agency, 0) + len(table)
        manifest |= {
            "period_end": day.isoformat(),
            "extracted_at": f"{target.name}T06:00",
            "tables": listed,
        }
        (target / "supply.json").write_text(json.dumps(manifest, indent=1) + "\n", "utf-8")
    shutil.copyfile(HERE / "canaries.json", out / "canaries.json")
    return rows


def _folder(supplier: Supplier, out: Path, day: dt.date) -> Path:
    supplied_on = (day + dt.timedelta(days=DAYS_TO_SUPPLY)).isoformat()
    return supplier.folder(out).parent / supplied_on


def _tables_until(supplier: Supplier, source: Path, day: dt.date) -> dict[str, pd.DataFrame]:
    tables = {}
    for name, contract in contracts_of(supplier.agency).items():
        path = source / f"{name}.csv"
        if path.exists():
            table = pd.read_csv(path, dtype=str, keep_default_na=False)
            tables[name] = table_until(table, contract, day)
    # What belongs to a row that is left out is left out too: an assessment of a later episode.
    for name, contract in contracts_of(supplier.agency).items():
        for column in contract.columns:
            parent = tables.get(column.references or "")
            if name in tables and parent is not None and column.name in tables[name]:
                known = set(parent.iloc[:, 0]) | {""}
                tables[name] = tables[name][tables[name][column.name].isin(known)]
    return tables


def table_until(table: pd.DataFrame, contract: Contract, day: dt.date) -> pd.DataFrame:
    """The rows of a table of text that had begun by the end of a day, with later days blank."""
    last = day.isoformat()
    kept = table.copy()
    for column in contract.columns:
        if column.name not in kept or column.planned:
            continue
        if column.kind == "term":
            kept = kept[kept[column.name].map(_end_of_term) <= last]
        if column.kind not in DATED:
            continue
        is_later = kept[column.name].str[:10] > last
        is_beginning = column.blank == "error" or column.name in BEGINNINGS
        if is_beginning and not column.optional:
            kept = kept[~is_later]
        else:
            kept[column.name] = kept[column.name].mask(is_later, "")
    return kept


def _end_of_term(term: str) -> str:
    """The last day of a term: 2023-24-autumn ends on 31 December 2023."""
    years, month, day = TERM_ENDS[term.rpartition("-")[2]]
    return dt.date(int(term[:4]) + years, month, day).isoformat()

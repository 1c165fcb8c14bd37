"""Write sample supplies: `--scale` blocks of about 5,000 invented children, each drawn from its own
seed, appended to CSV.

The committed samples are scale 1, seed 2024. Memory stays that of one block at any scale.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from data_samples import (
    care,
    events_education,
    events_health,
    events_police,
    events_trust,
    hub,
    hub_tables,
    missing,
    oddities,
)
from data_samples.children import (
    PERIOD_END,
    PERIOD_START,
    PROVIDERS,
    Children,
    draw_people,
    draw_upcoming,
    share_out,
)
from data_samples.city import BIRMINGHAM, CITY
from data_samples.people import canary_keys, key_fingerprint, people_tables
from expectations.contract import contracts, contracts_of
from expectations.judging.supply import CONTRACT_VERSION, file_sha256

SUPPLY_DATE = "2024-04-05"
OTHER_REFERRALS, GUESTS, NEIGHBOURS = 1000, 16, 1420


class Supplier(NamedTuple):
    """Who supplies: an agency, and for health which provider."""

    agency: str
    provider: str | None = None

    def folder(self, out: Path) -> Path:
        """Where its supply goes under `out`."""
        return out.joinpath(*filter(None, self), SUPPLY_DATE)


SUPPLIERS = (
    Supplier("trust"),
    Supplier("police"),
    Supplier("education"),
    *(Supplier("health", provider) for provider in PROVIDERS),
)
Tables = dict[tuple[Supplier, str], pd.DataFrame]


def block_tables(seed: int, block: int) -> Tables:
    """One block's tables by supplier and name."""
    rng = np.random.default_rng([seed, block])
    children, spells = hub.draw_spells(rng)
    ever = len(children)
    children = _joined(children, draw_people(rng, OTHER_REFERRALS + GUESTS + NEIGHBOURS))
    number = np.arange(len(children))
    others = number[ever : ever + OTHER_REFERRALS]
    guests = number[ever + OTHER_REFERRALS : ever + OTHER_REFERRALS + GUESTS]
    # Children referred to the hub without ever being at risk are of the ages that are referred.
    is_hub = number < ever + OTHER_REFERRALS + GUESTS
    referred = is_hub & (number >= ever)
    children.birth[referred] = rng.integers(2004 * 12, 2012 * 12, int(referred.sum()))
    draw_upcoming(np.random.default_rng([seed, block, 2]), children, is_hub)
    share_out(rng, children, is_hub | (children.upcoming >= 0), block)
    placed_out = care.placed_outside(rng, children, spells)
    care.set_homes(children, placed_out, guests)
    people = people_tables(rng, children, block)
    of_hub, first = hub_tables.hub_tables(rng, children, spells, others, guests, block)
    plans = care.plan_table(rng, children, spells, guests, placed_out)
    in_care = np.isin(children.refs["trust"], plans.loc[plans["plan_type"] == "CLA", "person_ref"])
    gone = missing.draw_missing(rng, children, first, in_care)
    trust = {"people": people["trust"], "plans": plans, **of_hub}
    trust["residences"] = care.residence_table(rng, children)
    trust["missing_episodes"] = missing.episodes(rng, children, gone, block)
    trust |= events_trust.tables(rng, children, first, block)
    police = {"people": people["police"]}
    police["missing_reports"] = missing.reports(rng, children, first, gone, block)
    police |= events_police.tables(rng, children, first, block)
    education = {"people": people["education"]}
    education |= events_education.tables(rng, children, first, block)
    by_supplier = {
        Supplier("trust"): trust,
        Supplier("police"): police,
        Supplier("education"): education,
    }
    for provider, contacts in events_health.tables(rng, children, first, block).items():
        tables = {"people": people[provider], "contacts": contacts}
        by_supplier[Supplier("health", provider)] = tables
    by_source = {
        supplier.provider or supplier.agency: tables for supplier, tables in by_supplier.items()
    }
    oddities.add(np.random.default_rng([seed, block, 1]), children, by_source, block)
    if block == 0:
        _add_context(rng, by_supplier)
    return {
        (supplier, name): table
        for supplier, tables in by_supplier.items()
        for name, table in tables.items()
    }


def _joined(some: Children, more: Children) -> Children:
    """Both, one after the other; which agencies know them is not drawn yet."""
    return Children(
        np.concatenate([some.birth, more.birth]),
        np.concatenate([some.is_boy, more.is_boy]),
        np.concatenate([some.ethnicity, more.ethnicity]),
        np.concatenate([some.ward, more.ward]),
        np.concatenate([some.outside, more.outside]),
        np.concatenate([some.in_cohort, more.in_cohort]),
    )


def _add_context(
    rng: np.random.Generator, by_supplier: dict[Supplier, dict[str, pd.DataFrame]]
) -> None:
    """Aggregates and recording changes: invented too, small, in the first block only."""
    for agency, its_return in CITY.returns.items():
        rows = []
        for indicator, (unit, about) in its_return.indicators.items():
            for start, end in _years(its_return.year_begins):
                row: dict[str, object] = {"indicator": indicator}
                row["period_start"] = str(start)
                row["period_end"] = str(end)
                row["area_code"] = BIRMINGHAM
                row["group_type"] = ""
                row["group"] = ""
                row["value"] = int(about * rng.uniform(0.85, 1.15))
                row["unit"] = unit
                row["source"] = its_return.source
                rows.append(row)
        by_supplier[Supplier(agency)]["indicators"] = pd.DataFrame(rows)
    for change in CITY.recording_changes:
        supplier = Supplier(change["agency"])
        by_supplier[supplier]["recording_changes"] = pd.DataFrame([change])


def _years(begins: str) -> list[tuple[np.datetime64, np.datetime64]]:
    """First and last day of each year that begins on this day and is over when the period ends."""
    years = []
    for year in range(2018, 2024):
        start = np.datetime64(f"{year}-{begins}")
        end = np.datetime64(f"{year + 1}-{begins}") - 1
        if end <= PERIOD_END:
            years.append((start, end))
    return years


def generate(out: Path, scale: int = 1, seed: int = 2024) -> dict[str, int]:
    """Write one supply per agency and provider under `out`; returns the number of rows by agency.

    Raises FileExistsError where a supply is already there: a supply is never overwritten.
    """
    for supplier in SUPPLIERS:
        supplier.folder(out).mkdir(parents=True, exist_ok=False)
    rows: dict[Supplier, dict[str, int]] = {supplier: {} for supplier in SUPPLIERS}
    for block in range(scale):
        for (supplier, name), table in block_tables(seed, block).items():
            _append(table, supplier, name, supplier.folder(out) / f"{name}.csv")
            rows[supplier][name] = rows[supplier].get(name, 0) + len(table)
    by_agency: dict[str, int] = {}
    for supplier in SUPPLIERS:
        _write_manifest(supplier, rows[supplier], supplier.folder(out))
        total = sum(rows[supplier].values())
        by_agency[supplier.agency] = by_agency.get(supplier.agency, 0) + total
    canaries = {"key_fingerprint": key_fingerprint(), "canaries": canary_keys()}
    (out / "canaries.json").write_text(json.dumps(canaries, indent=1) + "\n")
    return by_agency


def _append(table: pd.DataFrame, supplier: Supplier, name: str, path: Path) -> None:
    """Write the columns that the contract has, in its order."""
    contract = contracts()[f"{supplier.agency}__{name}"]
    columns = [column.name for column in contract.columns if column.name in table.columns]
    assert set(table.columns) <= set(columns), (
        f"{contract.name}: the generator makes a column the contract does not have"
    )
    table.to_csv(
        path,
        mode="a",
        columns=columns,
        header=not path.exists(),
        index=False,
        lineterminator="\n",
        quoting=csv.QUOTE_MINIMAL,
    )


def _write_manifest(supplier: Supplier, rows: dict[str, int], folder: Path) -> None:
    not_supplied = dict(CITY.not_supplied[supplier.agency])
    for table in contracts_of(supplier.agency):
        if table not in rows:
            not_supplied.setdefault(table, "not_held")
    tables = {}
    for table, n in sorted(rows.items()):
        tables[table] = {"rows": n, "sha256": file_sha256(folder / f"{table}.csv")}
    manifest = {
        "agency": supplier.agency,
        "provider": supplier.provider,
        "contract_version": CONTRACT_VERSION,
        "key_fingerprint": key_fingerprint(),
        "period_start": str(PERIOD_START),
        "period_end": str(PERIOD_END),
        "extracted_at": f"{SUPPLY_DATE}T06:00",
        "invented": True,
        "tables": tables,
        "not_supplied": not_supplied,
    }
    (folder / "supply.json").write_text(json.dumps(manifest, indent=1) + "\n")

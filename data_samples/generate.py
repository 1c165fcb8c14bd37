"""Write sample supplies: `--scale` blocks of about 5,000 invented children, each drawn from its own
seed, appended to CSV.

The committed samples are scale 1, seed 2024. Memory stays that of one block at any scale.
"""

from __future__ import annotations

import csv
import json
from pathlib import Path

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
)
from data_samples.children import (
    BIRMINGHAM,
    LAST,
    PERIOD_END,
    PERIOD_START,
    PROVIDERS,
    canary_keys,
    draw_people,
    key_fingerprint,
    people_tables,
    share_out,
)
from expectations.contract import contracts, contracts_of
from expectations.judging.supply import CONTRACT_VERSION, file_sha256

SUPPLY_DATE = "2024-04-05"
OTHER_REFERRALS, GUESTS, NEIGHBOURS = 1000, 16, 2100
NOT_SUPPLIED = {
    "trust": {"nrm_referrals": "other_agency", "recording_changes": "none_in_period"},
    "police": {"involvements.lsoa_code": "not_held"},
    "health": {"recording_changes": "not_held", "indicators": "not_agreed"},
    "education": {},
}
Tables = dict[tuple[str, str | None, str], pd.DataFrame]


def block_tables(seed: int, block: int) -> Tables:
    """One block's tables by (agency, provider, table)."""
    rng = np.random.default_rng([seed, block])
    children, spells = hub.draw_spells(rng)
    ever = len(children)
    extra = draw_people(rng, OTHER_REFERRALS + GUESTS + NEIGHBOURS)
    for name in ("birth", "is_boy", "ethnicity", "ward", "outside", "in_cohort"):
        setattr(children, name, np.concatenate([getattr(children, name), getattr(extra, name)]))
    n = len(children)
    others = np.arange(ever, ever + OTHER_REFERRALS)
    guests = np.arange(ever + OTHER_REFERRALS, ever + OTHER_REFERRALS + GUESTS)
    # Children referred to the hub without ever being at risk are of the ages that are referred.
    children.birth[ever:] = rng.integers(2004 * 12, 2012 * 12, n - ever)
    is_hub = np.arange(n) < ever + OTHER_REFERRALS + GUESTS
    share_out(rng, children, is_hub, block)
    placed_out = care.placed_outside(rng, children, spells)
    care.set_homes(children, placed_out, guests)
    people = people_tables(rng, children, block)
    episodes, first = hub_tables.hub_tables(rng, children, spells, others, guests, block)
    plans = care.plan_table(rng, children, spells, guests, placed_out)
    in_care = np.isin(children.refs["trust"], plans.loc[plans["plan_type"] == "CLA", "person_ref"])
    spells_missing = missing.draw(rng, children, first, in_care)
    by_agency = {
        "trust": {
            "people": people["trust"],
            **episodes,
            "plans": plans,
            "residences": care.residence_table(rng, children),
            "missing_episodes": missing.episodes(rng, children, spells_missing, block),
            **events_trust.tables(rng, children, first, block),
        },
        "police": {
            "people": people["police"],
            "missing_reports": missing.reports(rng, children, first, spells_missing, block),
            **events_police.tables(rng, children, first, block),
        },
        "education": {
            "people": people["education"],
            **events_education.tables(rng, children, first, block),
        },
    }
    tables: Tables = {}
    for agency, frames in by_agency.items():
        for table, frame in frames.items():
            tables[agency, None, table] = frame
    for provider, contacts in events_health.tables(rng, children, first, block).items():
        tables["health", provider, "people"] = people[provider]
        tables["health", provider, "contacts"] = contacts
    if block == 0:
        tables |= _context(rng)
    return tables


# Aggregates that agencies supply beside their tables: indicator, unit, about how many a year.
RETURNS = {
    "trust": ("Invented children in need return", [("factor_24a_episodes", "episodes", 520)]),
    "police": (
        "Invented force return",
        [
            ("drug_lines", "lines", 60),
            ("organised_crime_groups", "groups", 40),
            ("adults_charged", "adults", 45),
            ("orders_made", "orders", 30),
        ],
    ),
    "education": (
        "Invented school census",
        [
            ("pupils", "pupils", 205_000),
            ("pupils_persistently_absent", "pupils", 46_000),
            ("suspensions", "episodes", 14_000),
            ("permanent_exclusions", "episodes", 240),
        ],
    ),
}
YEAR_BEGINS = {"trust": "04-01", "police": "04-01", "education": "09-01"}
RECORDING_CHANGES = {
    "police": {
        "agency": "police",
        "table": "involvements",
        "change_date": "2021-11-15",
        "what": "system",
        "description": "New crime recording system",
    },
    "education": {
        "agency": "education",
        "table": "attendance",
        "change_date": "2020-03-23",
        "what": "coverage",
        "description": "Schools closed to most pupils",
    },
}


def _context(rng: np.random.Generator) -> Tables:
    """Aggregates and recording changes: invented too, small, in the first block only."""
    tables: Tables = {}
    for agency, (source, indicators) in RETURNS.items():
        rows = []
        for indicator, unit, about in indicators:
            for start, end in _years(YEAR_BEGINS[agency]):
                row: dict[str, object] = {
                    "indicator": indicator,
                    "period_start": str(start),
                    "period_end": str(end),
                    "area_code": BIRMINGHAM,
                    "group_type": "",
                    "group": "",
                    "value": int(about * rng.uniform(0.85, 1.15)),
                    "unit": unit,
                    "source": source,
                }
                rows.append(row)
        tables[agency, None, "indicators"] = pd.DataFrame(rows)
    for agency, change in RECORDING_CHANGES.items():
        tables[agency, None, "recording_changes"] = pd.DataFrame([change])
    return tables


def _years(begins: str) -> list[tuple[np.datetime64, np.datetime64]]:
    """First and last day of each year that begins on this day and is over when the period ends."""
    years = []
    for year in range(2018, 2024):
        start = np.datetime64(f"{year}-{begins}")
        end = np.datetime64(f"{year + 1}-{begins}") - 1
        if end <= PERIOD_END:
            years.append((start, end))
    return years


def _folder(out: Path, agency: str, provider: str | None) -> Path:
    if provider:
        return out / agency / provider / SUPPLY_DATE
    return out / agency / SUPPLY_DATE


def generate(out: Path, scale: int = 1, seed: int = 2024) -> dict[str, int]:
    """Write one supply per agency and provider under `out`; returns the number of rows by agency.

    Raises FileExistsError where a supply is already there: a supply is never overwritten.
    """
    rows: dict[tuple[str, str | None, str], int] = {}
    sources: list[tuple[str, str | None]] = [
        ("trust", None),
        ("police", None),
        ("education", None),
        *(("health", p) for p in PROVIDERS),
    ]
    for agency, provider in sources:
        _folder(out, agency, provider).mkdir(parents=True, exist_ok=False)
    for block in range(scale):
        for key, frame in block_tables(seed, block).items():
            agency, provider, table = key
            contract = contracts()[f"{agency}__{table}"]
            columns = [c.name for c in contract.columns if c.name in frame.columns]
            assert set(frame.columns) <= set(columns), (
                f"{contract.name}: the generator makes a column the contract does not have"
            )
            path = _folder(out, agency, provider) / f"{table}.csv"
            frame.to_csv(
                path,
                mode="a",
                columns=columns,
                header=block == 0,
                index=False,
                lineterminator="\n",
                quoting=csv.QUOTE_MINIMAL,
            )
            rows[key] = rows.get(key, 0) + len(frame)
    for agency, provider in sources:
        own_rows = {table: n for (a, p, table), n in rows.items() if (a, p) == (agency, provider)}
        _write_manifest(out, agency, provider, own_rows)
    canaries = {"key_fingerprint": key_fingerprint(), "canaries": canary_keys()}
    (out / "canaries.json").write_text(json.dumps(canaries, indent=1) + "\n")
    by_agency: dict[str, int] = {}
    for (agency, _, _), n in rows.items():
        by_agency[agency] = by_agency.get(agency, 0) + n
    return by_agency


def _write_manifest(out: Path, agency: str, provider: str | None, rows: dict[str, int]) -> None:
    folder = _folder(out, agency, provider)
    declared = dict(NOT_SUPPLIED[agency])
    for table in contracts_of(agency):
        if table not in rows:
            declared.setdefault(table, "not_held")
    tables = {}
    for table, n in sorted(rows.items()):
        tables[table] = {"rows": n, "sha256": file_sha256(folder / f"{table}.csv")}
    manifest = {
        "agency": agency,
        "provider": provider,
        "contract_version": CONTRACT_VERSION,
        "key_fingerprint": key_fingerprint(),
        "period_start": str(PERIOD_START),
        "period_end": str(PERIOD_END),
        "extracted_at": f"{SUPPLY_DATE}T06:00",
        "invented": True,
        "tables": tables,
        "not_supplied": declared,
    }
    (folder / "supply.json").write_text(json.dumps(manifest, indent=1) + "\n")


assert int(PERIOD_END.astype(int)) == LAST

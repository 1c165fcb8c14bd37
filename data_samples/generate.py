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
    out: Tables = {}
    for table, frame in {
        "people": people["trust"],
        **episodes,
        "plans": plans,
        "residences": care.residence_table(rng, children),
        "missing_episodes": missing.episodes(rng, children, spells_missing, block),
        **events_trust.tables(rng, children, first, block),
    }.items():
        out["trust", None, table] = frame
    for table, frame in {
        "people": people["police"],
        "missing_reports": missing.reports(rng, children, first, spells_missing, block),
        **events_police.tables(rng, children, first, block),
    }.items():
        out["police", None, table] = frame
    for table, frame in {
        "people": people["education"],
        **events_education.tables(rng, children, first, block),
    }.items():
        out["education", None, table] = frame
    for provider, frame in events_health.tables(rng, children, first, block).items():
        out["health", provider, "people"], out["health", provider, "contacts"] = (
            people[provider],
            frame,
        )
    if block == 0:
        out |= _context(rng)
    return out


def _context(rng: np.random.Generator) -> Tables:
    """Aggregates and recording changes: invented too, small, in the first block only."""

    def counts(
        indicator: str, unit: str, about: int, source: str, begins: str = "04-01"
    ) -> list[dict[str, object]]:
        starts = [np.datetime64(f"{y}-{begins}") for y in range(2018, 2024)]
        ends = [np.datetime64(f"{y + 1}-{begins}") - 1 for y in range(2018, 2024)]
        return [
            {
                "indicator": indicator,
                "period_start": str(start),
                "period_end": str(end),
                "area_code": "E08000025",
                "group_type": "",
                "group": "",
                "value": int(about * rng.uniform(0.85, 1.15)),
                "unit": unit,
                "source": source,
            }
            for start, end in zip(starts, ends, strict=True)
            if end <= PERIOD_END
        ]

    change = {
        "agency": "police",
        "table": "involvements",
        "change_date": "2021-11-15",
        "what": "system",
        "description": "New crime recording system",
    }
    return {
        ("trust", None, "indicators"): pd.DataFrame(
            counts("factor_24a_episodes", "episodes", 520, "Invented children in need return")
        ),
        ("police", None, "indicators"): pd.DataFrame(
            [
                row
                for indicator, unit, about in (
                    ("drug_lines", "lines", 60),
                    ("organised_crime_groups", "groups", 40),
                    ("adults_charged", "adults", 45),
                    ("orders_made", "orders", 30),
                )
                for row in counts(indicator, unit, about, "Invented force return")
            ]
        ),
        ("police", None, "recording_changes"): pd.DataFrame([change]),
        ("education", None, "indicators"): pd.DataFrame(
            [
                row
                for indicator, unit, about in (
                    ("pupils", "pupils", 205_000),
                    ("pupils_persistently_absent", "pupils", 46_000),
                    ("suspensions", "episodes", 14_000),
                    ("permanent_exclusions", "episodes", 240),
                )
                for row in counts(indicator, unit, about, "Invented school census", "09-01")
            ]
        ),
        ("education", None, "recording_changes"): pd.DataFrame(
            [
                {
                    **change,
                    "agency": "education",
                    "table": "attendance",
                    "change_date": "2020-03-23",
                    "what": "coverage",
                    "description": "Schools closed to most pupils",
                }
            ]
        ),
    }


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
        _write_manifest(
            out,
            agency,
            provider,
            {t: n for (a, p, t), n in rows.items() if (a, p) == (agency, provider)},
        )
    (out / "canaries.json").write_text(
        json.dumps({"key_fingerprint": key_fingerprint(), "canaries": canary_keys()}, indent=1)
        + "\n"
    )
    return {
        a: sum(n for (b, _, _), n in rows.items() if a == b)
        for a in dict.fromkeys(a for a, _, _ in rows)
    }


def _write_manifest(out: Path, agency: str, provider: str | None, rows: dict[str, int]) -> None:
    folder = _folder(out, agency, provider)
    declared = dict(NOT_SUPPLIED[agency])
    for table in contracts_of(agency):
        if table not in rows:
            declared.setdefault(table, "not_held")
    tables = {
        t: {"rows": n, "sha256": file_sha256(folder / f"{t}.csv")} for t, n in sorted(rows.items())
    }
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

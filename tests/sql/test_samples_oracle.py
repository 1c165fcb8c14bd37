"""The cohort of the samples, counted again in plain Python from the CSV files, on days that nothing was calibrated for."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
from collections import defaultdict
from pathlib import Path

import pytest
from conftest import DATES, Refreshed

TRUST = Path(__file__).parents[2] / "data_samples" / "trust" / "2024-04-05"
BIRMINGHAM = "E08000025"
LEVELS = {"none": 0, "low": 1, "medium": 2, "high": 3}


def _rows(name: str) -> list[dict[str, str]]:
    with (TRUST / f"{name}.csv").open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


def _eighteenth(month: str) -> str:
    if not month:
        return "9999-12-31"
    year, number = int(month[:4]) + 18, int(month[5:])
    return dt.date(year, number, calendar.monthrange(year, number)[1]).isoformat()


def _count(day: str) -> dict[str, int]:
    born = {p["person_ref"]: p["birth_month"] for p in _rows("people")}
    lives_in = {p["person_ref"]: p["ward_code"] for p in _rows("people")}
    levels: dict[str, list[tuple[str, int]]] = defaultdict(list)
    for a in _rows("risk_assessments"):
        levels[a["episode_ref"]].append((a["assessed_date"], LEVELS[a["risk_level"]]))
    homes: dict[str, list[dict[str, str]]] = defaultdict(list)
    for h in _rows("residences"):
        homes[h["person_ref"]].append(h)
    plans: dict[str, list[dict[str, str]]] = defaultdict(list)
    for p in _rows("plans"):
        if p["start_date"] <= day and not (p["end_date"] and p["end_date"] <= day):
            plans[p["person_ref"]].append(p)
    at_risk: dict[str, int] = {}
    for e in _rows("hub_episodes"):
        who = e["person_ref"]
        if e["decision"] != "accepted" or "CCE" not in e["exploitation_types"].split(";"):
            continue
        if (
            e["opened_date"] > day
            or (e["closed_date"] and e["closed_date"] <= day)
            or day >= _eighteenth(born[who])
        ):
            continue
        before = [a for a in levels[e["episode_ref"]] if a[0] <= day]
        if not before or max(before)[1] == 0:
            continue
        care = [p for p in plans[who] if p["plan_type"] == "CLA"]
        latest = max(
            care, key=lambda p: (p["start_date"], p["responsible_la"] == BIRMINGHAM), default=None
        )
        if latest and latest["responsible_la"] != BIRMINGHAM:
            continue
        here = [
            h
            for h in homes[who]
            if h["start_date"] <= day and not (h["end_date"] and h["end_date"] < day)
        ]
        ward = (
            max(here, key=lambda h: h["start_date"])["ward_code"]
            if here
            else ("" if homes[who] else lives_in[who])
        )
        outside = bool(ward) and not "E05011118" <= ward <= "E05011186"
        if outside and not any(p["plan_type"] in ("CP", "CIN", "CLA") for p in plans[who]):
            continue
        at_risk[who] = max(at_risk.get(who, 0), max(before)[1])
    return {name: sum(level == n for level in at_risk.values()) for name, n in LEVELS.items() if n}


@pytest.mark.parametrize(
    "day", ["2020-12-31", "2021-06-30", "2022-08-31", "2023-04-30", "2023-10-31"]
)
def test_month_ends_equal_a_plain_count(refreshed: Refreshed, day: str) -> None:
    found = refreshed.exact("2024-03-01")
    row = found[
        (found["figure"] == "at_risk")
        & (found["group_type"] == "all")
        & (found["period_end"] == day)
    ]
    assert row["numerator"].tolist() == [sum(_count(day).values())]


@pytest.mark.parametrize("day", DATES)
def test_risk_mix_equals_a_plain_count(refreshed: Refreshed, day: str) -> None:
    found = refreshed.exact(day)
    rows = found[
        (found["figure"] == "at_risk")
        & (found["group_type"] == "risk_level")
        & (found["measure"] == "count")
        & (found["period_end"] == day)
    ]
    assert dict(zip(rows["group"], rows["numerator"].astype(int), strict=True)) == _count(day)

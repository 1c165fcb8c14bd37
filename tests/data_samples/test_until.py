"""The samples as of an earlier month are supplies as an agency would have made them then."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest

from assets.store.folder import DataFolder
from assets.store.supply_store import judge
from data_samples.until import table_until, write_until
from expectations.contract import contracts

DAY = dt.date(2023, 11, 30)


def test_what_had_begun_stays_and_what_ends_later_is_open() -> None:
    """A case opened before the day and closed after it is open; an assessment of after it is not there yet."""
    contract = contracts()["trust__hub_episodes"]
    rows = pd.DataFrame(
        [
            ["EP1", "2023-10-01", "accepted", "2023-10-05", "2023-10-06", "2024-01-10"],
            ["EP2", "2023-12-01", "accepted", "2023-12-05", "2023-12-06", ""],
            ["EP3", "2023-11-20", "accepted", "2023-11-29", "2023-12-02", ""],
        ],
        columns=["episode_ref", "referral_date", "decision", "decision_date", "opened_date", "closed_date"],
    )  # fmt: skip
    kept = table_until(rows, contract, DAY)
    assert list(kept["episode_ref"]) == ["EP1"]
    assert list(kept["closed_date"]) == [""]


def test_terms_that_are_over_stay() -> None:
    contract = contracts()["education__attendance"]
    terms = ["2022-23-summer", "2023-24-autumn", "2023-24-spring"]
    rows = pd.DataFrame({"person_ref": ["E1", "E1", "E1"], "term": terms})
    assert list(table_until(rows, contract, dt.date(2024, 1, 31))["term"]) == terms[:2]


@pytest.mark.parametrize("day", [DAY, pytest.param(dt.date(2022, 12, 31), marks=pytest.mark.long)])
def test_each_supply_keeps_every_rule(
    day: dt.date, tmp_path: Path, data: DataFolder, quick_rules: None
) -> None:
    rows = write_until(tmp_path / "out", day)
    assert all(rows.values())
    for manifest in (tmp_path / "out").rglob("supply.json"):
        told = json.loads(manifest.read_text("utf-8"))
        assert told["period_end"] == day.isoformat()
        # Supplied on the fifth of the month after.
        supplied = (day + dt.timedelta(days=5)).isoformat()
        assert (manifest.parent.name, told["extracted_at"][:10]) == (supplied, supplied)
        report = judge(
            data, manifest.parent, told["agency"], "0" * 64, manifest.parent.name, told["provider"]
        )
        assert report.is_accepted, report.message()


def test_a_day_outside_the_samples_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="the samples reach from"):
        write_until(tmp_path, dt.date(2025, 1, 31))

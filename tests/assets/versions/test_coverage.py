"""Which days, tables and columns the supplies in use tell of: a column that was not supplied refuses the figures that need it."""

from __future__ import annotations

import csv
import datetime as dt
import shutil
from pathlib import Path

import pytest
from drawing import seal, write_supply
from planned import AREA

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.store.intake import current_intake
from assets.versions.coverage import coverage

pytestmark = pytest.mark.usefixtures("rules_hold")


def without(folder: Path, table: str, column: str) -> None:
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8", newline="") as f:
        rows = list(csv.DictReader(f))
    with path.open("w", encoding="utf-8", newline="") as f:
        writer = csv.DictWriter(
            f, [c for c in rows[0] if c != column], extrasaction="ignore", lineterminator="\n"
        )
        writer.writeheader()
        writer.writerows(rows)


@pytest.mark.parametrize(
    ("table", "column"),
    [("involvements", "location_type"), ("involvements", "occurred_hour")],
)
@pytest.mark.parametrize("is_declared", [True, False])
def test_an_optional_column_that_is_not_there(
    data: DataFolder, table: str, column: str, is_declared: bool
) -> None:
    folder = write_supply(data.inbox, "police")
    without(folder, table, column)
    seal(folder, "police", not_supplied={f"{table}.{column}": "not_held"} if is_declared else {})
    assert supply_store.receive(data, folder, "police").is_accepted
    told = {c.source: c for c in coverage(current_intake(data), AREA)}
    assert told[f"police__{table}.{column}"].starts is None
    assert told[f"police__{table}"].starts is not None
    assert told["police__involvements.lsoa_code"].starts is None


def test_of_several_suppliers_the_days_that_all_cover(data: DataFolder) -> None:
    """A provider whose records end in January would else read as one that saw nobody in February."""
    first = write_supply(data.inbox, "health")
    second = data.inbox / "health" / "INV02" / "2024-04-05"
    shutil.copytree(first, second)
    seal(second, "health", "INV02", period_start="2020-04-01", period_end="2024-01-31")
    for folder in (first, second):
        assert supply_store.receive(data, folder, "health").is_accepted
    told = {c.source: c for c in coverage(current_intake(data), AREA)}
    days = (dt.date(2020, 4, 1), dt.date(2024, 1, 31))
    assert (told["health"].starts, told["health"].ends) == days
    assert (told["health__contacts"].starts, told["health__contacts"].ends) == days

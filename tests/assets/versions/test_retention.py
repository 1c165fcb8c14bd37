"""What has been kept long enough is removed and written down; versions, the ledger and what is in use stay."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from drawing import write_supply

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.versions import register
from assets.versions.drafts import newest_draft
from assets.versions.manifests import next_number, versions
from assets.versions.retention import PURGED, over, purge
from expectations.reading import FileError

pytestmark = pytest.mark.usefixtures("rules_hold")


def later(data: DataFolder, days: int) -> DataFolder:
    now = data.clock() + dt.timedelta(days=days)
    return dataclasses.replace(data, clock=lambda: now)


def draft(data: DataFolder, day: str, name: str, made_at: str) -> Path:
    folder = data.drafts / day / name
    folder.mkdir(parents=True)
    (folder / "manifest.json").write_text(json.dumps({"clock": {"made_at": made_at}}))
    return folder


def test_a_supply_that_was_replaced_is_kept_for_its_time(data: DataFolder) -> None:
    for day in ("2024-04-05", "2024-05-05"):
        supply = write_supply(data.inbox, "trust", day, extracted_at=f"{day}T06:00")
        assert supply_store.receive(data, supply, "trust").is_accepted
    assert over(later(data, 365)) == []
    (one,) = over(later(data, 366))
    assert one.what == "supply of trust, 2024-04-05"
    assert one.size > 0
    purge(later(data, 366), "A. Analyst")
    assert [s.supply_date for s in supply_store.accepted(data, "trust")] == ["2024-05-05"]
    assert supply_store.is_intact(supply_store.in_use(data)[0])
    (entry,) = register.entries(data)
    assert (entry.what, entry.of, entry.by) == (PURGED, "supply of trust, 2024-04-05", "A. Analyst")
    assert not list(data.work.iterdir())


# Ends the process, as a kill would, when the first folder is to be removed.
KILLED = """
import os, shutil
from pipelines.cli import cce
from assets.versions import retention
shutil.rmtree = lambda *arguments, **options: os._exit(9)
cce(["purge", "--by", "A. Analyst"])
"""


def test_a_purge_that_is_killed_leaves_nothing_behind(data: DataFolder) -> None:
    now = data.clock()
    gone = draft(data, "2024-03-01", "a" * 16, (now - dt.timedelta(days=200)).isoformat())
    draft(data, "2024-03-01", "b" * 16, (now - dt.timedelta(days=100)).isoformat())
    clean = {k: v for k, v in os.environ.items() if not k.startswith("CCE_")}
    done = subprocess.run(
        [sys.executable, "-c", KILLED], env=clean | {"CCE_HOME": str(data.home)}, check=False
    )
    assert done.returncode == 9
    assert not gone.exists()
    assert list(data.work.rglob("manifest.json"))
    assert purge(data, "A. Analyst") == []
    assert data.sweep() == 1
    assert not list(data.work.iterdir())
    (entry,) = register.entries(data)
    assert entry.what == PURGED


def test_the_newest_draft_of_a_day_stays(data: DataFolder) -> None:
    now = data.clock()
    old, newer = (now - dt.timedelta(days=d) for d in (200, 100))
    gone = draft(data, "2024-03-01", "a" * 16, old.isoformat())
    stays = draft(data, "2024-03-01", "b" * 16, newer.isoformat())
    alone = draft(data, "2024-03-31", "c" * 16, old.isoformat())
    assert [one.path for one in over(data)] == [gone]
    (data.home / "retention.yml").write_text("drafts_days: 250\n")
    assert over(data) == []
    (data.home / "retention.yml").write_text("draft_days: 250\n")
    with pytest.raises(FileError, match=r"retention\.yml, line 1.*drafts_days"):
        over(data)
    (data.home / "retention.yml").unlink()
    purge(data, "A. Analyst")
    assert (gone.exists(), stays.exists(), alone.exists()) == (False, True, True)


def test_a_clock_that_was_set_back_puts_nothing_out_of_order(data: DataFolder) -> None:
    """The machine's clock is a year behind when the correction arrives: the correction is in use all the same."""
    supply = write_supply(data.inbox, "trust")
    assert supply_store.receive(data, supply, "trust").is_accepted
    shutil.rmtree(supply)
    corrected = write_supply(data.inbox, "trust", not_supplied={"referrals": "not_ready"})
    behind = later(data, -365)
    assert supply_store.receive(behind, corrected, "trust").is_accepted
    first, second = supply_store.accepted(data, "trust")
    assert first.arrived_at > second.arrived_at
    assert supply_store.in_use(data) == [second]


def test_drafts_and_versions_stand_in_the_order_in_which_they_were_made(data: DataFolder) -> None:
    for number, (name, made_at) in enumerate((("a", "2025-05-01"), ("b", "2024-05-01")), start=1):
        folder = draft(data, "2024-03-01", name * 16, f"{made_at}T10:00:00+00:00")
        told = {"clock": {"made_at": f"{made_at}T10:00:00+00:00", "number": number}}
        (folder / "manifest.json").write_text(json.dumps(told))
    newest = newest_draft(data)
    assert newest is not None
    assert newest.name == "b" * 16
    assert next_number(data) == 3
    for version, published_at in (("2024-03-01.v1", "2025-06-01"), ("2024-03-31.v1", "2024-06-01")):
        as_at, _, number_of_day = version.rpartition(".")
        folder = data.profiles / as_at / number_of_day
        folder.mkdir(parents=True)
        told = {"version": version, "clock": {"published_at": published_at}}
        (folder / "manifest.json").write_text(json.dumps(told))
        register.add(data, register.PUBLISHED, version, "A. Analyst", {})
    assert [m["version"] for m in versions(data)] == ["2024-03-31.v1", "2024-03-01.v1"]

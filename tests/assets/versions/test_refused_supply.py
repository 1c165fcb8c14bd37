"""A month in which one supply was refused is made from the others, says so, and is published."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

import pytest
from conftest import SAMPLES, Refreshed, run_cce
from drawing import seal

pytestmark = pytest.mark.long


def spoilt(folder: Path) -> None:
    """Health's supply of a month later, with a code that is none in every tenth contact."""
    shutil.copytree(SAMPLES / "health" / "INV02" / "2024-04-05", folder)
    for path in folder.iterdir():
        path.chmod(0o600)
    contacts = folder / "contacts.csv"
    rows = list(csv.DictReader(contacts.open(encoding="utf-8")))
    for row in rows[::10]:
        row["reason"] = "zebedee"
    with contacts.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]), lineterminator="\n")
        out.writeheader()
        out.writerows(rows)
    seal(folder, "health", "INV02", extracted_at="2024-05-05T06:00", invented=True)


def test_a_month_with_a_refused_supply_is_published(refreshed: Refreshed, tmp_path: Path) -> None:
    home = tmp_path / "home"
    kept = shutil.ignore_patterns("profiles", "readers", "ledger", "dagster")
    shutil.copytree(refreshed.home, home, ignore=kept)
    spoilt(home / "inbox" / "health" / "INV02" / "2024-05-05")
    shutil.copyfile(SAMPLES / "canaries.json", home / "inbox" / "canaries.json")
    arrived = run_cce(home, "supplies", CCE_SAMPLES="")
    assert "(INV02), supply of 2024-05-05: refused" in arrived.stdout
    assert "contacts.csv, column reason: rule broken" in arrived.stdout
    assert "first in row 2, 12, 22 (the header is row 1)" in arrived.stdout
    done = run_cce(home, "refresh", "--as-at", "2024-03-31", CCE_SAMPLES="")
    assert done.returncode == 0, done.stderr
    done = run_cce(
        home, "publish", "newest", "--by", "A. Tester", "--note", "Without it", CCE_SAMPLES=""
    )
    assert done.returncode == 0, done.stderr
    report = home / "readers" / "public" / "2024-03-31" / "v1" / "report.html"
    said = report.read_text("utf-8")
    assert "(INV02): the supply of 5 May 2024 was refused" in said
    assert "zebedee" not in said
    verified = run_cce(home, "verify", "--all", CCE_SAMPLES="")
    assert verified.returncode == 0, verified.stdout

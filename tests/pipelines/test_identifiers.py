"""A whole run fed with identifiers: afterwards every byte of the data folder, and all that was said, is searched for them."""

from __future__ import annotations

import csv
import json
import shutil
from pathlib import Path

import pytest
from conftest import SAMPLES, run_cce
from drawing import seal

from expectations.judging.supply import file_sha256

NHS = ["943 476 5919", "987 654 4321", "401 023 2137"]
PLANTED = [
    *NHS,
    "Ayesha Zebediah Khan",
    "SMITH, Zachariah",
    "B33 8TH",
    "12 Zebra High Street",
    "07700 900461",
    "zebedee@example.org",
    "QQ123456C",
]
# Where in a row; a reference, a code, a text, a date, and a column that no contract has.
PLACES = [
    ("people", "person_ref"),
    ("people", "ward_code"),
    ("indicators", "source"),
    ("involvements", "offence_code"),
    ("missing_reports", "risk_grade"),
]


def plant(folder: Path) -> None:
    """Put identifiers into the cells of five columns, a column of its own, a file of its own and supply.json."""
    texts = iter(PLANTED * 4)
    for table, column in PLACES:
        path = folder / f"{table}.csv"
        header, *rows = list(csv.reader(path.open()))
        for row in rows[5:8]:
            row[header.index(column)] = next(texts)
        if table == "people":
            header.append("surname")
            rows = [[*row, "Zebediah"] for row in rows]
        with path.open("w", newline="") as f:
            csv.writer(f, lineterminator="\n").writerows([header, *rows])
    (folder / "Notes on Ayesha Zebediah Khan.csv").write_text("note\nB33 8TH\n")
    manifest = json.loads((folder / "supply.json").read_text())
    for name, entry in manifest["tables"].items():
        entry["sha256"] = file_sha256(folder / f"{name}.csv")
    manifest["not_supplied"]["nrm_referrals"] = "SMITH, Zachariah is ill"
    (folder / "supply.json").write_text(json.dumps(manifest))


@pytest.mark.long
def test_nothing_that_identifies_is_left_anywhere_but_in_quarantine(
    accepted_home: Path, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    shutil.copytree(SAMPLES / "police", inbox / "police")
    folder = inbox / "police" / "2024-04-05"
    folder = folder.rename(folder.with_name("2024-05-05"))
    plant(folder)
    setting = {
        "CCE_INBOX": str(inbox),
        "CCE_CANARIES": str(SAMPLES / "canaries.json"),
        "CCE_GOVERNANCE": str(SAMPLES / "governance.yml"),
    }
    refreshed = run_cce(accepted_home, "refresh", "--as-at", "2024-03-01", **setting)
    assert refreshed.returncode == 0, refreshed.stderr
    listed = run_cce(accepted_home, "quarantine", "list", **setting)
    said = refreshed.stdout + refreshed.stderr + listed.stdout + listed.stderr
    needles = [
        p.encode()
        for p in [
            *PLANTED,
            *(x.replace(" ", "") for x in PLANTED),
            "Zebediah",
            "Zachariah",
            "zebedee",
            "Zebra",
        ]
    ]
    searched = 0
    for path in accepted_home.rglob("*"):
        assert not any(n in path.name.encode() for n in needles)
        if path.is_file():
            content = path.read_bytes()
            searched += len(content)
            assert not [n for n in needles if n in content], path.relative_to(accepted_home).parts[
                0
            ]
    assert searched > 10**7
    assert not [n for n in needles if n.decode() in said]
    assert not folder.exists()
    assert "column surname" in listed.stdout
    html = next(accepted_home.glob("drafts/2024-03-01/*/partner/report.html")).read_text()
    assert "held what identifies children" in html
    (kept,) = (tmp_path / "home-quarantine").glob("police/2024-05-05-*")
    assert b"Zebediah" in (kept / "people.csv").read_bytes()


def test_the_samples_themselves_are_clean(tmp_path: Path) -> None:
    """The needles are found where they are: the search above can fail."""
    folder = tmp_path / "2024-04-05"
    shutil.copytree(SAMPLES / "police" / "2024-04-05", folder)
    plant(folder)
    assert b"Zebediah" in (folder / "people.csv").read_bytes()
    seal(folder, "police")

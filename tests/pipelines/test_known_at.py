"""A draft of then can be made again: the same code and what had arrived by that day give the same bytes."""

from __future__ import annotations

import csv
import hashlib
import json
import shutil
from pathlib import Path

import pytest
from conftest import Refreshed, run_cce
from drawing import seal

SAMPLES = Path(__file__).parents[2] / "data_samples"
AGENCIES = ("trust", "police", "health", "education")


def editions(draft: Path) -> dict[str, str]:
    files = [draft / e / n for e in ("partner", "public") for n in ("report.html", "figures.csv")]
    return {str(p.relative_to(draft)): hashlib.sha256(p.read_bytes()).hexdigest() for p in files}


def arrived(home: Path, day: str) -> None:
    """Every supply in the store arrived on this day."""
    for receipt in home.glob("supplies/*/*/receipt.json"):
        receipt.parent.chmod(0o700)
        receipt.chmod(0o600)
        receipt.write_text(
            json.dumps(json.loads(receipt.read_text()) | {"arrived_at": f"{day}T09:00:00+00:00"})
        )


@pytest.mark.long
def test_a_later_correction_does_not_change_the_draft_of_then(
    refreshed: Refreshed, tmp_path: Path
) -> None:
    home, inbox = tmp_path / "home", tmp_path / "inbox"
    for agency in AGENCIES:
        shutil.copytree(SAMPLES / agency, inbox / agency)
    # As it was taken in and judged once for all tests.
    for part in ("supplies", "reports"):
        shutil.copytree(refreshed.home / part, home / part)
    shutil.copy(SAMPLES / "canaries.json", home)

    def refresh(*more: str) -> str:
        done = run_cce(home, "refresh", "--as-at", "2024-03-01", *more, CCE_INBOX=str(inbox))
        assert done.returncode == 0, done.stderr
        return Path(done.stdout.split()[0]).parents[1].name

    first = refresh()
    arrived(home, "2024-04-06")
    then = editions(home / "drafts" / "2024-03-01" / first)
    corrected = inbox / "police" / "2024-04-20"
    shutil.copytree(inbox / "police" / "2024-04-05", corrected)
    with (corrected / "missing_reports.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    with (corrected / "missing_reports.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, lineterminator="\n").writerows(rows[:-40])
    # The correction is invented as the rest is; it says itself that it was extracted later.
    own = json.loads((corrected / "supply.json").read_text()) | {"extracted_at": "2024-04-20T06:00"}
    own.pop("tables")
    own.pop("agency")
    own.pop("provider")
    seal(corrected, "police", **own)
    assert refresh() != first
    # Made from nothing again, with the correction in the store.
    shutil.rmtree(home / "drafts" / "2024-03-01" / first)
    assert refresh("--known-at", "2024-04-10") == first
    assert editions(home / "drafts" / "2024-03-01" / first) == then
    done = run_cce(
        home, "refresh", "--as-at", "2024-03-01", "--known-at", "2024-04-05", CCE_INBOX=str(inbox)
    )
    assert done.returncode != 0
    assert "No supply had arrived by 2024-04-05." in done.stderr

"""Agencies that have not supplied, or whose supply ends before the day: figures that need them are refused, others go on."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import run_cce
from drawing import write_supply

from pipelines.settings import SAMPLES


@pytest.fixture
def inbox(tmp_path: Path) -> Path:
    folder = tmp_path / "inbox"
    folder.mkdir()
    (folder / "canaries.json").write_text((SAMPLES / "canaries.json").read_text())
    return folder


def _report(home: Path, as_at: str) -> str:
    (draft,) = home.glob(f"drafts/{as_at}/*/")
    return (draft / "public" / "report.html").read_text()


@pytest.mark.long
def test_without_the_trust_its_figures_are_refused(inbox: Path, tmp_path: Path) -> None:
    write_supply(inbox, "police")
    done = run_cce(tmp_path / "home", "refresh", "--as-at", "2024-03-01", CCE_INBOX=str(inbox))
    assert done.returncode == 0, done.stderr
    page = _report(tmp_path / "home", "2024-03-01")
    assert (
        "This cannot be shown at present. Birmingham Children&#39;s Trust: no accepted supply."
        in page
    )
    assert (
        "Birmingham Children&#39;s Trust: there is no accepted supply. Figures that need it are not available."
        in page
    )
    figures = run_cce(
        tmp_path / "home", "figures", "--as-at", "2024-03-01", "--exact", CCE_INBOX=str(inbox)
    ).stdout.splitlines()
    at_risk = [line for line in figures if ",at_risk,count," in line]
    assert at_risk
    assert all(",refused," in line for line in at_risk)


@pytest.mark.long
def test_a_supply_that_ends_before_the_day_is_refused_for_that_day(
    inbox: Path, tmp_path: Path
) -> None:
    write_supply(inbox, "trust", period_end="2024-01-31", extracted_at="2024-02-05T06:00")
    write_supply(inbox, "police")
    done = run_cce(tmp_path / "home", "refresh", "--as-at", "2024-03-01", CCE_INBOX=str(inbox))
    assert done.returncode == 0, done.stderr
    page = _report(tmp_path / "home", "2024-03-01")
    assert "the supply in use ends on 31 January 2024, before 1 March 2024" in page
    assert "1 child" not in page


@pytest.mark.long
def test_with_nothing_accepted_it_says_what_to_do(inbox: Path, tmp_path: Path) -> None:
    write_supply(inbox, "trust", key_fingerprint="0123456789abcdef")
    done = run_cce(tmp_path / "home", "refresh", "--as-at", "2024-03-01", CCE_INBOX=str(inbox))
    assert done.returncode == 1
    assert "made with another secret" in done.stderr
    assert "No agency has an accepted supply yet" in done.stderr
    assert "Traceback" not in done.stderr
    assert not list((tmp_path / "home").glob("drafts/*/*"))

"""A data folder of one's own: made with what it needs, never filled with invented children by itself."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from conftest import Refreshed, run_here
from drawing import write_supply

from assets.store import months, supply_store
from assets.versions.governance import read_governance
from pipelines.settings import SAMPLES, SettingsError, data_folder
from profiles.drawing.front import FrontFile, read_front
from profiles.drawing.recommendations import read_recommendations, recommendations


def own(home: Path) -> dict[str, str]:
    return {"CCE_HOME": str(home)}


def test_samples_are_never_taken_in_by_themselves(tmp_path: Path) -> None:
    home = tmp_path / "home"
    assert not data_folder(own(home)).uses_samples
    for command in (["supplies"], ["status"], ["refresh"], ["refresh", "--as-at", "2024-03-01"]):
        said = run_here(home, *command, CCE_SAMPLES="")
        assert "invented, " not in said.stdout
        assert not list(home.glob("supplies/*/*"))
    said = run_here(home, "supplies", CCE_SAMPLES="")
    assert "cce demo" in said.stderr
    said = run_here(home, "refresh", CCE_SAMPLES="")
    assert (said.returncode, "No agency has an accepted supply yet" in said.stderr) == (1, True)


def test_samples_are_the_inbox_where_somebody_asks_and_nothing_of_ones_own_is_there(
    tmp_path: Path,
) -> None:
    home = tmp_path / "home"
    asked = own(home) | {"CCE_SAMPLES": "yes"}
    assert data_folder(asked).uses_samples
    write_supply(home / "inbox", "trust")
    assert not data_folder(asked).uses_samples
    with pytest.raises(SettingsError, match="CCE_SAMPLES"):
        data_folder(own(home) | {"CCE_SAMPLES": "1"})


@pytest.mark.usefixtures("rules_hold")
def test_a_practice_folder_is_no_place_for_the_bundled_samples(tmp_path: Path) -> None:
    """Seen: a backup of one was restored without its inbox, and the bundled samples counted as
    waiting to be taken in.
    """
    home = tmp_path / "home"
    supply = write_supply(home / "inbox", "trust", "2023-12-05", invented=True)
    data = data_folder(own(home) | {"CCE_CANARIES": str(SAMPLES / "canaries.json")})
    report = supply_store.receive(data, supply, "trust")
    assert report.is_accepted, report.message()
    shutil.rmtree(home / "inbox")
    assert not data_folder(own(home)).uses_samples
    assert "not taken in yet" not in run_here(home, "status", CCE_SAMPLES="").stdout


def test_a_folder_of_the_demonstration_goes_on_with_the_samples(refreshed: Refreshed) -> None:
    assert data_folder(own(refreshed.home)).uses_samples


def test_a_new_folder_has_what_it_needs_and_nothing_is_written_over(tmp_path: Path) -> None:
    home = tmp_path / "home"
    said = run_here(home, "init", CCE_SAMPLES="")
    assert said.returncode == 0
    written = [Path(line).name for line in said.stdout.splitlines()]
    assert written == [
        "agencies.yml",
        "governance.yml",
        "recording_changes.yml",
        "report.yml",
        "policy.yml",
        "recommendations.yml",
        "NEXT.txt",
    ]
    data = data_folder(own(home))
    assert read_front(data.front) == FrontFile()
    # It says what the product says anyway, until somebody changes it.
    assert data.rule == data_folder(own(tmp_path / "other")).rule
    policy = (home / "policy.yml").read_text()
    (home / "policy.yml").write_text("rule: {threshold: 12}\n")
    assert data_folder(own(home)).rule.threshold == 12
    (home / "policy.yml").write_text("rule: {treshold: 12}\n")
    with pytest.raises(SettingsError, match=r"policy\.yml.*treshold"):
        data_folder(own(home))
    (home / "policy.yml").write_text(policy)
    assert read_recommendations(data.recommendations) == recommendations(data.area)
    assert all(e.give_up == 25 for e in months.expectations_of(data).values())
    assert months.unknown_agencies(data) == []
    entries = read_governance(data.governance).agencies
    assert set(entries) == {"trust", "police", "education", "health:CODE"}
    assert not any(entry.controller for entry in entries.values())
    assert sorted(path.name for path in data.inbox.iterdir()) == sorted(data.agencies)
    (home / "agencies.yml").write_text("police: {required: false}\n")
    assert run_here(home, "init", CCE_SAMPLES="").stdout == ""
    assert (home / "agencies.yml").read_text() == "police: {required: false}\n"


def test_the_doctor_names_the_next_step_of_each_fault(tmp_path: Path) -> None:
    home = tmp_path / "home"
    run_here(home, "init", CCE_SAMPLES="")
    said = run_here(home, "doctor", CCE_SAMPLES="")
    assert said.returncode == 1
    assert "cce keygen" in said.stdout
    assert "entry “police” has no controller yet" in said.stdout
    assert "Rights: as it should be" in said.stdout
    (home / "agencies.yml").write_text("polise: {}\n")
    (home / "retention.yml").write_text("draft_days: 1\n")
    (home / "ledger").chmod(0o755)
    said = run_here(home, "doctor", CCE_SAMPLES="")
    assert "agencies.yml names polise" in said.stdout
    assert "retention.yml, line 1" in said.stdout
    assert "chmod 700" in said.stdout


def test_the_doctor_finds_nothing_where_nothing_is_wrong(refreshed: Refreshed) -> None:
    (refreshed.home / "ledger" / "key").chmod(0o400)  # the tests' own key
    said = run_here(refreshed.home, "doctor")
    assert (said.returncode, said.stderr) == (0, "Nothing to mend.\n"), said.stdout

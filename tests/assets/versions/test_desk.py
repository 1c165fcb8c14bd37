"""Whoever releases a draft sees first what blocks it: the list that publishing itself goes through."""

from __future__ import annotations

import dataclasses
import datetime as dt
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import Refreshed, run_here

from assets.store.folder import DataFolder
from assets.versions import gates
from assets.versions.desk import desk_of, write_desk
from assets.versions.drafts import PublishError
from assets.versions.gates import APPROVED, GATES, Candidate, closed, refuse_closed
from pipelines.settings import SAMPLES

pytestmark = pytest.mark.xdist_group("release")
GATE_OF_GOVERNANCE = "Every agency in use has its entry in the governance register"


@pytest.fixture(scope="module")
def home(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> Path:
    home = tmp_path_factory.mktemp("desk") / "home"
    shutil.copytree(refreshed.home, home, ignore=shutil.ignore_patterns("dagster", "readers"))
    return home


@pytest.fixture
def data(home: Path) -> DataFolder:
    return DataFolder(
        home=home,
        inbox=home / "inbox",
        canaries=SAMPLES / "canaries.json",
        governance=SAMPLES / "governance.yml",
        uses_samples=False,
    )


@pytest.fixture
def draft(home: Path) -> Path:
    (manifest,) = home.glob("drafts/2024-03-01/*/manifest.json")
    return manifest.parent


def test_nothing_blocks_the_samples_draft(data: DataFolder, draft: Path) -> None:
    desk = desk_of(data, draft)
    assert [name for name, _ in desk.gates] == list(GATES)
    assert desk.blocked == {}


def test_every_gate_is_looked_at_on_the_desk_and_when_it_is_published(
    data: DataFolder, draft: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Each gate in turn is shut: the desk names it, and publishing refuses with its words."""

    def shut(_: Candidate) -> None:
        raise PublishError("shut for this test")

    for name in GATES:
        monkeypatch.setattr(gates, "GATES", GATES | {name: shut})
        assert closed(Candidate(data, draft)) == {name: "shut for this test"}
        with pytest.raises(PublishError, match="shut for this test"):
            refuse_closed(Candidate(data, draft))


def test_real_data_waits_for_a_second_person(data: DataFolder, draft: Path) -> None:
    candidate = Candidate(data, draft)
    candidate.__dict__["page"] = dataclasses.replace(candidate.page, is_invented=False)
    assert "Nobody has approved this draft" in closed(candidate)[APPROVED]


def test_an_entry_past_its_review_is_said_of_real_data(
    data: DataFolder, draft: Path, tmp_path: Path
) -> None:
    register = yaml.safe_load((SAMPLES / "governance.yml").read_text("utf-8"))
    del register["invented"]
    for number, (key, entry) in enumerate(register["agencies"].items()):
        real = {"controller": f"A real body {number}", "review_date": dt.date(2030, 1, 1)}
        register["agencies"][key] = entry | real
    governance = GATE_OF_GOVERNANCE
    with_real = dataclasses.replace(data, governance=tmp_path / "governance.yml")
    candidate = Candidate(with_real, draft)
    candidate.__dict__["page"] = dataclasses.replace(candidate.page, is_invented=False)
    with_real.governance.write_text(yaml.safe_dump(register))
    assert governance not in closed(candidate)
    register["agencies"]["police"]["review_date"] = dt.date(2026, 1, 1)
    with_real.governance.write_text(yaml.safe_dump(register))
    words = closed(candidate)[governance]
    assert words.startswith("West Midlands Police: the governance entry was due for review on 1 J")


def test_a_date_near_another_is_said_before_the_audit(data: DataFolder, draft: Path) -> None:
    candidate = Candidate(data, draft)
    candidate.__dict__["page"] = dataclasses.replace(candidate.page, as_at="2024-03-11")
    (why,) = closed(candidate).values()
    assert "less than 28 days from 1 March 2024" in why


def test_the_page_says_what_has_to_be_seen(data: DataFolder, draft: Path) -> None:
    page = write_desk(data, draft, desk_of(data, draft)).read_text("utf-8")
    for words in (
        "Nothing blocks it",
        "What changed since 1 March 2023",
        "Birmingham Children&#39;s Trust: to 31 March 2024",
        "Rules that rows did not keep",
        '<th scope="row">partner</th>',
        "Nothing is written for:",
    ):
        assert words in page, words


def test_the_command_says_each_gate_and_ends_well(data: DataFolder, draft: Path) -> None:
    done = run_here(data.home, "desk", "newest")
    assert done.returncode == 0, done.stderr
    assert done.stdout.count(": yes") == len(GATES)
    assert Path(done.stdout.splitlines()[-1]).name == f"{draft.name}.html"


def test_approving_keeps_the_hash_of_what_was_seen(data: DataFolder, draft: Path) -> None:
    done = run_here(data.home, "approve", draft.name, "--by", "A. Tester", "--note", "Read it")
    assert done.returncode == 0, done.stderr
    (line,) = [
        text
        for text in (data.ledger / "register.jsonl").read_text("utf-8").splitlines()
        if '"approved"' in text
    ]
    assert '"desk": "' in line

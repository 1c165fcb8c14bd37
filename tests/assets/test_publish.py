"""The gate before publishing, and versions that are never touched again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import shutil
from pathlib import Path

import pytest
import yaml
from conftest import Refreshed

from assets import draft
from assets.resources import DataFolder
from pipelines.settings import SAMPLES

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def data(refreshed: Refreshed, tmp_path: Path) -> DataFolder:
    home = tmp_path / "home"
    shutil.copytree(refreshed.home / "drafts", home / "drafts")
    register = tmp_path / "governance.yml"
    shutil.copy(SAMPLES / "governance.yml", register)
    folder = DataFolder(
        home=home,
        inbox=SAMPLES,
        canaries=SAMPLES / "canaries.json",
        governance=register,
        uses_samples=True,
        clock=lambda: NOW,
    )
    folder.make()
    return folder


def publish(data: DataFolder, as_at: str = "2024-03-01", by: str = "A. Tester", note: str = "First") -> str:
    found = draft.newest_draft(data, as_at)
    assert found
    return draft.publish(data, found, by, note)[0]


def change(data: DataFolder, **entries: object) -> None:
    register = yaml.safe_load(data.governance.read_text())
    register["agencies"]["trust"] = register["agencies"]["trust"] | entries
    data.governance.write_text(yaml.safe_dump(register))


@pytest.mark.parametrize(
    ("entries", "words"),
    [
        ({"dpia": ""}, "has no dpia"),
        ({"secret_held_by": None}, "no secret held by"),
        ({"review_date": "2026-11-21"}, "due for review on 21 November 2026"),
        ({"review_date": "next year"}, "not a date"),
    ],
)
def test_the_gate_is_shut(data: DataFolder, entries: dict[str, object], words: str) -> None:
    change(data, **entries)
    with pytest.raises(draft.PublishError, match=words) as error:
        publish(data)
    assert "Birmingham Children's Trust" in str(error.value)
    assert not list(data.profiles.glob("*/*"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("agencies: [", "not valid YAML"),
        ("- a\n- b\n", "no “agencies”"),
        ("invented: true\nagencies: {trust: yes please}\n", "not a list of fields|has no controller"),
    ],
)
def test_a_register_that_cannot_be_read(data: DataFolder, text: str, words: str) -> None:
    data.governance.write_text(text)
    with pytest.raises(draft.PublishError, match=words):
        publish(data)


def test_review_on_the_day_is_in_time(data: DataFolder) -> None:
    change(data, review_date="2026-11-22")
    assert publish(data) == "2024-03-01.v1"


def test_invented_register_serves_invented_supplies_only(data: DataFolder) -> None:
    register = yaml.safe_load(data.governance.read_text())
    del register["invented"]
    data.governance.write_text(yaml.safe_dump(register))
    with pytest.raises(draft.PublishError, match="samples' own register only"):
        publish(data)


def test_no_register(data: DataFolder, tmp_path: Path) -> None:
    with pytest.raises(draft.PublishError, match="no governance register"):
        publish(dataclasses.replace(data, governance=tmp_path / "none.yml"))


@pytest.mark.parametrize(("by", "note"), [("", "x"), ("x", " ")])
def test_who_and_why_are_needed(data: DataFolder, by: str, note: str) -> None:
    with pytest.raises(draft.PublishError, match="Say who publishes"):
        publish(data, by=by, note=note)


def test_a_draft_of_other_code_is_not_published(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(draft, "code_hash", lambda: "0" * 64)
    with pytest.raises(draft.PublishError, match="code has changed"):
        publish(data)


def test_versions_count_up_and_are_never_touched(data: DataFolder) -> None:
    first = publish(data)
    folder = data.profiles / "2024-03-01" / "v1"
    before = {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    # Another draft of the same day: made from other inputs.
    old = draft.newest_draft(data, "2024-03-01")
    assert old
    other = old.parent / "0123456789abcdef"
    shutil.copytree(old, other)
    manifest = json.loads((other / "manifest.json").read_text())
    manifest |= {"draft": other.name, "clock": {"made_at": "2099-01-01T00:00:00+00:00"}}
    (other / "manifest.json").chmod(0o600)
    (other / "manifest.json").write_text(json.dumps(manifest))
    assert (first, publish(data, note="Second"), publish(data, "2023-07-31")) == (
        "2024-03-01.v1",
        "2024-03-01.v2",
        "2023-07-31.v1",
    )
    assert before == {p: (p.stat().st_mtime_ns, p.read_bytes()) for p in folder.rglob("*") if p.is_file()}
    index = (data.profiles / "index.html").read_text()
    assert index.index("2024-03-01.v2") > 0
    assert index.index("Second") > 0


def test_notes_are_text_not_html(data: DataFolder) -> None:
    publish(data, by="<b>A</b>", note="<script>alert(1)</script>")
    for page in ("index.html", "2024-03-01/v1/public/report.html"):
        text = (data.profiles / page).read_text()
        assert "<script>alert(1)" not in text
        assert "&lt;script&gt;alert(1)" in text

"""The gate before publishing, and versions that are never touched again."""

from __future__ import annotations

import dataclasses
import datetime as dt
import gzip
import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
import yaml
from conftest import Refreshed

from assets import draft
from assets.publish import publish as publish_draft
from assets.resources import DataFolder
from pipelines.settings import SAMPLES
from profiles.disclosure.rule import Rule
from profiles.disclosure.store import LabelStore
from profiles.edition import EDITIONS, Edition
from profiles.page import Page

NOW = dt.datetime(2026, 11, 22, 9, 0, tzinfo=dt.UTC)


@pytest.fixture
def data(refreshed: Refreshed, tmp_path: Path) -> DataFolder:
    home = tmp_path / "home"
    for part in ("drafts", "audits"):
        shutil.copytree(refreshed.home / part, home / part)
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
    return publish_draft(data, found, by, note)[0]


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
    monkeypatch.setattr("assets.publish.code_hash", lambda: "0" * 64)
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


def only(*names: str) -> tuple[Edition, ...]:
    return tuple(e for e in EDITIONS if e.name in names)


def test_one_edition_at_a_time(data: DataFolder) -> None:
    """Only the named edition becomes visible; both are audited; the other one later is a version of its own."""
    found = draft.newest_draft(data, "2024-03-01")
    assert found
    first, folder = publish_draft(data, found, "A", "First", only("public"))
    assert {p.name for p in folder.iterdir()} == {"public", "restricted", "manifest.json"}
    audit = json.loads((folder / "restricted" / "audit.json").read_text())
    assert {n: a["passed"] for n, a in audit["editions"].items()} == {"public": True, "partner": True}
    index = (data.profiles / "index.html").read_text()
    assert "v1/public/report.html" in index
    assert "partner" not in index
    assert publish_draft(data, found, "A", "Again", only("public"))[0] == first
    second, both = publish_draft(data, found, "A", "Both")
    assert (first, second) == ("2024-03-01.v1", "2024-03-01.v2")
    assert (both / "public" / "figures.csv").read_bytes() == (folder / "public" / "figures.csv").read_bytes()


def test_repairs_are_drawn_and_listed_for_the_analyst_alone(data: DataFolder) -> None:
    publish(data)
    folder = data.profiles / "2024-03-01" / "v1"
    repairs = json.loads((folder / "restricted" / "audit.json").read_text())["editions"]["public"]["repairs"]
    assert repairs
    drafted, published = (
        pd.read_csv(p / "public" / "figures.csv", keep_default_na=False)
        for p in (draft.newest_draft(data, "2024-03-01"), folder)
        if p
    )
    changed = published[published["label"] != drafted["label"]]
    assert set(changed["status"]) == {"withheld"}
    assert "“Not shown”: withheld, although not small" in (folder / "public" / "report.html").read_text()
    page = (folder / "restricted" / "disclosure.html").read_text()
    assert page.count("not shown so that smaller numbers cannot be worked out") >= len(repairs)
    assert "at_risk by risk_level=low, sex=F" in page


def test_the_next_version_holds_its_labels(data: DataFolder) -> None:
    """v2 of the same children: the same labels, whatever its draft."""
    publish(data)
    old = draft.newest_draft(data, "2024-03-01")
    assert old
    other = old.parent / "0123456789abcdef"
    shutil.copytree(old, other)
    manifest = json.loads((other / "manifest.json").read_text()) | {"draft": other.name}
    (other / "manifest.json").chmod(0o600)
    (other / "manifest.json").write_text(json.dumps(manifest))
    _, folder = publish_draft(data, other, "A", "Second")
    one, two = (p / "partner" / "figures.csv" for p in (folder.parent / "v1", folder))
    assert one.read_bytes() == two.read_bytes()
    assert len(list(data.ledger.glob("0*.json.gz"))) == 2


def test_a_ledger_that_was_edited_stops_publication(data: DataFolder) -> None:
    publish(data)
    entry = data.ledger / "000001.json.gz"
    body = json.loads(gzip.decompress(entry.read_bytes()))
    body["labels"].popitem()
    entry.chmod(0o600)
    entry.write_bytes(gzip.compress(json.dumps(body).encode()))
    with pytest.raises(draft.PublishError, match=r"was edited or is out of place.*Nothing was published"):
        publish(data, "2023-07-31")
    entry.unlink()
    with pytest.raises(draft.PublishError, match=r"entries were removed.*Nothing was published"):
        publish(data, "2023-07-31")
    assert [p.name for p in data.profiles.glob("*/v*")] == ["v1"]


def test_a_planted_number_stops_publication(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever draws it, an exact number is found before the version is there; the ledger knows nothing of it."""

    def leaky(folder: Path, labels: LabelStore, page: Page, editions: tuple[Edition, ...] = EDITIONS) -> None:
        draft.write_editions(folder, labels, page, editions)
        path = folder / "public" / "report.html"
        path.write_text(path.read_text().replace("<main>", "<main><!-- 217 -->"))

    monkeypatch.setattr("assets.publish.write_editions", leaky)
    with pytest.raises(draft.PublishError, match=r"public edition, report\.html: a comment") as error:
        publish(data)
    assert "217" not in str(error.value)
    assert not list(data.profiles.glob("*/*v*"))
    assert not list(data.profiles.glob("*/.publishing*"))
    assert not list(data.ledger.glob("0*"))


def test_an_audit_that_does_not_pass_stops_publication(data: DataFolder, monkeypatch: pytest.MonkeyPatch) -> None:
    shutil.rmtree(data.audits)
    monkeypatch.setattr("assets.protection.SECONDS", 0.0)
    with pytest.raises(draft.PublishError, match=r"audit .* did not end.*Nothing was published"):
        publish(data)
    assert not list(data.profiles.glob("*/*v*"))


def test_other_disclosure_settings_need_another_draft(data: DataFolder) -> None:
    with pytest.raises(draft.PublishError, match="disclosure settings have changed"):
        publish(dataclasses.replace(data, rule=Rule(threshold=10)))

"""What readers may have is a folder apart, with nothing of the analyst's in it."""

from __future__ import annotations

import json
import os
import re
import shutil
from pathlib import Path

import pytest
from conftest import Refreshed

from assets.store.folder import DataFolder
from assets.versions.readers import place_for_readers, report_of
from pipelines.settings import SettingsError, data_folder

PUBLIC, BOTH = ["public"], ["partner", "public"]


def publish(data: DataFolder, version: str, editions: list[str]) -> None:
    """A version as the store has it, of a few words."""
    as_at, _, number = version.partition(".")
    folder = data.profiles / as_at / number
    for name in (*editions, "restricted"):
        (folder / name).mkdir(parents=True)
        (folder / name / "report.html").write_text(f"{version} {name}", "utf-8")
        (folder / name / "figures.csv").write_text("figure", "utf-8")
    manifest = {
        "version": version,
        "editions": editions,
        "is_invented": True,
        "published_by": "A",
        "note": f"note of {version}",
        "inputs": {"as_at": as_at},
        "clock": {"published_at": f"{as_at}T12:00:00+00:00"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest), "utf-8")


def files(folder: Path) -> set[str]:
    return {p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()}


def test_each_edition_has_its_own_folder_and_index(data: DataFolder) -> None:
    publish(data, "2024-03-01.v1", BOTH)
    publish(data, "2024-03-31.v1", PUBLIC)
    indexes = place_for_readers(data)
    first = {"index.html", "2024-03-01/v1/report.html", "2024-03-01/v1/figures.csv"}
    second = {"2024-03-31/v1/report.html", "2024-03-31/v1/figures.csv"}
    assert files(data.readers) == {
        *(f"partner/{name}" for name in first),
        *(f"public/{name}" for name in first | second),
    }
    for edition, index in indexes.items():
        text = index.read_text("utf-8")
        links = re.findall(r'href="([^"]+)"', text)
        assert links
        assert all((index.parent / link).exists() for link in links)
        assert ("note of 2024-03-31.v1" in text) == (edition == "public")
        assert ("OFFICIAL-SENSITIVE" in text) == (edition == "partner")
    assert report_of(data, "2024-03-01.v1", "public").read_text("utf-8") == "2024-03-01.v1 public"


def test_a_version_that_was_replaced_says_so_on_its_page_and_leads_to_the_newer(
    data: DataFolder,
) -> None:
    publish(data, "2024-03-01.v1", BOTH)
    place_for_readers(data)
    sealed = data.profiles / "2024-03-01" / "v1" / "public" / "report.html"
    first = report_of(data, "2024-03-01.v1", "public")
    assert first.read_bytes() == sealed.read_bytes()
    publish(data, "2024-03-01.v2", PUBLIC)
    publish(data, "2024-04-01.v1", PUBLIC)
    for _ in range(2):
        place_for_readers(data)
        text = first.read_text("utf-8")
        assert text.count("was replaced on 1 March 2024 by") == 1
        assert "note of 2024-03-01.v2" in text
        (link,) = re.findall(r'href="([^"]+)"', text)
        assert (first.parent / link).read_text("utf-8") == "2024-03-01.v2 public"
    # Another edition, another day and what was published stay as they are.
    partner = report_of(data, "2024-03-01.v1", "partner")
    assert partner.read_text("utf-8") == "2024-03-01.v1 partner"
    assert sealed.read_text("utf-8") == "2024-03-01.v1 public"
    publish(data, "2024-03-01.v3", PUBLIC)
    place_for_readers(data)
    assert "../v3/report.html" in first.read_text("utf-8")
    assert "../v2/report.html" not in first.read_text("utf-8")


def test_a_page_that_somebody_changed_is_left_for_verify_to_find(data: DataFolder) -> None:
    publish(data, "2024-03-01.v1", BOTH)
    place_for_readers(data)
    first = report_of(data, "2024-03-01.v1", "public")
    first.write_text("somebody else's", "utf-8")
    publish(data, "2024-03-01.v2", BOTH)
    place_for_readers(data)
    assert first.read_text("utf-8") == "somebody else's"


def test_it_can_be_made_again_and_heals_what_a_kill_left(data: DataFolder) -> None:
    publish(data, "2024-03-01.v1", BOTH)
    place_for_readers(data)
    before = files(data.readers)
    half = data.readers / "public" / "2024-03-01" / ".v1.123.part"
    half.mkdir()
    shutil.rmtree(data.readers / "public" / "2024-03-01" / "v1")
    (data.readers / "public" / "index.html").unlink()
    place_for_readers(data)
    assert files(data.readers) == before
    assert not half.exists()


def test_another_user_can_read_it(data: DataFolder) -> None:
    publish(data, "2024-03-01.v1", BOTH)
    # As the command has it: what it makes is its own.
    before = os.umask(0o077)
    try:
        place_for_readers(data)
    finally:
        os.umask(before)
    for path in (data.readers, *data.readers.rglob("*")):
        assert path.stat().st_mode & 0o777 == (0o644 if path.is_file() else 0o755), path.name


@pytest.mark.parametrize("where", ["home/profiles", "home", ".", "inbox", "home-quarantine/x"])
def test_it_lies_apart_from_everything_else(tmp_path: Path, where: str) -> None:
    (tmp_path / "inbox").mkdir()
    environment = {"CCE_HOME": str(tmp_path / "home"), "CCE_INBOX": str(tmp_path / "inbox")}
    with pytest.raises(SettingsError, match="CCE_READERS"):
        data_folder(environment | {"CCE_READERS": str(tmp_path / where)})
    data = data_folder(environment | {"CCE_READERS": str(tmp_path / "shared")})
    assert data.readers == tmp_path / "shared"
    assert data_folder(environment).readers == tmp_path / "home" / "readers"


def test_a_published_version_is_there_byte_for_byte(refreshed: Refreshed) -> None:
    readers = refreshed.home / "readers"
    for edition in BOTH:
        placed = readers / edition / "2024-03-01" / "v1"
        assert files(placed) == files(refreshed.version / edition)
        for name in files(placed):
            assert (placed / name).read_bytes() == (refreshed.version / edition / name).read_bytes()
    assert not [name for name in files(readers) if "manifest" in name or "restricted" in name]

"""What is handed on of a version: whole, proven, and never of one that is damaged or does not stand."""

from __future__ import annotations

import hashlib
import re
import shutil
from pathlib import Path

import pypdf
import pytest
from conftest import Refreshed, run_here

VERSION = "2024-03-01.v1"
CHROMIUM = shutil.which("chromium")


def hashes(folder: Path) -> dict[str, str]:
    return {p.name: hashlib.sha256(p.read_bytes()).hexdigest() for p in folder.iterdir()}


def handed(home: Path, command: str, to: Path, version: str = VERSION) -> tuple[int, str]:
    done = run_here(home, command, version, "--edition", "public", "--to", str(to))
    return done.returncode, done.stderr


def test_an_edition_is_copied_whole(refreshed: Refreshed, tmp_path: Path) -> None:
    code, said = handed(refreshed.home, "export", tmp_path / "out")
    assert code == 0
    assert "OFFICIAL" in said
    assert hashes(tmp_path / "out") == hashes(refreshed.version / "public")
    assert {"report.html", "figures.csv", "figures.xlsx", "locality-east.html"} <= set(
        hashes(tmp_path / "out")
    )


def test_what_is_there_is_not_written_over(refreshed: Refreshed, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    code, said = handed(refreshed.home, "export", tmp_path / "out")
    assert code == 1
    assert "is there already" in said
    assert [p.name for p in tmp_path.rglob("*")] == ["out", "mine.txt"]


def test_a_version_that_is_not_there(refreshed: Refreshed, tmp_path: Path) -> None:
    code, said = handed(refreshed.home, "export", tmp_path / "out", "2024-03-01.v9")
    assert code == 1
    assert "There is no published version 2024-03-01.v9 that stands." in said
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def published_home(refreshed: Refreshed, tmp_path: Path) -> Path:
    """A data folder of one's own with the published version."""
    shutil.copytree(refreshed.home, tmp_path / "home")
    return tmp_path / "home"


@pytest.mark.parametrize("what", ["damaged", "withdrawn"])
def test_what_is_damaged_or_withdrawn_is_not_handed_on(
    published_home: Path, tmp_path: Path, what: str
) -> None:
    if what == "damaged":
        path = published_home / "profiles" / "2024-03-01" / "v1" / "public" / "figures.csv"
        path.chmod(0o600)
        path.write_bytes(path.read_bytes()[:-1])
        why = "is damaged and is not handed on"
    else:
        done = run_here(
            published_home, "withdraw", VERSION, "--by", "A. Tester", "--reason", "A mistake."
        )
        assert done.returncode == 0, done.stderr
        why = "that stands"
    for command in ("export", "pdf"):
        code, said = handed(published_home, command, tmp_path / command)
        assert code == 1
        assert why in said
    assert list(tmp_path.glob("[ep]*")) == []


@pytest.mark.browser
@pytest.mark.xdist_group("browser")
@pytest.mark.skipif(not CHROMIUM, reason="Debian's chromium is not installed")
@pytest.mark.long
def test_three_tagged_pdfs(refreshed: Refreshed, tmp_path: Path) -> None:
    code, said = handed(refreshed.home, "pdf", tmp_path / "out")
    assert code == 0, said
    sheets = {}
    for path in (tmp_path / "out").iterdir():
        content = path.read_bytes()
        assert b"StructTreeRoot" in content
        sheets[path.stem.rpartition("-")[2]] = len(re.findall(rb"/Type ?/Page[^s]", content))
    assert set(sheets) == {"brief", "profile", "all"}
    assert sheets["brief"] <= 2 < sheets["profile"] <= 27 < sheets["all"]
    for part in ("profile", "all"):
        assert_the_contents_are_right(tmp_path / "out" / f"{VERSION}-public-{part}.pdf")


def assert_the_contents_are_right(path: Path) -> None:
    """The contents name the sheet on which each section's heading stands, read by a library."""
    reader = pypdf.PdfReader(path)
    texts = [" ".join(page.extract_text().split()) for page in reader.pages]
    listed = re.findall(r"\d+\. ([A-Z][^.]+?), p\. (\d+)", texts[0])
    assert len(listed) > 20
    for title, sheet in listed:
        assert title in texts[int(sheet) - 1], (title, sheet)


def test_without_a_browser_it_says_what_to_do(
    refreshed: Refreshed, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    code, said = handed(refreshed.home, "pdf", tmp_path / "out")
    assert code == 1
    assert "needs Chromium" in said
    assert not (tmp_path / "out").exists()

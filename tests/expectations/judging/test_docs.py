"""Great Expectations' own pages beside a draft and a version: counts alone, nothing from elsewhere, the same bytes each time."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from conftest import SAMPLES, Refreshed, run_here
from drawing import seal, write_supply


def test_they_stand_beside_each_version_for_the_analyst(refreshed: Refreshed) -> None:
    for place in (refreshed.draft("2024-03-01"), refreshed.version):
        pages = sorted(
            p.relative_to(place / "restricted" / "expectations").as_posix()
            for p in place.glob("restricted/expectations/*/*.html")
        )
        assert "trust/risk_assessments.html" in pages
        assert "health-INV02/contacts.html" in pages
        assert len(pages) == len(list(SAMPLES.glob("**/2024-04-05/*.csv")))
        assert all(p.stat().st_mode & 0o077 == 0 for p in (place / "restricted").rglob("*"))
    html = (refreshed.version / "restricted" / "expectations" / "trust" / "people.html").read_text()
    assert "birth_month" in html
    assert "kept" in html
    assert not re.search(r"https?://", re.sub(r"<!--.*?-->", "", html, flags=re.S)), (
        "asks the network"
    )
    assert 'src="' not in html


@pytest.mark.long
def test_a_broken_value_is_counted_and_not_shown(tmp_path: Path) -> None:
    folder = write_supply(tmp_path / "inbox", "trust")
    path = folder / "people.csv"
    path.write_text(path.read_text().replace("2008-05", "").replace("E05011118", "E05011119"))
    seal(folder, "trust")
    for out in ("one", "two"):
        assert (
            run_here(
                tmp_path / "home", "validate", str(folder), "--out", str(tmp_path / out)
            ).returncode
            == 0
        )
    html = (tmp_path / "one" / "expectations" / "people.html").read_text()
    assert "not kept" in html
    assert "E05011119" not in html
    for page in (tmp_path / "one").rglob("*.html"):
        assert (
            page.read_bytes()
            == (tmp_path / "two" / page.relative_to(tmp_path / "one")).read_bytes()
        )

"""The byte scan: an exact number or a reference planted anywhere in a finished edition is found."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import Refreshed
from planned import PLAN, REGISTER

from profiles.disclosure.labels import LabelStore
from profiles.disclosure.rule import Rule
from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Page, Stamp
from profiles.report.scan import scan, scan_manifest

PUBLIC = EDITIONS[1]
# The exact number of boys at risk in the samples: no label, no date, nothing that follows from labels.
EXACT = "217"


@pytest.fixture
def edition(refreshed: Refreshed, tmp_path: Path) -> Path:
    shutil.copytree(refreshed.version / "public", tmp_path / "public")
    for path in (tmp_path / "public").iterdir():
        path.chmod(0o600)
    return tmp_path / "public"


def looked(refreshed: Refreshed, edition: Path, references: tuple[str, ...] = ()) -> list[str]:
    restricted = refreshed.version / "restricted"
    manifest = json.loads((refreshed.version / "manifest.json").read_text())
    stamp = Stamp(manifest["version"], "", manifest["published_by"], manifest["note"])
    page = Page.from_dict(
        json.loads((restricted / "page.json").read_text()) | {"stamp": stamp.__dict__}
    )
    html = (refreshed.version / "public" / "report.html").read_text()
    day = html.split("· published ")[1].split("<")[0]
    page = Page.from_dict(page.as_dict() | {"stamp": stamp.__dict__ | {"published_on": day}})
    columns = pd.read_csv(refreshed.version / "public" / "figures.csv", nrows=0).columns
    numbers = ("low", "high", "value", "lower", "upper")
    table = pd.read_csv(
        refreshed.version / "public" / "figures.csv",
        keep_default_na=False,
        dtype={c: "string" for c in columns if c not in numbers},
        na_values={c: [""] for c in numbers},
    )
    return scan(
        edition, LabelStore(table, REGISTER, PLAN.policy.merged_groups), page, PUBLIC, references
    )


def test_a_finished_edition_passes(refreshed: Refreshed, edition: Path) -> None:
    with duckdb.connect(
        str(refreshed.version / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        references = tuple(
            str(r) for (r,) in con.execute("select distinct person_ref from core_links").fetchall()
        )
    assert looked(refreshed, edition, references) == []


def planted(old: str, new: str) -> Callable[[str], str]:
    def plant(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return plant


PLACES = {
    "HTML comment": ("report.html", planted("<main>", f"<main><!-- {EXACT} -->"), "a comment"),
    "hover template": (
        "report.html",
        planted('"hovertemplate":"', f'"hovertemplate":"{EXACT} '),
        "a script",
    ),
    "chart data": ("report.html", planted('"x":[', f'"x":[{EXACT},'), "a script"),
    "SVG title": (
        "report.html",
        planted("</main>", f"<svg><title>{EXACT}</title></svg></main>"),
        "the text",
    ),
    "CSS width": (
        "report.html",
        planted('style="min-height:', f'style="width: {EXACT}px; min-height:'),
        "an attribute",
    ),
    "style sheet": (
        "report.html",
        planted("</style>", f".bar {{ width: {EXACT}px }}</style>"),
        "a style",
    ),
    "alternative text": (
        "report.html",
        planted('aria-label="Bar chart.', f'aria-label="Bar chart {EXACT}.'),
        "an attribute",
    ),
    "data attribute": (
        "report.html",
        planted("<td data-figure=", f'<td data-n="{EXACT}" data-figure='),
        "an attribute",
    ),
    "sentence": ("report.html", planted("</p>", f" ({EXACT})</p>"), "the text"),
    "a library's file": ("report.html", planted("/**", f"/* {EXACT} */ /**"), "a script"),
    "CSV": ("figures.csv", planted("rounded", f"rounded {EXACT}"), "the text"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_planted_number_is_found(refreshed: Refreshed, edition: Path, place: str) -> None:
    name, plant, _ = PLACES[place]
    path = edition / name
    text = path.read_text()
    if place == "data attribute":
        text = text.replace('<td class="number" data-figure=', "<td data-figure=", 1)
    path.write_text(plant(text))
    found = looked(refreshed, edition)
    assert any("does not follow from the labels" in x for x in found)
    # And on its own account, wherever it stands but in a library, where any number may.
    if place != "a library's file":
        assert any("numbers that are no label, date or constant" in x for x in found), found
    assert not any(EXACT in x for x in found)


def test_a_number_that_a_label_has_is_found_by_recomputing(
    refreshed: Refreshed, edition: Path
) -> None:
    path = edition / "report.html"
    path.write_text(path.read_text().replace(">fewer than 8<", ">5<", 1))
    assert looked(refreshed, edition) == ["report.html: the text does not follow from the labels"]


def test_references_and_other_files_are_found(refreshed: Refreshed, edition: Path) -> None:
    path = edition / "report.html"
    path.write_text(path.read_text().replace("<main>", '<main><i title="T000123"></i>', 1))
    (edition / "notes.txt").write_text("x")
    found = looked(refreshed, edition, ("T000123",))
    assert any("1 references to persons" in x for x in found)
    assert any(x.startswith("notes.txt") for x in found)
    assert not any("T000123" in x for x in found)


@pytest.mark.parametrize(
    "change",
    [
        {"boys": 217},
        {"checks": {"trust__people": "217 warned"}},
        {"217": "passed"},
        {"editions": ["public", 217]},
    ],
)
def test_a_number_planted_in_the_manifest_is_found(
    refreshed: Refreshed, change: dict[str, object]
) -> None:
    manifest = json.loads((refreshed.version / "manifest.json").read_text())
    assert scan_manifest(manifest, Rule().as_dict()) == []
    found = scan_manifest(manifest | change, Rule().as_dict())
    assert found
    assert not any("217" in x for x in found if "217" not in change)

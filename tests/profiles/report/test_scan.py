"""The byte scan: an exact number or a reference planted anywhere in a finished edition is found."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import jinja2
import pandas as pd
import pytest
from conftest import Refreshed
from planned import PLAN, REGISTER

from profiles.disclosure.labels import LabelStore
from profiles.disclosure.rule import Rule
from profiles.drawing import edition as editions
from profiles.drawing.blocks import Section
from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Page
from profiles.report import dye, render, scan

PUBLIC = EDITIONS[1]
# The exact number of boys at risk in the samples: no label, no date, nothing that follows from labels.
EXACT = "217"


@dataclass(frozen=True)
class Edition:
    """A published edition with everything that it was drawn from."""

    folder: Path
    labels: LabelStore
    page: Page

    def drawn(self) -> dict[str, bytes]:
        return scan.files_of(self.labels, self.page, PUBLIC)


@pytest.fixture(scope="module")
def published(refreshed: Refreshed) -> Edition:
    folder = refreshed.version / "public"
    facts = json.loads((refreshed.version / "restricted" / "page.json").read_text())
    columns = pd.read_csv(folder / "figures.csv", nrows=0).columns
    numbers = ("low", "high", "value", "lower", "upper")
    table = pd.read_csv(
        folder / "figures.csv",
        keep_default_na=False,
        dtype={c: "string" for c in columns if c not in numbers},
        na_values={c: [""] for c in numbers},
    )
    # It is worked out from the labels again.
    table = table.drop(columns=["numerator", "row"])
    labels = LabelStore(table, REGISTER, PLAN.policy.merged_groups)
    return Edition(folder, labels, Page.from_dict(facts))


@pytest.fixture(scope="module")
def expected(published: Edition) -> dict[str, bytes]:
    return published.drawn()


@pytest.fixture
def folder(published: Edition, tmp_path: Path) -> Path:
    shutil.copytree(published.folder, tmp_path / "public")
    for path in (tmp_path / "public").iterdir():
        path.chmod(0o600)
    return tmp_path / "public"


def test_a_finished_edition_passes(refreshed: Refreshed, published: Edition) -> None:
    with duckdb.connect(
        str(refreshed.version / "restricted" / "warehouse.duckdb"), read_only=True
    ) as con:
        references = tuple(
            str(r) for (r,) in con.execute("select distinct person_ref from core_links").fetchall()
        )
    found = scan.scan(published.folder, published.labels, published.page, PUBLIC, references)
    assert found == []


def planted(old: str, new: str) -> Callable[[str], str]:
    def plant(text: str) -> str:
        assert old in text
        return text.replace(old, new, 1)

    return plant


# What is planted, and where it is said to be: about where the two texts part.
PLACES = {
    "HTML comment": ("report.html", planted("<main>", f"<main><!-- {EXACT} -->"), "the text"),
    "hover template": (
        "report.html",
        planted('"hovertemplate":"', f'"hovertemplate":"{EXACT} '),
        "a script",
    ),
    "chart data": ("report.html", planted('"x":[', f'"x":[{EXACT},'), "a script"),
    "SVG title": (
        "report.html",
        planted("</main>", f"<svg><title>{EXACT}</title></svg></main>"),
        "an attribute",
    ),
    "CSS width": (
        "report.html",
        planted('style="--drawn:', f'style="width: {EXACT}px; --drawn:'),
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
    "a script's file": (
        "report.html",
        planted("// Tables that are folded", f"// {EXACT} tables that are folded"),
        "a script",
    ),
    "a locality's page": ("locality-east.html", planted("</p>", f" ({EXACT})</p>"), "the text"),
    "workbook": ("figures.xlsx", lambda text: text + str(EXACT), "the file"),
    "CSV": ("figures.csv", planted("rounded", f"rounded {EXACT}"), "the text"),
}


@pytest.mark.parametrize("place", PLACES)
def test_a_number_planted_in_a_file_is_found(
    folder: Path, expected: dict[str, bytes], place: str
) -> None:
    name, plant, where = PLACES[place]
    path = folder / name
    # Of the workbook, which is no text, too.
    text = path.read_text("latin-1")
    path.write_text(plant(text), "latin-1")
    found = scan.compare(folder, expected)
    assert found == [f"{name}: {where} does not follow from the labels"]


def test_a_number_that_a_label_has_is_found_by_recomputing(
    folder: Path, expected: dict[str, bytes]
) -> None:
    path = folder / "report.html"
    path.write_text(path.read_text().replace(">fewer than 8<", ">5<", 1))
    assert scan.compare(folder, expected) == [
        "report.html: the text does not follow from the labels"
    ]


def test_references_and_other_files_are_found(folder: Path, expected: dict[str, bytes]) -> None:
    path = folder / "report.html"
    path.write_text(path.read_text().replace("<main>", '<main><i title="T000123"></i>', 1))
    (folder / "notes.txt").write_text("x")
    found = scan.compare(folder, expected, ("T000123",))
    assert any("1 references to persons" in x for x in found)
    assert any(x.startswith("notes.txt") for x in found)
    assert not any("T000123" in x for x in found)


def test_a_reference_in_words_that_the_analyst_wrote_is_found(folder: Path) -> None:
    """The page follows from what it was made of, and that held a reference: a note, say."""
    path = folder / "report.html"
    path.write_text(path.read_text().replace("<main>", "<main><p>About T000123.</p>", 1))
    as_drawn = {file.name: file.read_bytes() for file in folder.iterdir()}
    assert scan.compare(folder, as_drawn) == []
    found = scan.compare(folder, as_drawn, ("T000123",))
    assert [words for words in found if "1 references to persons" in words] == found != []


Build = Callable[[LabelStore, Page], Section]


def with_first_section(change: Callable[[Section], Section]) -> tuple[Build, ...]:
    """The report's sections, the first with a chart changed by its own code."""

    def wrapped(build: Build) -> Build:
        def built(store: LabelStore, page: Page) -> Section:
            section = build(store, page)
            return change(section) if section.name == "age" else section

        return built

    return tuple(wrapped(build) for build in render.CONTENTS)


def in_chart(section: Section) -> Section:
    for block in section.blocks:
        if block.chart:
            block.chart.spec["data"][0]["x"].append(5)
            # A line across the chart, say.
            block.chart.spec["layout"]["shapes"] = [{"x0": 5}]
    return section


def in_template(monkeypatch: pytest.MonkeyPatch, name: str, old: str, new: str) -> None:
    """The report's templates, one of them changed."""
    templates = {p.name: p.read_text() for p in (scan.HERE / "templates").iterdir()}
    assert old in templates[name]
    templates[name] = templates[name].replace(old, new)
    environment = render._environment().overlay(loader=jinja2.DictLoader(templates))
    environment.cache.clear()
    monkeypatch.setattr(render, "_environment", lambda: environment)


def in_download(monkeypatch: pytest.MonkeyPatch) -> None:
    plain = scan.downloads

    def changed(labels: LabelStore, page: Page, edition: editions.Edition) -> dict[str, bytes]:
        files = plain(labels, page, edition)
        files["figures.csv"] = files["figures.csv"].replace(b",rounded,", b",rounded 5,", 1)
        return files

    monkeypatch.setattr(scan, "downloads", changed)


def in_sections(
    change: Callable[[Section], Section],
) -> Callable[[pytest.MonkeyPatch], None]:
    return lambda monkeypatch: monkeypatch.setattr(render, "CONTENTS", with_first_section(change))


# A 5 is a number that many labels have too, so that it is found only by where it came from.
WRITTEN_BY_CODE: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "a sentence": (
        in_sections(lambda s: replace(s, answer=f"{s.answer} They were 5 children.")),
        "report.html: the text has 1 ",
    ),
    "a title": (
        in_sections(lambda s: replace(s, title=f"{s.title} (5)")),
        # In the heading, in the contents, in the annex and in the link to it.
        "report.html: the text has 4 ",
    ),
    "a chart's array and its layout": (in_sections(in_chart), "report.html: a chart has 2 "),
    "an attribute of a map": (
        lambda m: in_template(m, "map.html.j2", '<text class="count"', '<text r="5" class="count"'),
        "report.html: the attribute r of an element text has ",
    ),
    "the download": (in_download, "figures.csv: the column status has 1 cells"),
}


def test_fives_that_the_code_writes_are_found(
    published: Edition, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """In every place at once; the long tests plant each alone."""

    def change(section: Section) -> Section:
        written = replace(
            section, title=f"{section.title} (5)", answer=f"{section.answer} They: 5."
        )
        return in_chart(written)

    in_sections(change)(monkeypatch)
    WRITTEN_BY_CODE["an attribute of a map"][0](monkeypatch)
    in_download(monkeypatch)
    found = scan.scan(folder, published.labels, published.page, PUBLIC)
    for expected_finding in (
        "report.html: the text has 5 ",
        "report.html: a chart has 2 ",
        "report.html: the attribute r of an element text has ",
        "figures.csv: the column status has 1 cells",
    ):
        assert any(finding.startswith(expected_finding) for finding in found), found


@pytest.mark.long
@pytest.mark.parametrize("place", WRITTEN_BY_CODE)
def test_a_five_that_the_code_writes_is_found(
    published: Edition, folder: Path, monkeypatch: pytest.MonkeyPatch, place: str
) -> None:
    plant, expected_finding = WRITTEN_BY_CODE[place]
    plant(monkeypatch)
    for name, text in published.drawn().items():
        (folder / name).write_bytes(text)
    found = scan.scan(folder, published.labels, published.page, PUBLIC)
    assert len(found) == 1
    assert found[0].startswith(expected_finding)


def test_a_number_worked_out_from_labels_is_none_of_a_label() -> None:
    value = dye.DyedFloat(10)
    assert scan._NUMBER.findall(f"{value:.0f} of {dye.dyed('10')}") == []
    assert scan._NUMBER.findall(f"{value * 0.5:.0f}") == ["5"]


@pytest.mark.parametrize("phrase", scan.own_numbers().phrases)
def test_a_phrase_of_the_product_passes_only_as_it_stands(phrase: str) -> None:
    number = re.search(r"[0-9][0-9,.]*", phrase)
    assert number
    assert scan._NUMBER.findall(scan.own_numbers().pattern.sub(" ", f"Of {phrase} or so.")) == []
    assert scan._NUMBER.findall(scan.own_numbers().pattern.sub(" ", f"{number[0]} children"))


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
    assert scan.scan_manifest(manifest, Rule().as_dict()) == []
    found = scan.scan_manifest(manifest | change, Rule().as_dict())
    assert found
    assert not any("217" in x for x in found if "217" not in change)


def test_dyed_names_stand_in_the_order_of_the_plain_ones() -> None:
    names = ["Acocks Green", "5 Ways", "Ward 10", "Ward 2", "Ward B", "Ward"]
    assert [dye.plain(name) for name in sorted(map(dye.dyed, names))] == sorted(names)
    assert dye.plain(max(map(dye.dyed, names))) == max(names)


def test_a_manifest_may_say_in_words_which_supply_was_refused() -> None:
    """Met by an analyst: a month whose late supply was refused could not be published."""
    words = "Health providers (INV02): the supply of 5 April 2024 was refused; the last accepted one, if any, is in use."
    assert scan.scan_manifest({"inputs": {"refused": [words]}}, {}) == []
    (found,) = scan.scan_manifest({"inputs": {"refused": [f"{words} 7 children"]}}, {})
    assert "refused has a number" in found

"""The last look before publication: every byte of a finished edition must follow from labels, dates
and the product's own text.

Two looks, since either alone can miss something. The first draws the edition again from its labels:
what stands on the disk must be the same, byte for byte. The second asks of each number that is
drawn where it came from. The edition is drawn once more from dyed labels and dyed facts of the page
(dye.py), so that a number that was not dyed came from the code: it must be one of the product's own
(own_numbers.yml), part of a date, or a place on the map. A chart's numbers are no texts and cannot
be dyed: it is drawn from labels of twice the size, and a number that stays as it was is no label.
The download is compared with the labels cell by cell. No reference to a person may stand anywhere.

What the second look cannot see: a number in words (“five”), in a word (“x5”), or in the guise of a
year or a day; a fact without a number, such as which sentence is written or how rows are ordered;
a label that is in the wrong place; and whatever is wrong with the labels themselves, which is
the attacker's to find (disclosure/audit.py).
"""

from __future__ import annotations

import calendar
import csv
import functools
import io
import itertools
import json
import re
from collections.abc import Collection, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pandas as pd

from profiles.areas import Area
from profiles.disclosure.labels import LabelStore
from profiles.drawing.charts import bars_height
from profiles.drawing.edition import Edition
from profiles.drawing.maps import middle, names, outlines
from profiles.drawing.over_time import multiples_height
from profiles.drawing.page import Page
from profiles.reading import Strict, read_text, read_words
from profiles.report.downloads import FIGURES, downloads, figures_table
from profiles.report.dye import DyedLabels, dyed_page, plain
from profiles.report.render import draw_sections, packed_plotly, render, render_localities

HERE = Path(__file__).parent
CHART = "a chart"
# Files in which references to persons are looked for; the others hold the table of figures.csv.
TEXTS = (".html", ".csv", ".json")
NOT_OWN = "numbers that are no label, date or number of the product's own"
# Only plain digits: `\d` would take the dyed ones too.
_NUMBER = re.compile(r"(?<![\w.#])[+-]?[0-9][0-9,]*(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?(?!\w)")
_WORD = re.compile(r"[A-Za-z0-9_/-]{6,}")
_HASH = re.compile(r"[0-9a-f]{16}|[0-9a-f]{64}")
_MONTHS = "|".join(calendar.month_name[1:])
_DAY = re.compile(rf"\b[1-3]?[0-9] (?:{_MONTHS}) [12][0-9]{{3}}\b")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?")
_MONTH = "(?:January|February|March|April|May|June|July|August|September|October|November|December)"
_DATE = re.compile(
    rf"\b[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}\b|\b[0-9]{{1,2}} {_MONTH} [0-9]{{4}}\b"
    r"|\b(?:19|20)[0-9]{2}\b"
)
MAP_ELEMENTS = ("path", "text", "tspan", "svg")
# Heights of charts in pixels: of months and funnels, of small charts by their rows, and of bars by
# how many there are.
HEIGHTS = {300, 380, *map(multiples_height, range(1, 6))}
# On a phone small charts stand below one another: nine in five rows of two take nine rows.
NARROW_HEIGHTS = {
    round(multiples_height(rows) * panels / rows)
    for rows in range(1, 6)
    for panels in (2 * rows - 1, 2 * rows)
}
HEIGHTS |= {bars_height(lines, rows) for lines in range(1, 9) for rows in range(1, 60)}


class OwnNumbers(Strict):
    """own_numbers.yml."""

    phrases: tuple[str, ...]
    attributes: dict[str, tuple[str, ...]]
    charts: dict[str, tuple[float, ...]]

    @functools.cached_property
    def pattern(self) -> re.Pattern[str]:
        """Any of the phrases, the longest first, and not inside a longer word or number."""
        longest_first = sorted(self.phrases, key=len, reverse=True)
        choices = "|".join(re.escape(phrase) for phrase in longest_first)
        return re.compile(rf"(?<![\w.,])(?:{choices})(?!\w)")


@functools.cache
def own_numbers() -> OwnNumbers:
    """The numbers that the product itself writes. Raises FileError."""
    path = HERE / "own_numbers.yml"
    return read_text(OwnNumbers, read_words(path), path.name)


def scan(
    folder: Path, labels: LabelStore, page: Page, edition: Edition, references: Collection[str] = ()
) -> list[str]:
    """What is wrong with an edition's folder, without quoting it; empty where nothing is. `labels`
    are the edition's own.
    """
    files = files_of(labels, page, edition)
    findings = compare(folder, files, references)
    findings += _page_findings(labels, page, edition, files)
    findings += _download_findings(labels, files[FIGURES].decode())
    return findings


def compare(
    folder: Path, expected: Mapping[str, bytes], references: Collection[str] = ()
) -> list[str]:
    """The first look: what is not as `expected`, by name of file, and how many references to
    persons there are.
    """
    findings = []
    for path in sorted(folder.iterdir()):
        if path.name not in expected:
            findings.append(f"{path.name}: a file that no edition has")
    for name, wanted in expected.items():
        path = folder / name
        content = path.read_bytes() if path.is_file() else b""
        is_text = name.endswith(TEXTS)
        text = content.decode("utf-8", "replace") if is_text else ""
        if content != wanted:
            what = _difference(text, wanted.decode()) if is_text else "the file"
            findings.append(f"{name}: {what} does not follow from the labels")
        findings += _persons(name, text, references)
    return list(dict.fromkeys(findings))


def _persons(name: str, text: str, references: Collection[str]) -> list[str]:
    persons = set(references)
    findings = []
    if name.endswith(".html"):
        parts = _parts(text)
    else:
        parts = [("the text", text)]
    for where, part in parts:
        named = persons.intersection(_WORD.findall(part))
        if named:
            findings.append(f"{name}: {where} has {len(named)} references to persons")
    return findings


def files_of(labels: LabelStore, page: Page, edition: Edition) -> dict[str, bytes]:
    """Every file of an edition, by name, as it follows from its labels."""
    pages = _pages(labels, page, edition)
    drawn = {name: text.encode() for name, text in pages.items()}
    return drawn | downloads(labels, page, edition)


def _pages(labels: LabelStore, page: Page, edition: Edition) -> dict[str, str]:
    """Every page of an edition, by file name."""
    report = {"report.html": render(labels, page, edition)}
    return report | render_localities(labels, page, edition)


def _page_findings(
    labels: LabelStore, page: Page, edition: Edition, files: Mapping[str, bytes]
) -> list[str]:
    """The second look at every page."""
    dyed_pages = _pages(DyedLabels(labels), dyed_page(page), edition)
    allowed = _places_on_maps(page, labels.area)
    allowed |= {("data-figure", key) for key in labels.names()}
    findings = []
    for name, from_dyed in dyed_pages.items():
        if plain(from_dyed).encode() != files[name]:
            # Some code looks at a label's digits, so the dyed page proves nothing of the plain one.
            findings.append(f"{name}: what is drawn depends on how a label's digits are written")
        counted: dict[str, int] = {}
        for where, text in _parts(from_dyed):
            # A chart's words; its numbers are looked at below.
            if where == CHART:
                text = " ".join(
                    leaf for _, leaf in _leaves(json.loads(text)) if isinstance(leaf, str)
                )
            if where.startswith("the attribute ") and _is_own_attribute(where, text, allowed):
                continue
            counted[where] = counted.get(where, 0) + len(_unexplained(text, labels.area))
        for number in _fixed_numbers_of_charts(labels, page, edition, from_dyed):
            counted[CHART] = counted.get(CHART, 0) + number
        for where, count in counted.items():
            if count:
                findings.append(f"{name}: {where} has {count} {NOT_OWN}")
    return findings


def _unexplained(text: str, area: Area) -> list[str]:
    """The plain numbers of a dyed text that are neither dates nor among the product's own."""
    text = _DATE.sub(" ", text)
    text = own_numbers().pattern.sub(" ", text)
    for phrase in _area_phrases(area):
        text = text.replace(phrase, " ")
    return _NUMBER.findall(text)


@functools.cache
def _area_phrases(area: Area) -> list[str]:
    """Texts of the area's own file that have numbers: its background."""
    texts = [*map(str, area.file.model_dump().values())]
    with_numbers = set()
    for text in texts:
        if _NUMBER.search(text):
            with_numbers.add(text.strip())
    return sorted(with_numbers, key=len, reverse=True)


def _places_on_maps(page: Page, area: Area) -> set[tuple[str, str]]:
    """Outlines, and where names and numbers are on them, as (attribute, value). They are the same
    whatever the labels are.
    """
    shapes, (width, height) = outlines(page, area)
    places = {("viewbox", f"0 0 {width} {height}")}
    places |= {("d", path) for path in shapes.values()}
    points = [(x, y) for x, y, _ in names(area)] + [middle(code, area) for code in area.wards]
    for x, y in points:
        places |= {("x", str(x)), ("y", str(y))}
    return places


def _is_own_attribute(where: str, value: str, places: set[tuple[str, str]]) -> bool:
    name = where.removeprefix("the attribute ").partition(" ")[0]
    element = where.rpartition(" ")[2]
    if value in own_numbers().attributes.get(f"{name} of {element}", ()):
        return True
    heights = re.fullmatch(r"--drawn: ([0-9]+)px; --narrow: ([0-9]+)px", value)
    if name == "style" and heights:
        return {int(heights[1]), int(heights[2])} <= HEIGHTS | NARROW_HEIGHTS
    is_place = (name, value) in places
    return is_place and (name == "data-figure" or element in MAP_ELEMENTS)


def _fixed_numbers_of_charts(
    labels: LabelStore, page: Page, edition: Edition, from_dyed: str
) -> Iterator[int]:
    """How many numbers of each chart stay as they are when every label is twice as large, and are
    none of the product's own.
    """
    charts = list(_charts(from_dyed))
    if not charts:
        return
    doubled = {}
    for section in draw_sections(DyedLabels(labels, scale=2.0), dyed_page(page), edition):
        for block in section.blocks:
            if block.chart:
                doubled[block.chart.name] = dict(_leaves(block.chart.spec))
    for name, spec in charts:
        other = doubled.get(name, {})
        fixed = 0
        for path, number in _leaves(spec):
            is_number = isinstance(number, (int, float)) and not isinstance(number, bool)
            if is_number and number and other.get(path) == number:
                fixed += not _is_own_of_chart(spec, path, number)
        yield fixed


def _charts(html: str) -> Iterator[tuple[str, dict[str, Any]]]:
    for match in re.finditer(r'data-chart="chart-([^"]+)">(.*?)</script>', html, re.DOTALL):
        yield match[1], json.loads(match[2])


def _is_own_of_chart(spec: dict[str, Any], path: tuple[Any, ...], number: float) -> bool:
    place = ".".join(part for part in path if isinstance(part, str))
    if number in own_numbers().charts.get(place, ()):
        return True
    if place == "layout.height":
        return number in HEIGHTS
    # The dots of overlapping sets: a column for each set, numbered from zero.
    columns: list[float] = spec["layout"].get("xaxis", {}).get("tickvals", [])
    is_numbered = bool(columns == list(range(len(columns))))
    if place == "layout.xaxis.tickvals":
        return is_numbered
    if place == "layout.xaxis.range":
        return bool(columns) and is_numbered and number in (-0.5, len(columns) - 0.5)
    if place == "data.x":
        trace = spec["data"][path[1]]
        is_of_dots = "customdata" not in trace and set(trace["x"]) == {number}
        return bool(is_of_dots and number in columns)
    return False


def _download_findings(labels: LabelStore, text: str) -> list[str]:
    """The second look at the download: its cells are those of the labels, and it has no others."""
    table = figures_table(labels)
    rows = list(csv.reader(io.StringIO(text)))
    if not rows or rows[0] != list(table.columns):
        return ["figures.csv: its columns are not those of the labels"]
    if len(rows) != len(table) + 1:
        return ["figures.csv: its rows are not those of the labels"]
    findings = []
    for i, name in enumerate(table.columns):
        cells = [row[i] if i < len(row) else "" for row in rows[1:]]
        is_same = []
        for cell, value in zip(cells, table[name], strict=True):
            is_same.append(_is_cell(cell, value))
        if not all(is_same):
            wrong = len(is_same) - sum(is_same)
            findings.append(f"figures.csv: the column {name} has {wrong} cells that are no label's")
    if any(len(row) != len(table.columns) for row in rows):
        findings.append("figures.csv: some rows have more or fewer cells than there are columns")
    return findings


def _is_cell(cell: str, value: Any) -> bool:
    if isinstance(value, str):
        return cell == value
    if pd.isna(value):
        return cell == ""
    try:
        return float(cell) == float(value)
    except ValueError:
        return False


def scan_manifest(manifest: Mapping[str, Any], rule: Mapping[str, int]) -> list[str]:
    """What is wrong with a version's manifest: any number in it must be a setting, a date, a
    version, a hash, or the draft's place in the order of drafts.
    """
    settings = set(rule.values())
    findings = []
    for path, value in _leaves(manifest):
        names = []
        for part in path:
            if isinstance(part, str):
                names.append(part)
        key = names[-1] if names else ""
        if key in ("note", "published_by") or isinstance(value, bool) or value is None:
            # Typed by the person who publishes; true, false and nothing are no numbers.
            continue
        if isinstance(value, (int, float)):
            # A draft's number in the order in which drafts were made counts no child.
            is_right = names == ["clock", "number"] or ("rule" in names and value in settings)
        else:
            is_right = key in ("version", "python") or _is_plain_text(str(value))
        if not is_right or _NUMBER.search(" ".join(names).replace(".", " ")):
            findings.append(
                f"manifest.json: {key} has a number that is no setting, date, version or hash"
            )
    return findings


def _is_plain_text(text: str) -> bool:
    """Whether it is a hash, a time, or without numbers but days in words (“the supply of 5 April
    2024 was refused”).
    """
    is_known = _HASH.fullmatch(text) or _TIME.fullmatch(text)
    return bool(is_known) or not _NUMBER.search(_DAY.sub("a day", text))


def _leaves(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Every value of a tree of JSON with the way to it: keys, and places in lists."""
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, (*path, str(key)))
    elif isinstance(value, list):
        for place, below in enumerate(value):
            yield from _leaves(below, (*path, place))
    else:
        yield path, value


class _Reader(HTMLParser):
    """Walks a page: text, attributes, comments, styles and scripts, each with where it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []
        self.inside = "the text"

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = {"script": "a script", "style": "a style"}.get(tag, "the text")
        if ("type", "application/json") in attrs:
            self.inside = CHART
        for name, value in attrs:
            # The page's policy names scripts by hash.
            is_policy = (tag, name) == ("meta", "content") and "script-src" in (value or "")
            if not is_policy:
                self.parts.append((f"the attribute {name} of an element {tag}", value or ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = "the text"

    def handle_data(self, data: str) -> None:
        self.parts.append((self.inside, data))

    def handle_comment(self, data: str) -> None:
        self.parts.append(("a comment", data))


@functools.cache
def _own_files() -> tuple[str, ...]:
    """The product's libraries and its style sheet, which are in every page as they are."""
    static = sorted((HERE / "static").iterdir())
    return (packed_plotly(), *(path.read_text("utf-8") for path in static))


def _parts(html: str) -> list[tuple[str, str]]:
    for file in _own_files():
        html = html.replace(file, "")
    reader = _Reader()
    reader.feed(html)
    reader.close()
    return reader.parts


def _difference(text: str, wanted: str) -> str:
    """In what kind of place two texts differ first."""
    if not text:
        return "a file that is missing"
    pairs = zip(text, wanted, strict=False)
    same = len(list(itertools.takewhile(lambda pair: pair[0] == pair[1], pairs)))
    before = text[:same]
    if before.rfind("<!--") > before.rfind("-->"):
        return "a comment"
    if before.rfind("<") > before.rfind(">"):
        return "an attribute"
    for tag in ("script", "style"):
        if before.rfind(f"<{tag}") > before.rfind(f"</{tag}"):
            return f"a {tag}"
    return "the text"

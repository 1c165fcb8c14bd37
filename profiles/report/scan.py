"""The last look before publication: every byte of a finished edition must follow from labels, dates
and the product's own text.

Two ways, since either alone can miss something. What stands on the disk must be what the labels
draw, byte for byte. And each number in it, libraries' own files apart, must be one of a label, a
date, a declared constant, the product's own text, or be worked out from labels; no reference to a
person may stand anywhere.
"""

from __future__ import annotations

import contextlib
import csv
import functools
import hashlib
import io
import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from plotly.offline import get_plotlyjs

from profiles.areas import Area
from profiles.disclosure.labels import LabelStore
from profiles.drawing.charts import AXIS, bars_height, far_limits
from profiles.drawing.edition import Edition
from profiles.drawing.maps import middle, names, outlines
from profiles.drawing.page import Page
from profiles.report.downloads import figures_csv
from profiles.report.render import render

HERE = Path(__file__).parents[1]
# Where the product's own text stands: what it writes itself, and the tables that it prints from.
OWN_TEXT = (
    "report/templates/*.j2",
    "report/static/*.css",
    "sections/**/*.py",
    "drawing/*.yml",
    "drawing/*.py",
    "disclosure/*.yml",
    "figures/*.py",
    "figures/register/*.yml",
    "figures/reference/ref_*.csv",
    "areas/**/*.yml",
    "areas/**/ref_*.csv",
    "statistics/hidden_scale/*.py",
)
_NUMBER = re.compile(r"(?<![\w.#])[+-]?\d[\d,]*(?:\.\d+)?(?:[eE][+-]?\d+)?(?![\w])")
_WORD = re.compile(r"[A-Za-z0-9_/-]{6,}")
_HASH = re.compile(r"[0-9a-f]{16}|[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?([+-]\d\d:\d\d)?)?")


def scan(
    folder: Path, labels: LabelStore, page: Page, edition: Edition, references: Collection[str] = ()
) -> list[str]:
    """What is wrong with an edition's folder, without quoting it; empty where nothing is. `labels`
    are the edition's own.
    """
    expected = {"report.html": render(labels, page, edition), "figures.csv": figures_csv(labels)}
    persons = set(references)
    found = [
        f"{p.name}: a file that no edition has"
        for p in sorted(folder.iterdir())
        if p.name not in expected
    ]
    allowed = _allowed(labels, page)
    # A label's range stands in its own columns of the download and nowhere else.
    ends = _spelt_all(labels.as_table()[["low", "high"]])
    besides = dict.fromkeys(DRAWN, _drawn(labels)) | {
        "the column low": ends,
        "the column high": ends,
    }
    besides |= dict.fromkeys(OUTLINES, _outlined(page, labels.area))
    for name, wanted in expected.items():
        if (folder / name).is_file():
            text = (folder / name).read_text("utf-8")
        else:
            text = ""
        if text != wanted:
            found.append(f"{name}: {_difference(text, wanted)} does not follow from the labels")
        if name.endswith(".html"):
            parts = list(_parts(text))
        else:
            parts = list(_fields(text))
        for where, part in parts:
            odd = [
                n for n in _numbers(part) if n not in allowed and n not in besides.get(where, ())
            ]
            if odd:
                found.append(
                    f"{name}: {where} has {len(odd)} numbers that are no label, date or constant"
                )
            named = persons.intersection(_WORD.findall(part))
            if named:
                found.append(f"{name}: {where} has {len(named)} references to persons")
    return list(dict.fromkeys(found))


def scan_manifest(manifest: Mapping[str, Any], rule: Mapping[str, int]) -> list[str]:
    """What is wrong with a version's manifest: any number in it must be a setting, a date, a
    version or a hash.
    """
    settings = set(rule.values())
    found = []
    for path, value in _leaves(manifest):
        key = path[-1]
        if key in ("note", "published_by") or isinstance(value, bool) or value is None:
            continue  # typed by the person who publishes
        if isinstance(value, (int, float)):
            is_right = "rule" in path and value in settings
        else:
            text = str(value)
            is_right = (
                bool(_HASH.fullmatch(text) or _TIME.fullmatch(text))
                or key in ("version", "python")
                or not _numbers(text)
            )
        if not is_right or _numbers(" ".join(path).replace(".", " ")):
            found.append(
                f"manifest.json: {key} has a number that is no setting, date, version or hash"
            )
    return found


def _leaves(value: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Any]]:
    if isinstance(value, Mapping):
        for key, below in value.items():
            yield from _leaves(below, (*path, str(key)))
    elif isinstance(value, list):
        for below in value:
            yield from _leaves(below, (*path, path[-1] if path else ""))
    else:
        yield path or ("",), value


def _numbers(text: str) -> list[str]:
    """Numbers as one writes them, in one spelling: without thousands' commas, signs, or noughts
    that say nothing.
    """
    return [_spelt(n) for n in _NUMBER.findall(text)]


def _spelt(number: str | float) -> str:
    value = abs(float(str(number).replace(",", "")))
    if value == float("inf"):
        return "too large to be a number"
    if value == int(value) and value < 1e15:
        return str(int(value))
    return f"{value:.6g}"


@functools.cache
def _own_numbers() -> frozenset[str]:
    """Numbers of the product's own text: templates, sections, styles, groups, reference tables."""
    found: set[str] = {"0", "1"}
    for path in sorted(p for pattern in OWN_TEXT for p in HERE.glob(pattern)):
        text = re.sub(r"(?<=\d)_(?=\d)", "", path.read_text("utf-8"))
        found.update(_numbers(re.sub(r"[_A-Za-z]", " ", text)))
    return frozenset(found)


def _spelt_all(table: pd.DataFrame) -> set[str]:
    numbers = table.to_numpy(dtype=float)
    return {_spelt(x) for x in numbers[~np.isnan(numbers)]}


def _allowed(labels: LabelStore, page: Page) -> set[str]:
    table = labels.as_table()
    found = set(_own_numbers())
    for column in ("label", "denominator", "note", "period_start", "period_end", "definition"):
        for text in set(table[column].astype(str)):
            found.update(_numbers(text.replace("-", " ")))
    found |= _spelt_all(table[["value", "lower", "upper"]])
    found.update(_spelt(c.children) for c in labels.area.published)
    found.update(_spelt(ward.deprivation) for ward in labels.area.wards.values())
    described = json.dumps(page.as_dict(), ensure_ascii=False)
    dates = _TIME.findall(described) and re.findall(
        r"\d{4}-\d\d-\d\d|\d\d:\d\d|\d{1,2} [A-Z][a-z]+ \d{4}", described
    )
    stamp = page.stamp
    typed = (page.code_version, stamp.version, stamp.note, stamp.published_by, stamp.published_on)
    for text in (*(dates or []), *typed, *page.rule_words, *page.table_notes.values()):
        found.update(_numbers(re.sub(r"[-:.v]", " ", text)))
        found.update(_numbers(text))
    for source in page.sources:
        # Titles, table names and words of rules: the contracts' own text.
        for text in (
            source.name,
            *source.not_supplied,
            *source.not_supplied.values(),
            *source.cautions,
            *source.warnings,
        ):
            found.update(_numbers(text))
    # Dates and years of what people wrote: reading it refused every other number.
    for c in page.commentary:
        for text in (c.plain, c.marked, c.provenance):
            found.update(_numbers(text.replace("-", " ")))
    for text in (*page.refused_supplies, *page.missing_agencies, page.shapes_source):
        found.update(_numbers(text))
    return found


# No overlap chart has more sets.
SETS = 16
# Where a chart is drawn, lengths stand beside labels.
DRAWN = ("a script", "the attribute style of an element div")


def _drawn(labels: LabelStore) -> set[str]:
    """Numbers of charts that are worked out from labels: whiskers are drawn as distances, axes end
    a little beyond the longest bar, and a chart is as high as it has bars.
    """
    told = labels.as_table()[["value", "lower", "upper"]].to_numpy(dtype=float)
    # A funnel's lines are worked out from what is expected of each area and of all.
    table = labels.as_table()
    expected = table[table["measure"] == "expected"]
    whole = table[(table["measure"] == "count") & (table["group_type"] == "all")].set_index(
        "figure"
    )["value"]
    lines: set[str] = set()
    if len(expected) and {"referred_36_months", "indicated_36_months"} <= set(whole.index):
        at = table[(table["figure"] == "indicated_36_months") & (table["group_type"] == "ward")][
            "value"
        ].dropna()
        if len(at):
            limits = far_limits(
                sorted(set(at)), whole["referred_36_months"], whole["indicated_36_months"]
            )
        else:
            limits = []
        lines = {_spelt(v) for line in limits for v in line}
    lengths = [
        x
        for v, low, high in told.tolist()
        for x in (high - v, v - low, high - low, AXIS * v, AXIS * high)
        if x == x
    ]
    # The dots of overlapping sets stand at whole numbers, and their axis ends half a step beyond.
    dots = {_spelt(k + half) for k in range(SETS) for half in (0, 0.5)}
    return (
        {_spelt(x) for x in lengths}
        | lines
        | dots
        | {_spelt(bars_height(lines, n)) for lines in range(1, 7) for n in range(1, 40)}
    )


# Where the wards' outlines, and the places of names and numbers on them, stand.
OUTLINES = tuple(
    f"the attribute {name} of an element {tag}"
    for name, tag in (
        ("d", "path"),
        ("x", "text"),
        ("y", "text"),
        ("x", "tspan"),
        ("viewbox", "svg"),
    )
)


def _outlined(page: Page, area: Area) -> set[str]:
    """Numbers of the maps' outlines: the same for whatever labels."""
    shapes, size = outlines(page, area)
    places = [
        *size,
        *(n for x, y, _ in names(area) for n in (x, y)),
        *(n for code in area.wards for n in middle(code, area)),
    ]
    return {_spelt(n) for n in places} | {
        n for path in shapes.values() for n in _numbers(path.replace("-", " "))
    }


class _Reader(HTMLParser):
    """Walks a page: text, attributes, comments, styles and scripts, each with where it stands."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[tuple[str, str]] = []
        self.inside = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.inside = tag
        for name, value in attrs:
            # A policy names scripts by hash; a label's key holds its group and day.
            if not (tag == "meta" and name == "content" and "script-src" in (value or "")):
                if name == "style":
                    value = _without_units(value or "")
                else:
                    value = value
                self.parts.append(
                    (
                        f"the attribute {name} of an element {tag}",
                        (value or "").replace("|", " ").replace("-", " "),
                    )
                )

    def handle_endtag(self, tag: str) -> None:
        self.inside = ""

    def handle_data(self, data: str) -> None:
        if self.inside in ("script", "style") and _digest(data) in _libraries():
            return
        what = {"script": "a script", "style": "a style"}.get(self.inside, "the text")
        data = _without_units(data) if what == "a style" else data
        self.parts.append(
            (
                what,
                _readable(data)
                if self.inside == "script"
                else data.replace("-", " ").replace("–", " "),
            )
        )

    def handle_comment(self, data: str) -> None:
        self.parts.append(("a comment", data.replace("-", " ")))


def _without_units(style: str) -> str:
    return re.sub(
        r"(?<=\d)(px|rem|em|ch|pt|mm|fr|vh|vw|s|deg)\b",
        " ",
        re.sub(r"#[0-9a-fA-F]{3,6}\b", " ", style),
    )


def _readable(script: str) -> str:
    """Chart data, number by number, without its colours and dates' hyphens."""
    # As text the commas of a list would pass for those of thousands; a script that is no data is
    # read as it stands.
    with contextlib.suppress(ValueError):
        script = " ".join(
            str(value)
            for path, value in _leaves(json.loads(script))
            for value in (*path[-1:], value)
        )
    text = re.sub(r"#[0-9a-fA-F]{6}|\\u[0-9a-f]{4}", " ", script)
    return re.sub(r"(\d{4})-(\d\d)-(\d\d)", r"\1 \2 \3", text).replace("–", " ")


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


@functools.cache
def _libraries() -> frozenset[str]:
    return frozenset(
        _digest(t)
        for t in (get_plotlyjs(), (HERE / "report" / "static" / "draw.js").read_text("utf-8"))
    )


def _parts(html: str) -> Iterable[tuple[str, str]]:
    reader = _Reader()
    reader.feed(html)
    reader.close()
    # An identifier of this copy is no number about children: hashes are left out whole.
    return [
        (where, re.sub(r"\b[0-9a-f]{16}(?:[0-9a-f]{48})?\b", " ", text))
        for where, text in reader.parts
    ]


def _fields(text: str) -> Iterable[tuple[str, str]]:
    rows = list(csv.reader(io.StringIO(text)))
    header = rows[0] if rows else []
    for i, name in enumerate(header):
        yield (
            f"the column {name}",
            "\n".join(r[i].replace("-", " ").replace("–", " ") for r in rows[1:] if i < len(r)),
        )


def _difference(text: str, wanted: str) -> str:
    """In what kind of place two texts differ first."""
    at = next(
        (i for i, (a, b) in enumerate(zip(text, wanted, strict=False)) if a != b),
        min(len(text), len(wanted)),
    )
    before = text[:at]
    if not text:
        return "a file that is missing"
    if before.rfind("<!--") > before.rfind("-->"):
        return "a comment"
    if before.rfind("<") > before.rfind(">"):
        return "an attribute"
    for tag in ("script", "style"):
        if before.rfind(f"<{tag}") > before.rfind(f"</{tag}"):
            return f"a {tag}"
    return "the text"

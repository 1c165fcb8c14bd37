"""From sections to one self-contained HTML file: autoescaped template, script inlined once, no
request to anywhere.
"""

from __future__ import annotations

import base64
import datetime as dt
import functools
import gzip
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import jinja2
import pandas as pd

from profiles.disclosure.counts import Counts
from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Chart, Section, anchor
from profiles.drawing.commentary import drawn
from profiles.drawing.edition import Edition
from profiles.drawing.folding import folded
from profiles.drawing.layers import layered, whole
from profiles.drawing.maps import middle, names, outlines
from profiles.drawing.page import Page
from profiles.drawing.recommendations import check_findings
from profiles.drawing.words import joined
from profiles.figures.carried import carried, named_in_refusals
from profiles.figures.dates import long_date
from profiles.figures.groups import Group
from profiles.figures.hidden_scale import WORDS
from profiles.report.contents import ANNEX, BRIEF, CONTENTS, NAMES, PROFILE
from profiles.report.downloads import FILES
from profiles.sections.place.locality import LOCALITY, build_locality, localities

VOICES = {"voices": "What children and families say", "intelligence": "What communities say"}
HERE = Path(__file__).parent
# Plotly's own bundle of bars, lines and dots (MIT): all that is drawn here, and a quarter of the
# whole. It is of the version that the installed package has (a test says so).
PLOTLY = "plotly-basic.min.js"


@functools.cache
def _environment() -> jinja2.Environment:
    loader = jinja2.FileSystemLoader(HERE / "templates")
    return jinja2.Environment(
        loader=loader,
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _json(chart: Chart) -> str:
    """A chart as JSON that cannot end the script element it stands in."""
    return (
        json.dumps(chart.spec, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        .replace("<", "\\u003c")
        .replace("&", "\\u0026")
    )


@functools.cache
def packed_plotly() -> str:
    """Plotly's script, compressed: the browser unpacks it before the first chart is drawn."""
    packed = gzip.compress(_static(PLOTLY).encode(), mtime=0)
    return base64.b64encode(packed).decode()


def _digest(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def _static(name: str) -> str:
    return (HERE / "static" / name).read_text("utf-8")


def draw_sections(labels: LabelStore, page: Page, edition: Edition) -> list[Section]:
    """Every section of an edition, in the order of the contents."""
    edition_labels = edition.labels(labels)
    sections = [folded(build(edition_labels, page)) for build in CONTENTS]
    return _with_what_is_carried(sections, edition_labels, page)


def _with_what_is_carried(sections: list[Section], labels: LabelStore, page: Page) -> list[Section]:
    """The summary begins with which sections the supplies cannot carry, where there are any, and
    whose extract is wanting.
    """
    table = labels.as_table()
    found = carried(table)
    titles = {section.name: section.title for section in sections}
    sentences = []
    for told, words in (
        (found.not_at_all, "cannot be told at all: what is needed for it was not supplied"),
        (
            found.in_part,
            "can be told only in part: some of what is needed was not supplied, or begins too late",
        ),
    ):
        if named := [f"“{titles[name]}”" for name in told if name in titles]:
            sentences.append(f"{joined(named)} {words}.")
    if not sentences:
        return sections
    is_incomplete = table["section"].isin((*found.not_at_all, *found.in_part))
    agencies = (*(source.title for source in page.sources), *page.missing_agencies)
    if wanting := named_in_refusals(table[is_incomplete], agencies):
        sentences.append(
            f"What is missing for that would come from: {', '.join(wanting)}. All that was "
            "not supplied stands in “How good the data is”."
        )
    front = Block("What is incomplete", sentences)
    return [
        replace(section, blocks=[front, *section.blocks]) if section.name == "summary" else section
        for section in sections
    ]


def render(labels: LabelStore, page: Page, edition: Edition) -> str:
    """The edition's report as HTML. The same labels, page and edition give the same bytes."""
    edition_labels = edition.labels(labels)
    area = edition_labels.area
    check_findings(page.recommendations, NAMES)
    sections = {section.name: section for section in draw_sections(labels, page, edition)}
    shapes, map_size = outlines(page, area)
    written = {c.section: drawn(c, edition_labels) for c in page.commentary}
    fold = _static("fold.js")
    draw = _static("draw.js")
    # The browser itself refuses any other script and any request.
    policy = (
        "default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src "
        f"{_digest(fold)} {_digest(_static(PLOTLY))} {_digest(draw)}"
    )
    voices = []
    for name, title in VOICES.items():
        if name in written:
            voices.append((title, written[name]))
    has_maps = any(block.maps for section in sections.values() for block in section.blocks)
    ward_names = [] if page.shapes else names(area)
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            page=page,
            area=area.name,
            edition=edition,
            brief=[whole(sections[name]) for name in BRIEF],
            profile=[layered(sections[name]) for name in PROFILE],
            annex=[whole(sections[name]) for name in ANNEX],
            anchor=anchor,
            files=FILES,
            localities=[(locality_file(g), g.label) for g in localities(edition_labels)],
            written=written,
            voices=voices,
            plotly=packed_plotly(),
            fold=fold,
            draw=draw,
            style=_static("report.css"),
            policy=policy,
            chart_json=_json,
            has_maps=has_maps,
            shapes=shapes,
            map_size=map_size,
            middle=lambda code: middle(code, area),
            ward_names=ward_names,
        )
    )


def render_localities(labels: LabelStore, page: Page, edition: Edition) -> dict[str, str]:
    """A page for each locality, by file name; none beside a draft. `labels` are the edition's."""
    if not page.stamp.version:
        return {}
    pages = {}
    named = [(locality_file(g), g.label) for g in localities(labels)]
    template = _environment().get_template("locality.html.j2")
    for locality in localities(labels):
        section = build_locality(labels, page, locality)
        pages[locality_file(locality)] = template.render(
            page=page,
            area=labels.area.name,
            edition=edition,
            localities=named,
            layered=whole(section),
            anchor=anchor,
            style=_static("report.css"),
        )
    return pages


def locality_file(locality: Group) -> str:
    """The name of a locality's page."""
    return f"{anchor(LOCALITY, locality.group)}.html"


def render_disclosure(counts: Counts, page: Page, audit: Mapping[str, Any] | None = None) -> str:
    """The analyst's page of what is withheld or merged, and why. No edition has it; it holds no
    exact figure.
    """
    table = counts.table.sort_values("ref", kind="stable")

    def rows(which: pd.Series) -> list[tuple[str, str, str]]:
        selected = table[which]
        return list(
            zip(selected["ref"].map(in_words), selected["edition"], selected["note"], strict=True)
        )

    edition_of = dict(zip(table["table"], table["edition"], strict=True))
    dropped = []
    for name, reason in sorted(counts.dropped.items()):
        dropped.append((name, edition_of.get(name, ""), reason))
    is_dropped = table["table"].isin(list(counts.dropped))
    small = table["status"] == "suppressed"
    is_withheld = table["status"] == "withheld"
    merged = [(m.words, "both", "one of them would not be shown alone") for m in counts.merged]
    small_ones = [(what, edition, "below the threshold") for what, edition, _ in rows(small)]
    held = []
    for what, edition, _ in rows(table["is_held"]):
        held.append((what, edition, "too few children joined or left since"))
    lists = [
        ("Breakdowns that are not published", dropped),
        ("Groups that stand merged", merged),
        ("Numbers withheld", rows(is_withheld & ~is_dropped)),
        ("Numbers that are small", small_ones),
        ("Numbers held as they were published before", held),
        *_published_elsewhere(audit or {"editions": {}}),
    ]
    template = _environment().get_template("disclosure.html.j2")
    return template.render(page=page, audit=audit, lists=lists, style=_static("report.css"))


def _published_elsewhere(
    audit: Mapping[str, Any],
) -> list[tuple[str, list[tuple[str, str, str]]]]:
    """What others published gives away, and what of it the extracts do not bear out."""
    given = []
    not_used = set()
    for edition, attacked in audit["editions"].items():
        for number in attacked["given_elsewhere"]:
            given.append((number["target"], edition, f"{number['low']} to {number['high']}"))
        not_used |= {(what, "both", why) for what, why in attacked["not_used"]}
    return [
        ("Numbers that others have given away", given),
        ("Published by others, and not reckoned with", sorted(not_used)),
    ]


def render_hidden_scale(rows: list[dict[str, Any]], page: Page) -> str:
    """The analyst's page of the whole result of the hidden-scale estimate. No edition has it: from
    its lines small counts can be worked out.
    """
    template = _environment().get_template("hidden_scale.html.j2")
    return template.render(page=page, rows=rows, words=WORDS, style=_static("report.css"))


def render_desk(desk: object, page: Page) -> str:
    """The page for whoever approves or publishes a draft. `desk` has gates, supplies, warnings,
    changes, shown, written and unwritten (assets.versions.desk).
    """
    template = _environment().get_template("desk.html.j2")
    return template.render(
        page=page, desk=desk, long_date=_day_in_words, style=_static("report.css")
    )


def _day_in_words(day: str) -> str:
    return long_date(dt.date.fromisoformat(day))


def in_words(ref: str) -> str:
    """A count's reference as an analyst reads it: “at_risk by sex=F, risk_level=low,
    2024-03-01”.
    """
    figure, dims, day = ref.split("|")
    groups = dims.replace(",", ", ")
    if groups:
        return f"{figure} by {groups}, {day}"
    return f"{figure}, {day}"


def render_notice(row: dict[str, object], edition: Edition, area: str) -> str:
    """What stands at the address of a withdrawn version: that it is withdrawn, when, by whom and
    why. `row` is the version's in the index.
    """
    template = _environment().get_template("notice.html.j2")
    return template.render(row=row, edition=edition, area=area, style=_static("report.css"))


def render_comparison(
    versions: tuple[str, str],
    days: tuple[str, str],
    rows: Sequence[Sequence[str]],
    notes: Sequence[str],
    area: str,
) -> str:
    """Two versions beside one another: the first of `rows` has the heads of the columns."""
    template = _environment().get_template("compare.html.j2")
    return template.render(
        versions=versions,
        days=[long_date(dt.date.fromisoformat(day)) for day in days],
        columns=rows[0][1:],
        rows=rows[1:],
        notes=notes,
        area=area,
        style=_static("report.css"),
    )


def marked_as_replaced(html: str, version: str, published_on: str, note: str) -> str:
    """A page of an edition with a line at its top that a later version of the day stands in its
    place. The page itself stays as it was published.
    """
    template = _environment().get_template("replaced.html.j2")
    folder = version.rpartition(".")[2]
    line = template.render(version=version, folder=folder, published_on=published_on, note=note)
    head, body, rest = html.partition("<header>")
    return f"{head}{body}\n{line}{rest}"


def render_index(rows: list[dict[str, object]], edition: Edition, area: str) -> str:
    """The list of an edition's published versions. Each row has version, as_at, is_invented,
    published_on, by, note, folder; superseded_by where a later version of the day is there; and if
    it was withdrawn withdrawn_on, withdrawn_by, reason.
    """
    template = _environment().get_template("index.html.j2")
    return template.render(rows=rows, edition=edition, area=area, style=_static("report.css"))

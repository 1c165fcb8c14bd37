"""From sections to one self-contained HTML file: autoescaped template, script inlined once, no request to anywhere."""

from __future__ import annotations

import base64
import functools
import hashlib
import json
from pathlib import Path

import jinja2
from plotly.offline import get_plotlyjs

from profiles.blocks import Chart, Section
from profiles.contents import CONTENTS
from profiles.disclosure.store import LabelStore
from profiles.edition import Edition
from profiles.page import Page

HERE = Path(__file__).parent


@functools.cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _json(chart: Chart) -> str:
    """A chart as JSON that cannot end the script element it stands in."""
    return json.dumps(chart.spec, sort_keys=True, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026")


def _digest(script: str) -> str:
    return "'sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode() + "'"


def _static(name: str) -> str:
    return (HERE / "static" / name).read_text("utf-8")


def render(labels: LabelStore, page: Page, edition: Edition) -> str:
    """The edition's report as HTML. The same labels, page and edition give the same bytes."""
    allowed = edition.labels(labels)
    sections: list[Section] = [build(allowed, page) for build in CONTENTS]
    plotly, draw = get_plotlyjs(), _static("draw.js")
    # The browser itself refuses any other script and any request.
    policy = f"default-src 'none'; img-src data: blob:; style-src 'unsafe-inline'; script-src {_digest(plotly)} {_digest(draw)}"
    return (
        _environment()
        .get_template("report.html.j2")
        .render(
            page=page,
            edition=edition,
            sections=sections,
            plotly=plotly,
            draw=draw,
            style=_static("report.css"),
            policy=policy,
            chart_json=_json,
        )
    )


def render_index(rows: list[dict[str, object]]) -> str:
    """The list of published versions. Each row has version, as_at, is_invented, published_on, by, note, folder."""
    return (
        _environment()
        .get_template("index.html.j2")
        .render(rows=rows, style=_static("report.css"), editions=("partner", "public"))
    )

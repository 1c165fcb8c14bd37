"""What people write: references, refusals, dates, voices; and nothing that reaches out of the page."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import Refreshed
from planned import REGISTER

from assets.versions.drafts import PublishError
from assets.versions.publish import publish
from pipelines.settings import data_folder
from profiles.disclosure.labels import COLUMNS, LabelStore
from profiles.drawing.commentary import drawn, read

HEAD = "---\nby: Ana\ndate: 2024-03-10\n---\n"
VOICE = "---\nby: Ana\ndate: 2024-03-10\nsource: Listening sessions\ncollected: in January 2024\npeople: {}\n---\nWe were not asked.\n"


def label(
    figure: str,
    text: str,
    status: str = "rounded",
    group_type: str = "all",
    group: str = "all",
    measure: str = "count",
) -> dict[str, object]:
    row: dict[str, object] = dict.fromkeys(COLUMNS, "")
    return row | {
        "figure": figure,
        "measure": measure,
        "group_type": group_type,
        "group": group,
        "label": text,
        "status": status,
        "value": 100.0,
        "lower": None,
        "upper": None,
        "low": None,
        "high": None,
        "period_start": "2024-03-01",
        "period_end": "2024-03-01",
    }


STORE = LabelStore(
    pd.DataFrame(
        [
            label("at_risk", "291", "exact"),
            label("at_risk", "50", group_type="risk_level", group="high"),
            label("at_risk", "17%", group_type="risk_level", group="high", measure="percent"),
            label("exits", "fewer than 8", "suppressed"),
            label("entries", "not shown", "withheld"),
            label("absence", "not available", "refused"),
        ]
    ),
    REGISTER,
)


def given(folder: Path, text: str, name: str = "scale.md") -> tuple[list[str], list[str]]:
    """(HTML or problem of each commentary that was read, problems of those that were not)."""
    (folder / "2024-03-01").mkdir()
    (folder / "2024-03-01" / name).write_text(text, "utf-8")
    found, problems = read(folder, "2024-03-01", ["scale"], 8)
    return [w.problem or w.html for w in (drawn(c, STORE) for c in found)], problems


@pytest.mark.parametrize(
    ("reference", "shown"),
    [
        ('{{ figure("at_risk") }}', "291"),
        ('{{figure("at_risk","risk_level","high")}}', "about 50"),
        ('{{ figure("at_risk", "risk_level", "high", measure="percent") }}', "about 17%"),
        ('{{ figure("exits") }}', "fewer than 8"),
    ],
)
def test_a_figure_is_put_in_as_the_table_has_it(tmp_path: Path, reference: str, shown: str) -> None:
    html, problems = given(tmp_path, f"{HEAD}There were {reference} children.")
    assert problems == []
    assert html == [f"<p>There were {shown} children.</p>\n"]


@pytest.mark.parametrize(
    ("reference", "why"),
    [
        ('{{ figure("at_rsk") }}', "is no figure of this edition"),
        ('{{ figure("at_risk", "risk_level", "higher") }}', "is no figure of this edition"),
        ('{{ figure("entries") }}', "is not shown in this edition"),
        ('{{ figure("absence") }}', "is not shown in this edition"),
        ("{{ figure(open('x')) }}", "cannot be read"),
        ('{{ figure("at_risk", "risk_level") }}', "cannot be read"),
        ('{{ figure("at_risk", colour="red") }}', "cannot be read"),
        ("{{ 7 * 7 }}", "put figures in"),
        ("{{ config }}", "that is no figure"),
        ("{% raw %}", "that is no figure"),
    ],
)
def test_what_cannot_be_put_in_is_an_error(tmp_path: Path, reference: str, why: str) -> None:
    html, problems = given(tmp_path, f"{HEAD}There were {reference} children.")
    assert why in (html or problems)[0]


@pytest.mark.parametrize(
    "typed",
    [
        "There were 291 children.",
        "About 17% of them.",
        "2.5 times as many",
        "On 31 children",
        "1,200",
    ],
)
def test_a_number_typed_by_hand_is_an_error(tmp_path: Path, typed: str) -> None:
    html, problems = given(tmp_path, f"{HEAD}Some words.\n\n{typed}")
    assert html == []
    assert "line 3 of its text has a number that is no date" in problems[0]


@pytest.mark.parametrize(
    "typed", ["On 1 March 2024.", "In 2023 the hub moved.", "As R01 asks.", "1. First\n2. Second"]
)
def test_dates_may_be_typed(tmp_path: Path, typed: str) -> None:
    assert given(tmp_path, f"{HEAD}{typed}")[1] == []


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert()</script>",
        "<img src=x onerror=alert()>",
        "[a](javascript:alert)",
        "![a](https://example.org/a.png)",
        "<https://example.org>",
        "&lt;b&gt;",
    ],
)
def test_nothing_reaches_out_of_the_page(tmp_path: Path, text: str) -> None:
    html, _ = given(tmp_path, f"{HEAD}{text}")
    assert not any(tag in html[0] for tag in ("<script", "<img", "<a ", "<b>"))


def test_emphasis_and_lists_are_kept(tmp_path: Path) -> None:
    html, _ = given(tmp_path, f"{HEAD}*Seen* and **heard**:\n\n- one\n- two")
    assert "<em>Seen</em>" in html[0]
    assert "<strong>heard</strong>" in html[0]
    assert html[0].count("<li>") == 2


@pytest.mark.parametrize(
    ("name", "text", "why"),
    [
        ("scael.md", f"{HEAD}x", "no section of the report has this name"),
        ("scale.txt", f"{HEAD}x", "no section of the report has this name"),
        ("scale.md", "There is no head.", "does not begin with a line of ---"),
        ("scale.md", "---\nby: Ana\n---\nx", "scale.md, line 1: date: it is missing"),
        (
            "scale.md",
            "---\nby: Ana\ndate: last week\n---\nx",
            "scale.md, line 3: date: must be a day, YYYY-MM-DD",
        ),
        ("scale.md", "---\n[\n---\nx", "not valid YAML"),
        ("voices.md", f"{HEAD}x", "voices.md, line 1: source: it is missing"),
        ("voices.md", VOICE.format(7), "fewer than 8 people"),
        ("intelligence.md", VOICE.format("some"), "line 6: people: must be a whole number"),
    ],
)
def test_what_is_wrong_with_a_file_is_said(tmp_path: Path, name: str, text: str, why: str) -> None:
    html, problems = given(tmp_path, text, name)
    assert html == []
    assert problems[0].startswith(f"commentary/2024-03-01/{name}: ")
    assert why in problems[0]


def test_voices_stand_with_where_they_come_from(tmp_path: Path) -> None:
    (tmp_path / "2024-03-01").mkdir()
    (tmp_path / "2024-03-01" / "voices.md").write_text(VOICE.format(14), "utf-8")
    (one,), problems = read(tmp_path, "2024-03-01", ["scale"], 8)
    assert problems == []
    assert (
        drawn(one, STORE).provenance
        == "Listening sessions; collected in January 2024; from 8 people or more."
    )
    assert drawn(one, STORE).marked == "Written by Ana on 10 March 2024."


def test_nothing_is_published_before_it_is_mended(refreshed: Refreshed, tmp_path: Path) -> None:
    home = tmp_path / "var"
    shutil.copytree(refreshed.home, home, ignore=shutil.ignore_patterns("profiles"))
    draft = home / "drafts" / "2024-03-01" / refreshed.draft("2024-03-01").name
    path = draft / "restricted" / "page.json"
    page = json.loads(path.read_text())
    for folder in (path.parent, path):
        folder.chmod(0o700)
    bad = {
        "section": "scale",
        "by": "Ana",
        "date": "2024-03-10",
        "text": '{{ figure("at_rsk") }}',
        "provenance": "",
    }
    path.write_text(
        json.dumps(
            page
            | {"commentary": [bad], "commentary_problems": ["commentary/2024-03-01/age.md: odd."]}
        )
    )
    data = data_folder({"CCE_HOME": str(home)})
    with pytest.raises(PublishError) as error:
        publish(data, draft, "Ana", "a note")
    assert "commentary/2024-03-01/age.md: odd." in str(error.value)
    assert (
        'public edition, commentary/scale.md: figure("at_rsk") is no figure of this edition'
        in str(error.value)
    )
    assert not list(home.glob("profiles/*/v*"))


def test_a_file_that_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "2024-03-01").mkdir()
    (tmp_path / "2024-03-01" / "scale.md").write_bytes(b"\xff\xfe")
    assert "no text in UTF-8" in read(tmp_path, "2024-03-01", ["scale"], 8)[1][0]

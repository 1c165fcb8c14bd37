"""What the samples' pages and the commands say is what is kept: a change of a word, a number or a chart is seen."""

from __future__ import annotations

import difflib

import pytest
from conftest import Refreshed
from saying import HERE, files, page_text


@pytest.fixture(scope="module")
def said(refreshed: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    return files(refreshed.home, tmp_path_factory.mktemp("said"))


@pytest.mark.parametrize("name", ["partner.txt", "public.diff", "commands.txt"])
def test_what_is_said_is_what_is_kept(said: dict[str, str], name: str) -> None:
    kept = (HERE / name).read_text("utf-8").splitlines()
    difference = difflib.unified_diff(
        kept, said[name].splitlines(), "kept", "now", n=0, lineterm=""
    )
    assert [line[:400] for line in difference][:40] == []


def test_every_kind_of_text_is_read() -> None:
    page = """
        <title>T</title><h1>One <b>two</b></h1><script>unread</script><p>Three</p>
        <table><tr><th>A</th><td>5</td></tr></table><svg><title>Six</title><text>7</text></svg>
        <script type="application/json" data-chart="x">{"layout": {"height": 8}}</script>
    """
    assert page_text(page).splitlines() == [
        "T",
        "One two",
        "Three",
        "| A | 5",
        'chart x: {"layout": {"height": 8}}',
        "Six 7",
    ]

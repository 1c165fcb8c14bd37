"""Recommendations rest on findings and figures that exist; what does not is an error in words."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from planned import AREA, REGISTER

from profiles.disclosure.labels import COLUMNS, LabelStore
from profiles.drawing.page import Page
from profiles.drawing.recommendations import (
    RecommendationError,
    check_findings,
    read_recommendations,
    recommendations,
)
from profiles.report.contents import NAMES

GOOD = {
    "id": "R99",
    "text": "Do it.",
    "strand": "Prevent",
    "owner": "Somebody",
    "due": "2025-03-31",
    "state": "not begun",
    "findings": ["scale"],
    "measure": {"figure": "at_risk", "wanted": "lower", "words": "children at risk"},
}


def written(folder: Path, **changes: object) -> Path:
    raw = {k: v for k, v in (GOOD | changes).items() if v is not None}
    text = yaml.safe_dump([raw]).replace("'2025-03-31'", "2025-03-31")
    (folder / "r.yml").write_text(text, "utf-8")
    return folder / "r.yml"


def test_those_of_the_product_rest_on_sections_that_there_are() -> None:
    check_findings(recommendations(AREA), NAMES)
    assert [r.id for r in recommendations(AREA)] == [f"R{n:02d}" for n in range(1, 16)]
    assert {r.strand for r in recommendations(AREA)} == {"Pursue", "Prevent", "Protect", "Prepare"}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"strand": "Punish"}, "r.yml, line [0-9]+: strand: must be one of 'Pursue', 'Prevent'"),
        ({"state": "soon"}, "state: must be one of"),
        ({"due": "soon"}, "due: "),
        ({"without": "not for data"}, "R99: it needs one of `measure`, `told_by` and `without`"),
        ({"measure": None}, "R99: it needs one of"),
        ({"told_by": "somebody", "measure": None}, "told_by: must be one of"),
        ({"owner": None}, "owner: it is missing"),
        ({"owners": "x"}, "“owners” is not known here; did you mean “owner”"),
        (
            {"measure": {"figure": "at_risk", "wanted": "fewer", "words": "x"}},
            "wanted: must be one of 'higher', 'lower' or 'watched'",
        ),
        ({"measure": "at_risk"}, "measure: must be a list of keys"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, changes: dict[str, object], why: str) -> None:
    with pytest.raises(RecommendationError, match=why):
        read_recommendations(written(tmp_path, **changes))


def test_a_finding_that_there_is_not(tmp_path: Path) -> None:
    with pytest.raises(
        RecommendationError, match="R99: it rests on a finding that there is not: skale"
    ):
        check_findings(read_recommendations(written(tmp_path, findings=["skale"])), NAMES)


def test_a_figure_that_there_is_not(tmp_path: Path) -> None:
    (one,) = read_recommendations(written(tmp_path))
    with pytest.raises(
        RecommendationError, match="R99: its measure, at_risk, is no figure of the report"
    ):
        one.label(LabelStore(pd.DataFrame(columns=list(COLUMNS)), REGISTER))


def test_a_file_that_is_none(tmp_path: Path) -> None:
    with pytest.raises(RecommendationError, match="not there"):
        read_recommendations(tmp_path / "r.yml")
    (tmp_path / "r.yml").write_text("a: b", "utf-8")
    with pytest.raises(RecommendationError, match="must be a list"):
        read_recommendations(tmp_path / "r.yml")


def test_it_is_overdue_after_its_day_and_while_it_is_open(tmp_path: Path) -> None:
    (one,) = read_recommendations(written(tmp_path))
    assert not one.is_late(dt.date(2025, 3, 31))
    assert one.is_late(dt.date(2025, 4, 1))
    (done,) = read_recommendations(written(tmp_path, state="done"))
    assert not done.is_late(dt.date(2025, 4, 1))


def test_it_comes_back_from_json_as_it_was(tmp_path: Path) -> None:
    (one,) = read_recommendations(written(tmp_path))
    page = Page("2024-03-01", [], [], [], True, "1", "0", "d", [], {}, recommendations=(one,))
    assert Page.from_dict(json.loads(json.dumps(page.as_dict()))) == page

"""What stands out is chosen by what labels tell: number of children, distance, certainty."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest
from planned import AREA, REGISTER
from telling import CASES, EACH, page, store

from profiles.disclosure.labels import COLUMNS, UNCLEAR, LabelStore
from profiles.sections import key_findings
from profiles.sections.key_findings import SHOWN, Finding, candidates

pytestmark = pytest.mark.xdist_group("sections")
PAGE = page([])


def row(figure: str, measure: str, by: str, label: str, **more: object) -> dict[str, object]:
    """A label as a section is given it: “sex=not M”, “0.73”."""
    kind, _, group = by.partition("=")
    numbers = dict.fromkeys(("low", "high", "lower", "upper"))
    base = dict.fromkeys(COLUMNS, "") | {"value": float("nan")} | numbers
    shown = {"status": "rounded"}
    if label.startswith("fewer than"):
        shown = {"status": "suppressed"}
    elif label[0].isdigit():
        shown |= {"value": float(label.rstrip("%").replace(",", ""))}
    named = {"figure": figure, "measure": measure, "label": label, "period_end": "2024-03-01"}
    groups = {"group_type": kind or "all", "group": group or "all"}
    return base | named | groups | shown | more


def labelled(*rows: dict[str, object]) -> LabelStore:
    """A city's labels with some of one's own in the place of those that it has."""
    table = store(*CASES["sixty children"]).as_table()
    own = pd.DataFrame(rows)
    key = ["figure", "measure", "group_type", "group"]
    mine = pd.MultiIndex.from_frame(own[key])
    plain = table["group2"].eq("") & table["group3"].eq("")
    kept = table[~(pd.MultiIndex.from_frame(table[key]).isin(mine) & plain)]
    return LabelStore(pd.concat([kept, own], ignore_index=True), REGISTER)


def found(labels: LabelStore, section: str) -> list[Finding]:
    return [f for f in candidates(labels, PAGE) if f.section == section]


def girls(ratio: str, lower: float, upper: float, note: str = "") -> list[dict[str, object]]:
    return [
        row("assessed_36_months", "count", "sex=not M", "225"),
        row("assessed_36_months", "ratio", "sex=not M", ratio, lower=lower, upper=upper, note=note),
    ]


def test_a_stage_that_girls_reach_less_often() -> None:
    (finding,) = found(labelled(*girls("0.73", 0.66, 0.81)), "sex")
    assert "assessed as at risk less often than boys, 0.73 times as often (0.66 to 0.81)" in (
        finding.sentence
    )
    # 225 / 0.73 were to be expected, of whom 27% are not there.
    assert finding.weight == pytest.approx(225 / 0.73 * 0.27)


def test_more_often_is_said_as_more() -> None:
    (finding,) = found(labelled(*girls("1.40", 1.20, 1.63)), "sex")
    assert "more often than boys, 1.40 times" in finding.sentence


def test_no_clear_difference_is_no_finding() -> None:
    assert found(labelled(*girls("0.93", 0.80, 1.08, UNCLEAR)), "sex") == []


def agency(sent: str, expected: dict[str, object] | None) -> list[dict[str, object]]:
    rows = [
        row("agency_indicated", "count", "agency=health", "315"),
        row("agency_referred", "count", "agency=health", sent),
        row("agency_indicated", "count", "all=all", "2,500"),
        row("agency_referred", "count", "all=all", "200"),
    ]
    if expected:
        rows.append(row("agency_referred", "expected", "agency=health", "25", **expected))
    else:
        rows.append(row("agency_referred", "expected", "agency=health", "not shown"))
        rows[-1]["status"] = "withheld"
    return rows


def test_a_withheld_number_does_not_blank_a_verdict_that_labels_imply() -> None:
    """315 of 2,500 children at a share of 8% are about 25; the lower limit is above 8."""
    (finding,) = found(labelled(*agency("fewer than 8", None)), "referrals")
    assert "fewer than 8 of about 315 children" in finding.sentence
    assert "clearly more would be expected" in finding.sentence


def test_an_agency_within_the_limits_is_no_finding() -> None:
    as_expected = {"lower": 15.0, "upper": 35.0, "note": ""}
    assert found(labelled(*agency("20", as_expected)), "referrals") == []
    few = {"lower": 15.0, "upper": 35.0, "note": "fewer than expected"}
    (finding,) = found(labelled(*agency("10", few)), "referrals")
    assert "about 25 would be expected (15 to 35)" in finding.sentence


def test_the_strongest_are_shown_at_most_one_of_a_section(monkeypatch: pytest.MonkeyPatch) -> None:
    weak = Finding("risk", "H", "Weak.", "M", 10, 0.1)
    strong = dataclasses.replace(weak, sentence="Strong.", children=100, distance=0.5)
    unsure = dataclasses.replace(strong, section="place", sentence="Unsure.", is_clear=False)
    others = [dataclasses.replace(weak, section=f"s{n}", children=n) for n in range(20, 40)]
    monkeypatch.setattr(
        key_findings, "QUESTIONS", (lambda _labels, _page: iter([weak, strong, unsure, *others]),)
    )
    section = key_findings.build(labelled(*girls("1.00", 0.9, 1.1, UNCLEAR)), PAGE)
    said = [block.sentences[0] for block in section.blocks]
    assert said[:2] == ["Strong.", "Unsure."]
    assert len(said) == SHOWN
    assert [block.link[0] for block in section.blocks if block.link][2] == "s39"


@pytest.mark.parametrize("case", EACH)
def test_whatever_comes_each_finding_names_a_section_and_a_number(case: str) -> None:
    for finding in candidates(store(*CASES[case]), PAGE):
        assert finding.weight >= 0
        assert any(c.isdigit() for c in finding.sentence)


def of_ward(
    number: int, children: str, rate: str, lower: float, upper: float
) -> list[dict[str, object]]:
    ward = f"ward={list(AREA.wards)[number]}"
    figure = "ever_at_risk_48_months"
    return [
        row(figure, "count", ward, children),
        row(figure, "rate", ward, rate, lower=lower, upper=upper),
    ]


def test_a_ward_stands_out_where_its_whole_interval_lies_above_the_area() -> None:
    """95 at 260, 25 at 390 and 200 at 100: 320 of 10,000 × (95/260 + 25/390 + 200/100), a rate of 132."""
    names = [AREA.wards[code].name for code in list(AREA.wards)[:4]]
    labels = labelled(
        *of_ward(0, "95", "260", 210.0, 320.0),
        *of_ward(1, "25", "390", 250.0, 570.0),
        *of_ward(2, "200", "100", 87.0, 115.0),
        # Far above, but by chance as well.
        *of_ward(3, "10", "200", 96.0, 370.0),
    )
    by_name = {f.sentence.partition(":")[0]: f for f in found(labels, "place")}
    assert set(by_name) == set(names[:2])
    first = by_name[names[0]]
    assert "260 of every 10,000 residents aged 10–17" in first.sentence
    assert f"Rates are higher in {names[1]}, of fewer children." in first.meaning
    assert "higher" not in by_name[names[1]].meaning
    rate = 10_000 * 330 / (10_000 * (95 / 260 + 25 / 390 + 200 / 100 + 10 / 200))
    assert first.weight == pytest.approx(95 * (1 - rate / 260))

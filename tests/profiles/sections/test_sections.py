"""Every section says something true whatever the data carries: nothing, few children, many, agencies missing."""

from __future__ import annotations

import re

import pytest
from telling import CASES, EACH, page, store

from expectations.contract import agencies
from profiles.disclosure.labels import UNTOLD, LabelStore
from profiles.drawing.blocks import Section
from profiles.drawing.edition import EDITIONS
from profiles.report.contents import CONTENTS, NAMES
from profiles.report.render import render
from profiles.sections import ethnicity

# One worker has them all, so that each city is counted once.
pytestmark = pytest.mark.xdist_group("sections")


def text_of(section: Section) -> str:
    parts = [section.answer]
    for block in section.blocks:
        parts += [
            block.heading,
            *block.sentences,
            *block.notes,
            *([block.chart.alt] if block.chart else []),
        ]
        parts += [cell.text for t in block.tables for row in t.rows for cell in row]
    return "\n".join(parts)


@pytest.mark.parametrize("case", EACH)
def test_every_section_speaks_whatever_comes(case: str) -> None:
    children, spans = CASES[case]
    labels, told = store(children, spans), page([a for a in agencies() if a not in spans])
    for build in CONTENTS:
        section = build(labels, told)
        text = text_of(section)
        assert section.answer
        assert UNTOLD not in text
        broken = r"[Nn]ot shown (children|of the|were|had)|told at present\. ?\.|not shown (boys|girls|in every)|^None$|\bnan\b|(refused|not available) (children|of)|: \."
        assert not re.search(broken, text, re.MULTILINE), text
    for edition in EDITIONS:
        html = render(labels, told, edition)
        assert "</html>" in html
        addresses = set(re.findall(r' id="([^"]+)"', html))
        assert set(re.findall(r'href="#([^"]+)"', html)) <= addresses
        assert len(addresses) == len(re.findall(r' id="[^"]+"', html))


def _status(labels: LabelStore, *key: str) -> str:
    return labels.get(*key).status


def test_a_table_that_was_not_supplied_is_not_counted_as_zero() -> None:
    labels = store(*CASES["no assessment factors"])
    assert (
        _status(labels, "known_by_definition", "count", "definition", "assessment factor 24A")
        == "refused"
    )
    assert (
        _status(labels, "known_by_definition", "count", "definition", "any of these") == "refused"
    )
    assert (
        _status(labels, "known_by_definition", "count", "definition", "police marker") == "withheld"
    )


def test_days_before_the_period_begins_are_refused() -> None:
    labels = store(*CASES["short history"])
    assert _status(labels, "at_risk") == "rounded"
    assert _status(labels, "ever_at_risk_48_months") == "refused"
    assert _status(labels, "ever_at_risk_12_months") == "rounded"
    series = {x.period_end: x.status for x in labels.series("at_risk")}
    assert series["2022-12-31"] == "refused"
    assert series["2023-01-31"] == "rounded"


def test_days_after_the_period_ends_are_refused() -> None:
    labels = store(*CASES["old supply"])
    assert _status(labels, "at_risk") == "refused"
    assert {x.period_end: x.status for x in labels.series("at_risk")}["2024-01-31"] == "rounded"


def test_a_series_with_hidden_months_does_not_claim_a_lowest_number() -> None:
    text = text_of(CONTENTS[NAMES.index("scale")](store(*CASES["sixty children"]), page([])))
    assert "between fewer than 8 and about 60" in text
    assert "lowest fewer than 8" in text


def test_every_figure_of_a_profile_is_declared_and_explained() -> None:
    section = CONTENTS[NAMES.index("methods")](store(*CASES["sixty children"]), page([]))
    (table,) = next(b for b in section.blocks if b.heading == "What each figure counts").tables
    explained = [row[3].text for row in table.rows]
    shown = set(store(*CASES["sixty children"]).as_table()["figure"])
    assert len(explained) == len(set(explained))
    # The drawn tables came through no supply, so none of their rows was received, and no agency told
    # of a change of recording.
    assert set(explained) - {"rows_received", "recording_changes"} == shown
    assert all(row[1].text and row[2].text for row in table.rows)


def test_a_section_without_its_extract_says_what_it_would_tell() -> None:
    labels, told = store(*CASES["without the Trust"]), page(["trust", "health", "education"])
    silent = {
        "summary",
        "about",
        "key_findings",
        "asked",
        "outlook",
        "quality",
        "comparators",
        "recommendations",
        "methods",
        "notice",
        "offences",
    }
    for build in CONTENTS:
        section = build(labels, told)
        if section.name not in silent:
            assert "no accepted supply" in section.answer or "not supplied" in section.answer, (
                section.name
            )
            assert "It would show" in section.answer, section.name


@pytest.mark.long
def test_rates_by_ethnic_group_once_residents_are_counted() -> None:
    before = {
        b.heading: b for b in ethnicity.build(store(*CASES["a hundred and fifty"]), page([])).blocks
    }
    assert "only indicative" in before["Rates by ethnic group"].sentences[0]
    assert not before["Rates by ethnic group"].tables
    counted = "update ref_population set quality = 'published', source = 'ONS RM032, 2023' where ethnicity is not null"
    after = {
        b.heading: b
        for b in ethnicity.build(store(*CASES["a hundred and fifty"], counted), page([])).blocks
    }
    block = after["Rates by ethnic group"]
    assert len(block.tables[0].rows) == 5
    assert any(row[2].text[:1].isdigit() for row in block.tables[0].rows)
    assert all("only indicative" not in s for s in block.sentences)

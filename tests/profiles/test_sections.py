"""Every section says something true whatever the data carries: nothing, few children, many, agencies missing."""

from __future__ import annotations

import datetime as dt
import re

import pandas as pd
import pytest
from drawing import assessments, episodes, people, warehouse

from assets.models import folder_models
from assets.warehouse import all_counts, sightings, wards
from expectations.contract import agencies, contracts
from profiles.blocks import Section
from profiles.areas import verdict_rows
from profiles.contents import CONTENTS, NAMES
from profiles.disclosure.counts import label_counts
from profiles.disclosure.plan import default_plan
from profiles.disclosure.rule import Rule
from profiles.disclosure.shares import label_store
from profiles.disclosure.store import LabelStore
from profiles.edition import EDITIONS
from profiles.figures import Coverage, exact_figures
from profiles.hidden_scale import Seen, estimate_rows, verdict
from profiles.page import Page, Source
from profiles.render import render
from profiles.sections.methods import register

DAY = dt.date(2024, 3, 1)
FULL = (dt.date(2019, 4, 1), dt.date(2024, 3, 31))


def city(children: int) -> dict[str, str]:
    n = range(1, children + 1)
    return {
        "trust__people": people(
            *(
                f"{i} 2008-{i % 12 + 1:02d} {'MF'[i % 3 == 0]} {('WBRI', 'APKN', 'BCRB')[i % 3]} E0501{1118 + i % 5}"
                for i in n
            )
        ),
        "trust__hub_episodes": episodes(*(f"EP{i} T{i} 2023-01-01 -" for i in n)),
        "trust__risk_assessments": assessments(*(f"EP{i} 2023-01-05 {('low', 'low', 'high')[i % 3]}" for i in n)),
    }


def store(children: int, spans: dict[str, tuple[dt.date, dt.date] | None]) -> LabelStore:
    con = warehouse(DAY.isoformat(), **(city(children) if children else {}))
    counts = all_counts(con, [m.name for m in folder_models("profile")])
    coverage = []
    for source in [*agencies(), *contracts()]:
        span = spans.get(source, spans.get(source.split("__")[0]))
        coverage.append(Coverage(source, source, *(span or (None, None))))
    table = exact_figures(counts, DAY, coverage)
    said = [estimate_rows(verdict(Seen.of(sightings(con))), table, DAY), verdict_rows(*wards(con), table, DAY)]
    table = pd.concat([table, *said], ignore_index=True)
    return label_store(label_counts(table, Rule(), default_plan()), Rule())


def page(missing: list[str]) -> Page:
    sources = [
        Source(a.key, a.name, None, "0" * 64, "2024-04-05T06:00", "2019-04-01", "2024-03-31")
        for a in agencies().values()
        if a.key not in missing
    ]
    return Page("2024-03-01", sources, missing, [], True, "0.1.0", "0" * 64, "abc", Rule().words(), Rule().notes())


CASES: dict[str, tuple[int, dict[str, tuple[dt.date, dt.date] | None]]] = {
    "nobody": (0, dict.fromkeys(agencies(), FULL)),
    "three children": (3, dict.fromkeys(agencies(), FULL)),
    "sixty children": (60, dict.fromkeys(agencies(), FULL)),
    "a hundred and fifty": (150, dict.fromkeys(agencies(), FULL)),
    "without the Trust": (0, {"police": FULL}),
    "the Trust alone": (60, {"trust": FULL}),
    "short history": (60, dict.fromkeys(agencies(), (dt.date(2023, 1, 1), dt.date(2024, 3, 31)))),
    "old supply": (60, dict.fromkeys(agencies(), (dt.date(2019, 4, 1), dt.date(2024, 1, 31)))),
    "no assessment factors": (60, dict.fromkeys(agencies(), FULL) | {"trust__assessment_factors": None}),
}


def text_of(section: Section) -> str:
    parts = [section.answer]
    for block in section.blocks:
        parts += [block.heading, *block.sentences, *block.notes, *([block.chart.alt] if block.chart else [])]
        parts += [cell.text for t in block.tables for row in t.rows for cell in row]
    return "\n".join(parts)


@pytest.mark.parametrize("case", CASES, ids=list(CASES))
def test_every_section_speaks_whatever_comes(case: str) -> None:
    children, spans = CASES[case]
    labels, told = store(children, spans), page([a for a in agencies() if a not in spans])
    for build in CONTENTS:
        section = build(labels, told)
        text = text_of(section)
        assert section.answer
        broken = r"told at present\. ?\.|not shown (boys|girls|in every)|^None$|\bnan\b|refused (children|of)|: \."
        assert not re.search(broken, text, re.MULTILINE), text
    for edition in EDITIONS:
        assert "</html>" in render(labels, told, edition)


def _status(labels: LabelStore, *key: str) -> str:
    return labels.get(*key).status


def test_a_table_that_was_not_supplied_is_not_counted_as_nought() -> None:
    labels = store(*CASES["no assessment factors"])
    assert _status(labels, "known_by_definition", "count", "definition", "assessment factor 24A") == "refused"
    assert _status(labels, "known_by_definition", "count", "definition", "any of these") == "refused"
    assert _status(labels, "known_by_definition", "count", "definition", "police marker") == "withheld"


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


def test_every_figure_has_its_entry_in_methods() -> None:
    named = [f for r in register() for f in r["figures"]]
    shown = set(store(*CASES["sixty children"]).as_table()["figure"])
    assert len(named) == len(set(named))
    # The drawn tables came through no supply, so none of their rows was received.
    assert set(named) - {"rows_received"} == shown


def test_a_section_without_its_extract_says_what_it_would_tell() -> None:
    labels, told = store(*CASES["without the Trust"]), page(["trust", "health", "education"])
    silent = {
        "summary",
        "about",
        "key_findings",
        "outlook",
        "quality",
        "comparators",
        "recommendations",
        "methods",
        "offences",
    }
    for build in CONTENTS:
        section = build(labels, told)
        if section.name not in silent:
            assert "no accepted supply" in section.answer or "not supplied" in section.answer, section.name
            assert "It would tell" in section.answer, section.name

"""Labels of small invented cities: what a section is handed when there is nobody, few, many, or an agency missing."""

from __future__ import annotations

import datetime as dt
import functools
from typing import Any, NamedTuple

import pandas as pd
import pytest
from drawing import assessments, episodes, people, warehouse
from planned import AREA, PLAN, REGISTER

from assets.store.counting import count
from assets.store.sql_models import folder_models
from assets.store.warehouse import run_model, sightings, wards
from expectations.contract import agencies, contracts
from profiles.disclosure.counts import label_counts
from profiles.disclosure.labels import LabelStore
from profiles.disclosure.rule import Rule
from profiles.disclosure.shares import label_store
from profiles.drawing.page import Page, Source
from profiles.figures.counting import declared_rows
from profiles.figures.exact import Coverage, exact_figures
from profiles.figures.hidden_scale import Seen, estimate_rows, for_readers
from profiles.figures.verdicts import verdict_rows

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
        "trust__risk_assessments": assessments(
            *(f"EP{i} 2023-01-05 {('low', 'low', 'high')[i % 3]}" for i in n)
        ),
    }


class Counted(NamedTuple):
    """What is counted of an invented city, before it is known which extracts tell of which days."""

    counts: pd.DataFrame
    sightings: list[tuple[Any, ...]]
    wards: tuple[pd.DataFrame, list[tuple[str, str]]]


@functools.cache
def counted(children: int, change: str) -> Counted:
    """Counting takes seconds; which extracts there are changes nothing of it."""
    con = warehouse(DAY.isoformat(), **(city(children) if children else {}))
    if change:
        con.execute(change)
        for m in (
            m
            for m in [*folder_models("joined"), *folder_models("profile")]
            if m.name == "core_residents" or m.name.startswith("out_")
        ):
            run_model(con, m.name, m.sql)
    models = [m.name for m in folder_models("profile")]
    con.need(*models)
    counts = declared_rows(REGISTER, count(con, REGISTER, models))
    return Counted(counts, sightings(con), wards(con))


def store(
    children: int, spans: dict[str, tuple[dt.date, dt.date] | None], change: str = ""
) -> LabelStore:
    """`change` is SQL on the reference tables, after which what is published is worked out again."""
    return _store(children, tuple(spans.items()), change)


@functools.cache
def _store(
    children: int, spans: tuple[tuple[str, tuple[dt.date, dt.date] | None], ...], change: str
) -> LabelStore:
    """Many tests ask for the same cities, and labelling one takes seconds."""
    city_counted = counted(children, change)
    spans_by_source = dict(spans)
    coverage = []
    for source in [*agencies(), *contracts()]:
        span = spans_by_source.get(source, spans_by_source.get(source.split("__")[0]))
        coverage.append(Coverage(source, source, *(span or (None, None))))
    table = exact_figures(city_counted.counts, DAY, coverage, AREA.code)
    said = [
        estimate_rows(
            for_readers(Seen.of(city_counted.sightings), PLAN.policy.rule.alike),
            table,
            DAY,
            REGISTER,
        ),
        verdict_rows(*city_counted.wards, table, DAY, REGISTER, PLAN.policy.rule.alike),
    ]
    table = pd.concat([table, *said], ignore_index=True)
    return label_store(label_counts(table, PLAN), PLAN)


def page(missing: list[str]) -> Page:
    sources = [
        Source(a.key, a.name, None, "0" * 64, "2024-04-05T06:00", "2019-04-01", "2024-03-31")
        for a in agencies().values()
        if a.key not in missing
    ]
    return Page(
        "2024-03-01",
        sources,
        missing,
        [],
        True,
        "0.1.0",
        "0" * 64,
        "abc",
        Rule().words(),
        Rule().notes(),
    )


CASES: dict[str, tuple[int, dict[str, tuple[dt.date, dt.date] | None]]] = {
    "nobody": (0, dict.fromkeys(agencies(), FULL)),
    "three children": (3, dict.fromkeys(agencies(), FULL)),
    "sixty children": (60, dict.fromkeys(agencies(), FULL)),
    "a hundred and fifty": (150, dict.fromkeys(agencies(), FULL)),
    "without the Trust": (0, {"police": FULL}),
    "the Trust alone": (60, {"trust": FULL}),
    "short history": (60, dict.fromkeys(agencies(), (dt.date(2023, 1, 1), dt.date(2024, 3, 31)))),
    "old supply": (60, dict.fromkeys(agencies(), (dt.date(2019, 4, 1), dt.date(2024, 1, 31)))),
    "no assessment factors": (
        60,
        dict.fromkeys(agencies(), FULL) | {"trust__assessment_factors": None},
    ),
}

# Two worlds are drawn each time, all of them in the long tests.
ALWAYS = ("nobody", "the Trust alone")
EACH = [pytest.param(c, marks=() if c in ALWAYS else pytest.mark.long) for c in CASES]

"""The main test that nothing leaks: two exact data sets with equal labels give byte-identical editions."""

from __future__ import annotations

import datetime as dt
import json
import random
import re
import shutil
from pathlib import Path

import duckdb
import pandas as pd
import pytest
from conftest import Refreshed
from planned import AREA, PLAN, REGISTER

from assets.store.counting import count, section_of
from assets.store.sql_models import folder_models
from assets.store.warehouse import run_model, set_as_at, sightings, wards
from assets.versions.drafts import read_exact, read_members
from expectations.contract import agencies, contracts
from profiles.disclosure.audit import protect
from profiles.disclosure.counts import Held, label_counts
from profiles.disclosure.ledger import Ledger, held
from profiles.disclosure.plan import default_plan
from profiles.disclosure.shares import label_store
from profiles.drawing.edition import EDITIONS
from profiles.drawing.page import Page
from profiles.figures.counting import declared_rows
from profiles.figures.exact import Coverage, exact_figures
from profiles.figures.hidden_scale import Seen, estimate_rows, for_readers
from profiles.figures.verdicts import verdict_rows
from profiles.report.downloads import figures_csv
from profiles.report.render import render

DAY = dt.date(2024, 3, 1)
COLUMNS = ("risk_level", "ethnicity", "plan", "age", "ward_code, locality", "sex")


@pytest.fixture
def warehouse(refreshed: Refreshed, tmp_path: Path) -> duckdb.DuckDBPyConnection:
    path = tmp_path / "warehouse.duckdb"
    shutil.copy(refreshed.draft("2024-03-01") / "restricted" / "warehouse.duckdb", path)
    path.chmod(0o600)
    con = duckdb.connect(str(path))
    set_as_at(con, DAY)
    return con


def figures(con: duckdb.DuckDBPyConnection, touched: str = "") -> pd.DataFrame:
    """The exact figures of the children as they now stand in the warehouse; or only those of sections that read such tables."""
    models = folder_models("profile")
    sections = {section_of(m.name) for m in models if re.search(touched, m.sql)}
    out = [m for m in models if section_of(m.name) in sections]
    for m in out:
        run_model(con, m.name, m.sql)
    only = [f.key for f in REGISTER.figures.values() if f.section in sections]
    coverage = [
        Coverage(s, s, dt.date(2019, 4, 1), dt.date(2024, 3, 31))
        for s in (*agencies(), *contracts())
    ]
    counted = count(con, REGISTER, [m.name for m in out], only)
    return exact_figures(declared_rows(REGISTER, counted, only), DAY, coverage, AREA.code)


def with_verdict(con: duckdb.DuckDBPyConnection, table: pd.DataFrame) -> pd.DataFrame:
    """With what models say: the swaps touch nobody's sightings."""
    said = [
        estimate_rows(
            for_readers(Seen.of(sightings(con)), PLAN.policy.rule.alike), table, DAY, REGISTER
        ),
        verdict_rows(*wards(con), table, DAY, REGISTER, PLAN.policy.rule.alike),
    ]
    return pd.concat([table, *said], ignore_index=True)


TOUCHED = "core_cohort|core_cohort_days|core_ever_at_risk"


def labels(exact: pd.DataFrame) -> pd.DataFrame:
    return label_counts(exact, PLAN).table.set_index("ref")["label"]


def swapped(con: duckdb.DuckDBPyConnection, wanted: int) -> pd.DataFrame:
    """Children at risk swap what describes them, and wards lose and gain one, as long as no label changes."""
    rng = random.Random(3)
    first = labels(figures(con, TOUCHED))
    done = 0
    for _ in range(150):
        column = rng.choice(COLUMNS)
        ids = [
            i
            for (i,) in con.execute(
                "select person_id from core_cohort order by person_id"
            ).fetchall()
        ]
        one, other = rng.sample(ids, 2)
        con.execute("create or replace temp table kept as from core_cohort")
        con.execute("create or replace temp table kept_days as from core_cohort_days")
        con.execute("create or replace temp table kept_ever as from core_ever_at_risk")
        sets = ", ".join(f"{c} = o.{c}" for c in column.split(", "))
        con.execute(
            f"update core_cohort set {sets} from kept as o where (core_cohort.person_id, o.person_id) in ((?, ?), (?, ?))",
            [one, other, other, one],
        )
        con.execute(
            f"update core_cohort_days set {sets} from kept_days as o where core_cohort_days.day = ? and o.day = ? "
            "and (core_cohort_days.person_id, o.person_id) in ((?, ?), (?, ?))",
            [DAY, DAY, one, other, other, one],
        )
        # Two children who were at risk swap wards of one locality with none: counts of four wards move by one.
        everyone = [
            i
            for (i,) in con.execute(
                "select person_id from core_ever_at_risk where ward_code is not null order by 1"
            ).fetchall()
        ]
        codes = [w for (w,) in con.execute("select ward_code from ref_wards order by 1").fetchall()]
        con.execute(
            "update core_ever_at_risk set ward_code = ? where person_id = ?",
            [rng.choice(codes), rng.choice(everyone)],
        )
        if labels(figures(con, TOUCHED)).equals(first):
            done += 1
        else:
            con.execute("create or replace table core_cohort as from kept")
            con.execute("create or replace table core_cohort_days as from kept_days")
            con.execute("create or replace table core_ever_at_risk as from kept_ever")
        if done == wanted:
            break
    return figures(con)


def held_points(refreshed: Refreshed, ledger: Ledger) -> dict[str, Held]:
    """The labels that the first version's points of series keep."""
    warehouse = refreshed.version / "restricted" / "warehouse.duckdb"
    raw = label_counts(read_exact(warehouse), PLAN)
    members = {
        ref: ledger.hashed(children) for ref, children in read_members(warehouse, raw).items()
    }
    rule = PLAN.policy.rule
    return held(ledger.of_points_before(raw, members, {}, rule.hold), rule)


@pytest.mark.long
def test_equal_labels_give_the_same_bytes(
    refreshed: Refreshed, warehouse: duckdb.DuckDBPyConnection
) -> None:
    page = Page.from_dict(
        json.loads((refreshed.draft("2024-03-01") / "restricted" / "page.json").read_text())
    )
    one = figures(warehouse)
    other = swapped(warehouse, 7)
    counts = one[one["measure"] == "count"].merge(
        other[other["measure"] == "count"],
        on=["figure", "group_type", "group", "group2", "group3", "period_end"],
    )
    assert int((counts["numerator_x"] != counts["numerator_y"]).sum()) >= 8
    # What was withheld when the first of them was published; what would be for the second is sought anew.
    withheld = json.loads((refreshed.version / "restricted" / "audit.json").read_text())["withheld"]
    # Points of series held beside the point before them, by who was counted: the same for both.
    ledger = Ledger(refreshed.home / "ledger", until="")
    points = held_points(refreshed, ledger)
    assert len(points) > 100
    first = label_counts(with_verdict(warehouse, one), PLAN, points, withheld)
    # As it is published: beside what the council has published of the samples.
    second = protect(with_verdict(warehouse, other), default_plan(), points, lot=ledger.lot)
    assert list(second.withheld) == withheld
    assert first.dropped == second.counts.dropped
    stores = [label_store(counts, PLAN) for counts in (first, second.counts)]
    for edition in EDITIONS:
        drawn = [(render(s, page, edition), figures_csv(edition.labels(s))) for s in stores]
        assert drawn[0] == drawn[1], edition.name

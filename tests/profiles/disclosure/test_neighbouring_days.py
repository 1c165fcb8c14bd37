"""Two days of the samples, one after the other: nothing is said of the few who joined or left between them."""

from __future__ import annotations

import datetime as dt
import itertools
import shutil
from collections.abc import Mapping
from pathlib import Path

import duckdb
import pytest
from conftest import Refreshed
from invented import DAY, Child, exact_of, members_of
from planned import PLAN

from profiles.disclosure import ledger as ledgers
from profiles.disclosure.counts import Counts, Held, label_counts
from profiles.disclosure.ledger import Ledger
from profiles.disclosure.plan import PARTNER, PUBLIC

RULE = PLAN.policy.rule
COHORT = Path(__file__).parents[3] / "sql" / "joined" / "core_cohort_days.sql"
DIMENSIONS = ("risk_level", "sex")


def at_risk_on(con: duckdb.DuckDBPyConnection, day: dt.date) -> list[Child]:
    con.execute("set variable as_at = ?", [day])
    rows = con.execute(
        f"select person_id, risk_level, sex from ({COHORT.read_text('utf-8')}) where day = as_at()"
    ).fetchall()
    return [{"id": str(person), "risk_level": level, "sex": sex} for person, level, sex in rows]


@pytest.mark.long
def test_every_pair_of_neighbouring_days_of_two_years(refreshed: Refreshed, tmp_path: Path) -> None:
    """The second day is refused where fewer than eight moved in all. And if it were not, the label of each count that
    one to seven joined or left would be the first day's."""
    warehouse = refreshed.draft(DAY) / "restricted" / "warehouse.duckdb"
    last = dt.date.fromisoformat(DAY)
    moved_little = held = refused = 0
    with duckdb.connect(str(warehouse), read_only=True) as con:
        days = [last - dt.timedelta(days=n) for n in range(731, -1, -1)]
        children = {day: at_risk_on(con, day) for day in days}
    assert 200 < len(children[last]) < 400
    key = Ledger(tmp_path / "key").folder / "key"
    raw, who = counted(Ledger(key.parent), children[days[0]], days[0])
    for before, after in itertools.pairwise(days):
        first, who_first = raw, who
        folder = tmp_path / before.isoformat()
        folder.mkdir()
        shutil.copy(key, folder)
        about = {"version": f"{before}.v1", "draft": "d", "at": "t"}
        Ledger(folder).record(first, who_first, [PARTNER, PUBLIC], RULE, about)
        ledger = Ledger(folder)
        raw, who = counted(ledger, children[after], after)
        near = ledger.of_other_days(raw.known, who, RULE.hold)
        second, _ = counted(ledger, children[after], after, ledgers.held(near, RULE))
        total = f"at_risk||{after}"
        nearest = ledger.most_alike_day(total, who[total])
        assert nearest is not None
        moved_in_all = len(who[total] ^ who_first[f"at_risk||{before}"])
        assert nearest == (before.isoformat(), moved_in_all)
        refused += moved_in_all < RULE.hold
        shown_first = dict(zip(first.table["ref"], first.table["label"], strict=True))
        for ref, label in zip(second.table["ref"], second.table["label"], strict=True):
            earlier = ref.replace(after.isoformat(), before.isoformat())
            moved = len(who[ref] ^ who_first[earlier])
            is_told_before = shown_first[earlier] != "not shown"
            if ref != total and 0 < moved < RULE.hold and is_told_before:
                moved_little += 1
                held += label in (shown_first[earlier], "not shown")
    assert held == moved_little
    assert moved_little > 2000
    assert refused > 600


def counted(
    ledger: Ledger, children: list[Child], day: dt.date, held: Mapping[str, Held] | None = None
) -> tuple[Counts, dict[str, set[str]]]:
    text = day.isoformat()
    figures = exact_of(children, DIMENSIONS).assign(
        profile=text, period_start=text, period_end=text
    )
    counts = label_counts(figures, PLAN, held)
    members = {}
    for ref, ids in members_of(children, counts, DIMENSIONS, text).items():
        members[ref] = ledger.hashed(ids)
    return counts, members

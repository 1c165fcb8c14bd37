"""Dates too near one another are not published, and why is said."""

from __future__ import annotations

import dataclasses
import datetime as dt
from pathlib import Path

import pytest
from invented import DAY, Child, city, exact_of, members_of
from planned import PLAN

from assets.versions.drafts import PublishError
from assets.versions.protection import _Beside, _refuse_near_total, refuse_near_date
from profiles.areas.published import PublishedEntry
from profiles.disclosure.counts import label_counts
from profiles.disclosure.ledger import Ledger

RULE = PLAN.policy.rule


def beside(
    folder: Path, day: str, days: list[str], published: tuple[PublishedEntry, ...] = ()
) -> _Beside:
    """A draft of a day beside a ledger that has these days, and what others have published."""
    figures = exact_of([], ("sex",))
    # What others have published is tried apart.
    plan = dataclasses.replace(PLAN, published=published)
    raw = label_counts(figures, PLAN)
    for number, other in enumerate(days, start=1):
        about = {"version": f"{other}.v{number}", "draft": "d", "at": "t"}
        Ledger(folder).record(raw, {}, ["public"], RULE, about)
    return _Beside(
        figures, raw, dt.date.fromisoformat(day), Ledger(folder), {}, {}, {}, "", "", plan
    )


def near(draft: _Beside) -> None:
    refuse_near_date(draft.as_at, draft.plan, draft.ledger, RULE.days_apart)


@pytest.mark.parametrize(
    ("day", "published", "words"),
    [
        ("2024-03-11", ["2024-03-10"], "11 March 2024 is less than 28 days from 10 March 2024"),
        ("2024-03-09", ["2024-03-10"], "From 7 April 2024 on a date can be published"),
        ("2024-04-06", ["2024-03-10", "2024-05-01"], "10 March 2024 and 1 May 2024"),
    ],
)
def test_a_date_near_another_is_refused(
    tmp_path: Path, day: str, published: list[str], words: str
) -> None:
    with pytest.raises(PublishError, match=words):
        near(beside(tmp_path, day, published))


@pytest.mark.parametrize("day", ["2024-03-10", "2024-04-07", "2024-02-11"])
def test_the_same_date_again_and_dates_apart_are_not(tmp_path: Path, day: str) -> None:
    near(beside(tmp_path, day, ["2024-03-10"]))


@pytest.mark.parametrize(
    ("day", "refused"),
    [
        ("2024-02-29", True),
        ("2024-03-28", True),
        ("2024-03-29", False),
        ("2024-02-02", False),
        ("2024-03-01", False),
    ],
)
def test_a_date_near_one_of_which_others_have_published_is_refused(
    tmp_path: Path, day: str, refused: bool
) -> None:
    """On 29 February 2024 whoever the council counted on 1 March was there as good as surely."""
    theirs = PublishedEntry(
        as_at=dt.date(2024, 3, 1), figure="at_risk", value="291", source="The council"
    )
    draft = beside(tmp_path, day, [], (theirs,))
    if not refused:
        near(draft)
        return
    with pytest.raises(PublishError, match="1 March 2024, of which others have published"):
        near(draft)


def published_and_next(folder: Path, before: list[Child], after: list[Child]) -> _Beside:
    """A draft of 1 April beside a ledger that has 1 March."""
    ledger = Ledger(folder)
    first = label_counts(exact_of(before, ("sex",)), PLAN)
    members = members_of(before, first, ("sex",))
    hashed = {ref: ledger.hashed(ids) for ref, ids in members.items()}
    about = {"version": f"{DAY}.v1", "draft": "d", "at": "t"}
    ledger.record(first, hashed, ["public"], RULE, about)
    day = "2024-04-01"
    figures = exact_of(after, ("sex",)).assign(profile=day, period_start=day, period_end=day)
    raw = label_counts(figures, PLAN)
    now = {
        ref.replace(DAY, day): ledger.hashed(ids)
        for ref, ids in members_of(after, raw, ("sex",)).items()
    }
    return _Beside(figures, raw, dt.date(2024, 4, 1), Ledger(folder), now, {}, {}, "", "", PLAN)


@pytest.mark.parametrize(("left", "joined", "refused"), [(3, 4, True), (4, 4, False), (0, 7, True)])
def test_a_total_from_which_few_joined_or_left_is_refused(
    tmp_path: Path, left: int, joined: int, refused: bool
) -> None:
    before = city(240)
    new = [c | {"id": f"new{i}"} for i, c in enumerate(city(joined, seed=9))]
    draft = published_and_next(tmp_path, before, before[left:] + new)
    if not refused:
        _refuse_near_total(draft, RULE)
        return
    with pytest.raises(
        PublishError, match="fewer than 8 children joined or left in all since 1 March"
    ):
        _refuse_near_total(draft, RULE)

"""Where the same inputs made a draft before it is found by its name: that of what had arrived by the day that is asked for."""

from __future__ import annotations

import datetime as dt

import pytest

from assets.store import months, supply_store
from assets.store.folder import DataFolder
from assets.versions import dates_apart, pages
from pipelines.cli import refresh

AS_AT, KNOWN_AT = dt.date(2024, 3, 1), dt.date(2024, 4, 5)


@pytest.mark.parametrize("known_at", [None, KNOWN_AT])
def test_the_draft_that_is_found_is_of_what_had_arrived_by_then(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch, known_at: dt.date | None
) -> None:
    def name(_: DataFolder, as_at: dt.date, known: dt.date | None = None) -> str:
        return f"{as_at} known at {known}"

    monkeypatch.setattr(pages, "expected_draft", name)
    monkeypatch.setattr(supply_store, "in_use", lambda *_: ["a supply"])
    monkeypatch.setattr(supply_store, "inbox_state", lambda _: [])
    for known in (None, KNOWN_AT):
        (data.drafts / "2024-03-01" / name(data, AS_AT, known)).mkdir(parents=True)
    found = refresh.make_draft(data, AS_AT, known_at)
    assert found.name == f"2024-03-01 known at {known_at}"


def test_where_only_todays_draft_is_there_that_of_an_earlier_day_is_made(
    data: DataFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pages, "expected_draft", lambda _, day, known=None: f"{day}-{known}")
    monkeypatch.setattr(supply_store, "in_use", lambda *_: ["a supply"])
    monkeypatch.setattr(supply_store, "inbox_state", lambda _: [])
    (data.drafts / "2024-03-01" / "2024-03-01-None").mkdir(parents=True)
    monkeypatch.setattr(months, "standings", lambda _: [])
    monkeypatch.setattr(dates_apart, "told_beforehand", lambda *_: "")
    made = data.drafts / "made"
    monkeypatch.setattr(refresh, "_run_job", lambda *_: made)
    assert refresh.make_draft(data, AS_AT, KNOWN_AT) == made

"""A day that could not be published is said before the work for it is done."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from assets.store.folder import DataFolder
from assets.versions.dates_apart import told_beforehand

# The council published numbers of this day.
THEIRS = dt.date(2024, 3, 1)


@pytest.mark.parametrize(
    ("day", "is_free"),
    [("2024-02-02", True), ("2024-02-29", False), ("2024-03-01", True), ("2024-03-31", True)],
)
def test_beside_what_others_published(data: DataFolder, day: str, is_free: bool) -> None:
    words = told_beforehand(data, dt.date.fromisoformat(day))
    assert (words == "") == is_free
    if not is_free:
        assert words.startswith("29 February 2024 is less than 28 days from 1 March 2024")


def test_beside_what_we_published(data: DataFolder) -> None:
    folder = data.profiles / "2024-05-31" / "v1"
    folder.mkdir(parents=True)
    manifest = {
        "version": "2024-05-31.v1",
        "inputs": {"as_at": "2024-05-31"},
        "clock": {"published_at": "2024-06-20T10:00:00+00:00"},
    }
    (folder / "manifest.json").write_text(json.dumps(manifest))
    near = told_beforehand(data, dt.date(2024, 6, 20))
    assert "less than 28 days from 31 May 2024, which is published" in near
    assert "From 28 June 2024 on" in near
    assert told_beforehand(data, dt.date(2024, 6, 28)) == ""
    # The same day again is a correction.
    assert told_beforehand(data, dt.date(2024, 5, 31)) == ""


def test_a_list_that_cannot_be_read_is_said(data: DataFolder) -> None:
    data.published_elsewhere.write_text("published: [")
    assert "published_elsewhere.yml" in told_beforehand(data, THEIRS)

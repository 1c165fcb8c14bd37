"""What is asked of whom: how many are past their day is said as it is."""

from __future__ import annotations

import pytest

from profiles.sections.asked import _past


@pytest.mark.parametrize(
    ("late", "every", "words"),
    [
        (0, 15, "; none is past its day"),
        (1, 15, "; one of them is past its day"),
        (4, 15, "; four of them are past their day"),
        (15, 15, ", all past their day"),
        (1, 1, ", and it is past its day"),
    ],
)
def test_how_many_are_past_their_day(late: int, every: int, words: str) -> None:
    assert _past(late, every) == words

"""The samples' exact figures and labels are those that were frozen; see support/ground_truth.py for how to change them on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import Refreshed
from ground_truth import DATES, HERE, as_text, exact, labels


@pytest.mark.parametrize(
    "as_at",
    [pytest.param(d, marks=() if d == "2024-03-01" else pytest.mark.long) for d in DATES],
)
def test_exact_figures_and_labels_are_as_frozen(refreshed: Refreshed, as_at: str) -> None:
    warehouse = refreshed.draft(as_at) / "restricted" / "warehouse.duckdb"
    assert _different(as_text(exact(warehouse)), HERE / f"figures-{as_at}.csv") == []
    assert _different(as_text(labels(warehouse)), HERE / f"labels-{as_at}.csv") == []


def _different(text: str, frozen: Path) -> list[str]:
    """The first lines that only one of the two has, marked + (new) and - (gone)."""
    now, then = text.splitlines(), frozen.read_text("utf-8").splitlines()
    gone = [f"- {line}" for line in then if line not in set(now)]
    new = [f"+ {line}" for line in now if line not in set(then)]
    return [*gone[:20], *new[:20]]

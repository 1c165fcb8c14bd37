"""The samples' exact figures and labels are those that were frozen; see support/ground_truth.py for how to change them on purpose."""

from __future__ import annotations

from pathlib import Path

import pytest
from conftest import DATES, Refreshed, run_cce
from ground_truth import DATES as FROZEN
from ground_truth import HERE, as_text, exact, labels


@pytest.mark.parametrize("as_at", DATES)
def test_exact_figures_and_labels_are_as_frozen(refreshed: Refreshed, as_at: str) -> None:
    _assert_as_frozen(refreshed, as_at)


@pytest.mark.long
@pytest.mark.parametrize("as_at", sorted(set(FROZEN) - set(DATES)))
def test_so_they_are_at_the_other_dates(accepted_home: Path, as_at: str) -> None:
    """Dates that no other test needs a draft of."""
    done = run_cce(accepted_home, "refresh", "--as-at", as_at)
    assert done.returncode == 0, done.stderr
    _assert_as_frozen(Refreshed(accepted_home), as_at)


def _assert_as_frozen(made: Refreshed, as_at: str) -> None:
    warehouse = made.draft(as_at) / "restricted" / "warehouse.duckdb"
    assert _different(as_text(exact(warehouse)), HERE / f"figures-{as_at}.csv") == []
    assert _different(as_text(labels(warehouse)), HERE / f"labels-{as_at}.csv") == []


def _different(text: str, frozen: Path) -> list[str]:
    """The first lines that only one of the two has, marked + (new) and - (gone)."""
    now, then = text.splitlines(), frozen.read_text("utf-8").splitlines()
    gone = [f"- {line}" for line in then if line not in set(now)]
    new = [f"+ {line}" for line in now if line not in set(then)]
    return [*gone[:20], *new[:20]]

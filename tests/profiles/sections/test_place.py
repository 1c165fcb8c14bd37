"""Where children lived: what smoothing does is told with the ward that most live in."""

from __future__ import annotations

import pandas as pd
import pytest
from planned import AREA, REGISTER

from profiles.disclosure.labels import COLUMNS, LabelStore
from profiles.sections.place.homes import _drawn_towards
from profiles.sections.place.wards import labels

BLANK = dict.fromkeys(COLUMNS, "") | dict.fromkeys(("value", "low", "high", "lower", "upper"))
FIRST, SECOND = list(AREA.wards)[:2]


def of_ward(ward: str, measure: str, text: str) -> dict[str, object]:
    told = {
        "figure": "ever_at_risk_48_months",
        "measure": measure,
        "group_type": "ward",
        "group": ward,
        "label": text,
        "value": float(text) if text.isdigit() else float("nan"),
        "status": "rounded" if text.isdigit() else "withheld",
    }
    return BLANK | told


@pytest.mark.parametrize(
    ("rate", "smoothed", "is_told"),
    [
        ("260", "250", True),
        ("250", "250", False),
        ("not shown", "250", False),
        ("260", "not shown", False),
    ],
)
def test_the_ward_of_most_children_shows_what_smoothing_does(
    rate: str, smoothed: str, is_told: bool
) -> None:
    rows = [
        of_ward(FIRST, "count", "10"),
        of_ward(FIRST, "rate", "90"),
        of_ward(FIRST, "smoothed", "80"),
        of_ward(SECOND, "count", "95"),
        of_ward(SECOND, "rate", rate),
        of_ward(SECOND, "smoothed", smoothed),
    ]
    store = LabelStore(pd.DataFrame(rows), REGISTER)
    measures = ("count", "rate", "smoothed")
    found = [labels(store, "ever_at_risk_48_months", measure) for measure in measures]
    words = f" {AREA.wards[SECOND].name} is at {rate} in the table, and at {smoothed} on the map."
    assert _drawn_towards(store, *found) == (words if is_told else "")

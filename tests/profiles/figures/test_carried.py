"""How much the supplies carry, and whose extract is wanting."""

from __future__ import annotations

import pandas as pd

from profiles.figures.carried import carried, named_in_refusals

AGENCIES = ("City Council, education", "Health providers", "Children's Trust")
ROWS = [
    ("place", "count", "rounded", ""),
    ("place", "count", "refused", "Health providers: no accepted supply"),
    ("place", "count", "refused", "City Council, education, exclusions: not supplied"),
    # Of shares and medians nothing is counted here.
    ("place", "percent", "refused", "Children's Trust: no accepted supply"),
    ("scale", "count", "exact", "A note: Children's Trust"),
]


def test_whose_extract_is_wanting() -> None:
    table = pd.DataFrame(ROWS, columns=["section", "measure", "status", "note"])
    assert named_in_refusals(table, AGENCIES) == ["City Council, education", "Health providers"]
    assert named_in_refusals(table[table["section"] == "scale"], AGENCIES) == []
    found = carried(table)
    assert (found.in_full, found.in_part, found.not_at_all) == (("scale",), ("place",), ())
    assert found.share == 0.5

"""Boys and girls of each ethnic group: where nothing could be compared, no equality is claimed."""

from __future__ import annotations

import pandas as pd
import pytest
from planned import REGISTER
from telling import page

from profiles.disclosure.labels import COLUMNS, UNCLEAR, LabelStore
from profiles.sections.sex import _by_ethnic_group

BLANK = dict.fromkeys(COLUMNS, "") | dict.fromkeys(("value", "low", "high", "lower", "upper"))
BLACK = "Black, Black British, Caribbean or African"


def of(figure: str, measure: str, label: str, ethnicity: str, **more: object) -> dict[str, object]:
    told = {
        "figure": figure,
        "measure": measure,
        "group_type": "ethnicity",
        "group": ethnicity,
        "group2_type": "sex",
        "group2": "M",
        "label": label,
        "value": float(label) if label[0].isdigit() else float("nan"),
        "status": "rounded" if label[0].isdigit() else "withheld",
    }
    return BLANK | told | more


def said(ratio: dict[str, object]) -> str:
    rows = [ratio]
    for ethnicity in ("White", BLACK):
        rows.append(of("indicated_36_months", "count", "100", ethnicity))
        rows.append(of("referred_36_months", "count", "20", ethnicity))
        rows.append(of("referred_36_months", "percent", "20", ethnicity))
    store = LabelStore(pd.DataFrame(rows), REGISTER)
    return _by_ethnic_group(store, page([])).sentences[-1]


@pytest.mark.parametrize(
    ("label", "more", "words"),
    [
        ("not shown", {}, "Too few children to compare."),
        ("1.05", {"note": UNCLEAR}, "No clear difference between White boys and any other group"),
        ("1.60", {"lower": 1.2, "upper": 2.1}, "Clearly different from White boys"),
    ],
)
def test_what_is_said_of_a_comparison(label: str, more: dict[str, object], words: str) -> None:
    assert said(of("referred_36_months", "ratio", label, BLACK, **more)).startswith(words)

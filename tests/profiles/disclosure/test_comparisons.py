"""Ratios, gaps and expected numbers: from labels alone, refused where these do not carry them. Given → expected."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from planned import AREA, PLAN

from profiles.disclosure.comparisons import _beyond, _Four, comparisons
from profiles.disclosure.counts import label_counts
from profiles.disclosure.labels import UNCLEAR, Label, LabelStore
from profiles.disclosure.shares import label_store
from profiles.figures.exact import Coverage, exact_figures
from profiles.statistics import rates

DAY = pd.Timestamp("2024-03-01").date()
WHOLE, PART = "indicated_36_months", "referred_36_months"
GROUPS = ("M", "not M")


def store(
    whole: dict[str, int],
    part: dict[str, int],
    figures: tuple[str, str] = (WHOLE, PART),
    dimension: str = "sex",
    against: str = "sex=M",
    measures: tuple[str, ...] = ("ratio", "gap"),
) -> LabelStore:
    """Labels of a part of a whole by group, each compared with one group or with the total."""
    rows: list[dict[str, object]] = []
    base = {
        "section": "sex",
        "unit": "children",
        "measures": ["count"],
        "needs": [],
        "whole": "",
        "against": "",
    }
    for figure, of in ((figures[0], whole), (figures[1], part)):
        rows.append(
            base
            | {"figure": figure, "group_type": "all", "group": "all", "numerator": sum(of.values())}
        )
        for group, n in of.items():
            row = base | {"figure": figure, "group_type": dimension, "group": group, "numerator": n}
            if figure == figures[1] and f"{dimension}={group}" != against:
                row |= {
                    "whole": f"{figures[0]}:{dimension}={group}",
                    "against": against,
                    "measures": ["count", "percent", *measures],
                }
            rows.append(row)
    exact = exact_figures(pd.DataFrame(rows), DAY, list[Coverage](), AREA.code)
    return label_store(label_counts(exact, PLAN), PLAN)


def compared(
    whole: dict[str, int], part: dict[str, int], measure: str = "ratio", group: str = "not M"
) -> Label:
    return store(whole, part).get(PART, measure, "sex", group)


def test_a_ratio_and_its_interval_by_hand() -> None:
    """400 of 1,000 beside 500 of 1,000: 0.8, by rounding between 0.7897 (398/1002 to 502/998) and 0.8105. The deviation of
    its logarithm is √(1/400 − 1/1000 + 1/500 − 1/1000) = 0.05: 0.7897 × exp(−1.96 × 0.05) to 0.8105 × exp(1.96 × 0.05).
    """
    label = compared({"M": 1000, "not M": 1000}, {"M": 500, "not M": 400})
    assert (label.text, label.interval) == ("0.80", "0.72 to 0.89")
    assert label.note == ""
    assert compared({"M": 1000, "not M": 1000}, {"M": 500, "not M": 400}, "gap").text == "−10"


def test_a_ratio_is_worked_out_from_labels() -> None:
    """402 and 398 are both 400 to a reader."""
    texts = {
        compared({"M": 1000, "not M": n}, {"M": 500, "not M": m}).text
        for n, m in ((998, 402), (1002, 398))
    }
    assert texts == {"0.80"}


@pytest.mark.parametrize(("f", "unclear"), [(500, True), (480, True), (400, False), (600, False)])
def test_no_difference_is_claimed_where_the_interval_covers_one(f: int, unclear: bool) -> None:
    assert (compared({"M": 1000, "not M": 1000}, {"M": 500, "not M": f}).note == UNCLEAR) is unclear


REFUSED = {
    "the count is not shown": ({"M": 1000, "not M": 1000}, {"M": 500, "not M": 5}),
    "the count it is compared with is not shown": (
        {"M": 1000, "not M": 1000},
        {"M": 5, "not M": 500},
    ),
    "rounding alone could move it by a fifth": ({"M": 1000, "not M": 100}, {"M": 500, "not M": 10}),
    "the reference is small": ({"M": 1000, "not M": 1000}, {"M": 8, "not M": 500}),
}


@pytest.mark.parametrize("case", REFUSED, ids=list(REFUSED))
@pytest.mark.parametrize("measure", ["ratio", "gap"])
def test_what_labels_do_not_carry_is_not_shown(case: str, measure: str) -> None:
    label = compared(*REFUSED[case], measure)
    assert (label.status, label.text, label.value) == ("withheld", "not shown", None)


def test_a_gap_is_not_shown_where_a_share_would_not_be() -> None:
    """Thirty is fewer than the forty from which a share is shown; the ratio of large counts stands."""
    few = ({"M": 30, "not M": 1000}, {"M": 28, "not M": 900})
    assert compared(*few, "gap").status == "withheld"
    assert compared(*few, "ratio").status == "rounded"


EXPECTED = {
    # 500 of 2,000 is a quarter of each 1,000: 250, within 27 at 95% and 42 at 99.8%.
    "as expected": ({"trust": 250, "police": 250}, ""),
    "fewer than expected": ({"trust": 215, "police": 285}, "fewer than expected"),
    "far fewer": ({"trust": 200, "police": 300}, "far fewer than expected"),
    "more than expected": ({"trust": 285, "police": 215}, "more than expected"),
    "far more": ({"trust": 300, "police": 200}, "far more than expected"),
}


@pytest.mark.parametrize("case", EXPECTED, ids=list(EXPECTED))
def test_what_lies_beyond_the_limits_of_a_funnel(case: str) -> None:
    part, verdict = EXPECTED[case]
    labels = store(
        {"trust": 1000, "police": 1000},
        part,
        ("agency_indicated", "agency_referred"),
        "agency",
        "total",
        ("expected",),
    )
    label = labels.get("agency_referred", "expected", "agency", "trust")
    assert (label.text, label.interval, label.note) == ("250", "223 to 277", verdict)


def test_refused_stays_refused() -> None:
    rows = pd.DataFrame(
        [
            {
                "ref": "a|sex=not M|2024-03-01",
                "whole": "b:sex=not M",
                "against": "sex=M",
                "measure": "ratio",
                "status": "refused",
                "note": "Police: no accepted supply",
            }
        ]
    )
    counts = pd.DataFrame(
        {"ref": ["c"], "value": [np.nan], "low": [np.nan], "high": [np.nan], "status": ["refused"]}
    )
    (found,) = comparisons(rows, counts, PLAN.policy.rule).to_dict("records")
    assert (found["status"], found["label"], found["note"]) == (
        "refused",
        "not available",
        "Police: no accepted supply",
    )


@pytest.mark.parametrize("z", [0, 1])
def test_beyond_the_limits_is_so_wherever_rounding_has_put_both_numbers(z: int) -> None:
    """Every pair of numbers that two labels of 5 can stand for is held to the limits of its own whole."""
    wholes = np.arange(10, 400, 5, dtype=float)
    counts = np.arange(5, 200, 5, dtype=float)
    pairs = np.array([(x, d) for d in wholes for x in counts if x <= d])
    every = np.ones(len(pairs))
    value = np.column_stack([pairs, 250 * every, 1000 * every])
    four = _Four(value, value - 2, value + 2, every.astype(bool))
    above, below = _beyond(four)[2 * z : 2 * z + 2]
    most_limit = np.full(len(pairs), -np.inf)
    least_limit = np.full(len(pairs), np.inf)
    for off in range(-2, 3):
        _, low, high = rates.funnel(
            pairs[:, 1] + off, value[:, 2], value[:, 3], rates.FUNNEL[1 - z]
        )
        most_limit = np.maximum(most_limit, high)
        least_limit = np.minimum(least_limit, low)
    assert (above == (pairs[:, 0] - 2 > most_limit)).all()
    assert (below == (pairs[:, 0] + 2 < least_limit)).all()
    assert above.any()
    assert below.any()

"""The labelling rule: what is shown of a count, and that everything else follows from what is shown."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.disclosure.rule import Rule, label_figures
from profiles.figures import COLUMNS

DAY = "2024-03-01"


def exact(*rows: dict[str, object]) -> pd.DataFrame:
    base = dict.fromkeys(COLUMNS, "") | {
        "profile": DAY, "section": "s", "figure": "f", "measure": "count", "unit": "children", "group_type": "g", "group": "a", "definition": "1",
        "area_code": "E08000025", "period_start": DAY, "period_end": DAY, "denominator": float("nan"), "value": 0.0, "status": "ok"}  # fmt: skip
    return pd.DataFrame([base | row for row in rows])


def label(**row: object) -> pd.Series:
    return label_figures(exact(row), Rule(), set()).as_table().iloc[0]


@pytest.mark.parametrize(
    ("count", "text", "low", "high"),
    [(0, "fewer than 8", 0, 7), (1, "fewer than 8", 0, 7), (7, "fewer than 8", 0, 7), (8, "10", 8, 12), (12, "10", 8, 12), (13, "15", 13, 17),
     (158, "160", 158, 162), (1237, "1,235", 1233, 1237)],
)  # fmt: skip
def test_counts(count: int, text: str, low: int, high: int) -> None:
    found = label(numerator=count)
    assert (found["label"], found["low"], found["high"]) == (text, low, high)


@pytest.mark.parametrize(
    ("total", "text", "status"),
    [(291, "291", "exact"), (100, "100", "exact"), (99, "100", "rounded"), (5, "fewer than 8", "suppressed")],
)
def test_the_one_exact_total(total: int, text: str, status: str) -> None:
    found = label(figure="at_risk", group_type="all", group="all", numerator=total)
    assert (found["label"], found["status"]) == (text, status)


def test_the_total_of_another_day_is_rounded() -> None:
    assert (
        label(figure="at_risk", group_type="all", group="all", numerator=337, period_end="2023-07-31")["label"] == "335"
    )


@pytest.mark.parametrize(
    ("numerator", "denominator", "text", "status"),
    [
        (158, 291, "55%", "rounded"),  # 160 of 290
        (30, 99, "30%", "rounded"),  # 30 of 100: whole per cent
        (30, 93, "30%", "rounded"),  # 30 of 95: 31.6, to the nearest 5%
        (12, 38, "25%", "rounded"),  # 10 of 40
        (12, 37, "not shown", "withheld"),  # the denominator's label is below 40
        (7, 291, "not shown", "withheld"),
        (0, 291, "not shown", "withheld"),
        (291, 291, "100%", "rounded"),
    ],
)
def test_percentages_come_from_labels(numerator: int, denominator: int, text: str, status: str) -> None:
    found = label(measure="percent", numerator=numerator, denominator=denominator)
    assert (found["label"], found["status"]) == (text, status)


def test_rates_come_from_labels() -> None:
    found = label(measure="rate", numerator=282, denominator=132_587)
    assert (found["label"], found["lower"], found["upper"]) == ("21", 19, 24)


def test_public_populations_are_not_rounded() -> None:
    assert label(numerator=355_384, unit="residents")["label"] == "355,384"


def test_refused_and_undefined() -> None:
    assert label(numerator=float("nan"), status="refused", note="why")[["label", "note"]].tolist() == ["refused", "why"]
    assert label(measure="percent", numerator=0, denominator=0, status="not_applicable")["label"] == "n/a"


def test_groups_that_only_check_get_no_label() -> None:
    table = label_figures(
        exact({"group_type": "age", "group": "16-17", "numerator": 169}, {"numerator": 9}), Rule(), {("age", "16-17")}
    ).as_table()
    assert table["group"].tolist() == ["a"]


@given(st.integers(0, 5000))
def test_the_range_holds_the_count(count: int) -> None:
    found = label(numerator=count)
    assert found["low"] <= count <= found["high"]


@given(st.integers(0, 500), st.sampled_from([3, 4, 5, 6, 10]), st.sampled_from([8, 10, 12]))
def test_the_range_holds_the_count_for_other_settings(count: int, base: int, threshold: int) -> None:
    if base > threshold:
        return
    rule = Rule(threshold=threshold, base=base)
    counts = range(count, count + 2 * base)
    table = label_figures(pd.concat([exact({"numerator": n, "group": str(n)}) for n in counts]), rule, set()).as_table()
    for n, low, high in zip(counts, table["low"], table["high"], strict=True):
        assert low <= n <= high
    for _, same in table.groupby("label"):
        assert same["low"].nunique() == same["high"].nunique() == 1


@settings(max_examples=200)
@given(st.integers(0, 600), st.integers(0, 600), st.sampled_from(["percent", "rate"]))
def test_equal_labels_of_the_parts_give_equal_labels(numerator: int, denominator: int, measure: str) -> None:
    """Swap numerator and denominator for the ends of their ranges: nothing that is shown changes."""
    numerator = min(numerator, denominator)

    def parts(n: int) -> tuple[int, int]:
        one = label(numerator=n)
        return int(one["low"]), int(one["high"])

    shown = label(measure=measure, numerator=numerator, denominator=denominator if measure == "percent" else 132_587)
    for other in parts(numerator):
        whole = 132_587 if measure == "rate" else denominator
        again = label(measure=measure, numerator=other, denominator=whole)
        pd.testing.assert_series_equal(shown, again)
    if measure == "percent" and denominator >= 8:
        for whole in parts(denominator):
            pd.testing.assert_series_equal(shown, label(measure=measure, numerator=numerator, denominator=whole))


@pytest.mark.parametrize("weak", [{"threshold": 4}, {"base": 2}, {"base": 20}])
def test_a_rule_that_is_too_weak_is_refused(weak: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 5"):
        Rule(**weak)


def test_many_at_once_are_labelled_as_one_by_one() -> None:
    many = pd.concat([exact({"numerator": n}) for n in range(60)]).assign(group=[str(i) for i in range(60)])
    together = label_figures(many, Rule(), set()).as_table()
    assert together["label"].tolist() == [label(numerator=n)["label"] for n in range(60)]

"""The labelling rule: what is shown of a count, which tables are published, and that everything else follows from labels."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import strategies as st
from invented import DAY, by, city, exact, exact_of
from planned import PLAN, under
from sweeping import sweep

from profiles.disclosure.counts import Counts, Held, label_counts
from profiles.disclosure.plan import PlanError
from profiles.disclosure.rule import Rule
from profiles.disclosure.shares import label_store


def counts(*rows: dict[str, object], **options: object) -> Counts:
    return label_counts(exact(*rows), PLAN, **options)  # type: ignore[arg-type]


def stored(*rows: dict[str, object], rule: Rule = Rule()) -> pd.DataFrame:  # noqa: B008
    plan = under(rule)
    return label_store(label_counts(exact(*rows), plan), plan).as_table()


def label(**row: object) -> pd.Series:
    """Of a figure that is not the exact total."""
    return stored({"figure": "ever_at_risk_12_months"} | row).iloc[0]


@pytest.mark.parametrize(
    ("count", "text", "low", "high"),
    [
        (0, "fewer than 8", 0, 7),
        (1, "fewer than 8", 0, 7),
        (7, "fewer than 8", 0, 7),
        (8, "10", 8, 12),
        (12, "10", 8, 12),
        (13, "15", 13, 17),
        (158, "160", 158, 162),
        (1237, "1,235", 1233, 1237),
    ],
)
def test_counts(count: int, text: str, low: int, high: int) -> None:
    found = label(numerator=count)
    assert (found["label"], found["low"], found["high"]) == (text, low, high)


@pytest.mark.parametrize(
    ("total", "text", "status"),
    [
        (291, "291", "exact"),
        (100, "100", "exact"),
        (99, "100", "rounded"),
        (5, "fewer than 8", "suppressed"),
    ],
)
def test_the_one_exact_total(total: int, text: str, status: str) -> None:
    found = label(figure="at_risk", numerator=total)
    assert (found["label"], found["status"]) == (text, status)


def test_the_total_of_another_day_is_rounded() -> None:
    assert label(figure="at_risk", numerator=337, period_end="2023-07-31")["label"] == "335"


def percent(
    numerator: int, denominator: int, not_known: int | None = None, figure: str = "hub_referrals"
) -> tuple[str, str, str]:
    """A share of a whole, or of a whole less the not-known."""
    rows: list[dict[str, object]] = [
        {"figure": figure, "numerator": denominator},
        {"figure": figure, "group_type": "decision", "group": "accepted", "numerator": numerator},
        {"figure": figure, "group_type": "decision", "group": "nfa", "numerator": 500},
        {
            "figure": figure,
            "measure": "percent",
            "group_type": "decision",
            "group": "accepted",
            "numerator": numerator,
            "denominator": denominator,
            "whole": figure,
            "less": "" if not_known is None else "decision=pending",
        },
    ]
    if not_known is not None:
        rows.append(
            {"figure": figure, "group_type": "decision", "group": "pending", "numerator": not_known}
        )
    table = stored(*rows)
    found = table[table["measure"] == "percent"].iloc[0]
    return found["label"], found["status"], found["denominator"]


@pytest.mark.parametrize(
    ("numerator", "denominator", "text", "status"),
    [
        (30, 99, "30%", "rounded"),  # 30 of 100: whole per cent
        (158, 291, "55%", "rounded"),  # 160 of 290
        (30, 93, "30%", "rounded"),  # 30 of 95: 31.6, to the nearest 5%
        (12, 38, "25%", "rounded"),  # 10 of 40
        (12, 37, "not shown", "withheld"),  # the denominator's label is below 40
        (7, 291, "not shown", "withheld"),
        (0, 291, "not shown", "withheld"),
        (291, 291, "100%", "rounded"),
    ],
)
def test_percentages_come_from_labels(
    numerator: int, denominator: int, text: str, status: str
) -> None:
    assert percent(numerator, denominator)[:2] == (text, status)


@pytest.mark.parametrize(
    ("not_known", "text", "denominator"),
    [(0, "56%", "283 to 290"), (7, "56%", "283 to 290"), (21, "59%", "270")],
)
def test_the_not_known_leave_the_denominator_by_their_label(
    not_known: int, text: str, denominator: str
) -> None:
    """160 of 290 less 3.5 or 20: a denominator rounded on its own would tell how many are not known."""
    assert percent(158, 291, not_known) == (text, "rounded", denominator)


def test_rates_come_from_labels() -> None:
    row = {"figure": "at_risk_residents_10_17", "numerator": 282, "denominator": 132_587}
    table = stored(row, row | {"measure": "rate"})
    found = table[table["measure"] == "rate"].iloc[0]
    assert (found["label"], found["lower"], found["upper"]) == ("21", 19, 24)


@pytest.mark.parametrize(("children", "text"), [(20, "14"), (19, "not shown")])
def test_averages_need_twenty_children(children: int, text: str) -> None:
    row = {"figure": "ever_at_risk_12_months", "numerator": children, "denominator": children}
    table = stored(row, row | {"measure": "median", "value": 14.4})
    assert table[table["measure"] == "median"].iloc[0]["label"] == text


def test_public_populations_are_not_rounded() -> None:
    assert (
        label(figure="residents_all_ages", numerator=355_384, unit="residents")["label"]
        == "355,384"
    )


def test_refused() -> None:
    found = label(numerator=float("nan"), status="refused", note="why")
    assert found[["label", "note"]].tolist() == ["not available", "why"]


def test_groups_that_only_check_get_no_label() -> None:
    table = stored(by(169, age="16-17"), by(291))
    assert table["group"].tolist() == ["all"]


def test_what_nobody_declared_is_not_labelled() -> None:
    with pytest.raises(PlanError, match="is not declared in the register"):
        counts({"figure": "shoe_size", "numerator": 40})
    with pytest.raises(PlanError, match="at_risk by ethnicity, plan"):
        counts(by(40, ethnicity="White", plan="CLA"))


SPLIT = [by(100, sex="M"), by(60, sex="not M")]
HOMES = [by(32, locality=place) for place in ("Central", "East", "North", "South", "West")]


@pytest.mark.parametrize(
    ("outside", "not_known", "residual"),
    [
        (0, 0, {"outside or not known"}),
        (20, 3, {"outside or not known"}),
        (20, 30, {"outside", "not known"}),
    ],
)
def test_small_residual_groups_are_merged(outside: int, not_known: int, residual: set[str]) -> None:
    rest = [by(outside, locality="outside"), by(not_known, locality="not known")]
    found = counts(by(160 + outside + not_known), *HOMES, *rest)
    assert set(found.table["group"]) - {"all"} == {row["group"] for row in HOMES} | residual
    (place,) = residual - {"outside"}
    reference = found.reference("at_risk", frozenset([("locality", "not known")]), DAY)
    assert reference == f"at_risk|locality={place}|{DAY}"


def test_a_merged_band_carries_into_crossed_tables_and_shares() -> None:
    share = {
        "measure": "percent",
        "denominator": 160.0,
        "whole": "at_risk",
        "less": "age_band=not known",
    }
    rows = [
        by(160),
        *(
            by(n, age_band=b)
            for b, n in {"under 10": 2, "10-14": 60, "15-17": 98, "not known": 0}.items()
        ),
    ]
    rows += [
        by(n, age_band=b, sex="M")
        for b, n in {"under 10": 1, "10-14": 39, "15-17": 60, "not known": 0}.items()
    ]
    rows += [by(60, age_band="10-14") | share, by(2, age_band="under 10") | share]
    table = (
        label_store(counts(*rows), PLAN)
        .as_table()
        .set_index(["measure", "group", "group2"])["label"]
    )
    assert table["count", "under 15", ""] == "60"
    assert table["count", "under 15", "M"] == "40"
    assert table["percent", "under 15", ""] == "38%"  # 60 of 160 less 3.5
    # Residual groups stand in no crossed table.
    assert ("count", "not known", "M") not in table.index


@pytest.mark.parametrize(
    ("cells", "is_dropped"),
    [
        ([40, 40, 40, 6, 7, 20], False),
        ([40, 40, 6, 6, 7, 20], True),
        ([9, 9, 12, 8, 8, 9], False),
        ([8, 8, 8, 8, 8, 7], True),
    ],
)
def test_tables_that_do_not_pass_are_not_published(cells: list[int], is_dropped: bool) -> None:
    """For more than 40% that are too small, or fewer than 10 on average: which of the two is not told."""
    names = [(s, r) for s in ("M", "not M") for r in ("high", "medium", "low")]
    found = counts(
        by(sum(cells)),
        *(by(n, sex=s, risk_level=r) for (s, r), n in zip(names, cells, strict=True)),
    )
    crossed = found.table[found.table["table"] != ""]
    reason = "too many of its numbers are small or not shown"
    assert all(why.endswith(reason) for why in found.dropped.values())
    assert bool(found.dropped) == is_dropped
    assert (crossed["status"] == "withheld").all() == is_dropped


def wards(small: int) -> Counts:
    codes = ("E05011118", "E05011119", "E05011120", "E05011121", "E05011122")
    rows = [
        {"figure": "ever_at_risk_48_months"} | by(3 if i < small else 40, ward=c)
        for i, c in enumerate(codes)
    ]
    rows += [
        {"figure": "ever_at_risk_48_months"} | by(60, locality=x)
        for x in ("Central", "East", "North", "South", "West")
    ]
    return counts({"figure": "ever_at_risk_48_months", "numerator": 300}, *rows)


def test_the_ladder_from_ward_to_locality() -> None:
    fine, coarse = wards(1), wards(3)
    assert not fine.dropped
    assert set(fine.table["group_type"]) == {"all", "ward"}
    assert list(coarse.dropped) == ["ever_at_risk_48_months by ward"]
    shown = coarse.table[coarse.table["status"] == "rounded"]
    assert set(shown["group_type"]) == {"all", "locality"}


@pytest.mark.parametrize(
    ("contributors", "top_two", "label_"),
    [(8, 10, "40"), (7, 10, "not shown"), (20, 36, "not shown"), (20, 35, "40")],
)
def test_events_need_children_behind_them(contributors: int, top_two: int, label_: str) -> None:
    """Forty episodes of seven children, or nearly all of two children's, are no total to show."""
    found = label(
        figure="entries", unit="entries", numerator=40, contributors=contributors, top_two=top_two
    )
    assert found["label"] == label_


def test_a_held_label_stays() -> None:
    ref = f"ever_at_risk_12_months||{DAY}"
    row = {"figure": "ever_at_risk_12_months", "numerator": 44}
    found = counts(row, held={ref: Held("rounded", "40", 40.0, 38.0, 42.0, 4)}).table.iloc[0]
    assert (found["label"], found["is_held"], found["widen"]) == ("40", True, 4)


def test_impossible_cells_read_na() -> None:
    import dataclasses

    plan = dataclasses.replace(PLAN, impossible=(("at_risk", frozenset([("sex", "not M")])),))
    table = label_counts(exact(by(160), *SPLIT), plan).table.set_index("group")
    assert (table.at["not M", "label"], table.at["not M", "status"], table.at["M", "label"]) == (
        "n/a",
        "not_applicable",
        "100",
    )


@sweep(10, 50, st.integers(0, 5000))
def test_the_range_holds_the_count(count: int) -> None:
    found = label(numerator=count)
    assert found["low"] <= count <= found["high"]


@sweep(8, 50, st.integers(0, 500), st.sampled_from([3, 4, 5, 6, 10]), st.sampled_from([8, 10, 12]))
def test_the_range_holds_the_count_for_other_settings(
    count: int, base: int, threshold: int
) -> None:
    if base > threshold:
        return
    plan = under(Rule(threshold=threshold, base=base))
    days = [f"2023-{m:02d}-01" for m in range(1, 13)]
    table = label_counts(
        exact(*(by(count + i) | {"period_end": d} for i, d in enumerate(days))), plan
    ).table
    assert ((table["low"] <= table["n"]) & (table["n"] <= table["high"])).all()
    for _, same in table.groupby("label"):
        assert same["low"].nunique() == same["high"].nunique() == 1


@sweep(4, 30, st.integers(8, 600), st.integers(100, 600), st.integers(0, 30))
def test_equal_labels_of_the_parts_give_equal_shares(
    numerator: int, denominator: int, not_known: int
) -> None:
    """Move each part to the ends of its range: nothing that is shown changes."""
    shown = percent(numerator, denominator, not_known)

    def ends(n: int) -> tuple[int, int]:
        found = label(numerator=n)
        return int(found["low"]), int(found["high"])

    for a, b, c in zip(ends(numerator), ends(denominator), ends(not_known), strict=True):
        assert percent(a, b, c) == shown


@pytest.mark.parametrize("weak", [{"threshold": 4}, {"base": 2}, {"base": 20}])
def test_a_rule_that_is_too_weak_is_refused(weak: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="at least 5"):
        Rule(**weak)


def test_many_are_labelled_at_once() -> None:
    """10,000 rows: what is labelled together equals what is labelled alone. (Its time is a benchmark's.)"""
    one = exact_of(city(300))
    days = [f"{y}-{m:02d}-28" for y in (2020, 2021, 2022, 2023) for m in range(1, 13)]
    many = pd.concat([one.assign(period_end=d, period_start=d) for d in days], ignore_index=True)
    assert len(many) >= 10_000
    table = label_counts(many, PLAN).table
    alone = label_counts(one.assign(period_end=days[0], period_start=days[0]), PLAN).table
    together = table[table["period_end"] == days[0]].set_index("ref")["label"]
    assert together.to_dict() == alone.set_index("ref")["label"].to_dict()
    assert np.isin(table["status"], ["rounded", "suppressed", "withheld"]).all()

"""What models say of the wards: the classes of a drawn city, and why nothing is said where the counts are refused."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
import pytest
from planned import AREA, PLAN, REGISTER, WARDS

from profiles.disclosure.counts import label_counts
from profiles.disclosure.shares import label_store
from profiles.figures.exact import Coverage, exact_figures
from profiles.figures.verdict_words import AS_MANY, MORE, QUADRANTS
from profiles.figures.verdicts import TOO_LITTLE_HARM, VERDICTS, lsoa_clusters, verdict_rows
from profiles.statistics.hotspots import HIGH, LOW, NONE

DAY = dt.date(2024, 3, 1)
CODES = sorted(WARDS)
NEIGHBOURS = [
    tuple(line.split(",")[:2])
    for line in AREA.table("ref_ward_neighbours").read_text().splitlines()[1:]
]
COUNTS = {
    "ever_at_risk_48_months": "ever_at_risk",
    "involvements": "involvements",
    "found_reports": "found",
}
ALIKE = PLAN.policy.rule.alike
PAIRS = [(a, b) for a, b in NEIGHBOURS]


def city(**changes: object) -> pd.DataFrame:
    rng = np.random.default_rng(3)
    table = pd.DataFrame(
        {
            "ward_code": CODES,
            "deprivation": [WARDS[c].deprivation for c in CODES],
            "residents": 2000,
            "quality": "estimate",
            "ever_at_risk": rng.poisson(30, 69),
            "involvements": rng.poisson(40, 69),
            "harm": rng.uniform(0, 100, 69),
            "heaviest_weight": 10.0,
            "found": rng.poisson(20, 69),
        }
    )
    return table.assign(**changes)


def exact(
    table: pd.DataFrame, trust_until: dt.date = DAY, measures: tuple[str, ...] = ("count",)
) -> pd.DataFrame:
    rows = [
        {
            "section": "place",
            "figure": figure,
            "unit": "children",
            "group_type": "ward",
            "group": code,
            "area_code": code,
            "numerator": n,
            "denominator": None,
            "measures": list(measures),
            "needs": ["police" if figure == "involvements" else "trust"],
            "period_end": DAY,
        }
        for figure, column in COUNTS.items()
        for code, n in zip(table["ward_code"], table[column], strict=True)
    ]
    start = dt.date(2019, 4, 1)
    return exact_figures(
        pd.DataFrame(rows),
        DAY,
        [Coverage("trust", "Trust", start, trust_until), Coverage("police", "Police", start, DAY)],
        AREA.code,
    )


def said(rows: pd.DataFrame, figure: str) -> dict[str, str]:
    here = rows[rows["figure"] == figure]
    return dict(zip(here["group"], here["label"], strict=True))


def test_a_uniform_city_has_no_cluster_and_every_ward_a_quadrant() -> None:
    table = city()
    rows = verdict_rows(table, PAIRS, exact(table), DAY, REGISTER, ALIKE)
    assert set(rows["figure"]) == {*VERDICTS, "deprivation_ratio"}
    assert set(rows["status"]) == {"ok"}
    for figure in ("cluster_home", "cluster_incident", "cluster_found"):
        assert set(said(rows, figure).values()) == {NONE}
    assert set(said(rows, "beyond_deprivation").values()) == {AS_MANY}
    assert set(said(rows, "risk_and_harm").values()) == set(QUADRANTS.values())
    first = table.iloc[0]
    wanted = QUADRANTS[
        bool(first["ever_at_risk"] > table["ever_at_risk"].median()),
        bool(first["harm"] > table["harm"].median()),
    ]
    assert said(rows, "risk_and_harm")[CODES[0]] == wanted


def test_a_verdict_is_of_the_as_at_date_though_wards_are_counted_on_earlier_days() -> None:
    table = city()
    now = exact(table)
    earlier = now.assign(period_start="2022-03-02", period_end="2023-03-01")
    both = verdict_rows(
        table, PAIRS, pd.concat([earlier, now], ignore_index=True), DAY, REGISTER, ALIKE
    )
    assert both.equals(verdict_rows(table, PAIRS, now, DAY, REGISTER, ALIKE))
    assert set(both["period_end"]) == {DAY.isoformat()}


def test_less_harm_leaves_none_to_four_of_the_heaviest_crimes_open() -> None:
    """By trying each number of them in each ward that has less harm, beside crimes of no weight."""
    table = city()
    judge = VERDICTS["risk_and_harm"]
    verdicts = judge(table, PAIRS)
    less = [ward for ward, words in enumerate(verdicts) if "less harm" in words]
    assert len(less) > 30
    for ward in less:
        for crimes in range(5):
            other = table.copy()
            other.loc[ward, "harm"] = crimes * 10.0
            assert judge(other, PAIRS) == verdicts


def test_where_little_harm_is_recorded_no_ward_is_set_by_it() -> None:
    """The middle ward has a harm of 50: less than that is one crime of 25 at the most, or none."""
    table = city(heaviest_weight=25.0)
    rows = verdict_rows(table, PAIRS, exact(table), DAY, REGISTER, ALIKE)
    of_harm = rows[rows["figure"] == "risk_and_harm"]
    assert set(of_harm["status"]) == {"refused"}
    assert set(of_harm["note"]) == {TOO_LITTLE_HARM}
    assert set(rows.loc[rows["figure"] != "risk_and_harm", "status"]) == {"ok"}


def test_a_cluster_and_a_ward_beyond_deprivation_are_named() -> None:
    table = city()
    around = {
        "E05011155",
        *(b for a, b in PAIRS if a == "E05011155"),
        *(a for a, b in PAIRS if b == "E05011155"),
    }
    inside = table["ward_code"].isin(around)
    table = table.assign(
        involvements=table["involvements"] + 80 * inside,
        ever_at_risk=table["ever_at_risk"] + 200 * (table["ward_code"] == "E05011118"),
    )
    rows = verdict_rows(table, PAIRS, exact(table), DAY, REGISTER, ALIKE)
    found = {c for c, words in said(rows, "cluster_incident").items() if words == HIGH}
    assert "E05011155" in found
    assert found <= around
    assert {c for c, w in said(rows, "beyond_deprivation").items() if w == MORE} == {"E05011118"}
    assert HIGH not in said(rows, "cluster_found").values()
    assert LOW not in said(rows, "cluster_found").values()


def test_no_verdict_tells_what_a_label_hides(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every count of every ward moved within its label, those below 8 to others of 0 to 7: the same is said everywhere."""
    monkeypatch.setattr("profiles.figures.verdicts.WARD_PERMUTATIONS", 99)
    rng = np.random.default_rng(0)
    columns = list(COUNTS.values())
    few = city(
        ever_at_risk=rng.poisson(12, 69),
        involvements=rng.poisson(9, 69),
        found=rng.poisson(5, 69),
    )
    said_of_few = verdict_rows(few, PAIRS, exact(few), DAY, REGISTER, ALIKE).drop(
        columns=["numerator"]
    )
    assert (few[columns] < 8).to_numpy().sum() > 60
    for turn in (1, 4, 7):
        other = few.copy()
        for column in columns:
            for i, n in enumerate(few[column]):
                if n < 8:
                    other.loc[i, column] = (n + turn) % 8
                else:
                    label = 5 * int(n / 5 + 0.5)
                    other.loc[i, column] = rng.integers(max(8, label - 2), label + 3)
        said_of_other = verdict_rows(other, PAIRS, exact(other), DAY, REGISTER, ALIKE)
        pd.testing.assert_frame_equal(said_of_few, said_of_other.drop(columns=["numerator"]))


def test_refused_counts_refuse_what_is_said_of_them() -> None:
    table = city()
    rows = verdict_rows(table, PAIRS, exact(table, dt.date(2024, 1, 1)), DAY, REGISTER, ALIKE)
    status = rows.groupby("figure")["status"].agg(set).to_dict()
    assert status.pop("cluster_incident") == {"ok"}
    assert set(map(tuple, status.values())) == {("refused",)}
    assert all("before 1 March 2024" in n for n in rows.loc[rows["status"] == "refused", "note"])
    assert set(rows.loc[rows["status"] == "refused", "label"]) == {""}


def test_indicative_residents_refuse_what_is_said_of_rates_alone() -> None:
    table = city(quality="indicative")
    rows = verdict_rows(table, PAIRS, exact(table), DAY, REGISTER, ALIKE)
    status = rows.groupby("figure")["status"].agg(set).to_dict()
    assert status["cluster_incident"] == status["cluster_found"] == {"ok"}
    for figure in ("cluster_home", "beyond_deprivation", "risk_and_harm", "deprivation_ratio"):
        assert status[figure] == {"refused"}
    assert all("only indicative" in n for n in rows.loc[rows["status"] == "refused", "note"])


def test_a_verdict_on_wards_that_are_not_published_is_not_told() -> None:
    few = city(ever_at_risk=2)
    table = exact(few)
    table = pd.concat(
        [table, verdict_rows(few, PAIRS, table, DAY, REGISTER, ALIKE)], ignore_index=True
    )
    store = label_store(label_counts(table, PLAN), PLAN)
    assert not store.get("cluster_home", "estimate", "ward", CODES[0]).is_shown
    assert not store.get("beyond_deprivation", "estimate", "ward", CODES[0]).is_shown
    assert store.get("cluster_incident", "estimate", "ward", CODES[0]).text == NONE


def test_smoothed_rates_of_labels_follow_from_labels_alone() -> None:
    """Two cities with equal labels have equal smoothed rates, and those of the labels' own numbers."""
    from profiles.statistics.small_areas import empirical_bayes

    one = city(ever_at_risk=[3 if i < 5 else 10 + 5 * (i % 6) for i in range(69)])
    other = one.assign(ever_at_risk=[n + (2 if n > 5 else -1) for n in one["ever_at_risk"]])
    stores = []
    for table in (one, other):
        f = exact(table, measures=("count", "smoothed"))
        f = f[(f["figure"] == "ever_at_risk_48_months")].assign(denominator=2000.0, status="ok")
        stores.append(label_store(label_counts(f, PLAN), PLAN))
    told = [[s.get("ever_at_risk_48_months", "smoothed", "ward", c) for c in CODES] for s in stores]
    assert [x.text for x in told[0]] == [x.text for x in told[1]]
    assert [x.is_shown for x in told[0]] == [False] * 5 + [True] * 64
    by_label = empirical_bayes([3.5] * 5 + list(one["ever_at_risk"][5:]), [2000] * 69)
    assert [x.value for x in told[0][5:]] == pytest.approx(
        [float(f"{10_000 * r:.2g}") for r in by_label[5:]]
    )


@pytest.mark.long
def test_small_areas_are_for_the_analyst() -> None:
    lines = AREA.table("ref_lsoa_neighbours").read_text().splitlines()[1:]
    pairs = [(a, b) for a, b in (line.split(",") for line in lines)]
    middle = pairs[0][0]
    near = [middle, *(b for a, b in pairs if a == middle), *(a for a, b in pairs if b == middle)]
    counts = pd.DataFrame({"lsoa_code": near, "kind": "incident", "count": 40})
    found = lsoa_clusters(counts, pairs)
    assert len(found) == 659
    assert found.set_index("lsoa_code").loc[middle, "label"] == HIGH
    assert found["count"].sum() == 40 * len(near)
    assert len(lsoa_clusters(counts.iloc[:0], pairs)) == 0

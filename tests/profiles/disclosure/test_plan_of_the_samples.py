"""The plan's relations are true of the samples' exact counts, on both dates, and its wards and hours speak of the same children."""

from __future__ import annotations

import pytest
from conftest import DATES, Refreshed
from invented import exact
from planned import PLAN

from profiles.disclosure.counts import FEW_BEHIND, label_counts, reference
from profiles.disclosure.picture import Picture
from profiles.disclosure.plan import PARTNER, PUBLIC

RULE = PLAN.policy.rule


@pytest.mark.parametrize("as_at", DATES)
def test_every_relation_holds(refreshed: Refreshed, as_at: str) -> None:
    picture = Picture(label_counts(refreshed.exact(as_at), PLAN), (PUBLIC, PARTNER), PLAN, {})
    picture.add_counts()
    picture.add_statements()
    told = [r for r in picture.relations if all(ref in picture.n for ref in r.terms)]
    assert len(told) > 500
    broken = []
    for r in told:
        value = sum(sign * picture.n[ref] for ref, sign in r.terms.items())
        if (r.low is not None and value < r.low) or (r.high is not None and value > r.high):
            broken.append(r.name)
    assert broken == []


def picture(*rows: dict[str, object]) -> Picture:
    found = Picture(label_counts(exact(*rows), PLAN), (PUBLIC, PARTNER), PLAN, {})
    found.add_counts()
    return found


def test_a_count_with_few_children_behind_it_is_known_to_be_the_threshold_or_more() -> None:
    day = "2024-03-01"
    events = {
        "figure": "missing_episodes",
        "unit": "episodes",
        "numerator": 40,
        "contributors": 5.0,
        "top_two": 10.0,
    }
    found = picture(events, {"figure": "missing_children", "numerator": 30})
    (row,) = (r for r in found.rows.to_dict("records") if r["figure"] == "missing_episodes")
    assert (row["status"], row["note"]) == ("withheld", FEW_BEHIND)
    assert found.cells[reference("missing_episodes", frozenset(), day)].low == RULE.threshold


def test_residual_wards_that_stand_merged_are_compared_under_one_name() -> None:
    groups = ("outside", "older ward", "not known")
    rows: list[dict[str, object]] = []
    for figure, counted in (
        ("indicated_36_months", (60, 9, 40)),
        ("referred_36_months", (30, 2, 20)),
    ):
        rows += [
            {"figure": figure, "group_type": "ward", "group": g, "numerator": n}
            for g, n in zip(groups, counted, strict=True)
        ]
        rows += [{"figure": figure, "numerator": 3000}]
    found = picture(*rows)
    found.add_statements()
    (relation,) = (
        r
        for r in found.relations
        if r.name.startswith("referred_36_months[ward=outside|older ward|not known]")
    )
    merged = reference(
        "referred_36_months", frozenset([("ward", "outside or not known")]), "2024-03-01"
    )
    assert merged in relation.terms
    assert len(relation.terms) == 4


def test_bands_of_hours_are_made_of_hours() -> None:
    assert PLAN.axis("incident_times", "hour_band") == "hour"
    assert PLAN.leaves["incident_times"]["hour_band"]["21-23"] == frozenset({"21", "22", "23"})


def test_the_same_children_in_merged_groups_count_once_as_those_behind() -> None:
    rows = [
        {
            "figure": "found_reports",
            "unit": "reports",
            "group_type": "ward",
            "group": g,
            "numerator": 6,
            "contributors": 4.0,
            "top_two": 4.0,
        }
        for g in ("outside", "not known")
    ]
    found = label_counts(exact(*rows), PLAN)
    (row,) = (r for r in found.rows.to_dict("records") if r["group"] == "outside or not known")
    assert row["numerator"] == 12
    assert row["contributors"] == 4

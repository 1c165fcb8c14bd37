"""The register: what an entry implies, and that what does not fit is refused with file, line and what is allowed."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from invented import exact
from planned import AREA, PLAN, REGISTER

from profiles.disclosure.audit import DETAILS, attack, protect
from profiles.disclosure.counts import label_counts
from profiles.disclosure.implied import implied
from profiles.disclosure.knowledge import knowledge
from profiles.disclosure.plan import PUBLIC, Plan, PlanError, plan_of
from profiles.disclosure.policy import read_policy
from profiles.figures.declared import FOLDER
from profiles.figures.register_files import read_register
from profiles.reading import FileError

VISITS = """
dimensions:
  visit_kind:
    groups: {home: At home, school: At school, hub: At the hub}
figures:
  visits:
    name: Visits
    counts: children visited in the period
    unit: children
    period: 12 months
    needs: [trust]
    breakdowns:
      - {by: visit_kind, share_of: visits}
"""


def with_section(folder: Path, text: str) -> Plan:
    """The product's plan with one section more."""
    shutil.copytree(FOLDER, folder / "register")
    (folder / "register" / "visits.yml").write_text(text, "utf-8")
    register = read_register(AREA, folder / "register")
    return plan_of(register, read_policy(register))


def visits(total: int, **groups: int) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = [{"figure": "visits", "numerator": total}]
    rows += [
        {"figure": "visits", "group_type": "visit_kind", "group": g, "numerator": n}
        for g, n in groups.items()
    ]
    return rows


def test_a_new_figure_is_protected_by_its_entry_alone(tmp_path: Path) -> None:
    """77 = 38 + 38 + 1 was published as 75, 40, 40 and “fewer than 8”: whoever adds up knows that the last is 0 or 1."""
    plan = with_section(tmp_path, VISITS)
    figures = exact(*visits(77, home=38, school=38, hub=1))
    bare = label_counts(figures, plan)
    assert list(bare.table["label"]) == ["75", "40", "fewer than 8", "40"]
    naive = attack(knowledge(bare, DETAILS[PUBLIC], plan), plan.policy.rule, PUBLIC, 60)
    assert [(f.target.split("|")[1], f.low, f.high) for f in naive.failures] == [
        ("visit_kind=hub", 0, 1)
    ]
    found = protect(figures, plan)
    assert found.withheld
    assert attack(
        knowledge(found.counts, DETAILS[PUBLIC], plan), plan.policy.rule, PUBLIC, 60
    ).passed


def test_a_breakdown_that_overlaps_is_not_said_to_add_up(tmp_path: Path) -> None:
    text = VISITS.replace("share_of: visits}", "share_of: visits, overlapping: true}")
    facts = {s for s in implied(with_section(tmp_path, text).register) if "visits" in s}
    assert facts == {
        "visits[visit_kind=*] >= visits",
        *(f"visits[visit_kind={g}] <= visits" for g in ("home", "school", "hub")),
    }


def test_a_figure_within_another_is_so_group_by_group(tmp_path: Path) -> None:
    text = (
        VISITS
        + """
  long_visits:
    name: Long visits
    counts: children with a visit of an hour or more
    unit: children
    period: 12 months
    needs: [trust]
    within: [visits]
    breakdowns:
      - {by: visit_kind}
"""
    )
    facts = set(implied(with_section(tmp_path, text).register))
    assert "long_visits <= visits" in facts
    assert {
        f"long_visits[visit_kind={g}] <= visits[visit_kind={g}]" for g in ("home", "school", "hub")
    } <= facts


# change → what the message says; the file is visits.yml, beside those of the product.
FAULTS = {
    "a key that is not known": (
        "unit: children",
        "units: children",
        r"visits.yml, line \d+: “units” is not known here; did you mean “unit”",
    ),
    "a figure that there is not": (
        "share_of: visits",
        "share_of: vissits",
        r"line 13: share_of: there is no figure vissits; did you mean “visits”",
    ),
    "a dimension that there is not": (
        "by: visit_kind",
        "by: visit_kinds",
        "by: there is no dimension visit_kinds; did you mean “visit_kind”",
    ),
    "a group that there is not": (
        "{by: visit_kind,",
        "{by: visit_kind, no_share: [houme],",
        "visit_kind has no group houme; did you mean “home”",
    ),
    "sums of two dimensions": (
        "{by: visit_kind,",
        "{by: [visit_kind, sex], sums: true,",
        "sums: of one dimension alone",
    ),
    "an edition that there is not": (
        "{by: visit_kind,",
        "{by: visit_kind, edition: publik,",
        "edition: must be one of 'public', 'partner' or 'none'",
    ),
    "a figure twice": (
        "  visits:\n    name",
        "  at_risk:\n    name",
        "the figure at_risk is there twice",
    ),
    "a dimension twice": ("  visit_kind:\n", "  sex:\n", "the dimension sex is there twice"),
    "a breakdown twice": (
        "      - {by",
        "      - {by: visit_kind}\n      - {by",
        "this breakdown is there twice",
    ),
    "too many dimensions": (
        "by: visit_kind",
        "by: [visit_kind, sex, age, plan]",
        "one to three dimensions",
    ),
    "a share of the known without a not known": (
        "share_of: visits",
        "share_of: known",
        "does not say which group is not_known",
    ),
    "a stand-in that there is not": (
        "{by: visit_kind,",
        "{by: visit_kind, instead: [sex],",
        "instead: the figure has no such breakdown",
    ),
    "within nothing": (
        "needs: [trust]",
        "needs: [trust]\n    within: [shoes]",
        "within: there is no figure shoes",
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_fit_is_refused_by_line(tmp_path: Path, fault: str) -> None:
    old, new, words = FAULTS[fault]
    assert old in VISITS
    with pytest.raises(FileError, match=words):
        with_section(tmp_path, VISITS.replace(old, new, 1))


FACTS = {
    "without two sides": ("visits + entries", "has no =, <= or >= between two sides"),
    "of no figure": ("visits = shoes", "is of a figure that the register does not have"),
    "of no group": (
        "visits[visit_kind=boat] <= visits",
        "names a group that visit_kind does not have",
    ),
}


@pytest.mark.parametrize("fact", FACTS)
def test_a_fact_that_cannot_be_used_is_refused(tmp_path: Path, fact: str) -> None:
    written, words = FACTS[fact]
    with pytest.raises(PlanError, match=words):
        with_section(tmp_path, VISITS + f"    facts: ['{written}']\n")


def test_a_population_that_is_too_large_to_be_audited_is_refused(tmp_path: Path) -> None:
    crossed = "      - {by: [visit_kind, ethnicity, plan]}\n      - {by: [age, sex]}\n      - {by: [locality, risk_level]}\n"
    with pytest.raises(PlanError, match=r"joint leaves; at most 10,000"):
        with_section(tmp_path, VISITS + crossed)


def test_every_word_of_a_label_or_definition_is_filled() -> None:
    assert not [g.label for g in REGISTER.every_group() if "{" in g.label]
    assert not [f.key for f in REGISTER.figures.values() if "{" in AREA.words(f.entry.counts)]


def test_partial_breakdowns_give_their_reason() -> None:
    assert all(
        b.partial == "" or len(b.partial) > 10
        for f in PLAN.register.figures.values()
        for b in f.entry.breakdowns
    )

"""The data controller's file: choices alone. It takes away, adds no knowledge, and outlives a release with new figures."""

from __future__ import annotations

import itertools
import shutil
from pathlib import Path

import pytest
import yaml
from hypothesis import strategies as st
from planned import AREA, PLAN, REGISTER
from sweeping import sweep

from profiles.disclosure.plan import plan_of, read_plan
from profiles.disclosure.policy import DEFAULT, read_policy
from profiles.figures.declared import FOLDER
from profiles.figures.register_files import read_register
from profiles.reading import FileError

RAW = yaml.safe_load(DEFAULT.read_text("utf-8"))


def written(folder: Path, raw: object) -> Path:
    path = folder / "policy.yml"
    path.write_text(yaml.safe_dump(raw, sort_keys=False), "utf-8")
    return path


def known(plan: object) -> set[str]:
    """What an attacker knows besides labels: facts, populations and impossible cells."""
    facts = {s.text for s in plan.statements if "|" not in s.text}  # type: ignore[attr-defined]
    facts |= {f"{name}: {sorted(of.leaves.items())}" for name, of in plan.lattices.items()}  # type: ignore[attr-defined]
    return facts | {str(i) for i in plan.impossible}  # type: ignore[attr-defined]


CHOICES = [(key, None) for key in RAW] + [(key, part) for key in ("merges",) for part in RAW[key]]
CHOICES += [("required", part) for part in RAW["required"]]


@sweep(12, 60, st.sets(st.sampled_from(range(len(CHOICES)))))
def test_with_any_choices_taken_away_the_attacker_knows_no_less(taken: set[int]) -> None:
    raw = yaml.safe_load(DEFAULT.read_text("utf-8"))
    for number in taken:
        key, part = CHOICES[number]
        if part is None:
            raw.pop(key, None)
        elif isinstance(raw.get(key), list):
            raw[key] = [one for one in raw[key] if one != part]
        elif isinstance(raw.get(key), dict):
            raw[key].pop(part, None)
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        plan = read_plan(REGISTER, written(Path(folder), raw))
    assert known(plan) >= known(PLAN)


def test_a_table_that_is_taken_out_is_in_no_edition_and_its_facts_stay(tmp_path: Path) -> None:
    plan = read_plan(
        REGISTER,
        written(
            tmp_path, RAW | {"editions": {"at_risk by sex": "none", "at_risk by age": "public"}}
        ),
    )
    assert plan.table("at_risk", frozenset(["sex"])) is None
    assert plan.table("at_risk", frozenset(["age"])).edition == "public"  # type: ignore[union-attr]
    assert known(plan) == known(PLAN)


def test_an_old_policy_serves_a_release_with_new_figures(tmp_path: Path) -> None:
    shutil.copytree(FOLDER, tmp_path / "register")
    new = "figures: {visits: {name: Visits, counts: visits, unit: visits, period: 12 months, needs: [trust]}}\n"
    (tmp_path / "register" / "visits.yml").write_text(new, "utf-8")
    register = read_register(AREA, tmp_path / "register")
    plan = plan_of(register, read_policy(register, DEFAULT))
    assert plan.is_declared("visits")


def test_a_pair_that_is_never_crossed_has_no_table(tmp_path: Path) -> None:
    plan = read_plan(REGISTER, written(tmp_path, RAW | {"never_crossed": [["sex", "risk_level"]]}))
    assert plan.table("at_risk", frozenset(["sex", "risk_level"])) is None
    assert plan.table("at_risk", frozenset(["sex"])) is not None


FAULTS: dict[str, tuple[dict[str, object], str]] = {
    "a part that is not known": (
        {"relations": []},
        r"policy.yml, line \d+: “relations” is not known here",
    ),
    "a weak threshold": ({"rule": {"threshold": 4}}, "threshold of at least 5"),
    "a setting that is not known": (
        {"rule": {"treshold": 8}},
        "“treshold” is not known here; did you mean “threshold”",
    ),
    "a table that there is not": (
        {"required": ["at_risk by sexx"]},
        "no such table; did you mean “at_risk by sex”",
    ),
    "an edition that there is not": (
        {"editions": {"at_risk by sex": "secret"}},
        "must be one of 'public', 'partner' or 'none'",
    ),
    "an edition of nothing": ({"editions": {"shoes by size": "none"}}, "no such table"),
    "a merge of nothing": (
        {"merges": {"age_band": {"o": {"label": "O", "of": ["not known", "Z"], "small": ["Z"]}}}},
        "age_band has no group Z",
    ),
    "a merge into a group": (
        {"merges": {"sex": {"M": {"label": "M", "of": ["M", "not M"], "small": ["M"]}}}},
        "has a group of that name",
    ),
    "small outside the merge": (
        {
            "merges": {
                "locality": {"o": {"label": "O", "of": ["outside", "West"], "small": ["not known"]}}
            }
        },
        "not one of those merged",
    ),
    "a dimension that there is not": ({"never_crossed": [["ward", "shoes"]]}, "no such dimension"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_does_not_fit_is_refused_by_line(tmp_path: Path, fault: str) -> None:
    parts, words = FAULTS[fault]
    with pytest.raises(FileError, match=words):
        read_policy(REGISTER, written(tmp_path, RAW | parts))


def test_a_policy_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(FileError, match="not there"):
        read_policy(REGISTER, tmp_path / "none.yml")


def test_every_pair_that_is_never_crossed_is_crossed_nowhere() -> None:
    for pair, table in itertools.product(PLAN.policy.never_crossed, PLAN.tables):
        assert not pair <= set(table.by)

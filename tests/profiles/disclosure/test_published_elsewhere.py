"""What others have published of the same children: read strictly, reckoned with, and not hidden a second time."""

from __future__ import annotations

import dataclasses
import itertools
from decimal import ROUND_HALF_EVEN, ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from invented import DAY, ages, by, exact
from planned import PLAN, REGISTER

from profiles.areas.published import PublishedEntry, parse_published
from profiles.disclosure.audit import DETAILS, attack, protect
from profiles.disclosure.counts import Counts, label_counts
from profiles.disclosure.knowledge import knowledge
from profiles.disclosure.plan import PUBLIC, Plan, published_of
from profiles.figures.register_files import register_of
from profiles.reading import FileError

RULE = PLAN.policy.rule


def entry(value: str, of: int | None = None, **groups: str) -> PublishedEntry:
    return PublishedEntry(
        as_at=DAY, figure="at_risk", groups=groups, value=value, of=of, source="A newspaper"
    )


def told(*entries: PublishedEntry) -> Plan:
    return dataclasses.replace(PLAN, published=entries)


@given(st.integers(1, 400), st.integers(0, 3), st.data())
def test_a_percentage_is_every_number_that_is_printed_so(
    of: int, decimals: int, data: st.DataObject
) -> None:
    """By trying every number, halves rounded up or to even."""
    children = data.draw(st.integers(0, of))
    unit = Decimal(1).scaleb(-decimals)

    def printed(number: int) -> set[str]:
        share = Decimal(100 * number) / of
        return {f"{share.quantize(unit, how)}%" for how in (ROUND_HALF_UP, ROUND_HALF_EVEN)}

    for value in printed(children):
        alike = [n for n in range(of + 1) if value in printed(n)]
        found = entry(value, of).children
        assert found is not None
        assert set(alike) <= set(range(found[0], found[1] + 1))
        # At a half both ways are thought possible, so one more number at each end at the most.
        assert found[1] - found[0] + 1 <= len(alike) + 2


def test_the_percentages_of_the_council() -> None:
    assert entry("74.6%", 291).children == (217, 217)
    assert entry("63%", 337).children == (211, 213)
    assert entry("1,234").children == (1234, 1234)
    assert entry("74.6%").children is None


def _not_known(counts: Counts, older: set[int]) -> set[int]:
    """By trying every number of each band: of how many children the age can be not known."""
    total = 291
    bounds = {}
    for group in ("15-17", "under 15", "not known"):
        row = counts.table.set_index("ref").loc[f"at_risk|age_band={group}|{DAY}"]
        hidden = row["status"] == "withheld"
        bounds[group] = (8, total) if hidden else (int(row["low"]), int(row["high"]))
    possible = set()
    for old, young in itertools.product(older, range(total + 1)):
        rest = total - old - young
        fits = all(
            bounds[group][0] <= n <= bounds[group][1]
            for group, n in (("15-17", old), ("under 15", young), ("not known", rest))
        )
        if fits:
            possible.add(rest)
    return possible


def test_a_published_percentage_and_our_labels_tell_no_small_number() -> None:
    """74.6% of 291 are 217 of 15–17; with our 75 under 15, of none or one the age is not known."""
    figures = exact(*ages(217, 74))
    alone = protect(figures, PLAN)
    assert len(_not_known(alone.counts, set(range(292)))) >= 5
    assert _not_known(alone.counts, {217}) == {0, 1}
    plan = told(entry("74.6%", age_band="15-17"))
    naive = attack(knowledge(label_counts(figures, plan), DETAILS[PUBLIC], plan), RULE, PUBLIC, 60)
    assert not naive.passed
    found = protect(figures, plan)
    assert found.withheld == (f"at_risk|age_band=under 15|{DAY}",)
    assert len(_not_known(found.counts, {217})) >= 5


def test_a_share_of_those_known() -> None:
    """75.6% of the 287 whose age is known; of all 291 children it would be 74.6%."""
    figures = exact(*ages(217, 70, not_known=4))
    plan = told(entry("75.6%", age_band="15-17"))
    known = knowledge(label_counts(figures, plan), DETAILS[PUBLIC], plan)
    assert known.not_used == ()
    assert known.elsewhere is not None
    shares = [r for r in known.facts.relations if "75.6%" in r.name]
    truth = {f"at_risk|age_band=15-17|{DAY}": 217, f"at_risk||{DAY}": 291}
    truth |= {f"at_risk|age_band=not known|{DAY}": 4, f"at_risk[age_band=not known]|{DAY}": 4}
    assert len(shares) == 2
    for relation in shares:
        assert sum(truth[ref] * n for ref, n in relation.terms.items()) >= 0


def test_what_others_gave_away_is_noted_and_not_hidden_again() -> None:
    ages = {"10": 1, "11": 8, "12": 25, "13": 25, "14": 30, "15": 32, "16": 95, "17": 74}
    figures = exact(by(290), *(by(n, age=age) for age, n in ages.items()))
    plan = told(entry("1", age="10"))
    alone = protect(figures, PLAN)
    found = protect(figures, plan)
    assert found.withheld == alone.withheld
    audit = found.audits["partner"]
    assert [failure.target for failure in audit.given_elsewhere] == [f"at_risk|age=10|{DAY}"]
    assert audit.passed
    assert audit.narrowest is None or audit.narrowest.target != f"at_risk|age=10|{DAY}"


def test_what_the_extracts_do_not_bear_out_is_no_fact_and_said() -> None:
    figures = exact(*ages(217, 74))
    for wrong in (
        entry("12%", age_band="15-17"),
        entry("210", age_band="15-17"),
        entry("12%", 291, age_band="15-17"),
    ):
        known = knowledge(label_counts(figures, told(wrong)), DETAILS[PUBLIC], told(wrong))
        ((what, why),) = known.not_used
        assert (what.startswith("at_risk"), why) == (True, "the extracts now give another number")
        assert known.elsewhere is None
        assert protect(figures, told(wrong)).withheld == protect(figures, PLAN).withheld


def test_an_older_day_or_another_figure_is_no_matter() -> None:
    figures = exact(*ages(217, 74))
    other = entry("5", sex="not M").model_copy(update={"figure": "hub_referrals"})
    plan = told(other)
    assert knowledge(label_counts(figures, plan), DETAILS[PUBLIC], plan).elsewhere is None


FILE = """published:
  - as_at: 2024-03-01
    figure: at_risk
    groups: {sex: M}
    value: 74.6%
    source: A newspaper
"""


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("at_risk", "at_rsik", "line 3: no such figure; did you mean “at_risk”?"),
        ("sex", "sexx", "line 4: no such dimension; did you mean “sex”?"),
        ("M}", "m}", "line 4: sex has no group m"),
        ("74.6%", "a lot", "line 5: value: must be a whole number or a percentage"),
        ("74.6%", "-3", "line 5: value: must be a whole number or a percentage"),
        ("2024-03-01", "1 March", "line 2: as_at: must be a day, YYYY-MM-DD"),
        ("source", "sources", "“sources” is not known here"),
    ],
)
def test_a_file_that_is_not_understood_is_refused(
    tmp_path: Path, old: str, new: str, words: str
) -> None:
    path = tmp_path / "published_elsewhere.yml"
    path.write_text(FILE.replace(old, new, 1), "utf-8")
    with pytest.raises(FileError) as refused:
        PLAN.with_published(path)
    assert words in str(refused.value)


def test_a_file_adds_to_what_the_area_brings(tmp_path: Path) -> None:
    path = tmp_path / "published_elsewhere.yml"
    assert PLAN.with_published(path).published == PLAN.published
    path.write_text(FILE, "utf-8")
    assert len(PLAN.with_published(path).published) == len(PLAN.published) + 1


def test_the_council_s_numbers_are_all_there() -> None:
    area = register_of(REGISTER.area).area
    listed = published_of(REGISTER, area.published_file)
    assert listed == parse_published(area.published_file.read_text("utf-8"), "published.yml")
    values = {(e.day, e.value) for e in listed}
    of_2023 = {"337", "71", "125", "141", "63%", "76%", "0", "82%"}
    of_2024 = {"291", "158", "54.3%", "74.6%", "58.3%", "1", "65.4%", "2", "69.8%"}
    assert values == {("2023-07-31", v) for v in of_2023} | {("2024-03-01", v) for v in of_2024}

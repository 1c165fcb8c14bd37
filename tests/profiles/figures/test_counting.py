"""What is counted is what the register declares: its groups, its days, and what they add up to."""

from __future__ import annotations

import datetime as dt

import pytest
from planned import REGISTER

from profiles.figures.counted import ALL, Cell, Counted, CountingError
from profiles.figures.counting import _check_sum, declared_rows

DAY = dt.date(2024, 3, 1)
IN_CARE = frozenset([("plan", "CLA")])


def cells(**numbers: float) -> dict[tuple[str, dt.date, frozenset[tuple[str, str]]], Cell]:
    """“figure__dimension__group” or “figure” → how many."""
    found = {}
    for name, number in numbers.items():
        figure, *pair = name.split("__")
        groups = frozenset([tuple(pair)]) if pair else ALL
        found[figure, DAY, groups] = Cell(number, number, min(number, 2.0))
    return found


def counted(found: dict[tuple[str, dt.date, frozenset[tuple[str, str]]], Cell]) -> Counted:
    periods = {entry.entry.period: (DAY, DAY) for entry in REGISTER.figures.values()}
    return Counted(as_at=DAY, cells=found, numbers=(), periods=periods, earlier_days={})


def test_groups_that_do_not_add_up_to_their_total() -> None:
    with pytest.raises(
        CountingError, match=r"at_risk by \w+ is 10 off its total: say in its entry"
    ):
        declared_rows(REGISTER, counted(cells(at_risk=10)), ["at_risk"])


def test_groups_of_a_figure_without_a_total_add_up_to_what_it_is_all_of() -> None:
    """The attacker takes it as a fact: a child in care whom no placement has makes it a false one."""
    found = cells(at_risk_in_care__placement__foster=4, at_risk_in_care__placement__other=1)
    found |= cells(**{"at_risk_in_care__placed_where__in area": 5})
    found["at_risk", DAY, IN_CARE] = Cell(5, 5, 2)
    figure = REGISTER.figures["at_risk_in_care"]
    for breakdown in figure.entry.breakdowns:
        _check_sum(REGISTER, figure, breakdown, counted(found), None)
    found["at_risk", DAY, IN_CARE] = Cell(6, 6, 2)
    by_placement = figure.breakdown(frozenset(["placement"]))
    assert by_placement
    with pytest.raises(CountingError, match="at_risk_in_care by placement is 1 off its total"):
        _check_sum(REGISTER, figure, by_placement, counted(found), None)
    # Counted alone, there is nothing to hold it to.
    declared_rows(REGISTER, counted(found), ["at_risk_in_care"])


def test_a_group_that_the_register_does_not_have() -> None:
    with pytest.raises(CountingError, match="at_risk: sex has a group that the register does not"):
        declared_rows(REGISTER, counted(cells(at_risk__sex__Q=1)))
    with pytest.raises(CountingError, match="a model counts at_rest, which no section"):
        declared_rows(REGISTER, counted(cells(at_rest=1)))

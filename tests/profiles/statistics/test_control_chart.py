"""Control charts against a published worked example, and against constructed series for every rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.statistics import control_chart as module
from profiles.statistics.control_chart import Point, Signal, control_chart

# NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2.1, individuals control charts: flow rate of ten batches.
FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]
# Twelve months about 20, without a signal.
QUIET = [20, 22, 19, 21, 18, 22, 20, 19, 21, 20, 22, 18]


def chart(values: list[float | None], **more: object) -> module.ControlChart:
    return control_chart([Point(v) for v in values], **more)  # type: ignore[arg-type]


def test_the_handbooks_example(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "LEAST_POINTS", 10)
    (limits,) = chart([*FLOW]).limits
    assert limits.mean == pytest.approx(50.81)
    assert limits.high == pytest.approx(55.8041, abs=0.003)
    assert limits.low == pytest.approx(45.8159, abs=0.003)
    assert chart([*FLOW]).signals == ()


def test_under_twelve_points_nothing_is_said() -> None:
    assert chart(QUIET[:11]) == module.ControlChart((), ())
    assert len(chart(QUIET).limits) == 1


def test_a_quiet_series_gives_no_signal() -> None:
    assert chart([*QUIET, *QUIET]).signals == ()


@pytest.mark.parametrize(("value", "rule"), [(40, "above"), (0, "below")])
def test_a_point_outside(value: int, rule: str) -> None:
    assert Signal(rule, 12, 12) in chart([*QUIET, value, *QUIET]).signals  # type: ignore[arg-type]


def test_neighbours_outside_are_one_signal() -> None:
    found = chart([*QUIET, 60, 61, *QUIET, *QUIET]).signals
    assert [s for s in found if s.rule == "above"] == [Signal("above", 12, 13)]


def test_a_rounded_value_is_outside_only_with_all_of_its_range() -> None:
    quiet = [Point(float(v), v - 2.0, v + 2.0) for v in QUIET]
    (limits,) = control_chart([*quiet, Point(20.0, 18.0, 22.0)]).limits
    just = limits.high + 1.0
    assert not control_chart([*quiet, Point(20.0), Point(just, just - 30, just + 2)]).signals
    assert control_chart([*quiet, Point(20.0), Point(just + 10, just + 8, just + 12)]).signals


@pytest.mark.parametrize(("length", "is_signal"), [(6, False), (7, True)])
def test_seven_in_a_row_on_one_side(length: int, is_signal: bool) -> None:
    run = ([21.0, 22.0] * 4)[:length]
    series = [18.0, 22.0] * 8 + [18.0, *run, 18.0] + [22.0, 18.0] * 8
    found = [s for s in chart([*series]).signals if s.rule == "run above"]
    assert found == ([Signal("run above", 17, 23)] if is_signal else [])


@pytest.mark.parametrize("sign", [1, -1])
def test_seven_that_each_rise_or_fall(sign: int) -> None:
    series = (
        [50.0 + v for v in QUIET] + [70 + sign * i for i in range(7)] + [50.0 + v for v in QUIET]
    )
    rules = {s.rule for s in chart([*series]).signals}
    assert ("rise" if sign > 0 else "fall") in rules
    six = (
        [50.0 + v for v in QUIET]
        + [70, 68, 70 - sign, 70, 70 + sign, 68, 70]
        + [50.0 + v for v in QUIET]
    )
    assert not {"rise", "fall"} & {s.rule for s in chart([*six]).signals}


def test_limits_begin_anew_at_a_change_of_recording() -> None:
    series = [*QUIET, *(v + 100 for v in QUIET)]
    assert chart([*series]).signals
    (before, after) = chart([*series], changes=[12]).limits
    assert (before.first, before.last, after.first, after.last) == (0, 11, 12, 23)
    assert after.mean == pytest.approx(before.mean + 100)
    assert chart([*series], changes=[12]).signals == ()
    # Of what is too short after a change nothing is said.
    assert len(chart([*QUIET, *(v + 100 for v in QUIET[:5])], changes=[12]).limits) == 1


def test_a_stock_that_stands_still_is_no_run() -> None:
    steady = [*QUIET, *[21.0] * 12, *QUIET]
    assert any(s.rule == "run above" for s in chart([*steady]).signals)
    assert not any(s.rule == "run above" for s in chart([*steady], is_stock=True).signals)


def test_a_gap_is_no_step_and_ends_a_run() -> None:
    with_gap = chart([*QUIET, None, *(v + 0.0 for v in QUIET)])
    assert with_gap.limits[0].mean == pytest.approx(20.1666, abs=0.001)
    broken = [*QUIET, 21, 22, 21, 22, None, 21, 22, 21, 18, *QUIET]
    assert not any(s.rule == "run above" for s in chart([*broken]).signals)


@given(st.lists(st.integers(0, 100), min_size=12, max_size=60), st.integers(1, 50))
def test_shifting_and_scaling_change_no_signal(values: list[int], shift: int) -> None:
    moved = chart([float(v + shift) for v in values]).signals
    assert moved == chart([float(v) for v in values]).signals
    doubled = chart([2.0 * v for v in values]).signals
    assert doubled == chart([float(v) for v in values]).signals

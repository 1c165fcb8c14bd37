"""Control charts of individual values (XmR): whether a series varies more than it does by itself.

NHS England, Making Data Count (2019); Shewhart, W. A. (1931); Wheeler, D. J. (2000), Understanding
Variation. Limits are the mean ± 2.66 × the mean moving range. A signal is one of three: a value
outside the limits, seven in a row on one side of the mean, seven in a row that each rise or fall.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np

# 3 / 1.128: three standard deviations, where the mean range of two values is 1.128 of one.
SPREAD = 2.66
LEAST_POINTS = 12
RUN = 7

Rule = Literal["above", "below", "run above", "run below", "rise", "fall"]


@dataclass(frozen=True)
class Point:
    """A value that may be rounded: it is told as `value` and is from `low` to `high`. None is a
    gap.
    """

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Signal:
    """A rule that a series breaks, from the point `first` to the point `last`, numbered from 0."""

    rule: Rule
    first: int
    last: int


@dataclass(frozen=True)
class Limits:
    """The mean and the limits of the points from `first` to `last`."""

    first: int
    last: int
    mean: float
    low: float
    high: float


@dataclass(frozen=True)
class ControlChart:
    """Limits, one set for each stretch between two changes of recording, and signals, in order of
    time.
    """

    limits: tuple[Limits, ...]
    signals: tuple[Signal, ...]


def control_chart(
    points: Sequence[Point], changes: Sequence[int] = (), *, is_stock: bool = False
) -> ControlChart:
    """The chart of a series. `changes` are the points from which something is recorded otherwise:
    there the limits begin anew. A stretch of fewer than 12 values has none.

    A rounded value is outside only where all of its range is. Of a stock (`is_stock`) neighbours
    that are equal count once in a run: most of the children are the same from one month to the
    next, so a number that stands still says nothing new.
    """
    starts = sorted({0, *(change for change in changes if 0 < change < len(points))})
    ends = [*(start - 1 for start in starts[1:]), len(points) - 1]
    limits: list[Limits] = []
    signals: list[Signal] = []
    for first, last in zip(starts, ends, strict=True):
        stretch = _limits(points, first, last)
        if stretch is None:
            continue
        limits.append(stretch)
        signals += _outside(points, stretch)
        signals += _runs(points, stretch, is_stock=is_stock)
        signals += _trends(points, stretch)
    return ControlChart(tuple(limits), tuple(sorted(signals, key=_in_time)))


def _in_time(signal: Signal) -> tuple[int, int, str]:
    return signal.last, signal.first, signal.rule


def _values(points: Sequence[Point], first: int, last: int) -> list[tuple[int, float]]:
    """The values of a stretch with their numbers, without gaps."""
    values = []
    for number in range(first, last + 1):
        value = points[number].value
        if value is not None:
            values.append((number, value))
    return values


def _limits(points: Sequence[Point], first: int, last: int) -> Limits | None:
    numbered = _values(points, first, last)
    if len(numbered) < LEAST_POINTS:
        return None
    moving = []
    for (before, a), (number, b) in itertools.pairwise(numbered):
        # Over a gap more than a month has passed.
        if number == before + 1:
            moving.append(abs(b - a))
    if not moving:
        return None
    mean = float(np.mean([value for _, value in numbered]))
    spread = SPREAD * float(np.mean(moving))
    return Limits(first, last, mean, mean - spread, mean + spread)


def _outside(points: Sequence[Point], limits: Limits) -> Iterator[Signal]:
    """Values outside the limits; neighbours on one side are one signal."""
    found: list[Signal] = []
    for number, value in _values(points, limits.first, limits.last):
        point = points[number]
        low = value if point.low is None else point.low
        high = value if point.high is None else point.high
        if limits.low <= high and low <= limits.high:
            continue
        rule: Rule = "above" if low > limits.high else "below"
        if found and found[-1].rule == rule and found[-1].last == number - 1:
            found[-1] = Signal(rule, found[-1].first, number)
        else:
            found.append(Signal(rule, number, number))
    yield from found


def _runs(points: Sequence[Point], limits: Limits, *, is_stock: bool) -> Iterator[Signal]:
    """Seven or more in a row on one side; a value at the mean, or a gap, ends a run."""
    sides: tuple[tuple[int, Rule], ...] = ((1, "run above"), (-1, "run below"))
    for side, rule in sides:
        run: list[int] = []
        counted = 0
        for number in range(limits.first, limits.last + 2):
            value = points[number].value if number <= limits.last else None
            if value is not None and side * (value - limits.mean) > 0:
                is_same = bool(run) and points[run[-1]].value == value
                counted += 0 if is_stock and is_same else 1
                run.append(number)
                continue
            if counted >= RUN:
                yield Signal(rule, run[0], run[-1])
            run = []
            counted = 0


def _trends(points: Sequence[Point], limits: Limits) -> Iterator[Signal]:
    """Seven or more in a row that each lie above the one before, or each below it."""
    sides: tuple[tuple[int, Rule], ...] = ((1, "rise"), (-1, "fall"))
    for side, rule in sides:
        run: list[int] = []
        for number in range(limits.first, limits.last + 2):
            value = points[number].value if number <= limits.last else None
            before = points[run[-1]].value if run else None
            goes_on = value is not None and before is not None and side * (value - before) > 0
            if goes_on:
                run.append(number)
                continue
            if len(run) >= RUN:
                yield Signal(rule, run[0], run[-1])
            run = [number] if value is not None else []

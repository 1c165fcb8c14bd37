"""Whether two numbers differ, and how large a difference could have been seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from profiles.statistics import rates

Verdict = Literal["a rise", "a fall", "no clear change"]
RISE: Verdict = "a rise"
FALL: Verdict = "a fall"
NONE: Verdict = "no clear change"


@dataclass(frozen=True)
class Visible:
    """The largest number that would have been called a fall, and the smallest that would have been
    called a rise; None where none would.
    """

    fall: int | None
    rise: int | None


def counts_differ(before: float, now: float) -> Verdict:
    """Whether a count changed: its Poisson 95% interval and that of the count before do not
    meet. Of 337 and 291 they do (301.98 to 374.97, 258.52 to 326.43).
    """
    (low_before, low_now), (high_before, high_now) = rates.poisson([before, now])
    if high_before < low_now:
        return RISE
    if high_now < low_before:
        return FALL
    return NONE


def visible(before: float) -> Visible:
    """Which counts would have been called a change from this one."""
    fall = int(before)
    while fall >= 0 and counts_differ(before, fall) != FALL:
        fall -= 1
    rise = int(before) + 1
    while counts_differ(before, rise) != RISE:
        rise += 1
    return Visible(fall if fall >= 0 else None, rise)


def shares_differ(
    x_before: float, n_before: float, x_now: float, n_now: float
) -> tuple[float, float, float]:
    """The difference of two independent shares x/n, now minus before, and its 95% interval, as
    shares between −1 and 1.

    Newcombe, R. G. (1998). Interval estimation for the difference between independent proportions:
    comparison of eleven methods. Statistics in Medicine 17: 873–890, method 10: of 141 of 337 and
    158 of 291 it is 0.125 (0.046 to 0.201).
    """
    share_before = x_before / n_before
    share_now = x_now / n_now
    (low_before, low_now), (high_before, high_now) = rates.wilson(
        [x_before, x_now], [n_before, n_now]
    )
    difference = share_now - share_before
    below = ((share_now - low_now) ** 2 + (high_before - share_before) ** 2) ** 0.5
    above = ((high_now - share_now) ** 2 + (share_before - low_before) ** 2) ** 0.5
    return difference, float(difference - below), float(difference + above)


def rounded_shares_differ(
    x_before: float, n_before: float, x_now: float, n_now: float, off: float
) -> tuple[float, float, float]:
    """The same where both numbers x are rounded, and can be `off` more or fewer: the interval holds
    whatever they were.

    Of 75 of 331 and 90 of 291, each of them up to 2 more or fewer, it is 0.083 (0.000 to 0.165),
    where taken as they stand they give 0.013 to 0.152.
    """

    def at_most(x: float, n: float) -> float:
        return min(x + off, n)

    def at_least(x: float) -> float:
        return max(x - off, 0.0)

    difference, _, _ = shares_differ(x_before, n_before, x_now, n_now)
    _, low, _ = shares_differ(at_most(x_before, n_before), n_before, at_least(x_now), n_now)
    _, _, high = shares_differ(at_least(x_before), n_before, at_most(x_now, n_now), n_now)
    return difference, low, high


def share_verdict(low: float, high: float) -> Verdict:
    """What an interval of a difference of shares says."""
    if low > 0:
        return RISE
    if high < 0:
        return FALL
    return NONE

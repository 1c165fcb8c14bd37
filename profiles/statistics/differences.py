"""Whether two numbers differ, and how large a difference could have been seen."""

from __future__ import annotations

import math
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


# A number that may lie anywhere within so many on either side has this many times that as its
# standard deviation: a rectangular distribution, 4.3.7 of the Guide to the expression of
# uncertainty in measurement (JCGM 100:2008).
RECTANGULAR = 3**-0.5


@dataclass(frozen=True)
class ToldCount:
    """A count as its label tells it: from `least` to `most`, as rounding leaves it, and up to
    `behind` more or fewer, since a label stands until enough children joined or left.

    Of an exact count both ends are that number, and it is not behind.
    """

    least: float
    most: float
    behind: int = 0

    @property
    def interval(self) -> tuple[float, float]:
        """Its Poisson 95% interval, wherever rounding has put it, and wider by how far it may be
        behind: the two are independent, so their widths add up as squares do.

        Of 60 (58 to 62, up to 7 behind) it is 41.9 to 81.2, where of exactly 60 it is 45.8 to 77.2.
        """
        (lowest, _), (_, highest) = rates.poisson([self.least, self.most])
        blur = rates.Z * self.behind * RECTANGULAR
        below = math.hypot(self.least - lowest, blur)
        above = math.hypot(highest - self.most, blur)
        return self.least - below, self.most + above


def counts_differ(before: ToldCount, now: ToldCount) -> Verdict:
    """Whether a count changed: its 95% interval and that of the count before do not meet. Of
    exactly 337 and 291 they do (301.98 to 374.97, 258.52 to 326.43).
    """
    low_before, high_before = before.interval
    low_now, high_now = now.interval
    if high_before < low_now:
        return RISE
    if high_now < low_before:
        return FALL
    return NONE


def visible(before: ToldCount, now: ToldCount) -> Visible:
    """Which labels would have been called a change from this one, if they left as much open as that
    of today.
    """
    middle = (now.least + now.most) / 2

    def verdict(label: int) -> Verdict:
        moved = label - middle
        least = max(now.least + moved, 0)
        most = max(now.most + moved, 0)
        return counts_differ(before, ToldCount(least, most, now.behind))

    fall = int(before.least)
    while fall >= 0 and verdict(fall) != FALL:
        fall -= 1
    rise = int(before.most) + 1
    while verdict(rise) != RISE:
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


def told_shares_differ(
    x_before: float, n_before: float, x_now: float, n_now: float, off: float, behind: int
) -> tuple[float, float, float]:
    """The same where both numbers x are labels: rounding leaves each of them `off` more or fewer,
    and the interval holds whatever they were; and up to `behind` may have joined or left either of
    them, or the n that it is of, which widens it as in `ToldCount`.

    Of 75 of 331 and 90 of 291, each of them up to 2 more or fewer, it is 0.083 (0.000 to 0.165),
    where taken as they stand they give 0.013 to 0.152; with up to 7 behind −0.008 to 0.173.
    """

    def at_most(x: float, n: float) -> float:
        return min(x + off, n)

    def at_least(x: float) -> float:
        return max(x - off, 0.0)

    def blur(x: float, n: float) -> float:
        # One more of x moves x/n by 1/n, one more of n by x/n².
        return behind * RECTANGULAR * math.hypot(1, x / n) / n

    difference, _, _ = shares_differ(x_before, n_before, x_now, n_now)
    _, low, _ = shares_differ(at_most(x_before, n_before), n_before, at_least(x_now), n_now)
    _, _, high = shares_differ(at_least(x_before), n_before, at_most(x_now, n_now), n_now)
    wider = rates.Z * math.hypot(blur(x_before, n_before), blur(x_now, n_now))
    below = math.hypot(difference - low, wider)
    above = math.hypot(high - difference, wider)
    return difference, difference - below, difference + above


def share_verdict(low: float, high: float) -> Verdict:
    """What an interval of a difference of shares says."""
    if low > 0:
        return RISE
    if high < 0:
        return FALL
    return NONE

"""What all events of the invented children share: when they happen, when they are recorded, where.

Counts are gamma-Poisson, so a few children have many events. `hub` is each child's first referral
to the hub, -1 for none: events gather in the two years before it.
"""

from __future__ import annotations

import numpy as np

from data_samples.children import FIRST, LAST, Children
from data_samples.city import OUTSIDE_WARDS, WARDS
from data_samples.draws import Draws, Ints, Texts, texts


def happen(
    rng: np.random.Generator,
    children: Children,
    hub: Ints,
    source: str,
    mean: float,
    hub_mean: float,
) -> tuple[Ints, Ints]:
    """(child, day) of each event: children that `source` knows, aged 8 to 17 on the day."""
    known = np.flatnonzero(children.known_to[source])
    referral = np.where(hub >= 0, hub, children.upcoming)
    means = np.where(referral[known] >= 0, hub_mean, mean)
    times = rng.poisson(rng.gamma(0.7, means / 0.7))
    child = np.repeat(known, times)
    draw = Draws(rng, len(child))
    day = draw.whole(FIRST, LAST + 1)
    from_referral = rng.normal(-120, 260, len(child)).astype(np.int64)
    is_near = draw.chance(0.7) & (referral[child] >= 0)
    day = np.where(is_near, referral[child] + from_referral, day)
    in_period = (day >= FIRST) & (day <= LAST)
    is_over_8 = day > children.birth_days()[child] + 8 * 365
    fits = in_period & is_over_8 & (day < children.eighteenth()[child])
    return child[fits], day[fits]


def recorded(rng: np.random.Generator, day: Ints) -> Texts:
    """When it was recorded: mostly within days, one in twenty months later; one in fifty blank."""
    draw = Draws(rng, len(day))
    is_late = draw.chance(0.05)
    lag = np.where(is_late, draw.whole(30, 200), draw.whole(0, 6))
    days = np.minimum(day + lag, LAST + 4)
    return np.where(draw.chance(0.02), "", texts(days))


def moments(minute: Ints) -> Texts:
    """Minutes since 1970 → YYYY-MM-DDTHH:MM."""
    out: Texts = np.datetime_as_string(minute.astype("datetime64[m]"), unit="m").astype(object)
    return out


def wards_near(
    rng: np.random.Generator, children: Children, child: Ints, near_home: float
) -> Texts:
    """A ward for each event: the child's own with odds `near_home`, else any; one in twenty
    blank.
    """
    draw = Draws(rng, len(child))
    is_outside = draw.chance(0.04)
    outside = rng.choice(OUTSIDE_WARDS, len(child))
    ward = np.where(is_outside, outside, rng.choice(WARDS, len(child)))
    is_home = draw.chance(near_home)
    ward = np.where(is_home, children.ward_codes()[child], ward)
    ward[draw.chance(0.05)] = ""
    return ward

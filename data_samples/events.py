"""What all events of the invented children share: when they happen, when they are recorded, where.

Counts are gamma-Poisson, so a few children have many events. `hub` is each child's first referral
to the hub, -1 for none: events gather in the two years before it.
"""

from __future__ import annotations

import numpy as np

from data_samples.children import (
    FIRST,
    LAST,
    OUTSIDE_WARDS,
    WARDS,
    Children,
    Ints,
    Texts,
    texts,
)


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
    is_hub = hub[known] >= 0
    times = rng.poisson(rng.gamma(0.7, np.where(is_hub, hub_mean, mean) / 0.7))
    child = np.repeat(known, times)
    spread = rng.integers(FIRST, LAST + 1, len(child))
    near = hub[child] + rng.normal(-120, 260, len(child)).astype(np.int64)
    day = np.where((hub[child] >= 0) & (rng.random(len(child)) < 0.7), near, spread)
    born = children.birth_days()[child]
    fits = (
        (day >= FIRST)
        & (day <= LAST)
        & (day > born + 8 * 365)
        & (day < children.eighteenth()[child])
    )
    return child[fits], day[fits]


def recorded(rng: np.random.Generator, day: Ints) -> Texts:
    """When it was recorded: mostly within days, one in twenty months later; one in fifty blank."""
    lag = np.where(
        rng.random(len(day)) < 0.05, rng.integers(30, 200, len(day)), rng.integers(0, 6, len(day))
    )
    days = np.minimum(day + lag, LAST + 4)
    return np.where(rng.random(len(day)) < 0.02, "", texts(days))


def moments(day: Ints, minute: Ints) -> Texts:
    """Day and minute of the day → YYYY-MM-DDTHH:MM; minutes may run into later days."""
    moment = day.astype("datetime64[D]").astype("datetime64[m]") + minute.astype("timedelta64[m]")
    out: Texts = np.datetime_as_string(moment, unit="m").astype(object)
    return out


def wards_near(
    rng: np.random.Generator, children: Children, child: Ints, near_home: float
) -> Texts:
    """A ward for each event: the child's own with odds `near_home`, else any; one in twenty
    blank.
    """
    home = children.ward_codes()[child]
    elsewhere = np.where(
        rng.random(len(child)) < 0.04,
        rng.choice(OUTSIDE_WARDS, len(child)),
        rng.choice(WARDS, len(child)),
    )
    ward = np.where(rng.random(len(child)) < near_home, home, elsewhere)
    return np.where(rng.random(len(child)) < 0.05, "", ward)

"""Who the invented children are: birth month, sex, ethnicity, home, which agencies know them.

Everything is drawn per block of about 5,000 children, as numpy arrays.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from data_samples.city import (
    CITY,
    ETHNIC_ODDS,
    OUTSIDE_WARDS,
    WARD_ODDS,
    WARDS,
)
from data_samples.draws import Draws, Flags, Ints, Texts, month_day, refs

PERIOD_START = np.datetime64("2019-04-01")
PERIOD_END = np.datetime64("2024-03-31")
FIRST = int(PERIOD_START.astype(int))
LAST = int(PERIOD_END.astype(int))
# How far beyond the period events that gather before a referral are drawn, in days.
AHEAD = 700
UPCOMING = 900
# The two dates that the council's inquiry published figures of.
S1 = int(np.datetime64("2023-07-31").astype(int))
S2 = int(np.datetime64("2024-03-01").astype(int))

PROVIDERS = ("INV01", "INV02")
SOURCES = ("trust", "police", "education", *PROVIDERS)
REF_LETTERS = {"trust": "T", "police": "P", "education": "E", "INV01": "H", "INV02": "H"}


@dataclass
class Children:
    """One block of invented children. `birth` counts months since year 0; -1 where no agency knows
    it.
    """

    birth: Ints
    is_boy: Flags
    ethnicity: Ints
    ward: Ints  # index into WARDS; -1 outside Birmingham, -2 not known
    outside: Ints  # index into OUTSIDE_WARDS
    in_cohort: Flags  # at risk on one of the calibrated dates: their facts must come out as drawn
    known_to: dict[str, Flags] = field(default_factory=dict)
    refs: dict[str, Texts] = field(default_factory=dict)
    # The day after the period on which a child will first be referred to the hub; -1 for none.
    upcoming: Ints = field(default_factory=lambda: np.zeros(0, dtype=np.int64))

    def __len__(self) -> int:
        return len(self.birth)

    def ward_codes(self) -> Texts:
        """Home now as a code; blank where not known."""
        codes = WARDS[np.clip(self.ward, 0, None)]
        codes[self.ward == -1] = OUTSIDE_WARDS[self.outside[self.ward == -1]]
        codes[self.ward == -2] = ""
        return codes

    def birth_days(self) -> Ints:
        """The first day of the birth month; far in the past where it is not known."""
        return month_day(np.where(self.birth < 0, 2009 * 12, self.birth))

    def eighteenth(self) -> Ints:
        """The last day of the month in which each child turns 18; far in the future where the month
        is not known.
        """
        month_after = self.birth + 18 * 12 + 1
        last_day = month_day(month_after) - 1
        return np.where(self.birth < 0, 10**6, last_day)


def draw_people(rng: np.random.Generator, n: int) -> Children:
    """`n` children with nothing fixed yet beyond a plausible mix of the city."""
    draw = Draws(rng, n)
    ward = rng.choice(len(WARDS), n, p=WARD_ODDS)
    ward[draw.chance(0.03)] = -1
    ward[draw.chance(0.015)] = -2
    birth = draw.whole(2003 * 12, 2015 * 12)
    is_boy = draw.chance(0.62)
    ethnicity = rng.choice(len(ETHNIC_ODDS), n, p=ETHNIC_ODDS)
    outside = draw.whole(0, len(OUTSIDE_WARDS))
    in_cohort = np.zeros(n, dtype=bool)
    return Children(birth, is_boy, ethnicity, ward, outside, in_cohort)


def draw_upcoming(rng: np.random.Generator, children: Children, is_hub: Flags) -> None:
    """Decide which children will be referred to the hub in the AHEAD days after the period, as many
    as in so many days of it. Their events are there already; without them every number would fall
    towards the end.
    """
    is_young = children.eighteenth() > LAST + AHEAD
    waiting = np.flatnonzero(~is_hub & is_young)
    chosen = rng.permutation(waiting)[:UPCOMING]
    children.upcoming = np.full(len(children), -1, dtype=np.int64)
    children.upcoming[chosen] = LAST + 1 + rng.integers(0, AHEAD, len(chosen))


def share_out(rng: np.random.Generator, children: Children, is_hub: Flags, block: int) -> None:
    """Decide which agencies know each child, and give each its own pseudonym for the child."""
    draw = Draws(rng, len(children))
    for source in SOURCES:
        of_all, of_hub = CITY.known_to[source]
        children.known_to[source] = draw.chance(np.where(is_hub, of_hub, of_all))
    nobody = ~np.any(list(children.known_to.values()), axis=0)
    # Whom nobody would know, one source alone does.
    only = draw.whole(0, len(SOURCES))
    for number, source in enumerate(SOURCES):
        children.known_to[source] |= nobody & (only == number)
    for source in SOURCES:
        children.refs[source] = refs(REF_LETTERS[source], block, draw.order())

"""Who is at risk when, drawn so that two published snapshots come out exactly.

Spells at risk are a stationary process (arrivals, gamma lengths). Conditioned on which of the two
calibrated dates they cover, they fall into four kinds; drawing the published number of each kind
keeps the months between them natural.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.children import FIRST, LAST, S1, S2, Children, draw_people
from data_samples.city import IS_WHITE, UNKNOWN, WEIGHTS
from data_samples.draws import Draws, Ints

# Children at risk on both dates, on the first alone, on the second alone: 337 and 291 in all.
BOTH = 138
ONLY_FIRST = 337 - BOTH
ONLY_SECOND = 291 - BOTH
CALIBRATED = BOTH + ONLY_FIRST + ONLY_SECOND
ON_BOTH = slice(0, BOTH)
ON_FIRST = slice(BOTH, BOTH + ONLY_FIRST)
ON_SECOND = slice(BOTH + ONLY_FIRST, CALIBRATED)

HIGH, MEDIUM, LOW, NONE = 3, 2, 1, 0
LEVELS = np.array(["none", "low", "medium", "high"], dtype=object)
CLA, CP, CIN, NO_PLAN = 3, 2, 1, 0
MEAN_DAYS = 330.0
YEAR = 365.25
# More than are needed, so that each kind of spell finds enough.
CANDIDATES = 12_000


@dataclass
class Spells:
    """Periods at risk: child (row number), first and last day (the day after), level and plan
    wanted on each snapshot.
    """

    child: Ints
    start: Ints
    end: Ints
    level: tuple[Ints, Ints]  # on S1 and S2; -1 where the spell does not cover that date
    plan: tuple[Ints, Ints]


def _quota(rng: np.random.Generator, sizes: dict[int, int], lean: Ints | None = None) -> Ints:
    """Exactly `sizes[v]` of each value v, shuffled; with `lean`, mostly high values where `lean` is
    high.
    """
    ascending = sorted(sizes)
    times = [sizes[value] for value in ascending]
    values = np.repeat(ascending, times)
    # Without a lean, who gets which value is chance alone.
    if lean is None:
        return rng.permutation(values)
    # Sorted values go to children sorted by lean and some noise, so that most keep their rank.
    noise = rng.normal(0, 0.6, len(values))
    rank = np.argsort(lean + noise, kind="stable")
    out = np.empty_like(values)
    out[rank] = values
    return out


def draw_spells(rng: np.random.Generator) -> tuple[Children, Spells]:
    """The children ever at risk in the period and their spells, the calibrated ones first: both,
    first only, second only.
    """
    start, end = _calibrated_first(rng)
    n = len(start)
    children = draw_people(rng, n)
    children.in_cohort[:CALIBRATED] = True
    # About three in four, as in the published totals; the calibrated ones are set below.
    children.is_boy = Draws(rng, n).chance(0.74)
    _fix_facts(rng, children)
    _fix_ages(rng, children, start)
    # Nobody stays at risk past 18, and nobody is referred before the age of eight.
    end = np.minimum(end, children.eighteenth())
    eighth_birthday = children.birth_days() + int(8 * YEAR)
    eighth_birthday[children.birth < 0] = 0
    start = np.maximum(start, eighth_birthday)
    level = _levels(rng, n)
    plan = _plans(rng, n)
    spells = Spells(np.arange(n), start, end, level, plan)
    return _share_children(rng, children, spells)


def _calibrated_first(rng: np.random.Generator) -> tuple[Ints, Ints]:
    """First and last day of each spell; as many of other times as two dates' worth of children
    bring with them.
    """
    start = rng.integers(FIRST - 700, LAST + 1, CANDIDATES)
    length = rng.gamma(2.0, MEAN_DAYS / 2, CANDIDATES).astype(np.int64)
    end = start + 21 + length
    on_first = (start <= S1) & (end > S1)
    on_second = (start <= S2) & (end > S2)
    both = np.flatnonzero(on_first & on_second)[:BOTH]
    only_first = np.flatnonzero(on_first & ~on_second)[:ONLY_FIRST]
    only_second = np.flatnonzero(on_second & ~on_first)[:ONLY_SECOND]
    in_period = (end > FIRST) & (start < LAST)
    rest = np.flatnonzero(in_period & ~on_first & ~on_second)
    share = (337 + 291) / (on_first.sum() + on_second.sum())
    others = rest[: round(len(rest) * share)]
    order = np.concatenate([both, only_first, only_second, others])
    return start[order], end[order]


def _fix_facts(rng: np.random.Generator, children: Children) -> None:
    """Sex and ethnic group: 217 boys on S2; 212 of 337 and 189 of 289 in groups other than White,
    two not known on S2.
    """
    children.is_boy[ON_BOTH] = _quota(rng, {1: 104, 0: BOTH - 104}) == 1
    children.is_boy[ON_SECOND] = _quota(rng, {1: 113, 0: ONLY_SECOND - 113}) == 1
    _fix_ethnicity(rng, children, ON_BOTH, others=90, unknown=0)
    _fix_ethnicity(rng, children, ON_FIRST, others=122, unknown=0)
    _fix_ethnicity(rng, children, ON_SECOND, others=99, unknown=2)


def _fix_ethnicity(
    rng: np.random.Generator, children: Children, part: slice, others: int, unknown: int
) -> None:
    """So many in groups other than White, so many not known, the rest White."""
    size = part.stop - part.start
    kind = _quota(rng, {0: size - others - unknown, 1: others, 2: unknown})
    white = _ethnicities(rng, np.flatnonzero(IS_WHITE), size)
    other = _ethnicities(rng, np.flatnonzero(~IS_WHITE), size)
    children.ethnicity[part] = np.select([kind == 0, kind == 1], [white, other], UNKNOWN)


def _ethnicities(rng: np.random.Generator, among: Ints, size: int) -> Ints:
    weights = WEIGHTS[among]
    return rng.choice(among, size, p=weights / weights.sum())


def _fix_ages(rng: np.random.Generator, children: Children, start: Ints) -> None:
    """Birth months: 256 of 337 aged 15–17 on S1; 169 of 290 aged 16–17 on S2, one girl of 10, one
    month not known.
    """
    # Others: 10 to 17 when the spell starts, mostly 13 to 16.
    age = np.clip(rng.normal(14.6, 1.6, len(start)), 9.2, 17.3)
    since_1970 = start.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)
    months_old = (age * 12).astype(np.int64)
    children.birth = since_1970 + 1970 * 12 - months_old

    def born(first: int, last: int, size: int) -> Ints:
        return rng.integers(first, last + 1, size)

    july = 2023 * 12 + 6
    march = 2024 * 12 + 2
    of_ten = march - 10 * 12 - 5
    older = (march - 17 * 12 - 11, march - 16 * 12)  # 16–17 on S2, and so 15–17 on S1
    fifteen = (march - 16 * 12 + 1, july - 15 * 12)  # 15 on both
    younger = (july - 15 * 12 + 1, july - 12 * 12)  # 12–14 on S1
    teens = (july - 17 * 12 - 11, july - 15 * 12)  # 15–17 on S1
    young = (march - 15 * 12 - 11, march - 11 * 12 - 6)  # 11–15 on S2
    both = [born(*older, 92), born(*fifteen, 12), born(*younger, BOTH - 104)]
    children.birth[ON_BOTH] = rng.permutation(np.concatenate(both))
    only_first = [born(*teens, 152), born(*younger, ONLY_FIRST - 152)]
    children.birth[ON_FIRST] = rng.permutation(np.concatenate(only_first))
    of_teens = born(*young, ONLY_SECOND - 79)
    only_second = [born(*older, 77), of_teens, np.array([of_ten, -1])]
    children.birth[ON_SECOND] = rng.permutation(np.concatenate(only_second))
    _make_a_girl_of(children, of_ten)


def _make_a_girl_of(children: Children, month: int) -> None:
    """The child on S2 alone who was born in that month is a girl: exchanged with one of the same
    kind of spell, so that both totals stay.
    """
    birth = children.birth[ON_SECOND]
    is_boy = children.is_boy[ON_SECOND]  # a view: what is set here is set in `children`
    girl = np.flatnonzero(birth == month)[0]
    if is_boy[girl]:
        other = np.flatnonzero(~is_boy)[0]
        is_boy[girl] = False
        is_boy[other] = True


def _levels(rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    """71 high, 125 medium, 141 low on S1; 52, 81 and 158 on S2; children on both mostly keep
    theirs.
    """
    first = np.full(n, -1)
    second = np.full(n, -1)
    first[ON_BOTH] = _quota(rng, {HIGH: 30, MEDIUM: 52, LOW: BOTH - 82})
    first[ON_FIRST] = _quota(rng, {HIGH: 41, MEDIUM: 73, LOW: ONLY_FIRST - 114})
    second[ON_BOTH] = _quota(rng, {HIGH: 24, MEDIUM: 40, LOW: BOTH - 64}, lean=first[ON_BOTH])
    second[ON_SECOND] = _quota(rng, {HIGH: 28, MEDIUM: 41, LOW: ONLY_SECOND - 69})
    return first, second


def _plans(rng: np.random.Generator, n: int) -> tuple[Ints, Ints]:
    """276 of 337 in care or with a plan on S1; 203 of 291 with a plan (not in care) on S2."""
    first = np.full(n, -1)
    second = np.full(n, -1)
    first[ON_BOTH] = _quota(rng, {CLA: 20, CP: 36, CIN: 58, NO_PLAN: BOTH - 114})
    first[ON_FIRST] = _quota(rng, {CLA: 31, CP: 49, CIN: 82, NO_PLAN: ONLY_FIRST - 162})
    sizes = {CLA: 20, CP: 36, CIN: 60, NO_PLAN: BOTH - 116}
    second[ON_BOTH] = _quota(rng, sizes, lean=first[ON_BOTH])
    second[ON_SECOND] = _quota(rng, {CLA: 18, CP: 39, CIN: 68, NO_PLAN: ONLY_SECOND - 125})
    return first, second


def _share_children(
    rng: np.random.Generator, children: Children, spells: Spells
) -> tuple[Children, Spells]:
    """Let about one uncalibrated spell in seven be another child's second one, well apart from its
    first.
    """
    n = len(children)
    is_free = np.arange(n) >= CALIBRATED
    is_second = is_free & Draws(rng, n).chance(0.2)
    second = np.flatnonzero(is_second)
    host = rng.permutation(np.flatnonzero(~is_second))[: len(second)]
    second = second[: len(host)]
    start = spells.start[second]
    end = spells.end[second]
    is_after = start > spells.end[host] + 60
    is_before = end < spells.start[host] - 60
    is_over_ten = start - children.birth_days()[host] > 10 * YEAR
    is_under_18 = end < children.eighteenth()[host]
    fits = (is_after | is_before) & is_over_ten & is_under_18 & (end > start + 14)
    # The second spell's own child is then nobody, and the numbers close up.
    spells.child[second[fits]] = host[fits]
    keep = np.ones(n, dtype=bool)
    keep[second[fits]] = False
    number = np.cumsum(keep) - 1
    spells.child = number[spells.child]
    shared = Children(
        children.birth[keep],
        children.is_boy[keep],
        children.ethnicity[keep],
        children.ward[keep],
        children.outside[keep],
        children.in_cohort[keep],
    )
    return shared, spells

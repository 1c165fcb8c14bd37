"""The exploitation hub's episodes, drawn so that two published snapshots come out exactly.

Spells at risk are a stationary process (arrivals, gamma lengths). Conditioned on which of the two
calibrated dates they cover, they fall into four kinds; drawing the published number of each kind
keeps the months between them natural.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from data_samples.children import (
    FIRST,
    IS_WHITE,
    LAST,
    SNAPSHOTS,
    UNKNOWN,
    WEIGHTS,
    Children,
    Ints,
    draw_people,
)

S1, S2 = SNAPSHOTS
BOTH = 138
ONLY_FIRST, ONLY_SECOND = 337 - BOTH, 291 - BOTH
HIGH, MEDIUM, LOW, NONE = 3, 2, 1, 0
LEVELS = np.array(["none", "low", "medium", "high"], dtype=object)
CLA, CP, CIN, NO_PLAN = 3, 2, 1, 0
MEAN_DAYS = 330.0
YEAR = 365.25


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
    values = np.concatenate([np.full(k, v) for v, k in sorted(sizes.items())]).astype(np.int64)
    # Without a lean, who gets which value is chance alone.
    if lean is None:
        return rng.permutation(values)
    out = np.empty_like(values)
    # Sorted values go to children sorted by lean and some noise, so that most keep their rank.
    out[np.argsort(lean + rng.normal(0, 0.6, len(values)), kind="stable")] = values
    return out


def _candidates(rng: np.random.Generator) -> tuple[Ints, Ints]:
    # More than are needed, so that each kind of spell finds enough.
    n = 12_000
    start = rng.integers(FIRST - 700, LAST + 1, n)
    return start, start + 21 + rng.gamma(2.0, MEAN_DAYS / 2, n).astype(np.int64)


def draw_spells(rng: np.random.Generator) -> tuple[Children, Spells]:
    """The children ever at risk in the period and their spells, the calibrated ones first: both,
    first only, second only.
    """
    start, end = _candidates(rng)
    covers1 = (start <= S1) & (end > S1)
    covers2 = (start <= S2) & (end > S2)
    # Spells over both published dates, over the first alone, over the second alone.
    kinds = [np.flatnonzero(k) for k in (covers1 & covers2, covers1 & ~covers2, covers2 & ~covers1)]
    rest = np.flatnonzero(~covers1 & ~covers2 & (end > FIRST) & (start < LAST))
    # As many spells of other times as two dates' worth of children bring with them.
    other_children = rest[: round(len(rest) * (337 + 291) / (covers1.sum() + covers2.sum()))]
    picked = [k[:size] for k, size in zip(kinds, (BOTH, ONLY_FIRST, ONLY_SECOND), strict=True)]
    order = np.concatenate([*picked, other_children])
    start = start[order]
    end = end[order]
    children = draw_people(rng, len(order))
    both = slice(0, BOTH)
    only_first = slice(BOTH, BOTH + ONLY_FIRST)
    only_second = slice(337, 337 + ONLY_SECOND)
    # The first 337 are at risk on S1 (both, then only first), the next ones on S2 only.
    fixed = slice(0, 337 + ONLY_SECOND)
    children.in_cohort[fixed] = True
    # About three in four, as in the published totals; the calibrated ones are set below.
    children.is_boy = rng.random(len(order)) < 0.74
    _fix_facts(rng, children, both, only_first, only_second)
    _fix_ages(rng, children, start, both, only_first, only_second)
    # Nobody stays at risk past 18, and nobody is referred before the age of eight.
    end = np.minimum(end, children.eighteenth())
    eighth_birthday = children.birth_days() + int(8 * YEAR)
    start = np.maximum(start, np.where(children.birth < 0, 0, eighth_birthday))
    level = _levels(rng, len(order), both, only_first, only_second)
    plan = _plans(rng, len(order), both, only_first, only_second)
    spells = Spells(np.arange(len(order)), start, end, level, plan)
    return _share_children(rng, children, spells)


def _fix_facts(
    rng: np.random.Generator, children: Children, both: slice, only_first: slice, only_second: slice
) -> None:
    """Sex and ethnic group: 217 boys on S2; 212 of 337 and 189 of 289 in groups other than White,
    two not known on S2.
    """
    children.is_boy[both] = _quota(rng, {1: 104, 0: BOTH - 104}) == 1
    children.is_boy[only_second] = _quota(rng, {1: 113, 0: ONLY_SECOND - 113}) == 1
    white = np.flatnonzero(IS_WHITE[:-1])
    other = np.flatnonzero(~IS_WHITE[:-1])
    for part, others, unknown in ((both, 90, 0), (only_first, 122, 0), (only_second, 99, 2)):
        size = part.stop - part.start
        sizes = {0: size - others - unknown, 1: others, 2: unknown}
        kind = _quota(rng, sizes)
        w = rng.choice(white, size, p=WEIGHTS[white] / WEIGHTS[white].sum())
        o = rng.choice(other, size, p=WEIGHTS[other] / WEIGHTS[other].sum())
        children.ethnicity[part] = np.select([kind == 0, kind == 1], [w, o], UNKNOWN)


def _fix_ages(
    rng: np.random.Generator,
    children: Children,
    start: Ints,
    both: slice,
    only_first: slice,
    only_second: slice,
) -> None:
    """Birth months: 256 of 337 aged 15–17 on S1; 169 of 290 aged 16–17 on S2, one girl of 10, one
    month not known.
    """
    n = len(start)
    # Others: 10 to 17 when the spell starts, mostly 13 to 16.
    age = np.clip(rng.normal(14.6, 1.6, n), 9.2, 17.3)
    month = start.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    children.birth = (month - (age * 12).astype(np.int64)).astype(np.int64)

    def born(low: int, high: int, size: int) -> Ints:
        return rng.integers(low, high + 1, size)

    july = 2023 * 12 + 6
    march = 2024 * 12 + 2
    older = (march - 17 * 12 - 11, march - 16 * 12)  # 16–17 on S2, and so 15–17 on S1
    fifteen = (march - 16 * 12 + 1, july - 15 * 12)  # 15 on both
    younger = (july - 15 * 12 + 1, july - 12 * 12)  # 12–14 on S1
    teens = (july - 17 * 12 - 11, july - 15 * 12)  # 15–17 on S1
    months = [born(*older, 92), born(*fifteen, 12), born(*younger, BOTH - 104)]
    children.birth[both] = rng.permutation(np.concatenate(months))
    months = [born(*teens, 152), born(*younger, ONLY_FIRST - 152)]
    children.birth[only_first] = rng.permutation(np.concatenate(months))
    young = born(march - 15 * 12 - 11, march - 11 * 12 - 6, ONLY_SECOND - 79)  # 11–15 on S2
    of_ten = march - 10 * 12 - 5
    months = [born(*older, 77), young, np.array([of_ten]), np.array([-1])]
    children.birth[only_second] = rng.permutation(np.concatenate(months))
    girl = only_second.start + int(np.flatnonzero(children.birth[only_second] == of_ten)[0])
    if children.is_boy[girl]:
        # Exchanged with a girl of the same kind of spell, so that both totals stay.
        other = only_second.start + int(np.flatnonzero(~children.is_boy[only_second])[0])
        children.is_boy[girl] = False
        children.is_boy[other] = True


def _levels(
    rng: np.random.Generator, n: int, both: slice, only_first: slice, only_second: slice
) -> tuple[Ints, Ints]:
    """71 high, 125 medium, 141 low on S1; 52, 81 and 158 on S2; children on both mostly keep
    theirs.
    """
    first = np.full(n, -1)
    second = np.full(n, -1)
    sizes = {HIGH: 30, MEDIUM: 52, LOW: BOTH - 82}
    first[both] = _quota(rng, sizes)
    first[only_first] = _quota(rng, {HIGH: 41, MEDIUM: 73, LOW: ONLY_FIRST - 114})
    second[both] = _quota(rng, {HIGH: 24, MEDIUM: 40, LOW: BOTH - 64}, lean=first[both])
    second[only_second] = _quota(rng, {HIGH: 28, MEDIUM: 41, LOW: ONLY_SECOND - 69})
    return first, second


def _plans(
    rng: np.random.Generator, n: int, both: slice, only_first: slice, only_second: slice
) -> tuple[Ints, Ints]:
    """276 of 337 in care or with a plan on S1; 203 of 291 with a plan (not in care) on S2."""
    first = np.full(n, -1)
    second = np.full(n, -1)
    sizes = {CLA: 20, CP: 36, CIN: 58, NO_PLAN: BOTH - 114}
    first[both] = _quota(rng, sizes)
    first[only_first] = _quota(rng, {CLA: 31, CP: 49, CIN: 82, NO_PLAN: ONLY_FIRST - 162})
    second[both] = _quota(rng, {CLA: 20, CP: 36, CIN: 60, NO_PLAN: BOTH - 116}, lean=first[both])
    second[only_second] = _quota(rng, {CLA: 18, CP: 39, CIN: 68, NO_PLAN: ONLY_SECOND - 125})
    return first, second


def _share_children(
    rng: np.random.Generator, children: Children, spells: Spells
) -> tuple[Children, Spells]:
    """Let about one uncalibrated spell in seven be another child's second one, well apart from its
    first.
    """
    n = len(children)
    fixed = 337 + ONLY_SECOND
    second = np.flatnonzero((np.arange(n) >= fixed) & (rng.random(n) < 0.2))
    host = rng.permutation(np.setdiff1d(np.arange(n), second))[: len(second)]
    second = second[: len(host)]
    is_after = spells.start[second] > spells.end[host] + 60
    is_before = spells.end[second] < spells.start[host] - 60
    age = (spells.start[second] - children.birth_days()[host]) / YEAR
    fits = (
        (is_after | is_before)
        & (age > 10)
        & (spells.end[second] < children.eighteenth()[host])
        & (spells.end[second] > spells.start[second] + 14)
    )
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

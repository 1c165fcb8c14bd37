"""What is printed beside every estimate: the lists and their overlaps, what happens without one,
and what if it is wrong.
"""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np

from profiles.statistics.hidden_scale.choice import Choice, admissible, choose
from profiles.statistics.hidden_scale.histories import Histories
from profiles.statistics.hidden_scale.intervals import profile
from profiles.statistics.hidden_scale.models import Fit, fit, pairs, pairwise

SEEN_ELSEWHERE = 30
FACTORS = (0.5, 2 / 3, 1.5, 2.0)
ODDS = (0.5, 2.0)
MISSED = (0.01, 0.02, 0.05, 0.10)


def overlaps(h: Histories) -> dict[str, Any]:
    """Persons per list, per pair, on two or more lists, and Lincoln–Petersen's N = n1·n2/m of every
    pair with an overlap.
    """
    by_pair = {h.name(p): h.overlap(p) for p in pairs(h.k)}
    two = {}
    for i, j in itertools.combinations(range(h.k), 2):
        both = h.overlap(1 << i | 1 << j)
        if both:
            two[h.name(1 << i | 1 << j)] = h.overlap(1 << i) * h.overlap(1 << j) / both
    lists = {x: h.overlap(1 << i) for i, x in enumerate(h.lists)}
    return {"lists": lists, "pairs": by_pair, "on_two_or_more": h.on(2), "lincoln_petersen": two}


def _lowest(h: Histories) -> float | None:
    """N of the admissible pairwise model with the lowest BIC."""
    fits = []
    if 2 <= h.k <= 5 and h.known:
        fits = admissible(h, pairwise(h.k))
    if fits:
        return fits[0].n_hat
    return None


def other_lists(h: Histories) -> dict[str, dict[str, float | None]]:
    """N with each list left out, and with each two lists taken as one."""
    if h.k < 3:
        return {"without": {}, "merged": {}}
    merged = {}
    for i, j in itertools.combinations(range(h.k), 2):
        merged[h.name(1 << i | 1 << j)] = _lowest(h.merged(i, j))
    return {"without": {x: _lowest(h.without(i)) for i, x in enumerate(h.lists)}, "merged": merged}


def within_lists(h: Histories, seed: int) -> dict[str, dict[str, float | bool]]:
    """Each list's own size estimated from the others, among those on it: does the profile interval
    hold the known size?
    """
    checks: dict[str, dict[str, float | bool]] = {}
    # Without one list three must remain, or there is nothing to choose among.
    if h.k < 4:
        return checks
    for i, name in enumerate(h.lists):
        on_list = np.array([n if m >> i & 1 else 0 for m, n in enumerate(h.counts, start=1)])
        seen = Histories(h.lists, on_list).without(i)
        # Of so few no model is worth its interval.
        if seen.known < SEEN_ELSEWHERE:
            continue
        choice: Choice = choose(seen, seed)
        span = profile(seen, choice.chosen) if choice.chosen else None
        if span is not None:
            size = h.overlap(1 << i)
            holds = span[0] <= size <= span[1]
            checks[name] = {
                "size": size,
                "low": span[0],
                "high": span[1],
                "holds": holds,
            }
    return checks


def sensitivity(h: Histories, one: Fit) -> dict[str, Any]:
    """What if: a hidden part of another size, an absent pair at odds ratio ½ or 2, links missed."""
    hidden = one.n_hat - h.known
    absent = {}
    for p in pairs(h.k):
        if p not in one.terms:
            absent[h.name(p)] = {
                str(odds): fit(h.k, one.terms, h.counts, {p: float(np.log(odds))}).n_hat
                for odds in ODDS
            }
    missed = {f"{share:.0%}": _corrected(h, one, share) for share in MISSED}
    hidden_part = {f"{factor:.2g}": h.known + factor * hidden for factor in FACTORS}
    return {
        "hidden_part": hidden_part,
        "absent_pairs": absent,
        "missed_links": missed,
    }


def _corrected(h: Histories, one: Fit, share: float) -> float:
    """N where a share of the true links was missed: overlaps grow to m / (1 − share), those on one
    list alone shrink.
    """
    counts = h.counts.astype(float)
    masks = np.arange(1, 2**h.k)
    several = np.array([m.bit_count() > 1 for m in masks.tolist()])
    grown = np.where(several, counts / (1 - share), counts)
    for i in range(h.k):
        on_i = several & (masks >> i & 1).astype(bool)
        grown[(1 << i) - 1] = max(0.0, counts[(1 << i) - 1] - (grown - counts)[on_i].sum())
    return fit(h.k, one.terms, grown).n_hat

"""Capture histories for the tests of hidden scale: drawn, expected under a model, simulated."""

from __future__ import annotations

import itertools
import math

import numpy as np

from profiles.statistics.hidden_scale.histories import Histories, histories

NONE: frozenset[int] = frozenset()


def table(**counts: int) -> Histories:
    """table(a=30, ab=4): counts by letters."""
    letters = sorted({x for name in counts for x in name})
    return histories(
        letters, {sum(1 << letters.index(x) for x in name): n for name, n in counts.items()}
    )


def expected(number: float, chances: list[float], odds: float = 1.0) -> Histories:
    """The expected table of independent lists, but for an odds ratio between the first two."""
    k = len(chances)
    p1, p2 = chances[:2]
    # Joint chance of both with given margins and odds ratio (Plackett 1965).
    s = 1 + (p1 + p2) * (odds - 1)
    both = (
        p1 * p2
        if odds == 1
        else (s - math.sqrt(s * s - 4 * odds * (odds - 1) * p1 * p2)) / (2 * (odds - 1))
    )
    first = {(1, 1): both, (1, 0): p1 - both, (0, 1): p2 - both, (0, 0): 1 - p1 - p2 + both}
    counts = {}
    for bits in itertools.product((0, 1), repeat=k):
        rest = math.prod(p if b else 1 - p for b, p in zip(bits[2:], chances[2:], strict=True))
        mask = sum(b << i for i, b in enumerate(bits))
        if mask:
            counts[mask] = round(number * first[bits[0], bits[1]] * rest)
    return histories([f"L{i}" for i in range(k)], counts)


def simulated(number: int, chances: list[float], seed: int) -> Histories:
    rng = np.random.default_rng(seed)
    masks = sum((rng.random(number) < p).astype(int) << i for i, p in enumerate(chances))
    values, counts = np.unique(masks, return_counts=True)
    found = {int(m): int(n) for m, n in zip(values, counts, strict=True) if m}
    return histories([f"L{i}" for i in range(len(chances))], found)

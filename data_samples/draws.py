"""Draws by chance, so many at a time, and the types of what is drawn. Days are whole days since
1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from data_samples.city import CITY

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
Texts = np.ndarray[tuple[int], np.dtype[np.object_]]
Floats = np.ndarray[tuple[int], np.dtype[np.float64]]


def drawn(rng: np.random.Generator, shares: Mapping[Any, float], size: int) -> np.ndarray:
    """So many values, each as often as its share says: `drawn(rng, {"M": 0.8, "F": 0.2}, n)`."""
    return rng.choice(list(shares), size, p=list(shares.values()))


@dataclass(frozen=True)
class Draws:
    """`n` draws at a time, one for each of `n` children or events."""

    rng: np.random.Generator
    n: int

    def chance(self, share: float | Floats) -> Flags:
        """True as often as the share says."""
        return self.rng.random(self.n) < share

    def code(self, name: str) -> np.ndarray:
        """Codes, each as often as city.yml says under `shares`."""
        return drawn(self.rng, CITY.shares[name], self.n)

    def of(self, shares: Mapping[Any, float]) -> np.ndarray:
        """Values, each as often as its share says."""
        return drawn(self.rng, shares, self.n)

    def whole(self, low: int, high: int) -> Ints:
        """Whole numbers from `low` to below `high`, all equally often."""
        return self.rng.integers(low, high, self.n)

    def waits(self, shape: float, scale: float) -> Ints:
        """Whole numbers with many small and few large ones (gamma)."""
        return self.rng.gamma(shape, scale, self.n).astype(np.int64)

    def order(self) -> Ints:
        """The numbers from 0 to below `n`, shuffled."""
        return self.rng.permutation(self.n)


def month_day(months: Ints) -> Ints:
    """Months since year 0 → the first day of the month."""
    since_1970 = months - 1970 * 12
    return since_1970.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def texts(days: Ints) -> Texts:
    """Days → YYYY-MM-DD; blank for negative days."""
    dates = np.maximum(days, 0).astype("datetime64[D]")
    out = np.datetime_as_string(dates).astype(object)
    out[days < 0] = ""
    return out


def refs(letter: str, block: int, numbers: Ints) -> Texts:
    """Pseudonyms such as T00301234: letter, block, number."""
    digits = np.char.zfill(numbers.astype(str), 6)
    return np.char.add(f"{letter}{block:03d}", digits).astype(object)

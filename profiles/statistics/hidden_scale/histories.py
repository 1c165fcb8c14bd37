"""Capture histories: on which of the lists each known person is, as counts by combination of
lists.
"""

from __future__ import annotations

import csv
import io
import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

LEAST_IN_A_LIST = 10
MOST_LISTS = 6


class HistoriesError(ValueError):
    """A fault of the table, named. Nothing is estimated from it."""


@dataclass(frozen=True)
class Histories:
    """Counts of the 2^k − 1 histories; `counts[m − 1]` is of those on exactly the lists whose bits
    are set in m.
    """

    lists: tuple[str, ...]
    counts: np.ndarray

    @property
    def k(self) -> int:
        """How many lists there are."""
        return len(self.lists)

    @property
    def known(self) -> int:
        """How many persons are on any list."""
        return int(self.counts.sum())

    def overlap(self, term: int) -> int:
        """How many are on all lists of a term, whatever others they are on."""
        return int(sum(n for m, n in enumerate(self.counts, start=1) if m & term == term))

    def on(self, least: int) -> int:
        """How many are on so many lists or more."""
        return int(sum(n for m, n in enumerate(self.counts, start=1) if m.bit_count() >= least))

    def name(self, term: int) -> str:
        """“police × trust”."""
        return " × ".join(x for i, x in enumerate(self.lists) if term >> i & 1)

    def without(self, i: int) -> Histories:
        """The table as if a list had never been: those on it alone are not known."""
        low = (1 << i) - 1
        counts = np.zeros(2 ** (self.k - 1) - 1, dtype=int)
        for m, n in enumerate(self.counts, start=1):
            rest = (m & low) | (m >> 1 & ~low)
            if rest:
                counts[rest - 1] += n
        return Histories(tuple(x for j, x in enumerate(self.lists) if j != i), counts)

    def merged(self, i: int, j: int) -> Histories:
        """The table with two lists taken as one."""
        names = [x for n, x in enumerate(self.lists) if n not in (i, j)]
        counts = np.zeros(2 ** (self.k - 1) - 1, dtype=int)
        for m, n in enumerate(self.counts, start=1):
            rest = [m >> x & 1 for x in range(self.k) if x not in (i, j)] + [
                m >> i & 1 | m >> j & 1
            ]
            counts[sum(bit << at for at, bit in enumerate(rest)) - 1] += n
        return Histories((*names, f"{self.lists[i]} or {self.lists[j]}"), counts)


def histories(lists: Sequence[str], counts: Mapping[int, float]) -> Histories:
    """A checked table. `counts` by bit mask of lists. Raises HistoriesError where there is a
    fault.
    """
    k = len(lists)
    if not 1 <= k <= MOST_LISTS:
        raise HistoriesError(f"there are {k} lists; 3 to {MOST_LISTS} can be used")
    if len(set(lists)) < k:
        raise HistoriesError("two lists have one name")
    table = Histories(tuple(lists), _by_history(counts, k))
    if table.known == 0:
        raise HistoriesError("nobody is on any list")
    for i, name in enumerate(lists):
        if table.overlap(1 << i) < LEAST_IN_A_LIST:
            raise HistoriesError(f"the list “{name}” has fewer than {LEAST_IN_A_LIST} persons")
    _check_not_identical(table)
    return table


def _by_history(counts: Mapping[int, float], k: int) -> np.ndarray:
    """The counts of masks 1 to 2^k − 1, in that order."""
    by_history = np.zeros(2**k - 1, dtype=int)
    for mask, n in counts.items():
        if n < 0 or n != int(n):
            raise HistoriesError("a count is negative or no whole number")
        if mask == 0 and n:
            raise HistoriesError("a history of no list has a count: who is on no list is not known")
        if mask:
            by_history[mask - 1] = int(n)
    return by_history


def _check_not_identical(table: Histories) -> None:
    """Two lists with the same children are one list under two names. Where every child is on every
    list there is no pair to blame, and the lists are too much alike for another reason.
    """
    if table.counts[-1] == table.known:
        return
    for i, j in itertools.combinations(range(table.k), 2):
        on_both = table.overlap(1 << i | 1 << j)
        if on_both == table.overlap(1 << i) and on_both == table.overlap(1 << j):
            names = f"“{table.lists[i]}” and “{table.lists[j]}”"
            raise HistoriesError(f"the lists {names} are identical")


def read(path: Path) -> Histories:
    """A CSV with one 0/1 column per list and `count`. Raises HistoriesError."""
    try:
        rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    except (OSError, UnicodeDecodeError, csv.Error):
        raise HistoriesError(f"{path.name} is not there or is no UTF-8 CSV file") from None
    header = [h.strip() for h in (rows[0] if rows else {}) if h is not None]
    if "count" not in header:
        raise HistoriesError(f"{path.name} has no column “count”")
    lists = [h for h in header if h != "count"]
    counts: dict[int, float] = {}
    for row in rows:
        cells = {}
        for k, v in row.items():
            if k is not None:
                cells[k.strip()] = (v or "").strip()
        if any(cells[x] not in ("0", "1") for x in lists):
            raise HistoriesError("a list's column holds something other than 0 and 1")
        try:
            n = float(cells["count"])
        except ValueError:
            raise HistoriesError("a count is no number") from None
        mask = sum(1 << i for i, x in enumerate(lists) if cells[x] == "1")
        if mask in counts:
            raise HistoriesError("a history stands twice: each person is counted once")
        counts[mask] = n
    return histories(lists, counts)

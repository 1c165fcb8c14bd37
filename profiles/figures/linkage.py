"""How many links are wrong or missed: estimated from disagreement, or measured by agencies on a
sample of pairs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

Counts = Mapping[str, tuple[int, int]]
# Ours: fewer answers than this, of linked or of unlinked pairs, measure nothing.
FEWEST_ANSWERS = 50
_BANDS = (
    (0.01, "under 1%"),
    (0.02, "1% to 2%"),
    (0.05, "2% to 5%"),
    (0.1, "5% to 10%"),
    (1.0, "over 10%"),
)


@dataclass(frozen=True)
class Rates:
    """Share of links that join two children, and of true pairs that are not linked; how they are
    known.
    """

    false_links: float
    missed_links: float
    is_checked: bool

    def words(self) -> str:
        """In bands: the shares follow exact counts closely."""
        if self.is_checked:
            how = "checked by the agencies on a sample"
        else:
            how = "from disagreement alone, not checked"
        return f"missed {_band(self.missed_links)}, wrong {_band(self.false_links)} ({how})"


def _band(share: float) -> str:
    return next(words for upto, words in _BANDS if share <= upto)


def from_disagreement(errors: Counts) -> Rates | None:
    """Rates from `core_linkage_errors`, error → (pairs, errors); None where no pair could show one.

    A name key that joins two records with different numbers was wrong; one that is missing between
    two records of equal numbers has missed, and so has a link that a contradiction parts although a
    number is equal. What is seen where numbers tell is carried over to pairs that no number joins
    (Blakely and Salmond 2002, by a key that is left out). Wrong numbers make false links look
    commoner; names that change with the number make misses look rarer.
    """
    joins = [
        errors[e]
        for e in ("name and birth joins two children", "name and postcode joins two children")
    ]
    seen, wrong = sum(p for p, _ in joins), sum(e for _, e in joins)
    both, missed = errors["both name keys miss a child"]
    numbers, parted = errors["a contradiction parts an equal number"]
    pairs, by_names = errors["linked by names alone"]
    if not seen or not both or not pairs or not numbers:
        return None
    found_by_names = (1 - missed / both) * (1 - parted / numbers)
    found_by_number = 1 - parted / numbers
    if not found_by_names or not found_by_number:
        return Rates(by_names / pairs * wrong / seen, 1.0, False)
    true_pairs = by_names / found_by_names + (pairs - by_names) / found_by_number
    false_links = by_names / pairs * wrong / seen
    return Rates(false_links, 1 - pairs / true_pairs, False)


@dataclass(frozen=True)
class Stratum:
    """Pairs of one kind: how many there are, how many were answered, how many of these are the same
    child.
    """

    is_linked: bool
    pairs: int
    answered: int
    same: int


def from_answers(strata: Sequence[Stratum]) -> Rates | None:
    """Rates from a stratified sample of pairs that the agencies judged; None with too few answers.

    Each stratum's share is weighted by its number of pairs (Cochran 1977, chapter 5). A stratum
    nobody answered is left out.
    """
    linked, unlinked = (
        [s for s in strata if s.is_linked == is_linked and s.answered]
        for is_linked in (True, False)
    )
    if any(sum(s.answered for s in of) < FEWEST_ANSWERS for of in (linked, unlinked)):
        return None
    pairs = sum(s.pairs for s in linked)
    right = sum(s.pairs * s.same / s.answered for s in linked)
    missed = sum(s.pairs * s.same / s.answered for s in unlinked)
    return Rates(1 - right / pairs, missed / (missed + right), True)

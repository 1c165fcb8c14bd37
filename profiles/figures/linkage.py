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
    joined_by_birth, wrong_by_birth = errors["name and birth joins two children"]
    joined_by_postcode, wrong_by_postcode = errors["name and postcode joins two children"]
    joined = joined_by_birth + joined_by_postcode
    wrong = wrong_by_birth + wrong_by_postcode
    both, missed = errors["both name keys miss a child"]
    numbers, parted = errors["a contradiction parts an equal number"]
    pairs, by_names = errors["linked by names alone"]
    if not joined or not both or not pairs or not numbers:
        return None
    false_links = by_names / pairs * wrong / joined
    # The share of true pairs that is found: by a number unless a contradiction parts it, by names
    # where besides one of the two name keys holds.
    share_by_number = 1 - parted / numbers
    share_by_names = (1 - missed / both) * share_by_number
    if not share_by_names or not share_by_number:
        return Rates(false_links, 1.0, False)
    true_pairs = by_names / share_by_names + (pairs - by_names) / share_by_number
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
    linked = [stratum for stratum in strata if stratum.is_linked and stratum.answered]
    unlinked = [stratum for stratum in strata if not stratum.is_linked and stratum.answered]
    for answered in (linked, unlinked):
        if sum(stratum.answered for stratum in answered) < FEWEST_ANSWERS:
            return None
    pairs = sum(stratum.pairs for stratum in linked)
    right = sum(_same_child(stratum) for stratum in linked)
    missed = sum(_same_child(stratum) for stratum in unlinked)
    missed_links = missed / (missed + right)
    return Rates(1 - right / pairs, missed_links, True)


def _same_child(stratum: Stratum) -> float:
    """How many of a stratum's pairs are the same child: of 100 pairs, 18 of 20 gives 90."""
    return stratum.pairs * stratum.same / stratum.answered

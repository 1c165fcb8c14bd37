"""The two editions: who each is for, how it is marked and handled, and what detail it has."""

from __future__ import annotations

from dataclasses import dataclass

from profiles.disclosure.labels import LabelStore
from profiles.disclosure.plan import PARTNER, PUBLIC


@dataclass(frozen=True)
class Edition:
    """One edition. Both show the same label for the same figure; `details` says which tables it
    has.
    """

    name: str
    title: str
    marking: str
    handling: str
    details: frozenset[str]

    def labels(self, store: LabelStore) -> LabelStore:
        """The labels that this edition may show."""
        return store.of_editions(set(self.details))


EDITIONS = (
    Edition(
        PARTNER,
        "Partner edition",
        "OFFICIAL-SENSITIVE",
        (
            "For members of the Community Safety Partnership and those they name. Do not copy, "
            "forward or quote from it; the public edition is for that."
        ),
        frozenset({PUBLIC, PARTNER}),
    ),
    Edition(
        PUBLIC,
        "Public edition",
        "OFFICIAL",
        "May be shared and quoted, with its as-at date.",
        frozenset({PUBLIC}),
    ),
)

"""The two editions: who each is for, how it is marked and handled, and what detail it leaves out."""

from __future__ import annotations

from dataclasses import dataclass, field

from profiles.disclosure.store import LabelStore


@dataclass(frozen=True)
class Edition:
    """One edition. Both show the same label for the same figure; `without` are breakdowns that it leaves out."""

    name: str
    title: str
    marking: str
    handling: str
    without: set[str] = field(default_factory=set)

    def labels(self, store: LabelStore) -> LabelStore:
        """The labels that this edition may show."""
        return store.without(self.without)


EDITIONS = (
    Edition(
        "partner",
        "Partner edition",
        "OFFICIAL-SENSITIVE",
        "For members of the Community Safety Partnership and those they name. Do not copy, forward or quote from it; the public edition is for that.",
    ),
    Edition(
        "public",
        "Public edition",
        "OFFICIAL",
        "May be shared and quoted, with its as-at date.",
        without={"age", "entry_reason", "exit_reason"},
    ),
)

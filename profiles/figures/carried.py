"""How much of the profile the supplies can carry: of each section, which share of its counts is not
refused for want of an extract.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pandas as pd

# A section with less is told in part.
IN_FULL = 0.95


@dataclass(frozen=True)
class Carried:
    """Sections by how much of them can be told, and the share of all counts."""

    in_full: tuple[str, ...]
    in_part: tuple[str, ...]
    not_at_all: tuple[str, ...]
    share: float


def carried(figures: pd.DataFrame) -> Carried:
    """`figures` has section, measure and status, a row per figure or label."""
    counts = figures[figures["measure"] == "count"]
    is_told = counts["status"] != "refused"
    shares = is_told.groupby(counts["section"]).mean()
    return Carried(
        tuple(sorted(shares.index[shares >= IN_FULL])),
        tuple(sorted(shares.index[(shares > 0) & (shares < IN_FULL)])),
        tuple(sorted(shares.index[shares == 0])),
        float(is_told.mean()) if len(counts) else 0.0,
    )


def named_in_refusals(figures: pd.DataFrame, agencies: Iterable[str]) -> list[str]:
    """The agencies for whose extract counts are refused: a refusal begins with whose it is."""
    is_refused = (figures["status"] == "refused") & (figures["measure"] == "count")
    whose = figures.loc[is_refused, "note"].str.split(":").str[0]
    return [name for name in dict.fromkeys(agencies) if whose.str.contains(name, regex=False).any()]


def in_words(found: Carried) -> str:
    """“the supplies carry 62% of the counts: 8 sections in full, 7 in part (place, …), 5 not at all
    (education, …)”.
    """
    number = len(found.in_full)
    parts = [f"{number} section{'' if number == 1 else 's'} in full"]
    for sections, how in ((found.in_part, "in part"), (found.not_at_all, "not at all")):
        if sections:
            parts.append(f"{len(sections)} {how} ({', '.join(sections)})")
    return f"the supplies carry {found.share:.0%} of the counts: {', '.join(parts)}"

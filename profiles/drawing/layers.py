"""What the profile shows of a section before anything is opened, and what stands in the annex.

Nothing is lost by it: a block is in the one or in the other, whole.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from profiles.drawing.blocks import NEEDS, ROWS, Block, Section

# In the profile a section has so many charts, or groups of maps, at most.
PICTURES = 2


@dataclass(frozen=True)
class Layered:
    """A section with its blocks parted."""

    section: Section
    profile: list[Block]
    annex: list[Block]

    @property
    def needs(self) -> list[str]:
        """The notes that the tables of the profile need; they stand there once."""
        return needs_of(self.profile)

    @property
    def annex_needs(self) -> list[str]:
        """The notes that the tables of the annex need."""
        return needs_of(self.annex)


def layered(section: Section) -> Layered:
    """The first pictures stay in the profile with what is said beside them, and so does all that
    is said without a table; the other tables, crossings and lists go to the annex. Where a section
    has no picture, its first short table stands in their place.
    """
    pictured = [block for block in section.blocks if block.chart or block.maps]
    # Those that lead come first; sorting keeps the order of the others.
    stays = sorted(pictured, key=lambda block: not block.is_lead)[:PICTURES]
    if not pictured:
        stays = [block for block in section.blocks if _is_short(block)][:1]
    profile = []
    annex = []
    for block in section.blocks:
        has_table = bool(block.tables or block.chart or block.maps)
        if has_table:
            is_annex = block not in stays and (block in pictured or not block.is_lead)
        else:
            is_annex = block.is_detail
        if is_annex:
            annex.append(block)
        else:
            profile.append(block)
    # Maps are as wide as the page, and come after what stands in two columns.
    profile.sort(key=lambda block: bool(block.maps))
    return Layered(section, profile, annex)


def whole(section: Section) -> Layered:
    """A section of the brief, or of the annex: all of it stands in one place."""
    return Layered(section, section.blocks, [])


def needs_of(blocks: Iterable[Block]) -> list[str]:
    """The notes that the tables of blocks need, each once and in their order."""
    needed = {note for block in blocks for note in block.needs}
    return [note for note in NEEDS if note in needed]


def _is_short(block: Block) -> bool:
    return bool(block.tables) and all(len(table.rows) <= ROWS for table in block.tables)

"""A section of which much cannot be told for want of supplies says so once, and is not full of
refusals.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field, replace

from profiles.disclosure.rule import NOT_AVAILABLE
from profiles.drawing.blocks import Block, Section, Table
from profiles.drawing.words import uncapital

IN_ITS_PLACE = "This cannot be shown at present."
_WANT = r"(?P<why>[^.]*(?:not supplied|no accepted supply))\."
# How sections say that something is refused for want of a supply: why, and perhaps what.
_SAID = (
    re.compile(rf"Not available: {_WANT}"),
    re.compile(rf"(?:A table of )?(?P<what>.+) is not shown: {_WANT}"),
    re.compile(rf"(?:(?P<what>[^.:]+): )?{re.escape(IN_ITS_PLACE)} {_WANT}"),
    re.compile(rf"(?P<what>.+) cannot be shown\. {_WANT}"),
)


@dataclass
class _Gone:
    """What a section does not tell, and why."""

    what: list[str] = field(default_factory=list)
    why: list[str] = field(default_factory=list)

    def take(self, sentence: str) -> bool:
        """Whether a sentence says no more than that something is refused; it is taken note of."""
        for said in _SAID:
            if found := said.fullmatch(sentence):
                self.why += found["why"].split("; ")
                if what := found.groupdict().get("what"):
                    self.what.append(what)
                return True
        return False

    def statement(self) -> str:
        """The one sentence for them all."""
        # Captions have commas of their own.
        captions = "; ".join(uncapital(what).rstrip("?") for what in dict.fromkeys(self.what))
        why = "; ".join(_without_parts(self.why))
        because = f" Not available: {why}." if why else ""
        return f"For want of supplies this section does not show: {captions}.{because}"


def _without_parts(reasons: list[str]) -> list[str]:
    """Each reason once, and none of fewer names where another with the same reason has them all:
    not “health: not supplied” beside “police, health: not supplied”.
    """
    different = list(dict.fromkeys(reasons))
    kept = []
    for reason in different:
        names, _, why = reason.rpartition(": ")
        others = [other.rpartition(": ") for other in different if other != reason]
        if not any(names in of and why == because for of, _, because in others):
            kept.append(reason)
    return kept


def folded(section: Section) -> Section:
    """The section without tables in which every number is refused, and with one statement of what
    is not told and why; of a section that tells nothing, its answer alone, which says so.
    """
    gone = _Gone()
    blocks = [left for block in section.blocks if (left := _left(block, gone))]
    tells = any(block.tables or block.chart or block.maps for block in blocks)
    if section.answer.startswith(IN_ITS_PLACE) and not tells:
        return replace(section, blocks=[])
    if not gone.what:
        return section
    return replace(section, blocks=[*blocks, Block("Not shown here", [gone.statement()])])


def _left(block: Block, gone: _Gone) -> Block | None:
    """What is left of a block; none where all of it is refused."""
    tables = [table for table in block.tables if not is_refused(table)]
    gone.what += [table.caption for table in block.tables if is_refused(table)]
    before = len(gone.why)
    sentences = [sentence for sentence in block.sentences if not gone.take(sentence)]
    notes = [note for note in block.notes if not gone.take(note)]
    is_less = len(tables) < len(block.tables) or len(gone.why) > before
    if is_less and not (tables or block.chart or block.maps):
        # Its explanation would explain nothing that is there.
        if block.heading and not block.tables:
            gone.what.append(block.heading)
        return None
    return replace(block, tables=tables, sentences=sentences, notes=notes)


def is_refused(table: Table) -> bool:
    """Whether a table has numbers and all of them are refused."""
    labels = [cell for cell in itertools.chain.from_iterable(table.rows) if cell.key]
    return bool(labels) and all(cell.text == NOT_AVAILABLE for cell in labels)

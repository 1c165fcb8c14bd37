"""Sentences that would speak of a number which is not shown are left out: “not shown children were
aged 15–17” says nothing, and reads as if it did.
"""

from __future__ import annotations

import re
from dataclasses import replace

from profiles.disclosure.labels import UNTOLD
from profiles.disclosure.rule import NOT_SHOWN
from profiles.drawing.blocks import Block, Section
from profiles.drawing.words import capital

# A sentence that begins with a number belongs to the one before it.
_NEXT_SENTENCE = re.compile(r"(?<=[.?!]) (?=[A-Z“])")
INSTEAD = f"These numbers are not shown: {NOT_SHOWN}."


def without_untold(section: Section) -> Section:
    """The section with those sentences, and those parts between semicolons, that tell something."""
    blocks = [left for block in section.blocks if (left := _left(block))]
    return replace(section, answer=_told(section.answer) or INSTEAD, blocks=blocks)


def _left(block: Block) -> Block | None:
    """A block without what tells nothing; none where it has nothing else."""
    sentences = [told for sentence in block.sentences if (told := _told(sentence))]
    notes = [told for note in block.notes if (told := _told(note))]
    is_there = sentences or notes or block.tables or block.chart or block.maps
    if not is_there and (block.sentences or block.notes):
        return None
    return replace(block, sentences=sentences, notes=notes)


def _told(text: str) -> str:
    """“A were boys; – were girls. B.” with the second not shown is “A were boys. B.”"""
    if UNTOLD not in text:
        return text
    kept = []
    for sentence in _NEXT_SENTENCE.split(text):
        parts = [part for part in sentence.split("; ") if UNTOLD not in part]
        if parts:
            whole = capital("; ".join(parts))
            kept.append(whole if whole.endswith((".", "?", ":")) else f"{whole}.")
    return " ".join(kept)

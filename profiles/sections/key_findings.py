"""The findings in words: one sentence each, each written from labels and tied to its section. They
fit one screen.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page
from profiles.sections import (
    care,
    education,
    health,
    missing,
    offences,
    overlap,
    pathways,
    response,
    risk,
    scale,
)


def build(store: LabelStore, page: Page) -> Section:
    """The first sentence of the sections' answers, so that a finding can never disagree with its
    section.
    """
    parts = (risk, care, missing, education, health, offences, pathways, overlap, response)
    answers = [part.build(store, page) for part in parts]
    blocks = [
        Block(heading=f"#{a.name}|{a.title}", sentences=[first_sentence(a.answer)]) for a in answers
    ]
    return Section(
        "key_findings", "Key findings", first_sentence(scale.build(store, page).answer), blocks
    )


def first_sentence(text: str) -> str:
    """Up to the first full stop that ends a sentence; a refusal is whole, with its reason."""
    if text.startswith("This cannot be shown"):
        return text
    head, stop, _ = text.partition(". ")
    if stop:
        return f"{head}."
    return text

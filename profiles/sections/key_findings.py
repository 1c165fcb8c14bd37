"""The findings in words: one sentence each, each written from labels and tied to its section."""

from __future__ import annotations

from profiles.blocks import Block, Section
from profiles.disclosure.store import LabelStore
from profiles.page import Page
from profiles.sections import age, care, ethnicity, overlap, place, referrals, risk, scale, sex


def build(store: LabelStore, page: Page) -> Section:
    """The answers of the sections, so that a finding can never disagree with its section."""
    answers = [part.build(store, page) for part in (scale, risk, age, sex, ethnicity, care, overlap, place, referrals)]
    first, *others = answers
    blocks = [Block(heading=f"#{part.name}|{part.title}", sentences=[part.answer]) for part in others]
    return Section("key_findings", "Key findings", first.answer, blocks)

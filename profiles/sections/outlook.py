"""What is not told yet: trends and projection."""

from __future__ import annotations

from profiles.blocks import Block, Section
from profiles.disclosure.store import LabelStore
from profiles.page import Page


def build(store: LabelStore, page: Page) -> Section:
    """Says plainly that nothing is projected, and what it would take."""
    return Section(
        "outlook",
        "What may come",
        "This profile does not look ahead yet: it tests no trend and projects nothing.",
        [
            Block(
                sentences=[
                    "A projection needs at least 36 months that were recorded alike, and a test needs 12. What looks like a rise or a fall in this report is not called one.",
                ]
            )
        ],
    )

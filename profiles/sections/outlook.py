"""What is not told yet: trends and projection."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Section
from profiles.drawing.page import Page


def build(store: LabelStore, page: Page) -> Section:
    """Says plainly that nothing is projected, and what it would take."""
    return Section(
        "outlook",
        "What may come",
        "This profile does not look ahead yet: it tests no trend and projects nothing.",
        [
            Block(
                sentences=[
                    (
                        "Tests of trends and a projection are not part of this version. What looks "
                        "like a rise or a fall from month to month is therefore not called one; "
                        "only the number a year before is set beside the number now, by the rule "
                        "in the summary."
                    ),
                ]
            )
        ],
    )

"""The sections of the report, in order: each is a module of `profiles.sections` with `build`. A new
one is a line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Section
from profiles.drawing.page import Page
from profiles.drawing.untold import without_untold

Builder = Callable[[LabelStore, Page], Section]

# Two sheets for a reader who reads no more.
BRIEF: tuple[str, ...] = ("summary", "key_findings", "asked")
# What the report has to say, a section a question.
PROFILE: tuple[str, ...] = (
    "changes",
    "scale",
    "risk",
    "age",
    "sex",
    "ethnicity",
    "care",
    "missing",
    "education",
    "health",
    "vulnerability",
    "pathways",
    "follow_up",
    "overlap",
    "place",
    "nature",
    "offences",
    "youth_justice",
    "response",
    "referrals",
    "outlook",
    "comparators",
    "recommendations",
)
# What it rests on. The annex also holds each section's other tables.
ANNEX: tuple[str, ...] = ("about", "quality", "methods", "notice")
# The addresses of the three in the page.
LAYERS = ("brief", "profile", "annex")
NAMES: tuple[str, ...] = (*BRIEF, *PROFILE, *ANNEX)


def _builder(name: str) -> Builder:
    """What makes a section, without the sentences that tell nothing."""
    build: Builder = importlib.import_module(f"profiles.sections.{name}").build

    def built(store: LabelStore, page: Page) -> Section:
        return without_untold(build(store, page))

    return built


CONTENTS: tuple[Builder, ...] = tuple(map(_builder, NAMES))

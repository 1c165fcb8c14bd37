"""The sections of the report, in order: each is a module of `profiles.sections` with `build`. A new
one is a line here.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Section
from profiles.drawing.page import Page

Builder = Callable[[LabelStore, Page], Section]

NAMES: tuple[str, ...] = (
    "summary",
    "changes",
    "about",
    "key_findings",
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
    "quality",
    "comparators",
    "recommendations",
    "methods",
)

CONTENTS: tuple[Builder, ...] = tuple(
    importlib.import_module(f"profiles.sections.{name}").build for name in NAMES
)

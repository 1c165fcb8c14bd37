"""The sections of the report, in order."""

from __future__ import annotations

from collections.abc import Callable

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Section
from profiles.drawing.page import Page
from profiles.sections import (
    about,
    age,
    care,
    comparators,
    education,
    ethnicity,
    health,
    key_findings,
    methods,
    missing,
    nature,
    offences,
    outlook,
    overlap,
    pathways,
    place,
    quality,
    recommendations,
    referrals,
    response,
    risk,
    scale,
    sex,
    summary,
    vulnerability,
    youth_justice,
)

Builder = Callable[[LabelStore, Page], Section]

CONTENTS: tuple[Builder, ...] = (
    summary.build,
    about.build,
    key_findings.build,
    scale.build,
    risk.build,
    age.build,
    sex.build,
    ethnicity.build,
    care.build,
    missing.build,
    education.build,
    health.build,
    vulnerability.build,
    pathways.build,
    overlap.build,
    place.build,
    nature.build,
    offences.build,
    youth_justice.build,
    response.build,
    referrals.build,
    outlook.build,
    quality.build,
    comparators.build,
    recommendations.build,
    methods.build,
)

# The sections' names: each is that of its module.
NAMES: tuple[str, ...] = tuple(build.__module__.split(".")[2] for build in CONTENTS)

"""What people recommend, each tied to findings and a measure: read from recommendations.yml, and held to what exists."""

from __future__ import annotations

import datetime as dt
import functools
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from profiles.disclosure.labels import Label, LabelStore

DEFAULT = Path(__file__).parent / "recommendations.yml"
STRANDS = ("Pursue", "Prevent", "Protect", "Prepare")
STATES = ("not begun", "in progress", "done", "stopped")
WANTED = ("higher", "lower")


class RecommendationError(ValueError):
    """What is wrong with a recommendation, in words for who wrote it."""


@dataclass(frozen=True)
class Recommendation:
    """One recommendation. `measure` names a figure: figure, measure, group type, group; `wanted` is its good direction."""

    id: str
    text: str
    strand: str
    owner: str
    due: dt.date
    state: str
    findings: tuple[str, ...]
    measure: tuple[str, str, str, str] | None
    wanted: str
    words: str
    is_example: bool

    def label(self, store: LabelStore) -> Label | None:
        """Its measure as an edition shows it now. Raises RecommendationError where there is no such figure."""
        if self.measure is None:
            return None
        try:
            return store.get(*self.measure)
        except KeyError:
            raise RecommendationError(f"{self.id}: its measure, {self.measure[0]}, is no figure of the report") from None  # fmt: skip


def read_recommendations(path: Path = DEFAULT) -> tuple[Recommendation, ...]:
    """All of a file, in its order. Raises RecommendationError, naming the recommendation and what is wrong."""
    try:
        raw = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise RecommendationError(f"{path.name} is not there or is not valid YAML") from None
    if not isinstance(raw, list):
        raise RecommendationError(f"{path.name} is no list of recommendations")
    found = tuple(_one(r) for r in raw)
    if len({r.id for r in found}) < len(found):
        raise RecommendationError("two recommendations have one id")
    return found


@functools.cache
def recommendations() -> tuple[Recommendation, ...]:
    """Those that the product is published with."""
    return read_recommendations()


def _one(raw: Any) -> Recommendation:
    name = str(raw.get("id", "?")) if isinstance(raw, dict) else "?"
    try:
        m = raw.get("measure")
        one = Recommendation(
            name,
            str(raw["text"]).strip(),
            raw["strand"],
            str(raw["owner"]),
            raw["due"],
            raw["state"],
            tuple(raw["findings"]),
            (m["figure"], m.get("measure", "count"), m.get("group_type", "all"), m.get("group", "all")) if m else None,
            m["wanted"] if m else "",
            str(m["words"]) if m else "",
            bool(raw.get("is_example")),
        )
    except (KeyError, TypeError, AttributeError) as error:
        lacks = f"lacks {error.args[0]}" if isinstance(error, KeyError) else "has a part of the wrong kind"
        raise RecommendationError(f"{name}: it {lacks}") from None
    for what, value, allowed in (
        ("strand", one.strand, STRANDS),
        ("state", one.state, STATES),
        *((("wanted", one.wanted, WANTED),) if one.measure else ()),
    ):
        if value not in allowed:
            raise RecommendationError(f"{name}: its {what} must be one of {', '.join(allowed)}")
    if not isinstance(one.due, dt.date) or not one.findings:
        raise RecommendationError(f"{name}: it needs a due day, YYYY-MM-DD, and the findings that it rests on")
    return one


def check_findings(found: Collection[Recommendation], sections: Collection[str]) -> None:
    """Raises RecommendationError where one rests on a section that there is not."""
    for r in found:
        for finding in r.findings:
            if finding not in sections:
                raise RecommendationError(f"{r.id}: it rests on a finding that there is not: {finding}")

"""The data controller's choices, read from policy.yml or a file of their own. They take away;
knowledge is in the register.
"""

from __future__ import annotations

import functools
import hashlib
from dataclasses import dataclass
from pathlib import Path

from pydantic import Field

from profiles.disclosure.rule import Rule
from profiles.figures.declared import Edition, Register
from profiles.figures.groups import Group
from profiles.reading import FileError, Strict, fault, nearest, read_text, read_words

DEFAULT = Path(__file__).parent / "policy.yml"


class MergeEntry(Strict):
    """The groups `of` become one where one of `small` would not be shown."""

    label: str
    of: tuple[str, ...]
    small: tuple[str, ...]
    residual: bool = False


class PolicyFile(Strict):
    """`policy.yml`."""

    rule: Rule = Field(default_factory=Rule)
    required: tuple[str, ...] = ()
    editions: dict[str, Edition] = Field(default_factory=dict)
    merges: dict[str, dict[str, MergeEntry]] = Field(default_factory=dict)
    never_crossed: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Merge:
    """`of` become `into` where one of `small` would not be shown."""

    dimension: str
    into: str
    of: tuple[str, ...]
    small: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class Policy:
    """A policy that fits the register. `required` and `editions` name “figure” or “figure by
    dimension, dimension”.
    """

    rule: Rule
    required: frozenset[str]
    editions: dict[str, Edition]
    merges: tuple[Merge, ...]
    merged_groups: tuple[Group, ...]
    never_crossed: tuple[frozenset[str], ...]
    digest: str


def table_name(figure: str, by: tuple[str, ...]) -> str:
    """at_risk by sex, risk_level; a figure that is not broken down has its own name."""
    if by:
        return f"{figure} by {', '.join(by)}"
    return figure


def read_policy(register: Register, path: Path = DEFAULT) -> Policy:
    """The policy of a file. Raises FileError: file, line, and what is allowed."""
    text = read_words(path)
    file = read_text(PolicyFile, text, path.name)
    names = {
        table_name(f.key, b.by): f for f in register.figures.values() for b in f.entry.breakdowns
    }
    # A figure's total is named by the figure alone.
    names |= {f.key: f for f in register.figures.values()}
    for number, name in enumerate(file.required):
        if name not in names:
            raise fault(
                path.name,
                text,
                ("required", str(number)),
                f"no such table; {nearest(name, sorted(names))}",
            )
    for name in file.editions:
        if name not in names:
            raise fault(
                path.name,
                text,
                ("editions", name),
                f"no such table; {nearest(name, sorted(names))}",
            )
    for number, pair in enumerate(file.never_crossed):
        for dimension in pair:
            if dimension not in register.dimensions:
                words = f"no such dimension; {nearest(dimension, sorted(register.dimensions))}"
                raise fault(path.name, text, ("never_crossed", str(number)), words)
    merges, groups = _merges(register, file, path.name, text)
    never_crossed = tuple(frozenset(pair) for pair in file.never_crossed)
    # Part of a draft's identity: other choices make another draft.
    digest = hashlib.sha256(text.encode()).hexdigest()
    return Policy(
        file.rule,
        frozenset(file.required),
        dict(file.editions),
        merges,
        groups,
        never_crossed,
        digest,
    )


def _merges(
    register: Register, file: PolicyFile, name: str, text: str
) -> tuple[tuple[Merge, ...], tuple[Group, ...]]:
    merges: list[Merge] = []
    groups: list[Group] = []
    for dimension, into in file.merges.items():
        if dimension not in register.dimensions:
            words = f"no such dimension; {nearest(dimension, sorted(register.dimensions))}"
            raise fault(name, text, ("merges", dimension), words)
        known = {g.group: g for g in register.groups_of(dimension)}
        for group, entry in into.items():
            at = ("merges", dimension, group)
            unknown = [g for g in (*entry.of, *entry.small) if g not in known]
            if unknown:
                words = f"{dimension} has no group {unknown[0]}; {nearest(unknown[0], list(known))}"
                raise fault(name, text, at, words)
            if group in known:
                raise fault(name, text, at, f"{dimension} has a group of that name already")
            if not set(entry.small) <= set(entry.of):
                raise fault(name, text, at, "small names a group that is not one of those merged")
            merges.append(Merge(dimension, group, entry.of, entry.small))
            # A merged group stands where the last of its parts stood.
            place = max(known[g].sort for g in entry.of)
            label = register.area.words(entry.label)
            groups.append(Group(dimension, group, label, place, is_residual=entry.residual))
    return tuple(merges), tuple(groups)


@functools.cache
def default_policy(register: Register) -> Policy:
    """The policy that the product brings."""
    return read_policy(register)


__all__ = ["DEFAULT", "FileError", "Merge", "Policy", "default_policy", "read_policy", "table_name"]

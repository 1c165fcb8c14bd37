"""Bands and groups: what figures are broken down by, with labels and the order of a table."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import Field, model_validator

from profiles.areas import Area
from profiles.reading import Strict


class GroupEntry(Strict):
    """A group as the register has it."""

    label: str
    # The name in pairs and orders of groups, where the label is too long.
    short: str = ""
    # Extracts that this group needs besides its figure's.
    needs: tuple[str, ...] = ()
    # Not known, other, outside the area.
    residual: bool = False
    # Only compares with a published figure; in no edition.
    check_only: bool = False
    # The group of the table of residents that its rates are over, where that is another.
    residents: str = ""
    # The groups of the same dimension that it is the sum of.
    made_of: tuple[str, ...] = ()
    # The groups of another dimension that it is a band of: 10–14 is of 10, 11, 12, 13 and 14.
    of: tuple[str, ...] = ()


class DimensionEntry(Strict):
    """A breakdown as the register has it: its groups in order, or where they come from."""

    groups: dict[str, GroupEntry] = Field(default_factory=dict)
    # The group that “share of those known” leaves out.
    not_known: str = ""
    # Another dimension: its groups are bands of that one's, or pairs of them, or orders of two.
    bands_of: str = ""
    pairs_of: str = ""
    orders_of: str = ""
    # The area's localities, wards, agencies, or how many agencies.
    from_area: str = ""
    # The model may give groups that nobody declared, such as months.
    any_group: bool = False

    @model_validator(mode="before")
    @classmethod
    def _labels_alone(cls, raw: Any) -> Any:
        """`key: label` is short for `key: {label: label}`."""
        if not isinstance(raw, Mapping) or not isinstance(raw.get("groups"), Mapping):
            return raw
        full = {}
        for k, v in raw["groups"].items():
            full[str(k)] = {"label": v} if isinstance(v, str) else v
        return {**raw, "groups": full}


@dataclass(frozen=True)
class Group:
    """One group of a breakdown, at its place in a table.

    Residual groups (not known, other, outside) are shown one-way only; a sum is made of other
    groups of the breakdown, a band of groups of another; `check_only` groups exist to check
    published figures and are in no edition.
    """

    group_type: str
    group: str
    label: str
    sort: int
    is_residual: bool = False
    is_check_only: bool = False
    made_of: tuple[str, ...] = ()
    band_of: tuple[str, ...] = ()
    needs: tuple[str, ...] = ()
    short: str = ""
    residents: str = ""

    @property
    def is_sum(self) -> bool:
        """Whether it is made of other groups of its breakdown."""
        return bool(self.made_of)


@dataclass(frozen=True)
class Dimension:
    """What figures are broken down by: its groups in table order. `not_known` is the group that a
    share leaves out.
    """

    name: str
    groups: tuple[Group, ...]
    not_known: str = ""
    bands_of: str = ""
    any_group: bool = False

    def leaves(self) -> list[Group]:
        """The groups that are no sums of others."""
        return [g for g in self.groups if not g.is_sum]


AREA_SOURCES = ("localities", "wards", "agencies", "agency counts")
COUNT_WORDS = (
    "",
    "one agency",
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
)


def dimension_of(
    name: str, entry: DimensionEntry, others: Mapping[str, DimensionEntry], area: Area
) -> Dimension:
    """A dimension with all of its groups. Raises ValueError where it names another that there is
    not.
    """
    every_group = [
        *_from_area(name, entry.from_area, area),
        *_from_others(name, entry, others),
        *(_group(name, key, group, area) for key, group in entry.groups.items()),
    ]
    # A group's place in a table is its place in the file.
    groups = tuple(replace(g, sort=place) for place, g in enumerate(every_group, 1))
    return Dimension(name, groups, entry.not_known, entry.bands_of, entry.any_group)


def _group(name: str, key: str, entry: GroupEntry, area: Area) -> Group:
    return Group(
        name,
        key,
        area.words(entry.label),
        0,
        is_residual=entry.residual,
        is_check_only=entry.check_only,
        made_of=entry.made_of,
        band_of=entry.of,
        needs=entry.needs,
        short=entry.short,
        residents=entry.residents,
    )


def _from_area(name: str, source: str, area: Area) -> list[Group]:
    if source == "localities":
        return [Group(name, locality, locality, 0) for locality in area.localities]
    if source == "wards":
        return [Group(name, code, ward.name, 0) for code, ward in area.wards.items()]
    if source == "agencies":
        return [
            Group(name, key, agency.name, 0, needs=(key,)) for key, agency in area.agencies.items()
        ]
    if source == "agency counts":
        return _agency_counts(name, len(area.agencies))
    if source:
        raise ValueError(f"from_area is one of {', '.join(AREA_SOURCES)}")
    return []


def _agency_counts(name: str, agencies: int) -> list[Group]:
    """Known to one agency, …, known to all four."""
    words = [COUNT_WORDS[n] for n in range(1, agencies)]
    # “Known to all four” says more than “known to four” where there are four.
    words.append(f"all {COUNT_WORDS[agencies]}" if agencies > 1 else COUNT_WORDS[agencies])
    return [Group(name, str(n), f"Known to {text}", 0) for n, text in enumerate(words, 1)]


def _from_others(
    name: str, entry: DimensionEntry, others: Mapping[str, DimensionEntry]
) -> list[Group]:
    source = entry.pairs_of or entry.orders_of
    if not source:
        return []
    if source not in others:
        raise ValueError(f"there is no dimension {source}")
    short = {key: group.short or group.label for key, group in others[source].groups.items()}
    # What both are told from is needed to tell of both.
    needs = {key: group.needs for key, group in others[source].groups.items()}
    if entry.pairs_of:
        return [
            Group(
                name,
                f"{a} + {b}",
                f"{_capital(short[a])} and {short[b]}",
                0,
                needs=needs[a] + needs[b],
            )
            for a, b in itertools.combinations(short, 2)
        ]
    orders = []
    for a, b in itertools.permutations(short, 2):
        orders.append(
            Group(
                name,
                f"{a} > {b}",
                f"{_capital(short[a])}, then {short[b]}",
                0,
                needs=needs[a] + needs[b],
            )
        )
    alone = [
        Group(name, a, f"{_capital(text)} alone", 0, needs=needs[a]) for a, text in short.items()
    ]
    return [*orders, *alone]


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"

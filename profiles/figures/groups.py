"""The one list of bands and groups: their labels and their order in a table."""

from __future__ import annotations

import csv
import functools
from dataclasses import dataclass
from pathlib import Path

REFERENCE = Path(__file__).parents[1] / "reference"


@dataclass(frozen=True)
class Group:
    """One group of a breakdown. Residual groups (not known, other, outside) stand at the end of a table.

    A sum is made of other groups of its breakdown.
    """

    group_type: str
    group: str
    label: str
    sort: int
    is_residual: bool
    is_check_only: bool
    is_sum: bool


def _read(name: str) -> list[dict[str, str]]:
    with (REFERENCE / name).open(encoding="utf-8", newline="") as f:
        return list(csv.DictReader(f))


@functools.cache
def groups() -> tuple[Group, ...]:
    """Every group, in the order of the list, with those that small residual groups are merged into."""
    return tuple(
        Group(
            r["group_type"],
            r["group"],
            r["label"],
            int(r["sort"]),
            r["is_residual"] == "true",
            r["is_check_only"] == "true",
            r["is_sum"] == "true",
        )
        for r in [*_read("ref_groups.csv"), *_read("ref_merged_groups.csv")]
    )


def groups_of(group_type: str) -> list[Group]:
    """One breakdown's groups in table order, without those that only check published figures."""
    return sorted((g for g in groups() if g.group_type == group_type and not g.is_check_only), key=lambda g: g.sort)


def check_only() -> set[tuple[str, str]]:
    """(group_type, group) of the groups that exist only to check published figures."""
    return {(g.group_type, g.group) for g in groups() if g.is_check_only}


@functools.cache
def wards() -> dict[str, tuple[str, str]]:
    """Ward code → (name, locality)."""
    return {r["ward_code"]: (r["ward_name"], r["locality"]) for r in _read("ref_wards.csv")}


@functools.cache
def hexagons() -> dict[str, tuple[int, int]]:
    """Ward code → axial coordinates of its hexagon: pointed tops, the second growing southward."""
    return {r["ward_code"]: (int(r["hex_q"]), int(r["hex_r"])) for r in _read("ref_wards.csv")}


@functools.cache
def deprivation() -> dict[str, float]:
    """Ward code → Index of Multiple Deprivation score, 2025: mean over its small areas, weighted by residents."""
    return {r["ward_code"]: float(r["deprivation"]) for r in _read("ref_wards.csv")}


@functools.cache
def published() -> tuple[dict[str, str], ...]:
    """The declared constants: the total and risk mix that the council's inquiry published."""
    return tuple(_read("ref_published.csv"))

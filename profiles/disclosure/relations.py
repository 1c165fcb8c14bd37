"""Facts from a folder of three small files, so that the attacker can be held against published
examples.

cells.csv: cell, kind, value[, target][, one column per dimension: blank means all of it].
relations.csv: relation, cell, coef[, rhs]; sum of coef × cell = rhs, 0 by default.
hierarchies.csv: dim, child, parent. Categories without children are the leaves.
"""

from __future__ import annotations

import csv
import re
from dataclasses import dataclass
from pathlib import Path

from profiles.disclosure.facts import Cell, Facts, FactsError, Relation
from profiles.disclosure.lattice import Lattice

FIXED = ("cell", "kind", "value", "target")
WHOLE = "joint"
YES, NO = {"1", "true", "yes", "y"}, {"", "0", "false", "no", "n"}


@dataclass(frozen=True)
class Question:
    """Facts, and the cells that are asked about, in the order of the file."""

    facts: Facts
    targets: tuple[str, ...]


def known(kind: str, value: str) -> tuple[int | None, int | None]:
    """What a kind of cell tells: its lowest and highest value, None where there is no bound.

    “nearest:5” of 10 is 8 to 12; “nearest:5:8” says besides that it is 8 or more; “lt:8” is 0 to 7,
    “pos:8” 1 to 7, “within:2” of 10 is 8 to 12, “range:3-9” is 3 to 9. Raises FactsError on a kind
    that there is not.
    """
    name, *arguments = kind.strip().split(":")
    match name, arguments:
        case "exact", []:
            return _number(value, kind), _number(value, kind)
        case "suppressed", []:
            return 0, None
        case "free", []:
            return None, None
        case "lt", [threshold]:
            return 0, _number(threshold, kind) - 1
        case "pos", [threshold]:
            return 1, _number(threshold, kind) - 1
        case "range", [both] if both.count("-") == 1:
            low, _, high = both.partition("-")
            return _number(low, kind), _number(high, kind)
        case "within", [width]:
            return _around(_number(value, kind), _number(width, kind))
        case "nearest", [base]:
            return _around(_number(value, kind), _half(_number(base, kind)))
        case "nearest", [base, threshold]:
            low_end, high_end = _around(_number(value, kind), _half(_number(base, kind)))
            return max(low_end, _number(threshold, kind)), high_end
    raise FactsError(f"“{kind.strip()[:30]}” is no kind of cell")


def _number(text: str, kind: str) -> int:
    if not re.fullmatch(r"[+-]?\d+(\.0+)?", text.strip()):
        raise FactsError(f"“{text.strip()[:20]}” is no whole number (kind “{kind.strip()[:30]}”)")
    return int(text.strip().partition(".")[0])


def _around(value: int, width: int) -> tuple[int, int]:
    return max(0, value - width), value + width


def _half(base: int) -> int:
    """The furthest that a whole number can lie from what it is rounded to, a tie either way."""
    if base < 1:
        raise FactsError("a base of rounding is 1 or more")
    return base // 2


def _table(path: Path, needed: tuple[str, ...]) -> list[dict[str, str]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as f:
            reader = csv.DictReader(f)
            rows = []
            for row in reader:
                rows.append(_stripped(row))
            header = [h.strip() for h in reader.fieldnames or []]
    except (OSError, UnicodeDecodeError, csv.Error):
        raise FactsError(f"{path.name} is not there or is no UTF-8 CSV file") from None
    missing = [c for c in needed if c not in header]
    if missing:
        raise FactsError(f"{path.name} has no column “{missing[0]}”")
    return rows


def _stripped(row: dict[str, str]) -> dict[str, str]:
    """Names and cells without blanks around them; what stands beyond the header is left out."""
    stripped = {}
    for name, cell in row.items():
        if name is not None:
            stripped[name.strip()] = (cell or "").strip()
    return stripped


def _parents(folder: Path) -> dict[str, dict[str, str]]:
    """Dimension → child → parent. Raises FactsError where it does not nest."""
    parents: dict[str, dict[str, str]] = {}
    path = folder / "hierarchies.csv"
    for row in _table(path, ("dim", "child", "parent")) if path.exists() else []:
        parent_of = parents.setdefault(row["dim"], {})
        if not row["child"] or parent_of.get(row["child"], row["parent"]) != row["parent"]:
            raise FactsError(
                f"the hierarchy of “{row['dim']}” does not nest: “{row['child']}” has two parents"
            )
        if row["parent"]:
            parent_of[row["child"]] = row["parent"]
    for dim, parent_of in parents.items():
        for start in parent_of:
            seen = {start}
            at = start
            while at in parent_of:
                at = parent_of[at]
                if at in seen:
                    raise FactsError(
                        f"the hierarchy of “{dim}” does not nest: “{at}” is its own ancestor"
                    )
                seen.add(at)
    return parents


def read(folder: Path) -> Question:
    """The question that a folder asks. Raises FactsError or LatticeError, in words that name the
    file's fault.
    """
    rows = _table(folder / "cells.csv", ("cell", "kind", "value"))
    columns = list(rows[0]) if rows else []
    dimensions = [column for column in columns if column and column not in FIXED]
    parents = _parents(folder)
    unknown = sorted(parents.keys() - set(dimensions))
    if unknown:
        raise FactsError(
            f"hierarchies.csv speaks of “{unknown[0]}”, which is no column of cells.csv"
        )
    leaves = {name: _leaves(name, rows, parents.get(name, {})) for name in dimensions}
    with_leaves = {name: tuple(categories) for name, categories in leaves.items() if categories}
    lattice = Lattice(WHOLE, with_leaves)
    cells = []
    for row in rows:
        at = {}
        for name in dimensions:
            if row[name]:
                at[name] = _below(row[name], leaves[name], parents.get(name, {}))
        cells.append(_cell(row, at, WHOLE if dimensions else None))
    targets = [row["cell"] for row in rows if _is_target(row)]
    if not targets:
        # Where none is named, everything that is not known is asked about.
        targets = [row["cell"] for row in rows if row["kind"].strip() not in ("exact", "free")]
    facts = Facts.of(cells, _relations(folder), [lattice] if dimensions else [])
    return Question(facts, tuple(targets))


def _cell(row: dict[str, str], at: dict[str, frozenset[str]], lattice: str | None) -> Cell:
    if not row["cell"]:
        raise FactsError("cells.csv has a cell without a name")
    low, high = known(row["kind"], row["value"])
    if low is not None and high is not None and low > high:
        raise FactsError(f"the cell “{row['cell']}” has a kind that no number fits")
    return Cell(row["cell"], low, high, lattice, at)


def _is_target(row: dict[str, str]) -> bool:
    word = row.get("target", "").lower()
    if word not in YES | NO:
        raise FactsError(f"the target of the cell “{row['cell']}” is neither yes nor no")
    return word in YES


def _leaves(dim: str, rows: list[dict[str, str]], parents: dict[str, str]) -> list[str]:
    categories = dict.fromkeys(
        [r[dim] for r in rows if r[dim]] + [x for pair in parents.items() for x in pair]
    )
    return [c for c in categories if c not in set(parents.values())]


def _below(category: str, leaves: list[str], parents: dict[str, str]) -> frozenset[str]:
    """The leaves that a category is made of."""

    def is_below(leaf: str) -> bool:
        at = leaf
        while at != category and at in parents:
            at = parents[at]
        return at == category

    return frozenset(leaf for leaf in leaves if is_below(leaf))


def _relations(folder: Path) -> list[Relation]:
    path = folder / "relations.csv"
    terms: dict[str, dict[str, int]] = {}
    right: dict[str, int] = {}
    for row in _table(path, ("relation", "cell", "coef")) if path.exists() else []:
        name = row["relation"]
        cells = terms.setdefault(name, {})
        for column in ("coef", "rhs"):
            if row.get(column) and not re.fullmatch(r"[+-]?\d+(\.0+)?", row[column]):
                raise FactsError(f"the relation “{name}” has a {column} that is no whole number")
        if not row["coef"]:
            raise FactsError(f"the relation “{name}” has a blank coef")
        cells[row["cell"]] = cells.get(row["cell"], 0) + int(row["coef"].partition(".")[0])
        if row.get("rhs"):
            value = int(row["rhs"].partition(".")[0])
            if right.setdefault(name, value) != value:
                raise FactsError(f"the relation “{name}” has two right-hand sides")
    return [
        Relation(name, cells, right.get(name, 0), right.get(name, 0))
        for name, cells in terms.items()
    ]

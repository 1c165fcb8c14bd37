"""The disclosure plan: which tables there are, which lattice each population has, what is true of the figures by definition.

Read from plan.yml or from a file of the data controller's. A plan that cannot be audited is refused when it is read.
"""

from __future__ import annotations

import functools
import hashlib
import itertools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from profiles.disclosure.lattice import Lattice, LatticeError
from profiles.figures.groups import groups_of, wards

DEFAULT = Path(__file__).parent / "plan.yml"
PUBLIC, PARTNER = "public", "partner"


class PlanError(ValueError):
    """What is wrong with a plan, in words for the data controller."""


@dataclass(frozen=True)
class Table:
    """A figure broken down by one to three dimensions, and what stands in its place where it does not pass."""

    figure: str
    by: tuple[str, ...]
    edition: str
    is_required: bool = False
    instead: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """at_risk by sex, risk_level."""
        return f"{self.figure} by {', '.join(self.by)}"


@dataclass(frozen=True)
class Merge:
    """`of` become `into` where one of `small` would not be shown."""

    dimension: str
    into: str
    of: tuple[str, ...]
    small: tuple[str, ...]


@dataclass(frozen=True)
class Term:
    """A figure's groups in a relation, on a day: now, start (a year before) or within (every stock in the period)."""

    sign: int
    figure: str
    groups: Mapping[str, tuple[str, ...]]
    day: str


@dataclass(frozen=True)
class Statement:
    """Left and right of =, <= or >=."""

    text: str
    left: tuple[Term, ...]
    relation: str
    right: tuple[Term, ...]


@dataclass(frozen=True)
class Plan:
    """The whole plan. `leaves` gives, per lattice figure and dimension, every group as the set of its leaves."""

    lattices: Mapping[str, Lattice]
    leaves: Mapping[str, Mapping[str, Mapping[str, frozenset[str]]]]
    single: tuple[str, ...]
    tables: tuple[Table, ...]
    statements: tuple[Statement, ...]
    merges: tuple[Merge, ...]
    impossible: tuple[tuple[str, frozenset[tuple[str, str]]], ...]
    headlines: tuple[str, ...]
    never_crossed: tuple[frozenset[str], ...]
    digest: str
    by_key: Mapping[tuple[str, frozenset[str]], Table] = field(default_factory=dict)
    axes: Mapping[tuple[str, str], str] = field(default_factory=dict)

    def axis(self, figure: str, dimension: str) -> str:
        """The dimension of the figure's lattice whose leaves a breakdown's groups are made of."""
        return WAYS if WAYS in self.lattices[figure].leaves else self.axes.get((figure, dimension), dimension)

    def table(self, figure: str, dimensions: frozenset[str]) -> Table | None:
        """The table of a figure by these dimensions, in whatever order; None where there is none."""
        return self.by_key.get((figure, dimensions))

    def is_declared(self, figure: str) -> bool:
        """Whether the plan says what the figure is."""
        return figure in self.leaves or figure in self.single


def read_plan(path: Path = DEFAULT) -> Plan:
    """The plan of a file. Raises PlanError, naming what is wrong."""
    try:
        text = path.read_text("utf-8")
        raw = yaml.safe_load(text)
        return _plan(raw, hashlib.sha256(text.encode()).hexdigest())
    except LatticeError as error:
        raise PlanError(f"{error}.") from None
    except (OSError, UnicodeDecodeError, yaml.YAMLError):
        raise PlanError("the disclosure plan is not there or is not valid YAML.") from None
    except (KeyError, TypeError, AttributeError):
        raise PlanError(
            "the disclosure plan lacks a part or has one of the wrong kind; compare it with profiles/disclosure/plan.yml."
        ) from None


@functools.cache
def default_plan() -> Plan:
    """The plan that the product brings."""
    return read_plan()


def _plan(raw: dict[str, Any], digest: str) -> Plan:
    merges = tuple(
        Merge(dimension, into, tuple(m["of"]), tuple(m["small"]))
        for dimension, of in (raw.get("merges") or {}).items()
        for into, m in of.items()
    )
    lattices: dict[str, Lattice] = {}
    leaves: dict[str, dict[str, dict[str, frozenset[str]]]] = {}
    axes: dict[tuple[str, str], str] = {}
    for figure, of in raw["lattices"].items():
        dimensions = {d: tuple(str(g) for g in groups) for d, groups in of["dimensions"].items()}
        lattices[figure] = Lattice(figure, dimensions)
        leaves[figure] = {d: _groups(d, own, of.get("unions") or {}, merges) for d, own in dimensions.items()}
        for coarser, groups in (of.get("coarser") or {}).items():
            axes[figure, coarser] = groups["of"]
            leaves[figure][coarser] = _bands(coarser, groups, dimensions[groups["of"]])
    for figure, of in (raw.get("overlaps") or {}).items():
        lattices[figure], leaves[figure] = _overlap(figure, of)
    tables = tuple(
        Table(
            t["figure"],
            tuple(t["by"]),
            edition,
            bool(t.get("required")),
            tuple((t.get("instead") or {}).get("by", ())),
        )
        for edition in (PUBLIC, PARTNER)
        for t in raw["tables"].get(edition) or []
    )
    plan = Plan(
        lattices,
        leaves,
        tuple(raw.get("single") or ()),
        tables,
        tuple(_statement(s) for one in raw.get("relations") or () for s in _each(one)),
        merges,
        tuple((i["figure"], frozenset((d, g) for d, g in i.items() if d != "figure")) for i in raw.get("impossible") or ()),
        tuple(raw.get("headlines") or ()),
        tuple(frozenset(pair) for pair in raw.get("never_crossed") or ()),
        digest,
        {(t.figure, frozenset(t.by)): t for t in tables},
        axes,
    )  # fmt: skip
    _check(plan)
    return plan


def _groups(
    dimension: str, own: tuple[str, ...], unions: Mapping[str, Any], merges: tuple[Merge, ...]
) -> dict[str, frozenset[str]]:
    found = {g: frozenset([g]) for g in own}
    made = {u: tuple(of) for u, of in (unions.get(dimension) or {}).items()}
    made |= {m.into: m.of for m in merges if m.dimension == dimension}
    for name, of in made.items():
        if name in found or not of or not set(of) <= set(own):
            raise PlanError(f"the group “{name}” of {dimension} is made of groups that are no leaves.")
        found[name] = frozenset(of)
    for (a, one), (b, other) in itertools.combinations(found.items(), 2):
        if one & other and not (one <= other or other <= one):
            raise PlanError(f"the hierarchy of {dimension} does not nest: “{a}” and “{b}” overlap.")
    return found


def _bands(dimension: str, groups: Mapping[str, Any], own: tuple[str, ...]) -> dict[str, frozenset[str]]:
    """Bands of another dimension's leaves, as a breakdown of its own."""
    found = {str(g): frozenset(str(leaf) for leaf in of) for g, of in groups.items() if g != "of"}
    if not all(of and of <= set(own) for of in found.values()):
        raise PlanError(f"a group of {dimension} is made of groups that are no leaves.")
    return found


def _overlap(figure: str, of: dict[str, Any]) -> tuple[Lattice, dict[str, dict[str, frozenset[str]]]]:
    """Sets that overlap, as one dimension whose leaves are the ways to be in some of them."""
    ((own, sets),) = of["sets"].items()
    ways = [c for size in range(1, len(sets) + 1) for c in itertools.combinations(sets, size)]
    name = {way: " + ".join(way) for way in ways}
    made: dict[str, dict[str, frozenset[str]]] = {own: {s: frozenset(name[w] for w in ways if s in w) for s in sets}}
    for dimension, group in (of.get("any") or {}).items():
        made.setdefault(dimension, {})[group] = frozenset(name.values())
    for dimension, groups in (of.get("outside") or {}).items():
        for group, not_in in groups.items():
            made.setdefault(dimension, {})[group] = frozenset(name[w] for w in ways if not_in not in w)
    for dimension, groups in (of.get("how_many") or {}).items():
        for group, many in groups.items():
            sizes = many if isinstance(many, list) else [many]
            made.setdefault(dimension, {})[group] = frozenset(name[w] for w in ways if len(w) in sizes)
    if "alone" in of:
        made[of["alone"]] = {s: frozenset([name[(s,)]]) for s in sets}
    if "both" in of:
        pairs = [way for way in ways if len(way) == 2]
        made[of["both"]] = {name[p]: frozenset(name[w] for w in ways if set(p) <= set(w)) for p in pairs}
    if "exactly" in of:
        made[of["exactly"]] = {n: frozenset([n]) for n in name.values()}
    return Lattice(figure, {WAYS: tuple(name.values())}), made


WAYS = "ways"
_TERM = re.compile(r"([+-]?)\s*(\w+)(?:\[([^\]]*)\])?(?:@(\w+))?\s*")


def _each(text: str) -> list[str]:
    """A relation of every group of a dimension apart, written dimension=each, as one relation per group."""
    dimension = re.search(r"(\w+)=each", text)
    if dimension is None:
        return [text]
    groups = [g.group for g in groups_of(dimension[1]) if not g.is_sum]
    if dimension[1] == "ward":
        groups += list(wards())
    return [s for g in groups for s in _each(re.sub(rf"\b{dimension[1]}=each", f"{dimension[1]}={g}", text))]


def _statement(text: str) -> Statement:
    parts = re.split(r"\s(<=|>=|=)\s", text)
    if len(parts) != 3:
        raise PlanError(f"the relation “{text}” has no =, <= or >= between two sides.")
    return Statement(text, _terms(parts[0], text), parts[1], _terms(parts[2], text))


def _terms(side: str, text: str) -> tuple[Term, ...]:
    found, at = [], 0
    while at < len(side):
        match = _TERM.match(side, at)
        if not match or match.end() == at:
            raise PlanError(f"the relation “{text}” cannot be read.")
        sign, figure, groups, day = match.groups()
        found.append(Term(-1 if sign == "-" else 1, figure, _chosen(groups or "", text), day or "now"))
        at = match.end()
    return tuple(found)


def _chosen(text: str, statement: str) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    # Group names may hold commas, so a part begins where a dimension is named.
    for part in filter(None, (p.strip() for p in re.split(r",\s*(?=\w+=)", text))):
        dimension, is_given, groups = part.partition("=")
        if not is_given:
            raise PlanError(f"the relation “{statement}” names groups without a dimension.")
        if groups.startswith("in:"):
            chosen[dimension] = tuple(c for c, (_, locality) in wards().items() if locality == groups[3:])
        else:
            chosen[dimension] = tuple(g.strip() for g in groups.split("|"))
    return chosen


def _check(plan: Plan) -> None:
    for table in plan.tables:
        for by in filter(None, (table.by, table.instead)):
            for pair in plan.never_crossed:
                if pair <= set(by):
                    raise PlanError(f"{' and '.join(sorted(pair))} are never crossed, but “{table.name}” does.")
            for dimension in by:
                if not groups_of(dimension) and dimension != "extract":
                    raise PlanError(f"“{table.name}” has a dimension without groups: {dimension}.")
        if not plan.is_declared(table.figure):
            raise PlanError(
                f"“{table.name}” is of a figure that stands in no lattice, overlap or list of single figures."
            )
        if len(table.by) > 1 and table.figure in plan.leaves:
            outside = [d for d in table.by if d not in plan.leaves[table.figure]]
            if outside:
                raise PlanError(f"“{table.name}” crosses {outside[0]}, which is not in the lattice of {table.figure}.")
    for statement in plan.statements:
        for term in (*statement.left, *statement.right):
            if not plan.is_declared(term.figure):
                raise PlanError(f"the relation “{statement.text}” is of a figure that the plan does not have.")

"""What is published together, and what is known of it: the register's breakdowns under the data
controller's policy.

Each population that is crossed in several ways has a joint table (a lattice); what else holds among
counts are statements. Both follow from the register alone, whatever the policy says.
"""

from __future__ import annotations

import functools
import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from profiles.areas import default_area
from profiles.areas.published import PublishedEntry, parse_published
from profiles.disclosure.implied import implied, joint_dimensions
from profiles.disclosure.lattice import Lattice, LatticeError
from profiles.disclosure.policy import DEFAULT, Merge, Policy, read_policy, table_name
from profiles.figures.declared import (
    EVERY_AGENCY,
    NONE,
    PARTNER,
    PUBLIC,
    OverlapEntry,
    Register,
)
from profiles.figures.groups import Group
from profiles.figures.register_files import register_of
from profiles.reading import fault, nearest, read_words

__all__ = [
    "DEFAULT",
    "PARTNER",
    "PUBLIC",
    "WAYS",
    "Merge",
    "Plan",
    "PlanError",
    "Statement",
    "Table",
    "Term",
    "plan_of",
]


class PlanError(ValueError):
    """What is wrong with a plan, in words for the data controller."""


@dataclass(frozen=True)
class Table:
    """A figure broken down by one to three dimensions, and what stands in its place where it does
    not pass.
    """

    figure: str
    by: tuple[str, ...]
    edition: str
    is_required: bool = False
    instead: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """at_risk by sex, risk_level."""
        return table_name(self.figure, self.by)


@dataclass(frozen=True)
class Term:
    """A figure's groups in a statement, on a day: now, start (a year before), before (the month end
    before) or within (every stock in the period).
    """

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


@dataclass(frozen=True, eq=False)
class Plan:
    """The whole plan. `leaves` gives, per lattice figure and dimension, every group as the set of
    its leaves.
    """

    register: Register
    policy: Policy
    lattices: Mapping[str, Lattice]
    leaves: Mapping[str, Mapping[str, Mapping[str, frozenset[str]]]]
    tables: tuple[Table, ...]
    statements: tuple[Statement, ...]
    impossible: tuple[tuple[str, frozenset[tuple[str, str]]], ...]
    axes: Mapping[tuple[str, str], str] = field(default_factory=dict)
    published: tuple[PublishedEntry, ...] = ()

    @property
    def merges(self) -> tuple[Merge, ...]:
        """How small residual groups are merged."""
        return self.policy.merges

    @functools.cached_property
    def groups(self) -> dict[tuple[str, str], Group]:
        """Every group by dimension and key, with those that small residual groups are merged
        into.
        """
        every = [*self.register.every_group(), *self.policy.merged_groups]
        return {(g.group_type, g.group): g for g in every}

    @functools.cached_property
    def by_key(self) -> dict[tuple[str, frozenset[str]], Table]:
        """Every table by figure and dimensions."""
        return {(t.figure, frozenset(t.by)): t for t in self.tables}

    @property
    def digest(self) -> str:
        """Changes with the policy; what follows from the register changes with the code."""
        return self.policy.digest

    def axis(self, figure: str, dimension: str) -> str:
        """The dimension of the figure's lattice whose leaves a breakdown's groups are made of."""
        if WAYS in self.lattices[figure].leaves:
            return WAYS
        return self.axes.get((figure, dimension), dimension)

    def table(self, figure: str, dimensions: frozenset[str]) -> Table | None:
        """The table of a figure by these dimensions, in whatever order; None where there is
        none.
        """
        return self.by_key.get((figure, dimensions))

    def offers(self, figure: str, dimensions: frozenset[str]) -> bool:
        """Whether a breakdown is in some edition; one that nobody declared is offered, so that it
        is noticed.
        """
        if self.table(figure, dimensions) is not None:
            return True
        return self.register.figures[figure].breakdown(dimensions) is None

    def is_declared(self, figure: str) -> bool:
        """Whether the register has the figure."""
        return figure in self.register.figures

    def is_by_month(self, figure: str) -> bool:
        """Whether a figure counts the events of single months."""
        return self.is_declared(figure) and self.register.figures[figure].is_by_month

    def with_published(self, path: Path) -> Plan:
        """The plan where readers also know what a file lists. Raises FileError."""
        return replace(self, published=(*self.published, *published_of(self.register, path)))

    def published_words(self, entry: PublishedEntry) -> str:
        """“at_risk by sex: F, 2024-03-01: 74.6%”, for the analyst."""
        groups = [f"{name} {group}" for name, group in sorted(entry.groups.items())]
        among = [f"among {name} {group}" for name, group in sorted(entry.among.items())]
        return ", ".join([entry.figure, *groups, *among, entry.day]) + f": {entry.value}"


@functools.cache
def default_plan() -> Plan:
    """The plan that the product brings, of the area that it brings."""
    register = register_of(default_area())
    return plan_of(register, read_policy(register))


def read_plan(register: Register, path: Path = DEFAULT) -> Plan:
    """The plan of a register under the policy of a file. Raises FileError or PlanError, naming what
    is wrong.
    """
    return plan_of(register, read_policy(register, path))


def plan_of(register: Register, policy: Policy) -> Plan:
    """The plan of a register under a policy. Raises PlanError where it cannot be audited."""
    lattices: dict[str, Lattice] = {}
    leaves: dict[str, dict[str, dict[str, frozenset[str]]]] = {}
    axes: dict[tuple[str, str], str] = {}
    try:
        for figure in register.figures.values():
            key = figure.key
            overlap = figure.entry.overlap
            joint = joint_dimensions(figure)
            if overlap:
                lattices[key], leaves[key] = _overlap(register, key, overlap)
            elif joint:
                _joint_table(register, policy, key, joint, lattices, leaves, axes)
    except LatticeError as error:
        raise PlanError(f"{error}.") from None
    statements = tuple(_statement(text, register) for text in implied(register, _merged(policy)))
    impossible = []
    for figure in register.figures.values():
        for cell in figure.entry.impossible:
            impossible.append((figure.key, frozenset(cell.items())))
    tables = tuple(_tables(register, policy))
    plan = Plan(
        register=register,
        policy=policy,
        lattices=lattices,
        leaves=leaves,
        tables=tables,
        statements=statements,
        impossible=tuple(impossible),
        axes=axes,
        published=published_of(register, register.area.published_file),
    )
    _check(plan)
    return plan


def published_of(register: Register, path: Path) -> tuple[PublishedEntry, ...]:
    """What others published, as a file lists it; nothing where there is no file. Raises FileError:
    file, line, and what is allowed.
    """
    if not path.exists():
        return ()
    text = read_words(path)
    entries = parse_published(text, path.name)
    for number, entry in enumerate(entries):
        at = ("published", str(number))
        if entry.figure not in register.figures:
            words = f"no such figure; {nearest(entry.figure, sorted(register.figures))}"
            raise fault(path.name, text, (*at, "figure"), words)
        for key in ("groups", "among"):
            for dimension, group in getattr(entry, key).items():
                _check_group(register, dimension, group, path.name, text, (*at, key, dimension))
    return entries


def _check_group(
    register: Register, dimension: str, group: str, name: str, text: str, at: tuple[str, ...]
) -> None:
    if dimension not in register.dimensions:
        words = f"no such dimension; {nearest(dimension, sorted(register.dimensions))}"
        raise fault(name, text, at, words)
    known = [g.group for g in register.dimensions[dimension].groups]
    if group not in known and not register.dimensions[dimension].any_group:
        raise fault(name, text, at, f"{dimension} has no group {group}; {nearest(group, known)}")


def _merged(policy: Policy) -> dict[str, list[tuple[str, ...]]]:
    """The sets of groups that may stand as one, by dimension."""
    merged: dict[str, list[tuple[str, ...]]] = {}
    for merge in policy.merges:
        merged.setdefault(merge.dimension, []).append(merge.of)
    return merged


def _tables(register: Register, policy: Policy) -> list[Table]:
    tables = []
    for figure in register.figures.values():
        for breakdown in figure.entry.breakdowns:
            name = table_name(figure.key, breakdown.by)
            edition = policy.editions.get(name, breakdown.edition)
            is_kept_apart = any(pair <= set(breakdown.by) for pair in policy.never_crossed)
            if edition != NONE and not is_kept_apart:
                is_required = name in policy.required
                tables.append(
                    Table(figure.key, breakdown.by, edition, is_required, breakdown.instead)
                )
    return tables


def _joint_table(
    register: Register,
    policy: Policy,
    figure: str,
    joint: tuple[str, ...],
    lattices: dict[str, Lattice],
    leaves: dict[str, dict[str, dict[str, frozenset[str]]]],
    axes: dict[tuple[str, str], str],
) -> None:
    """A population's joint table, and each group of its dimensions as the set of its leaves."""
    # Bands lie along the axis of what they are bands of: “10 to 12” is the leaves 10, 11 and 12.
    bands = {}
    own_leaves = {}
    leaves[figure] = {}
    for name in joint:
        dimension = register.dimensions[name]
        if dimension.bands_of in joint:
            bands[name] = dimension.bands_of
            continue
        groups = tuple(group.group for group in dimension.leaves() if not group.is_check_only)
        own_leaves[name] = groups
        leaves[figure][name] = _groups(register, policy, name, groups)
    lattices[figure] = Lattice(figure, own_leaves)
    for band, finer in bands.items():
        axes[figure, band] = finer
        leaves[figure][band] = {g.group: frozenset(g.band_of) for g in register.groups_of(band)}


def _groups(
    register: Register, policy: Policy, dimension: str, own: tuple[str, ...]
) -> dict[str, frozenset[str]]:
    """Leaves, sums and merged groups of a dimension. Raises PlanError where two overlap without
    nesting.
    """
    leaves_of = {group: frozenset([group]) for group in own}
    for group in register.groups_of(dimension):
        # A sum of groups is a set of their leaves; it is no leaf itself.
        if group.is_sum:
            leaves_of[group.group] = frozenset(group.made_of)
    for merge in policy.merges:
        if merge.dimension == dimension:
            leaves_of[merge.into] = frozenset(merge.of)
    for (name_a, a), (name_b, b) in itertools.combinations(leaves_of.items(), 2):
        if a & b and not a <= b and not b <= a:
            raise PlanError(
                f"the hierarchy of {dimension} does not nest: “{name_a}” and “{name_b}” overlap."
            )
    return leaves_of


class _Ways:
    """The ways to be in some of several sets: of A and B they are “A”, “B” and “A + B”."""

    def __init__(self, sets: tuple[str, ...]) -> None:
        self.sets = sets
        self.names: dict[tuple[str, ...], str] = {}
        for size in range(1, len(sets) + 1):
            for way in itertools.combinations(sets, size):
                self.names[way] = " + ".join(way)

    def with_all(self, *members: str) -> frozenset[str]:
        """Those in which a child is in all of these sets, and perhaps in others."""
        return frozenset(name for way, name in self.names.items() if set(members) <= set(way))

    def without(self, member: str) -> frozenset[str]:
        """Those in which a child is not in this set."""
        return frozenset(name for way, name in self.names.items() if member not in way)

    def of_size(self, *sizes: int) -> frozenset[str]:
        """Those in which a child is in so many sets."""
        return frozenset(name for way, name in self.names.items() if len(way) in sizes)


def _overlap(
    register: Register, figure: str, entry: OverlapEntry
) -> tuple[Lattice, dict[str, dict[str, frozenset[str]]]]:
    """Sets that overlap, as one dimension whose leaves are the ways to be in some of them; and of
    each dimension that the entry names the leaves of each group.
    """
    ((own_dimension, named),) = entry.sets.items()
    ways = _Ways(tuple(register.area.agencies if named == EVERY_AGENCY else named))
    leaves: dict[str, dict[str, frozenset[str]]] = defaultdict(dict)
    leaves[own_dimension] = {member: ways.with_all(member) for member in ways.sets}
    for dimension, group in entry.any.items():
        leaves[dimension][group] = frozenset(ways.names.values())
    for dimension, groups in entry.outside.items():
        for group, member in groups.items():
            leaves[dimension][group] = ways.without(member)
    for dimension, many in entry.how_many.items():
        for group, sizes in _sizes(many, len(ways.sets)).items():
            leaves[dimension][group] = ways.of_size(*sizes)
    if entry.alone:
        leaves[entry.alone] = {member: frozenset([ways.names[(member,)]]) for member in ways.sets}
    if entry.both:
        for pair in itertools.combinations(ways.sets, 2):
            leaves[entry.both][ways.names[pair]] = ways.with_all(*pair)
    if entry.exactly:
        leaves[entry.exactly] = {name: frozenset([name]) for name in ways.names.values()}
    return Lattice(figure, {WAYS: tuple(ways.names.values())}), dict(leaves)


def _sizes(
    many: dict[str, int | tuple[int, ...]] | str, number_of_sets: int
) -> dict[str, tuple[int, ...]]:
    """In how many sets the children of each group are; a word stands for every number apart."""
    if isinstance(many, str):
        return {str(n): (n,) for n in range(1, number_of_sets + 1)}
    return {group: (size,) if isinstance(size, int) else size for group, size in many.items()}


WAYS = "ways"
_TERM = re.compile(r"([+-]?)\s*(\w+)(?:\[([^\]]*)\])?(?:@(\w+))?\s*")


def _statement(text: str, register: Register) -> Statement:
    parts = re.split(r"\s(<=|>=|=)\s", text)
    if len(parts) != 3:
        raise PlanError(f"the fact “{text}” has no =, <= or >= between two sides.")
    left = _terms(parts[0], text, register)
    right = _terms(parts[2], text, register)
    return Statement(text, left, parts[1], right)


def _terms(side: str, text: str, register: Register) -> tuple[Term, ...]:
    terms = []
    at = 0
    while at < len(side):
        match = _TERM.match(side, at)
        if not match or match.end() == at:
            raise PlanError(f"the fact “{text}” cannot be read.")
        minus, figure, groups, day = match.groups()
        sign = -1 if minus == "-" else 1
        terms.append(Term(sign, figure, _chosen(groups or "", text, register), day or "now"))
        at = match.end()
    return tuple(terms)


def _chosen(text: str, statement: str, register: Register) -> dict[str, tuple[str, ...]]:
    chosen: dict[str, tuple[str, ...]] = {}
    # Group names may hold commas, so a part begins where a dimension is named.
    for part in filter(None, (p.strip() for p in re.split(r",\s*(?=\w+=)", text))):
        dimension, is_given, groups = part.partition("=")
        if not is_given:
            raise PlanError(f"the fact “{statement}” names groups without a dimension.")
        if groups.startswith("in:"):
            wards = register.area.wards
            chosen[dimension] = tuple(
                code for code, ward in wards.items() if ward.locality == groups[3:]
            )
        else:
            chosen[dimension] = tuple(g.strip() for g in groups.split("|"))
    return chosen


def _check(plan: Plan) -> None:
    """Every fact speaks of figures and groups that there are, here or in the area that the product
    brings: of an agency that this area lacks, a fact tells nothing.
    """
    product_groups = {(g.group_type, g.group) for g in register_of(default_area()).every_group()}
    for statement in plan.statements:
        for term in (*statement.left, *statement.right):
            _check_term(plan, term, statement.text, product_groups)


def _check_term(
    plan: Plan, term: Term, fact: str, product_groups: Collection[tuple[str, str]]
) -> None:
    if not plan.is_declared(term.figure):
        raise PlanError(f"the fact “{fact}” is of a figure that the register does not have.")
    for name, groups in term.groups.items():
        dimension = plan.register.dimensions.get(name)
        if dimension is None:
            raise PlanError(f"the fact “{fact}” names a dimension that there is not: {name}.")
        if dimension.any_group:
            continue
        for group in groups:
            pair = (name, group)
            if group != "*" and pair not in product_groups and pair not in plan.groups:
                raise PlanError(f"the fact “{fact}” names a group that {name} does not have.")

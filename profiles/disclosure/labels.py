"""The store of labels: what an edition may show. What renders is handed this and nothing else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from profiles.areas import Area
from profiles.figures.declared import Register
from profiles.figures.groups import Group
from profiles.figures.keys import KEY, POSITIONS

COLUMNS = (
    "section",
    "edition",
    "unit",
    *KEY,
    "definition",
    "label",
    "low",
    "high",
    "value",
    "lower",
    "upper",
    "denominator",
    "status",
    "note",
)

# What names a number in the page's data attributes.
KEY_IN_PAGE = ("figure", "measure", "group_type", "group", "group2", "group3", "period_end")
# The statuses of a label that tells a number.
SHOWN = ("exact", "rounded")
# Why a label tells nothing, where there is no more special reason: this or rule.NOT_SHOWN. Which
# of the two it is would tell of the number.
WITHHELD = "withheld so that smaller numbers cannot be worked out"
# Stands in a sentence for a number that is not shown: a sign that no text has.
UNTOLD = "\ue000"
# Stands on a count of the threshold or more that is not shown all the same.
NOT_PUBLISHED = "this breakdown is not published: "
# A comparison whose interval holds “the same”.
UNCLEAR = "no clear difference"


@dataclass(frozen=True)
class Label:
    """What is shown of one figure. `value`, `lower` and `upper` are those of the label, never of
    the exact figure.

    `denominator` is text: “291”, or “284 to 291” where it is worked out from a label that is not
    shown.
    """

    key: str
    measure: str
    text: str
    value: float | None
    lower: float | None
    upper: float | None
    denominator: str
    status: str
    note: str
    group: str
    unit: str
    period_start: str
    period_end: str
    # The least and the most that a count may be, by its label.
    low: float | None = None
    high: float | None = None

    @property
    def is_shown(self) -> bool:
        """Whether the label tells a number."""
        return self.status in SHOWN

    @property
    def below(self) -> int | None:
        """Of “fewer than 8”: 8. None where the label says something else."""
        if self.status != "suppressed":
            return None
        return int(self.text.split()[-1])

    @property
    def interval(self) -> str:
        """“57 to 68”; blank where there is none."""
        if self.lower is None or self.upper is None:
            return ""
        if self.measure == "ratio":
            places = 2
        elif self.measure == "rate" and self.upper < 10:
            places = 1
        else:
            places = 0
        return f"{self.lower:.{places}f} to {self.upper:.{places}f}"

    @property
    def about(self) -> str:
        """For a sentence: “291”, “about 160”, “fewer than 8”. A sentence with one that is withheld
        tells nothing, and is left out (drawing/untold.py).
        """
        if self.status == "withheld":
            return UNTOLD
        if self.status == "rounded":
            return f"about {self.text}"
        return self.text


def _named(
    group_type: str, group: str, also: Mapping[str, str] | None
) -> frozenset[tuple[str, str]]:
    """A cell by its dimensions and groups; the whole of a figure is the empty set."""
    pairs = {group_type: group, **(also or {})}
    pairs.pop("all", None)
    return frozenset(pairs.items())


def _dims(row: Mapping[Any, Any]) -> frozenset[tuple[str, str]]:
    pairs = {}
    for dimension, group in POSITIONS:
        pairs[str(row[dimension])] = str(row[group])
    pairs.pop("", None)
    pairs.pop("all", None)
    return frozenset(pairs.items())


def _maybe(x: Any) -> float | None:
    if x is None or (isinstance(x, float) and np.isnan(x)):
        return None
    return float(x)


def _label(row: Mapping[Any, Any]) -> Label:
    """A row of the store as what a section is given."""
    return Label(
        key="|".join(str(row[column]) for column in KEY_IN_PAGE),
        measure=row["measure"],
        text=row["label"],
        value=_maybe(row["value"]),
        lower=_maybe(row["lower"]),
        upper=_maybe(row["upper"]),
        denominator=row["denominator"],
        status=row["status"],
        note=row["note"],
        group=row["group"],
        unit=row["unit"],
        period_start=row["period_start"],
        period_end=row["period_end"],
        low=_maybe(row["low"]),
        high=_maybe(row["high"]),
    )


class LabelStore:
    """Labels by key. Iterates in no order of its own: tables are ordered by the groups' list or by
    label.
    """

    def __init__(
        self, table: pd.DataFrame, register: Register, merged_groups: Sequence[Group] = ()
    ) -> None:
        """`merged_groups` are those that the policy merges small residual groups into."""
        self._table = table.reset_index(drop=True)
        self.register = register
        self.merged_groups = tuple(merged_groups)
        self._rows: dict[tuple[str, str, frozenset[tuple[str, str]]], list[Label]] = {}
        for row in self._table.to_dict("records"):
            name = (row["figure"], row["measure"], _dims(row))
            self._rows.setdefault(name, []).append(_label(row))

    def as_table(self) -> pd.DataFrame:
        """A copy, for `figures.csv` and for keeping beside a draft."""
        return self._table.copy()

    def names(self) -> set[str]:
        """What names each of its labels in a page."""
        names = set()
        for labels in self._rows.values():
            for label in labels:
                names.add(label.key)
        return names

    def of_editions(self, editions: set[str]) -> LabelStore:
        """The labels of the detail that an edition has."""
        return LabelStore(
            self._table[self._table["edition"].isin(editions)], self.register, self.merged_groups
        )

    @property
    def area(self) -> Area:
        """The area that the profile is of."""
        return self.register.area

    def groups_of(self, dimension: str) -> list[Group]:
        """A breakdown's groups in table order, with those that small ones are merged into."""
        merged = [g for g in self.merged_groups if g.group_type == dimension]
        return sorted([*self.register.groups_of(dimension), *merged], key=lambda g: g.sort)

    def get(
        self,
        figure: str,
        measure: str = "count",
        group_type: str = "all",
        group: str = "all",
        also: Mapping[str, str] | None = None,
        period_end: str | None = None,
    ) -> Label:
        """One label: of the latest period, or of that ending on `period_end`. Raises KeyError where
        there is none.

        `also` are further dimensions and groups, in whatever order.
        """
        labels = self._rows[figure, measure, _named(group_type, group, also)]
        if period_end is None:
            return max(labels, key=lambda x: x.period_end)
        return next(x for x in labels if x.period_end == period_end)

    def has(
        self,
        figure: str,
        measure: str,
        group_type: str,
        group: str,
        also: Mapping[str, str] | None = None,
    ) -> bool:
        """Whether the edition has such a label."""
        return (figure, measure, _named(group_type, group, also)) in self._rows

    def series(self, figure: str) -> list[Label]:
        """The area's counts of a figure over its periods, in time order."""
        return self.every(figure)

    def every(
        self, figure: str, measure: str = "count", group_type: str = "all", group: str = "all"
    ) -> list[Label]:
        """A figure's labels of all its periods, in time order; none where there is none."""
        labels = self._rows.get((figure, measure, _named(group_type, group, None)), [])
        return sorted(labels, key=lambda x: x.period_end)

    def totals_of_measure(self, measure: str) -> list[tuple[str, Label]]:
        """Every label of a measure that is of a figure as a whole, in the register's order."""
        found = []
        for figure in self.register.figures:
            labels = self._rows.get((figure, measure, _named("all", "all", None)), [])
            found += [(figure, label) for label in labels]
        return found

    def of_measure(self, measure: str) -> list[tuple[str, Group, Label]]:
        """Every label of a measure that is broken down one way, with its figure and group, in the
        register's order.
        """
        found = []
        for figure in self.register.figures:
            for (named, is_of, dims), labels in self._rows.items():
                if (named, is_of) == (figure, measure) and len(dims) == 1:
                    ((dimension, name),) = dims
                    for group in self.groups_of(dimension):
                        if group.group == name:
                            found += [(figure, group, label) for label in labels]
        return found

    def groups(self, figure: str, group_type: str) -> list[str]:
        """The groups of a one-way breakdown that the edition has, unordered."""
        groups = set()
        for named, _, dims in self._rows:
            if named == figure and len(dims) == 1:
                ((dimension, group),) = dims
                if dimension == group_type:
                    groups.add(group)
        return sorted(groups)

    def refusals(self) -> list[tuple[str, str]]:
        """(section, reason) of what is refused, each once."""
        refused = self._table[self._table["status"] == "refused"]
        return sorted(set(zip(refused["section"], refused["note"], strict=True)))

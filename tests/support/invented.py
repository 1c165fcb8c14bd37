"""Exact tables drawn by hand or from invented children, for the tests of disclosure control."""

from __future__ import annotations

import itertools
import random
from collections.abc import Collection

import pandas as pd
from planned import PLAN, REGISTER

from profiles.disclosure.counts import Counts
from profiles.figures.exact import COLUMNS, FOR_LABELS

DAY = "2024-03-01"
SHARES = {
    "risk_level": {"high": 2, "medium": 3, "low": 5},
    "age_band": {"10-14": 3, "15-17": 7},
    "sex": {"M": 7, "not M": 3},
    "ethnicity": {
        "Asian or Asian British": 30,
        "Black, Black British, Caribbean or African": 20,
        "Mixed or Multiple ethnic groups": 12,
        "White": 33,
        "Other ethnic group": 3,
        "Not known": 2,
    },
    "plan": {"CLA": 2, "CP": 3, "CIN": 5, "none": 2},
    "locality": {"Central": 5, "East": 3, "North": 5, "South": 3, "West": 4},
}
Child = dict[str, str]


def exact(*rows: dict[str, object]) -> pd.DataFrame:
    """Rows of the exact table; what a row does not say is a count of children at risk on the day, by nothing."""
    base = dict.fromkeys((*COLUMNS, *FOR_LABELS), "") | {
        "profile": DAY,
        "section": "s",
        "figure": "at_risk",
        "measure": "count",
        "unit": "children",
        "group_type": "all",
        "group": "all",
        "definition": "1",
        "area_code": "E08000025",
        "period_start": DAY,
        "period_end": DAY,
        "denominator": float("nan"),
        "value": 0.0,
        "lower": float("nan"),
        "upper": float("nan"),
        "status": "ok",
        "contributors": float("nan"),
        "top_two": float("nan"),
    }
    return pd.DataFrame([base | row for row in rows])


def by(numerator: int, **dims: str) -> dict[str, object]:
    """One cell: by(13, sex="M", risk_level="high")."""
    row: dict[str, object] = {"numerator": numerator}
    for i, (dimension, group) in zip(("", "2", "3"), dims.items(), strict=False):
        row |= {f"group{i}_type": dimension, f"group{i}": group}
    return row


def ages(older: int, younger: int, not_known: int = 0) -> list[dict[str, object]]:
    """So many aged 15–17, so many under 15 and the rest, whose age is not known: total and parts."""
    of = {"under 10": 0, "10-14": younger, "15-17": older, "not known": not_known}
    return [by(sum(of.values())), *(by(n, age_band=band) for band, n in of.items())]


def city(number: int, seed: int = 1) -> list[Child]:
    """Invented children at risk."""
    rng = random.Random(seed)
    return [
        {d: rng.choices(list(of), list(of.values()))[0] for d, of in SHARES.items()}
        | {"id": f"c{i}"}
        for i in range(number)
    ]


def tables(dimensions: Collection[str] = ()) -> list[tuple[str, ...]]:
    """The tables of children at risk that the plan has, of some dimensions or of all, and the total."""
    among = set(dimensions or PLAN.lattices["at_risk"].leaves)
    return [(), *(t.by for t in PLAN.tables if t.figure == "at_risk" and set(t.by) <= among)]


def exact_of(children: list[Child], dimensions: Collection[str] = ()) -> pd.DataFrame:
    """Every cell of every table, empty ones too."""
    rows = []
    for dims in tables(dimensions):
        for cell in itertools.product(
            *(
                [g.group for g in REGISTER.groups_of(d) if not g.is_sum and d_has(d, g.group)]
                for d in dims
            )
        ):
            rows.append(by(len(_in(children, dims, cell)), **dict(zip(dims, cell, strict=True))))
    return exact(*rows)


def d_has(dimension: str, group: str) -> bool:
    """Whether a group is a leaf, so that it stands in the exact table."""
    return group in PLAN.lattices["at_risk"].leaves[dimension]


def members_of(
    children: list[Child], counts: Counts, dimensions: Collection[str] = (), day: str = DAY
) -> dict[str, set[str]]:
    """Who is in each count of a day."""
    found: dict[str, set[str]] = {}
    for dims in tables(dimensions):
        for cell in itertools.product(*(PLAN.lattices["at_risk"].leaves[d] for d in dims)):
            ref = counts.reference("at_risk", frozenset(zip(dims, cell, strict=True)), day)
            found.setdefault(ref, set()).update(c["id"] for c in _in(children, dims, cell))
    return found


def _in(children: list[Child], dims: tuple[str, ...], cell: tuple[str, ...]) -> list[Child]:
    return [c for c in children if all(c[d] == g for d, g in zip(dims, cell, strict=True))]

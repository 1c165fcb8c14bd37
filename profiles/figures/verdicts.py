"""What models say of the wards, as rows of figures: classes in words, worked out from true counts,
and one rounded ratio.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from profiles.figures.declared import DEFINITION, Figure, Register, reference_parts
from profiles.figures.exact import COLUMNS, FOR_LABELS
from profiles.figures.verdict_words import AS_MANY, FEWER, HIGHER, LOWER, MORE, QUADRANTS, UNCLEAR
from profiles.statistics.hotspots import (
    LSOA_PERMUTATIONS,
    WARD_PERMUTATIONS,
    Pair,
    clusters,
    discoveries,
)
from profiles.statistics.small_areas import Explained, by_deprivation

ON_RATES = ("cluster_home", "beyond_deprivation", "risk_and_harm", "deprivation_ratio")
INDICATIVE = "the number of residents is only indicative: single-year ages by ward are needed"
NUMBERS = ("numerator", "denominator", "value", "lower", "upper", "contributors", "top_two")


def verdict_rows(
    wards: pd.DataFrame,
    neighbours: Sequence[Pair],
    exact: pd.DataFrame,
    as_at: dt.date,
    register: Register,
) -> pd.DataFrame:
    """Rows for the exact table: every verdict by ward, and how much the rate goes with deprivation.

    `wards` has a row per ward: ward_code, residents, quality, deprivation, ever_at_risk,
    involvements, harm, found.
    """
    counted = exact[(exact["measure"] == "count") & (exact["group_type"] == "ward")].set_index(
        ["figure", "group"]
    )
    indicative = bool((wards["quality"] == "indicative").any() or wards["residents"].isna().any())
    first_ward = wards["ward_code"].iloc[0]
    made: list[dict[str, object]] = []
    for name, judge in VERDICTS.items():
        figure = register.figures[name]
        beside = _counts_beside(figure)
        if all((count, first_ward) in counted.index for count in beside):
            made += _verdicts_by_ward(figure, beside, judge, wards, neighbours, counted, indicative)
    if ("ever_at_risk_48_months", first_ward) in counted.index:
        row = _ratio(
            wards, counted.loc[[("ever_at_risk_48_months", first_ward)]].iloc[0], indicative
        )
        made.append(
            _base(register.figures["deprivation_ratio"]) | {"area_code": register.area.code} | row
        )
    blank = (
        dict.fromkeys((*COLUMNS, *FOR_LABELS), "")
        | dict.fromkeys(NUMBERS, np.nan)
        | {"profile": as_at.isoformat()}
    )
    return pd.DataFrame([blank | row for row in made], columns=list(exact.columns))


def _base(figure: Figure) -> dict[str, object]:
    return {
        "section": figure.section,
        "figure": figure.key,
        "measure": "estimate",
        "unit": figure.entry.unit,
        "definition": DEFINITION,
    }


def _counts_beside(figure: Figure) -> list[str]:
    """The figures whose counts of the same ward a verdict stands beside: where one is not shown,
    neither is it.
    """
    (breakdown,) = figure.entry.breakdowns
    return [reference_parts(reference)[0] for reference in breakdown.beside]


def _verdicts_by_ward(
    figure: Figure,
    beside: list[str],
    judge: Callable[[pd.DataFrame, Sequence[Pair]], list[str]],
    wards: pd.DataFrame,
    neighbours: Sequence[Pair],
    counted: pd.DataFrame,
    indicative: bool,
) -> list[dict[str, object]]:
    codes = list(wards["ward_code"])
    reason = _refusal(counted, beside, codes[0])
    if not reason and indicative and figure.key in ON_RATES:
        reason = INDICATIVE
    said = [""] * len(codes) if reason else judge(wards, neighbours)
    rows = []
    for code, words in zip(codes, said, strict=True):
        of = counted.loc[[(beside[0], code)]].iloc[0]
        whole = " & ".join(f"{count}:ward={code}" for count in beside)
        rows.append(
            _base(figure)
            | {
                "group_type": "ward",
                "group": code,
                "area_code": code,
                "period_start": of["period_start"],
                "period_end": of["period_end"],
                "whole": whole,
                "label": words,
            }
            | _status(reason or ("" if words else INDICATIVE))
        )
    return rows


def _refusal(counted: pd.DataFrame, beside: list[str], code: str) -> str:
    """Why one of the counts is refused; blank where none is."""
    for count in beside:
        row = counted.loc[[(count, code)]].iloc[0]
        if row["status"] == "refused":
            return str(row["note"])
    return ""


def _status(reason: str) -> dict[str, object]:
    if reason:
        return {"status": "refused", "note": reason}
    return {"status": "ok"}


def _ratio(wards: pd.DataFrame, of: pd.Series, indicative: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "group_type": "all",
        "group": "all",
        "period_start": of["period_start"],
        "period_end": of["period_end"],
    }
    if of["status"] == "refused":
        return row | _status(str(of["note"]))
    if indicative:
        return row | _status(INDICATIVE)
    found = _explained(wards)
    if found is None:
        return row | _status("too few children or wards for a model")
    # Two significant figures, three beside 1: one child more or less in a ward does not show.
    value, lower, upper = (
        float(f"{x:.{3 if 0.95 < x < 1.05 else 2}g}")
        for x in (found.ratio, found.lower, found.upper)
    )
    goes = UNCLEAR
    if found.lower > 1:
        goes = HIGHER
    if found.upper < 1:
        goes = LOWER
    label = f"{value:g} ({lower:g} to {upper:g})"
    told = {
        "value": value,
        "lower": lower,
        "upper": upper,
        "label": label,
    }
    return row | told | {"status": "ok", "note": goes}


def _explained(wards: pd.DataFrame) -> Explained | None:
    return by_deprivation(wards["ever_at_risk"], wards["residents"], wards["deprivation"])


def _rates(wards: pd.DataFrame) -> pd.Series:
    return wards["ever_at_risk"] / wards["residents"]


def rate_deviates(wards: pd.DataFrame) -> pd.Series:
    """How far each count is from what the common rate would bring, in standard errors: rates of
    small wards vary more, and would otherwise make clusters by chance (after Assunção and Reis
    1999).
    """
    expected = wards["residents"] * wards["ever_at_risk"].sum() / wards["residents"].sum()
    found = (wards["ever_at_risk"] - expected) / np.sqrt(expected.where(expected > 0, 1))
    # Gi* is of numbers that are not negative; where they begin does not matter to it.
    shifted: pd.Series = found - found.min() + 1
    return shifted


def _clusters_of(column: str | None) -> Callable[[pd.DataFrame, Sequence[Pair]], list[str]]:
    def said(wards: pd.DataFrame, neighbours: Sequence[Pair]) -> list[str]:
        values = wards[column] if column else rate_deviates(wards)
        return clusters(values, list(wards["ward_code"]), neighbours, WARD_PERMUTATIONS)

    return said


def _beyond(wards: pd.DataFrame, neighbours: Sequence[Pair]) -> list[str]:
    found = _explained(wards)
    if found is None:
        return [AS_MANY] * len(wards)
    beyond = zip(found.residuals, discoveries(found.p), strict=True)
    return [(MORE if r > 0 else FEWER) if is_found else AS_MANY for r, is_found in beyond]


def _quadrants(wards: pd.DataFrame, neighbours: Sequence[Pair]) -> list[str]:
    rates = _rates(wards)
    return [
        QUADRANTS[bool(r), bool(h)]
        for r, h in zip(rates > rates.median(), wards["harm"] > wards["harm"].median(), strict=True)
    ]


VERDICTS: dict[str, Callable[[pd.DataFrame, Sequence[Pair]], list[str]]] = {
    "cluster_home": _clusters_of(None),
    "cluster_incident": _clusters_of("involvements"),
    "cluster_found": _clusters_of("found"),
    "beyond_deprivation": _beyond,
    "risk_and_harm": _quadrants,
}


def lsoa_clusters(counts: pd.DataFrame, neighbours: Sequence[Pair]) -> pd.DataFrame:
    """Clusters among lower super output areas, for the analyst alone: no edition shows anything
    below a ward.

    `counts` has lsoa_code, kind (home or incident) and children or involvements as `count`; LSOAs
    without any count as 0.
    """
    areas = sorted({a for pair in neighbours for a in pair})
    rows = []
    for kind, of in counts.groupby("kind"):
        values = of.groupby("lsoa_code")["count"].sum().reindex(areas, fill_value=0)
        said = clusters(values, areas, neighbours, LSOA_PERMUTATIONS)
        rows += [
            (code, kind, int(n), words) for code, n, words in zip(areas, values, said, strict=True)
        ]
    return pd.DataFrame(rows, columns=["lsoa_code", "kind", "count", "label"])

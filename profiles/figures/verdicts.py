"""What models say of the wards, as rows of figures: classes in words, worked out from true counts, and one rounded ratio."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from profiles.figures.declared import DEFINITION
from profiles.figures.exact import COLUMNS, FOR_LABELS
from profiles.statistics.hotspots import LSOA_PERMUTATIONS, WARD_PERMUTATIONS, Pair, clusters, discoveries
from profiles.statistics.small_areas import Explained, by_deprivation

MORE, FEWER, AS_MANY = "more", "fewer", "about as many"
HIGHER, LOWER, UNCLEAR = (
    "higher where deprivation is greater",
    "lower where deprivation is greater",
    "not clearly tied to deprivation",
)
QUADRANTS = {
    (True, True): "higher risk, more harm",
    (True, False): "higher risk, less harm",
    (False, True): "lower risk, more harm",
    (False, False): "lower risk, less harm",
}
# Of which published counts each verdict is: where one of them is refused or not shown, so is the verdict.
OF = {
    "cluster_home": ("ever_at_risk_48_months",),
    "cluster_incident": ("involvements",),
    "cluster_found": ("found_reports",),
    "beyond_deprivation": ("ever_at_risk_48_months",),
    "risk_and_harm": ("involvements", "ever_at_risk_48_months"),
}
ON_RATES = ("cluster_home", "beyond_deprivation", "risk_and_harm", "deprivation_ratio")
INDICATIVE = "the number of residents is only indicative: single-year ages by ward are needed"


def verdict_rows(
    wards: pd.DataFrame, neighbours: Sequence[Pair], exact: pd.DataFrame, as_at: dt.date, area_code: str
) -> pd.DataFrame:
    """Rows for the exact table: every verdict by ward, and how much the rate goes with deprivation.

    `wards` has a row per ward: ward_code, residents, quality, deprivation, ever_at_risk, involvements, harm, found.
    """
    counted = exact[(exact["measure"] == "count") & (exact["group_type"] == "ward")].set_index(["figure", "group"])
    periods = dict(zip(counted.index, zip(counted["period_start"], counted["period_end"], strict=True), strict=True))
    indicative = bool((wards["quality"] == "indicative").any() or wards["residents"].isna().any())
    codes = list(wards["ward_code"])
    made: list[dict[str, object]] = []
    for figure, of in OF.items():
        if any((one, codes[0]) not in counted.index for one in of):
            continue
        reason = _refusal(counted, figure, codes[0])
        said = (
            [""] * len(codes) if reason or (indicative and figure in ON_RATES) else VERDICTS[figure](wards, neighbours)
        )
        for code, words in zip(codes, said, strict=True):
            start, end = periods[of[0], code]
            made.append(
                {"figure": figure, "group_type": "ward", "group": code, "area_code": code, "period_start": start, "period_end": end,
                 "whole": " & ".join(f"{one}:ward={code}" for one in of), "label": words}
                | _status(reason or (INDICATIVE if not words else ""))
            )  # fmt: skip
    if ("ever_at_risk_48_months", codes[0]) in counted.index:
        first = counted.loc[[("ever_at_risk_48_months", codes[0])]].iloc[0]
        made.append(_ratio(wards, first, indicative, area_code))
    base = dict.fromkeys((*COLUMNS, *FOR_LABELS), "") | dict.fromkeys(
        ("numerator", "denominator", "value", "lower", "upper", "contributors", "top_two"), np.nan
    )
    base |= {
        "profile": as_at.isoformat(),
        "section": "place",
        "measure": "estimate",
        "unit": "wards",
        "definition": DEFINITION,
    }
    return pd.DataFrame([base | row for row in made], columns=list(exact.columns))


def _refusal(counted: pd.DataFrame, figure: str, code: str) -> str:
    rows = [counted.loc[[(of, code)]].iloc[0] for of in OF[figure]]
    return next((str(r["note"]) for r in rows if r["status"] == "refused"), "")


def _status(reason: str) -> dict[str, str]:
    return {"status": "refused", "note": reason} if reason else {"status": "ok"}


def _ratio(wards: pd.DataFrame, of: pd.Series, indicative: bool, area_code: str) -> dict[str, object]:
    found = None if of["status"] == "refused" or indicative else _explained(wards)
    row: dict[str, object] = {
        "figure": "deprivation_ratio", "group_type": "all", "group": "all", "area_code": area_code,
        "period_start": of["period_start"], "period_end": of["period_end"],
    }  # fmt: skip
    if found is None:
        return row | _status(
            str(of["note"])
            if of["status"] == "refused"
            else INDICATIVE
            if indicative
            else "too few children or wards for a model"
        )
    # Two significant figures, three beside 1: one child more or less in a ward does not show.
    value, lower, upper = (
        float(f"{x:.{3 if 0.95 < x < 1.05 else 2}g}") for x in (found.ratio, found.lower, found.upper)
    )
    goes = HIGHER if found.lower > 1 else LOWER if found.upper < 1 else UNCLEAR
    told = {"value": value, "lower": lower, "upper": upper, "label": f"{value:g} ({lower:g} to {upper:g})"}
    return row | told | {"status": "ok", "note": goes}


def _explained(wards: pd.DataFrame) -> Explained | None:
    return by_deprivation(wards["ever_at_risk"], wards["residents"], wards["deprivation"])


def _rates(wards: pd.DataFrame) -> pd.Series:
    return wards["ever_at_risk"] / wards["residents"]


def rate_deviates(wards: pd.DataFrame) -> pd.Series:
    """How far each count is from what the common rate would bring, in standard errors: rates of small wards vary more, and
    would otherwise make clusters by chance (after Assunção and Reis 1999)."""
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
    return [QUADRANTS[bool(r), bool(h)] for r, h in zip(rates > rates.median(), wards["harm"] > wards["harm"].median(), strict=True)]  # fmt: skip


VERDICTS: dict[str, Callable[[pd.DataFrame, Sequence[Pair]], list[str]]] = {
    "cluster_home": _clusters_of(None),
    "cluster_incident": _clusters_of("involvements"),
    "cluster_found": _clusters_of("found"),
    "beyond_deprivation": _beyond,
    "risk_and_harm": _quadrants,
}


def lsoa_clusters(counts: pd.DataFrame, neighbours: Sequence[Pair]) -> pd.DataFrame:
    """Clusters among lower super output areas, for the analyst alone: no edition shows anything below a ward.

    `counts` has lsoa_code, kind (home or incident) and children or involvements as `count`; LSOAs without any count as 0.
    """
    areas = sorted({a for pair in neighbours for a in pair})
    rows = []
    for kind, of in counts.groupby("kind"):
        values = of.groupby("lsoa_code")["count"].sum().reindex(areas, fill_value=0)
        said = clusters(values, areas, neighbours, LSOA_PERMUTATIONS)
        rows += [(code, kind, int(n), words) for code, n, words in zip(areas, values, said, strict=True)]
    return pd.DataFrame(rows, columns=["lsoa_code", "kind", "count", "label"])

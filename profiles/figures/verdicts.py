"""What models say of the wards, as rows of figures: classes in words, and one rounded ratio.

They are worked out from labels: each count stands as the number that it is rounded to, and those
too small to be shown all stand as one. So nothing that a model says tells of what a label hides.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from profiles.figures.declared import DEFINITION, Figure, Register, reference_parts
from profiles.figures.exact import COLUMNS, FOR_LABELS, NUMBERS
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
COUNTED = ("ever_at_risk", "involvements", "found")
EVER_AT_RISK = "ever_at_risk_48_months"
Alike = Callable[[int], tuple[int, ...]]
Judge = Callable[[pd.DataFrame, Sequence[Pair]], list[str]]
# “Less harm” leaves open that a ward has this many crimes of the heaviest kind.
CRIMES_LEFT_OPEN = 4
TOO_LITTLE_HARM = "so little harm is recorded that a ward's place would tell of single crimes"
INDICATIVE = "the number of residents is only indicative: single-year ages by ward are needed"


def verdict_rows(
    wards: pd.DataFrame,
    neighbours: Sequence[Pair],
    exact: pd.DataFrame,
    as_at: dt.date,
    register: Register,
    alike: Alike,
) -> pd.DataFrame:
    """Rows for the exact table: every verdict by ward, and how much the rate goes with deprivation.

    `wards` has a row per ward: ward_code, residents, quality, deprivation, ever_at_risk,
    involvements, harm, heaviest_weight (the same for all), found. `alike` gives the counts that
    stand for all with the same label.
    """
    wards = _as_labelled(wards, alike)
    is_of_ward = (exact["measure"] == "count") & (exact["group_type"] == "ward")
    # Wards are counted on days of earlier years too.
    is_of_the_day = exact["period_end"] == exact["profile"]
    counted = exact[is_of_ward & is_of_the_day].set_index(["figure", "group"])
    lacks_residents = bool(wards["residents"].isna().any())
    is_indicative = lacks_residents or bool((wards["quality"] == "indicative").any())
    first_ward = wards["ward_code"].iloc[0]
    rows: list[dict[str, object]] = []
    for name, judge in VERDICTS.items():
        figure = register.figures[name]
        beside = _counts_beside(figure)
        # Only where the models gave those counts: an area without an agency has none.
        if all((count, first_ward) in counted.index for count in beside):
            rows += _verdicts_by_ward(
                figure, beside, judge, wards, neighbours, counted, is_indicative
            )
    ever_at_risk = (EVER_AT_RISK, first_ward)
    if ever_at_risk in counted.index:
        base = _base(register.figures["deprivation_ratio"]) | {"area_code": register.area.code}
        rows.append(base | _ratio(wards, counted.loc[[ever_at_risk]].iloc[0], is_indicative))
    blank: dict[str, object] = dict.fromkeys((*COLUMNS, *FOR_LABELS), "")
    blank |= dict.fromkeys(NUMBERS, np.nan)
    blank["profile"] = as_at.isoformat()
    return pd.DataFrame([blank | row for row in rows], columns=list(exact.columns))


def _as_labelled(wards: pd.DataFrame, alike: Alike) -> pd.DataFrame:
    """The wards with each count as its label tells it: rounded, and in the middle of what it could
    be where it is too small to be shown.
    """
    told = wards.copy()
    for column in COUNTED:
        told[column] = [float(np.mean(alike(int(n)))) for n in wards[column]]
    return told


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
    judge: Judge,
    wards: pd.DataFrame,
    neighbours: Sequence[Pair],
    counted: pd.DataFrame,
    is_indicative: bool,
) -> list[dict[str, object]]:
    codes = list(wards["ward_code"])
    reason = _refusal(counted, beside, codes[0])
    # A verdict on rates is no better than the residents it rests on.
    if not reason and is_indicative and figure.key in ON_RATES:
        reason = INDICATIVE
    if not reason and figure.key == "risk_and_harm" and _tells_of_crimes(wards):
        reason = TOO_LITTLE_HARM
    verdicts = [""] * len(codes)
    if not reason:
        verdicts = judge(wards, neighbours)
    rows = []
    for code, verdict in zip(codes, verdicts, strict=True):
        count = counted.loc[[(beside[0], code)]].iloc[0]
        whole = " & ".join(f"{name}:ward={code}" for name in beside)
        row = _base(figure) | {
            "group_type": "ward",
            "group": code,
            "area_code": code,
            "period_start": count["period_start"],
            "period_end": count["period_end"],
            "whole": whole,
            "label": verdict,
        }
        # A verdict of no words: the model could not be fitted to these residents.
        rows.append(row | _status(reason or ("" if verdict else INDICATIVE)))
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


def _ratio(wards: pd.DataFrame, count: pd.Series, is_indicative: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "group_type": "all",
        "group": "all",
        "period_start": count["period_start"],
        "period_end": count["period_end"],
    }
    if count["status"] == "refused":
        return row | _status(str(count["note"]))
    if is_indicative:
        return row | _status(INDICATIVE)
    explained = _explained(wards)
    if explained is None:
        return row | _status("too few children or wards for a model")
    value = _rounded_ratio(explained.ratio)
    lower = _rounded_ratio(explained.lower)
    upper = _rounded_ratio(explained.upper)
    direction = UNCLEAR
    if explained.lower > 1:
        direction = HIGHER
    if explained.upper < 1:
        direction = LOWER
    label = f"{value:g} ({lower:g} to {upper:g})"
    return row | {
        "value": value,
        "lower": lower,
        "upper": upper,
        "label": label,
        "status": "ok",
        "note": direction,
    }


def _rounded_ratio(ratio: float) -> float:
    """Two significant figures, three beside 1: one child more or less in a ward does not show."""
    is_near_one = 0.95 < ratio < 1.05
    return float(f"{ratio:.3g}" if is_near_one else f"{ratio:.2g}")


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
    deviates = (wards["ever_at_risk"] - expected) / np.sqrt(expected.where(expected > 0, 1))
    # Gi* is of numbers that are not negative; where they begin does not matter to it.
    shifted: pd.Series = deviates - deviates.min() + 1
    return shifted


def _clusters_of(column: str | None) -> Judge:
    def judge(wards: pd.DataFrame, neighbours: Sequence[Pair]) -> list[str]:
        values = wards[column] if column else rate_deviates(wards)
        return clusters(values, list(wards["ward_code"]), neighbours, WARD_PERMUTATIONS)

    return judge


def _beyond(wards: pd.DataFrame, neighbours: Sequence[Pair]) -> list[str]:
    """Whether a ward has more or fewer children than its deprivation explains."""
    explained = _explained(wards)
    if explained is None:
        return [AS_MANY] * len(wards)
    verdicts = []
    for residual, is_found in zip(explained.residuals, discoveries(explained.p), strict=True):
        if not is_found:
            verdicts.append(AS_MANY)
        elif residual > 0:
            verdicts.append(MORE)
        else:
            verdicts.append(FEWER)
    return verdicts


def _tells_of_crimes(wards: pd.DataFrame) -> bool:
    """Whether “less harm” would say that there was hardly any crime of some kind.

    Harm is exact, and no table says how many crimes of a kind a ward has. Where the middle ward has
    a harm of 180 and the heaviest crime weighs 25, a ward with less can have none to seven of it,
    beside crimes of no weight; were the middle 60, it could have two at the most.
    """
    return bool(wards["harm"].median() < CRIMES_LEFT_OPEN * wards["heaviest_weight"].max())


def _quadrants(wards: pd.DataFrame, neighbours: Sequence[Pair]) -> list[str]:
    """Above or below the middle ward by the rate of children ever at risk, and by harm."""
    rates = _rates(wards)
    has_high_rate = rates > rates.median()
    has_high_harm = wards["harm"] > wards["harm"].median()
    pairs = zip(has_high_rate, has_high_harm, strict=True)
    return [QUADRANTS[bool(high_rate), bool(high_harm)] for high_rate, high_harm in pairs]


VERDICTS: dict[str, Judge] = {
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
    for kind, of_kind in counts.groupby("kind"):
        values = of_kind.groupby("lsoa_code")["count"].sum().reindex(areas, fill_value=0)
        verdicts = clusters(values, areas, neighbours, LSOA_PERMUTATIONS)
        rows += [
            (code, kind, int(n), words)
            for code, n, words in zip(areas, values, verdicts, strict=True)
        ]
    return pd.DataFrame(rows, columns=["lsoa_code", "kind", "count", "label"])

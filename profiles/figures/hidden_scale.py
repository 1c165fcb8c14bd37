"""The hidden-scale verdict as rows: to readers the verdict, why, and one range worked out from
labels; to the analyst every range, of two significant figures and never a bare point.
"""

from __future__ import annotations

import datetime as dt
import itertools
import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import pandas as pd

from profiles.figures.declared import Register
from profiles.figures.exact import words_row
from profiles.statistics.hidden_scale.choice import chao_by_list
from profiles.statistics.hidden_scale.estimate import (
    ESTIMATE,
    RANGE,
    REFUSE,
    Result,
    estimate,
    two_figures,
)
from profiles.statistics.hidden_scale.histories import Histories, HistoriesError, histories

LISTS = ("police", "trust", "health")
MONTHS = 12
OTHER_PERIODS = (6, 24)
FIT = (
    (0.05, "p from 0.01 to 0.05: poor"),
    (0.2, "p from 0.05 to 0.2: fair"),
    (1.0, "p over 0.2: nothing against it"),
)
FAILED = ((0.01, "up to 1% of them"), (0.05, "1% to 5% of them"), (1.0, "over 5% of them"))
# Every combination of lists, as bits.
MASKS = range(1, 2 ** len(LISTS))
HANGS_ON_HIDDEN = (
    "some overlaps of two or three lists are too small to be shown, and any range would give them "
    "away"
)
# What each row of the analyst's page is; groups of children are named by themselves.
WORDS = {
    "verdict": "Verdict",
    "shown": "Known and hidden children together",
    "resamples": "Resampling the lists, the choice of model repeated",
    "profile": "If the chosen model were right",
    "models": "Models that fit about equally well",
    "rules": "Stepwise choice, the Home Office’s rule, lists taken as independent",
    "unreferred": "Without records that followed a referral",
    "hidden": "If the hidden part were half or twice as large",
    "missed": "If 1% to 10% of the links were missed",
    "absent": "If pairs taken as independent had odds ratios of one half to two",
    "without": "With one agency’s list left out",
    "merged": "With two agencies’ lists taken as one",
    "two lists": "From two agencies’ lists alone",
    "6 months": "Over 6 months",
    "24 months": "Over 24 months, longer than the rule allows",
    "chao": "Lower bound by Chao’s method",
    "fit": "Fit of the chosen model to the lists",
    "failed": "Resamples of the lists that gave no number",
    "links": "Links between agencies’ records",
}
On = tuple[bool, ...]
Range = tuple[float, float]
Rows = list[dict[str, Any]]
# The counts that stand for all that a reader cannot tell from one: 12 goes in as 10, a hidden 3
# once as 0 and once as 7.
Alike = Callable[[int], Sequence[int]]


@dataclass(frozen=True)
class Seen:
    """Who is on which list: of the 12 months, without records that followed a referral, of other
    periods, of strata.

    `links` says how many links are wrong or missed; `is_checked`, that agencies judged a sample of
    them.
    """

    histories: Sequence[On]
    unreferred: Sequence[On] = ()
    periods: Mapping[str, Sequence[On]] = field(default_factory=dict)
    strata: Mapping[str, Sequence[On]] = field(default_factory=dict)
    links: str = ""
    is_checked: bool = False

    @classmethod
    def of(cls, rows: Sequence[tuple[Any, ...]], links: str = "", is_checked: bool = False) -> Seen:
        """From rows of months, sex, age band, ethnic group, Trust without referrals, police, Trust,
        health.
        """
        year = [row for row in rows if row[0] == MONTHS]
        strata = sorted({group for row in year for group in row[1:4] if group})
        # Police, Trust without referrals, health: another agency's referral is no second sighting.
        unreferred = [(row[5], row[4], row[7]) for row in year]
        periods = {}
        for months in OTHER_PERIODS:
            periods[f"{months} months"] = [row[5:] for row in rows if row[0] == months]
        by_stratum = {group: [row[5:] for row in year if group in row[1:4]] for group in strata}
        histories = [row[5:] for row in year]
        return cls(histories, unreferred, periods, by_stratum, links, is_checked)


class Verdict(NamedTuple):
    """What is said of how many nobody sees: to readers, and to the analyst alone."""

    for_readers: Rows
    for_analyst: Rows


def verdict(seen: Seen, alike: Alike) -> Verdict:
    """Both sets of rows, each a group, lower, upper, label and note."""
    return Verdict(for_readers(seen, alike), for_analyst(seen))


def for_readers(seen: Seen, alike: Alike) -> Rows:
    """The verdict with its reasons, and one range rounded outwards, worked out from labels alone.

    A model's result could be turned round and give a small overlap away: 445 children known and “a
    range from 662 to 1,638” leave one value for an overlap of three. So every overlap goes in as it
    is rounded, and one that is too small to be shown as each of the counts in `alike`: what is said
    is what holds for all of them, and is the same whichever it is.
    """
    counts = _counts(seen.histories)
    choices = [alike(counts.get(mask, 0)) for mask in MASKS]
    results = []
    refusals = []
    for chosen in itertools.product(*choices):
        try:
            table = histories(LISTS, dict(zip(MASKS, chosen, strict=True)))
        except HistoriesError as error:
            refusals.append(str(error))
            continue
        result = estimate(table, months=MONTHS, linkage_error_known=seen.is_checked)
        if result.verdict == REFUSE:
            refusals.append("; ".join(result.reasons))
        else:
            results.append(result)
        if refusals and results:
            return [_row("verdict", None, REFUSE, HANGS_ON_HIDDEN)]
    if refusals:
        # From none on: the first is of the thinnest lists.
        return [_row("verdict", None, REFUSE, refusals[0])]
    reasons: dict[str, None] = {}
    for result in results:
        reasons |= dict.fromkeys(result.reasons)
    # A range where any of them is no more than a range.
    word = RANGE if reasons else ESTIMATE
    rows = [_row("verdict", None, word, "; ".join(reasons))]
    spans = [result.shown for result in results if result.shown is not None]
    known = alike(sum(counts.values()))[0]
    low = max(known, outwards(min(low for low, _ in spans))[0])
    high = outwards(max(high for _, high in spans))[1]
    label = f"{low:,} to {high:,}"
    if word == ESTIMATE:
        points = sorted(r.choice.chosen.n_hat for r in results if r.choice and r.choice.chosen)
        # Between the ends that are shown, on the same steps.
        point = max(low, outwards(points[len(points) // 2])[0])
        label = f"about {point:,} ({low:,} to {high:,})"
    outer = {"group": "shown", "lower": low, "upper": high, "label": label, "note": ""}
    return [*rows, outer]


def outwards(n: float) -> tuple[int, int]:
    """The ends of the step that holds `n`: of one significant figure below 1,000, of 500 from there
    on and of two significant figures from 10,000 on. 662 lies between 600 and 700, 1,638 between
    1,500 and 2,000.
    """
    digits = len(str(int(n)))
    if n < 1000:
        step = 10 ** max(0, digits - 1)
    elif n < 10_000:
        step = 500
    else:
        step = 10 ** (digits - 2)
    return math.floor(n / step) * step, math.ceil(n / step) * step


def for_analyst(seen: Seen) -> Rows:
    """The whole result on exact counts: every range, how far the model can be trusted, groups. A
    table with a fault is refused with the fault as the reason.
    """
    try:
        result = estimate(
            _table(seen.histories), months=MONTHS, linkage_error_known=seen.is_checked
        )
    except HistoriesError as error:
        return [_row("verdict", None, REFUSE, str(error))]
    rows = [_row("verdict", None, result.verdict, "; ".join(result.reasons))]
    if result.verdict == REFUSE or result.choice is None or result.choice.chosen is None:
        return rows
    known = result.histories.known
    for name, span in _ranges(result).items():
        if span:
            rows.append(_row(name, span, "", "", known))
    if result.verdict == ESTIMATE:
        rows[1] = _point(rows[1], result.choice.chosen.n_hat, known)
    rows += _quality(result, known, seen.links)
    # Other children are known to other periods and in strata: each passes the rules by itself or
    # says nothing.
    other_tables = {"unreferred": seen.unreferred, **seen.periods, **seen.strata}
    for name, on in other_tables.items():
        span, known_there = _own(on)
        if span:
            rows.append(_row(name, span, "", "", known_there))
    return rows


def _ranges(result: Result) -> dict[str, Range | None]:
    """How far the number moves with each choice that could have been made otherwise."""
    what_if = result.diagnostics["sensitivity"]
    other_lists = result.diagnostics["other_lists"]
    pairs = result.diagnostics["overlaps"]["lincoln_petersen"]
    absent_pairs = []
    for odds in what_if["absent_pairs"].values():
        for n in odds.values():
            absent_pairs.append(n)
    rules = [result.alternatives[name] for name in ("main_effects", "stepwise_p02", "home_office")]
    resamples = result.bootstrap.at_95 if result.bootstrap else None
    models = _ends(result.alternatives["within_6_bic"] or [])
    hidden = _ends(what_if["hidden_part"].values())
    missed = _ends(what_if["missed_links"].values())
    without = _ends(other_lists["without"].values())
    merged = _ends(other_lists["merged"].values())
    return {
        "shown": result.shown,
        "resamples": resamples,
        "profile": result.profile,
        "models": models,
        "rules": _ends(rules),
        "hidden": hidden,
        "missed": missed,
        "absent": _ends(absent_pairs),
        "without": without,
        "merged": merged,
        "two lists": _ends(pairs.values()),
    }


def _point(shown: dict[str, Any], n_hat: float, known: int) -> dict[str, Any]:
    """An estimate stands with its interval, in one text, or not at all."""
    low = shown["lower"]
    high = shown["upper"]
    point = min(max(two_figures(max(known, n_hat)), low), high)
    label = f"about {point:,} ({low:,} to {high:,})"
    return shown | {"label": label}


def _quality(result: Result, known: int, links: str) -> Rows:
    """How far the model can be trusted, in words: the p-value and the share of failed resamples
    follow the exact counts closely.
    """
    rows = []
    chao = chao_by_list(result.histories)
    if chao is not None:
        rows.append(_row("chao", None, f"at least {two_figures(max(known, chao)):,}", ""))
    if result.choice is not None and result.choice.fit_p is not None:
        rows.append(_row("fit", None, _band(result.choice.fit_p, FIT), ""))
    if result.bootstrap is not None:
        failed = result.bootstrap.failed
        rows.append(_row("failed", None, _band(failed, FAILED) if failed else "none", ""))
    if links:
        rows.append(_row("links", None, links, ""))
    return rows


def _band(value: float, bands: Sequence[tuple[float, str]]) -> str:
    return next(words for upto, words in bands if value <= upto)


def _ends(values: Iterable[float | None]) -> Range | None:
    numbers = [value for value in values if value is not None]
    if not numbers:
        return None
    # From the lowest to the highest: which of them is right is not known.
    return min(numbers), max(numbers)


def _own(on: Sequence[On]) -> tuple[Range | None, int]:
    try:
        table = _table(on)
    except HistoriesError:
        return None, 0
    result = estimate(table, months=MONTHS)
    if result.verdict == REFUSE:
        return None, table.known
    return result.shown, table.known


def _table(on: Sequence[On]) -> Histories:
    return histories(LISTS, _counts(on))


def _counts(on: Sequence[On]) -> dict[int, int]:
    """How many are on exactly the lists whose bits a number has."""
    counts: dict[int, int] = {}
    for lists in on:
        mask = sum(1 << i for i, is_on in enumerate(lists) if is_on)
        if mask:
            counts[mask] = counts.get(mask, 0) + 1
    return counts


def _row(
    group: str, span: tuple[float, float] | None, label: str, note: str, known: int = 0
) -> dict[str, Any]:
    # A row of words alone.
    if span is None:
        return {"group": group, "lower": None, "upper": None, "label": label, "note": note}
    low = two_figures(max(known, span[0]))
    high = two_figures(max(known, span[1]))
    # Both ends alike would read as a point: they stand a step of the rounding apart.
    if low == high:
        step = 10 ** max(0, len(str(high)) - 2)
        low = low - step
        high = high + step
    return {
        "group": group,
        "lower": low,
        "upper": high,
        "label": f"{low:,} to {high:,}",
        "note": note,
    }


def estimate_rows(
    verdict_rows: Rows, exact: pd.DataFrame, as_at: dt.date, register: Register
) -> pd.DataFrame:
    """Rows for the exact table. Where the children sighted are refused, so is the verdict, for the
    same reason.
    """
    is_total = (exact["group_type"] == "all") & (exact["measure"] == "count")
    sighted = exact[is_total & (exact["figure"] == "sighted")]
    if not len(sighted):
        return exact.iloc[:0]
    total = sighted.iloc[0]
    is_refused = total["status"] == "refused"
    base = words_row(register.figures["hidden_scale"], as_at, register.area.code)
    base |= {
        "group_type": "method",
        "period_start": total["period_start"],
        "period_end": total["period_end"],
        "status": "refused" if is_refused else "ok",
    }
    rows = []
    for row in verdict_rows:
        if not is_refused:
            rows.append(base | {name: value for name, value in row.items() if value is not None})
        elif row["group"] == "verdict":
            rows.append(base | {"group": row["group"], "note": total["note"]})
    return pd.DataFrame(rows)[list(exact.columns)]

"""Makes every row of the exact table from what the models count.

Models give how many are in each group (`Cell`) or a number (`Number`). The register says the rest:
which cells there are although nobody is in them, what each share is of, what is compared with what,
and which period a figure covers. Nothing here knows SQL.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pandas as pd

from profiles.figures.counted import (
    ALL,
    EMPTY,
    NO_RESIDENTS,
    OWN,
    Cell,
    Counted,
    CountingError,
    Number,
    Period,
    Residents,
)
from profiles.figures.declared import (
    GIVEN,
    KNOWN,
    MONTH,
    BreakdownEntry,
    Figure,
    FigureEntry,
    Register,
    earlier_days,
    filled,
    reference_parts,
)
from profiles.figures.groups import Group


def declared_rows(
    register: Register, counted: Counted, only: Collection[str] | None = None
) -> pd.DataFrame:
    """Every row that `exact_figures` takes: one per figure, cell and day, with its measures, and a
    rate in a row of its own. With `only`, the rows of those figures.

    Raises CountingError where a model gives a group or figure that the register does not have, or
    where the groups of one dimension do not add up to their whole and the entry does not say why.
    """
    _check_groups(register, counted)
    rows: list[dict[str, Any]] = []
    for figure in register.figures.values():
        if figure.is_counted and (only is None or figure.key in only):
            rows += _total_rows(register, figure, counted)
            for breakdown in figure.entry.breakdowns:
                _check_sum(register, figure, breakdown, counted, only)
                rows += _cell_rows(register, figure, breakdown, counted)
    rows += _number_rows(register, counted, only)
    return pd.DataFrame(rows)


def _check_groups(register: Register, counted: Counted) -> None:
    """Every group that is counted is one that the register has."""
    for (key, _, groups), _cell in counted.cells.items():
        figure = register.figures.get(key)
        if figure is None:
            raise CountingError(f"a model counts {key}, which no section of the register declares")
        for dimension, group in groups:
            if register.group(dimension, group) is None:
                raise CountingError(
                    f"{key}: {dimension} has a group that the register does not have"
                )


def _check_sum(
    register: Register,
    figure: Figure,
    breakdown: BreakdownEntry,
    counted: Counted,
    only: Collection[str] | None,
) -> None:
    is_exempt = (
        breakdown.overlapping or breakdown.partial or breakdown.groups or breakdown.without_residual
    )
    whole = figure.key if figure.entry.total else figure.entry.all_of
    if len(breakdown.by) > 1 or is_exempt or not whole:
        return
    whole_figure, groups = reference_parts(whole)
    if only is not None and whole_figure not in only:
        return
    cells = [cell for cell in register.cells(breakdown) if not _has_sum(register, cell)]
    for day in _days(figure, breakdown, counted):
        total = counted.cells.get((whole_figure, day, frozenset(groups.items())), EMPTY)
        parts = 0.0
        for cell in cells:
            key = (figure.key, day, frozenset(cell.items()))
            parts += counted.cells.get(key, EMPTY).numerator
        off = abs(total.numerator - parts)
        # The attacker takes it as a fact that the groups add up, so it must not be nearly true.
        if off:
            words = "say in its entry that it is overlapping, or why it is partial"
            raise CountingError(
                f"{figure.key} by {breakdown.by[0]} is {off:.0f} off its total: {words}"
            )


def _has_sum(register: Register, cell: Mapping[str, str]) -> bool:
    return any(_group(register, dimension, group).is_sum for dimension, group in cell.items())


def _group(register: Register, dimension: str, group: str) -> Group:
    declared = register.group(dimension, group)
    if declared is None:
        raise CountingError(f"{dimension} has a group that the register does not have")
    return declared


def _days(figure: Figure, of: FigureEntry | BreakdownEntry, counted: Counted) -> list[dt.date]:
    """The days that a total or a breakdown is told on, each once: the as-at date and earlier ones;
    of the events of months their last days.
    """
    if figure.is_by_month:
        months = sorted(day for period, day in counted.windows if period == MONTH)
        return months[: len(months) - figure.entry.late_months]
    kinds = earlier_days(figure.entry, of)
    earlier: set[dt.date] = set()
    for kind in kinds:
        if kind not in counted.earlier_days and counted.earlier_days:
            known = ", ".join(counted.earlier_days)
            raise CountingError(
                f"there are no earlier days of the kind {kind}; core_earlier_days has {known}"
            )
        earlier |= set(counted.earlier_days.get(kind, ()))
    return [counted.as_at, *sorted(earlier)]


def _yes(is_so: bool) -> str:
    """As text, so that a table without such a row has the column in the same form."""
    return "yes" if is_so else ""


def _period(figure: Figure, counted: Counted, day: dt.date) -> Period:
    if figure.is_by_month:
        return counted.windows[MONTH, day]
    if figure.entry.period not in counted.periods:
        known = ", ".join(counted.periods)
        raise CountingError(
            f"{figure.key}: there is no period {figure.entry.period}; core_periods has {known}"
        )
    # The period that the entry names ends on the as-at date.
    if day == counted.as_at:
        return counted.periods[figure.entry.period]
    return counted.windows.get((figure.entry.period, day), (day, day))


def _base(
    register: Register,
    figure: Figure,
    breakdown: BreakdownEntry | None,
    cell: Mapping[str, str],
    period: Period,
) -> dict[str, Any]:
    """What every row of a cell has, whatever its measure."""
    section = (breakdown.section if breakdown else "") or figure.section
    needs = register.needs(figure, breakdown, cell)
    row: dict[str, Any] = {
        "section": section,
        "figure": figure.key,
        "unit": figure.entry.unit,
        "group_type": "all",
        "group": "all",
        "period_start": period[0],
        "period_end": period[1],
        "needs": needs,
    }
    for place, (dimension, group) in zip(("", "2", "3"), cell.items(), strict=False):
        row |= {f"group{place}_type": dimension, f"group{place}": group}
    if cell.get("ward") in register.area.wards:
        row["area_code"] = cell["ward"]
    return row


def _counts(cell: Cell) -> dict[str, Any]:
    return {"numerator": cell.numerator, "contributors": cell.contributors, "top_two": cell.top_two}


def _total_rows(register: Register, figure: Figure, counted: Counted) -> list[dict[str, Any]]:
    if not figure.entry.total:
        return []
    rows = []
    for day in _days(figure, figure.entry, counted):
        cell = counted.cells.get((figure.key, day, ALL), EMPTY)
        row = _base(register, figure, None, {}, _period(figure, counted, day)) | _counts(cell)
        note = counted.notes.get(figure.key, "")
        row |= {
            "whole": _whole(figure.entry.share_of),
            "measures": ["count"],
            "note": note,
            "base": _yes(day in counted.bases),
        }
        if figure.entry.share_of:
            row["measures"] = ["count", "percent"]
        rows += _with_rate(row, figure.entry.rate, _residents(register, {}, counted))
    return rows


def _whole(share_of: str) -> str:
    """A denominator as the exact table names it: “figure” or “figure:dimension=group,…”, in the
    order of dimensions.
    """
    if not share_of:
        return ""
    figure, pairs = reference_parts(share_of)
    groups = ",".join(f"{dimension}={group}" for dimension, group in sorted(pairs.items()))
    if groups:
        return f"{figure}:{groups}"
    return figure


def _cell_rows(
    register: Register, figure: Figure, breakdown: BreakdownEntry, counted: Counted
) -> list[dict[str, Any]]:
    rows = []
    for day in _days(figure, breakdown, counted):
        period = _period(figure, counted, day)
        for cell in register.cells(breakdown):
            count = counted.cells.get((figure.key, day, frozenset(cell.items())), EMPTY)
            row = _base(register, figure, breakdown, cell, period) | _counts(count)
            row |= _share(register, figure, breakdown, cell)
            row["base"] = _yes(day in counted.bases)
            row["measures"] = _measures(register, breakdown, cell, row)
            rows += _with_rate(
                row,
                breakdown.rate,
                _residents(register, cell, counted),
                is_smoothed=breakdown.smoothed,
                is_needed=breakdown.only_with_rate,
            )
    return rows


def _share(
    register: Register, figure: Figure, breakdown: BreakdownEntry, cell: Mapping[str, str]
) -> dict[str, Any]:
    """What the cell's share is of, what is left out of that, and what it is compared with; all
    blank where the cell has no share.
    """
    blank = {"whole": "", "less": "", "against": ""}
    if not breakdown.share_of or breakdown.share_of == GIVEN:
        return blank
    if set(breakdown.no_share) & set(cell.values()):
        return blank
    is_residual = any(_group(register, d, g).is_residual for d, g in cell.items())
    if breakdown.no_share_for_residual and is_residual:
        return blank
    if breakdown.share_of == KNOWN:
        (dimension,) = breakdown.by
        not_known = register.dimensions[dimension].not_known
        return {"whole": figure.key, "less": f"{dimension}={not_known}", "against": ""}
    whole = _whole(filled(breakdown.share_of, cell))
    return {"whole": whole, "less": breakdown.less, "against": _against(register, breakdown, cell)}


def _against(register: Register, breakdown: BreakdownEntry, cell: Mapping[str, str]) -> str:
    """The group that a cell is compared with, in the order of dimensions; “total” for all together;
    blank for none.
    """
    if breakdown.expected:
        is_residual = any(_group(register, d, g).is_residual for d, g in cell.items())
        if is_residual:
            return ""
        return "total"
    if not breakdown.ratio_to:
        return ""
    _, reference = reference_parts(f"_[{breakdown.ratio_to}]")
    other = {**cell, **reference}
    # A cell is not compared with itself, nor with one that there is not.
    if other == dict(cell) or other not in register.cells(breakdown):
        return ""
    return ",".join(f"{dimension}={group}" for dimension, group in sorted(other.items()))


def _measures(
    register: Register, breakdown: BreakdownEntry, cell: Mapping[str, str], row: Mapping[str, Any]
) -> list[str]:
    measures = ["count"]
    dimension = breakdown.by[0]
    is_not_known = cell[dimension] == register.dimensions[dimension].not_known
    # A share of those whose sex is known has no place for those whose sex is not.
    if row["whole"] and not (breakdown.share_of == KNOWN and is_not_known):
        measures.append("percent")
    if row["against"] == "total":
        measures.append("expected")
    elif row["against"]:
        measures.append("ratio")
        if breakdown.gap:
            measures.append("gap")
    return measures


def _residents(register: Register, cell: Mapping[str, str], counted: Counted) -> Residents | None:
    """The residents of a cell: of its ward, locality or the area, sex and ethnic group; none where
    the table of residents has no such group.
    """
    place = cell.get("ward") or cell.get("locality") or register.area.code
    sex, ethnicity = (_residents_group(register, d, cell.get(d, "")) for d in ("sex", "ethnicity"))
    group_of_residents = (place, sex, ethnicity)
    residents = counted.residents.get(group_of_residents)
    is_residual = any(_group(register, d, g).is_residual for d, g in cell.items())
    if residents or is_residual:
        return residents
    return NO_RESIDENTS


def _residents_group(register: Register, dimension: str, group: str) -> str:
    """What the table of residents calls a group."""
    return (_group(register, dimension, group).residents or group) if group else ""


def _with_rate(
    row: dict[str, Any],
    wanted: str,
    residents: Residents | None,
    *,
    is_smoothed: bool = False,
    is_needed: bool = False,
) -> list[dict[str, Any]]:
    """The row, and beside it one for its rate over residents. `is_needed`: where the rate cannot be
    given, neither is the count.
    """
    if not wanted:
        return [row]
    if residents is None:
        if is_needed:
            return []
        return [row]
    measures = ["rate", "smoothed"] if is_smoothed else ["rate"]
    rate = row | {
        "measures": measures,
        "denominator": residents.persons,
        "note": residents.note(wanted),
    }
    # A ward's count alone would be read as a rate.
    if is_needed and residents.quality in ("indicative", "unknown"):
        return [rate]
    # The residents stand beside the count as well as beside its rate.
    # Without residents the count stands without a denominator.
    if residents is NO_RESIDENTS:
        count = row
    else:
        count = row | {"denominator": residents.persons}
    return [count, rate]


def _number_rows(
    register: Register, counted: Counted, only: Collection[str] | None
) -> list[dict[str, Any]]:
    given: dict[str, list[Number]] = {}
    for number in counted.numbers:
        if number.figure not in register.figures:
            raise CountingError(
                f"a model gives {number.figure}, which no section of the register declares"
            )
        given.setdefault(number.figure, []).append(number)
    rows = []
    for figure in register.figures.values():
        if only is not None and figure.key not in only:
            continue
        if figure.gives == "median":
            rows += _median_rows(register, figure, given.get(figure.key, []), counted)
        if figure.gives == "number":
            rows += [
                _number_row(register, figure, number, counted)
                for number in given.get(figure.key, [])
            ]
    return rows


def _breakdown_of(figure: Figure, groups: Mapping[str, str]) -> BreakdownEntry | None:
    if not groups:
        return None
    breakdown = figure.breakdown(frozenset(groups))
    if breakdown is None:
        raise CountingError(
            f"{figure.key}: a model gives it by {', '.join(groups)}, which its entry does not have"
        )
    return breakdown


def _number_row(
    register: Register, figure: Figure, number: Number, counted: Counted
) -> dict[str, Any]:
    breakdown = _breakdown_of(figure, number.groups)
    entry = breakdown or figure.entry
    share_of = entry.share_of
    rate_over = entry.rate_over
    period = number.period or _period(figure, counted, counted.as_at)
    row = _base(register, figure, breakdown, _in_order(breakdown, number.groups), period)
    measures = ["count"]
    if share_of:
        measures.append("percent")
    if rate_over:
        measures.append("rate")
    whole = share_of or rate_over
    if whole == GIVEN:
        whole = ""
    else:
        whole = _whole(filled(whole, number.groups))
    return row | {
        "numerator": number.number,
        "denominator": number.of,
        "whole": whole,
        "measures": measures,
        "note": number.note,
    }


def _in_order(breakdown: BreakdownEntry | None, groups: Mapping[str, str]) -> dict[str, str]:
    if breakdown:
        return {dimension: groups[dimension] for dimension in breakdown.by}
    return {}


def _median_rows(
    register: Register, figure: Figure, given: list[Number], counted: Counted
) -> list[dict[str, Any]]:
    """One row per number; of a figure with breakdowns one per cell, where a cell of which the model
    says nothing has nobody behind it.
    """
    rows = []
    # One cell may have a number for each of several periods.
    by_groups: dict[frozenset[tuple[str, str]], list[Number]] = {}
    for number in given:
        by_groups.setdefault(frozenset(number.groups.items()), []).append(number)
    for breakdown in figure.entry.breakdowns:
        for cell in register.cells(breakdown):
            nobody = [Number(figure.key, cell, children=0.0)]
            # What brings its own periods has none where no year was published.
            if figure.entry.period == OWN:
                nobody = []
            for number in by_groups.get(frozenset(cell.items()), nobody):
                rows.append(_median_row(register, figure, breakdown, number, cell, counted))
    if not figure.entry.breakdowns:
        rows += [_median_row(register, figure, None, number, {}, counted) for number in given]
    return rows


def _median_row(
    register: Register,
    figure: Figure,
    breakdown: BreakdownEntry | None,
    number: Number,
    cell: Mapping[str, str],
    counted: Counted,
) -> dict[str, Any]:
    period = number.period or _period(figure, counted, counted.as_at)
    row = _base(register, figure, breakdown, cell, period)
    return row | {
        "average": number.average,
        "denominator": number.children,
        "measures": ["median"],
        "note": number.note,
    }

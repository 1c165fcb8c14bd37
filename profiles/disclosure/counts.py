"""From exact figures to labelled counts: merged residuals, rounding, what was published before, and
which tables are published at all.

Everything else that an edition shows is worked out from these labels (shares.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from profiles.disclosure.labels import NOT_PUBLISHED, SHOWN, WITHHELD
from profiles.disclosure.plan import PUBLIC, Merge, Plan, PlanError, Table
from profiles.disclosure.rule import NOT_AVAILABLE, Rule
from profiles.figures.keys import GROUP_COLUMNS, KEY, POSITIONS

FEW_BEHIND = "too few children are behind these events"
# Follows a table's name where it is told of other days than the as-at date: each of them passes or
# not by itself, and the table of the day passes without them.
OVER_TIME = ", over time"
Dims = frozenset[tuple[str, str]]


@dataclass(frozen=True)
class Held:
    """A label as it was published before, kept because too few children joined or left since.

    `widen` is how far beyond the label's range the number can now lie, to an attacker who knows
    that labels are held.
    """

    status: str
    label: str
    value: float
    low: float
    high: float
    widen: int


@dataclass(frozen=True)
class Merged:
    """Groups of a figure that stand merged on a day."""

    figure: str
    day: str
    merge: Merge

    @property
    def words(self) -> str:
        """For the disclosure page."""
        return (
            f"{self.figure} on {self.day}, by {self.merge.dimension}: "
            f"{', '.join(self.merge.of)} stand as “{self.merge.into}”"
        )


@dataclass(frozen=True)
class Counts:
    """Labelled counts, and the exact rows (merged) that shares are to be worked out for. Sections
    never see it: they get labels alone.

    `table` has a row per count: the key, `ref`, `dims`, the name of the published table that it is
    in (blank where the figure is not broken down), `edition`, `is_residual`, `n` (the exact count),
    status, label, value, low, high, note; `widen` and `is_held` where the label is held,
    `is_repair` where a repair withholds it. `dropped` says by name why tables are not published,
    `known` has every exact count but refused ones, shown or not; `unmerged` has them as they were
    before small groups were merged.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    dropped: Mapping[str, str]
    merged: tuple[Merged, ...]
    known: Mapping[str, float]
    unmerged: Mapping[str, float]

    def reference(self, figure: str, dims: Dims, day: str) -> str:
        """The reference of the count that these groups are in, merged as they are here."""
        groups = dict(dims)
        for merged in self.merged:
            dimension = merged.merge.dimension
            is_of_figure = (merged.figure, merged.day) == (figure, day)
            if is_of_figure and groups.get(dimension) in merged.merge.of:
                groups[dimension] = merged.merge.into
        return reference(figure, frozenset(groups.items()), day)


def reference(figure: str, dims: Dims, period_end: str) -> str:
    """How a count is named within one profile: “at_risk|risk_level=low,sex=F|2024-03-01”."""
    groups = ",".join(f"{dimension}={group}" for dimension, group in sorted(dims))
    return f"{figure}|{groups}|{period_end}"


def parts_of(ref: str) -> tuple[str, Dims, str]:
    """A reference taken apart. Group names may hold commas, so a part begins where a dimension is
    named.
    """
    figure, text, day = ref.split("|")
    pairs: list[tuple[str, str]] = []
    for part in text.split(",") if text else []:
        dimension, is_named, group = part.partition("=")
        if is_named:
            pairs.append((dimension, group))
        else:
            pairs[-1] = (pairs[-1][0], f"{pairs[-1][1]},{part}")
    return figure, frozenset(pairs), day


def dims_of(f: pd.DataFrame) -> list[Dims]:
    """Each row's dimensions and groups; none for what is not broken down."""
    columns = [f[column].tolist() for column in GROUP_COLUMNS]
    every_dims = []
    for row in zip(*columns, strict=True):
        # The columns are in pairs: dimension, group, dimension, group, …
        pairs = zip(row[::2], row[1::2], strict=True)
        every_dims.append(frozenset(pair for pair in pairs if pair[0] not in ("", "all")))
    return every_dims


@dataclass(frozen=True)
class FirstLabels:
    """Counts and their rows as the rule alone labels them: no table was tested, nothing withheld by
    a repair.
    """

    counts: pd.DataFrame
    rows: pd.DataFrame
    merged: tuple[Merged, ...]
    spare: Mapping[str, Table]
    unmerged: Mapping[str, float]


def label_counts(
    exact: pd.DataFrame,
    plan: Plan,
    held: Mapping[str, Held] | None = None,
    withheld: Collection[str] = (),
) -> Counts:
    """Label the exact table's counts. Works on whole columns: 10,000 figures take a moment.

    `held` are labels published before, by reference; `withheld` are references that a repair
    withholds. Raises PlanError where a figure stands nowhere in the plan: what nobody declared
    cannot be audited, so it is not published.
    """
    return withhold(first_labels(exact, plan, held), plan, withheld)


def first_labels(
    exact: pd.DataFrame, plan: Plan, held: Mapping[str, Held] | None = None
) -> FirstLabels:
    """What of `label_counts` is the same whatever is withheld. Raises PlanError."""
    rule = plan.policy.rule
    check_only = {pair for pair, group in plan.groups.items() if group.is_check_only}
    residual = {pair for pair, group in plan.groups.items() if group.is_residual}
    # In one order whatever order they came in, because repairs follow from it.
    exact = exact.sort_values(list(KEY), kind="stable", ignore_index=True)
    is_offered = []
    for figure, dims in zip(exact["figure"], dims_of(exact), strict=True):
        is_offered.append(_is_offered(plan, figure, dims, check_only))
    offered = exact[np.array(is_offered, dtype=bool)].reset_index(drop=True)
    unmerged = _by_reference(offered)
    rows, merged = _merge(offered, rule, plan, residual)
    rows["dims"] = pd.Series(dims_of(rows), index=rows.index, dtype=object)
    rows["is_residual"] = [bool(dims & residual) for dims in rows["dims"]]
    # Residual groups are shown one-way only.
    is_crossed = rows["dims"].map(len) > 1
    rows = rows[~(rows["is_residual"] & is_crossed)].reset_index(drop=True)
    keys = zip(rows["figure"], rows["dims"], rows["period_end"], strict=True)
    rows["ref"] = [reference(*key) for key in keys]
    tables, spare = _tables(rows, plan)
    rows["table"] = _table_names(rows, tables, plan)
    rows["edition"] = [table.edition if table else PUBLIC for table in tables]
    counts = rows[rows["measure"] == "count"].copy()
    _label(counts, rule, plan)
    for name, values in _held_columns(counts, held or {}).items():
        counts[name] = pd.Series(values, index=counts.index)
    stays_withheld = counts["is_held"] & (counts["status"] == "withheld")
    counts.loc[stays_withheld, "note"] = WITHHELD
    return FirstLabels(counts, rows, merged, spare, unmerged)


def _by_reference(f: pd.DataFrame) -> dict[str, float]:
    """Every exact count by its reference, but refused ones."""
    counted = f[(f["measure"] == "count") & (f["status"] != "refused")]
    keys = zip(counted["figure"], dims_of(counted), counted["period_end"], strict=True)
    refs = [reference(*key) for key in keys]
    return dict(zip(refs, counted["numerator"].tolist(), strict=True))


def withhold(first: FirstLabels, plan: Plan, withheld: Collection[str]) -> Counts:
    """The labels with those references withheld, and without the tables that then do not pass."""
    counts = first.counts.copy()
    rows = first.rows
    # What is refused already is hidden for a reason of its own.
    can_be_withheld = counts["status"].isin([*SHOWN, "suppressed"])
    is_withheld = counts["ref"].isin(list(withheld)) & can_be_withheld
    counts["is_repair"] = is_withheld
    _blank(counts, is_withheld, "withheld", WITHHELD)
    dropped = _test(counts, plan.policy.rule, first.spare)
    every_count = dict(zip(counts["ref"], counts["n"], strict=True))
    not_needed = {name for name, reason in dropped.items() if not reason}
    counts = counts[~counts["table"].isin(not_needed)].reset_index(drop=True)
    rows = rows[~rows["table"].isin(not_needed)].reset_index(drop=True)
    reasons = {name: reason for name, reason in dropped.items() if reason}
    # A refused count has no number: n is nan.
    known = {}
    for ref, n in every_count.items():
        if not np.isnan(n):
            known[ref] = n
    return Counts(counts, rows, reasons, first.merged, known, first.unmerged)


def _is_offered(
    plan: Plan, figure: str, dims: Dims, check_only: Collection[tuple[str, str]]
) -> bool:
    """Whether a count is in some edition: no group that only checks published figures, no breakdown
    that is in none.
    """
    # Such groups are there only so that published figures can be compared.
    if dims & set(check_only):
        return False
    is_known = not dims or not plan.is_declared(figure)
    return is_known or plan.offers(figure, frozenset(d for d, _ in dims))


def _merge(
    f: pd.DataFrame, rule: Rule, plan: Plan, residual: Collection[tuple[str, str]]
) -> tuple[pd.DataFrame, tuple[Merged, ...]]:
    done: list[Merged] = []
    for merge in plan.merges:
        is_small = (
            (f["measure"] == "count") & (f["group2_type"] == "") & (f["numerator"] < rule.threshold)
        )
        is_in_merge = (f["group_type"] == merge.dimension) & f["group"].isin(merge.small)
        small = f[is_small & is_in_merge]
        where = sorted(set(zip(small["figure"], small["period_end"], strict=True)))
        if where:
            is_residual = (merge.dimension, merge.into) in residual
            f = _merged_where(f, merge, where, is_residual)
            done += [Merged(str(figure), str(day), merge) for figure, day in where]
    return f, tuple(done)


def _merged_where(
    f: pd.DataFrame, merge: Merge, where: list[tuple[str, str]], is_residual: bool
) -> pd.DataFrame:
    """The rows with the groups of a merge under one name, for these figures and days."""
    is_here = pd.MultiIndex.from_frame(f[["figure", "period_end"]]).isin(where)
    is_touched = np.zeros(len(f), dtype=bool)
    for dimension, group in POSITIONS:
        is_member = (f[dimension] == merge.dimension) & f[group].isin(merge.of)
        is_hit = is_here & is_member.to_numpy()
        f.loc[is_hit, group] = merge.into
        is_touched |= is_hit
    left_out = [f"{merge.dimension}={group}" for group in merge.of]
    is_left_out = is_here & f["less"].isin(left_out).to_numpy()
    f.loc[is_left_out, "less"] = f"{merge.dimension}={merge.into}"
    if is_residual:
        # “Not known” and “other” have no share.
        stays = ~(is_touched & (f["measure"] != "count").to_numpy())
        f = f[stays].reset_index(drop=True)
        is_touched = is_touched[stays]
    return _summed(f, is_touched)


def _summed(f: pd.DataFrame, is_touched: np.ndarray) -> pd.DataFrame:
    """Rows that now have one key become one row."""
    keys = ["figure", "measure", "period_start", "period_end", *GROUP_COLUMNS]
    added = ["numerator", "top_two"]
    same_key = f[is_touched].groupby(keys, sort=False, dropna=False)
    # The same children may be behind several of the groups, so at least as many are behind them
    # all as behind the largest: of 5 and 6 children, 6 or more.
    behind = same_key[["contributors"]].max()
    firsts = same_key.first().drop(columns=[*added, "contributors"])
    sums = same_key[added].sum(min_count=1)
    together = pd.concat([firsts, sums, behind], axis=1).reset_index()
    return pd.concat([f[~is_touched], together[f.columns]], ignore_index=True)


def _tables(rows: pd.DataFrame, plan: Plan) -> tuple[list[Table | None], dict[str, Table]]:
    """Each row's table; and by the name of each stand-in the table that it would replace."""
    spares: dict[tuple[str, frozenset[str]], Table] = {}
    stands_in: dict[str, Table] = {}
    for table in plan.tables:
        if table.instead:
            spare = Table(table.figure, table.instead, table.edition)
            spares[table.figure, frozenset(table.instead)] = spare
            stands_in[spare.name] = table
    tables: list[Table | None] = []
    for figure, dims in zip(rows["figure"], rows["dims"], strict=True):
        if figure in plan.register.published_by_others or (not dims and plan.is_declared(figure)):
            tables.append(None)
            continue
        by = frozenset(dimension for dimension, _ in dims)
        table_of_row = plan.table(figure, by) or spares.get((figure, by))
        if table_of_row is None:
            broken_down = f" by {', '.join(sorted(by))}" if by else ""
            raise PlanError(f"{figure}{broken_down} is not declared in the register")
        tables.append(table_of_row)
    return tables, stands_in


def _table_names(rows: pd.DataFrame, tables: list[Table | None], plan: Plan) -> list[str]:
    names = []
    days = zip(rows["figure"], rows["period_end"], rows["profile"], strict=True)
    for (figure, day, as_at), table in zip(days, tables, strict=True):
        if table is None:
            names.append("")
            continue
        is_of_the_day = day == as_at and not plan.is_by_month(figure)
        names.append(table.name if is_of_the_day else f"{table.name}{OVER_TIME}")
    return names


def _label(f: pd.DataFrame, rule: Rule, plan: Plan) -> None:
    """Status, value and range of each count by the rule."""
    n = f["numerator"].to_numpy(dtype=float)
    is_refused = (f["status"] == "refused").to_numpy()
    is_exact = ~is_refused & _is_exact(f, n, rule, plan)
    is_impossible = _is_impossible(f, plan)
    is_small = ~is_exact & (n < rule.threshold)
    has_few_behind = _has_few_behind(f, n, rule) & ~is_small
    f["status"] = np.select(
        [is_refused, is_impossible, has_few_behind, is_small, is_exact],
        ["refused", "not_applicable", "withheld", "suppressed", "exact"],
        "rounded",
    )
    is_shown = f["status"].isin(SHOWN).to_numpy()
    is_suppressed = (f["status"] == "suppressed").to_numpy()
    rounded = np.floor(n / rule.base + 0.5) * rule.base
    # To the nearest 5, 10 is 8 to 12: two on either side. An even base has a half, which goes up,
    # so to the nearest 10 a label of 20 is 15 to 24. No label tells of less than the threshold.
    low = np.where(is_exact, n, np.maximum(rounded - rule.base // 2, rule.threshold))
    high = np.where(is_exact, n, rounded + (rule.base - 1) // 2)
    f["value"] = np.where(is_shown, np.where(is_exact, n, rounded), np.nan)
    f["low"] = np.select([is_shown, is_suppressed, is_impossible], [low, 0.0, 0.0], np.nan)
    f["high"] = np.select(
        [is_shown, is_suppressed, is_impossible], [high, rule.threshold - 1.0, 0.0], np.nan
    )
    f["n"] = n
    f["widen"] = 0
    f["is_held"] = False
    f["label"] = np.select(
        [is_refused, is_impossible, is_suppressed, ~is_shown],
        [NOT_AVAILABLE, "n/a", f"fewer than {rule.threshold}", "not shown"],
        [_number_in_words(value) for value in f["value"]],
    )
    f["note"] = np.select(
        [has_few_behind & ~is_refused, is_refused | is_shown], [FEW_BEHIND, f["note"]], ""
    )


def _number_in_words(value: float) -> str:
    if np.isnan(value):
        return ""
    return f"{value:,.0f}"


def _is_exact(f: pd.DataFrame, n: np.ndarray, rule: Rule, plan: Plan) -> np.ndarray:
    """The day's whole number of children at risk, where it is large; and what others publish."""
    is_public = f["figure"].isin(plan.register.published_by_others)
    is_total = (f["figure"] == "at_risk") & (f["group_type"] == "all")
    is_of_the_day = f["period_end"] == f["profile"]
    is_large = n >= rule.exact_total_minimum
    exact: np.ndarray = (is_public | (is_total & is_of_the_day & is_large)).to_numpy()
    return exact


def _is_impossible(f: pd.DataFrame, plan: Plan) -> np.ndarray:
    """Cells that nobody can be in by definition, as the policy lists them."""
    impossible = []
    for figure, dims in zip(f["figure"], f["dims"], strict=True):
        cells = [cell for named, cell in plan.impossible if named == figure]
        impossible.append(any(cell <= dims for cell in cells))
    return np.array(impossible, dtype=bool)


def _has_few_behind(f: pd.DataFrame, n: np.ndarray, rule: Rule) -> np.ndarray:
    """Events with fewer children behind them than the threshold, or with two who have nearly all of
    them: 40 missing episodes of which two children had 37.
    """
    behind = f["contributors"].to_numpy(dtype=float)
    top_two = f["top_two"].to_numpy(dtype=float)
    are_events = ~np.isnan(behind) & (f["unit"] != "children").to_numpy()
    is_few = behind < rule.threshold
    is_dominated = 100 * top_two >= rule.top_two_percent * n
    few: np.ndarray = are_events & (is_few | is_dominated)
    return few


def _held_columns(f: pd.DataFrame, held: Mapping[str, Held]) -> dict[str, list[object]]:
    """The columns of a label, held ones as they were published and the others as they are."""
    published: list[Held | None] = []
    for ref, status in zip(f["ref"], f["status"], strict=True):
        published.append(None if status == "refused" else held.get(ref))
    columns: dict[str, list[object]] = {}
    for name in ("status", "label", "value", "low", "high", "widen"):
        columns[name] = [
            getattr(before, name) if before else new
            for before, new in zip(published, f[name].tolist(), strict=True)
        ]
    columns["is_held"] = [before is not None for before in published]
    return columns


def _blank(f: pd.DataFrame, which: pd.Series, status: str, note: str) -> None:
    f.loc[which, ["value", "low", "high"]] = np.nan
    f.loc[which, ["status", "label", "note"]] = [status, "not shown", note]


def _test(f: pd.DataFrame, rule: Rule, spare: Mapping[str, Table]) -> dict[str, str]:
    """Withhold tables that do not pass; returns why, by table; blank for a stand-in that is not
    needed.
    """
    dropped: dict[str, str] = {}
    is_tested = (f["table"] != "") & ~f["is_residual"]
    counted = f[is_tested & ~f["status"].isin(["refused", "not_applicable"])]
    # A cell that is not shown counts as 3.5, the middle of “fewer than 8”, whatever it holds, so
    # that the verdict is a function of labels alone.
    size = counted["value"].fillna((rule.threshold - 1) / 2)
    hidden = ~counted["status"].isin(SHOWN)
    cells = pd.DataFrame(
        {
            "table": counted["table"],
            "day": counted["period_end"],
            "size": size,
            "hidden": hidden,
        }
    )
    for (name, day), table_cells in cells.groupby(["table", "day"], sort=True):
        mean = float(table_cells["size"].mean())
        hidden_percent = 100 * float(table_cells["hidden"].mean())
        reason = _why_not(mean, hidden_percent, rule)
        if reason:
            dropped[str(name)] = f"{NOT_PUBLISHED}{reason}"
            is_of_table = (f["table"] == name) & (f["period_end"] == day)
            which = is_of_table & (f["status"] != "refused")
            _blank(f, which, "withheld", dropped[str(name)])
    for name, table in spare.items():
        if table.name not in dropped:
            dropped[name] = ""
    return dropped


def _why_not(mean: float, hidden_percent: float, rule: Rule) -> str:
    """Why a table with cells of this mean size, so many of them not shown, is not published; blank
    where it is.
    """
    # One reason for both: which of the two it was would tell of the numbers.
    if mean < rule.mean_cell or hidden_percent > rule.withheld_percent:
        return "too many of its numbers are small or not shown"
    return ""

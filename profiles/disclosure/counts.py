"""From exact figures to labelled counts: merged residuals, rounding, what was published before, and
the tables' test.

Everything else that an edition shows is worked out from these labels (shares.py).
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from profiles.disclosure.labels import NOT_PUBLISHED, SHOWN
from profiles.disclosure.plan import PUBLIC, Merge, Plan, PlanError, Table
from profiles.disclosure.rule import Rule
from profiles.figures.keys import GROUP_COLUMNS, KEY, POSITIONS

FEW_BEHIND = "too few children are behind these events"
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
    """Labelled counts, and the exact rows (merged) that shares are to be worked out for. Not for
    what renders.

    `table` has the key, `ref`, `dims`, `table` (its name, blank for figures that are not broken
    down), `edition`, `is_residual`, `n` (the exact count), status, label, value, low, high, note.
    `dropped` says why tables are not shown, `known` has every count that there is, shown or not.
    """

    table: pd.DataFrame
    rows: pd.DataFrame
    dropped: Mapping[str, str]
    merged: tuple[Merged, ...]
    known: Mapping[str, float]

    def reference(self, figure: str, dims: Dims, day: str) -> str:
        """The count that these groups are in, merged as they are here."""
        of = {
            (m.merge.dimension, g): m.merge.into
            for m in self.merged
            if (m.figure, m.day) == (figure, day)
            for g in m.merge.of
        }
        return reference(figure, frozenset((d, of.get((d, g), g)) for d, g in dims), day)


def reference(figure: str, dims: Dims, period_end: str) -> str:
    """How a count is named within one profile."""
    return f"{figure}|{','.join(f'{d}={g}' for d, g in sorted(dims))}|{period_end}"


def dims_of(f: pd.DataFrame) -> list[Dims]:
    """Each row's dimensions and groups; none for what is not broken down."""
    columns = [f[c].tolist() for c in GROUP_COLUMNS]
    return [
        frozenset((t, g) for t, g in zip(row[::2], row[1::2], strict=True) if t not in ("", "all"))
        for row in zip(*columns, strict=True)
    ]


@dataclass(frozen=True)
class FirstLabels:
    """Counts and their rows as the rule alone labels them: no table was tested, nothing withheld by
    a repair.
    """

    counts: pd.DataFrame
    rows: pd.DataFrame
    merged: tuple[Merged, ...]
    spare: Mapping[str, Table]


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
    known = plan.groups
    check_only = {pair for pair, g in known.items() if g.is_check_only}
    residual = {pair for pair, g in known.items() if g.is_residual}
    # In one order whatever order they came in: repairs follow from it.
    exact = exact.sort_values(list(KEY), kind="stable", ignore_index=True)
    dims = dims_of(exact)
    kept = np.array(
        [_is_offered(plan, f, d, check_only) for f, d in zip(exact["figure"], dims, strict=True)],
        dtype=bool,
    )
    rows, merged = _merge(exact[kept].reset_index(drop=True), rule, plan, residual)
    rows["dims"] = pd.Series(dims_of(rows), index=rows.index, dtype=object)
    rows["is_residual"] = [bool(d & residual) for d in rows["dims"]]
    # Residual groups are shown one-way only.
    rows = rows[~(rows["is_residual"] & (rows["dims"].map(len) > 1))].reset_index(drop=True)
    rows["ref"] = [
        reference(f, d, e)
        for f, d, e in zip(rows["figure"], rows["dims"], rows["period_end"], strict=True)
    ]
    tables, spare = _tables(rows, plan)
    rows["table"], rows["edition"] = (
        [t.name if t else "" for t in tables],
        [t.edition if t else PUBLIC for t in tables],
    )
    counts = rows[rows["measure"] == "count"].copy()
    _label(counts, rule, plan)
    for name, columns in _held_columns(counts, held or {}).items():
        counts[name] = pd.Series(columns, index=counts.index)
    return FirstLabels(counts, rows, merged, spare)


def withhold(first: FirstLabels, plan: Plan, withheld: Collection[str]) -> Counts:
    """The labels with those references withheld, and without the tables that then do not pass."""
    counts, rows = first.counts.copy(), first.rows
    is_withheld = counts["ref"].isin(list(withheld)) & counts["status"].isin(SHOWN)
    counts["is_repair"] = is_withheld
    _blank(counts, is_withheld, "withheld", "withheld so that smaller numbers cannot be worked out")
    dropped = _test(counts, plan.policy.rule, first.spare)
    known_counts = dict(zip(counts["ref"], counts["n"], strict=True))
    out = {name for name, reason in dropped.items() if not reason}
    counts = counts[~counts["table"].isin(out)].reset_index(drop=True)
    rows = rows[~rows["table"].isin(out)].reset_index(drop=True)
    return Counts(
        counts,
        rows,
        {k: v for k, v in dropped.items() if v},
        first.merged,
        {k: n for k, n in known_counts.items() if n == n},
    )


def _is_offered(
    plan: Plan, figure: str, dims: Dims, check_only: Collection[tuple[str, str]]
) -> bool:
    """Whether a count is in some edition: no group that only checks published figures, no breakdown
    that stands in none.
    """
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
        small = f[is_small & (f["group_type"] == merge.dimension) & f["group"].isin(merge.small)]
        where = sorted(set(zip(small["figure"], small["period_end"], strict=True)))
        if not where:
            continue
        here = pd.MultiIndex.from_frame(f[["figure", "period_end"]]).isin(where)
        touched = np.zeros(len(f), dtype=bool)
        for kind, group in POSITIONS:
            hit = here & ((f[kind] == merge.dimension) & f[group].isin(merge.of)).to_numpy()
            f.loc[hit, group] = merge.into
            touched |= hit
        left_out = f["less"].isin([f"{merge.dimension}={g}" for g in merge.of]).to_numpy()
        f.loc[here & left_out, "less"] = f"{merge.dimension}={merge.into}"
        if (merge.dimension, merge.into) in residual:
            # The not known and other have no share.
            kept = ~(touched & (f["measure"] != "count").to_numpy())
            f, touched = f[kept].reset_index(drop=True), touched[kept]
        f = _summed(f, touched)
        done += [Merged(str(figure), str(day), merge) for figure, day in where]
    return f, tuple(done)


def _summed(f: pd.DataFrame, touched: np.ndarray) -> pd.DataFrame:
    """Rows that now have one key become one row."""
    keys = ["figure", "measure", "period_start", "period_end", *GROUP_COLUMNS]
    added = ["numerator", "top_two"]
    same = f[touched].groupby(keys, sort=False, dropna=False)
    # The same children may be behind several of the groups: there are at least as many as behind
    # one of them.
    behind = same[["contributors"]].max()
    firsts = same.first().drop(columns=[*added, "contributors"])
    one = pd.concat([firsts, same[added].sum(min_count=1), behind], axis=1).reset_index()
    return pd.concat([f[~touched], one[f.columns]], ignore_index=True)


def _tables(rows: pd.DataFrame, plan: Plan) -> tuple[list[Table | None], dict[str, Table]]:
    """Each row's table, and by name the tables that stand in for one that may not pass."""
    spares = {
        (t.figure, frozenset(t.instead)): Table(t.figure, t.instead, t.edition)
        for t in plan.tables
        if t.instead
    }
    stands_in = {
        s.name: t
        for t in plan.tables
        if t.instead and (s := spares[t.figure, frozenset(t.instead)])
    }
    found: list[Table | None] = []
    for figure, dims in zip(rows["figure"], rows["dims"], strict=True):
        if figure in plan.register.published_by_others or (not dims and plan.is_declared(figure)):
            found.append(None)
            continue
        by = frozenset(d for d, _ in dims)
        table = plan.table(figure, by) or spares.get((figure, by))
        if table is None:
            raise PlanError(
                f"{figure}{' by ' + ', '.join(sorted(by)) if by else ''} is not declared in the "
                "register"
            )
        found.append(table)
    return found, stands_in


def _label(f: pd.DataFrame, rule: Rule, plan: Plan) -> None:
    """Status, value and range of each count by the rule."""
    n = f["numerator"].to_numpy(dtype=float)
    refused = (f["status"] == "refused").to_numpy()
    public = f["figure"].isin(plan.register.published_by_others).to_numpy()
    is_total = (
        (f["figure"] == "at_risk") & (f["group_type"] == "all") & (f["period_end"] == f["profile"])
    ).to_numpy()
    is_exact = ~refused & (public | (is_total & (n >= rule.exact_total_minimum)))
    impossible = np.array(
        [
            any(f_ == fig and cell <= d for f_, cell in plan.impossible)
            for fig, d in zip(f["figure"], f["dims"], strict=True)
        ],
        dtype=bool,
    )
    behind, top_two = f["contributors"].to_numpy(dtype=float), f["top_two"].to_numpy(dtype=float)
    events = ~np.isnan(behind) & (f["unit"] != "children").to_numpy()
    few = events & ((behind < rule.threshold) | (100 * top_two >= rule.top_two_percent * n))
    small = ~is_exact & (n < rule.threshold)
    rounded = np.floor(n / rule.base + 0.5) * rule.base
    # A half never arises for an odd base; for an even one it goes up, so the range below is one
    # wider than above.
    low = np.where(is_exact, n, np.maximum(rounded - rule.base // 2, rule.threshold))
    high = np.where(is_exact, n, rounded + (rule.base - 1) // 2)
    f["status"] = np.select(
        [refused, impossible, few & ~small, small, is_exact],
        ["refused", "not_applicable", "withheld", "suppressed", "exact"],
        "rounded",
    )
    shown = f["status"].isin(SHOWN).to_numpy()
    hidden = (f["status"] == "suppressed").to_numpy()
    f["value"] = np.where(shown, np.where(is_exact, n, rounded), np.nan)
    f["low"] = np.select([shown, hidden, impossible], [low, 0.0, 0.0], np.nan)
    f["high"] = np.select([shown, hidden, impossible], [high, rule.threshold - 1.0, 0.0], np.nan)
    f["n"], f["widen"], f["is_held"] = n, 0, False
    f["label"] = np.select(
        [refused, impossible, hidden, ~shown],
        ["refused", "n/a", f"fewer than {rule.threshold}", "not shown"],
        [f"{v:,.0f}" if s else "" for v, s in zip(f["value"], shown, strict=True)],
    )
    f["note"] = np.select(
        [few & ~small & ~refused, refused | shown],
        [FEW_BEHIND, f["note"]],
        "",
    )


def _held_columns(f: pd.DataFrame, held: Mapping[str, Held]) -> dict[str, list[object]]:
    """The columns with labels that were published before in the place of new ones."""
    names = ("status", "label", "value", "low", "high", "widen")
    changed = [
        held.get(ref) if status != "refused" else None
        for ref, status in zip(f["ref"], f["status"], strict=True)
    ]
    return {
        name: [
            getattr(h, name) if h else own for h, own in zip(changed, f[name].tolist(), strict=True)
        ]
        for name in names
    } | {"is_held": [h is not None for h in changed]}


def _blank(f: pd.DataFrame, which: pd.Series, status: str, note: str) -> None:
    f.loc[which, ["value", "low", "high"]] = np.nan
    f.loc[which, ["status", "label", "note"]] = [status, "not shown", note]


def _test(f: pd.DataFrame, rule: Rule, spare: Mapping[str, Table]) -> dict[str, str]:
    """Withhold tables that do not pass; returns why, by table; blank for a stand-in that is not
    needed.
    """
    dropped: dict[str, str] = {}
    counted = f[
        (f["table"] != "") & ~f["is_residual"] & ~f["status"].isin(["refused", "not_applicable"])
    ]
    # A cell that is not shown counts as the middle of what it may hold, so the verdict is a
    # function of labels.
    size = counted["value"].fillna((rule.threshold - 1) / 2)
    tests = pd.DataFrame(
        {
            "table": counted["table"],
            "size": size,
            "hidden": ~counted["status"].isin(SHOWN),
            "day": counted["period_end"],
        }
    )
    for (name, day), cells in tests.groupby(["table", "day"], sort=True):
        mean, hidden = cells["size"].mean(), 100 * cells["hidden"].mean()
        if mean < rule.mean_cell or hidden > rule.withheld_percent:
            if mean < rule.mean_cell:
                reason = f"cells hold fewer than {rule.mean_cell} on average"
            else:
                reason = f"more than {rule.withheld_percent}% of the cells would not be shown"
            dropped[str(name)] = f"{NOT_PUBLISHED}{reason}"
            which = (f["table"] == name) & (f["period_end"] == day) & (f["status"] != "refused")
            _blank(
                f,
                which,
                "withheld",
                dropped[str(name)],
            )
    for name, table in spare.items():
        if table.name not in dropped:
            dropped[name] = ""
    return dropped

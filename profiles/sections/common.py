"""Tables and rows that several sections share."""

from __future__ import annotations

from profiles.blocks import Cell, Table, head, interval, shown
from profiles.disclosure.store import Label, LabelStore
from profiles.groups import Group, groups_of


def counted(
    store: LabelStore, figure: str, group_type: str, wanted: list[str] | None = None
) -> list[tuple[Group, Label, Label | None]]:
    """(group, count, percent or none) of a breakdown in table order; residual groups last."""
    rows = []
    for g in groups_of(group_type):
        if (wanted is not None and g.group not in wanted) or not store.has(figure, "count", group_type, g.group):
            continue
        percent = (
            store.get(figure, "percent", group_type, g.group)
            if store.has(figure, "percent", group_type, g.group)
            else None
        )
        rows.append((g, store.get(figure, "count", group_type, g.group), percent))
    return rows


def share_table(caption: str, what: str, rows: list[tuple[Group, Label, Label | None]], denominator: str) -> Table:
    """Count, percentage and interval per group; groups outside the denominator have a dash."""
    base = next((p.denominator for _, _, p in rows if p and p.denominator), None)
    share = f"Share of {denominator} ({base:,.0f})" if base else f"Share of {denominator}"
    cells = []
    for g, count, percent in rows:
        shares = (
            [shown(percent), interval(percent, "%")]
            if percent
            else [Cell("–", is_number=True), Cell("–", is_number=True)]
        )
        cells.append([head(g.label), shown(count), *shares])
    return Table(caption, [what, "Children", share, "95% interval"], cells)


def of(percent: Label | None, who: str = "") -> str:
    """“ (55% of 291)”: the share and its denominator, in brackets, and who that is; blank where it is not shown."""
    if percent is None or not percent.is_shown or percent.denominator is None:
        return ""
    return f" ({percent.text} of {percent.denominator:,.0f}{f' {who}' if who else ''})"


def refused(label: Label) -> str:
    """The sentence that stands in a refused figure's place."""
    return f"This cannot be told at present. {label.note}."


def joined(parts: list[str]) -> str:
    """a, b and c."""
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"

"""Tables and rows that several sections share."""

from __future__ import annotations

from collections.abc import Sequence

from profiles.disclosure.labels import NOT_PUBLISHED, Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.figures.groups import Group


def counted(
    store: LabelStore, figure: str, group_type: str, wanted: list[str] | None = None
) -> list[tuple[Group, Label, Label | None]]:
    """(group, count, percent or none) of a breakdown in table order; residual groups last."""
    rows = []
    for g in store.groups_of(group_type):
        if (wanted is not None and g.group not in wanted) or not store.has(
            figure, "count", group_type, g.group
        ):
            continue
        if store.has(figure, "percent", group_type, g.group):
            percent = store.get(figure, "percent", group_type, g.group)
        else:
            percent = None
        rows.append((g, store.get(figure, "count", group_type, g.group), percent))
    return rows


def share_table(
    caption: str,
    what: str,
    rows: list[tuple[Group, Label, Label | None]],
    denominator: str,
    counted_as: str = "Children",
) -> Table:
    """Count, percentage and interval per group; groups outside the denominator have a dash."""
    base = next((p.denominator for _, _, p in rows if p and p.denominator), "")
    if base:
        share = f"Share of {denominator} (of {base})"
    else:
        share = f"Share of {denominator}"
    cells = []
    for g, count, percent in rows:
        if percent:
            shares = [shown(percent), interval(percent, "%")]
        else:
            shares = [Cell("–", is_number=True), Cell("–", is_number=True)]
        cells.append([head(g.label), shown(count), *shares])
    return Table(caption, [what, counted_as, share, "95% interval"], cells)


def of(percent: Label | None, who: str = "") -> str:
    """“ (55% of 291)”: the share and its denominator, in brackets, and who that is; blank where it
    is not shown.
    """
    if percent is None or not percent.is_shown:
        return ""
    # A denominator that is a range stands in the table's head.
    if " to " in percent.denominator and who:
        whole = "those"
    elif " to " in percent.denominator:
        whole = ""
    else:
        whole = percent.denominator
    return f" ({percent.text}{f' of {whole}' if whole else ''}{f' {who}' if whole and who else ''})"


def crossed(
    store: LabelStore, figure: str, down: str, across: str, caption: str, what: str
) -> tuple[list[Table], list[str]]:
    """A table of two dimensions, and in words what is withheld from it; no table where none of it
    may be shown.
    """
    rows = [
        g
        for g in store.groups_of(down)
        if not g.is_sum
        and any(
            store.has(figure, "count", down, g.group, {across: c.group})
            for c in store.groups_of(across)
        )
    ]
    columns = [
        c
        for c in store.groups_of(across)
        if rows
        and not c.is_sum
        and store.has(figure, "count", down, rows[0].group, {across: c.group})
    ]
    labels = [
        [store.get(figure, "count", down, g.group, {across: c.group}) for c in columns]
        for g in rows
    ]
    if not labels:
        return [], []
    told = [label for row in labels for label in row]
    if not any(x.is_shown for x in told):
        reason = next((x.note for x in told if x.note), "too few children stand in its cells")
        return [], [f"A table of {caption[0].lower()}{caption[1:]} would stand here: {reason}."]
    cells = [[head(g.label), *(shown(x) for x in row)] for g, row in zip(rows, labels, strict=True)]
    return [Table(caption, [what, *(c.label for c in columns)], cells)], withheld_words(told)


def withheld_words(labels: list[Label]) -> list[str]:
    """What stands under a table of which something is withheld though it is not small."""
    hidden = [
        x.note or "withheld to protect a smaller number, here or in another table"
        for x in labels
        if x.status == "withheld"
    ]
    return [f"“Not shown”: {note}." for note in dict.fromkeys(hidden)]


def breakdown(
    store: LabelStore,
    figure: str,
    dimension: str,
    caption: str,
    what: str,
    share_of: str,
    *,
    heading: str = "",
    counted_as: str = "Children",
    sentences: Sequence[str] = (),
    chart: tuple[str, str, str] | None = None,
    notes: Sequence[str] = (),
) -> Block:
    """A block of one breakdown: its table of counts and shares, a chart of the shares where it has
    them, else of counts.

    `chart` is name, title and subtitle. Where nothing of it may be shown, the reason stands in its
    place.
    """
    rows = counted(store, figure, dimension)
    labels = [c for _, c, _ in rows]
    if not any(x.is_shown for x in labels):
        notes_of = dict.fromkeys(x.note.removeprefix(NOT_PUBLISHED) for x in labels if x.note)
        reasons = [
            f"{caption} would stand here: {note}." for note in notes_of or ("too few to be shown",)
        ]
        return Block(heading, list(sentences), notes=[*notes, *reasons])
    drawn = None
    if chart:
        # A dash in a table says “of these”; a bar stands on its own.
        names = {g.group: _alone(g.label) for g, _, _ in rows}
        shares = [(names[g.group], p) for g, _, p in rows if p]
        of_shares = bool(shares) and "per cent" in chart[2]
        drawn = bars(
            *chart,
            shares if of_shares else [(names[g.group], c) for g, c, _ in rows],
            suffix="%" if of_shares else "",
        )
    table = share_table(caption, what, rows, share_of, counted_as)
    return Block(
        heading, list(sentences), drawn, [table], [*notes, *why(*labels), *withheld_words(labels)]
    )


def _alone(label: str) -> str:
    text = label.removeprefix("– ")
    return f"{text[0].upper()}{text[1:]}"


def merged_words(store: LabelStore, figure: str, group_type: str) -> list[str]:
    """What is said where small groups stand merged."""
    words = {
        "under 15": "Children under 10 are counted with those aged 10–14: too few to stand apart.",
        "other or not known": "Other and not known are counted together: too few to stand apart.",
        "outside or not known": (
            f"Homes outside {store.area.name} and not known are counted together: too few to "
            "stand apart."
        ),
    }
    return [words[g] for g in store.groups(figure, group_type) if g in words]


def refused(label: Label, would: str = "") -> str:
    """The sentence that stands in a refused figure's place, and what the figure would tell."""
    return (
        "This cannot be told at present. "
        f"{label.note}.{f' It would tell {would}.' if would else ''}"
    )


def why(*labels: Label) -> list[str]:
    """Why some of these are refused, each reason once; nothing where none is."""
    return [
        f"Not told: {note}."
        for note in dict.fromkeys(x.note for x in labels if x.status == "refused")
    ]


def share(
    store: LabelStore, figure: str, group_type: str = "all", group: str = "all"
) -> Label | None:
    """The percentage that stands beside a count; none where there is none."""
    if store.has(figure, "percent", group_type, group):
        return store.get(figure, "percent", group_type, group)
    return None


def say(sentence: str, *labels: Label) -> list[str]:
    """The sentence, where each label that it speaks of tells something; nothing otherwise."""
    if all(x.is_shown or x.status == "suppressed" for x in labels):
        return [sentence]
    return []


Row = tuple[str, Label, Label | None]


def one(
    store: LabelStore, text: str, figure: str, group_type: str = "all", group: str = "all"
) -> Row:
    """A row of `listed`: words, count, and its share where it has one."""
    return (
        text,
        store.get(figure, "count", group_type, group),
        share(store, figure, group_type, group),
    )


def listed(
    caption: str, what: str, rows: list[Row], counted_as: str = "Children", share_of: str = ""
) -> Table:
    """Rows in words with their counts, and with `share_of` their shares and intervals; a dash where
    a row has none.
    """
    cells = []
    for text, count, percent in rows:
        dash = [Cell("–", is_number=True)] * 2
        cells.append(
            [
                head(text),
                shown(count),
                *([shown(percent), interval(percent, "%")] if percent else dash),
            ][: 4 if share_of else 2]
        )
    bases = {p.denominator for _, _, p in rows if p and p.denominator}
    base = f" (of {bases.pop()})" if len(bases) == 1 else ""
    return Table(
        caption,
        [what, counted_as, f"Share of {share_of}{base}", "95% interval"][: 4 if share_of else 2],
        cells,
    )

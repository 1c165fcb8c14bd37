"""Tables and rows that several sections share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from profiles.disclosure.labels import NOT_PUBLISHED, WITHHELD, Label, LabelStore
from profiles.disclosure.rule import NOT_SHOWN
from profiles.drawing.blocks import Block, Cell, Chart, Table, head, interval, shown
from profiles.drawing.charts import bars
from profiles.drawing.words import uncapital
from profiles.figures.groups import Group
from profiles.statistics import rates

IN_DEVELOPMENT = "A statistic in development: see “What is still being tried”, under “About”."


class Counted(NamedTuple):
    """A group of a breakdown with the label of its count, and its share where it has one."""

    group: Group
    label: Label
    percent: Label | None


def counted(
    store: LabelStore, figure: str, group_type: str, wanted: list[str] | None = None
) -> list[Counted]:
    """The groups of a breakdown that the edition has, in table order, which puts residual groups
    last.
    """
    rows = []
    for group in store.groups_of(group_type):
        is_wanted = wanted is None or group.group in wanted
        if is_wanted and store.has(figure, "count", group_type, group.group):
            count = store.get(figure, "count", group_type, group.group)
            rows.append(Counted(group, count, share(store, figure, group_type, group.group)))
    return rows


def largest_first(rows: list[Counted]) -> list[Counted]:
    """Those that are shown, by label, ties by name: the order tells nothing that the labels do
    not.
    """
    shown_rows = [row for row in rows if row.label.is_shown]
    return sorted(shown_rows, key=lambda row: (-(row.label.value or 0), row.group.label))


def share_table(
    caption: str,
    what: str,
    rows: list[Counted],
    denominator: str,
    counted_as: str = "Children",
) -> Table:
    """Count, percentage and interval per group; groups outside the denominator have a dash."""
    share_column = f"Share of {denominator}"
    bases = [percent.denominator for _, _, percent in rows if percent and percent.denominator]
    if bases:
        share_column += f" (of {bases[0]})"
    cells = []
    for group, count, percent in rows:
        cells.append([head(group.label), shown(count), *_share_cells(percent)])
    return Table(caption, [what, counted_as, share_column, "95% interval"], cells)


def of(percent: Label | None, who: str = "") -> str:
    """“ (55% of 291)”: the share and its denominator, in brackets, and who that is; blank where it
    is not shown.
    """
    if percent is None or not percent.is_shown:
        return ""
    words = [percent.text]
    # A denominator that is a range is in the table's head.
    is_range = " to " in percent.denominator
    if is_range and who:
        words += ["of those", who]
    elif not is_range and percent.denominator:
        words += [f"of {percent.denominator}", who]
    return f" ({' '.join(filter(None, words))})"


def crossed(
    store: LabelStore, figure: str, down: str, across: str, caption: str, what: str
) -> tuple[list[Table], list[str]]:
    """A table of two dimensions, and in words what is withheld from it; no table where none of it
    may be shown.
    """
    across_groups = [group for group in store.groups_of(across) if not group.is_sum]
    rows: list[list[Label]] = []
    cells: list[list[Cell]] = []
    columns: list[Group] = []
    for group in store.groups_of(down):
        in_row = []
        for other in across_groups:
            if store.has(figure, "count", down, group.group, {across: other.group}):
                in_row.append(other)
        if group.is_sum or not in_row:
            continue
        # A breakdown has every combination of its groups, so the first row's cells are every row's.
        columns = columns or in_row
        row = [
            store.get(figure, "count", down, group.group, {across: other.group})
            for other in columns
        ]
        rows.append(row)
        cells.append([head(group.label), *map(shown, row)])
    labels = [label for row in rows for label in row]
    if not labels:
        return [], []
    if not any(label.is_shown for label in labels):
        return [], [table_instead(caption, labels)]
    names = [column.label for column in columns]
    return [Table(caption, [what, *names], cells)], withheld_words(labels)


def table_instead(caption: str, labels: list[Label]) -> str:
    """What is said where a table would be none of whose labels is shown, with the reason."""
    reasons = [label.note for label in labels if label.note]
    reason = reasons[0] if reasons else "too few children are in its cells"
    reason = reason.removeprefix(NOT_PUBLISHED)
    return f"A table of {uncapital(caption)} is not shown: {reason}."


def withheld_words(labels: list[Label]) -> list[str]:
    """What stands under a table of which something is withheld for a reason of its own; the usual
    one is said once a section.
    """
    notes = []
    for label in labels:
        if label.status == "withheld" and label.note not in (NOT_SHOWN, WITHHELD):
            notes.append(label.note.removeprefix(NOT_PUBLISHED))
    return [f"“Not shown”: {note}." for note in dict.fromkeys(notes)]


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
    is_lead: bool = False,
) -> Block:
    """A block of one breakdown: its table of counts and shares, a chart of the shares where it has
    them, else of counts.

    `chart` is name, title and subtitle; a subtitle of “per cent” asks for shares. Where nothing of
    the breakdown may be shown, the reason takes its place.
    """
    rows = counted(store, figure, dimension)
    labels = [count for _, count, _ in rows]
    if not any(label.is_shown for label in labels):
        reasons = _reasons(labels) or ["too few to be shown"]
        instead = [f"{caption} is not shown: {reason}." for reason in reasons]
        return Block(heading, list(sentences), notes=[*notes, *instead])
    drawn = _chart_of(rows, chart) if chart else None
    table = share_table(caption, what, rows, share_of, counted_as)
    notes = [*notes, *why(*labels), *withheld_words(labels)]
    return Block(heading, list(sentences), drawn, [table], notes, is_lead=is_lead)


def _reasons(labels: list[Label]) -> list[str]:
    notes = []
    for label in labels:
        if label.note:
            notes.append(label.note.removeprefix(NOT_PUBLISHED))
    return list(dict.fromkeys(notes))


def _chart_of(rows: list[Counted], words: tuple[str, str, str]) -> Chart:
    """Bars of the shares where there are shares and the subtitle speaks of them, else of counts."""
    # A dash in a table says “of these”; a bar stands on its own.
    shares = [(_alone(group.label), percent) for group, _, percent in rows if percent]
    if shares and "per cent" in words[2]:
        return bars(*words, shares, suffix="%")
    return bars(*words, [(_alone(group.label), count) for group, count, _ in rows])


def _alone(label: str) -> str:
    text = label.removeprefix("– ")
    return f"{text[0].upper()}{text[1:]}"


def against(counted_label: Label, expected: Label | None) -> str:
    """What is said of a number beside what was to be expected: nothing of one that lies outside the
    limits, but would not lie there however it was rounded.
    """
    if expected is None or not expected.is_shown:
        return "–"
    if expected.note:
        return expected.note
    low = expected.lower
    number = counted_label.value
    high = expected.upper
    if low is not None and high is not None and number is not None and not low <= number <= high:
        return "outside, but rounding alone could bring it there"
    return "as expected"


def is_below_limits(seen: Label, sent: Label, every: tuple[Label, Label]) -> bool:
    """Whether `sent`, too small to be shown, lies below the 95% limits of a funnel whatever it is,
    of `seen` at the share of `every`, which is (of how many, how many).
    """
    of_how_many, counted = every
    if sent.below is None or not of_how_many.value or not counted.value or not seen.is_shown:
        return False
    _, low, _ = rates.funnel(seen.value or 0, counted.value, of_how_many.value, rates.FUNNEL[0])
    return bool(low >= sent.below)


def merged_words(store: LabelStore, figure: str, group_type: str) -> list[str]:
    """What is said where small groups stand merged."""
    words = {
        "under 15": "Children under 10 are counted with those aged 10–14: too few to stand apart.",
        "outside or not known": (
            f"Homes outside {store.area.name} and not known are counted together: too few to "
            "stand apart."
        ),
    }
    return [words[g] for g in store.groups(figure, group_type) if g in words]


def residents_source(rate: Label) -> str:
    """Who published the number of residents: its note is “denominator: residents aged 10–17, ONS
    mid-year estimates, mid-2022”.
    """
    return rate.note.partition(", ")[2]


def refused(label: Label, would: str = "") -> str:
    """The sentence that stands in a refused figure's place, and what the figure would tell."""
    sentence = f"This cannot be shown at present. {label.note}."
    if would:
        sentence += f" It would show {would}."
    return sentence


def why(*labels: Label) -> list[str]:
    """Why some of these are refused, each reason once with all that it is said of; nothing where
    none is.
    """
    said_of: dict[str, list[str]] = {}
    for note in dict.fromkeys(label.note for label in labels if label.status == "refused"):
        what, _, reason = note.rpartition(": ")
        said_of.setdefault(reason, []).append(what)
    sentences = []
    for reason, names in said_of.items():
        named = "; ".join(filter(None, names))
        sentences.append(
            f"Not available: {named}: {reason}." if named else f"Not available: {reason}."
        )
    return sentences


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
    columns = [what, counted_as]
    if share_of:
        bases = {percent.denominator for _, _, percent in rows if percent and percent.denominator}
        base = f" (of {bases.pop()})" if len(bases) == 1 else ""
        columns += [f"Share of {share_of}{base}", "95% interval"]
    cells = []
    for text, count, percent in rows:
        row = [head(text), shown(count)]
        if share_of:
            row += _share_cells(percent)
        cells.append(row)
    return Table(caption, columns, cells)


def _share_cells(percent: Label | None) -> list[Cell]:
    """A share and its interval; dashes for a group outside the denominator."""
    if percent is None:
        return [Cell("–", is_number=True), Cell("–", is_number=True)]
    return [shown(percent), interval(percent, "%")]

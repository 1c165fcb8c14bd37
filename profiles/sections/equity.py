"""Stage by stage: who reaches the next, by group, against the stage before. Used by the sections on
ethnic group and sex.
"""

from __future__ import annotations

from profiles.disclosure.labels import UNCLEAR, Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Table, head, interval, shown
from profiles.drawing.page import Page
from profiles.drawing.words import joined
from profiles.figures.groups import Group
from profiles.sections.common import why, withheld_words

# figure, the stage before, what the children of the stage are, what those of the stage before are
STAGES = (
    (
        "referred_36_months",
        "indicated_36_months",
        "referred to the hub",
        "with an indicator at any agency",
    ),
    ("assessed_36_months", "referred_36_months", "assessed as at risk", "referred to the hub"),
    ("high_36_months", "assessed_36_months", "assessed as at high risk", "assessed as at risk"),
    ("charged_36_months", "arrested_36_months", "charged", "arrested"),
)
# Stages whose children are found at two agencies: a missed join lets a child look as if it had not
# reached the second.
JOINED = ("referred_36_months", "drugs_or_weapons_referred")
# The group that all others are compared with, and its children in words.
COMPARED_WITH = {"sex": ("M", "boys"), "ethnicity": ("White", "White children")}
BY = {"sex": "sex", "ethnicity": "ethnic group"}
SAME = (
    (
        "drugs_or_weapons_referred",
        "drugs_or_weapons",
        "referred to the hub at some time",
        "suspected of drug supply or weapons",
    ),
    (
        "drugs_or_weapons_arrested",
        "drugs_or_weapons",
        "arrested and never referred",
        "suspected of drug supply or weapons",
    ),
)


def blocks(store: LabelStore, page: Page, dimension: str) -> list[Block]:
    """Tables of each stage by the groups of a dimension, against the reference group, and what is
    clear in words.
    """
    reference, them = COMPARED_WITH[dimension]
    year = f"in the 36 months to {page.as_at_words}"
    late = f"in the 36 months that ended half a year before {page.as_at_words}"
    built = []
    for s in STAGES:
        built.append(
            _stage(
                store, dimension, reference, them, s, late if s[0].startswith("charged") else year
            )
        )
    same = [_stage(store, dimension, reference, them, s, late) for s in SAME]
    built[0].sentences.insert(
        0,
        "Each stage is set against the one before it, not against the population: who, of the "
        "children that reached one stage, reached the next. The relative rate says how many times "
        "as often as "
        f"{them}. A difference is called one only where its 95% interval leaves out 1; of some "
        "thirty comparisons in this report one or two would do so by chance alone, and no clear "
        "difference is no proof that all are treated alike.",
    )
    same[0].sentences.insert(
        0,
        (
            "Children whom the police suspected of the same kind of offence: who of them came to "
            "the hub, and who was arrested and never referred."
        ),
    )
    return [*built, *same]


def _stage(
    store: LabelStore,
    dimension: str,
    reference: str,
    them: str,
    stage: tuple[str, str, str, str],
    year: str,
) -> Block:
    figure, whole, reached, before = stage
    rows = []
    labels = []
    clear = []
    by_links = []
    tested = 0
    for g in store.groups_of(dimension):
        if not store.has(figure, "count", dimension, g.group):
            continue
        some = store.get(figure, "count", dimension, g.group)
        every = store.get(whole, "count", dimension, g.group)
        percent = _maybe(store, figure, "percent", dimension, g)
        ratio = _maybe(store, figure, "ratio", dimension, g)
        gap = _maybe(store, figure, "gap", dimension, g)
        rows.append(
            [
                head(g.label),
                shown(every),
                shown(some),
                *_cells(percent, ratio, gap, g.group == reference),
            ]
        )
        labels += [some, every]
        tested += bool(ratio and ratio.is_shown)
        if ratio and ratio.is_shown and ratio.note != UNCLEAR:
            clear.append(f"{g.label} {ratio.text} times as often ({ratio.interval})")
            if could_be_missed_links(store, figure, ratio, dimension, g):
                by_links.append(g.label)
    heading = heading_of(reached, before, dimension)
    unknown = [x for x in labels if x.status == "refused"]
    if unknown or not any(x.is_shown for x in labels):
        notes = why(*labels) or [f"{heading}: too few children to be shown."]
        return Block(heading, [], notes=notes)
    if clear:
        sentence = f"Clearly different from {them} in who was {reached}: {joined(clear)}."
    elif tested:
        sentence = f"No clear difference in who was {reached}."
    else:
        sentence = "Too few children to compare."
    sentences = [sentence]
    if by_links:
        sentences.append(
            f"Records that were not joined could make the difference of {joined(by_links)} alone: "
            "see how often names miss a child, by group."
        )
    columns = [
        "",
        before.capitalize(),
        reached.capitalize(),
        "Share",
        "Relative rate",
        "95% interval",
        "Gap, percentage points",
    ]
    tables = [Table(f"Children {before} {year}, and {reached}, by {BY[dimension]}", columns, rows)]
    return Block(
        heading,
        sentences,
        tables=tables,
        notes=withheld_words(labels),
    )


def heading_of(reached: str, before: str, dimension: str) -> str:
    """The heading of a stage's block, which stands in two sections."""
    return f"{reached.capitalize()}, of children {before}, by {BY[dimension]}"


def could_be_missed_links(
    store: LabelStore, figure: str, ratio: Label, dimension: str, g: Group
) -> bool:
    """Whether joins that were missed could make a clear difference by themselves: if all children
    were joined by names, and as many missed as names miss of their group, in one of the two groups
    alone.

    Of the group a share m is missed, of the reference n: the true ratio lies within low·(1 − n) and
    high / (1 − m). A ratio of 0.91 to 0.97 with 4% missed may be 1.01.
    """
    missed_here = _missed(store, dimension, g.group)
    missed_there = _missed(store, dimension, COMPARED_WITH[dimension][0])
    if figure not in JOINED or ratio.lower is None or ratio.upper is None:
        return False
    if ratio.lower > 1:
        return ratio.lower * (1 - missed_there) <= 1
    return ratio.upper / (1 - missed_here) >= 1


def _missed(store: LabelStore, dimension: str, group: str) -> float:
    """The share that names miss of a group: the upper end of its interval where it is shown, of all
    children where it is not.
    """
    for label in (
        store.get("names_miss", "percent", dimension, group),
        store.get("names_miss", "percent"),
    ):
        if label.is_shown and label.upper is not None:
            return min(label.upper / 100, 0.99)
    return 0.0


def _maybe(store: LabelStore, figure: str, measure: str, dimension: str, g: Group) -> Label | None:
    if store.has(figure, measure, dimension, g.group):
        return store.get(figure, measure, dimension, g.group)
    return None


def _cells(
    percent: Label | None, ratio: Label | None, gap: Label | None, is_reference: bool
) -> list[Cell]:
    dash = Cell("–", is_number=True)
    cells = [dash, dash, dash, dash]
    if percent:
        cells[0] = shown(percent)
    if is_reference:
        cells[1] = Cell("compared with", is_number=True)
        return cells
    if ratio:
        cells[1] = shown(ratio)
        cells[2] = interval(ratio)
    if gap:
        cells[3] = shown(gap)
    return cells

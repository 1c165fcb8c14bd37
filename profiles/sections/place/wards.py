"""What the sections' parts on wards share: labels by ward, their order, clusters in words and on a
map.
"""

from __future__ import annotations

from collections.abc import Sequence

from profiles.disclosure.labels import NOT_PUBLISHED, Label, LabelStore
from profiles.drawing.blocks import Cell
from profiles.drawing.words import joined
from profiles.sections.common import refused, residents_source
from profiles.statistics.hotspots import HIGH, LOW

DASH = Cell("–", is_number=True)
EDGES = {HIGH: "many", LOW: "few"}
EDGE_WORDS = (
    ("many", "cluster of high numbers, with its neighbours"),
    ("few", "cluster of low numbers, with its neighbours"),
)
EDGE_WORDS_OF_RATES = (
    ("many", "cluster of high rates, with its neighbours"),
    ("few", "cluster of low rates, with its neighbours"),
)
Labels = dict[str, Label]


def labels(store: LabelStore, figure: str, measure: str = "count") -> Labels:
    """A figure's labels by ward code; none where the edition does not have them."""
    by_ward = {}
    for c in store.area.wards:
        if store.has(figure, measure, "ward", c):
            by_ward[c] = store.get(figure, measure, "ward", c)
    return by_ward


def any_shown(of: Labels) -> bool:
    """Whether any ward is shown."""
    return any(x.is_shown for x in of.values())


def ranked(store: LabelStore, of: Labels) -> list[str]:
    """Ward codes by label, ties by name; those that are not shown follow by name."""
    return sorted(
        of, key=lambda c: (not of[c].is_shown, -(of[c].value or 0), store.area.wards[c].name)
    )


def instead(of: Labels, what: str) -> str:
    """Why there is no map of this, in its place."""
    first = next(iter(of.values()), None)
    if first is None:
        return f"{what} cannot be shown by ward: more wards than the rule allows would be blank."
    if first.status == "refused":
        return f"{what}: {refused(first)}"
    return (
        f"{what} cannot be shown by ward: "
        f"{first.note.removeprefix(NOT_PUBLISHED) or 'too few in every ward'}."
    )


def source(rate: Label) -> str:
    """Where the residents' numbers come from, as a sentence."""
    words = residents_source(rate)
    if words.startswith("estimated"):
        return f"Their number is {words}."
    return f"Their number: {words}."


def edges(cluster: Labels) -> dict[str, str]:
    """How the outlines of wards in clusters are drawn."""
    edge_of = {}
    for c, x in cluster.items():
        if x.text in EDGES:
            edge_of[c] = EDGES[x.text]
    return edge_of


def verdict(label: Label | None, usual: str = "no clear cluster") -> Cell:
    """A verdict in a cell; a dash where there is nothing to say."""
    if label is None or label.text == usual:
        return Cell("–")
    return Cell(label.text, label.key)


def joined_names(store: LabelStore, codes: Sequence[str]) -> str:
    """The wards' names in alphabetical order: a, b and c."""
    return joined(sorted(store.area.wards[c].name for c in codes))


def cluster_words(store: LabelStore, cluster: Labels, what: str) -> list[str]:
    """Which wards are in clusters, of high numbers and of low ones; that none is; or why it is
    not told.
    """
    first = next(iter(cluster.values()), None)
    if first is None or not any_shown(cluster):
        return [
            f"Clusters are not shown: {first.note}."
            if first and first.note
            else "Clusters are not shown."
        ]
    sentences = []
    for text, words in ((HIGH, "high"), (LOW, "low")):
        in_cluster = [c for c, x in cluster.items() if x.text == text]
        if in_cluster:
            sentences.append(
                f"In a cluster of {words} {'rates by home' if what == 'home' else 'numbers'}, "
                f"together with the wards around: {joined_names(store, in_cluster)}."
            )
    return sentences or [
        (
            "No ward is in a clear cluster: the differences between neighbourhoods are such as "
            "chance brings about."
        )
    ]

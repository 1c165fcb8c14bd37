"""Where children ever at risk lived, by ward: counts, rates, smoothed rates, clusters,
deprivation.
"""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Table, head, interval, shown
from profiles.drawing.maps import public_map, ward_map
from profiles.drawing.page import Page
from profiles.figures.verdict_words import AS_MANY
from profiles.sections.common import IN_DEVELOPMENT, counted, refused, withheld_words
from profiles.sections.place.wards import (
    DASH,
    EDGE_WORDS_OF_RATES,
    Labels,
    any_shown,
    cluster_words,
    edges,
    joined_names,
    labels,
    ranked,
    source,
    verdict,
)

MEANS = (
    "A cluster is a ward whose own and neighbouring numbers together are higher, or lower, than "
    "chance alone would bring about if the same numbers were "
    "spread over the area's wards at random (Getis-Ord Gi*; at most one in twenty of the clusters "
    "named is expected to be a false one). "
    f"It does not say why, and says nothing about any child or street. {IN_DEVELOPMENT}"
)


def homes(store: LabelStore, page: Page) -> list[Block]:
    """Children ever at risk in 48 months by ward of home: counts, rates, smoothed rates, clusters,
    deprivation.
    """
    ever = labels(store, "ever_at_risk_48_months")
    total = store.get("ever_at_risk_48_months")
    heading = "Where they lived, over four years"
    if total.status == "refused":
        return [Block(heading, [refused(total)])]
    if not any_shown(ever):
        return [_by_locality(store, page, heading, total)]
    rate = labels(store, "ever_at_risk_48_months", "rate")
    smooth = labels(store, "ever_at_risk_48_months", "smoothed")
    cluster = labels(store, "cluster_home", "estimate")
    beyond = labels(store, "beyond_deprivation", "estimate")
    first = next(iter(rate.values()))
    has_rates = first.status != "refused"
    period = f"48 months to {page.as_at_words}"
    sentences = [
        f"Numbers on one day are too small to show by ward. {total.about.capitalize()} children "
        f"were at risk at any time in the {period}; "
        "those aged 10–17 are counted in the ward of the last home while at risk.",
        (
            f"Rates are per 10,000 residents aged 10–17. {source(first)} A rate of few children "
            "moves a lot by chance: the map shows rates drawn towards the area's, the more, the "
            f"fewer children live there.{_drawn_towards(store, ever, rate, smooth)} They are of "
            "four years together, and not to be compared with those of one day by locality."
        )
        if has_rates
        else f"Rates cannot be given: {first.note}.",
    ]
    words = {}
    for c in ever:
        words[c] = f"{store.area.wards[c].name}: {ever[c].text} children"
        if smooth[c].is_shown:
            words[c] += f", {rate[c].text} per 10,000, {smooth[c].text} smoothed"
    drawn = smooth if has_rates else ever
    if has_rates:
        what = "children ever at risk per 10,000 residents aged 10–17, smoothed"
    else:
        what = "children ever at risk"
    maps = [
        ward_map(
            store.area,
            "homes",
            "Where children at risk lived",
            f"{what}, {period}",
            drawn,
            words,
            edges(cluster),
            EDGE_WORDS_OF_RATES,
        ),
        public_map(
            store.area,
            "deprivation",
            "Deprivation",
            "Index of Multiple Deprivation score, 2025; a higher score is more deprived",
            {c: ward.deprivation for c, ward in store.area.wards.items()},
        ),
    ]
    rows = []
    for c in ranked(store, ever):
        rows.append(
            [
                head(store.area.wards[c].name),
                shown(ever[c]),
                *_rate_cells(rate.get(c), smooth.get(c)),
                Cell(f"{store.area.wards[c].deprivation:g}", is_number=True),
                verdict(cluster.get(c)),
                verdict(beyond.get(c), AS_MANY),
            ]
        )
    table = Table(
        f"Children ever at risk in the {period}, by ward of home",
        [
            "Ward",
            "Children",
            "Per 10,000",
            "95% interval",
            "Smoothed",
            "Deprivation score",
            "Cluster of rates",
            "Beside deprivation",
        ],
        rows,
    )
    notes = [
        *withheld_words(list(ever.values())),
        (
            "Wards stand from most to fewest children; those that are not shown follow by name. "
            "This is no ranking of danger."
        ),
        (
            "A ward's deprivation score is the mean of its small areas (IoD 2025), weighted by "
            "residents; small areas are assigned to wards as fits best."
        ),
    ]
    return [
        Block(heading, sentences, None, [table], notes, maps),
        Block("Clusters of wards", [*cluster_words(store, cluster, "home"), MEANS]),
        _deprivation(store, beyond),
    ]


def _drawn_towards(store: LabelStore, ever: Labels, rate: Labels, smooth: Labels) -> str:
    """What smoothing does to the ward of the most children, where it can be seen."""
    ward = ranked(store, ever)[0]
    if rate[ward].text == smooth[ward].text or not (rate[ward].is_shown and smooth[ward].is_shown):
        return ""
    return (
        f" {store.area.wards[ward].name} is at {rate[ward].text} in the table, and at "
        f"{smooth[ward].text} on the map."
    )


def _rate_cells(rate: Label | None, smooth: Label | None) -> list[Cell]:
    if rate is None or smooth is None:
        return [DASH, DASH, DASH]
    return [shown(rate), interval(rate), shown(smooth)]


def _deprivation(store: LabelStore, beyond: Labels) -> Block:
    heading = "Is this the map of deprivation again?"
    ratio = store.get("deprivation_ratio", "estimate")
    if not ratio.is_shown:
        return Block(heading, [f"This cannot be shown at present: {ratio.note}."])
    named = {text: [c for c, x in beyond.items() if x.text == text] for text in ("more", "fewer")}
    rest = []
    for text, codes in named.items():
        if codes:
            where = joined_names(store, codes)
            rest.append(
                f"{text.capitalize()} children were ever at risk than deprivation alone would "
                f"suggest in {where}."
            )
    if not rest:
        rest.append(
            "Beyond that, wards that are equally deprived differ so much that none stands clearly "
            "apart."
        )
    sentences = [
        f"The rate is {ratio.note}: a ward among the most deprived tenth has {ratio.text} times "
        "the rate of one among the least deprived tenth, the range being a 95% interval.",
        *rest,
    ]
    row = [head("Tenth most against tenth least deprived ward"), shown(ratio)]
    caption = "How many times higher the rate is in more deprived wards"
    table = Table(caption, ["", "Ratio (95% interval)"], [row])
    model = (
        "From a Poisson model of counts by deprivation score with residents aged 10–17 as "
        "exposure; intervals allow for what wards differ beyond chance."
    )
    return Block(heading, sentences, tables=[table], notes=[model])


def _by_locality(store: LabelStore, page: Page, heading: str, total: Label) -> Block:
    rows = counted(store, "ever_at_risk_48_months", "locality")
    table = Table(
        "Children ever at risk in 48 months, by locality of the last home while at risk",
        ["Locality", "Children"],
        [[head(g.label), shown(c)] for g, c, _ in rows],
    )
    sentences = [
        (
            f"Children at risk at any time in the 48 months to {page.as_at_words}: "
            f"{total.about}. They cannot be shown by ward: too many wards have too few children. "
            "By locality they were:"
        )
    ]
    return Block(
        heading,
        sentences,
        tables=[table] if rows else [],
    )

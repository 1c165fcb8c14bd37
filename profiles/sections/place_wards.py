"""What the section on place tells by ward: homes, clusters, deprivation, where nobody is looking, incidents, harm, time."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from profiles.areas import AS_MANY, QUADRANTS
from profiles.blocks import Block, Cell, Map, Table, head, interval, shown
from profiles.charts import funnel
from profiles.disclosure.counts import NOT_PUBLISHED
from profiles.disclosure.store import Label, LabelStore
from profiles.groups import Group, deprivation, groups_of, wards
from profiles.maps import breaks, public_map, shade_of, ward_map
from profiles.page import Page
from profiles.sections.common import counted, joined, refused, withheld_words
from profiles.statistics import rates
from profiles.statistics.hotspots import HIGH, LOW

DASH = Cell("–", is_number=True)
EDGES = {HIGH: "many", LOW: "few"}
MEANS = (
    "A cluster is a ward whose own and neighbouring numbers together are higher, or lower, than chance alone would bring about if the same numbers were "
    "spread over the city's wards at random (Getis-Ord Gi*; at most one in twenty of the clusters named is expected to be a false one). "
    "It does not say why, and says nothing about any child or street."
)
Labels = dict[str, Label]


def labels(store: LabelStore, figure: str, measure: str = "count") -> Labels:
    """A figure's labels by ward code; none where the edition does not have them."""
    return {c: store.get(figure, measure, "ward", c) for c in wards() if store.has(figure, measure, "ward", c)}


def told(of: Labels) -> bool:
    """Whether any ward is shown."""
    return any(x.is_shown for x in of.values())


def ranked(of: Labels) -> list[str]:
    """Ward codes by label, ties by name; those that are not shown follow by name."""
    return sorted(of, key=lambda c: (not of[c].is_shown, -(of[c].value or 0), wards()[c][0]))


def instead(of: Labels, what: str) -> str:
    """Why there is no map of this, in its place."""
    first = next(iter(of.values()), None)
    if first is None:
        return f"{what} cannot be shown by ward: more wards than the rule allows would be blank."
    if first.status == "refused":
        return f"{what}: {refused(first)}"
    return f"{what} cannot be shown by ward: {first.note.removeprefix(NOT_PUBLISHED) or 'too few in every ward'}."


def homes(store: LabelStore, page: Page) -> list[Block]:
    """Children ever at risk in 48 months by ward of home: counts, rates, smoothed rates, clusters, deprivation."""
    ever = labels(store, "ever_at_risk_48_months")
    total = store.get("ever_at_risk_48_months")
    heading = "Where they lived, over four years"
    if total.status == "refused":
        return [Block(heading, [refused(total)])]
    if not told(ever):
        return [_by_locality(store, page, heading, total)]
    rate, smooth = labels(store, "ever_at_risk_48_months", "rate"), labels(store, "ever_at_risk_48_months", "smoothed")
    cluster, beyond = labels(store, "cluster_home", "estimate"), labels(store, "beyond_deprivation", "estimate")
    first = next(iter(rate.values()))
    has_rates = first.status != "refused"
    period = f"48 months to {page.as_at_words}"
    sentences = [
        f"Numbers on one day are too small to show by ward. {total.about.capitalize()} children were at risk at any time in the {period}; "
        "those aged 10–17 are counted in the ward of the last home while at risk.",
        f"Rates are per 10,000 residents aged 10–17. {source(first)} A rate of few children moves a lot by chance: the map shows rates drawn towards the city's, the more, the fewer children live there. They are of four years together, and not to be compared with those of one day by locality."
        if has_rates
        else f"Rates cannot be given: {first.note}.",
    ]
    words = {
        c: f"{wards()[c][0]}: {ever[c].text} children{f', {smooth[c].text} per 10,000 (smoothed)' if smooth[c].is_shown else ''}"
        for c in ever
    }
    drawn = smooth if has_rates else ever
    what = "children ever at risk per 10,000 residents aged 10–17, smoothed" if has_rates else "children ever at risk"
    maps = [
        ward_map(
            "homes", "Where children at risk lived", f"{what}, {period}", drawn, words, edges(cluster), EDGE_WORDS
        ),
        public_map(
            "deprivation",
            "Deprivation",
            "Index of Multiple Deprivation score, 2025; a higher score is more deprived",
            deprivation(),
        ),
    ]
    rows = [
        [head(wards()[c][0]), shown(ever[c]), *_rate_cells(rate.get(c), smooth.get(c)), Cell(f"{deprivation()[c]:g}", is_number=True),
         _said(cluster.get(c)), _said(beyond.get(c), AS_MANY)]
        for c in ranked(ever)
    ]  # fmt: skip
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
        "Wards stand from most to fewest children; those that are not shown follow by name. This is no ranking of danger.",
        "A ward's deprivation score is the mean of its small areas (IoD 2025), weighted by residents; small areas are assigned to wards as fits best.",
    ]
    return [
        Block(heading, sentences, None, [table], notes, maps),
        Block("Clusters of wards", [*_clusters(cluster, "home"), MEANS]),
        _deprivation(store, beyond),
    ]


def source(rate: Label) -> str:
    """Where the residents' numbers come from, as a sentence."""
    told = rate.note.removeprefix("denominator: residents aged 10–17, ")
    return f"Their number is {told}." if told.startswith("estimated") else f"Their number: {told}."


EDGE_WORDS = (("many", "cluster of high numbers"), ("few", "cluster of low numbers"))


def edges(cluster: Labels) -> dict[str, str]:
    """How the outlines of wards in clusters are drawn."""
    return {c: EDGES[x.text] for c, x in cluster.items() if x.text in EDGES}


def _said(label: Label | None, usual: str = "no clear cluster") -> Cell:
    """A verdict in a cell; a dash where there is nothing to say."""
    return DASH if label is None or label.text == usual else Cell(label.text, label.key)


def _rate_cells(rate: Label | None, smooth: Label | None) -> list[Cell]:
    if rate is None or smooth is None:
        return [DASH, DASH, DASH]
    return [shown(rate), interval(rate), shown(smooth)]


def _named(codes: Sequence[str]) -> str:
    return joined(sorted(wards()[c][0] for c in codes))


def _clusters(cluster: Labels, what: str) -> list[str]:
    first = next(iter(cluster.values()), None)
    if first is None or not told(cluster):
        return [f"Clusters are not told: {first.note}." if first and first.note else "Clusters are not told."]
    found = []
    for text, words in ((HIGH, "high"), (LOW, "low")):
        here = [c for c, x in cluster.items() if x.text == text]
        if here:
            found.append(f"In a cluster of {words} {'rates by home' if what == 'home' else 'numbers'}: {_named(here)}.")
    return found or [
        "No ward stands in a clear cluster: the differences between neighbourhoods are such as chance brings about."
    ]


def _deprivation(store: LabelStore, beyond: Labels) -> Block:
    heading = "Is this the map of deprivation again?"
    ratio = store.get("deprivation_ratio", "estimate")
    if not ratio.is_shown:
        return Block(heading, [f"This cannot be told at present: {ratio.note}."])
    named = {text: [c for c, x in beyond.items() if x.text == text] for text in ("more", "fewer")}
    rest = [
        f"{text.capitalize()} children were ever at risk than deprivation alone would suggest in {_named(codes)}."
        for text, codes in named.items()
        if codes
    ]
    return Block(
        heading,
        [
            f"The rate is {ratio.note}: between the ward that a tenth of wards are more deprived than and the one that a tenth are less deprived than, it differs by a factor of {ratio.text}, the range being a 95% interval.",
            *(rest or ["Beyond that, no ward has clearly more or fewer children than deprivation alone would suggest."]),
        ],
        None,
        [Table("How many times higher the rate is in more deprived wards", ["", "Ratio (95% interval)"], [[head("Tenth most against tenth least deprived ward"), shown(ratio)]])],
        ["From a Poisson model of counts by deprivation score with residents aged 10–17 as exposure; intervals allow for what wards differ beyond chance."],
    )  # fmt: skip


def _by_locality(store: LabelStore, page: Page, heading: str, total: Label) -> Block:
    rows = counted(store, "ever_at_risk_48_months", "locality")
    table = Table("Children ever at risk in 48 months, by locality of the last home while at risk", ["Locality", "Children"], [[head(g.label), shown(c)] for g, c, _ in rows])  # fmt: skip
    return Block(
        heading,
        [
            f"Children at risk at any time in the 48 months to {page.as_at_words}: {total.about}. They cannot be shown by ward: too few stand in too many of them. By locality they were:"
        ],
        tables=[table] if rows else [],
    )


def unseen(store: LabelStore, page: Page) -> Block:
    """Wards with indicators and hardly a referral; the funnel of referrals against what is expected."""
    heading = "Where nobody may be looking"
    indicated, referred = labels(store, "indicated_36_months"), labels(store, "referred_36_months")
    expected = labels(store, "referred_36_months", "expected")
    if not told(indicated) or not told(referred):
        return Block(
            heading, [instead(referred if told(indicated) else indicated, "Children with indicators and referrals")]
        )
    period = f"36 months to {page.as_at_words}"
    common = (store.get("referred_36_months"), store.get("indicated_36_months"))
    few = _too_few(indicated, referred, common)
    fewer = [c for c, x in expected.items() if x.is_shown and "fewer" in x.note]
    sentences = [
        f"Fewer children than expected at the city's common share were referred in the {period} in {_named([*few, *fewer])}."
        if few or fewer
        else f"In no ward were clearly fewer children referred in the {period} than at the city's common share.",
        *([f"Of these, {_named(few)} had too few referrals to be shown."] if few else []),
        "Of wards that refer as all others do, about one in twenty lies outside the 95% limits by chance. Few referrals where there are indicators can mean that concerns are met in other ways, or that nobody is looking.",
    ]
    rows = []
    for c in ranked(indicated):
        e = expected.get(c)
        verdict = (e.note or "as expected") if e and e.is_shown else "–"
        cells = [shown(e), interval(e)] if e else [DASH, DASH]
        share = store.get("referred_36_months", "percent", "ward", c)
        rows.append([head(wards()[c][0]), shown(indicated[c]), shown(referred[c]), shown(share), *cells, Cell(verdict)])
    table = Table(
        f"Children with indicators and those referred to the hub, {period}, by ward of home on the day",
        ["Ward", "With indicators", "Referred", "Share", "Expected", "95% limits", "Against expected"],
        rows,
    )
    chart = None
    if all(x.value for x in common):
        chart = funnel(
            "referral_funnel",
            "Children referred against children with indicators, by ward",
            f"{period}; the line is the city's share, dashed lines its 95% limits, dotted ones 99.8%",
            [(wards()[c][0], indicated[c], referred[c], expected[c]) for c in sorted(expected)],
            (common[0].value or 0, common[1].value or 0),
        )
    notes = withheld_words([*indicated.values(), *referred.values()])
    return Block(heading, sentences, chart, [table], notes)


def _too_few(indicated: Labels, referred: Labels, common: tuple[Label, Label]) -> list[str]:
    """Wards whose referrals are too few to be shown though even the lower 95% limit would be shown."""
    found = []
    for c, x in indicated.items():
        if x.is_shown and referred[c].status == "suppressed" and all(y.value for y in common):
            low = rates.funnel(x.value or 0, common[0].value or 0, common[1].value or 1, rates.FUNNEL[0])[1]
            # “fewer than 8” names what it is below.
            if low >= int(referred[c].text.split()[-1]):
                found.append(c)
    return found


def places(store: LabelStore, page: Page) -> list[Block]:
    """Where incidents happened and where missing children were found, each on its own; counted apart; risk and harm."""
    incidents, found = labels(store, "involvements"), labels(store, "found_reports")
    period = f"12 months to {page.as_at_words}"
    maps: list[Map] = []
    sentences = []
    for of, figure, cluster, name, title, what in (
        (incidents, "involvements", "cluster_incident", "incidents", "Where crimes and incidents happened", f"children's parts in crimes and incidents, {period}"),
        (found, "found_reports", "cluster_found", "found", "Where missing children were found", f"reports of missing children, by where the child was found, 24 months to {page.as_at_words}"),
    ):  # fmt: skip
        if not told(of):
            sentences.append(instead(of, title))
            continue
        words = {c: f"{wards()[c][0]}: {x.text}" for c, x in of.items()}
        said = labels(store, cluster, "estimate")
        maps.append(ward_map(name, title, what, of, words, edges(said), EDGE_WORDS))
        sentences.append(f"{title}: {' '.join(_clusters(said, figure))}")
    if not maps:
        return [Block("Where things happened", sentences)]
    first = incidents if told(incidents) else found
    quadrant = labels(store, "risk_and_harm", "estimate")
    rows = [
        [
            head(wards()[c][0]),
            *(shown(of[c]) if c in of else DASH for of in (incidents, found)),
            *(
                _said(store.get(f, "estimate", "ward", c)) if store.has(f, "estimate", "ward", c) else DASH
                for f in ("cluster_incident", "cluster_found")
            ),
        ]
        for c in ranked(first)
    ]
    table = Table(
        f"Crimes and incidents in 12 months, and where missing children were found in 24 months to {page.as_at_words}, by ward",
        [
            "Ward",
            "Children's parts in crimes and incidents",
            "Reports, by ward where found",
            "Cluster of incidents",
            "Cluster of finds",
        ],
        rows,
    )
    notes = [
        "Busy places have more of everything: these are numbers, not rates, and a child may live elsewhere.",
        "What happened at a children's home, and children of homes or missing from care who were found, are counted apart, so that no map shows where homes are.",
        *withheld_words([*incidents.values(), *found.values()]),
    ]
    return [Block("Where things happened", sentences, None, [table], notes, maps), *_harm(store, quadrant, period)]


def _harm(store: LabelStore, quadrant: Labels, period: str) -> list[Block]:
    heading = "Risk beside recorded harm"
    if not told(quadrant):
        first = next(iter(quadrant.values()), None)
        return [Block(heading, [f"This cannot be told at present: {first.note}."])] if first else []
    lists = {q: [c for c, x in quadrant.items() if x.text == q] for q in QUADRANTS.values()}
    first_of = {q: next((quadrant[c] for c in codes), None) for q, codes in lists.items()}
    rows = [
        [Cell(first_of[q].text, first_of[q].key) if first_of[q] else Cell(q), Cell(_named(codes))]  # type: ignore[union-attr]
        for q, codes in lists.items() if codes
    ]  # fmt: skip
    bare = store.get("harm_without_weight")
    return [
        Block(
            heading,
            [
                "Each ward is set above or below the middle ward twice: by the rate of children ever at risk who live there, and by the harm of the crimes recorded there in which a child was a victim or a suspect. "
                "Harm counts each crime once by a weight, so that a robbery counts for more than a theft.",
                "Harm is a total, not a rate, so busy wards have more of it; a ward near the middle might as well stand on the other side of it. "
                f"For {bare.about} of children's parts as victim or suspect in the {period} there is no weight, and they count as no harm.",
                "Higher risk with less recorded harm can mean that exploitation there does not reach the police; lower risk with more harm, that children are exploited away from home.",
            ],
            None,
            [
                Table("Wards by risk and recorded harm", ["Risk and harm", "Wards"], rows),
                Table("Children's parts as victim or suspect in crimes without a weight of harm", ["", "Parts"], [[head("Without a weight"), shown(bare)]]),
            ],
            [f"Weights of harm: {bare.note}. The partnership can put others in their place, such as the Cambridge Crime Harm Index."],
        )
    ]  # fmt: skip


def apart(store: LabelStore) -> Block:
    """What stands in no ward, for each of the things counted."""
    figures = (
        ("ever_at_risk_48_months", "Ever at risk in 48 months"),
        ("indicated_36_months", "With indicators in 36 months"),
        ("referred_36_months", "Referred in 36 months"),
        ("involvements", "Parts in crimes and incidents"),
        ("found_reports", "Reports in 24 months, by where found"),
    )
    groups: list[Group] = [
        g for g in groups_of("ward") if any(store.has(f, "count", "ward", g.group) for f, _ in figures)
    ]
    there = [(f, words) for f, words in figures if any(store.has(f, "count", "ward", g.group) for g in groups)]
    rows = [
        [
            head(g.label),
            *(
                shown(store.get(f, "count", "ward", g.group)) if store.has(f, "count", "ward", g.group) else DASH
                for f, _ in there
            ),
        ]
        for g in groups
    ]
    return Block(
        "", tables=[Table("Counted in no ward of today", ["", *(w for _, w in there)], rows)] if rows and there else []
    )


def times(store: LabelStore, page: Page) -> Block:
    """Weekday by hour of crimes and incidents, shaded; by three hours where single ones are too small."""
    heading = "When in the week"
    days = groups_of("weekday")
    everything = store.get("incident_times")
    if everything.status == "refused":
        return Block(heading, [refused(everything)])
    kind = next(
        (
            k
            for k in ("hour", "hour_band")
            if store.has("incident_times", "count", k, _first(k), {"weekday": days[0].group})
        ),
        None,
    )
    cells: dict[tuple[str, str], Label] = {}
    if kind:
        cells = {
            (g.group, d.group): store.get("incident_times", "count", kind, g.group, {"weekday": d.group})
            for g in groups_of(kind) for d in days if not g.is_residual
        }  # fmt: skip
    by_day = [(d.label, store.get("incident_times", "count", "weekday", d.group)) for d in days]
    unknown = store.get("incident_times", "count", "hour", "not known")
    parts = f"{everything.about} parts that children had in crimes and incidents in 12 months"
    clear = [t for t, x in by_day if x.is_shown and _share_is_over(x, everything, 1 / len(days))]
    sentence = [
        f"Of the {parts}, more than a seventh fell on {joined(clear)}."
        if clear
        else f"Of the {parts}, no day of the week had clearly more than its seventh."
    ]
    notes = [
        f"The hour was not known for {unknown.about}; these stand in no cell.",
        *withheld_words(list(cells.values())),
    ]
    if not any(x.is_shown for x in cells.values()):
        return Block(
            heading,
            sentence,
            None,
            [
                Table(
                    "Parts in crimes and incidents, by weekday",
                    ["Weekday", "Parts"],
                    [[head(t), shown(x)] for t, x in by_day],
                )
            ],
            notes,
        )
    ranges = breaks([x.value for x in cells.values() if x.value is not None])
    rows = [
        [head(g.label), *(_shaded(cells[g.group, d.group], ranges) for d in days)]
        for g in groups_of(kind or "hour")
        if not g.is_residual
    ]
    rows.append([head("All hours"), *(shown(x) for _, x in by_day)])
    caption = f"Children's parts in crimes and incidents in the 12 months to {page.as_at_words}, by hour and weekday; darker is more"
    return Block(heading, sentence, None, [Table(caption, ["Hour", *(d.label[:3] for d in days)], rows)], notes)


def _share_is_over(part: Label, whole: Label, share: float) -> bool:
    return bool(whole.value) and float(rates.wilson(part.value or 0, whole.value or 0)[0]) > share


def _first(kind: str) -> str:
    return groups_of(kind)[0].group


def _shaded(label: Label, ranges: Sequence[tuple[float, float]]) -> Cell:
    return Cell(
        label.text,
        label.key,
        is_number=True,
        shade=shade_of(label.value, ranges) if label.is_shown and label.value is not None else "",
    )


def named(of: Mapping[str, Label], most: int = 3) -> list[str]:
    """The wards with most, with their labels."""
    return [f"{wards()[c][0]} ({of[c].about})" for c in ranked(dict(of))[:most] if of[c].is_shown]

"""What is known of one locality, beside the whole area: a page of its own for those who meet
there. The same labels as in the report, and none besides.
"""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head, interval, shown
from profiles.drawing.page import Page
from profiles.figures.groups import Group
from profiles.sections.common import withheld_words
from profiles.sections.place.wards import DASH, ranked

LOCALITY = "locality"
LEADING = ("at_risk", "at_risk_residents_10_17")
# Figures by ward, in the words of the columns.
BY_WARD = (
    ("ever_at_risk_48_months", "Ever at risk in 48 months"),
    ("indicated_36_months", "With indicators in 36 months"),
    ("referred_36_months", "With indicators, and referred to the hub"),
)
CROSSED = (
    ("risk_level", "level of risk"),
    ("sex", "sex"),
    ("age_band", "age band"),
    ("plan", "care and plan"),
)


def localities(store: LabelStore) -> list[Group]:
    """The localities of the area that have a page; none where the edition has no breakdown by
    them.
    """
    named = []
    for group in store.groups_of(LOCALITY):
        is_one = not group.is_residual and not group.is_sum
        if is_one and store.has("at_risk", "count", LOCALITY, group.group):
            named.append(group)
    return named


def build_locality(store: LabelStore, page: Page, locality: Group) -> Section:
    """The locality's numbers beside the area's, who its children are, and its wards."""
    here = store.get("at_risk", "count", LOCALITY, locality.group)
    everywhere = store.get("at_risk", period_end=page.as_at)
    if here.is_shown:
        answer = (
            f"{here.about.capitalize()} of {everywhere.about} children at risk on "
            f"{page.as_at_words} had their home in the locality {locality.label}."
        )
    else:
        answer = f"How many children at risk had their home in {locality.label} is {here.text}."
    blocks = [_beside(store, locality), *_who(store, page, locality), _wards(store, locality)]
    blocks.append(
        Block(
            "What this page does not tell",
            notes=[
                "Which services know these children, what happened to them and what came before is "
                "not told by locality: too few children stand in each cell.",
                "A locality with more children at risk is not one with worse services or more "
                "crime: more may have been looked for there.",
            ],
        )
    )
    return Section(LOCALITY, locality.label, answer, blocks)


def _beside(store: LabelStore, locality: Group) -> Block:
    """Every figure that is told by locality, by construction: a row for each."""
    area = store.area.name
    rows = []
    labels = []
    figures = store.register.figures
    # Who is at risk comes first; the others keep the order of the register.
    for key in sorted(figures, key=lambda key: key not in LEADING):
        if not store.has(key, "count", LOCALITY, locality.group):
            continue
        here = store.get(key, "count", LOCALITY, locality.group)
        share, between = _share(store, key, (LOCALITY, locality.group))
        whole = DASH
        if store.has(key, "count", "all", "all"):
            whole = shown(store.get(key))
        share_of_all, _ = _share(store, key, ("all", "all"))
        name = figures[key].entry.name
        rows.append([head(name), shown(here), share, between, whole, share_of_all])
        labels.append(here)
    columns = ["", locality.label, "Share or rate", "95% interval", area, "Share or rate there"]
    caption = f"{locality.label} beside {area}"
    sentences = [
        "A share is of the children whom the figure could count; a rate is per 10,000 residents "
        "aged 10–17."
    ]
    return Block(
        f"Beside {area}",
        sentences,
        tables=[Table(caption, columns, rows)],
        notes=withheld_words(labels),
    )


def _share(store: LabelStore, figure: str, of: tuple[str, str]) -> tuple[Cell, Cell]:
    """A figure's percentage or rate with its interval; dashes where it has neither."""
    for measure, unit in (("percent", "%"), ("rate", "")):
        if store.has(figure, measure, *of):
            label = store.get(figure, measure, *of)
            return shown(label), interval(label, unit)
    return DASH, DASH


def _who(store: LabelStore, page: Page, locality: Group) -> list[Block]:
    """The children at risk here by level, sex, age and plan, where the edition tells them."""
    blocks = []
    for dimension, words in CROSSED:
        rows = []
        labels: list[Label] = []
        for group in store.groups_of(dimension):
            also = {dimension: group.group}
            if group.is_sum or not store.has("at_risk", "count", LOCALITY, locality.group, also):
                continue
            label = store.get("at_risk", "count", LOCALITY, locality.group, also)
            rows.append([head(group.label), shown(label)])
            labels.append(label)
        if not any(label.is_shown for label in labels):
            continue
        caption = f"Children at risk in {locality.label} on {page.as_at_words}, by {words}"
        table = Table(caption, [words.capitalize(), "Children"], rows)
        blocks.append(Block(f"By {words}", tables=[table], notes=withheld_words(labels)))
    return blocks


def _wards(store: LabelStore, locality: Group) -> Block:
    wards = {code: w for code, w in store.area.wards.items() if w.locality == locality.group}
    told = [(f, words) for f, words in BY_WARD if store.has(f, "count", "ward", next(iter(wards)))]
    if not told:
        return Block("Its wards", ["Nothing can be shown by ward: too many would be blank."])
    first = {code: store.get(told[0][0], "count", "ward", code) for code in wards}
    rows = []
    labels = []
    for code in ranked(store, first):
        cells = [store.get(figure, "count", "ward", code) for figure, _ in told]
        rows.append([head(wards[code].name), *map(shown, cells)])
        labels += cells
    columns = ["Ward", *(words for _, words in told)]
    table = Table(f"Children by ward of home, {locality.label}", columns, rows)
    return Block("Its wards", tables=[table], notes=withheld_words(labels))

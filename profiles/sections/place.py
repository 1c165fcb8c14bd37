"""Where the children at risk live: localities on the day, wards over 48 months."""

from __future__ import annotations

from profiles.blocks import Block, Section, Table, head, shown
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.groups import groups_of, wards
from profiles.page import Page
from profiles.sections.common import counted, joined, refused, share_table


def build(store: LabelStore, page: Page) -> Section:
    """Stock by locality; ever at risk in 48 months by ward, grouped by locality."""
    rows = counted(store, "at_risk", "locality")
    title = "Where they live"
    if rows[0][1].status == "refused":
        return Section("place", title, refused(rows[0][1]), [])
    inside = sorted(
        (r for r in rows if not r[0].is_residual and r[1].is_shown), key=lambda r: (-(r[1].value or 0), r[0].label)
    )
    parts = [f"{g.label} ({count.about})" for g, count, _ in inside]
    ever = store.get("ever_at_risk_48_months")
    answer = (
        f"By locality, from most to fewest children at risk: {joined(parts)}."
        if parts
        else "No locality has enough children at risk to be shown."
    )
    homes = next((s.not_supplied.get("residences") for s in page.sources if s.agency == "trust"), None)
    undated = (
        [f"The Trust supplied no dated homes ({homes}): each child is counted at the home it has now."] if homes else []
    )
    ordered = [*inside, *(r for r in rows if r not in inside)]
    return Section(
        "place",
        title,
        answer,
        [
            Block(
                "By locality",
                ["Localities differ in how many children live in them, so these are numbers, not rates.", *undated],
                bars(
                    "locality",
                    "Children at risk, by locality of home",
                    f"children at risk on {page.as_at_words}",
                    [(g.label, c) for g, c, _ in ordered],
                ),
                [
                    share_table(
                        f"Children at risk on {page.as_at_words}, by locality of home",
                        "Locality",
                        ordered,
                        "residents of known locality",
                    )
                ],
            ),
            Block(
                "By ward, over four years",
                [
                    f"Wards are too small for the number on one day. They show children at risk at any time in the 48 months to {page.as_at_words}: {ever.about} in the whole city, "
                    "each in the ward of the last home while at risk."
                ],
                tables=_ward_tables(store),
                notes=[
                    "Children in residential homes are counted apart, so that the table does not show where homes are. Within a locality, wards stand from most to fewest "
                    "children; those that are not shown follow in alphabetical order."
                ],
            ),
        ],
    )


def _ward_tables(store: LabelStore) -> list[Table]:
    tables = []
    for locality in groups_of("locality"):
        if locality.is_residual:
            continue
        names = {code: name for code, (name, where) in wards().items() if where == locality.group}
        labels = [(names[code], store.get("ever_at_risk_48_months", "count", "ward", code)) for code in names]
        labels.sort(key=lambda x: (-(x[1].value or 0), x[0]))
        tables.append(
            Table(
                f"{locality.label} locality: children ever at risk in 48 months",
                ["Ward", "Children"],
                [[head(n), shown(x)] for n, x in labels],
            )
        )
    rest = [
        [head(g.label), shown(store.get("ever_at_risk_48_months", "count", "ward", g.group))] for g in groups_of("ward")
    ]
    return [*tables, Table("Counted apart", ["", "Children"], rest)]

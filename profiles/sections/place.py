"""Where the children at risk live: localities on the day, wards over 48 months."""

from __future__ import annotations

from profiles.blocks import Block, Section, Table, head, shown
from profiles.charts import bars
from profiles.disclosure.store import LabelStore
from profiles.groups import groups_of, wards
from profiles.page import Page
from profiles.sections.common import counted, crossed, joined, merged_words, refused


def build(store: LabelStore, page: Page) -> Section:
    """Stock by locality; ever at risk in 48 months by ward, grouped by locality."""
    rows = counted(store, "at_risk", "locality")
    title = "Where they live"
    if rows[0][1].status == "refused":
        return Section("place", title, refused(rows[0][1], "where the children at risk live"), [])
    inside = sorted(
        (r for r in rows if not r[0].is_residual and r[1].is_shown), key=lambda r: (-(r[1].value or 0), r[0].label)
    )
    answer = "No locality has enough children at risk to be shown."
    if inside:
        parts = [f"{count.about} in {g.label}" for g, count, _ in inside]
        answer = f"By locality of home, children at risk: {joined(parts)}. Without child populations by locality this does not show where the risk is greatest."
    homes = next((s.not_supplied.get("residences") for s in page.sources if s.agency == "trust"), None)
    undated = (
        [f"The Trust supplied no dated homes ({homes}): each child is counted at the home it has now."] if homes else []
    )
    ordered = [*inside, *(r for r in rows if r not in inside)]
    localities = Block(
        "By locality",
        [
            "The five localities are those that the council and the NHS use. They differ in how many children live in them, and these are numbers, not rates.",
            *undated,
        ],
        bars(
            "locality",
            "Children at risk, by locality of home",
            f"children at risk on {page.as_at_words}",
            [(g.label, c) for g, c, _ in ordered],
        ),
        [
            Table(
                f"Children at risk on {page.as_at_words}, by locality of home",
                ["Locality", "Children"],
                [[head(g.label), shown(count)] for g, count, _ in ordered],
            )
        ],
        merged_words(store, "at_risk", "locality"),
    )
    return Section("place", title, answer, [localities, *_crossed(store, page), _over_time(store, page)])


def _crossed(store: LabelStore, page: Page) -> list[Block]:
    """Localities broken down further, where the edition has that."""
    blocks = []
    dimensions = (("risk_level", "level of risk"), ("sex", "sex"), ("age_band", "age band"), ("plan", "care and plan"))
    for across, what in dimensions:
        caption = f"Children at risk on {page.as_at_words}, by locality of home and {what}"
        tables, notes = crossed(store, "at_risk", "locality", across, caption, "Locality")
        if tables or notes:
            blocks.append(Block(tables=tables, notes=notes))
    return blocks


def _over_time(store: LabelStore, page: Page) -> Block:
    ever = store.get("ever_at_risk_48_months")
    heading = "By ward, over four years"
    if ever.status == "refused":
        return Block(heading, [refused(ever)])
    by_locality = counted(store, "ever_at_risk_48_months", "locality")
    if by_locality:
        reason = store.get("ever_at_risk_48_months", "count", "ward", next(iter(wards()))).note
        return Block(
            "Over four years",
            [
                f"Children at risk at any time in the 48 months to {page.as_at_words}: {ever.about}. By ward {reason}; by locality they were:"
            ],
            tables=[
                Table(
                    "Children ever at risk in 48 months, by locality of the last home while at risk",
                    ["Locality", "Children"],
                    [[head(g.label), shown(count)] for g, count, _ in by_locality],
                )
            ],
        )
    return Block(
        heading,
        [
            f"Numbers on one day are too small to show by ward. These tables count {ever.about} children who were at risk at any time in the 48 months to "
            f"{page.as_at_words}, each in the ward of the last home while at risk. Wards with more children living in them have more; this is no ranking of danger."
        ],
        tables=_ward_tables(store),
        notes=[
            "Children in residential homes are counted apart, so that the tables do not show where homes are.",
            "Wards stand from most to fewest children; those that are not shown follow in alphabetical order.",
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
        rows = [[head(n), shown(x)] for n, x in labels]
        tables.append(
            Table(f"{locality.label} locality: children ever at risk in 48 months", ["Ward", "Children"], rows)
        )
    rest = [[head(g.label), shown(count)] for g, count, _ in counted(store, "ever_at_risk_48_months", "ward")]
    return [*tables, Table("Counted apart: children ever at risk in 48 months", ["", "Children"], rest)]

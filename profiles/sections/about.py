"""What the report is, from which extracts, and what to bear in mind: written from what was
received.
"""

from __future__ import annotations

import datetime as dt

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head
from profiles.drawing.page import Page, Source
from profiles.drawing.words import in_words
from profiles.figures.dates import long_date

PURPOSE = (
    "This is that profile, as far as the extracts allow: numbers about groups of children, "
    "never about one child."
)

EXPERIMENTAL = (
    "These are statistics in development: no other area has published them, and how they are made "
    "may change. Where the method changes, “What changed” says so; it is not shown as a rise or a "
    "fall."
)
TRIED = [
    "How many children no agency has seen: the method is established, but its use on lists of this "
    "kind is not.",
    "Clusters of wards, and shares by ward: few children are behind each.",
    "The look ahead: shown only where it did better than saying that nothing changes, which may be "
    "chance.",
    "Joining the records of one child across agencies: how often it fails is estimated, not known.",
]


def _date(text: str) -> str:
    return long_date(dt.datetime.fromisoformat(text).date())


def build(store: LabelStore, page: Page) -> Section:
    """Terms of reference, sources and their dates, generated caveats."""
    rows = []
    for s in page.sources:
        rows.append(
            [
                head(s.name),
                Cell(_date(s.extracted_at)),
                Cell(f"{_date(s.period_start)} to {_date(s.period_end)}"),
            ]
        )
    rows += [[head(name), Cell("no accepted supply"), Cell("–")] for name in page.missing_agencies]
    agencies = len({s.agency for s in page.sources})
    answer = (
        f"This profile brings together what {in_words(agencies)} "
        f"{'agency' if agencies == 1 else 'agencies'} in {store.area.name} recorded about child "
        "criminal "
        f"exploitation, as things stood on {page.as_at_words}."
    )
    sentences = [
        f"{store.area.file.background} {PURPOSE}".strip(),
        f"“At risk” means: open to {store.area.agencies['trust'].name}'s "
        f"{store.area.file.hub} for child criminal exploitation on the day, and "
        "last assessed there as at low, medium or high risk. It counts children whom "
        "services recorded. It is not the number of children who are exploited.",
    ]
    tables = [
        Table(
            "Extracts in use, without direct identifiers",
            ["Supplied by", "Made on", "Covers"],
            rows,
        )
    ]
    notes = [
        (
            "Each agency supplies the children for whom it holds one of its listed "
            "indicators of harm or exploitation in the 48 months before, not all "
            "children whom it knows. So “all children” in a table means all in these "
            f"extracts: they are not a sample of {store.area.name}'s children, and "
            "what is common among them need not be common there."
        ),
        (
            "The extracts are pseudonymised: names, addresses and dates of birth are "
            "not in them. Records of one child are joined by codes that the agencies "
            "make under a secret key."
        ),
        (
            "Every table that is supplied is checked; this edition uses those that its "
            "figures name in Methods."
        ),
    ]
    blocks = [
        Block(sentences=sentences),
        Block(
            "Where the numbers come from",
            tables=tables,
            notes=notes,
        ),
        Block("What to bear in mind", notes=caveats(store, page)),
        Block("What is still being tried", [EXPERIMENTAL], notes=TRIED),
    ]
    return Section(
        "about",
        "About this profile",
        answer,
        blocks,
    )


def caveats(store: LabelStore, page: Page) -> list[str]:
    """What every reader should know, then what was late, missing, refused or odd; details stand in
    the quality section.
    """
    words = [
        (
            "Counts are rounded and small ones are not shown, to protect children, so rows may not "
            "add up to totals. “Fewer than” can mean none."
        ),
        (
            "A 95% interval shows how far chance alone could move a figure of this size. It does "
            "not cover errors or changes in recording."
        ),
    ]
    words += [
        f"{name}: there is no accepted supply. Figures that need it are not available."
        for name in page.missing_agencies
    ]
    words += page.refused_supplies
    for s in page.sources:
        words += _age(s, page)
        words += s.cautions
    if any(s.not_supplied or s.warnings for s in page.sources):
        words.append(
            "What agencies did not supply, and what the checks warned of, is listed under “How "
            "good the data is”."
        )
    return words


def _age(s: Source, page: Page) -> list[str]:
    ends = dt.date.fromisoformat(s.period_end)
    if ends < page.day:
        return [
            (
                f"{s.name}: the supply in use ends on {long_date(ends)}, before the as-at date; "
                "newer events are not in it."
            )
        ]
    return []

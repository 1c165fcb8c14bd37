"""How each number is made, what protects children, where this copy comes from, what the
words mean.
"""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head
from profiles.drawing.page import Page
from profiles.drawing.words import capital
from profiles.figures.declared import DEFINITION, Figure
from profiles.statistics.hidden_scale.estimate import Thresholds

RULES = [
    (
        "Sex and ethnic group: the first that is known of Trust, education, health, police "
        "self-defined. Birth month: by majority of sources, ties to the Trust."
    ),
    (
        "Age: completed years, the birthday taken as the first of the birth month; for the 18th as "
        "the last of the month, so that nobody leaves early. A child whose birth month is not "
        "known counts as under 18. Every event is of a child on its day: what happened to someone "
        "aged 18 or over is in no figure but the one that counts such events."
    ),
    (
        "Spells: one that lies within another of the same child and kind, or stands twice, is one. "
        "Of two open spells in care, the later says whose child it is."
    ),
    (
        "Plan: in care, else child protection plan, else child in need plan, else none. A spell is "
        "in force from its start until the day before its end."
    ),
    "Home: the dated home on the day; for children without one, the home in the people tables.",
    (
        "Intervals: 95%. Shares: Wilson (1927). Rates: Byar's approximation for counts of 10 or "
        "more, exact Poisson below (Breslow and Day 1987). They describe chance variation only, "
        "not errors in recording."
    ),
    (
        "Linkage: records that share a linkage key (NHS number, pupil number, name with date of "
        "birth, or name with postcode, each turned into a keyed code by the agency) are one child, "
        "unless that child would have two NHS numbers, two pupil numbers or birth months more than "
        "one apart; the weakest code gives way. A birth month that one slip of the hand tells "
        "apart is outweighed by an equal number with an equal name and postcode."
    ),
]
UNDATED = (
    "Outcomes of crimes, decisions of the National Referral Mechanism, offers of interviews, "
    "transfers and “no further action” have no date in the extracts: they are those of the "
    "newest extract, also in a profile of an earlier day."
)


# The Information Commissioner's test of whether a publication identifies anybody (“motivated
# intruder”, anonymisation guidance of 2025), and what is done about each thing that one may have.
INTRUDER = [
    "The test is whether somebody who wants to recognise a child, and who is able but has no "
    "special access, could do so, or could learn something new about a child whom they know.",
    "It is assumed that they have both editions, every file beside them, all earlier versions, "
    "what others have published about the same children, and this program with its documentation.",
    "For each small number the program works out, from all of these together, the smallest and the "
    "largest that it could be. A version in which that leaves too few possibilities is not "
    "published.",
    "Also looked at: totals less what is shown beside them, one number in two tables, percentages "
    "turned back into counts, two dates close to one another, and which numbers were left out.",
    "Not covered: somebody who works for an agency and knows its own part of a number exactly, and "
    "how likely each remaining possibility is.",
]


def _glossary(store: LabelStore) -> list[tuple[str, str]]:
    """Words that a reader may not know."""
    trust = store.area.agencies.get("trust")
    own_words = [("Hub", f"{store.area.file.hub}, which takes referrals and assesses risk")]
    if trust is not None:
        own_words.append((trust.short, f"{trust.name}, not an NHS trust"))
    return sorted([*GLOSSARY, *own_words])


GLOSSARY = [
    (
        "At risk",
        "open to the hub on the day, and last assessed there as at low, medium or high risk of "
        "criminal exploitation",
    ),
    ("As-at date", "the day the profile describes"),
    (
        "Child in need plan, child protection plan",
        "help agreed under section 17, and protection under section 47, of the Children Act 1989",
    ),
    ("Factor 24A", "“child criminal exploitation” among the factors at the end of an assessment"),
    (
        "Indicator, warning sign",
        (
            "a record of harm or exploitation at one agency: missing, suspended or excluded, in a "
            "crime, at hospital for an assault, an assessment with factors, and others"
        ),
    ),
    (
        "No signal",
        "no month outside the usual range, and no run of seven, in all the months of a chart",
    ),
    (
        "Part",
        "one child in one crime or incident, as a victim, suspect, witness or subject; a child can "
        "have many",
    ),
    ("Spell", "one time that a child was missing, or in care, from its start to its end"),
    ("Supply", "one delivery of one agency's tables"),
    ("Turnaround", "a programme of early help for children on the edge of the justice system"),
    ("Version", "the n-th published computation for one as-at date; never altered afterwards"),
    (
        "Not shown",
        (
            "withheld so that no child can be recognised, or because too few children are behind a "
            "percentage"
        ),
    ),
    ("Not available", "the extracts do not reach the figure; the reason is given"),
]


def _needs_words(store: LabelStore, figure: Figure) -> str:
    """The extracts that a figure needs: “Trust: hub episodes, plans; police: involvements”."""
    every = [store.register.needs(figure, None, {})]
    for breakdown in figure.entry.breakdowns:
        every += [
            store.register.needs(figure, breakdown, cell)
            for cell in store.register.cells(breakdown)
        ]
    tables: dict[str, list[str]] = {}
    for source in dict.fromkeys(s for needs in every for s in needs):
        agency, _, table = source.partition(".")[0].partition("__")
        name = table.replace("_", " ")
        tables.setdefault(agency, []).extend(
            [name] if name and name not in tables.get(agency, []) else []
        )
    words = []
    for agency, names in tables.items():
        known_agency = store.area.agencies.get(agency)
        short = known_agency.short if known_agency else agency
        words.append(f"{short}: {', '.join(names)}" if names else short)
    return capital("; ".join(words)) or "–"


def _figures(store: LabelStore) -> Table:
    rows = []
    for f in store.register.figures.values():
        rows.append(
            [
                head(f.entry.name, f"counts-{f.key}"),
                Cell(store.area.words(f.entry.counts)),
                Cell(_needs_words(store, f)),
                Cell(f.key),
            ]
        )
    columns = ["Figure", "Numerator and denominator", "Extracts", "Name in figures.csv"]
    return Table(f"Figures, definition version {DEFINITION}", columns, rows)


def build(store: LabelStore, page: Page) -> Section:
    """Register of figures, rules, protection, revisions, provenance, glossary."""
    stamp = page.stamp
    provenance = {"Version": stamp.version or "draft, not published"}
    if stamp.version:
        provenance["Published"] = f"{stamp.published_on}, by {stamp.published_by}: {stamp.note}"
    provenance["Draft"] = page.draft_id
    provenance["Code"] = f"cce-profile {page.code_version}, {page.code_hash[:16]}"
    provenance["Definitions and bands"] = f"version {DEFINITION}"
    for s in page.sources:
        provenance[s.name] = f"supply {s.supply_id[:16]}, made {s.extracted_at[:10]}"
    rows = [[head(name), Cell(text)] for name, text in provenance.items()]
    tables = [Table("Provenance", ["", ""], rows)]
    notes = [
        (
            "Each number that was worked out can be found in figures.csv beside this "
            "report, under its figure, group and period. A count has no denominator; what it is a "
            "share of stands in the column of that name."
        ),
        "Section 115 of the Crime and Disorder Act 1998 gives a power to share "
        "information for preventing crime; it obliges nobody to. The Serious Violence "
        "Duty does not open "
        "patient records. An enquiry under section 47 of the Children Act 1989 is "
        "about one child's safety and no basis for profiling.",
        "Investment, training and higher education are outside this profile.",
        store.area.file.sources,
    ]
    return Section(
        "methods",
        "Methods",
        "How each number is made, what protects children, and where this copy comes from.",
        [
            Block(
                "What each figure counts",
                tables=[_figures(store)],
            ),
            Block("Rules", notes=[*RULES, UNDATED]),
            Block(
                "How children are protected",
                notes=[
                    *page.rule_words,
                    (
                        "Both editions show the same label for the same figure and differ only in "
                        "detail."
                    ),
                ],
            ),
            Block("Could somebody be recognised?", notes=INTRUDER),
            Block(
                "How the hidden number is judged",
                [
                    "Multiple systems estimation fits log-linear models to the overlaps of the "
                    "lists (Chan, Silverman and Vincent 2021) and refuses where they do not carry "
                    "a number. "
                    "The lines below are our own settings. What it tells is worked out from true "
                    "counts and printed only as a verdict and as ranges of two significant "
                    "figures."
                ],
                notes=Thresholds().words(),
            ),
            Block(
                "Revisions",
                [
                    (
                        "A published version is never altered. A correction is a new version; late "
                        "records enter the next as-at date. All versions stay listed in the index "
                        "of published versions."
                    )
                ],
            ),
            Block(
                "Where this copy comes from",
                tables=tables,
                notes=notes,
            ),
            Block(
                "Words",
                tables=[
                    Table(
                        "Glossary",
                        ["Word", "Meaning"],
                        [[head(a), Cell(b)] for a, b in _glossary(store)],
                    )
                ],
            ),
        ],
    )

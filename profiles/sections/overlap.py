"""Which agencies see which children, and, as an experiment, what that says of those whom nobody
sees.
"""

from __future__ import annotations

from profiles.disclosure.labels import Label, LabelStore
from profiles.drawing.blocks import Block, Section, Table, head, shown
from profiles.drawing.charts import bars, upset
from profiles.drawing.page import Page
from profiles.drawing.words import joined, uncapital
from profiles.figures.groups import Group
from profiles.sections.common import counted, refused, withheld_words

TITLE = "Who sees which children, and how many nobody sees"
CRITERIA = [
    (
        "Police: an involvement marked for exploitation or county lines, or a referral to the "
        "National Referral Mechanism for criminal exploitation."
    ),
    (
        "Trust: exploitation as a factor at the end of a social-care assessment (24A), or such a "
        "referral. An assessment that police or health had asked for counts as following a "
        "referral."
    ),
    "Health: an attendance or referral with a concern about exploitation.",
    (
        "Education supplies no record of exploitation of its own. The hub is no list: all cases go "
        "there."
    ),
]
ASSUMPTIONS = [
    "Nobody enters or leaves during the period. Here: children move, and turn 18.",
    (
        "Every child's records are rightly joined. Here: names and numbers are mistyped, so some "
        "joins are missed and a few are wrong; each missed one makes the number too large."
    ),
    (
        "Lists depend on each other only as the model says. Here: agencies tell each other of "
        "children, which makes the number too small."
    ),
    (
        "Every child is equally visible to a list. Here: a child in care, or known to police "
        "already, is seen more easily; children whom no service could ever see are in no number "
        "here."
    ),
]
BETTER = [
    (
        "A sample of joined and unjoined records checked by the agencies: without it there is "
        "never a single figure."
    ),
    (
        "A record of exploitation concerns from education, and from the health providers that do "
        "not supply one."
    ),
    "A mark on each record that says whether another agency's referral led to it.",
]

SAID = {
    "refuse": "How many more there are cannot be told from these lists.",
    "range": "How many more there are can be given only as a wide, experimental range.",
    "estimate": "How many more there are is estimated, as an experiment.",
}


def build(store: LabelStore, page: Page) -> Section:
    """Overlap first; then the verdict in fixed words, its interval, and what it rests on."""
    known = store.get("sighted")
    if known.status == "refused":
        return Section(
            "overlap",
            TITLE,
            refused(known, "which agencies know which children, and how many nobody knows"),
            [],
        )
    verdict = store.get("hidden_scale", "estimate", "method", "verdict")
    blocks = [*_overlap(store, page), *_hidden(store, known, verdict)]
    return Section(
        "overlap",
        TITLE,
        _answer(store, page, known, verdict),
        blocks,
    )


def _answer(store: LabelStore, page: Page, known: Label, verdict: Label) -> str:
    alone = []
    for g, c, _ in counted(store, "sighted", "alone"):
        if c.is_shown:
            alone.append((g, c))
    most = max(alone, key=lambda r: (r[1].value or 0, r[0].label), default=None)
    by_one = ""
    if most:
        by_one = f", {most[1].about} of them by {_name(most[0])}"
    verdict_words = SAID[verdict.text]
    return (
        f"In the 12 months to {page.as_at_words} police, Trust or health identified {known.about} "
        "children as criminally exploited or at risk of it by their own "
        f"records{by_one}. {verdict_words}"
    )


def _name(group: Group) -> str:
    if group.label.startswith("Trust"):
        return group.label
    return f"{uncapital(group.label)}"


def _overlap(store: LabelStore, page: Page) -> list[Block]:
    period = f"12 months to {page.as_at_words}"
    rows = [(g.label, c) for g, c, _ in counted(store, "sighted", "sighted_by")]
    chart = bars(
        "sighted",
        "Children identified, by agency",
        f"children, {period}",
        rows,
    )
    blocks = [
        Block(
            "Who identified whom",
            [
                (
                    "A child can be identified by several agencies. What counts as being "
                    "identified is one rule per agency."
                )
            ],
            chart,
            [_counts(store, "sighted_by", f"Children identified, by agency, {period}", "Agency")],
            CRITERIA,
        )
    ]
    histories = counted(store, "sighted", "history")
    pairs = counted(store, "sighted", "pair")
    if any(c.is_shown for _, c, _ in histories):
        notes = withheld_words([c for _, c, _ in histories])
        blocks.append(
            Block(
                "By which agencies together",
                chart=upset(
                    "histories",
                    "Children by the agencies that identified them",
                    f"children, {period}; each child in one row",
                    [(g.group, g.label, c) for g, c, _ in histories],
                ),
                tables=[
                    _counts(
                        store,
                        "history",
                        f"Children by exactly which agencies identified them, {period}",
                        "Agencies",
                    )
                ],
                notes=notes,
            )
        )
    else:
        reason = next(
            (c.note for _, c, _ in histories if c.note), "too few children are in its cells"
        )
        shown_pairs = any(c.is_shown for _, c, _ in pairs)
        blocks.append(
            Block(
                tables=[
                    _counts(
                        store,
                        "pair",
                        f"Children identified by both of two agencies, {period}",
                        "Agencies",
                    )
                ]
                if shown_pairs
                else [],
                notes=[
                    (
                        "A table of children by exactly which agencies identified them is not "
                        f"shown: {reason}."
                    )
                ],
            )
        )
    tables = []
    for group_type, caption, what in (
        (
            "sightings",
            f"Children by the number of agencies that identified them, {period}",
            "Agencies",
        ),
        ("alone", f"Children whom one agency alone identified, {period}", "Agency"),
    ):
        if any(c.is_shown for _, c, _ in counted(store, "sighted", group_type)):
            tables.append(_counts(store, group_type, caption, what))
    if tables:
        shown_counts = [
            c for kind in ("sightings", "alone") for _, c, _ in counted(store, "sighted", kind)
        ]
        blocks.append(
            Block("Known to one agency alone", tables=tables, notes=withheld_words(shown_counts))
        )
    return blocks


def _counts(store: LabelStore, group_type: str, caption: str, what: str) -> Table:
    return Table(
        caption,
        [what, "Children"],
        [[head(g.label), shown(c)] for g, c, _ in counted(store, "sighted", group_type)],
    )


def _hidden(store: LabelStore, known: Label, verdict: Label) -> list[Block]:
    return [
        Block("How many nobody sees (experimental)", [words(store, known, verdict)]),
        Block(
            "What such a number rests on",
            [
                (
                    "The method (multiple systems estimation) asks how often lists made apart hold "
                    "the same child. It counts children like those on the lists."
                )
            ],
            notes=ASSUMPTIONS,
        ),
        Block("What would tell more", notes=BETTER),
    ]


def words(store: LabelStore, known: Label, verdict: Label) -> str:
    """The fixed words of the verdict, with the known as their label."""
    if verdict.text == "refuse" or not store.has("hidden_scale", "estimate", "method", "shown"):
        return (
            f"The lists hold {known.about} children. How many more there are cannot be told, "
            f"because {verdict.note}. "
            f"This does not mean there are no more: {known.about} are those on these lists alone."
        )
    span = store.get("hidden_scale", "estimate", "method", "shown").text
    if verdict.text == "estimate":
        return (
            f"{span[0].upper()}{span[1:]}, of whom {known.about} are known. This rests on "
            "assumptions that the data cannot test; they stand below. Where agencies refer "
            "children to one another, or some children are rarely visible to any service, the true "
            "number is larger."
        )
    low, _, high = span.partition(" to ")
    return (
        f"Between about {low} and {high}, known children included; {known.about} are known. "
        f"It is a range because {joined(verdict.note.split('; '))}."
    )

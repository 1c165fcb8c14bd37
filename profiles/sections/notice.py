"""How children's data are used: the notice that is owed to those whom the records are about."""

from __future__ import annotations

from profiles.disclosure.labels import LabelStore
from profiles.drawing.blocks import Block, Cell, Section, Table, head
from profiles.drawing.page import Page
from profiles.drawing.words import joined

WHAT = (
    "Each agency sends a copy of some of its records of children for whom it holds a sign of harm "
    "or exploitation: month of birth, sex, ethnic group, ward, what happened and when. The tables "
    "behind each number are named in Methods. No name, address, day of birth or note "
    "is sent."
)
JOINED = (
    "Before anything leaves an agency it turns names and numbers into codes, with a secret that "
    "those who make this profile do not have. Equal codes show that two records are of one child, "
    "and not who that child is. In law this is still personal data, and it is looked after as such."
)
NOT_DONE = [
    "No decision about a child is made from this profile or from what is behind it.",
    "No child is given a score, and no list of children is made.",
    "The records are not used to look for a child, and not given to anybody else: readers get the "
    "numbers of this report, which are rounded and leave small numbers out.",
]
RIGHTS = (
    "To see what is held about you or your child, to have it put right, or to object, ask the "
    "agency that recorded it: those who make this profile cannot tell which record is yours. If "
    "you are not content with the answer, you can complain to the Information Commissioner."
)


def build(store: LabelStore, page: Page) -> Section:
    """What is used, why, on which basis, what is not done with it, for how long, and whom to
    ask.
    """
    names = dict.fromkeys(source.title for source in page.sources)
    answer = (
        f"Records that {joined(list(names))} hold about children are counted here, so that the "
        "partnership can protect children from criminal exploitation; nobody is named."
    )
    blocks = [
        Block("What is used", [WHAT, JOINED]),
        Block("What is not done with it", notes=NOT_DONE),
        _responsible(page),
        Block(
            "How long it is kept",
            [
                "The agencies' copies, and the drafts made from them, are removed when a period "
                "that the partnership has set is over. Published numbers stay published."
            ],
        ),
        *_concern(page),
        Block("Your rights, and whom to ask", [RIGHTS, _contact(page)]),
    ]
    return Section("notice", "How children's data are used", answer, blocks)


def _concern(page: Page) -> list[Block]:
    if not page.concern:
        return []
    return [Block("If you are worried about a child", [f"{page.concern}."])]


def _responsible(page: Page) -> Block:
    """Who answers for each extract in law; a draft does not say, since the register is looked at
    when a version is published.
    """
    heading = "Who is responsible, and on which legal basis"
    if not page.stamp.responsible:
        return Block(heading, ["A published version names them here, from the register."])
    rows = []
    for source, controller, lawful_basis, conditions in page.stamp.responsible:
        rows.append([head(source), Cell(controller), Cell(lawful_basis), Cell(conditions)])
    columns = ["Extract", "Controller", "Legal basis", "Conditions for sensitive data"]
    table = Table("Who is responsible for each extract", columns, rows)
    return Block(heading, tables=[table])


def _contact(page: Page) -> str:
    if page.contact:
        return f"Questions about this profile: {page.contact}."
    return "This edition names nobody to ask about the profile itself."

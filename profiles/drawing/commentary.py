"""What people write beside the figures: Markdown per section, with figures put in by reference, so
that prose cannot disagree with a table.

A file is commentary/<as-at>/<section>.md. It begins with a few lines between two lines of “---”:
`by` and `date`; for voices.md and intelligence.md `source`, `collected` and `people` too. A figure
stands as {{ figure("at_risk", "risk_level", "high") }}: its name, group type and group (both left
out for all), and measure="percent" where not the count.
"""

from __future__ import annotations

import ast
import datetime as dt
import re
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from markdown_it import MarkdownIt
from pydantic import BeforeValidator, Field

from profiles.disclosure.labels import Label, LabelStore
from profiles.figures.dates import long_date
from profiles.reading import FileError, Strict, read_text

# What children, families and communities say: shown only with where it comes from, and never of a
# few.
VOICES = ("voices", "intelligence")
_REFERENCE = re.compile(r"\{\{\s*figure\((.*?)\)\s*\}\}")
_MONTHS = "|".join(dt.date(2000, m, 1).strftime("%B") for m in range(1, 13))
# The only numbers that may be typed: days and years, ids of recommendations, numbers of a list.
_DATES = re.compile(
    rf"\b\d{{1,2}} (?:{_MONTHS})\b|\b(?:19|20)\d{{2}}\b|\bR\d{{2}}\b|^\s*\d+\.\s", re.MULTILINE
)
# No links, images or HTML: nothing that reaches out of the page or into it.
_MARKDOWN = MarkdownIt("zero").enable(["list", "emphasis", "blockquote", "newline", "escape"])


class CommentaryError(ValueError):
    """What is wrong with a commentary, in words for the analyst."""


class Head(Strict):
    """The lines between the two lines of “---”."""

    by: str = Field(min_length=1)
    date: dt.date


class VoiceHead(Head):
    """Of voices and intelligence: where it comes from, when it was collected, and from how many
    people.
    """

    source: str = Field(min_length=1)
    collected: Annotated[str, BeforeValidator(str)] = Field(min_length=1)
    people: int


@dataclass(frozen=True)
class Commentary:
    """One file's text and who wrote it when. `provenance` is blank but for voices."""

    section: str
    by: str
    date: str
    text: str
    provenance: str = ""

    @property
    def marked(self) -> str:
        """The line that stands under it."""
        return f"Written by {self.by} on {long_date(dt.date.fromisoformat(self.date))}."

    @property
    def plain(self) -> str:
        """The text without its references."""
        return _REFERENCE.sub(" ", self.text)


@dataclass(frozen=True)
class Written:
    """A commentary as an edition shows it: HTML, or why it is not shown."""

    html: str
    marked: str
    provenance: str
    problem: str


def read(
    folder: Path, as_at: str, sections: Collection[str], fewest: int
) -> tuple[list[Commentary], list[str]]:
    """The commentaries for a day, and what is wrong with those that cannot be used, by file."""
    commentaries: list[Commentary] = []
    problems: list[str] = []
    if not (folder / as_at).is_dir():
        return commentaries, problems
    for path in sorted((folder / as_at).glob("*")):
        where = f"commentary/{as_at}/{path.name}"
        try:
            if path.suffix != ".md" or path.stem not in {*sections, *VOICES}:
                raise CommentaryError("no section of the report has this name")
            commentaries.append(_parsed(path.stem, path.read_text("utf-8"), fewest))
        except CommentaryError as error:
            problems.append(f"{where}: {error}.")
        except (UnicodeDecodeError, OSError):
            problems.append(f"{where}: the file is no text in UTF-8.")
    return commentaries, problems


def _parsed(section: str, text: str, fewest: int) -> Commentary:
    parts = re.split(r"^---\s*$", text, maxsplit=2, flags=re.MULTILINE)
    if len(parts) != 3 or parts[0].strip():
        raise CommentaryError(
            "it does not begin with a line of ---, who wrote it when, and another line of ---"
        )
    is_voice = section in VOICES
    try:
        head = read_text(VoiceHead if is_voice else Head, parts[1], f"{section}.md")
    except FileError as error:
        raise CommentaryError(
            f"its first lines must say who wrote it, and when. {str(error).rstrip('.')}"
        ) from None
    provenance = ""
    if isinstance(head, VoiceHead):
        if head.people < fewest:
            raise CommentaryError(
                f"it speaks of fewer than {fewest} people, or does not say of how many: so few "
                "could be known again"
            )
        provenance = (
            f"{head.source.strip()}; collected {head.collected.strip()}; from {fewest} people "
            "or more."
        )
    text = parts[2].strip()
    commentary = Commentary(section, head.by.strip(), head.date.isoformat(), text, provenance)
    # Numbers come from labels alone; dates and years may be typed.
    without_dates = _DATES.sub(" ", commentary.plain)
    number = re.search(r"\d", without_dates)
    if number:
        line = without_dates[: number.start()].count("\n") + 1
        raise CommentaryError(
            f"line {line} of its text has a number that is no date: put figures in with {{{{ "
            "figure(…) }}"
        )
    return commentary


def drawn(commentary: Commentary, store: LabelStore) -> Written:
    """The commentary with its figures put in, from the labels of an edition."""
    problems: list[str] = []

    def put_in(match: re.Match[str]) -> str:
        try:
            return _label(match[1], store).about
        except CommentaryError as error:
            problems.append(str(error))
            return ""

    text = _REFERENCE.sub(put_in, commentary.text)
    # What is left of a misspelt reference must not be printed.
    if "{{" in text or "{%" in text:
        problems.append("it has {{ that is no figure(…)")
    if problems:
        problem = f"commentary/{commentary.section}.md: {problems[0]}"
        return Written("", commentary.marked, commentary.provenance, problem)
    return Written(_MARKDOWN.render(text), commentary.marked, commentary.provenance, "")


def _arguments(text: str) -> tuple[str, str, str, str]:
    """Figure, measure, dimension and group of “'at_risk', 'sex', 'F', measure='percent'”. Raises
    SyntaxError or ValueError.
    """
    call = ast.parse(f"f({text})", mode="eval").body
    if not isinstance(call, ast.Call):
        raise ValueError("not the arguments of a call")
    values = [str(ast.literal_eval(value)) for value in call.args]
    named = {keyword.arg: ast.literal_eval(keyword.value) for keyword in call.keywords}
    measure = str(named.pop("measure", "count"))
    if named:
        raise ValueError("an argument that there is not")
    if len(values) == 1:
        return values[0], measure, "all", "all"
    figure, group_type, group = values
    return figure, measure, group_type, group


def _label(arguments: str, store: LabelStore) -> Label:
    """The label that a reference names. Raises CommentaryError where there is none, or none is
    shown.
    """
    try:
        figure, measure, group_type, group = _arguments(arguments)
        label = store.get(figure, measure, group_type, group)
    except (SyntaxError, ValueError):
        raise CommentaryError(f"figure({arguments}) cannot be read") from None
    except KeyError:
        raise CommentaryError(f"figure({arguments}) is no figure of this edition") from None
    if not label.is_shown and label.status != "suppressed":
        raise CommentaryError(f"figure({arguments}) is not shown in this edition")
    return label

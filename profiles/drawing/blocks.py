"""What a section is made of: an answer in one sentence, then blocks of sentence, chart and table.
All text and labels.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import Any

from profiles.disclosure.labels import Label

# The notes that tables may need, in their order (`Rule.notes`).
NEEDS = ("rounded", "shares", "small", "withheld")
# A table of more rows is folded.
ROWS = 12
# A table of so many columns fits into one of the page's two.
NARROW = 3


@dataclass(frozen=True)
class Cell:
    """A table cell. `key` names the label it shows, so that a reader or a test can find it in
    figures.csv; `address` is that of a row, for links to it.
    """

    text: str
    key: str = ""
    is_header: bool = False
    is_number: bool = False
    shade: str = ""
    address: str = ""


@dataclass(frozen=True)
class Table:
    """A table: its caption says what is counted, of whom, when."""

    caption: str
    columns: list[str]
    rows: list[list[Cell]]

    @property
    def needs(self) -> set[str]:
        """Which notes must stand under it: it shows counts that are rounded, shares, counts that
        are too small.
        """
        # Shares of one whole invite adding up; shares of a stage or a measure do not.
        is_of_a_whole = any(column.startswith("Share of") for column in self.columns)
        notes = set()
        for cell in itertools.chain.from_iterable(self.rows):
            is_number = bool(cell.key) and cell.text[:1].isdigit()
            # What others published stands as they published it.
            is_published = cell.key.startswith(("factor_24a|", "child_population|"))
            if is_number and is_of_a_whole and "|percent|" in cell.key:
                notes.add("shares")
            if is_number and not is_published and "|count|" in cell.key:
                notes.add("rounded")
            if cell.key and cell.text.startswith("fewer than"):
                notes.add("small")
            if cell.key and cell.text == "not shown":
                notes.add("withheld")
        return notes


@dataclass(frozen=True)
class Chart:
    """A chart. `alt` says in words what it shows; `spec` is the Plotly figure, made from labels."""

    name: str
    title: str
    subtitle: str
    alt: str
    spec: dict[str, Any]
    height: int

    @property
    def narrow_height(self) -> int:
        """Its height on a phone, where small charts stand below one another (draw.js)."""
        layout = self.spec["layout"]
        if "grid" not in layout:
            return self.height
        panels: int = sum(str(name).startswith("xaxis") for name in layout)
        rows: int = layout["grid"]["rows"]
        height: int = round(self.height * panels / rows)
        return height


@dataclass(frozen=True)
class MapArea:
    """One area of a map: its code, how it is shaded, what stands on it, and the words that hovering
    gives.
    """

    code: str
    shade: str
    text: str
    words: str
    edge: str = ""


@dataclass(frozen=True)
class Map:
    """A map of the wards. `alt` says in words what it shows; `legend` gives shades, or edges, and
    what they mean.
    """

    name: str
    title: str
    subtitle: str
    alt: str
    areas: list[MapArea]
    legend: list[tuple[str, str]]


@dataclass(frozen=True)
class Block:
    """One idea: a heading, a sentence, at most one chart or a few maps, its tables, and notes.

    `link` is the section and the heading of the block that tells more. `is_lead` keeps a block in
    the profile whatever its tables, which are folded where they are long; `is_detail` sends words
    to the annex.
    """

    heading: str = ""
    sentences: list[str] = field(default_factory=list)
    chart: Chart | None = None
    tables: list[Table] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    maps: list[Map] = field(default_factory=list)
    link: tuple[str, str] | None = None
    is_lead: bool = False
    is_detail: bool = False

    @property
    def is_folded(self) -> bool:
        """Whether its tables are closed until somebody opens them."""
        is_long = any(len(table.rows) > ROWS for table in self.tables)
        return bool(self.chart or self.maps or is_long)

    @property
    def is_wide(self) -> bool:
        """Whether it takes the whole width of the page: maps, and a leading table of many
        columns.
        """
        is_wide_table = self.is_lead and not self.chart and self.has_many_columns
        return bool(self.maps) or is_wide_table

    @property
    def has_many_columns(self) -> bool:
        """Whether one of its tables does not fit into one of a sheet's two columns."""
        return any(len(table.columns) > NARROW for table in self.tables)

    @property
    def needs(self) -> list[str]:
        """The notes that its tables need, in their order."""
        needed: set[str] = set()
        for table in self.tables:
            needed |= table.needs
        return [note for note in NEEDS if note in needed]


@dataclass(frozen=True)
class Section:
    """One section of the report, as it is drawn."""

    name: str
    title: str
    answer: str
    blocks: list[Block]


def anchor(section: str, heading: str) -> str:
    """The address of a block in the page: “risk-who-was-not-in-the-room”."""
    words = re.sub(r"[^a-z]+", "-", heading.lower())
    return f"{section}-{words.strip('-')}"


def head(text: str, address: str = "") -> Cell:
    """A row's header cell."""
    return Cell(text, is_header=True, address=address)


def shown(label: Label) -> Cell:
    """A label as a cell."""
    return Cell(label.text, label.key, is_number=True)


def interval(label: Label, unit: str = "") -> Cell:
    """A label's 95% interval as a cell; a dash where it has none."""
    if label.interval and label.is_shown:
        return Cell(f"{label.interval}{unit}", is_number=True)
    return Cell("–", is_number=True)

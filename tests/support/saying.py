"""What the samples' pages and the commands say, as text that is kept: a command writes it again.

A change of one of these files is a change of what somebody reads. Read the difference, then write them again:

    python tests/support/saying.py DATA_FOLDER

where DATA_FOLDER holds the samples as at 1 March 2024, refreshed and published.
"""

from __future__ import annotations

import difflib
import json
import re
import shutil
import sys
import tempfile
from html.parser import HTMLParser
from pathlib import Path

import click
from click.testing import CliRunner

from expectations.pseudonyms.systems import systems
from pipelines.cli import cce

HERE = Path(__file__).parents[1] / "ground_truth" / "said"
# Ends of a line of text.
BLOCKS = {
    "address", "article", "body", "button", "caption", "dd", "details", "div", "dl", "dt", "figcaption",
    "figure", "footer", "h1", "h2", "h3", "h4", "h5", "header", "li", "main", "nav", "ol", "p", "section",
    "summary", "table", "tbody", "thead", "tr", "ul",
}  # fmt: skip
# What is never read as text; charts are, see `_Text`.
UNREAD = {"style", "script"}
# Words of a drawing, each on its own.
DRAWN = {"text", "tspan", "title"}
# What differs from run to run, and what stands in its place.
MASKS = (
    # How long a stage took, which only a slow machine is told.
    (re.compile(r"^  [^\n]*: \d+ s\n", re.MULTILINE), ""),
    (re.compile(r"\b[0-9a-f]{64}\b"), "HASH"),
    (re.compile(r"\b[0-9a-f]{16}\b"), "ID"),
    (re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b"), "RUN"),
    (re.compile(r"\b20(2[6-9]|[3-9]\d)-\d\d-\d\d(T\d\d:\d\d(:\d\d)?(\+00:00)?)?"), "TODAY"),
    (re.compile(r"\b\d{1,2} [A-Z][a-z]+ 20(2[6-9]|[3-9]\d)\b"), "TODAY"),
)


class _Text(HTMLParser):
    """A page as lines: each block of text, each row of a table, and each chart as it is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[str] = []
        self.line = ""
        self.unread = ""
        self.chart: str | None = None

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = dict(attrs)
        if tag in UNREAD:
            self.unread = tag
            self.chart = told.get("data-chart")
        elif tag in BLOCKS:
            self.end_line()
        elif tag in ("td", "th"):
            self.line += " | "

    def handle_endtag(self, tag: str) -> None:
        if tag == self.unread:
            self.unread = ""
            self.chart = None
        elif tag in BLOCKS:
            self.end_line()
        elif tag in DRAWN:
            self.line += " "

    def handle_data(self, data: str) -> None:
        if self.chart:
            # Six figures, so that no machine's last digit counts.
            spec = json.loads(data, parse_float=lambda number: float(f"{float(number):.6g}"))
            self.lines.append(f"chart {self.chart}: {json.dumps(spec, ensure_ascii=False)}")
        elif not self.unread:
            self.line += data

    def end_line(self) -> None:
        words = " ".join(self.line.split())
        if words:
            self.lines.append(words)
        self.line = ""


def masked(text: str) -> str:
    """A text without what differs from run to run."""
    for pattern, instead in MASKS:
        text = pattern.sub(instead, text)
    return text


def page_text(html: str) -> str:
    """What a page says, a block a line."""
    text = _Text()
    text.feed(html)
    text.end_line()
    return masked("".join(f"{line}\n" for line in text.lines))


def command_names() -> list[tuple[str, ...]]:
    """Every command, those of groups with their group: a new one is here without a line of its own."""
    names: list[tuple[str, ...]] = []

    def add(group: click.Group, before: tuple[str, ...]) -> None:
        context = click.Context(group)
        for name in group.list_commands(context):
            command = group.get_command(context, name)
            assert command is not None
            names.append((*before, name))
            if isinstance(command, click.Group):
                add(command, (*before, name))

    add(cce, ())
    return names


def commands_text(home: Path) -> str:
    """What the commands say that change nothing, and how each is to be used."""
    (draft,) = (path.parent.name for path in home.glob("drafts/2024-03-01/*/manifest.json"))
    asked = [
        *((*name, "--help") for name in command_names()),
        ("status",),
        ("supplies",),
        ("desk", draft),
        ("linkage", "report"),
        ("mappings",),
        *(("mappings", system) for system in systems()),
        ("purge", "--dry-run"),
        ("quarantine", "list"),
        ("verify", "--all"),
    ]
    lines = []
    for arguments in asked:
        environment = {"CCE_HOME": str(home), "CCE_SAMPLES": "yes", "COLUMNS": "100"}
        done = CliRunner().invoke(cce, list(arguments), env=environment)
        said = (done.stdout + done.stderr).replace(str(home), "HOME")
        lines.append(f"$ cce {' '.join(arguments)}\n{said}")
    return masked("\n".join(lines))


def files(refreshed: Path, folder: Path) -> dict[str, str]:
    """What is said, by the name of the file that it is kept in; `folder` is for a copy of the data folder: without runs and drafts of other days, which other tests make meanwhile."""
    home = folder / "home"
    for part in ("supplies", "reports", "profiles", "readers", "ledger", "audits", "estimates"):
        shutil.copytree(refreshed / part, home / part)
    shutil.copytree(refreshed / "drafts" / "2024-03-01", home / "drafts" / "2024-03-01")
    # The draft's: what is withheld in a version follows from a solver too.
    (draft,) = (path.parent for path in home.glob("drafts/2024-03-01/*/manifest.json"))
    pages = {}
    for edition in ("partner", "public"):
        html = (draft / edition / "report.html").read_text("utf-8")
        pages[edition] = page_text(html).splitlines()
    # The public page says the same but for a few lines.
    differs = difflib.unified_diff(pages["partner"], pages["public"], "partner", "public", n=0)
    return {
        "partner.txt": "".join(f"{line}\n" for line in pages["partner"]),
        "public.diff": "".join(f"{line.rstrip()}\n" for line in differs),
        "commands.txt": commands_text(home),
    }


def main(home: Path) -> None:
    """Write every file again."""
    HERE.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        for name, text in files(home, Path(folder)).items():
            (HERE / name).write_text(text, "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

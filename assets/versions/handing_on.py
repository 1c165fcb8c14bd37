"""What is handed on of a published version: an edition's files whole, or printed. No Dagster here.

Nothing is handed on that is not, byte for byte, what was published, or that was withdrawn.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from pathlib import Path

import pypdf

from assets.store.folder import DataFolder
from assets.versions.manifests import standing
from assets.versions.readers import REPORT
from assets.versions.verify import verify
from profiles.drawing.edition import Edition
from profiles.report.contents import LAYERS, NAMES

# What a report can be printed as: the first two sheets, the questions with their charts, or every
# table and definition.
PARTS = ("brief", "profile", "all")
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
# Milliseconds of the page's own time: every chart is drawn well before.
DRAWN = 30_000
SECONDS = 180
# The contents are right after the second print; a third if that moved something.
MOST_PRINTS = 4
LISTED = {*LAYERS, *NAMES}


class HandingOnError(Exception):
    """Why a version is not handed on, in words for the analyst."""


def edition_folder(data: DataFolder, version: str, edition: Edition) -> Path:
    """Where a version's edition lies, proven to be as it was published. Raises HandingOnError."""
    manifests = {manifest["version"]: manifest for manifest in standing(data)}
    if version not in manifests:
        raise HandingOnError(f"There is no published version {version} that stands.")
    if edition.name not in manifests[version]["editions"]:
        raise HandingOnError(f"{version} was not published as a {edition.title.lower()}.")
    damages = verify(data, version)
    if damages:
        words = " ".join(damage.words() for damage in damages)
        raise HandingOnError(f"{version} is damaged and is not handed on. {words}")
    return data.profiles / version.replace(".", "/", 1) / edition.name


def export(data: DataFolder, version: str, edition: Edition, to: Path) -> list[Path]:
    """Copy an edition's files, whole or not at all, into a folder that is new; returns them. Raises
    HandingOnError.
    """
    source = edition_folder(data, version, edition)
    part = _new(to)
    for path in sorted(source.iterdir()):
        shutil.copyfile(path, part / path.name)
    part.rename(to)
    return sorted(to.iterdir())


def print_pdfs(data: DataFolder, version: str, edition: Edition, to: Path) -> list[Path]:
    """Print an edition as three tagged PDFs, with Chromium, into a folder that is new; returns
    them. Raises HandingOnError.
    """
    source = edition_folder(data, version, edition)
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser is None:
        raise HandingOnError(
            "Printing needs Chromium, which is not installed (on Debian: apt-get install "
            "chromium). Any browser prints the report too: its buttons say what."
        )
    part = _new(to)
    for name in PARTS:
        pdf = part / f"{version}-{edition.name}-{name}.pdf"
        _print_with_contents(browser, source / REPORT, name, pdf)
    part.rename(to)
    return sorted(to.iterdir())


def _new(to: Path) -> Path:
    """A folder beside the one that is asked for, to be filled and put in its place."""
    if to.exists():
        raise HandingOnError(f"{to} is there already: name a folder that is not.")
    part = to.with_name(f".{to.name}.{os.getpid()}.part")
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True, mode=0o700)
    return part


def _print_with_contents(browser: str, report: Path, part: str, pdf: Path) -> None:
    """Print until the contents name the sheets on which the sections begin: which they are is known
    only when it was printed, and writing them down could move a section.
    """
    sheets: dict[str, int] = {}
    for _ in range(MOST_PRINTS):
        _print(browser, report, part, sheets, pdf)
        printed = _sheets_of(pdf)
        if part == "brief" or printed == sheets:
            return
        sheets = printed
    raise HandingOnError("Chromium prints the report otherwise each time. Nothing was made.")


def _sheets_of(pdf: Path) -> dict[str, int]:
    """On which sheet of a print each section begins that is in it."""
    reader = pypdf.PdfReader(pdf)
    sheets = {}
    for name, place in reader.named_destinations.items():
        section = name.removeprefix("/")
        sheet = reader.get_destination_page_number(place)
        if section in LISTED and sheet is not None:
            sheets[section] = sheet + 1
    return sheets


def _print(browser: str, report: Path, part: str, sheets: dict[str, int], pdf: Path) -> None:
    numbers = ",".join(f"{section}:{sheet}" for section, sheet in sorted(sheets.items()))
    with tempfile.TemporaryDirectory() as profile:
        command = [
            browser,
            "--headless",
            "--disable-gpu",
            "--disable-background-networking",
            f"--user-data-dir={profile}",
            "--no-pdf-header-footer",
            "--export-tagged-pdf",
            f"--virtual-time-budget={DRAWN}",
            f"--print-to-pdf={pdf}",
            f"{report.as_uri()}#print={part}&sheets={numbers}",
        ]
        if os.geteuid() == 0:
            # Chromium's sandbox cannot be had by root; the page is our own and loads nothing.
            command.insert(1, "--no-sandbox")
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=SECONDS)  # noqa: S603
        except (subprocess.CalledProcessError, subprocess.TimeoutExpired):
            raise HandingOnError("Chromium did not print the report. Nothing was made.") from None
    if not pdf.exists():
        raise HandingOnError("Chromium did not print the report. Nothing was made.")

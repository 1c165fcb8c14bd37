"""What readers may have, apart from everything else: a folder for each edition that a web server or
a share can be pointed at, or that can be copied whole. No Dagster here.

It is made of the published versions and can be made again: nothing is kept only there.
"""

from __future__ import annotations

import datetime as dt
import os
import shutil
from pathlib import Path
from typing import Any

from assets.store.folder import DataFolder, write_atomically
from assets.versions import register
from assets.versions.manifests import standing, versions
from profiles.drawing.edition import EDITIONS, Edition
from profiles.figures.dates import long_date
from profiles.report.render import marked_as_replaced, render_index, render_notice

INDEX, REPORT = "index.html", "report.html"
# By what a page of a replaced version is known (replaced.html.j2).
MARK = b'class="watermark-line replaced"'
# A web server runs as another user; where the folder lies within the data folder, that is closed to
# all but its owner.
FILE, FOLDER = 0o644, 0o755


def place_for_readers(data: DataFolder) -> dict[str, Path]:
    """Bring the readers' folders up to date with the published versions; returns each edition's
    index. What is there already is not touched.
    """
    _open_folder(data.readers)
    indexes = {}
    withdrawn = {e.of: e for e in register.entries(data) if e.what == register.WITHDRAWN}
    replaced = replacements(data)
    for edition in EDITIONS:
        folder = data.readers / edition.name
        _open_folder(folder)
        rows = []
        for manifest in versions(data):
            if edition.name not in manifest["editions"]:
                continue
            version = manifest["version"]
            where = version.replace(".", "/", 1)
            row = _row(manifest, where)
            if version in withdrawn:
                entry = withdrawn[version]
                row |= {"withdrawn_on": _day(entry.at), "withdrawn_by": entry.by}
                row["reason"] = entry.more["reason"]
                _place_notice(folder / where, row, edition, data.area.name)
            else:
                newer = replaced.get((edition.name, version))
                _place(data.profiles / where / edition.name, folder / where, newer)
                if newer:
                    row["superseded_by"] = newer["version"]
            rows.append(row)
        indexes[edition.name] = folder / INDEX
        write_atomically(folder / INDEX, render_index(rows, edition, data.area.name))
        (folder / INDEX).chmod(FILE)
    return indexes


def replacements(data: DataFolder) -> dict[tuple[str, str], dict[str, Any]]:
    """Of each edition's versions that a later one of the same day replaces: the manifest of the
    newest.
    """
    replaced = {}
    newest: dict[tuple[str, str], dict[str, Any]] = {}
    for manifest in standing(data):
        for edition in manifest["editions"]:
            day = (edition, manifest["inputs"]["as_at"])
            if day in newest:
                replaced[edition, manifest["version"]] = newest[day]
            newest.setdefault(day, manifest)
    return replaced


def as_read(path: Path, newer: dict[str, Any] | None) -> bytes:
    """A file of a version as readers have it: a page of one that was replaced says so."""
    content = path.read_bytes()
    if newer is None or path.suffix != ".html":
        return content
    published_on = _day(newer["clock"]["published_at"])
    html = content.decode("utf-8")
    return marked_as_replaced(html, newer["version"], published_on, newer["note"]).encode()


def report_of(data: DataFolder, version: str, edition: str) -> Path:
    """Where readers find a version's report."""
    return data.readers / edition / version.replace(".", "/", 1) / REPORT


def _open_folder(folder: Path) -> None:
    """A folder that others can read, whatever the process' umask, which closes all else that it
    makes.
    """
    folder.mkdir(parents=True, exist_ok=True)
    folder.chmod(FOLDER)


def _place(source: Path, target: Path, newer: dict[str, Any] | None) -> None:
    """Copy an edition's files, whole or not at all; where they are there already, mark the pages of
    a version that was replaced.
    """
    if target.exists():
        for path in sorted(source.glob("*.html")):
            _mark(path, target / path.name, newer)
        return
    _open_folder(target.parent)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    _sweep_parts(target)
    _open_folder(part)
    for path in sorted(source.iterdir()):
        (part / path.name).write_bytes(as_read(path, newer))
        (part / path.name).chmod(FILE)
    part.rename(target)


def _mark(source: Path, placed: Path, newer: dict[str, Any] | None) -> None:
    """Bring the line of a replaced version up to date. A page that is neither as it was published
    nor marked by us is damaged, and left for `cce verify` to find.
    """
    there = placed.read_bytes() if placed.is_file() else b""
    is_ours = there == source.read_bytes() or MARK in there
    page = as_read(source, newer)
    if is_ours and there != page:
        write_atomically(placed, page.decode("utf-8"))
        placed.chmod(FILE)


def _sweep_parts(target: Path) -> None:
    for unfinished in target.parent.glob(f".{target.name}.*.part"):
        shutil.rmtree(unfinished, ignore_errors=True)


def _place_notice(target: Path, row: dict[str, object], edition: Edition, area: str) -> None:
    """At the address of a withdrawn version nothing but the notice of it."""
    page = render_notice(row, edition, area)
    # What a kill left of the withdrawn version lies there under a hidden name.
    _sweep_parts(target)
    there = sorted(path.name for path in target.iterdir()) if target.is_dir() else []
    if there == [REPORT] and (target / REPORT).read_text("utf-8") == page:
        return
    _open_folder(target.parent)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    _open_folder(part)
    (part / REPORT).write_text(page, "utf-8")
    (part / REPORT).chmod(FILE)
    if target.exists():
        gone = target.with_name(f".{target.name}.{os.getpid()}.gone.part")
        target.rename(gone)
        shutil.rmtree(gone)
    part.rename(target)


def _row(manifest: dict[str, Any], where: str) -> dict[str, object]:
    """A line of the index."""
    return {
        "version": manifest["version"],
        "as_at": long_date(dt.date.fromisoformat(manifest["inputs"]["as_at"])),
        "is_invented": manifest["is_invented"],
        "published_on": _day(manifest["clock"]["published_at"]),
        "by": manifest["published_by"],
        "note": manifest["note"],
        "folder": where,
        "superseded_by": "",
        "withdrawn_on": "",
    }


def _day(moment: str) -> str:
    return long_date(dt.datetime.fromisoformat(moment).date())

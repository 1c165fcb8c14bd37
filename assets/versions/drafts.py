"""A draft on disk: what is in it, how it is named and moved into place. Publishing it is
publish.py. No Dagster here.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import logging
import os
import re
import sys
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd

from assets.store.folder import DataFolder
from assets.store.reference import in_use
from assets.store.supply_store import Supply
from assets.versions.identity import code_hash, code_version
from assets.versions.manifests import manifests_of, when_made
from profiles.disclosure.counts import Counts, dims_of
from profiles.disclosure.labels import LabelStore
from profiles.disclosure.plan import Plan
from profiles.drawing.edition import EDITIONS, Edition
from profiles.drawing.page import Page
from profiles.figures.keys import GROUP_COLUMNS
from profiles.report.downloads import downloads
from profiles.report.render import render, render_localities

# What a draft's page is told besides labels, in its restricted folder.
PAGE = "page.json"
# What names the draft that was made last, in the place of its id.
NEWEST = "newest"


# What goes on, for whoever waits; no value.
STAGE = logging.getLogger("cce.stage")


class PublishError(Exception):
    """Why a draft is not published, in words for the analyst."""


def inputs(
    data: DataFolder,
    as_at: dt.date,
    supplies: list[Supply],
    refused: list[str],
    last_edition: dt.date | None = None,
) -> dict[str, Any]:
    """Everything that decides what a draft says: the day of the edition before it among them. Its
    hash is the draft's id.
    """
    settings = {
        "rule": data.rule.as_dict(),
        "plan": data.plan.digest,
        "canaries": _file_hash(data.canaries),
    }
    for path in (data.recording_changes, data.front, data.recommendations):
        settings[path.stem] = _file_hash(path)
    reference = {name: _file_hash(path) for name, path in in_use(data).items()}
    commentary = _hashes(data.commentary / as_at.isoformat())
    python = f"{sys.version_info.major}.{sys.version_info.minor}"
    code = {
        "version": code_version(),
        "hash": code_hash(),
        "python": python,
    }
    linkage_answers = _file_hash(data.linkage / "answers.json")
    return {
        "as_at": as_at.isoformat(),
        "supplies": [
            {"supplier": s.supplier, "supply_id": s.supply_id, "supply_date": s.supply_date}
            for s in supplies
        ],
        "refused": refused,
        "settings": settings,
        "reference": reference,
        "linkage_answers": linkage_answers,
        "last_edition": last_edition.isoformat() if last_edition else "",
        "commentary": commentary,
        "code": code,
    }


def _hashes(folder: Path) -> dict[str, str | None]:
    hashes = {}
    for p in sorted(folder.glob("*")):
        if p.is_file():
            hashes[p.name] = _file_hash(p)
    return hashes


def _file_hash(path: Path) -> str | None:
    if path.exists():
        return hashlib.sha256(path.read_bytes()).hexdigest()
    return None


def draft_id(of: dict[str, Any]) -> str:
    """The draft's name: the hash of its inputs."""
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:16]


def read_labels(warehouse: Path, plan: Plan) -> LabelStore:
    """The store of labels, as the run that made the draft left it."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        table = con.execute("select * from labels").df()
    return LabelStore(table, plan.register, plan.policy.merged_groups)


def read_exact(warehouse: Path) -> pd.DataFrame:
    """The exact figures, as the run that made the draft left them. For labelling and auditing,
    never for drawing.
    """
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute("select * from figures").df()


def read_members(warehouse: Path, counts: Counts) -> dict[str, set[str]]:
    """Who is counted in each count: references, numbered where one child is counted more
    than once.
    """
    key = ["figure", *GROUP_COLUMNS, "period_end"]
    with duckdb.connect(str(warehouse), read_only=True) as con:
        columns = ", ".join(f'"{column}"' for column in key)
        table = con.execute(
            f"""
            select {columns},
                list(reference || case when t > 1 then '#' || t else '' end) as members
            from (select *, unnest(range(1, times + 1)) as t from members)
            group by all
            """
        ).df()
    members_by_ref: dict[str, set[str]] = {}
    days = pd.to_datetime(table["period_end"]).dt.strftime("%Y-%m-%d")
    for figure, dims, day, members in zip(
        table["figure"], dims_of(table), days, table["members"], strict=True
    ):
        members_by_ref.setdefault(counts.reference(figure, dims, day), set()).update(members)
    return members_by_ref


def read_references(warehouse: Path) -> set[str]:
    """Every agency's reference to a person, to look for where none may be."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return {
            str(r) for (r,) in con.execute("select distinct person_ref from core_links").fetchall()
        }


def write_page(restricted: Path, page: Page) -> None:
    """What the page is told besides labels, for drawing it again."""
    text = json.dumps(page.as_dict(), indent=1, sort_keys=True)
    (restricted / PAGE).write_text(text, "utf-8")


def read_page(folder: Path) -> Page:
    """The page of a draft's or a version's folder."""
    return Page.from_dict(json.loads((folder / "restricted" / PAGE).read_text("utf-8")))


def write_editions(
    folder: Path, labels: LabelStore, page: Page, editions: tuple[Edition, ...] = EDITIONS
) -> None:
    """Each edition's report and the files beside it, from the same labels."""
    for edition in editions:
        STAGE.info("drawing the %s edition", edition.name)
        target = folder / edition.name
        target.mkdir(mode=0o700)
        edition_labels = edition.labels(labels)
        (target / "report.html").write_text(render(edition_labels, page, edition), "utf-8")
        for name, text in render_localities(edition_labels, page, edition).items():
            (target / name).write_text(text, "utf-8")
        for name, content in downloads(edition_labels, page, edition).items():
            (target / name).write_bytes(content)


def place_draft(data: DataFolder, made: Path, as_at: str, name: str) -> bool:
    """Move a finished draft into place in one step; False where the same draft is there already."""
    target = data.drafts / as_at / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    sync(made)
    try:
        made.rename(target)
    except OSError:
        if (target / "manifest.json").exists():
            return False
        raise
    return True


def sync(folder: Path) -> None:
    """Have every file of a folder on the disk before it is moved into place."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as f:
                os.fsync(f.fileno())


def find_draft(data: DataFolder, name: str) -> Path:
    """The draft of that id, or the one that was made last where “newest” is asked for. Raises
    PublishError where there is none, or where the start of an id fits several.
    """
    newest = newest_draft(data) if name == NEWEST else None
    if newest is not None:
        return newest
    folders = []
    if re.fullmatch(r"[0-9a-f]{4,16}", name):
        folders = [p.parent for p in data.drafts.glob(f"*/{name}*/manifest.json")]
    if len(folders) != 1:
        raise PublishError(
            f"{'Several drafts begin' if folders else 'There is no draft that begins'} with "
            f"“{name[:16]}”. See the drafts in {data.drafts}."
        )
    return folders[0]


def newest_draft(data: DataFolder, as_at: str = "*") -> Path | None:
    """The draft of an as-at date, or of any, that was made last."""
    made = [(when_made(manifest), folder) for folder, manifest in manifests_of(data, as_at)]
    return max(made)[1] if made else None

"""A draft and a version on disk: what is in them, how they are named, moved into place and published. No Dagster here."""

from __future__ import annotations

import datetime as dt
import hashlib
import importlib.metadata
import json
import os
import re
import shutil
import sys
from pathlib import Path
from typing import Any

import duckdb
import yaml

from assets.resources import DataFolder, write_atomically
from assets.supply_store import Supply
from expectations.supply import file_sha256
from profiles.disclosure.store import LabelStore
from profiles.edition import EDITIONS
from profiles.figures import long_date
from profiles.page import Page, Stamp
from profiles.render import render, render_index

PACKAGES = ("assets", "expectations", "profiles", "sql")
SHOWN_IN_PAGES = ("duckdb", "jinja2", "numpy", "pandas", "plotly", "scipy")


class PublishError(Exception):
    """Why a draft is not published, in words for the analyst."""


def code_version() -> str:
    """The SemVer of the code."""
    return importlib.metadata.version("cce-profile")


def code_hash() -> str:
    """Changes with any file or library that a number or a page depends on; of the code that this process has loaded."""
    return _CODE_HASH


def _hash_of_the_code() -> str:
    root = Path(__file__).parents[1]
    parts = [f"{name} {importlib.metadata.version(name)}" for name in SHOWN_IN_PAGES]
    for package in PACKAGES:
        for path in sorted((root / package).rglob("*")):
            if path.is_file() and path.suffix in (".py", ".sql", ".yml", ".csv", ".j2", ".js", ".css"):
                parts.append(f"{path.relative_to(root).as_posix()} {hashlib.sha256(path.read_bytes()).hexdigest()}")
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


# Once, when the code is loaded: files may be replaced under a process that runs on.
_CODE_HASH = _hash_of_the_code()


def inputs(data: DataFolder, as_at: dt.date, supplies: list[Supply], refused: list[str]) -> dict[str, Any]:
    """Everything that decides what a draft says. Its hash is the draft's id."""
    return {
        "as_at": as_at.isoformat(),
        "supplies": [
            {"supplier": s.supplier, "supply_id": s.supply_id, "supply_date": s.supply_date} for s in supplies
        ],
        "refused": refused,
        "settings": {"rule": data.rule.as_dict(), "canaries": _file_hash(data.canaries)},
        "commentary": {},
        "code": {
            "version": code_version(),
            "hash": code_hash(),
            "python": f"{sys.version_info.major}.{sys.version_info.minor}",
        },
    }


def _file_hash(path: Path) -> str | None:
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.exists() else None


def draft_id(of: dict[str, Any]) -> str:
    """The draft's name: the hash of its inputs."""
    return hashlib.sha256(json.dumps(of, sort_keys=True).encode()).hexdigest()[:16]


def read_labels(warehouse: Path) -> LabelStore:
    """The store of labels, as the run that made the draft left it."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return LabelStore(con.execute("select * from labels").df())


def write_editions(folder: Path, labels: LabelStore, page: Page) -> None:
    """Both editions: the report and its figures, from the same labels."""
    for edition in EDITIONS:
        target = folder / edition.name
        target.mkdir(mode=0o700)
        (target / "report.html").write_text(render(labels, page, edition), "utf-8")
        edition.labels(labels).as_table().to_csv(target / "figures.csv", index=False, lineterminator="\n")


def place_draft(data: DataFolder, made: Path, as_at: str, name: str) -> bool:
    """Move a finished draft into place in one step; False where the same draft is there already."""
    target = data.drafts / as_at / name
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    _sync(made)
    try:
        made.rename(target)
    except OSError:
        if (target / "manifest.json").exists():
            return False
        raise
    return True


def _link(source: str, target: str) -> None:
    """The same file under a second name where the disk can do that; both are read-only."""
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def _sync(folder: Path) -> None:
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as f:
                os.fsync(f.fileno())


def find_draft(data: DataFolder, name: str) -> Path:
    """The draft of that id. Raises PublishError where there is none, or where the start of an id fits several."""
    found = (
        [p.parent for p in data.drafts.glob(f"*/{name}*/manifest.json")]
        if re.fullmatch(r"[0-9a-f]{4,16}", name)
        else []
    )
    if len(found) != 1:
        raise PublishError(
            f"{'Several drafts begin' if found else 'There is no draft that begins'} with “{name[:16]}”. See the drafts in {data.drafts}."
        )
    return found[0]


def newest_draft(data: DataFolder, as_at: str) -> Path | None:
    """The draft of an as-at date that was made last."""
    found = [
        (json.loads(p.read_text("utf-8"))["clock"]["made_at"], p.parent)
        for p in data.drafts.glob(f"{as_at}/*/manifest.json")
    ]
    return max(found)[1] if found else None


def check_governance(data: DataFolder, page: Page) -> None:
    """The publish gate: every agency in use has a complete entry in the register, not past its review date.

    Raises PublishError naming the agency and the blank field, or the missing register.
    """
    if not data.governance.exists():
        raise PublishError(
            f"There is no governance register at {data.governance}. Copy data_samples/governance.yml, fill it in and try again."
        )
    try:
        register = yaml.safe_load(data.governance.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PublishError(f"The governance register {data.governance} is not valid YAML.") from None
    if not isinstance(register, dict) or not isinstance(register.get("agencies"), dict):
        raise PublishError(f"The governance register {data.governance} has no “agencies” with an entry each.")
    if bool(register.get("invented")) != page.is_invented:
        raise PublishError(
            "The governance register is the samples' own, marked as invented: real supplies need a real one."
            if not page.is_invented
            else "These are invented supplies: they are published under the samples' own register only."
        )
    fields = ("controller", "lawful_basis", "conditions", "dpia", "sharing_agreement", "secret_held_by", "review_date")
    for source in page.sources:
        key = f"{source.agency}:{source.provider}" if source.provider else source.agency
        entry = register["agencies"].get(key) or {}
        if not isinstance(entry, dict):
            raise PublishError(f"{source.name}: the governance entry “{key}” is not a list of fields.")
        blank = [f for f in fields if not str(entry.get(f) or "").strip()]
        if blank:
            raise PublishError(
                f"{source.name}: the governance register has no {', '.join(blank).replace('_', ' ')} (entry “{key}”). Publishing needs them."
            )
        try:
            review = dt.date.fromisoformat(str(entry["review_date"]))
        except ValueError:
            raise PublishError(
                f"{source.name}: the review date in the governance register is not a date (YYYY-MM-DD)."
            ) from None
        if review < data.clock().date():
            raise PublishError(
                f"{source.name}: the governance entry was due for review on {long_date(review)}. Review it, then publish."
            )


def publish(data: DataFolder, draft: Path, by: str, note: str) -> tuple[str, Path]:
    """Allot the next version of the draft's as-at date and write both editions; returns its name and folder.

    A draft is published once: publishing it again returns the version that it has.

    Raises PublishError where the gate is shut or the code has changed since the draft.
    """
    manifest = json.loads((draft / "manifest.json").read_text("utf-8"))
    page = Page.from_dict(json.loads((draft / "restricted" / "page.json").read_text("utf-8")))
    if not by.strip() or not note.strip():
        raise PublishError("Say who publishes (--by) and what is new (--note): both stand in the index.")
    if manifest["inputs"]["code"]["hash"] != code_hash():
        raise PublishError("The code has changed since this draft was made. Refresh again and publish the new draft.")
    check_governance(data, page)
    with data.locked("publish"):
        target = data.profiles / page.as_at
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for left in target.glob(".publishing-*"):
            shutil.rmtree(left, ignore_errors=True)
        for existing in versions(data):
            if existing["draft"] == manifest["draft"]:
                write_index(data)  # the process may have been killed just before it
                return existing["version"], target / existing["version"].rpartition(".")[2]
        number = max([int(p.name[1:]) for p in target.glob("v*") if p.name[1:].isdigit()], default=0) + 1
        version = f"{page.as_at}.v{number}"
        now = data.clock()
        stamp = Stamp(version, long_date(now.date()), by.strip(), note.strip())
        made = target / f".publishing-{os.getpid()}"
        made.mkdir(mode=0o700)
        labels = read_labels(draft / "restricted" / "warehouse.duckdb")
        write_editions(made, labels, Page.from_dict(page.as_dict() | {"stamp": stamp.__dict__}))
        shutil.copytree(draft / "restricted", made / "restricted", copy_function=_link)
        described = manifest | {
            "version": version,
            "note": stamp.note,
            "published_by": stamp.published_by,
            "restricted": {p.name: file_sha256(p) for p in sorted((made / "restricted").iterdir())},
            "clock": manifest["clock"] | {"published_at": now.isoformat()},
        }
        (made / "manifest.json").write_text(json.dumps(described, indent=1, sort_keys=True) + "\n", "utf-8")
        _sync(made)
        for path in made.rglob("*"):
            if path.is_file():
                path.chmod(0o400)
        made.rename(target / f"v{number}")
        write_index(data)
    return version, target / f"v{number}"


def versions(data: DataFolder) -> list[dict[str, Any]]:
    """The manifests of all published versions, newest publication first."""
    found = [json.loads(p.read_text("utf-8")) for p in data.profiles.glob("*/v*/manifest.json")]
    return sorted(found, key=lambda m: (m["clock"]["published_at"], m["version"]), reverse=True)


def write_index(data: DataFolder) -> Path:
    """Rewrite index.html from the versions on disk."""
    rows = [
        {
            "version": m["version"],
            "as_at": long_date(dt.date.fromisoformat(m["inputs"]["as_at"])),
            "is_invented": m["is_invented"],
            "published_on": long_date(dt.datetime.fromisoformat(m["clock"]["published_at"]).date()),
            "by": m["published_by"],
            "note": m["note"],
            "folder": m["version"].replace(".", "/", 1),
        }
        for m in versions(data)
    ]
    path = data.profiles / "index.html"
    write_atomically(path, render_index(rows))
    return path

"""From a draft to a version: audited, repaired, drawn anew with its number, scanned, written in the
ledger and the register, and only then put in its place. No Dagster here.
"""

from __future__ import annotations

import contextlib
import dataclasses
import datetime as dt
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb

from assets.store.folder import DataFolder
from assets.versions import register
from assets.versions.drafts import (
    PAGE,
    STAGE,
    PublishError,
    read_page,
    read_references,
    sync,
    write_editions,
    write_page,
)
from assets.versions.gates import Candidate, check_commentary, refuse_closed
from assets.versions.governance import responsible
from assets.versions.manifests import versions
from assets.versions.protection import Protection, newest_head, protection
from assets.versions.readers import place_for_readers
from assets.versions.verify import hashes_of
from expectations.judging.supply import file_sha256
from profiles.disclosure.labels import LabelStore
from profiles.disclosure.shares import label_store
from profiles.drawing.edition import EDITIONS, Edition
from profiles.drawing.page import Page, Stamp
from profiles.figures.dates import long_date
from profiles.report.render import render_disclosure
from profiles.report.scan import scan, scan_manifest


def publish(
    data: DataFolder, draft: Path, by: str, note: str, editions: tuple[Edition, ...] = EDITIONS
) -> tuple[str, Path]:
    """Allot the next version of the draft's as-at date and write its editions; returns its name and
    folder.

    Both editions are audited whichever become visible. Publishing a draft again returns the version
    that has those editions. Raises PublishError where the gate is shut, that version was withdrawn,
    the code has changed since the draft, or the audit or the scan does not pass, and RegisterError
    where the register is damaged; nothing is published then.
    """
    with removal_in_words(draft):
        manifest = json.loads((draft / "manifest.json").read_text("utf-8"))
        page = read_page(draft)
    if not by.strip() or not note.strip():
        raise PublishError(
            "Say who publishes (--by) and what is new (--note): both are in the index."
        )
    # Before the audit, which takes a while; and the commentary again after it, which may withhold
    # what the prose speaks of.
    with removal_in_words(draft):
        refuse_closed(Candidate(data, draft, by, editions))
    with data.locked("publish"), removal_in_words(draft):
        target = data.profiles / page.as_at
        target.mkdir(mode=0o700, parents=True, exist_ok=True)
        for unfinished in target.glob(".publishing-*"):
            shutil.rmtree(unfinished, ignore_errors=True)
        # A register that cannot be added to stops here, before the ledger tells of a version: it
        # may have been damaged since the gates were looked at.
        register.entries(data)
        published = _published_before(data, manifest["draft"], editions)
        if published:
            # The process may have been killed just before readers were given the version.
            place_for_readers(data)
            return published, target / published.rpartition(".")[2]
        protected = protection(data, draft, newest_head(versions(data)))
        number = _next_number(data, page.as_at)
        version = f"{page.as_at}.v{number}"
        now = data.clock()
        today = now.date()
        stamp = Stamp(
            version=version,
            published_on=long_date(today),
            published_day=today.isoformat(),
            published_by=by.strip(),
            note=note.strip(),
            responsible=tuple(responsible(data, page)),
        )
        stamped = dataclasses.replace(page, stamp=stamp)
        in_work = target / f".publishing-{os.getpid()}"
        in_work.mkdir(mode=0o700)
        try:
            _write_version(in_work, draft, manifest, stamped, protected, editions, now, data)
            about = {"draft": manifest["draft"], "manifest": file_sha256(in_work / "manifest.json")}
            register.add(data, register.PUBLISHED, version, by.strip(), about)
            in_work.rename(target / f"v{number}")
        except BaseException:
            shutil.rmtree(in_work, ignore_errors=True)
            raise
        place_for_readers(data)
    return version, target / f"v{number}"


@contextlib.contextmanager
def removal_in_words(draft: Path) -> Iterator[None]:
    """Raises PublishError where the draft is removed meanwhile: `cce purge` in another window."""
    try:
        yield
    except (FileNotFoundError, duckdb.IOException):
        if draft.exists():
            raise
        raise PublishError(
            "The draft was removed while it was being published. Nothing was published; refresh "
            "again."
        ) from None


def _published_before(data: DataFolder, draft: str, editions: tuple[Edition, ...]) -> str:
    """The version that already has these editions of a draft; blank where none has. Raises
    PublishError where it was withdrawn.
    """
    wanted = {edition.name for edition in editions}
    for manifest in versions(data):
        if manifest["draft"] == draft and wanted <= set(manifest["editions"]):
            version = str(manifest["version"])
            if register.newest(data, register.WITHDRAWN, version):
                raise PublishError(
                    f"This draft was published as {version}, which was withdrawn. Refresh again "
                    "once what was wrong is put right, and publish the new draft."
                )
            return version
    return ""


def _next_number(data: DataFolder, as_at: str) -> int:
    """One more than the highest that there is or that readers were given, so that a number never
    stands for two versions: not even where the folder of one was lost.
    """
    places = [data.profiles, *(data.readers / edition.name for edition in EDITIONS)]
    numbers = []
    for place in places:
        numbers += [int(p.name[1:]) for p in (place / as_at).glob("v*") if p.name[1:].isdigit()]
    return max(numbers, default=0) + 1


def _write_version(
    made: Path,
    draft: Path,
    manifest: dict[str, Any],
    page: Page,
    protected: Protection,
    editions: tuple[Edition, ...],
    now: dt.datetime,
    data: DataFolder,
) -> None:
    """A version's folder, whole and scanned, and its entry in the ledger."""
    labels = label_store(protected.result.counts, data.plan)
    check_commentary(labels, page, editions)
    write_editions(made, labels, page, editions)
    # Copied and not linked: a bad block then spoils one of the two.
    shutil.copytree(draft / "restricted", made / "restricted")
    restricted = made / "restricted"
    (restricted / "disclosure.html").unlink()
    (restricted / "disclosure.html").write_text(
        render_disclosure(protected.result.counts, page, protected.as_dict()), "utf-8"
    )
    # With its stamp, so that a version can be drawn again from its own folder.
    (restricted / PAGE).unlink()
    write_page(restricted, page)
    (restricted / "audit.json").write_text(
        json.dumps(protected.as_dict(), indent=1, sort_keys=True) + "\n", "utf-8"
    )
    clock = manifest["clock"] | {"published_at": now.isoformat()}
    described = manifest | {
        "version": page.stamp.version,
        "editions": sorted(edition.name for edition in editions),
        "note": page.stamp.note,
        "published_by": page.stamp.published_by,
        "files": hashes_of(made),
        "clock": clock,
    }
    _scan(made, labels, page, editions, draft, described, data)
    about = {"version": page.stamp.version, "draft": manifest["draft"], "at": now.isoformat()}
    head = protected.ledger.record(
        protected.result.counts, protected.members, [e.name for e in editions], data.rule, about
    )
    described["ledger"] = {"before": protected.before_head, "after": head}
    (made / "manifest.json").write_text(
        json.dumps(described, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    sync(made)
    for path in made.rglob("*"):
        if path.is_file():
            path.chmod(0o400)


def _scan(
    made: Path,
    labels: LabelStore,
    page: Page,
    editions: tuple[Edition, ...],
    draft: Path,
    described: dict[str, Any],
    data: DataFolder,
) -> None:
    references = read_references(draft / "restricted" / "warehouse.duckdb")
    findings = scan_manifest(described, data.rule.as_dict())
    for edition in editions:
        STAGE.info("looking through every byte of the %s edition", edition.name)
        own_labels = edition.labels(labels)
        for finding in scan(made / edition.name, own_labels, page, edition, references):
            findings.append(f"{edition.name} edition, {finding}")
    if findings:
        raise PublishError(
            (
                "The last look at the finished editions found what should not be there. Nothing "
                "was published.\n"
            )
            + "\n".join(findings)
        )

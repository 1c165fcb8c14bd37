"""What must hold before a draft is audited and published: one list. Publishing goes through all of
it, and the desk page shows all of it. No Dagster here.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from assets.store.folder import DataFolder
from assets.store.locks import FolderError
from assets.store.room import refuse_without_room
from assets.versions import register
from assets.versions.drafts import PublishError, read_labels, read_page
from assets.versions.governance import check_governance
from assets.versions.identity import code_hash
from assets.versions.manifests import versions
from assets.versions.protection import newest_head, refuse_near_date
from assets.versions.register import RegisterError
from assets.versions.release import check_approval
from profiles.disclosure.labels import LabelStore
from profiles.disclosure.ledger import Ledger
from profiles.disclosure.ledger_key import LedgerError
from profiles.drawing.commentary import drawn
from profiles.drawing.edition import EDITIONS, Edition
from profiles.drawing.page import Page
from profiles.reading import FileError


@dataclass(frozen=True)
class Candidate:
    """A draft that is to be published. `by` is who would publish it. The desk does not know yet and
    leaves it blank: whether that person is another than who approved the draft is then only asked
    when it is published.
    """

    data: DataFolder
    folder: Path
    by: str = ""
    editions: tuple[Edition, ...] = EDITIONS

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What the draft was made from."""
        read: dict[str, Any] = json.loads((self.folder / "manifest.json").read_text("utf-8"))
        return read

    @cached_property
    def page(self) -> Page:
        """What its page is told besides labels."""
        return read_page(self.folder)

    @cached_property
    def labels(self) -> LabelStore:
        """Its labels, before the audit."""
        return read_labels(self.folder / "restricted" / "warehouse.duckdb", self.data.plan)


def _code(candidate: Candidate) -> None:
    if candidate.manifest["inputs"]["code"]["hash"] != code_hash():
        raise PublishError(
            "The code has changed since this draft was made. Refresh again and publish the new "
            "draft."
        )


def _settings(candidate: Candidate) -> None:
    settings = candidate.manifest["inputs"]["settings"]
    data = candidate.data
    if settings["rule"] != data.rule.as_dict() or settings["plan"] != data.plan.digest:
        raise PublishError(
            "The disclosure settings have changed since this draft was made. Refresh again and "
            "publish the new draft."
        )


def _governance(candidate: Candidate) -> None:
    check_governance(candidate.data, candidate.page)


def _register(candidate: Candidate) -> None:
    register.entries(candidate.data)


def _approval(candidate: Candidate) -> None:
    check_approval(candidate.data, candidate.page, candidate.by)


def _date(candidate: Candidate) -> None:
    data = candidate.data
    ledger = Ledger(data.ledger, newest_head(versions(data)))
    plan = data.plan.with_published(data.published_elsewhere)
    refuse_near_date(candidate.page.day, plan, ledger, data.rule.days_apart)


def _headline(candidate: Candidate) -> None:
    headline = candidate.labels.get("at_risk")
    if headline.status == "refused":
        raise PublishError(
            f"How many children are at risk cannot be told: {headline.note}. A profile without it "
            "is not published. Wait for the supply, or refresh for a day that it covers."
        )


def _commentary(candidate: Candidate) -> None:
    check_commentary(candidate.labels, candidate.page, candidate.editions)


def _room(candidate: Candidate) -> None:
    refuse_without_room(candidate.data, "a version")


# Invented data need nobody's, and where one person may release alone there is no second; the desk
# tells it from the others, since it is what comes next.
APPROVED = "Somebody has read and approved the draft"
# In the order in which they are asked. The audit, which takes minutes, comes after all of them.
GATES: dict[str, Callable[[Candidate], None]] = {
    "The code is the one that made the draft": _code,
    "The disclosure settings are those of the draft": _settings,
    "Every agency in use has its entry in the governance register": _governance,
    "The register of what was published is whole": _register,
    APPROVED: _approval,
    "The date is far enough from others": _date,
    "The number of children at risk can be told": _headline,
    "The commentary can be read and speaks of what is shown": _commentary,
    "The disk has room": _room,
}


def refuse_closed(candidate: Candidate) -> None:
    """Raises PublishError of the first gate that is closed, RegisterError where the register is
    damaged, and FolderError where there is no room.
    """
    for look in GATES.values():
        try:
            look(candidate)
        except (FileError, LedgerError) as error:
            raise PublishError(f"{error} Nothing was published.") from None


def closed(candidate: Candidate) -> dict[str, str]:
    """Every gate that is closed, with the words of its refusal."""
    found = {}
    for name, look in GATES.items():
        try:
            look(candidate)
        except (PublishError, RegisterError, FolderError, FileError, LedgerError) as error:
            found[name] = str(error)
    return found


def check_commentary(labels: LabelStore, page: Page, editions: tuple[Edition, ...]) -> None:
    """Raises PublishError where a commentary cannot be read, or speaks of what an edition does not
    show.
    """
    problems = list(page.commentary_problems)
    for edition in editions:
        shown = edition.labels(labels)
        for one in page.commentary:
            written = drawn(one, shown)
            if written.problem:
                problems.append(f"{edition.name} edition, {written.problem}")
    if problems:
        raise PublishError(
            "The commentary has to be mended first. Nothing was published.\n" + "\n".join(problems)
        )

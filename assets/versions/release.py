"""Who releases what: a draft is approved by one person and published by another; a version that
should not have been published is withdrawn, and its address says so. No Dagster here.
"""

from __future__ import annotations

from pathlib import Path

from assets.store.folder import DataFolder
from assets.versions import register
from assets.versions.drafts import PublishError
from assets.versions.manifests import versions
from assets.versions.readers import place_for_readers
from expectations.judging.supply import file_sha256
from profiles.drawing.page import Page


def approve(data: DataFolder, draft: str, by: str, note: str, desk: Path | None = None) -> None:
    """Write down who has read a draft and found it right, with the hash of the desk page that they
    had. Raises PublishError.
    """
    if not by.strip() or not note.strip():
        raise PublishError("Say who approves (--by) and what was looked at (--note).")
    told = {"note": note.strip()}
    if desk is not None:
        told["desk"] = file_sha256(desk)
    register.add(data, register.APPROVED, draft, by.strip(), told)


def check_approval(data: DataFolder, page: Page, by: str) -> None:
    """The second pair of eyes: real data is published by somebody else than who approved it. Raises
    PublishError.
    """
    if page.is_invented or data.is_released_by_one:
        return
    names = {
        _plain(entry.by)
        for entry in register.entries(data)
        if (entry.what, entry.of) == (register.APPROVED, page.draft_id)
    }
    if not names:
        raise PublishError(
            "Nobody has approved this draft. Whoever reads it and finds it right says so: cce "
            f"approve {page.draft_id} --by NAME --note TEXT. Somebody else then publishes it."
        )
    if names == {_plain(by)}:
        raise PublishError(
            f"{by.strip()} approved this draft and cannot publish it as well: two people release a "
            "profile."
        )


def _plain(name: str) -> str:
    """A name as it is compared: “J. Smith” and “j  smith” are one person."""
    return " ".join(name.casefold().replace(".", " ").split())


def withdraw(data: DataFolder, version: str, by: str, reason: str) -> None:
    """Put a notice in the place of a version that readers have. The sealed original stays, and so
    does what everybody has read: the ledger goes on reckoning with it. Raises PublishError.
    """
    if not by.strip() or not reason.strip():
        raise PublishError("Say who withdraws (--by) and why (--reason): readers are told both.")
    if version not in {manifest["version"] for manifest in versions(data)}:
        raise PublishError(f"There is no published version {version[:40]}. See: cce status")
    if register.newest(data, register.WITHDRAWN, version) is None:
        register.add(data, register.WITHDRAWN, version, by.strip(), {"reason": reason.strip()})
    place_for_readers(data)

"""Room on the disk: looked for before work begins, and told from the words of the libraries that
met its end. No Dagster here.
"""

from __future__ import annotations

import errno
import re
import shutil
from collections.abc import Iterator

from assets.store.folder import DataFolder
from assets.store.locks import FolderError

# A draft of the samples takes some 60 MB with what is written on the way, and a version as much.
LEAST = 250 * 10**6
# A warehouse, its overflow and its copy, for each byte of the extracts.
FOR_EACH_BYTE = 8
FULL, READ_ONLY, DENIED = "the disk is full", "the disk is read-only", "permission denied"
# SQLite says no more where its journal cannot be written.
NOT_WRITTEN = "the disk is full, or cannot be written to"
REASONS = {
    errno.ENOSPC: FULL,
    errno.EDQUOT: FULL,
    errno.EROFS: READ_ONLY,
    errno.EACCES: DENIED,
}
# How DuckDB, SQLite and the system say so.
_SAID = (
    (re.compile("no space left on device|disk is full|disk quota exceeded", re.IGNORECASE), FULL),
    (re.compile("read-only file system|readonly database", re.IGNORECASE), READ_ONLY),
    (re.compile("disk i/o error|unable to open database file", re.IGNORECASE), NOT_WRITTEN),
)


def refuse_without_room(data: DataFolder, what: str) -> None:
    """Raises FolderError where there is too little room for a refresh or a version, before anything
    is written.
    """
    extracts = sum(path.stat().st_size for path in data.supplies.glob("*/*/*.csv"))
    if not extracts:
        extracts = sum(path.stat().st_size for path in data.inbox.rglob("*.csv"))
    needed = LEAST + FOR_EACH_BYTE * extracts
    free = shutil.disk_usage(data.home).free
    if free < needed:
        raise FolderError(
            f"{free / 1e6:,.0f} MB are free where {data.home} lies, and {what} needs "
            f"{needed / 1e6:,.0f} MB. Nothing was begun. Free some room (cce purge --dry-run says "
            "what has been kept long enough) and try again."
        )


def reason_in(text: str) -> str:
    """What a library's message says of the disk; blank where it says nothing of it."""
    for pattern, reason in _SAID:
        if pattern.search(text):
            return reason
    return ""


def reason_of(error: BaseException) -> str:
    """The same of an error and of those that led to it."""
    for each in _chain(error):
        if isinstance(each, OSError) and each.errno in REASONS:
            return REASONS[each.errno]
        if reason := reason_in(str(each)):
            return reason
    return ""


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    seen: set[int] = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        yield error
        error = error.__cause__ or error.__context__

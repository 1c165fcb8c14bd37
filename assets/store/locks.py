"""Locks on files, held by a process for as long as it lives. Loads nothing else: every process of
Dagster's takes one.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType


class FolderError(Exception):
    """Why there can be no data folder here, in words."""


def locks() -> ModuleType:
    """Locks on files, which Windows has not: a data folder needs them, an agency's commands do not.
    Raises FolderError.
    """
    try:
        import fcntl
    except ImportError:
        raise FolderError(
            "a data folder needs Linux or macOS; at an agency on Windows, cce pseudonymise, "
            "validate, screen, spec and mappings work without one"
        ) from None
    return fcntl


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """One process at a time; the others wait."""
    with path.open("w") as lock:
        locks().flock(lock, locks().LOCK_EX)
        yield

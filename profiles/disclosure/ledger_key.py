"""The key under which the ledger and the register of releases are signed."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


class LedgerError(Exception):
    """Why the ledger cannot be trusted, in words for the analyst. Nothing is published then."""


def ledger_key(folder: Path) -> bytes:
    """The key of a ledger's signatures; made where the ledger is not begun. Raises LedgerError."""
    path = folder / "key"
    if path.exists():
        return path.read_bytes()
    if any(folder.glob("[0-9]*.json.gz")):
        raise LedgerError("The ledger of published labels has lost its key.")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = folder / f".key.{os.getpid()}"
    # Made beside its place and linked: of two first publications at once, one key wins for both.
    part.write_bytes(secrets.token_bytes(32))
    part.chmod(0o400)
    if not path.exists():
        os.link(part, path)
    part.unlink()
    return path.read_bytes()

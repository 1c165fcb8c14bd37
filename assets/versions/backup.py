"""A copy of what cannot be made again, in one file, and the data folder made from it on another
machine. No Dagster here.
"""

from __future__ import annotations

import contextlib
import hashlib
import io
import json
import os
import shutil
import tarfile
from collections.abc import Iterator
from pathlib import Path

from assets.store.folder import DataFolder
from assets.versions.readers import place_for_readers

LIST = "BACKUP.json"
# Made from the rest, or the agencies' own: everything else is in a backup, whatever it is.
MADE_AGAIN = {"audits", "dagster", "drafts", "estimates", "inbox", "readers", "work"}
BLOCK = 1_000_000


class BackupError(Exception):
    """Why nothing was backed up or restored, in words."""


def back_up(data: DataFolder, target: Path) -> int:
    """Write the backup, whole or not at all; returns how many files are in it. Raises BackupError.

    What is published, taken in or written in the register meanwhile waits, so that all of it is of
    one moment; a refresh goes on.
    """
    target = target.resolve()
    if target.exists():
        raise BackupError(f"{target.name} is there already: name a new file")
    if target.is_relative_to(data.home):
        raise BackupError(
            "a backup within the data folder would be lost with it: name a file outside"
        )
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    hashes = {}
    try:
        with _still(data), tarfile.open(part, "w:gz", compresslevel=1) as packed:
            part.chmod(0o600)
            for path in _kept(data.home):
                name = path.relative_to(data.home).as_posix()
                hashes[name] = _sha256(path)
                packed.add(path, name, recursive=False)
            listed = json.dumps(hashes, indent=1, sort_keys=True).encode()
            entry = tarfile.TarInfo(LIST)
            entry.size = len(listed)
            entry.mode = 0o600
            packed.addfile(entry, io.BytesIO(listed))
        with part.open("rb") as written:
            os.fsync(written.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)
    return len(hashes)


@contextlib.contextmanager
def _still(data: DataFolder) -> Iterator[None]:
    """Nothing that is backed up changes meanwhile."""
    with data.locked("publish"), data.locked("supplies"), data.locked("register"):
        yield


def _kept(home: Path) -> Iterator[Path]:
    """Every file that is backed up; locks are of this machine."""
    for path in sorted(home.rglob("*")):
        first = path.relative_to(home).parts[0]
        is_lock = path.parent == home and path.name.startswith(".")
        if path.is_file() and not path.is_symlink() and first not in MADE_AGAIN and not is_lock:
            yield path


def restore(data: DataFolder, source: Path) -> int:
    """Make the data folder from a backup; returns how many files were in it. Raises BackupError
    where there is a data folder already, or the backup is not whole.
    """
    home = data.home
    if home.exists() and any(_kept(home)):
        raise BackupError(
            f"{home} holds something already: restore into a folder that is not there"
        )
    part = home.with_name(f".{home.name}.restoring")
    shutil.rmtree(part, ignore_errors=True)
    try:
        hashes = _unpacked(source, part)
        for name, digest in hashes.items():
            if not (part / name).is_file() or _sha256(part / name) != digest:
                raise BackupError(f"{name} is not in the backup as it was: the backup is damaged")
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        home.chmod(0o700)
        # What arrived in the inbox meanwhile stays; of what is restored the folder has no file.
        for entry in sorted(part.iterdir()):
            shutil.rmtree(home / entry.name, ignore_errors=True)
            entry.rename(home / entry.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)
    data.make()
    place_for_readers(data)
    return len(hashes)


def _unpacked(source: Path, part: Path) -> dict[str, str]:
    """Unpack a backup; returns its list of files and hashes."""
    try:
        with tarfile.open(source, "r:gz") as packed:
            # Nothing outside the folder, no links, no devices.
            packed.extractall(part, filter="data")
        hashes: dict[str, str] = json.loads((part / LIST).read_text("utf-8"))
    except (tarfile.TarError, EOFError, OSError, ValueError):
        raise BackupError(f"{source.name} is no whole backup: it cannot be unpacked") from None
    (part / LIST).unlink()
    return hashes


def _sha256(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(BLOCK):
            digest.update(block)
    return digest.hexdigest()

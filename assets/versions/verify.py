"""Whether published versions are byte for byte what was published, and what is damaged made again
where that can be done. No Dagster here.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.versions import register
from assets.versions.drafts import STAGE
from assets.versions.manifests import versions
from assets.versions.readers import as_read, place_for_readers, replacements
from expectations.judging.supply import file_sha256
from profiles.drawing.edition import EDITIONS

MANIFEST = "manifest.json"
BY_REPAIR = "cce repair"
FROM_BACKUP = "bring it back from a backup: what was published cannot be made again"


@dataclass(frozen=True)
class Damage:
    """A file that is not as it was: which, what that means, and what to do."""

    file: str
    meaning: str
    remedy: str

    def words(self) -> str:
        """One line for the analyst."""
        return f"{self.file}: {self.meaning}; {self.remedy}."


def hashes_of(folder: Path) -> dict[str, str]:
    """SHA-256 of every file below a folder but its manifest, by its path from there."""
    return {
        path.relative_to(folder).as_posix(): file_sha256(path)
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != MANIFEST
    }


def verify(data: DataFolder, version: str) -> list[Damage]:
    """What is damaged of a version: its manifest against the register, its files against its
    manifest, what readers have against its files.
    """
    folder = data.profiles / version.replace(".", "/", 1)
    name = folder.relative_to(data.home).as_posix()
    manifest_file = folder / MANIFEST
    if not manifest_file.exists():
        return [Damage(f"{name}/{MANIFEST}", "it is not there", FROM_BACKUP)]
    damages = []
    entry = register.newest(data, register.PUBLISHED, version)
    if entry is None:
        meaning = "the register has no entry of it, so that nothing proves it"
        remedy = "it was made by an earlier release; publish that date again to have it proven"
        return [Damage(f"{name}/{MANIFEST}", meaning, remedy)]
    if file_sha256(manifest_file) != entry.more["manifest"]:
        meaning = "it is not the manifest that was published"
        return [Damage(f"{name}/{MANIFEST}", meaning, FROM_BACKUP)]
    manifest = json.loads(manifest_file.read_text("utf-8"))
    damages += _differences(folder, name, manifest["files"], FROM_BACKUP)
    if not damages:
        damages += _readers(data, version, manifest)
    return damages


def _differences(folder: Path, name: str, told: dict[str, str], remedy: str) -> list[Damage]:
    there = hashes_of(folder)
    damages = []
    for file in sorted(told.keys() | there.keys()):
        if file not in there:
            damages.append(Damage(f"{name}/{file}", "it is not there", remedy))
        elif file not in told:
            meaning = "nobody published it"
            damages.append(Damage(f"{name}/{file}", meaning, "look who put it there; remove it"))
        elif there[file] != told[file]:
            damages.append(Damage(f"{name}/{file}", "it was changed since", remedy))
    return damages


def _readers(data: DataFolder, version: str, manifest: dict[str, Any]) -> list[Damage]:
    """Of each edition that is visible what readers have; a withdrawn version has a notice there."""
    if register.newest(data, register.WITHDRAWN, version):
        return []
    damages = []
    replaced = replacements(data)
    for edition in manifest["editions"]:
        newer = replaced.get((edition, version))
        where = f"{edition}/{version.replace('.', '/', 1)}"
        told = {}
        for file, digest in manifest["files"].items():
            if file.startswith(f"{edition}/"):
                told[file.removeprefix(f"{edition}/")] = digest
            if newer and file.startswith(f"{edition}/") and file.endswith(".html"):
                page = as_read(data.profiles / version.replace(".", "/", 1) / file, newer)
                told[file.removeprefix(f"{edition}/")] = hashlib.sha256(page).hexdigest()
        damages += _differences(data.readers / where, f"readers/{where}", told, BY_REPAIR)
    return damages


def verify_all(data: DataFolder) -> dict[str, list[Damage]]:
    """What is damaged of every version, the newest first, and of those that the register tells of
    and nobody has.
    """
    names = [manifest["version"] for manifest in versions(data)]
    gone = []
    for entry in register.entries(data):
        if entry.what == register.PUBLISHED and entry.of not in names:
            gone.append(entry.of)
    found = {}
    for number, name in enumerate(names, start=1):
        STAGE.info("proving version %d of %d", number, len(names))
        found[name] = verify(data, name)
    for name in dict.fromkeys(gone):
        meaning = "the register tells of it and it is not there"
        remedy = (
            "publish its draft again where publishing was broken off; else bring it back from a "
            "backup"
        )
        found[name] = [Damage(f"profiles/{name.replace('.', '/', 1)}", meaning, remedy)]
    return found


def repair(data: DataFolder) -> list[str]:
    """Make again what can be made again: what readers have, from the versions; stored supplies,
    from the inbox. Returns what was done, in words.
    """
    done = []
    for version, damages in verify_all(data).items():
        spoilt = [damage for damage in damages if damage.remedy == BY_REPAIR]
        if spoilt:
            for edition in EDITIONS:
                where = data.readers / edition.name / version.replace(".", "/", 1)
                shutil.rmtree(where, ignore_errors=True)
            done.append(f"{version}: what readers have was made again")
    place_for_readers(data)
    for agency, folder in supply_store.damaged(data):
        supply_store.put_aside(data, folder, agency)
        done.append(
            f"{data.agencies[agency].name}: a stored supply that cannot be read was put aside; it "
            "is taken in again where it is in the inbox"
        )
    for supply in supply_store.in_use(data):
        if not supply_store.is_intact(supply):
            supply_store.put_aside(data, supply.folder.parent, supply.supplier)
            in_inbox = {supply_id for _, supply_id, *_ in supply_store.inbox_state(data)}
            what = "taken in again from the inbox"
            if supply.supply_id not in in_inbox:
                what = (
                    "its files were changed and it is not in the inbox any more, so it was put "
                    "aside; ask for it again"
                )
            done.append(f"{supply.supplier}, supply of {supply.supply_date}: {what}")
    for agency in data.agencies:
        for folder in supply_store.candidates(data.inbox, agency):
            supply_store.receive(data, folder, agency)
    return done

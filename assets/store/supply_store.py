"""The way in: from the inbox to a private copy, which is screened, judged by its contract, and kept
under the hash of its content. What is kept is never changed.

No Dagster here, so that a supply can be judged and looked up from anywhere.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.store import quarantine
from assets.store.folder import DataFolder, write_atomically
from expectations.contract import agencies, contracts_digest
from expectations.files import is_of_system
from expectations.judging.report import Finding, Report
from expectations.judging.supply import (
    Manifest,
    SupplyError,
    file_sha256,
    read_manifest,
    system_findings,
)

NO_DATE = "no stated date"
# No extract about children is as large; in the inbox and as a private copy it could fill the disk.
MOST_BYTES = 4 * 10**9
PROVIDER = re.compile(r"[A-Z][A-Z0-9]{2,11}")


class StoreError(Exception):
    """Something in the data folder that has to be put right first, in words."""


@dataclass(frozen=True)
class Supply:
    """An accepted supply in the store. `supply_id` is the hash of its content."""

    supply_id: str
    folder: Path
    supply_date: str
    arrived_at: str
    manifest: Manifest
    # Its place in the order of arrival at its agency's part of the store.
    number: int = 0

    @property
    def agency(self) -> str:
        """The agency's key."""
        return self.manifest.agency

    @property
    def supplier(self) -> str:
        """Whose supply it is: the agency, and for health the provider too. Of each supplier one
        supply is in use.
        """
        if self.manifest.provider:
            return f"{self.agency}:{self.manifest.provider}"
        return self.agency

    @property
    def tables(self) -> dict[str, Path]:
        """Table name → CSV file."""
        return {t: self.folder / f"{t}.csv" for t in self.manifest.tables}


def candidates(inbox: Path, agency: str) -> list[Path]:
    """Complete supply folders of an agency in the inbox, judged before or not, oldest first; one
    without supply.json is still arriving.
    """
    depth = "*/*" if agencies()[agency].providers else "*"
    # supply.json is written last, so a folder without one is still being copied.
    manifests = (inbox / agency).glob(f"{depth}/supply.json")
    return sorted(
        (p.parent for p in manifests if not p.parent.is_symlink()), key=lambda p: (p.name, str(p))
    )


def strays(inbox: Path, agency: str) -> list[Report]:
    """The refusal of what lies in an agency's inbox and is no folder: archives, single files,
    links. Empty where there is nothing of the kind.
    """
    folder = inbox / agency
    places = [folder, *(folder.glob("*/") if agencies()[agency].providers else [])]
    number = 0
    for place in places:
        for path in place.iterdir() if place.is_dir() else ():
            is_folder = path.is_dir() and not path.is_symlink()
            number += not is_folder and not path.name.startswith(".")
    if not number:
        return []
    # An agency whose supplies come as a zip would otherwise wait for ever without a word.
    things = "file or link lies" if number == 1 else "files or links lie"
    words = (
        f"{number} {things} where a folder is expected: a supply is a folder of CSV files with "
        "supply.json, named after the day of the extract, and not an archive"
    )
    return [Report(agency, None, NO_DATE, [Finding("error", "folder", words)])]


def irregular(folder: Path) -> int:
    """How many entries of a folder are not plain files: links could point anywhere and change
    later.
    """
    return sum(p.is_symlink() or not p.is_file() for p in _of_supply(folder))


def _of_supply(folder: Path) -> list[Path]:
    """The files of a supply, without what operating systems leave in a folder: that is named in the
    report, and never stored.
    """
    return [path for path in sorted(folder.iterdir()) if not is_of_system(path.name)]


def content_id(folder: Path) -> str:
    """The hash of a supply's files: the same supply again has the same id."""
    is_too_large = _size(folder) > MOST_BYTES
    lines = []
    # Names count as well as bytes: the same table under another name is another supply.
    for path in _of_supply(folder):
        if path.is_symlink() or not path.is_file():
            # It is refused for it; once it is taken out, this is another supply.
            lines.append(f"{path.name} is no file")
        elif is_too_large:
            # Refused unread: to hash it at every look would take minutes.
            lines.append(f"{path.name} {path.stat().st_size} bytes")
        else:
            lines.append(f"{path.name} {file_sha256(path)}")
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _size(folder: Path) -> int:
    return sum(path.lstat().st_size for path in folder.iterdir())


def canaries(data: DataFolder) -> dict[str, Any]:
    """The partnership's agreed fictitious children: `key_fingerprint` and `canaries`, one dict of
    keys per child.
    """
    if not data.canaries.exists():
        return {"key_fingerprint": None, "canaries": []}
    try:
        loaded: dict[str, Any] = json.loads(data.canaries.read_text("utf-8"))
        return {
            "key_fingerprint": str(loaded["key_fingerprint"]),
            "canaries": [dict(c) for c in loaded["canaries"]],
        }
    except (ValueError, KeyError, TypeError):
        raise StoreError(
            "canaries.json is not as `cce sample` writes one: key_fingerprint, and canaries with "
            "their keys."
        ) from None


def _judgement_path(
    data: DataFolder, supply_id: str, agency: str, supply_date: str, provider: str | None
) -> Path:
    """Where the report on a supply is kept: by its content, its supplier and day, everything that
    judging reads (contracts, code lists, the screen and its settings), and the canaries. Whatever
    of these changes, the same content is judged anew.
    """
    key = contracts_digest(agency) + json.dumps(
        [agency, supply_date, provider, canaries(data)], sort_keys=True
    )
    return data.reports / supply_id / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def judge(
    data: DataFolder,
    folder: Path,
    agency: str,
    supply_id: str,
    supply_date: str,
    provider: str | None,
    arrived_in: Path | None = None,
) -> Report:
    """Judge a folder, or read the judgement of the same content under the same contract.
    `arrived_in` is the inbox's folder that it is a copy of.
    """
    path = _judgement_path(data, supply_id, agency, supply_date, provider)
    if kept := _kept_judgement(data, path):
        return kept
    # It loads pandas: most commands judge nothing.
    from expectations.judging.judge import judge_folder

    report = Report(agency, provider, supply_date)
    # What does not fit into memory goes to a folder of this judgement's own, and leaves with it.
    with data.workspace(f"judge-{uuid.uuid4().hex}") as space:
        judge_folder(
            folder,
            report,
            canaries(data),
            lambda manifest: _previous(data, manifest),
            data.clock().date(),
            space,
            path.with_suffix(""),  # a folder for Great Expectations' own pages, see `docs`
        )
    if arrived_in:
        # The copy is without them.
        report.findings += system_findings(arrived_in)
    write_atomically(path, json.dumps(report.as_dict(), indent=1, sort_keys=True))
    return report


def _kept_judgement(data: DataFolder, path: Path) -> Report | None:
    """The judgement that is kept at a path; None where there is none, or where it held only until a
    day that has come.
    """
    if not path.exists():
        return None
    report = Report.from_dict(json.loads(path.read_text("utf-8")))
    if report.again_on and data.clock().date().isoformat() >= report.again_on:
        return None
    return report


def _previous(data: DataFolder, manifest: Manifest) -> Manifest | None:
    """The supplier's accepted supply before this one; an invented one is compared with invented
    ones only.
    """
    previous = None
    for supply in accepted(data, manifest.agency):
        other = supply.manifest
        # The newest before it, not the newest of all: a supply that is judged again later is still
        # compared with what came before it.
        is_alike = (other.provider, other.invented) == (manifest.provider, manifest.invented)
        if is_alike and other.extracted_at < manifest.extracted_at:
            previous = other
    return previous


def receive(data: DataFolder, folder: Path, agency: str) -> Report:
    """Take one candidate in. It is judged on a private copy; then the copy is stored, or the supply
    goes to quarantine, or it is refused and only its report is kept.
    """
    supply_date, provider = _named(folder, agency)
    supply_id = content_id(folder)
    judgement = _judgement_path(data, supply_id, agency, supply_date, provider)
    # Before anything is copied.
    if words := _wrong_with_folder(folder, supply_date):
        report = Report(agency, provider, supply_date, [Finding("error", "folder", words)])
        # Kept like every judgement: the folder would else count as not looked at for ever.
        write_atomically(judgement, json.dumps(report.as_dict(), indent=1, sort_keys=True))
        return report
    # Known already: neither copied nor judged again.
    if known := _kept_judgement(data, judgement):
        if known.identifies:
            quarantine.put(data, folder, supply_id, known)
        if not known.is_accepted or (data.supplies / agency / supply_id).exists():
            return known
    # A private copy, since the inbox is another's: a file may be replaced while it is read.
    with data.workspace(f"staging-{uuid.uuid4().hex}") as space:
        staged = space / "accepted" / "files"
        staged.mkdir(mode=0o700, parents=True)
        for path in _of_supply(folder):
            shutil.copyfile(path, staged / path.name, follow_symlinks=False)
        # From here on the copy counts, whatever happens to the inbox meanwhile.
        supply_id = content_id(staged)
        report = judge(data, staged, agency, supply_id, supply_date, provider, arrived_in=folder)
        if report.identifies:
            # Where the agency replaced it meanwhile, the inbox holds another supply, which stays.
            is_the_same = folder.exists() and content_id(folder) == supply_id
            quarantine.put(data, folder if is_the_same else staged, supply_id, report)
        elif report.is_accepted:
            _store(data, staged.parent, agency, supply_id, supply_date)
    return report


def _wrong_with_folder(folder: Path, supply_date: str) -> str:
    """Why a folder is refused unread; blank where it is not."""
    if strange := irregular(folder):
        return f"{strange} entries are folders or links, not plain files"
    if supply_date == NO_DATE:
        return "the folder's name is not a day, YYYY-MM-DD"
    if _size(folder) > MOST_BYTES:
        return (
            f"the files are larger than {MOST_BYTES // 10**9} GB together: more than any "
            "extract of this kind has"
        )
    return ""


def _named(folder: Path, agency: str) -> tuple[str, str | None]:
    """The day and the provider that a folder's place tells, where they can be told."""
    provider = None
    if agencies()[agency].providers:
        provider = folder.parent.name
    is_code = provider is not None and PROVIDER.fullmatch(provider)
    return (folder.name if _is_day(folder.name) else NO_DATE), provider if is_code else None


def _is_day(name: str) -> bool:
    try:
        return dt.date.fromisoformat(name).isoformat() == name
    except ValueError:
        return False


def _store(data: DataFolder, staged: Path, agency: str, supply_id: str, supply_date: str) -> None:
    with data.locked("supplies"):
        target = data.supplies / agency / supply_id
        if target.exists():
            return
        receipt = {
            "supply_id": supply_id,
            "supply_date": supply_date,
            "arrived_at": data.clock().isoformat(timespec="microseconds"),
            # The clock may be set back; the order of arrival may not.
            "number": 1 + max((s.number for s in accepted(data, agency)), default=0),
        }
        (staged / "receipt.json").write_text(json.dumps(receipt, indent=1))
        for path in staged.rglob("*"):
            # What was accepted is never written again.
            path.chmod(0o500 if path.is_dir() else 0o400)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        # One step: a supply is in the store whole or not at all.
        staged.rename(target)
        target.chmod(0o500)


def accepted(data: DataFolder, agency: str) -> list[Supply]:
    """Every supply of an agency in the store, oldest first: by extracted_at, then in the order of
    arrival.

    One that was accepted under another contract version, and cannot be read under today's, does not
    count.
    """
    supplies = []
    for folder in sorted((data.supplies / agency).glob("*/")):
        try:
            supplies.append(_stored(folder))
        except SupplyError:
            continue
    return sorted(supplies, key=_order)


def _stored(folder: Path) -> Supply:
    """A supply as it lies in the store. Raises SupplyError where it cannot be read: it is damaged,
    or of a contract version that is no longer read.
    """
    try:
        receipt = json.loads((folder / "receipt.json").read_text("utf-8"))
        return Supply(
            receipt["supply_id"],
            folder / "files",
            receipt["supply_date"],
            receipt["arrived_at"],
            read_manifest(folder / "files"),
            # Receipts of earlier releases have none.
            receipt.get("number", 0),
        )
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise SupplyError("its receipt or its supply.json cannot be read") from None


def damaged(data: DataFolder) -> list[tuple[str, Path]]:
    """Folders of the store, with their agency, that are no supply as it was accepted, so that
    `accepted` passes over them: files are gone, or cannot be read.

    A supply of a contract version that is no longer read is whole, and none of them.
    """
    found = []
    for agency in data.agencies:
        for folder in sorted((data.supplies / agency).glob("*/")):
            try:
                _stored(folder)
            except SupplyError:
                if not _is_whole(folder):
                    found.append((agency, folder))
    return found


def _is_whole(folder: Path) -> bool:
    """Whether a folder of the store, which is named after its content, holds that and its
    receipt.
    """
    files = folder / "files"
    if not files.is_dir() or content_id(files) != folder.name:
        return False
    try:
        return isinstance(json.loads((folder / "receipt.json").read_text("utf-8")), dict)
    except (OSError, ValueError):
        return False


def _order(supply: Supply) -> tuple[dt.datetime, int, str, str]:
    return (supply.manifest.extracted_at, supply.number, supply.arrived_at, supply.supply_id)


def in_use(data: DataFolder, known_at: dt.date | None = None) -> list[Supply]:
    """The newest accepted supply of each supplier, or with `known_at` the newest that had arrived
    by the end of that day. Invented ones count only while there is no real one at all.
    """
    newest: dict[str, Supply] = {}
    every = [
        s
        for agency in data.agencies
        for s in accepted(data, agency)
        if known_at is None or dt.datetime.fromisoformat(s.arrived_at).date() <= known_at
    ]
    real = [s for s in every if not s.manifest.invented]
    # `accepted` gives an agency's supplies oldest first, so the newest of a supplier stays.
    for supply in real or every:
        newest[supply.supplier] = supply
    return [newest[k] for k in sorted(newest)]


def is_intact(supply: Supply) -> bool:
    """Whether the stored files are still those that were accepted."""
    return not irregular(supply.folder) and content_id(supply.folder) == supply.supply_id


def put_aside(data: DataFolder, folder: Path, supplier: str) -> None:
    """Put a folder of the store aside whose files are no longer those that were accepted: it is
    read no more, and nothing of it is lost.
    """
    aside = data.home / "damaged"
    aside.mkdir(mode=0o700, exist_ok=True)
    with data.locked("supplies"):
        folder.chmod(0o700)
        folder.rename(aside / f"{supplier.replace(':', '-')}-{uuid.uuid4().hex[:8]}")


def docs(data: DataFolder, supply: Supply) -> list[Path]:
    """Great Expectations' own pages of a stored supply's judgement, one per table."""
    path = _judgement_path(
        data, supply.supply_id, supply.agency, supply.supply_date, supply.manifest.provider
    )
    return sorted(path.with_suffix("").glob("*.html"))


def rejudge(data: DataFolder, supply: Supply) -> Report:
    """The judgement of a stored supply under today's contract."""
    return judge(
        data,
        supply.folder,
        supply.agency,
        supply.supply_id,
        supply.supply_date,
        supply.manifest.provider,
    )


def inbox_state(data: DataFolder) -> list[tuple[str, str, str, str | None]]:
    """Agency, content id, day and provider of every complete candidate, in order: changes when
    something new has arrived.
    """
    state = []
    for agency in data.agencies:
        for folder in candidates(data.inbox, agency):
            state.append((agency, content_id(folder), *_named(folder, agency)))
    return state


def waiting(data: DataFolder) -> list[str]:
    """What lies in the inbox and is not taken up, in words: folders without supply.json, and
    folders of no agency.
    """
    # Beside the bundled samples lies the code that makes them.
    if data.uses_samples:
        return []
    messages = []
    inbox = data.inbox
    for agency, of in data.agencies.items():
        depth = "*/*/" if of.providers else "*/"
        folders = [f for f in (inbox / agency).glob(depth) if not (f / "supply.json").exists()]
        days = sorted(f.name for f in folders if _is_day(f.name))
        if folders:
            named = f": {', '.join(days)}" if days else ""
            messages.append(
                f"{of.name}: {len(folders)} folder(s) without supply.json, which says that a "
                f"supply is complete, are not read{named}."
            )
    strange = sum(
        f.name not in data.agencies for f in inbox.glob("*/") if not f.name.startswith(".")
    )
    if strange:
        messages.append(
            f"{strange} folder(s) in the inbox are named after no agency that takes part "
            f"({', '.join(data.agencies)}) and are not read."
        )
    return messages


def is_known(
    data: DataFolder, agency: str, supply_id: str, supply_date: str, provider: str | None
) -> bool:
    """Whether this content was already judged under today's contract, and stored if it was
    accepted.
    """
    path = _judgement_path(data, supply_id, agency, supply_date, provider)
    report = _kept_judgement(data, path)
    if report is None:
        return False
    return not report.is_accepted or (data.supplies / agency / supply_id).exists()

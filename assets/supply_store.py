"""The way in: inbox → private staging → checksums → identifier screen → contract → immutable store, by content.

No Dagster here, so that a supply can be judged and looked up from anywhere.
"""

from __future__ import annotations

import hashlib
import json
import shutil
import uuid
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from assets.resources import DataFolder, write_atomically
from expectations.contract import agencies, contracts_digest
from expectations.report import Finding, Report
from expectations.supply import Manifest, SupplyError, file_sha256, read_manifest, transfer_findings


@dataclass(frozen=True)
class Supply:
    """An accepted supply in the store. `supply_id` is the hash of its content."""

    supply_id: str
    folder: Path
    supply_date: str
    arrived_at: str
    manifest: Manifest

    @property
    def agency(self) -> str:
        """The agency's key."""
        return self.manifest.agency

    @property
    def supplier(self) -> str:
        """What tells its rows from those of other supplies in use: the agency, and for health the provider."""
        return f"{self.agency}:{self.manifest.provider}" if self.manifest.provider else self.agency

    @property
    def tables(self) -> dict[str, Path]:
        """Table name → CSV file."""
        return {t: self.folder / f"{t}.csv" for t in self.manifest.tables}


def candidates(inbox: Path, agency: str) -> list[Path]:
    """Complete supply folders of an agency in the inbox, oldest first; one without supply.json is still arriving."""
    depth = "*/*" if agencies()[agency].providers else "*"
    found = (inbox / agency).glob(f"{depth}/supply.json")
    return sorted((p.parent for p in found if not p.parent.is_symlink()), key=lambda p: (p.name, str(p)))


def content_id(folder: Path) -> str:
    """The hash of a supply's files: the same supply again has the same id."""
    lines = [f"{p.name} {file_sha256(p)}" for p in sorted(folder.iterdir()) if p.is_file()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def canaries(data: DataFolder) -> dict[str, Any]:
    """The partnership's agreed fictitious children: `key_fingerprint` and `canaries`, one dict of keys per child."""
    if not data.canaries.exists():
        return {"key_fingerprint": None, "canaries": []}
    loaded: dict[str, Any] = json.loads(data.canaries.read_text("utf-8"))
    return loaded


def screen(folder: Path) -> list[Finding]:
    """The identifier screen's place in the way in. The contract already refuses every column that it does not name."""
    return []


def _judgement_path(data: DataFolder, supply_id: str, agency: str) -> Path:
    """A report stands for one content, one contract and one set of canaries."""
    key = contracts_digest(agency) + json.dumps(canaries(data), sort_keys=True)
    return data.reports / supply_id / f"{hashlib.sha256(key.encode()).hexdigest()[:16]}.json"


def judge(data: DataFolder, folder: Path, agency: str, supply_id: str, supply_date: str) -> Report:
    """Judge a folder, or read the judgement of the same content under the same contract."""
    path = _judgement_path(data, supply_id, agency)
    if path.exists():
        return Report.from_dict(json.loads(path.read_text("utf-8")))
    report = _judge(data, folder, agency, supply_date)
    write_atomically(path, json.dumps(report.as_dict(), indent=1, sort_keys=True))
    return report


def _judge(data: DataFolder, folder: Path, agency: str, supply_date: str) -> Report:
    report = Report(agency, None, supply_date)
    try:
        manifest = read_manifest(folder)
    except SupplyError as error:
        report.findings.append(Finding("error", "supply_json", str(error)))
        return report
    report.provider = manifest.provider
    if manifest.agency != agency:
        report.findings.append(
            Finding("error", "supply_json", "supply.json names another agency than the folder it is in")
        )
        return report
    agreed = canaries(data)
    if not agreed["canaries"]:
        words = "the partnership's canaries.json is not there, so nobody can tell whether the linkage keys are right; put it in the data folder"
        report.findings.append(Finding("error", "canaries", words))
    elif agreed["key_fingerprint"] != manifest.key_fingerprint:
        words = "the linkage keys were made with another secret than the partnership's (key_fingerprint in supply.json)"
        report.findings.append(Finding("error", "key_fingerprint", words))
    report.findings += transfer_findings(folder, manifest)
    report.findings += screen(folder)
    if report.is_accepted:
        # Great Expectations takes seconds to import: only where a suite runs.
        from expectations.validate import validate

        validate(folder, manifest, agreed["canaries"], _previous(data, manifest), report)
    return report


def _previous(data: DataFolder, manifest: Manifest) -> Manifest | None:
    """The supplier's accepted supply before this one; an invented one is compared with invented ones only."""
    earlier = [
        s.manifest
        for s in accepted(data, manifest.agency)
        if s.manifest.provider == manifest.provider
        and s.manifest.invented == manifest.invented
        and s.manifest.extracted_at < manifest.extracted_at
    ]
    return earlier[-1] if earlier else None


def receive(data: DataFolder, folder: Path, agency: str) -> Report:
    """Take one candidate in: judged on a private copy, then stored whole, or refused and only its report kept."""
    supply_id = content_id(folder)
    if _judgement_path(data, supply_id, agency).exists():
        report = judge(data, folder, agency, supply_id, folder.name)
        if not report.is_accepted or (data.supplies / agency / supply_id).exists():
            return report
    with data.workspace(f"staging-{uuid.uuid4().hex}") as space:
        staged = space / "supply"
        shutil.copytree(folder, staged, symlinks=True)
        _close(staged)
        # Judged and stored is what was copied, whatever happens to the inbox meanwhile.
        supply_id = content_id(staged)
        report = judge(data, staged, agency, supply_id, folder.name)
        if report.is_accepted:
            _store(data, staged, agency, supply_id, folder.name)
    return report


def _close(folder: Path) -> None:
    folder.chmod(0o700)
    for path in folder.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o700 if path.is_dir() else 0o600)


def _store(data: DataFolder, staged: Path, agency: str, supply_id: str, supply_date: str) -> None:
    with data.locked("supplies"):
        target = data.supplies / agency / supply_id
        if target.exists():
            return
        receipt = {"supply_id": supply_id, "supply_date": supply_date, "arrived_at": data.clock().isoformat()}
        (staged / "receipt.json").write_text(json.dumps(receipt, indent=1))
        for path in staged.iterdir():
            path.chmod(0o400)
        target.parent.mkdir(mode=0o700, exist_ok=True)
        staged.rename(target)
        target.chmod(0o500)


def accepted(data: DataFolder, agency: str) -> list[Supply]:
    """Every supply of an agency in the store, the one that counts last: by extracted_at, then arrival."""
    found = []
    for folder in sorted((data.supplies / agency).glob("*/")):
        if not (folder / "receipt.json").exists():
            continue
        receipt = json.loads((folder / "receipt.json").read_text("utf-8"))
        found.append(
            Supply(receipt["supply_id"], folder, receipt["supply_date"], receipt["arrived_at"], read_manifest(folder))
        )
    return sorted(found, key=lambda s: (s.manifest.extracted_at, s.arrived_at, s.supply_id))


def in_use(data: DataFolder) -> list[Supply]:
    """The newest accepted supply of each supplier. Invented ones count only while there is no real one at all."""
    newest: dict[str, Supply] = {}
    every = [s for agency in agencies() for s in accepted(data, agency)]
    real = [s for s in every if not s.manifest.invented]
    for supply in real or every:
        newest[supply.supplier] = supply
    return [newest[k] for k in sorted(newest)]


def is_intact(supply: Supply) -> bool:
    """Whether the stored files are still those that were accepted."""
    lines = [f"{p.name} {file_sha256(p)}" for p in sorted(supply.folder.iterdir()) if p.name != "receipt.json"]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest() == supply.supply_id


def inbox_state(data: DataFolder) -> list[tuple[str, str]]:
    """(agency, content id) of every complete candidate, in order: changes when something new has arrived."""
    return [(agency, content_id(folder)) for agency in agencies() for folder in candidates(data.inbox, agency)]


def is_known(data: DataFolder, agency: str, supply_id: str) -> bool:
    """Whether this content was already judged under today's contract, and stored if it was accepted."""
    path = _judgement_path(data, supply_id, agency)
    if not path.exists():
        return False
    is_accepted = Report.from_dict(json.loads(path.read_text("utf-8"))).is_accepted
    return not is_accepted or (data.supplies / agency / supply_id).exists()

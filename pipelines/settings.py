"""The only reader of the environment. Each setting is one line here and one in .env.example."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

from assets.store.folder import DataFolder
from assets.store.supply_store import candidates
from expectations.contract import agencies
from expectations.pseudonyms.keys import SecretError, secret_of
from profiles.areas import DEFAULT as DEFAULT_AREA
from profiles.areas import find_area, read_area
from profiles.disclosure.plan import Plan, PlanError, read_plan
from profiles.disclosure.policy import DEFAULT as DEFAULT_POLICY
from profiles.figures.declared import register_of
from profiles.reading import FileError

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data_samples"
# Read where an extract is made, at an agency, and nowhere else.
PARTNERSHIP_SECRET, AGENCY_SECRET = "CCE_PARTNERSHIP_SECRET", "CCE_AGENCY_SECRET"


class SettingsError(Exception):
    """A setting that cannot be used, named, with what it must be."""


# Settings of earlier releases, and where each is made now.
MOVED = {
    "CCE_THRESHOLD": "rule: {threshold: …} in the policy that CCE_DISCLOSURE_PLAN names",
    "CCE_ROUND_TO": "rule: {base: …} in the policy that CCE_DISCLOSURE_PLAN names",
}


def _plan(environment: Mapping[str, str]) -> Plan:
    """What is published, of which area: CCE_AREA and CCE_DISCLOSURE_PLAN. Raises SettingsError."""
    for name, where in MOVED.items():
        if environment.get(name):
            raise SettingsError(f"{name} is no longer a setting: write {where}.")
    try:
        register = register_of(read_area(find_area(environment.get("CCE_AREA") or DEFAULT_AREA)))
    except FileError as error:
        raise SettingsError(f"CCE_AREA: {error}") from None
    try:
        return read_plan(register, Path(environment.get("CCE_DISCLOSURE_PLAN") or DEFAULT_POLICY).expanduser())
    except (FileError, PlanError) as error:
        raise SettingsError(f"CCE_DISCLOSURE_PLAN: {error}") from None


def data_folder(environment: Mapping[str, str] | None = None) -> DataFolder:
    """The data folder as configured.

    With no inbox configured, none in use and no real supply ever accepted, the bundled samples are the inbox, with
    their own canaries and register. Raises SettingsError.
    """
    env = os.environ if environment is None else environment
    home = Path(env.get("CCE_HOME") or "var").expanduser().resolve()
    inbox = Path(env.get("CCE_INBOX") or home / "inbox").expanduser().resolve()
    plan = _plan(env)
    if home.exists() and not home.is_dir():
        raise SettingsError("CCE_HOME names a file; it must be a folder.")
    if env.get("CCE_INBOX") and not inbox.is_dir():
        raise SettingsError("CCE_INBOX names a folder that does not exist.")
    quarantine = Path(env.get("CCE_QUARANTINE") or home.with_name(f"{home.name}-quarantine")).expanduser().resolve()
    if _holds(home, quarantine) or _holds(quarantine, home) or _holds(inbox, quarantine) or _holds(quarantine, inbox):
        raise SettingsError("CCE_QUARANTINE must be a folder outside the data folder and the inbox, and hold neither.")
    samples = not env.get("CCE_INBOX") and not _is_in_use(home, inbox)
    folder = SAMPLES if samples else inbox
    # Generated samples bring the samples' own public canaries; no other file in an inbox is trusted.
    invented = samples or _same(folder / "canaries.json", SAMPLES / "canaries.json")
    return DataFolder(
        home=home,
        inbox=folder,
        uses_samples=samples,
        quarantine_at=quarantine,
        commentary_at=Path(env.get("CCE_COMMENTARY") or (SAMPLES if samples else home) / "commentary").expanduser(),
        plan=plan,
        canaries=Path(env.get("CCE_CANARIES") or (SAMPLES if invented else home) / "canaries.json"),
        governance=Path(env.get("CCE_GOVERNANCE") or (SAMPLES if invented else home) / "governance.yml"),
    )


def secret(name: str, file: Path | None, environment: Mapping[str, str] | None = None) -> bytes:
    """A secret from a file of one's own, or from the environment; never from the command line. Raises SettingsError."""
    env = os.environ if environment is None else environment
    if file is None and not env.get(name):
        raise SettingsError(
            f"{name} is not set and no file was named: a secret comes from a file or from the environment."
        )
    if file is not None and file.stat().st_mode & 0o077:
        raise SettingsError(f"{file.name} can be read by others than its owner: chmod 600 {file.name}")
    try:
        return secret_of(file.read_text("utf-8") if file else env[name])
    except SecretError as error:
        raise SettingsError(f"{file.name if file else name}: {error}.") from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{name}: the file of the secret cannot be read as text.") from None


def _holds(outer: Path, inner: Path) -> bool:
    return inner.is_relative_to(outer)


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()


def _is_in_use(home: Path, inbox: Path) -> bool:
    bare = DataFolder(home=home, inbox=inbox, canaries=home, governance=home, uses_samples=False)
    if inbox.is_dir() and any(candidates(inbox, agency) for agency in agencies()):
        return True
    from assets.store.supply_store import in_use

    return any(not s.manifest.invented for s in in_use(bare))

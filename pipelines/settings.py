"""The only reader of the environment. Each setting is one line of `Settings` and one of
.env.example.

What reads the profile's own files is loaded by the functions that need it: every process of
Dagster's begins here, and most want nothing but the folder.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import TYPE_CHECKING

from profiles.areas import DEFAULT as DEFAULT_AREA
from profiles.reading import FileError, nearest

if TYPE_CHECKING:
    from assets.store.folder import DataFolder
    from assets.store.supply_store import Supply
    from profiles.disclosure.plan import Plan

IS_WINDOWS = os.name == "nt"

ROOT = Path(__file__).parents[1]
SAMPLES = ROOT / "data_samples"
PREFIX = "CCE_"


@dataclass(frozen=True)
class Settings:
    """What the environment says, as written: CCE_HOME is `home`, and so on. Empty where it says
    nothing.
    """

    home: str = "var"
    inbox: str = ""
    quarantine: str = ""
    readers: str = ""
    canaries: str = ""
    governance: str = ""
    commentary: str = ""
    area: str = DEFAULT_AREA
    disclosure_plan: str = ""
    release: str = "two"
    samples: str = ""
    # Read where an extract is made, at an agency, and nowhere else.
    partnership_secret: str = field(default="", repr=False)
    agency_secret: str = field(default="", repr=False)
    # Of the mail server that alerts.yml names.
    smtp_password: str = field(default="", repr=False)
    # Where Dagster keeps runs and events instead of the data folder; it holds a password.
    runs_database: str = field(default="", repr=False)


KNOWN = {f"{PREFIX}{setting.name.upper()}": setting.name for setting in fields(Settings)}
RELEASE = ("two", "one")
YES = "yes"
PARTNERSHIP_SECRET, AGENCY_SECRET = "CCE_PARTNERSHIP_SECRET", "CCE_AGENCY_SECRET"
# Settings of earlier releases, and where each is made now.
MOVED = {
    "CCE_THRESHOLD": "rule: {threshold: …} in the policy that CCE_DISCLOSURE_PLAN names",
    "CCE_ROUND_TO": "rule: {base: …} in the policy that CCE_DISCLOSURE_PLAN names",
}


class SettingsError(Exception):
    """A setting that cannot be used, named, with what it must be."""


def settings(environment: Mapping[str, str] | None = None) -> Settings:
    """The settings of the environment. Raises SettingsError for one that is not known: it would be
    ignored in silence.
    """
    env = os.environ if environment is None else environment
    written = {name: value for name, value in env.items() if name.startswith(PREFIX) and value}
    for name in written:
        if name in MOVED:
            raise SettingsError(f"{name} is no longer a setting: write {MOVED[name]}.")
        if name not in KNOWN:
            raise SettingsError(f"{name} is no setting; {nearest(name, list(KNOWN))}.")
    return Settings(**{KNOWN[name]: value for name, value in written.items()})


def home_folder(environment: Mapping[str, str] | None = None) -> Path:
    """The data folder's place. Raises SettingsError."""
    return Path(settings(environment).home).expanduser().resolve()


def _policy(chosen: Settings, home: Path) -> tuple[str, Path]:
    """What names the data controller's choices, and where they lie: in the file that is named, else
    in the data folder, else with the product.
    """
    if chosen.disclosure_plan:
        return "CCE_DISCLOSURE_PLAN", Path(chosen.disclosure_plan).expanduser()
    from profiles.disclosure.policy import DEFAULT

    own = home / "policy.yml"
    if own.exists():
        return str(own), own
    return "policy.yml", DEFAULT


def _plan(chosen: Settings, folder: Path) -> Plan:
    """What is published, of which area. Raises SettingsError."""
    from profiles.areas import find_area, read_area
    from profiles.disclosure.plan import PlanError, read_plan
    from profiles.figures.register_files import register_of

    named, policy = _policy(chosen, folder)
    try:
        register = register_of(read_area(find_area(chosen.area)))
    except FileError as error:
        raise SettingsError(f"CCE_AREA: {error}") from None
    try:
        return read_plan(register, policy)
    except (FileError, PlanError) as error:
        raise SettingsError(f"{named}: {error}") from None


def data_folder(environment: Mapping[str, str] | None = None) -> DataFolder:
    """The data folder as configured.

    Where the samples are asked for, or were taken in here before, and no supply of one's own ever
    came, the bundled samples are the inbox, with their own canaries and register. They are never
    taken in by themselves. Raises SettingsError.
    """
    from assets.store.folder import DataFolder

    chosen = settings(environment)
    home = home_folder(environment)
    inbox = Path(chosen.inbox or home / "inbox").expanduser().resolve()
    plan = _plan(chosen, home)
    if chosen.release not in RELEASE:
        raise SettingsError(
            "CCE_RELEASE is two (one person approves, another publishes) or one (one person does "
            "both)."
        )
    if home.exists() and not home.is_dir():
        raise SettingsError("CCE_HOME names a file; it must be a folder.")
    if chosen.inbox and not inbox.is_dir():
        raise SettingsError("CCE_INBOX names a folder that does not exist.")
    quarantine = (
        Path(chosen.quarantine or home.with_name(f"{home.name}-quarantine")).expanduser().resolve()
    )
    if (
        _holds(home, quarantine)
        or _holds(quarantine, home)
        or _holds(inbox, quarantine)
        or _holds(quarantine, inbox)
    ):
        raise SettingsError(
            "CCE_QUARANTINE must be a folder outside the data folder and the inbox, and hold "
            "neither."
        )
    readers = Path(chosen.readers or home / "readers").expanduser().resolve()
    apart = (inbox, quarantine, *([home] if chosen.readers else []))
    if any(_holds(readers, other) or _holds(other, readers) for other in apart):
        raise SettingsError(
            "CCE_READERS must be a folder outside the data folder, the inbox and the quarantine, "
            "and hold none of them: whoever serves it serves all that is in it."
        )
    if chosen.samples not in ("", YES):
        raise SettingsError("CCE_SAMPLES is yes, or it is left out.")
    own = chosen.inbox or _is_in_use(home, inbox)
    samples = not own and (chosen.samples == YES or _has_samples(home, inbox))
    folder = SAMPLES if samples else inbox
    # Generated samples bring the samples' own public canaries; no other file in an inbox is
    # trusted.
    invented = samples or _same(folder / "canaries.json", SAMPLES / "canaries.json")
    commentary_at = Path(
        chosen.commentary or (SAMPLES if samples else home) / "commentary"
    ).expanduser()
    canaries = Path(chosen.canaries or (SAMPLES if invented else home) / "canaries.json")
    governance = Path(chosen.governance or (SAMPLES if invented else home) / "governance.yml")
    return DataFolder(
        home=home,
        inbox=folder,
        uses_samples=samples,
        quarantine_at=quarantine,
        readers_at=readers,
        commentary_at=commentary_at,
        front_at=_front(home, samples),
        plan=plan,
        canaries=canaries,
        governance=governance,
        is_released_by_one=chosen.release == "one",
    )


def use_samples() -> None:
    """From now on, in this process, the bundled samples are the inbox where nothing of one's own is
    there.
    """
    os.environ["CCE_SAMPLES"] = YES


def environment_of_dagster(home: Path, folder: Path) -> dict[str, str]:
    """The environment that Dagster is started in: this one, with the data folder and Dagster's own
    folder in it.
    """
    return {**os.environ, "DAGSTER_HOME": str(folder), "CCE_HOME": str(home)}


def environment_in_unicode() -> dict[str, str]:
    """The environment in which Python takes every text and path for UTF-8."""
    return {**os.environ, "PYTHONUTF8": "1"}


def dagster_settings() -> Path:
    """dagster.yaml: at the top of the code, or in the installed package."""
    if (ROOT / "dagster.yaml").exists():
        return ROOT / "dagster.yaml"
    return Path(__file__).with_name("dagster.yaml")


def secret(name: str, file: Path | None, environment: Mapping[str, str] | None = None) -> bytes:
    """A secret from a file of one's own, or from the environment; never from the command line.
    Raises SettingsError.
    """
    from expectations.pseudonyms.keys import SecretError, secret_of

    written = str(getattr(settings(environment), KNOWN[name]))
    if file is None and not written:
        raise SettingsError(
            f"{name} is not set and no file was named: a secret comes from a file or from the "
            "environment."
        )
    if file is not None:
        _refuse_shared(file)
    try:
        return secret_of(file.read_text("utf-8") if file else written)
    except SecretError as error:
        raise SettingsError(f"{file.name if file else name}: {error}.") from None
    except (OSError, UnicodeDecodeError):
        raise SettingsError(f"{name}: the file of the secret cannot be read as text.") from None


def _refuse_shared(file: Path) -> None:
    """Raises SettingsError where others than its owner may read a secret. Windows keeps rights
    elsewhere, so there the file must lie in the user's own folder, which others cannot open.
    """
    if IS_WINDOWS:
        if not _holds(Path.home().resolve(), file.resolve()):
            raise SettingsError(
                f"{file.name} must lie in your own user folder, where nobody else can read it"
            )
    elif file.stat().st_mode & 0o077:
        raise SettingsError(
            f"{file.name} can be read by others than its owner: chmod 600 {file.name}"
        )


def _holds(outer: Path, inner: Path) -> bool:
    return inner.is_relative_to(outer)


def _front(home: Path, samples: bool) -> Path:
    """One's own, also beside the samples; else the samples' where those are used."""
    own = home / "report.yml"
    return SAMPLES / "report.yml" if samples and not own.exists() else own


def _same(one: Path, other: Path) -> bool:
    return one.is_file() and one.read_bytes() == other.read_bytes()


def _is_in_use(home: Path, inbox: Path) -> bool:
    """Whether anything of one's own is there: in the inbox, or accepted before."""
    from assets.store.supply_store import candidates
    from expectations.contract import agencies

    if inbox.is_dir() and any(candidates(inbox, agency) for agency in agencies()):
        return True
    return any(not supply.manifest.invented for supply in _accepted(home, inbox))


def _has_samples(home: Path, inbox: Path) -> bool:
    """Whether the bundled samples were taken in here: by `cce demo`, or because somebody asked.
    Supplies that `cce sample` made are not the bundled ones.
    """
    bundled = {path.parent.relative_to(SAMPLES) for path in SAMPLES.rglob("supply.json")}
    for supply in _accepted(home, inbox):
        place = Path(supply.agency, supply.manifest.provider or "", supply.supply_date)
        if place in bundled:
            return True
    return False


def _accepted(home: Path, inbox: Path) -> list[Supply]:
    from assets.store.folder import DataFolder
    from assets.store.supply_store import in_use

    bare = DataFolder(home=home, inbox=inbox, canaries=home, governance=home, uses_samples=False)
    return in_use(bare)

"""What an asset may ask for: the data folder and its parts, the disclosure rule, the clock. Nothing
reads the environment.
"""

import contextlib
import datetime as dt
import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import duckdb

from assets.store.locks import held, locks
from expectations.contract import Agency, agencies
from profiles.areas import Area
from profiles.disclosure.plan import Plan, default_plan
from profiles.disclosure.rule import Rule
from profiles.figures.declared import Register


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC).replace(microsecond=0)


# DuckDB's smallest: of its usual 256 KiB a hundred small tables leave half empty, and every draft
# and version keeps a warehouse.
BLOCK_BYTES = 16384
# Held by a run in its folder under `work`; a folder without one is not a run's.
RUN_LOCK = ".run.lock"


@dataclass(frozen=True)
class DataFolder:
    """The one folder that holds everything about children, and where supplies arrive.

    `uses_samples` says that the bundled samples are the inbox: somebody asked for them, and nothing
    was ever supplied. `clock` is the only source of the present time; no report depends on it.
    """

    home: Path
    inbox: Path
    canaries: Path
    governance: Path
    uses_samples: bool
    plan: Plan = field(default_factory=default_plan)
    clock: Callable[[], dt.datetime] = _now
    quarantine_at: Path | None = None
    readers_at: Path | None = None
    commentary_at: Path | None = None
    front_at: Path | None = None
    # Whether one person alone may publish real data.
    is_released_by_one: bool = False

    @property
    def rule(self) -> Rule:
        """The data controller's settings of the disclosure rule."""
        return self.plan.policy.rule

    @property
    def register(self) -> Register:
        """Every figure that is declared, for the area."""
        return self.plan.register

    @property
    def area(self) -> Area:
        """The area that the profile is of."""
        return self.plan.register.area

    @property
    def agencies(self) -> dict[str, Agency]:
        """The agencies that take part in the area, as their contracts have them. No other's
        supplies are read.
        """
        agencies_here = {}
        for key, agency in agencies().items():
            if key in self.area.agencies:
                agencies_here[key] = agency
        return agencies_here

    @property
    def quarantine(self) -> Path:
        """Supplies that hold what identifies children, never within the data folder; by default
        beside it.
        """
        return self.quarantine_at or self.home.with_name(f"{self.home.name}-quarantine")

    @property
    def commentary(self) -> Path:
        """What people write beside the figures: <as-at>/<section>.md."""
        return self.commentary_at or self.home / "commentary"

    @property
    def supplies(self) -> Path:
        """Accepted supplies, by agency and content; never altered."""
        return self.home / "supplies"

    @property
    def reports(self) -> Path:
        """Validation reports, by supply and contract: counts only."""
        return self.home / "reports"

    @property
    def work(self) -> Path:
        """What a run is making; emptied when it ends, or by the next run if it was killed."""
        return self.home / "work"

    @property
    def drafts(self) -> Path:
        """Drafts by as-at date and id."""
        return self.home / "drafts"

    @property
    def profiles(self) -> Path:
        """Published versions by as-at date, with what only the analyst may have."""
        return self.home / "profiles"

    @property
    def readers(self) -> Path:
        """What readers may have and nothing else, a folder for each edition."""
        return self.readers_at or self.home / "readers"

    @property
    def ledger(self) -> Path:
        """What every published label was, and by keyed hash who was counted; restricted."""
        return self.home / "ledger"

    @property
    def audits(self) -> Path:
        """Audits that were made, by their inputs; restricted."""
        return self.home / "audits"

    @property
    def estimates(self) -> Path:
        """Hidden-scale estimates that were made, by their inputs; restricted."""
        return self.home / "estimates"

    @property
    def desks(self) -> Path:
        """Desk pages of drafts: what whoever releases one has to see; restricted."""
        return self.home / "desks"

    @property
    def published_elsewhere(self) -> Path:
        """What others have published about the same children, listed by the analyst."""
        return self.home / "published_elsewhere.yml"

    @property
    def recording_changes(self) -> Path:
        """Days from which on something is recorded otherwise, listed by the analyst."""
        return self.home / "recording_changes.yml"

    @property
    def front(self) -> Path:
        """Whom readers may ask, and when the next edition comes; written by the analyst."""
        return self.front_at or self.home / "report.yml"

    @property
    def recommendations(self) -> Path:
        """What is recommended, by whom, and its state, kept by the analyst."""
        return self.home / "recommendations.yml"

    @property
    def linkage(self) -> Path:
        """The sample of pairs that was drawn last, and the agencies' answers; restricted."""
        return self.home / "linkage"

    @property
    def reference(self) -> Path:
        """Reference tables of the user's own, in the place of the product's; nothing about
        children.
        """
        return self.home / "reference"

    def make(self) -> None:
        """Create the folder, closed to everybody but its owner."""
        self.home.mkdir(parents=True, exist_ok=True)
        self.home.chmod(0o700)
        for part in (
            self.supplies,
            self.reports,
            self.work,
            self.drafts,
            self.profiles,
            self.ledger,
            self.audits,
            self.estimates,
            self.desks,
            self.linkage,
            self.reference,
        ):
            part.mkdir(mode=0o700, exist_ok=True)

    @contextlib.contextmanager
    def workspace(self, name: str) -> Iterator[Path]:
        """A folder of one's own under `work`, locked while in use and removed afterwards."""
        self.make()
        folder = self.work / name
        lock_file = folder / RUN_LOCK
        while True:
            folder.mkdir(mode=0o700, exist_ok=True)
            try:
                lock = lock_file.open("w")
            except FileNotFoundError:
                continue
            locks().flock(lock, locks().LOCK_SH)
            if lock_file.exists():
                break
            lock.close()  # swept between making and locking it
        try:
            yield folder
        finally:
            with contextlib.suppress(OSError):
                _remove_workspace(folder)
            lock.close()

    def is_working(self, name: str) -> bool | None:
        """Whether the process that opened a workspace is alive; None where there is no such
        workspace.
        """
        lock_file = self.work / name / RUN_LOCK
        try:
            with lock_file.open("a") as lock:
                locks().flock(lock, locks().LOCK_EX | locks().LOCK_NB)
        except BlockingIOError:
            return True
        except FileNotFoundError:
            return None
        return False

    def sweep(self) -> int:
        """Remove what killed runs left behind; returns how many folders. What a person put there
        has no lock of a run, and stays.
        """
        self.make()
        swept = 0
        for lock_file in self.work.glob(f"*/{RUN_LOCK}"):
            try:
                with lock_file.open("a") as lock:
                    locks().flock(lock, locks().LOCK_EX | locks().LOCK_NB)
                    _remove_workspace(lock_file.parent)
                    swept += 1
            except BlockingIOError:
                continue  # its run is alive
            except FileNotFoundError:
                continue  # another sweep was faster
        # A run that was killed before it had its lock, or after it had removed it, leaves an empty
        # folder. Whoever is about to lock one makes it again.
        for folder in self.work.iterdir():
            if folder.is_dir() and not folder.is_symlink():
                with contextlib.suppress(OSError):
                    folder.rmdir()
        return swept

    @contextlib.contextmanager
    def locked(self, name: str) -> Iterator[None]:
        """One at a time across processes: publishing, and moving a supply into the store."""
        self.make()
        with held(self.home / f".{name}.lock"):
            yield

    def warehouse(self, run_id: str) -> Path:
        """The DuckDB file of one run: each refresh builds its own."""
        return self.work / run_id / "warehouse.duckdb"

    @contextlib.contextmanager
    def connect(self, run_id: str) -> Iterator[duckdb.DuckDBPyConnection]:
        """Open a run's warehouse; its overflow goes beside it, never to a shared temporary
        folder.
        """
        path = self.warehouse(run_id)
        settings: dict[str, str | bool | int | float | list[str]] = {
            "temp_directory": str(path.parent / "overflow"),
            "default_block_size": BLOCK_BYTES,
        }
        with duckdb.connect(str(path), config=settings) as con:
            use_area(con, self.area)
            yield con


def _remove_workspace(folder: Path) -> None:
    """Remove a workspace, its lock last: a process that is killed meanwhile leaves what the next
    sweep still knows for a run's.
    """
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != RUN_LOCK:
            path.unlink()
    (folder / RUN_LOCK).unlink()
    folder.rmdir()


def use_area(con: duckdb.DuckDBPyConnection, area: Area) -> None:
    """Models read the area's code and its retired wards from variables of the connection."""
    con.execute("set variable area_code = ?", [area.code])
    con.execute("set variable retired_wards = ?", [area.retired_wards or ["none"]])


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def write_atomically(path: Path, text: str) -> None:
    """Write a file so that it is there whole or not at all."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with open(part, "w", encoding="utf-8", newline="", opener=_private) as f:
            f.write(text)
            f.flush()
            os.fsync(f.fileno())
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)

"""Where Dagster keeps runs: under the data folder, whichever way it is started, or in the
PostgreSQL database that CCE_RUNS_DATABASE names.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.base_storage import DagsterStorage
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from assets.store.locks import held
from pipelines.event_log import OpenEventLog
from pipelines.settings import SettingsError, dagster_settings, home_folder, settings


def _runs_folder() -> Path:
    """Made where it is not there yet, closed to others. The settings of the profile are not read:
    several processes begin with this, and nothing else is wanted of them.
    """
    home_folder().mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = home_folder() / "dagster"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def _one_at_a_time() -> AbstractContextManager[None]:
    """Two first starts at once would both create the tables."""
    return held(_runs_folder().parent / ".runs.lock")


class RunStorage(DagsterSqliteStorage):
    """Runs, events and schedules in SQLite under the data folder."""

    def __init__(self, base_dir: str, inst_data: ConfigurableClassData | None = None) -> None:
        super().__init__(base_dir, inst_data)
        # In the place of the library's own, with its files where that one has them.
        self._event_log_storage = OpenEventLog(str(Path(base_dir) / "history" / "runs"))

    @classmethod
    def config_type(cls) -> Any:
        """No settings: the data folder is the one place."""
        return {}

    @classmethod
    def from_config_value(cls, inst_data: ConfigurableClassData | None, config_value: Any) -> Any:
        """Called by Dagster when it reads dagster.yaml: its storage. Raises SettingsError."""
        if database := settings().runs_database:
            return _in_postgres(database, inst_data)
        with _one_at_a_time():
            return cls(str(_runs_folder()), inst_data=inst_data)


def _in_postgres(database: str, inst_data: ConfigurableClassData | None) -> DagsterStorage:
    """Runs, events and schedules in a database of one's own. Raises SettingsError."""
    try:
        from dagster_postgres import DagsterPostgresStorage
    except ImportError:
        raise SettingsError(
            "CCE_RUNS_DATABASE needs the package's extra “postgres”: pip install "
            "cce-profile[postgres]"
        ) from None
    if not database.startswith("postgresql://"):
        raise SettingsError("CCE_RUNS_DATABASE begins with postgresql://")
    # SQLAlchemy would take another driver than the one that the extra brings.
    address = database.replace("postgresql://", "postgresql+psycopg2://", 1)
    with _one_at_a_time():
        storage: DagsterStorage = DagsterPostgresStorage(address, inst_data=inst_data)
    return storage


class ArtifactStorage(LocalArtifactStorage):
    """Dagster's own small files, under the data folder."""

    @classmethod
    def config_type(cls) -> Any:
        """No settings."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> ArtifactStorage:
        """Called by Dagster when it reads dagster.yaml."""
        return cls(str(_runs_folder()), inst_data=inst_data)


def instance() -> dg.DagsterInstance:
    """The instance that dagster.yaml describes: the same for every command and for `cce dev`."""
    return dg.DagsterInstance.from_config(str(dagster_settings().parent))

"""Where Dagster keeps runs: under the data folder, whichever way it is started."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import dagster as dg
from dagster._core.storage.root import LocalArtifactStorage
from dagster._core.storage.sqlite_storage import DagsterSqliteStorage
from dagster._serdes import ConfigurableClassData

from pipelines.settings import ROOT, data_folder


def _runs_folder() -> str:
    data = data_folder()
    data.make()
    folder = data.home / "dagster"
    folder.mkdir(mode=0o700, exist_ok=True)
    return str(folder)


class RunStorage(DagsterSqliteStorage):
    """Runs, events and schedules in SQLite under the data folder."""

    @classmethod
    def config_type(cls) -> Any:
        """No settings: the data folder is the one place."""
        return {}

    @classmethod
    def from_config_value(
        cls, inst_data: ConfigurableClassData | None, config_value: Any
    ) -> RunStorage:
        """Called by Dagster when it reads dagster.yaml."""
        # Two first starts at once would both create the tables.
        with data_folder().locked("runs"):
            return cls(_runs_folder(), inst_data=inst_data)


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
        return cls(_runs_folder(), inst_data=inst_data)


def instance() -> dg.DagsterInstance:
    """The instance that dagster.yaml describes: the same for every command and for `cce dev`."""
    return dg.DagsterInstance.from_config(str(settings_file().parent))


def settings_file() -> Path:
    """dagster.yaml: at the top of the code, or in the installed package."""
    if (ROOT / "dagster.yaml").exists():
        return ROOT / "dagster.yaml"
    return Path(__file__).with_name("dagster.yaml")

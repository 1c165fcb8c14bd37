"""`cce dev`: Dagster's web page and daemon over the data folder, on this machine alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say

if TYPE_CHECKING:
    from assets.store.folder import DataFolder


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
def dev(port: int) -> None:
    """Start the web page of runs and checks, and the daemon that makes months when they are due.
    Only this machine can open it; end it with Control and C.
    """
    from pipelines.instance import instance
    from pipelines.runs import heal
    from pipelines.settings import environment_of_dagster

    data = data_or_refusal()
    home = dagster_home(data)
    with instance() as here:
        dead = heal(here, data)
    if dead:
        say(f"{len(dead)} runs were marked failed: their processes are gone.")
    say(f"Runs, checks and the schedule: http://localhost:{port}")
    command = [sys.executable, "-m", "dagster", "dev", "--module-name", "pipelines.definitions"]
    where = ["--host", "127.0.0.1", "--port", str(port)]
    try:
        done = subprocess.run(  # noqa: S603
            [*command, *where], env=environment_of_dagster(data, home), check=False
        )
    except KeyboardInterrupt:
        return
    if done.returncode:
        raise click.ClickException(
            f"Dagster ended with code {done.returncode}. Is another one open on port {port}? "
            "cce dev --port 3001"
        )


def dagster_home(data: DataFolder) -> str:
    """The folder that Dagster is told of: in the data folder, with our settings of an instance."""
    from pipelines.instance import settings_file

    folder = data.home / "dagster"
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(settings_file(), folder / "dagster.yaml")
    return str(folder)

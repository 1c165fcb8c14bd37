"""`cce dev`: Dagster's web page and daemon over the data folder, on this machine alone."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say

if TYPE_CHECKING:
    from pathlib import Path

MODULE = ["--module-name", "pipelines.definitions"]
HOST = "127.0.0.1"


@click.command()
@click.option("--port", type=click.IntRange(1, 65535), default=3000, show_default=True)
@click.option(
    "--part",
    type=click.Choice(["both", "web", "daemon"]),
    default="both",
    show_default=True,
    help="The web page alone or the daemon alone, for services of a server.",
)
def dev(port: int, part: str) -> None:
    """Start the web page of runs and checks, and the daemon that makes months when they are due.
    Only this machine can open it; end it with Control and C.
    """
    from pipelines.settings import SettingsError, environment_of_dagster, home_folder

    try:
        home = home_folder()
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    folder = dagster_folder(home)
    where = ["--host", HOST, "--port", str(port)]
    commands = {
        "both": ["dagster", "dev", *MODULE, *where],
        "web": ["dagster_webserver", *MODULE, *where],
        "daemon": ["dagster._daemon", "run", *MODULE],
    }
    if part != "daemon":
        say(f"Runs, checks and the schedule: http://localhost:{port}")
    # Begun before anything else is loaded, which takes seconds too.
    process = subprocess.Popen(  # noqa: S603
        [sys.executable, "-m", *commands[part]],
        env=environment_of_dagster(home, folder),
    )
    try:
        _heal()
        code = process.wait()
    except KeyboardInterrupt:
        process.wait()
        return
    except click.ClickException:
        process.terminate()
        process.wait()
        raise
    if code:
        raise click.ClickException(
            f"Dagster ended with code {code}. Is another one open on port {port}? cce dev --port "
            "3001"
        )


def _heal() -> None:
    """Runs that were killed before are marked failed; settings that cannot be used are refused."""
    from pipelines.instance import instance
    from pipelines.runs import heal

    data = data_or_refusal()
    with instance() as here:
        dead = heal(here, data)
    if dead:
        say(f"{len(dead)} runs were marked failed: their processes are gone.")


def dagster_folder(home: Path) -> Path:
    """The folder that Dagster is told of: in the data folder, with our settings of an instance."""
    from pipelines.settings import dagster_settings

    folder = home / "dagster"
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.mkdir(mode=0o700, exist_ok=True)
    shutil.copyfile(dagster_settings(), folder / "dagster.yaml")
    return folder

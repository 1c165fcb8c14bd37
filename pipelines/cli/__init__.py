"""The `cce` command: one module per command, loaded when it is called. A user's mistake never shows
a stack trace.
"""

from __future__ import annotations

import importlib
import io
import os
import sys
import traceback
from pathlib import Path

import click

ROOT = Path(__file__).parents[2]
# Each command's module and its line in `cce --help`: listing the commands loads none of them.
COMMANDS = {
    "approve": "Write down that a draft was read and found right.",
    "audit": "Try to work out what is hidden, and say what could be told.",
    "backup": "Copy what cannot be made again into one file.",
    "boundaries": "Ward boundaries of your own in the place of the product's.",
    "compare": "Two versions beside one another, and why a number moved.",
    "demo": "Make and publish a profile from the bundled samples.",
    "desk": "What has to be seen of a draft before it is released.",
    "dev": "Start the web page of runs and checks, and the daemon.",
    "doctor": "Look whether machine and data folder are as they should be.",
    "export": "Copy an edition's files for somebody else.",
    "figures": "Print the figures of a day.",
    "harm": "Weights of harm of your own in the place of the product's.",
    "init": "Make a data folder with every file that it needs.",
    "keygen": "Make the partnership's secret, or an agency's own.",
    "linkage": "How well the extracts are joined.",
    "mappings": "The systems whose exports are known, and what each fills.",
    "mse": "Estimate from overlapping lists how many are on none.",
    "pdf": "Print a version as PDFs.",
    "population": "Numbers of residents of your own in the place of the product's.",
    "pseudonymise": "At an agency: turn identifiable exports into the extract.",
    "publish": "Audit a draft and publish it as the next version.",
    "purge": "Remove what has been kept long enough.",
    "quarantine": "Supplies that hold what identifies children.",
    "refresh": "Take in what is in the inbox and make a draft for one day.",
    "repair": "Make again what can be made again.",
    "restore": "Make the data folder from a backup.",
    "sample": "Write invented supplies.",
    "screen": "Look for what identifies people in any CSV file.",
    "spec": "Write what an agency is asked for.",
    "status": "How supplies, months, drafts, versions and runs stand.",
    "supplies": "Take in what is in the inbox and list what is in use.",
    "validate": "At an agency: check a supply before it is sent.",
    "verify": "Prove that what was published is what was published.",
    "withdraw": "Put a notice in the place of a version.",
}


class Commands(click.Group):
    """A group whose commands are the modules of this folder."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The commands' names, in alphabetical order."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name, its module loaded now."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            importlib.import_module(f"pipelines.cli.{cmd_name}"), cmd_name
        )
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The list of commands, without loading one."""
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.command(cls=Commands, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cce-profile")
def cce() -> None:
    """The child criminal exploitation problem profile: extracts in, a versioned report out."""


def main() -> None:
    """The entry point. Files are private from the start; what goes wrong is told in a sentence,
    never by a stack trace.
    """
    _speak_unicode()
    # Nobody but the user who runs it may read what is made, whatever the machine's default.
    os.umask(0o077)
    for stream in (sys.stdout, sys.stderr):
        # A console that has no “ or → shows a question mark, and the command goes on.
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")
    from pipelines.stages import shown

    try:
        with shown():
            cce()
    except Exception as error:
        click.echo(f"Error: {_in_words(error)}", err=True)
        sys.exit(1)


def _speak_unicode() -> None:
    """Begin again in Python's UTF-8 mode where the machine's language has no letters but A to Z: a
    data folder whose path has others could not be opened by every library.
    """
    if sys.getfilesystemencoding() != "utf-8":
        from pipelines.settings import environment_in_unicode

        command = [sys.executable, *sys.orig_argv[1:]]
        os.execve(sys.executable, command, environment_in_unicode())  # noqa: S606


def _in_words(error: Exception) -> str:
    from assets.store.locks import FolderError
    from assets.store.room import reason_of
    from assets.store.supply_store import StoreError

    if isinstance(error, (StoreError, FolderError)):
        return str(error)
    if reason := reason_of(error):
        # Of a library's own words nothing is repeated: they may quote a cell.
        where = ""
        if isinstance(error, OSError) and error.filename:
            where = f": {error.filename}"
        return f"{reason}{where}. What was published stands as it was; mend that and try again."
    # A library's message may quote a cell, so only the place is named.
    ours = []
    for f in traceback.extract_tb(error.__traceback__):
        if str(ROOT) in f.filename and "site-packages" not in f.filename:
            ours.append(f)
    if ours:
        place = f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}"
    else:
        place = "a library"
    return f"{type(error).__name__} at {place}. Nothing was published or lost; please report this."

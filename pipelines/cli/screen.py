"""`cce screen`: what identifies people in any file."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import click

from pipelines.cli.terminal import say


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def screen(file: Path, as_json: bool) -> None:
    """Look for what identifies people in any CSV file: per column the kinds found and how many
    cells, never a cell.

    Exit code 1 where something is found, 2 where the file cannot be read.
    """
    from expectations.screen.reader import UnreadableError
    from expectations.screen.screen import screen_file

    try:
        findings = screen_file(file, extracted_on=dt.datetime.now(dt.UTC).date())
    except UnreadableError as error:
        click.echo(f"Error: {file.name} cannot be screened: {error}.", err=True)
        raise SystemExit(2) from None
    if as_json:
        click.echo(json.dumps({"found": [asdict(f) for f in findings]}, indent=1))
    for finding in [] if as_json else findings:
        click.echo(finding.sentence())
    if not findings:
        say("Nothing that identifies a person was found.")
        return
    raise SystemExit(1)

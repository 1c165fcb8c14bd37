"""`cce supplies`, `cce screen` and `cce quarantine`: what arrives, before it counts."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict
from pathlib import Path

import click

from pipelines.terminal import data_or_refusal, say


@click.command()
def supplies() -> None:
    """Take in what is in the inbox, and list the supplies in use and what was refused."""
    from assets import quarantine, supply_store
    from expectations.contract import agencies

    data = data_or_refusal()
    if data.uses_samples:
        say("Nothing is configured and no supply was ever accepted: using the bundled samples, which are invented.")
    data.sweep()
    for agency in agencies():
        for folder in supply_store.candidates(data.inbox, agency):
            report = supply_store.receive(data, folder, agency)
            click.echo(report.message())
            for warning in report.warnings if report.is_accepted else []:
                click.echo(f"  - {warning.sentence()}")
            if report.identifies and folder.exists():
                click.echo("  The folder in the inbox could not be deleted: delete it by hand.")
        for report in supply_store.strays(data.inbox, agency):
            click.echo(report.message())
    for words in supply_store.waiting(data.inbox):
        click.echo(words)
    click.echo("In use:")
    for supply in supply_store.in_use(data):
        click.echo(
            f"  {supply.supplier}: supply of {supply.supply_date}, to {supply.manifest.period_end.isoformat()}, {supply.supply_id[:16]}"
        )
    kept = len(quarantine.entries(data))
    if kept:
        click.echo(f"In quarantine: {kept}. See: cce quarantine list")


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--json", "as_json", is_flag=True, help="The result as JSON.")
def screen(file: Path, as_json: bool) -> None:
    """Look for what identifies people in any CSV file: per column the kinds found and how many cells, never a cell.

    Exit code 1 where something is found, 2 where the file cannot be read.
    """
    from expectations.screen.reader import UnreadableError
    from expectations.screen.screen import screen_file

    try:
        found = screen_file(file, extracted_on=dt.datetime.now(dt.UTC).date())
    except UnreadableError as error:
        click.echo(f"Error: the file cannot be screened: {error}.", err=True)
        raise SystemExit(2) from None
    if as_json:
        click.echo(json.dumps({"found": [asdict(f) for f in found]}, indent=1))
    for one in [] if as_json else found:
        click.echo(one.sentence())
    if not found:
        say("Nothing that identifies a person was found.")
        return
    raise SystemExit(1)


@click.group()
def quarantine() -> None:
    """Supplies that hold what identifies children, kept apart until they are purged."""


@quarantine.command("list")
def list_quarantine() -> None:
    """Say what is in quarantine, by count and column."""
    from assets import quarantine as kept

    found = kept.entries(data_or_refusal())
    for entry in found:
        click.echo(f"{entry.report.title}, since {entry.arrived_at[:10]}: {entry.folder}")
        for error in entry.report.errors:
            click.echo(f"  - {error.sentence()}")
    if not found:
        say("The quarantine is empty.")


@quarantine.command()
@click.confirmation_option(prompt="Delete every supply in quarantine for good?")
def purge() -> None:
    """Delete every supply in quarantine for good."""
    from assets import quarantine as kept

    count = kept.purge(data_or_refusal())
    say(f"Deleted from quarantine: {count} {'supply' if count == 1 else 'supplies'}.")

"""`cce quarantine`: supplies that hold what identifies children."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.group()
def quarantine() -> None:
    """Supplies that hold what identifies children, kept apart until they are purged."""


@quarantine.command("list")
def list_quarantine() -> None:
    """Say what is in quarantine, by count and column."""
    from assets.store import quarantine as kept

    quarantined = kept.entries(data_or_refusal())
    for entry in quarantined:
        click.echo(f"{entry.report.title}, since {entry.arrived_at[:10]}: {entry.folder}")
        for error in entry.report.errors:
            click.echo(f"  - {error.sentence()}")
    if not quarantined:
        say("The quarantine is empty.")


@quarantine.command()
@click.confirmation_option(prompt="Delete every supply in quarantine for good?")
def purge() -> None:
    """Delete every supply in quarantine for good."""
    from assets.store import quarantine as kept

    count = kept.purge(data_or_refusal())
    say(f"Deleted from quarantine: {count} {'supply' if count == 1 else 'supplies'}.")

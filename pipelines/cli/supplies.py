"""`cce supplies`: what arrives, before it counts."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
def supplies() -> None:
    """Take in what is in the inbox, and list the supplies in use and what was refused."""
    from assets.store import quarantine, supply_store

    data = data_or_refusal()
    if data.uses_samples:
        say(
            "Nothing is configured and no supply was ever accepted: using the bundled samples, "
            "which are invented."
        )
    data.sweep()
    for agency in data.agencies:
        for folder in supply_store.candidates(data.inbox, agency):
            report = supply_store.receive(data, folder, agency)
            click.echo(report.message())
            for warning in report.warnings if report.is_accepted else []:
                click.echo(f"  - {warning.sentence()}")
            if report.identifies and folder.exists():
                click.echo("  The folder in the inbox could not be deleted: delete it by hand.")
        for report in supply_store.strays(data.inbox, agency):
            click.echo(report.message())
    for words in supply_store.waiting(data):
        click.echo(words)
    click.echo("In use:")
    for supply in supply_store.in_use(data):
        click.echo(
            f"  {supply.supplier}: supply of {supply.supply_date}, to "
            f"{supply.manifest.period_end.isoformat()}, {supply.supply_id[:16]}"
        )
    in_quarantine = len(quarantine.entries(data))
    if in_quarantine:
        click.echo(f"In quarantine: {in_quarantine}. See: cce quarantine list")

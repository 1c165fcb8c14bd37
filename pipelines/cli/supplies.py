"""`cce supplies`: what arrives, before it counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say, tell_by_mail

if TYPE_CHECKING:
    from assets.store.folder import DataFolder


@click.command()
@click.option("--samples", is_flag=True, help="The bundled samples, which are invented.")
def supplies(samples: bool) -> None:
    """Take in what is in the inbox, and list the supplies in use and what was refused."""
    from assets.store import quarantine, supply_store

    data = data_or_refusal(samples)
    if data.uses_samples:
        say("Using the bundled samples, which are invented.")
    data.sweep()
    _take_in(data)
    tell_by_mail(data)
    for words in supply_store.waiting(data):
        click.echo(words)
    in_quarantine = len(quarantine.entries(data))
    if in_quarantine:
        click.echo(f"In quarantine: {in_quarantine}. See: cce quarantine list")
    in_use = supply_store.in_use(data)
    if not in_use:
        say(
            f"No agency has an accepted supply yet. Supplies arrive in {data.inbox}. To try this "
            "with invented ones: cce demo, in a data folder of its own."
        )
        return
    click.echo("In use:")
    for supply in in_use:
        click.echo(
            f"  {supply.supplier}: supply of {supply.supply_date}, to "
            f"{supply.manifest.period_end.isoformat()}, {supply.supply_id[:16]}"
        )


def _take_in(data: DataFolder) -> None:
    """Take every candidate in, and say of each what came of it."""
    from assets.store import supply_store

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

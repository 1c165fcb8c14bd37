"""`cce demo`: a profile from the bundled samples."""

from __future__ import annotations

import click

from pipelines.cli.publish import publish_draft
from pipelines.cli.refresh import SAMPLE_AS_AT, make_draft
from pipelines.cli.terminal import data_or_refusal


@click.command()
def demo() -> None:
    """Make and publish a profile from the bundled samples, and say which file to open."""
    from assets.store import supply_store

    data = data_or_refusal(with_samples=True)
    if not data.uses_samples:
        raise click.ClickException(
            "Supplies of your own are configured or in use; the demonstration is for a fresh data "
            "folder."
        )
    folder = make_draft(data, SAMPLE_AS_AT)
    own = {state[1] for state in supply_store.inbox_state(data)}
    if {s.supply_id for s in supply_store.in_use(data)} - own:
        raise click.ClickException(
            "Other invented supplies are in use in this data folder. Name a fresh one: "
            "CCE_HOME=DIR cce demo"
        )
    publish_draft(data, folder.name, "sample", "Made from the bundled, invented samples.")

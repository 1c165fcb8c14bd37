"""`cce init`: a new data folder."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
def init() -> None:
    """Make the data folder with every file that it needs, each explained in itself. What is there
    already stays as it is.
    """
    from assets.store.opening import open_folder

    data = data_or_refusal()
    for path in open_folder(data):
        click.echo(path)
    say(f"Supplies arrive in {data.inbox}. What comes next stands in {data.home / 'NEXT.txt'}.")

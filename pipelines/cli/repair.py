"""`cce repair`: what can be made again is made again."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
def repair() -> None:
    """Make again what readers have, from the versions, and stored supplies, from the inbox. A
    version itself comes from a backup alone.
    """
    from assets.versions.register import RegisterError
    from assets.versions.verify import repair as mend

    data = data_or_refusal()
    try:
        done = mend(data)
    except RegisterError as error:
        raise click.ClickException(str(error)) from None
    for words in done:
        click.echo(words)
    if not done:
        say("Nothing that could be made again was damaged.")
    say("What a version holds is proven by: cce verify --all")

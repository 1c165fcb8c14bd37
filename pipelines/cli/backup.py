"""`cce backup`: what cannot be made again, in one file."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
def backup(file: Path) -> None:
    """Copy what cannot be made again into a new FILE (.tar.gz): supplies, versions, the ledger with
    its key, and what people wrote. Keep it as safe as the data folder itself.
    """
    from assets.versions.backup import BackupError, back_up

    data = data_or_refusal()
    try:
        number = back_up(data, file)
    except BackupError as error:
        raise click.ClickException(f"{error}. Nothing was written.") from None
    click.echo(file)
    say(f"{number:,} files. It holds children's data and the ledger's key: keep it private.")

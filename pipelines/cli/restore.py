"""`cce restore`: a data folder from a backup."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.terminal import FILE, say


@click.command()
@click.argument("file", type=FILE)
def restore(file: Path) -> None:
    """Make the data folder (CCE_HOME) from a backup FILE, and prove every version in it."""
    from assets.versions.backup import BackupError
    from assets.versions.backup import restore as bring_back
    from assets.versions.verify import verify_all
    from pipelines.settings import SettingsError, data_folder

    try:
        data = data_folder()
        number = bring_back(data, file)
    except SettingsError as error:
        raise click.ClickException(str(error)) from None
    except BackupError as error:
        raise click.ClickException(f"{error}. Nothing was restored.") from None
    damaged = [damage.words() for damages in verify_all(data).values() for damage in damages]
    for words in damaged:
        click.echo(words)
    say(f"{number:,} files were restored into {data.home}. Drafts are made again: cce refresh")
    if damaged:
        raise click.ClickException("Some of what was restored is damaged.")

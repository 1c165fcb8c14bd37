"""`cce export`: an edition's files for somebody else."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.terminal import FOLDER, data_or_refusal, say


@click.command()
@click.argument("version")
@click.option("--edition", type=click.Choice(["public", "partner"]), required=True)
@click.option("--to", type=FOLDER, required=True, help="A folder that is not there yet.")
def export(version: str, edition: str, to: Path) -> None:
    """Copy an edition of a VERSION (2024-03-01.v1): report, figures, dictionary, workbook. It is
    proven first that they are as they were published.
    """
    from assets.versions import handing_on
    from assets.versions.register import RegisterError
    from profiles.drawing.edition import EDITIONS

    (chosen,) = (each for each in EDITIONS if each.name == edition)
    try:
        files = handing_on.export(data_or_refusal(), version, chosen, to)
    except (handing_on.HandingOnError, RegisterError) as error:
        raise click.ClickException(str(error)) from None
    say(f"{chosen.title}, {chosen.marking}. {chosen.handling}")
    for path in files:
        click.echo(path)

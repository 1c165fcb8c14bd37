"""`cce pdf`: a version on paper."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.terminal import FOLDER, data_or_refusal, say


@click.command()
@click.argument("version")
@click.option("--edition", type=click.Choice(["public", "partner"]), required=True)
@click.option("--to", type=FOLDER, required=True, help="A folder that is not there yet.")
def pdf(version: str, edition: str, to: Path) -> None:
    """Print an edition of a VERSION (2024-03-01.v1) as three PDFs: the brief, the brief with the
    profile, and everything. Needs Chromium.
    """
    from assets.versions import handing_on
    from assets.versions.register import RegisterError
    from profiles.drawing.edition import EDITIONS

    (chosen,) = (each for each in EDITIONS if each.name == edition)
    say("Printing, which takes some seconds each.")
    try:
        files = handing_on.print_pdfs(data_or_refusal(), version, chosen, to)
    except (handing_on.HandingOnError, RegisterError) as error:
        raise click.ClickException(str(error)) from None
    for path in files:
        click.echo(path)

"""`cce spec`: what an agency is asked for."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.terminal import AGENCY, FOLDER, say


@click.command()
@click.argument("agency", type=AGENCY, required=False)
@click.option("--out", type=FOLDER, required=True, help="The folder to write to.")
def spec(agency: str | None, out: Path) -> None:
    """Write what an agency is asked for: a page, blank templates, a workbook and schemas; of every
    agency where none is named.
    """
    from expectations.contract import agencies
    from expectations.spec.write import write_spec

    for name in [agency] if agency else agencies():
        written = write_spec(name, out)
        click.echo(written[0])
        # A page and a workbook are among what is written.
        files = f"{len(written) - 2} templates and schemas, and a workbook"
        say(f"  {agencies()[name].name}: {files}, in {out / name}")

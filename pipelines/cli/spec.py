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

    for one in [agency] if agency else agencies():
        made = write_spec(one, out)
        click.echo(made[0])
        say(
            f"  {agencies()[one].name}: {len(made) - 2} templates and schemas, and a workbook, in "
            f"{out / one}"
        )

"""`cce harm`: weights of harm of one's own."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.replacing import or_refusal, replacing
from pipelines.cli.terminal import FILE, data_or_refusal, say

harm = replacing("harm", "Weights of harm", "ref_harm_weights.csv")


@harm.command("import")
@click.argument("file", type=FILE)
def import_harm(file: Path) -> None:
    """Take weights of harm by Home Office offence code from FILE, such as the Cambridge Crime Harm
    Index.
    """
    from assets.store import reference

    data = data_or_refusal()
    count = or_refusal(file, lambda: reference.import_harm_weights(data, file))
    say(f"Weights of {count} offence codes taken. Refresh to use them.")

"""`cce boundaries`: the outlines that maps are drawn on."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.replacing import or_refusal, replacing
from pipelines.cli.terminal import FILE, data_or_refusal, say

boundaries = replacing("boundaries", "Ward boundaries", "boundaries.json")


@boundaries.command("import")
@click.argument("file", type=FILE)
@click.option(
    "--source",
    required=True,
    help="Who published them, with date and licence; printed under every map.",
)
def import_boundaries(file: Path, source: str) -> None:
    """Draw maps on the ward boundaries of FILE: GeoJSON in WGS84 with a property of ward codes, all
    69 wards.
    """
    from assets.store import reference

    data = data_or_refusal()
    count = or_refusal(file, lambda: reference.import_boundaries(data, file, source.strip()))
    say(f"Boundaries of {count} wards taken. Refresh to draw maps on them.")

"""`cce sample`: invented supplies."""

from __future__ import annotations

from pathlib import Path

import click

from pipelines.cli.terminal import say


@click.command()
@click.option(
    "--scale",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Blocks of about 5,000 invented children.",
)
@click.option("--seed", type=int, default=2024, show_default=True)
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    required=True,
    help="A folder without supplies in it.",
)
def sample(scale: int, seed: int, out: Path) -> None:
    """Write invented sample supplies of the same kind as the bundled ones."""
    from data_samples.generate import generate

    try:
        rows = generate(out, scale, seed)
    except FileExistsError:
        raise click.ClickException(
            "There are supplies in that folder already; a supply is never overwritten. Name "
            "another folder."
        ) from None
    for agency, count in rows.items():
        say(f"  {agency}: {count:,} rows")
    say(f"To use them: CCE_INBOX={out} cce refresh --as-at 2024-03-01")

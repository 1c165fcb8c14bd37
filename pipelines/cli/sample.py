"""`cce sample`: invented supplies."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import click

from pipelines.cli.terminal import Day, say


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
@click.option(
    "--until",
    type=Day(),
    help="The bundled samples as they would have been supplied after this month end.",
)
def sample(scale: int, seed: int, out: Path, until: dt.date | None) -> None:
    """Write invented sample supplies of the same kind as the bundled ones, or with --until the
    bundled ones as of an earlier month.
    """
    from data_samples.generate import generate
    from data_samples.until import write_until

    as_at = until or dt.date(2024, 3, 1)
    try:
        rows = write_until(out, until) if until else generate(out, scale, seed)
    except ValueError as error:
        raise click.ClickException(f"{error}.") from None
    except FileExistsError:
        raise click.ClickException(
            "There are supplies in that folder already; a supply is never overwritten. Name "
            "another folder."
        ) from None
    for agency, count in rows.items():
        say(f"  {agency}: {count:,} rows")
    say(f"To use them: CCE_INBOX={out} cce refresh --as-at {as_at}")

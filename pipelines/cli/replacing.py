"""What the commands share that put a reference table of one's own in the place of the product's."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import click

from pipelines.cli.terminal import data_or_refusal, say

Taken = TypeVar("Taken")


def replacing(name: str, what: str, file: str) -> click.Group:
    """A group with `reset`, which goes back to what the product brings."""

    @click.group(name, help=f"{what} of your own in the place of the product's.")
    def group() -> None: ...

    @group.command(
        "reset",
        help=f"Go back to the product's own {what.lower()}; what was imported is kept aside.",
    )
    def reset() -> None:
        from assets.store import reference

        was = reference.reset(data_or_refusal(), file)
        say(
            "The product's own are in use again."
            if was
            else "None were imported: the product's own are in use."
        )

    return group


def or_refusal(path: Path, do: Callable[[], Taken]) -> Taken:
    """What `do` returns; a ValueError is told as the reason why the file was not taken."""
    try:
        return do()
    except ValueError as error:
        raise click.ClickException(f"{path.name}: {error} Nothing was replaced.") from None

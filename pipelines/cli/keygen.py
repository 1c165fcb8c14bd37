"""`cce keygen`: the secrets that linkage keys are made with, and the agreed fictitious children."""

from __future__ import annotations

import json
import secrets as random
from pathlib import Path

import click

from pipelines.cli.terminal import FOLDER, say


@click.command()
@click.option(
    "--out",
    type=FOLDER,
    required=True,
    help="The folder to write to; nothing in it is overwritten.",
)
@click.option(
    "--agency",
    "for_agency",
    is_flag=True,
    help="An agency's own secret, for its references, alone.",
)
def keygen(out: Path, for_agency: bool) -> None:
    """Make the partnership's secret and canaries.json; with --agency an agency's own secret.

    The partnership's secret goes to the agencies' data officers and to nobody else: never to the
    analysis team, which gets canaries.json.
    """
    from expectations.pseudonyms.canaries import canaries_json

    secret = random.token_bytes(32)
    texts = {"agency.secret" if for_agency else "partnership.secret": secret.hex() + "\n"}
    if not for_agency:
        texts["canaries.json"] = json.dumps(canaries_json(secret), indent=1) + "\n"
    if there := [name for name in texts if (out / name).exists()]:
        raise click.ClickException(
            f"{there[0]} is there already; a secret is never overwritten. Name another folder."
        )
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    for name, text in texts.items():
        path = out / name
        path.touch(mode=0o600, exist_ok=False)
        path.write_text(text)
        click.echo(path)
    say(
        "Keep a copy of the secret where the register says; without it no later extract can be "
        "joined to earlier ones."
    )

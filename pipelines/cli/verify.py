"""`cce verify`: whether what was published is still what was published."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
@click.argument("version", required=False)
@click.option("--all", "every", is_flag=True, help="Every published version.")
def verify(version: str | None, every: bool) -> None:
    """Prove a VERSION (2024-03-01.v1), or all, byte for byte: files, manifest, register, and what
    readers have. Ends with 1 where something is damaged.
    """
    from assets.versions.register import RegisterError
    from assets.versions.verify import verify as verify_one
    from assets.versions.verify import verify_all

    if (version is None) != every:
        raise click.UsageError("Name a version, or --all.")
    data = data_or_refusal()
    try:
        found = verify_all(data) if version is None else {version: verify_one(data, version)}
    except RegisterError as error:
        raise click.ClickException(str(error)) from None
    damaged = 0
    for name, damages in found.items():
        click.echo(f"{name}: {'as it was published' if not damages else 'damaged'}")
        for damage in damages:
            click.echo(f"  {damage.words()}")
        damaged += bool(damages)
    if not found:
        say("Nothing was published yet.")
    if damaged:
        raise click.ClickException(f"{damaged} of {len(found)} versions are damaged.")

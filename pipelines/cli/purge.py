"""`cce purge`: what has been kept long enough is removed."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
@click.option("--by", default="", help="Who removes it; it is written in the register.")
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
def purge(by: str, dry_run: bool) -> None:
    """Remove drafts and replaced supplies whose time is over (retention.yml). A published version
    and the ledger are never touched.
    """
    from assets.versions.register import RegisterError
    from assets.versions.retention import over
    from assets.versions.retention import purge as remove
    from expectations.reading import FileError

    if not dry_run and not by.strip():
        raise click.UsageError("Say who removes it (--by), or look first: --dry-run.")
    data = data_or_refusal()
    try:
        found = over(data) if dry_run else remove(data, by)
    except (FileError, RegisterError) as error:
        raise click.ClickException(str(error)) from None
    for one in found:
        click.echo(f"{one.what}: {one.days} days, {one.size / 1e6:.1f} MB")
    total = sum(one.size for one in found) / 1e6
    done = "would be removed" if dry_run else "removed"
    say(f"{len(found)} {done}, {total:.1f} MB.")

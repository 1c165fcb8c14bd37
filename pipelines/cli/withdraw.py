"""`cce withdraw`: a version that should not have been published."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say, tell_by_mail


@click.command()
@click.argument("version")
@click.option("--by", required=True, help="Who withdraws; readers are told.")
@click.option("--reason", required=True, help="Why; readers are told.")
def withdraw(version: str, by: str, reason: str) -> None:
    """Put a notice in the place of a VERSION (2024-03-01.v1) that readers have. The original is
    kept, and its numbers count as known to everybody.
    """
    from assets.versions.drafts import PublishError
    from assets.versions.register import RegisterError
    from assets.versions.release import withdraw as take_back

    data = data_or_refusal()
    try:
        take_back(data, version, by, reason)
    except (PublishError, RegisterError) as error:
        raise click.ClickException(str(error)) from None
    say(
        f"Withdrawn: what readers have of {version} in {data.readers} is a notice. Copies that "
        "were passed on are not: tell those who have them."
    )
    tell_by_mail(data)

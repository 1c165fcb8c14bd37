"""`cce desk`: what has to be seen of a draft before it is released."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
@click.argument("draft")
@click.option("--by", default="", help="Who would publish it.")
def desk(draft: str, by: str) -> None:
    """Say of a draft (its id, the start of it, or newest) what blocks its release, and write a page
    of checks, changes, what is not shown, and commentary. Ends with 1 where more than an approval
    is missing.
    """
    from assets.versions import drafts
    from assets.versions.desk import desk_of, write_desk
    from assets.versions.gates import APPROVED

    data = data_or_refusal()
    try:
        folder = drafts.find_draft(data, draft)
        found = desk_of(data, folder, by)
    except drafts.PublishError as error:
        raise click.ClickException(str(error)) from None
    for name, why in found.gates:
        click.echo(f"{name}: {why or 'yes'}")
    if found.is_overtaken:
        say(
            "Supplies, words, settings or code have changed since: a refresh of the same day would "
            "make another draft."
        )
    say("Checks, changes, what is not shown, commentary:")
    click.echo(write_desk(data, folder, found))
    # That nobody has approved it yet is how it should be at this moment.
    others = [name for name in found.blocked if name != APPROVED]
    if others:
        raise click.ClickException(f"{len(others)} of these block the release.")

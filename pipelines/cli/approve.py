"""`cce approve`: somebody has read a draft and found it right."""

from __future__ import annotations

import click

from pipelines.cli.terminal import data_or_refusal, say


@click.command()
@click.argument("draft")
@click.option("--by", required=True, help="Who approves; somebody else publishes.")
@click.option("--note", required=True, help="What was looked at.")
def approve(draft: str, by: str, note: str) -> None:
    """Write down that a draft (its id, the start of it, or newest) was read and found right, and
    what blocks its release still.
    """
    from assets.versions import drafts
    from assets.versions.desk import desk_of, write_desk
    from assets.versions.register import RegisterError
    from assets.versions.release import approve as write_down

    data = data_or_refusal()
    try:
        folder = drafts.find_draft(data, draft)
        seen = write_desk(data, folder, desk_of(data, folder))
        write_down(data, folder.name, by, note, seen)
        blocked = desk_of(data, folder).blocked
    except (drafts.PublishError, RegisterError) as error:
        raise click.ClickException(str(error)) from None
    say(f"What stood on the desk when it was approved: {seen}")
    if blocked:
        say("Approved. Before it can be published:")
        for why in blocked.values():
            say(f"  {why}")
        return
    say(f"Approved. Somebody else publishes it: cce publish {folder.name} --by NAME --note TEXT")

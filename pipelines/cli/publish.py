"""`cce publish`: a draft becomes a version."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say, tell_by_mail

if TYPE_CHECKING:
    from assets.store.folder import DataFolder


@click.command()
@click.argument("draft")
@click.option("--by", required=True, help="Who publishes; the index and the report name them.")
@click.option("--note", required=True, help="What is new in this version.")
@click.option(
    "--edition",
    type=click.Choice(["public", "partner"]),
    help="Make only this edition visible; both are audited all the same.",
)
def publish(draft: str, by: str, note: str, edition: str | None) -> None:
    """Audit a draft (its id, the start of it, or newest) and publish it as the next version of its
    as-at date.
    """
    data = data_or_refusal()
    publish_draft(data, draft, by, note, edition)
    tell_by_mail(data)


def publish_draft(
    data: DataFolder, draft: str, by: str, note: str, edition: str | None = None
) -> None:
    """Publish a draft by its id or the start of it, and say which files to open; a refusal is a
    ClickException.
    """
    from assets.versions import drafts
    from assets.versions.manifests import versions
    from assets.versions.publish import publish
    from assets.versions.readers import report_of
    from assets.versions.register import RegisterError
    from profiles.disclosure.elsewhere import OTHER
    from profiles.drawing.edition import EDITIONS

    say(
        "Auditing: trying to work out every small number from all that this version and earlier "
        "ones tell."
    )
    editions = tuple(e for e in EDITIONS if edition in (None, e.name))
    before = {manifest["version"] for manifest in versions(data)}
    try:
        version, folder = publish(data, drafts.find_draft(data, draft), by, note, editions)
    except (drafts.PublishError, RegisterError) as error:
        raise click.ClickException(str(error)) from None
    if version in before:
        said = f"This draft was published before, as {version}; nothing new was published."
    else:
        said = f"Published as {version}."
    say(
        f"{said} Readers may have what is in {data.readers}, a folder for each "
        "edition, and nothing else."
    )
    audit = json.loads((folder / "restricted" / "audit.json").read_text("utf-8"))
    if audit["held"]:
        say(
            f"Numbers that stand as they did for an earlier day or version, because fewer than "
            f"{data.rule.hold} children joined or left them since: {audit['held']:,}. Readers are "
            "told that this happens, not of which."
        )
    given = {n["target"] for e in audit["editions"].values() for n in e["given_elsewhere"]}
    if given:
        say(f"Small numbers that what others have published gives away by itself: {len(given)}.")
    other = {
        what for e in audit["editions"].values() for what, why in e["not_used"] if why == OTHER
    }
    if other:
        say(f"Numbers of others that the extracts do not give any more: {len(other)}.")
    say(
        "What is withheld and why, for the analyst alone: "
        f"{folder / 'restricted' / 'disclosure.html'}"
    )
    say("Open in a browser:")
    for shown in editions:
        click.echo(report_of(data, version, shown.name))

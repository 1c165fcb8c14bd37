"""`cce status`: what is in, what is late, what was made, what waits, what is stuck."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say

if TYPE_CHECKING:
    from assets.store.folder import DataFolder


@click.command()
def status() -> None:
    """Say of supplies, months, drafts, versions and runs how they stand, and what is next."""
    from assets.store import months
    from assets.versions.dates_apart import told_beforehand
    from expectations.reading import FileError

    data = data_or_refusal()
    try:
        due = months.due(data)
        standings = months.standings(data)
        unknown = months.unknown_agencies(data)
    except FileError as error:
        raise click.ClickException(str(error)) from None
    click.echo("Supplies:")
    today = data.clock().date()
    for standing in standings:
        click.echo(f"  {standing.words(due.as_at or today)}")
    for agency in unknown:
        click.echo(f"  agencies.yml names {agency}, which takes no part in this area.")
    _refused(data)
    click.echo(f"Month: {due.words}")
    if due.as_at and (words := told_beforehand(data, due.as_at)):
        click.echo(f"  {words}")
    _drafts(data)
    _versions(data)
    _runs(data)


def _refused(data: DataFolder) -> None:
    from assets.store import intake, quarantine, supply_store

    state = supply_store.inbox_state(data)
    new = [one for one in state if not supply_store.is_known(data, *one)]
    if new:
        click.echo(f"  In the inbox and not taken in yet: {len(new)}. See: cce supplies")
    else:
        for words in intake.current_intake(data).refused:
            click.echo(f"  {words}")
    for words in supply_store.waiting(data):
        click.echo(f"  {words}")
    if entries := quarantine.entries(data):
        click.echo(f"  In quarantine: {len(entries)}. See: cce quarantine list")


def _drafts(data: DataFolder) -> None:
    from assets.versions.manifests import manifests_of, versions, when_made

    published = {manifest["draft"] for manifest in versions(data)}
    waiting = [told for _, told in manifests_of(data) if told["draft"] not in published]
    waiting.sort(key=lambda told: (told["inputs"]["as_at"], when_made(told)), reverse=True)
    click.echo(f"Drafts that are not published: {len(waiting)}")
    for manifest in waiting[:5]:
        click.echo(
            f"  {manifest['draft']}, as at {manifest['inputs']['as_at']}, made "
            f"{manifest['clock']['made_at'][:16]}"
        )
    if waiting:
        say(
            "Read one (cce desk DRAFT says what blocks its release), then publish it: cce publish "
            "DRAFT --by NAME --note TEXT"
        )


def _versions(data: DataFolder) -> None:
    from assets.versions.manifests import versions

    manifests = versions(data)
    click.echo(f"Published versions: {len(manifests)}")
    for manifest in manifests[:5]:
        click.echo(
            f"  {manifest['version']}, published {manifest['clock']['published_at'][:16]} by "
            f"{manifest['published_by']}"
        )


def _runs(data: DataFolder) -> None:
    from pipelines.run_table import newest_if_settled

    settled = newest_if_settled()
    if settled is None:
        # Before anything is swept: a run's folder says whether its process is there.
        _heal_runs(data)
        return
    data.sweep()
    click.echo("Runs that go on or wait: 0")
    for job, outcome in settled:
        click.echo(f"Last run: {job}, {outcome}")


def _heal_runs(data: DataFolder) -> None:
    """Some run goes on, waits, or was left by a process that is gone."""
    import dagster as dg

    from pipelines.instance import instance
    from pipelines.runs import heal

    with instance() as here:
        dead = heal(here, data)
        unfinished = [status for status in dg.DagsterRunStatus if not _is_finished(status)]
        going_on = here.get_runs_count(dg.RunsFilter(statuses=unfinished))
        last = here.get_runs(limit=1)
    if dead:
        click.echo(f"Runs whose process was gone, now marked failed: {len(dead)}")
    click.echo(f"Runs that go on or wait: {going_on}")
    if last:
        click.echo(f"Last run: {last[0].job_name}, {last[0].status.value.lower()}")


def _is_finished(status: object) -> bool:
    from dagster._core.storage.dagster_run import FINISHED_STATUSES

    return status in FINISHED_STATUSES

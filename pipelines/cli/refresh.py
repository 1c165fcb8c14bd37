"""`cce refresh`: from what is in the inbox to a draft for one day."""

from __future__ import annotations

import datetime as dt
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import Day, data_or_refusal, say, tell_by_mail

if TYPE_CHECKING:
    from dagster_shared.error import SerializableErrorInfo

    from assets.store.folder import DataFolder

# The last month end that the samples tell of.
SAMPLE_AS_AT = dt.date(2024, 3, 31)


@click.command()
@click.option(
    "--as-at",
    type=Day(),
    help=(
        "The day the profile describes; by default the newest month end that the supplies cover "
        "(for the samples 2024-03-31)."
    ),
)
@click.option(
    "--known-at",
    type=Day(),
    help="From what had arrived by the end of this day, as a draft of then was made.",
)
@click.option("--samples", is_flag=True, help="From the bundled samples, which are invented.")
def refresh(as_at: dt.date | None, known_at: dt.date | None, samples: bool) -> None:
    """Take in what is in the inbox and make a draft for one day."""
    data = data_or_refusal(samples)
    folder = make_draft(data, as_at_of(data, as_at), known_at)
    say(
        f"Draft {folder.name} is ready. Read it, then publish it: cce publish {folder.name} --by "
        "NAME --note TEXT"
    )
    for edition in ("partner", "public"):
        click.echo(folder / edition / "report.html")
    tell_by_mail(data)


def as_at_of(data: DataFolder, as_at: dt.date | None) -> dt.date:
    """The day to describe: the one that was asked for, else the newest month that the supplies
    carry (for the samples their own).
    """
    from assets.store import intake, months

    if as_at is not None:
        if as_at > data.clock().date():
            raise click.ClickException("The as-at date lies in the future.")
        return as_at
    if data.uses_samples:
        return SAMPLE_AS_AT
    # What has just arrived may carry a newer month.
    for agency in data.agencies:
        intake.take_in(data, agency)
    due = months.due(data)
    say(due.words)
    if due.as_at is None:
        raise click.ClickException(
            "No month is covered by every supply that is required. Name the day that the profile "
            "is to describe all the same: cce refresh --as-at YYYY-MM-DD"
        )
    return due.as_at


def make_draft(data: DataFolder, as_at: dt.date, known_at: dt.date | None = None) -> Path:
    """Make the draft, or find that the same inputs made it before; returns its folder. With
    `known_at` from what had arrived by then.
    """
    from assets.store import months, supply_store
    from assets.store.room import refuse_without_room
    from assets.versions import pages
    from assets.versions.dates_apart import told_beforehand

    if data.uses_samples:
        say("Using the bundled samples, which are invented.")
    # What killed runs left behind goes before anything is measured.
    data.sweep()
    # Starting a run takes seconds. Where nothing new lies in the inbox, the draft's name can be
    # worked out without one.
    if known_at is not None and not supply_store.in_use(data, known_at):
        raise click.ClickException(f"No supply had arrived by {known_at.isoformat()}.")
    if supply_store.in_use(data) and all(
        supply_store.is_known(data, *one) for one in supply_store.inbox_state(data)
    ):
        existing = data.drafts / as_at.isoformat() / pages.expected_draft(data, as_at, known_at)
        if existing.exists():
            say(
                "The same supplies, settings and code made this draft before; nothing to do. "
                f"Draft {existing.name}."
            )
            return existing
    refuse_without_room(data, "a refresh")
    say(f"Refreshing the profile as at {as_at.isoformat()}.")
    folder = _run_job(data, as_at, known_at)
    for standing in months.standings(data):
        say(f"  {standing.words(as_at)}")
    if words := told_beforehand(data, as_at):
        say(words)
    return folder


def _run_job(data: DataFolder, as_at: dt.date, known_at: dt.date | None) -> Path:
    import dagster as dg

    from assets.supplies import KNOWN_AT
    from pipelines.definitions import defs
    from pipelines.instance import instance
    from pipelines.runs import add_month, heal

    with instance() as here:
        heal(here, data)
        add_month(here, data, as_at.isoformat())
        # In this process: a process per asset costs minutes, and two cannot write one DuckDB file.
        job = defs().resolve_job_def("refresh_profile")
        run_id = str(uuid.uuid4())
        # Held before the run is known to anybody, so that a kill at any moment is seen for one.
        with data.workspace(run_id):
            result = job.execute_in_process(
                partition_key=as_at.isoformat(),
                instance=here,
                raise_on_error=False,
                run_id=run_id,
                tags={KNOWN_AT: known_at.isoformat()} if known_at else None,
            )
        if not result.success:
            _explain(result)
        for event in result.get_asset_materialization_events():
            if event.asset_key == dg.AssetKey("report"):
                metadata = event.step_materialization_data.materialization.metadata
                return data.drafts / as_at.isoformat() / str(metadata["draft"].value)
    raise click.ClickException(
        "The run ended without a draft. Start `cce dev` and look at the run."
    )


def _of_failure(step: str, error: SerializableErrorInfo) -> str:
    """What a failed step says where it has no words of ours: the disk's state, else the kind of
    error.
    """
    from assets.store.room import reason_in
    from profiles.drawing.words import capital

    cause = error.cause or error
    for each in (error, cause, error.context):
        if each is not None and (reason := reason_in(each.message)):
            return f"{capital(reason)}. Nothing was published or lost; mend that and refresh again."
    return f"{step} failed ({cause.cls_name})."


def _explain(result: object) -> None:
    """Say why a run failed: our own words where we have them, else where to look."""
    lines = []
    for event in getattr(result, "all_events", []):
        # Dagster's own message may quote a cell, so only our words or the kind of error are shown.
        if event.event_type_value == "STEP_FAILURE":
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                lines.append(f"{event.step_key}: {failure.user_failure_data.description}")
            elif failure.error:
                lines.append(_of_failure(event.step_key or "a step", failure.error))
        elif (
            event.event_type_value == "ASSET_CHECK_EVALUATION"
            and not event.asset_check_evaluation_data.passed
            and event.asset_check_evaluation_data.blocking
        ):
            lines.append(
                event.asset_check_evaluation_data.description
                or event.asset_check_evaluation_data.check_name
            )
    raise click.ClickException(
        "The refresh stopped; earlier drafts and versions are untouched.\n"
        + "\n".join(dict.fromkeys(lines))
        + "\nStart `cce dev` to see the run."
    )

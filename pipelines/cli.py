"""The `cce` command. What it prints is for the person who can act; a user's mistake never shows a stack trace."""

from __future__ import annotations

import datetime as dt
import errno
import os
import sys
import traceback
from pathlib import Path

import click

from assets.resources import DataFolder
from pipelines.cli_agency import keygen, pseudonymise, spec, validate
from pipelines.cli_audit import audit
from pipelines.cli_linkage import linkage
from pipelines.cli_mse import mse
from pipelines.cli_reference import boundaries, harm, population
from pipelines.cli_supplies import quarantine, screen, supplies
from pipelines.settings import ROOT
from pipelines.terminal import Day, data_or_refusal, say

SAMPLE_AS_AT = dt.date(2024, 3, 1)


def _as_at(data: DataFolder, as_at: dt.date | None) -> dt.date:
    from pipelines.schedules import last_month_end

    if as_at is None:
        return SAMPLE_AS_AT if data.uses_samples else last_month_end(data.clock().date())
    if as_at > data.clock().date():
        raise click.ClickException("The as-at date lies in the future.")
    return as_at


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="cce-profile")
def cce() -> None:
    """The Birmingham child criminal exploitation problem profile: extracts in, a versioned report out."""


@cce.command()
@click.option(
    "--as-at",
    type=Day(),
    help="The day the profile describes; by default the last month end (for the samples 2024-03-01).",
)
def refresh(as_at: dt.date | None) -> None:
    """Take in what is in the inbox and make a draft for one day."""
    data = data_or_refusal()
    folder = _refresh(data, _as_at(data, as_at))
    say(f"Draft {folder.name} is ready. Read it, then publish it: cce publish {folder.name} --by NAME --note TEXT")
    for edition in ("partner", "public"):
        click.echo(folder / edition / "report.html")


def _refresh(data: DataFolder, as_at: dt.date) -> Path:
    """Make the draft, or find that the same inputs made it before; returns its folder."""
    from assets import profile, supply_store

    if data.uses_samples:
        say("Nothing is configured and no supply was ever accepted: using the bundled samples, which are invented.")
    data.sweep()
    if supply_store.in_use(data) and all(supply_store.is_known(data, *one) for one in supply_store.inbox_state(data)):
        existing = data.drafts / as_at.isoformat() / profile.expected_draft(data, as_at)
        if existing.exists():
            say(f"The same supplies, settings and code made this draft before; nothing to do. Draft {existing.name}.")
            return existing
    say(f"Refreshing the profile as at {as_at.isoformat()}.")
    return _run_job(data, as_at)


def _run_job(data: DataFolder, as_at: dt.date) -> Path:
    import dagster as dg

    from assets.supplies import AS_AT
    from pipelines.definitions import defs
    from pipelines.instance import instance

    with instance() as here:
        here.add_dynamic_partitions(AS_AT.name or "as_at", [as_at.isoformat()])
        job = defs().resolve_job_def("refresh_profile")
        result = job.execute_in_process(partition_key=as_at.isoformat(), instance=here, raise_on_error=False)
        if not result.success:
            _explain(result)
        for event in result.get_asset_materialization_events():
            if event.asset_key == dg.AssetKey("report"):
                metadata = event.step_materialization_data.materialization.metadata
                return data.drafts / as_at.isoformat() / str(metadata["draft"].value)
    raise click.ClickException("The run ended without a draft. Start `dagster dev` and look at the run.")


def _explain(result: object) -> None:
    """Say why a run failed: our own words where we have them, else where to look."""
    lines = []
    for event in getattr(result, "all_events", []):
        if event.event_type_value == "STEP_FAILURE":
            failure = event.step_failure_data
            if failure.user_failure_data and failure.user_failure_data.description:
                lines.append(f"{event.step_key}: {failure.user_failure_data.description}")
            elif failure.error:
                cause = failure.error.cause or failure.error
                space = "No space left on device" in cause.message
                lines.append(
                    "The disk is full; nothing was published or lost. Free some space and refresh again."
                    if space
                    else f"{event.step_key} failed ({cause.cls_name})."
                )
        elif (
            event.event_type_value == "ASSET_CHECK_EVALUATION"
            and not event.asset_check_evaluation_data.passed
            and event.asset_check_evaluation_data.blocking
        ):
            lines.append(event.asset_check_evaluation_data.description or event.asset_check_evaluation_data.check_name)
    raise click.ClickException(
        "The refresh stopped; earlier drafts and versions are untouched.\n"
        + "\n".join(dict.fromkeys(lines))
        + "\nStart `dagster dev` to see the run."
    )


@cce.command()
def demo() -> None:
    """Make and publish a profile from the bundled samples, and say which file to open."""
    from assets import supply_store

    data = data_or_refusal()
    if not data.uses_samples:
        raise click.ClickException(
            "Supplies of your own are configured or in use; the demonstration is for a fresh data folder."
        )
    folder = _refresh(data, SAMPLE_AS_AT)
    own = {state[1] for state in supply_store.inbox_state(data)}
    if {s.supply_id for s in supply_store.in_use(data)} - own:
        raise click.ClickException(
            "Other invented supplies are in use in this data folder. Name a fresh one: CCE_HOME=DIR cce demo"
        )
    _publish(data, folder.name, "sample", "Made from the bundled, invented samples.")


@cce.command()
@click.argument("draft")
@click.option("--by", required=True, help="Who publishes; stands in the index and the report.")
@click.option("--note", required=True, help="What is new in this version.")
@click.option(
    "--edition",
    type=click.Choice(["public", "partner"]),
    help="Make only this edition visible; both are audited all the same.",
)
def publish(draft: str, by: str, note: str, edition: str | None) -> None:
    """Audit a draft (its id, or the start of it) and publish it as the next version of its as-at date."""
    _publish(data_or_refusal(), draft, by, note, edition)


def _publish(data: DataFolder, draft: str, by: str, note: str, edition: str | None = None) -> None:
    from assets import draft as drafts
    from assets.publish import publish
    from profiles.edition import EDITIONS

    say("Auditing: trying to work out every small number from all that this version and earlier ones tell.")
    editions = tuple(e for e in EDITIONS if edition in (None, e.name))
    try:
        version, folder = publish(data, drafts.find_draft(data, draft), by, note, editions)
    except drafts.PublishError as error:
        raise click.ClickException(str(error)) from None
    say(f"Published as {version}. All versions: {data.profiles / 'index.html'}")
    say(f"What is withheld and why, for the analyst alone: {folder / 'restricted' / 'disclosure.html'}")
    say("Open in a browser:")
    for shown in editions:
        click.echo(folder / shown.name / "report.html")


@cce.command()
@click.option("--as-at", type=Day(), help="The day; by default as for refresh.")
@click.option(
    "--exact", is_flag=True, help="Exact figures, for the analyst alone; without it, the labels of the partner edition."
)
@click.option("--format", "form", type=click.Choice(["csv", "json"]), default="csv", show_default=True)
def figures(as_at: dt.date | None, exact: bool, form: str) -> None:
    """Print the figures of a day, from its newest draft; makes one where there is none."""
    import duckdb

    from assets import draft as drafts
    from profiles.edition import EDITIONS
    from profiles.figures import COLUMNS

    data = data_or_refusal()
    day = _as_at(data, as_at)
    folder = drafts.newest_draft(data, day.isoformat()) or _refresh(data, day)
    if exact:
        say("These are exact figures: they may point to single children. Do not copy them anywhere.")
        with duckdb.connect(str(folder / "restricted" / "warehouse.duckdb"), read_only=True) as con:
            table = con.execute("select * from figures").df()[list(COLUMNS)]
    else:
        table = EDITIONS[0].labels(drafts.read_labels(folder / "restricted" / "warehouse.duckdb")).as_table()
    for column in {"numerator", "denominator"} & set(table.columns) if exact else ():
        table[column] = table[column].astype("Int64")
    click.echo(table.to_csv(index=False) if form == "csv" else table.to_json(orient="records", indent=1), nl=False)


@cce.command()
@click.option(
    "--scale",
    type=click.IntRange(1, 1000),
    default=1,
    show_default=True,
    help="Blocks of about 5,000 invented children.",
)
@click.option("--seed", type=int, default=2024, show_default=True)
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="A folder without supplies in it."
)
def sample(scale: int, seed: int, out: Path) -> None:
    """Write invented sample supplies of the same kind as the bundled ones."""
    from data_samples.generate import generate

    try:
        rows = generate(out, scale, seed)
    except FileExistsError:
        raise click.ClickException(
            "There are supplies in that folder already; a supply is never overwritten. Name another folder."
        ) from None
    for agency, count in rows.items():
        say(f"  {agency}: {count:,} rows")
    say(f"To use them: CCE_INBOX={out} cce refresh --as-at 2024-03-01")


for command in (
    audit, boundaries, harm, keygen, linkage, mse, population, pseudonymise, quarantine, screen, spec, supplies, validate,
):  # fmt: skip
    cce.add_command(command)


def main() -> None:
    """The entry point. Files are private from the start; what goes wrong is told in a sentence, never by a stack trace."""
    os.umask(0o077)
    try:
        cce()
    except Exception as error:
        click.echo(f"Error: {_in_words(error)}", err=True)
        sys.exit(1)


def _in_words(error: Exception) -> str:
    from assets.supply_store import StoreError

    if isinstance(error, StoreError):
        return str(error)
    reasons = {
        errno.ENOSPC: "the disk is full",
        errno.EACCES: "a right is missing",
        errno.EROFS: "the disk cannot be written to",
    }
    if isinstance(error, OSError) and error.errno in reasons:
        return f"{reasons[error.errno]}. Nothing was published or lost."
    # A library's message may quote a cell, so only the place is named.
    ours = [
        f
        for f in traceback.extract_tb(error.__traceback__)
        if str(ROOT) in f.filename and "site-packages" not in f.filename
    ]
    place = f"{Path(ours[-1].filename).name}, line {ours[-1].lineno}" if ours else "a library"
    return f"{type(error).__name__} at {place}. Nothing was published or lost; please report this."

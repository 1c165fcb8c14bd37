"""The month that is due: made when its supplies are in, or when the time to wait is over."""

from __future__ import annotations

import dagster as dg

from assets.store import months
from assets.store.folder import DataFolder
from assets.versions.pages import expected_draft
from pipelines.jobs import refresh_profile
from pipelines.runs import add_month, heal

# A month that fails is tried so often, and then left to the analyst: the cause is not chance.
ATTEMPTS = 3
MONTH = "cce/month"


def request_of_due_month(
    instance: dg.DagsterInstance, data: DataFolder
) -> dg.RunRequest | dg.SkipReason:
    """The run that makes the month that is due, whose partition is added; or in words why there is
    none.

    What fails is tried again although the inbox did not change.
    """
    heal(instance, data)
    due = months.due(data)
    if due.as_at is None:
        return dg.SkipReason(due.words)
    as_at = due.as_at.isoformat()
    expected = expected_draft(data, due.as_at)
    if (data.drafts / as_at / expected).exists():
        return dg.SkipReason(f"{due.words} The draft of {as_at} is there.")
    tags = {MONTH: f"{as_at} {expected}"}
    before = instance.get_runs(filters=dg.RunsFilter(tags=tags))
    if any(not run.is_finished for run in before):
        return dg.SkipReason(f"The draft of {as_at} is being made.")
    if len(before) >= ATTEMPTS:
        return dg.SkipReason(
            f"The draft of {as_at} failed {len(before)} times. Look at the runs, mend the cause, "
            f"and make it by hand: cce refresh --as-at {as_at}"
        )
    add_month(instance, data, as_at)
    return dg.RunRequest(
        run_key=f"{as_at} {expected} {len(before) + 1}",
        partition_key=as_at,
        tags=tags,
    )


@dg.schedule(
    job=refresh_profile,
    cron_schedule="0 6 * * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description=(
        "Every day at 06:00: the draft of the month that is due, where its supplies are in or the "
        "time to wait for them (agencies.yml) is over."
    ),
)
def due_month(
    context: dg.ScheduleEvaluationContext, data: dg.ResourceParam[DataFolder]
) -> dg.RunRequest | dg.SkipReason:
    """One run for the month that is due; its partition is added where it is new."""
    return request_of_due_month(context.instance, data)

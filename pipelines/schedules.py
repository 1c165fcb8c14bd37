"""The monthly refresh. Off until the analyst switches it on."""

import datetime as dt

import dagster as dg

from assets.supplies import AS_AT
from pipelines.jobs import refresh_profile


def last_month_end(day: dt.date) -> dt.date:
    """The last day of the month before `day`'s."""
    return day.replace(day=1) - dt.timedelta(days=1)


@dg.schedule(
    job=refresh_profile,
    cron_schedule="0 6 6 * *",
    execution_timezone="Europe/London",
    default_status=dg.DefaultScheduleStatus.STOPPED,
    description="At 06:00 on the 6th: a draft as at the end of the month before.",
)
def monthly_refresh(context: dg.ScheduleEvaluationContext) -> dg.RunRequest:
    """One run for the last month end; its partition is added where it is new."""
    as_at = last_month_end(context.scheduled_execution_time.date()).isoformat()
    context.instance.add_dynamic_partitions(AS_AT.name or "as_at", [as_at])
    return dg.RunRequest(run_key=f"monthly-{as_at}", partition_key=as_at)

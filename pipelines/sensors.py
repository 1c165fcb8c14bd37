"""What the daemon watches: supplies that arrive, and runs whose process is gone."""

from __future__ import annotations

import hashlib
import json

import dagster as dg

from assets.store.folder import DataFolder
from assets.store.supply_store import inbox_state, is_known
from assets.versions.register import RegisterError
from expectations.reading import FileError
from pipelines.alerts import AlertError, tell
from pipelines.jobs import refresh_profile, take_in_supplies
from pipelines.runs import heal
from pipelines.schedules import request_of_due_month
from pipelines.settings import settings


@dg.sensor(
    job=take_in_supplies,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description="When a supply that was not seen before has arrived whole, it is taken in.",
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, data: dg.ResourceParam[DataFolder]
) -> dg.SensorResult | dg.SkipReason:
    """Arrival means: judge it, and no more."""
    heal(context.instance, data)
    state = inbox_state(data)
    if all(is_known(data, *one) for one in state):
        return dg.SkipReason("No new supply in the inbox.")
    seen = hashlib.sha256(json.dumps(state).encode()).hexdigest()[:16]
    if context.cursor == seen and _is_going_on(context.instance):
        return dg.SkipReason("What has arrived is being taken in.")
    # Asked for again where it did not come to an end: hence the number of runs in the key.
    request = dg.RunRequest(run_key=_key(context, seen))
    return dg.SensorResult(run_requests=[request], cursor=seen)


@dg.sensor(
    job=refresh_profile,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "When what was taken in makes a month due, its draft is made; a refused supply makes none."
    ),
)
def month_sensor(
    context: dg.SensorEvaluationContext, data: dg.ResourceParam[DataFolder]
) -> dg.RunRequest | dg.SkipReason:
    """One run for the month that is due."""
    if _is_going_on(context.instance):
        return dg.SkipReason("What has arrived is being taken in.")
    return request_of_due_month(context.instance, data)


def _is_going_on(instance: dg.DagsterInstance) -> bool:
    runs = instance.get_runs(filters=dg.RunsFilter(job_name=take_in_supplies.name), limit=1)
    return any(not run.is_finished for run in runs)


def _key(context: dg.SensorEvaluationContext, seen: str) -> str:
    runs = context.instance.get_runs_count(dg.RunsFilter(job_name=take_in_supplies.name))
    return f"{seen} {runs + 1}"


@dg.sensor(
    minimum_interval_seconds=30,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Runs whose process is gone are marked failed, so that they block nobody.",
)
def dead_runs(
    context: dg.SensorEvaluationContext, data: dg.ResourceParam[DataFolder]
) -> dg.SkipReason:
    """Never asks for a run: it mends what stands in the way of others."""
    dead = heal(context.instance, data)
    if dead:
        return dg.SkipReason(f"{len(dead)} runs were marked failed: their processes are gone.")
    return dg.SkipReason("Every run that goes on has its process.")


@dg.sensor(
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.RUNNING,
    description="Those whom alerts.yml names are told by e-mail of what has become so, once each.",
)
def alerts(
    context: dg.SensorEvaluationContext, data: dg.ResourceParam[DataFolder]
) -> dg.SkipReason:
    """Never asks for a run: it tells."""
    try:
        number = tell(data, settings().smtp_password)
    except (AlertError, FileError, RegisterError) as error:
        return dg.SkipReason(str(error))
    return dg.SkipReason(f"Told of {number} things." if number else "Nothing new to tell.")

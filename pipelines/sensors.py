"""The inbox sensor: a draft when a new supply has arrived whole. Off until the analyst switches it
on.
"""

import hashlib
import json

import dagster as dg

from assets.store.folder import DataFolder
from assets.store.supply_store import inbox_state, is_known
from assets.supplies import AS_AT
from pipelines.jobs import refresh_profile
from pipelines.schedules import last_month_end


@dg.sensor(
    job=refresh_profile,
    minimum_interval_seconds=300,
    default_status=dg.DefaultSensorStatus.STOPPED,
    description=(
        "When a supply that was not seen before has arrived: a draft as at the last month end."
    ),
)
def inbox_sensor(
    context: dg.SensorEvaluationContext, data: dg.ResourceParam[DataFolder]
) -> dg.SensorResult | dg.SkipReason:
    """One run per state of the inbox; the cursor is a hash of that state."""
    state = inbox_state(data)
    cursor = hashlib.sha256(json.dumps(state).encode()).hexdigest()
    if cursor == context.cursor or all(is_known(data, *one) for one in state):
        return dg.SkipReason("No new supply in the inbox.")
    as_at = last_month_end(data.clock().date()).isoformat()
    run_key = f"inbox-{as_at}-{cursor[:16]}"
    run_requests = [dg.RunRequest(run_key=run_key, partition_key=as_at)]
    dynamic_partitions_requests = [AS_AT.build_add_request([as_at])]
    return dg.SensorResult(
        run_requests=run_requests,
        cursor=cursor,
        dynamic_partitions_requests=dynamic_partitions_requests,
    )

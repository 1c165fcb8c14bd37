"""The code location: everything that `dagster dev` shows."""

import warnings
from collections.abc import Iterator

import dagster as dg

from assets import models, profile, supplies
from assets.store.folder import DataFolder
from assets.store.room import refuse_without_room
from pipelines.jobs import progress_logger, refresh_profile, take_in_supplies
from pipelines.runs import refuse_foreign
from pipelines.schedules import due_month
from pipelines.sensors import alerts, dead_runs, inbox_sensor, month_sensor
from pipelines.settings import data_folder

# Dagster copies a sensor by naming every parameter, and then warns of one that nobody set.
warnings.filterwarnings("ignore", message="Parameter `owners` of initializer")


@dg.resource(
    description=(
        "The data folder as configured when a run starts, with a workspace for the run's own files."
    )
)
def _data(context: dg.InitResourceContext) -> Iterator[DataFolder]:
    data = data_folder()
    if context.run is None:
        yield data
        return
    if context.instance is not None:
        refuse_foreign(context.instance, data)
    refuse_without_room(data, "a run")
    # The workspace first: as long as it is held, the run is known to live, also while it waits.
    with data.workspace(context.run.run_id), data.locked("run"):
        yield data


@dg.definitions
def defs() -> dg.Definitions:
    """Assets, checks, the job, its schedule and sensor."""
    assets = [
        *supplies.supply_assets,
        supplies.supplies_in_use,
        supplies.reference_tables,
        supplies.raw_tables,
        models.staging,
        models.joined,
        models.profile_tables,
        profile.figures,
        profile.labels,
        profile.lsoa_clusters,
        profile.report,
    ]
    return dg.Definitions(
        assets=assets,
        jobs=[refresh_profile, take_in_supplies],
        schedules=[due_month],
        sensors=[inbox_sensor, month_sensor, dead_runs, alerts],
        resources={"data": _data},
        loggers={"progress": progress_logger},
        executor=dg.in_process_executor,
    )

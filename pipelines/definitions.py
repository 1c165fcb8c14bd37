"""The code location: everything that `dagster dev` shows."""

from collections.abc import Iterator

import dagster as dg

from assets import models, profile, supplies
from assets.store.folder import DataFolder
from pipelines.jobs import progress_logger, refresh_profile
from pipelines.schedules import monthly_refresh
from pipelines.sensors import inbox_sensor
from pipelines.settings import data_folder


@dg.resource(
    description=(
        "The data folder as configured when a run starts, with a workspace for the run's own files."
    )
)
def _data(context: dg.InitResourceContext) -> Iterator[DataFolder]:
    data = data_folder()
    if context.run is None:
        yield data
    else:
        with data.workspace(context.run.run_id):
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
        jobs=[refresh_profile],
        schedules=[monthly_refresh],
        sensors=[inbox_sensor],
        resources={"data": _data},
        loggers={"progress": progress_logger},
        executor=dg.in_process_executor,
    )

"""Every SQL model is one asset: its first comment is its description, its dependencies are read
from the SQL.
"""

import datetime as dt
from collections.abc import Iterator, Sequence

import dagster as dg

from assets.checks import contract_check, contract_check_spec
from assets.store.folder import DataFolder
from assets.store.sql_models import Model, folder_models, staging_models
from assets.store.warehouse import ModelError, run_model, set_as_at
from assets.supplies import AS_AT
from expectations.contract import contracts


def _layer(
    name: str, models: Sequence[Model], check_specs: list[dg.AssetCheckSpec]
) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=name,
        group_name=name,
        partitions_def=AS_AT,
        check_specs=check_specs,
        specs=[
            dg.AssetSpec(m.name, deps=list(m.reads), kinds={"duckdb", "sql"}, description=m.grain)
            for m in models
        ],
    )
    def layer(
        context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        run_id = context.run_id
        if not data.warehouse(run_id).exists():
            raise dg.Failure(
                "Models run inside the job refresh_profile, which makes a warehouse of its own. "
                "Launch that job for this as-at date."
            )
        context.log.info(f"{name}: {len(models)} models")
        with data.connect(run_id) as con:
            set_as_at(con, dt.date.fromisoformat(context.partition_key))
            try:
                for m in models:
                    yield dg.MaterializeResult(
                        asset_key=m.name,
                        metadata={"dagster/row_count": run_model(con, m.name, m.sql)},
                    )
            except ModelError as error:
                raise dg.Failure(str(error)) from None
            for spec in check_specs:
                yield contract_check(con, spec)

    return layer


staging = _layer(
    "staging", staging_models(), [contract_check_spec(c.name) for c in contracts().values()]
)
joined = _layer("joined", folder_models("joined"), [])
profile_tables = _layer("profile_tables", folder_models("profile"), [])

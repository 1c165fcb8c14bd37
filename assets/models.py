"""Every SQL model is one asset: its first comment is its description, its dependencies are read
from the SQL.
"""

import datetime as dt
import logging
from collections.abc import Iterator, Sequence
from typing import Any

import dagster as dg
import duckdb

from assets.checks import contract_check, contract_check_spec
from assets.store.column_lineage import columns_from, columns_of
from assets.store.folder import DataFolder
from assets.store.sql_models import Model, folder_models, staging_models
from assets.store.warehouse import ModelError, run_model, set_as_at
from assets.supplies import ANALYSTS, AS_AT
from expectations.contract import contracts

MATCH_RATES = "core_match_rates"
# What goes on, for whoever waits; no value.
STAGE = logging.getLogger("cce.stage")


def _layer(
    name: str, models: Sequence[Model], check_specs: list[dg.AssetCheckSpec]
) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=name,
        group_name=name,
        partitions_def=AS_AT,
        check_specs=check_specs,
        specs=[
            dg.AssetSpec(
                m.name,
                deps=list(m.reads),
                kinds={"duckdb", "sql"},
                description=m.grain,
                owners=[ANALYSTS],
            )
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
                for number, m in enumerate(models, start=1):
                    STAGE.info("%s, %d of %d", name, number, len(models))
                    rows = run_model(con, m.name, m.sql)
                    yield dg.MaterializeResult(
                        asset_key=m.name, metadata=_about(con, m) | {"dagster/row_count": rows}
                    )
            except ModelError as error:
                raise dg.Failure(str(error)) from None
            for spec in check_specs:
                yield contract_check(con, spec)

    return layer


def _about(con: duckdb.DuckDBPyConnection, model: Model) -> dict[str, Any]:
    """What the web page shows of a table: its columns, in the words of its contract, and
    from which columns each is made. Names and types alone.
    """
    schema = columns_of(con, [model.name, *model.reads])
    words = _words(model.name)
    columns = [
        dg.TableColumn(name, kind.lower(), description=words.get(name))
        for name, kind in schema.get(model.name, {}).items()
    ]
    origins = {}
    for name, tables in columns_from(model, schema).items():
        origins[name] = [dg.TableColumnDep(asset_key=t, column_name=column) for t, column in tables]
    told: dict[str, Any] = {
        "dagster/column_schema": dg.TableSchema(columns),
        "dagster/column_lineage": dg.TableColumnLineage(origins),
    }
    if model.name == MATCH_RATES:
        told |= _match_rates(con)
    return told


def _words(table: str) -> dict[str, str]:
    """What a staging table's columns hold, as the data officer is told."""
    contract = contracts().get(table.removeprefix("stg_"))
    if contract is None:
        return {}
    return {column.name: column.words for column in contract.columns}


def _match_rates(con: duckdb.DuckDBPyConnection) -> dict[str, float]:
    """Per cent of an agency's children whom another knows too, for a line over the months; of fewer
    than 100 children none.
    """
    rates = con.execute(
        "select agency, other_agency, round(100 * matched / children) from core_match_rates "
        "where group_type = 'all' and children >= 100 order by all"
    ).fetchall()
    return {f"{one}, per cent also in {other}": float(rate) for one, other, rate in rates}


staging = _layer(
    "staging", staging_models(), [contract_check_spec(c.name) for c in contracts().values()]
)
joined = _layer("joined", folder_models("joined"), [])
profile_tables = _layer("profile_tables", folder_models("profile"), [])

"""Every SQL model is one asset: its first comment is its grain, its dependencies are read from the SQL.

Staging models are generated from the contracts; a file in sql/staging/ takes the place of the generated one.
"""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter

import dagster as dg
import sqlglot
from sqlglot import exp

from assets.checks import contract_check, contract_check_spec
from assets.resources import DataFolder
from assets.supplies import AS_AT
from assets.warehouse import SQL, ModelError, run_model, set_as_at
from expectations.contract import contracts
from expectations.staging import staging_sql


@dataclass(frozen=True)
class Model:
    """One select that makes one table."""

    name: str
    sql: str
    grain: str
    reads: tuple[str, ...]


def tables_read(sql: str) -> tuple[str, ...]:
    """The tables that a query reads, without its own common table expressions."""
    tree = sqlglot.parse_one(sql, read="duckdb")
    own = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return tuple(sorted({t.name for t in tree.find_all(exp.Table) if t.name and not t.db} - own))


def _model(name: str, sql: str) -> Model:
    first = sql.lstrip().splitlines()[0]
    if not first.startswith("-- one row per "):
        raise ValueError(f"{name}: the first line must be a comment with the grain, “-- one row per …”")
    return Model(name, sql, first.removeprefix("-- "), tables_read(sql))


def _in_order(models: list[Model]) -> list[Model]:
    by_name = {m.name: m for m in models}
    order = TopologicalSorter({m.name: [r for r in m.reads if r in by_name] for m in models}).static_order()
    return [by_name[name] for name in order]


def staging_models() -> list[Model]:
    """One per contract, generated unless sql/staging/ has a file of that name."""
    written = {p.stem: p.read_text("utf-8") for p in (SQL / "staging").glob("*.sql")}
    return [_model(f"stg_{c.name}", written.get(f"stg_{c.name}", staging_sql(c))) for c in contracts().values()]


def folder_models(layer: str) -> list[Model]:
    """The models of sql/<layer>/, each after those it reads."""
    return _in_order([_model(p.stem, p.read_text("utf-8")) for p in sorted((SQL / layer).glob("*.sql"))])


def _layer(name: str, models: list[Model], check_specs: list[dg.AssetCheckSpec]) -> dg.AssetsDefinition:
    @dg.multi_asset(
        name=name,
        group_name=name,
        partitions_def=AS_AT,
        check_specs=check_specs,
        specs=[dg.AssetSpec(m.name, deps=list(m.reads), kinds={"duckdb", "sql"}, description=m.grain) for m in models],
    )
    def layer(
        context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        run_id = context.run_id
        if not data.warehouse(run_id).exists():
            raise dg.Failure(
                "Models run inside the job refresh_profile, which makes a warehouse of its own. Launch that job for this as-at date."
            )
        context.log.info(f"{name}: {len(models)} models")
        with data.connect(run_id) as con:
            set_as_at(con, dt.date.fromisoformat(context.partition_key))
            try:
                for m in models:
                    yield dg.MaterializeResult(
                        asset_key=m.name, metadata={"dagster/row_count": run_model(con, m.name, m.sql)}
                    )
            except ModelError as error:
                raise dg.Failure(str(error)) from None
            for spec in check_specs:
                yield contract_check(con, spec)

    return layer


staging = _layer("staging", staging_models(), [contract_check_spec(c.name) for c in contracts().values()])
joined = _layer("joined", folder_models("joined"), [])
profile_tables = _layer("profile_tables", folder_models("profile"), [])

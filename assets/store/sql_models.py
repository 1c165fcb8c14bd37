"""The SQL models as files: their grain, and the tables that each reads, found by parsing it. No
Dagster here.

Staging models are generated from the contracts; a file in sql/staging/ takes the place of the
generated one.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from graphlib import TopologicalSorter

import sqlglot
from sqlglot import exp

from assets.store.warehouse import SQL
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
    # A query's own steps look like tables to the parser.
    common_tables = {cte.alias_or_name for cte in tree.find_all(exp.CTE)}
    return tuple(
        sorted({t.name for t in tree.find_all(exp.Table) if t.name and not t.db} - common_tables)
    )


def _model(name: str, sql: str) -> Model:
    first = sql.lstrip().splitlines()[0]
    # The grain becomes the asset's description, and a model whose author cannot say it is not
    # ready.
    if not first.startswith("-- one row per "):
        raise ValueError(
            f"{name}: the first line must be a comment with the grain, “-- one row per …”"
        )
    return Model(name, sql, first.removeprefix("-- "), tables_read(sql))


def _in_order(models: list[Model]) -> list[Model]:
    by_name = {m.name: m for m in models}
    # Reads that are not of this layer were made by an earlier one.
    order = TopologicalSorter(
        {m.name: [r for r in m.reads if r in by_name] for m in models}
    ).static_order()
    return [by_name[name] for name in order]


@functools.cache
def staging_models() -> tuple[Model, ...]:
    """One per contract, generated unless sql/staging/ has a file of that name."""
    written = {p.stem: p.read_text("utf-8") for p in (SQL / "staging").glob("*.sql")}
    return tuple(
        _model(f"stg_{c.name}", written.get(f"stg_{c.name}", staging_sql(c)))
        for c in contracts().values()
    )


@functools.cache
def folder_models(layer: str) -> tuple[Model, ...]:
    """The models of sql/<layer>/, each after those it reads. Parsing them takes longer than running
    them over a few rows.
    """
    return tuple(
        _in_order(
            [_model(p.stem, p.read_text("utf-8")) for p in sorted((SQL / layer).glob("*.sql"))]
        )
    )

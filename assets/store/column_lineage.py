"""From which columns of other tables each column of a model is made, read from its SQL. No Dagster
here.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from typing import Any

import duckdb
from sqlglot import exp, parse_one
from sqlglot.errors import SqlglotError
from sqlglot.lineage import lineage
from sqlglot.optimizer.qualify import qualify
from sqlglot.optimizer.scope import build_scope

from assets.store.sql_models import Model

# Of a shape that it cannot follow the parser says so on its own log; here that is an answer.
logging.getLogger("sqlglot").setLevel(logging.ERROR)


def columns_of(con: duckdb.DuckDBPyConnection, tables: list[str]) -> dict[str, dict[str, str]]:
    """The columns of these tables with their types; a table that is not there has none."""
    rows = con.execute(
        "select table_name, column_name, data_type from duckdb_columns() "
        "where list_contains(?, table_name) order by table_name, column_index",
        [tables],
    ).fetchall()
    found: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        found.setdefault(table, {})[column] = kind
    return found


def columns_from(
    model: Model, schema: Mapping[str, Mapping[str, str]]
) -> dict[str, list[tuple[str, str]]]:
    """Of each column of a model the table and column that it comes from; `schema` has the columns
    of the tables that it reads. A column that comes from none, such as a count of rows, has an
    empty list. A model whose shape the parser cannot follow (UNPIVOT, say) gives nothing.
    """
    read: dict[str, object] = {table: dict(schema.get(table, {})) for table in model.reads}
    try:
        query = qualify(
            parse_one(model.sql, read="duckdb"),
            schema=read,
            dialect="duckdb",
            validate_qualify_columns=False,
        )
        scope = build_scope(query)
        found: dict[str, set[tuple[str, str]]] = {}
        for part in _parts(scope):
            for column in part.expression.named_selects:
                found.setdefault(column, set()).update(_leaves(column, part))
    except (SqlglotError, KeyError, ValueError, AttributeError):
        return {}
    return {column: sorted(origins) for column, origins in found.items()}


def _parts(scope: Any) -> Iterator[Any]:
    """The queries that `union all by name` puts together, which the library does not follow as one;
    else the query itself.
    """
    if scope is not None and scope.expression.args.get("by_name"):
        for part in scope.set_operation_scopes:
            yield from _parts(part)
    elif scope is not None:
        yield scope


def _leaves(column: str, scope: Any) -> set[tuple[str, str]]:
    tree = lineage(
        column,
        scope.expression,
        schema={},
        scope=scope,
        dialect="duckdb",
        trim_selects=False,
        copy=False,
    )
    found = set()
    for leaf in tree.walk():
        if not leaf.downstream and isinstance(leaf.source, exp.Table):
            found.add((leaf.source.name, leaf.name.rpartition(".")[2].strip('"')))
    return found

"""A visible check per contract: how many rows of the supplies in use were warned of, by rule.
Counts only.
"""

import dagster as dg
import duckdb


def contract_check_spec(contract: str) -> dg.AssetCheckSpec:
    """The check `contract` on the staging table of a contract."""
    return dg.AssetCheckSpec(
        "contract",
        asset=f"stg_{contract}",
        description="Rules of the contract that rows of the supplies in use do not keep.",
    )


def contract_check(con: duckdb.DuckDBPyConnection, spec: dg.AssetCheckSpec) -> dg.AssetCheckResult:
    """The check's result, from the counts in `raw_checks`: passed when no rule was broken; a broken
    one here only warns.
    """
    name = spec.asset_key.path[-1].removeprefix("stg_")
    failed = con.execute(
        "select rule || coalesce(' of ' || column_name, ''), sum(failed) from raw_checks "
        "where table_name = ? and failed > 0 group by all order by all",
        [name],
    ).fetchall()
    tried = con.execute(
        "select count(*), coalesce(max(rows), 0) from raw_checks where table_name = ?", [name]
    ).fetchall()[0]
    metadata = {"rules": int(tried[0]), "rows": int(tried[1])} | {
        str(rule): int(rows) for rule, rows in failed
    }
    return dg.AssetCheckResult(
        check_name="contract",
        asset_key=spec.asset_key,
        passed=not failed,
        severity=dg.AssetCheckSeverity.WARN,
        metadata=metadata,
    )

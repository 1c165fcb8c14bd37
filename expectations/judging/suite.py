"""From a contract to its Great Expectations suite, and running that suite over bounded chunks.

Great Expectations takes seconds to import, so it is imported only where a suite runs.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from expectations.contract import Contract
from expectations.staging import row_rules

# Counts only: the default result format carries the offending values.
COUNTS_ONLY = {"result_format": "SUMMARY", "partial_unexpected_count": 0}
RULE_COLUMN = "rule__"


def build_suite(contract: Contract) -> Any:
    """The contract's suite. Every expectation's meta holds rule, column, words and severity."""
    import great_expectations as gx
    import great_expectations.expectations as gxe

    def meta(rule: str, column: str | None, words: str, severity: str = "error") -> dict[str, Any]:
        return {"rule": rule, "column": column, "words": words, "severity": severity}

    suite = gx.ExpectationSuite(name=contract.name)
    for c in contract.columns:
        if c.blank != "allowed":
            suite.add_expectation(
                gxe.ExpectColumnValuesToNotBeNull(
                    column=c.name, meta=meta("not_blank", c.name, "a value is needed", c.blank)
                )
            )
        if c.kind == "codes":
            suite.add_expectation(
                gxe.ExpectColumnValuesToBeInSet(
                    column=c.name,
                    value_set=sorted(c.codes),
                    meta=meta("code_list", c.name, c.words),
                )
            )
        else:
            suite.add_expectation(
                gxe.ExpectColumnValuesToMatchRegex(
                    column=c.name, regex=_whole(c.pattern), meta=meta("shape", c.name, c.words)
                )
            )
    for name, (_, column, words, severity) in row_rules(contract).items():
        rule = name.removeprefix(f"{column}__") if column else name
        suite.add_expectation(
            gxe.ExpectColumnValuesToBeInSet(
                column=RULE_COLUMN + name,
                value_set=[True],
                meta=meta(rule, column, words, severity),
            )
        )
    return suite


def _whole(pattern: str) -> str:
    """In Python `$` also matches before a last line break, which no cell may have."""
    return pattern.removesuffix("$") + r"\Z"


def run_suite(
    contract: Contract,
    chunks: Iterable[pd.DataFrame],
    absent: set[str],
    write_page: Callable[[Any, list[dict[str, Any]]], None] | None = None,
) -> list[dict[str, Any]]:
    """Validate `chunks` and add up: one dict per rule with rule, column, words, severity, failed,
    rows.

    `write_page` is given the suite and these counts while the library is ready to draw them.
    `absent` are optional columns that the supply does not have; their rules are not tried.
    """
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    batch = context.data_sources.add_pandas("supply").add_dataframe_asset(contract.table)
    suite = build_suite(contract)
    # A rule on a column that is not there would fail on every row.
    suite.expectations = [e for e in suite.expectations if e.meta["column"] not in absent]
    definition = context.validation_definitions.add(
        gx.ValidationDefinition(
            name=contract.name,
            data=batch.add_batch_definition_whole_dataframe("chunk"),
            suite=context.suites.add(suite),
        )
    )
    totals: dict[tuple[str, str | None], dict[str, Any]] = {}
    for chunk in chunks:
        result = definition.run(batch_parameters={"dataframe": chunk}, result_format=COUNTS_ONLY)
        # Chunks are judged apart and added up: a rule's verdict is of the whole table.
        for tried in result.results:
            meta = tried.expectation_config.meta
            if tried.exception_info.get("raised_exception"):
                # The library's own message may quote a cell, so only the rule is named.
                raise RuntimeError(f"rule {meta['rule']} of {contract.name} could not be tried")
            total = totals.setdefault(
                (meta["rule"], meta["column"]), {**meta, "failed": 0, "rows": 0}
            )
            total["failed"] += int(tried.result.get("unexpected_count", 0))
            total["rows"] += len(chunk)
    if write_page:
        write_page(suite, list(totals.values()))
    return list(totals.values())

"""The rules of a contract tried with pandas alone: what Great Expectations would find, without the seconds that it takes.

For tests of what is found. That both find the same is itself tested, on broken tables of every agency.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from typing import Any

import pandas as pd

from expectations.contract import Contract
from expectations.judging.suite import build_suite


def run_quickly(
    contract: Contract,
    chunks: Iterable[pd.DataFrame],
    absent: set[str],
    write_page: Callable[[Any, list[dict[str, Any]]], None] | None = None,
) -> list[dict[str, Any]]:
    """In the place of `expectations.judging.suite.run_suite`; it draws no page."""
    totals: dict[tuple[str, str | None], dict[str, Any]] = {}
    expectations = [e for e in _expectations(contract) if e.meta["column"] not in absent]
    for chunk in chunks:
        for expectation in expectations:
            meta = expectation.meta
            key = (meta["rule"], meta["column"])
            total = totals.setdefault(key, {**meta, "failed": 0, "rows": 0})
            total["failed"] += _unexpected(expectation, chunk[expectation.column])
            total["rows"] += len(chunk)
    return list(totals.values())


@functools.cache
def _context() -> Any:
    """What the library needs before a suite can be built."""
    import great_expectations as gx

    return gx.get_context(mode="ephemeral")


# By identity, with the contract beside it so that it lives as long: contracts hold dicts and have no hash.
_SUITES: dict[int, tuple[Contract, tuple[Any, ...]]] = {}


def _expectations(contract: Contract) -> tuple[Any, ...]:
    if id(contract) not in _SUITES:
        _context()
        _SUITES[id(contract)] = (contract, tuple(build_suite(contract).expectations))
    return _SUITES[id(contract)][1]


def _unexpected(expectation: Any, values: pd.Series) -> int:
    is_given = values.notna()
    match type(expectation).__name__:
        case "ExpectColumnValuesToNotBeNull":
            is_right = is_given
        case "ExpectColumnValuesToBeInSet":
            is_right = values.isin(expectation.value_set) | ~is_given
        case "ExpectColumnValuesToMatchRegex":
            is_right = values.astype(str).str.contains(expectation.regex, regex=True) | ~is_given
        case other:
            raise NotImplementedError(other)
    return int((~is_right).sum())

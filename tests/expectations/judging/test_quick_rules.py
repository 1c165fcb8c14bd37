"""The rules as tests try them find what Great Expectations finds."""

from __future__ import annotations

import random
from typing import Any

import duckdb
import pandas as pd
import pytest
from quick_rules import run_quickly

from expectations.contract import Contract, agencies, contracts_of
from expectations.judging.suite import RULE_COLUMN, run_suite
from expectations.spec.example import example_rows
from expectations.staging import row_rules

ODD = [None, "", " ", "x", "Ünknown", "-1", "2031-13-45", "a\nb", "0", "É" * 300, "T1\n"]


def broken(contract: Contract, seed: int) -> pd.DataFrame:
    """A table of good and of odd cells, with the columns of the rules across columns."""
    rng = random.Random(f"{contract.name} {seed}")
    good = example_rows(contract)
    rows: list[dict[str, Any]] = []
    for _ in range(40):
        row: dict[str, Any] = {}
        for column in contract.columns:
            cells = [r[column.name] for r in good] + list(column.codes)[:3]
            row[column.name] = rng.choice(cells) if rng.random() < 0.6 else rng.choice(ODD)
        for name in row_rules(contract):
            row[RULE_COLUMN + name] = rng.choice([True, False, None])
        rows.append(row)
    return pd.DataFrame(rows, dtype=object)


# A table of the trust's is tried each time, every table of every agency in the long tests.
EACH = [
    pytest.param(contract, id=contract.name, marks=() if n == 0 else pytest.mark.long)
    for agency in sorted(agencies(), reverse=True)
    for n, contract in enumerate(contracts_of(agency).values(), start=agency != "trust")
]


@pytest.mark.parametrize("contract", EACH)
def test_they_find_the_same(contract: Contract) -> None:
    table = broken(contract, 1)
    absent = {contract.columns[-1].name} if contract.columns[-1].optional else set()
    slow = run_suite(contract, [table[:25], table[25:]], absent)
    quick = run_quickly(contract, [table[:25], table[25:]], absent)
    key = lambda r: (r["rule"], r["column"] or "")  # noqa: E731
    assert sorted(quick, key=key) == sorted(slow, key=key)
    assert sum(r["failed"] for r in slow) > 20


def test_as_they_are_read_from_the_database() -> None:
    """A column of truths may hold none at all, and DuckDB then gives it another type."""
    (contract, *_) = contracts_of("trust").values()
    with duckdb.connect() as con:
        columns = [f'null::varchar as "{c.name}"' for c in contract.columns]
        columns += [f'null::boolean as "{RULE_COLUMN}{name}"' for name in row_rules(contract)]
        table = con.execute(f"select {', '.join(columns)} from range(3)").df()
    key = lambda r: (r["rule"], r["column"] or "")  # noqa: E731
    slow = sorted(run_suite(contract, [table], set()), key=key)
    assert sorted(run_quickly(contract, [table], set()), key=key) == slow

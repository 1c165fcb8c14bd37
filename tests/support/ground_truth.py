"""The samples' exact figures and labels as ground-truth tables: how they are written, and a command that writes them again.

A change of one of these tables is a change of what the profile says. Write them again only when a definition changes, and
say why in the changelog:

    python tests/support/ground_truth.py DATA_FOLDER

where DATA_FOLDER holds one draft of each date (`cce refresh --as-at DATE`).
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pandas as pd

HERE = Path(__file__).parents[1] / "ground_truth"
DATES = ("2022-12-31", "2023-07-31", "2024-03-01")
EXACT = (
    "section, figure, measure, unit, groups, area_code, period_start, period_end, numerator, denominator, "
    "value, lower, upper, label, status, note"
)
LABELS = (
    "section, figure, measure, unit, groups, edition, period_start, period_end, label, denominator, lower, upper, "
    "status, note"
)
# The groups of a row in one cell, in the order of their dimensions: “age_band=10-14,sex=F”.
GROUPS = """
    array_to_string(list_sort(list_filter(
        [group_type || '=' || "group", group2_type || '=' || group2, group3_type || '=' || group3],
        lambda pair: pair <> 'all=all' and pair <> '='
    )), ',') as groups
"""


def exact(warehouse: Path) -> pd.DataFrame:
    """The exact figures of a draft's warehouse, one row each, sorted by key."""
    return _read(warehouse, EXACT, "figures")


def labels(warehouse: Path) -> pd.DataFrame:
    """The labels of a draft's warehouse, one row each, sorted by key."""
    return _read(warehouse, LABELS, "labels")


def as_text(table: pd.DataFrame) -> str:
    """A table as it is kept: six significant figures, so that no machine's last digit counts."""
    return table.to_csv(index=False, lineterminator="\n", float_format="%.6g")


def _read(warehouse: Path, columns: str, table: str) -> pd.DataFrame:
    query = f"select {columns} from (select *, {GROUPS} from {table}) order by figure, measure, groups, period_end, period_start"
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(query).df()


def main(home: Path) -> None:
    """Write both tables of every date from the drafts in a data folder."""
    for date in DATES:
        (warehouse,) = home.glob(f"drafts/{date}/*/restricted/warehouse.duckdb")
        (HERE / f"figures-{date}.csv").write_text(as_text(exact(warehouse)), "utf-8")
        (HERE / f"labels-{date}.csv").write_text(as_text(labels(warehouse)), "utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""What four years of months cost: the models and the counting over every day, beside the same over
the as-at date alone.

    python benchmarks/series.py DRAFT

DRAFT is the folder of a draft; its warehouse is copied. Both are run in turns in one process, and
medians are compared. The bound is four times.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
import statistics
import sys
import tempfile
import time
from pathlib import Path

import duckdb

from assets.store.counting import count
from assets.store.folder import use_area
from assets.store.sql_models import folder_models
from assets.store.warehouse import SQL, run_model, set_as_at
from profiles.disclosure.plan import default_plan
from profiles.figures.counting import declared_rows

TIMES = 5
# A day of its own has no months and no earlier days: these two models are then empty.
DAYS = ("core_months", "core_earlier_days")


def once(con: duckdb.DuckDBPyConnection, as_at: dt.date, *, has_series: bool) -> float:
    """Seconds for the models, the counting and the rows of the exact table."""
    register = default_plan().register
    start = time.perf_counter()
    for model in (*folder_models("joined"), *folder_models("profile")):
        run_model(con, model.name, model.sql)
        if model.name in DAYS and not has_series:
            con.execute(f"truncate {model.name}")
    counted = count(con, register, [m.name for m in folder_models("profile")])
    declared_rows(register, counted)
    return time.perf_counter() - start


def main(draft: Path) -> None:
    """Print both medians and their ratio."""
    as_at = dt.date.fromisoformat(
        json.loads((draft / "manifest.json").read_text())["inputs"]["as_at"]
    )
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / "warehouse.duckdb"
        shutil.copyfile(draft / "restricted" / "warehouse.duckdb", copy)
        copy.chmod(0o600)
        with duckdb.connect(str(copy)) as con:
            use_area(con, default_plan().register.area)
            con.execute(
                (SQL / "macros.sql")
                .read_text("utf-8")
                .replace("create macro", "create or replace macro")
            )
            set_as_at(con, as_at)
            seconds: dict[bool, list[float]] = {True: [], False: []}
            for _ in range(TIMES):
                for has_series in (False, True):
                    seconds[has_series].append(once(con, as_at, has_series=has_series))
    alone, every = (statistics.median(seconds[has_series]) for has_series in (False, True))
    print(f"one date {alone:.2f} s, with every series {every:.2f} s: {every / alone:.2f} times")


if __name__ == "__main__":
    main(Path(sys.argv[1]))

"""Counting a day again from chosen supplies by the code of today, in a warehouse of its own. No
Dagster here.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from pathlib import Path

import duckdb
import pandas as pd

from assets.store import supply_store
from assets.store.counting import count
from assets.store.folder import DataFolder
from assets.store.intake import Intake
from assets.store.sql_models import folder_models, staging_models
from assets.store.supply_store import Supply
from assets.store.warehouse import load_reference, make_raw_views, run_model, set_as_at
from assets.versions.coverage import coverage
from profiles.figures.counting import declared_rows
from profiles.figures.exact import exact_figures


def recount(
    data: DataFolder, warehouse: Path, as_at: dt.date, supplies: Sequence[Supply]
) -> pd.DataFrame:
    """The exact figures of a day from these supplies; leaves a warehouse with the members of each
    count. What models estimate is not among them.
    """
    models = [m.name for m in folder_models("profile")]
    reports = {s.supplier: supply_store.rejudge(data, s) for s in supplies}
    with duckdb.connect(str(warehouse)) as con:
        load_reference(con, supply_store.canaries(data), data.register, data.reference)
        make_raw_views(con, list(supplies), reports)
        set_as_at(con, as_at)
        for model in (*staging_models(), *folder_models("joined"), *folder_models("profile")):
            run_model(con, model.name, model.sql)
        counted = declared_rows(data.register, count(con, data.register, models))
        covered = coverage(Intake(list(supplies), []), data.area)
        return exact_figures(counted, as_at, covered, data.area.code)

"""How runs stand, from Dagster's own table: to load Dagster takes longer than all else that
`cce status` does.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing

from pipelines.settings import home_folder, settings

FINISHED = ("SUCCESS", "FAILURE", "CANCELED")


def newest_if_settled() -> list[tuple[str, str]] | None:
    """Job and outcome of the newest run, an empty list where nothing ever ran. None where a run
    goes on, waits or was left behind, and where the table cannot be read: Dagster is asked then.
    """
    if settings().runs_database:
        return None
    path = home_folder() / "dagster" / "history" / "runs.db"
    if not path.exists():
        return []
    try:
        with closing(sqlite3.connect(f"{path.as_uri()}?mode=ro", uri=True)) as con:
            rows = con.execute("select pipeline_name, status from runs order by id desc").fetchall()
    except sqlite3.Error:
        return None
    if any(status not in FINISHED for _, status in rows):
        return None
    return [(job, status.lower()) for job, status in rows[:1]]

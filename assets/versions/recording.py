"""Which changes of recording there are: of the law, of the user's list, of the supplies in use."""

from __future__ import annotations

import duckdb

from assets.store.folder import DataFolder
from expectations.contract import contracts
from profiles.figures.recording import NATIONAL, WORDS, RecordingChange, read_changes


def recording_changes(con: duckdb.DuckDBPyConnection, data: DataFolder) -> list[RecordingChange]:
    """Every change, of whatever day. Raises FileError where the user's list cannot be read."""
    extracts = sorted(contracts())
    changes = read_changes(NATIONAL, extracts)
    changes += read_changes(data.recording_changes, extracts)
    for agency in data.agencies:
        table = con.table(f"stg_{agency}__recording_changes")
        rows = table.select("agency", "table", "change_date", "what").distinct().fetchall()
        for named, table, day, what in rows:
            extract = f"{named}__{table}"
            if extract in extracts:
                changes.append(RecordingChange(extract, day, WORDS[what]))
    return changes

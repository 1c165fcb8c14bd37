"""The hidden-scale verdict of a run, kept by its input. No Dagster here."""

from __future__ import annotations

import hashlib
import json

import duckdb

from assets.store import linkage
from assets.store.folder import DataFolder, write_atomically
from assets.store.warehouse import sightings
from assets.versions.identity import code_hash
from profiles.figures.hidden_scale import Rows, Seen, verdict
from profiles.statistics.hidden_scale.estimate import SEED


def hidden_scale(con: duckdb.DuckDBPyConnection, data: DataFolder) -> Rows:
    """The verdict on how many are on no list; kept by its input, so that an unchanged table is not
    estimated again.
    """
    rows = sightings(con)
    links = linkage.rates(con, data)
    if links:
        link_quality = (links.words(), links.is_checked)
    else:
        link_quality = ("", False)
    key = hashlib.sha256(json.dumps([rows, link_quality, code_hash()]).encode()).hexdigest()
    path = data.estimates / f"{key}.json"
    if not path.exists():
        write_atomically(
            path, json.dumps({"seed": SEED, "said": verdict(Seen.of(rows, *link_quality))})
        )
    verdict_rows: Rows = json.loads(path.read_text("utf-8"))["said"]
    return verdict_rows

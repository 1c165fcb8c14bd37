"""The hidden-scale verdict of a run, kept by its input. No Dagster here."""

from __future__ import annotations

import hashlib
import json

import duckdb

from assets.store import linkage
from assets.store.folder import DataFolder, write_atomically
from assets.store.warehouse import sightings
from assets.versions.identity import code_hash
from profiles.figures.hidden_scale import Seen, Verdict, verdict
from profiles.statistics.hidden_scale.estimate import SEED


def hidden_scale(con: duckdb.DuckDBPyConnection, data: DataFolder) -> Verdict:
    """The verdict on how many are on no list; kept by its input, so that an unchanged table is not
    estimated again.
    """
    rows = sightings(con)
    links = linkage.rates(con, data)
    if links:
        link_quality = (links.words(), links.is_checked)
    else:
        link_quality = ("", False)
    rule = data.plan.policy.rule
    inputs = [rows, link_quality, rule.as_dict(), code_hash()]
    key = hashlib.sha256(json.dumps(inputs).encode()).hexdigest()
    path = data.estimates / f"{key}.json"
    if not path.exists():
        found = verdict(Seen.of(rows, *link_quality), rule.alike)
        write_atomically(path, json.dumps({"seed": SEED, **found._asdict()}))
    kept = json.loads(path.read_text("utf-8"))
    return Verdict(kept["for_readers"], kept["for_analyst"])

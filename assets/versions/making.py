"""From a finished warehouse to a draft: both editions, the restricted folder and the manifest,
moved into place in one step.
"""

from __future__ import annotations

import datetime as dt
import json
import shutil
from pathlib import Path

import duckdb
import pandas as pd

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.store.intake import intake_of_run
from assets.store.supply_store import Supply
from assets.versions import drafts
from assets.versions.estimates import hidden_scale
from assets.versions.manifests import next_number
from assets.versions.pages import draft_page
from profiles.disclosure.counts import label_counts
from profiles.drawing.page import Page
from profiles.report.render import render_disclosure, render_hidden_scale


def make_draft(data: DataFolder, as_at: dt.date, run_id: str) -> tuple[Path, bool]:
    """The draft's folder, and whether it is new: the same inputs may have made it before.

    The run's warehouse moves into it. Raises FileError where the recommendations do not fit the
    report.
    """
    used = intake_of_run(data, run_id)
    page, inputs = draft_page(data, as_at, used)
    warehouse = data.warehouse(run_id)
    in_work = data.work / run_id / "draft"
    restricted = in_work / "restricted"
    restricted.mkdir(mode=0o700, parents=True)
    drafts.write_editions(in_work, drafts.read_labels(warehouse, data.plan), page)
    counts = label_counts(drafts.read_exact(warehouse), data.plan)
    (restricted / "disclosure.html").write_text(render_disclosure(counts, page), "utf-8")
    with duckdb.connect(str(warehouse), read_only=True) as con:
        found = hidden_scale(con, data)
    (restricted / "hidden_scale.html").write_text(
        render_hidden_scale(found.for_analyst, page), "utf-8"
    )
    drafts.write_page(restricted, page)
    for supply in used.supplies:
        _copy_expectations(data, supply, restricted)
    checks = _checks(warehouse)
    checks.to_csv(restricted / "checks.csv", index=False, lineterminator="\n")
    clock = {"made_at": data.clock().isoformat(), "number": next_number(data)}
    manifest = {
        "draft": page.draft_id,
        "is_invented": page.is_invented,
        "inputs": inputs,
        "checks": _verdicts(checks),
        "clock": clock,
    }
    (in_work / "manifest.json").write_text(
        json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8"
    )
    warehouse.rename(restricted / "warehouse.duckdb")
    _close_to_others(restricted)
    is_new = drafts.place_draft(data, in_work, page.as_at, page.draft_id)
    return _folder(data, page), is_new


def _folder(data: DataFolder, page: Page) -> Path:
    return data.drafts / page.as_at / page.draft_id


def _copy_expectations(data: DataFolder, supply: Supply, restricted: Path) -> None:
    """Great Expectations' own pages of a supply, made when it was judged."""
    pages = restricted / "expectations" / supply.supplier.replace(":", "-")
    pages.mkdir(mode=0o700, parents=True)
    for path in supply_store.docs(data, supply):
        shutil.copyfile(path, pages / path.name)


def _checks(warehouse: Path) -> pd.DataFrame:
    """Every rule that was tried on every table, with how many rows failed."""
    with duckdb.connect(str(warehouse), read_only=True) as con:
        return con.execute(
            "select supplier, table_name, rule, column_name, severity, rows, failed from "
            "raw_checks order by all"
        ).df()


def _verdicts(checks: pd.DataFrame) -> dict[str, str]:
    warned = set(checks.loc[checks["failed"] > 0, "table_name"])
    verdicts = {}
    for name in sorted(set(checks["table_name"])):
        verdicts[name] = "warned" if name in warned else "passed"
    return verdicts


def _close_to_others(restricted: Path) -> None:
    for path in restricted.rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)

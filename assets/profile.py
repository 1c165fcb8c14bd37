"""Assets from the `out_` models to a draft: exact figures, labels, both editions."""

import datetime as dt
import json
import shutil
from collections.abc import Iterator

import dagster as dg
import duckdb
import pandas as pd

from assets.store import supply_store
from assets.store.counting import count
from assets.store.folder import DataFolder
from assets.store.intake import pinned
from assets.store.sql_models import folder_models
from assets.store.warehouse import set_as_at, wards
from assets.supplies import AS_AT
from assets.versions import drafts
from assets.versions.coverage import coverage
from assets.versions.estimates import hidden_scale
from assets.versions.pages import draft_page
from profiles.disclosure.counts import label_counts
from profiles.disclosure.plan import PlanError
from profiles.disclosure.shares import label_store
from profiles.drawing.recommendations import RecommendationError
from profiles.figures import verdicts
from profiles.figures.counting import declared_rows
from profiles.figures.exact import exact_figures
from profiles.figures.hidden_scale import estimate_rows
from profiles.report.render import render_disclosure

OUT = [m.name for m in folder_models("profile")]


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    deps=[
        *OUT,
        "core_ward_counts",
        "core_periods",
        "core_earlier_days",
        "core_residents",
        "core_identities",
        "core_capture_histories",
        "core_linkage_errors",
        "core_match_rates",
        "core_key_agreement",
    ],
    description="one row per figure: the exact, tidy table; stays in the warehouse",
)
def figures(context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]) -> dg.MaterializeResult[None]:
    """Exact figures with intervals and refusals."""
    with data.connect(context.run_id) as con:
        as_at = dt.date.fromisoformat(context.partition_key)
        set_as_at(con, as_at)
        table = exact_figures(
            declared_rows(data.register, count(con, data.register, OUT, as_at)),
            as_at,
            coverage(pinned(data, context.run_id), data.area),
            data.area.code,
        )
        said = [
            estimate_rows(hidden_scale(con, data), table, as_at, data.register),
            verdicts.verdict_rows(*wards(con), table, as_at, data.register),
        ]
        table = pd.concat([table, *said], ignore_index=True)
        con.register("exact", table)
        con.execute("create or replace table figures as select * from exact")
    context.log.info(f"figures: {len(table):,}, of which {int((table['status'] == 'refused').sum())} refused")
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(table), "refused": int((table["status"] == "refused").sum())}
    )


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    deps=["core_lsoa_counts", "ref_lsoa_neighbours"],
    description="one row per lower super output area and kind of place: its count and cluster; for the analyst, in no edition",
)
def lsoa_clusters(context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]) -> dg.MaterializeResult[None]:
    """Clusters below wards, where agencies supply such areas; empty where none does."""
    with data.connect(context.run_id) as con:
        counts = con.execute("select * from core_lsoa_counts order by all").df()
        neighbours = con.execute("select lsoa_code, neighbour_code from ref_lsoa_neighbours order by all").fetchall()
        found = verdicts.lsoa_clusters(counts, neighbours)
        con.register("found", found)
        con.execute("create or replace table lsoa_clusters as select * from found")
    return dg.MaterializeResult(metadata={"dagster/row_count": len(found)})


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    deps=[figures],
    description="one row per figure that may be shown: the label after disclosure control",
)
def labels(context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]) -> dg.MaterializeResult[None]:
    """The store of labels: the only thing that the report is drawn from."""
    with data.connect(context.run_id) as con:
        try:
            counts = label_counts(con.table("figures").df(), data.plan)
        except PlanError as error:
            raise dg.Failure(f"The disclosure plan does not fit the figures: {error}.") from None
        table = label_store(counts, data.plan).as_table()
        con.register("shown", table)
        con.execute("create or replace table labels as select * from shown")
    by_status = table["status"].value_counts()
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(table)} | {str(k): int(v) for k, v in by_status.items()}
    )


@dg.asset(
    group_name="profile",
    kinds={"jinja2", "plotly"},
    partitions_def=AS_AT,
    deps=[labels, lsoa_clusters],
    description="the draft: both editions, manifest, restricted folder",
)
def report(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None]]:
    """Draw both editions and move the draft into place in one step."""
    as_at = dt.date.fromisoformat(context.partition_key)
    run_id = context.run_id
    page, inputs = draft_page(data, as_at, pinned(data, run_id))
    made = data.work / run_id / "draft"
    restricted = made / "restricted"
    restricted.mkdir(mode=0o700, parents=True)
    warehouse = data.warehouse(run_id)
    store = drafts.read_labels(warehouse, data.plan)
    try:
        drafts.write_editions(made, store, page)
    except RecommendationError as error:
        raise dg.Failure(f"The recommendations do not fit the report: {error}.") from None
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks = con.execute(
            "select supplier, table_name, rule, column_name, severity, rows, failed from raw_checks order by all"
        ).df()
    counts = label_counts(drafts.read_exact(warehouse), data.plan)
    (restricted / "disclosure.html").write_text(render_disclosure(counts, page), "utf-8")
    for supply in pinned(data, run_id).supplies:
        pages = restricted / "expectations" / supply.supplier.replace(":", "-")
        pages.mkdir(mode=0o700, parents=True)
        for path in supply_store.docs(data, supply):
            shutil.copyfile(path, pages / path.name)
    checks.to_csv(restricted / "checks.csv", index=False, lineterminator="\n")
    (restricted / "page.json").write_text(json.dumps(page.as_dict(), indent=1, sort_keys=True), "utf-8")
    broken = set(checks.loc[checks["failed"] > 0, "table_name"])
    manifest = {
        "draft": page.draft_id,
        "is_invented": page.is_invented,
        "inputs": inputs,
        "checks": {name: "warned" if name in broken else "passed" for name in sorted(set(checks["table_name"]))},
        "clock": {"made_at": data.clock().isoformat()},
    }
    (made / "manifest.json").write_text(json.dumps(manifest, indent=1, sort_keys=True) + "\n", "utf-8")
    warehouse.rename(restricted / "warehouse.duckdb")
    for path in restricted.rglob("*"):
        path.chmod(0o500 if path.is_dir() else 0o400)
    is_new = drafts.place_draft(data, made, page.as_at, page.draft_id)
    context.log.info(f"draft {page.draft_id}{'' if is_new else ': made before from the same inputs; nothing changed'}")
    yield dg.MaterializeResult(
        metadata={
            "draft": page.draft_id,
            "is_new": is_new,
            "folder": dg.MetadataValue.path(str(data.drafts / page.as_at / page.draft_id)),
        }
    )

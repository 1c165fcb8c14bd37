"""Assets from the `out_` models to a draft: exact figures, labels, both editions."""

import datetime as dt
import logging
from collections.abc import Iterator
from typing import Any

import dagster as dg
import pandas as pd

from assets.store.counting import count
from assets.store.folder import DataFolder
from assets.store.intake import intake_of_run
from assets.store.sql_models import folder_models
from assets.store.warehouse import set_as_at, wards
from assets.supplies import ANALYSTS, AS_AT
from assets.versions.coverage import coverage
from assets.versions.estimates import hidden_scale
from assets.versions.making import make_draft
from assets.versions.recording import recording_changes
from profiles.disclosure.counts import label_counts
from profiles.disclosure.plan import PlanError
from profiles.disclosure.shares import label_store
from profiles.drawing.recommendations import RecommendationError
from profiles.figures import verdicts
from profiles.figures.carried import carried, in_words
from profiles.figures.counting import declared_rows
from profiles.figures.exact import exact_figures
from profiles.figures.hidden_scale import estimate_rows
from profiles.figures.recording import change_rows
from profiles.reading import FileError

# What goes on, for whoever waits; no value.
STAGE = logging.getLogger("cce.stage")
OUT = [m.name for m in folder_models("profile")]


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    owners=[ANALYSTS],
    deps=[
        *OUT,
        "core_ward_counts",
        "core_periods",
        "core_earlier_days",
        "core_windows",
        "core_residents",
        "core_identities",
        "core_capture_histories",
        "core_linkage_errors",
        "core_match_rates",
        "core_identifier_readiness",
        "core_nhs_matches",
        "core_key_agreement",
    ],
    description="one row per figure: the exact, tidy table; stays in the warehouse",
)
def figures(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> dg.MaterializeResult[None]:
    """Exact figures with intervals and refusals."""
    STAGE.info("counting every figure")
    with data.connect(context.run_id) as con:
        as_at = dt.date.fromisoformat(context.partition_key)
        set_as_at(con, as_at)
        counts = declared_rows(data.register, count(con, data.register, OUT))
        table = exact_figures(
            counts,
            as_at,
            coverage(intake_of_run(data, context.run_id), data.area),
            data.area.code,
        )
        try:
            changes = recording_changes(con, data)
        except FileError as error:
            raise dg.Failure(f"The changes of recording cannot be read: {error}.") from None
        verdicts_said = [
            change_rows(changes, as_at, data.register),
            estimate_rows(hidden_scale(con, data).for_readers, table, as_at, data.register),
            verdicts.verdict_rows(*wards(con), table, as_at, data.register, data.rule.alike),
        ]
        table = pd.concat([table, *verdicts_said], ignore_index=True)
        con.register("exact", table)
        con.execute("create or replace table figures as select * from exact")
    context.log.info(
        f"figures: {len(table):,}, of which {int((table['status'] == 'refused').sum()):,} refused"
    )
    found = carried(table)
    if found.in_part or found.not_at_all:
        context.log.info(in_words(found))
    refused = int((table["status"] == "refused").sum())
    metadata = {
        "dagster/row_count": len(table),
        "refused": refused,
    }
    return dg.MaterializeResult(metadata=metadata)


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    owners=[ANALYSTS],
    deps=["core_lsoa_counts", "ref_lsoa_neighbours"],
    description=(
        "one row per lower super output area and kind of place: its count and cluster; for the "
        "analyst, in no edition"
    ),
)
def lsoa_clusters(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> dg.MaterializeResult[None]:
    """Clusters below wards, where agencies supply such areas; empty where none does."""
    with data.connect(context.run_id) as con:
        counts = con.execute("select * from core_lsoa_counts order by all").df()
        neighbours = con.execute(
            "select lsoa_code, neighbour_code from ref_lsoa_neighbours order by all"
        ).fetchall()
        table = verdicts.lsoa_clusters(counts, neighbours)
        con.register("found", table)
        con.execute("create or replace table lsoa_clusters as select * from found")
    return dg.MaterializeResult(metadata={"dagster/row_count": len(table)})


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    owners=[ANALYSTS],
    deps=[figures],
    description="one row per figure that may be shown: the label after disclosure control",
    check_specs=[
        dg.AssetCheckSpec(
            "headline",
            asset="labels",
            description=(
                "How many children are at risk can be told. A profile without it is not published."
            ),
        )
    ],
)
def labels(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """The store of labels: the only thing that the report is drawn from."""
    STAGE.info("labelling what may be shown")
    with data.connect(context.run_id) as con:
        try:
            counts = label_counts(con.table("figures").df(), data.plan)
        except PlanError as error:
            raise dg.Failure(f"The disclosure plan does not fit the figures: {error}.") from None
        table = label_store(counts, data.plan).as_table()
        con.register("shown", table)
        con.execute("create or replace table labels as select * from shown")
    by_status = table["status"].value_counts()
    is_headline = (table["figure"] == "at_risk") & (table["group_type"] == "all")
    refused = is_headline & (table["period_end"] == context.partition_key)
    refused &= table["status"] == "refused"
    yield dg.MaterializeResult(
        metadata={"dagster/row_count": len(table)} | {str(k): int(v) for k, v in by_status.items()}
    )
    yield dg.AssetCheckResult(
        check_name="headline",
        passed=not bool(refused.any()),
        severity=dg.AssetCheckSeverity.WARN,
    )


@dg.asset(
    group_name="profile",
    kinds={"jinja2", "plotly"},
    partitions_def=AS_AT,
    owners=[ANALYSTS],
    deps=[labels, lsoa_clusters],
    description="the draft: both editions, manifest, restricted folder",
)
def report(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> dg.MaterializeResult[None]:
    """Draw both editions and move the draft into place in one step."""
    as_at = dt.date.fromisoformat(context.partition_key)
    try:
        folder, is_new = make_draft(data, as_at, context.run_id)
    except RecommendationError as error:
        raise dg.Failure(f"The recommendations do not fit the report: {error}.") from None
    if is_new:
        before = ""
    else:
        before = ": made before from the same inputs; nothing changed"
    context.log.info(f"draft {folder.name}{before}")
    metadata: dict[str, Any] = {
        "draft": folder.name,
        "is_new": is_new,
        "folder": dg.MetadataValue.path(str(folder)),
        "partner edition": dg.MetadataValue.path(str(folder / "partner" / "report.html")),
        "public edition": dg.MetadataValue.path(str(folder / "public" / "report.html")),
        "before release": f"cce desk {folder.name}",
        "guide": "docs/analyst.md",
    }
    return dg.MaterializeResult(metadata=metadata)

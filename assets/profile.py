"""Assets from the `out_` models to a draft: exact figures, labels, both editions."""

import datetime as dt
import hashlib
import json
import shutil
from collections.abc import Iterator

import dagster as dg
import duckdb
import pandas as pd

from assets import draft, linkage, supply_store
from assets.intake import Intake, pinned, settle
from assets.models import folder_models
from assets.reference import boundaries
from assets.resources import DataFolder, write_atomically
from assets.supplies import AS_AT
from assets.supply_store import Supply
from assets.warehouse import all_counts, sightings, wards
from expectations.contract import agencies, contracts_of
from expectations.report import Report
from expectations.validate import header_of
from profiles import areas, commentary
from profiles.contents import NAMES
from profiles.disclosure.counts import label_counts
from profiles.disclosure.plan import PlanError
from profiles.disclosure.shares import label_store
from profiles.figures import Coverage, exact_figures
from profiles.hidden_scale import Said, Seen, estimate_rows, verdict
from profiles.page import Page, Source
from profiles.recommendations import RecommendationError
from profiles.render import render_disclosure
from profiles.statistics.hidden_scale.estimate import SEED

OUT = [m.name for m in folder_models("profile")]


def _coverage(settled: Intake) -> list[Coverage]:
    """For every agency and every table: over which days the supplies in use that have it tell the facts."""

    def covered(source: str, title: str, having: list[Supply]) -> Coverage:
        starts = max((s.manifest.period_start for s in having), default=None)
        return Coverage(source, title, starts, min((s.manifest.period_end for s in having), default=None))

    found = []
    for agency in agencies().values():
        mine = [s for s in settled.supplies if s.agency == agency.key]
        found.append(covered(agency.key, agency.name, mine))
        for table, contract in contracts_of(agency.key).items():
            title = f"{agency.name}, {table.replace('_', ' ')}"
            having = [s for s in mine if table in s.tables]
            found.append(covered(contract.name, title, having))
            for column in (c.name for c in contract.columns if c.optional):
                # A supply that names the column as not supplied, or has no such column, tells nothing of it.
                telling = [
                    s
                    for s in having
                    if f"{table}.{column}" not in s.manifest.not_supplied and column in header_of(s.tables[table])
                ]
                named = f"{title}, {column.replace('_', ' ')}"
                found.append(
                    covered(f"{contract.name}.{column}", named, telling if len(telling) == len(having) else [])
                )
    return found


@dg.asset(
    group_name="profile",
    kinds={"pandas"},
    partitions_def=AS_AT,
    deps=[
        *OUT,
        "core_ward_counts",
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
        table = exact_figures(all_counts(con, OUT), as_at, _coverage(pinned(data, context.run_id)))
        said = [estimate_rows(_hidden_scale(con, data), table, as_at), areas.verdict_rows(*wards(con), table, as_at)]
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
        found = areas.lsoa_clusters(counts, neighbours)
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
            counts = label_counts(con.table("figures").df(), data.rule, data.plan)
        except PlanError as error:
            raise dg.Failure(f"The disclosure plan does not fit the figures: {error}.") from None
        table = label_store(counts, data.rule).as_table()
        con.register("shown", table)
        con.execute("create or replace table labels as select * from shown")
    by_status = table["status"].value_counts()
    return dg.MaterializeResult(
        metadata={"dagster/row_count": len(table)} | {str(k): int(v) for k, v in by_status.items()}
    )


def _hidden_scale(con: duckdb.DuckDBPyConnection, data: DataFolder) -> Said:
    """The verdict on how many are on no list; kept by its input, so that an unchanged table is not estimated again."""
    rows, links = sightings(con), linkage.rates(con, data)
    known = (links.words(), links.is_checked) if links else ("", False)
    key = hashlib.sha256(json.dumps([rows, known, draft.code_hash()]).encode()).hexdigest()
    path = data.estimates / f"{key}.json"
    if not path.exists():
        write_atomically(path, json.dumps({"seed": SEED, "said": verdict(Seen.of(rows, *known))}))
    said: Said = json.loads(path.read_text("utf-8"))["said"]
    return said


def _cautions(report: Report) -> list[str]:
    """What is odd about a supply as a whole, as sentences."""
    found = [f for f in report.warnings if f.is_of_the_whole]
    return [f"{report.title}: {f.table} – {f.words}." for f in found]


def _warnings(report: Report) -> list[str]:
    """Rules that some rows did not keep, without counts: those are figures, and stand beside as labels."""
    found = [f for f in report.warnings if not f.is_of_the_whole]
    return [
        f"{report.title}: {f.table}, {f.column or 'across columns'} – some rows do not keep “{f.words}”." for f in found
    ]


def _not_supplied(supply: supply_store.Supply) -> dict[str, str]:
    """Tables and columns that the agency did not send, with its reason where it gave one."""
    undeclared = (
        contracts_of(supply.agency).keys() - supply.manifest.tables.keys() - supply.manifest.not_supplied.keys()
    )
    return supply.manifest.not_supplied | dict.fromkeys(sorted(undeclared), "no reason given")


def _page(data: DataFolder, as_at: dt.date, settled: Intake) -> tuple[Page, dict[str, object]]:
    supplies, refused = settled.supplies, settled.refused
    reports = {s.supplier: supply_store.rejudge(data, s) for s in supplies}
    inputs = draft.inputs(data, as_at, supplies, refused)
    sources = [
        Source(
            s.agency,
            agencies()[s.agency].name,
            s.manifest.provider,
            s.supply_id,
            s.manifest.extracted_at.isoformat(timespec="minutes"),
            s.manifest.period_start.isoformat(),
            s.manifest.period_end.isoformat(),
            _not_supplied(s),
            _cautions(reports[s.supplier]),
            _warnings(reports[s.supplier]),
        )
        for s in supplies
    ]
    written, problems = commentary.read(data.commentary, as_at.isoformat(), NAMES, data.rule.threshold)
    shapes, shapes_source = boundaries(data)
    page = Page(
        as_at=as_at.isoformat(),
        shapes=shapes,
        shapes_source=shapes_source,
        sources=sources,
        missing_agencies=[a.name for a in agencies().values() if a.key not in {s.agency for s in supplies}],
        refused_supplies=refused,
        is_invented=any(s.manifest.invented for s in supplies),
        code_version=draft.code_version(),
        code_hash=draft.code_hash(),
        draft_id=draft.draft_id(inputs),
        rule_words=data.rule.words(),
        table_notes=data.rule.notes(),
        commentary=written,
        commentary_problems=problems,
    )
    return page, inputs


def expected_draft(data: DataFolder, as_at: dt.date) -> str:
    """The id of the draft that a refresh would make of what is in the store and the inbox now."""
    return _page(data, as_at, settle(data))[0].draft_id


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
    page, inputs = _page(data, as_at, pinned(data, run_id))
    made = data.work / run_id / "draft"
    restricted = made / "restricted"
    restricted.mkdir(mode=0o700, parents=True)
    warehouse = data.warehouse(run_id)
    store = draft.read_labels(warehouse)
    try:
        draft.write_editions(made, store, page)
    except RecommendationError as error:
        raise dg.Failure(f"The recommendations do not fit the report: {error}.") from None
    with duckdb.connect(str(warehouse), read_only=True) as con:
        checks = con.execute(
            "select supplier, table_name, rule, column_name, severity, rows, failed from raw_checks order by all"
        ).df()
    counts = label_counts(draft.read_exact(warehouse), data.rule, data.plan)
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
    is_new = draft.place_draft(data, made, page.as_at, page.draft_id)
    context.log.info(f"draft {page.draft_id}{'' if is_new else ': made before from the same inputs; nothing changed'}")
    yield dg.MaterializeResult(
        metadata={
            "draft": page.draft_id,
            "is_new": is_new,
            "folder": dg.MetadataValue.path(str(data.drafts / page.as_at / page.draft_id)),
        }
    )

"""Assets of the way in: one per agency that takes its candidates in, and the raw tables over the supplies in use."""

from collections.abc import Iterator

import dagster as dg

from assets import supply_store
from assets.resources import DataFolder
from assets.warehouse import load_reference, make_raw_views
from expectations.contract import Agency, agencies, contracts
from expectations.report import Report

AS_AT = dg.DynamicPartitionsDefinition(name="as_at")
REFERENCE = (
    "ref_canaries",
    "ref_ethnic_population",
    "ref_ethnicity",
    "ref_groups",
    "ref_population",
    "ref_published",
    "ref_wards",
)


def _counts(report: Report) -> dict[str, int]:
    return {"errors": len(report.errors), "warnings": len(report.warnings), "rows": sum(report.rows.values())}


def _supply_asset(agency: Agency) -> dg.AssetsDefinition:
    name = f"supply_{agency.key}"

    @dg.asset(
        name=name,
        group_name="supplies",
        kinds={"csv"},
        partitions_def=AS_AT,
        description=f"{agency.name}: candidates in the inbox are judged, accepted ones stored, and the newest accepted supply is what counts.",
        check_specs=[
            dg.AssetCheckSpec(
                "candidates",
                asset=name,
                description="No supply in the inbox was refused. A refusal stops nothing: the last accepted supply stays in use.",
            ),
            dg.AssetCheckSpec(
                "in_use",
                asset=name,
                blocking=True,
                description="The supplies in use are the files that were accepted, and keep today's contract.",
            ),
        ],
    )
    def supply(
        context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        newest = {s.supplier: s.supply_date for s in supply_store.in_use(data)}
        refused: list[Report] = []
        for folder in supply_store.candidates(data.inbox, agency.key):
            report = supply_store.receive(data, folder, agency.key)
            supplier = f"{agency.key}:{report.provider}" if report.provider else agency.key
            if not report.is_accepted and folder.name >= newest.get(supplier, ""):
                refused.append(report)
                context.log.warning(report.message())
        mine = [s for s in supply_store.in_use(data) if s.agency == agency.key]
        if not mine:
            context.log.warning(f"{agency.name}: no accepted supply; figures that need it are refused.")
        broken = [s for s in mine if not supply_store.is_intact(s)]
        kept = [
            supply_store.judge(data, s.folder, s.agency, s.supply_id, s.supply_date) for s in mine if s not in broken
        ]
        context.log.info(
            f"{agency.name}: {len(mine)} {'supply' if len(mine) == 1 else 'supplies'} in use, {sum(sum(r.rows.values()) for r in kept):,} rows"
        )
        yield dg.MaterializeResult(
            asset_key=name,
            metadata={
                "supplies_in_use": len(mine),
                "candidates_refused": len(refused),
                "dagster/row_count": sum(sum(r.rows.values()) for r in kept),
            },
        )
        yield dg.AssetCheckResult(
            check_name="candidates",
            asset_key=name,
            passed=not refused,
            severity=dg.AssetCheckSeverity.WARN,
            description="\n".join(r.message() for r in refused) or None,
            metadata={r.title: _counts(r) for r in refused},
        )
        wrong = [f"{s.supply_date}: the stored files are not those that were accepted" for s in broken]
        wrong += [f"{r.message()}" for r in kept if not r.is_accepted]
        if wrong:
            context.log.error(f"{agency.name}: a supply in use cannot be relied on.\n" + "\n".join(wrong))
        yield dg.AssetCheckResult(
            check_name="in_use",
            asset_key=name,
            passed=not wrong,
            severity=dg.AssetCheckSeverity.ERROR,
            description="\n".join(wrong) or None,
            metadata={"supplies": len(mine), "warnings": sum(len(r.warnings) for r in kept)},
        )

    return supply


supply_assets = [_supply_asset(agency) for agency in agencies().values()]


@dg.multi_asset(
    name="reference_tables",
    group_name="reference",
    partitions_def=AS_AT,
    specs=[
        dg.AssetSpec(name, kinds={"duckdb"}, description="Facts the models need: see profiles/reference/README.md.")
        for name in REFERENCE
    ],
    # Each run starts its own warehouse here, after the supplies are settled.
)
def reference_tables(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None]]:
    """Dated facts and code lists, loaded into the run's own warehouse."""
    with data.connect(context.run_id) as con:
        rows = load_reference(con, supply_store.canaries(data))
    for name in REFERENCE:
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": rows[name]})


@dg.multi_asset(
    name="raw_tables",
    group_name="raw",
    partitions_def=AS_AT,
    specs=[
        dg.AssetSpec(
            f"raw_{c.name}",
            deps=[f"supply_{c.agency}", "ref_groups"],
            kinds={"duckdb"},
            description=f"As supplied, text: {c.grain}.",
        )
        for c in contracts().values()
    ]
    + [
        dg.AssetSpec(
            "raw_checks",
            deps=["ref_groups", *(f"supply_{a}" for a in agencies())],
            kinds={"duckdb"},
            description="one row per supply in use, table and rule: rows tried and rows that failed; counts only",
        )
    ],
)
def raw_tables(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None]]:
    """The supplies in use as tables of text."""
    supplies = supply_store.in_use(data)
    if not supplies:
        raise dg.Failure(
            "No agency has an accepted supply yet. Put supplies in the inbox; data_samples/README.md shows what one looks like."
        )
    reports = {s.supplier: supply_store.judge(data, s.folder, s.agency, s.supply_id, s.supply_date) for s in supplies}
    with data.connect(context.run_id) as con:
        rows = make_raw_views(con, supplies, reports)
    for c in contracts().values():
        yield dg.MaterializeResult(asset_key=f"raw_{c.name}", metadata={"dagster/row_count": rows[c.name]})
    yield dg.MaterializeResult(asset_key="raw_checks", metadata={"dagster/row_count": rows["checks"]})

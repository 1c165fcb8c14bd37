"""Assets of the way in: candidates taken in by agency, the supplies in use chosen for the run, raw
tables over them.
"""

import datetime as dt
from collections.abc import Iterator, Mapping

import dagster as dg

from assets.store import intake, months, supply_store
from assets.store.folder import DataFolder
from assets.store.warehouse import REFERENCE_TABLES, load_reference, make_raw_views
from assets.versions.manifests import published_days
from assets.versions.register import RegisterError
from expectations.contract import Agency, agencies, contracts
from expectations.judging.report import Report

AS_AT = dg.DynamicPartitionsDefinition(name="as_at")
# Who answers for what is made here, in the web page; an agency answers for its supply.
ANALYSTS = "team:analysts"
# The tag of a run that makes an earlier state again.
KNOWN_AT = "cce/known_at"


def _name(data: DataFolder, agency: str) -> str:
    """What the area calls an agency."""
    if agency in data.area.agencies:
        return data.area.agencies[agency].name
    return agencies()[agency].name


def as_at_of(partition: str, data: DataFolder) -> dt.date:
    """The day of a partition. Raises dagster.Failure for what is no day, or lies in the future:
    anybody can write a partition in the web page.
    """
    try:
        as_at = dt.date.fromisoformat(partition)
    except ValueError:
        raise dg.Failure("The partition is no day: write it YYYY-MM-DD, 2024-03-31 say.") from None
    if as_at.isoformat() != partition:
        raise dg.Failure("The partition is no day: write it YYYY-MM-DD, 2024-03-31 say.")
    if as_at > data.clock().date():
        raise dg.Failure("The partition lies in the future: no supply can tell of it yet.")
    return as_at


def _counts(report: Report) -> dict[str, int]:
    rows = sum(report.rows.values())
    return {
        "errors": len(report.errors),
        "warnings": len(report.warnings),
        "rows": rows,
    }


def _supply_asset(agency: Agency) -> dg.AssetsDefinition:
    name = f"supply_{agency.key}"

    @dg.asset(
        name=name,
        group_name="supplies",
        kinds={"csv"},
        partitions_def=AS_AT,
        description=f"{agency.name}: candidates in the inbox are judged and accepted ones stored.",
        owners=[f"team:{agency.key}"],
        check_specs=[
            dg.AssetCheckSpec(
                "on_time",
                asset=name,
                description=(
                    "Its newest accepted supply covers the month that is due, or the day on which "
                    "it is expected (agencies.yml) is not over."
                ),
            ),
            dg.AssetCheckSpec(
                "candidates",
                asset=name,
                description=(
                    "No supply in the inbox was refused. A refusal stops nothing: the last "
                    "accepted one stays in use."
                ),
            ),
        ],
    )
    def supply(
        context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
    ) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
        as_at_of(context.partition_key, data)
        takes_part = agency.key in data.agencies
        refused = intake.take_in(data, agency.key) if takes_part else []
        for report in refused:
            context.log.warning(report.message())
        stored = len(supply_store.accepted(data, agency.key))
        yield dg.MaterializeResult(
            asset_key=name,
            metadata={"supplies_in_store": stored, "candidates_refused": len(refused)},
        )
        due = months.due(data)
        late = [s for s in due.late if s.supplier.partition(":")[0] == agency.key]
        yield dg.AssetCheckResult(
            check_name="on_time",
            asset_key=name,
            passed=not late,
            severity=dg.AssetCheckSeverity.WARN,
            description=due.words if late else None,
            metadata={"late": len(late)},
        )
        yield dg.AssetCheckResult(
            check_name="candidates",
            asset_key=name,
            passed=not refused,
            severity=dg.AssetCheckSeverity.WARN,
            description="\n".join(r.message() for r in refused) or None,
            metadata={r.title: _counts(r) for r in refused},
        )

    return supply


supply_assets = [_supply_asset(agency) for agency in agencies().values()]


@dg.asset(
    group_name="supplies",
    kinds={"csv"},
    partitions_def=AS_AT,
    deps=[f"supply_{a}" for a in agencies()],
    owners=[ANALYSTS],
    description=(
        "one row per supply in use: the newest accepted one of each supplier, chosen once for "
        "the whole run"
    ),
    check_specs=[
        dg.AssetCheckSpec(
            "in_use",
            asset="supplies_in_use",
            blocking=True,
            description=(
                "The supplies in use are the files that were accepted, and keep today's contract."
            ),
        ),
        dg.AssetCheckSpec(
            "cover_the_day",
            asset="supplies_in_use",
            description=(
                "Every required agency's supply covers the as-at date. A late one stops nothing: "
                "the figures that need it are refused, and the report says so."
            ),
        ),
    ],
)
def supplies_in_use(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None] | dg.AssetCheckResult]:
    """Pin what the run is made from, and check that it can be relied on."""
    as_at = as_at_of(context.partition_key, data)
    in_use = intake.current_intake(data, known_at_of(context.run.tags))
    if not in_use.supplies:
        raise dg.Failure(
            "No agency has an accepted supply yet. Put supplies in the inbox; "
            "data_samples/README.md shows what one looks like."
        )
    intake.fix_for_run(data, context.run_id, in_use)
    broken = [s for s in in_use.supplies if not supply_store.is_intact(s)]
    rejudged = {
        s.supplier: supply_store.rejudge(data, s) for s in in_use.supplies if s not in broken
    }
    for agency in data.agencies.values():
        own_supplies = [s for s in in_use.supplies if s.agency == agency.key]
        rows = 0
        for supply in own_supplies:
            if supply.supplier in rejudged:
                rows += sum(rejudged[supply.supplier].rows.values())
        words = "no accepted supply; figures that need it are refused"
        if own_supplies:
            supplies = "supply" if len(own_supplies) == 1 else "supplies"
            words = f"{len(own_supplies)} {supplies} in use, {rows:,} rows"
        context.log.info(f"{_name(data, agency.key)}: {words}")
    for standing in months.standings(data):
        if standing.days_short(as_at):
            context.log.warning(standing.words(as_at))
    wrong = _not_as_accepted(data, broken)
    wrong += [r.message() for r in rejudged.values() if not r.is_accepted]
    if wrong:
        context.log.error("A supply in use cannot be relied on.\n" + "\n".join(wrong))
    yield dg.MaterializeResult(
        asset_key="supplies_in_use", metadata={"dagster/row_count": len(in_use.supplies)}
    )
    yield dg.AssetCheckResult(
        check_name="in_use",
        asset_key="supplies_in_use",
        passed=not wrong,
        severity=dg.AssetCheckSeverity.ERROR,
        description="\n".join(wrong) or None,
        metadata={
            "supplies": len(in_use.supplies),
            "warnings": sum(len(r.warnings) for r in rejudged.values()),
        },
    )
    short = [s.words(as_at) for s in months.standings(data) if s.is_required and not s.is_in(as_at)]
    yield dg.AssetCheckResult(
        check_name="cover_the_day",
        asset_key="supplies_in_use",
        passed=not short,
        severity=dg.AssetCheckSeverity.WARN,
        description="\n".join(short) or None,
        metadata={"late": len(short)},
    )


def known_at_of(tags: Mapping[str, str]) -> dt.date | None:
    """The day up to which what had arrived counts, where a run names one in its tags."""
    if KNOWN_AT not in tags:
        return None
    return dt.date.fromisoformat(tags[KNOWN_AT])


@dg.multi_asset(
    name="reference_tables",
    group_name="reference",
    partitions_def=AS_AT,
    specs=[
        dg.AssetSpec(
            name,
            kinds={"duckdb"},
            owners=[ANALYSTS],
            description="Facts the models need: see profiles/areas/README.md.",
        )
        for name in REFERENCE_TABLES
    ],
)
def reference_tables(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None]]:
    """Dated facts and code lists, loaded into the run's own warehouse, which begins here."""
    with data.connect(context.run_id) as con:
        canaries = supply_store.canaries(data)
        try:
            editions = published_days(data, known_at_of(context.run.tags))
        except RegisterError as error:
            raise dg.Failure(str(error)) from None
        rows = load_reference(con, canaries, data.register, data.reference, editions)
    for name in REFERENCE_TABLES:
        yield dg.MaterializeResult(asset_key=name, metadata={"dagster/row_count": rows[name]})


@dg.multi_asset(
    name="raw_tables",
    group_name="raw",
    partitions_def=AS_AT,
    specs=[
        dg.AssetSpec(
            f"raw_{c.name}",
            deps=["supplies_in_use", "ref_groups"],
            kinds={"duckdb"},
            owners=[f"team:{c.agency}"],
            description=f"As supplied, text: {c.grain}.",
        )
        for c in contracts().values()
    ]
    + [
        dg.AssetSpec(
            "raw_checks",
            deps=["supplies_in_use", "ref_groups"],
            kinds={"duckdb"},
            owners=[ANALYSTS],
            description=(
                "one row per supply in use, table and rule: rows tried and rows that failed; "
                "counts only"
            ),
        )
    ],
)
def raw_tables(
    context: dg.AssetExecutionContext, data: dg.ResourceParam[DataFolder]
) -> Iterator[dg.MaterializeResult[None]]:
    """The supplies in use as tables of text."""
    supplies = intake.intake_of_run(data, context.run_id).supplies
    reports = {s.supplier: supply_store.rejudge(data, s) for s in supplies}
    with data.connect(context.run_id) as con:
        rows = make_raw_views(con, supplies, reports)
    for c in contracts().values():
        yield dg.MaterializeResult(
            asset_key=f"raw_{c.name}", metadata={"dagster/row_count": rows[c.name]}
        )
    yield dg.MaterializeResult(
        asset_key="raw_checks", metadata={"dagster/row_count": rows["checks"]}
    )


def _not_as_accepted(data: DataFolder, broken: list[supply_store.Supply]) -> list[str]:
    """What of the store is no longer what was accepted, in words."""
    words = []
    for s in broken:
        words.append(
            f"{_name(data, s.agency)}, supply of {s.supply_date}: the stored files are not those "
            "that were accepted."
        )
    for agency, _ in supply_store.damaged(data):
        words.append(
            f"{_name(data, agency)}: a stored supply cannot be read, and an older one may stand in "
            "for it. `cce repair` puts it aside."
        )
    return words

"""The one job, and the calm progress that it prints."""

import logging
import sys

import dagster as dg

from assets.store import intake, months, supply_store
from assets.store.folder import DataFolder
from assets.supplies import AS_AT


class _OwnMessages(logging.Filter):
    """Lets through what our assets say, not the orchestrator's account of every event."""

    def filter(self, record: logging.LogRecord) -> bool:
        meta = getattr(record, "dagster_meta", None) or {}
        return (
            bool(meta)
            and not meta.get("dagster_event")
            and not str(meta.get("orig_message")).startswith("Dependencies for step")
        )


@dg.logger({}, description="One line per thing done, on standard error.")
def progress_logger(_: dg.InitLoggerContext) -> logging.Logger:
    """A logger of our own messages alone."""
    logger = logging.Logger("cce", level=logging.INFO)
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("  %(dagster_say)s"))
    handler.addFilter(_OwnMessages())
    handler.addFilter(_say)
    logger.addHandler(handler)
    return logger


def _say(record: logging.LogRecord) -> bool:
    record.dagster_say = (getattr(record, "dagster_meta", None) or {}).get(
        "orig_message"
    ) or record.getMessage()
    return True


@dg.op(description="Every complete supply in the inbox is judged; accepted ones are stored.")
def take_in(context: dg.OpExecutionContext, data: dg.ResourceParam[DataFolder]) -> None:
    """Take in what has arrived, and no more: a refusal is said, and stops nothing."""
    for agency in data.agencies:
        for report in intake.take_in(data, agency):
            context.log.warning(report.message())
    for words in supply_store.waiting(data):
        context.log.info(words)
    context.log.info(months.due(data).words)


@dg.job(
    executor_def=dg.in_process_executor,
    logger_defs={"progress": progress_logger},
    config={"loggers": {"progress": {}}},
    description="Supplies in: what has arrived is judged, and no profile is made.",
)
def take_in_supplies() -> None:
    """The one step of taking in."""
    take_in()


refresh_profile = dg.define_asset_job(
    "refresh_profile",
    selection=dg.AssetSelection.all(),
    partitions_def=AS_AT,
    executor_def=dg.in_process_executor,
    config={"loggers": {"progress": {}}},
    description="Supplies in, models, figures, labels, report: a draft for one as-at date.",
)

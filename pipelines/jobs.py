"""The one job, and the calm progress that it prints."""

import logging
import sys

import dagster as dg

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


refresh_profile = dg.define_asset_job(
    "refresh_profile",
    selection=dg.AssetSelection.all(),
    partitions_def=AS_AT,
    executor_def=dg.in_process_executor,
    config={"loggers": {"progress": {}}},
    description="Supplies in, models, figures, labels, report: a draft for one as-at date.",
)

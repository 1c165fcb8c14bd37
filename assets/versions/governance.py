"""The governance register: who is responsible for each agency's data, and until when that holds. No Dagster here."""

from __future__ import annotations

import datetime as dt

import yaml

from assets.store.folder import DataFolder
from assets.versions.drafts import PublishError
from profiles.drawing.page import Page
from profiles.figures.dates import long_date


def check_governance(data: DataFolder, page: Page) -> None:
    """The publish gate: every agency in use has a complete entry in the register, not past its review date.

    Raises PublishError naming the agency and the blank field, or the missing register.
    """
    if not data.governance.exists():
        raise PublishError(
            f"There is no governance register at {data.governance}. Copy data_samples/governance.yml, fill it in and try again."
        )
    try:
        register = yaml.safe_load(data.governance.read_text("utf-8")) or {}
    except (yaml.YAMLError, UnicodeDecodeError):
        raise PublishError(f"The governance register {data.governance} is not valid YAML.") from None
    if not isinstance(register, dict) or not isinstance(register.get("agencies"), dict):
        raise PublishError(f"The governance register {data.governance} has no “agencies” with an entry each.")
    if bool(register.get("invented")) != page.is_invented:
        raise PublishError(
            "The governance register is the samples' own, marked as invented: real supplies need a real one."
            if not page.is_invented
            else "These are invented supplies: they are published under the samples' own register only."
        )
    fields = ("controller", "lawful_basis", "conditions", "dpia", "sharing_agreement", "secret_held_by", "review_date")
    for source in page.sources:
        key = f"{source.agency}:{source.provider}" if source.provider else source.agency
        entry = register["agencies"].get(key) or {}
        if not isinstance(entry, dict):
            raise PublishError(f"{source.name}: the governance entry “{key}” is not a list of fields.")
        blank = [f for f in fields if not str(entry.get(f) or "").strip()]
        if blank:
            raise PublishError(
                f"{source.name}: the governance register has no {', '.join(blank).replace('_', ' ')} (entry “{key}”). Publishing needs them."
            )
        try:
            review = dt.date.fromisoformat(str(entry["review_date"]))
        except ValueError:
            raise PublishError(
                f"{source.name}: the review date in the governance register is not a date (YYYY-MM-DD)."
            ) from None
        if review < data.clock().date():
            raise PublishError(
                f"{source.name}: the governance entry was due for review on {long_date(review)}. Review it, then publish."
            )

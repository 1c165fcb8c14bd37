"""The governance register: who is responsible for each agency's data, and until when that holds. No
Dagster here.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from assets.store.folder import DataFolder
from assets.versions.drafts import PublishError
from profiles.drawing.page import Page, Source
from profiles.figures.dates import long_date
from profiles.reading import FileError, Strict, read_file

OF_SAMPLES = Path(__file__).parents[2] / "data_samples" / "governance.yml"


class EntryFile(Strict):
    """An agency's entry in the register. A blank field is told when a draft is published."""

    controller: str | None = None
    lawful_basis: str | None = None
    conditions: str | None = None
    dpia: str | None = None
    sharing_agreement: str | None = None
    secret_held_by: str | None = None
    review_date: dt.date | None = None


class RegisterFile(Strict):
    """`governance.yml`: an entry for each agency, for health for each provider (“health:CODE”)."""

    invented: bool = False
    agencies: dict[str, EntryFile]


def read_governance(path: Path) -> RegisterFile:
    """The register of a file. Raises PublishError: file, line, and what is allowed."""
    if not path.exists():
        raise PublishError(
            f"There is no governance register at {path}. Copy data_samples/governance.yml, fill it "
            "in and try again."
        )
    try:
        return read_file(RegisterFile, path)
    except FileError as error:
        raise PublishError(f"The governance register cannot be used. {error}") from None


def _controllers(register: RegisterFile) -> list[str]:
    return [entry.controller.strip() for entry in register.agencies.values() if entry.controller]


def _key(source: Source) -> str:
    """The name of an extract's entry in the register."""
    if source.provider:
        return f"{source.agency}:{source.provider}"
    return source.agency


def responsible(data: DataFolder, page: Page) -> list[tuple[str, str, str, str]]:
    """Of each extract in use, for the public notice: its name, and by its entry in the register
    the controller, the legal basis and the conditions. Raises PublishError as `check_governance`.
    """
    register = read_governance(data.governance)
    rows = []
    for source in page.sources:
        entry = register.agencies.get(_key(source), EntryFile())
        rows.append(
            (
                source.name,
                entry.controller or "",
                entry.lawful_basis or "",
                entry.conditions or "",
            )
        )
    return rows


def check_governance(data: DataFolder, page: Page) -> None:
    """The publish gate: every agency in use has a complete entry in the register, not past its
    review date.

    Raises PublishError naming the agency and the blank field, or the missing register.
    """
    register = read_governance(data.governance)
    if register.invented and not page.is_invented:
        raise PublishError(
            "The governance register is the samples' own, marked as invented: real supplies need a "
            "real one."
        )
    # With its mark removed it is the samples' own all the same.
    copied = sorted(set(_controllers(register)) & set(_controllers(read_governance(OF_SAMPLES))))
    if copied and not page.is_invented:
        raise PublishError(
            f"The governance register names controllers of the samples ({', '.join(copied)}): who "
            "is responsible for real data is a real body."
        )
    if page.is_invented and not register.invented:
        raise PublishError(
            "These are invented supplies: they are published under the samples' own register only."
        )
    for source in page.sources:
        key = _key(source)
        entry = register.agencies.get(key, EntryFile())
        blank = []
        for name in EntryFile.model_fields:
            if not str(getattr(entry, name) or "").strip():
                blank.append(name)
        if blank or entry.review_date is None:
            raise PublishError(
                f"{source.name}: the governance register has no "
                f"{', '.join(blank).replace('_', ' ')} (entry “{key}”). Publishing needs them."
            )
        if entry.review_date < data.clock().date():
            raise PublishError(
                f"{source.name}: the governance entry was due for review on "
                f"{long_date(entry.review_date)}. Review it, then publish."
            )

"""Alerts by e-mail: what is refused, late, failed, waiting to be released, published or withdrawn,
each told once. Off until `alerts.yml` says to whom.

No value from an extract is in a message: agencies, days, and the names of drafts and versions.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from email.message import EmailMessage

import dagster as dg
from pydantic import Field

from assets.store import intake, months, supply_store
from assets.store.folder import DataFolder, write_atomically
from assets.versions import register
from assets.versions.manifests import manifests_of, versions
from expectations.reading import Strict, read_file
from pipelines.instance import instance
from pipelines.jobs import refresh_profile
from profiles.figures.dates import long_date

FILE = "alerts.yml"
# What was told already, by key.
TOLD = "alerts-told.json"
SECONDS = 20
# Failed runs further back are not looked for.
LAST_RUNS = 20
SUBJECT = "Child criminal exploitation profile"


class AlertsFile(Strict):
    """`alerts.yml` in the data folder: to whom, from whom, and through which server. The server's
    password is CCE_SMTP_PASSWORD.
    """

    to: list[str] = Field(min_length=1)
    sender: str
    host: str
    port: int = Field(587, ge=1, le=65535)
    # Over a connection that is encrypted first (STARTTLS).
    encrypted: bool = True
    user: str = ""


class AlertError(Exception):
    """Why a message could not be sent, in words."""


def alerts_of(data: DataFolder) -> AlertsFile | None:
    """To whom alerts go; None where nobody is named. Raises FileError."""
    path = data.home / FILE
    if not path.exists():
        return None
    return read_file(AlertsFile, path)


def tell(data: DataFolder, password: str = "") -> int:
    """Send what is new since the last message, and write down that it was told; returns how many
    things that were. Raises AlertError, and FileError.

    What stands when alerts are switched on is not told one by one.
    """
    alerts = alerts_of(data)
    if alerts is None:
        return 0
    with data.locked("alerts"):
        state = dict(_state(data))
        told = _told(data)
        if told is None:
            send(alerts, password, "alerts are on", ["From now on this address is told."])
            _write(data, set(state))
            return 0
        new = {key: words for key, words in state.items() if key not in told}
        if new:
            send(alerts, password, _subject(new), list(new.values()))
            _write(data, told | set(new))
    return len(new)


def send(alerts: AlertsFile, password: str, subject: str, lines: list[str]) -> None:
    """Send one message of plain text. Raises AlertError."""
    # Only where somebody is to be told.
    import smtplib

    message = EmailMessage()
    message["Subject"] = f"{SUBJECT}: {subject}"
    message["From"] = alerts.sender
    message["To"] = ", ".join(alerts.to)
    message.set_content("\n".join([*lines, "", "See: cce status"]) + "\n")
    try:
        with smtplib.SMTP(alerts.host, alerts.port, timeout=SECONDS) as server:
            if alerts.encrypted:
                server.starttls()
            if alerts.user:
                server.login(alerts.user, password)
            server.send_message(message)
    except (OSError, smtplib.SMTPException) as error:
        raise AlertError(
            f"an alert could not be sent through {alerts.host}, port {alerts.port} "
            f"({type(error).__name__}); it is tried again next time. Look at {FILE}, and try: cce "
            "doctor --alert"
        ) from None


def _subject(new: dict[str, str]) -> str:
    kinds = dict.fromkeys(key.partition(" ")[0] for key in new)
    return ", ".join(f"{sum(key.startswith(kind) for key in new)} {kind}" for kind in kinds)


def _told(data: DataFolder) -> set[str] | None:
    path = data.home / TOLD
    if not path.exists():
        return None
    return set(json.loads(path.read_text("utf-8")))


def _write(data: DataFolder, told: set[str]) -> None:
    write_atomically(data.home / TOLD, json.dumps(sorted(told), indent=1) + "\n")


def _state(data: DataFolder) -> Iterator[tuple[str, str]]:
    """Everything that somebody is told of, as it stands now: a key and words."""
    yield from _supplies(data)
    yield from _drafts(data)
    for entry in register.entries(data):
        if entry.what in (register.PUBLISHED, register.WITHDRAWN):
            key = f"{entry.what} {entry.of} {entry.at}"
            yield key, f"{entry.of} was {entry.what}."
    with instance() as here:
        failed = dg.RunsFilter(
            job_name=refresh_profile.name, statuses=[dg.DagsterRunStatus.FAILURE]
        )
        for run in here.get_runs(failed, limit=LAST_RUNS):
            day = run.tags.get("dagster/partition", "a day")
            words = f"Making the profile as at {day} failed: cce dev shows why."
            yield f"failed {run.run_id}", words


def _supplies(data: DataFolder) -> Iterator[tuple[str, str]]:
    new = [one for one in supply_store.inbox_state(data) if not supply_store.is_known(data, *one)]
    # What has not been judged yet is told of when it has been.
    if not new:
        for words in intake.current_intake(data).refused:
            yield f"refused {words}", words
    due = months.due(data)
    for standing in due.late:
        day = months.month_end_before(data.clock().date())
        yield f"late {standing.supplier} {day}", f"Late: {standing.words(day)}."


def _drafts(data: DataFolder) -> Iterator[tuple[str, str]]:
    published = {manifest["draft"] for manifest in versions(data)}
    for _, manifest in manifests_of(data):
        if manifest["draft"] not in published:
            day = long_date(dt.date.fromisoformat(manifest["inputs"]["as_at"]))
            words = f"The draft {manifest['draft']}, as at {day}, waits to be read and released."
            yield f"waiting {manifest['draft']}", words

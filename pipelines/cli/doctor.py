"""`cce doctor`: whether this machine and this data folder are as they should be, and what to do."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from pipelines.cli.terminal import data_or_refusal, say

if TYPE_CHECKING:
    from assets.store.folder import DataFolder

# A refresh with its draft, and a version of it, of one city.
SPACE = 2 * 10**9


@click.command()
@click.option("--alert", is_flag=True, help="Send a message to those whom alerts.yml names.")
def doctor(alert: bool) -> None:
    """Look at settings, rights, space, keys, registers and what people wrote; each fault with its
    next step. Ends with 1 where there is one.
    """
    data = data_or_refusal()
    if alert:
        _send_test(data)
    faults = 0
    for what, look in LOOKS.items():
        problems = look(data)
        if not problems:
            click.echo(f"{what}: as it should be")
            continue
        click.echo(f"{what}:")
        for problem in problems:
            click.echo(f"  {problem}")
        faults += len(problems)
    if faults:
        raise click.ClickException(f"{faults} things to mend.")
    say("Nothing to mend.")


def _send_test(data: DataFolder) -> None:
    from expectations.reading import FileError
    from pipelines.alerts import FILE, AlertError, alerts_of, send
    from pipelines.settings import settings

    try:
        alerts = alerts_of(data)
        if alerts is None:
            raise click.ClickException(f"There is no {FILE} in {data.home}: docs/operation.md.")
        send(alerts, settings().smtp_password, "a test", ["Alerts reach this address."])
    except (AlertError, FileError) as error:
        raise click.ClickException(str(error)) from None
    several = "" if len(alerts.to) == 1 else "es"
    say(f"Sent to {len(alerts.to)} address{several}, as far as {alerts.host} says.")


def _alerts(data: DataFolder) -> list[str]:
    from expectations.reading import FileError
    from pipelines.alerts import alerts_of

    try:
        alerts_of(data)
    except FileError as error:
        return [str(error)]
    return []


def _rights(data: DataFolder) -> list[str]:
    problems = []
    for folder in (data.home, data.ledger, data.supplies, data.profiles):
        if folder.stat().st_mode & 0o077:
            problems.append(f"{folder} can be read by others than its owner: chmod 700 {folder}")
    key = data.ledger / "key"
    if key.exists() and key.stat().st_mode & 0o077:
        problems.append(f"{key} can be read by others than its owner: chmod 400 {key}")
    return problems


def _space(data: DataFolder) -> list[str]:
    free = shutil.disk_usage(data.home).free
    if free < SPACE:
        return [
            f"{free / 1e9:.1f} GB are free where {data.home} lies; a refresh and a version need "
            f"{SPACE / 1e9:.0f} GB: free some, or cce purge --dry-run"
        ]
    return []


def _canaries(data: DataFolder) -> list[str]:
    from assets.store.supply_store import StoreError, canaries

    try:
        agreed = canaries(data)
    except StoreError as error:
        return [str(error)]
    if not agreed["canaries"]:
        return [
            f"{data.canaries} is not there: whoever holds the partnership's secret makes it (cce "
            "keygen). Without it nobody can tell whether supplies were made with that secret"
        ]
    return []


def _governance(data: DataFolder) -> list[str]:
    from assets.versions.drafts import PublishError
    from assets.versions.governance import read_governance

    try:
        entries = read_governance(data.governance).agencies
    except PublishError as error:
        return [str(error)]
    today = data.clock().date()
    over = [key for key, e in entries.items() if e.review_date and e.review_date < today]
    blank = [key for key, e in entries.items() if not e.controller]
    problems = [f"{data.governance}: entry “{key}” is due for review" for key in over]
    problems += [f"{data.governance}: entry “{key}” has no controller yet" for key in blank]
    return problems


def _waiting(data: DataFolder) -> list[str]:
    from assets.store import months
    from expectations.reading import FileError

    try:
        months.expectations_of(data)
        unknown = months.unknown_agencies(data)
    except FileError as error:
        return [str(error)]
    return [f"agencies.yml names {agency}, which takes no part in this area" for agency in unknown]


def _retention(data: DataFolder) -> list[str]:
    from assets.versions.retention import retention_of
    from expectations.reading import FileError

    try:
        retention_of(data)
    except FileError as error:
        return [str(error)]
    return []


def _ledger(data: DataFolder) -> list[str]:
    from assets.versions import register
    from assets.versions.manifests import versions
    from assets.versions.protection import newest_head
    from profiles.disclosure.ledger import Ledger
    from profiles.disclosure.ledger_key import LedgerError

    try:
        Ledger(data.ledger, newest_head(versions(data)))
        register.entries(data)
    except (LedgerError, register.RegisterError) as error:
        return [str(error)]
    return []


def _supplies(data: DataFolder) -> list[str]:
    from assets.store import supply_store

    found = []
    for agency, _ in supply_store.damaged(data):
        found.append(f"{agency}: a stored supply cannot be read: cce repair")
    for supply in supply_store.in_use(data):
        if not supply_store.is_intact(supply):
            words = "its files were changed: cce repair"
            found.append(f"{supply.supplier}, supply of {supply.supply_date}: {words}")
    return found


LOOKS: dict[str, Callable[[DataFolder], list[str]]] = {
    "Rights": _rights,
    "Space": _space,
    "Canaries": _canaries,
    "Governance register": _governance,
    "agencies.yml": _waiting,
    "retention.yml": _retention,
    "alerts.yml": _alerts,
    "Ledger and register": _ledger,
    "Supplies in use": _supplies,
}

"""What a run is made from: candidates taken in, then the supplies in use chosen once and fixed
for the whole run.

Another process may accept a supply meanwhile; a run that looked again would name one supply and
count another.
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from assets.store import quarantine, supply_store
from assets.store.folder import DataFolder, write_atomically
from assets.store.supply_store import Supply
from expectations.contract import agencies
from expectations.judging.report import Report
from profiles.figures.dates import long_date

PIN = "intake.json"


@dataclass(frozen=True)
class Intake:
    """The supplies in use, in order of supplier, and what was refused, in words for the report; and
    the day up to which what had arrived counts, where an earlier state is made again.
    """

    supplies: list[Supply]
    refused: list[str]
    known_at: dt.date | None = None


def take_in(data: DataFolder, agency: str) -> list[Report]:
    """Take every candidate of an agency in; returns the refusals that are not older than the supply
    in use.
    """
    judged = [
        (folder, supply_store.receive(data, folder, agency))
        for folder in supply_store.candidates(data.inbox, agency)
    ]
    newest = {s.supplier: s.supply_date for s in supply_store.in_use(data)}

    def supplier(folder: Path) -> str:
        if agencies()[agency].providers:
            return f"{agency}:{folder.parent.name}"
        return agency

    late = [
        r
        for folder, r in judged
        if not r.is_accepted and r.supply_date >= newest.get(supplier(folder), "")
    ]
    return late + supply_store.strays(data.inbox, agency)


def refusal_words(data: DataFolder, report: Report) -> str:
    """One sentence for the report: whose supply of which day was refused."""
    shown = f" ({report.provider})" if report.provider else ""
    try:
        day = f"the supply of {long_date(dt.date.fromisoformat(report.supply_date))}"
    except ValueError:
        day = "a supply without a date"
    why = ""
    if report.identifies:
        why = ", for it held what identifies children"
    return (
        f"{data.area.agencies[report.agency].name}{shown}: {day} was refused{why}; the last "
        "accepted one, if any, is in use."
    )


def current_intake(data: DataFolder, known_at: dt.date | None = None) -> Intake:
    """Take in everything that has arrived and choose what counts now, or what counted at the end of
    the day `known_at`. Supplies in quarantine were refused too.
    """
    reports = [r for agency in data.agencies for r in take_in(data, agency)]
    in_use = supply_store.in_use(data, known_at)
    newest = {s.supplier: s.supply_date for s in in_use}
    for entry in quarantine.entries(data):
        r = entry.report
        supplier = f"{r.agency}:{r.provider}" if r.provider else r.agency
        # What was refused before a newer supply was accepted needs no mention any more.
        if r.supply_date >= newest.get(supplier, ""):
            reports.append(r)
    by_then = [r for r in reports if known_at is None or r.supply_date <= known_at.isoformat()]
    refused = [refusal_words(data, r) for r in by_then]
    return Intake(in_use, list(dict.fromkeys(refused)), known_at)


def fix_for_run(data: DataFolder, run_id: str, intake: Intake) -> None:
    """Write the run's intake into its workspace."""
    supplies = [[s.agency, s.supply_id] for s in intake.supplies]
    known_at = intake.known_at.isoformat() if intake.known_at else ""
    chosen = {"supplies": supplies, "refused": intake.refused, "known_at": known_at}
    write_atomically(_path(data, run_id), json.dumps(chosen))


def intake_of_run(data: DataFolder, run_id: str) -> Intake:
    """The intake that was fixed for the run."""
    raw = json.loads(_path(data, run_id).read_text("utf-8"))
    by_id = {
        (s.agency, s.supply_id): s
        for agency in data.agencies
        for s in supply_store.accepted(data, agency)
    }
    supplies = [by_id[agency, supply_id] for agency, supply_id in raw["supplies"]]
    known_at = dt.date.fromisoformat(raw["known_at"]) if raw["known_at"] else None
    return Intake(supplies, raw["refused"], known_at)


def _path(data: DataFolder, run_id: str) -> Path:
    return data.work / run_id / PIN

"""What a draft's page is told besides labels: sources, refusals, commentary, provenance. No Dagster
here.
"""

from __future__ import annotations

import datetime as dt

from assets.store import supply_store
from assets.store.folder import DataFolder
from assets.store.intake import Intake, current_intake
from assets.store.reference import boundaries
from assets.versions import drafts
from assets.versions.identity import code_hash, code_version
from assets.versions.manifests import last_edition
from expectations.contract import contracts_of
from expectations.judging.report import Finding, Report
from profiles.disclosure.rule import Rule
from profiles.drawing import commentary
from profiles.drawing.front import read_front
from profiles.drawing.page import Page, Source
from profiles.drawing.recommendations import (
    Recommendation,
    read_recommendations,
    recommendations,
)
from profiles.figures.dates import long_date
from profiles.report.contents import NAMES


def _title(data: DataFolder, supply: supply_store.Supply) -> str:
    """Whose supply of which day: “Police, supply of 5 April 2024”."""
    provider = ""
    if supply.manifest.provider:
        provider = f" ({supply.manifest.provider})"
    return f"{data.area.agencies[supply.agency].name}{provider}, supply of {supply.supply_date}"


def _told(report: Report, rule: Rule) -> list[Finding]:
    """The warnings that readers are told of. One of a few rows would tell that there are some: it
    is the analyst's alone, and so is what is said of no table.
    """
    return [f for f in report.warnings if f.table and not 0 < f.rows < rule.threshold]


def _cautions(findings: list[Finding], name: str) -> list[str]:
    """What is odd about a supply as a whole, as sentences."""
    return [f"{name}: {f.table} – {f.words}." for f in findings if f.is_of_the_whole]


def _warnings(findings: list[Finding], name: str) -> list[str]:
    """Rules that some rows did not keep, without counts: those are figures, and stand beside as
    labels.
    """
    return [
        f"{name}: {f.table}, {f.column or 'across columns'} – in some rows this does not hold: "
        f"“{f.words}”."
        for f in findings
        if not f.is_of_the_whole
    ]


def _not_supplied(supply: supply_store.Supply) -> dict[str, str]:
    """Tables and columns that the agency did not send, with its reason where it gave one."""
    undeclared = (
        contracts_of(supply.agency).keys()
        - supply.manifest.tables.keys()
        - supply.manifest.not_supplied.keys()
    )
    return supply.manifest.not_supplied | dict.fromkeys(sorted(undeclared), "no reason given")


def draft_page(data: DataFolder, as_at: dt.date, in_use: Intake) -> tuple[Page, dict[str, object]]:
    """The page of a draft as at a day from the supplies in use, and the inputs whose hash is the
    draft's id.
    """
    supplies = in_use.supplies
    refused = in_use.refused
    told = {s.supplier: _told(supply_store.rejudge(data, s), data.rule) for s in supplies}
    before = last_edition(data, as_at, in_use.known_at)
    inputs = drafts.inputs(data, as_at, supplies, refused, before)
    sources = []
    for s in supplies:
        sources.append(
            Source(
                s.agency,
                data.area.agencies[s.agency].name,
                s.manifest.provider,
                s.supply_id,
                s.manifest.extracted_at.isoformat(timespec="minutes"),
                s.manifest.period_start.isoformat(),
                s.manifest.period_end.isoformat(),
                _not_supplied(s),
                _cautions(told[s.supplier], _title(data, s)),
                _warnings(told[s.supplier], _title(data, s)),
            )
        )
    written, problems = commentary.read(
        data.commentary, as_at.isoformat(), NAMES, data.rule.threshold
    )
    shapes, shapes_source = boundaries(data)
    missing_agencies = []
    for key, a in data.area.agencies.items():
        if key not in {s.agency for s in supplies}:
            missing_agencies.append(a.name)
    front = read_front(data.front)
    is_invented = any(s.manifest.invented for s in supplies)
    page = Page(
        as_at=as_at.isoformat(),
        last_edition=before.isoformat() if before else "",
        shapes=shapes,
        shapes_source=shapes_source,
        sources=sources,
        missing_agencies=missing_agencies,
        refused_supplies=refused,
        is_invented=is_invented,
        code_version=code_version(),
        code_hash=code_hash(),
        draft_id=drafts.draft_id(inputs),
        rule_words=data.rule.words(),
        table_notes=data.rule.notes(),
        commentary=written,
        commentary_problems=problems,
        recommendations=_recommendations(data),
        contact=front.contact or "",
        next_edition=long_date(front.next_edition) if front.next_edition else "",
        concern=front.concern or "",
    )
    return page, inputs


def _recommendations(data: DataFolder) -> tuple[Recommendation, ...]:
    """Those that the analyst keeps; where there is no such file those that came with the area."""
    if data.recommendations.exists():
        return read_recommendations(data.recommendations)
    return recommendations(data.area)


def expected_draft(data: DataFolder, as_at: dt.date, known_at: dt.date | None = None) -> str:
    """The id of the draft that a refresh would make of what is in the store and the inbox now, or
    of what had arrived by the end of the day `known_at`.
    """
    return draft_page(data, as_at, current_intake(data, known_at))[0].draft_id

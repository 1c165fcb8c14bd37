"""The judgement of one supply folder, from the identifier screen to the contract: the same at the
agency and on the way in.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from expectations.judging.report import IDENTIFIER, Finding, Report
from expectations.judging.supply import (
    Manifest,
    SupplyError,
    read_manifest,
    system_findings,
    transfer_findings,
)
from expectations.screen.screen import screen_supply
from expectations.screen.tally import Found

# What goes on, for whoever waits; no value.
STAGE = logging.getLogger("cce.stage")
# Words for a partnership's canaries that are not there, on the way in.
NO_CANARIES = (
    "the partnership's canaries.json is not there, so nobody can tell whether the linkage keys "
    "are right; put it in the data folder"
)


def screen(folder: Path, agency: str, today: dt.date) -> list[Finding]:
    """What identifies children in a folder's files: errors where it is sure, warnings where it may
    be chance.
    """
    findings = []
    for file, identifiers in screen_supply(folder, agency, today).items():
        for identifier in identifiers:
            findings.append(_finding(file, identifier))
    return findings


def _finding(file: str, identifier: Found) -> Finding:
    table = file.removesuffix(".csv") if file.endswith(".csv") else None
    finding = Finding(
        severity="error",
        rule=IDENTIFIER,
        words=f"cells that look like {identifier.words}",
        table=table,
        column=identifier.column,
        rows=identifier.cells,
        of=identifier.of,
    )
    if identifier.is_sure:
        return finding
    words = f"cells that may be {identifier.words}"
    return replace(finding, severity="warn", rule="may_identify", words=words)


def _day_findings(manifest: Manifest, named: str) -> list[Finding]:
    """Which supply is newer goes by extracted_at; a folder that is named for another day may be
    last month's extract, copied.
    """
    extracted_on = manifest.extracted_at.date().isoformat()
    if named == extracted_on:
        return []
    words = (
        f"the folder is named {named}, and supply.json says that the extract was made on "
        f"{extracted_on}: is it the right extract"
    )
    return [Finding("warn", "folder_day", words)]


def judge_folder(
    folder: Path,
    report: Report,
    agreed: dict[str, Any] | None,
    previous_of: Callable[[Manifest], Manifest | None],
    today: dt.date,
    scratch: Path,
    docs: Path | None = None,
) -> Report:
    """Judge a folder of the agency, provider and date that `report` names, adding to it.

    `agreed` is canaries.json; None leaves the keys unchecked, as at an agency that does not have
    it. `previous_of` finds the supplier's last accepted supply, whose size this one is compared
    with. Great Expectations' own pages go to `docs`, what does not fit into memory to the private
    folder `scratch`.
    """

    def refuse(rule: str, words: str) -> Report:
        report.findings.append(Finding("error", rule, words))
        return report

    STAGE.info("%s: looking for what identifies children", report.title)
    # Nothing else reads the files of a supply that holds what identifies children.
    report.findings += screen(folder, report.agency, today)
    if report.identifies:
        return report
    try:
        manifest = read_manifest(folder)
    except SupplyError as error:
        return refuse("supply_json", str(error))
    if manifest.agency != report.agency:
        return refuse("supply_json", "supply.json names another agency than the folder it is in")
    if manifest.provider != report.provider:
        return refuse("supply_json", "supply.json names another provider than the folder it is in")
    # A clock that is a little fast, or of another zone, is forgiven.
    earliest = manifest.extracted_at.date() - dt.timedelta(days=1)
    if today < earliest:
        report.again_on = earliest.isoformat()
        return refuse("supply_json", "extracted_at in supply.json lies in the future")
    if agreed is not None and not agreed["canaries"]:
        refuse("canaries", NO_CANARIES)
    elif agreed is not None and agreed["key_fingerprint"] != manifest.key_fingerprint:
        refuse(
            "key_fingerprint",
            (
                "the linkage keys were made with another secret than the partnership's "
                "(key_fingerprint in supply.json)"
            ),
        )
    report.findings += _day_findings(manifest, report.supply_date)
    report.findings += system_findings(folder)
    report.findings += transfer_findings(folder, manifest)
    if report.is_accepted:
        # Great Expectations takes seconds to import: only where a suite runs.
        from expectations.judging.validate import validate

        STAGE.info("%s: trying every rule of its contract", report.title)
        validate(
            folder,
            manifest,
            agreed["canaries"] if agreed else None,
            previous_of(manifest),
            report,
            scratch,
            docs,
        )
    return report

"""Exports of invented identities as two agencies would write them, the secrets, and `cce pseudonymise` run over them."""

from __future__ import annotations

import csv
import datetime as dt
import io
from pathlib import Path

from conftest import run_here

from data_samples.identities import children, export
from expectations.pseudonyms.mapping import read_mapping
from expectations.pseudonyms.pseudonymise import Result, pseudonymise

PARTNERSHIP, OWN = bytes(range(32)), bytes(range(32, 64))
EXTRACTED = dt.datetime.fromisoformat("2024-04-05T06:00")
Table = list[dict[str, str]]
PEOPLE = """
provider: {provider}
period: {{start: 2019-04-01, end: 2024-03-31}}
not_supplied: {{recording_changes: none_in_period, indicators: not_held}}
tables:
  people:
    file: people.csv
    columns:
      person_ref: CaseId
      nhs_number: NHS No
      upn: UPN
      forenames: Given
      surname: Family
      date_of_birth: {{from: DOB, format: "%d/%m/%Y"}}
      postcode: Post Code
      sex: {{from: Gender, codes: {{Male: M, Female: F}}, otherwise: U}}
      ethnicity: {{value: {ethnicity}}}
"""

CONTACTS = """
  contacts:
    file: contacts.csv
    delimiter: ";"
    encoding: cp1252
    columns:
      contact_ref: [CaseId, Seen]
      person_ref: CaseId
      service: {value: emergency}
      contact_date: {from: Seen, format: "%d/%m/%Y %H:%M"}
      reason: {from: Why, codes: {Knife: assault_sharp, Fist: assault_blunt}, otherwise: other}
      accepted: {value: NA}
      first_seen_date: {from: Seen, format: "%d/%m/%Y %H:%M"}
"""


EDUCATION = """
  enrolments:
    file: enrolments.csv
    columns:
      person_ref: CaseId
      start_date: Start
      end_date: End
      setting: {value: academy}
      registration: {value: main}
      part_time: {value: N}
      sen_provision: {value: N}
      sen_need: {value: NSA}
      free_school_meals: {value: N}
      leaving_reason: {value: ""}
  exclusions:
    file: exclusions.csv
    columns:
      person_ref: CaseId
      exclusion_type: {value: suspension}
      start_date: Start
      sessions: {value: "2"}
      reasons: {value: PP}
"""


Truth = dict[str, tuple[int, str]]


def health_export(folder: Path, n: int, share_of_errors: float, seed: int = 1) -> Truth:
    folder.mkdir(exist_ok=True)
    truth = export(children(n, 5), folder / "people.csv", "NHSX", seed, share_of_errors)
    with (folder / "contacts.csv").open("w", encoding="cp1252", newline="") as f:
        out = csv.writer(f, delimiter=";")
        out.writerow(["CaseId", "Seen", "Why", "Notes"])
        out.writerows(
            [
                ref,
                f"{i % 28 + 1:02d}/03/2023 14:{i % 60:02d}",
                "Knife",
                "Zoë seen with her mother, 12 High Street",
            ]
            for i, ref in enumerate(truth)
        )
    (folder / "columns.yml").write_text(PEOPLE.format(provider="INV01", ethnicity="Z") + CONTACTS)
    return truth


def education_export(folder: Path, n: int, share_of_errors: float) -> Truth:
    folder.mkdir(exist_ok=True)
    truth = export(children(n, 5)[n // 4 :], folder / "people.csv", "SIMS-", 2, share_of_errors)
    for name in ("enrolments", "exclusions"):
        with (folder / f"{name}.csv").open("w", newline="") as f:
            out = csv.writer(f)
            out.writerow(["CaseId", "Start", "End"])
            out.writerows([ref, "2021-09-03", ""] for ref in truth)
    (folder / "columns.yml").write_text(PEOPLE.format(provider="", ethnicity="NOBT") + EDUCATION)
    return truth


def made(
    tmp_path: Path, keys: dict[str, str], agency: str, raw: Path, out: Path, *more: str
) -> str:
    done = run_here(
        tmp_path / "home",
        "pseudonymise",
        "--agency",
        agency,
        "--in",
        str(raw),
        "--out",
        str(out),
        "--map",
        str(raw / "columns.yml"),
        "--secret",
        keys["partnership"],
        "--agency-secret",
        str(tmp_path / agency / "agency.secret"),
        "--extracted-at",
        "2024-04-05T06:00",
        *more,
    )
    assert done.returncode == 0, done.stderr
    return done.stderr


# What is made of an export, and exports changed


def extract(raw: Path, out: Path | None = None) -> Result:
    mapping = read_mapping(raw / "columns.yml", "education")
    return pseudonymise(raw, out or raw.parent / "out", mapping, PARTNERSHIP, OWN, EXTRACTED)


def table(raw: Path, name: str) -> Table:
    """What was made of a table, without the fictitious children."""
    rows = list(csv.DictReader((raw.parent / "out" / f"{name}.csv").open(encoding="utf-8")))
    return rows[:-3] if name == "people" else rows


def edit(path: Path, *changes: tuple[str, str]) -> None:
    text = path.read_text("utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new, 1)
    path.write_text(text, "utf-8")


def rewrite(path: Path, change: object, **options: str) -> Table:
    """The export written again with each row changed; returns the rows."""
    rows = list(csv.DictReader(path.open(encoding="utf-8")))
    rows = [row | change(row, number) for number, row in enumerate(rows)]  # type: ignore[operator]
    text = io.StringIO()
    out = csv.DictWriter(text, list(rows[0]), delimiter=options.get("delimiter", ","))
    out.writeheader()
    out.writerows(rows)
    path.write_text(text.getvalue(), options.get("encoding", "utf-8"), newline="")
    return rows

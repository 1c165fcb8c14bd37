"""Whatever an export is like, nothing that identifies a child of it is in the extract, nor anywhere in the data folder that takes it in."""

from __future__ import annotations

import csv
import dataclasses
import datetime as dt
import gzip
import json
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import duckdb
import openpyxl
import pytest
from conftest import run_cce
from exporting import education_export

from assets.store import supply_store
from assets.store.folder import DataFolder
from expectations.pseudonyms.canaries import canary_keys
from expectations.pseudonyms.keys import fingerprint
from expectations.pseudonyms.mapping import read_mapping
from expectations.pseudonyms.pseudonymise import pseudonymise
from pipelines.settings import data_folder

pytestmark = pytest.mark.usefixtures("quick_rules")
PARTNERSHIP, OWN = bytes(range(32)), bytes(range(32, 64))
FILE = "    file: people.csv\n"


def _say(raw: Path, words: str, file: str = FILE) -> None:
    path = raw / "columns.yml"
    text = path.read_text("utf-8")
    assert FILE in text
    path.write_text(text.replace(FILE, file + words, 1), "utf-8")


def _as_it_is(_: Path) -> None:
    """A tidy export."""


def _titles_and_totals(raw: Path) -> None:
    path = raw / "people.csv"
    text = path.read_text("utf-8")
    path.write_text(
        f"Pupils with an indicator\n\n{text}Total records: 30\nEnd of report\n", "utf-8"
    )


def _utf_16_with_tabs(raw: Path) -> None:
    path = raw / "people.csv"
    rows = list(csv.reader(path.open(encoding="utf-8")))
    with path.open("w", encoding="utf-16", newline="") as file:
        csv.writer(file, delimiter="\t").writerows(rows)
    _say(raw, "    delimiter: tab\n")


def _nothing_known(raw: Path) -> None:
    """Stand-ins in every fifth row, names in the wrong column of every seventh."""
    path = raw / "people.csv"
    header, *rows = csv.reader(path.open(encoding="utf-8"))
    for number, row in enumerate(rows):
        if number % 5 == 0:
            row[1:3] = ["NULL", "Not Known"]
        if number % 7 == 0:
            row[4] = row[2]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])


def _a_workbook(raw: Path) -> None:
    rows = list(csv.reader((raw / "people.csv").open(encoding="utf-8")))
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(raw / "people.xlsx")
    (raw / "people.csv").unlink()
    _say(raw, "    sheet: Sheet\n", "    file: people.xlsx\n")


def _two_years(raw: Path) -> None:
    lines = (raw / "people.csv").read_text("utf-8").splitlines(keepends=True)
    (raw / "people_2022.csv").write_text("".join(lines[:20]), "utf-8")
    (raw / "people_2023.csv").write_text("".join([lines[0], *lines[10:]]), "utf-8")
    (raw / "people.csv").unlink()
    _say(raw, "    latest_per: {per: CaseId}\n", "    file: people_*.csv\n")


KINDS = [_as_it_is, _titles_and_totals, _utf_16_with_tabs, _nothing_known, _a_workbook, _two_years]


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_of_an_export_that_identifies_is_kept(
    data: DataFolder, tmp_path: Path, kind: Callable[[Path], None]
) -> None:
    raw = tmp_path / "raw"
    education_export(raw, 40, 0.3)
    identifiers = _identifiers(raw / "people.csv")
    kind(raw)
    out = data.inbox / "education" / "2024-04-05"
    out.parent.mkdir(parents=True)
    mapping = read_mapping(raw / "columns.yml", "education")
    pseudonymise(raw, out, mapping, PARTNERSHIP, OWN, dt.datetime(2024, 4, 5, 6))  # noqa: DTZ001
    canaries = tmp_path / "canaries.json"
    agreed = {"key_fingerprint": fingerprint(PARTNERSHIP), "canaries": canary_keys(PARTNERSHIP)}
    canaries.write_text(json.dumps(agreed))
    folder = dataclasses.replace(data, canaries=canaries)
    report = supply_store.receive(folder, out, "education")
    assert report.is_accepted, report.message()
    everything = b"\n".join(p.read_bytes() for p in tmp_path.rglob("*") if _is_kept(p, raw))
    assert len(everything) > 10_000
    assert [what for what, text in identifiers.items() if text.encode() in everything] == []


@pytest.mark.long
def test_a_refresh_from_every_kind_of_export_keeps_nothing_that_identifies(tmp_path: Path) -> None:
    """One data folder takes in an extract of each kind, a month apart, and makes a draft: every
    file is searched, packed ones unpacked and databases read row by row.
    """
    home = tmp_path / "home"
    identifiers: dict[str, str] = {}
    for number, kind in enumerate(KINDS, start=5):
        raw = tmp_path / f"raw-{number}"
        education_export(raw, 40, 0.3)
        for what, text in _identifiers(raw / "people.csv").items():
            identifiers[f"{kind.__name__}, {what}"] = text
        kind(raw)
        extracted = dt.datetime(2024, number, 5, 6)  # noqa: DTZ001
        out = home / "inbox" / "education" / extracted.date().isoformat()
        out.parent.mkdir(parents=True, exist_ok=True)
        mapping = read_mapping(raw / "columns.yml", "education")
        pseudonymise(raw, out, mapping, PARTNERSHIP, OWN, extracted)
    agreed = {"key_fingerprint": fingerprint(PARTNERSHIP), "canaries": canary_keys(PARTNERSHIP)}
    (home / "canaries.json").write_text(json.dumps(agreed))
    # Here rules are tried quickly; the command then finds every supply judged.
    folder = data_folder({"CCE_HOME": str(home)})
    for supply in supply_store.candidates(folder.inbox, "education"):
        report = supply_store.receive(folder, supply, "education")
        assert report.is_accepted, report.message()
    done = run_cce(home, "refresh", "--as-at", "2024-03-01", CCE_SAMPLES="")
    assert done.returncode == 0, done.stdout + done.stderr
    taken_in = list(home.glob("supplies/education/*/receipt.json"))
    assert len(taken_in) == len(KINDS)
    assert list(home.glob("drafts/2024-03-01/*/public/report.html"))
    everything = done.stdout + done.stderr + "\n".join(_all_text(home))
    assert [what for what, text in identifiers.items() if text in everything] == []


def _all_text(home: Path) -> Iterator[str]:
    for path in home.rglob("*"):
        if path.suffix == ".duckdb":
            yield from _text_of_database(path)
        elif path.suffix in (".gz", ".xlsx", ".ods"):
            yield from _unpacked(path)
        elif path.is_file():
            yield path.name + path.read_bytes().decode("latin-1")
            yield path.read_bytes().decode("utf-8", "replace")


def _text_of_database(path: Path) -> Iterator[str]:
    with duckdb.connect(str(path), read_only=True) as con:
        for (table,) in con.execute("select table_name from duckdb_tables()").fetchall():
            yield str(con.execute(f'select * from "{table}"').fetchall())


def _unpacked(path: Path) -> Iterator[str]:
    if path.suffix == ".gz":
        yield gzip.decompress(path.read_bytes()).decode("utf-8", "replace")
        return
    with zipfile.ZipFile(path) as packed:
        for name in packed.namelist():
            yield packed.read(name).decode("utf-8", "replace")


def _is_kept(path: Path, raw: Path) -> bool:
    return path.is_file() and not path.is_relative_to(raw)


def _identifiers(path: Path) -> dict[str, str]:
    """Every identifying cell of the export, under a name that tells nothing of it."""
    found = {}
    for number, row in enumerate(csv.DictReader(path.open(encoding="utf-8"))):
        for column in ("CaseId", "Family", "DOB", "NHS No", "UPN", "Post Code"):
            text = row[column].strip()
            # Short words are in any text.
            if len(text) > 5:
                found[f"{column} of row {number}"] = text
    return found

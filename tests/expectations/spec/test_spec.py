"""The specification: its examples are accepted, independent readers accept its schemas and workbook, and its page says everything."""

from __future__ import annotations

import csv
import dataclasses
import json
import re
from pathlib import Path

import openpyxl
import pytest
from conftest import SAMPLES, run_here
from drawing import canary_people, seal, write_csv
from frictionless import Detector, Resource, Schema

from expectations.contract import agencies, contracts_of
from expectations.spec.example import example_tables
from expectations.spec.schema import table_schema
from expectations.spec.write import write_spec

AGENCIES = list(agencies())


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("spec")
    for agency in AGENCIES:
        write_spec(agency, out)
    return out


@pytest.mark.usefixtures("quick_rules")
@pytest.mark.parametrize("agency", AGENCIES)
def test_the_worked_examples_keep_every_rule(tmp_path: Path, agency: str) -> None:
    """Written as a supply and judged like a real one: nothing is refused and nothing is reported."""
    folder = tmp_path / "2024-04-05"
    folder.mkdir()
    for table, rows in example_tables(agency).items():
        people = canary_people(agency, agencies()[agency].prefix) if table == "people" else []
        write_csv(folder / f"{table}.csv", list(rows[0]), people + rows)
    seal(folder, agency, "INV01" if agencies()[agency].providers else None)
    done = run_here(
        tmp_path / "home",
        "validate",
        str(folder),
        "--out",
        str(tmp_path / "checked"),
        "--canaries",
        str(SAMPLES / "canaries.json"),
    )
    assert done.returncode == 0, done.stdout
    assert "accepted." in done.stdout, done.stdout


@pytest.mark.parametrize(
    "supply", sorted(p.parent.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("supply.json"))
)
def test_frictionless_accepts_the_samples_by_the_schemas(written: Path, supply: str) -> None:
    agency = supply.split("/")[0]
    for path in sorted((SAMPLES / supply).glob("*.csv")):
        schema = Schema.from_descriptor(
            json.loads((written / agency / "schemas" / f"{path.stem}.schema.json").read_text())
        )
        # References between files are tried for the package as a whole, by our own rules.
        schema.foreign_keys = []
        report = Resource(
            path=path.name,
            basepath=str(path.parent),
            schema=schema,
            detector=Detector(schema_sync=True),
        ).validate()
        assert report.valid, (path.name, report.flatten(["type", "fieldName", "note"])[:3])


def test_frictionless_refuses_what_the_contract_refuses(tmp_path: Path, written: Path) -> None:
    good = (SAMPLES / "trust" / "2024-04-05" / "risk_assessments.csv").read_text().splitlines()
    (tmp_path / "risk_assessments.csv").write_text(
        "\n".join([good[0], good[1].replace("2", "x", 1), good[2].rsplit(",", 2)[0] + ",severe,"])
        + "\n"
    )
    schema = Schema.from_descriptor(
        json.loads((written / "trust" / "schemas" / "risk_assessments.schema.json").read_text())
    )
    schema.foreign_keys = []
    report = Resource(
        path="risk_assessments.csv",
        basepath=str(tmp_path),
        schema=schema,
        detector=Detector(schema_sync=True),
    ).validate()
    assert not report.valid
    assert {t for (t,) in report.flatten(["type"])} <= {"constraint-error", "type-error"}, (
        report.flatten(["note"])
    )


@pytest.mark.parametrize("agency", AGENCIES)
def test_schemas_are_schemas(agency: str) -> None:
    for contract in contracts_of(agency).values():
        schema = Schema.from_descriptor(table_schema(contract))
        assert [f.name for f in schema.fields] == [c.name for c in contract.columns]


@pytest.mark.parametrize("agency", AGENCIES)
def test_templates_and_workbook_have_every_column_and_code(written: Path, agency: str) -> None:
    book = openpyxl.load_workbook(written / agency / f"{agency}.xlsx")
    codes = {
        tuple(c.value for c in column if c.value)[1:]
        for column in list(book["Codes"].iter_cols())[::2]
    }
    for table, contract in contracts_of(agency).items():
        names = [c.name for c in contract.columns]
        assert (written / agency / "templates" / f"{table}.csv").read_text() == ",".join(
            names
        ) + "\n"
        sheet = book[table[:31]]
        assert [c.value for c in sheet[1]] == names
        lists = {
            str(v.sqref).split(":")[0]: v.formula1
            for v in sheet.data_validations.dataValidation
            if v.type == "list"
        }
        for i, column in enumerate(contract.columns):
            if column.kind == "codes":
                assert tuple(column.codes) in codes
                assert lists[f"{openpyxl.utils.get_column_letter(i + 1)}2"].startswith("Codes!")
    assert not [c for s in book for row in s.iter_rows() for c in row if c.data_type == "f"]


@pytest.mark.parametrize("agency", AGENCIES)
def test_the_page_says_everything_and_asks_for_nothing(written: Path, agency: str) -> None:
    html = (written / f"{agency}.html").read_text()
    assert not re.search(r'(?:src|href)="(?!#)|url\(', html)
    for contract in contracts_of(agency).values():
        for column in contract.columns:
            assert f"<code>{column.name}</code>" in html
            assert all(f"{code}" in html for code in column.codes)
        assert all(
            rule.words.replace("'", "&#39;").replace("<", "&lt;") in html for rule in contract.rules
        )


def test_the_same_contracts_write_the_same_bytes(tmp_path: Path, written: Path) -> None:
    write_spec("trust", tmp_path)
    for path in (p for p in tmp_path.rglob("*") if p.is_file()):
        assert path.read_bytes() == (written / path.relative_to(tmp_path)).read_bytes(), path.name


def test_the_command_writes_one_or_all(tmp_path: Path) -> None:
    assert (
        run_here(tmp_path / "home", "spec", "police", "--out", str(tmp_path / "one")).returncode
        == 0
    )
    assert {p.name for p in (tmp_path / "one").iterdir()} == {"police", "police.html"}
    assert run_here(tmp_path / "home", "spec", "--out", str(tmp_path / "all")).returncode == 0
    assert len(list((tmp_path / "all").glob("*.html"))) == 4


SUPPLY = SAMPLES / "health" / "INV02" / "2024-04-05"


def copied(tmp_path: Path) -> Path:
    folder = tmp_path / "2024-04-05"
    folder.mkdir()
    for path in SUPPLY.iterdir():
        (folder / path.name).write_bytes(path.read_bytes())
    return folder


def test_an_officer_checks_a_supply_before_sending(tmp_path: Path) -> None:
    out = tmp_path / "checked"
    done = run_here(tmp_path / "home", "validate", str(SUPPLY), "--out", str(out))
    assert done.returncode == 0
    assert (out / "result.txt").read_text() == done.stdout
    assert json.loads((out / "result.json").read_text())["is_accepted"] is True
    page = (out / "result.html").read_text()
    assert "can be sent" in page
    assert "was not checked" in page
    assert not (tmp_path / "home").exists(), "an agency needs no data folder"


def test_a_refusal_is_told_in_all_three_and_shows_no_cell(tmp_path: Path) -> None:
    folder, out = copied(tmp_path), tmp_path / "checked"
    rows = list(csv.reader((folder / "contacts.csv").open()))
    for row in rows[1:100]:
        row[rows[0].index("reason")] = "zebedee"
    with (folder / "contacts.csv").open("w", newline="") as f:
        csv.writer(f, lineterminator="\n").writerows(rows)
    seal(folder, "health", "INV02")
    done = run_here(tmp_path / "home", "validate", str(folder), "--out", str(out))
    assert done.returncode == 1
    assert "column reason" in done.stdout
    assert "would be refused" in (out / "result.html").read_text()
    assert not any("zebedee" in p.read_text() for p in out.rglob("*") if p.is_file())


@pytest.mark.parametrize("case", ["a file", "nothing there", "no supply.json", "bad canaries"])
def test_what_cannot_be_checked_is_code_two(tmp_path: Path, case: str) -> None:
    folder = copied(tmp_path)
    arguments = ["validate", str(folder), "--out", str(tmp_path / "checked")]
    if case == "a file":
        arguments[1] = str(folder / "people.csv")
    elif case == "nothing there":
        arguments[1] = str(tmp_path / "none")
    elif case == "no supply.json":
        (folder / "supply.json").unlink()
    else:
        (tmp_path / "c.json").write_text("{")
        arguments += ["--canaries", str(tmp_path / "c.json")]
    done = run_here(tmp_path / "home", *arguments)
    assert (done.returncode, done.stderr.startswith("Error: ")) == (2, True), done.stderr
    assert not (tmp_path / "checked").exists()


def test_wrong_keys_are_found_where_the_canaries_are_known(tmp_path: Path) -> None:
    canaries = json.loads((SAMPLES / "canaries.json").read_text())
    (tmp_path / "c.json").write_text(json.dumps(canaries | {"key_fingerprint": "0" * 16}))
    done = run_here(
        tmp_path / "home",
        "validate",
        str(SUPPLY),
        "--out",
        str(tmp_path / "o"),
        "--canaries",
        str(tmp_path / "c.json"),
    )
    assert "another secret" in done.stdout


def test_every_contract_has_a_purpose() -> None:
    assert all(dataclasses.asdict(a)["purpose"] for a in agencies().values())

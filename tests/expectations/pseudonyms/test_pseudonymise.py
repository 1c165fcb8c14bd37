"""`cce pseudonymise` and `cce keygen`: what an extract holds, what a mistake is told, where secrets come from."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path

import pytest
from conftest import run_here
from exporting import health_export, made

from expectations.pseudonyms.canaries import CANARIES
from expectations.screen.identifiers import is_test_nhs_number


def test_the_extract_holds_nothing_that_the_contract_does_not_name(
    tmp_path: Path, keys: dict[str, str]
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out" / "2024-04-05"
    truth = health_export(raw, 300, 0.5)
    before = {p: p.read_bytes() for p in raw.iterdir()}
    said = made(tmp_path, keys, "health", raw, out)
    assert {p: p.read_bytes() for p in raw.iterdir()} == before
    everything = b"\n".join(p.read_bytes() for p in out.iterdir()).decode() + said
    for row in csv.DictReader((raw / "people.csv").open()):
        for cell in row.values():
            assert len(cell) < 8 or cell not in everything
    assert "High Street" not in everything
    assert not [ref for ref in truth if ref in everything]
    manifest = json.loads((out / "supply.json").read_text())
    assert manifest["tables"]["people"]["rows"] == 303
    assert (
        manifest["key_fingerprint"]
        == json.loads(Path(keys["canaries"]).read_text())["key_fingerprint"]
    )
    rows = list(csv.DictReader((out / "contacts.csv").open()))
    people = {r["person_ref"] for r in csv.DictReader((out / "people.csv").open())}
    assert {r["person_ref"] for r in rows} < people
    assert {r["reason"] for r in rows} == {"assault_sharp"}
    assert all(len(r["contact_date"]) == 10 for r in rows)


@pytest.mark.usefixtures("quick_rules")
def test_what_it_makes_is_accepted_by_the_way_in(tmp_path: Path, keys: dict[str, str]) -> None:
    raw = tmp_path / "raw"
    health_export(raw, 300, 0.3)
    (tmp_path / "home" / "inbox" / "health" / "INV01").mkdir(parents=True)
    made(
        tmp_path,
        keys,
        "health",
        raw,
        tmp_path / "home" / "inbox" / "health" / "INV01" / "2024-04-05",
    )
    done = run_here(tmp_path / "home", "supplies", CCE_CANARIES=keys["canaries"])
    assert "(INV01), supply of 2024-04-05: accepted" in done.stdout, done.stdout
    other = run_here(tmp_path / "home2", "keygen", "--out", str(tmp_path / "other"))
    assert other.returncode == 0
    done = run_here(
        tmp_path / "home3",
        "supplies",
        CCE_CANARIES=str(tmp_path / "other" / "canaries.json"),
        CCE_INBOX=str(tmp_path / "home" / "inbox"),
    )
    assert "another secret than the partnership's" in done.stdout


def test_wards_come_from_the_postcode_file(tmp_path: Path, keys: dict[str, str]) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    health_export(raw, 50, 0.0)
    codes = [r["Post Code"] for r in csv.DictReader((raw / "people.csv").open())]
    with (tmp_path / "onspd.csv").open("w", newline="") as f:
        writer = csv.writer(f)
        writer.writerow(["pcd", "pcds", "osward", "lsoa11", "lsoa21"])
        writer.writerows(
            [c.replace(" ", "  "), c, "E05011118", "E01000001", "E01033620"] for c in codes[:40]
        )
    said = made(tmp_path, keys, "health", raw, out, "--postcodes", str(tmp_path / "onspd.csv"))
    rows = list(csv.DictReader((out / "people.csv").open()))
    assert Counter(r["ward_code"] for r in rows)["E05011118"] >= 40
    assert {r["lsoa_code"] for r in rows} == {"", "E01033620"}
    assert "people, postcode:" in said


BAD = {
    "the same folder": (
        lambda raw, out: {"--out": str(raw / "supply")},
        "must not be written where the exports are read",
    ),
    "one secret for both": (
        lambda raw, out: {"--agency-secret": None},
        "must not be the partnership's",
    ),
    "no such column": (
        lambda raw, out: edit(raw, "NHS No", "NHS"),
        "people.csv: has no column NHS",
    ),
    "no such table": (
        lambda raw, out: edit(raw, "  people:", "  persons:"),
        "no such table; Known are: people",
    ),
    "a column that is none": (
        lambda raw, out: edit(raw, "      sex: {", "      gender: {"),
        "table people, columns: gender is none of",
    ),
    "a required column left out": (
        lambda raw, out: edit(
            raw, "      sex: {from: Gender, codes: {Male: M, Female: F}, otherwise: U}\n", ""
        ),
        "required and not mapped: sex",
    ),
    "not YAML": (lambda raw, out: edit(raw, "tables:", "tables: ["), "not valid YAML"),
    "another encoding": (
        lambda raw, out: edit(raw, "encoding: cp1252", "encoding: utf-8"),
        "not in the encoding utf-8",
    ),
    "another delimiter": (
        lambda raw, out: edit(raw, 'delimiter: ";"', 'delimiter: ","'),
        "contacts.csv: has no column",
    ),
    "free text for a code": (
        lambda raw, out: edit(
            raw,
            "reason: {from: Why, codes: {Knife: assault_sharp, Fist: assault_blunt}, otherwise: other}",
            "reason: Notes",
        ),
        "20 of 20 cells (100%) could not be read; one text without a line in its codes",
    ),
    "a name for a code": (
        lambda raw, out: edit(
            raw, "sex: {from: Gender, codes: {Male: M, Female: F}, otherwise: U}", "sex: Family"
        ),
        "table people, sex (columns.yml, line 16): 20 of 20 cells (100%) could not be read",
    ),
    "month and day exchanged": (
        lambda raw, out: edit(raw, '"%d/%m/%Y"}', '"%m/%d/%Y"}'),
        "date_of_birth",
    ),
    "no format": (
        lambda raw, out: edit(raw, ', format: "%d/%m/%Y"}', "}"),
        "say how they are written",
    ),
}


def edit(raw: Path, old: str, new: str) -> dict[str, str]:
    path = raw / "columns.yml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    return {}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_told_in_words_and_nothing_is_written(
    tmp_path: Path, keys: dict[str, str], case: str
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    health_export(raw, 20, 0.0)
    change, words = BAD[case]
    given = {
        "--agency": "health",
        "--in": str(raw),
        "--out": str(out),
        "--map": str(raw / "columns.yml"),
        "--secret": keys["partnership"],
        "--agency-secret": str(tmp_path / "health" / "agency.secret"),
    } | change(raw, out)
    given["--agency-secret"] = given["--agency-secret"] or given["--secret"]
    done = run_here(
        tmp_path / "home", "pseudonymise", *(x for k, v in given.items() for x in (k, v))
    )
    assert done.returncode == 1
    assert words in done.stderr, done.stderr
    assert "Nothing was written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()
    assert not list(tmp_path.glob(".*part"))
    assert "High Street" not in done.stderr


def test_secrets_come_from_a_private_file_or_the_environment(
    tmp_path: Path, keys: dict[str, str]
) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    health_export(raw, 20, 0.0)
    common = [
        "pseudonymise",
        "--agency",
        "health",
        "--in",
        str(raw),
        "--out",
        str(out),
        "--map",
        str(raw / "columns.yml"),
    ]
    assert "CCE_PARTNERSHIP_SECRET is not set" in run_here(tmp_path / "home", *common).stderr
    weak = run_here(
        tmp_path / "home", *common, CCE_PARTNERSHIP_SECRET="ab" * 20, CCE_AGENCY_SECRET="cd" * 32
    )
    assert "at least 256 bits" in weak.stderr
    Path(keys["partnership"]).chmod(0o644)
    assert (
        "can be read by others"
        in run_here(tmp_path / "home", *common, "--secret", keys["partnership"]).stderr
    )
    done = run_here(
        tmp_path / "home",
        *common,
        CCE_PARTNERSHIP_SECRET=os.urandom(32).hex(),
        CCE_AGENCY_SECRET=os.urandom(32).hex(),
    )
    assert done.returncode == 0, done.stderr


def test_a_secret_is_never_overwritten(tmp_path: Path, keys: dict[str, str]) -> None:
    before = Path(keys["partnership"]).read_bytes()
    done = run_here(tmp_path / "home", "keygen", "--out", str(Path(keys["partnership"]).parent))
    assert done.returncode == 1
    assert Path(keys["partnership"]).read_bytes() == before


def test_the_fictitious_children_have_numbers_that_are_never_issued() -> None:
    assert all(is_test_nhs_number(c["key_nhs"]) for c in CANARIES)
    assert len({v for c in CANARIES for v in c.values()}) == 12

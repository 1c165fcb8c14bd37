"""Two agencies make their extracts apart from identifiable exports, and the extracts join as the truth says."""

from __future__ import annotations

import csv
import json
import os
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from conftest import run_here

from assets.models import folder_models
from assets.warehouse import SQL, run_model
from data_samples.identities import HARMFUL, HARMLESS, children, export
from expectations.identifiers import is_test_nhs_number
from expectations.pseudonyms.canaries import CANARIES

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


@pytest.fixture
def keys(tmp_path: Path) -> dict[str, str]:
    """Secrets and canaries as `cce keygen` makes them."""
    for folder, arguments in (("keys", ()), ("education", ("--agency",)), ("health", ("--agency",))):
        done = run_here(tmp_path / "home", "keygen", "--out", str(tmp_path / folder), *arguments)
        assert done.returncode == 0, done.stderr
    assert all(p.stat().st_mode & 0o077 == 0 for p in (tmp_path / "keys").iterdir())
    return {
        "partnership": str(tmp_path / "keys" / "partnership.secret"),
        "canaries": str(tmp_path / "keys" / "canaries.json"),
    }


def health_export(folder: Path, n: int, share_of_errors: float, seed: int = 1) -> Truth:
    folder.mkdir(exist_ok=True)
    truth = export(children(n, 5), folder / "people.csv", "NHSX", seed, share_of_errors)
    with (folder / "contacts.csv").open("w", encoding="cp1252", newline="") as f:
        out = csv.writer(f, delimiter=";")
        out.writerow(["CaseId", "Seen", "Why", "Notes"])
        out.writerows(
            [ref, f"{i % 28 + 1:02d}/03/2023 14:{i % 60:02d}", "Knife", "Zoë seen with her mother, 12 High Street"]
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


def made(tmp_path: Path, keys: dict[str, str], agency: str, raw: Path, out: Path, *more: str) -> str:
    done = run_here(
        tmp_path / "home", "pseudonymise", "--agency", agency, "--in", str(raw), "--out", str(out), "--map", str(raw / "columns.yml"),
        "--secret", keys["partnership"], "--agency-secret", str(tmp_path / agency / "agency.secret"), "--extracted-at", "2024-04-05T06:00", *more)  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stderr


def linked(folders: dict[str, Path]) -> dict[str, int]:
    """Reference → child, by the models of the warehouse."""
    with duckdb.connect() as con:
        con.execute((SQL / "macros.sql").read_text())
        parts = [
            f"select '{agency}' as agency, '{agency}' as supplier, person_ref, nullif(key_nhs, '') as key_nhs, nullif(key_upn, '') as key_upn, "
            f"nullif(key_name_dob, '') as key_name_dob, nullif(key_name_postcode, '') as key_name_postcode, try_cast(birth_month || '-01' as date) as birth_month "
            f"from read_csv('{folder}/people.csv', all_varchar = true) where person_ref not like '%CANARY%'"
            for agency, folder in folders.items()
        ]
        con.execute(
            f"create table core_source_people as select row_number() over () as source_person_id, * from ({' union all '.join(parts)})"
        )
        for m in folder_models("joined"):
            if m.name in ("core_shared_keys", "core_components", "core_links"):
                run_model(con, m.name, m.sql)
        return dict(con.execute("select person_ref, person_id from core_links").fetchall())


def references(folder: Path, raw: Path, secret: Path, prefix: str) -> dict[str, str]:
    """The agency alone can tell which of its records a reference stands for."""
    from expectations.pseudonyms.keys import reference, secret_of

    own = secret_of(secret.read_text())
    return {
        row["CaseId"]: reference(own, prefix, "person_ref", row["CaseId"])
        for row in csv.DictReader((raw / "people.csv").open())
    }


def test_extracts_made_apart_join_as_the_truth_says(
    tmp_path: Path, keys: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    n = 4000
    raw = {a: tmp_path / f"raw-{a}" for a in ("health", "education")}
    out = {a: tmp_path / f"out-{a}" / "2024-04-05" for a in raw}
    truths = {"health": health_export(raw["health"], n, 0.6), "education": education_export(raw["education"], n, 0.6)}
    for agency in raw:
        made(tmp_path, keys, agency, raw[agency], out[agency])
    child_of = linked(out)
    refs = {
        a: references(out[a], raw[a], tmp_path / a / "agency.secret", p)
        for a, p in (("health", "H"), ("education", "E"))
    }
    by_child = {
        a: {truths[a][case][0]: (child_of[ref], truths[a][case][1]) for case, ref in refs[a].items()} for a in raw
    }
    found: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for number in by_child["health"].keys() & by_child["education"].keys():
        (one, error), (other, other_error) = by_child["health"][number], by_child["education"][number]
        for kind in {error, other_error} - ({"none"} if {error, other_error} != {"none"} else set()):
            if {error, other_error} <= {kind, *HARMLESS}:
                pairs[kind] += 1
                found[kind] += one == other
    holders: dict[int, set[int]] = {}
    for agency in raw:
        for number, (person, _) in by_child[agency].items():
            holders.setdefault(person, set()).add(number)
    joined = sum(len(of) > 1 for of in holders.values())
    precision = 1 - joined / len(holders)
    with capsys.disabled():
        print(f"\nprecision {precision:.4f} ({joined} of {len(holders)} children are two)")
        for kind in (*HARMLESS, *HARMFUL):
            print(f"  recall {found[kind] / pairs[kind]:.3f} of {pairs[kind]:4} pairs: {kind}")
    assert precision > 0.995
    for kind in HARMLESS:
        assert found[kind] == pairs[kind] > 50, kind
    # One thing wrong, and another key still finds the child; a name that is wrong leaves the NHS number and the pupil number.
    for kind in HARMFUL:
        # Birth months more than one apart contradict each other, whatever number agrees.
        least = {"year mistyped": 0.0, "day and month exchanged": 0.6}.get(kind, 0.9)
        assert found[kind] >= least * pairs[kind], kind


def test_the_extract_holds_nothing_that_the_contract_does_not_name(tmp_path: Path, keys: dict[str, str]) -> None:
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
    assert manifest["key_fingerprint"] == json.loads(Path(keys["canaries"]).read_text())["key_fingerprint"]
    rows = list(csv.DictReader((out / "contacts.csv").open()))
    people = {r["person_ref"] for r in csv.DictReader((out / "people.csv").open())}
    assert {r["person_ref"] for r in rows} < people
    assert {r["reason"] for r in rows} == {"assault_sharp"}
    assert all(len(r["contact_date"]) == 10 for r in rows)


def test_what_it_makes_is_accepted_by_the_way_in(tmp_path: Path, keys: dict[str, str]) -> None:
    raw = tmp_path / "raw"
    health_export(raw, 300, 0.3)
    (tmp_path / "home" / "inbox" / "health" / "INV01").mkdir(parents=True)
    made(tmp_path, keys, "health", raw, tmp_path / "home" / "inbox" / "health" / "INV01" / "2024-04-05")
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
        writer.writerows([c.replace(" ", "  "), c, "E05011118", "E01000001", "E01033620"] for c in codes[:40])
    said = made(tmp_path, keys, "health", raw, out, "--postcodes", str(tmp_path / "onspd.csv"))
    rows = list(csv.DictReader((out / "people.csv").open()))
    assert Counter(r["ward_code"] for r in rows)["E05011118"] >= 40
    assert {r["lsoa_code"] for r in rows} == {"", "E01033620"}
    assert "people, postcode:" in said


BAD = {
    "the same folder": (lambda raw, out: {"--out": str(raw / "supply")}, "must not be written where the exports are read"),
    "one secret for both": (lambda raw, out: {"--agency-secret": None}, "must not be the partnership's"),
    "no such column": (lambda raw, out: edit(raw, "NHS No", "NHS"), "people.csv: has no column NHS"),
    "no such table": (lambda raw, out: edit(raw, "  people:", "  persons:"), "persons is none of"),
    "a required column left out": (lambda raw, out: edit(raw, "      sex: {", "      forenames: {"), "required and not mapped: sex"),
    "not YAML": (lambda raw, out: edit(raw, "tables:", "tables: ["), "is not YAML"),
    "another encoding": (lambda raw, out: edit(raw, "encoding: cp1252", "encoding: utf-8"), "not in the encoding utf-8"),
    "another delimiter": (lambda raw, out: edit(raw, 'delimiter: ";"', 'delimiter: ","'), "contacts.csv: has no column"),
    "free text for a code": (lambda raw, out: edit(raw, "reason: {from: Why, codes: {Knife: assault_sharp, Fist: assault_blunt}, otherwise: other}", "reason: Notes"), "table contacts, reason: 20 of 20 cells could not be read"),
    "a name for a code": (lambda raw, out: edit(raw, "sex: {from: Gender, codes: {Male: M, Female: F}, otherwise: U}", "sex: Family"), "table people, sex: 20 of 23 cells could not be read"),
    "month and day exchanged": (lambda raw, out: edit(raw, '"%d/%m/%Y"}', '"%m/%d/%Y"}'), "date_of_birth"),
    "no format": (lambda raw, out: edit(raw, ', format: "%d/%m/%Y"}', "}"), "say how they are written"),
}  # fmt: skip


def edit(raw: Path, old: str, new: str) -> dict[str, str]:
    path = raw / "columns.yml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    return {}


@pytest.mark.parametrize("case", BAD)
def test_a_mistake_is_told_in_words_and_nothing_is_written(tmp_path: Path, keys: dict[str, str], case: str) -> None:
    raw, out = tmp_path / "raw", tmp_path / "out"
    health_export(raw, 20, 0.0)
    change, words = BAD[case]
    given = {
        "--agency": "health", "--in": str(raw), "--out": str(out), "--map": str(raw / "columns.yml"), "--secret": keys["partnership"],
        "--agency-secret": str(tmp_path / "health" / "agency.secret")} | change(raw, out)  # fmt: skip
    given["--agency-secret"] = given["--agency-secret"] or given["--secret"]
    done = run_here(tmp_path / "home", "pseudonymise", *(x for k, v in given.items() for x in (k, v)))
    assert done.returncode == 1
    assert words in done.stderr, done.stderr
    assert "Nothing was written" in done.stderr
    assert "Traceback" not in done.stderr
    assert not out.exists()
    assert not list(tmp_path.glob(".*part"))
    assert "High Street" not in done.stderr


def test_secrets_come_from_a_private_file_or_the_environment(tmp_path: Path, keys: dict[str, str]) -> None:
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
    weak = run_here(tmp_path / "home", *common, CCE_PARTNERSHIP_SECRET="ab" * 20, CCE_AGENCY_SECRET="cd" * 32)
    assert "at least 256 bits" in weak.stderr
    Path(keys["partnership"]).chmod(0o644)
    assert "can be read by others" in run_here(tmp_path / "home", *common, "--secret", keys["partnership"]).stderr
    done = run_here(
        tmp_path / "home", *common, CCE_PARTNERSHIP_SECRET=os.urandom(32).hex(), CCE_AGENCY_SECRET=os.urandom(32).hex()
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

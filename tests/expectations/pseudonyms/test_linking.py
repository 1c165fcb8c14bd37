"""Extracts that two agencies made apart join as the truth says: precision and recall by kind of fault."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

import duckdb
import pytest
from exporting import education_export, health_export, made

from assets.store.sql_models import folder_models
from assets.store.warehouse import SQL, run_model
from data_samples.identities import HARMFUL, HARMLESS


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
    truths = {
        "health": health_export(raw["health"], n, 0.6),
        "education": education_export(raw["education"], n, 0.6),
    }
    for agency in raw:
        made(tmp_path, keys, agency, raw[agency], out[agency])
    child_of = linked(out)
    refs = {
        a: references(out[a], raw[a], tmp_path / a / "agency.secret", p)
        for a, p in (("health", "H"), ("education", "E"))
    }
    by_child = {
        a: {
            truths[a][case][0]: (child_of[ref], truths[a][case][1]) for case, ref in refs[a].items()
        }
        for a in raw
    }
    found: Counter[str] = Counter()
    pairs: Counter[str] = Counter()
    for number in by_child["health"].keys() & by_child["education"].keys():
        (one, error), (other, other_error) = (
            by_child["health"][number],
            by_child["education"][number],
        )
        for kind in {error, other_error} - (
            {"none"} if {error, other_error} != {"none"} else set()
        ):
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
        assert found[kind] >= 0.9 * pairs[kind], kind

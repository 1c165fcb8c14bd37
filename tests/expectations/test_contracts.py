"""Contracts: every agreed table has one, and the suite, the staging table and the messages come from it."""

from __future__ import annotations

import pytest

from expectations.contract import agencies, code_lists, contracts, contracts_of, ethnicity_codes
from expectations.judging.suite import build_suite
from expectations.staging import staging_sql

AGREED = {
    "trust": "people referrals s47_enquiries hub_episodes risk_assessments plans residences missing_episodes assessment_factors youth_justice "
    "interventions nrm_referrals indicators recording_changes",
    "police": "people involvements missing_reports nrm_referrals indicators recording_changes",
    "health": "people contacts indicators recording_changes",
    "education": "people enrolments attendance exclusions indicators recording_changes",
}
REQUIRED = {
    "trust": "people hub_episodes risk_assessments plans",
    "police": "people involvements missing_reports",
    "health": "people contacts",
    "education": "people enrolments exclusions",
}


@pytest.mark.parametrize("agency", AGREED)
def test_tables(agency: str) -> None:
    found = contracts_of(agency)
    assert set(found) == set(AGREED[agency].split())
    assert {t for t, c in found.items() if c.required} == set(REQUIRED[agency].split())


@pytest.mark.parametrize(
    ("contract", "columns"),
    [
        (
            "trust__people",
            "person_ref key_nhs key_upn key_name_dob key_name_postcode birth_month sex ethnicity ward_code lsoa_code",
        ),
        (
            "trust__risk_assessments",
            "episode_ref assessed_date risk_level agencies_present recorded_date",
        ),
        (
            "police__missing_reports",
            "report_ref person_ref reported_at found_at risk_grade missing_from found_ward_code found_outside_force recorded_date",
        ),
        (
            "health__contacts",
            "contact_ref person_ref service contact_date reason accepted first_seen_date recorded_date",
        ),
        ("education__attendance", "person_ref term setting sessions_possible sessions_missed"),
    ],
)
def test_columns(contract: str, columns: str) -> None:
    assert " ".join(c.name for c in contracts()[contract].columns) == columns


def test_ethnicity_codes_are_those_of_the_source() -> None:
    def codes(agency: str) -> dict[str, str]:
        column = contracts()[f"{agency}__people"].column("ethnicity")
        assert column
        return column.codes

    assert codes("police")["A1"] == "Indian"
    assert codes("police")["O1"] == "Chinese"
    assert "T" not in codes("health")
    assert "WBRI" in codes("trust")
    assert len(ethnicity_codes()) == 82


def test_retired_factors_are_refused() -> None:
    factors = code_lists()["assessment_factor"]
    assert not {"18A", "19A"} & set(factors)
    assert {"1A", "18B", "18C", "19B", "19C", "24A"} <= set(factors)


@pytest.mark.parametrize("name", sorted(contracts()))
def test_the_suite_comes_from_the_contract(name: str) -> None:
    import great_expectations as gx

    gx.get_context(mode="ephemeral")
    contract = contracts()[name]
    suite = build_suite(contract)
    tried = {e.meta["column"] for e in suite.expectations}
    assert {c.name for c in contract.columns} <= tried
    assert all(
        e.meta["words"] and e.meta["severity"] in ("error", "warn") for e in suite.expectations
    )
    for rule in contract.rules:
        assert rule.name in {e.meta["rule"] for e in suite.expectations}


@pytest.mark.parametrize("name", sorted(contracts()))
def test_the_staging_table_comes_from_the_contract(name: str) -> None:
    contract = contracts()[name]
    sql = staging_sql(contract)
    assert sql.startswith(f"-- {contract.grain}\n")
    assert all(f'as "{c.name}"' in sql for c in contract.columns)


def test_a_changed_contract_is_another_contract() -> None:
    import dataclasses

    contract = contracts()["trust__plans"]
    assert contract.digest != dataclasses.replace(contract, required=False).digest
    assert all(agencies())

"""Contracts: every agreed table has one, and the suite, the staging table and the messages come from it."""

from __future__ import annotations

import datetime as dt

import duckdb
import pytest

from expectations.contract import (
    agencies,
    code_lists,
    code_spans,
    contracts,
    contracts_of,
    ethnicity_codes,
)
from expectations.judging.suite import build_suite
from expectations.staging import row_rules, staging_sql

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


def test_retired_factors_are_of_their_time() -> None:
    factors = code_lists()["assessment_factor"]
    assert {"1A", "18B", "18C", "19B", "19C", "24A"} <= set(factors)
    until = {code: last for code, (_, last) in code_spans("assessment_factor").items()}
    assert until == dict.fromkeys(("18A", "19A"), dt.date(2021, 3, 31))


@pytest.mark.parametrize(
    ("reason", "day", "kept"),
    [
        ("OT", "2019-11-01", True),
        ("OT", "2020-08-31", True),
        ("OT", "2020-09-01", False),
        ("PP;OT", "2021-01-01", False),
        ("PP", "2021-01-01", True),
    ],
)
def test_a_code_is_accepted_on_the_days_of_its_use(reason: str, day: str, kept: bool) -> None:
    sql = row_rules(contracts()["education__exclusions"])["reasons__in_use"][0]
    row = f"select string_split('{reason}', ';') as reasons, date '{day}' as start_date"
    assert duckdb.sql(f"select {sql} from ({row})").fetchall() == [(kept,)]


@pytest.mark.parametrize("name", ["trust__missing_episodes", "police__missing_reports"])
@pytest.mark.parametrize(
    ("start", "end", "kept"),
    [
        # The hour from one to two is there twice on 29 October 2023.
        ("2023-10-29T01:50", "2023-10-29T01:10", True),
        ("2023-10-29T01:50", "2023-10-29T00:55", False),
        ("2023-10-22T01:50", "2023-10-22T01:10", False),
        ("2023-10-29T12:50", "2023-10-29T12:10", False),
        ("2023-10-29T01:10", "2023-10-29T01:50", True),
    ],
)
def test_the_hour_that_is_there_twice(name: str, start: str, end: str, kept: bool) -> None:
    contract = contracts()[name]
    first, last = (c.name for c in contract.columns if c.kind == "timestamp")
    row = f"select timestamp '{start}' as {first}, timestamp '{end}' as {last}"
    sql = row_rules(contract)["order"][0]
    assert duckdb.sql(f"select {sql} from ({row})").fetchall() == [(kept,)]


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


@pytest.mark.parametrize(
    ("born", "day", "is_kept"),
    [
        # Born in February 2005: 18 on the last day of February 2023, as everywhere.
        ("2005-02-01", "2023-02-27", True),
        ("2005-02-01", "2023-02-28", False),
        (None, "2023-03-01", None),
    ],
)
def test_an_event_of_somebody_who_is_18_is_told(born: str | None, day: str, is_kept: bool) -> None:
    sql, column, _, severity = row_rules(contracts()["health__contacts"])["contact_date__under_18"]
    assert (column, severity) == ("contact_date", "warn")
    query = f"select {sql} from (select ?::date as contact_date, ?::date as person_birth_month)"
    assert duckdb.execute(query, [day, born]).fetchall() == [(is_kept,)]


def test_every_event_of_a_child_has_the_rule_of_its_age_and_no_state_has() -> None:
    for contract in contracts().values():
        rules = [name for name in row_rules(contract) if name.endswith("__under_18")]
        is_event = contract.event and contract.column("person_ref") and not contract.is_state
        is_told = bool(is_event) and contract.table != "people"
        assert bool(rules) == is_told, contract.name

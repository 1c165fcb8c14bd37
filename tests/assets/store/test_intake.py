"""A run is made from the supplies that it settled at its start, whatever arrives meanwhile."""

from __future__ import annotations

import shutil

import pytest
from drawing import write_supply

from assets.store import intake, supply_store
from assets.store.folder import DataFolder

pytestmark = pytest.mark.usefixtures("rules_hold")


def test_what_arrives_meanwhile_waits_for_the_next_run(data: DataFolder) -> None:
    write_supply(data.inbox, "trust")
    with data.workspace("run"):
        settled = intake.current_intake(data)
        intake.fix_for_run(data, "run", settled)
        write_supply(
            data.inbox,
            "trust",
            "2024-05-05",
            extracted_at="2024-05-05T06:00",
            period_end="2024-04-30",
        )
        assert intake.take_in(data, "trust") == []
        assert [s.supply_date for s in supply_store.in_use(data)] == ["2024-05-05"]
        assert [s.supply_date for s in intake.intake_of_run(data, "run").supplies] == ["2024-04-05"]
    assert [s.supply_date for s in intake.current_intake(data).supplies] == ["2024-05-05"]


def test_only_refusals_that_matter_now_are_told(data: DataFolder) -> None:
    write_supply(
        data.inbox,
        "trust",
        "2024-03-05",
        key_fingerprint="0123456789abcdef",
        extracted_at="2024-04-02T06:00",
    )
    assert intake.current_intake(data).refused == [
        "Birmingham Children's Trust: the supply of 5 March 2024 was refused; the last accepted one, if any, is in use."
    ]
    write_supply(data.inbox, "trust")
    assert intake.current_intake(data).refused == []


def test_a_refused_correction_of_the_supply_in_use_is_told(data: DataFolder) -> None:
    write_supply(data.inbox, "trust")
    assert intake.current_intake(data).refused == []
    shutil.rmtree(data.inbox / "trust" / "2024-04-05")
    write_supply(data.inbox, "trust", key_fingerprint="0123456789abcdef")
    (told,) = intake.current_intake(data).refused
    assert "the supply of 5 April 2024 was refused" in told

"""A run is made from the supplies that it settled at its start, whatever arrives meanwhile."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

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


def with_link(folder: Path) -> Path:
    (folder / "plans.csv").unlink()
    (folder / "plans.csv").symlink_to("people.csv")
    return folder


def with_folder(folder: Path) -> Path:
    (folder / "older").mkdir()
    return folder


def without_day(folder: Path) -> Path:
    return folder.rename(folder.with_name("latest"))


def too_large(folder: Path) -> Path:
    with (folder / "plans.csv").open("r+b") as file:
        file.truncate(10 * 10**9)  # sparse: takes no room
    return folder


@pytest.mark.parametrize("spoil", [with_link, with_folder, without_day, too_large])
def test_what_is_refused_unread_counts_as_looked_at(
    data: DataFolder, spoil: Callable[[Path], Path]
) -> None:
    """Else nobody is told of any refusal, and no refresh ever finds that there is nothing to do."""
    folder = spoil(write_supply(data.inbox, "trust"))
    assert not supply_store.receive(data, folder, "trust").is_accepted
    (known,) = supply_store.inbox_state(data)
    assert supply_store.is_known(data, *known)


def test_a_folder_within_a_supply_is_taken_out_and_the_supply_is_taken_in(
    data: DataFolder,
) -> None:
    folder = with_folder(write_supply(data.inbox, "trust"))
    assert not supply_store.receive(data, folder, "trust").is_accepted
    (folder / "older").rmdir()
    report = supply_store.receive(data, folder, "trust")
    assert report.is_accepted, report.message()


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

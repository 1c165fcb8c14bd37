"""Several hundred broken supplies, each made from a good one by breaking one rule: each is found for that rule, no message shows a cell."""

from __future__ import annotations

import csv
import datetime as dt
import functools
import random
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from conftest import SAMPLES
from drawing import Row, canary_people, seal, write_csv, write_supply

from expectations.contract import KINDS, Column, Contract, agencies, contracts_of
from expectations.judging.judge import judge_folder
from expectations.judging.report import Report
from expectations.spec.example import example_tables

MARK = "zebedee"
pytestmark = pytest.mark.usefixtures("quick_rules")


@dataclass(frozen=True)
class Mutation:
    """One broken rule: where, the rule that must speak, and the change to the rows."""

    table: str
    column: str
    rules: tuple[str, ...]
    change: Callable[[list[Row]], None]
    # Another column that the change needs.
    also: str = ""


def put(column: str, value: str, row: int = -1) -> Callable[[list[Row]], None]:
    def change(rows: list[Row]) -> None:
        rows[row][column] = value

    return change


def of_column(contract: Contract, c: Column) -> Iterator[Mutation]:
    """Every way in which one cell of a column can break its contract."""

    def broken(value: str, *rules: str, row: int = -1) -> Mutation:
        return Mutation(contract.table, c.name, rules, put(c.name, value, row))

    shape = "code_list" if c.kind == "codes" else "shape"
    if c.kind != "words":
        yield broken(f"{MARK}!", shape)
    yield broken(f"={MARK}()", shape)
    yield broken(f"<b>{MARK}</b>", shape)
    if c.blank != "allowed":
        yield broken("", "not_blank")
    if c.kind in ("date", "moment", "timestamp"):
        late, early = (
            ("2031-02-03", "1931-02-03")
            if c.kind == "date"
            else ("2031-02-03T10:00", "1931-02-03T10:00")
        )
        # The end of a plan or an order may lie ahead.
        if not c.planned:
            yield broken(late, "not_after_extract")
        if contract.table != "people" and contract.column("person_ref"):
            yield broken(early, "not_before_birth")
        yield broken(late.replace("2031-02-03", "2023-02-30"), "real")
        yield broken(late.replace("2031-02-03", "03/02/2023"), "shape")
        if not c.planned:
            # How some systems write that there is no end yet.
            yield broken(late.replace("2031-02-03", "9999-12-31"), "not_after_extract")
    if c.kind in ("moment", "timestamp"):
        yield broken("2023-02-03T10:00Z", "shape")
        yield broken("2023-02-03T10:00+01:00", "shape")
    # A text, a reference and an agency's own short code may be any word.
    if c.kind not in ("words", "ref", "short_code"):
        # What systems write where nothing is known, and how Excel keeps noughts.
        yield broken("NULL", shape, "identifier")
        yield broken('="12"', shape, "identifier")
    if c.kind == "month":
        yield broken("2009-13", "real")
        yield broken("2009", "shape")
    if c.kind in ("codes", "list_of") and c.codes:
        yield broken(next(iter(c.codes)).lower() + "x", shape)
    yield from out_of_use(contract, c)
    if c.kind == "list_of":
        yield broken(f"{next(iter(c.codes))},{next(iter(c.codes))}", "shape")
        yield broken(f"{next(iter(c.codes))};", "shape")
    if c.kind == "key":
        yield broken("ab" * 31, "shape")
        yield broken("AB" * 32, "shape", "identifier")
    if c.kind in ("integer", "hour"):
        yield broken("-1", "shape")
        yield broken("1.5", "shape")
    if c.unique:
        yield Mutation(
            contract.table,
            c.name,
            ("unique",),
            lambda rows: rows[-1].update({c.name: rows[-2][c.name]}),
        )
    if c.references:
        yield broken(f"{agencies()[contract.agency].prefix}99999", "known")


def out_of_use(contract: Contract, c: Column) -> Iterator[Mutation]:
    """Codes on a day before they came into use, or after they went out of it."""
    for code, (first, last) in c.spans.items():
        days = [first - dt.timedelta(days=1)] if first else []
        days += [last + dt.timedelta(days=1)] if last else []
        for day in days:
            if c.as_of and dt.date(2019, 4, 1) <= day <= dt.date(2024, 4, 1):
                cells = {c.name: code, c.as_of: day.isoformat()}
                change = functools.partial(_update_last, cells)
                yield Mutation(contract.table, c.name, ("in_use",), change, c.as_of)


def _update_last(cells: Row, rows: list[Row]) -> None:
    rows[-1].update(cells)


def of_table(contract: Contract) -> Iterator[Mutation]:
    for c in contract.columns:
        yield from of_column(contract, c)


def of_agency(agency: str) -> list[Mutation]:
    return [m for contract in contracts_of(agency).values() for m in of_table(contract)]


def good(agency: str) -> dict[str, list[Row]]:
    tables = example_tables(agency)
    tables["people"] = canary_people(agency, agencies()[agency].prefix) + tables["people"]
    return tables


def judged(folder: Path, agency: str, tables: dict[str, list[Row]], scratch: Path) -> Report:
    for table, rows in tables.items():
        write_csv(
            folder / f"{table}.csv", [c.name for c in contracts_of(agency)[table].columns], rows
        )
    provider = "INV01" if agencies()[agency].providers else None
    seal(folder, agency, provider)
    report = Report(agency, provider, "2024-04-05")
    return judge_folder(folder, report, None, lambda _: None, dt.date(2024, 4, 5), scratch)


def needed(agency: str, tables: dict[str, list[Row]], broken: set[str]) -> dict[str, list[Row]]:
    """The broken tables, those they refer to, and the required ones, without which there is no supply."""
    return {
        name: rows
        for name, rows in tables.items()
        if name in broken or contracts_of(agency)[name].required
    }


# The two smallest extracts are tried each time, all of them in the long tests.
LARGE = ("trust", "police", "health")
EACH = [pytest.param(a, marks=pytest.mark.long if a in LARGE else ()) for a in agencies()]


@pytest.mark.parametrize("agency", EACH)
def test_each_broken_rule_is_found_for_the_right_reason(tmp_path: Path, agency: str) -> None:
    """Mutations of different columns go into one supply, so that several hundred take a minute: each must be named."""
    mutations = of_agency(agency)
    rounds = 0
    while mutations:
        tables = {t: [dict(r) for r in rows] for t, rows in good(agency).items()}
        chosen: list[Mutation] = []
        for m in list(mutations):
            # One for each column, and references stay whole while another column of the table is tried.
            if (m.table, m.column) not in {(x.table, x.column) for x in chosen} and not _meddles(
                m, chosen
            ):
                chosen.append(m)
                mutations.remove(m)
                m.change(tables[m.table])
        rounds += 1
        folder = tmp_path / f"round{rounds}"
        folder.mkdir()
        report = judged(folder, agency, needed(agency, tables, {m.table for m in chosen}), tmp_path)
        found = {(f.table, f.column, f.rule) for f in report.findings}
        if report.identifies:
            # Quarantined before any rule of the contract is tried: those that were not named are tried again without it.
            named = {(table, column) for table, column, rule in found if rule == "identifier"}
            for m in chosen:
                if (m.table, m.column) not in named:
                    mutations.append(m)
                else:
                    assert "identifier" in m.rules, (m.table, m.column, m.rules)
            assert named
            assert named <= {(m.table, m.column) for m in chosen}
            continue
        for m in chosen:
            assert any((m.table, m.column, rule) in found for rule in m.rules), (
                m.table,
                m.column,
                m.rules,
            )
        said = report.message() + " ".join(f.sentence() for f in report.findings)
        assert MARK not in said
        assert not re.search(r"2031|1931|99999", said)


# Columns that other tables refer to.
REFERRED_TO = {("people", "person_ref"), ("hub_episodes", "episode_ref")}


def _meddles(m: Mutation, chosen: list[Mutation]) -> bool:
    """Whether two mutations of a round would hide each other: a reference that others need, a month of birth."""
    return any(_hides(one, other) or _hides(other, one) for one, other in ((m, x) for x in chosen))


def _hides(one: Mutation, other: Mutation) -> bool:
    is_birth = "not_before_birth" in other.rules
    if one.table == other.table and one.also == other.column:
        return True
    if (one.table, one.column) in REFERRED_TO:
        return is_birth or other.column in ("person_ref", "episode_ref")
    if (one.table, one.column) == ("people", "birth_month"):
        return is_birth
    return one.column == "person_ref" and one.table == other.table and is_birth


def test_there_are_several_hundred() -> None:
    mutations = [m for a in agencies() for m in of_agency(a)]
    assert len(mutations) > 1_500
    assert sum("in_use" in m.rules for m in mutations) >= 5


STRUCTURE: dict[str, tuple[Callable[[str], str], str]] = {
    "a column twice": (
        lambda t: re.sub(r"^([^,\n]+)", r"\1,\1", t, flags=re.M),
        "duplicated_column",
    ),
    "a column left out": (lambda t: re.sub(r"^[^,\n]+,", "", t, flags=re.M), "missing_column"),
    "a column too many": (
        lambda t: re.sub(r"$", f",{MARK}", t.rstrip("\n"), flags=re.M) + "\n",
        "unknown_column",
    ),
    "no header": (lambda t: t.split("\n", 1)[1], "header"),
    "another separator": (lambda t: t.replace(",", ";"), "delimiter"),
    "a cell too many": (lambda t: t.rstrip("\n") + f",{MARK}\n", "ragged_row"),
    "an open quote": (lambda t: t.rstrip("\n") + f'\n"{MARK}', "unreadable"),
    "a title above the header": (lambda t: f"Children with an indicator\n\n{t}", "header"),
    "a line of totals": (
        lambda t: f"{t.rstrip()}\nTotal: 60{',' * t.split(chr(10), 1)[0].count(',')}\n",
        "shape",
    ),
    "a line of separators": (
        lambda t: f"{t.rstrip()}\n{',' * t.split(chr(10), 1)[0].count(',')}\n",
        "not_blank",
    ),
    "nothing at all": (lambda t: "", "empty_file"),
    "a NUL": (lambda t: t.replace(",", ",\0", 1), "header"),
}


@pytest.mark.parametrize("case", STRUCTURE)
@pytest.mark.parametrize("agency", agencies())
def test_a_broken_file_is_found_for_the_right_reason(
    tmp_path: Path, agency: str, case: str
) -> None:
    folder = write_supply(tmp_path, agency)
    change, rule = STRUCTURE[case]
    name = {
        "trust": "risk_assessments",
        "police": "missing_reports",
        "health": "contacts",
        "education": "exclusions",
    }[agency]
    path = folder / f"{name}.csv"
    path.write_text(change(path.read_text()))
    seal(folder, agency, "INV01" if agencies()[agency].providers else None)
    report = Report(agency, "INV01" if agencies()[agency].providers else None, "2024-04-05")
    judge_folder(folder, report, None, lambda _: None, dt.date(2024, 4, 5), tmp_path)
    rules = {f.rule for f in report.errors if f.table == name}
    assert (
        rules & {rule, "unknown_column", "missing_column", "unreadable"}
        if case == "a NUL"
        else rule in rules
    ), report.message()
    assert MARK not in report.message() or case == "a column too many"


@pytest.mark.long
@pytest.mark.parametrize(
    "supply", sorted(p.parent.relative_to(SAMPLES).as_posix() for p in SAMPLES.rglob("supply.json"))
)
def test_a_good_supply_is_never_refused(tmp_path: Path, supply: str) -> None:
    """The samples, with their rows in any order."""
    agency = supply.split("/")[0]
    folder = tmp_path / "2024-04-05"
    folder.mkdir()
    for path in (SAMPLES / supply).glob("*.csv"):
        header, *rows = list(csv.reader(path.open()))
        random.Random(5).shuffle(rows)
        with (folder / path.name).open("w", newline="") as f:
            csv.writer(f).writerows([header, *rows])
    provider = supply.split("/")[1] if agencies()[agency].providers else None
    seal(folder, agency, provider)
    report = Report(agency, provider, "2024-04-05")
    judge_folder(folder, report, None, lambda _: None, dt.date(2024, 4, 5), tmp_path)
    assert report.is_accepted, report.message()


def test_every_kind_of_value_is_mutated() -> None:
    kinds = {
        c.kind
        for a in agencies()
        for contract in contracts_of(a).values()
        for c in contract.columns
    }
    assert kinds <= set(KINDS)

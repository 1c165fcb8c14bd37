"""Who is counted in which cell: the register's breakdowns over the rows that the `out_` models
give. No Dagster here.

A model gives one row per child (or event of a child) that a figure counts, with the groups it is
in; a row that is silent on a dimension is no part of that breakdown. For example

    figure           | person_id | plan | risk_grade
    missing_children | 7         | CLA  |
    missing_reports  | 7         |      | high

is child 7 in `missing_children`, in all and in care, and one report in `missing_reports`, in all
and of high risk.

A row may say on which `day` it counts (else it is the as-at date), or when it `happened_on`: it
then counts in every window that holds that day, the figure's own and those of its series. A cell
in which nobody is counts nobody: it is 0, and not left out.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator

import duckdb

from assets.store.warehouse import PROFILE_TABLE, SQL
from profiles.figures.counted import (
    Cell,
    Counted,
    CountingError,
    Groups,
    Number,
    Period,
    Residents,
)
from profiles.figures.declared import (
    MONTH,
    BreakdownEntry,
    Figure,
    FigureEntry,
    Register,
    by_month,
    earlier_days,
)

# What a row may say besides its groups.
FACTS = (
    "figure",
    "person_id",
    "event",
    "day",
    "happened_on",
    "number",
    "of",
    "average",
    "children",
    "note",
    "period_start",
    "period_end",
)
PLACES = ("group", "group2", "group3")


def count(
    con: duckdb.DuckDBPyConnection,
    register: Register,
    models: list[str],
    only: Collection[str] | None = None,
) -> Counted:
    """Everything that the `out_` models give on the connection's as-at date (`set_as_at`); leaves
    table `members`: who is in which cell, and how often.

    `only` names the figures whose members are counted, where not all are. Numbers, notes and
    residents, which nobody is a member of, are there in either case.

    Raises CountingError where a model and the register do not fit.
    """
    columns = _columns(con, models)
    _check_columns(register, columns)
    con.execute(
        "create or replace temp table memberships (figure varchar, day date not null, group_type "
        'varchar, "group" varchar, '
        "group2_type varchar, group2 varchar, group3_type varchar, group3 varchar, person_id "
        "bigint, times bigint)"
    )
    _check_sections(con, register, models)
    for figure in register.figures.values():
        if figure.is_counted and (only is None or figure.key in only):
            # All models of the section, whether or not they have a row of the figure today.
            tables = []
            for name in models:
                if section_of(name) == figure.section and "person_id" in columns[name]:
                    tables.append(name)
            for select in _selects(register, figure, tables, columns):
                con.execute(f"insert into memberships {select}")
    con.execute((SQL / "counting" / "members.sql").read_text("utf-8"))
    numbers = tuple(_numbers(con, register, models, columns))
    as_at = con.execute("select as_at()").fetchall()[0][0]
    return Counted(
        as_at,
        dict(_cells(con)),
        numbers,
        _periods(con),
        _earlier_days(con),
        _notes(con, models, columns),
        _residents(con),
        _windows(con),
    )


def _columns(con: duckdb.DuckDBPyConnection, models: list[str]) -> dict[str, list[str]]:
    """The columns of each model, in its own order."""
    columns: dict[str, list[str]] = {name: [] for name in models}
    rows = con.execute(
        "select table_name, column_name from duckdb_columns() order by table_name, column_index"
    ).fetchall()
    for name, column in rows:
        if name in columns:
            columns[name].append(column)
    return columns


def _check_columns(register: Register, columns: dict[str, list[str]]) -> None:
    for name, of_model in columns.items():
        for column in of_model:
            if column not in FACTS and column not in register.dimensions:
                raise CountingError(
                    f"{name} has the column {column}, which is no dimension of the register"
                )


def section_of(model: str) -> str:
    """The section of a model: `out_<section>` or `out_<section>__<part>`."""
    return model.removeprefix(PROFILE_TABLE).partition("__")[0]


def _check_sections(con: duckdb.DuckDBPyConnection, register: Register, models: list[str]) -> None:
    """A figure is counted in the models of its own section and in no other."""
    for name in models:
        for (figure,) in con.execute(f'select distinct figure from "{name}"').fetchall():
            if figure not in register.figures:
                raise CountingError(
                    f"{name} gives {figure}, which no section of the register declares"
                )
            declared = register.figures[figure].section
            if declared != section_of(name):
                raise CountingError(
                    f"{name} gives {figure}, which is declared in register/{declared}.yml"
                )


def _selects(
    register: Register, figure: Figure, tables: list[str], columns: dict[str, list[str]]
) -> Iterator[str]:
    """Selects of a figure's memberships: in all, and in each breakdown; a sum of groups is a group
    of its own.
    """
    if not tables:
        return
    # The events of months are those that the figure itself counts.
    counted_as = figure.key
    if figure.is_by_month:
        counted_as = figure.key.removesuffix(by_month(""))
    where = f"where figure = {_text(counted_as)}"
    rows = " union all by name ".join(f'select * from "{name}" {where}' for name in tables)
    there = {column for name in tables for column in columns[name]}
    if figure.entry.total:
        yield _select(figure, figure.entry, rows, there, {})
    for breakdown in figure.entry.breakdowns:
        if not set(breakdown.by) <= there:
            words = (
                f"{', '.join(tables)} gives {figure.key} without "
                f"{', '.join(sorted(set(breakdown.by) - there))}"
            )
            raise CountingError(f"{words}, by which its entry breaks it down")
        yield _select(figure, breakdown, rows, there, {d: f'"{d}"' for d in breakdown.by})
        for sum_of in _sums(register, breakdown):
            yield _select(figure, breakdown, rows, there, {breakdown.by[0]: sum_of})


def _sums(register: Register, breakdown: BreakdownEntry) -> Iterator[str]:
    if not breakdown.sums:
        return
    (dimension,) = breakdown.by
    for group in register.dimensions[dimension].groups:
        if group.is_sum:
            parts = ", ".join(_text(part) for part in group.made_of)
            yield f'case when "{dimension}" in ({parts}) then {_text(group.group)} end'


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def _select(
    figure: Figure,
    of: FigureEntry | BreakdownEntry,
    rows: str,
    columns: set[str],
    groups: dict[str, str],
) -> str:
    """Who is in each cell of a total or a breakdown, day by day; `groups` gives each dimension's
    group as an expression.
    """
    shown = []
    conditions = ["person_id is not null"]
    for place in range(len(PLACES)):
        dimension, expression = list(groups.items())[place] if place < len(groups) else ("", "''")
        is_all = place == 0 and not groups
        shown += ["'all'", "'all'"] if is_all else [_text(dimension), expression]
        if dimension:
            conditions.append(f"{expression} is not null")
    keys = f"{_text(figure.key)}, counted_on, {', '.join(shown)}, person_id"
    on_days = _on_days(figure, of, rows, columns)
    return (
        f"select {keys}, {_times(figure, columns)} from ({on_days}) where "
        f"{' and '.join(conditions)} group by all"
    )


def _on_days(figure: Figure, of: FigureEntry | BreakdownEntry, rows: str, columns: set[str]) -> str:
    """The rows with the day that each is counted on: once for each window that holds the day on
    which it happened.
    """
    kinds = ", ".join(_text(kind) for kind in earlier_days(figure.entry, of))
    days = "select as_at() as counted_on"
    if kinds:
        days += f" union select day from core_earlier_days where kind in ({kinds})"
    if figure.is_by_month:
        days = f"select day as counted_on from core_windows where period = {_text(MONTH)}"
    selects = []
    if not figure.is_by_month:
        day = "coalesce(day, as_at())" if "day" in columns else "as_at()"
        where = "where happened_on is null" if "happened_on" in columns else ""
        stock = f"select *, {day} as counted_on from ({rows}) {where}"
        selects.append(f"from ({stock}) semi join ({days}) using (counted_on)")
    if "happened_on" in columns:
        windows = (
            f"select day as counted_on, starts from core_windows semi join ({days}) as d on "
            f"d.counted_on = day where period = {_text(figure.entry.period)}"
        )
        selects.append(
            f"select r.*, w.counted_on from ({rows}) as r join ({windows}) as w on r.happened_on "
            "between w.starts and w.counted_on"
        )
    return " union all by name ".join(f"({select})" for select in selects)


def _times(figure: Figure, columns: set[str]) -> str:
    """How often a child counts in a cell: once, or once per event. Rows that name their event count
    it once however many groups it is in.
    """
    if figure.gives == "children":
        return "1"
    if "event" in columns:
        return "coalesce(nullif(count(distinct event), 0), count(*))"
    return "count(*)"


def _cells(con: duckdb.DuckDBPyConnection) -> Iterator[tuple[tuple[str, dt.date, Groups], Cell]]:
    rows = con.execute((SQL / "counting" / "cells.sql").read_text("utf-8")).fetchall()
    for figure, day, *places, numerator, contributors, top_two in rows:
        pairs = zip(places[::2], places[1::2], strict=True)
        groups = frozenset((t, g) for t, g in pairs if t not in ("", "all"))
        yield (figure, day, groups), Cell(float(numerator), float(contributors), float(top_two))


def _numbers(
    con: duckdb.DuckDBPyConnection,
    register: Register,
    models: list[str],
    columns: dict[str, list[str]],
) -> Iterator[Number]:
    for name in models:
        if not {"number", "average"} & set(columns[name]):
            continue
        dimensions = [c for c in columns[name] if c in register.dimensions]
        facts = ["number", "of", "average", "children", "note", "period_start", "period_end"]
        wanted = [f'"{c}"' if c in columns[name] else f'null as "{c}"' for c in facts]
        named = ", ".join([*wanted, *(f'"{d}"' for d in dimensions)])
        if "person_id" in columns[name]:
            where = "person_id is null"
        else:
            where = "true"
        rows = con.execute(
            f'select figure, {named} from "{name}" where {where} order by all'
        ).fetchall()
        for figure, number, of_how_many, average, children, note, start, end, *groups in rows:
            own_groups = {d: g for d, g in zip(dimensions, groups, strict=True) if g is not None}
            period = (start, end) if start is not None else None
            yield Number(
                figure, own_groups, number, of_how_many, average, children, note or "", period
            )


def _notes(
    con: duckdb.DuckDBPyConnection, models: list[str], columns: dict[str, list[str]]
) -> dict[str, str]:
    """What models say beside a counted figure: rows of nobody, with a note alone."""
    notes: dict[str, str] = {}
    for name in models:
        if {"note", "person_id"} <= set(columns[name]):
            rows = con.execute(
                f'select figure, note from "{name}" where person_id is null and note is not null'
            )
            notes |= {str(figure): str(note) for figure, note in rows.fetchall()}
    return notes


def _periods(con: duckdb.DuckDBPyConnection) -> dict[str, Period]:
    rows = con.execute("select period, starts, ends from core_periods").fetchall()
    return {str(period): (starts, ends) for period, starts, ends in rows}


def _windows(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, dt.date], Period]:
    rows = con.execute("select period, day, starts from core_windows").fetchall()
    return {(str(period), day): (starts, day) for period, day, starts in rows}


def _earlier_days(con: duckdb.DuckDBPyConnection) -> dict[str, tuple[dt.date, ...]]:
    found: dict[str, tuple[dt.date, ...]] = {
        "month ends": (),
        "years before": (),
        "last edition": (),
        "published dates": (),
    }
    for kind, days in con.execute(
        "select kind, list(day order by day) from core_earlier_days group by kind"
    ).fetchall():
        found[str(kind)] = tuple(days)
    return found


def _residents(con: duckdb.DuckDBPyConnection) -> dict[tuple[str, str, str], Residents]:
    rows = con.execute(
        "select area_code, sex, ethnicity, persons, quality, source from core_residents"
    ).fetchall()
    residents = {}
    for area, sex, group, n, quality, source in rows:
        residents[(area, sex, group)] = Residents(float(n), quality, source)
    return residents

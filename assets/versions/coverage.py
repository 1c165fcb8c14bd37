"""Which days the supplies in use tell of, by agency, table and optional column. No Dagster here."""

from __future__ import annotations

from assets.store.intake import Intake
from assets.store.supply_store import Supply
from expectations.contract import agencies, contracts_of
from expectations.judging.validate import header_of
from profiles.areas import Area
from profiles.figures.exact import Coverage


def coverage(in_use: Intake, area: Area) -> list[Coverage]:
    """For every agency and every table: over which days the supplies in use that have it tell the
    facts.

    An agency that the area does not have tells nothing, and says so.
    """
    covered = []
    for agency in agencies().values():
        supplies = [supply for supply in in_use.supplies if supply.agency == agency.key]
        name = agency.name
        if agency.key in area.agencies:
            name = area.agencies[agency.key].name
        covered.append(_covered(agency.key, name, supplies, area))
        for table, contract in contracts_of(agency.key).items():
            title = f"{name}, {table.replace('_', ' ')}"
            having = [supply for supply in supplies if table in supply.tables]
            covered.append(_covered(contract.name, title, having, area))
            for column in contract.columns:
                if column.optional:
                    # One supply without the column is enough: its children would be missing.
                    all_have = all(_has_column(s, table, column.name) for s in having)
                    source = f"{contract.name}.{column.name}"
                    words = f"{title}, {column.name.replace('_', ' ')}"
                    covered.append(_covered(source, words, having if all_have else [], area))
    return covered


def _covered(source: str, title: str, supplies: list[Supply], area: Area) -> Coverage:
    """The days that all of these supplies cover."""
    starts = max((supply.manifest.period_start for supply in supplies), default=None)
    ends = min((supply.manifest.period_end for supply in supplies), default=None)
    takes_part = source.partition("__")[0] in area.agencies
    return Coverage(source, title, starts, ends, takes_part=takes_part)


def _has_column(supply: Supply, table: str, column: str) -> bool:
    """Whether a supply has a column and does not say that it was not supplied."""
    if f"{table}.{column}" in supply.manifest.not_supplied:
        return False
    return column in header_of(supply.tables[table])

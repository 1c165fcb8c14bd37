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

    def covered(source: str, title: str, having: list[Supply]) -> Coverage:
        starts = max((s.manifest.period_start for s in having), default=None)
        ends = min((s.manifest.period_end for s in having), default=None)
        takes_part = source.partition("__")[0] in area.agencies
        return Coverage(source, title, starts, ends, takes_part=takes_part)

    found = []
    for agency in agencies().values():
        own_supplies = [s for s in in_use.supplies if s.agency == agency.key]
        if agency.key in area.agencies:
            name = area.agencies[agency.key].name
        else:
            name = agency.name
        found.append(covered(agency.key, name, own_supplies))
        for table, contract in contracts_of(agency.key).items():
            title = f"{name}, {table.replace('_', ' ')}"
            having = [s for s in own_supplies if table in s.tables]
            found.append(covered(contract.name, title, having))
            for column in (c.name for c in contract.columns if c.optional):
                # A supply that names the column as not supplied, or has no such column, tells
                # nothing of it.
                telling = [
                    s
                    for s in having
                    if f"{table}.{column}" not in s.manifest.not_supplied
                    and column in header_of(s.tables[table])
                ]
                named = f"{title}, {column.replace('_', ' ')}"
                found.append(
                    covered(
                        f"{contract.name}.{column}",
                        named,
                        telling if len(telling) == len(having) else [],
                    )
                )
    return found

"""A contract as Table Schema (Frictionless), so that an agency's own tools can check a table before
it is sent.
"""

from __future__ import annotations

from typing import Any

from expectations.contract import KINDS, Column, Contract

_TYPES: dict[str, dict[str, Any]] = {
    "date": {"type": "date", "format": "%Y-%m-%d"},
    "timestamp": {"type": "datetime", "format": "%Y-%m-%dT%H:%M"},
    "integer": {"type": "integer"},
    "hour": {"type": "integer"},
    "number": {"type": "number"},
}


def table_schema(contract: Contract) -> dict[str, Any]:
    """The schema of one table. Rules across columns are in words: Table Schema has no place for
    them.
    """
    description = "; ".join([contract.population, *(r.words for r in contract.rules)])
    fields = [_field(c) for c in contract.columns]
    schema: dict[str, Any] = {
        "name": contract.name,
        "title": contract.grain,
        "description": description,
        "fields": fields,
        "missingValues": [""],
    }
    keys = []
    for c in contract.columns:
        if c.references:
            keys.append(
                {
                    "fields": c.name,
                    "reference": {
                        "resource": c.references,
                        "fields": "person_ref" if c.references == "people" else c.name,
                    },
                }
            )
    return schema | ({"foreignKeys": keys} if keys else {})


def _field(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {}
    if column.blank == "error":
        constraints["required"] = True
    if column.unique:
        constraints["unique"] = True
    if column.kind == "codes":
        constraints["enum"] = list(column.codes)
    elif column.kind == "hour":
        constraints |= {"minimum": 0, "maximum": 23}
    elif column.kind not in _TYPES:
        constraints["pattern"] = column.pattern
    description = KINDS[column.kind].words
    return {
        "name": column.name,
        **_TYPES.get(column.kind, {"type": "string"}),
        "description": description,
        "constraints": constraints,
    }

"""The invented city as city.yml has it: wards, codes, and how often anything happens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from pydantic import BaseModel, ConfigDict

from expectations.reading import read_file


class Return(BaseModel):
    """Aggregates that one agency supplies: of each indicator the unit, and about how many a
    year.
    """

    model_config = ConfigDict(extra="forbid")

    source: str
    year_begins: str
    indicators: dict[str, tuple[str, int]]


class City(BaseModel):
    """city.yml; its comments say what each part is."""

    model_config = ConfigDict(extra="forbid")

    birmingham: str
    residents: list[int]
    wards_with_many: list[int]
    wards_with_few: list[int]
    outside_wards: list[str]
    outside_las: list[str]
    ethnicities: list[tuple[str, str, str, int, str]]
    known_to: dict[str, tuple[float, float]]
    holds_key: dict[str, tuple[float, float, float, float]]
    factors: dict[str, tuple[float, float]]
    markers: dict[str, tuple[float, float]]
    shares: dict[str, dict[str, float]]
    returns: dict[str, Return]
    recording_changes: list[dict[str, str]]
    not_supplied: dict[str, dict[str, str]]


CITY = read_file(City, Path(__file__).with_name("city.yml"))
BIRMINGHAM = CITY.birmingham
OUTSIDE_WARDS = np.array(CITY.outside_wards, dtype=object)
OUTSIDE_LAS = np.array(CITY.outside_las, dtype=object)
WARDS = np.array([f"E050{n}" for n in range(11118, 11118 + len(CITY.residents))], dtype=object)

# The same uneven city in every block.
_UNEVEN = np.random.default_rng(7).gamma(12.0, size=len(CITY.residents))
WARD_WEIGHTS = np.array(CITY.residents) * _UNEVEN
WARD_WEIGHTS[CITY.wards_with_many] *= 2.5
WARD_WEIGHTS[CITY.wards_with_few] *= 0.4
WARD_ODDS = WARD_WEIGHTS / WARD_WEIGHTS.sum()

# Codes by agency; the last one of each is "not known".
UNKNOWN = len(CITY.ethnicities)
_TRUST, _HEALTH, _POLICE, _WEIGHTS, _BROAD = zip(*CITY.ethnicities, strict=True)
CODES = {
    "trust": np.array([*_TRUST, "NOBT"], dtype=object),
    "education": np.array([*_TRUST, "NOBT"], dtype=object),
    "health": np.array([*_HEALTH, "Z"], dtype=object),
    "police": np.array([*_POLICE, "NS"], dtype=object),
}
IS_WHITE = np.array([group == "White" for group in _BROAD])
WEIGHTS = np.array([*_WEIGHTS, 0], dtype=float)
ETHNIC_ODDS = WEIGHTS / WEIGHTS.sum()

assert len(OUTSIDE_LAS) == len(OUTSIDE_WARDS)

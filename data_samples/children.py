"""Who the invented children are: birth month, sex, ethnicity, home, which agencies know them, their
linkage keys.

Everything is drawn per block of about 5,000 children, as numpy arrays. Days are whole days since
1970.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from expectations.pseudonyms import canaries
from expectations.pseudonyms.keys import fingerprint

Ints = np.ndarray[tuple[int], np.dtype[np.int64]]
Flags = np.ndarray[tuple[int], np.dtype[np.bool_]]
Texts = np.ndarray[tuple[int], np.dtype[np.object_]]

PERIOD_START, PERIOD_END = np.datetime64("2019-04-01"), np.datetime64("2024-03-31")
FIRST, LAST = int(PERIOD_START.astype(int)), int(PERIOD_END.astype(int))
SNAPSHOTS = (
    int(np.datetime64("2023-07-31").astype(int)),
    int(np.datetime64("2024-03-01").astype(int)),
)
BIRMINGHAM = "E08000025"
WARDS = np.array([f"E050{n}" for n in range(11118, 11187)], dtype=object)
# Neighbouring districts: ward-shaped codes that are no ward of Birmingham, and the district's own
# code.
OUTSIDE_WARDS = np.array(
    ["E05001264", "E05001289", "E05011345", "E05015101", "E05012998"], dtype=object
)
OUTSIDE_LAS = np.array(
    ["E08000028", "E08000029", "E08000027", "E08000030", "E07000194"], dtype=object
)

# Residents aged 10–17 of each ward in hundreds (ONS mid-2022, estimated), for how many invented
# children live there; and
# neighbouring wards where more, or fewer, do, so that a map has something to show. Which ones is
# invented too.
RESIDENTS = np.array(
    [
        29,
        13,
        44,
        36,
        15,
        26,
        26,
        17,
        18,
        21,
        9,
        18,
        20,
        32,
        12,
        12,
        16,
        20,
        16,
        16,
        33,
        12,
        33,
        13,
        16,
        21,
        22,
        22,
        11,
        15,
        13,
        15,
        27,
        14,
        21,
        18,
        21,
        21,
        19,
        22,
        10,
        21,
        22,
        14,
        12,
        22,
        11,
        14,
        21,
        34,
        24,
        12,
        40,
        31,
        10,
        27,
        9,
        11,
        11,
        13,
        10,
        19,
        15,
        8,
        17,
        23,
        28,
        11,
        20,
    ]
)
MANY, FEW = [3, 17, 21, 32, 42, 43, 55], [56, 57, 58, 59, 60, 61, 62, 63]
# The same uneven city in every block.
WARD_WEIGHTS = RESIDENTS * np.random.default_rng(7).gamma(12.0, size=len(RESIDENTS))
WARD_WEIGHTS[MANY] *= 2.5
WARD_WEIGHTS[FEW] *= 0.4

# (education and Trust, NHS, police, weight, broad group)
ETHNICITIES = (
    ("WBRI", "A", "W1", 30, "White"),
    ("WIRI", "B", "W2", 1, "White"),
    ("WROM", "C", "W3", 1, "White"),
    ("WOTH", "C", "W9", 3, "White"),
    ("MWBC", "D", "M1", 7, "Mixed"),
    ("MWBA", "E", "M2", 1, "Mixed"),
    ("MWAS", "F", "M3", 2, "Mixed"),
    ("MOTH", "G", "M9", 2, "Mixed"),
    ("AIND", "H", "A1", 2, "Asian"),
    ("APKN", "J", "A2", 17, "Asian"),
    ("ABAN", "K", "A3", 4, "Asian"),
    ("AOTH", "L", "A9", 3, "Asian"),
    ("BAFR", "N", "B2", 7, "Black"),
    ("BCRB", "M", "B1", 9, "Black"),
    ("BOTH", "P", "B9", 4, "Black"),
    ("OOTH", "S", "O9", 4, "Other"),
)
UNKNOWN = len(ETHNICITIES)
CODES = {
    "trust": np.array([e[0] for e in ETHNICITIES] + ["NOBT"], dtype=object),
    "education": np.array([e[0] for e in ETHNICITIES] + ["NOBT"], dtype=object),
    "health": np.array([e[1] for e in ETHNICITIES] + ["Z"], dtype=object),
    "police": np.array([e[2] for e in ETHNICITIES] + ["NS"], dtype=object),
}
IS_WHITE = np.array([e[4] == "White" for e in ETHNICITIES] + [False])
WEIGHTS = np.array([e[3] for e in ETHNICITIES] + [0], dtype=float)

PROVIDERS = ("INV01", "INV02")
SOURCES = ("trust", "police", "education", *PROVIDERS)
SAMPLE_SECRET = (
    b"the samples' secret is public: no child in them exists, and no partnership may use it"
)


@dataclass
class Children:
    """One block of invented children. `birth` counts months since year 0; -1 where no agency knows
    it.
    """

    birth: Ints
    is_boy: Flags
    ethnicity: Ints
    ward: Ints  # index into WARDS; -1 outside Birmingham, -2 not known
    outside: Ints  # index into OUTSIDE_WARDS
    in_cohort: Flags  # at risk on one of the calibrated dates: their facts must come out as drawn
    known_to: dict[str, Flags] = field(default_factory=dict)
    refs: dict[str, Texts] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.birth)

    def ward_codes(self) -> Texts:
        """Home now as a code; blank where not known."""
        inside = WARDS[np.clip(self.ward, 0, None)]
        return np.where(
            self.ward >= 0, inside, np.where(self.ward == -1, OUTSIDE_WARDS[self.outside], "")
        )

    def birth_days(self) -> Ints:
        """The first day of the birth month; far in the past where it is not known."""
        return month_day(np.where(self.birth < 0, 2009 * 12, self.birth))

    def eighteenth(self) -> Ints:
        """The last day of the month in which each child turns 18; far in the future where the month
        is not known.
        """
        months = self.birth + 18 * 12 + 1
        return np.where(self.birth < 0, 10**6, month_day(months) - 1)


def month_day(months: Ints) -> Ints:
    """Months since year 0 → the first day of the month."""
    return (months - 1970 * 12).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)


def drawn(
    rng: np.random.Generator, shares: Mapping[Any, float], size: int | tuple[int, ...]
) -> np.ndarray:
    """So many values, each as often as its share says: `drawn(rng, {"M": 0.8, "F": 0.2}, n)`."""
    return rng.choice(list(shares), size, p=list(shares.values()))


def texts(days: Ints) -> Texts:
    """Days → YYYY-MM-DD; blank for negative days."""
    out = np.datetime_as_string(np.maximum(days, 0).astype("datetime64[D]")).astype(object)
    out[days < 0] = ""
    return out


def refs(letter: str, block: int, numbers: Ints) -> Texts:
    """Pseudonyms such as T00301234: letter, block, number."""
    return np.char.add(f"{letter}{block:03d}", np.char.zfill(numbers.astype(str), 6)).astype(object)


def draw_people(rng: np.random.Generator, n: int) -> Children:
    """`n` children with nothing fixed yet beyond a plausible mix of the city."""
    ward = rng.choice(len(WARDS), n, p=WARD_WEIGHTS / WARD_WEIGHTS.sum())
    ward = np.where(rng.random(n) < 0.03, -1, ward)
    ward = np.where(rng.random(n) < 0.015, -2, ward)
    birth = rng.integers(2003 * 12, 2014 * 12, n)
    is_boy = rng.random(n) < 0.62
    ethnicity = rng.choice(len(WEIGHTS), n, p=WEIGHTS / WEIGHTS.sum())
    outside = rng.integers(0, len(OUTSIDE_WARDS), n)
    in_cohort = np.zeros(n, dtype=bool)
    return Children(
        birth=birth,
        is_boy=is_boy,
        ethnicity=ethnicity,
        ward=ward.astype(np.int64),
        outside=outside,
        in_cohort=in_cohort,
    )


def share_out(rng: np.random.Generator, children: Children, is_hub: Flags, block: int) -> None:
    """Decide which agencies know each child, and give each its own pseudonym for the child."""
    n = len(children)
    odds = {"trust": 0.55, "police": 0.45, "education": 0.6, "INV01": 0.28, "INV02": 0.16}
    hub_odds = {"trust": 1.0, "police": 0.74, "education": 0.86, "INV01": 0.4, "INV02": 0.22}
    known = {s: rng.random(n) < np.where(is_hub, hub_odds[s], odds[s]) for s in SOURCES}
    nobody = ~np.any(list(known.values()), axis=0)
    only = rng.choice(len(SOURCES), n)
    for i, s in enumerate(SOURCES):
        known[s] |= nobody & (only == i)
    letters = {"trust": "T", "police": "P", "education": "E", "INV01": "H", "INV02": "H"}
    children.known_to = known
    children.refs = {s: refs(letters[s], block, rng.permutation(n)) for s in SOURCES}


def _random_keys(rng: np.random.Generator, n: int) -> Texts:
    digits = rng.bytes(32 * n).hex()
    return np.array([digits[i : i + 64] for i in range(0, 64 * n, 64)], dtype=object)


def canary_keys() -> list[dict[str, str]]:
    """The linkage keys of the three agreed fictitious children, under the samples' public
    secret.
    """
    return canaries.canary_keys(SAMPLE_SECRET)


def key_fingerprint() -> str:
    """What tells two secrets apart without revealing either."""
    return fingerprint(SAMPLE_SECRET)


def people_tables(
    rng: np.random.Generator, children: Children, block: int
) -> dict[str, pd.DataFrame]:
    """The people table of each source, with the faults that real ones have.

    Keys are left out or mistyped, ethnicity and birth month disagree, wards are blank. A child of
    the calibrated cohort keeps its facts: only a source that is believed after a right one may be
    wrong.
    """
    n = len(children)
    keys = {
        k: _random_keys(rng, n) for k in ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode")
    }
    # A few false links between children no hub knows: siblings at one address under one recorded
    # name.
    plain = np.flatnonzero(~children.in_cohort)[-24:]
    keys["key_name_postcode"][plain[:12]] = keys["key_name_postcode"][plain[12:]]
    held = {
        "trust": (0.72, 0.78, 0.985, 0.86),
        "police": (0.0, 0.0, 0.95, 0.75),
        "education": (0.0, 0.995, 0.98, 0.9),
        "INV01": (0.985, 0.0, 0.97, 0.8),
        "INV02": (0.99, 0.0, 0.96, 0.8),
    }
    # The Trust does not know some ethnicities that education does; both then hold the pupil number.
    lent = (rng.random(n) < 0.05) & children.known_to["trust"] & children.known_to["education"]
    wrong_month_at = rng.choice(len(SOURCES), n)
    out = {}
    for i, source in enumerate(SOURCES):
        agency = "health" if source in PROVIDERS else source
        table = pd.DataFrame({"person_ref": children.refs[source]})
        none = np.ones(n, dtype=bool)
        for share, (kind, key) in zip(held[source], keys.items(), strict=True):
            has = rng.random(n) < share
            if kind == "key_upn":
                has |= lent & (share > 0)
            mistyped = (
                has
                & (rng.random(n) < (0.03 if kind.startswith("key_name") else 0.002))
                & ~(lent & (kind == "key_upn"))
            )
            table[kind] = np.where(has, np.where(mistyped, _random_keys(rng, n), key), "")
            none &= ~has
        table["key_name_dob"] = np.where(none, keys["key_name_dob"], table["key_name_dob"])
        slip = (
            (rng.random(n) < 0.04)
            & (wrong_month_at == i)
            & (source != "trust")
            & (children.birth >= 0)
        )
        months = children.birth + np.where(slip, rng.choice([-1, 1, 12], n), 0)
        # Only ever one month later than the truth could break "event before birth", so slips go
        # earlier for late births.
        blank = (children.birth < 0) | (
            (rng.random(n) < 0.008) & ~(children.in_cohort & (source == "trust"))
        )
        month_texts = np.datetime_as_string((months - 1970 * 12).astype("datetime64[M]")).astype(
            object
        )
        table["birth_month"] = np.where(blank, "", month_texts)
        unknown_sex = (rng.random(n) < 0.006) & ~((source == "trust") & children.in_cohort)
        table["sex"] = np.where(unknown_sex, "U", np.where(children.is_boy, "M", "F"))
        ethnicity = children.ethnicity.copy()
        if source == "trust":
            unknown = lent | ((rng.random(n) < 0.05) & ~children.in_cohort)
        else:
            other = rng.choice(len(WEIGHTS), n, p=WEIGHTS / WEIGHTS.sum())
            disagrees = (rng.random(n) < 0.06) & ~lent & (ethnicity != UNKNOWN)
            ethnicity = np.where(disagrees, other, ethnicity)
            unknown = (rng.random(n) < {"police": 0.22, "education": 0.02}.get(source, 0.12)) & ~(
                lent & (source == "education")
            )
        ethnicity = np.where(unknown, UNKNOWN, ethnicity)
        table["ethnicity"] = CODES[agency][ethnicity]
        if agency == "police":
            table.loc[rng.random(n) < 0.02, "ethnicity"] = ""
            table.loc[children.in_cohort & (children.ethnicity == UNKNOWN), "ethnicity"] = "NS"
        table["ward_code"] = np.where(
            rng.random(n) < {"police": 0.08}.get(source, 0.01), "", children.ward_codes()
        )
        table = table[children.known_to[source]].sort_values("person_ref")
        if block == 0:
            fictitious = pd.DataFrame(canary_keys())
            fictitious.insert(
                0,
                "person_ref",
                [f"{str(table['person_ref'].iat[0])[0]}CANARY{k}" for k in (1, 2, 3)],
            )
            fictitious = fictitious.assign(
                birth_month=canaries.BIRTH_MONTH,
                sex="U",
                ethnicity=CODES[agency][UNKNOWN],
                ward_code="",
            )
            table = pd.concat([fictitious, table])
        out[source] = table
    return out

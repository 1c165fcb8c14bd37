"""The people table of each source, with the faults that real ones have: keys left out or mistyped,
birth months and ethnicity that disagree, blank wards.

A child of the calibrated cohort keeps its facts: only a source that is believed after a right one
may be wrong.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import PROVIDERS, SOURCES, Children
from data_samples.city import CITY, CODES, ETHNIC_ODDS, UNKNOWN
from data_samples.draws import Draws, Flags, Texts
from expectations.pseudonyms import canaries
from expectations.pseudonyms.keys import fingerprint

SAMPLE_SECRET = (
    b"the samples' secret is public: no child in them exists, and no partnership may use it"
)
KEYS = ("key_nhs", "key_upn", "key_name_dob", "key_name_postcode")


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
    """The people table of each source, by its name."""
    draw = Draws(rng, len(children))
    keys = {key: _random_keys(draw) for key in KEYS}
    # A few false links between children no hub knows: siblings at one address under one recorded
    # name.
    plain = np.flatnonzero(~children.in_cohort)[-24:]
    postcode_keys = keys["key_name_postcode"]
    postcode_keys[plain[:12]] = postcode_keys[plain[12:]]
    # The Trust does not know some ethnicities that education does; both then hold the pupil number.
    known_to_both = children.known_to["trust"] & children.known_to["education"]
    is_lent = draw.chance(0.05) & known_to_both
    wrong_month_at = draw.whole(0, len(SOURCES))
    out = {}
    for number, source in enumerate(SOURCES):
        records = _Records(draw, children, source, is_lent)
        table = pd.DataFrame({"person_ref": children.refs[source]})
        for key, texts_of_key in records.keys(keys).items():
            table[key] = texts_of_key
        table["birth_month"] = records.birth_months(wrong_month_at == number)
        table["sex"] = records.sexes()
        table["ethnicity"] = records.ethnicities()
        table["ward_code"] = records.wards()
        table = table[children.known_to[source]].sort_values("person_ref")
        if block == 0:
            table = pd.concat([_fictitious(table, records.agency), table])
        out[source] = table
    return out


@dataclass(frozen=True)
class _Records:
    """One source's records of the children. The columns are drawn in the order of the table."""

    draw: Draws
    children: Children
    source: str
    is_lent: Flags

    @property
    def agency(self) -> str:
        """The providers' agency is health."""
        if self.source in PROVIDERS:
            return "health"
        return self.source

    def keys(self, keys: dict[str, Texts]) -> dict[str, Texts]:
        """The keys that are held, some of them mistyped; no record is without any."""
        out = {}
        has_none = np.ones(self.draw.n, dtype=bool)
        for share, (key, right) in zip(CITY.holds_key[self.source], keys.items(), strict=True):
            is_held = self.draw.chance(share)
            is_lent = self.is_lent & (key == "key_upn")
            if share > 0:
                is_held |= is_lent
            mistyped = 0.002
            if key.startswith("key_name"):
                mistyped = 0.03
            is_mistyped = is_held & self.draw.chance(mistyped) & ~is_lent
            recorded = np.where(is_mistyped, _random_keys(self.draw), right)
            recorded[~is_held] = ""
            out[key] = recorded
            has_none &= ~is_held
        out["key_name_dob"] = np.where(has_none, keys["key_name_dob"], out["key_name_dob"])
        return out

    def birth_months(self, is_due: Flags) -> Texts:
        """One in twenty-five of those due is wrong; some are blank."""
        is_known = self.children.birth >= 0
        is_wrong = self.draw.chance(0.04) & is_due & is_known
        if self.source == "trust":
            is_wrong[:] = False
        slip = self.draw.rng.choice([-1, 1, 12], self.draw.n)
        months = self.children.birth + slip * is_wrong
        is_blank = self.draw.chance(0.008)
        if self.source == "trust":
            is_blank &= ~self.children.in_cohort
        since_1970 = (months - 1970 * 12).astype("datetime64[M]")
        recorded: Texts = np.datetime_as_string(since_1970).astype(object)
        recorded[is_blank | ~is_known] = ""
        return recorded

    def sexes(self) -> Texts:
        """As it is, or U."""
        is_unknown = self.draw.chance(0.006)
        if self.source == "trust":
            is_unknown &= ~self.children.in_cohort
        recorded = np.where(self.children.is_boy, "M", "F")
        return np.where(is_unknown, "U", recorded)

    def ethnicities(self) -> Texts:
        """The agency's own codes; other sources than the Trust sometimes disagree."""
        ethnicity = self.children.ethnicity.copy()
        if self.source == "trust":
            is_unknown = self.draw.chance(0.05) & ~self.children.in_cohort
            is_unknown |= self.is_lent
        else:
            other = self.draw.rng.choice(len(ETHNIC_ODDS), self.draw.n, p=ETHNIC_ODDS)
            disagrees = self.draw.chance(0.06) & ~self.is_lent & (ethnicity != UNKNOWN)
            ethnicity[disagrees] = other[disagrees]
            unknown = {"police": 0.22, "education": 0.02}.get(self.source, 0.12)
            is_unknown = self.draw.chance(unknown)
        if self.source == "education":
            is_unknown &= ~self.is_lent
        ethnicity[is_unknown] = UNKNOWN
        recorded = CODES[self.agency][ethnicity]
        if self.source == "police":
            recorded[self.draw.chance(0.02)] = ""
            nobody_knows = self.children.in_cohort & (self.children.ethnicity == UNKNOWN)
            recorded[nobody_knows] = "NS"
        return recorded

    def wards(self) -> Texts:
        """Home now; blank more often with the police."""
        blank = 0.01
        if self.source == "police":
            blank = 0.08
        recorded = self.children.ward_codes()
        recorded[self.draw.chance(blank)] = ""
        return recorded


def _random_keys(draw: Draws) -> Texts:
    digits = draw.rng.bytes(32 * draw.n).hex()
    starts = range(0, 64 * draw.n, 64)
    return np.array([digits[start : start + 64] for start in starts], dtype=object)


def _fictitious(table: pd.DataFrame, agency: str) -> pd.DataFrame:
    """The three fictitious children that every supply carries."""
    letter = str(table["person_ref"].iat[0])[0]
    fictitious = pd.DataFrame(canary_keys())
    fictitious.insert(0, "person_ref", [f"{letter}CANARY{k}" for k in (1, 2, 3)])
    return fictitious.assign(
        birth_month=canaries.BIRTH_MONTH,
        sex="U",
        ethnicity=CODES[agency][UNKNOWN],
        ward_code="",
    )

"""Crimes and incidents, and National Referral Mechanism referrals of the invented children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, Children
from data_samples.city import CITY
from data_samples.draws import Draws, Flags, Ints, refs, texts
from data_samples.events import happen, recorded, wards_near

# Nobody is the victim of drug possession or of carrying a knife.
WITHOUT_VICTIM = ["92A", "92D", "92E", "10D"]


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Involvements and National Referral Mechanism referrals."""
    involvements = _involvements(rng, children, hub, block)
    return {"involvements": involvements, "nrm_referrals": _nrm_referrals(rng, children, hub)}


def _involvements(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> pd.DataFrame:
    child, day = happen(rng, children, hub, "police", 3.6, 8.5)
    n = len(child)
    draw = Draws(rng, n)
    role = draw.code("role")
    offence = draw.code("offence")
    is_victimless = np.isin(offence, WITHOUT_VICTIM)
    role = np.where(is_victimless & (role == "victim"), "suspect", role)
    is_suspect = role == "suspect"
    is_arrested = is_suspect & draw.chance(0.42)
    is_charged = is_suspect & draw.chance(0.16)
    arrest_day = day + draw.whole(0, 40)
    charge_day = day + draw.whole(40, 200)
    is_arrested_by_now = is_arrested & (arrest_day <= LAST)
    is_charged_by_now = is_charged & (charge_day <= LAST)
    markers = _markers(draw, hub[child] >= 0)
    involvement_ref = refs("IV", block, draw.order())
    most = max(1, int(n * 0.9))
    incident_ref = refs("IC", block, draw.whole(0, most))
    has_no_hour = draw.chance(0.1)
    hour = draw.whole(12, 36) % 24
    attends = is_suspect & ~is_arrested & draw.chance(0.4)
    is_attended_by_now = attends & (day + 20 <= LAST)
    outcome = draw.code("outcome").astype(object)
    outcome[is_charged_by_now] = "1"
    ward_code = wards_near(rng, children, child, 0.55)
    has_no_location = draw.chance(0.08)
    location = draw.code("location")
    table = pd.DataFrame({"involvement_ref": involvement_ref, "incident_ref": incident_ref})
    table["person_ref"] = children.refs["police"][child]
    table["role"] = role
    table["occurred_on"] = texts(day)
    table["occurred_hour"] = np.where(has_no_hour, "", hour.astype(str))
    table["offence_code"] = offence
    table["arrested_on"] = texts(np.where(is_arrested_by_now, arrest_day, -1))
    table["voluntary_attendance_on"] = texts(np.where(is_attended_by_now, day + 20, -1))
    table["charged_on"] = texts(np.where(is_charged_by_now, charge_day, -1))
    table["disposal_code"] = ""
    table["outcome_code"] = outcome
    table["markers"] = markers
    table["ward_code"] = ward_code
    table["location_type"] = np.where(has_no_location, "", location)
    table["recorded_date"] = recorded(rng, day)
    return table.sort_values("involvement_ref")


def _markers(draw: Draws, is_hub: Flags) -> np.ndarray:
    """The markers of each involvement, with semicolons between them."""
    texts_so_far = np.full(draw.n, "", dtype=object)
    for marker, (of_all, of_hub) in CITY.markers.items():
        is_marked = draw.chance(np.where(is_hub, of_hub, of_all))
        texts_so_far[is_marked] += f";{marker}"
    return np.array([text.removeprefix(";") for text in texts_so_far], dtype=object)


def _nrm_referrals(rng: np.random.Generator, children: Children, hub: Ints) -> pd.DataFrame:
    is_referred = Draws(rng, len(hub)).chance(0.16) & (hub >= 0)
    child = np.flatnonzero(is_referred & children.known_to["police"])
    day = hub[child] + rng.integers(-60, 200, len(child))
    in_period = (day >= FIRST) & (day <= LAST)
    fits = in_period & (day < children.eighteenth()[child])
    child = child[fits]
    day = day[fits]
    draw = Draws(rng, len(child))
    reasonable = draw.code("reasonable_grounds")
    conclusive = draw.code("conclusive_grounds")
    is_recent = day >= LAST - 300
    conclusive = np.where(is_recent, "pending", conclusive)
    table = pd.DataFrame({"key_nrm": [rng.bytes(32).hex() for _ in range(draw.n)]})
    table["person_ref"] = children.refs["police"][child]
    table["referred_date"] = texts(day)
    table["exploitation_types"] = draw.code("nrm_exploitation")
    table["county_lines"] = np.where(draw.chance(0.48), "Y", "N")
    table["reasonable_grounds"] = reasonable
    table["conclusive_grounds"] = np.where(reasonable == "positive", conclusive, reasonable)
    return table.sort_values("key_nrm")

"""Attendances and referrals of the invented children, by provider."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import LAST, PROVIDERS, Children
from data_samples.draws import Draws, Ints, refs, texts
from data_samples.events import happen, recorded


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Contacts by provider: an acute hospital, and a mental health trust."""
    hospital, mental_health_trust = PROVIDERS
    child, day = happen(rng, children, hub, hospital, 2.1, 4.0)
    attendances = _attendances(Draws(rng, len(child)), day)
    attendances = _with_refs(rng, attendances, "HC0", block, children.refs[hospital][child], day)
    child, day = happen(rng, children, hub, mental_health_trust, 2.1, 4.0)
    referrals = _referrals(Draws(rng, len(child)), day)
    person_ref = children.refs[mental_health_trust][child]
    referrals = _with_refs(rng, referrals, "HC1", block, person_ref, day)
    return {hospital: attendances, mental_health_trust: referrals}


def _attendances(draw: Draws, day: Ints) -> pd.DataFrame:
    """At an emergency department, seen the same day."""
    table = pd.DataFrame({"reason": draw.code("emergency_reason")})
    table["service"] = "emergency"
    table["accepted"] = "NA"
    table["first_seen_date"] = texts(day)
    return table


def _referrals(draw: Draws, day: Ints) -> pd.DataFrame:
    """To mental health services: not all are accepted, and those that are wait."""
    service = draw.code("mental_health_service")
    reason = draw.code("mental_health_reason")
    is_accepted = draw.chance(0.71)
    first_seen = day + draw.waits(1.8, 50)
    first_seen[~is_accepted | (first_seen > LAST)] = -1
    is_neurodevelopmental = service == "neurodevelopmental"
    table = pd.DataFrame({"service": service})
    table["reason"] = np.where(is_neurodevelopmental, service, reason)
    table["accepted"] = np.where(is_accepted, "Y", "N")
    table["first_seen_date"] = texts(first_seen)
    return table


def _with_refs(
    rng: np.random.Generator,
    contacts: pd.DataFrame,
    letters: str,
    block: int,
    person_ref: np.ndarray,
    day: Ints,
) -> pd.DataFrame:
    """What contacts of both kinds have."""
    table = contacts.copy()
    table["contact_ref"] = refs(letters, block, rng.permutation(len(table)))
    table["person_ref"] = person_ref
    table["contact_date"] = texts(day)
    table["recorded_date"] = recorded(rng, day)
    return table.sort_values("contact_ref")

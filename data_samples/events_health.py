"""Attendances and referrals of the invented children, by provider."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import LAST, PROVIDERS, Children, Ints, drawn, refs, texts
from data_samples.events import happen, recorded


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Contacts by provider: an acute hospital, and a mental health trust."""
    out = {}
    for number, provider in enumerate(PROVIDERS):
        child, day = happen(rng, children, hub, provider, 2.1, 4.0)
        n = len(child)
        if number == 0:
            service = np.full(n, "emergency", dtype=object)
            reason = drawn(
                rng,
                {
                    "assault_sharp": 0.04,
                    "assault_blunt": 0.09,
                    "assault_other": 0.12,
                    "self_harm": 0.15,
                    "overdose": 0.1,
                    "injury_other": 0.3,
                    "exploitation_concern": 0.035,
                    "other": 0.165,
                },
                n,
            )
            accepted = np.full(n, "NA", dtype=object)
            seen = day
        else:
            service = drawn(
                rng, {"camhs": 0.7, "neurodevelopmental": 0.27, "inpatient_mental_health": 0.03}, n
            ).astype(object)
            reason = np.where(
                service == "neurodevelopmental",
                "neurodevelopmental",
                drawn(
                    rng, {"mental_health": 0.79, "self_harm": 0.17, "exploitation_concern": 0.04}, n
                ),
            )
            took = rng.random(n) < 0.71
            accepted = np.where(took, "Y", "N")
            first = day + rng.gamma(1.8, 50, n).astype(np.int64)
            seen = np.where(took & (first <= LAST), first, -1)
        person_ref = children.refs[provider][child]
        contact_ref = refs(f"HC{number}", block, rng.permutation(n))
        out[provider] = pd.DataFrame(
            {
                "contact_ref": contact_ref,
                "person_ref": person_ref,
                "service": service,
                "contact_date": texts(day),
                "reason": reason,
                "accepted": accepted,
                "first_seen_date": texts(seen),
                "recorded_date": recorded(rng, day),
            }
        ).sort_values("contact_ref")
    return out

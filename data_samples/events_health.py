"""Attendances and referrals of the invented children, by provider."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import LAST, PROVIDERS, Children, Ints, refs, texts
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
            reason = rng.choice(
                [
                    "assault_sharp",
                    "assault_blunt",
                    "assault_other",
                    "self_harm",
                    "overdose",
                    "injury_other",
                    "exploitation_concern",
                    "other",
                ],
                n,
                p=[0.04, 0.09, 0.12, 0.15, 0.1, 0.3, 0.035, 0.165],
            )
            accepted, seen = np.full(n, "NA", dtype=object), day
        else:
            service = rng.choice(
                ["camhs", "neurodevelopmental", "inpatient_mental_health"], n, p=[0.7, 0.27, 0.03]
            ).astype(object)
            reason = np.where(
                service == "neurodevelopmental",
                "neurodevelopmental",
                rng.choice(
                    ["mental_health", "self_harm", "exploitation_concern"], n, p=[0.79, 0.17, 0.04]
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

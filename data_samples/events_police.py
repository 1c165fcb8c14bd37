"""Crimes and incidents, and National Referral Mechanism referrals of the invented children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, Children, Ints, drawn, refs, texts
from data_samples.events import happen, recorded, wards_near


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Involvements and National Referral Mechanism referrals."""
    child, day = happen(rng, children, hub, "police", 3.6, 8.5)
    n = len(child)
    role = drawn(rng, {"victim": 0.36, "suspect": 0.44, "witness": 0.12, "subject": 0.08}, n)
    offence = drawn(
        rng,
        {
            "8N": 0.15,
            "105A": 0.12,
            "92A": 0.05,
            "92D": 0.05,
            "92E": 0.05,
            "10D": 0.06,
            "34B": 0.07,
            "34A": 0.02,
            "46": 0.09,
            "48": 0.07,
            "49": 0.05,
            "30C": 0.04,
            "58C": 0.05,
            "9A": 0.05,
            "106": 0.01,
            "20A": 0.02,
            "99": 0.05,
        },
        n,
    )
    # Nobody is the victim of drug possession or of carrying a knife.
    role = np.where(
        np.isin(offence, ["92A", "92D", "92E", "10D"]) & (role == "victim"), "suspect", role
    )
    is_suspect = role == "suspect"
    arrested = is_suspect & (rng.random(n) < 0.42)
    charged = is_suspect & (rng.random(n) < 0.16)
    arrest_day = day + rng.integers(0, 40, n)
    charge_day = day + rng.integers(40, 200, n)
    is_hub = hub[child] >= 0
    marks = np.empty((5, n), dtype=bool)
    for i, (base, more) in enumerate(
        ((0.01, 0.07), (0.008, 0.02), (0.006, 0.05), (0.05, 0.06), (0.02, 0.03))
    ):
        marks[i] = rng.random(n) < np.where(is_hub, more, base)
    if n:
        markers = np.array(
            [
                ";".join(
                    m
                    for m, on in zip(
                        ("CCE", "CSE", "COUNTY_LINES", "KNIFE", "GANG_RELATED"), row, strict=True
                    )
                    if on
                )
                for row in marks.T
            ],
            dtype=object,
        )
    else:
        markers = np.array([], dtype=object)
    days = np.where(arrested & (arrest_day <= LAST), arrest_day, -1)
    arrested_on = texts(days)
    charged_on = texts(np.where(charged & (charge_day <= LAST), charge_day, -1))
    involvement_ref = refs("IV", block, rng.permutation(n))
    incident_ref = refs("IC", block, rng.integers(0, max(1, int(n * 0.9)), n))
    person_ref = children.refs["police"][child]
    occurred_hour = np.where(rng.random(n) < 0.1, "", (rng.integers(12, 36, n) % 24).astype(str))
    voluntary_attendance_on = texts(
        np.where(
            is_suspect & ~arrested & (rng.random(n) < 0.4) & (day + 20 <= LAST),
            day + 20,
            -1,
        )
    )
    outcome_code = np.where(
        charged & (charge_day <= LAST),
        "1",
        drawn(
            rng,
            {
                "": 0.14,
                "8": 0.06,
                "14": 0.16,
                "15": 0.16,
                "16": 0.14,
                "18": 0.24,
                "22": 0.06,
                "2": 0.04,
            },
            n,
        ),
    )
    ward_code = wards_near(rng, children, child, 0.55)
    location_type = np.where(
        rng.random(n) < 0.08,
        "",
        drawn(
            rng,
            {
                "street": 0.36,
                "home": 0.23,
                "school": 0.12,
                "care_home": 0.04,
                "transport": 0.08,
                "retail": 0.12,
                "other": 0.05,
            },
            n,
        ),
    )
    involvements = pd.DataFrame(
        {
            "involvement_ref": involvement_ref,
            "incident_ref": incident_ref,
            "person_ref": person_ref,
            "role": role,
            "occurred_on": texts(day),
            "occurred_hour": occurred_hour,
            "offence_code": offence,
            "arrested_on": arrested_on,
            "voluntary_attendance_on": voluntary_attendance_on,
            "charged_on": charged_on,
            "disposal_code": "",
            "outcome_code": outcome_code,
            "markers": markers,
            "ward_code": ward_code,
            "location_type": location_type,
            "recorded_date": recorded(rng, day),
        }
    ).sort_values("involvement_ref")
    referred = np.flatnonzero(
        (hub >= 0) & (rng.random(len(hub)) < 0.16) & children.known_to["police"]
    )
    day = hub[referred] + rng.integers(-60, 200, len(referred))
    fits = (day >= FIRST) & (day <= LAST) & (day < children.eighteenth()[referred])
    referred = referred[fits]
    day = day[fits]
    n = len(referred)
    reasonable = drawn(rng, {"positive": 0.84, "negative": 0.1, "pending": 0.06}, n)
    old = day < LAST - 300
    conclusive = np.where(
        reasonable == "positive",
        np.where(old, drawn(rng, {"positive": 0.7, "negative": 0.1, "pending": 0.2}, n), "pending"),
        reasonable,
    )
    key_nrm = [rng.bytes(32).hex() for _ in range(n)]
    exploitation_types = drawn(
        rng,
        {
            "criminal": 0.74,
            "criminal;labour": 0.08,
            "sexual": 0.1,
            "criminal;sexual": 0.05,
            "labour": 0.03,
        },
        n,
    )
    county_lines = np.where(rng.random(n) < 0.48, "Y", "N")
    nrm = pd.DataFrame(
        {
            "key_nrm": key_nrm,
            "person_ref": children.refs["police"][referred],
            "referred_date": texts(day),
            "exploitation_types": exploitation_types,
            "county_lines": county_lines,
            "reasonable_grounds": reasonable,
            "conclusive_grounds": conclusive,
        }
    ).sort_values("key_nrm")
    return {"involvements": involvements, "nrm_referrals": nrm}

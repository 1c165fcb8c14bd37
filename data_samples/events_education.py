"""Schools, attendance and exclusions of the invented children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, Children, Flags, Ints, Texts, drawn, texts
from data_samples.events import happen, recorded


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Enrolments, termly attendance and exclusions."""
    known = np.flatnonzero(children.known_to["education"])
    n = len(known)
    who = children.refs["education"]
    is_hub = hub[known] >= 0
    settings = [
        "academy",
        "maintained",
        "special",
        "alternative_provision",
        "independent",
        "elective_home_education",
        "missing_education",
    ]
    usual = rng.choice(settings, n, p=[0.5, 0.33, 0.05, 0.03, 0.03, 0.04, 0.02])
    later = np.where(
        is_hub,
        rng.choice(settings, n, p=[0.36, 0.24, 0.08, 0.2, 0.02, 0.06, 0.04]),
        rng.choice(settings, n, p=[0.5, 0.34, 0.05, 0.03, 0.02, 0.04, 0.02]),
    )
    moved = rng.random(n) < np.where(is_hub, 0.55, 0.3)
    leaves = children.birth_days()[known] + 16 * 365 + 250
    begins = np.maximum(children.birth_days()[known] + 5 * 365, FIRST - rng.integers(100, 1500, n))
    change = rng.integers(FIRST + 100, LAST - 30, n)
    first_end = np.where(moved, change, leaves)
    sen = drawn(rng, {"N": 0.58, "K": 0.29, "E": 0.13}, n)
    need = drawn(
        rng,
        {
            "SEMH": 0.44,
            "SLCN": 0.16,
            "MLD": 0.12,
            "SPLD": 0.09,
            "ASD": 0.12,
            "OTH": 0.04,
            "NSA": 0.03,
        },
        n,
    )
    meals = np.where(rng.random(n) < 0.47, "Y", "N")

    def spells(start: Ints, end: Ints, setting: Texts, keep: Flags) -> pd.DataFrame:
        keep = keep & (start <= LAST) & (end >= FIRST) & (start < end)
        open_ = end > LAST
        end_date = texts(np.where(open_, -1, end))
        sen_need = np.where(sen == "N", "", need)
        part_time = np.where(rng.random(n) < np.where(is_hub, 0.11, 0.02), "Y", "N")
        leaving_reason = np.where(
            open_,
            "",
            drawn(
                rng,
                {
                    "moved_school": 0.5,
                    "end_of_phase": 0.35,
                    "elective_home_education": 0.05,
                    "not_known": 0.1,
                },
                n,
            ),
        )
        return pd.DataFrame(
            {
                "person_ref": who[known],
                "start_date": texts(start),
                "end_date": end_date,
                "setting": setting,
                "registration": "main",
                "part_time": part_time,
                "sen_provision": sen,
                "sen_need": sen_need,
                "free_school_meals": meals,
                "leaving_reason": leaving_reason,
            }
        )[keep]

    enrolments = pd.concat(
        [
            spells(begins, first_end, usual, np.ones(n, bool)),
            spells(change + 1, leaves, later, moved & (leaves > change + 30)),
        ]
    )
    terms = []
    absent = np.clip(rng.beta(1.1, 13, n) + np.where(is_hub, rng.beta(0.8, 5, n), 0), 0, 0.97)
    for year in range(2019, 2024):
        for term, sessions, when in (
            ("autumn", 140, f"{year}-09-05"),
            ("spring", 112, f"{year + 1}-01-08"),
            ("summer", 126, f"{year + 1}-04-16"),
        ):
            begin = int(np.datetime64(when).astype(int))
            if begin > LAST:
                continue
            setting = np.where(moved & (begin > change), later, usual)
            present = (
                (begin >= begins)
                & (begin < leaves)
                & ~np.isin(setting, ["independent", "elective_home_education", "missing_education"])
                & (begin > FIRST)
            )
            possible = rng.integers(sessions - 8, sessions + 1, n)
            sessions_missed = rng.binomial(possible, absent)
            terms.append(
                pd.DataFrame(
                    {
                        "person_ref": who[known],
                        "term": f"{year}-{(year + 1) % 100:02d}-{term}",
                        "setting": setting,
                        "sessions_possible": possible,
                        "sessions_missed": sessions_missed,
                    }
                )[present & (rng.random(n) < 0.97)]
            )
    child, day = happen(rng, children, hub, "education", 0.7, 3.4)
    m = len(child)
    permanent = rng.random(m) < 0.03
    reason = drawn(
        rng,
        {
            "DB": 0.42,
            "PP": 0.17,
            "VA": 0.14,
            "PA": 0.05,
            "VP": 0.05,
            "DA": 0.06,
            "OW": 0.04,
            "DM": 0.02,
            "SM": 0.01,
            "TH": 0.02,
            "BU": 0.01,
            "PH": 0.01,
        },
        (2, m),
    )
    exclusion_type = np.where(permanent, "permanent", "suspension")
    exclusions = pd.DataFrame(
        {
            "person_ref": who[child],
            "exclusion_type": exclusion_type,
            "start_date": texts(day),
            "sessions": np.where(permanent, "", rng.integers(1, 11, m).astype(str)),
            "reasons": np.where(
                (reason[0] == reason[1]) | (rng.random(m) < 0.7),
                reason[0],
                reason[0].astype(object) + ";" + reason[1].astype(object),
            ),
            "recorded_date": recorded(rng, day),
        }
    )
    attendance = pd.concat(terms).sort_values(["person_ref", "term"])
    return {
        "enrolments": enrolments.sort_values(["person_ref", "start_date"]),
        "attendance": attendance,
        "exclusions": exclusions.sort_values(["person_ref", "start_date", "exclusion_type"]),
    }

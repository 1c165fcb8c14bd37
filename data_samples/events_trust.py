"""Referrals, enquiries, assessment factors, youth justice and services of the invented children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, Children, Ints, drawn, refs, texts
from data_samples.events import happen, recorded


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Referrals, enquiries, assessment factors, youth justice and services."""
    who = children.refs["trust"]
    child, day = happen(rng, children, hub, "trust", 1.3, 2.8)
    n = len(child)
    referral_ref = refs("RF", block, rng.permutation(n))
    source = drawn(
        rng,
        {
            "6": 0.3,
            "2A": 0.19,
            "3E": 0.06,
            "3A": 0.05,
            "1A": 0.09,
            "5A": 0.1,
            "2B": 0.04,
            "3F": 0.05,
            "7": 0.03,
            "4": 0.02,
            "9": 0.04,
            "8": 0.02,
            "10": 0.01,
        },
        n,
    )
    no_further_action = np.where(rng.random(n) < 0.18, "Y", "N")
    referrals = pd.DataFrame(
        {
            "referral_ref": referral_ref,
            "person_ref": who[child],
            "referral_date": texts(day),
            "source": source,
            "no_further_action": no_further_action,
            "recorded_date": recorded(rng, day),
        }
    ).sort_values("referral_ref")
    some = rng.random(n) < 0.16
    start = np.minimum(day[some] + rng.integers(1, 10, some.sum()), LAST)
    person_ref = who[child[some]]
    strategy_date = np.where(rng.random(some.sum()) < 0.06, "", texts(day[some]))
    outcome = np.where(
        start > LAST - 25,
        "ongoing",
        drawn(
            rng,
            {"conference": 0.38, "substantiated_no_conference": 0.24, "unsubstantiated": 0.38},
            some.sum(),
        ),
    )
    enquiries = pd.DataFrame(
        {
            "person_ref": person_ref,
            "strategy_date": strategy_date,
            "start_date": texts(start),
            "outcome": outcome,
        }
    )
    child, day = happen(rng, children, hub, "trust", 0.5, 1.3)
    n = len(child)
    factor = [
        "24A",
        "11A",
        "13A",
        "10A",
        "2A",
        "3B",
        "4A",
        "4B",
        "14A",
        "15A",
        "16A",
        "17A",
        "18C",
        "12A",
        "1B",
        "2B",
        "20",
        "21",
    ]
    chances = np.array(
        [
            0.02,
            0.03,
            0.03,
            0.06,
            0.08,
            0.26,
            0.14,
            0.2,
            0.1,
            0.07,
            0.16,
            0.2,
            0.1,
            0.01,
            0.12,
            0.14,
            0.05,
            0.06,
        ]
    )
    at_hub = np.array(
        [
            0.5,
            0.12,
            0.22,
            0.34,
            0.26,
            0.26,
            0.22,
            0.2,
            0.24,
            0.1,
            0.14,
            0.18,
            0.09,
            0.08,
            0.12,
            0.16,
            0.06,
            0.0,
        ]
    )
    has = rng.random((n, len(factor))) < np.where((hub[child] >= 0)[:, None], at_hub, chances)
    rows, columns = np.nonzero(has)
    factor_code = np.array(factor, dtype=object)[columns]
    assessed_date = texts(day[rows])
    factors = pd.DataFrame(
        {
            "person_ref": who[child[rows]],
            "assessed_date": assessed_date,
            "factor_code": factor_code,
        }
    )
    child, day = happen(rng, children, hub, "trust", 0.08, 0.55)
    old = day > children.birth_days()[child] + 10 * 366
    child = child[old]
    day = day[old]
    n = len(child)
    order = np.lexsort((day, child))
    child = child[order]
    day = day[order]
    if n:
        is_first = np.r_[True, child[1:] != child[:-1]]
    else:
        is_first = np.array([], dtype=bool)
    length = rng.integers(60, 400, n)
    days = np.where(day + length > LAST, -1, day + length)
    end_date = texts(days)
    disposal = drawn(
        rng,
        {
            "prevention": 0.24,
            "turnaround": 0.1,
            "community_resolution": 0.2,
            "youth_caution": 0.08,
            "youth_conditional_caution": 0.08,
            "referral_order": 0.16,
            "youth_rehabilitation_order": 0.08,
            "custody": 0.03,
            "remand": 0.03,
        },
        n,
    )
    first_time_entrant = np.where(is_first & (rng.random(n) < 0.5), "Y", "N")
    justice = pd.DataFrame(
        {
            "person_ref": who[child],
            "start_date": texts(day),
            "end_date": end_date,
            "disposal": disposal,
            "first_time_entrant": first_time_entrant,
        }
    )
    offered_to = np.repeat(np.flatnonzero(hub >= 0), rng.poisson(0.9, (hub >= 0).sum()))
    day = hub[offered_to] + rng.integers(5, 120, len(offered_to))
    fits = (day >= FIRST) & (day <= LAST)
    offered_to = offered_to[fits]
    day = day[fits]
    n = len(day)
    begun = (rng.random(n) < 0.66) & (day + 20 <= LAST)
    over = begun & (day + 120 <= LAST)
    started_date = texts(np.where(begun, day + 20, -1))
    ended_date = texts(np.where(over, day + 120, -1))
    service = drawn(
        rng,
        {
            "mentoring": 0.3,
            "family_support": 0.16,
            "therapeutic": 0.14,
            "substance_misuse": 0.12,
            "education_support": 0.1,
            "youth_work": 0.14,
            "speech_and_language": 0.04,
        },
        n,
    )
    services = pd.DataFrame(
        {
            "person_ref": who[offered_to],
            "service": service,
            "offered_date": texts(day),
            "started_date": started_date,
            "ended_date": ended_date,
        }
    )
    by = ["person_ref"]
    s47_enquiries = enquiries.sort_values([*by, "start_date"])
    assessment_factors = factors.sort_values([*by, "assessed_date", "factor_code"])
    youth_justice = justice.sort_values([*by, "start_date"])
    interventions = services.sort_values([*by, "offered_date", "service"])
    return {
        "referrals": referrals,
        "s47_enquiries": s47_enquiries,
        "assessment_factors": assessment_factors,
        "youth_justice": youth_justice,
        "interventions": interventions,
    }

"""Missing spells of the invented children, as the Trust records them and as they were reported to
the police.

Six in ten of the Trust's spells of children whom the police know were reported too, hours apart;
the others are in one agency's records alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import LAST, Children, Flags, Ints, drawn, refs, texts
from data_samples.events import happen, moments, recorded, wards_near

REPORTED = 0.6
END = (LAST + 1) * 1440


@dataclass(frozen=True)
class Spells:
    """Who was gone, from which minute since 1970 to which, from care or not, and away rather than
    missing.
    """

    child: Ints
    start: Ints
    end: Ints
    is_care: Flags
    is_away: Flags


def draw(rng: np.random.Generator, children: Children, hub: Ints, in_care: Flags) -> Spells:
    """The Trust's spells."""
    child, day = happen(rng, children, hub, "trust", 0.35, 2.2)
    # Who goes missing from care or is known to the hub often goes again within weeks.
    count = np.where(in_care[child], 0.9, np.where(hub[child] >= 0, 0.35, 0.05))
    again = rng.poisson(count)
    child = np.repeat(child, 1 + again)
    day = np.repeat(day, 1 + again)
    is_again = np.r_[False, child[1:] == child[:-1]] & np.r_[False, day[1:] == day[:-1]]
    day = day + np.where(is_again, rng.integers(1, 28, len(day)), 0)
    fits = (day <= LAST) & (day < children.eighteenth()[child])
    child = child[fits]
    day = day[fits]
    n = len(child)
    start = day * 1440 + rng.integers(0, 1440, n)
    gone = (rng.gamma(0.9, 1400, n) + 25).astype(np.int64)
    return Spells(
        child, start, start + gone, in_care[child] & (rng.random(n) < 0.9), rng.random(n) < 0.18
    )


def episodes(
    rng: np.random.Generator, children: Children, spells: Spells, block: int
) -> pd.DataFrame:
    """The Trust's table, with return home interviews."""
    n = len(spells.child)
    ended = spells.end < END
    offered = rng.random(n) < 0.84
    accepted = rng.random(n) < 0.68
    wait = (rng.gamma(1.6, 1700, n)).astype(np.int64)
    held = ended & offered & accepted & (rng.random(n) < 0.88) & (spells.end + wait < END)
    by_day = rng.random(n) < 0.3
    done = spells.end + wait
    person_ref = children.refs["trust"][spells.child]
    ended_at = np.where(ended, _moment(spells.end), "")
    rhi_offered = np.where(ended, np.where(offered, "Y", "N"), "NA")
    rhi_accepted = np.where(ended & offered, np.where(accepted, "Y", "N"), "NA")
    rhi_completed_at = np.where(held, np.where(by_day, texts(done // 1440), _moment(done)), "")
    missing_ref = refs("MS", block, rng.permutation(n))
    missing_type = np.where(spells.is_away, "A", "M")
    missing_from = np.where(spells.is_care, "care", "home")
    recorded_date = recorded(rng, spells.start // 1440)
    return pd.DataFrame(
        {
            "missing_ref": missing_ref,
            "person_ref": person_ref,
            "started_at": _moment(spells.start),
            "ended_at": ended_at,
            "missing_type": missing_type,
            "missing_from": missing_from,
            "rhi_offered": rhi_offered,
            "rhi_accepted": rhi_accepted,
            "rhi_completed_at": rhi_completed_at,
            "recorded_date": recorded_date,
        }
    ).sort_values("missing_ref")


def reports(
    rng: np.random.Generator, children: Children, hub: Ints, spells: Spells, block: int
) -> pd.DataFrame:
    """The police's table: spells of the Trust's that were reported, and others."""
    is_told = (
        ~spells.is_away
        & children.known_to["police"][spells.child]
        & (rng.random(len(spells.child)) < REPORTED)
    )
    late = rng.integers(-30, 240, int(is_told.sum()))
    start = np.minimum(spells.start[is_told] + late, spells.end[is_told] - 1)
    other, day = happen(rng, children, hub, "police", 0.4, 2.2)
    began = day * 1440 + rng.integers(0, 1440, len(other))
    child = np.concatenate([spells.child[is_told], other])
    reported = np.concatenate([start, began])
    found_at = np.concatenate(
        [spells.end[is_told], began + (rng.gamma(0.9, 1300, len(other)) + 20).astype(np.int64)]
    ) + rng.integers(0, 60, len(child))
    is_care = np.concatenate([spells.is_care[is_told], rng.random(len(other)) < 0.43])
    n = len(child)
    is_found = found_at < END
    report_ref = refs("MR", block, rng.permutation(n))
    person_ref = children.refs["police"][child]
    risk_grade = drawn(
        rng,
        {"high": 0.14, "medium": 0.6, "low": 0.16, "no_apparent_risk": 0.07, "unknown": 0.03},
        n,
    )
    missing_from = np.where(rng.random(n) < 0.05, "other", np.where(is_care, "care", "home"))
    found_ward_code = np.where(is_found, wards_near(rng, children, child, 0.4), "")
    found_outside_force = np.where(rng.random(n) < 0.05, "Y", "N")
    recorded_date = recorded(rng, reported // 1440)
    return pd.DataFrame(
        {
            "report_ref": report_ref,
            "person_ref": person_ref,
            "reported_at": _moment(reported),
            "found_at": np.where(is_found, _moment(found_at), ""),
            "risk_grade": risk_grade,
            "missing_from": missing_from,
            "found_ward_code": found_ward_code,
            "found_outside_force": found_outside_force,
            "recorded_date": recorded_date,
        }
    ).sort_values("report_ref")


def _moment(minute: Ints) -> np.ndarray:
    return moments(minute // 1440, minute % 1440)

"""Plans, spells in care and homes of the invented children: what the Trust holds of where they live
and under what.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import (
    BIRMINGHAM,
    FIRST,
    LAST,
    OUTSIDE_LAS,
    OUTSIDE_WARDS,
    SNAPSHOTS,
    WARDS,
    Children,
    Flags,
    Ints,
    drawn,
    texts,
)
from data_samples.hub import CIN, CLA, CP, Spells

S1, S2 = SNAPSHOTS
PLAN_CODES = np.array(["EH", "CIN", "CP", "CLA"], dtype=object)
PLACEMENTS = ["U6", "U4", "U1", "U3", "K2", "H5", "P2", "P1", "R1", "K1"]
PLACEMENT_ODDS = [0.28, 0.2, 0.12, 0.08, 0.13, 0.08, 0.03, 0.05, 0.02, 0.01]


def _cohort_plans(rng: np.random.Generator, spells: Spells) -> pd.DataFrame:
    """One spell per calibrated child and date, two where the plan changed between them; none
    for "no plan".
    """
    (first, second) = spells.plan
    rows = []
    # In care or with a plan on S1 alone, on S2 alone, the same on both dates, and where it changed
    # between them the one before and the one after. Numbers are days before the date.
    for who, start, end, kind in (
        (np.flatnonzero((first > 0) & (second < 0)), -400, None, first),
        (np.flatnonzero((second > 0) & (first < 0)), -300, None, second),
        (np.flatnonzero((first > 0) & (second == first)), -400, None, first),
        (np.flatnonzero((first > 0) & (second >= 0) & (second != first)), -400, "change", first),
        (np.flatnonzero((second > 0) & (first >= 0) & (second != first)), "change", None, second),
    ):
        n = len(who)
        anchor = S2 if kind is second and start == -300 else S1
        # A day between the two dates that depends on the child, not on the draw.
        changed = S1 + 30 + (who * 7) % 120
        if start == "change":
            begins = changed + 1
        else:
            begins = anchor + rng.integers(int(start), -20, n)
        covers_second = second[who] >= 0
        if end == "change":
            ends = changed
        else:
            ends = np.where(covers_second, S2, S1) + rng.integers(15, 500, n)
        rows.append(
            pd.DataFrame(
                {"child": spells.child[who], "plan": kind[who], "start": begins, "end": ends}
            )
        )
    return pd.concat(rows, ignore_index=True)


def plan_table(
    rng: np.random.Generator, children: Children, spells: Spells, guests: Ints, placed_out: Flags
) -> pd.DataFrame:
    """Plans: the calibrated children's as drawn, some older ones of theirs, others' at random,
    guests in others' care.
    """
    cohort = _cohort_plans(rng, spells)
    known = np.flatnonzero(children.known_to["trust"])
    # Calibrated children have the plans that the published totals need, and guests are in others'
    # care.
    free = np.setdiff1d(known, np.concatenate([np.flatnonzero(children.in_cohort), guests]))
    who = rng.choice(free, round(0.62 * len(free)), replace=False)
    start = rng.integers(FIRST - 300, LAST - 10, len(who))
    plan = drawn(rng, {0: 0.18, CIN: 0.5, CP: 0.2, CLA: 0.12}, len(who))
    end = start + rng.gamma(2, 170, len(who)).astype(np.int64) + 14
    some = pd.DataFrame(
        {
            "child": who,
            "plan": plan,
            "start": start,
            "end": end,
        }
    )
    # Early help, or a child-in-need plan while in care: they do not change the one state, only the
    # "any of" counts.
    in_care = cohort[cohort["plan"] == CLA]
    beside = in_care[rng.random(len(in_care)) < 0.3].assign(plan=CIN)
    no_plan = spells.child[(spells.plan[0] == 0) | (spells.plan[1] == 0)]
    early = pd.DataFrame(
        {
            "child": no_plan,
            "plan": 0,
            "start": S1 - rng.integers(30, 200, len(no_plan)),
            "end": S2 + 200,
        }
    )
    # Spells of long ago change no published total.
    past = rng.choice(np.flatnonzero(children.in_cohort), 260, replace=False)
    begun = rng.integers(FIRST - 200, S1 - 900, 260)
    older = pd.DataFrame(
        {
            "child": past,
            "plan": drawn(rng, {CIN: 0.7, CP: 0.3}, 260),
            "start": begun,
            "end": begun + rng.integers(60, 380, 260),
        }
    )
    guest = pd.DataFrame({"child": guests, "plan": CLA, "start": FIRST - 50, "end": LAST + 400})
    p = pd.concat([cohort, some, beside, early, older, guest], ignore_index=True)
    # An extract has what touches its period, and nobody has a plan before being born.
    p = p[(p["end"] >= FIRST) & (p["start"] <= LAST)].reset_index(drop=True)
    born = children.birth_days()[p["child"]]
    p = p[p["start"].to_numpy() > born].reset_index(drop=True)
    child = p["child"].to_numpy()
    care = (p["plan"] == CLA).to_numpy()
    is_guest = np.isin(child, guests)
    away = OUTSIDE_LAS[children.outside[child]]
    # What ends after the extract is still open in it.
    days = np.where(p["end"] > LAST, -1, p["end"])
    end_date = texts(days)
    responsible_la = np.where(care, np.where(is_guest, away, BIRMINGHAM), "")
    placement_la = np.where(care, np.where(placed_out[child], away, BIRMINGHAM), "")
    person_ref = children.refs["trust"][child]
    plan_type = PLAN_CODES[p["plan"]]
    start_date = texts(p["start"].to_numpy())
    placement_type = np.where(care, rng.choice(PLACEMENTS, len(p), p=PLACEMENT_ODDS), "")
    legal_status = np.where(
        care,
        drawn(rng, {"C2": 0.5, "C1": 0.14, "V2": 0.32, "J1": 0.03, "E1": 0.01}, len(p)),
        "",
    )
    uasc = np.where(care, np.where(rng.random(len(p)) < 0.06, "Y", "N"), "")
    return pd.DataFrame(
        {
            "person_ref": person_ref,
            "plan_type": plan_type,
            "start_date": start_date,
            "end_date": end_date,
            "responsible_la": responsible_la,
            "placement_la": placement_la,
            "placement_type": placement_type,
            "legal_status": legal_status,
            "uasc": uasc,
        }
    ).sort_values(["person_ref", "start_date", "plan_type"])


def placed_outside(rng: np.random.Generator, children: Children, spells: Spells) -> Flags:
    """Which calibrated children live outside the city: only children in Birmingham's care on every
    date they are counted.
    """
    first, second = spells.plan
    # A child who lives outside and has a mere plan would not be counted as at risk.
    always = (
        ((first == CLA) | (first < 0))
        & ((second == CLA) | (second < 0))
        & ((first == CLA) | (second == CLA))
    )
    out = np.zeros(len(children), dtype=bool)
    out[spells.child[always]] = rng.random(always.sum()) < 0.3
    return out


def residence_table(rng: np.random.Generator, children: Children) -> pd.DataFrame:
    """Dated homes: one, or for one child in six an earlier one in another ward."""
    known = np.flatnonzero(children.known_to["trust"] & (children.ward != -2))
    # One child in six has moved, so that dated homes are worth having.
    moved = rng.random(len(known)) < 0.17
    change = rng.integers(FIRST + 60, LAST - 60, len(known))
    codes = children.ward_codes()[known]
    district = np.where(
        children.ward[known] == -1, OUTSIDE_LAS[children.outside[known]], BIRMINGHAM
    )
    start = np.maximum(FIRST - rng.integers(0, 1500, len(known)), children.birth_days()[known] + 31)
    now = pd.DataFrame(
        {
            "child": known,
            "ward_code": codes,
            "la_code": district,
            "start": np.where(moved, change, start),
            "end": -1,
        }
    )
    ward_code = rng.choice(WARDS, len(known))
    before = pd.DataFrame(
        {
            "child": known,
            "ward_code": ward_code,
            "la_code": BIRMINGHAM,
            "start": start,
            "end": change - 1,
        }
    )[moved]
    homes = pd.concat([before, now], ignore_index=True)
    homes = homes[(homes["end"] == -1) | (homes["end"] >= homes["start"])]
    person_ref = children.refs["trust"][homes["child"]]
    start_date = texts(homes["start"].to_numpy())
    end_date = texts(homes["end"].to_numpy())
    return pd.DataFrame(
        {
            "person_ref": person_ref,
            "ward_code": homes["ward_code"],
            "la_code": homes["la_code"],
            "start_date": start_date,
            "end_date": end_date,
        }
    ).sort_values(["person_ref", "start_date"])


def set_homes(children: Children, placed_out: Flags, guests: Ints) -> None:
    """Put each calibrated child's home where its cohort membership needs it."""
    inside = np.arange(len(children)) % len(WARDS)
    stays = children.in_cohort & ~placed_out & (children.ward == -1)
    children.ward = np.where(placed_out, -1, np.where(stays, inside, children.ward))
    children.ward[guests] = inside[guests]


assert len(OUTSIDE_LAS) == len(OUTSIDE_WARDS)

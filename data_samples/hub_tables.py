"""The hub's tables: episodes and risk assessments of children at risk, and of those who
never were.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, SNAPSHOTS, Children, Ints, drawn, refs, texts
from data_samples.hub import HIGH, LEVELS, LOW, MEDIUM, NONE, Spells

S1, S2 = SNAPSHOTS


def hub_tables(
    rng: np.random.Generator,
    children: Children,
    spells: Spells,
    others: Ints,
    guests: Ints,
    block: int,
) -> tuple[dict[str, pd.DataFrame], Ints]:
    """Hub episodes and risk assessments; also each child's first referral to the hub (-1 for none).

    `others` are children referred and never at risk; `guests` are placed here by another authority.
    """
    n = len(spells.child)
    raised = rng.random(n) < 0.06  # assessed none first, raised later
    cleared = rng.random(n) < 0.12  # assessed none at the end, closed some weeks after
    opened = spells.start - np.where(raised, rng.integers(20, 60, n), rng.integers(0, 12, n))
    referral = opened - rng.integers(2, 25, n)
    closed = spells.end + np.where(cleared, rng.integers(7, 30, n), 0)
    eighteen = np.maximum(children.eighteenth()[spells.child], 0)
    by_age = spells.end >= eighteen
    cleared &= ~by_age
    closed = np.where(by_age, spells.end + rng.integers(0, 20, n), closed)
    reason = drawn(
        rng, {"risk_reduced": 0.72, "moved_area": 0.08, "contact_ended": 0.14, "other": 0.06}, n
    ).astype(object)
    reason[by_age] = "turned_18"
    episode = refs("EP", block, rng.permutation(n))
    day = opened[raised] + 5
    assessments = [
        _history(rng, spells, episode),
        pd.DataFrame({"episode_ref": episode[raised], "day": day, "level": NONE}),
        pd.DataFrame({"episode_ref": episode[cleared], "day": spells.end[cleared], "level": NONE}),
    ]
    main = pd.DataFrame(
        {
            "episode_ref": episode,
            "child": spells.child,
            "referral": referral,
            "decision": "accepted",
            "decided": opened,
            "opened": opened,
            "closed": closed,
            "reason": reason,
            "cce": True,
        }
    )
    more, more_levels = _other_episodes(rng, others, guests, n, block)
    episodes = pd.concat([main, more], ignore_index=True)
    levels = pd.concat([*assessments, more_levels], ignore_index=True)
    return _as_tables(rng, children, episodes, levels)


def _history(rng: np.random.Generator, spells: Spells, episode: np.ndarray) -> pd.DataFrame:
    """Assessments about every 90 days; the last on or before each snapshot has the level that was
    drawn for it.
    """
    n = len(spells.child)
    (first, two) = spells.level
    base = np.where(
        first > 0,
        first,
        np.where(two > 0, two, drawn(rng, {LOW: 0.48, MEDIUM: 0.34, HIGH: 0.18}, n)),
    )
    rows = []
    day = spells.start.copy()
    level = np.clip(base + drawn(rng, {-1: 0.15, 0: 0.55, 1: 0.3}, n), LOW, HIGH)
    while (day < spells.end).any():
        live = day < spells.end
        rows.append(
            pd.DataFrame({"i": np.flatnonzero(live), "day": day[live], "level": level[live]})
        )
        day = day + rng.integers(60, 121, n)
        level = np.clip(level + drawn(rng, {-1: 0.3, 0: 0.55, 1: 0.15}, n), LOW, HIGH)
    # A child on both dates whose level changed between them was assessed between them.
    changed = np.flatnonzero((first > 0) & (two > 0))
    rows.append(
        pd.DataFrame(
            {
                "i": changed,
                "day": rng.integers(S1 + 10, S2 - 5, len(changed)),
                "level": two[changed],
            }
        )
    )
    history = (
        pd.concat(rows, ignore_index=True)
        .sort_values(["i", "day", "level"])
        .drop_duplicates(["i", "day"], keep="last")
    )
    for snapshot, wanted in ((S1, first), (S2, two)):
        before = history[history["day"] <= snapshot].groupby("i")["day"].idxmax()
        due = before[wanted[before.index.to_numpy()] > 0]
        history.loc[due.to_numpy(), "level"] = wanted[due.index.to_numpy()]
    history = history[history["day"] <= LAST]
    episode_ref = episode[history["i"]]
    return pd.DataFrame(
        {
            "episode_ref": episode_ref,
            "day": history["day"].to_numpy(),
            "level": history["level"].to_numpy(),
        }
    )


def _other_episodes(
    rng: np.random.Generator, others: Ints, guests: Ints, first: int, block: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Referrals that never led to a child at risk: refused, undecided, other exploitation,
    unassessed, assessed none; guests.
    """
    n, g = len(others), len(guests)
    kind = drawn(
        rng,
        {
            "nfa": 0.52,
            "early_help": 0.18,
            "pending": 0.03,
            "other_type": 0.12,
            "unassessed": 0.04,
            "none": 0.11,
        },
        n,
    )
    referral = rng.integers(FIRST, LAST - 45, n)
    referral = np.where(kind == "pending", rng.integers(LAST - 40, LAST + 1, n), referral)
    referral = np.where(kind == "unassessed", rng.integers(LAST - 90, LAST - 40, n), referral)
    accepted = np.isin(kind, ["other_type", "unassessed", "none"])
    decided = np.where(kind == "pending", -1, referral + rng.integers(2, 25, n))
    opened = np.where(accepted, decided, -1)
    closed = np.where(accepted, opened + rng.integers(40, 400, n), -1)
    closed = np.where(kind == "unassessed", LAST + 500, closed)
    episode_ref = refs("EP", block, np.arange(first, first + n))
    decision = np.where(
        accepted,
        "accepted",
        np.where(np.isin(kind, ["nfa", "early_help", "pending"]), kind, "nfa"),
    )
    reason = np.where(accepted, "risk_reduced", "")
    frame = pd.DataFrame(
        {
            "episode_ref": episode_ref,
            "child": others,
            "referral": referral,
            "decision": decision,
            "decided": decided,
            "opened": opened,
            "closed": closed,
            "reason": reason,
            "cce": kind != "other_type",
        }
    )
    assessed = np.isin(kind, ["other_type", "none"])
    day = opened[assessed] + 10
    level = np.where(kind[assessed] == "none", NONE, rng.choice([LOW, MEDIUM], assessed.sum()))
    levels = pd.DataFrame(
        {
            "episode_ref": frame["episode_ref"][assessed],
            "day": day,
            "level": level,
        }
    )
    start = rng.integers(FIRST + 900, S2 - 120, g)
    guest = pd.DataFrame(
        {
            "episode_ref": refs("EP", block, np.arange(first + n, first + n + g)),
            "child": guests,
            "referral": start - 9,
            "decision": "accepted",
            "decided": start,
            "opened": start,
            "closed": LAST + 300,
            "reason": "risk_reduced",
            "cce": True,
        }
    )
    guest_levels = pd.DataFrame(
        {
            "episode_ref": guest["episode_ref"],
            "day": start + 7,
            "level": rng.choice([LOW, MEDIUM, HIGH], g),
        }
    )
    return pd.concat([frame, guest]), pd.concat([levels, guest_levels])


def _as_tables(
    rng: np.random.Generator, children: Children, e: pd.DataFrame, levels: pd.DataFrame
) -> tuple[dict[str, pd.DataFrame], Ints]:
    """Everything after the extract's last day is not yet known: no date of it is written."""
    e = e[e["referral"] <= LAST].reset_index(drop=True)
    n = len(e)
    undecided = e["decided"].to_numpy() > LAST
    e.loc[undecided, ["decision", "reason"]] = ["pending", ""]
    e.loc[undecided, ["decided", "opened", "closed"]] = -1
    still = e["closed"].to_numpy() > LAST
    e.loc[still, "reason"] = ""
    e.loc[still, "closed"] = -1
    types = np.where(
        ~e["cce"],
        drawn(rng, {"CSE": 0.8, "MS": 0.1, "OTHER": 0.1}, n),
        np.where(rng.random(n) < 0.14, "CCE;CSE", np.where(rng.random(n) < 0.06, "CCE;MS", "CCE")),
    )
    forms = drawn(
        rng,
        {
            "county_lines": 0.26,
            "local_drug_supply": 0.22,
            "cannabis_cultivation": 0.03,
            "theft": 0.1,
            "weapons": 0.13,
            "violence": 0.09,
            "money_mule": 0.04,
            "cuckooing": 0.02,
            "online": 0.03,
            "not_known": 0.08,
        },
        (2, n),
    )
    both = np.where(
        (forms[0] == forms[1]) | (rng.random(n) < 0.6), forms[0], forms[0] + ";" + forms[1]
    )
    turned = (e["reason"] == "turned_18").to_numpy()
    late = np.where(rng.random(n) < 0.05, rng.integers(20, 120, n), rng.integers(0, 3, n))
    person_ref = children.refs["trust"][e["child"]]
    days = np.minimum(e["referral"].to_numpy() + late, LAST)
    recorded_date = texts(days)
    referral_date = texts(e["referral"].to_numpy())
    source = drawn(
        rng,
        {
            "6": 0.36,
            "2A": 0.2,
            "5A": 0.19,
            "3E": 0.06,
            "1A": 0.05,
            "7": 0.05,
            "2B": 0.04,
            "3F": 0.03,
            "5D": 0.02,
        },
        n,
    )
    cce_forms = np.where(e["cce"] & (rng.random(n) < 0.93), both, "")
    decision_date = texts(e["decided"].to_numpy())
    opened_date = texts(e["opened"].to_numpy())
    closed_date = texts(e["closed"].to_numpy())
    transferred_to_adult_service = np.where(turned, drawn(rng, {"Y": 0.34, "N": 0.66}, n), "NA")
    episodes = pd.DataFrame(
        {
            "episode_ref": e["episode_ref"],
            "person_ref": person_ref,
            "referral_date": referral_date,
            "source": source,
            "exploitation_types": types,
            "cce_forms": cce_forms,
            "decision": e["decision"],
            "decision_date": decision_date,
            "opened_date": opened_date,
            "closed_date": closed_date,
            "closure_reason": e["reason"],
            "transferred_to_adult_service": transferred_to_adult_service,
            "recorded_date": recorded_date,
        }
    )
    levels = levels[
        levels["episode_ref"].isin(e.loc[e["opened"] > 0, "episode_ref"]) & (levels["day"] <= LAST)
    ]
    panel = drawn(rng, {"police": 0.2, "police;education": 0.72, "education": 0.08}, len(levels))
    panel = np.where(rng.random(len(levels)) < 0.46, panel.astype(object) + ";health", panel)
    panel = np.where(rng.random(len(levels)) < 0.12, panel.astype(object) + ";mental_health", panel)
    assessed = levels["day"].to_numpy()
    risk_level = LEVELS[levels["level"].to_numpy()]
    agencies_present = np.where(rng.random(len(levels)) < 0.1, "", panel)
    assessments = pd.DataFrame(
        {
            "episode_ref": levels["episode_ref"],
            "assessed_date": texts(assessed),
            "risk_level": risk_level,
            "agencies_present": agencies_present,
            "recorded_date": texts(np.minimum(assessed + rng.integers(0, 9, len(levels)), LAST)),
        }
    ).sort_values(["episode_ref", "assessed_date", "risk_level"])
    first = np.full(len(children), -1)
    earliest = e.groupby("child")["referral"].min()
    first[earliest.index.to_numpy()] = earliest.to_numpy()
    return {
        "hub_episodes": episodes.sort_values("episode_ref"),
        "risk_assessments": assessments,
    }, first

"""The hub's tables: episodes and risk assessments of children at risk, and of those who
never were.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, S1, S2, Children
from data_samples.draws import Draws, Ints, refs, texts
from data_samples.hub import HIGH, LEVELS, LOW, MEDIUM, NONE, Spells

# Of referrals that never led to a child at risk, those that were accepted all the same.
ACCEPTED = ["other_type", "unassessed", "none"]


@dataclass(frozen=True)
class Hub:
    """Episodes and assessments in days, before anything after the extract is hidden."""

    episodes: pd.DataFrame
    levels: pd.DataFrame


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
    at_risk = _of_children_at_risk(rng, children, spells, block)
    never = _of_others(rng, others, n, block)
    of_guests = _of_guests(rng, guests, n + len(others), block)
    parts = [at_risk, never, of_guests]
    levels = pd.concat([part.levels for part in parts], ignore_index=True)
    episodes = pd.concat([part.episodes for part in parts], ignore_index=True)
    # Everything after the extract's last day is not yet known: no date of it is written.
    episodes = _as_known(episodes)
    first = np.full(len(children), -1)
    earliest = episodes.groupby("child")["referral"].min()
    first[earliest.index.to_numpy()] = earliest.to_numpy()
    tables = {
        "hub_episodes": _episode_table(rng, children, episodes),
        "risk_assessments": _assessment_table(rng, episodes, levels),
    }
    return tables, first


def _of_children_at_risk(
    rng: np.random.Generator, children: Children, spells: Spells, block: int
) -> Hub:
    n = len(spells.child)
    draw = Draws(rng, n)
    raised = draw.chance(0.06)  # assessed none first, raised later
    cleared = draw.chance(0.12)  # assessed none at the end, closed some weeks after
    opened = spells.start - np.where(raised, draw.whole(20, 60), draw.whole(0, 12))
    referral = opened - draw.whole(2, 25)
    closed = spells.end + np.where(cleared, draw.whole(7, 30), 0)
    eighteen = np.maximum(children.eighteenth()[spells.child], 0)
    by_age = spells.end >= eighteen
    cleared &= ~by_age
    closed = np.where(by_age, spells.end + draw.whole(0, 20), closed)
    reason = draw.code("closure").astype(object)
    reason[by_age] = "turned_18"
    episode = refs("EP", block, draw.order())
    episodes = pd.DataFrame({"episode_ref": episode, "child": spells.child})
    episodes["referral"] = referral
    episodes["decision"] = "accepted"
    episodes["decided"] = opened
    episodes["opened"] = opened
    episodes["closed"] = closed
    episodes["reason"] = reason
    episodes["cce"] = True
    first_none = pd.DataFrame({"episode_ref": episode, "day": opened + 5, "level": NONE})[raised]
    last_none = pd.DataFrame({"episode_ref": episode, "day": spells.end, "level": NONE})[cleared]
    history = _history(rng, spells, episode)
    return Hub(episodes, pd.concat([history, first_none, last_none]))


def _history(rng: np.random.Generator, spells: Spells, episode: np.ndarray) -> pd.DataFrame:
    """Assessments about every 90 days; the last on or before each snapshot has the level that was
    drawn for it.
    """
    draw = Draws(rng, len(spells.child))
    first, second = spells.level
    of_others = draw.of({LOW: 0.48, MEDIUM: 0.34, HIGH: 0.18})
    base = np.select([first > 0, second > 0], [first, second], of_others)
    day = spells.start.copy()
    level = np.clip(base + draw.of({-1: 0.15, 0: 0.55, 1: 0.3}), LOW, HIGH)
    number = np.arange(draw.n)
    rounds = []
    while (day < spells.end).any():
        assessed = pd.DataFrame({"number": number, "day": day, "level": level})
        rounds.append(assessed[day < spells.end])
        day = day + draw.whole(60, 121)
        level = np.clip(level + draw.of({-1: 0.3, 0: 0.55, 1: 0.15}), LOW, HIGH)
    # A child on both dates whose level changed between them was assessed between them.
    changed = np.flatnonzero((first > 0) & (second > 0))
    between = pd.DataFrame({"number": changed})
    between["day"] = rng.integers(S1 + 10, S2 - 5, len(changed))
    between["level"] = second[changed]
    history = pd.concat([*rounds, between], ignore_index=True)
    history = history.sort_values(["number", "day", "level"])
    history = history.drop_duplicates(["number", "day"], keep="last")
    for snapshot, wanted in ((S1, first), (S2, second)):
        before = history[history["day"] <= snapshot]
        last = before.groupby("number")["day"].idxmax()
        due = last[wanted[last.index.to_numpy()] > 0]
        history.loc[due.to_numpy(), "level"] = wanted[due.index.to_numpy()]
    history = history[history["day"] <= LAST]
    table = history[["day", "level"]]
    table.insert(0, "episode_ref", episode[history["number"]])
    return table


def _of_others(rng: np.random.Generator, others: Ints, first: int, block: int) -> Hub:
    """Referrals that never led to a child at risk: refused, undecided, other exploitation,
    unassessed, assessed none.
    """
    n = len(others)
    draw = Draws(rng, n)
    kind = draw.code("never_at_risk")
    is_pending = kind == "pending"
    is_unassessed = kind == "unassessed"
    accepted = np.isin(kind, ACCEPTED)
    referral = draw.whole(FIRST, LAST - 45)
    referral = np.where(is_pending, draw.whole(LAST - 40, LAST + 1), referral)
    referral = np.where(is_unassessed, draw.whole(LAST - 90, LAST - 40), referral)
    decided = np.where(is_pending, -1, referral + draw.whole(2, 25))
    opened = np.where(accepted, decided, -1)
    closed = np.where(accepted, opened + draw.whole(40, 400), -1)
    closed[is_unassessed] = LAST + 500
    decision = kind.astype(object)
    decision[accepted] = "accepted"
    numbers = np.arange(first, first + n)
    episodes = pd.DataFrame({"episode_ref": refs("EP", block, numbers), "child": others})
    episodes["referral"] = referral
    episodes["decision"] = decision
    episodes["decided"] = decided
    episodes["opened"] = opened
    episodes["closed"] = closed
    episodes["reason"] = np.where(accepted, "risk_reduced", "")
    episodes["cce"] = kind != "other_type"
    assessed = np.isin(kind, ["other_type", "none"])
    levels = episodes.loc[assessed, ["episode_ref"]]
    levels["day"] = opened[assessed] + 10
    some_level = rng.choice([LOW, MEDIUM], assessed.sum())
    levels["level"] = np.where(kind[assessed] == "none", NONE, some_level)
    return Hub(episodes, levels)


def _of_guests(rng: np.random.Generator, guests: Ints, first: int, block: int) -> Hub:
    """Children whom another authority placed here, at risk and open."""
    draw = Draws(rng, len(guests))
    start = draw.whole(FIRST + 900, S2 - 120)
    numbers = np.arange(first, first + len(guests))
    episodes = pd.DataFrame({"episode_ref": refs("EP", block, numbers), "child": guests})
    episodes["referral"] = start - 9
    episodes["decision"] = "accepted"
    episodes["decided"] = start
    episodes["opened"] = start
    episodes["closed"] = LAST + 300
    episodes["reason"] = "risk_reduced"
    episodes["cce"] = True
    levels = episodes[["episode_ref"]].copy()
    levels["day"] = start + 7
    levels["level"] = rng.choice([LOW, MEDIUM, HIGH], len(guests))
    return Hub(episodes, levels)


def _as_known(episodes: pd.DataFrame) -> pd.DataFrame:
    """The episodes as they stand on the extract's last day."""
    known = episodes[episodes["referral"] <= LAST].reset_index(drop=True)
    is_undecided = known["decided"] > LAST
    known.loc[is_undecided, "decision"] = "pending"
    known.loc[is_undecided, "reason"] = ""
    known.loc[is_undecided, ["decided", "opened", "closed"]] = -1
    is_open = known["closed"] > LAST
    known.loc[is_open, "reason"] = ""
    known.loc[is_open, "closed"] = -1
    return known


def _exploitation_types(draw: Draws, is_cce: np.ndarray) -> np.ndarray:
    other = draw.code("other_exploitation")
    with_cse = draw.chance(0.14)
    with_slavery = draw.chance(0.06)
    return np.select([~is_cce, with_cse, with_slavery], [other, "CCE;CSE", "CCE;MS"], "CCE")


def _cce_forms(draw: Draws) -> np.ndarray:
    """One form, or two different ones for four in ten."""
    forms = Draws(draw.rng, 2 * draw.n).code("cce_form").reshape(2, draw.n)
    main, more = forms.astype(object)
    is_one = (main == more) | draw.chance(0.6)
    return np.where(is_one, main, main + ";" + more)


def _episode_table(
    rng: np.random.Generator, children: Children, episodes: pd.DataFrame
) -> pd.DataFrame:
    draw = Draws(rng, len(episodes))
    is_cce = episodes["cce"].to_numpy()
    referral = episodes["referral"].to_numpy()
    types = _exploitation_types(draw, is_cce)
    forms = _cce_forms(draw)
    is_late = draw.chance(0.05)
    late = np.where(is_late, draw.whole(20, 120), draw.whole(0, 3))
    source = draw.code("hub_source")
    has_forms = is_cce & draw.chance(0.93)
    turned_18 = episodes["reason"] == "turned_18"
    table = episodes[["episode_ref"]].copy()
    table["person_ref"] = children.refs["trust"][episodes["child"]]
    table["referral_date"] = texts(referral)
    table["source"] = source
    table["exploitation_types"] = types
    table["cce_forms"] = np.where(has_forms, forms, "")
    table["decision"] = episodes["decision"]
    table["decision_date"] = texts(episodes["decided"].to_numpy())
    table["opened_date"] = texts(episodes["opened"].to_numpy())
    table["closed_date"] = texts(episodes["closed"].to_numpy())
    table["closure_reason"] = episodes["reason"]
    table["transferred_to_adult_service"] = np.where(turned_18, draw.code("transferred"), "NA")
    table["recorded_date"] = texts(np.minimum(referral + late, LAST))
    return table.sort_values("episode_ref")


def _assessment_table(
    rng: np.random.Generator, episodes: pd.DataFrame, levels: pd.DataFrame
) -> pd.DataFrame:
    opened = episodes.loc[episodes["opened"] > 0, "episode_ref"]
    is_known = levels["episode_ref"].isin(opened) & (levels["day"] <= LAST)
    levels = levels[is_known]
    draw = Draws(rng, len(levels))
    day = levels["day"].to_numpy()
    panel = draw.code("panel").astype(object)
    panel[draw.chance(0.46)] += ";health"
    panel[draw.chance(0.12)] += ";mental_health"
    panel[draw.chance(0.1)] = ""
    recorded = np.minimum(day + draw.whole(0, 9), LAST)
    table = levels[["episode_ref"]].copy()
    table["assessed_date"] = texts(day)
    table["risk_level"] = LEVELS[levels["level"].to_numpy()]
    table["agencies_present"] = panel
    table["recorded_date"] = texts(recorded)
    return table.sort_values(["episode_ref", "assessed_date", "risk_level"])

"""The exploitation hub's episodes, drawn so that two published snapshots come out exactly.

Spells at risk are a stationary process (arrivals, gamma lengths). Conditioned on which of the two calibrated dates they
cover, they fall into four kinds; drawing the published number of each kind keeps the months between them natural.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import (
    FIRST, IS_WHITE, LAST, SNAPSHOTS, UNKNOWN, WEIGHTS, Children, Flags, Ints, draw_people, refs, texts,
)

S1, S2 = SNAPSHOTS
BOTH = 138
ONLY_FIRST, ONLY_SECOND = 337 - BOTH, 291 - BOTH
HIGH, MEDIUM, LOW, NONE = 3, 2, 1, 0
LEVELS = np.array(["none", "low", "medium", "high"], dtype=object)
CLA, CP, CIN, NO_PLAN = 3, 2, 1, 0
MEAN_DAYS = 330.0
YEAR = 365.25


@dataclass
class Spells:
    """Periods at risk: child (row number), first and last day (the day after), level and plan wanted on each snapshot."""

    child: Ints
    start: Ints
    end: Ints
    level: tuple[Ints, Ints]  # on S1 and S2; -1 where the spell does not cover that date
    plan: tuple[Ints, Ints]


def _quota(rng: np.random.Generator, sizes: dict[int, int], lean: Ints | None = None) -> Ints:
    """Exactly `sizes[v]` of each value v, shuffled; with `lean`, mostly high values where `lean` is high."""
    values = np.concatenate([np.full(k, v) for v, k in sorted(sizes.items())]).astype(np.int64)
    if lean is None:
        return rng.permutation(values)
    out = np.empty_like(values)
    out[np.argsort(lean + rng.normal(0, 0.6, len(values)), kind="stable")] = values
    return out


def _candidates(rng: np.random.Generator) -> tuple[Ints, Ints]:
    n = 12_000
    start = rng.integers(FIRST - 700, LAST + 1, n)
    return start, start + 21 + rng.gamma(2.0, MEAN_DAYS / 2, n).astype(np.int64)


def draw_spells(rng: np.random.Generator) -> tuple[Children, Spells]:
    """The children ever at risk in the period and their spells, the calibrated ones first: both, first only, second only."""
    start, end = _candidates(rng)
    covers1, covers2 = (start <= S1) & (end > S1), (start <= S2) & (end > S2)
    kinds = [np.flatnonzero(k) for k in (covers1 & covers2, covers1 & ~covers2, covers2 & ~covers1)]
    rest = np.flatnonzero(~covers1 & ~covers2 & (end > FIRST) & (start < LAST))
    others = rest[: round(len(rest) * (337 + 291) / (covers1.sum() + covers2.sum()))]
    picked = [k[:size] for k, size in zip(kinds, (BOTH, ONLY_FIRST, ONLY_SECOND), strict=True)]
    order = np.concatenate([*picked, others])
    start, end = start[order], end[order]
    children = draw_people(rng, len(order))
    b, a, c = slice(0, BOTH), slice(BOTH, BOTH + ONLY_FIRST), slice(337, 337 + ONLY_SECOND)
    fixed = slice(0, 337 + ONLY_SECOND)
    children.in_cohort[fixed] = True
    children.is_boy = rng.random(len(order)) < 0.74
    _fix_facts(rng, children, b, a, c)
    _fix_ages(rng, children, start, b, a, c)
    # Nobody stays at risk past 18, and nobody is referred before the age of eight.
    end = np.minimum(end, children.eighteenth())
    start = np.maximum(start, np.where(children.birth < 0, 0, children.birth_days() + int(8 * YEAR)))
    level, plan = _levels(rng, len(order), b, a, c), _plans(rng, len(order), b, a, c)
    spells = Spells(np.arange(len(order)), start, end, level, plan)
    return _share_children(rng, children, spells)


def _fix_facts(rng: np.random.Generator, children: Children, b: slice, a: slice, c: slice) -> None:
    """Sex and ethnic group: 217 boys on S2; 212 of 337 and 189 of 289 in groups other than White, two not known on S2."""
    children.is_boy[b] = _quota(rng, {1: 104, 0: BOTH - 104}) == 1
    children.is_boy[c] = _quota(rng, {1: 113, 0: ONLY_SECOND - 113}) == 1
    white = np.flatnonzero(IS_WHITE[:-1])
    other = np.flatnonzero(~IS_WHITE[:-1])
    for part, others, unknown in ((b, 90, 0), (a, 122, 0), (c, 99, 2)):
        size = part.stop - part.start
        kind = _quota(rng, {0: size - others - unknown, 1: others, 2: unknown})
        w = rng.choice(white, size, p=WEIGHTS[white] / WEIGHTS[white].sum())
        o = rng.choice(other, size, p=WEIGHTS[other] / WEIGHTS[other].sum())
        children.ethnicity[part] = np.select([kind == 0, kind == 1], [w, o], UNKNOWN)


def _fix_ages(rng: np.random.Generator, children: Children, start: Ints, b: slice, a: slice, c: slice) -> None:
    """Birth months: 256 of 337 aged 15–17 on S1; 169 of 290 aged 16–17 on S2, one girl of 10, one month not known."""
    n = len(start)
    # Others: 10 to 17 when the spell starts, mostly 13 to 16.
    age = np.clip(rng.normal(14.6, 1.6, n), 9.2, 17.3)
    month = start.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64) + 1970 * 12
    children.birth = (month - (age * 12).astype(np.int64)).astype(np.int64)

    def born(low: int, high: int, size: int) -> Ints:
        return rng.integers(low, high + 1, size)

    july, march = 2023 * 12 + 6, 2024 * 12 + 2
    older = (march - 17 * 12 - 11, march - 16 * 12)      # 16–17 on S2, and so 15–17 on S1
    fifteen = (march - 16 * 12 + 1, july - 15 * 12)      # 15 on both
    younger = (july - 15 * 12 + 1, july - 12 * 12)       # 12–14 on S1
    teens = (july - 17 * 12 - 11, july - 15 * 12)        # 15–17 on S1
    children.birth[b] = rng.permutation(np.concatenate([born(*older, 92), born(*fifteen, 12), born(*younger, BOTH - 104)]))
    children.birth[a] = rng.permutation(np.concatenate([born(*teens, 152), born(*younger, ONLY_FIRST - 152)]))
    young = born(march - 15 * 12 - 11, march - 11 * 12 - 6, ONLY_SECOND - 79)  # 11–15 on S2
    children.birth[c] = rng.permutation(np.concatenate([born(*older, 77), young, [march - 10 * 12 - 5], [-1]]))
    girl = c.start + int(np.flatnonzero(children.birth[c] == march - 10 * 12 - 5)[0])
    if children.is_boy[girl]:  # swap sexes with a girl of the same kind of spell, so that both totals stand
        other = c.start + int(np.flatnonzero(~children.is_boy[c])[0])
        children.is_boy[girl], children.is_boy[other] = False, True


def _levels(rng: np.random.Generator, n: int, b: slice, a: slice, c: slice) -> tuple[Ints, Ints]:
    """71 high, 125 medium, 141 low on S1; 52, 81 and 158 on S2; children on both mostly keep theirs."""
    first, second = np.full(n, -1), np.full(n, -1)
    first[b] = _quota(rng, {HIGH: 30, MEDIUM: 52, LOW: BOTH - 82})
    first[a] = _quota(rng, {HIGH: 41, MEDIUM: 73, LOW: ONLY_FIRST - 114})
    second[b] = _quota(rng, {HIGH: 24, MEDIUM: 40, LOW: BOTH - 64}, lean=first[b])
    second[c] = _quota(rng, {HIGH: 28, MEDIUM: 41, LOW: ONLY_SECOND - 69})
    return first, second


def _plans(rng: np.random.Generator, n: int, b: slice, a: slice, c: slice) -> tuple[Ints, Ints]:
    """276 of 337 in care or with a plan on S1; 203 of 291 with a plan (not in care) on S2."""
    first, second = np.full(n, -1), np.full(n, -1)
    first[b] = _quota(rng, {CLA: 20, CP: 36, CIN: 58, NO_PLAN: BOTH - 114})
    first[a] = _quota(rng, {CLA: 31, CP: 49, CIN: 82, NO_PLAN: ONLY_FIRST - 162})
    second[b] = _quota(rng, {CLA: 20, CP: 36, CIN: 60, NO_PLAN: BOTH - 116}, lean=first[b])
    second[c] = _quota(rng, {CLA: 18, CP: 39, CIN: 68, NO_PLAN: ONLY_SECOND - 125})
    return first, second


def _share_children(rng: np.random.Generator, children: Children, spells: Spells) -> tuple[Children, Spells]:
    """Let about one uncalibrated spell in seven be another child's second one, well apart from its first."""
    n, fixed = len(children), 337 + ONLY_SECOND
    second = np.flatnonzero((np.arange(n) >= fixed) & (rng.random(n) < 0.2))
    host = rng.permutation(np.setdiff1d(np.arange(n), second))[: len(second)]
    second = second[: len(host)]
    apart = (spells.start[second] > spells.end[host] + 60) | (spells.end[second] < spells.start[host] - 60)
    age = (spells.start[second] - children.birth_days()[host]) / YEAR
    fits = apart & (age > 10) & (spells.end[second] < children.eighteenth()[host]) & (spells.end[second] > spells.start[second] + 14)
    spells.child[second[fits]] = host[fits]
    keep = np.ones(n, dtype=bool)
    keep[second[fits]] = False
    number = np.cumsum(keep) - 1
    spells.child = number[spells.child]
    kept = Children(children.birth[keep], children.is_boy[keep], children.ethnicity[keep], children.ward[keep],
                    children.outside[keep], children.in_cohort[keep])
    return kept, spells


def hub_tables(rng: np.random.Generator, children: Children, spells: Spells, others: Ints, guests: Ints, block: int,
               ) -> tuple[dict[str, pd.DataFrame], Ints]:
    """Hub episodes and risk assessments; also each child's first referral to the hub (-1 for none).

    `others` are children referred and never at risk; `guests` are placed here by another authority.
    """
    n = len(spells.child)
    raised = rng.random(n) < 0.06              # assessed none first, raised later
    cleared = (rng.random(n) < 0.12)           # assessed none at the end, closed some weeks after
    opened = spells.start - np.where(raised, rng.integers(20, 60, n), rng.integers(0, 12, n))
    referral = opened - rng.integers(2, 25, n)
    closed = spells.end + np.where(cleared, rng.integers(7, 30, n), 0)
    eighteen = np.maximum(children.eighteenth()[spells.child], 0)
    by_age = spells.end >= eighteen
    cleared &= ~by_age
    closed = np.where(by_age, spells.end + rng.integers(0, 20, n), closed)
    reason = rng.choice(["risk_reduced", "moved_area", "contact_ended", "other"], n, p=[0.72, 0.08, 0.14, 0.06]).astype(object)
    reason[by_age] = "turned_18"
    episode = refs("EP", block, rng.permutation(n))
    assessments = [
        _history(rng, spells, episode),
        pd.DataFrame({"episode_ref": episode[raised], "day": opened[raised] + 5, "level": NONE}),
        pd.DataFrame({"episode_ref": episode[cleared], "day": spells.end[cleared], "level": NONE}),
    ]
    main = pd.DataFrame({
        "episode_ref": episode, "child": spells.child, "referral": referral, "decision": "accepted", "decided": opened,
        "opened": opened, "closed": closed, "reason": reason, "cce": True,
    })
    more, more_levels = _other_episodes(rng, others, guests, n, block)
    episodes = pd.concat([main, more], ignore_index=True)
    levels = pd.concat([*assessments, more_levels], ignore_index=True)
    return _as_tables(rng, children, episodes, levels)


def _history(rng: np.random.Generator, spells: Spells, episode: np.ndarray) -> pd.DataFrame:
    """Assessments about every 90 days; the last on or before each snapshot has the level that was drawn for it."""
    n, (one, two) = len(spells.child), spells.level
    base = np.where(one > 0, one, np.where(two > 0, two, rng.choice([LOW, MEDIUM, HIGH], n, p=[0.48, 0.34, 0.18])))
    rows = []
    day = spells.start.copy()
    level = np.clip(base + rng.choice([-1, 0, 1], n, p=[0.15, 0.55, 0.3]), LOW, HIGH)
    while (day < spells.end).any():
        live = day < spells.end
        rows.append(pd.DataFrame({"i": np.flatnonzero(live), "day": day[live], "level": level[live]}))
        day = day + rng.integers(60, 121, n)
        level = np.clip(level + rng.choice([-1, 0, 1], n, p=[0.3, 0.55, 0.15]), LOW, HIGH)
    # A child on both dates whose level changed between them was assessed between them.
    changed = np.flatnonzero((one > 0) & (two > 0))
    rows.append(pd.DataFrame({"i": changed, "day": rng.integers(S1 + 10, S2 - 5, len(changed)), "level": two[changed]}))
    history = pd.concat(rows, ignore_index=True).sort_values(["i", "day", "level"]).drop_duplicates(["i", "day"], keep="last")
    for snapshot, wanted in ((S1, one), (S2, two)):
        before = history[history["day"] <= snapshot].groupby("i")["day"].idxmax()
        due = before[wanted[before.index.to_numpy()] > 0]
        history.loc[due.to_numpy(), "level"] = wanted[due.index.to_numpy()]
    history = history[history["day"] <= LAST]
    return pd.DataFrame({"episode_ref": episode[history["i"]], "day": history["day"].to_numpy(), "level": history["level"].to_numpy()})


def _other_episodes(rng: np.random.Generator, others: Ints, guests: Ints, first: int, block: int) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Referrals that never led to a child at risk: refused, undecided, other exploitation, unassessed, assessed none; guests."""
    n, g = len(others), len(guests)
    kind = rng.choice(["nfa", "early_help", "pending", "other_type", "unassessed", "none"], n, p=[0.52, 0.18, 0.03, 0.12, 0.04, 0.11])
    referral = rng.integers(FIRST, LAST - 45, n)
    referral = np.where(kind == "pending", rng.integers(LAST - 40, LAST + 1, n), referral)
    referral = np.where(kind == "unassessed", rng.integers(LAST - 90, LAST - 40, n), referral)
    accepted = np.isin(kind, ["other_type", "unassessed", "none"])
    decided = np.where(kind == "pending", -1, referral + rng.integers(2, 25, n))
    opened = np.where(accepted, decided, -1)
    closed = np.where(accepted, opened + rng.integers(40, 400, n), -1)
    closed = np.where(kind == "unassessed", LAST + 500, closed)
    frame = pd.DataFrame({
        "episode_ref": refs("EP", block, np.arange(first, first + n)), "child": others, "referral": referral,
        "decision": np.where(accepted, "accepted", np.where(np.isin(kind, ["nfa", "early_help", "pending"]), kind, "nfa")),
        "decided": decided, "opened": opened, "closed": closed,
        "reason": np.where(accepted, "risk_reduced", ""), "cce": kind != "other_type",
    })
    assessed = np.isin(kind, ["other_type", "none"])
    levels = pd.DataFrame({
        "episode_ref": frame["episode_ref"][assessed], "day": opened[assessed] + 10,
        "level": np.where(kind[assessed] == "none", NONE, rng.choice([LOW, MEDIUM], assessed.sum()))})
    start = rng.integers(FIRST + 900, S2 - 120, g)
    guest = pd.DataFrame({
        "episode_ref": refs("EP", block, np.arange(first + n, first + n + g)), "child": guests, "referral": start - 9,
        "decision": "accepted", "decided": start, "opened": start, "closed": LAST + 300, "reason": "risk_reduced", "cce": True})
    guest_levels = pd.DataFrame({"episode_ref": guest["episode_ref"], "day": start + 7, "level": rng.choice([LOW, MEDIUM, HIGH], g)})
    return pd.concat([frame, guest]), pd.concat([levels, guest_levels])


def _as_tables(rng: np.random.Generator, children: Children, e: pd.DataFrame, levels: pd.DataFrame) -> tuple[dict[str, pd.DataFrame], Ints]:
    """Everything after the extract's last day is not yet known: no date of it is written."""
    e = e[e["referral"] <= LAST].reset_index(drop=True)
    n = len(e)
    undecided = e["decided"].to_numpy() > LAST
    e.loc[undecided, ["decision", "reason"]] = ["pending", ""]
    e.loc[undecided, ["decided", "opened", "closed"]] = -1
    still = e["closed"].to_numpy() > LAST
    e.loc[still, "reason"], e.loc[still, "closed"] = "", -1
    types = np.where(~e["cce"], rng.choice(["CSE", "MS", "OTHER"], n, p=[0.8, 0.1, 0.1]),
                     np.where(rng.random(n) < 0.14, "CCE;CSE", np.where(rng.random(n) < 0.06, "CCE;MS", "CCE")))
    forms = rng.choice(["county_lines", "local_drug_supply", "cannabis_cultivation", "theft", "weapons", "violence", "money_mule", "cuckooing", "online", "not_known"],
                       (2, n), p=[0.26, 0.22, 0.03, 0.1, 0.13, 0.09, 0.04, 0.02, 0.03, 0.08])
    both = np.where((forms[0] == forms[1]) | (rng.random(n) < 0.6), forms[0], forms[0] + ";" + forms[1])
    turned = (e["reason"] == "turned_18").to_numpy()
    late = np.where(rng.random(n) < 0.05, rng.integers(20, 120, n), rng.integers(0, 3, n))
    episodes = pd.DataFrame({
        "episode_ref": e["episode_ref"], "person_ref": children.refs["trust"][e["child"]], "referral_date": texts(e["referral"].to_numpy()),
        "source": rng.choice(["6", "2A", "5A", "3E", "1A", "7", "2B", "3F", "5D"], n, p=[0.36, 0.2, 0.19, 0.06, 0.05, 0.05, 0.04, 0.03, 0.02]),
        "exploitation_types": types, "cce_forms": np.where(e["cce"] & (rng.random(n) < 0.93), both, ""),
        "decision": e["decision"], "decision_date": texts(e["decided"].to_numpy()), "opened_date": texts(e["opened"].to_numpy()),
        "closed_date": texts(e["closed"].to_numpy()), "closure_reason": e["reason"],
        "transferred_to_adult_service": np.where(turned, rng.choice(["Y", "N"], n, p=[0.34, 0.66]), "NA"),
        "recorded_date": texts(np.minimum(e["referral"].to_numpy() + late, LAST)),
    })
    levels = levels[levels["episode_ref"].isin(e.loc[e["opened"] > 0, "episode_ref"]) & (levels["day"] <= LAST)]
    panel = np.where(rng.random(len(levels)) < 0.2, "police", "police;education")
    panel = np.where(rng.random(len(levels)) < 0.46, panel.astype(object) + ";health", panel)
    assessed = levels["day"].to_numpy()
    assessments = pd.DataFrame({
        "episode_ref": levels["episode_ref"], "assessed_date": texts(assessed), "risk_level": LEVELS[levels["level"].to_numpy()],
        "agencies_present": np.where(rng.random(len(levels)) < 0.1, "", panel),
        "recorded_date": texts(np.minimum(assessed + rng.integers(0, 9, len(levels)), LAST)),
    }).sort_values(["episode_ref", "assessed_date", "risk_level"])
    first = np.full(len(children), -1)
    earliest = e.groupby("child")["referral"].min()
    first[earliest.index.to_numpy()] = earliest.to_numpy()
    return {"hub_episodes": episodes.sort_values("episode_ref"), "risk_assessments": assessments}, first

"""Plans, spells in care and homes of the invented children: what the Trust holds of where they live
and under what.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, S1, S2, Children
from data_samples.city import BIRMINGHAM, OUTSIDE_LAS, WARDS
from data_samples.draws import Draws, Flags, Ints, texts
from data_samples.hub import CIN, CLA, CP, Spells

PLAN_CODES = np.array(["EH", "CIN", "CP", "CLA"], dtype=object)
EARLY_HELP = 0


@dataclass(frozen=True)
class _CohortPlans:
    """Draws the plans that the calibrated children need on the two dates."""

    rng: np.random.Generator
    spells: Spells

    def table(self) -> pd.DataFrame:
        """One spell per child and date, two where the plan changed between them; none for "no
        plan".
        """
        first, second = self.spells.plan
        is_first = first > 0
        is_second = second > 0
        is_same = first == second
        first_alone = self._until_later(first, is_first & (second < 0), S1, 400)
        second_alone = self._until_later(second, is_second & (first < 0), S2, 300)
        same = self._until_later(first, is_first & is_same, S1, 400)
        before = self._until_change(first, is_first & (second >= 0) & ~is_same)
        after = self._from_change(second, is_second & (first >= 0) & ~is_same)
        return pd.concat([first_alone, second_alone, same, before, after], ignore_index=True)

    def _until_later(self, plan: Ints, wanted: Flags, snapshot: int, days: int) -> pd.DataFrame:
        """Begun up to so many days before the date, or before the child was at risk; ended after
        the last date covered.
        """
        rows = self._rows(plan, wanted)
        before_date = snapshot + self.rng.integers(-days, -20, len(rows))
        rows["start"] = np.minimum(before_date, self._before_risk(wanted))
        rows["end"] = self._last_date(wanted) + self.rng.integers(15, 500, len(rows))
        return rows

    def _until_change(self, plan: Ints, wanted: Flags) -> pd.DataFrame:
        rows = self._rows(plan, wanted)
        before_date = S1 + self.rng.integers(-400, -20, len(rows))
        rows["start"] = np.minimum(before_date, self._before_risk(wanted))
        rows["end"] = self._change(wanted)
        return rows

    def _from_change(self, plan: Ints, wanted: Flags) -> pd.DataFrame:
        rows = self._rows(plan, wanted)
        rows["start"] = self._change(wanted) + 1
        rows["end"] = self._last_date(wanted) + self.rng.integers(15, 500, len(rows))
        return rows

    def _rows(self, plan: Ints, wanted: Flags) -> pd.DataFrame:
        return pd.DataFrame({"child": self.spells.child[wanted], "plan": plan[wanted]})

    def _before_risk(self, wanted: Flags) -> Ints:
        """A day in the two months before a child was at risk."""
        start = self.spells.start[wanted]
        return start - self.rng.integers(0, 60, len(start))

    def _change(self, wanted: Flags) -> Ints:
        """A day between the two dates that depends on the child, not on the draw."""
        return S1 + 30 + (np.flatnonzero(wanted) * 7) % 120

    def _last_date(self, wanted: Flags) -> Ints:
        covers_second = self.spells.plan[1][wanted] >= 0
        return np.where(covers_second, S2, S1)


def plan_table(
    rng: np.random.Generator, children: Children, spells: Spells, guests: Ints, placed_out: Flags
) -> pd.DataFrame:
    """Plans: the calibrated children's as drawn, some older ones of theirs, others' at random,
    guests in others' care.
    """
    cohort = _CohortPlans(rng, spells).table()
    beside_risk = _plans_of_other_spells(rng, children, spells)
    some = _plans_of_others(rng, children, guests)
    # Early help, or a child-in-need plan while in care: they do not change the one state, only the
    # "any of" counts.
    in_care = cohort[cohort["plan"] == CLA]
    has_plan_beside = Draws(rng, len(in_care)).chance(0.3)
    beside = in_care[has_plan_beside].assign(plan=CIN)
    early = _early_help(rng, spells)
    older = _plans_of_long_ago(rng, children)
    guest = pd.DataFrame({"child": guests, "plan": CLA, "start": FIRST - 50, "end": LAST + 400})
    plans = pd.concat([cohort, beside_risk, some, beside, early, older, guest], ignore_index=True)
    # An extract has what touches its period, and nobody has a plan before being born.
    touches = (plans["end"] >= FIRST) & (plans["start"] <= LAST)
    is_born = plans["start"] > children.birth_days()[plans["child"]]
    plans = plans[touches & is_born].reset_index(drop=True)
    return _as_table(rng, children, plans, guests, placed_out)


def _plans_of_other_spells(
    rng: np.random.Generator, children: Children, spells: Spells
) -> pd.DataFrame:
    """Most children who are at risk at other times have a plan then, as on the two dates."""
    is_other = ~children.in_cohort[spells.child]
    chosen = np.flatnonzero(is_other & Draws(rng, len(is_other)).chance(0.75))
    draw = Draws(rng, len(chosen))
    plans = pd.DataFrame({"child": spells.child[chosen]})
    plans["plan"] = draw.of({CIN: 0.52, CP: 0.3, CLA: 0.18})
    plans["start"] = spells.start[chosen] - draw.whole(0, 60)
    plans["end"] = spells.end[chosen] + draw.whole(10, 200)
    return plans


def _plans_of_others(rng: np.random.Generator, children: Children, guests: Ints) -> pd.DataFrame:
    """Calibrated children have the plans that the published totals need, and guests are in others'
    care.
    """
    is_free = children.known_to["trust"] & ~children.in_cohort
    is_free[guests] = False
    free = np.flatnonzero(is_free)
    child = rng.choice(free, round(0.62 * len(free)), replace=False)
    draw = Draws(rng, len(child))
    plans = pd.DataFrame({"child": child})
    start = draw.whole(FIRST - 300, LAST - 10)
    plans["plan"] = draw.of({EARLY_HELP: 0.18, CIN: 0.5, CP: 0.2, CLA: 0.12})
    plans["start"] = start
    plans["end"] = start + 14 + draw.waits(2, 170)
    return plans


def _early_help(rng: np.random.Generator, spells: Spells) -> pd.DataFrame:
    first, second = spells.plan
    child = spells.child[(first == 0) | (second == 0)]
    plans = pd.DataFrame({"child": child, "plan": EARLY_HELP})
    plans["start"] = S1 - rng.integers(30, 200, len(child))
    plans["end"] = S2 + 200
    return plans


def _plans_of_long_ago(rng: np.random.Generator, children: Children) -> pd.DataFrame:
    """Of calibrated children; they change no published total."""
    draw = Draws(rng, 260)
    child = rng.choice(np.flatnonzero(children.in_cohort), draw.n, replace=False)
    start = draw.whole(FIRST - 200, S1 - 900)
    plans = pd.DataFrame({"child": child})
    plans["plan"] = draw.of({CIN: 0.7, CP: 0.3})
    plans["start"] = start
    plans["end"] = start + draw.whole(60, 380)
    return plans


def _as_table(
    rng: np.random.Generator,
    children: Children,
    plans: pd.DataFrame,
    guests: Ints,
    placed_out: Flags,
) -> pd.DataFrame:
    draw = Draws(rng, len(plans))
    child = plans["child"].to_numpy()
    is_care = (plans["plan"] == CLA).to_numpy()
    away = OUTSIDE_LAS[children.outside[child]]
    responsible = np.where(np.isin(child, guests), away, BIRMINGHAM)
    placement = np.where(placed_out[child], away, BIRMINGHAM)
    # What ends after the extract is still open in it.
    end = np.where(plans["end"] > LAST, -1, plans["end"])
    table = pd.DataFrame({"person_ref": children.refs["trust"][child]})
    table["plan_type"] = PLAN_CODES[plans["plan"]]
    table["start_date"] = texts(plans["start"].to_numpy())
    table["end_date"] = texts(end)
    table["responsible_la"] = np.where(is_care, responsible, "")
    table["placement_la"] = np.where(is_care, placement, "")
    table["placement_type"] = np.where(is_care, draw.code("placement"), "")
    table["legal_status"] = np.where(is_care, draw.code("legal_status"), "")
    is_unaccompanied = draw.chance(0.06)
    uasc = np.where(is_unaccompanied, "Y", "N")
    table["uasc"] = np.where(is_care, uasc, "")
    return table.sort_values(["person_ref", "start_date", "plan_type"])


def placed_outside(rng: np.random.Generator, children: Children, spells: Spells) -> Flags:
    """Which calibrated children live outside the city: only children in Birmingham's care on every
    date they are counted.
    """
    first, second = spells.plan
    # A child who lives outside and has a mere plan would not be counted as at risk.
    has_mere_plan = np.isin(first, [EARLY_HELP, CIN, CP]) | np.isin(second, [EARLY_HELP, CIN, CP])
    is_care = (first == CLA) | (second == CLA)
    always = is_care & ~has_mere_plan
    out = np.zeros(len(children), dtype=bool)
    out[spells.child[always]] = Draws(rng, always.sum()).chance(0.3)
    return out


def residence_table(rng: np.random.Generator, children: Children) -> pd.DataFrame:
    """Dated homes: one, or for one child in six an earlier one in another ward."""
    known = np.flatnonzero(children.known_to["trust"] & (children.ward != -2))
    draw = Draws(rng, len(known))
    # One child in six has moved, so that dated homes are worth having.
    has_moved = draw.chance(0.17)
    change = draw.whole(FIRST + 60, LAST - 60)
    outside = OUTSIDE_LAS[children.outside[known]]
    born = children.birth_days()[known]
    start = np.maximum(FIRST - draw.whole(0, 1500), born + 31)
    now = pd.DataFrame({"child": known})
    now["ward_code"] = children.ward_codes()[known]
    now["la_code"] = np.where(children.ward[known] == -1, outside, BIRMINGHAM)
    now["start"] = np.where(has_moved, change, start)
    now["end"] = -1
    before = pd.DataFrame({"child": known})
    before["ward_code"] = rng.choice(WARDS, len(known))
    before["la_code"] = BIRMINGHAM
    before["start"] = start
    before["end"] = change - 1
    homes = pd.concat([before[has_moved], now], ignore_index=True)
    homes = homes[(homes["end"] == -1) | (homes["end"] >= homes["start"])]
    table = homes[["ward_code", "la_code"]].copy()
    table["person_ref"] = children.refs["trust"][homes["child"]]
    table["start_date"] = texts(homes["start"].to_numpy())
    table["end_date"] = texts(homes["end"].to_numpy())
    return table.sort_values(["person_ref", "start_date"])


def set_homes(children: Children, placed_out: Flags, guests: Ints) -> None:
    """Put each calibrated child's home where its cohort membership needs it."""
    inside = np.arange(len(children)) % len(WARDS)
    stays = children.in_cohort & ~placed_out & (children.ward == -1)
    children.ward[stays] = inside[stays]
    children.ward[placed_out] = -1
    children.ward[guests] = inside[guests]

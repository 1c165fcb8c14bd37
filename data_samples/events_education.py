"""Schools, attendance and exclusions of the invented children."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, Children
from data_samples.draws import Draws, Flags, Ints, Texts, texts
from data_samples.events import happen, recorded

# Sessions of a full term, and when it begins: month and day.
TERMS = {"autumn": (140, "09-05"), "spring": (112, "01-08"), "summer": (126, "04-16")}
NOT_AT_SCHOOL = ["independent", "elective_home_education", "missing_education"]


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Enrolments, termly attendance and exclusions."""
    pupils = _pupils(rng, children, hub)
    enrolments = _enrolments(rng, pupils)
    attendance = _attendance(rng, pupils)
    exclusions = _exclusions(rng, children, hub)
    return {
        "enrolments": enrolments.sort_values(["person_ref", "start_date"]),
        "attendance": attendance.sort_values(["person_ref", "term"]),
        "exclusions": exclusions.sort_values(["person_ref", "start_date", "exclusion_type"]),
    }


@dataclass(frozen=True)
class _Pupils:
    """Children whom education knows: the school that each goes to, and from `change` on another for
    those who moved.
    """

    person_ref: Texts
    is_hub: Flags
    usual: Texts
    later: Texts
    has_moved: Flags
    begins: Ints
    change: Ints
    leaves: Ints
    sen: Texts
    need: Texts
    meals: Texts


def _pupils(rng: np.random.Generator, children: Children, hub: Ints) -> _Pupils:
    known = np.flatnonzero(children.known_to["education"])
    draw = Draws(rng, len(known))
    is_hub = hub[known] >= 0
    born = children.birth_days()[known]
    usual = draw.code("setting")
    later = np.where(is_hub, draw.code("setting_after_hub"), draw.code("setting_after_move"))
    has_moved = draw.chance(np.where(is_hub, 0.55, 0.3))
    begins = np.maximum(born + 5 * 365, FIRST - draw.whole(100, 1500))
    change = draw.whole(FIRST + 100, LAST - 30)
    return _Pupils(
        person_ref=children.refs["education"][known],
        is_hub=is_hub,
        usual=usual,
        later=later,
        has_moved=has_moved,
        begins=begins,
        change=change,
        leaves=born + 16 * 365 + 250,
        sen=draw.code("sen_provision"),
        need=draw.code("sen_need"),
        meals=np.where(draw.chance(0.47), "Y", "N"),
    )


def _enrolments(rng: np.random.Generator, pupils: _Pupils) -> pd.DataFrame:
    first_end = np.where(pupils.has_moved, pupils.change, pupils.leaves)
    stays_long = pupils.leaves > pupils.change + 30
    first = _spells(rng, pupils, pupils.begins, first_end, pupils.usual)
    second = _spells(rng, pupils, pupils.change + 1, pupils.leaves, pupils.later)
    second = second[pupils.has_moved & stays_long]
    enrolments = pd.concat([first, second])
    touches = (enrolments["start"] <= LAST) & (enrolments["end"] >= FIRST)
    is_spell = enrolments["start"] < enrolments["end"]
    return enrolments[touches & is_spell].drop(columns=["start", "end"])


def _spells(
    rng: np.random.Generator, pupils: _Pupils, start: Ints, end: Ints, setting: Texts
) -> pd.DataFrame:
    """An enrolment of each pupil at that kind of school; `start` and `end` in days."""
    draw = Draws(rng, len(start))
    is_open = end > LAST
    is_part_time = draw.chance(np.where(pupils.is_hub, 0.11, 0.02))
    table = pd.DataFrame({"person_ref": pupils.person_ref, "start": start, "end": end})
    table["start_date"] = texts(start)
    table["end_date"] = texts(np.where(is_open, -1, end))
    table["setting"] = setting
    table["registration"] = "main"
    table["part_time"] = np.where(is_part_time, "Y", "N")
    table["sen_provision"] = pupils.sen
    table["sen_need"] = np.where(pupils.sen == "N", "", pupils.need)
    table["free_school_meals"] = pupils.meals
    table["leaving_reason"] = np.where(is_open, "", draw.code("leaving_reason"))
    return table


def _terms() -> Iterator[tuple[str, int, int]]:
    """Name, sessions and first day of each term that begins before the extract ends."""
    for year in range(2019, 2024):
        for term, (sessions, month_and_day) in TERMS.items():
            year_of_term = year
            if term != "autumn":
                year_of_term += 1
            first_day = int(np.datetime64(f"{year_of_term}-{month_and_day}").astype(int))
            if first_day <= LAST:
                yield f"{year}-{(year + 1) % 100:02d}-{term}", sessions, first_day


def _attendance(rng: np.random.Generator, pupils: _Pupils) -> pd.DataFrame:
    """A row a term for pupils at a school that registers sessions; some rows are not there."""
    n = len(pupils.person_ref)
    draw = Draws(rng, n)
    usual_share = rng.beta(1.1, 13, n)
    more_share = np.where(pupils.is_hub, rng.beta(0.8, 5, n), 0)
    share_missed = np.clip(usual_share + more_share, 0, 0.97)
    terms = []
    for name, sessions, first_day in _terms():
        is_later = pupils.has_moved & (first_day > pupils.change)
        setting = np.where(is_later, pupils.later, pupils.usual)
        is_enrolled = (first_day >= pupils.begins) & (first_day < pupils.leaves)
        is_registered = is_enrolled & ~np.isin(setting, NOT_AT_SCHOOL)
        possible = draw.whole(sessions - 8, sessions + 1)
        table = pd.DataFrame({"person_ref": pupils.person_ref})
        table["term"] = name
        table["setting"] = setting
        table["sessions_possible"] = possible
        table["sessions_missed"] = rng.binomial(possible, share_missed)
        terms.append(table[is_registered & draw.chance(0.97)])
    return pd.concat(terms)


def _exclusions(rng: np.random.Generator, children: Children, hub: Ints) -> pd.DataFrame:
    child, day = happen(rng, children, hub, "education", 0.7, 3.4)
    draw = Draws(rng, len(child))
    is_permanent = draw.chance(0.03)
    reasons = Draws(rng, 2 * draw.n).code("exclusion_reason").reshape(2, draw.n)
    main, more = reasons.astype(object)
    sessions = draw.whole(1, 11).astype(str)
    has_one = (main == more) | draw.chance(0.7)
    table = pd.DataFrame({"person_ref": children.refs["education"][child]})
    table["exclusion_type"] = np.where(is_permanent, "permanent", "suspension")
    table["start_date"] = texts(day)
    table["sessions"] = np.where(is_permanent, "", sessions)
    table["reasons"] = np.where(has_one, main, main + ";" + more)
    table["recorded_date"] = recorded(rng, day)
    return table

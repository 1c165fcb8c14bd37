"""What real extracts hold beside what they should: events of people who are 18, spells within
spells, interviews nobody offered, codes in other notations.

Added after everything else and by draws of their own, so that no calibrated figure hangs on them.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from data_samples.children import LAST, S1, S2, Children
from data_samples.city import BIRMINGHAM, CITY
from data_samples.draws import Draws, Flags, Ints, month_day, refs, texts
from data_samples.events import moments
from data_samples.missing import DAY

# The tables of an agency by their name.
Tables = dict[str, pd.DataFrame]
# Of a table of events: its day, its reference, and the dates that follow the event.
EVENTS = {
    "involvements": (
        "occurred_on",
        "involvement_ref",
        ["arrested_on", "voluntary_attendance_on", "charged_on"],
    ),
    "referrals": ("referral_date", "referral_ref", []),
    "contacts": ("contact_date", "contact_ref", ["first_seen_date"]),
    "exclusions": ("start_date", None, []),
}
# Children picked for being missing over each of the two dates; those of an age for it are.
GONE = 60
# A code that the product's table of offences does not have.
UNKNOWN_OFFENCE = "998"


def add(
    rng: np.random.Generator, children: Children, by_source: Mapping[str, Tables], block: int
) -> None:
    """Add them to the tables of each source, in place."""
    for source, tables in by_source.items():
        for name in sorted(EVENTS.keys() & tables.keys()):
            tables[name] = _with_events_at_18(rng, children, source, name, tables[name], block)
    trust = by_source["trust"]
    trust["hub_episodes"] = _closed_on_the_birthday(rng, children, trust["hub_episodes"])
    trust["hub_episodes"] = _decided_after_opening(rng, trust["hub_episodes"])
    trust["missing_episodes"] = _spells_within(rng, trust["missing_episodes"], block)
    trust["missing_episodes"] = _interviews_not_offered(rng, trust["missing_episodes"])
    trust["missing_episodes"] = _gone_on_the_day(rng, children, trust["missing_episodes"], block)
    trust["plans"] = _never_closed(rng, children, trust["plans"])
    police = by_source["police"]
    police["involvements"] = _other_notations(rng, police["involvements"])
    education = by_source["education"]
    education["enrolments"] = _without_enrolment(
        rng, education["enrolments"], education["exclusions"]
    )


def _with_events_at_18(
    rng: np.random.Generator,
    children: Children,
    source: str,
    name: str,
    table: pd.DataFrame,
    block: int,
) -> pd.DataFrame:
    """One row in a hundred again, some weeks after its child turned 18, where that is in time."""
    day_column, ref_column, later_columns = EVENTS[name]
    known = np.flatnonzero(children.known_to[source])
    turns_18 = pd.Series(children.eighteenth()[known], index=children.refs[source][known])
    more = table[Draws(rng, len(table)).chance(0.01)].copy()
    day = turns_18.loc[more["person_ref"]].to_numpy() + rng.integers(1, 400, len(more))
    more[day_column] = texts(day)
    more["recorded_date"] = texts(day)
    for column in later_columns:
        more[column] = ""
    more = more[day <= LAST]
    if ref_column:
        more[ref_column] = _new_refs(more[ref_column], block)
    return pd.concat([table, more])


def _new_refs(old: pd.Series, block: int) -> pd.Series:
    """References that no row has: those of the rows that they copy, with an X for the block."""
    return old.str.replace(f"{block:03d}", f"X{block:02d}", n=1)


def _eighteenth_months(children: Children) -> pd.Series:
    """The first day of the month in which each of the Trust's children turns 18, by reference."""
    first_day = month_day(children.birth + 18 * 12)
    return pd.Series(first_day, index=children.refs["trust"])


def _days(dates: pd.Series) -> Ints:
    """YYYY-MM-DD → days since 1970."""
    return dates.to_numpy().astype("datetime64[D]").astype(np.int64)


def _closed_on_the_birthday(
    rng: np.random.Generator, children: Children, episodes: pd.DataFrame
) -> pd.DataFrame:
    """Half of the cases closed because the child turned 18 are closed on a day of that month, not
    after it; never on its first day, so that no published date is touched.
    """
    episodes = episodes.copy()
    is_half = Draws(rng, len(episodes)).chance(0.5)
    is_turned_18 = episodes["closure_reason"] == "turned_18"
    first_day = _eighteenth_months(children).loc[episodes["person_ref"]].to_numpy()
    birthday = first_day + rng.integers(1, 27, len(episodes))
    opened = episodes["opened_date"].where(episodes["opened_date"] != "", "9999-01-01")
    is_later = (birthday > _days(opened)) & (birthday <= LAST)
    changed = is_half & is_turned_18 & is_later
    episodes.loc[changed, "closed_date"] = texts(birthday)[changed]
    return episodes


def _decided_after_opening(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """One accepted referral in fifty was worked on before the decision was written down."""
    episodes = episodes.copy()
    is_accepted = (episodes["decision"] == "accepted").to_numpy()
    changed = is_accepted & Draws(rng, len(episodes)).chance(0.02)
    opened = _days(episodes.loc[changed, "opened_date"])
    episodes.loc[changed, "decision_date"] = texts(np.minimum(opened + 5, LAST))
    return episodes


def _spells_within(rng: np.random.Generator, episodes: pd.DataFrame, block: int) -> pd.DataFrame:
    """One spell in thirty stands twice."""
    again = episodes[Draws(rng, len(episodes)).chance(0.03)].copy()
    again["missing_ref"] = _new_refs(again["missing_ref"], block)
    return pd.concat([episodes, again])


def _gone_on_the_day(
    rng: np.random.Generator, children: Children, episodes: pd.DataFrame, block: int
) -> pd.DataFrame:
    """Some children are missing for days over each of the two dates."""
    known = np.flatnonzero(children.known_to["trust"])
    draw = Draws(rng, 2 * GONE)
    child = rng.choice(known, draw.n, replace=False)
    date = np.repeat([S1, S2], GONE)
    start = date * DAY - draw.whole(0, 5 * DAY)
    end = (date + 1) * DAY + draw.whole(0, 5 * DAY)
    born = children.birth_days()[child]
    is_child: Flags = (date - born > 10 * 365) & (date < children.eighteenth()[child] - 31)
    spells = pd.DataFrame({"missing_ref": refs(f"MG{block:02d}", block, draw.order())})
    spells["person_ref"] = children.refs["trust"][child]
    spells["started_at"] = moments(start)
    spells["ended_at"] = moments(end)
    spells["missing_type"] = "M"
    spells["missing_from"] = np.where(draw.chance(0.4), "care", "home")
    spells["rhi_offered"] = "Y"
    spells["rhi_accepted"] = "N"
    spells["rhi_completed_at"] = ""
    spells["recorded_date"] = texts(start // DAY)
    return pd.concat([episodes, spells.loc[is_child]])


def _interviews_not_offered(rng: np.random.Generator, episodes: pd.DataFrame) -> pd.DataFrame:
    """For some returns without an offer the day of an interview is recorded all the same."""
    episodes = episodes.copy()
    is_not_offered = (episodes["rhi_offered"] == "N").to_numpy()
    changed = is_not_offered & Draws(rng, len(episodes)).chance(0.1)
    episodes.loc[changed, "rhi_completed_at"] = episodes.loc[changed, "ended_at"].str[:10]
    return episodes


def _never_closed(
    rng: np.random.Generator, children: Children, plans: pd.DataFrame
) -> pd.DataFrame:
    """Of some children whom another authority had in care before Birmingham, its spell was never
    closed.
    """
    fixed = children.refs["trust"][children.in_cohort]
    is_own = (plans["responsible_la"] == BIRMINGHAM) & ~plans["person_ref"].isin(fixed)
    older = plans[is_own.to_numpy() & Draws(rng, len(plans)).chance(0.05)].copy()
    start = _days(older["start_date"]) - rng.integers(5, 60, len(older))
    older["start_date"] = texts(start)
    older["end_date"] = ""
    older["responsible_la"] = CITY.outside_las[0]
    # Nobody is in care before being born.
    months = _eighteenth_months(children).loc[older["person_ref"]].to_numpy()
    is_born: Flags = start > months - 18 * 365
    return pd.concat([plans, older[is_born]])


def _other_notations(rng: np.random.Generator, involvements: pd.DataFrame) -> pd.DataFrame:
    """Offence codes as other systems write them: 008N for 8N, 46/0 for 46; some nobody knows."""
    involvements = involvements.copy()
    code = involvements["offence_code"]
    draw = Draws(rng, len(involvements))
    parts = code.str.extract(r"^(\d+)([A-Z]?)$")
    with_zeros = parts[0].str.zfill(3) + parts[1]
    code = code.mask(draw.chance(0.1), with_zeros)
    is_plain = code.str.fullmatch(r"\d+").to_numpy()
    code = code.mask(is_plain & draw.chance(0.2), code + "/0")
    involvements["offence_code"] = code.mask(draw.chance(0.003), UNKNOWN_OFFENCE)
    return involvements


def _without_enrolment(
    rng: np.random.Generator, enrolments: pd.DataFrame, exclusions: pd.DataFrame
) -> pd.DataFrame:
    """Of one suspended pupil in twenty no enrolment is supplied."""
    suspended = exclusions["person_ref"].drop_duplicates()
    left_out = suspended[Draws(rng, len(suspended)).chance(0.05)]
    is_supplied = ~enrolments["person_ref"].isin(left_out)
    return enrolments.loc[is_supplied]

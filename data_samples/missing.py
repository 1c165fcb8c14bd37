"""Missing spells of the invented children, as the Trust records them and as they were reported to
the police.

Six in ten of the Trust's spells of children whom the police know were reported too, hours apart;
the others are in one agency's records alone.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from data_samples.children import LAST, Children
from data_samples.draws import Draws, Flags, Ints, refs, texts
from data_samples.events import happen, moments, recorded, wards_near

REPORTED = 0.6
DAY = 1440  # minutes
END = (LAST + 1) * DAY


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


def draw_missing(rng: np.random.Generator, children: Children, hub: Ints, in_care: Flags) -> Spells:
    """The Trust's spells."""
    child, day = happen(rng, children, hub, "trust", 0.35, 2.2)
    # Who goes missing from care or is known to the hub often goes again within weeks.
    times_more = np.select([in_care[child], hub[child] >= 0], [0.9, 0.35], 0.05)
    times = 1 + rng.poisson(times_more)
    events = pd.DataFrame({"child": child, "day": day})
    events = events.loc[events.index.repeat(times)]
    weeks_later = rng.integers(1, 28, len(events))
    # A repeated row has the child and the day of the row before it.
    is_again = (events["child"].diff() == 0) & (events["day"].diff() == 0)
    events["day"] += np.where(is_again, weeks_later, 0)
    is_under_18 = events["day"] < children.eighteenth()[events["child"]]
    events = events[is_under_18 & (events["day"] <= LAST)]
    child = events["child"].to_numpy()
    draw = Draws(rng, len(child))
    start = events["day"].to_numpy() * DAY + draw.whole(0, DAY)
    minutes = rng.gamma(0.9, 1400, draw.n) + 25
    end = start + minutes.astype(np.int64)
    is_care = in_care[child] & draw.chance(0.9)
    return Spells(child, start, end, is_care, is_away=draw.chance(0.18))


def episodes(
    rng: np.random.Generator, children: Children, spells: Spells, block: int
) -> pd.DataFrame:
    """The Trust's table, with return home interviews."""
    draw = Draws(rng, len(spells.child))
    is_over = spells.end < END
    is_offered = draw.chance(0.84)
    is_accepted = draw.chance(0.68)
    interview = spells.end + draw.waits(1.6, 1700)
    is_held = draw.chance(0.88) & is_over & is_offered & is_accepted & (interview < END)
    has_no_time = draw.chance(0.3)
    interview_text = np.where(has_no_time, texts(interview // DAY), moments(interview))
    offered = np.where(is_offered, "Y", "N")
    accepted = np.where(is_accepted, "Y", "N")
    table = pd.DataFrame({"missing_ref": refs("MS", block, draw.order())})
    table["person_ref"] = children.refs["trust"][spells.child]
    table["started_at"] = moments(spells.start)
    table["ended_at"] = np.where(is_over, moments(spells.end), "")
    table["missing_type"] = np.where(spells.is_away, "A", "M")
    table["missing_from"] = np.where(spells.is_care, "care", "home")
    table["rhi_offered"] = np.where(is_over, offered, "NA")
    table["rhi_accepted"] = np.where(is_over & is_offered, accepted, "NA")
    table["rhi_completed_at"] = np.where(is_held, interview_text, "")
    table["recorded_date"] = recorded(rng, spells.start // DAY)
    return table.sort_values("missing_ref")


def reports(
    rng: np.random.Generator, children: Children, hub: Ints, spells: Spells, block: int
) -> pd.DataFrame:
    """The police's table: spells of the Trust's that were reported, and others."""
    of_trust = _reported(rng, children, spells)
    others = _unknown_to_trust(rng, children, hub)
    both = pd.concat([of_trust, others], ignore_index=True)
    draw = Draws(rng, len(both))
    child = both["child"].to_numpy()
    reported = both["start"].to_numpy()
    found = both["end"].to_numpy() + draw.whole(0, 60)
    is_care = _care_or_chance(rng, both)
    is_found = found < END
    report_ref = refs("MR", block, draw.order())
    risk_grade = draw.code("risk_grade")
    is_other_place = draw.chance(0.05)
    found_ward = wards_near(rng, children, child, 0.4)
    table = pd.DataFrame({"report_ref": report_ref})
    table["person_ref"] = children.refs["police"][child]
    table["reported_at"] = moments(reported)
    table["found_at"] = np.where(is_found, moments(found), "")
    table["risk_grade"] = risk_grade
    table["missing_from"] = np.select([is_other_place, is_care], ["other", "care"], "home")
    table["found_ward_code"] = np.where(is_found, found_ward, "")
    table["found_outside_force"] = np.where(draw.chance(0.05), "Y", "N")
    table["recorded_date"] = recorded(rng, reported // DAY)
    return table.sort_values("report_ref")


def _reported(rng: np.random.Generator, children: Children, spells: Spells) -> pd.DataFrame:
    """The Trust's spells that the police were told of, up to hours later."""
    is_reported = Draws(rng, len(spells.child)).chance(REPORTED) & ~spells.is_away
    is_reported &= children.known_to["police"][spells.child]
    table = pd.DataFrame({"child": spells.child[is_reported], "end": spells.end[is_reported]})
    later = rng.integers(-30, 240, len(table))
    table["start"] = np.minimum(spells.start[is_reported] + later, table["end"] - 1)
    table["is_care"] = spells.is_care[is_reported]
    return table


def _unknown_to_trust(rng: np.random.Generator, children: Children, hub: Ints) -> pd.DataFrame:
    child, day = happen(rng, children, hub, "police", 0.4, 2.2)
    start = day * DAY + rng.integers(0, DAY, len(child))
    minutes = rng.gamma(0.9, 1300, len(child)) + 20
    table = pd.DataFrame({"child": child, "start": start})
    table["end"] = start + minutes.astype(np.int64)
    return table


def _care_or_chance(rng: np.random.Generator, both: pd.DataFrame) -> Flags:
    """From care where the Trust says so; of the others, as often as children are."""
    is_care = both["is_care"].to_numpy(copy=True)
    is_other = both["is_care"].isna().to_numpy()
    is_care[is_other] = Draws(rng, is_other.sum()).chance(0.43)
    return is_care.astype(bool)

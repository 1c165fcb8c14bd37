"""Referrals, enquiries, assessment factors, youth justice and services of the invented children."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, Children
from data_samples.city import CITY
from data_samples.draws import Draws, Ints, refs, texts
from data_samples.events import happen, recorded

FACTORS = np.array(list(CITY.factors), dtype=object)
OF_ALL, OF_HUB = np.array(list(CITY.factors.values())).T


def tables(
    rng: np.random.Generator, children: Children, hub: Ints, block: int
) -> dict[str, pd.DataFrame]:
    """Referrals, enquiries, assessment factors, youth justice and services."""
    child, day = happen(rng, children, hub, "trust", 1.3, 2.8)
    return {
        "referrals": _referrals(rng, children, child, day, block),
        "s47_enquiries": _enquiries(rng, children, child, day),
        "assessment_factors": _factors(rng, children, hub),
        "youth_justice": _youth_justice(rng, children, hub),
        "interventions": _interventions(rng, children, hub),
    }


def _referrals(
    rng: np.random.Generator, children: Children, child: Ints, day: Ints, block: int
) -> pd.DataFrame:
    draw = Draws(rng, len(child))
    table = pd.DataFrame({"referral_ref": refs("RF", block, draw.order())})
    table["person_ref"] = children.refs["trust"][child]
    table["referral_date"] = texts(day)
    table["source"] = draw.code("referral_source")
    table["no_further_action"] = np.where(draw.chance(0.18), "Y", "N")
    table["recorded_date"] = recorded(rng, day)
    return table.sort_values("referral_ref")


def _enquiries(
    rng: np.random.Generator, children: Children, child: Ints, day: Ints
) -> pd.DataFrame:
    """One referral in six leads to an enquiry."""
    has_enquiry = Draws(rng, len(child)).chance(0.16)
    child = child[has_enquiry]
    day = day[has_enquiry]
    draw = Draws(rng, len(child))
    start = np.minimum(day + draw.whole(1, 10), LAST)
    has_no_strategy = draw.chance(0.06)
    is_ongoing = start > LAST - 25
    table = pd.DataFrame({"person_ref": children.refs["trust"][child]})
    table["strategy_date"] = np.where(has_no_strategy, "", texts(day))
    table["start_date"] = texts(start)
    table["outcome"] = np.where(is_ongoing, "ongoing", draw.code("enquiry_outcome"))
    return table.sort_values(["person_ref", "start_date"])


def _factors(rng: np.random.Generator, children: Children, hub: Ints) -> pd.DataFrame:
    child, day = happen(rng, children, hub, "trust", 0.5, 1.3)
    is_hub = hub[child] >= 0
    chances = np.where(is_hub[:, None], OF_HUB, OF_ALL)
    has = rng.random(chances.shape) < chances
    assessment, factor = np.nonzero(has)
    table = pd.DataFrame({"person_ref": children.refs["trust"][child[assessment]]})
    table["assessed_date"] = texts(day[assessment])
    table["factor_code"] = FACTORS[factor]
    return table.sort_values(["person_ref", "assessed_date", "factor_code"])


def _youth_justice(rng: np.random.Generator, children: Children, hub: Ints) -> pd.DataFrame:
    child, day = happen(rng, children, hub, "trust", 0.08, 0.55)
    tenth_birthday = children.birth_days()[child] + 10 * 366
    spells = pd.DataFrame({"child": child, "day": day})[day > tenth_birthday]
    spells = spells.sort_values(["child", "day"], kind="stable")
    draw = Draws(rng, len(spells))
    start = spells["day"].to_numpy()
    end = start + draw.whole(60, 400)
    disposal = draw.code("disposal")
    is_entrant = draw.chance(0.5) & ~spells["child"].duplicated()
    table = pd.DataFrame({"person_ref": children.refs["trust"][spells["child"]]})
    table["start_date"] = texts(start)
    table["end_date"] = texts(np.where(end > LAST, -1, end))
    table["disposal"] = disposal
    table["first_time_entrant"] = np.where(is_entrant, "Y", "N")
    return table.sort_values(["person_ref", "start_date"])


def _interventions(rng: np.random.Generator, children: Children, hub: Ints) -> pd.DataFrame:
    """Services offered to children of the hub; not all begin, and some last to the end."""
    of_hub = np.flatnonzero(hub >= 0)
    child = np.repeat(of_hub, rng.poisson(0.9, len(of_hub)))
    day = hub[child] + rng.integers(5, 120, len(child))
    in_period = (day >= FIRST) & (day <= LAST)
    child = child[in_period]
    day = day[in_period]
    draw = Draws(rng, len(child))
    is_started = draw.chance(0.66) & (day + 20 <= LAST)
    is_ended = is_started & (day + 120 <= LAST)
    table = pd.DataFrame({"person_ref": children.refs["trust"][child]})
    table["service"] = draw.code("service")
    table["offered_date"] = texts(day)
    table["started_date"] = texts(np.where(is_started, day + 20, -1))
    table["ended_date"] = texts(np.where(is_ended, day + 120, -1))
    return table.sort_values(["person_ref", "offered_date", "service"])

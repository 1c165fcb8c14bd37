"""What happens to the invented children: crimes, missing spells, attendances, school, referrals, disposals.

Counts are gamma-Poisson, so a few children have many events. `hub` is each child's first referral to the hub, -1 for none:
events gather in the two years before it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data_samples.children import FIRST, LAST, OUTSIDE_WARDS, PROVIDERS, WARDS, Children, Flags, Ints, Texts, refs, texts

DAYS = LAST - FIRST


def _happen(rng: np.random.Generator, children: Children, hub: Ints, source: str, mean: float, hub_mean: float) -> tuple[Ints, Ints]:
    """(child, day) of each event: children that `source` knows, aged 8 to 17 on the day."""
    known = np.flatnonzero(children.known_to[source])
    is_hub = hub[known] >= 0
    times = rng.poisson(rng.gamma(0.7, np.where(is_hub, hub_mean, mean) / 0.7))
    child = np.repeat(known, times)
    spread = rng.integers(FIRST, LAST + 1, len(child))
    near = hub[child] + rng.normal(-120, 260, len(child)).astype(np.int64)
    day = np.where((hub[child] >= 0) & (rng.random(len(child)) < 0.7), near, spread)
    born = children.birth_days()[child]
    fits = (day >= FIRST) & (day <= LAST) & (day > born + 8 * 365) & (day < children.eighteenth()[child])
    return child[fits], day[fits]


def _late(rng: np.random.Generator, day: Ints) -> Texts:
    """When it was recorded: mostly within days, one in twenty months later; one in fifty blank."""
    lag = np.where(rng.random(len(day)) < 0.05, rng.integers(30, 200, len(day)), rng.integers(0, 6, len(day)))
    return np.where(rng.random(len(day)) < 0.02, "", texts(np.minimum(day + lag, LAST + 4)))


def _moments(day: Ints, minute: Ints) -> Texts:
    moment = day.astype("datetime64[D]").astype("datetime64[m]") + minute.astype("timedelta64[m]")
    return np.datetime_as_string(moment, unit="m").astype(object)


def _wards(rng: np.random.Generator, children: Children, child: Ints, near_home: float) -> Texts:
    home = children.ward_codes()[child]
    elsewhere = np.where(rng.random(len(child)) < 0.04, rng.choice(OUTSIDE_WARDS, len(child)), rng.choice(WARDS, len(child)))
    ward = np.where(rng.random(len(child)) < near_home, home, elsewhere)
    return np.where(rng.random(len(child)) < 0.05, "", ward)


def police(rng: np.random.Generator, children: Children, hub: Ints, block: int) -> dict[str, pd.DataFrame]:
    """Involvements, missing reports and National Referral Mechanism referrals."""
    child, day = _happen(rng, children, hub, "police", 3.6, 8.5)
    n = len(child)
    role = rng.choice(["victim", "suspect", "witness", "subject"], n, p=[0.36, 0.44, 0.12, 0.08])
    offence = rng.choice(["8N", "105A", "92A", "92D", "92E", "10D", "34B", "34A", "46", "48", "49", "30C", "58C", "9A", "106", "20A", "99"],
                         n, p=[0.15, 0.12, 0.05, 0.05, 0.05, 0.06, 0.07, 0.02, 0.09, 0.07, 0.05, 0.04, 0.05, 0.05, 0.01, 0.02, 0.05])
    is_suspect = role == "suspect"
    arrested = is_suspect & (rng.random(n) < 0.42)
    charged = is_suspect & (rng.random(n) < 0.16)
    arrest_day, charge_day = day + rng.integers(0, 40, n), day + rng.integers(40, 200, n)
    is_hub = hub[child] >= 0
    marks = np.empty((5, n), dtype=bool)
    for i, (base, more) in enumerate(((0.01, 0.07), (0.008, 0.02), (0.006, 0.05), (0.05, 0.06), (0.02, 0.03))):
        marks[i] = rng.random(n) < np.where(is_hub, more, base)
    markers = np.array([";".join(m for m, on in zip(("CCE", "CSE", "COUNTY_LINES", "KNIFE", "GANG_RELATED"), row, strict=True) if on)
                        for row in marks.T], dtype=object) if n else np.array([], dtype=object)
    involvements = pd.DataFrame({
        "involvement_ref": refs("IV", block, rng.permutation(n)), "incident_ref": refs("IC", block, rng.integers(0, max(1, int(n * 0.9)), n)),
        "person_ref": children.refs["police"][child], "role": role, "occurred_on": texts(day),
        "occurred_hour": np.where(rng.random(n) < 0.1, "", (rng.integers(12, 36, n) % 24).astype(str)), "offence_code": offence,
        "arrested_on": texts(np.where(arrested & (arrest_day <= LAST), arrest_day, -1)),
        "voluntary_attendance_on": texts(np.where(is_suspect & ~arrested & (rng.random(n) < 0.4) & (day + 20 <= LAST), day + 20, -1)),
        "charged_on": texts(np.where(charged & (charge_day <= LAST), charge_day, -1)),
        "disposal_code": "",
        "outcome_code": np.where(charged & (charge_day <= LAST), "1", rng.choice(["", "8", "14", "15", "16", "18", "22", "2"], n,
                                 p=[0.14, 0.06, 0.16, 0.16, 0.14, 0.24, 0.06, 0.04])),
        "markers": markers, "ward_code": _wards(rng, children, child, 0.55),
        "location_type": np.where(rng.random(n) < 0.08, "", rng.choice(["street", "home", "school", "care_home", "transport", "retail", "other"], n,
                                  p=[0.36, 0.23, 0.12, 0.04, 0.08, 0.12, 0.05])),
        "recorded_date": _late(rng, day),
    }).sort_values("involvement_ref")
    child, day = _happen(rng, children, hub, "police", 0.6, 4.2)
    n = len(child)
    reported = rng.integers(0, 1440, n)
    gone = (rng.gamma(0.9, 1300, n) + 20).astype(np.int64)
    found = (day * 1440 + reported + gone) < (LAST + 1) * 1440
    reports = pd.DataFrame({
        "report_ref": refs("MR", block, rng.permutation(n)), "person_ref": children.refs["police"][child], "reported_at": _moments(day, reported),
        "found_at": np.where(found, _moments(day, reported + gone), ""),
        "risk_grade": rng.choice(["high", "medium", "low", "no_apparent_risk", "unknown"], n, p=[0.14, 0.6, 0.16, 0.07, 0.03]),
        "missing_from": rng.choice(["home", "care", "other"], n, p=[0.52, 0.43, 0.05]),
        "found_ward_code": np.where(found, _wards(rng, children, child, 0.4), ""),
        "found_outside_force": np.where(rng.random(n) < 0.05, "Y", "N"), "recorded_date": _late(rng, day),
    }).sort_values("report_ref")
    referred = np.flatnonzero((hub >= 0) & (rng.random(len(hub)) < 0.16) & children.known_to["police"])
    day = hub[referred] + rng.integers(-60, 200, len(referred))
    fits = (day >= FIRST) & (day <= LAST) & (day < children.eighteenth()[referred])
    referred, day = referred[fits], day[fits]
    n = len(referred)
    reasonable = rng.choice(["positive", "negative", "pending"], n, p=[0.84, 0.1, 0.06])
    old = day < LAST - 300
    conclusive = np.where(reasonable == "positive", np.where(old, rng.choice(["positive", "negative", "pending"], n, p=[0.7, 0.1, 0.2]), "pending"), reasonable)
    nrm = pd.DataFrame({
        "key_nrm": [rng.bytes(32).hex() for _ in range(n)], "person_ref": children.refs["police"][referred], "referred_date": texts(day),
        "exploitation_types": rng.choice(["criminal", "criminal;labour", "sexual", "criminal;sexual", "labour"], n, p=[0.74, 0.08, 0.1, 0.05, 0.03]),
        "county_lines": np.where(rng.random(n) < 0.48, "Y", "N"), "reasonable_grounds": reasonable, "conclusive_grounds": conclusive,
    }).sort_values("key_nrm")
    return {"involvements": involvements, "missing_reports": reports, "nrm_referrals": nrm}


def trust(rng: np.random.Generator, children: Children, hub: Ints, in_care: Flags, block: int) -> dict[str, pd.DataFrame]:
    """Referrals, enquiries, missing spells, assessment factors, youth justice and services."""
    who = children.refs["trust"]
    child, day = _happen(rng, children, hub, "trust", 1.3, 2.8)
    n = len(child)
    referrals = pd.DataFrame({
        "referral_ref": refs("RF", block, rng.permutation(n)), "person_ref": who[child], "referral_date": texts(day),
        "source": rng.choice(["6", "2A", "3E", "3A", "1A", "5A", "2B", "3F", "7", "4", "9", "8", "10"], n,
                             p=[0.3, 0.19, 0.06, 0.05, 0.09, 0.1, 0.04, 0.05, 0.03, 0.02, 0.04, 0.02, 0.01]),
        "no_further_action": np.where(rng.random(n) < 0.18, "Y", "N"), "recorded_date": _late(rng, day)}).sort_values("referral_ref")
    some = rng.random(n) < 0.16
    start = np.minimum(day[some] + rng.integers(1, 10, some.sum()), LAST)
    enquiries = pd.DataFrame({
        "person_ref": who[child[some]], "strategy_date": np.where(rng.random(some.sum()) < 0.06, "", texts(day[some])), "start_date": texts(start),
        "outcome": np.where(start > LAST - 25, "ongoing", rng.choice(["conference", "substantiated_no_conference", "unsubstantiated"], some.sum(), p=[0.38, 0.24, 0.38]))})
    child, day = _happen(rng, children, hub, "trust", 0.5, 3.6)
    n = len(child)
    minute, gone = rng.integers(0, 1440, n), (rng.gamma(0.9, 1400, n) + 25).astype(np.int64)
    back = day * 1440 + minute + gone
    ended = back < (LAST + 1) * 1440
    offered, accepted = rng.random(n) < 0.84, rng.random(n) < 0.68
    held = ended & offered & accepted & (rng.random(n) < 0.88)
    wait = (rng.gamma(1.6, 1700, n)).astype(np.int64)
    held &= back + wait < (LAST + 1) * 1440
    by_day = rng.random(n) < 0.3
    done = np.where(by_day, texts((back + wait) // 1440), _moments((back + wait) // 1440, (back + wait) % 1440))
    missing = pd.DataFrame({
        "missing_ref": refs("MS", block, rng.permutation(n)), "person_ref": who[child], "started_at": _moments(day, minute),
        "ended_at": np.where(ended, _moments(back // 1440, back % 1440), ""), "missing_type": np.where(rng.random(n) < 0.18, "A", "M"),
        "missing_from": np.where(in_care[child] & (rng.random(n) < 0.9), "care", "home"),
        "rhi_offered": np.where(ended, np.where(offered, "Y", "N"), "NA"),
        "rhi_accepted": np.where(ended & offered, np.where(accepted, "Y", "N"), "NA"),
        "rhi_completed_at": np.where(held, done, ""), "recorded_date": _late(rng, day)}).sort_values("missing_ref")
    child, day = _happen(rng, children, hub, "trust", 0.5, 1.3)
    n = len(child)
    factor = ["24A", "11A", "13A", "10A", "2A", "3B", "4A", "4B", "14A", "15A", "16A", "17A", "18C", "12A", "1B", "2B", "20", "21"]
    chances = np.array([0.02, 0.03, 0.03, 0.06, 0.08, 0.26, 0.14, 0.2, 0.1, 0.07, 0.16, 0.2, 0.1, 0.01, 0.12, 0.14, 0.05, 0.06])
    at_hub = np.array([0.5, 0.12, 0.22, 0.34, 0.26, 0.26, 0.22, 0.2, 0.24, 0.1, 0.14, 0.18, 0.09, 0.08, 0.12, 0.16, 0.06, 0.0])
    has = rng.random((n, len(factor))) < np.where((hub[child] >= 0)[:, None], at_hub, chances)
    rows, columns = np.nonzero(has)
    factors = pd.DataFrame({"person_ref": who[child[rows]], "assessed_date": texts(day[rows]), "factor_code": np.array(factor, dtype=object)[columns]})
    child, day = _happen(rng, children, hub, "trust", 0.08, 0.55)
    old = day > children.birth_days()[child] + 10 * 366
    child, day = child[old], day[old]
    n = len(child)
    order = np.lexsort((day, child))
    child, day = child[order], day[order]
    is_first = np.r_[True, child[1:] != child[:-1]] if n else np.array([], dtype=bool)
    length = rng.integers(60, 400, n)
    justice = pd.DataFrame({
        "person_ref": who[child], "start_date": texts(day), "end_date": texts(np.where(day + length > LAST, -1, day + length)),
        "disposal": rng.choice(["prevention", "turnaround", "community_resolution", "youth_caution", "youth_conditional_caution", "referral_order",
                                "youth_rehabilitation_order", "custody", "remand"], n, p=[0.24, 0.1, 0.2, 0.08, 0.08, 0.16, 0.08, 0.03, 0.03]),
        "first_time_entrant": np.where(is_first & (rng.random(n) < 0.5), "Y", "N")})
    offered_to = np.repeat(np.flatnonzero(hub >= 0), rng.poisson(0.9, (hub >= 0).sum()))
    day = hub[offered_to] + rng.integers(5, 120, len(offered_to))
    fits = (day >= FIRST) & (day <= LAST)
    offered_to, day = offered_to[fits], day[fits]
    n = len(day)
    begun = (rng.random(n) < 0.66) & (day + 20 <= LAST)
    over = begun & (day + 120 <= LAST)
    services = pd.DataFrame({
        "person_ref": who[offered_to], "service": rng.choice(["mentoring", "family_support", "therapeutic", "substance_misuse", "education_support", "youth_work", "speech_and_language"],
                                                            n, p=[0.3, 0.16, 0.14, 0.12, 0.1, 0.14, 0.04]),
        "offered_date": texts(day), "started_date": texts(np.where(begun, day + 20, -1)), "ended_date": texts(np.where(over, day + 120, -1))})
    by = ["person_ref"]
    return {"referrals": referrals, "s47_enquiries": enquiries.sort_values([*by, "start_date"]), "missing_episodes": missing,
            "assessment_factors": factors.sort_values([*by, "assessed_date", "factor_code"]),
            "youth_justice": justice.sort_values([*by, "start_date"]), "interventions": services.sort_values([*by, "offered_date", "service"])}


def health(rng: np.random.Generator, children: Children, hub: Ints, block: int) -> dict[str, pd.DataFrame]:
    """Contacts by provider: an acute hospital, and a mental health trust."""
    out = {}
    for number, provider in enumerate(PROVIDERS):
        child, day = _happen(rng, children, hub, provider, 2.1, 4.0)
        n = len(child)
        if number == 0:
            service = np.full(n, "emergency", dtype=object)
            reason = rng.choice(["assault_sharp", "assault_blunt", "assault_other", "self_harm", "overdose", "injury_other", "exploitation_concern", "other"],
                                n, p=[0.04, 0.09, 0.12, 0.15, 0.1, 0.3, 0.03, 0.17])
            accepted, seen = np.full(n, "NA", dtype=object), day
        else:
            service = rng.choice(["camhs", "neurodevelopmental", "inpatient_mental_health"], n, p=[0.7, 0.27, 0.03]).astype(object)
            reason = np.where(service == "neurodevelopmental", "neurodevelopmental", rng.choice(["mental_health", "self_harm", "exploitation_concern"], n, p=[0.8, 0.17, 0.03]))
            took = rng.random(n) < 0.71
            accepted = np.where(took, "Y", "N")
            first = day + rng.gamma(1.8, 50, n).astype(np.int64)
            seen = np.where(took & (first <= LAST), first, -1)
        out[provider] = pd.DataFrame({
            "contact_ref": refs(f"HC{number}", block, rng.permutation(n)), "person_ref": children.refs[provider][child], "service": service,
            "contact_date": texts(day), "reason": reason, "accepted": accepted, "first_seen_date": texts(seen), "recorded_date": _late(rng, day),
        }).sort_values("contact_ref")
    return out


def education(rng: np.random.Generator, children: Children, hub: Ints, block: int) -> dict[str, pd.DataFrame]:
    """Enrolments, termly attendance and exclusions."""
    known = np.flatnonzero(children.known_to["education"])
    n = len(known)
    who = children.refs["education"]
    is_hub = hub[known] >= 0
    settings = ["academy", "maintained", "special", "alternative_provision", "independent", "elective_home_education", "missing_education"]
    usual = rng.choice(settings, n, p=[0.5, 0.33, 0.05, 0.03, 0.03, 0.04, 0.02])
    later = np.where(is_hub, rng.choice(settings, n, p=[0.36, 0.24, 0.08, 0.2, 0.02, 0.06, 0.04]), rng.choice(settings, n, p=[0.5, 0.34, 0.05, 0.03, 0.02, 0.04, 0.02]))
    moved = rng.random(n) < np.where(is_hub, 0.55, 0.3)
    leaves = children.birth_days()[known] + 16 * 365 + 250
    begins = np.maximum(children.birth_days()[known] + 5 * 365, FIRST - rng.integers(100, 1500, n))
    change = rng.integers(FIRST + 100, LAST - 30, n)
    first_end = np.where(moved, change, leaves)
    sen = rng.choice(["N", "K", "E"], n, p=[0.58, 0.29, 0.13])
    need = rng.choice(["SEMH", "SLCN", "MLD", "SPLD", "ASD", "OTH", "NSA"], n, p=[0.44, 0.16, 0.12, 0.09, 0.12, 0.04, 0.03])
    meals = np.where(rng.random(n) < 0.47, "Y", "N")

    def spells(start: Ints, end: Ints, setting: Texts, keep: Flags) -> pd.DataFrame:
        keep = keep & (start <= LAST) & (end >= FIRST) & (start < end)
        open_ = end > LAST
        return pd.DataFrame({
            "person_ref": who[known], "start_date": texts(start), "end_date": texts(np.where(open_, -1, end)), "setting": setting, "registration": "main",
            "part_time": np.where(rng.random(n) < np.where(is_hub, 0.11, 0.02), "Y", "N"), "sen_provision": sen, "sen_need": np.where(sen == "N", "", need),
            "free_school_meals": meals, "leaving_reason": np.where(open_, "", rng.choice(["moved_school", "end_of_phase", "elective_home_education", "not_known"], n, p=[0.5, 0.35, 0.05, 0.1])),
        })[keep]

    enrolments = pd.concat([spells(begins, first_end, usual, np.ones(n, bool)), spells(change + 1, leaves, later, moved & (leaves > change + 30))])
    terms = []
    absent = np.clip(rng.beta(1.3, 8, n) + np.where(is_hub, rng.beta(1.5, 5, n), 0), 0, 0.97)
    for year in range(2019, 2024):
        for term, sessions, when in (("autumn", 140, f"{year}-09-05"), ("spring", 112, f"{year + 1}-01-08"), ("summer", 126, f"{year + 1}-04-16")):
            day = int(np.datetime64(when).astype(int))
            if day > LAST:
                continue
            setting = np.where(moved & (day > change), later, usual)
            present = (day >= begins) & (day < leaves) & ~np.isin(setting, ["independent", "elective_home_education", "missing_education"]) & (day > FIRST)
            possible = rng.integers(sessions - 8, sessions + 1, n)
            terms.append(pd.DataFrame({
                "person_ref": who[known], "term": f"{year}-{(year + 1) % 100:02d}-{term}", "setting": setting, "sessions_possible": possible,
                "sessions_missed": rng.binomial(possible, absent)})[present & (rng.random(n) < 0.97)])
    child, day = _happen(rng, children, hub, "education", 0.7, 3.4)
    m = len(child)
    permanent = rng.random(m) < 0.03
    reason = rng.choice(["DB", "PP", "VA", "PA", "VP", "DA", "OW", "DM", "SM", "TH", "BU", "PH"], (2, m), p=[0.42, 0.17, 0.14, 0.05, 0.05, 0.06, 0.04, 0.02, 0.01, 0.02, 0.01, 0.01])
    exclusions = pd.DataFrame({
        "person_ref": who[child], "exclusion_type": np.where(permanent, "permanent", "suspension"), "start_date": texts(day),
        "sessions": np.where(permanent, "", rng.integers(1, 11, m).astype(str)),
        "reasons": np.where((reason[0] == reason[1]) | (rng.random(m) < 0.7), reason[0], reason[0].astype(object) + ";" + reason[1].astype(object)),
        "recorded_date": _late(rng, day)})
    return {"enrolments": enrolments.sort_values(["person_ref", "start_date"]),
            "attendance": pd.concat(terms).sort_values(["person_ref", "term"]), "exclusions": exclusions.sort_values(["person_ref", "start_date", "exclusion_type"])}

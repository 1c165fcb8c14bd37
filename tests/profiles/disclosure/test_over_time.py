"""What labels say over time, from drawn labels: limits, signals, changes, changes of recording, projections, growth."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pandas as pd
from monthly import AS_AT, TRUST, monthly, row, share_row

from profiles.disclosure.counts import label_counts
from profiles.disclosure.labels import LabelStore
from profiles.disclosure.plan import default_plan
from profiles.disclosure.series import starts_anew
from profiles.disclosure.shares import label_store
from profiles.figures.exact import exact_figures
from profiles.figures.recording import RecordingChange, change_rows

PLAN = default_plan()


def store(
    rows: list[dict[str, object]], changes: list[RecordingChange] | None = None
) -> LabelStore:
    exact = exact_figures(pd.DataFrame(rows), AS_AT, TRUST, "E08000025")
    if changes:
        exact = pd.concat([exact, change_rows(changes, AS_AT, PLAN.register)], ignore_index=True)
    # Shares bring the table of what is no count.
    return label_store(label_counts(exact, PLAN), PLAN)


# 35, 40 or 45 in every month, without a season.
STEADY = [float(n) * 5 for n in np.random.default_rng(1).integers(7, 10, 48)]


def test_a_month_far_above_is_a_signal_with_its_month() -> None:
    numbers = [*STEADY]
    numbers[-3] = 120.0
    (limits,) = store(with_share(monthly(numbers))).every("hub_referrals_by_month", "limits")
    assert limits.note == "above its limits in January 2024"
    assert limits.lower is not None
    assert limits.upper is not None
    assert limits.lower < 42 < limits.upper < 120
    assert (limits.period_start, limits.period_end) == ("2020-04-01", "2024-03-31")


def test_an_old_signal_is_told_as_old() -> None:
    numbers = [*STEADY]
    numbers[5] = 120.0
    (limits,) = store(with_share(monthly(numbers))).every("hub_referrals_by_month", "limits")
    assert limits.note == "no signal in the last 12 months"


def test_a_steady_series_gives_no_signal() -> None:
    (limits,) = store(with_share(monthly(STEADY))).every("hub_referrals_by_month", "limits")
    assert limits.note == "no signal"


def test_months_that_are_mostly_small_have_no_limits() -> None:
    (limits,) = store(with_share(monthly([3.0, 4.0, 9.0] * 16))).every(
        "hub_referrals_by_month", "limits"
    )
    assert limits.status == "withheld"
    assert limits.value is None


def test_a_change_of_recording_begins_anew_and_is_no_signal() -> None:
    numbers = [*STEADY[:24], *(n + 100 for n in STEADY[24:])]
    told = store(with_share(monthly(numbers))).every("hub_referrals_by_month", "limits")
    assert told[-1].note != "no signal"
    change = RecordingChange(
        "trust__hub_episodes", dt.date(2022, 4, 1), "the practice of recording changed"
    )
    anew = store(with_share(monthly(numbers)), [change])
    first, second = anew.every("hub_referrals_by_month", "limits")
    assert (first.note, second.note) == ("no signal", "no signal")
    assert (first.period_end, second.period_start) == ("2022-03-31", "2022-04-01")
    # Of another extract it says nothing of this number.
    other = RecordingChange("police__involvements", dt.date(2022, 4, 1), "a threshold changed")
    assert (
        len(store(with_share(monthly(numbers)), [other]).every("hub_referrals_by_month", "limits"))
        == 1
    )
    assert (
        store(with_share(monthly(STEADY)), [change])
        .get("recording_changes", "estimate", "extract", "trust__hub_episodes")
        .text
        == "the practice of recording changed"
    )


def test_a_year_before_stands_beside_what_could_have_been_seen() -> None:
    before = dt.date(2023, 3, 31)
    rows = [row("at_risk", AS_AT, 291.0), row("at_risk", before, 337.0, base="yes"), share_row()]
    (change,) = store(rows).every("at_risk", "change")
    # 337 is told as 335 on an earlier day: the change is no finer than that.
    assert (change.text, change.note) == ("−45", "no clear change")
    # 333 to 337, up to 7 behind, is 297.3 to 375.8: 263 ends at 296.8, and 415 begins at 376.0.
    assert (change.lower, change.upper) == (263.0, 415.0)
    assert (change.period_start, change.period_end) == ("2023-03-31", "2024-03-31")


def test_a_small_number_has_no_change() -> None:
    before = dt.date(2023, 3, 31)
    rows = [row("at_risk", AS_AT, 291.0), row("at_risk", before, 5.0, base="yes"), share_row()]
    (change,) = store(rows).every("at_risk", "change")
    assert (change.status, change.text, change.value) == ("withheld", "not shown", None)


def with_share(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    return [*rows, row("at_risk", AS_AT, 291.0), share_row()]


def test_the_risk_mix_of_the_inquirys_dates_is_a_rise() -> None:
    before = dt.date(2023, 7, 31)
    rows = [row("at_risk", AS_AT, 291.0), row("at_risk", before, 337.0, base="yes")]
    for day, low, base in ((AS_AT, 158.0, ""), (before, 141.0, "yes")):
        rows.append(
            row(
                "at_risk",
                day,
                low,
                group_type="risk_level",
                group="low",
                measures=["count", "percent"],
                whole="at_risk",
                base=base,
            )
        )
    found = store(rows)
    (change,) = found.every("at_risk", "share change since the last edition", "risk_level", "low")
    assert change.note == "a rise"
    assert change.lower is not None
    assert change.lower > 0


def test_what_grows_faster_than_the_others() -> None:
    before = dt.date(2023, 3, 31)
    rows = [share_row(), row("at_risk", AS_AT, 291.0)]
    for group, then, now in (
        ("violence", 200, 205),
        ("theft", 100, 95),
        ("robbery", 30, 90),
        ("weapons", 60, 60),
    ):
        for day, n, base in ((before, then, "yes"), (AS_AT, now, "")):
            rows.append(
                row(
                    "involvements",
                    day,
                    float(n),
                    section="offences",
                    needs=["police__involvements"],
                    group_type="offence_group",
                    group=group,
                    period_start=day.replace(year=day.year - 1) + dt.timedelta(days=1),
                    base=base,
                )
            )
    found = store(rows)
    grown = {
        g
        for g in ("violence", "theft", "robbery", "weapons")
        if found.every("involvements", "emerging", "offence_group", g)
    }
    assert grown == {"robbery"}
    (label,) = found.every("involvements", "emerging", "offence_group", "robbery")
    assert label.text == "3.0"


def test_six_months_ahead_or_the_reason_why_not() -> None:
    found = store(with_share(monthly(STEADY)))
    steps = found.every("hub_referrals_by_month", "projection")
    assert [step.period_end for step in steps] == [
        "2024-04-30", "2024-05-31", "2024-06-30", "2024-07-31", "2024-08-31", "2024-09-30",
    ]  # fmt: skip
    error = found.get("hub_referrals_by_month", "projection error")
    assert error.value is not None
    assert error.upper is not None
    assert error.value < error.upper
    short = store(with_share(monthly(STEADY[:20])))
    assert not short.every("hub_referrals_by_month", "projection")
    refused = short.get("hub_referrals_by_month", "projection error")
    assert (refused.status, refused.note) == (
        "refused",
        "there are fewer than 36 comparable months",
    )


def test_every_label_of_a_page_has_a_name_of_its_own() -> None:
    """A year before and the last edition are two changes with one last day."""
    rows = [row("at_risk", AS_AT, 291.0), share_row()]
    for day, n in ((dt.date(2023, 3, 31), 337.0), (dt.date(2023, 12, 31), 300.0)):
        rows.append(row("at_risk", day, n, base="yes"))
    found = store([*rows, *monthly(STEADY)])
    (year,) = found.every("at_risk", "change")
    (edition,) = found.every("at_risk", "change since the last edition")
    assert (year.period_start, edition.period_start) == ("2023-03-31", "2023-12-31")
    every = found.as_table()
    names = every[["figure", "measure", "group_type", "group", "group2", "group3", "period_end"]]
    assert not names.duplicated().any()


def test_what_is_of_one_agencys_records_begins_anew_with_any_of_them() -> None:
    """Warning signs of the police: their new system changed the offences that are among them."""
    figure = PLAN.register.figures["agency_indicated_by_month"]
    changes = {"police__involvements": ["2021-11-15"]}
    days = ["2021-10-31", "2021-11-30", "2021-12-31"]
    of_police = [{"group_type": "agency", "group": "police", "period_end": day} for day in days]
    of_health = [day | {"group": "health"} for day in of_police]
    assert starts_anew(figure, of_police, changes) == [1]
    assert starts_anew(figure, of_health, changes) == []
    assert starts_anew(figure, [day | {"group_type": "all"} for day in of_police], changes) == []

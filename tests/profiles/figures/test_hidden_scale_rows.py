"""The overlap section: the words match the verdict, ranges are never points, and what cannot be told says why."""

from __future__ import annotations

import datetime as dt
import json
import re

import numpy as np
import pandas as pd
import pytest
from conftest import DATES, Refreshed, run_cce
from invented import exact
from planned import PLAN, REGISTER

from profiles.disclosure.counts import label_counts
from profiles.disclosure.rule import Rule
from profiles.disclosure.shares import label_store
from profiles.drawing.charts import upset
from profiles.drawing.page import Page
from profiles.figures.hidden_scale import (
    FIT,
    HANGS_ON_HIDDEN,
    Seen,
    estimate_rows,
    for_analyst,
    for_readers,
    outwards,
)
from profiles.sections import overlap

DAY = dt.date(2024, 3, 1)
QUALITY = ("chao", "fit", "failed", "links")
SPAN = re.compile(r"[\d,]+ to [\d,]+")
On = tuple[bool, ...]


def seen(*counts: int) -> list[On]:
    """So many on police alone, Trust alone, both, health alone, …: by bit mask from 1."""
    return [
        tuple(bool(m >> i & 1) for i in range(3))
        for m, n in enumerate(counts, start=1)
        for _ in range(n)
    ]


def page() -> Page:
    return Page(
        "2024-03-01", [], [], [], True, "0.1.0", "0" * 64, "abc", Rule().words(), Rule().notes()
    )


def section(on: list[On]) -> tuple[str, list[dict[str, object]]]:
    said = for_readers(Seen(on), PLAN.policy.rule.alike)
    sums = {
        "sighted_by": {
            x: sum(o[i] for o in on) for i, x in enumerate(("police", "trust", "health"))
        },
        "alone": {
            x: sum(o[i] and sum(o) == 1 for o in on)
            for i, x in enumerate(("police", "trust", "health"))
        },
        "sightings": {str(n): sum(sum(o) == n for o in on) for n in (1, 2, 3)},
    }
    rows: list[dict[str, object]] = [{"figure": "sighted", "numerator": len(on)}]
    rows += [
        {"figure": "sighted", "group_type": t, "group": g, "numerator": n}
        for t, of in sums.items()
        for g, n in of.items()
    ]
    table = exact(*rows)
    table = pd.concat([table, estimate_rows(said, table, DAY, REGISTER)], ignore_index=True)
    store = label_store(label_counts(table, PLAN), PLAN)
    built = overlap.build(store, page())
    text = " ".join([built.answer, *(s for b in built.blocks for s in (*b.sentences, *b.notes))])
    return text, said


def test_a_range_is_told_in_its_fixed_words() -> None:
    text, said = section(seen(208, 132, 33, 40, 12, 14, 4))
    assert said[0]["label"] == "range"
    assert "Between about 600 and 2,000, known children included; about 445 are known." in text
    assert "It is a range because" in text
    assert "the agencies have not checked a sample of the links" in text
    assert "only as a wide, experimental range" in text


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        (seen(69, 55, 21, 63, 17, 18, 28), "as many parameters as there are cells"),
        (seen(208, 132, 3, 40, 1, 1, 0), HANGS_ON_HIDDEN),
    ],
)
def test_a_refusal_is_told_in_its_fixed_words(on: list[On], reason: str) -> None:
    text, said = section(on)
    assert [s["label"] for s in said] == ["refuse"]
    assert "How many more there are cannot be told, because" in text
    assert reason in text
    assert "This does not mean there are no more: about" in text
    assert "known children included" not in text


def test_what_is_said_is_a_range_even_where_both_ends_round_alike() -> None:
    for said in for_analyst(Seen(seen(2080, 1320, 330, 400, 120, 140, 40))):
        if said["group"] not in ("verdict", *QUALITY):
            assert said["lower"] < said["upper"], said
            assert SPAN.fullmatch(str(said["label"]))


@pytest.mark.parametrize(
    ("number", "ends"),
    [
        (662.9, (600, 700)),
        (1638.02, (1500, 2000)),
        (999.5, (900, 1000)),
        (1000, (1000, 1000)),
        (9_999, (9_500, 10_000)),
        (12_345, (12_000, 13_000)),
        (8, (8, 8)),
    ],
)
def test_ends_are_rounded_outwards(number: float, ends: tuple[int, int]) -> None:
    assert outwards(number) == ends


def test_what_readers_see_is_the_same_whatever_the_small_overlaps_are() -> None:
    """Turned round by brute force: whatever the all-three cell and one pair are, readers see the same words and range;
    from the exact lists alone the ranges differ, and their ends give the count away."""
    printed = set()
    exact_ranges = set()
    for pair, three in ((0, 0), (7, 2), (4, 7)):
        on = Seen(seen(208, 132, 33, 40, pair, 14, three))
        printed.add(
            json.dumps(for_readers(on, PLAN.policy.rule.alike)).replace(str(len(on.histories)), "n")
        )
    assert len(printed) == 1
    for three in range(8):
        on = Seen(seen(208, 132, 33, 40, 12, 14, three))
        exact_ranges.add(str(for_analyst(on)[1]["label"]))
    assert len(exact_ranges) > 3


def test_what_readers_see_depends_on_labels_alone() -> None:
    """Each overlap anywhere within its label, known children within theirs: the same words and the same range."""
    rng = np.random.default_rng(5)
    rows = for_readers(Seen(seen(210, 130, 35, 40, 10, 15, 4)), PLAN.policy.rule.alike)
    for _ in range(3):
        counts = [int(n + rng.integers(-2, 3)) for n in (210, 130, 35, 40, 10, 15)]
        if PLAN.policy.rule.alike(sum(counts) + 2) == PLAN.policy.rule.alike(444):
            assert for_readers(Seen(seen(*counts, 2)), PLAN.policy.rule.alike) == rows


def test_refused_inputs_refuse_the_verdict() -> None:
    table = exact(
        {
            "figure": "sighted",
            "numerator": np.nan,
            "status": "refused",
            "note": "Police: not supplied",
        }
    )
    said = for_readers(Seen(seen(208, 132, 33, 40, 12, 14, 4)), PLAN.policy.rule.alike)
    rows = estimate_rows(said, table, DAY, REGISTER)
    assert rows[["status", "note", "label"]].to_numpy().tolist() == [
        ["refused", "Police: not supplied", ""]
    ]


@pytest.mark.parametrize("as_at", DATES)
def test_an_edition_shows_the_verdict_alone(refreshed: Refreshed, as_at: str) -> None:
    """Most of the samples' overlaps are too small to be shown: searched for in the figures and in the page, no number is
    larger than the known."""
    rows = refreshed.exact(as_at)
    rows = rows[rows["figure"] == "hidden_scale"].set_index("group")
    assert rows.at["verdict", "label"] == "refuse"
    assert rows.at["verdict", "note"] == HANGS_ON_HIDDEN
    assert list(rows.index) == ["verdict"]
    assert rows[["value", "numerator", "lower", "upper"]].isna().all(axis=None)
    html = (refreshed.draft(as_at) / "partner" / "report.html").read_text()
    part = html.split('<section id="overlap"')[1].split("</section>")[0]
    part = re.sub(r"<(script|style).*?</\1>", " ", part, flags=re.S)
    text = re.sub(r"<[^>]+>", "|", part)
    known = (
        refreshed.exact(as_at)
        .query("figure == 'sighted' and group_type == 'all'")["numerator"]
        .iloc[0]
    )
    rest = re.sub(r"\d{1,2} [A-Z][a-z]+ 20\d\d", " ", text)
    numbers = [int(n.replace(",", "")) for n in re.findall(r"\d[\d,]*", rest) if n.strip(",")]
    assert max(numbers) <= known + 2


@pytest.mark.parametrize("as_at", DATES)
def test_the_rest_is_the_analysts_page(refreshed: Refreshed, as_at: str) -> None:
    """Three lists, 30 or more on two, and so a range; the reasons why it is no estimate are those that hold."""
    sighted = (
        refreshed.exact(as_at)
        .query("figure == 'sighted'")
        .set_index(["group_type", "group"])["numerator"]
    )
    assert sighted["sightings", "2"] + sighted["sightings", "3"] >= 30
    (kept,) = [
        found
        for path in (refreshed.home / "estimates").iterdir()
        if (found := json.loads(path.read_text()))["for_analyst"][0]["label"]
        in page_of(refreshed, as_at)
        and all(row["label"] in page_of(refreshed, as_at) for row in found["for_analyst"])
    ]
    rows = pd.DataFrame(kept["for_analyst"]).set_index("group")
    assert rows.at["verdict", "label"] == "range"
    is_spread = rows.at["models", "upper"] / rows.at["models", "lower"] > 1.5
    reasons = ["the agencies have not checked a sample of the links"]
    if is_spread:
        reasons.insert(0, "models that fit about equally well are some way apart")
    assert is_spread == (as_at == "2023-07-31")
    assert rows.at["verdict", "note"] == "; ".join(reasons)
    assert rows.at["profile", "upper"] / rows.at["profile", "lower"] < 3
    assert rows.at["shown", "lower"] <= rows.loc[["models", "resamples"], "lower"].min()
    assert rows.at["shown", "upper"] >= rows.loc[["models", "resamples"], "upper"].max()
    ranges = rows[~rows.index.isin(["verdict", *QUALITY])]
    assert len(ranges) >= 8
    assert all(SPAN.fullmatch(x) for x in ranges["label"])
    assert (ranges["lower"] < ranges["upper"]).all()


def page_of(refreshed: Refreshed, as_at: str) -> str:
    return (refreshed.draft(as_at) / "restricted" / "hidden_scale.html").read_text()


@pytest.mark.long
def test_an_unchanged_table_is_not_estimated_again(refreshed: Refreshed) -> None:
    files = list((refreshed.home / "estimates").iterdir())
    assert files
    assert all(f.stat().st_mode & 0o077 == 0 for f in files)
    assert all("seed" in json.loads(f.read_text()) for f in files)
    before = {f: f.stat().st_mtime_ns for f in files}
    assert run_cce(refreshed.home, "refresh", "--as-at", "2024-03-01").returncode == 0
    assert before == {f: f.stat().st_mtime_ns for f in (refreshed.home / "estimates").iterdir()}


def test_the_chart_of_overlaps_shows_labels_alone() -> None:
    cells = {
        "police": 209,
        "trust": 131,
        "health": 41,
        "police + trust": 34,
        "police + health": 12,
        "trust + health": 13,
        "police + trust + health": 3,
    }
    rows: list[dict[str, object]] = [{"figure": "sighted", "numerator": sum(cells.values())}]
    rows += [
        {"figure": "sighted", "group_type": "history", "group": g, "numerator": n}
        for g, n in cells.items()
    ]
    store = label_store(label_counts(exact(*rows), PLAN), PLAN)
    chart = upset(
        "h", "T", "S", [(g, g, store.get("sighted", "count", "history", g)) for g in cells]
    )
    (bar,) = [t for t in chart.spec["data"] if t["type"] == "bar"]
    assert bar["customdata"] == ["210", "130", "40", "35", "10", "15", "fewer than 8"]
    assert bar["x"][-1] is None
    assert "police + trust: 35" in chart.alt
    # A dot for each set that a combination is in, on a row of its own.
    dots = [
        t
        for t in chart.spec["data"]
        if t["type"] == "scatter" and t["marker"]["color"] != "#dfe4e8"
    ]
    assert [len(t["y"]) for t in dots] == [4, 4, 4]


def test_how_far_the_model_can_be_trusted_is_told_in_words() -> None:
    """The bound by hand: 208, 132 and 40 on one list, 59 on two; 443 known."""
    on = seen(208, 132, 33, 40, 12, 14, 4)
    rows = {str(s["group"]): s for s in for_analyst(Seen(on))}
    assert (
        rows["chao"]["label"]
        == f"at least {float(f'{443 + (208 * 132 + 208 * 40 + 132 * 40) / 59:.2g}'):,.0f}"
    )
    assert rows["failed"]["label"] in ("none", "up to 1% of them")
    assert rows["fit"]["label"] in {words for _, words in FIT}


def test_an_estimate_is_told_in_its_fixed_words() -> None:
    on = seen(2080, 1320, 330, 400, 120, 140, 40)
    said = for_readers(Seen(on, is_checked=True), PLAN.policy.rule.alike)
    table = exact({"figure": "sighted", "numerator": len(on)})
    table = pd.concat([table, estimate_rows(said, table, DAY, REGISTER)], ignore_index=True)
    store = label_store(label_counts(table, PLAN), PLAN)
    words = overlap.words(
        store, store.get("sighted"), store.get("hidden_scale", "estimate", "method", "verdict")
    )
    assert re.match(r"About [\d,]+ \([\d,]+ to [\d,]+\), of whom about [\d,]+ are known\.", words)
    assert "assumptions that the data cannot test" in words

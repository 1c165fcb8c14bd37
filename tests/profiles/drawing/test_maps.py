"""Maps: classes break on labels, withheld wards share one hatch, and no byte of a page tells what a label does not."""

from __future__ import annotations

import html
import itertools
import re

import pandas as pd
import pytest
from conftest import Refreshed
from hypothesis import given
from hypothesis import strategies as st
from planned import AREA, WARDS

from profiles.disclosure.labels import Label
from profiles.drawing.maps import SHADES, WITHHELD, breaks, hexagon_paths, names, shade_of, ward_map


@given(st.lists(st.integers(2, 60).map(lambda n: n * 5.0), max_size=69))
def test_ranges_hold_every_value_once_and_break_between_labels(values: list[float]) -> None:
    ranges = breaks(values)
    assert len(ranges) <= SHADES
    assert all(low <= high for low, high in ranges)
    assert all(one[1] < other[0] for one, other in itertools.pairwise(ranges))
    for v in values:
        k = int(shade_of(v, ranges)[1:]) - 1
        assert ranges[k][0] <= v <= ranges[k][1]


def label(n: int, threshold: int = 8) -> Label:
    small = n < threshold
    text, value = (
        (f"fewer than {threshold}", None)
        if small
        else (str(5 * round(n / 5)), float(5 * round(n / 5)))
    )
    return Label(
        "",
        "count",
        text,
        value,
        None,
        None,
        "",
        "suppressed" if small else "rounded",
        "",
        "",
        "children",
        "",
        "",
    )


def drawn(counts: dict[str, int]) -> object:
    labels = {c: label(n) for c, n in counts.items()}
    return ward_map(
        AREA,
        "m",
        "Title",
        "subtitle",
        labels,
        {c: f"{WARDS[c].name}: {x.text}" for c, x in labels.items()},
    )


@given(st.lists(st.integers(0, 40), min_size=69, max_size=69), st.randoms(use_true_random=False))
def test_two_cities_with_equal_labels_have_one_map(counts: list[int], random: object) -> None:
    one = dict(zip(sorted(WARDS), counts, strict=True))
    other = {
        c: random.choice([m for m in range(45) if label(m) == label(n)]) for c, n in one.items()
    }  # type: ignore[attr-defined]
    assert drawn(one) == drawn(other)


def test_what_is_not_shown_has_one_hatch_and_a_dash() -> None:
    made = ward_map(
        AREA,
        "m",
        "T",
        "s",
        {c: label(n) for c, n in zip(sorted(WARDS), range(69), strict=True)},
        dict.fromkeys(WARDS, "w"),
    )
    hidden = [a for a in made.areas if a.shade == WITHHELD]
    assert len(hidden) == 8
    assert {a.text for a in hidden} == {"–"}
    assert (WITHHELD, "not shown") in made.legend


def test_hexagons_do_not_overlap_and_names_fit() -> None:
    paths, middles, (width, height) = hexagon_paths(AREA)
    assert set(paths) == set(WARDS) == set(WARDS)
    assert len(set(middles.values())) == 69
    for path in paths.values():
        xs, ys = zip(*((int(x), int(y)) for x, y in re.findall(r"(\d+) (\d+)", path)), strict=True)
        assert max(xs) <= width
        assert max(ys) <= height
    short = {" ".join(lines) for _, _, lines in names(AREA)}
    assert len(short) == 69
    assert all(len(line) <= 10 for _, _, lines in names(AREA) for line in lines)


def published(refreshed: Refreshed, edition: str) -> tuple[list[str], str, pd.DataFrame]:
    """The maps in a published page, its outlines, and the edition's labels."""
    folder = refreshed.version / edition
    page = (folder / "report.html").read_text("utf-8")
    (outlines,) = re.findall(r'<svg class="shapes".*?</svg>', page, re.S)
    figures = pd.read_csv(folder / "figures.csv", keep_default_na=False, dtype=str)
    return re.findall(r'<figure class="map">.*?</figure>', page, re.S), outlines, figures


@pytest.mark.parametrize("edition", ["partner", "public"])
def test_four_maps_are_small(refreshed: Refreshed, edition: str) -> None:
    maps, outlines, _ = published(refreshed, edition)
    assert [re.findall(r'data-map="(\w+)"', m) for m in maps] == [
        ["homes"],
        ["deprivation"],
        ["incidents"],
        ["found"],
    ]
    assert len(outlines) + sum(map(len, maps)) < 400_000


@pytest.mark.parametrize("edition", ["partner", "public"])
def test_every_number_of_a_map_is_a_label_of_its_ward(refreshed: Refreshed, edition: str) -> None:
    """The whole source of every map: hovering, text, colour, attributes."""
    maps, outlines, figures = published(refreshed, edition)
    of_ward = figures[figures["group_type"] == "ward"].groupby("group")["label"].agg(set)
    assert not re.search(r"<title|class=\"(?!shapes|ward-names)|data-", outlines)
    for drawing in maps:
        assert set(re.findall(r"\sdata-([a-z-]+)=", drawing)) == {"map"}
        classes = {c for of in re.findall(r'class="([^"]*)"', drawing) for c in of.split()}
        assert classes <= {
            "map",
            "subtitle",
            "written",
            "count",
            "legend",
            "swatch",
            "note",
            "many",
            "few",
            "hatch",
            *(f"s{k}" for k in range(1, 6)),
        }
        if 'data-map="deprivation"' in drawing:
            continue
        wards_drawn = re.findall(
            r'<use href="#ward-(\w+)" class="(\w+)"><title>(.*?)</title>', drawing
        )
        assert len(wards_drawn) == 69
        for code, shade, words in wards_drawn:
            told = (
                html.unescape(words)
                .partition(": ")[2]
                .replace("per 10,000", "")
                .replace("fewer than 8", "")
            )
            assert set(re.findall(r"[\d,.]*\d", told)) <= of_ward[code], code
            assert (shade == WITHHELD) == (not re.search(r"\d", told)), code
        texts = re.findall(r'<text class="count"[^>]*>(.*?)</text>', drawing)
        assert [t == "–" for t in texts] == [shade == WITHHELD for _, shade, _ in wards_drawn]
        # No other number stands in it but places, the key's ranges of labels, and the words above it.
        key = " ".join(re.findall(r"</svg>([^<]*)</li>", drawing))
        assert set(re.findall(r"[\d,.]*\d", key)) <= set().union(*of_ward)

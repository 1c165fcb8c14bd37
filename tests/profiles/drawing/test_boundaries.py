"""Boundary files as people bring them: good ones drawn, bad ones refused in words. The wards here are squares, but for one test."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from planned import AREA, WARDS

from profiles.drawing.boundaries import BoundaryError, read_boundaries
from profiles.drawing.maps import points

REAL = Path(__file__).parents[4] / "shared" / "reference" / "wards.geojson"
Raw = dict[str, Any]


def squares() -> Raw:
    """Every ward a square on a grid of the city."""
    features = []
    for i, code in enumerate(sorted(WARDS)):
        x, y = -2.0 + 0.02 * (i % 9), 52.4 + 0.015 * (i // 9)
        ring = [[x, y], [x + 0.02, y], [x + 0.02, y + 0.015], [x, y + 0.015], [x, y]]
        features.append(
            {
                "type": "Feature",
                "properties": {"name": "x", "WD22CD": code},
                "geometry": {"type": "Polygon", "coordinates": [ring]},
            }
        )
    return {"type": "FeatureCollection", "features": features}


def write(path: Path, raw: object) -> Path:
    path.write_text(json.dumps(raw), "utf-8")
    return path


def test_squares_are_drawn_once_each_and_in_place(tmp_path: Path) -> None:
    shapes = read_boundaries(write(tmp_path / "w.geojson", squares()), AREA)
    assert set(shapes) == set(WARDS)
    first, beside = sorted(WARDS)[:2]
    assert len(points(shapes[first])) == 4
    left, right = {x for x, _ in points(shapes[first])}, {x for x, _ in points(shapes[beside])}
    assert max(left) == min(right)
    every = [p for s in shapes.values() for p in points(s)]
    assert min(x for x, _ in every) == 4
    assert max(x for x, _ in every) == 996
    # North is up: the ward with the greatest latitude has the smallest y.
    assert min(y for _, y in points(shapes[sorted(WARDS)[-1]])) == min(y for _, y in every)


def test_what_else_is_in_the_file_is_left_out(tmp_path: Path) -> None:
    raw = squares()
    raw["features"].append(
        {"type": "Feature", "properties": {"WD22CD": "E05001264"}, "geometry": None}
    )
    raw["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:OGC:1.3:CRS84"}}
    assert len(read_boundaries(write(tmp_path / "w.geojson", raw), AREA)) == 69


def feature(raw: Raw) -> Raw:
    found: Raw = raw["features"][0]
    return found


def a_ward_less(raw: Raw) -> None:
    raw["features"].pop()


def an_older_code(raw: Raw) -> None:
    feature(raw)["properties"]["WD22CD"] = "E05001178"


def the_national_grid(raw: Raw) -> None:
    for f in raw["features"]:
        f["geometry"]["coordinates"] = [
            [[400_000 + 100_000 * (x + 2), 280_000 + y] for x, y in f["geometry"]["coordinates"][0]]
        ]


def a_named_grid(raw: Raw) -> None:
    raw["crs"] = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::27700"}}


def latitude_first(raw: Raw) -> None:
    for f in raw["features"]:
        f["geometry"]["coordinates"] = [[[y, x] for x, y in f["geometry"]["coordinates"][0]]]


def a_bow_tie(raw: Raw) -> None:
    ring = feature(raw)["geometry"]["coordinates"][0]
    ring[1], ring[2] = ring[2], ring[1]


def a_ward_twice(raw: Raw) -> None:
    raw["features"].append(feature(raw))


def a_point(raw: Raw) -> None:
    feature(raw)["geometry"] = {"type": "Point", "coordinates": [-1.9, 52.5]}


def nonsense(raw: Raw) -> None:
    feature(raw)["geometry"]["coordinates"] = [["a", "b"]]


def no_codes(raw: Raw) -> None:
    for f in raw["features"]:
        f["properties"] = {"name": "x"}


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (a_ward_less, "1 of the 69 wards are missing: Yardley West & Stechford (E05011186)"),
        (an_older_code, "It has 1 codes of wards that are no longer in use"),
        (the_national_grid, "they look like the British National Grid"),
        (a_named_grid, "in another system than longitude and latitude"),
        (latitude_first, "they lie outside Birmingham"),
        (a_bow_tie, "Acocks Green (E05011118): its outline crosses itself"),
        (a_ward_twice, "Acocks Green (E05011118) is in it twice"),
        (a_point, "Acocks Green (E05011118), is no polygon"),
        (nonsense, "its coordinates cannot be read"),
        (no_codes, "no property of its features holds ward codes"),
    ],
)
def test_what_is_wrong_is_said(tmp_path: Path, spoil: Callable[[Raw], None], words: str) -> None:
    raw = squares()
    spoil(raw)
    with pytest.raises(BoundaryError) as error:
        read_boundaries(write(tmp_path / "w.geojson", raw), AREA)
    assert words in str(error.value)


def test_files_that_are_no_geojson(tmp_path: Path) -> None:
    for raw in (
        [],
        {"type": "Feature"},
        {"type": "FeatureCollection", "features": []},
        {"type": "FeatureCollection", "features": [1]},
        7,
    ):
        with pytest.raises(BoundaryError, match="FeatureCollection of polygons"):
            read_boundaries(write(tmp_path / "w.geojson", raw), AREA)
    (tmp_path / "w.geojson").write_bytes(b"\xff\xfe{")
    with pytest.raises(BoundaryError, match="cannot be read as JSON"):
        read_boundaries(tmp_path / "w.geojson", AREA)
    with pytest.raises(BoundaryError, match="not there"):
        read_boundaries(tmp_path / "none.geojson", AREA)
    (tmp_path / "w.geojson").write_text("[" * 200_000)
    with pytest.raises(BoundaryError, match="cannot be read as JSON"):
        read_boundaries(tmp_path / "w.geojson", AREA)


def test_200_megabytes_are_not_read(tmp_path: Path) -> None:
    with (tmp_path / "w.geojson").open("wb") as f:
        f.truncate(200_000_000)
    with pytest.raises(BoundaryError, match="200 MB; at most 50 are read"):
        read_boundaries(tmp_path / "w.geojson", AREA)


@pytest.mark.skipif(not REAL.exists(), reason="the boundary file is no part of the product")
def test_real_boundaries_are_small_and_meet() -> None:
    shapes = read_boundaries(REAL, AREA)
    assert set(shapes) == set(WARDS)
    assert sum(map(len, shapes.values())) < 40_000
    # Neighbours share places of their outlines.
    shared = set(points(shapes["E05011118"])) & set(points(shapes["E05011182"]))
    assert len(shared) > 2

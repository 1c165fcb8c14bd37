"""Ward boundaries of the user's, from a GeoJSON file to outlines that a page can draw. Never
needed: there are hexagons.

Messages name features by number and wards by code and name: a boundary file holds nothing about
children.
"""

from __future__ import annotations

import itertools
import json
import math
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from profiles.areas import Area
from profiles.drawing.maps import WIDTH

LARGEST = 50_000_000
# Outlines are simplified together, so that neighbours still meet; in metres.
TOLERANCE = 25.0
WARD = re.compile(r"E05\d{6}")
MARGIN = 4
METRES_PER_DEGREE = 111_320
_PLAIN = ("CRS84", "4326", "WGS84", "WGS 84")


class BoundaryError(ValueError):
    """What is wrong with a boundary file, and what to do, in words."""


def read_boundaries(path: Path, area: Area) -> dict[str, str]:
    """Ward code → outline as an SVG path in whole units, 1,000 to the area's width. Raises
    BoundaryError.
    """
    features = _features(path)
    code_of = _code_property(features, area)
    polygons: dict[str, Any] = {}
    for number, feature in enumerate(features, 1):
        code = _code(feature, code_of)
        if code not in area.wards:
            continue
        if code in polygons:
            raise BoundaryError(
                f"{_ward(code, area)} is in it twice; one feature per ward is needed."
            )
        polygons[code] = _polygon(feature.get("geometry"), code, number, area)
    missing = sorted(area.wards.keys() - polygons.keys())
    if missing:
        raise BoundaryError(_missing(missing, [_code(f, code_of) for f in features], area))
    return _outlines(polygons)


def _code(feature: dict[str, Any], code_of: str) -> str:
    return str((feature.get("properties") or {}).get(code_of, ""))


def _missing(missing: list[str], codes: list[str], area: Area) -> str:
    """Which wards are missing, and whether the file is of the wards that there were before."""
    named = ", ".join(_ward(code, area) for code in missing[:3])
    if len(missing) > 3:
        named += f" and {len(missing) - 3} more"
    older = 0
    for retired in area.file.retired_wards:
        older += sum(retired.first <= code <= retired.last for code in codes)
    why = ""
    if older:
        why = f" It has {older} codes of wards that are no longer in use."
    return (
        f"{len(missing)} of the {len(area.wards)} wards are missing: {named}.{why} "
        "A file of the wards of today is needed."
    )


def _ward(code: str, area: Area) -> str:
    return f"{area.wards[code].name} ({code})"


def _features(path: Path) -> list[dict[str, Any]]:
    try:
        size = path.stat().st_size
    except OSError:
        raise BoundaryError("the file is not there or cannot be read.") from None
    if size > LARGEST:
        raise BoundaryError(
            f"the file has {size / 1e6:,.0f} MB; at most {LARGEST / 1e6:.0f} are read. "
            "The ONS's generalised boundaries of the area (BGC, 20 m) have less than one."
        )
    try:
        raw = json.loads(path.read_text("utf-8-sig"))
    except (UnicodeDecodeError, ValueError, RecursionError):
        raise BoundaryError(
            "the file is not GeoJSON: it cannot be read as JSON in UTF-8."
        ) from None
    features: list[Any] = []
    if isinstance(raw, dict) and raw.get("type") == "FeatureCollection":
        listed = raw.get("features")
        features = listed if isinstance(listed, list) else []
    if not features or not all(isinstance(feature, dict) for feature in features):
        raise BoundaryError("the file is not GeoJSON with a FeatureCollection of polygons.")
    named = json.dumps(raw.get("crs") or "")
    if raw.get("crs") and not any(plain in named for plain in _PLAIN):
        raise BoundaryError(
            f"its coordinates are in another system than longitude and latitude. {_CONVERT}"
        )
    return features


_CONVERT = "Export it as WGS84 (EPSG:4326): longitude, then latitude."


def _code_property(features: Iterable[dict[str, Any]], area: Area) -> str:
    """The property that holds ward codes: that with most of them."""
    tally: dict[str, int] = {}
    for feature in features:
        for name, value in (feature.get("properties") or {}).items():
            if isinstance(value, str) and WARD.fullmatch(value):
                tally[name] = tally.get(name, 0) + 1 + (value in area.wards)
    if not tally:
        raise BoundaryError("no property of its features holds ward codes (E05 and six digits).")
    return max(sorted(tally), key=lambda n: tally[n])


def _polygon(geometry: Any, code: str, number: int, area: Area) -> Any:
    from shapely.errors import ShapelyError
    from shapely.geometry import shape

    if not isinstance(geometry, dict) or geometry.get("type") not in ("Polygon", "MultiPolygon"):
        raise BoundaryError(f"feature {number}, {_ward(code, area)}, is no polygon.")
    try:
        polygon = shape(geometry)
    except (ShapelyError, ValueError, TypeError, IndexError, KeyError, AttributeError):
        raise BoundaryError(
            f"feature {number}, {_ward(code, area)}: its coordinates cannot be read."
        ) from None
    west, south, east, north = polygon.bounds if not polygon.is_empty else (math.nan,) * 4
    box = area.file.box
    if not (box.west <= west <= east <= box.east and box.south <= south <= north <= box.north):
        what = f"they lie outside {area.name} as longitude and latitude"
        # Eastings and northings are in metres: no longitude is as large.
        if west > 1000:
            what = "they look like the British National Grid"
        raise BoundaryError(
            f"feature {number}, {_ward(code, area)}: its coordinates are no degrees of the area; "
            f"{what}. {_CONVERT}"
        )
    if not polygon.is_valid:
        raise BoundaryError(
            f"feature {number}, {_ward(code, area)}: its outline crosses itself. "
            "Mend it where it was made (in QGIS: Fix geometries)."
        )
    return polygon


def _outlines(polygons: dict[str, Any]) -> dict[str, str]:
    import numpy as np
    from shapely import coverage_simplify, transform

    codes = sorted(polygons)
    middles = [(polygon.bounds[1] + polygon.bounds[3]) / 2 for polygon in polygons.values()]
    middle = sum(middles) / len(middles)
    # A degree of longitude is shorter the further north: at 52° about 68 km.
    across = math.cos(math.radians(round(middle, 1))) * METRES_PER_DEGREE

    def metres(degrees: np.ndarray) -> np.ndarray:
        return np.column_stack([degrees[:, 0] * across, -degrees[:, 1] * METRES_PER_DEGREE])

    # Simplified together, so that two neighbours keep one line between them.
    in_metres = [transform(polygons[code], metres) for code in codes]
    simplified = coverage_simplify(in_metres, TOLERANCE)
    west = min(polygon.bounds[0] for polygon in simplified)
    top = min(polygon.bounds[1] for polygon in simplified)
    east = max(polygon.bounds[2] for polygon in simplified)
    scale = (WIDTH - 2 * MARGIN) / (east - west)

    def ring_path(ring: Any) -> str:
        points = []
        for x, y in ring.coords:
            points.append((round((x - west) * scale) + MARGIN, round((y - top) * scale) + MARGIN))
        return _ring(points)

    outlines = {}
    for code, polygon in zip(codes, simplified, strict=True):
        paths = []
        for part in getattr(polygon, "geoms", [polygon]):
            paths += [ring_path(ring) for ring in (part.exterior, *part.interiors)]
        outlines[code] = "".join(paths)
    return outlines


def _ring(points: list[tuple[int, int]]) -> str:
    """A closed outline in steps, which take half the room of places."""
    steps = []
    for a, b in itertools.pairwise(points[:-1]):
        steps.append((b[0] - a[0], b[1] - a[1]))
    moved = " ".join(f"{dx} {dy}" for dx, dy in steps if (dx, dy) != (0, 0))
    if moved:
        return f"M{points[0][0]} {points[0][1]}l{moved}Z"
    return ""

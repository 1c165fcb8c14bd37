"""Maps of the wards, drawn as they are in the page: no script, nothing fetched, one outline of
each ward for all maps.

A hexagon for each ward, or its boundary where the user brought one. What is drawn on it are labels,
as everywhere.
"""

from __future__ import annotations

import functools
import math
import re
from collections.abc import Mapping, Sequence

from profiles.areas import Area
from profiles.disclosure.labels import Label
from profiles.drawing.blocks import Map, MapArea
from profiles.drawing.page import Page

# Shades from light to dark, told apart in print without colour; on each of them dark ink can be
# read.
SHADES = 5
WITHHELD = "hatch"
SIZE, LINE, LONGEST = 34.0, 10, 10
WIDTH = 1000


@functools.cache
def hexagon_paths(area: Area) -> tuple[dict[str, str], dict[str, tuple[int, int]], tuple[int, int]]:
    """Outline and middle of each ward's hexagon, and the size of the whole drawing."""
    middles = {}
    for code, ward in area.wards.items():
        q, r = ward.hexagon
        # Axial coordinates: each row stands half a hexagon further to the right.
        x = SIZE * math.sqrt(3) * (q + r / 2) + SIZE
        y = SIZE * 1.5 * r + SIZE + 4
        middles[code] = (round(x), round(y))
    paths = {code: _hexagon(x, y) for code, (x, y) in middles.items()}
    width = max(x for x, _ in middles.values()) + round(SIZE)
    height = max(y for _, y in middles.values()) + round(SIZE) + 4
    return paths, middles, (width, height)


def _hexagon(x: int, y: int) -> str:
    corners = []
    for corner in range(6):
        turn = math.pi / 3 * corner
        corners.append(f"{round(x + SIZE * math.sin(turn))} {round(y - SIZE * math.cos(turn))}")
    return f"M{'L'.join(corners)}Z"


def outlines(page: Page, area: Area) -> tuple[Mapping[str, str], tuple[int, int]]:
    """The wards' outlines as the page has them, and the size of a map."""
    if not page.shapes:
        paths, _, size = hexagon_paths(area)
        return paths, size
    lowest = max(y for path in page.shapes.values() for _, y in points(path))
    return page.shapes, (WIDTH, lowest + 4)


def points(path: str) -> list[tuple[int, int]]:
    """The points of an outline of steps: “M x y l dx dy …”."""
    outline = []
    x = y = 0
    for command, first, second in re.findall(r"([Ml]?)\s?(-?\d+) (-?\d+)", path):
        if command == "M":
            x = y = 0
        x += int(first)
        y += int(second)
        outline.append((x, y))
    return outline


def names(area: Area) -> list[tuple[int, int, list[str]]]:
    """Where each ward's short name stands on its hexagon, line by line."""
    _, middles, _ = hexagon_paths(area)
    places = []
    for code, (x, y) in sorted(middles.items()):
        places.append((x, y - LINE // 2, _short(area.wards[code].name)))
    return places


def _short(name: str) -> list[str]:
    """Two lines of a name; what does not fit ends with a point."""
    # “Sutton Walmley & Minworth” has no room for the ampersand.
    name = name.replace("& ", "")
    name = re.sub(r" (N|S|E|W)(?:orth|outh|ast|est)$", r" \1.", name)
    lines = [""]
    for word in name.split():
        if lines[-1] and len(lines[-1]) + len(word) + 1 > LONGEST:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return [line if len(line) <= LONGEST else f"{line[: LONGEST - 1]}." for line in lines[:2]]


def middle(code: str, area: Area) -> tuple[int, int]:
    """Where the number of a hexagon stands."""
    x, y = hexagon_paths(area)[1][code]
    return x, y + LINE * 2 - 2


def breaks(values: Sequence[float], shades: int = SHADES) -> list[tuple[float, float]]:
    """Ranges of label values, lightest first, with about as many areas in each; equal values stand
    in one range.
    """
    ordered = sorted(values)
    ranges: list[tuple[float, float]] = []
    start = 0
    for shade in range(1, shades + 1):
        end = round(len(ordered) * shade / shades)
        # Equal values never lie in two shades.
        while start < end < len(ordered) and ordered[end] == ordered[end - 1]:
            end += 1
        if end > start:
            ranges.append((ordered[start], ordered[end - 1]))
            start = end
    return ranges


def shade_of(value: float, ranges: Sequence[tuple[float, float]]) -> str:
    """The shade of a value: s1 is the lightest."""
    below = [high for _, high in ranges if high < value]
    return f"s{len(below) + 1}"


def ward_map(
    area: Area,
    name: str,
    title: str,
    subtitle: str,
    labels: Mapping[str, Label],
    words: Mapping[str, str],
    edges: Mapping[str, str] | None = None,
    edge_words: Sequence[tuple[str, str]] = (),
) -> Map:
    """A map shaded by labels, one per ward code. `words` are what hovering gives; `edges` thicken
    some wards' outlines.
    """
    values = {}
    for code, label in labels.items():
        if label.is_shown and label.value is not None:
            values[code] = label.value
    ranges = breaks(list(values.values()))
    areas = []
    for code, label in sorted(labels.items()):
        shade = WITHHELD
        text = "–"
        if code in values:
            shade = shade_of(values[code], ranges)
            text = label.text
        areas.append(MapArea(code, shade, text, words[code], (edges or {}).get(code, "")))
    legend = _shades(ranges)
    if len(values) < len(labels):
        legend.append((WITHHELD, "not shown"))
    drawn_edges = {map_area.edge for map_area in areas}
    legend += [(edge, text) for edge, text in edge_words if edge in drawn_edges]
    highest = sorted(values, key=lambda code: (-values[code], area.wards[code].name))[:3]
    alt = f"Map of the wards. {title}. No ward is shown."
    if highest:
        most = "; ".join(f"{area.wards[code].name} {labels[code].text}" for code in highest)
        alt = f"Map of the wards. {title}. Highest: {most}. Every ward is in the table below."
    return Map(name, title, subtitle, alt, areas, legend)


def _shades(ranges: Sequence[tuple[float, float]]) -> list[tuple[str, str]]:
    return [(f"s{shade}", _span(low, high)) for shade, (low, high) in enumerate(ranges, 1)]


def _span(low: float, high: float) -> str:
    if low == high:
        return f"{low:,.10g}"
    return f"{low:,.10g} to {high:,.10g}"


def public_map(
    area: Area, name: str, title: str, subtitle: str, values: Mapping[str, float]
) -> Map:
    """A map of published numbers, such as deprivation."""
    ranges = breaks(list(values.values()))
    areas = []
    for code, value in sorted(values.items()):
        words = f"{area.wards[code].name}: {value:g}"
        areas.append(MapArea(code, shade_of(value, ranges), f"{value:g}", words))
    alt = f"Map of the wards. {title}. Every ward is in the table below."
    return Map(name, title, subtitle, alt, areas, _shades(ranges))

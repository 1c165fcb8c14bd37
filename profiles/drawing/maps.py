"""Maps of the wards, drawn as they stand in the page: no script, nothing fetched, one outline of
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
    middles = {
        code: (round(SIZE * math.sqrt(3) * (q + r / 2) + SIZE), round(SIZE * 1.5 * r + SIZE + 4))
        for code, ward in area.wards.items()
        for q, r in [ward.hexagon]
    }
    corners = [
        (SIZE * math.sin(math.pi / 3 * k), -SIZE * math.cos(math.pi / 3 * k)) for k in range(6)
    ]
    paths = {
        code: "M" + "L".join(f"{round(x + dx)} {round(y + dy)}" for dx, dy in corners) + "Z"
        for code, (x, y) in middles.items()
    }
    size = (
        max(x for x, _ in middles.values()) + round(SIZE),
        max(y for _, y in middles.values()) + round(SIZE) + 4,
    )
    return paths, middles, size


def outlines(page: Page, area: Area) -> tuple[Mapping[str, str], tuple[int, int]]:
    """The wards' outlines as the page has them, and the size of a map."""
    if not page.shapes:
        paths, _, size = hexagon_paths(area)
        return paths, size
    numbers = [p for path in page.shapes.values() for p in points(path)]
    return page.shapes, (WIDTH, max(y for _, y in numbers) + 4)


def points(path: str) -> list[tuple[int, int]]:
    """The points of an outline of steps: “M x y l dx dy …”."""
    found, x, y = [], 0, 0
    for command, one, other in re.findall(r"([Ml]?)\s?(-?\d+) (-?\d+)", path):
        absolute = command == "M"
        x, y = (int(one), int(other)) if absolute else (x + int(one), y + int(other))
        found.append((x, y))
    return found


def names(area: Area) -> list[tuple[int, int, list[str]]]:
    """Where each ward's short name stands on its hexagon, line by line."""
    _, middles, _ = hexagon_paths(area)
    return [
        (x, y - LINE // 2, _short(area.wards[code].name))
        for code, (x, y) in sorted(middles.items())
    ]


def _short(name: str) -> list[str]:
    """Two lines of a name; what does not fit ends with a point."""
    lines = [""]
    for word in re.sub(
        r" (N|S|E|W)(?:orth|outh|ast|est)$", r" \1.", re.sub(r"& ", "", name)
    ).split():
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
    found: list[tuple[float, float]] = []
    start = 0
    for k in range(1, shades + 1):
        end = round(len(ordered) * k / shades)
        while start < end < len(ordered) and ordered[end] == ordered[end - 1]:
            end += 1
        if end > start:
            found.append((ordered[start], ordered[end - 1]))
            start = end
    return found


def shade_of(value: float, ranges: Sequence[tuple[float, float]]) -> str:
    """The shade of a value: s1 is the lightest."""
    return f"s{next(i for i, (_, high) in enumerate(ranges, 1) if value <= high)}"


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
    told = {code: x.value for code, x in labels.items() if x.is_shown and x.value is not None}
    ranges = breaks(list(told.values()))
    areas = [
        MapArea(
            code,
            shade_of(told[code], ranges) if code in told else WITHHELD,
            x.text if code in told else "–",
            words[code],
            (edges or {}).get(code, ""),
        )
        for code, x in sorted(labels.items())
    ]
    legend = [(f"s{i}", _span(low, high)) for i, (low, high) in enumerate(ranges, 1)]
    legend += [(WITHHELD, "not shown")] if len(told) < len(labels) else []
    legend += [(edge, text) for edge, text in edge_words if any(a.edge == edge for a in areas)]
    highest = sorted(told, key=lambda c: (-told[c], area.wards[c].name))[:3]
    most = "; ".join(f"{area.wards[c].name} {labels[c].text}" for c in highest)
    if most:
        alt = f"Map of the wards. {title}. Highest: {most}. Every ward stands in the table below."
    else:
        alt = f"Map of the wards. {title}. No ward is shown."
    return Map(name, title, subtitle, alt, areas, legend)


def _span(low: float, high: float) -> str:
    if low == high:
        return f"{low:,.10g}"
    return f"{low:,.10g} to {high:,.10g}"


def public_map(
    area: Area, name: str, title: str, subtitle: str, values: Mapping[str, float]
) -> Map:
    """A map of published numbers, such as deprivation."""
    ranges = breaks(list(values.values()))
    areas = [
        MapArea(c, shade_of(v, ranges), f"{v:g}", f"{area.wards[c].name}: {v:g}")
        for c, v in sorted(values.items())
    ]
    legend = [(f"s{i}", _span(low, high)) for i, (low, high) in enumerate(ranges, 1)]
    return Map(
        name,
        title,
        subtitle,
        f"Map of the wards. {title}. Every ward stands in the table below.",
        areas,
        legend,
    )

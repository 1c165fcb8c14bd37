"""The few kinds of chart there are, drawn from labels with Plotly. One look for all of them."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple

import numpy as np
import plotly.graph_objects as go

from profiles.disclosure.labels import Label
from profiles.drawing.blocks import Chart
from profiles.figures.dates import long_date
from profiles.statistics import rates

INK, BLUE, ORANGE, GREY = "#1d2b36", "#1f5f8b", "#b45309", "#8a949c"
GRID, EXPECTED = "#dfe4e8", "#c9d1d7"
# An axis ends this much beyond its longest bar, so that the label at its end has room.
AXIS = 1.22
# How many areas outside a funnel are named in it: more names would lie over one another.
MOST_NAMED = 6
FONT = {
    "family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
    "size": 14,
    "color": INK,
}
# Room above the drawing for its legend or for a word at a line.
TOP_MARGIN = 28


class Expectation(NamedTuple):
    """A group with what was counted and what was to be expected."""

    words: str
    counted: Label
    expected: Label


class AreaOfFunnel(NamedTuple):
    """An area of a funnel: of how many, how many were counted, how many were to be expected."""

    words: str
    of: Label
    counted: Label
    expected: Label


def chart_of(
    name: str, title: str, subtitle: str, alt: str, figure: go.Figure, height: int
) -> Chart:
    """A Plotly figure as a chart, in the look of all of them."""
    figure.update_layout(
        template="none",
        font=FONT,
        height=height,
        margin={"l": 8, "r": 24, "t": 8, "b": 40},
        bargap=0.32,
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        hoverlabel={"font": {"size": 14}},
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "x": 0},
    )
    spec = json.loads(figure.to_json())
    return Chart(name, title, subtitle, alt, spec, height)


def _wrapped(text: str, width: int = 22) -> str:
    """A name in lines of so many letters. One that reads as a number (an age) is followed by a
    sign that does not show: Plotly would take it for a place on the axis.
    """
    if text.isdigit():
        return f"{text}\N{WORD JOINER}"
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


def _most_lines(words: Iterable[str]) -> int:
    return max((text.count("<br>") + 1 for text in words), default=1)


def bars_height(lines: int, rows: int) -> int:
    """Pixels for so many bars whose names take so many lines."""
    return max(32, 21 * lines - 8) * rows + 64


def _shown_value(label: Label) -> float | None:
    if label.is_shown:
        return label.value
    return None


def _length(label: Label) -> float:
    """How far a label reaches along its axis; 0 where it is not shown."""
    return _shown_value(label) or 0


def _emphasised(label: Label) -> str:
    """A number in bold; what stands in a number's place in italics."""
    if label.is_shown:
        return f"<b>{label.text}</b>"
    return f"<i>{label.text}</i>"


def _text_at(figure: go.Figure, word: str, x: float | None, text: str, **more: Any) -> None:
    """The text of a bar, to the right of its end."""
    figure.add_annotation(y=word, x=x, text=text, showarrow=False, xanchor="left", **more)


def _name_axis(figure: go.Figure) -> None:
    """Names of bars from top to bottom, in the order given."""
    # As names, each of which is written, also where they are numbers.
    figure.update_yaxes(
        type="category",
        tickmode="linear",
        autorange="reversed",
        automargin=True,
        ticks="",
        showgrid=False,
        tickangle=0,
    )


def _number_axis(figure: go.Figure, longest: float, **more: Any) -> None:
    """Numbers from zero to a little beyond the longest bar."""
    figure.update_xaxes(
        range=[0, longest * AXIS],
        showgrid=True,
        gridcolor=GRID,
        zeroline=True,
        zerolinecolor=INK,
        **more,
        nticks=6,
    )


def bars(
    name: str,
    title: str,
    subtitle: str,
    rows: list[tuple[str, Label]],
    *,
    suffix: str = "",
) -> Chart:
    """Horizontal bars, one per group, in the order given; whiskers are 95% intervals where labels
    have them.

    A group that is not shown keeps its row, without a bar.
    """
    words = [_wrapped(text) for text, _ in rows]
    labels = [label for _, label in rows]
    figure = go.Figure()
    customdata = [label.text for label in labels]
    figure.add_bar(
        y=words,
        x=[_shown_value(label) for label in labels],
        orientation="h",
        marker={"color": BLUE},
        error_x=_whiskers(labels),
        customdata=customdata,
        hovertemplate="%{y}: %{customdata}<extra></extra>",
        showlegend=False,
    )
    for word, label in zip(words, labels, strict=True):
        _text_at(figure, word, _end(label), _emphasised(label), xshift=6)
    _name_axis(figure)
    longest = max([1, *(_end(label) or 0 for label in labels)])
    _number_axis(figure, longest, ticksuffix=suffix)
    named = "; ".join(f"{text}: {label.text}" for text, label in rows)
    alt = f"Bar chart. {title}. {named}."
    height = bars_height(_most_lines(words), len(rows))
    return chart_of(name, title, subtitle, alt, figure, height)


def _end(label: Label) -> float | None:
    """Where a bar with its whisker ends."""
    if not label.is_shown:
        return 0
    if label.upper is not None:
        return label.upper
    return label.value


def _whiskers(labels: list[Label]) -> dict[str, Any] | None:
    if not any(label.interval for label in labels):
        return None
    above: list[float | None] = []
    below: list[float | None] = []
    for label in labels:
        value = _shown_value(label)
        if value is None:
            above.append(None)
            below.append(None)
            continue
        # Plotly takes lengths, not ends.
        above.append(None if label.upper is None else label.upper - value)
        below.append(None if label.lower is None else value - label.lower)
    return {
        "type": "data",
        "symmetric": False,
        "color": INK,
        "thickness": 1.5,
        "width": 4,
        "array": above,
        "arrayminus": below,
    }


def upset(name: str, title: str, subtitle: str, rows: list[tuple[str, str, Label]]) -> Chart:
    """Sets that overlap: a row per combination with a dot for each set that it is in, and its bar.
    Rows are (key, words, label), the key naming its sets as “a + b”.
    """
    members = [key.split(" + ") for key, _, _ in rows]
    sets = list(dict.fromkeys(member for combination in members for member in combination))
    words = [_wrapped(text) for _, text, _ in rows]
    labels = [label for _, _, label in rows]
    figure = go.Figure()
    _dots(figure, sets, members, words)
    customdata = [label.text for label in labels]
    figure.add_bar(
        y=words,
        x=[_shown_value(label) for label in labels],
        orientation="h",
        xaxis="x2",
        marker={"color": BLUE},
        customdata=customdata,
        hovertemplate="%{y}: %{customdata}<extra></extra>",
        showlegend=False,
    )
    for word, label in zip(words, labels, strict=True):
        x = label.value if label.is_shown else 0
        _text_at(figure, word, x, _emphasised(label), xref="x2", xshift=6)
    figure.update_yaxes(
        # Without it, names that are in one trace only would be drawn first.
        categoryorder="array",
        categoryarray=words,
        autorange="reversed",
        automargin=True,
        ticks="",
        showgrid=False,
    )
    longest = max([1, *(_length(label) for label in labels)])
    _upset_axes(figure, sets, longest=longest)
    named = "; ".join(f"{text}: {label.text}" for _, text, label in rows)
    alt = f"Chart of overlaps. {title}. {named}."
    height = bars_height(_most_lines(words), len(rows))
    return chart_of(name, title, subtitle, alt, figure, height)


def _dots(figure: go.Figure, sets: list[str], members: list[list[str]], words: list[str]) -> None:
    """A column per set: dark dots where a combination is in it, pale ones where it is not."""
    for column, one_set in enumerate(sets):
        for is_in, colour in ((False, GRID), (True, INK)):
            rows = []
            for word, combination in zip(words, members, strict=True):
                if (one_set in combination) == is_in:
                    rows.append(word)
            figure.add_scatter(
                x=[column] * len(rows),
                y=rows,
                mode="markers",
                marker={"size": 11, "color": colour},
                hoverinfo="skip",
                showlegend=False,
            )


def _upset_axes(figure: go.Figure, sets: list[str], longest: float) -> None:
    """Dots on the left, with the names of the sets below; bars on the right."""
    names = [one_set.capitalize() for one_set in sets]
    tickvals = list(range(len(sets)))
    dots_axis = {
        "domain": [0, 0.3],
        "tickvals": tickvals,
        "ticktext": names,
        "range": [-0.5, len(sets) - 0.5],
        "showgrid": False,
        "zeroline": False,
    }
    bars_axis = {
        "domain": [0.36, 1],
        "range": [0, longest * AXIS],
        "anchor": "y",
        "showgrid": True,
        "gridcolor": GRID,
        "zeroline": True,
        "zerolinecolor": INK,
        "nticks": 5,
    }
    figure.update_layout(xaxis=dots_axis, xaxis2=bars_axis)


def months(name: str, title: str, subtitle: str, points: list[Label]) -> Chart:
    """A line over month ends. Points that are not shown leave a gap."""
    figure = go.Figure()
    customdata = [f"{_day(label)}: {label.text}" for label in points]
    figure.add_scatter(
        x=[label.period_end for label in points],
        y=[_shown_value(label) for label in points],
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        marker={"size": 5},
        customdata=customdata,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
        connectgaps=False,
    )
    shown = [label for label in points if label.is_shown and label.value is not None]
    last = shown[-1]
    figure.add_annotation(
        x=last.period_end,
        y=last.value,
        text=f"<b>{last.text}</b>",
        showarrow=False,
        xanchor="left",
        xshift=6,
    )
    figure.update_yaxes(
        rangemode="tozero", showgrid=True, gridcolor=GRID, automargin=True, nticks=6
    )
    figure.update_xaxes(
        showgrid=False,
        dtick="M12",
        tickformat="%b<br>%Y",
        tick0=points[0].period_end,
        automargin=True,
    )
    high = max(shown, key=_by_value)
    hidden = [label for label in points if not label.is_shown]
    # What is not shown is lower than all that is.
    low = hidden[0] if hidden else min(shown, key=_by_value)
    alt = (
        f"Line chart. {title}. From {points[0].text} on {_day(points[0])} to "
        f"{last.text} on {_day(last)}; lowest {low.text}, highest {high.text}."
    )
    chart = chart_of(name, title, subtitle, alt, figure, 300)
    chart.spec["layout"]["margin"]["r"] = 48
    return chart


def _by_value(label: Label) -> tuple[float, str]:
    return label.value or 0, label.period_end


def _day(label: Label) -> str:
    return long_date(dt.date.fromisoformat(label.period_end))


def funnel(
    name: str,
    title: str,
    subtitle: str,
    rows: Sequence[AreaOfFunnel],
    common: tuple[float, float],
) -> Chart:
    """A dot per area: how many were counted of how many, with what is expected at the common share
    and its limits. `common` is counted and of how many for all together.
    """
    areas = []
    for area in rows:
        if area.of.is_shown and area.counted.is_shown and area.expected.is_shown:
            areas.append(area)
    figure = go.Figure()
    at = sorted({area.of.value or 0 for area in areas})
    _funnel_lines(figure, at, common)
    color = [ORANGE if area.expected.note else BLUE for area in areas]
    symbol = ["diamond" if area.expected.note else "circle" for area in areas]
    marker = {
        "color": color,
        "symbol": symbol,
        "size": 9,
    }
    customdata = [f"{area.words}: {_of_how_many(area)}" for area in areas]
    figure.add_scatter(
        x=[area.of.value for area in areas],
        y=[area.counted.value for area in areas],
        mode="markers",
        marker=marker,
        customdata=customdata,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    far_outside = [area for area in areas if area.expected.note.startswith("far")]
    far_outside.sort(key=lambda area: area.words)
    for area in far_outside[:MOST_NAMED]:
        figure.add_annotation(
            x=area.of.value,
            y=area.counted.value,
            text=area.words,
            showarrow=False,
            yshift=14,
            font={"size": 12},
        )
    if at:
        figure.add_annotation(
            x=at[-1],
            y=far_limits(at, *common)[0][-1],
            text="expected",
            showarrow=False,
            xanchor="right",
            yshift=-14,
            font={"size": 12},
        )
    axis = {"rangemode": "tozero", "showgrid": True, "gridcolor": GRID}
    figure.update_xaxes(**axis, title="children with indicators", automargin=True, nticks=6)
    figure.update_yaxes(**axis, title="of them referred", automargin=True, nticks=6)
    beyond = "No area lies beyond 99.8%."
    if far_outside:
        named = [
            f"{area.words}: {_of_how_many(area)}, {area.expected.note}" for area in far_outside
        ]
        beyond = f"Beyond 99.8%: {'; '.join(named)}."
    alt = f"Funnel. {title}. Lines: expected, 95% and 99.8% limits. {beyond}"
    return chart_of(name, title, subtitle, alt, figure, 380)


def _of_how_many(area: AreaOfFunnel) -> str:
    return f"{area.counted.text} of {area.of.text}, expected {area.expected.text}"


def _funnel_lines(figure: go.Figure, at: list[float], common: tuple[float, float]) -> None:
    expected, *limits = far_limits(at, *common)
    styles = [(1.5, "solid", expected)]
    styles += [(1, "dash", limit) for limit in limits[:2]]
    styles += [(1, "dot", limit) for limit in limits[2:]]
    for width, dash, y in styles:
        line = {"color": INK, "width": width, "dash": dash}
        figure.add_scatter(x=at, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False)


def far_limits(at: list[float], x_all: float, d_all: float) -> list[list[float]]:
    """Expected numbers of so many at the common share, then the limits of 95% and of 99.8%, to
    tenths.
    """
    lines: list[np.ndarray] = []
    for z in rates.FUNNEL:
        expected, low, high = rates.funnel(at, x_all, d_all, z)
        if not lines:
            lines.append(expected)
        lines += [low, high]
    return [[round(value, 1) for value in line.tolist()] for line in lines]


def against_expected(name: str, title: str, subtitle: str, rows: Sequence[Expectation]) -> Chart:
    """A dot per group for what was counted, over a bar of what was to be expected."""
    groups = [row for row in rows if row.counted.is_shown and row.expected.is_shown]
    words = [_wrapped(group.words) for group in groups]
    expected = [group.expected for group in groups]
    counted = [group.counted for group in groups]
    figure = go.Figure()
    base = [label.lower for label in expected]
    customdata = [f"expected about {label.text}, {label.interval}" for label in expected]
    figure.add_bar(
        y=words,
        base=base,
        x=[(label.upper or 0) - (label.lower or 0) for label in expected],
        orientation="h",
        marker={"color": EXPECTED},
        name="expected, 95%",
        customdata=customdata,
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    figure.add_scatter(
        y=words,
        x=[label.value for label in counted],
        mode="markers",
        marker={"color": INK, "size": 12, "symbol": "diamond"},
        name="counted",
        customdata=[label.text for label in counted],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    for word, label in zip(words, counted, strict=True):
        _text_at(figure, word, label.value, f"<b>{label.text}</b>", xshift=9)
    _name_axis(figure)
    ends = [label.upper or 0 for label in expected] + [label.value or 0 for label in counted]
    _number_axis(figure, longest=max([1, *ends]))
    named = []
    for group in groups:
        interval = f"expected {group.expected.text} ({group.expected.interval})"
        named.append(f"{group.words}: {group.counted.text}, {interval}")
    alt = f"Dots over bars. {title}. {'; '.join(named)}."
    # The legend takes the room of a row.
    height = bars_height(_most_lines(words), len(groups) + 1)
    chart = chart_of(name, title, subtitle, alt, figure, height)
    chart.spec["layout"]["margin"]["t"] = TOP_MARGIN
    return chart

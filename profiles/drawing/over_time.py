"""Charts of numbers over time: many small ones beside one another, each with its limits."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any, NamedTuple

import plotly.graph_objects as go

from profiles.disclosure.labels import Label
from profiles.disclosure.over_time import ADJUSTED
from profiles.drawing.blocks import Chart
from profiles.drawing.charts import BLUE, GREY, GRID, INK, ORANGE, chart_of

COLUMNS = 2
# “March 2024: 291”.
HOVER = "%{x|%B %Y}: %{customdata}<extra></extra>"
SHADE = "rgba(31,95,139,0.18)"
# Pixels of a row of small charts, and of what is above and below them all.
ROW, FRAME = 116, 56


class Panel(NamedTuple):
    """A series: what it counts, its labels in order of time, and the limits of each stretch."""

    words: str
    points: Sequence[Label]
    limits: Sequence[Label]

    @property
    def newest(self) -> Label | None:
        """The limits that its latest month is held to; None where too few months can be shown, or
        too few since it is recorded otherwise.
        """
        if not self.limits or not self.limits[-1].is_shown:
            return None
        latest = self.limits[-1]
        return latest if latest.period_end >= self.points[-1].period_end else None

    @property
    def says(self) -> str:
        """What its control chart says of the newest stretch; blank where it has no limits."""
        return self.newest.note if self.newest else ""

    @property
    def recorded_otherwise(self) -> list[str]:
        """The days from which on it is recorded otherwise."""
        days = [stretch.period_start for stretch in self.limits[1:]]
        if self.limits:
            # A stretch that is too short for limits has none.
            after = [p for p in self.points if p.period_end > self.limits[-1].period_end]
            days += [point.period_start for point in after[:1]]
        return days


class Ahead(NamedTuple):
    """A series with a look ahead: its months so far, those expected with their 95% and 80% ranges,
    and by how much such a look was off.
    """

    words: str
    before: Sequence[Label]
    steps: Sequence[Label]
    likely: Sequence[Label]
    error: Label


def multiples_height(rows: int) -> int:
    """Pixels for so many rows of small charts."""
    return ROW * rows + FRAME


def small_multiples(name: str, title: str, subtitle: str, panels: Sequence[Panel]) -> Chart:
    """A small line chart for each series, two beside one another, with average and limits. A month
    that is not shown is a gap; values outside the limits stand out.
    """
    figure = go.Figure()
    rows = -(-len(panels) // COLUMNS)
    for number, panel in enumerate(panels, 1):
        _draw(figure, panel, number)
    _lay_out(figure, len(panels))
    said = "; ".join(f"{panel.words}: {panel.says or 'not shown'}" for panel in panels)
    alt = f"Line charts by month. {title}. {said}."
    chart = chart_of(name, title, subtitle, alt, figure, multiples_height(rows))
    chart.spec["layout"]["margin"]["t"] = 28
    return chart


def looking_ahead(name: str, title: str, subtitle: str, series: Sequence[Ahead]) -> Chart:
    """A small line chart for each series with the months that are expected, and their ranges."""
    figure = go.Figure()
    rows = -(-len(series) // COLUMNS)
    for number, ahead in enumerate(series, 1):
        _draw_ahead(figure, ahead, number)
    _lay_out(figure, len(series))
    said = []
    for ahead in series:
        last = ahead.steps[-1]
        said.append(f"{ahead.words}: {last.text} in {month_words(last)}, {last.interval}")
    alt = f"Line charts by month with a look ahead. {title}. {'; '.join(said)}."
    chart = chart_of(name, title, subtitle, alt, figure, multiples_height(rows))
    chart.spec["layout"]["margin"]["t"] = 28
    return chart


def over_years(
    name: str,
    title: str,
    subtitle: str,
    lines: Sequence[tuple[str, Sequence[Label]]],
    spread: tuple[Sequence[Label], Sequence[Label]],
) -> Chart:
    """A line for each place over the years, and shaded the spread of others from lowest to
    highest. The first place stands out.
    """
    figure = go.Figure()
    low, high = spread
    days = [label.period_end for label in low]
    figure.add_scatter(
        x=[*days, *reversed(days)],
        y=[*(label.value for label in high), *(label.value for label in reversed(low))],
        fill="toself",
        fillcolor=SHADE,
        line={"color": SHADE, "width": 1},
        mode="lines",
        hoverinfo="skip",
        showlegend=False,
    )
    for (words, labels), colour in zip(lines, (ORANGE, BLUE, GREY), strict=False):
        figure.add_scatter(
            x=[label.period_end for label in labels],
            y=[label.value if label.is_shown else None for label in labels],
            mode="lines+markers",
            line={"color": colour, "width": 2},
            marker={"size": 6},
            name=words,
            customdata=[label.text for label in labels],
            hovertemplate=f"{words}: %{{customdata}}<extra></extra>",
        )
    own = lines[0][1][-1]
    figure.add_annotation(
        x=own.period_end,
        y=own.value,
        text=f"<b>{own.text}</b>",
        showarrow=False,
        xanchor="left",
        xshift=6,
    )
    figure.update_xaxes(
        showgrid=False, tickvals=days, tickformat="%b<br>%Y", tickangle=0, automargin=True
    )
    figure.update_yaxes(
        showgrid=True, gridcolor=GRID, automargin=True, nticks=6, rangemode="tozero"
    )
    said = []
    for words, labels in lines:
        said.append(f"{words}: {', '.join(label.text for label in labels)}")
    alt = f"Lines over the years to {month_words(low[-1])}. {title}. {'; '.join(said)}."
    chart = chart_of(name, title, subtitle, alt, figure, 300)
    chart.spec["layout"]["margin"] |= {"t": 28, "r": 48}
    return chart


def _lay_out(figure: go.Figure, panels: int) -> None:
    rows = -(-panels // COLUMNS)
    months = {
        "showgrid": False,
        "dtick": "M24",
        "tickformat": "%Y",
        "tickangle": 0,
        "automargin": True,
        # Ticks that are not seen keep the years away from the lowest number of the other axis.
        "ticks": "outside",
        "tickcolor": "rgba(0,0,0,0)",
    }
    numbers = {"showgrid": True, "gridcolor": GRID, "automargin": True, "nticks": 4}
    for number in range(1, panels + 1):
        own = number if number > 1 else ""
        figure.update_layout({f"xaxis{own}": months, f"yaxis{own}": numbers})
    figure.update_layout(
        grid={"rows": rows, "columns": COLUMNS, "pattern": "independent", "ygap": 0.45},
        showlegend=False,
    )


def _draw_ahead(figure: go.Figure, ahead: Ahead, number: int) -> None:
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    for range_of in (ahead.steps, ahead.likely):
        days = [label.period_end for label in range_of]
        lower = [label.lower for label in range_of]
        upper = [label.upper for label in range_of]
        figure.add_scatter(
            x=[*days, *reversed(days)],
            y=[*upper, *reversed(lower)],
            fill="toself",
            fillcolor=SHADE,
            line={"color": SHADE, "width": 1},
            mode="lines",
            hoverinfo="skip",
            **axes,
        )
    for labels, dash in ((ahead.before, "solid"), (ahead.steps, "dot")):
        figure.add_scatter(
            x=[label.period_end for label in labels],
            y=[label.value if label.is_shown else None for label in labels],
            mode="lines",
            line={"color": BLUE, "width": 1.5, "dash": dash},
            customdata=[label.text for label in labels],
            hovertemplate=HOVER,
            connectgaps=False,
            **axes,
        )
    _title(figure, ahead.words, number)


def _draw(figure: go.Figure, panel: Panel, number: int) -> None:
    axes = {"xaxis": f"x{number}", "yaxis": f"y{number}"}
    quiet: dict[str, Any] = {"hoverinfo": "skip", **axes}
    for limits in panel.limits:
        if not limits.is_shown:
            continue
        span = [limits.period_start, limits.period_end]
        for end, dash in ((limits.value, "solid"), (limits.lower, "dot"), (limits.upper, "dot")):
            line = {"color": GREY, "width": 1, "dash": dash}
            figure.add_scatter(x=span, y=[end, end], mode="lines", line=line, **quiet)
    for day in panel.recorded_otherwise:
        figure.add_shape(
            type="line",
            xref=f"x{number if number > 1 else ''}",
            yref=f"y{number if number > 1 else ''} domain",
            x0=day,
            x1=day,
            y0=0,
            y1=1,
            line={"color": INK, "width": 1.5, "dash": "dot"},
        )
    days = [label.period_end for label in panel.points]
    values = [label.value if label.is_shown else None for label in panel.points]
    figure.add_scatter(
        x=days,
        y=values,
        mode="lines+markers",
        line={"color": BLUE, "width": 1.5},
        marker={"size": 5, "color": [_colour(label, panel.limits) for label in panel.points]},
        customdata=[label.text for label in panel.points],
        hovertemplate=HOVER,
        connectgaps=False,
        **axes,
    )
    _title(figure, panel.words, number)


def _title(figure: go.Figure, words: str, number: int) -> None:
    own = number if number > 1 else ""
    figure.add_annotation(
        text=f"<b>{words}</b>",
        xref=f"x{own} domain",
        yref=f"y{own} domain",
        x=0,
        y=1,
        xanchor="left",
        yanchor="bottom",
        showarrow=False,
        font={"size": 12, "color": INK},
    )


def month_words(label: Label) -> str:
    """“March 2024”: the month that a label is of."""
    return dt.date.fromisoformat(label.period_end).strftime("%B %Y")


def _colour(label: Label, limits: Sequence[Label]) -> str:
    """Orange for a value outside the limits of its stretch."""
    for stretch in limits:
        is_within = stretch.period_start <= label.period_end <= stretch.period_end
        if is_within and _is_outside(label, stretch):
            return ORANGE
    return BLUE


def _is_outside(label: Label, limits: Label) -> bool:
    """Whether the chart says so: all that a rounded number may be lies outside. Where months are
    adjusted for the time of the year, the dots that are drawn are not what is judged.
    """
    if label.value is None or limits.lower is None or limits.upper is None:
        return False
    if ADJUSTED in limits.note:
        return False
    low = label.value if label.low is None else label.low
    high = label.value if label.high is None else label.high
    return high < limits.lower or low > limits.upper

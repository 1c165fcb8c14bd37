"""The few kinds of chart there are, drawn from labels with Plotly. One look for all of them."""

from __future__ import annotations

import json
from typing import Any

import plotly.graph_objects as go

from profiles.disclosure.labels import Label
from profiles.drawing.blocks import Chart
from profiles.figures.dates import long_date
from profiles.statistics import rates

INK, BLUE, ORANGE, GREY = "#1d2b36", "#1f5f8b", "#b45309", "#8a949c"
# An axis ends this much beyond its longest bar, so that the label at its end has room.
AXIS = 1.22
# Sets whose names fit under the dots of an overlap chart.
FEW = 4
FONT = {
    "family": "system-ui, -apple-system, 'Segoe UI', Roboto, 'DejaVu Sans', sans-serif",
    "size": 14,
    "color": INK,
}


def _chart(name: str, title: str, subtitle: str, alt: str, figure: go.Figure, height: int) -> Chart:
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
    return Chart(name, title, subtitle, alt, json.loads(figure.to_json()), height)


def _wrapped(text: str, width: int = 22) -> str:
    lines = [""]
    for word in text.split():
        if lines[-1] and len(lines[-1]) + len(word) >= width:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "<br>".join(lines)


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
    with_interval = any(x.interval for x in labels)
    array = [
        x.upper - x.value if x.is_shown and x.upper is not None and x.value is not None else None
        for x in labels
    ]
    arrayminus = [
        x.value - x.lower if x.is_shown and x.lower is not None and x.value is not None else None
        for x in labels
    ]
    error = {
        "type": "data",
        "symmetric": False,
        "color": INK,
        "thickness": 1.5,
        "width": 4,
        "array": array,
        "arrayminus": arrayminus,
    }
    ends = [(x.upper or x.value or 0) if x.is_shown else 0 for x in labels]
    top = max([*ends, 1])
    figure.add_bar(
        y=words,
        x=[x.value if x.is_shown else None for x in labels],
        orientation="h",
        marker={"color": BLUE},
        error_x=error if with_interval else None,
        customdata=[x.text for x in labels],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
        showlegend=False,
    )
    for word, label in zip(words, labels, strict=True):
        if label.is_shown:
            end = label.upper if label.upper is not None else label.value
        else:
            end = 0
        figure.add_annotation(
            y=word,
            x=end,
            text=f"<b>{label.text}</b>" if label.is_shown else f"<i>{label.text}</i>",
            showarrow=False,
            xanchor="left",
            xshift=6,
        )
    figure.update_yaxes(
        autorange="reversed", automargin=True, ticks="", showgrid=False, tickangle=0
    )
    figure.update_xaxes(
        range=[0, top * AXIS],
        showgrid=True,
        gridcolor="#dfe4e8",
        zeroline=True,
        zerolinecolor=INK,
        ticksuffix=suffix,
        nticks=6,
    )
    alt = f"Bar chart. {title}. " + "; ".join(f"{text}: {label.text}" for text, label in rows) + "."
    lines = max(w.count("<br>") + 1 for w in words)
    return _chart(name, title, subtitle, alt, figure, bars_height(lines, len(rows)))


def bars_height(lines: int, rows: int) -> int:
    """Pixels for so many bars whose names take so many lines."""
    return max(44, 18 * lines + 8) * rows + 70


def upset(name: str, title: str, subtitle: str, rows: list[tuple[str, str, Label]]) -> Chart:
    """Sets that overlap: a row per combination with a dot for each set that it is in, and its bar.
    Rows are (key, words, label), the key naming its sets as “a + b”.
    """
    sets = list(dict.fromkeys(s for key, _, _ in rows for s in key.split(" + ")))
    words = [_wrapped(text) for _, text, _ in rows]
    figure = go.Figure()
    for i, one in enumerate(sets):
        for is_in, colour in ((False, "#dfe4e8"), (True, INK)):
            inside = [
                w
                for w, (key, _, _) in zip(words, rows, strict=True)
                if (one in key.split(" + ")) == is_in
            ]
            dot = {"size": 11 if len(sets) <= FEW else 6, "color": colour}
            figure.add_scatter(
                x=[i] * len(inside),
                y=inside,
                mode="markers",
                marker=dot,
                hoverinfo="skip",
                showlegend=False,
            )
    labels = [label for _, _, label in rows]
    figure.add_bar(
        y=words,
        x=[x.value if x.is_shown else None for x in labels],
        orientation="h",
        xaxis="x2",
        marker={"color": BLUE},
        customdata=[x.text for x in labels],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
        showlegend=False,
    )
    for word, label in zip(words, labels, strict=True):
        figure.add_annotation(
            y=word,
            x=label.value if label.is_shown else 0,
            xref="x2",
            text=f"<b>{label.text}</b>" if label.is_shown else f"<i>{label.text}</i>",
            showarrow=False,
            xanchor="left",
            xshift=6,
        )
    figure.update_yaxes(
        categoryorder="array",
        categoryarray=words,
        autorange="reversed",
        automargin=True,
        ticks="",
        showgrid=False,
    )
    top = max([*((x.value or 0) if x.is_shown else 0 for x in labels), 1])
    ticktext = [one.capitalize() if len(sets) <= FEW else "" for one in sets]
    dots = {
        "tickvals": list(range(len(sets))),
        # More than a few names do not fit under the dots; each row's words name its sets.
        "ticktext": ticktext,
        "range": [-0.5, len(sets) - 0.5],
    }
    bare = {"showgrid": False, "zeroline": False}
    grid = {
        "showgrid": True,
        "gridcolor": "#dfe4e8",
        "zeroline": True,
        "zerolinecolor": INK,
        "nticks": 5,
    }
    xaxis = {"domain": [0, 0.3 if len(sets) <= FEW else 0.42], **dots, **bare}
    domain = [0.36 if len(sets) <= FEW else 0.48, 1]
    xaxis2 = {
        "domain": domain,
        "range": [0, top * AXIS],
        "anchor": "y",
        **grid,
    }
    figure.update_layout(
        xaxis=xaxis,
        xaxis2=xaxis2,
    )
    alt = (
        f"Chart of overlaps. {title}. "
        + "; ".join(f"{text}: {label.text}" for _, text, label in rows)
        + "."
    )
    lines = max(w.count("<br>") + 1 for w in words)
    height = bars_height(lines, len(rows))
    return _chart(
        name,
        title,
        subtitle,
        alt,
        figure,
        height,
    )


def bands(
    name: str, title: str, subtitle: str, rows: list[tuple[str, Label]], known: Label
) -> Chart:
    """Ranges as bands, one per row, beside the number that is known; never a point."""
    # The range stands with the name: beside a band there is no room on a phone.
    words = [f"{_wrapped(text)}<br><b>{label.text}</b>" for text, label in rows]
    labels = [label for _, label in rows]
    figure = go.Figure()
    figure.add_bar(
        y=words,
        base=[x.lower for x in labels],
        x=[(x.upper or 0) - (x.lower or 0) for x in labels],
        orientation="h",
        marker={"color": BLUE},
        customdata=[x.text for x in labels],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
        showlegend=False,
    )
    if known.is_shown:
        figure.add_vline(x=known.value, line={"color": INK, "dash": "dash", "width": 1.5})
        figure.add_annotation(
            x=known.value,
            y=1,
            yref="paper",
            yanchor="bottom",
            xanchor="left",
            text=f"known: {known.text}",
            showarrow=False,
        )
    top = max([*((x.upper or 0) for x in labels), 1])
    figure.update_yaxes(
        autorange="reversed", automargin=True, ticks="", showgrid=False, tickangle=0
    )
    figure.update_xaxes(
        range=[0, top * AXIS],
        showgrid=True,
        gridcolor="#dfe4e8",
        zeroline=True,
        zerolinecolor=INK,
        nticks=6,
    )
    told = "; ".join(f"{text}: {label.text}" for text, label in rows)
    alt = f"Chart of ranges. {title}. {told}; known: {known.text}."
    lines = max(w.count("<br>") + 1 for w in words)
    height = bars_height(lines, len(rows))
    chart = _chart(
        name,
        title,
        subtitle,
        alt,
        figure,
        height,
    )
    chart.spec["layout"]["margin"]["t"] = 28
    return chart


def months(name: str, title: str, subtitle: str, points: list[Label]) -> Chart:
    """A line over month ends. Points that are not shown leave a gap."""
    shown = [x for x in points if x.is_shown and x.value is not None]
    figure = go.Figure()
    customdata = [f"{long_date(_day(x))}: {x.text}" for x in points]
    figure.add_scatter(
        x=[x.period_end for x in points],
        y=[x.value if x.is_shown else None for x in points],
        mode="lines+markers",
        line={"color": BLUE, "width": 2},
        marker={"size": 5},
        customdata=customdata,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
        connectgaps=False,
    )
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
        rangemode="tozero", showgrid=True, gridcolor="#dfe4e8", automargin=True, nticks=6
    )
    figure.update_xaxes(
        showgrid=False,
        dtick="M12",
        tickformat="%b<br>%Y",
        tick0=points[0].period_end,
        automargin=True,
    )
    hidden = [x for x in points if not x.is_shown]
    if hidden:
        low = hidden[0]
    else:
        low = min(shown, key=lambda x: (x.value or 0, x.period_end))
    high = max(shown, key=lambda x: (x.value or 0, x.period_end))
    alt = (
        f"Line chart. {title}. From {points[0].about} on {long_date(_day(points[0]))} to "
        f"{last.about} on {long_date(_day(last))}; "
        f"lowest {low.text}, highest {high.text}."
    )
    chart = _chart(name, title, subtitle, alt, figure, 340)
    chart.spec["layout"]["margin"]["r"] = 48
    return chart


def _day(label: Label) -> Any:
    import datetime as dt

    return dt.date.fromisoformat(label.period_end)


def funnel(
    name: str,
    title: str,
    subtitle: str,
    rows: list[tuple[str, Label, Label, Label]],
    common: tuple[float, float],
) -> Chart:
    """A dot per area: how many were counted of how many, with what is expected at the common share
    and its limits.

    Rows are (words, of how many, counted, expected); `common` is counted and of how many for all
    together.
    """
    kept = [r for r in rows if all(x.is_shown for x in r[1:])]
    figure = go.Figure()
    at = sorted({d.value or 0 for _, d, _, _ in kept})
    lines = far_limits(at, *common)
    for width, dash, ends in (
        (1.5, "solid", lines[:1]),
        (1, "dash", lines[1:3]),
        (1, "dot", lines[3:]),
    ):
        for y in ends:
            line = {"color": INK, "width": width, "dash": dash}
            figure.add_scatter(
                x=at, y=y, mode="lines", line=line, hoverinfo="skip", showlegend=False
            )
    color = [ORANGE if e.note else BLUE for _, _, _, e in kept]
    symbol = ["diamond" if e.note else "circle" for _, _, _, e in kept]
    marker = {
        "color": color,
        "symbol": symbol,
        "size": 9,
    }
    customdata = [f"{words}: {c.text} of {d.text}, expected {e.text}" for words, d, c, e in kept]
    figure.add_scatter(
        x=[d.value for _, d, _, _ in kept],
        y=[c.value for _, _, c, _ in kept],
        mode="markers",
        marker=marker,
        customdata=customdata,
        hovertemplate="%{customdata}<extra></extra>",
        showlegend=False,
    )
    outside = sorted((r for r in kept if r[3].note.startswith("far")), key=lambda r: r[0])
    for words, d, c, _ in outside[:6]:
        figure.add_annotation(
            x=d.value, y=c.value, text=words, showarrow=False, yshift=14, font={"size": 12}
        )
    if at:
        figure.add_annotation(
            x=at[-1],
            y=lines[0][-1],
            text="expected",
            showarrow=False,
            xanchor="right",
            yshift=-14,
            font={"size": 12},
        )
    figure.update_xaxes(
        rangemode="tozero",
        showgrid=True,
        gridcolor="#dfe4e8",
        title="children with indicators",
        automargin=True,
        nticks=6,
    )
    figure.update_yaxes(
        rangemode="tozero",
        showgrid=True,
        gridcolor="#dfe4e8",
        title="of them referred",
        automargin=True,
        nticks=6,
    )
    named = "; ".join(
        f"{w}: {c.text} of {d.text}, expected {e.text}, {e.note}" for w, d, c, e in outside
    )
    alt = (
        f"Funnel. {title}. Lines: expected, 95% and 99.8% limits. "
        f"{f'Beyond 99.8%: {named}.' if named else 'No area lies beyond 99.8%.'}"
    )
    return _chart(name, title, subtitle, alt, figure, 420)


def far_limits(at: list[float], x_all: float, d_all: float) -> list[list[float]]:
    """Expected numbers of so many at the common share, then the limits of 95% and of 99.8%, to
    tenths.
    """
    found: list[list[float]] = []
    for z in rates.FUNNEL:
        expected, low, high = rates.funnel(at, x_all, d_all, z)
        found += [x.tolist() for x in ((low, high) if found else (expected, low, high))]
    return [[round(v, 1) for v in line] for line in found]


def against_expected(
    name: str, title: str, subtitle: str, rows: list[tuple[str, Label, Label]]
) -> Chart:
    """A dot per group for what was counted, over a bar of what was to be expected; rows are (words,
    counted, expected).
    """
    kept = [(t, c, e) for t, c, e in rows if c.is_shown and e.is_shown]
    words = [_wrapped(text) for text, _, _ in kept]
    figure = go.Figure()
    base = [e.lower for _, _, e in kept]
    customdata = [f"expected about {e.text}, {e.interval}" for _, _, e in kept]
    figure.add_bar(
        y=words,
        base=base,
        x=[(e.upper or 0) - (e.lower or 0) for _, _, e in kept],
        orientation="h",
        marker={"color": "#c9d1d7"},
        name="expected, 95%",
        customdata=customdata,
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    figure.add_scatter(
        y=words,
        x=[c.value for _, c, _ in kept],
        mode="markers",
        marker={"color": INK, "size": 12, "symbol": "diamond"},
        name="counted",
        customdata=[c.text for _, c, _ in kept],
        hovertemplate="%{y}: %{customdata}<extra></extra>",
    )
    for word, (_, count, _) in zip(words, kept, strict=True):
        figure.add_annotation(
            y=word,
            x=count.value,
            text=f"<b>{count.text}</b>",
            showarrow=False,
            xanchor="left",
            xshift=9,
        )
    top = max([*((e.upper or 0) for _, _, e in kept), *((c.value or 0) for _, c, _ in kept), 1])
    figure.update_yaxes(
        autorange="reversed", automargin=True, ticks="", showgrid=False, tickangle=0
    )
    figure.update_xaxes(
        range=[0, top * AXIS],
        showgrid=True,
        gridcolor="#dfe4e8",
        zeroline=True,
        zerolinecolor=INK,
        nticks=6,
    )
    told = "; ".join(f"{t}: {c.text}, expected {e.text} ({e.interval})" for t, c, e in kept)
    lines = max([w.count("<br>") + 1 for w in words], default=1)
    chart = _chart(
        name,
        title,
        subtitle,
        f"Dots over bars. {title}. {told}.",
        figure,
        bars_height(lines, len(kept)),
    )
    chart.spec["layout"]["margin"]["t"] = 28
    return chart

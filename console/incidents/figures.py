"""Counts of errors -> pictures over time, with a line where something was deployed. No Streamlit in here."""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

import plotly.graph_objects as go
from markupsafe import escape

from console.incidents.wording import bare, cut
from pipeline.incidents import OTHERS, RatePoint

COLOURS = ("#c9603f", "#c98a00", "#6d7fd6", "#2e8a7d", "#b06fb5", "#4f9fd1", "#8c8c3a", "#c25a86")
"""Told apart on a light and on a dark ground."""
GREY = "#98a5ad"
APART, ROWS, ROW_PIXELS = 0.1, 3, 13
"""Names of deploys in a row are so far apart, as a share of the time; those for whom no row has room are lines."""
FEW = 5
"""Up to so many errors in a bar the axis counts by ones."""
_STEPS = tuple(timedelta(minutes=minutes) for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080, 43200))
BARS = 60


class Mark(NamedTuple):
    """A deploy in the picture."""

    at: datetime
    name: str


def step(since: datetime, until: datetime) -> timedelta:
    """How long a bar lasts, so that there are about sixty of them."""
    wanted = (until - since) / BARS
    return next((length for length in _STEPS if length >= wanted), _STEPS[-1])


def rate(
    points: Sequence[RatePoint], marks: Sequence[Mark], *, since: datetime, until: datetime, width: timedelta,
) -> go.Figure:
    """Bars over time, a colour for each of the largest groups, all others grey; what a bar tells of itself: its group."""
    figure = go.Figure()
    for place, (fingerprint, mine) in enumerate(_by_group(points)):
        called = "All others" if fingerprint == OTHERS else cut(mine[0].title, 60)
        figure.add_bar(
            name=str(escape(cut(bare(called), 34))), width=width / timedelta(milliseconds=1) * 0.86,
            x=[_utc(point.start + width / 2) for point in mine], y=[point.count for point in mine],
            marker_color=GREY if fingerprint == OTHERS else COLOURS[place % len(COLOURS)],
            customdata=[[fingerprint, str(escape(called)), f"{point.start:%d %b %H:%M}", point.start.isoformat()]
                        for point in mine],
            hovertemplate="%{customdata[1]}<br>%{y:,} from %{customdata[2]} UTC<extra></extra>")
    return _timed(figure, marks, since=since, until=until, legend=bool(points))


def timeline(
    points: Sequence[RatePoint], marks: Sequence[Mark], *, since: datetime, until: datetime, width: timedelta,
) -> go.Figure:
    """One group over time."""
    figure = go.Figure(go.Bar(
        x=[_utc(point.start + width / 2) for point in points], y=[point.count for point in points], marker_color=COLOURS[0],
        width=width / timedelta(milliseconds=1) * 0.86, customdata=[[f"{point.start:%d %b %H:%M}"] for point in points],
        hovertemplate="%{y:,} from %{customdata[0]} UTC<extra></extra>"))
    return _timed(figure, marks, since=since, until=until, legend=False)


def _by_group(points: Sequence[RatePoint]) -> list[tuple[str, list[RatePoint]]]:
    """The groups with their points, the largest first, the others last."""
    groups: dict[str, list[RatePoint]] = {}
    for point in points:
        groups.setdefault(point.fingerprint, []).append(point)
    return sorted(groups.items(), key=lambda one: (one[0] == OTHERS, -sum(point.count for point in one[1]), one[0]))


def _timed(
    figure: go.Figure, marks: Sequence[Mark], *, since: datetime, until: datetime, legend: bool,
) -> go.Figure:
    within = sorted((mark for mark in marks if since <= mark.at <= until), reverse=True)
    rows = _rows([(until - mark.at) / (until - since) for mark in within])
    for mark, row in zip(within, rows, strict=True):
        figure.add_vline(x=_utc(mark.at), line={"color": GREY, "dash": "dot", "width": 1.5})
        if row is not None:
            figure.add_annotation(x=_utc(mark.at), y=1, yref="paper", text=str(escape(cut(mark.name, 12))), showarrow=False,
                                  xanchor="center", yanchor="bottom", font={"size": 11}, yshift=row * ROW_PIXELS)
    above = 8 + ROW_PIXELS * (1 + max((row for row in rows if row is not None), default=0))
    return figure.update_layout(
        barmode="stack", height=290 if legend else 210, margin={"l": 0, "r": 24, "t": above, "b": 0}, showlegend=legend,
        legend={"orientation": "h", "y": -0.14, "yanchor": "top", "traceorder": "normal"},
        xaxis={"type": "date", "range": [_utc(since), _utc(until)], "tickformat": _ticks(until - since), "tickangle": 0,
               "nticks": 8},
        yaxis={"rangemode": "tozero", "tickformat": ",d", **({"dtick": 1} if _most(figure) <= FEW else {"nticks": 6})})


def _rows(places: Sequence[float]) -> list[int | None]:
    """The row of each name above the picture, given where it stands; None where no row has room."""
    last = [-1.0] * ROWS
    rows: list[int | None] = []
    for place in places:
        row = next((row for row in range(ROWS) if place - last[row] >= APART), None)
        if row is not None:
            last[row] = place
        rows.append(row)
    return rows


def _most(figure: go.Figure) -> int:
    """The errors of the highest bar."""
    heights: Counter[str] = Counter()
    for bars in figure.data:
        heights.update(dict(zip(bars.x or (), bars.y or (), strict=True)))
    return max(heights.values(), default=0)


def _ticks(length: timedelta) -> str:
    return "%H:%M" if length <= timedelta(hours=36) else "%d %b"


def _utc(moment: datetime) -> str:
    """As the picture takes it: without a zone, so that no browser moves it to its own."""
    return f"{moment.astimezone(UTC):%Y-%m-%d %H:%M:%S}"

"""Runs and differences -> pictures with their intervals. No Streamlit in here."""

from collections.abc import Sequence
from datetime import UTC

import plotly.graph_objects as go
from markupsafe import escape

from console.retrieval.wording import COLOURS as FATE_COLOURS
from console.retrieval.wording import FATES, signed
from pipeline.evaluation import Cut, Pair, RunLine, SystemResult

COLOURS = ("#2e8a7d", "#c98a00", "#6d7fd6", "#c9603f", "#b06fb5", "#4f9fd1", "#8c8c3a", "#c25a86")
"""Told apart on a light and on a dark ground."""
GREY, GOOD, BAD = "#98a5ad", "#2e8a7d", "#c9603f"
ROW_PIXELS, MOST_BARS = 34, 400


def over_time(runs: Sequence[RunLine], measure: str) -> go.Figure:
    """A measure of each system from run to run with its interval; a regression has a cross."""
    figure = go.Figure()
    ordered = sorted(runs, key=lambda run: run.run_id)
    for place, name in enumerate(dict.fromkeys(system.name for run in ordered for system in run.systems)):
        points = [(run, system) for run in ordered for system in run.systems
                  if system.name == name and measure in system.measures]
        if points:
            _line(figure, name, points, measure, COLOURS[place % len(COLOURS)])
    return figure.update_layout(
        height=330, margin={"l": 0, "r": 12, "t": 8, "b": 0}, legend={"orientation": "h", "y": -0.16, "yanchor": "top"},
        xaxis={"type": "category", "nticks": 8, "tickangle": 0}, yaxis={"title": str(escape(measure)), "tickformat": ".2f"})


def intervals(systems: Sequence[SystemResult], measure: str) -> go.Figure:
    """One measure of every system with its interval, the best on top."""
    shown = sorted((one for one in systems if measure in one.measures), key=lambda one: one.measures[measure].mean)
    means = [one.measures[measure] for one in shown]
    figure = go.Figure(go.Scatter(
        x=[each.mean for each in means], y=[str(escape(one.name)) for one in shown], mode="markers",
        marker={"size": 10, "color": GOOD}, customdata=[[_bounds(each.low), _bounds(each.high), each.n] for each in means],
        error_x={"type": "data", "symmetric": False, "array": [(each.high or each.mean) - each.mean for each in means],
                 "arrayminus": [each.mean - (each.mean if each.low is None else each.low) for each in means], "thickness": 1.6},
        hovertemplate="%{y}: %{x:.3f} (%{customdata[0]} to %{customdata[1]}), %{customdata[2]} queries<extra></extra>"))
    return figure.update_layout(
        height=86 + ROW_PIXELS * len(shown), margin={"l": 0, "r": 12, "t": 8, "b": 0}, yaxis={"automargin": True},
        xaxis={"title": {"text": str(escape(measure)), "standoff": 12}, "tickformat": ".2f", "automargin": True})


def differences(pairs: Sequence[Pair]) -> go.Figure:
    """A bar per query, from what was lost most to what was won most; queries without a difference are left out."""
    moved = sorted((pair for pair in pairs if pair.difference), key=lambda pair: pair.difference)
    shown = moved if len(moved) <= MOST_BARS else [*moved[:MOST_BARS // 2], *moved[-MOST_BARS // 2:]]
    figure = go.Figure(go.Bar(
        x=list(range(1, len(shown) + 1)), y=[pair.difference for pair in shown],
        marker_color=[BAD if pair.difference < 0 else GOOD for pair in shown],
        customdata=[[str(escape(_short(pair.first.text))), signed(pair.difference)] for pair in shown],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>"))
    return figure.update_layout(height=220, margin={"l": 0, "r": 12, "t": 8, "b": 0}, bargap=0.15,
                                xaxis={"showticklabels": False, "title": f"{len(moved)} of {len(pairs)} queries differ"},
                                yaxis={"tickformat": "+.1f", "range": [-1.05, 1.05], "nticks": 5})


def trade_off(cuts: Sequence[Cut]) -> go.Figure:
    """What every threshold keeps out and what it costs: two shares over the threshold."""
    figure = go.Figure()
    for name, colour, shares in (("off-topic questions answered", BAD, [cut.false_answers for cut in cuts]),
                                 ("other questions silenced", GREY, [cut.refused for cut in cuts])):
        figure.add_scatter(name=name, mode="lines", line={"color": colour}, x=[cut.threshold for cut in cuts], y=shares,
                           hovertemplate="at %{x:.2f}: %{y:.0%} of " + name + "<extra></extra>")
    return figure.update_layout(
        height=280, margin={"l": 0, "r": 12, "t": 8, "b": 0}, legend={"orientation": "h", "y": -0.28, "yanchor": "top"},
        xaxis={"title": "threshold", "tickformat": ".1f"}, yaxis={"tickformat": ".0%", "range": [0, 1.02]})


def _line(
    figure: go.Figure, name: str, points: Sequence[tuple[RunLine, SystemResult]], measure: str, colour: str,
) -> None:
    means = [system.measures[measure] for _, system in points]
    figure.add_scatter(
        name=str(escape(name)), mode="lines+markers", x=[_at(run) for run, _ in points], y=[each.mean for each in means],
        line={"color": colour}, marker={"size": 9, "symbol": [_symbol(run) for run, _ in points]},
        error_y={"type": "data", "symmetric": False, "array": [(each.high or each.mean) - each.mean for each in means],
                 "arrayminus": [each.mean - (each.mean if each.low is None else each.low) for each in means],
                 "thickness": 1.2, "width": 4},
        customdata=[[FATES[run.verdict.fate], str(escape(run.about.commit[:8]))] for run, _ in points],
        hovertemplate=f"{escape(name)}: %{{y:.3f}}<br>%{{x}}<br>%{{customdata[0]}}, %{{customdata[1]}}<extra></extra>")


def _symbol(run: RunLine) -> str:
    return "x" if FATE_COLOURS[run.verdict.fate] == "red" else "circle"


def _at(run: RunLine) -> str:
    return f"#{run.run_id} · {run.about.at.astimezone(UTC):%d %b %H:%M}"


def _bounds(value: float | None) -> str:
    return "–" if value is None else f"{value:.3f}"


def _short(text: str) -> str:
    return text if len(text) <= 90 else f"{text[:89]}…"

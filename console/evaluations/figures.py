"""Evaluations of prompts -> pictures with their intervals. No Streamlit in here."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import plotly.graph_objects as go
from markupsafe import escape

from console.evaluations.frames import Moved
from console.evaluations.wording import title, value
from console.retrieval.figures import BAD, COLOURS, GOOD, GREY, ROW_PIXELS
from console.retrieval.wording import FATES
from pipeline.evaluation import Comparison, Fate
from pipeline.experiments import Line
from pipeline.scoring import SCORERS, SignReport

_UNEASY = "#c98a00"
_MARGIN = {"l": 0, "r": 12, "t": 8, "b": 0}
FATE_COLOURS = {Fate.PASS: GOOD, Fate.BETTER: GOOD, Fate.REGRESSION: BAD, Fate.WORSE: BAD, Fate.INCOMPARABLE: _UNEASY}


class Gate(NamedTuple):
    """One verdict on the time line."""

    at: datetime
    row: str
    fate: Fate
    said: str


def shares(lines: Sequence[Line]) -> go.Figure:
    """Every measure between 0 and 1 of every variant with its 95 % interval."""
    figure = go.Figure()
    names = [name for name in SCORERS if SCORERS[name].unit == "share" and any(name in line.measures for line in lines)]
    for place, line in enumerate(lines):
        known = [name for name in names if name in line.measures]
        found = [line.measures[name] for name in known]
        figure.add_scatter(
            name=str(escape(line.variant)), mode="markers", x=[each.mean for each in found],
            y=[names.index(name) + 0.14 * (place - (len(lines) - 1) / 2) for name in known],
            marker={"size": 9, "color": COLOURS[place % len(COLOURS)]},
            error_x={"type": "data", "symmetric": False, "thickness": 1.6, "width": 3,
                     "array": [(each.mean if each.high is None else each.high) - each.mean for each in found],
                     "arrayminus": [each.mean - (each.mean if each.low is None else each.low) for each in found]},
            customdata=[title(name) for name in known],
            hovertemplate=f"{escape(line.variant)}, %{{customdata}}: %{{x:.3f}}<extra></extra>")
    return figure.update_layout(
        height=90 + ROW_PIXELS * len(names), margin=_MARGIN, legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"},
        xaxis={"range": [-0.03, 1.03], "tickformat": ".1f"},
        yaxis={"tickvals": list(range(len(names))), "ticktext": [title(name) for name in names], "autorange": "reversed",
               "automargin": True, "zeroline": False})


def differences(comparisons: Sequence[Comparison], variant: str) -> go.Figure:
    """The difference of a variant from the baseline in every share, with its interval; colour where it is beyond chance."""
    shown = [one for one in comparisons if one.system == variant and SCORERS[one.measure].unit == "share"]
    return go.Figure(go.Scatter(
        x=[one.difference for one in shown], y=[title(one.measure) for one in shown], mode="markers",
        marker={"size": 10, "color": [colour(one) for one in shown]},
        error_x={"type": "data", "symmetric": False, "thickness": 1.6, "color": GREY,
                 "array": [(one.difference if one.high is None else one.high) - one.difference for one in shown],
                 "arrayminus": [one.difference - (one.difference if one.low is None else one.low) for one in shown]},
        hovertemplate="%{y}: %{x:+.3f}<extra></extra>",
    )).update_layout(
        height=70 + ROW_PIXELS * len(shown), margin=_MARGIN, xaxis={"tickformat": "+.2f", "zeroline": True, "zerolinewidth": 2},
        yaxis={"autorange": "reversed", "automargin": True})


def colour(one: Comparison) -> str:
    """Grey as long as it can be chance."""
    return GREY if not one.significant else GOOD if one.better else BAD


def moves(found: Sequence[Moved], measure: str) -> go.Figure:
    """A bar per question that differs, the largest loss first."""
    shown = [one for one in found if one.difference]
    fewer = measure in SCORERS and not SCORERS[measure].higher_is_better
    return go.Figure(go.Bar(
        x=list(range(1, len(shown) + 1)), y=[one.difference for one in shown],
        marker_color=[BAD if ((one.difference or 0) < 0) != fewer else GOOD for one in shown],
        customdata=[[str(escape(one.reference.question[:90])), value(measure, one.difference)] for one in shown],
        hovertemplate="%{customdata[0]}<br>%{customdata[1]}<extra></extra>",
    )).update_layout(height=220, margin=_MARGIN, bargap=0.15, yaxis={"nticks": 5},
                     xaxis={"showticklabels": False, "title": f"{len(shown)} of {len(found)} questions differ"})


def gates(found: Sequence[Gate]) -> go.Figure:
    """Verdicts over time, a row for each data set or corpus."""
    figure = go.Figure()
    for fate in dict.fromkeys(one.fate for one in found):
        mine = [one for one in found if one.fate is fate]
        figure.add_scatter(
            name=FATES[fate], mode="markers", x=[one.at for one in mine], y=[str(escape(one.row)) for one in mine],
            marker={"size": 13, "color": FATE_COLOURS.get(fate, GREY),
                    "symbol": "x" if FATE_COLOURS.get(fate) == BAD else "circle"},
            customdata=[str(escape(one.said[:160])) for one in mine], hovertemplate="%{x}<br>%{customdata}<extra></extra>")
    rows = len({one.row for one in found})
    return figure.update_layout(height=130 + ROW_PIXELS * rows, margin=_MARGIN, yaxis={"automargin": True},
                                legend={"orientation": "h", "y": 1.02, "yanchor": "bottom"})


def roc(signs: Sequence[SignReport]) -> go.Figure:
    """How well each sign tells, on the half that was held back."""
    figure = go.Figure()
    for place, sign in enumerate(one for one in signs if one.split == "test"):
        figure.add_scatter(name=f"{escape(sign.sign)}, {sign.area.value:.3f}", mode="lines",
                           line={"color": COLOURS[place % len(COLOURS)]}, x=[point.false_share for point in sign.curve],
                           y=[point.true_share for point in sign.curve])
    figure.add_scatter(x=[0, 1], y=[0, 1], mode="lines", line={"dash": "dot", "color": GREY}, showlegend=False, hoverinfo="skip")
    return figure.update_layout(height=360, margin=_MARGIN, legend={"orientation": "h", "y": -0.2, "yanchor": "top"},
                                xaxis={"title": "Unsupported claims that pass"}, yaxis={"title": "Supported claims that pass"})

"""Amounts -> pictures with a bar for each part of time, or for each key. No Streamlit in here.

Bars are as long as floats; every number that is written stands there as the exact amount says it.
"""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal

import plotly.graph_objects as go
from markupsafe import escape

from console.costs.address import Span
from console.costs.buckets import Series
from console.costs.wording import days, interval, usd
from pipeline.ledger.backtest import BackTest
from pipeline.ledger.projection import Projection
from pipeline.ledger.trend import OTHERS
from pipeline.report import Estimate

COLOURS = ("#2e8a7d", "#c98a00", "#6d7fd6", "#c9603f", "#4f9fd1", "#b06fb5")
"""Told apart on a light and on a dark ground."""
GREY, SAVED = "#98a5ad", "#2e8a7d"
_TEMPLATE = "%{customdata[3]}: %{customdata[4]}<br>%{customdata[5]}<extra></extra>"
MARGIN = {"l": 0, "r": 10, "t": 34, "b": 0}


def over_time(all_series: Sequence[Series], time: Sequence[Span], name: Callable[[str], str]) -> go.Figure:
    """Bars over time, a colour for each key. What a bar tells of itself: first day, last day, key."""
    figure = go.Figure()
    for number, one in enumerate(all_series):
        called = "All others" if one.key == OTHERS else name(one.key)
        shown = [part for part in time if one.amounts.get(part)]
        figure.add_bar(
            name=_short(called), x=[str(part.first) for part in shown], y=[float(one.amounts[part]) for part in shown],
            marker_color=GREY if one.key == OTHERS else COLOURS[number % len(COLOURS)],
            customdata=[_told(part, one.key, called, one.amounts[part]) for part in shown], hovertemplate=_TEMPLATE)
    return _timed(figure, time, legend=len(all_series) > 1)


def saved_over_time(amounts: Mapping[Span, Decimal], estimates: Mapping[Span, Estimate]) -> go.Figure:
    """Bars over time with the interval of each, where one can be told."""
    time = list(amounts)
    told = [interval(estimates[part]) if part in estimates else "" for part in time]
    figure = go.Figure(go.Bar(
        x=[str(part.first) for part in time], y=[float(amounts[part]) for part in time], marker_color=SAVED,
        error_y=_whiskers([estimates.get(part) for part in time]),
        customdata=[_told(part, "", more or days(part), amounts[part]) for part, more in zip(time, told, strict=True)],
        hovertemplate=_TEMPLATE))
    return _timed(figure, time, legend=False)


def saved_by_key(names: Sequence[str], estimates: Sequence[Estimate]) -> go.Figure:
    """A bar for each key with its interval, the largest on top."""
    whiskers = _whiskers(list(estimates))
    figure = go.Figure(go.Bar(
        x=[float(one.usd) for one in estimates], y=[_short(name, 34) for name in names], orientation="h", marker_color=SAVED,
        error_x=whiskers,
        customdata=[[str(escape(name)), usd(one.usd), interval(one)] for name, one in zip(names, estimates, strict=True)],
        hovertemplate="%{customdata[0]}: %{customdata[1]}<br>%{customdata[2]}<extra></extra>"))
    return figure.update_layout(
        height=40 + 34 * len(names), margin={**MARGIN, "t": 10}, bargap=0.35, yaxis={"autorange": "reversed", "automargin": True},
        xaxis={"tickprefix": "$", "rangemode": "tozero"})


def back_test(found: BackTest) -> go.Figure:
    """Each film by what it did cost and what was predicted, with its interval; on the line both are the same."""
    most = float(max([case.usd for case in found.cases] + [case.predicted.high or case.predicted.usd for case in found.cases]))
    figure = go.Figure(go.Scatter(x=[0, most], y=[0, most], mode="lines", line={"color": GREY, "dash": "dot"},
                                  name="predicted = actual", hoverinfo="skip"))
    for inside, colour, called in ((True, SAVED, "within its interval"), (False, "#c9603f", "outside")):
        cases = [case for case in found.cases if case.covered is inside]
        figure.add_scatter(
            mode="markers", name=called, x=[float(case.usd) for case in cases], y=[float(case.predicted.usd) for case in cases],
            error_y=_whiskers([case.predicted for case in cases]), marker={"color": colour, "size": 7},
            customdata=[[usd(case.usd), usd(case.predicted.usd), interval(case.predicted), case.words] for case in cases],
            hovertemplate="cost %{customdata[0]}, predicted %{customdata[1]}<br>%{customdata[2]}<br>%{customdata[3]} words"
                          "<extra></extra>")
    return figure.update_layout(height=340, margin={**MARGIN, "b": 30}, legend={"orientation": "h", "y": 1.12},
                                xaxis={"title": "what the film cost", "tickprefix": "$", "rangemode": "tozero"},
                                yaxis={"title": "predicted from the other films", "tickprefix": "$", "rangemode": "tozero"})


def what_if(shares: Sequence[int], years: Sequence[Projection], chosen: int) -> go.Figure:
    """The year by the share of text-only lessons: what is spent and what is spared; the chosen share stands out."""
    told = [[f"{share} % text only", usd(year.spent), usd(year.saved)] for share, year in zip(shares, years, strict=True)]
    faded = [1.0 if share == chosen else 0.5 for share in shares]
    figure = go.Figure()
    spent, spared = [float(year.spent) for year in years], [float(year.saved) for year in years]
    for called, colour, lengths in (("spent", GREY, spent), ("spared", SAVED, spared)):
        figure.add_bar(name=called, x=[str(share) for share in shares], y=lengths, customdata=told,
                       marker={"color": colour, "opacity": faded},
                       hovertemplate="%{customdata[0]}<br>spent %{customdata[1]}<br>spared %{customdata[2]}<extra></extra>")
    return figure.update_layout(
        barmode="stack", height=320, margin=MARGIN, legend={"orientation": "h", "y": 1.15}, bargap=0.35,
        xaxis={"type": "category", "title": "text only, %", "tickangle": 0}, yaxis={"tickprefix": "$", "rangemode": "tozero"})


def _told(part: Span, key: str, called: str, amount: Decimal) -> list[str]:
    return [str(part.first), str(part.last), key, str(escape(called)), usd(amount), days(part)]


def _timed(figure: go.Figure, time: Sequence[Span], *, legend: bool) -> go.Figure:
    names = [f"{part.first:%d %b}" if part.first else "" for part in time]
    every = max(1, -(-len(time) // 7))
    return figure.update_layout(
        barmode="stack", height=320, margin=MARGIN if legend else {**MARGIN, "t": 10}, showlegend=legend, bargap=0.25,
        legend={"orientation": "h", "y": 1.02, "yanchor": "bottom", "traceorder": "normal"},
        xaxis={"type": "category", "categoryorder": "array", "categoryarray": [str(part.first) for part in time],
               "range": [-0.6, len(time) - 0.4], "tickangle": 0, "tickmode": "array",
               "tickvals": [str(part.first) for part in time][::every], "ticktext": names[::every]},
        yaxis={"tickprefix": "$", "rangemode": "tozero"})


def _whiskers(estimates: Sequence[Estimate | None]) -> dict[str, object]:
    """How far the intervals reach beyond their bars; nothing where there is none."""
    high = [float(one.high - one.usd) if one is not None and one.high is not None else 0.0 for one in estimates]
    low = [float(one.usd - one.low) if one is not None and one.low is not None else 0.0 for one in estimates]
    return {"type": "data", "symmetric": False, "array": high, "arrayminus": low, "thickness": 1.2, "width": 3,
            "visible": any(high), "color": GREY}


def _short(name: str, most: int = 26) -> str:
    return str(escape(name if len(name) <= most else f"{name[:most - 1]}…"))

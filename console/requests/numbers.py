"""The figures above the list: how many succeed, how long they take, what is under way, where they stop."""

from collections.abc import Mapping, Sequence

import plotly.graph_objects as go
import streamlit as st

from console import words
from console.loaders.requests import Numbers
from console.organisation.labels import number
from pipeline.domain import Status
from pipeline.tracking import FOLLOWED, Speed, Step

_SUCCESS_HELP = ("Completed and partial lessons, of these and the failed ones. Questions that were asked back, out of scope or "
                 "cancelled are not counted: nothing was wrong with the making.")
_DONE, _NOT_DONE = "#2e8a7d", "#c9603f"


def show(numbers: Numbers) -> None:
    """All of them."""
    counts = numbers.counts
    with st.container(horizontal=True, gap="small", key="request_numbers"):
        _figure("Requests", f"{sum(counts.values()):,}{'+' if numbers.looked_through else ''}", _looked(numbers))
        _figure("Success rate", success(counts), _SUCCESS_HELP)
        _figure("In flight", f"{counts.get(Status.PENDING, 0) + counts.get(Status.RUNNING, 0):,}",
                f"{counts.get(Status.PENDING, 0):,} waiting, {counts.get(Status.RUNNING, 0):,} running.")
        _figure("Dead", f"{numbers.dead:,}", "Given up after the last try, whatever the filter says. The page Workers has "
                                             "them, with replay and discard.")
        for speed in numbers.speeds:
            _figure(f"{words.MODALITIES[speed.modality]}, p50 · p95", pace(speed), _pace_help(speed))
    if numbers.funnel:
        with st.expander("Where they stop: the stages of these requests", key="request_funnel"):
            st.plotly_chart(funnel(numbers.funnel), key="funnel", config={"displayModeBar": False})
            st.caption(f"The newest {FOLLOWED:,} at most. Not every request asks for every stage: a text ends with Write.")


def success(counts: Mapping[Status, int]) -> str:
    """The share of requests that became a lesson; a dash where none was decided."""
    good = counts.get(Status.COMPLETED, 0) + counts.get(Status.PARTIAL, 0)
    tried = good + counts.get(Status.FAILED, 0)
    return f"{good / tried:.1%}" if tried else "–"


def pace(speed: Speed) -> str:
    """Median and 95th percentile."""
    return f"{short(speed.p50)} · {short(speed.p95)}"


def short(seconds: float) -> str:
    """Seconds in little room: 48 s, 2:40 min, 1.5 h."""
    if seconds < 60:
        return words.duration(seconds)
    if seconds < 3600:
        minutes, rest = divmod(round(seconds), 60)
        return f"{minutes}:{rest:02d} min"
    return f"{seconds / 3600:.1f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


def funnel(steps: Sequence[Step]) -> go.Figure:
    """A bar per stage: for how many requests it is done, and for how many not."""
    names = [words.STAGES[step.stage] for step in steps]
    told = [[step.begun, step.failed] for step in steps]
    hover = "%{y}: begun %{customdata[0]:,}, a try failed in %{customdata[1]:,}<extra>%{fullData.name} %{x:,}</extra>"
    figure = go.Figure([
        go.Bar(name="done", x=[step.done for step in steps], y=names, orientation="h", marker_color=_DONE, customdata=told,
               hovertemplate=hover, text=[f"{step.done:,}" for step in steps], textposition="inside"),
        go.Bar(name="not done", x=[step.begun - step.done for step in steps], y=names, orientation="h",
               marker_color=_NOT_DONE, customdata=told, hovertemplate=hover),
    ])
    return figure.update_layout(
        barmode="stack", height=70 + 36 * len(steps), margin={"l": 0, "r": 10, "t": 30, "b": 0}, bargap=0.3,
        yaxis={"autorange": "reversed"}, xaxis={"title": None}, legend={"orientation": "h", "y": 1.12, "traceorder": "normal"})


def _figure(label: str, value: str, told: str | None) -> None:
    st.metric(label, value, help=told, border=True, width="content")


def _pace_help(speed: Speed) -> str:
    return (f"From being asked to being made: half took at most {words.duration(speed.p50)}, 19 of 20 at most "
            f"{words.duration(speed.p95)}. The newest {number(speed.count, 'lesson')} whose longest form is this.")


def _looked(numbers: Numbers) -> str | None:
    return None if numbers.looked_through is None else (
        f"Counted among the newest {numbers.looked_through:,} requests of the time, so that the page stays quick; older ones "
        "are found by paging on. Those in flight are counted whole.")

"""When a request waited and when it was worked on, as bars over the seconds since it was asked. No Streamlit in here."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import plotly.graph_objects as go

from console import words
from pipeline.domain import StageRun, StageStatus
from pipeline.tables import EventKind
from pipeline.tracking import Event, RequestView
from pipeline.visuals import Value

WAIT = "Waiting"
_BACK_IN_LINE = (EventKind.ACCEPTED, EventKind.RETRY_SCHEDULED, EventKind.POSTPONED, EventKind.TAKEN_OVER,
                 EventKind.HANDED_BACK, EventKind.REPLAYED)
_OUT_OF_LINE = (EventKind.TAKEN, EventKind.DECIDED)
_LOOKS: Mapping[str, str] = {
    "waiting": "#98a5ad", StageStatus.COMPLETED: "#2e8a7d", StageStatus.CACHED: "#7fb59e", StageStatus.RUNNING: "#c98a00",
    StageStatus.FAILED: "#c9603f",
}
_LEGEND: Mapping[str, str] = {"waiting": "waiting", **{status: words.STAGE_STATES[status] for status in StageStatus}}
_LEAST_SHARE = 0.004
"""How wide a bar is at least, of the whole: a stage of milliseconds is seen too."""


class Bar(Value):
    """One span of time, in seconds since the request was asked."""

    row: str
    look: str
    begin: float
    seconds: float
    attempt: int = 1


def bars(view: RequestView, events: Sequence[Event], now: datetime) -> list[Bar]:
    """The spans of waiting, then those of work, in the order in which they began."""
    end = view.finished_at or now
    work = [_work(view, run, events, end) for run in view.stages if run.started_at and run.status is not StageStatus.SKIPPED]
    return [*_waits(view, events, end), *work]


def figure(spans: Sequence[Bar]) -> go.Figure:
    """A row for waiting and one per stage, a colour per state."""
    rows = list(dict.fromkeys(span.row for span in spans))
    whole = max((span.begin + span.seconds for span in spans), default=1.0)
    shown = go.Figure()
    for look in dict.fromkeys(span.look for span in spans):
        mine = [span for span in spans if span.look == look]
        shown.add_bar(
            name=_LEGEND[look], orientation="h", y=[span.row for span in mine], base=[span.begin for span in mine],
            x=[max(span.seconds, whole * _LEAST_SHARE) for span in mine], marker_color=_LOOKS[look], width=0.6,
            customdata=[[words.duration(span.seconds), words.duration(span.begin), span.attempt] for span in mine],
            hovertemplate="%{y}, attempt %{customdata[2]}: %{customdata[0]}, after %{customdata[1]}<extra></extra>")
    return shown.update_layout(
        barmode="overlay", height=110 + 34 * len(rows), margin={"l": 0, "r": 10, "t": 44, "b": 30}, showlegend=True,
        yaxis={"categoryorder": "array", "categoryarray": rows[::-1]},
        xaxis={"title": "seconds since it was asked", "rangemode": "tozero"},
        legend={"orientation": "h", "yref": "container", "y": 1, "yanchor": "top"})


def waited(spans: Sequence[Bar]) -> float:
    """All seconds of waiting."""
    return sum(span.seconds for span in spans if span.look == "waiting")


def _waits(view: RequestView, events: Sequence[Event], end: datetime) -> list[Bar]:
    found: list[Bar] = []
    since: datetime | None = view.created_at
    for event in events:
        if event.kind in _OUT_OF_LINE and since is not None:
            found.append(_wait(view, since, event.at))
            since = None
        elif event.kind in _BACK_IN_LINE:
            since = since or event.at
    if since is not None and not view.status.decided:
        found.append(_wait(view, since, end))
    return found


def _wait(view: RequestView, begin: datetime, end: datetime) -> Bar:
    return Bar(row=WAIT, look="waiting", begin=_after(view, begin), seconds=max(0.0, (end - begin).total_seconds()))


def _work(view: RequestView, run: StageRun, events: Sequence[Event], end: datetime) -> Bar:
    begin = run.started_at or view.created_at
    over = end if run.status is StageStatus.RUNNING else begin + timedelta(seconds=run.seconds)
    if run.status is StageStatus.FAILED and not run.seconds:  # broken off: its worker stopped, or lost it
        over = next((event.at for event in events if event.at >= begin and event.kind in _BACK_IN_LINE), over)
    return Bar(row=words.STAGES[run.stage], look=run.status, begin=_after(view, begin), attempt=run.attempts,
               seconds=max(0.0, (over - begin).total_seconds()))


def _after(view: RequestView, moment: datetime) -> float:
    return max(0.0, (moment - view.created_at).total_seconds())

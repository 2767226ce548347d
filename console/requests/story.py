"""What happened to a request, in words, as a small HTML table; every value is escaped where it is put in."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from markupsafe import Markup

from console import words
from pipeline.domain import Stage, StageStatus, Status
from pipeline.tables import EventKind
from pipeline.tracking import Event

_ROW = Markup('<tr class="{kind}"><td class="number">{after}</td><td>{said}</td></tr>')
_HEAD = Markup('<thead><tr><th class="number">After</th><th>What happened</th></tr></thead>')
Data = Mapping[str, Any]


def story(events: Sequence[Event], asked_at: datetime) -> str:
    """A row per event."""
    rows = [
        _ROW.format(kind=event.kind, said=told(event),
                    after=words.duration(max(0.0, (event.at - asked_at).total_seconds())))
        for event in events
    ]
    return str(Markup('<table class="story">{}<tbody>{}</tbody></table>').format(_HEAD, Markup("").join(rows)))


def told(event: Event) -> str:
    """The event as a sentence."""
    return _SENTENCES[event.kind](event.data)


def _accepted(data: Data) -> str:
    if data.get("rerun_of"):
        return f"Accepted as a new run of {data['rerun_of']}{_from(data)}"
    return f"Accepted into the {data.get('queue', '')} queue"


def _finished(data: Data) -> str:
    status = StageStatus(data["status"])
    error = f": {data['error']}" if data.get("error") else ""
    took = f" after {words.duration(float(data['seconds']))}" if data.get("seconds") else ""
    asked = f" (asked with {', '.join(data['prompts'])})" if error and data.get("prompts") else ""
    return f"{_stage(data)}: {words.STAGE_STATES[status]}{took}{error}{asked}"


def _began(data: Data) -> str:
    return f"{_stage(data)}: began" + (f", {data['model']}" if data.get("model") else "")


def _taken(data: Data) -> str:
    return f"Taken by {data.get('worker_id') or 'a worker without a name'}, attempt {data.get('attempt', 1)}"


def _taken_over(data: Data) -> str:
    silent = data.get("silent_seconds")
    after = f" after {words.duration(float(silent))} of silence" if silent else ""
    return f"Taken over from {data.get('worker_id') or 'an unknown worker'}{after}"


def _decided(data: Data) -> str:
    error = f": {data['error']}" if data.get("error") else ""
    return f"{words.STATES[Status(data['status'])]}{error}"


def _pause(data: Data) -> str:
    return f" in {words.duration(float(data.get('seconds', 0)))}: {data.get('reason', '')}"


def _stage(data: Data) -> str:
    return words.STAGES[Stage(data["stage"])]


def _from(data: Data) -> str:
    stage = data.get("rerun_from")
    return f", from {words.STAGES[Stage(stage)]} on" if stage else ""


_SENTENCES: Mapping[EventKind, Callable[[Data], str]] = {
    EventKind.ACCEPTED: _accepted, EventKind.TAKEN: _taken, EventKind.STAGE_STARTED: _began,
    EventKind.STAGE_FINISHED: _finished, EventKind.RETRY_SCHEDULED: lambda data: f"To be tried again{_pause(data)}",
    EventKind.POSTPONED: lambda data: f"Put off, a provider rests; again{_pause(data)}", EventKind.TAKEN_OVER: _taken_over,
    EventKind.HANDED_BACK: lambda data: f"Handed back by {data.get('worker_id') or 'its worker'}",
    EventKind.CANCEL_REQUESTED: lambda _: "Somebody asked to stop it", EventKind.DECIDED: _decided,
    EventKind.DEAD_LETTERED: lambda data: f"Given up: {data.get('reason', '')}",
    EventKind.REPLAYED: lambda data: f"Put back into the queue from dead letter {data.get('dead_id', '')}",
    EventKind.RERUN: lambda data: f"Run again as {data.get('request_id', '')}{_from(data)}",
}

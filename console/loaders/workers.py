"""Who works on what: workers, queues, dead letters, breakers; replay and discard."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import streamlit as st

from console.loaders import visitor
from console.loaders.door import door
from console.loaders.lessons import look_again
from pipeline.organisation import Permission, require
from pipeline.tables import QueueName
from pipeline.tracking import SILENT_SECONDS, Breaker, DeadLetter, Hour, Pace, QueueView, Search, WorkerView

__all__ = ["SILENT_SECONDS", "Floor", "discard", "floor", "letter", "letters", "replay", "restore"]
PACE_SECONDS = 30
"""How old the throughput of the last day may be."""


@dataclass(frozen=True, kw_only=True)
class Floor:
    """The workshop at this moment."""

    workers: Sequence[WorkerView]
    queues: Sequence[QueueView]
    breakers: Sequence[Breaker]
    dead: int
    taken_over: Mapping[str, int]
    """How many requests were taken over in the last hour, by the worker who was silent."""
    hours: Mapping[str, Hour] = field(default_factory=dict)
    """What each worker brought to an end in the last hour."""
    day: Mapping[QueueName, Sequence[int]] = field(default_factory=dict)
    """How many requests of each queue ended in each of the last 24 hours, the newest hour last."""


def floor() -> Floor:
    """Everything that changes from moment to moment."""
    with door() as parts:
        search = Search(parts.engine)
        return Floor(workers=parts.record.workers(), queues=parts.record.queues(), breakers=parts.record.breakers(),
                     dead=search.dead(), taken_over=search.taken_over(), hours=Pace(parts.engine).by_worker(), day=_day())


@st.cache_data(ttl=PACE_SECONDS, show_spinner=False)
def _day() -> Mapping[QueueName, Sequence[int]]:
    with door() as parts:
        return Pace(parts.engine).by_queue()


def letters(*, before: int | None = None, limit: int, settled: bool = False) -> Sequence[DeadLetter]:
    """Dead letters, newest first, older than `before`."""
    with door() as parts:
        return parts.record.dead_letters(before=before, limit=limit, settled=settled)


def letter(dead_id: int) -> DeadLetter | None:
    """The dead letter of this number."""
    found = letters(before=dead_id + 1, limit=1, settled=True)
    return found[0] if found and found[0].dead_id == dead_id else None


def replay(dead_id: int) -> None:
    """Give the dead letter's request another chance."""
    actor = visitor.actor()
    require(actor, Permission.GENERATE)
    with door() as parts:
        parts.queue.replay(dead_id)
        parts.audit.write(actor, "dead_letter.replayed", "dead_letter", str(dead_id), None, None)
    look_again()


def discard(dead_id: int) -> None:
    """Settle the dead letter without another try."""
    actor = visitor.actor()
    require(actor, Permission.GENERATE)
    with door() as parts:
        parts.queue.discard(dead_id)
        parts.audit.write(actor, "dead_letter.discarded", "dead_letter", str(dead_id), None, None)


def restore(dead_id: int) -> None:
    """Take the discarding of the dead letter back."""
    actor = visitor.actor()
    require(actor, Permission.GENERATE)
    with door() as parts:
        parts.record.restored(dead_id)
        parts.audit.write(actor, "dead_letter.restored", "dead_letter", str(dead_id), None, None)

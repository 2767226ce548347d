"""The record of requests: tables and every query about them. Knows nothing of how a lesson is made or shown.

Whoever runs a request holds a lease on it, and every write of the run is made under that lease: a run that lost it can
neither write nor bill any more.
"""

from pipeline.tracking.connected import database_is_away, day_of
from pipeline.tracking.detail import Asked, Asking, Detail
from pipeline.tracking.filters import LOOKED_AT, Filter, Key, furthest
from pipeline.tracking.fleet import SILENT_SECONDS
from pipeline.tracking.journal import RequestJournal, insist
from pipeline.tracking.lines import Line, Page, Speed, Step
from pipeline.tracking.pace import Hour, Pace
from pipeline.tracking.record import Record
from pipeline.tracking.rows import queue_of
from pipeline.tracking.runs import RUNNING_PER_STUDENT
from pipeline.tracking.search import FOLLOWED, Search
from pipeline.tracking.used import NONE, WORK_ENDS, home
from pipeline.tracking.views import (
    Breaker,
    DeadLetter,
    Doing,
    Event,
    Orphan,
    QueueView,
    RequestView,
    Review,
    Taken,
    Waiting,
    WorkerView,
)

__all__ = [
    "FOLLOWED", "LOOKED_AT", "NONE", "RUNNING_PER_STUDENT", "SILENT_SECONDS", "WORK_ENDS", "Asked", "Asking", "Breaker",
    "DeadLetter", "Detail", "Doing", "Event", "Filter", "Hour", "Key", "Line", "Orphan", "Pace", "Page", "QueueView", "Record",
    "RequestJournal", "RequestView", "Review", "Search", "Speed", "Step", "Taken", "Waiting", "WorkerView",
    "database_is_away", "day_of", "furthest", "home", "insist", "queue_of",
]

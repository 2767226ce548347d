"""What the record hands out."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pipeline.domain import GenerationRequest, Lesson, Stage, StageRun, Status
from pipeline.tables import BreakerState, DeadSource, EventKind, QueueName
from pipeline.visuals import Value


class RequestView(Value):
    """One request as it stands."""

    request: GenerationRequest
    status: Status
    current_stage: Stage | None
    progress: float
    draft: str
    lesson: Lesson | None
    error: str
    cancel_requested: bool
    stages: tuple[StageRun, ...]
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    queue: QueueName = QueueName.VIDEO
    priority: int = 0
    attempts: int = 0
    worker_id: str | None = None
    correlation_id: str = ""
    rerun_of: str | None = None
    rerun_from: Stage | None = None


class Review(Value):
    """What a person said about a lesson."""

    rating: int | None
    note: str
    approved: bool | None
    author: str
    """The name, or the address, of whoever said it; empty where no account is known."""
    created_at: datetime


class Taken(Value):
    """A request in the hands of one run."""

    request: GenerationRequest
    lease: int
    """Every write of the run shows it."""
    attempts: int
    tries: int
    """Which try this is, counted from 1: only faults that may pass count, not workers that died."""
    kept: Mapping[Stage, Mapping[str, Any]] = {}
    """What stages of earlier runs came to, as `tracking.results` wrote it."""


class Event(Value):
    """Something that happened to a request."""

    event_id: int
    request_id: str
    at: datetime
    kind: EventKind
    data: Mapping[str, Any]


class Doing(Value):
    """A request in a worker's hands."""

    request_id: str
    stage: Stage | None
    since: datetime | None


class WorkerView(Value):
    """A worker as it last told of itself."""

    worker_id: str
    host: str
    machine: str
    pid: int
    version: str
    queues: tuple[QueueName, ...]
    concurrency: int
    started_at: datetime
    heartbeat_at: datetime
    silent_seconds: float
    stopped_at: datetime | None
    memory_bytes: int
    done: int
    failed: int
    doing: tuple[Doing, ...] = ()


class QueueView(Value):
    """One line of requests."""

    name: QueueName
    waiting: int
    running: int
    oldest_waiting_at: datetime | None
    done_last_hour: int
    """Whatever became of them."""


class DeadLetter(Value):
    """What was given up."""

    dead_id: int
    source: DeadSource
    request_id: str | None
    payload: Mapping[str, Any]
    reason: str
    history: tuple[Mapping[str, Any], ...]
    created_at: datetime
    replayed_at: datetime | None
    discarded_at: datetime | None


class Breaker(Value):
    """Whether a provider is asked, and what led there."""

    provider: str
    state: BreakerState = BreakerState.CLOSED
    failures: int = 0
    """In a row, while it is closed."""
    successes: int = 0
    """In a row, while it is half open."""
    changed_at: datetime
    last_error: str = ""


class Waiting(Value):
    """A pending request that the engine may not know."""

    request_id: str
    queue: QueueName
    priority: int


class Orphan(Value):
    """A request under way whose worker is dead."""

    request_id: str
    lease: int
    worker_id: str | None
    silent_seconds: float | None
    takeovers: int
    """How often this has happened to it before."""

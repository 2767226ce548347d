"""What the record tells about many requests at once, as values."""

from datetime import datetime
from typing import Any

from sqlalchemy import Row

from pipeline.domain import Modality, Stage, Status
from pipeline.tables import QueueName
from pipeline.tracking.filters import Key
from pipeline.visuals import Value


class Line(Value):
    """One request of the list."""

    request_id: str
    student_id: str
    student_query: str
    status: Status
    stage: Stage | None
    queue: QueueName
    modalities: tuple[Modality, ...]
    attempts: int
    error: str
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None


class Page(Value):
    """A part of the list, newest first. A key is None where nothing lies beyond it."""

    lines: tuple[Line, ...]
    newer: Key | None
    older: Key | None


class Speed(Value):
    """From being asked to being made, for requests whose furthest form is this."""

    modality: Modality
    count: int
    p50: float
    p95: float


class Step(Value):
    """How many requests began a stage, and how many of them it was done for."""

    stage: Stage
    begun: int
    done: int
    failed: int


def line_of(row: Row[*tuple[Any, ...]]) -> Line:
    """A row of the list."""
    renamed = {"id": "request_id", "current_stage": "stage", "requested_modalities": "modalities"}
    return Line.model_validate({renamed.get(name, name): value for name, value in row._asdict().items()})

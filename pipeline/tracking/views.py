"""What the record hands out."""

from datetime import datetime

from pipeline.domain import GenerationRequest, Lesson, Stage, StageRun, Status
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


class Review(Value):
    """What a person said about a lesson."""

    rating: int | None
    note: str
    approved: bool | None
    author: str
    """The name, or the address, of whoever said it; empty where no account is known."""
    created_at: datetime

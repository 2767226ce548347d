"""What goes in and comes out over HTTP: the one description of it, from which the OpenAPI document is made."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints

from pipeline.domain import Modality, Stage, StageStatus, Status
from pipeline.requests import (
    HINT_CHARACTERS,
    INTEREST_CHARACTERS,
    PREFERENCE_CHARACTERS,
    QUERY_CHARACTERS,
    STUDENT_CHARACTERS,
)
from pipeline.tables import EventKind
from pipeline.visuals import Text, Value

Usd = Annotated[str, StringConstraints(pattern=r"^[0-9]+(\.[0-9]+)?$")]
"""An amount in USD as text, so that nobody rounds it."""


class Body(BaseModel):
    """What a caller may send; fields that we do not know are left alone, as they always were."""

    model_config = ConfigDict(frozen=True, extra="ignore")


class GenerateBody(Body):
    """A student's question. `pipeline.requests.parse` checks it."""

    student_query: Annotated[str, StringConstraints(min_length=QUERY_CHARACTERS[0])] = Field(
        description=f"{QUERY_CHARACTERS[0]} to {QUERY_CHARACTERS[1]} characters, runs of spaces counted as one.")
    student_id: Annotated[str, StringConstraints(min_length=1)] = Field(
        description=f"Whose lesson it is: 1 to {STUDENT_CHARACTERS} characters.")
    grade_level: int = Field(ge=1, le=12)
    interest: str | None = Field(default=None, description=f"At most {INTEREST_CHARACTERS} characters.")
    requested_modalities: list[Modality] | None = Field(default=None, min_length=1, description="By default the video.")
    preferred_modality: Modality | None = Field(default=None, description="One of the requested.")
    modality_preferences: dict[Modality, Annotated[str, StringConstraints(min_length=1)]] | None = Field(
        default=None, description=f"A note by modality, at most {PREFERENCE_CHARACTERS} characters each.")
    style: Literal["standard", ""] | None = None
    seed: int | None = Field(default=None, ge=0, lt=2**31)
    topic_hint: str | None = Field(default=None, description=f"At most {HINT_CHARACTERS} characters.")


class RetryBody(Body):
    """From where the lesson is made anew."""

    from_stage: Stage | None = Field(default=None, description="By default from the beginning.")


class ClarifyBody(Body):
    """An answer to a question back: one of its options, or a better question."""

    option: str | None = None
    query: str | None = None


class DeployBody(Body):
    """A build that was put into service."""

    build: str = Field(min_length=1, max_length=200)
    at: AwareDatetime = Field(description="When, with its time zone; not in the future.")
    commit: str = Field(default="", max_length=64)
    image: str = Field(default="", max_length=500, description="With its digest, as name@sha256:…")
    service: str = Field(default="", max_length=200, description="The job or service; by default all of them.")
    note: str = Field(default="", max_length=500)


class DeployOut(Value):
    """A deploy as it is recorded."""

    build: Text
    commit: str
    image: str
    at: datetime
    service: str
    note: str
    recorded: bool = Field(description="false where this build was recorded before.")
    remark: str = Field(description="What to know about it; empty where there is nothing.")


class Accepted(Value):
    """The request waits for a worker."""

    request_id: Text
    status: Status
    status_url: Text
    events_url: Text
    estimated_seconds: int | None = Field(description="By the last lessons made here; null before there were any.")
    estimated_cost_usd: Usd | None


class StageOut(Value):
    """One run of one stage."""

    stage: Stage
    status: StageStatus
    attempts: int
    started_at: datetime | None
    seconds: float
    cost_usd: Usd | None = Field(description="null where a usage has no price.")
    error: str | None


class ClarificationOut(Value):
    """The question back to the student."""

    question: Text
    options: list[Text]


class SourceOut(Value):
    """A passage that the lesson rests on."""

    chunk_id: Text
    title: Text
    section: Text


class ArtifactOut(Value):
    """A file of the lesson, behind a link that works for an hour."""

    kind: Text
    name: Text
    url: Text
    bytes: int


class ResultsOut(Value):
    """What was made."""

    title: str | None
    text: str | None = Field(description="The article, as Markdown.")
    reading_grade: float | None
    sources: list[SourceOut]
    artifacts: list[ArtifactOut]
    failed_modalities: dict[Modality, str]
    switched_off: dict[Modality, str]
    warnings: list[str]
    cache_hit: bool


class RequestOut(Value):
    """A request as it stands. The last fields are the names that callers of the first API know."""

    request_id: Text
    correlation_id: str
    status: Status
    stage: Stage | None
    progress: float = Field(ge=0, le=1)
    attempts: int
    cancel_requested: bool
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    requested_modalities: list[Modality]
    reason: str | None = Field(description="Why it ended as it did, where it did not simply end well.")
    clarification: ClarificationOut | None
    results: ResultsOut | None
    stages: list[StageOut]
    cost_usd: Usd | None
    savings_usd: Usd | None
    rerun_of: str | None
    rerun_from: Stage | None
    status_url: Text
    events_url: Text
    current_stage: Stage | None
    progress_percentage: int = Field(ge=0, le=100)
    completed_at: datetime | None
    failed_at: datetime | None
    video_url: str | None
    script_text: str | None
    thumbnail_url: str | None
    error_message: str | None
    error_stage: Stage | None


class EventOut(Value):
    """Something that happened to a request: the `data` of a server-sent event, whose `id` is the event id."""

    event_id: int
    at: datetime
    kind: EventKind
    data: dict[str, Any]


class Health(Value):
    """This process answers."""

    status: Literal["ok"] = "ok"


class Check(Value):
    """One thing that must be so for lessons to be made."""

    ok: bool
    detail: Text


class Ready(Value):
    """Whether a request that comes now will be made."""

    status: Literal["ready", "not_ready"]
    checks: dict[Literal["database", "migrations", "worker"], Check]

"""The tables of the record: requests, stage runs, usage, artifacts."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Float,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment, words
from pipeline.domain import Modality, Stage, StageStatus, Status, Unit
from pipeline.tables.people import User

if TYPE_CHECKING:
    from pipeline.tables.lessons import ReviewRow
    from pipeline.tables.work import DeadLetterRow, RequestEventRow, StageResultRow

Searchable = JSON().with_variant(JSONB(), "postgresql")
"""JSONB where an index can look into it."""
UNFINISHED = text("status IN ('pending', 'running')")
PENDING, RUNNING = text("status = 'pending'"), text("status = 'running'")
UNCOUNTED, UNFOLDED = text("CASE WHEN counted_lease <> lease THEN 1 ELSE 0 END = 1"), text("NOT folded")


class QueueName(StrEnum):
    """The two lines that requests wait in: a long render never delays a text."""

    TEXT = "text"
    VIDEO = "video"


class RequestRow(Base):
    """One request, from the moment it was accepted."""

    __tablename__ = "content_requests"
    __table_args__ = (
        Index("ix_content_requests_status_created_at", "status", "created_at"),
        Index("ix_content_requests_created_at", "created_at", "id", "status"),
        Index("ix_content_requests_student_id_created_at", "student_id", "created_at", "status"),
        Index("ix_content_requests_topic_id_created_at", "topic_id", "created_at", "status"),
        Index("ix_content_requests_unfinished", "preferred_modality", "status",
              sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_content_requests_of_student", "student_id", "status",
              sqlite_where=UNFINISHED, postgresql_where=UNFINISHED),
        Index("ix_content_requests_due", "due_at", sqlite_where=PENDING, postgresql_where=PENDING),
        Index("ix_content_requests_of_worker", "worker_id", sqlite_where=RUNNING, postgresql_where=RUNNING),
        Index("ix_content_requests_queue_finished_at", "queue", "finished_at"),
        Index("ix_content_requests_uncounted", "id", sqlite_where=UNCOUNTED, postgresql_where=UNCOUNTED),
        Index("ix_content_requests_requested_modalities", "requested_modalities", postgresql_using="gin")
        .ddl_if(dialect="postgresql"),
    )

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    student_id: Mapped[str] = mapped_column(String(100))
    student_query: Mapped[str] = mapped_column(String(500))
    request: Mapped[dict[str, Any]] = mapped_column(JSON)
    requested_modalities: Mapped[list[str]] = mapped_column(Searchable, server_default=text("'[\"video\"]'"))
    preferred_modality: Mapped[Modality] = mapped_column(words(Modality), server_default=Modality.VIDEO.value)
    modality_preferences: Mapped[dict[str, Any]] = mapped_column(Searchable, default=dict, server_default=text("'{}'"))
    status: Mapped[Status] = mapped_column(words(Status))
    current_stage: Mapped[Stage | None] = mapped_column(words(Stage))
    progress: Mapped[float] = mapped_column(Float, default=0.0)
    draft: Mapped[str] = mapped_column(Text, default="")
    result: Mapped[dict[str, Any] | None] = mapped_column(JSON)
    error: Mapped[str] = mapped_column(Text, default="")
    cancel_requested: Mapped[bool] = mapped_column(default=False)
    revision_of: Mapped[str | None] = mapped_column(ForeignKey("content_requests.id"))
    asked_by_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    queue: Mapped[QueueName] = mapped_column(words(QueueName), server_default=QueueName.VIDEO.value)
    priority: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    """The higher, the sooner."""
    idempotency_key: Mapped[str | None] = mapped_column(String(200), unique=True)
    correlation_id: Mapped[str] = mapped_column(String(64), default="", server_default="")
    lease: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    """Counts who may write: a run that holds an older number has lost the request."""
    worker_id: Mapped[str | None] = mapped_column(String(100))
    attempts: Mapped[int] = mapped_column(Integer, default=0, server_default=text("0"))
    due_at: Mapped[datetime | None] = mapped_column(Moment)
    """While pending: from when on a worker makes sure that the engine knows the request."""
    rerun_of: Mapped[str | None] = mapped_column(ForeignKey("content_requests.id", ondelete="SET NULL"), index=True)
    rerun_from: Mapped[Stage | None] = mapped_column(words(Stage, name="rerun_from"))
    topic_id: Mapped[str | None] = mapped_column(String(100))
    """As the question was understood; None before that, and where it was not."""
    script_words: Mapped[int | None] = mapped_column(Integer)
    cache_hit: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    counted_lease: Mapped[int] = mapped_column(Integer, default=-1, server_default=text("-1"))
    """The lease under which the ledger counted the request; another one than `lease` while it has not, or not lately."""
    created_at: Mapped[datetime] = mapped_column(Moment)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)

    asked_by: Mapped[User | None] = relationship(back_populates="requests")
    base: Mapped["RequestRow | None"] = relationship(
        back_populates="revisions", remote_side="RequestRow.id", foreign_keys=[revision_of])
    revisions: Mapped[list["RequestRow"]] = relationship(
        back_populates="base", passive_deletes="all", foreign_keys=[revision_of])
    first_run: Mapped["RequestRow | None"] = relationship(
        back_populates="reruns", remote_side="RequestRow.id", foreign_keys=[rerun_of])
    reruns: Mapped[list["RequestRow"]] = relationship(
        back_populates="first_run", passive_deletes=True, foreign_keys=[rerun_of])
    stage_results: Mapped[list["StageResultRow"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", passive_deletes=True)
    events: Mapped[list["RequestEventRow"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", passive_deletes=True)
    dead_letters: Mapped[list["DeadLetterRow"]] = relationship(back_populates="request", passive_deletes=True)
    stage_runs: Mapped[list["StageRunRow"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", passive_deletes=True, order_by="StageRunRow.position")
    artifacts: Mapped[list["ArtifactRow"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", passive_deletes=True)
    reviews: Mapped[list["ReviewRow"]] = relationship(
        back_populates="request", cascade="all, delete-orphan", passive_deletes=True)


class StageRunRow(Base):
    """One run of one stage. `position` counts the runs of a request from 0."""

    __tablename__ = "stage_runs"
    __table_args__ = (
        UniqueConstraint("request_id", "position"),
        Index("ix_stage_runs_request_id_family", "request_id", "family", "stage", "status"),
        Index("ix_stage_runs_stage_status_id", "stage", "status", "id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    stage: Mapped[Stage] = mapped_column(words(Stage))
    status: Mapped[StageStatus] = mapped_column(words(StageStatus))
    family: Mapped[str] = mapped_column(String(32), default="")
    model: Mapped[str] = mapped_column(String(200), default="")
    attempts: Mapped[int] = mapped_column(Integer, default=1)
    started_at: Mapped[datetime | None] = mapped_column(Moment)
    seconds: Mapped[float] = mapped_column(Float, default=0.0)
    error: Mapped[str] = mapped_column(Text, default="")

    request: Mapped[RequestRow] = relationship(back_populates="stage_runs")
    usage: Mapped[list["UsageRow"]] = relationship(
        back_populates="stage_run", cascade="all, delete-orphan", passive_deletes=True)


class UsageRow(Base):
    """One counted quantity. Cost is never stored: it is usage × price book.

    Rows are added, never changed: a correction or refund is a row of its own, with what is too much as a negative quantity,
    and counts for the day of the row that it corrects.
    """

    __tablename__ = "usage"
    __table_args__ = (Index("ix_usage_unfolded", "folded", sqlite_where=UNFOLDED, postgresql_where=UNFOLDED),)

    id: Mapped[int] = mapped_column(primary_key=True)
    stage_run_id: Mapped[int] = mapped_column(ForeignKey("stage_runs.id", ondelete="CASCADE"), index=True)
    provider: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    unit: Mapped[Unit] = mapped_column(words(Unit))
    quantity: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    recorded_at: Mapped[datetime] = mapped_column(Moment)
    tier: Mapped[str] = mapped_column(String(32), default="standard", server_default="standard")
    size: Mapped[int] = mapped_column(BigInteger, default=0, server_default=text("0"))
    """Of the call that this is part of, in input tokens: some prices depend on it."""
    corrects_id: Mapped[int | None] = mapped_column(ForeignKey("usage.id", ondelete="CASCADE"), index=True)
    reason: Mapped[str] = mapped_column(String(300), default="", server_default="")
    author: Mapped[str] = mapped_column(String(254), default="", server_default="")
    noted_at: Mapped[datetime | None] = mapped_column(Moment)
    """When a correction was added."""
    folded: Mapped[bool] = mapped_column(default=False, server_default=text("false"))
    """Whether the roll-ups hold it."""

    stage_run: Mapped[StageRunRow] = relationship(back_populates="usage")


class ArtifactRow(Base):
    """One file of a lesson, by its name in the store."""

    __tablename__ = "artifacts"
    __table_args__ = (UniqueConstraint("request_id", "name"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    name: Mapped[str] = mapped_column(String(300))
    size: Mapped[int] = mapped_column(Integer)

    request: Mapped[RequestRow] = relationship(back_populates="artifacts")

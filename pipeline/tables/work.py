"""The tables of the work itself: what stages made, what happened to requests, who works, what was given up."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment, words
from pipeline.domain import Stage
from pipeline.tables.requests import RequestRow

OPEN = text("replayed_at IS NULL AND discarded_at IS NULL")

class EventKind(StrEnum):
    """What can happen to a request."""

    ACCEPTED = "accepted"
    TAKEN = "taken"
    STAGE_STARTED = "stage_started"
    STAGE_FINISHED = "stage_finished"
    RETRY_SCHEDULED = "retry_scheduled"
    POSTPONED = "postponed"
    TAKEN_OVER = "taken_over"
    HANDED_BACK = "handed_back"
    CANCEL_REQUESTED = "cancel_requested"
    DECIDED = "decided"
    DEAD_LETTERED = "dead_lettered"
    REPLAYED = "replayed"
    RERUN = "rerun"


class DeadSource(StrEnum):
    """Where something was given up."""

    WORKER = "worker"
    BRIDGE = "bridge"
    PUSH = "push"


class BreakerState(StrEnum):
    """Whether a provider is asked: always, not for now, or to see whether it is back."""

    CLOSED = "closed"
    OPEN = "open"
    HALF_OPEN = "half_open"


class StageResultRow(Base):
    """What a finished stage made, written together with its bill: it is neither run nor billed again."""

    __tablename__ = "stage_results"

    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"), primary_key=True)
    stage: Mapped[Stage] = mapped_column(words(Stage), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)

    request: Mapped[RequestRow] = relationship(back_populates="stage_results")


class RequestEventRow(Base):
    """Something that happened to a request; added in the transaction of the change itself, never changed."""

    __tablename__ = "request_events"
    __table_args__ = (Index("ix_request_events_request_id_event_id", "request_id", "event_id"),
                      {"sqlite_autoincrement": True})

    event_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    kind: Mapped[EventKind] = mapped_column(words(EventKind))
    data: Mapped[dict[str, Any]] = mapped_column(JSON)

    request: Mapped[RequestRow] = relationship(back_populates="events")


class WorkerRow(Base):
    """A process that makes lessons. `machine` tells whether its process id means something to the reader."""

    __tablename__ = "workers"

    worker_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    host: Mapped[str] = mapped_column(String(200))
    machine: Mapped[str] = mapped_column(String(100))
    pid: Mapped[int] = mapped_column(Integer)
    version: Mapped[str] = mapped_column(String(50))
    queues: Mapped[list[str]] = mapped_column(JSON)
    concurrency: Mapped[int] = mapped_column(Integer)
    started_at: Mapped[datetime] = mapped_column(Moment)
    heartbeat_at: Mapped[datetime] = mapped_column(Moment, index=True)
    stopped_at: Mapped[datetime | None] = mapped_column(Moment)
    memory_bytes: Mapped[int] = mapped_column(BigInteger)
    done: Mapped[int] = mapped_column(Integer)
    failed: Mapped[int] = mapped_column(Integer)


class DeadLetterRow(Base):
    """What was given up, with everything needed to see why and to try it again."""

    __tablename__ = "dead_letters"
    __table_args__ = (Index("ix_dead_letters_open", "dead_id", sqlite_where=OPEN, postgresql_where=OPEN),)

    dead_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    source: Mapped[DeadSource] = mapped_column(words(DeadSource))
    request_id: Mapped[str | None] = mapped_column(ForeignKey("content_requests.id", ondelete="SET NULL"), index=True)
    message_key: Mapped[str | None] = mapped_column(String(64), unique=True)
    """Of a message: the same delivered again is the same dead letter."""
    payload: Mapped[dict[str, Any]] = mapped_column(JSON)
    reason: Mapped[str] = mapped_column(Text)
    history: Mapped[list[dict[str, Any]]] = mapped_column(JSON)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    replayed_at: Mapped[datetime | None] = mapped_column(Moment)
    discarded_at: Mapped[datetime | None] = mapped_column(Moment)

    request: Mapped[RequestRow | None] = relationship(back_populates="dead_letters")


class BreakerRow(Base):
    """Whether a provider is asked, shared by all workers."""

    __tablename__ = "breakers"

    provider: Mapped[str] = mapped_column(String(232), primary_key=True)
    state: Mapped[BreakerState] = mapped_column(words(BreakerState))
    failures: Mapped[int] = mapped_column(Integer)
    successes: Mapped[int] = mapped_column(Integer)
    changed_at: Mapped[datetime] = mapped_column(Moment)
    last_error: Mapped[str] = mapped_column(Text)


class ProviderCallRow(Base):
    """A call of a model that has a limit: kept until it no longer counts. `tokens` are expected ones until it has ended."""

    __tablename__ = "provider_calls"
    __table_args__ = (Index("ix_provider_calls_model_began_at", "model", "began_at"),)

    call_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    model: Mapped[str] = mapped_column(String(200))
    tokens: Mapped[int] = mapped_column(Integer)
    began_at: Mapped[datetime] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)

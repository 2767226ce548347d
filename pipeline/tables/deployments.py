"""The tables of deployments: builds that were put into service, baselines, and runs of runbooks with their ticks."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment, words


class DeployOrigin(StrEnum):
    """How a deploy came into the record."""

    COMMAND = "command"
    API = "api"
    AUDIT = "audit"
    FILE = "file"
    CONSOLE = "console"


class DeployRow(Base):
    """A build that was put into service. The same build is there twice only where another one was put there in between."""

    __tablename__ = "deployments"
    __table_args__ = (UniqueConstraint("build", "service", "at"),)

    deploy_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    build: Mapped[str] = mapped_column(String(200))
    commit: Mapped[str] = mapped_column("commit_sha", String(64))
    image: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    service: Mapped[str] = mapped_column(String(200))
    note: Mapped[str] = mapped_column(String(500))
    origin: Mapped[DeployOrigin] = mapped_column(words(DeployOrigin))
    recorded_by: Mapped[str] = mapped_column(String(254))
    recorded_at: Mapped[datetime] = mapped_column(Moment)


class BaselineRow(Base):
    """A time that later ones are measured against: from its start for so many hours, or until somebody ended it."""

    __tablename__ = "baselines"

    baseline_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    start: Mapped[datetime] = mapped_column(Moment, index=True)
    hours: Mapped[int] = mapped_column(Integer)
    build: Mapped[str] = mapped_column(String(200))
    """The deploy that it was started for; may be empty."""
    note: Mapped[str] = mapped_column(String(500))
    started_by: Mapped[str] = mapped_column(String(254))
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(254))


class RunbookRunRow(Base):
    """Somebody working through a runbook."""

    __tablename__ = "runbook_runs"

    run_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    runbook: Mapped[str] = mapped_column(String(100))
    version: Mapped[str] = mapped_column(String(16))
    """A digest of the text as it was then."""
    steps: Mapped[int] = mapped_column(Integer)
    fingerprint: Mapped[str] = mapped_column(String(64), index=True)
    """The group of errors it is for; may be empty."""
    started_by: Mapped[str] = mapped_column(String(254))
    started_at: Mapped[datetime] = mapped_column(Moment, index=True)
    finished_at: Mapped[datetime | None] = mapped_column(Moment)
    abandoned_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(500))

    ticks: Mapped[list["RunbookTickRow"]] = relationship(
        back_populates="run", cascade="all, delete-orphan", passive_deletes=True, order_by="RunbookTickRow.step")


class RunbookTickRow(Base):
    """A step that was done, by whom and when."""

    __tablename__ = "runbook_ticks"

    run_id: Mapped[int] = mapped_column(ForeignKey("runbook_runs.run_id", ondelete="CASCADE"), primary_key=True)
    step: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Counted from 1."""
    by: Mapped[str] = mapped_column("ticked_by", String(254))
    at: Mapped[datetime] = mapped_column("ticked_at", Moment)

    run: Mapped[RunbookRunRow] = relationship(back_populates="ticks")

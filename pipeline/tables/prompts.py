"""The tables of prompts: versions, where labels were put, promotions, traffic splits and who was shown what."""

from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, Moment, words

OPEN_SPLIT = text("ended_at IS NULL")


class MoveKind(StrEnum):
    """How a label came to where it is."""

    SHIPPED = "shipped"
    """By an installation or an upgrade."""
    SET = "set"
    PROMOTED = "promoted"
    """By an evaluation that passed."""
    OVERRIDDEN = "overridden"
    """By somebody, without one."""
    ROLLED_BACK = "rolled_back"
    REMOVED = "removed"


class PromotionState(StrEnum):
    """Where a promotion stands."""

    WAITING = "waiting"
    """For a second person."""
    DONE = "done"
    WITHDRAWN = "withdrawn"


class PromptVersionRow(Base):
    """One version of a prompt. Never changed and never deleted."""

    __tablename__ = "prompt_versions"
    __table_args__ = (UniqueConstraint("name", "number"),)

    name: Mapped[str] = mapped_column(String(64), primary_key=True)
    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    number: Mapped[int] = mapped_column(Integer)
    text: Mapped[dict[str, Any]] = mapped_column("content", JSON)
    """The prompt as `pipeline.prompts.PromptText`."""
    author: Mapped[str] = mapped_column(String(254))
    author_id: Mapped[str] = mapped_column(String(64))
    message: Mapped[str] = mapped_column(String(500))
    at: Mapped[datetime] = mapped_column("saved_at", Moment)
    parent: Mapped[str | None] = mapped_column(String(16))


class PromptMoveRow(Base):
    """A label was put on a version or taken away. Rows are added; the newest of a name and label says where it is."""

    __tablename__ = "prompt_moves"
    __table_args__ = (
        ForeignKeyConstraint(["name", "version"], ["prompt_versions.name", "prompt_versions.version"]),
        Index("ix_prompt_moves_name_label", "name", "label", "move_id"),
    )

    move_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    name: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(64))
    version: Mapped[str | None] = mapped_column(String(16))
    """NULL where the label was taken away."""
    before: Mapped[str | None] = mapped_column(String(16))
    kind: Mapped[MoveKind] = mapped_column(words(MoveKind))
    by: Mapped[str] = mapped_column("moved_by", String(254))
    at: Mapped[datetime] = mapped_column("moved_at", Moment)
    why: Mapped[str] = mapped_column(String(500))
    run_id: Mapped[str] = mapped_column(String(64))
    second: Mapped[str] = mapped_column(String(254))


class PromotionRow(Base):
    """Versions that somebody wants, or wanted, in production."""

    __tablename__ = "prompt_promotions"

    promotion_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    prompts: Mapped[dict[str, str]] = mapped_column(JSON)
    run_id: Mapped[str] = mapped_column(String(64))
    said: Mapped[str] = mapped_column(Text)
    override: Mapped[str] = mapped_column("override_reason", String(500))
    asked_by: Mapped[str] = mapped_column(String(254))
    asked_by_id: Mapped[str] = mapped_column(String(64))
    asked_at: Mapped[datetime] = mapped_column(Moment, index=True)
    state: Mapped[PromotionState] = mapped_column(words(PromotionState))
    decided_by: Mapped[str] = mapped_column(String(254))
    decided_at: Mapped[datetime | None] = mapped_column(Moment)
    why: Mapped[str] = mapped_column(String(500))


class SplitRow(Base):
    """A traffic split: `shares` as `pipeline.prompts.Shares`. What it is does not change; it ends once."""

    __tablename__ = "prompt_splits"
    __table_args__ = (
        Index("ix_prompt_splits_open", "split_id", sqlite_where=OPEN_SPLIT, postgresql_where=OPEN_SPLIT),
    )

    split_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    shares: Mapped[dict[str, Any]] = mapped_column(JSON)
    why: Mapped[str] = mapped_column(String(500))
    started_by: Mapped[str] = mapped_column(String(254))
    started_at: Mapped[datetime] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_at: Mapped[datetime | None] = mapped_column(Moment)
    ended_by: Mapped[str] = mapped_column(String(254))
    ended_why: Mapped[str] = mapped_column(String(500))


class ExposureRow(Base):
    """A request that was made by an arm of a split; `troubles` are the guards that it met, once that is known."""

    __tablename__ = "prompt_exposures"
    __table_args__ = (Index("ix_prompt_exposures_split_id_student_id", "split_id", "student_id"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"), primary_key=True)
    split_id: Mapped[int] = mapped_column(ForeignKey("prompt_splits.split_id", ondelete="CASCADE"), primary_key=True)
    arm: Mapped[str] = mapped_column(String(64))
    student_id: Mapped[str] = mapped_column(String(100))
    at: Mapped[datetime] = mapped_column("exposed_at", Moment)
    troubles: Mapped[list[str] | None] = mapped_column(JSON)

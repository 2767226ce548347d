"""The tables of comparisons: the same questions answered in several ways, and what people prefer without knowing which."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, CheckConstraint, ForeignKey, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, Moment, words
from pipeline.domain import Modality


class Choice(StrEnum):
    """What somebody says who sees two outputs as A and B."""

    A = "a"
    B = "b"
    NO_DIFFERENCE = "no_difference"


class ComparisonRow(Base):
    """One comparison. `seed` repeats its intervals; once it is closed nobody votes any more."""

    __tablename__ = "comparisons"

    comparison_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    seed: Mapped[int] = mapped_column(Integer)
    author_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)


class ComparisonVariantRow(Base):
    """One way of answering; NULL is as the question has it. `position` counts from 1."""

    __tablename__ = "comparison_variants"
    __table_args__ = (
        UniqueConstraint("comparison_id", "position"),
        CheckConstraint("grade_level BETWEEN 1 AND 12", name="grade_level"),
    )

    variant_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.comparison_id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    modality: Mapped[Modality] = mapped_column(words(Modality))
    grade_level: Mapped[int | None] = mapped_column(Integer)
    interest: Mapped[str | None] = mapped_column(String(100))
    seed: Mapped[int] = mapped_column(Integer)
    model: Mapped[str | None] = mapped_column(String(200))
    """The id of a language model."""
    prompts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict, server_default=text("'{}'"))
    """Versions of prompts by name."""


class ComparisonItemRow(Base):
    """One question in one variant, and the request that answers it once it is in the queue.

    `question` and `variant` are positions, counted from 1; the question's words are repeated, so that an item is whole.
    `attempt` counts the requests that were made for it before this one.
    """

    __tablename__ = "comparison_items"
    __table_args__ = (
        UniqueConstraint("comparison_id", "question", "variant"),
        CheckConstraint("grade_level BETWEEN 1 AND 12", name="grade_level"),
    )

    item_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.comparison_id", ondelete="CASCADE"))
    question: Mapped[int] = mapped_column(Integer)
    variant: Mapped[int] = mapped_column(Integer)
    student_query: Mapped[str] = mapped_column(String(500))
    grade_level: Mapped[int] = mapped_column(Integer)
    interest: Mapped[str | None] = mapped_column(String(100))
    request_id: Mapped[str | None] = mapped_column(ForeignKey("content_requests.id", ondelete="SET NULL"), index=True)
    attempt: Mapped[int] = mapped_column(Integer)


class ComparisonVoteRow(Base):
    """What one person says about two variants of one question; `choice` is NULL until they have said it.

    `swapped` is the order that was drawn when the two were first shown: whether A is the other one.
    """

    __tablename__ = "comparison_votes"
    __table_args__ = (UniqueConstraint("comparison_id", "question", "one", "other", "author_id"),)

    vote_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    comparison_id: Mapped[str] = mapped_column(ForeignKey("comparisons.comparison_id", ondelete="CASCADE"))
    question: Mapped[int] = mapped_column(Integer)
    one: Mapped[int] = mapped_column(Integer)
    other: Mapped[int] = mapped_column(Integer)
    swapped: Mapped[bool]
    author_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    choice: Mapped[Choice | None] = mapped_column(words(Choice))
    why: Mapped[str] = mapped_column(Text)
    shown_at: Mapped[datetime] = mapped_column(Moment)
    voted_at: Mapped[datetime | None] = mapped_column(Moment)

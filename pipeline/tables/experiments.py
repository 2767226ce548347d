"""The tables of experiments: questions in several prompts, what was made of them, what judge and people prefer; data sets."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Float, ForeignKey, Index, Integer, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, Moment, words
from pipeline.tables.comparison import Choice


class ExperimentRow(Base):
    """One run: a data set, variants, and what came of it. `results` are made anew when there is more to tell."""

    __tablename__ = "experiments"

    run_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    name: Mapped[str] = mapped_column(String(500))
    dataset: Mapped[str] = mapped_column(String(200), index=True)
    dataset_digest: Mapped[str] = mapped_column(String(16), index=True)
    plan: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As `pipeline.experiments.RunPlan`."""
    made_with: Mapped[dict[str, Any]] = mapped_column(JSON)
    commit: Mapped[str] = mapped_column("commit_sha", String(64))
    by: Mapped[str] = mapped_column("run_by", String(254))
    author_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment, index=True)
    cancelled_at: Mapped[datetime | None] = mapped_column(Moment)
    closed_at: Mapped[datetime | None] = mapped_column(Moment)
    """Since when nobody votes any more."""
    stopped: Mapped[str] = mapped_column(Text)
    """Why it stopped before it was whole; empty while it goes on."""
    results: Mapped[dict[str, Any] | None] = mapped_column(JSON(none_as_null=True))


class ExperimentQuestionRow(Base):
    """One question of a run, kept whole: its data set may change later. `position` counts from 1."""

    __tablename__ = "experiment_questions"

    run_id: Mapped[str] = mapped_column(ForeignKey("experiments.run_id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    question_id: Mapped[str] = mapped_column(String(200))
    reference: Mapped[dict[str, Any]] = mapped_column(JSON)


class ExperimentItemRow(Base):
    """One question in one variant, both by position from 1, and the request that answers it.

    Requests of the same `content_key` were asked for under the same conditions: a later run uses the earlier one's.
    `attempt` counts the requests that were made for it before this one.
    """

    __tablename__ = "experiment_items"
    __table_args__ = (UniqueConstraint("run_id", "position", "variant"),)

    item_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("experiments.run_id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    variant: Mapped[int] = mapped_column(Integer)
    content_key: Mapped[str] = mapped_column(String(64), index=True)
    request_id: Mapped[str | None] = mapped_column(ForeignKey("content_requests.id", ondelete="SET NULL"), index=True)
    reused: Mapped[bool]
    attempt: Mapped[int] = mapped_column(Integer)
    scores: Mapped[list[dict[str, Any]] | None] = mapped_column(JSON(none_as_null=True))
    """As `pipeline.scoring.Score`; NULL until it is scored."""
    scored_with: Mapped[str] = mapped_column(String(64))
    """A digest of the scorers, the judge and the reference."""


class ExperimentJudgementRow(Base):
    """What a judge says of two variants of one question, in both orders; NULL is no difference."""

    __tablename__ = "experiment_judgements"
    __table_args__ = (UniqueConstraint("run_id", "position", "one", "other", "model"),)

    judgement_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("experiments.run_id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    one: Mapped[int] = mapped_column(Integer)
    other: Mapped[int] = mapped_column(Integer)
    preferred: Mapped[int | None] = mapped_column(Integer)
    one_first: Mapped[float] = mapped_column(Float)
    """The margin for "the first is better" with `one` first."""
    other_first: Mapped[float] = mapped_column(Float)
    model: Mapped[str] = mapped_column(String(200))
    """Who judged: one judgement of each."""


class ExperimentChargeRow(Base):
    """What a judge used at one pair, whatever came of it. Never changed."""

    __tablename__ = "experiment_charges"

    charge_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("experiments.run_id", ondelete="CASCADE"), index=True)
    position: Mapped[int] = mapped_column(Integer)
    model: Mapped[str] = mapped_column(String(200))
    at: Mapped[datetime] = mapped_column(Moment)
    usage: Mapped[list[Any]] = mapped_column(JSON)
    """As `pipeline.domain.Usage`."""


class ExperimentVoteRow(Base):
    """What one person says about two variants of one question; `choice` is NULL until they have said it.

    `swapped` is the order that was drawn when the two were first shown: whether A is the other one.
    """

    __tablename__ = "experiment_votes"
    __table_args__ = (UniqueConstraint("run_id", "position", "one", "other", "author_id"),)

    vote_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    run_id: Mapped[str] = mapped_column(ForeignKey("experiments.run_id", ondelete="CASCADE"))
    position: Mapped[int] = mapped_column(Integer)
    one: Mapped[int] = mapped_column(Integer)
    other: Mapped[int] = mapped_column(Integer)
    swapped: Mapped[bool]
    author_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    choice: Mapped[Choice | None] = mapped_column(words(Choice))
    why: Mapped[str] = mapped_column(Text)
    shown_at: Mapped[datetime] = mapped_column(Moment)
    voted_at: Mapped[datetime | None] = mapped_column(Moment)


class DatasetQuestionRow(Base):
    """A question that somebody added to a data set; one that was taken out again stays in the history.

    `asked` is the question without what does not make it another one: of those that stand, no two of a set are the same.
    """

    __tablename__ = "dataset_questions"
    __table_args__ = (
        Index("uq_dataset_questions_dataset_asked", "dataset", "asked", unique=True, sqlite_where=text("removed_at IS NULL"),
              postgresql_where=text("removed_at IS NULL")),
    )

    row_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    dataset: Mapped[str] = mapped_column(String(200))
    question_id: Mapped[str] = mapped_column(String(200))
    asked: Mapped[str] = mapped_column(String(1500))
    reference: Mapped[dict[str, Any]] = mapped_column(JSON)
    """As `pipeline.scoring.Reference`."""
    request_id: Mapped[str | None] = mapped_column(ForeignKey("content_requests.id", ondelete="SET NULL"), index=True)
    """The request that asked it."""
    added_by: Mapped[str] = mapped_column(String(254))
    added_at: Mapped[datetime] = mapped_column(Moment)
    removed_by: Mapped[str] = mapped_column(String(254))
    removed_at: Mapped[datetime | None] = mapped_column(Moment)

"""The tables of evaluation: runs with what each system made of each query, and what people said of passages."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, BigInteger, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, Moment


class EvaluationRunRow(Base):
    """One evaluation: what was measured, under which conditions, and how it stands. Never changed."""

    __tablename__ = "evaluation_runs"

    run_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    corpus: Mapped[str] = mapped_column(String(200), index=True)
    corpus_version: Mapped[str] = mapped_column(String(64))
    embedder: Mapped[str] = mapped_column(String(200))
    commit: Mapped[str] = mapped_column("commit_sha", String(64))
    at: Mapped[datetime] = mapped_column(Moment, index=True)
    by: Mapped[str] = mapped_column("run_by", String(254))
    set_name: Mapped[str] = mapped_column(String(200))
    set_digest: Mapped[str] = mapped_column(String(16), index=True)
    fate: Mapped[str] = mapped_column(String(32))
    peak_bytes: Mapped[int] = mapped_column(BigInteger)
    whole: Mapped[dict[str, Any]] = mapped_column(JSON)
    """The run as `pipeline.evaluation.Run` without its outcomes."""


class EvaluationOutcomeRow(Base):
    """What one system made of one query."""

    __tablename__ = "evaluation_outcomes"

    run_id: Mapped[int] = mapped_column(ForeignKey("evaluation_runs.run_id", ondelete="CASCADE"), primary_key=True)
    system: Mapped[str] = mapped_column(String(100), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    """Of the query in its set, from 0."""
    outcome: Mapped[dict[str, Any]] = mapped_column(JSON)


class LabelRow(Base):
    """What somebody said of a passage as an answer to a query. Rows are added; the newest that is not undone counts."""

    __tablename__ = "retrieval_labels"
    __table_args__ = (Index("ix_retrieval_labels_corpus_chunk_id", "corpus", "chunk_id"),)

    label_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    query: Mapped[str] = mapped_column("query_text", Text)
    corpus: Mapped[str] = mapped_column(String(200))
    chunk_id: Mapped[str] = mapped_column(String(300))
    grade: Mapped[int] = mapped_column(Integer)
    by: Mapped[str] = mapped_column("labelled_by", String(254))
    at: Mapped[datetime] = mapped_column("labelled_at", Moment)
    undone_at: Mapped[datetime | None] = mapped_column(Moment)
    undone_by: Mapped[str] = mapped_column(String(254))

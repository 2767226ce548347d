"""The tables of corpora: versions of books, their modules and chunks, and the vectors of every text that was embedded.

A version is written in one transaction when all its vectors are there, so no row of a half-ingested book exists. Vectors
belong to no version: they are kept by what was embedded and by which model.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, Boolean, Double, ForeignKey, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, Moment

NAME, LONG_NAME, DIGEST = 64, 500, 64
"""Lengths in characters."""


class CorpusVersionRow(Base):
    """One version of one corpus; the one that was put forward last is the one that a search by name uses."""

    __tablename__ = "corpus_versions"
    __table_args__ = (Index("ix_corpus_versions_name_ingested_at", "name", "ingested_at"),)

    version: Mapped[str] = mapped_column(String(16), primary_key=True)
    name: Mapped[str] = mapped_column(String(NAME))
    title: Mapped[str] = mapped_column(Text)
    language: Mapped[str] = mapped_column(String(NAME))
    subject: Mapped[str] = mapped_column(String(NAME))
    grades: Mapped[list[int]] = mapped_column(JSON)
    inferred: Mapped[list[str]] = mapped_column(JSON)
    licence: Mapped[str] = mapped_column(Text)
    licence_url: Mapped[str] = mapped_column(Text)
    attribution: Mapped[str] = mapped_column(Text)
    noncommercial: Mapped[bool] = mapped_column(Boolean)
    source: Mapped[str] = mapped_column(Text)
    revision: Mapped[str] = mapped_column(String(LONG_NAME))
    embedder: Mapped[str] = mapped_column(String(LONG_NAME))
    size_words: Mapped[int] = mapped_column(Integer)
    overlap_words: Mapped[int] = mapped_column(Integer)
    chunks: Mapped[int] = mapped_column(Integer)
    embedded: Mapped[int] = mapped_column(Integer)
    seconds: Mapped[float] = mapped_column(Double)
    ingested_by: Mapped[str] = mapped_column(String(254))
    ingested_at: Mapped[datetime] = mapped_column(Moment)


class CorpusModuleRow(Base):
    """A module of a version, and what became of its words."""

    __tablename__ = "corpus_modules"

    version: Mapped[str] = mapped_column(ForeignKey("corpus_versions.version", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    module_key: Mapped[str] = mapped_column(Text)
    title: Mapped[str] = mapped_column(Text)
    chapter: Mapped[int | None] = mapped_column(Integer)
    chapter_title: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(NAME))
    chunks: Mapped[int] = mapped_column(Integer)
    words_in: Mapped[int] = mapped_column(Integer)
    words_found: Mapped[int] = mapped_column(Integer)
    words_apart: Mapped[int] = mapped_column(Integer)
    words_left_out: Mapped[int] = mapped_column(Integer)
    left_out: Mapped[list[dict[str, Any]]] = mapped_column(JSON)


class CorpusChunkRow(Base):
    """A chunk of a version."""

    __tablename__ = "corpus_chunks"

    version: Mapped[str] = mapped_column(ForeignKey("corpus_versions.version", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    module: Mapped[int] = mapped_column(Integer)
    """The position of its module."""
    chunk_id: Mapped[str] = mapped_column(Text)
    section: Mapped[str] = mapped_column(Text)
    kind: Mapped[str] = mapped_column(String(NAME))
    text: Mapped[str] = mapped_column(Text)
    overlap: Mapped[int] = mapped_column(Integer)
    digest: Mapped[str] = mapped_column(String(DIGEST), index=True)
    """Of what was embedded for it."""


class CorpusVectorRow(Base):
    """The vector of a text, by the text's digest and the model; float32, little endian."""

    __tablename__ = "corpus_vectors"

    embedder: Mapped[str] = mapped_column(String(LONG_NAME), primary_key=True)
    digest: Mapped[str] = mapped_column(String(DIGEST), primary_key=True)
    vector: Mapped[bytes] = mapped_column(LargeBinary)

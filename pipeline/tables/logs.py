"""The tables of what was read from logs: sources, who wrote, how much, errors by key, and what people decided about groups.

Moments are seconds since 1970 as in `pipeline.logs.Entry`: hundreds of thousands of them are written at a time. `key_id` and
`writer_id` are hashes of what they stand for, so that processes that never met agree on them.
"""

from sqlalchemy import BigInteger, Double, Index, Integer, LargeBinary, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base

NAME, LONG_NAME, TITLE, FINGERPRINT = 200, 500, 300, 64
"""Lengths in characters."""


class LogSourceRow(Base):
    """One source, where its reading stands, and what it brought: lines = errors + others + unparsed."""

    __tablename__ = "log_sources"

    name: Mapped[str] = mapped_column(String(LONG_NAME), primary_key=True)
    cursor: Mapped[str] = mapped_column(Text)
    lines: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger)
    others: Mapped[int] = mapped_column(BigInteger)
    unparsed: Mapped[int] = mapped_column(BigInteger)
    duplicates: Mapped[int] = mapped_column(BigInteger)
    last_line: Mapped[float | None] = mapped_column(Double)
    last_pull: Mapped[float | None] = mapped_column(Double)
    fault: Mapped[str] = mapped_column(Text)


class LogStateRow(Base):
    """The one row that whoever stores lines holds until the end of the transaction."""

    __tablename__ = "log_state"

    state_id: Mapped[int] = mapped_column(Integer, primary_key=True, autoincrement=False)
    templates: Mapped[str] = mapped_column(Text)
    """The learned templates, as JSON."""
    templates_version: Mapped[int] = mapped_column(BigInteger)
    next_occurrence: Mapped[int] = mapped_column(BigInteger)
    reviewed_at: Mapped[float | None] = mapped_column(Double)
    """When the states were looked at last."""
    pruned_at: Mapped[float | None] = mapped_column(Double)


class LogSeenRow(Base):
    """Hashes of the ids of lines of one minute, eight bytes each, sorted."""

    __tablename__ = "log_seen"

    seen_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    minute: Mapped[int] = mapped_column(BigInteger, index=True)
    hashes: Mapped[bytes] = mapped_column(LargeBinary)


class LogWriterRow(Base):
    """Who wrote, and where it was read."""

    __tablename__ = "log_writers"

    writer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    version: Mapped[str] = mapped_column(String(NAME), index=True)
    execution: Mapped[str] = mapped_column(String(NAME))
    job: Mapped[str] = mapped_column(String(NAME))
    worker: Mapped[str] = mapped_column(String(NAME))
    source: Mapped[str] = mapped_column(String(LONG_NAME))


class LogActivityRow(Base):
    """What one writer wrote in one minute: all lines, errors, and the kinds of `pipeline.logs.notable`."""

    __tablename__ = "log_activity"
    __table_args__ = ({"sqlite_with_rowid": False},)

    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    writer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    first_at: Mapped[float] = mapped_column(Double)
    last_at: Mapped[float] = mapped_column(Double)
    lines: Mapped[int] = mapped_column(BigInteger)
    errors: Mapped[int] = mapped_column(BigInteger)
    starts: Mapped[int] = mapped_column(BigInteger)
    readies: Mapped[int] = mapped_column(BigInteger)
    started: Mapped[int] = mapped_column(BigInteger)
    ok: Mapped[int] = mapped_column(BigInteger)
    failed: Mapped[int] = mapped_column(BigInteger)
    queries: Mapped[int] = mapped_column(BigInteger)
    text_skips: Mapped[int] = mapped_column(BigInteger)
    timeouts: Mapped[int] = mapped_column(BigInteger)


class LogNoteRow(Base):
    """A line that is no error and is worth keeping as evidence, or a piece that could not be read."""

    __tablename__ = "log_notes"
    __table_args__ = (Index("ix_log_notes_kind_at", "kind", "at"),)

    note_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    at: Mapped[float] = mapped_column(Double)
    kind: Mapped[str] = mapped_column(String(32))
    line_id: Mapped[str] = mapped_column(String(LONG_NAME))
    writer_id: Mapped[int] = mapped_column(BigInteger)
    request_id: Mapped[str] = mapped_column(String(NAME))
    text: Mapped[str] = mapped_column(Text)

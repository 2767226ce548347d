"""The tables of the ledger: what was counted of which request, the roll-ups, credits, budgets. No dollar is derived here."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    CheckConstraint,
    Date,
    ForeignKey,
    Index,
    Integer,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, Moment, words

_OF_ALL = text("organization_id IS NULL")


class Cube(StrEnum):
    """What a roll-up tells apart besides what all of them do: nothing more, the organisation, or the topic.

    A lean one is the same without form and stage: a fifth of the cells for questions that need neither.
    """

    EVERYTHING = "everything"
    ORGANIZATION = "organization"
    TOPIC = "topic"
    LEAN_EVERYTHING = "lean_everything"
    LEAN_ORGANIZATION = "lean_organization"
    LEAN_TOPIC = "lean_topic"

    @property
    def lean(self) -> "Cube":
        """The lean one of it."""
        return self if self.value.startswith("lean_") else Cube(f"lean_{self}")


class Span(StrEnum):
    """How much time a cell of a roll-up is for."""

    DAY = "day"
    MONTH = "month"


class BudgetPeriod(StrEnum):
    """For how long a budget is."""

    DAY = "day"
    MONTH = "month"


class CountedRow(Base):
    """A decided request as it was counted: what the roll-ups hold of it can be taken back exactly.

    `lease` is the one it was decided under; a request that got another chance is counted anew.
    """

    __tablename__ = "counted_requests"
    __table_args__ = (Index("ix_counted_requests_organization_id_day", "organization_id", "day"),)

    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"), primary_key=True)
    lease: Mapped[int] = mapped_column(Integer)
    day: Mapped[date] = mapped_column(Date, index=True)
    """In UTC, when it was decided."""
    modality: Mapped[str] = mapped_column(String(32))
    organization_id: Mapped[str] = mapped_column(String(100))
    topic_id: Mapped[str] = mapped_column(String(100))
    status: Mapped[str] = mapped_column(String(32))
    origin: Mapped[str] = mapped_column(String(32))
    skipped: Mapped[str] = mapped_column(String(32))
    words: Mapped[int | None] = mapped_column(Integer)
    used: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict, server_default="{}")
    """What the roll-ups hold of its usage: `{day: {kind: millionths}}`, the kinds being `UsageKind`'s numbers."""


class UsageKind(Base):
    """All that is told apart of usage besides day, organisation and topic, under a number; rows are added, never changed.

    Those of the lean roll-ups have no form and no stage.
    """

    __tablename__ = "usage_kinds"
    __table_args__ = (
        UniqueConstraint("modality", "stage", "family", "provider", "model", "unit", "tier", "band", name="uq_usage_kinds"),
    )

    kind_id: Mapped[int] = mapped_column(primary_key=True)
    modality: Mapped[str] = mapped_column(String(32))
    stage: Mapped[str] = mapped_column(String(32))
    family: Mapped[str] = mapped_column(String(32))
    provider: Mapped[str] = mapped_column(String(64))
    model: Mapped[str] = mapped_column(String(200))
    unit: Mapped[str] = mapped_column(String(32))
    tier: Mapped[str] = mapped_column(String(32))
    band: Mapped[int] = mapped_column(BigInteger)
    """Above how many input tokens the calls were (see `pipeline.ledger.words.BANDS`)."""


class UsageCell(Base):
    """The quantity of one kind of usage of one day or month, in two whole numbers, which add up the same in every order."""

    __tablename__ = "usage_cells"
    __table_args__ = ({"sqlite_with_rowid": False},)

    span: Mapped[Span] = mapped_column(words(Span), primary_key=True)
    cube: Mapped[Cube] = mapped_column(words(Cube), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    """The first of the span."""
    member: Mapped[str] = mapped_column(String(100), primary_key=True)
    """The organisation or the topic; empty in the cube of everything."""
    kind_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    """Of a `UsageKind`, which are never deleted: to look each up would take longer than to add."""
    first: Mapped[date] = mapped_column(Date)
    """The first day on which something was added."""
    whole: Mapped[int] = mapped_column(BigInteger)
    millionths: Mapped[int] = mapped_column(BigInteger)
    """What is left of the whole ones; it may be more than one. Together they would not fit into 64 bits: bytes are many."""


class RequestCell(Base):
    """How many requests of one kind were decided in a day or month; of those with a script also the words and their squares."""

    __tablename__ = "request_cells"
    __table_args__ = ({"sqlite_with_rowid": False},)

    span: Mapped[Span] = mapped_column(words(Span), primary_key=True)
    cube: Mapped[Cube] = mapped_column(words(Cube), primary_key=True)
    day: Mapped[date] = mapped_column(Date, primary_key=True)
    """The first of the span."""
    member: Mapped[str] = mapped_column(String(100), primary_key=True)
    modality: Mapped[str] = mapped_column(String(32), primary_key=True)
    status: Mapped[str] = mapped_column(String(32), primary_key=True)
    origin: Mapped[str] = mapped_column(String(32), primary_key=True)
    """`made`, `cached` (answered from the shelf), `corrected` (a revision of another lesson) or `compared` (made for a
    comparison)."""
    skipped: Mapped[str] = mapped_column(String(32), primary_key=True)
    """The stages that were left out, as one word such as `tts+images+video`; empty where nothing was."""
    requests: Mapped[int] = mapped_column(BigInteger)
    worded: Mapped[int] = mapped_column(BigInteger)
    """How many of them have a script."""
    words: Mapped[int] = mapped_column(BigInteger)
    squares: Mapped[int] = mapped_column(BigInteger)


class CreditRow(Base):
    """Money that came back, or a discount that no unit price tells of; rows are added, never changed."""

    __tablename__ = "credits"

    credit_id: Mapped[int] = mapped_column(primary_key=True)
    day: Mapped[date] = mapped_column(Date, index=True)
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.organization_id", ondelete="SET NULL"), index=True)
    usd: Mapped[Decimal] = mapped_column(Numeric(20, 6))
    """Positive where money came back; a credit that was wrong is followed by its negative."""
    reason: Mapped[str] = mapped_column(String(300))
    author: Mapped[str] = mapped_column(String(254))
    """As a name, not a link: the books outlive the account."""
    noted_at: Mapped[datetime] = mapped_column(Moment)


class BudgetRow(Base):
    """What may be spent in a period, by everybody or by one organisation."""

    __tablename__ = "budgets"
    __table_args__ = (
        UniqueConstraint("organization_id", "period"),
        CheckConstraint("usd > 0", name="usd"),
        Index("ix_budgets_of_all", "period", unique=True, sqlite_where=_OF_ALL, postgresql_where=_OF_ALL),
    )

    budget_id: Mapped[int] = mapped_column(primary_key=True)
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.organization_id", ondelete="CASCADE"))
    period: Mapped[BudgetPeriod] = mapped_column(words(BudgetPeriod))
    usd: Mapped[Decimal] = mapped_column(Numeric(20, 6))

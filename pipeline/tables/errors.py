"""The tables of errors: by key, what people decided about groups of keys, and single lines as long as they are kept."""

from enum import StrEnum

from sqlalchemy import BigInteger, Boolean, Double, ForeignKey, Index, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column

from pipeline.database import Base, words
from pipeline.tables.logs import FINGERPRINT, LONG_NAME, NAME, TITLE


class GroupState(StrEnum):
    """Where a group of errors stands."""

    NEW = "new"
    ONGOING = "ongoing"
    ESCALATING = "escalating"
    REGRESSED = "regressed"
    RESOLVED = "resolved"
    IGNORED = "ignored"


class RuleVerdict(StrEnum):
    """What a rule says of the lines it holds for."""

    ERROR = "error"
    NO_ERROR = "no_error"
    GROUP = "group"


class ErrorGroupRow(Base):
    """What people and time decided about a group. Every key has a group of its own; merged away, it has no keys."""

    __tablename__ = "error_groups"

    group_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(FINGERPRINT), unique=True)
    state: Mapped[GroupState] = mapped_column(words(GroupState))
    state_by: Mapped[str] = mapped_column(String(254))
    state_why: Mapped[str] = mapped_column(String(LONG_NAME))
    state_at: Mapped[float] = mapped_column(Double)
    until_at: Mapped[float | None] = mapped_column(Double)
    until_count: Mapped[int | None] = mapped_column(BigInteger)
    until_escalates: Mapped[bool] = mapped_column(Boolean)
    in_version: Mapped[str] = mapped_column(String(NAME))


class ErrorKeyRow(Base):
    """What was found automatically (or is named by a rule): the facts about one fingerprint, and the group it belongs to."""

    __tablename__ = "error_keys"

    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    fingerprint: Mapped[str] = mapped_column(String(FINGERPRINT), unique=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("error_groups.group_id"), index=True)
    kind: Mapped[str] = mapped_column(String(32))
    title: Mapped[str] = mapped_column(String(TITLE))
    exception: Mapped[str] = mapped_column(String(NAME))
    culprit: Mapped[str] = mapped_column(String(TITLE))
    sample: Mapped[str] = mapped_column(Text)
    first_seen: Mapped[float] = mapped_column(Double)
    last_seen: Mapped[float] = mapped_column(Double)
    count: Mapped[int] = mapped_column(BigInteger)


class ErrorCellRow(Base):
    """How many errors of one key a writer wrote in a minute; of older ones, in an hour, at its first minute."""

    __tablename__ = "error_cells"
    __table_args__ = ({"sqlite_with_rowid": False},)

    minute: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    writer_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    severity: Mapped[str] = mapped_column(String(32), primary_key=True)
    stage: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)


class ErrorValueRow(Base):
    """That lines of a key had this stage, severity, version or execution; moments in whole minutes."""

    __tablename__ = "error_values"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    facet: Mapped[str] = mapped_column(String(32), primary_key=True)
    value: Mapped[str] = mapped_column(String(NAME), primary_key=True)
    count: Mapped[int] = mapped_column(BigInteger)
    first_at: Mapped[float] = mapped_column(Double)
    last_at: Mapped[float] = mapped_column(Double)


class ErrorOccurrenceRow(Base):
    """One error line, until it is too old."""

    __tablename__ = "error_occurrences"
    __table_args__ = (Index("ix_error_occurrences_key_at", "key_id", "at"),)

    occurrence_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[int] = mapped_column(BigInteger)
    automatic_id: Mapped[int] = mapped_column(BigInteger)
    """The key without any rule: where the line goes when the rule ends."""
    rule_id: Mapped[int | None] = mapped_column(Integer)
    at: Mapped[float] = mapped_column(Double, index=True)
    writer_id: Mapped[int] = mapped_column(BigInteger)
    severity: Mapped[str] = mapped_column(String(32))
    stage: Mapped[str] = mapped_column(String(NAME))
    line_id: Mapped[str] = mapped_column(String(LONG_NAME))
    request_id: Mapped[str] = mapped_column(String(NAME))
    student_id: Mapped[str] = mapped_column(String(NAME))
    correlation_id: Mapped[str] = mapped_column(String(NAME))
    message: Mapped[str] = mapped_column(Text)


class ErrorTraceRow(Base):
    """The traceback of an occurrence: of the first and the newest few of each key."""

    __tablename__ = "error_traces"
    __table_args__ = (Index("ix_error_traces_key_at", "key_id", "at"),)

    occurrence_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    key_id: Mapped[int] = mapped_column(BigInteger)
    at: Mapped[float] = mapped_column(Double)
    trace: Mapped[str] = mapped_column(Text)


class ErrorRequestRow(Base):
    """A request that a key touched."""

    __tablename__ = "error_requests"
    __table_args__ = ({"sqlite_with_rowid": False},)

    key_id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=False)
    request_id: Mapped[str] = mapped_column(String(NAME), primary_key=True, index=True)
    student_id: Mapped[str] = mapped_column(String(NAME))
    count: Mapped[int] = mapped_column(BigInteger)
    first_seen: Mapped[float] = mapped_column(Double)
    last_seen: Mapped[float] = mapped_column(Double)


class ErrorRuleRow(Base):
    """What somebody said about lines: an error or not, or which group."""

    __tablename__ = "error_rules"

    rule_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    field: Mapped[str] = mapped_column(String(32))
    how: Mapped[str] = mapped_column(String(32))
    text: Mapped[str] = mapped_column(String(LONG_NAME))
    verdict: Mapped[RuleVerdict] = mapped_column(words(RuleVerdict))
    fingerprint: Mapped[str] = mapped_column(String(FINGERPRINT))
    """The group that lines go into, where the verdict is `group`."""
    by: Mapped[str] = mapped_column(String(254))
    why: Mapped[str] = mapped_column(String(LONG_NAME))
    at: Mapped[float] = mapped_column(Double)
    ended_at: Mapped[float | None] = mapped_column(Double)
    regrouped_to: Mapped[int] = mapped_column(BigInteger)
    """Stored occurrences below this number have been looked at again since it began or ended."""
    regroup_until: Mapped[int] = mapped_column(BigInteger)
    """Those below this number have to be."""


class ErrorChangeRow(Base):
    """One change of a group, by a person or by itself."""

    __tablename__ = "error_changes"

    change_id: Mapped[int] = mapped_column(Integer, primary_key=True)
    group_id: Mapped[int] = mapped_column(ForeignKey("error_groups.group_id"), index=True)
    at: Mapped[float] = mapped_column(Double)
    by: Mapped[str] = mapped_column(String(254))
    what: Mapped[str] = mapped_column(String(32))
    why: Mapped[str] = mapped_column(String(LONG_NAME))

"""Interests and topics as rows, so that people and requests can refer to them. What they hold comes from `data/`."""

from typing import TYPE_CHECKING

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, words
from pipeline.domain import Subject
from pipeline.tables.people import student_interest

if TYPE_CHECKING:
    from pipeline.tables.people import StudentProfile


class Interest(Base):
    """Something that students like. `active` is whether the console offers it."""

    __tablename__ = "interests"

    interest_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    category: Mapped[str] = mapped_column(String(100))
    icon: Mapped[str] = mapped_column(String(50), default="")
    display_order: Mapped[int] = mapped_column(Integer, default=0)
    active: Mapped[bool] = mapped_column(default=True)

    students: Mapped[list["StudentProfile"]] = relationship(
        secondary=student_interest, back_populates="interests", passive_deletes=True)


topic_prerequisite = Table(
    "topic_prerequisite", Base.metadata,
    Column("topic_id", ForeignKey("topics.topic_id", ondelete="CASCADE"), primary_key=True),
    Column("prerequisite_id", ForeignKey("topics.topic_id", ondelete="CASCADE"), primary_key=True, index=True),
    CheckConstraint("topic_id <> prerequisite_id", name="not_its_own_prerequisite"),
)
"""Which topic needs which."""


class Topic(Base):
    """A topic of the catalogue. `active` is whether this release has it."""

    __tablename__ = "topics"
    __table_args__ = (
        CheckConstraint("1 <= grade_level_min AND grade_level_min <= grade_level_max AND grade_level_max <= 12",
                        name="grade_levels"),
    )

    topic_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    subject: Mapped[Subject] = mapped_column(words(Subject), index=True)
    unit: Mapped[str] = mapped_column(String(100), default="")
    name: Mapped[str] = mapped_column(String(200))
    grade_level_min: Mapped[int] = mapped_column(Integer)
    grade_level_max: Mapped[int] = mapped_column(Integer)
    standards: Mapped[list[str]] = mapped_column(JSON, default=list)
    active: Mapped[bool] = mapped_column(default=True)

    prerequisites: Mapped[list["Topic"]] = relationship(
        secondary=topic_prerequisite, back_populates="needed_by", passive_deletes=True,
        primaryjoin=topic_id == topic_prerequisite.c.topic_id,
        secondaryjoin=topic_id == topic_prerequisite.c.prerequisite_id)
    needed_by: Mapped[list["Topic"]] = relationship(
        secondary=topic_prerequisite, back_populates="prerequisites", passive_deletes=True,
        primaryjoin=topic_id == topic_prerequisite.c.prerequisite_id,
        secondaryjoin=topic_id == topic_prerequisite.c.topic_id)

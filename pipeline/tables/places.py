"""Where people learn: organisations (a tree), their schools, the classes of a school."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import JSON, CheckConstraint, Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment, words
from pipeline.domain import Subject

if TYPE_CHECKING:
    from pipeline.tables.flags import FlagOverride
    from pipeline.tables.people import User


class OrganizationType(StrEnum):
    """What kind of organisation it is."""

    K12_EDUCATION = "k12_education"
    HIGHER_EDUCATION = "higher_education"
    CORPORATE_TRAINING = "corporate_training"
    HEALTHCARE = "healthcare"
    GOVERNMENT = "government"
    PROFESSIONAL_CERTIFICATION = "professional_certification"
    CUSTOMER_EDUCATION = "customer_education"
    CUSTOM = "custom"


class Organization(Base):
    """A district, a company, a part of one. A limit of None is unlimited."""

    __tablename__ = "organizations"
    __table_args__ = (
        CheckConstraint("parent_id <> organization_id", name="not_its_own_parent"),
        CheckConstraint("monthly_text_limit >= 0 AND monthly_video_limit >= 0", name="limits"),
    )

    organization_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    parent_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.organization_id", ondelete="RESTRICT"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    type: Mapped[OrganizationType] = mapped_column(words(OrganizationType), default=OrganizationType.K12_EDUCATION)
    domain: Mapped[str | None] = mapped_column(String(253), unique=True)
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    monthly_text_limit: Mapped[int | None] = mapped_column(Integer)
    monthly_video_limit: Mapped[int | None] = mapped_column(Integer)
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    parent: Mapped["Organization | None"] = relationship(back_populates="children", remote_side=[organization_id])
    children: Mapped[list["Organization"]] = relationship(back_populates="parent", passive_deletes="all")
    schools: Mapped[list["School"]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", passive_deletes=True)
    users: Mapped[list["User"]] = relationship(back_populates="organization", passive_deletes=True)
    flag_overrides: Mapped[list["FlagOverride"]] = relationship(
        back_populates="organization", cascade="all, delete-orphan", passive_deletes=True)


class School(Base):
    """A school of an organisation."""

    __tablename__ = "schools"

    school_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    organization_id: Mapped[str] = mapped_column(
        ForeignKey("organizations.organization_id", ondelete="CASCADE"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    address: Mapped[str] = mapped_column(String(300), default="")
    settings: Mapped[dict[str, Any]] = mapped_column(JSON, default=dict)
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    organization: Mapped[Organization] = relationship(back_populates="schools")
    classes: Mapped[list["Class"]] = relationship(
        back_populates="school", cascade="all, delete-orphan", passive_deletes=True)
    users: Mapped[list["User"]] = relationship(back_populates="school", passive_deletes=True)


class_student = Table(
    "class_student", Base.metadata,
    Column("class_id", ForeignKey("classes.class_id", ondelete="CASCADE"), primary_key=True),
    Column("student_id", ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""Which students are in which class."""


class Class(Base):
    """A class: one teacher, its students, the grades it is for."""

    __tablename__ = "classes"

    class_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    school_id: Mapped[str] = mapped_column(ForeignKey("schools.school_id", ondelete="CASCADE"), index=True)
    teacher_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    name: Mapped[str] = mapped_column(String(200))
    subject: Mapped[Subject | None] = mapped_column(words(Subject))
    class_code: Mapped[str] = mapped_column(String(20), unique=True)
    grade_levels: Mapped[list[int]] = mapped_column(JSON, default=list)
    archived: Mapped[bool] = mapped_column(default=False)
    created_at: Mapped[datetime] = mapped_column(Moment)

    school: Mapped[School] = relationship(back_populates="classes")
    teacher: Mapped["User | None"] = relationship(back_populates="taught_classes")
    students: Mapped[list["User"]] = relationship(
        secondary=class_student, back_populates="classes", passive_deletes=True)

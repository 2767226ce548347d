"""People: one table for students, teachers and the staff who sign in to the console; what a student likes."""

from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, String, Table
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment, words
from pipeline.tables.places import Class, Organization, School, class_student

if TYPE_CHECKING:
    from pipeline.tables.access import ApiToken
    from pipeline.tables.flags import FlagOverride
    from pipeline.tables.lessons import ReviewRow
    from pipeline.tables.library import Interest
    from pipeline.tables.requests import RequestRow


class UserRole(StrEnum):
    """What a person is here, and so what they may do (`pipeline.organisation.may`)."""

    STUDENT = "student"
    TEACHER = "teacher"
    VIEWER = "viewer"
    CONTENT = "content"
    PRODUCT = "product"
    ENGINEERING = "engineering"
    ADMIN = "admin"


class UserStatus(StrEnum):
    """Where an account stands; `pending` was invited and has not signed in yet."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    ARCHIVED = "archived"


class User(Base):
    """A person, known by e-mail address in lower case."""

    __tablename__ = "users"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    user_id: Mapped[str] = mapped_column(String(100), primary_key=True)
    email: Mapped[str] = mapped_column(String(254), unique=True)
    name: Mapped[str] = mapped_column(String(200), default="")
    role: Mapped[UserRole] = mapped_column(words(UserRole), default=UserRole.VIEWER, index=True)
    status: Mapped[UserStatus] = mapped_column(words(UserStatus), default=UserStatus.PENDING)
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.organization_id", ondelete="SET NULL"), index=True)
    school_id: Mapped[str | None] = mapped_column(ForeignKey("schools.school_id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)
    last_seen_at: Mapped[datetime | None] = mapped_column(Moment)

    organization: Mapped[Organization | None] = relationship(back_populates="users")
    school: Mapped[School | None] = relationship(back_populates="users")
    profile: Mapped["StudentProfile | None"] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True)
    taught_classes: Mapped[list[Class]] = relationship(back_populates="teacher", passive_deletes=True)
    classes: Mapped[list[Class]] = relationship(
        secondary=class_student, back_populates="students", passive_deletes=True)
    flag_overrides: Mapped[list["FlagOverride"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True)
    api_tokens: Mapped[list["ApiToken"]] = relationship(
        back_populates="user", cascade="all, delete-orphan", passive_deletes=True)
    requests: Mapped[list["RequestRow"]] = relationship(back_populates="asked_by", passive_deletes=True)
    reviews: Mapped[list["ReviewRow"]] = relationship(back_populates="author", passive_deletes=True)


student_interest = Table(
    "student_interest", Base.metadata,
    Column("student_id", ForeignKey("student_profiles.student_id", ondelete="CASCADE"), primary_key=True),
    Column("interest_id", ForeignKey("interests.interest_id", ondelete="CASCADE"), primary_key=True, index=True),
)
"""What each student likes."""


class StudentProfile(Base):
    """What lessons for a student are fitted to: grade (1 to 12) and interests."""

    __tablename__ = "student_profiles"
    __table_args__ = (CheckConstraint("grade_level BETWEEN 1 AND 12", name="grade_level"),)

    student_id: Mapped[str] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), primary_key=True)
    grade_level: Mapped[int] = mapped_column(Integer)

    user: Mapped[User] = relationship(back_populates="profile")
    interests: Mapped[list["Interest"]] = relationship(
        secondary=student_interest, back_populates="students", passive_deletes=True)

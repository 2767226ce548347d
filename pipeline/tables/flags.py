"""Feature flags: what holds for everybody, and where an organisation or a person differs."""

from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import CheckConstraint, ForeignKey, Integer, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment

if TYPE_CHECKING:
    from pipeline.tables.people import User
    from pipeline.tables.places import Organization


class FeatureFlag(Base):
    """A switch: on for `rollout_percentage` of the people, from `starts_at` (inclusive) until `ends_at` (exclusive)."""

    __tablename__ = "feature_flags"
    __table_args__ = (
        CheckConstraint("rollout_percentage BETWEEN 0 AND 100", name="rollout_percentage"),
        CheckConstraint("starts_at < ends_at", name="schedule"),
    )

    key: Mapped[str] = mapped_column(String(100), primary_key=True)
    name: Mapped[str] = mapped_column(String(200))
    description: Mapped[str] = mapped_column(String(500), default="")
    enabled: Mapped[bool] = mapped_column(default=False)
    rollout_percentage: Mapped[int] = mapped_column(Integer, default=100)
    starts_at: Mapped[datetime | None] = mapped_column(Moment)
    ends_at: Mapped[datetime | None] = mapped_column(Moment)

    overrides: Mapped[list["FlagOverride"]] = relationship(
        back_populates="flag", cascade="all, delete-orphan", passive_deletes=True)


class FlagOverride(Base):
    """Where one organisation, or one person, differs from what holds for everybody."""

    __tablename__ = "feature_flag_overrides"
    __table_args__ = (
        CheckConstraint("(organization_id IS NULL) <> (user_id IS NULL)", name="one_of_two"),
        UniqueConstraint("flag_key", "organization_id"), UniqueConstraint("flag_key", "user_id"),
    )

    override_id: Mapped[int] = mapped_column(primary_key=True)
    flag_key: Mapped[str] = mapped_column(ForeignKey("feature_flags.key", ondelete="CASCADE"))
    organization_id: Mapped[str | None] = mapped_column(
        ForeignKey("organizations.organization_id", ondelete="CASCADE"), index=True)
    user_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="CASCADE"), index=True)
    enabled: Mapped[bool]
    reason: Mapped[str] = mapped_column(String(300), default="")

    flag: Mapped[FeatureFlag] = relationship(back_populates="overrides")
    organization: Mapped["Organization | None"] = relationship(back_populates="flag_overrides")
    user: Mapped["User | None"] = relationship(back_populates="flag_overrides")

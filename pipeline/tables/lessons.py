"""The tables of finished lessons: what people said about them, and the shelf they are taken from."""

from datetime import datetime
from typing import Any

from sqlalchemy import JSON, ForeignKey, Integer, String, Text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from pipeline.database import Base, Moment
from pipeline.tables.people import User
from pipeline.tables.requests import RequestRow


class ReviewRow(Base):
    """What a person said about a lesson; rows are added, never changed."""

    __tablename__ = "reviews"

    id: Mapped[int] = mapped_column(primary_key=True)
    request_id: Mapped[str] = mapped_column(ForeignKey("content_requests.id", ondelete="CASCADE"), index=True)
    rating: Mapped[int | None] = mapped_column(Integer)
    note: Mapped[str] = mapped_column(Text, default="")
    approved: Mapped[bool | None]
    author_id: Mapped[str | None] = mapped_column(ForeignKey("users.user_id", ondelete="SET NULL"), index=True)
    created_at: Mapped[datetime] = mapped_column(Moment)

    request: Mapped[RequestRow] = relationship(back_populates="reviews")
    author: Mapped[User | None] = relationship(back_populates="reviews")


class ShelfRow(Base):
    """A finished result under the key of everything that changes it."""

    __tablename__ = "shelf"

    key: Mapped[str] = mapped_column(String(64), primary_key=True)
    value: Mapped[dict[str, Any]] = mapped_column(JSON)
    request_id: Mapped[str] = mapped_column(String(64))
    created_at: Mapped[datetime] = mapped_column(Moment)

"""The base of all tables, and the two column types that both databases must agree on: moments and words."""

import re
from datetime import UTC, datetime
from enum import StrEnum

from sqlalchemy import DateTime, Dialect, Enum, MetaData
from sqlalchemy.orm import DeclarativeBase
from sqlalchemy.types import TypeDecorator

NAMES = {
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}
WORD_CHARACTERS = 32


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)


class Moment(TypeDecorator[datetime]):
    """A moment in UTC. SQLite keeps no zone, so it is put back on the way out; a moment without zone is refused."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """In UTC, whatever zone it came in."""
        if value is not None and value.tzinfo is None:
            raise ValueError("A moment needs its time zone.")
        return value.astimezone(UTC) if value is not None else None

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """With its zone."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def words(kind: type[StrEnum], *, name: str = "") -> Enum:
    """A column of this enum's values, held by a CHECK in both databases: a word the code lacks cannot be written.

    The CHECK is named after the enum, or `name` where a table has two columns of one enum.
    """
    return Enum(
        kind, values_callable=lambda members: [member.value for member in members], native_enum=False,
        create_constraint=True, validate_strings=True, length=WORD_CHARACTERS, name=name or _snake(kind.__name__),
    )


def _snake(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()

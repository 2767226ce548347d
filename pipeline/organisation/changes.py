"""The one way to change something here: a transaction that is alone, so that what was checked still holds when it is
written. People change these things by hand, a few times a day; waiting for each other costs nothing.
"""

import secrets
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TypeVar

from sqlalchemy import Engine, text
from sqlalchemy.orm import Session

from pipeline.database import Base
from pipeline.errors import BadRequest
from pipeline.organisation.checks import ID_CHARACTERS, shown
from pipeline.plain import is_plain

ADVISORY_LOCK = 7_266_813
"""Any number that nothing else of ours takes."""
Clock = Callable[[], datetime]
Row = TypeVar("Row", bound=Base)


def utc_now() -> datetime:
    """The clock on the wall."""
    return datetime.now(UTC)


class Desk:
    """What every service here holds: the database, and a clock that tests can set."""

    def __init__(self, engine: Engine, *, clock: Clock = utc_now) -> None:
        self._engine = engine
        self._clock = clock


def new_id(kind: str) -> str:
    """A new id: the kind and 12 hexadecimal digits."""
    return f"{kind}_{secrets.token_hex(6)}"


@contextmanager
def changing(engine: Engine) -> Iterator[Session]:
    """A session that nobody else of ours changes anything beside; it commits at the end, and not when the body raises."""
    with Session(engine) as session, session.begin():
        if engine.dialect.name == "sqlite":
            session.connection().exec_driver_sql("BEGIN IMMEDIATE")  # the driver would begin only at the first write
        else:
            session.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": ADVISORY_LOCK})
        yield session


def known(session: Session, kind: type[Row], key: object, noun: str) -> Row:
    """The row with this id. Raises `BadRequest`; an id is whatever somebody sent."""
    usable = isinstance(key, str) and is_plain(key) and len(key) <= ID_CHARACTERS
    row = session.get(kind, key) if usable else None
    if row is None:
        raise BadRequest(noun, f"there is none with the id {shown(key)}.")
    return row

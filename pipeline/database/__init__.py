"""The declarative base and the engine. SQLite runs in WAL with foreign keys on and a busy timeout."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, MetaData, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import DeclarativeBase

from pipeline.errors import OperatorError, StorageFull

BUSY_SECONDS = 15
NAMES = {
    "ix": "ix_%(column_0_label)s", "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s", "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """The base of all tables."""

    metadata = MetaData(naming_convention=NAMES)


def open_database(url: str) -> Engine:
    """An engine for the database; on SQLite its folder is made. Raises `OperatorError` when that is impossible."""
    parsed = make_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database and parsed.database != ":memory:":
        try:
            Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise OperatorError(f"The database folder cannot be made ({fault}): set VIVIDLY_HOME.") from fault
    engine = create_engine(parsed)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    return engine


@contextmanager
def told_plainly() -> Iterator[None]:
    """Database faults that an operator can mend, in one sentence. The address stays out of it: it may hold a password."""
    try:
        yield
    except OperationalError as fault:
        if "disk is full" in str(fault) or "disk I/O" in str(fault):
            raise StorageFull() from fault
        raise OperatorError(f"The database cannot be used ({fault.orig}): check DATABASE_URL and VIVIDLY_HOME.") from fault
    except DatabaseError as fault:
        raise OperatorError(f"The database file is damaged or of another kind ({fault.orig}): move it away.") from fault


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

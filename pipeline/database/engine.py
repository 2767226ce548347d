"""The engine. SQLite runs in WAL with foreign keys on and a busy timeout; faults are told in one sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import (
    ArgumentError,
    DatabaseError,
    IntegrityError,
    NoSuchModuleError,
    OperationalError,
    ProgrammingError,
)

from pipeline.errors import OperatorError, StorageFull

BUSY_SECONDS = 15
HINT = "write sqlite:///FILE or postgresql+psycopg2://USER:PASSWORD@HOST/NAME."
DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg2", "postgres": "postgresql+psycopg2"}
"""What a plain address means: `postgresql://` alone would ask for another driver than the one installed."""


def open_database(url: str) -> Engine:
    """An engine for the database; on SQLite its folder is made. Raises `OperatorError` when that is impossible."""
    parsed = read_url(url)
    if file := sqlite_file(parsed):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
        except OSError as fault:
            raise OperatorError(f"The database folder cannot be made ({fault}): set VIVIDLY_HOME.") from fault
    try:
        engine = create_engine(parsed, pool_pre_ping=parsed.get_backend_name() != "sqlite")
    except (NoSuchModuleError, ModuleNotFoundError) as fault:
        raise OperatorError(f"DATABASE_URL asks for {parsed.drivername!r}, which is not installed: {HINT}") from fault
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _set_pragmas)
    return engine


def read_url(url: str) -> URL:
    """The address in parts, with the driver that is installed. Raises `OperatorError`; the address may hold a password."""
    try:
        parsed = make_url(url)
    except ArgumentError as fault:
        raise OperatorError(f"DATABASE_URL is not a database address: {HINT}") from fault
    return parsed.set(drivername=DRIVERS.get(parsed.drivername, parsed.drivername))


def sqlite_file(url: URL) -> Path | None:
    """The file of an SQLite database; None for a server, or for memory."""
    if url.get_backend_name() != "sqlite" or url.database in (None, "", ":memory:"):
        return None
    return Path(str(url.database))


def is_missing(url: str) -> bool:
    """Whether this is an SQLite file that does not exist yet: opening it would make it."""
    file = sqlite_file(read_url(url))
    return file is not None and not file.exists()


@contextmanager
def told_plainly() -> Iterator[None]:
    """Database faults that an operator can mend, in one sentence. The address stays out of it: it may hold a password."""
    try:
        yield
    except IntegrityError:  # what a row may not be is for whoever writes it to say
        raise
    except OperationalError as fault:
        if "disk is full" in str(fault) or "disk I/O" in str(fault):
            raise StorageFull() from fault
        raise OperatorError(f"The database cannot be used ({fault.orig}): check DATABASE_URL and VIVIDLY_HOME.") from fault
    except ProgrammingError as fault:  # on PostgreSQL: a missing table, or a right that was not granted
        said = str(fault.orig).strip().splitlines()[0]
        raise OperatorError(f"The database refuses this ({said}): `python -m pipeline doctor` tells what differs, and its "
                            "user needs the rights to read and write.") from fault
    except DatabaseError as fault:
        raise OperatorError(f"The database file is damaged or of another kind ({fault.orig}): move it away.") from fault


def _set_pragmas(connection: Any, _: object) -> None:
    cursor = connection.cursor()
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "foreign_keys=ON", f"busy_timeout={BUSY_SECONDS * 1000}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()

"""Migrations: where a database stands, and the way up and down. Each step is one transaction on both databases, so that
a process killed in the middle leaves the step before it, and the next start goes on from there.
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from alembic.util import CommandError
from filelock import FileLock
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.engine import URL

from pipeline.database.copies import copy_database
from pipeline.database.engine import BUSY_SECONDS, read_url, sqlite_file, told_plainly
from pipeline.errors import OperatorError

logger = logging.getLogger("pipeline")
SCRIPTS = Path(__file__).parent / "migrations"
FIRST = "0001"
"""What a database holds whose tables were made before there were migrations."""
FIRST_TABLE = "content_requests"
ADVISORY_LOCK = 7_266_812
"""Any number, as long as every process of ours takes the same."""
Tell = Callable[[str], None]


class Step(NamedTuple):
    """One migration."""

    revision: str
    title: str


class State(NamedTuple):
    """Where a database stands."""

    current: str | None
    """The revision that the database says it has; None for an empty one."""
    steps: tuple[Step, ...]
    """All migrations, oldest first."""
    pending: tuple[Step, ...]
    """The migrations that are missing in the database."""
    heads: tuple[str, ...]
    """The last migrations; more than one when the history has branched."""
    known: bool
    """Whether this version of the program knows the database's revision."""

    @property
    def ready(self) -> bool:
        """Whether the database is as this version of the program wants it."""
        return self.known and not self.pending and len(self.heads) == 1

    @property
    def what_to_do(self) -> str:
        """One sentence on what is wrong and what to run; empty when nothing is."""
        if not self.known:
            return (f"The database is at revision {self.current!r}, which this version of Vividly does not know: "
                    "install the version that made it, or put a copy of the database back.")
        if len(self.heads) > 1:
            return f"The migrations have branched ({', '.join(self.heads)}): merge them into one."
        if self.pending:
            lacks = ", ".join(step.revision for step in self.pending)
            return f"The database lacks the migrations {lacks}: run `python -m pipeline database upgrade`."
        return ""


def state(engine: Engine, *, scripts: Path = SCRIPTS) -> State:
    """Where the database stands; changes nothing."""
    with told_plainly(), engine.connect() as connection:
        current = _current(connection)
    directory = ScriptDirectory(str(scripts))
    steps = tuple(reversed([Step(script.revision, script.doc) for script in directory.walk_revisions()]))
    known = current is None or current in {step.revision for step in steps}
    done = {script.revision for script in directory.iterate_revisions(current, "base")} if current and known else set()
    pending = tuple(step for step in steps if step.revision not in done) if known else ()
    return State(current=current, steps=steps, pending=pending, heads=tuple(directory.get_heads()), known=known)


def upgrade(url: str, *, to: str = "head", tell: Tell = logger.info, scripts: Path = SCRIPTS) -> Path | None:
    """Bring the database up; what exists on SQLite is copied first. The copy, or None. Raises `OperatorError`."""
    return _move(url, to, command.upgrade, tell, scripts)


def downgrade(url: str, *, to: str = "-1", tell: Tell = logger.info, scripts: Path = SCRIPTS) -> Path | None:
    """Take steps back, with the data of their tables and columns; what exists on SQLite is copied first."""
    return _move(url, to, command.downgrade, tell, scripts)


def _move(url: str, to: str, how: Callable[..., None], tell: Tell, scripts: Path) -> Path | None:
    parsed = read_url(url)
    engine = _migrating_engine(parsed)
    try:
        with told_plainly(), _alone(parsed, engine):
            before = state(engine, scripts=scripts)
            if not before.known or len(before.heads) > 1:
                raise OperatorError(before.what_to_do)
            if how is command.upgrade and to == "head" and not before.pending:
                return None
            copy = copy_database(parsed, before.current) if before.current else None
            _run(engine, how, to, tell, scripts)
            return copy
    except CommandError as fault:
        raise OperatorError(f"The migration {to!r} cannot be reached: {fault}") from fault
    finally:
        engine.dispose()


def _run(engine: Engine, how: Callable[..., None], to: str, tell: Tell, scripts: Path) -> None:
    config = Config()
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    with engine.connect() as connection:
        config.attributes.update(connection=connection, tell=tell)
        if _is_adopted(connection):
            connection.rollback()
            command.stamp(config, FIRST)
        connection.rollback()
        how(config, to)


def _current(connection: Connection) -> str | None:
    found = MigrationContext.configure(connection).get_current_heads()
    if found:
        return ",".join(sorted(found))
    return FIRST if _is_adopted(connection) else None


def _is_adopted(connection: Connection) -> bool:
    """Whether the tables were made before there were migrations."""
    tables = inspect(connection)
    if not tables.has_table(FIRST_TABLE):
        return False
    return not MigrationContext.configure(connection).get_current_heads()


def _migrating_engine(url: URL) -> Engine:
    """An engine whose transactions hold table changes too: SQLite's driver would end them at the first one."""
    engine = create_engine(url)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _take_over)
        event.listen(engine, "begin", _begin)
    return engine


def _take_over(connection: Any, _: object) -> None:
    connection.isolation_level = None
    for pragma in ("journal_mode=WAL", "foreign_keys=OFF", f"busy_timeout={BUSY_SECONDS * 1000}"):
        connection.execute(f"PRAGMA {pragma}")  # off, because a table that is made anew is dropped in between


def _begin(connection: Connection) -> None:
    connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _alone(url: URL, engine: Engine) -> Iterator[None]:
    """Only one process migrates at a time; the others wait and then find nothing left to do."""
    if file := sqlite_file(url):
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            taken = FileLock(f"{file}.lock").acquire()
        except OSError as fault:
            raise OperatorError(f"The database folder cannot be used ({fault}): set VIVIDLY_HOME.") from fault
        with taken:
            yield
    elif engine.dialect.name == "postgresql":
        with engine.connect() as connection:
            connection.execute(text("SELECT pg_advisory_lock(:key)"), {"key": ADVISORY_LOCK})
            connection.commit()  # the lock is the session's, not the transaction's
            yield
    else:
        yield

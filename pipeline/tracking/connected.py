"""What every part of the record shares: the engine, the fence, the events, the clock of the database."""

import zlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Date,
    Engine,
    Table,
    cast,
    func,
    insert,
    literal,
    select,
    text,
    type_coerce,
    update,
)
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from pipeline.database import Base, Moment
from pipeline.errors import LostLease
from pipeline.tables import EventKind

TABLES: Mapping[str, Table] = Base.metadata.tables
REQUESTS, RUNS, USAGE = (TABLES[name] for name in ("content_requests", "stage_runs", "usage"))
RESULTS, EVENTS, WORKERS = (TABLES[name] for name in ("stage_results", "request_events", "workers"))
DEAD, BREAKERS, ARTIFACTS = (TABLES[name] for name in ("dead_letters", "breakers", "artifacts"))
CALLS = TABLES["provider_calls"]
USERS, SCHOOLS, COUNTED = (TABLES[name] for name in ("users", "schools", "counted_requests"))


class Connected:
    """A part of the record of one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def _later(self, seconds: float) -> ColumnElement[Any]:
        """The moment so many seconds from now by the clock that all workers share: the server's, or this machine's."""
        if self._engine.dialect.name == "postgresql":
            return func.clock_timestamp() + literal(timedelta(seconds=seconds))
        return literal(now() + timedelta(seconds=seconds), Moment())


def day_of(moment: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """The day in UTC."""
    return cast(func.timezone("UTC", moment), Date) if dialect == "postgresql" else type_coerce(func.date(moment), Date)


def now() -> datetime:
    """This moment."""
    return datetime.now(UTC)


def hold(connection: Connection, request_id: str, lease: int | None, /, **values: Any) -> None:
    """Write to the request as the one who holds it; the row stays locked until the transaction ends.

    Raises `LostLease` where another worker has it now. Without a lease nobody else can be at work.
    """
    held = REQUESTS.c.id == request_id
    if lease is not None:
        held &= (REQUESTS.c.lease == lease) & (REQUESTS.c.status == "running")
    values = values or {"lease": REQUESTS.c.lease}  # nothing to say, but the row has to be locked
    if connection.execute(update(REQUESTS).where(held).values(**values)).rowcount == 0:
        raise LostLease


def say(connection: Connection, request_id: str, kind: EventKind, /, **data: Any) -> None:
    """Add an event in the transaction of what it tells of."""
    connection.execute(insert(EVENTS), {"request_id": request_id, "at": now(), "kind": kind, "data": data})


def one_at_a_time(connection: Connection, student_id: str) -> None:
    """Until the transaction ends, nobody else counts this student's requests. SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": zlib.crc32(student_id.encode())})


def since_replay(connection: Connection, request_id: str, kind: EventKind) -> int:
    """How often this happened to the request since somebody last put it back."""
    mine = EVENTS.c.request_id == request_id
    replayed = select(func.coalesce(func.max(EVENTS.c.event_id), 0)).where(mine, EVENTS.c.kind == EventKind.REPLAYED)
    counted = select(func.count()).select_from(EVENTS).where(
        mine, EVENTS.c.kind == kind, EVENTS.c.event_id > replayed.scalar_subquery())
    return connection.scalar(counted) or 0


def database_is_away(fault: BaseException) -> bool:
    """Whether the database itself failed, so that the same may well succeed later."""
    return isinstance(fault, OperationalError | PoolTimeout) or (
        isinstance(fault, DBAPIError) and fault.connection_invalidated)

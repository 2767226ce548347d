"""What a span of time was like: how much ran, how much of it failed, how long each stage took, what was saved."""

from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Integer, String, case, cast, distinct, func, literal, select

from pipeline.deployments.words import Exposed, Unit
from pipeline.domain import Stage, StageStatus, Status
from pipeline.errors import OperatorError
from pipeline.ledger.hours import decided
from pipeline.ledger.prediction import Skipped
from pipeline.ledger.savings import BOOK, Savings
from pipeline.prices import read_book
from pipeline.report import Estimate
from pipeline.tables import (
    ErrorKeyRow,
    ErrorOccurrenceRow,
    LogActivityRow,
    LogWriterRow,
    QueueName,
    RequestRow,
    StageRunRow,
)
from pipeline.visuals import Value

A, W, E = LogActivityRow.__table__.c, LogWriterRow.__table__.c, ErrorOccurrenceRow.__table__.c
R, S = RequestRow.__table__.c, StageRunRow.__table__.c
GOOD, BAD = (Status.COMPLETED, Status.PARTIAL), (Status.FAILED,)
"""A request that was declined or stopped is neither."""
MOST_RUNS = 5_000
"""Of each stage."""


class Figures(Value):
    """One span. What nobody saw is zero or absent, never guessed."""

    since: datetime
    until: datetime
    exposed: Exposed
    unit: Unit
    """What errors are counted per."""
    struck: int
    """Occasions with at least one error."""
    errors: int
    """Lines."""
    new_groups: int
    """Groups seen for the first time."""
    good: int
    bad: int
    timeouts: int
    seconds: Mapping[Stage, tuple[float, ...]]
    saved: Estimate | None
    """By requests without a video; None where nobody can tell now."""
    savers: int


def figures(engine: Engine, savings: Savings, since: datetime, until: datetime) -> Figures:
    """The figures from `since` on and before `until`."""
    begin, end = since.timestamp(), until.timestamp()
    with engine.connect() as connection:
        seen = connection.execute(_activity(begin, end)).one()
        requests = max(int(seen.started or 0), int(seen.ok or 0) + int(seen.failed or 0))
        starts = max(int(seen.starts or 0), int(seen.readies or 0))
        exposed = Exposed(requests=requests, executions=int(seen.executions) + starts, minutes=int(seen.minutes),
                          lines=int(seen.lines or 0))
        counted = select(R.status, func.count()).where(*_ended(since, until)).group_by(R.status)
        ended: dict[Status, int] = dict(connection.execute(counted).tuples().all())
        unit = next((unit for unit in Unit if exposed.of(unit)), Unit.MINUTES)
        struck, errors = _struck(connection, begin, end, unit)
        new = connection.scalar(select(func.count()).where(ErrorKeyRow.first_seen >= begin, ErrorKeyRow.first_seen < end))
        seconds = dict(_seconds(connection, since, until))
    good, bad = (sum(ended.get(status, 0) for status in them) for them in (GOOD, BAD))
    skipped = [group for span in _days(since, until) for group in decided(engine, *span, read_book(BOOK)).skipped]
    return Figures(
        since=since, until=until, exposed=exposed, unit=unit, struck=struck, errors=errors, new_groups=int(new or 0),
        good=good or int(seen.ok or 0), bad=bad if good or bad else int(seen.failed or 0), timeouts=int(seen.timeouts or 0),
        seconds=seconds, saved=_saved(savings, skipped), savers=sum(group.requests for group in skipped))


def _activity(begin: float, end: float) -> Any:
    unnamed = case((W.execution == "", 1), else_=0)
    sums = [func.sum(A[name]).label(name) for name in ("lines", "started", "ok", "failed", "timeouts")]
    return select(
        *sums, func.count(distinct(A.minute)).label("minutes"),
        func.count(distinct(func.nullif(W.execution, ""))).label("executions"),
        func.sum(A.starts * unnamed).label("starts"), func.sum(A.readies * unnamed).label("readies"),
    ).join_from(LogActivityRow.__table__, LogWriterRow.__table__, W.writer_id == A.writer_id).where(
        A.minute >= int(begin // 60), A.first_at >= begin, A.first_at < end)


def _struck(connection: Connection, begin: float, end: float, unit: Unit) -> tuple[int, int]:
    """Occasions with an error, and lines."""
    minute = cast(cast(func.floor(E.at / 60), Integer), String)
    within = W.execution.concat(literal(":")).concat(minute)
    ways = {
        Unit.MINUTES: minute,
        Unit.EXECUTIONS: case((W.execution == "", literal("at ").concat(minute)), else_=W.execution),
        Unit.REQUESTS: case((E.request_id == "", within), else_=E.request_id.concat(literal(":")).concat(minute)),
    }
    found = select(func.count(distinct(ways[unit])), func.count()).join_from(
        ErrorOccurrenceRow.__table__, LogWriterRow.__table__, W.writer_id == E.writer_id).where(E.at >= begin, E.at < end)
    struck, lines = connection.execute(found).one()
    return int(struck), int(lines)


def _ended(since: datetime, until: datetime) -> tuple[Any, ...]:
    return R.queue.in_(list(QueueName)), R.finished_at >= since, R.finished_at < until


def _seconds(connection: Connection, since: datetime, until: datetime) -> Iterator[tuple[Stage, tuple[float, ...]]]:
    """The seconds of each stage's runs in requests that ended then."""
    runs = select(S.seconds).join_from(RequestRow.__table__, StageRunRow.__table__, S.request_id == R.id)
    for stage in Stage:
        found = connection.scalars(
            runs.where(*_ended(since, until), S.stage == stage, S.status == StageStatus.COMPLETED).limit(MOST_RUNS)).all()
        if found:
            yield stage, tuple(float(one) for one in found)


def _days(since: datetime, until: datetime) -> Iterator[tuple[datetime, datetime]]:
    """The span in parts of one day each."""
    begin = since
    while begin < until:
        end = min(until, begin.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1))
        yield begin, end
        begin = end


def _saved(savings: Savings, skipped: list[Skipped]) -> Estimate | None:
    if not skipped:
        return None
    try:
        return savings.learned().many(skipped)
    except OperatorError:  # a price book that cannot be read: everything else can still be told
        return None

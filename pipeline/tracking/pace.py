"""How much was done lately, by queue and by worker: read from the index on queue and end, however large the record is."""

from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Integer, cast, extract, func, literal, select

from pipeline.database import Moment
from pipeline.domain import Status
from pipeline.tables import QueueName
from pipeline.tracking.connected import REQUESTS, Connected, now
from pipeline.visuals import Value

HOUR = timedelta(hours=1)
HOURS = 24
_C = REQUESTS.c


class Hour(Value):
    """What a worker brought to an end in the last hour."""

    done: int = 0
    failed: int = 0


class Pace(Connected):
    """What the record tells about throughput."""

    def by_worker(self) -> dict[str, Hour]:
        """Each worker's last hour; who ended nothing is absent."""
        ended = select(_C.worker_id, _C.status, func.count()).where(*_ended_in(HOUR), _C.worker_id.is_not(None))
        found: dict[str, Hour] = {}
        with self._engine.connect() as connection:
            for worker_id, status, count in connection.execute(ended.group_by(_C.worker_id, _C.status)):
                hour, name = found.get(worker_id, Hour()), "failed" if status is Status.FAILED else "done"
                found[worker_id] = hour.model_copy(update={name: getattr(hour, name) + count})
        return found

    def by_queue(self) -> dict[QueueName, tuple[int, ...]]:
        """How many requests of each queue ended in each of the last 24 hours, the newest hour last."""
        back = cast(self._hours_until(now()), Integer).label("back")
        placed = select(_C.queue, back).where(*_ended_in(HOURS * HOUR)).subquery()
        counted = select(placed.c.queue, placed.c.back, func.count()).group_by(placed.c.queue, placed.c.back)
        ended = {name: [0] * HOURS for name in QueueName}
        with self._engine.connect() as connection:
            for queue, hours, count in connection.execute(counted):
                ended[queue][HOURS - 1 - min(HOURS - 1, max(0, hours))] += count
        return {name: tuple(counts) for name, counts in ended.items()}

    def _hours_until(self, moment: datetime) -> ColumnElement[Any]:
        """Whole hours from the end of a request to that moment."""
        at, end = literal(moment, Moment()), _C.finished_at
        if self._engine.dialect.name == "postgresql":
            return func.floor(extract("epoch", at - end) / HOUR.total_seconds())
        return (func.julianday(at) - func.julianday(end)) * 24.0


def _ended_in(span: timedelta) -> tuple[ColumnElement[bool], ...]:
    return _C.queue.in_(list(QueueName)), _C.finished_at > now() - span

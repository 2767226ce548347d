"""Every query about who works: workers and their hearts, orphaned requests, queues, dead letters, breakers."""

from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, func, insert, or_, select, update
from sqlalchemy.exc import IntegrityError

from pipeline.domain import Status
from pipeline.tables import DeadSource, EventKind, QueueName
from pipeline.tracking.connected import BREAKERS, DEAD, REQUESTS, WORKERS, Connected, now, since_replay
from pipeline.tracking.views import Breaker, DeadLetter, Doing, Orphan, QueueView, Waiting, WorkerView

SILENT_SECONDS = 10.0
CLAIM_SECONDS = 5.0
"""How long whoever claimed a waiting request has to tell the engine before another one does."""
AT_ONCE = 100
SHOWN_FOR = timedelta(days=1)


class Fleet(Connected):
    """The part of the record about those who work."""

    # workers

    def enrol(self, worker_id: str, *, host: str, machine: str, pid: int, version: str, queues: Sequence[QueueName],
              concurrency: int) -> None:
        """A worker begins."""
        with self._engine.begin() as connection:
            connection.execute(insert(WORKERS).values(
                worker_id=worker_id, host=host, machine=machine, pid=pid, version=version, queues=list(queues),
                concurrency=concurrency, started_at=now(), heartbeat_at=self._later(0), memory_bytes=0, done=0, failed=0))

    def beat(self, worker_id: str, *, memory_bytes: int, done: int, failed: int) -> None:
        """The worker lives."""
        with self._engine.begin() as connection:
            connection.execute(update(WORKERS).where(WORKERS.c.worker_id == worker_id).values(
                heartbeat_at=self._later(0), memory_bytes=memory_bytes, done=done, failed=failed, stopped_at=None))

    def leave(self, worker_id: str) -> None:
        """The worker has stopped."""
        with self._engine.begin() as connection:
            connection.execute(update(WORKERS).where(WORKERS.c.worker_id == worker_id).values(stopped_at=self._later(0)))

    def workers(self) -> list[WorkerView]:
        """The workers that lived in the last day, with what they are doing, the newest first."""
        recent = select(WORKERS).where(WORKERS.c.heartbeat_at > now() - SHOWN_FOR).order_by(WORKERS.c.started_at.desc())
        doing = select(REQUESTS.c.worker_id, REQUESTS.c.id, REQUESTS.c.current_stage, REQUESTS.c.started_at).where(
            REQUESTS.c.status == Status.RUNNING)
        with self._engine.connect() as connection:
            clock, rows = self._clock(connection), connection.execute(recent).mappings().all()
            busy: dict[str, list[Doing]] = {}
            for worker_id, request_id, stage, since in connection.execute(doing):
                busy.setdefault(worker_id, []).append(Doing(request_id=request_id, stage=stage, since=since))
        return [WorkerView.model_validate({
            **row, "silent_seconds": (clock - row["heartbeat_at"]).total_seconds(), "doing": busy.get(row["worker_id"], ())
        }) for row in rows]

    def in_hand(self, worker_id: str) -> dict[str, int]:
        """The requests that the worker holds, with their leases."""
        mine = select(REQUESTS.c.id, REQUESTS.c.lease).where(
            REQUESTS.c.worker_id == worker_id, REQUESTS.c.status == Status.RUNNING)
        with self._engine.connect() as connection:
            return dict(connection.execute(mine).tuples().all())

    def orphans(self, *, machine: str, living: Callable[[int], bool], silent: float = SILENT_SECONDS) -> list[Orphan]:
        """Requests under way whose worker stopped, is unknown, or has been silent too long.

        A worker of this machine is dead as soon as its process is, which `living` knows.
        """
        with self._engine.connect() as connection:
            clock = self._clock(connection)
            gone = or_(WORKERS.c.worker_id.is_(None), WORKERS.c.stopped_at.is_not(None),
                       WORKERS.c.heartbeat_at < clock - timedelta(seconds=silent))
            wanted = (
                select(REQUESTS.c.id, REQUESTS.c.lease, REQUESTS.c.worker_id, WORKERS.c.heartbeat_at, WORKERS.c.pid,
                       WORKERS.c.machine, gone.label("gone"))
                .select_from(REQUESTS).outerjoin(WORKERS, WORKERS.c.worker_id == REQUESTS.c.worker_id)
                .where(REQUESTS.c.status == Status.RUNNING))
            return [
                Orphan(request_id=row.id, lease=row.lease, worker_id=row.worker_id,
                       silent_seconds=row.heartbeat_at and (clock - row.heartbeat_at).total_seconds(),
                       takeovers=since_replay(connection, row.id, EventKind.TAKEN_OVER))
                for row in connection.execute(wanted).all()
                if row.gone or (row.machine == machine and not living(row.pid))
            ]

    def _clock(self, connection: Connection) -> datetime:
        moment: datetime = connection.execute(select(self._later(0))).scalar_one()
        return moment

    # waiting requests and queues

    def waiting(self, limit: int = AT_ONCE) -> list[Waiting]:
        """Pending requests that are due to be put into the engine; each is claimed for the one who asked."""
        c = REQUESTS.c
        due = select(c.id).where(c.status == Status.PENDING, c.due_at <= self._later(0)).order_by(c.due_at).limit(limit)
        claim = update(REQUESTS).where(c.id.in_(due.with_for_update(skip_locked=True)), c.status == Status.PENDING)
        with self._engine.begin() as connection:
            rows = connection.execute(
                claim.values(due_at=self._later(CLAIM_SECONDS)).returning(c.id, c.queue, c.priority)).all()
        return [Waiting(request_id=row.id, queue=row.queue, priority=row.priority) for row in rows]

    def seen(self, request_ids: Collection[str], *, seconds: float) -> None:
        """The engine knows these requests: they need not be looked at again for so many seconds."""
        if request_ids:
            with self._engine.begin() as connection:
                connection.execute(
                    update(REQUESTS).where(REQUESTS.c.id.in_(request_ids), REQUESTS.c.status == Status.PENDING)
                    .values(due_at=self._later(seconds)))

    def queues(self) -> list[QueueView]:
        """Each queue as it stands."""
        c = REQUESTS.c
        hour = now() - timedelta(hours=1)
        open_ = select(c.queue, c.status, func.count(), func.min(c.created_at)).where(
            c.status.in_([Status.PENDING, Status.RUNNING])).group_by(c.queue, c.status)
        each = c.queue.in_(list(QueueName))  # so that the index of (queue, finished_at) can answer
        done = select(c.queue, func.count()).where(each, c.finished_at > hour).group_by(c.queue)
        with self._engine.connect() as connection:
            counted = {(queue, status): (count, oldest) for queue, status, count, oldest in connection.execute(open_)}
            hourly: dict[str, int] = dict(connection.execute(done).tuples().all())
        return [
            QueueView(name=name, waiting=counted.get((name, Status.PENDING), (0, None))[0],
                      running=counted.get((name, Status.RUNNING), (0, None))[0],
                      oldest_waiting_at=counted.get((name, Status.PENDING), (0, None))[1], done_last_hour=hourly.get(name, 0))
            for name in QueueName
        ]

    # dead letters

    def bury_message(self, source: DeadSource, payload: dict[str, Any], reason: str, *, key: str) -> bool:
        """Keep a message that can never succeed; False when the message of this key is kept already."""
        row: dict[str, Any] = {"source": source, "request_id": None, "message_key": key, "payload": payload, "reason": reason,
               "history": [], "created_at": now()}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(DEAD), row)
        except IntegrityError:
            with self._engine.connect() as connection:
                if connection.scalar(select(DEAD.c.dead_id).where(DEAD.c.message_key == key)) is None:
                    raise
            return False
        return True

    def dead_letters(self, *, before: int | None = None, limit: int = AT_ONCE, settled: bool = False) -> list[DeadLetter]:
        """What was given up and nobody has replayed or discarded (or all of it), the newest first, older than `before`."""
        wanted = select(DEAD).order_by(DEAD.c.dead_id.desc()).limit(limit)
        if before is not None:
            wanted = wanted.where(DEAD.c.dead_id < before)
        if not settled:
            wanted = wanted.where(DEAD.c.replayed_at.is_(None), DEAD.c.discarded_at.is_(None))
        with self._engine.connect() as connection:
            rows = connection.execute(wanted).mappings().all()
        return [DeadLetter.model_validate({name: row[name] for name in DeadLetter.model_fields}) for row in rows]

    # breakers

    def breakers(self) -> list[Breaker]:
        """Every provider that has ever failed."""
        with self._engine.connect() as connection:
            rows: Collection[RowMapping] = connection.execute(select(BREAKERS).order_by(BREAKERS.c.provider)).mappings().all()
        return [Breaker.model_validate(dict(row)) for row in rows]

    def change_breaker(self, provider: str, change: Callable[[Breaker], Breaker]) -> Breaker:
        """Let `change` decide on the provider's breaker, as the only one who does at this moment; the new one."""
        try:
            return self._changed(provider, change)
        except IntegrityError:  # another worker met this provider first
            return self._changed(provider, change)

    def _changed(self, provider: str, change: Callable[[Breaker], Breaker]) -> Breaker:
        mine = BREAKERS.c.provider == provider
        with self._engine.begin() as connection:
            locked = connection.execute(update(BREAKERS).where(mine).values(provider=provider)).rowcount
            row = connection.execute(select(BREAKERS).where(mine)).mappings().one_or_none()
            before = Breaker.model_validate(dict(row)) if row else Breaker(provider=provider, changed_at=now())
            after = change(before)
            if after != before or not locked:
                values = after.model_dump()
                connection.execute(update(BREAKERS).where(mine).values(**values) if locked
                                   else insert(BREAKERS).values(**values))
        return after

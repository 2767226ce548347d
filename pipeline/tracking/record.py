"""Every query about requests. Frozen values come out, never sessions or rows."""

import statistics
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session, defer

from pipeline.domain import GenerationRequest, Stage, StageStatus, Status
from pipeline.errors import BadRequest, LostLease, TooMany
from pipeline.tables import EventKind, RequestRow, ReviewRow, ShelfRow, StageRunRow
from pipeline.tracking.connected import EVENTS, REQUESTS, now, one_at_a_time, say
from pipeline.tracking.fleet import Fleet
from pipeline.tracking.quotas import Quotas
from pipeline.tracking.reruns import Reruns
from pipeline.tracking.rows import review_of, row_of, runs_of, view_of
from pipeline.tracking.runs import Runs
from pipeline.tracking.views import Event, RequestView, Review

RECENT = 50
EXPECTATION_RUNS = 20
UNSEEN_SECONDS = 5.0
"""How long whoever accepted a request has to tell the engine; after that a worker does."""
EVENTS_AT_ONCE = 500


class Record(Runs, Reruns, Fleet, Quotas):
    """The record of all requests in one database."""

    # requests

    def accept(
        self, request: GenerationRequest, *, asked_by: str | None = None, idempotency_key: str | None = None,
        priority: int = 0, correlation_id: str = "", most_waiting: int | None = None,
    ) -> bool:
        """Note a new request as pending; False when its id or its key is known already, and nothing changes then.

        `asked_by` is the account of whoever asked in the student's place; None for the command line. Raises `TooMany`
        when `most_waiting` requests of the student wait already, and `BadRequest` when it names what is not there.
        """
        request_id = request.request_id
        row = row_of(request) | {
            "asked_by_id": asked_by, "idempotency_key": idempotency_key, "priority": priority,
            "correlation_id": correlation_id, "due_at": self._later(UNSEEN_SECONDS), "created_at": now(),
        }
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(REQUESTS).values(**row))
                if most_waiting is not None:
                    check_waiting(connection, request.student_id, most_waiting)
                say(connection, request_id, EventKind.ACCEPTED, queue=row["queue"], priority=priority)
        except IntegrityError as fault:
            if self.known_as(request_id, idempotency_key) is None:
                raise BadRequest("request", "refers to a lesson or an account that is not there.") from fault
            return False
        return True

    def known_as(self, request_id: str, idempotency_key: str | None = None) -> str | None:
        """The id of the request that has this id or this key."""
        same = REQUESTS.c.id == request_id
        if idempotency_key is not None:
            same |= REQUESTS.c.idempotency_key == idempotency_key
        with self._engine.connect() as connection:
            found: str | None = connection.scalar(select(REQUESTS.c.id).where(same).order_by(REQUESTS.c.created_at))
        return found

    def cancel(self, request_id: str) -> None:
        """Ask for a stop: a pending request is cancelled at once, a running one at its next check."""
        mine, status = REQUESTS.c.id == request_id, REQUESTS.c.status
        with self._engine.begin() as connection:
            asked = connection.execute(
                update(REQUESTS).where(mine, status.in_([Status.PENDING, Status.RUNNING]), ~REQUESTS.c.cancel_requested)
                .values(cancel_requested=True))
            if asked.rowcount:
                say(connection, request_id, EventKind.CANCEL_REQUESTED)
            ended = connection.execute(
                update(REQUESTS).where(mine, status == Status.PENDING).values(status=Status.CANCELLED, finished_at=now()))
            if ended.rowcount:
                say(connection, request_id, EventKind.DECIDED, status=Status.CANCELLED, error="")

    def cancel_requested(self, request_id: str, *, lease: int | None = None) -> bool:
        """Whether somebody asked for a stop. Raises `LostLease` where the request is in other hands."""
        with self._engine.connect() as connection:
            row = connection.execute(
                select(REQUESTS.c.cancel_requested, REQUESTS.c.lease).where(REQUESTS.c.id == request_id)).one_or_none()
        if row is not None and lease is not None and row.lease != lease:
            raise LostLease
        return bool(row and row.cancel_requested)

    def undecided(self) -> list[str]:
        """The ids of requests that nobody has decided yet, oldest first."""
        with Session(self._engine) as session:
            open_ = select(RequestRow.id).where(RequestRow.status.in_([Status.PENDING, Status.RUNNING]))
            return list(session.scalars(open_.order_by(RequestRow.created_at)))

    def view(self, request_id: str) -> RequestView | None:
        """Everything known about one request."""
        with Session(self._engine) as session:
            row = session.get(RequestRow, request_id)
            return None if row is None else view_of(row, runs_of(session, [row.id])[row.id])

    def listed(
        self, *, status: Status | None = None, request_id: str | None = None, limit: int = RECENT
    ) -> list[RequestView]:
        """The newest requests of this status or this id, with their stages."""
        wanted = select(RequestRow).order_by(RequestRow.created_at.desc()).limit(limit)
        if status is not None:
            wanted = wanted.where(RequestRow.status == status)
        if request_id is not None:
            wanted = wanted.where(RequestRow.id == request_id)
        with Session(self._engine) as session:
            rows = session.scalars(wanted).all()
            runs = runs_of(session, [row.id for row in rows])
            return [view_of(row, runs[row.id]) for row in rows]

    def recent(self, limit: int = RECENT) -> list[RequestView]:
        """The newest requests, without their stages, lessons and drafts."""
        lean = select(RequestRow).options(defer(RequestRow.result), defer(RequestRow.draft))
        with Session(self._engine) as session:
            rows = session.scalars(lean.order_by(RequestRow.created_at.desc()).limit(limit))
            return [view_of(row, (), whole=False) for row in rows]

    def events(self, request_id: str, after: int = 0, *, limit: int = EVENTS_AT_ONCE) -> list[Event]:
        """What happened to the request after the event of this number, oldest first."""
        wanted = select(EVENTS).where(EVENTS.c.request_id == request_id, EVENTS.c.event_id > after)
        with self._engine.connect() as connection:
            rows = connection.execute(wanted.order_by(EVENTS.c.event_id).limit(limit)).mappings()
            return [Event.model_validate(dict(row)) for row in rows]

    # the shelf

    def shelved(self, key: str) -> dict[str, Any] | None:
        """What was kept under the key."""
        with Session(self._engine) as session:
            return session.scalar(select(ShelfRow.value).where(ShelfRow.key == key))

    def shelve(self, key: str, value: Mapping[str, Any], request_id: str) -> None:
        """Keep a value under the key; what was there is replaced."""
        row = {"value": dict(value), "request_id": request_id, "created_at": now()}
        replace = update(ShelfRow).where(ShelfRow.key == key).values(**row)
        try:
            with self._engine.begin() as connection:
                if connection.execute(replace).rowcount == 0:
                    connection.execute(insert(ShelfRow).values(key=key, **row))
        except IntegrityError:  # another request kept the same at this very moment
            with self._engine.begin() as connection:
                connection.execute(replace)

    # reviews

    def review(
        self, request_id: str, *, rating: int | None = None, note: str = "", approved: bool | None = None,
        author: str | None = None,
    ) -> None:
        """Add what a person, by account, said about the lesson."""
        with Session(self._engine) as session, session.begin():
            session.add(ReviewRow(request_id=request_id, rating=rating, note=note, approved=approved, author_id=author,
                                  created_at=now()))

    def reviews(self, request_id: str) -> list[Review]:
        """What people said about the lesson, newest first."""
        with Session(self._engine) as session:
            rows = session.scalars(
                select(ReviewRow).where(ReviewRow.request_id == request_id).order_by(ReviewRow.id.desc())
            )
            return [review_of(row) for row in rows]

    # expectations

    def stage_seconds(self) -> dict[Stage, float]:
        """The median seconds of each stage over its last completed runs on this machine; stages never run are absent."""
        medians = {}
        with Session(self._engine) as session:
            for stage in Stage:
                seconds = session.scalars(
                    select(StageRunRow.seconds)
                    .where(StageRunRow.stage == stage, StageRunRow.status == StageStatus.COMPLETED)
                    .order_by(StageRunRow.id.desc()).limit(EXPECTATION_RUNS)
                ).all()
                if seconds:
                    medians[stage] = statistics.median(seconds)
        return medians


def check_waiting(connection: Connection, student_id: str, most: int) -> None:
    """Raises `TooMany` when more than `most` requests of the student wait; whoever asks at the same time is counted."""
    one_at_a_time(connection, student_id)
    waiting = select(func.count()).where(REQUESTS.c.student_id == student_id, REQUESTS.c.status == Status.PENDING)
    if (connection.scalar(waiting) or 0) > most:
        raise TooMany(f"This student has {most} requests waiting: ask again when some of them are done.")

"""What a run of a request writes. Each write asks in its own transaction whether the run still holds the request."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, delete, func, insert, select, update

from pipeline.domain import GenerationRequest, Lesson, Stage, StageRun, StageStatus, Status
from pipeline.tables import DeadSource, EventKind
from pipeline.tracking.connected import (
    ARTIFACTS,
    DEAD,
    EVENTS,
    REQUESTS,
    RESULTS,
    RUNS,
    Connected,
    hold,
    now,
    one_at_a_time,
    say,
    since_replay,
)
from pipeline.tracking.results import topic_of
from pipeline.tracking.stages import Closed, Opened, write_stages
from pipeline.tracking.stored import bill_bytes
from pipeline.tracking.views import Taken

RUNNING_PER_STUDENT = 2
BUSY_SECONDS = 1.0
BROKEN_OFF = "The worker stopped in the middle of this stage."


class Runs(Connected):
    """The part of the record that runs write."""

    def begin(self, request_id: str, worker_id: str | None = None, *, at_once: int | None = None) -> Taken | None:
        """Take a pending request; None when there is none of this id, or others of the same student run `at_once`.

        From here on only the holder of the lease can write.
        """
        try:
            with self._engine.begin() as connection:
                return self._taken(connection, request_id, worker_id, at_once)
        except _Busy:
            with self._engine.begin() as connection:
                connection.execute(update(REQUESTS).where(REQUESTS.c.id == request_id, REQUESTS.c.status == Status.PENDING)
                                   .values(due_at=self._later(BUSY_SECONDS)))
            return None

    def _taken(self, connection: Connection, request_id: str, worker_id: str | None, at_once: int | None) -> Taken | None:
        c = REQUESTS.c
        row = connection.execute(
            update(REQUESTS).where(c.id == request_id, c.status == Status.PENDING)
            .values(status=Status.RUNNING, lease=c.lease + 1, attempts=c.attempts + 1, worker_id=worker_id,
                    started_at=now(), draft="", progress=0.0, due_at=None)
            .returning(c.request, c.lease, c.attempts, c.student_id, c.rerun_of)
        ).one_or_none()
        if row is None:
            return None
        if at_once is not None:
            one_at_a_time(connection, row.student_id)
            running = select(func.count()).where(c.student_id == row.student_id, c.status == Status.RUNNING)
            if (connection.scalar(running) or 0) > at_once:
                raise _Busy
        kept: dict[Stage, dict[str, Any]] = {}
        tries = 1
        if row.attempts > 1 or row.rerun_of:
            found = connection.execute(select(RESULTS.c.stage, RESULTS.c.value).where(RESULTS.c.request_id == request_id))
            kept = dict(found.tuples().all())
            tries += since_replay(connection, request_id, EventKind.RETRY_SCHEDULED)
        say(connection, request_id, EventKind.TAKEN, worker_id=worker_id, lease=row.lease, attempt=row.attempts)
        return Taken(request=GenerationRequest.model_validate(row.request), lease=row.lease, attempts=row.attempts,
                     tries=tries, kept=kept)

    def stage_started(self, request_id: str, stage: Stage, family: str, model: str, *, lease: int | None = None) -> None:
        """A stage of the request begins."""
        self.write(request_id, opened=Opened(stage=stage, family=family, model=model, started_at=now()), lease=lease)

    def stage_finished(
        self, request_id: str, run: StageRun, progress: float, *, lease: int | None = None,
        kept: Mapping[str, Any] | None = None,
    ) -> None:
        """The stage run as it was, with its usage and what it came to."""
        self.write(request_id, closed=(Closed(run=run, kept=kept),), progress=progress, lease=lease)

    def write(
        self, request_id: str, *, closed: Sequence[Closed] = (), opened: Opened | None = None,
        progress: float | None = None, lease: int | None = None,
    ) -> None:
        """Stages that ended, each with its bill and its result, and the one that began: all or nothing, and only once."""
        values: dict[str, Any] = {} if opened is None else {"current_stage": opened.stage}
        if progress is not None:
            values["progress"] = progress
        for end in closed:
            if end.kept is not None and (topic := topic_of(end.run.stage, end.kept)):
                values["topic_id"] = topic
        with self._engine.begin() as connection:
            hold(connection, request_id, lease, **values)
            write_stages(connection, request_id, closed, opened)

    def forget_result(self, request_id: str, stage: Stage) -> None:
        """Drop what an earlier version kept and this one cannot read: the stage is run again."""
        with self._engine.begin() as connection:
            connection.execute(delete(RESULTS).where(RESULTS.c.request_id == request_id, RESULTS.c.stage == stage))

    def note(
        self, request_id: str, *, draft: str | None = None, progress: float | None = None, lease: int | None = None
    ) -> None:
        """The article so far, or how far the request is."""
        said = {"draft": draft, "progress": progress}
        with self._engine.begin() as connection:
            hold(connection, request_id, lease, **{name: value for name, value in said.items() if value is not None})

    def finish(
        self, lesson: Lesson, artifacts: Mapping[str, tuple[str, int]], error: str = "", *, lease: int | None = None,
        dead: bool = False,
    ) -> None:
        """Keep the result; with `dead`, as a dead letter too. `artifacts` maps a store name to its kind and bytes."""
        request_id = lesson.request_id
        with self._engine.begin() as connection:
            hold(connection, request_id, lease, status=lesson.status, result=lesson.model_dump(mode="json"), error=error,
                 current_stage=None, progress=1.0, finished_at=now(), **_told(lesson))
            if artifacts:
                _keep_artifacts(connection, request_id, artifacts)
            say(connection, request_id, EventKind.DECIDED, status=lesson.status, error=error)
            if dead:
                bury(connection, request_id, error)

    def release(self, request_id: str, lease: int, kind: EventKind, *, seconds: float = 0.0, **data: Any) -> None:
        """Give the request back, to be taken again in so many seconds. Raises `LostLease` when it was not held."""
        with self._engine.begin() as connection:
            hold(connection, request_id, lease, status=Status.PENDING, lease=lease + 1, worker_id=None, current_stage=None,
                 due_at=self._later(seconds))
            connection.execute(
                update(RUNS).where(RUNS.c.request_id == request_id, RUNS.c.status == StageStatus.RUNNING)
                .values(status=StageStatus.FAILED, error=BROKEN_OFF))
            say(connection, request_id, kind, seconds=round(seconds, 2), **data)


class _Busy(Exception):
    """The student has enough requests under way."""


def _told(lesson: Lesson) -> dict[str, Any]:
    """What many lessons are told apart and added up by, beside the lesson itself, where a query finds it at once."""
    about = {"topic_id": lesson.intent.topic_id} if lesson.intent else {}
    return {**about, "cache_hit": lesson.cache_hit,
            "script_words": len(lesson.script.article.split()) if lesson.script else None}


def _keep_artifacts(connection: Connection, request_id: str, artifacts: Mapping[str, tuple[str, int]]) -> None:
    known = set(connection.scalars(select(ARTIFACTS.c.name).where(ARTIFACTS.c.request_id == request_id)))
    fresh = [{"request_id": request_id, "kind": kind, "name": name, "size": size}
             for name, (kind, size) in artifacts.items() if name not in known]
    if fresh:
        connection.execute(insert(ARTIFACTS), fresh)
        bill_bytes(connection, request_id, {name: kept for name, kept in artifacts.items() if name not in known})


def bury(connection: Connection, request_id: str, reason: str) -> None:
    """Write the request to the dead letters with everything that happened to it."""
    say(connection, request_id, EventKind.DEAD_LETTERED, reason=reason)
    happened = connection.execute(
        select(EVENTS.c.at, EVENTS.c.kind, EVENTS.c.data).where(EVENTS.c.request_id == request_id).order_by(EVENTS.c.event_id))
    history = [{"at": at.isoformat(), "kind": str(kind), "data": data} for at, kind, data in happened]
    payload = connection.scalar(select(REQUESTS.c.request).where(REQUESTS.c.id == request_id))
    connection.execute(insert(DEAD), {
        "source": DeadSource.WORKER, "request_id": request_id, "payload": payload, "reason": reason, "history": history,
        "created_at": now(),
    })

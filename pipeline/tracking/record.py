"""Every query about requests. Frozen values come out, never sessions or rows."""

import statistics
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from pipeline.domain import GenerationRequest, Lesson, Stage, StageRun, StageStatus, Status
from pipeline.tables import ArtifactRow, RequestRow, ReviewRow, ShelfRow, StageRunRow, UsageRow
from pipeline.tracking.rows import review_of, runs_of, view_of
from pipeline.tracking.views import RequestView, Review

RECENT = 50
EXPECTATION_RUNS = 20


class Record:
    """The record of all requests in one database."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # requests

    def accept(self, request: GenerationRequest, *, asked_by: str | None = None) -> bool:
        """Note a new request as pending; False when its id is known already, and nothing changes then.

        `asked_by` is the account of whoever asked in the student's place; None for the command line.
        """
        row = RequestRow(
            id=request.request_id, student_id=request.student_id, student_query=request.student_query,
            request=request.model_dump(mode="json"), status=Status.PENDING, created_at=_now(),
            requested_modalities=list(request.requested_modalities), preferred_modality=request.preferred_modality,
            modality_preferences=dict(request.modality_preferences), revision_of=request.revision_of,
            asked_by_id=asked_by,
        )
        try:
            with Session(self._engine) as session, session.begin():
                session.add(row)
        except IntegrityError:
            return False
        return True

    def begin(self, request_id: str) -> GenerationRequest | None:
        """The request, now running; None when it is unknown or decided. A stage that a killed worker left running has failed."""
        with Session(self._engine) as session, session.begin():
            row = session.get(RequestRow, request_id)
            if row is None or row.status.decided:
                return None
            for stale in session.scalars(select(StageRunRow).where(
                StageRunRow.request_id == request_id, StageRunRow.status == StageStatus.RUNNING
            )):
                stale.status, stale.error = StageStatus.FAILED, "The worker stopped in the middle of this stage."
            row.status, row.started_at, row.draft, row.progress = Status.RUNNING, _now(), "", 0.0
            return GenerationRequest.model_validate(row.request)

    def finish(self, lesson: Lesson, artifacts: Mapping[str, tuple[str, int]], error: str = "") -> None:
        """Keep the result. `artifacts` maps a store name to its kind and size in bytes."""
        with Session(self._engine) as session, session.begin():
            row = session.get_one(RequestRow, lesson.request_id)
            row.status, row.result, row.error = lesson.status, lesson.model_dump(mode="json"), error
            row.current_stage, row.progress, row.finished_at = None, 1.0, _now()
            known = set(session.scalars(select(ArtifactRow.name).where(ArtifactRow.request_id == row.id)))
            for name, (kind, size) in artifacts.items():
                if name not in known:
                    session.add(ArtifactRow(request_id=row.id, kind=kind, name=name, size=size))

    def cancel(self, request_id: str) -> None:
        """Ask for a stop: a pending request is cancelled at once, a running one at its next check."""
        with Session(self._engine) as session, session.begin():
            session.execute(update(RequestRow).where(RequestRow.id == request_id).values(cancel_requested=True))
            session.execute(
                update(RequestRow).where(RequestRow.id == request_id, RequestRow.status == Status.PENDING)
                .values(status=Status.CANCELLED, finished_at=_now())
            )

    def cancel_requested(self, request_id: str) -> bool:
        """Whether somebody asked for a stop."""
        with Session(self._engine) as session:
            return bool(session.scalar(select(RequestRow.cancel_requested).where(RequestRow.id == request_id)))

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

    def recent(self, limit: int = RECENT) -> list[RequestView]:
        """The newest requests, without their stages."""
        with Session(self._engine) as session:
            rows = session.scalars(select(RequestRow).order_by(RequestRow.created_at.desc()).limit(limit))
            return [view_of(row, ()) for row in rows]

    # what happens while a request runs

    def stage_started(self, request_id: str, stage: Stage, family: str, model: str) -> None:
        """A stage of the request begins."""
        with Session(self._engine) as session, session.begin():
            session.get_one(RequestRow, request_id).current_stage = stage
            session.add(StageRunRow(
                request_id=request_id, position=_next_position(session, request_id), stage=stage,
                status=StageStatus.RUNNING, family=family, model=model, started_at=_now(),
                attempts=_attempts(session, request_id, stage) + 1,
            ))

    def stage_finished(self, request_id: str, run: StageRun, progress: float) -> None:
        """The stage run as it was, with its usage."""
        with Session(self._engine) as session, session.begin():
            row = session.scalar(select(StageRunRow).where(
                StageRunRow.request_id == request_id, StageRunRow.stage == run.stage,
                StageRunRow.status == StageStatus.RUNNING,
            ))
            if row is None:
                row = StageRunRow(request_id=request_id, position=_next_position(session, request_id), stage=run.stage)
                session.add(row)
            row.status, row.seconds, row.error = run.status, run.seconds, run.error
            row.family, row.model = run.family, run.model
            session.flush()
            session.add_all(
                UsageRow(stage_run_id=row.id, provider=u.provider, model=u.model, unit=u.unit, quantity=u.quantity,
                         recorded_at=_now())
                for u in run.usage
            )
            session.get_one(RequestRow, request_id).progress = progress

    def note(self, request_id: str, *, draft: str | None = None, progress: float | None = None) -> None:
        """The article so far, or how far the request is."""
        values: dict[str, Any] = {} if draft is None else {"draft": draft}
        if progress is not None:
            values["progress"] = progress
        with Session(self._engine) as session, session.begin():
            session.execute(update(RequestRow).where(RequestRow.id == request_id).values(**values))

    # the shelf

    def shelved(self, key: str) -> dict[str, Any] | None:
        """What was kept under the key."""
        with Session(self._engine) as session:
            return session.scalar(select(ShelfRow.value).where(ShelfRow.key == key))

    def shelve(self, key: str, value: Mapping[str, Any], request_id: str) -> None:
        """Keep a value under the key; what was there is replaced."""
        with Session(self._engine) as session, session.begin():
            session.merge(ShelfRow(key=key, value=dict(value), request_id=request_id, created_at=_now()))

    # reviews

    def review(
        self, request_id: str, *, rating: int | None = None, note: str = "", approved: bool | None = None,
        author: str | None = None,
    ) -> None:
        """Add what a person, by account, said about the lesson."""
        with Session(self._engine) as session, session.begin():
            session.add(ReviewRow(request_id=request_id, rating=rating, note=note, approved=approved, author_id=author,
                                  created_at=_now()))

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


def _next_position(session: Session, request_id: str) -> int:
    last = session.scalar(select(func.max(StageRunRow.position)).where(StageRunRow.request_id == request_id))
    return 0 if last is None else last + 1


def _attempts(session: Session, request_id: str, stage: Stage) -> int:
    runs = select(func.count()).where(StageRunRow.request_id == request_id, StageRunRow.stage == stage)
    return session.scalar(runs) or 0



def _now() -> datetime:
    return datetime.now(UTC)

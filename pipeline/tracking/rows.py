"""Rows of the tables -> the frozen values that the record hands out."""

from collections.abc import Sequence
from datetime import UTC
from typing import Any

from pydantic import ValidationError
from sqlalchemy import select
from sqlalchemy.orm import Session

from pipeline.domain import GenerationRequest, Lesson, Modality, StageRun, Status, Usage
from pipeline.guardrails import scrubbed
from pipeline.tables import QueueName, RequestRow, ReviewRow, StageRunRow, UsageRow
from pipeline.tracking.views import RequestView, Review


def runs_of(session: Session, request_ids: Sequence[str]) -> dict[str, tuple[StageRun, ...]]:
    """The stage runs of each of these requests, in order, with their usage."""
    rows = session.scalars(
        select(StageRunRow).where(StageRunRow.request_id.in_(request_ids)).order_by(StageRunRow.position)
    ).all()
    counted = select(UsageRow).where(UsageRow.stage_run_id.in_([row.id for row in rows])).order_by(UsageRow.id)
    usage: dict[int, list[Usage]] = {}
    for u in session.scalars(counted):
        usage.setdefault(u.stage_run_id, []).append(
            Usage(provider=u.provider, model=u.model, unit=u.unit, quantity=u.quantity, tier=u.tier, size=u.size,
                  day=u.recorded_at.astimezone(UTC).date())
        )
    runs: dict[str, tuple[StageRun, ...]] = dict.fromkeys(request_ids, ())
    for row in rows:
        runs[row.request_id] += (StageRun(
            stage=row.stage, status=row.status, family=row.family, model=row.model,
            attempts=row.attempts, started_at=row.started_at, seconds=row.seconds,
            usage=tuple(usage.get(row.id, ())), error=row.error,
        ),)
    return runs


def view_of(row: RequestRow, runs: Sequence[StageRun], *, whole: bool = True) -> RequestView:
    """One request with these stage runs; `whole` with the lesson and the draft."""
    return RequestView(
        request=GenerationRequest.model_validate(row.request), status=row.status,
        current_stage=row.current_stage, progress=row.progress, draft=row.draft if whole else "",
        lesson=_lesson_of(row) if whole else None, error=row.error,
        cancel_requested=row.cancel_requested, stages=tuple(runs), created_at=row.created_at,
        started_at=row.started_at, finished_at=row.finished_at, queue=row.queue, priority=row.priority,
        attempts=row.attempts, worker_id=row.worker_id, correlation_id=row.correlation_id, rerun_of=row.rerun_of,
        rerun_from=row.rerun_from,
    )


def row_of(request: GenerationRequest) -> dict[str, Any]:
    """A new request as a row, pending; what it tells about people is not written down."""
    request = scrubbed(request)
    return {
        "id": request.request_id, "student_id": request.student_id, "student_query": request.student_query,
        "request": request.model_dump(mode="json"), "status": Status.PENDING,
        "requested_modalities": list(request.requested_modalities), "preferred_modality": request.preferred_modality,
        "modality_preferences": dict(request.modality_preferences), "revision_of": request.revision_of,
        "queue": queue_of(request), "progress": 0.0, "draft": "", "error": "", "cancel_requested": False, "lease": 0,
        "attempts": 0,
    }


def queue_of(request: GenerationRequest) -> QueueName:
    """The line that the request waits in: what is only written never waits behind what is spoken, drawn or filmed."""
    return QueueName.TEXT if set(request.requested_modalities) == {Modality.TEXT} else QueueName.VIDEO


def _lesson_of(row: RequestRow) -> Lesson | None:
    """The lesson; of one that an older version wrote in another form, its status and a reason to make it again."""
    if row.result is None:
        return None
    try:
        return Lesson.model_validate(row.result)
    except ValidationError:
        reason = "This lesson was recorded by another version of Vividly and cannot be shown: make it again."
        return Lesson(request_id=row.id, status=row.status, reason=reason)


def review_of(row: ReviewRow) -> Review:
    """One review."""
    author = (row.author.name or row.author.email) if row.author else ""
    return Review(rating=row.rating, note=row.note, approved=row.approved, author=author, created_at=row.created_at)

"""The record's values -> what goes out. A usage without a price is null, never 0."""

from decimal import Decimal

from pipeline.api.links import Links
from pipeline.api.models import ArtifactOut, ClarificationOut, RequestOut, ResultsOut, SourceOut, StageOut
from pipeline.domain import Lesson, Stage, StageRun, StageStatus, Status
from pipeline.errors import OperatorError
from pipeline.ports import Artifacts
from pipeline.prices import Unpriced
from pipeline.report import Foresight, savings, stage_cost, total_cost
from pipeline.shelf import files_of
from pipeline.tracking import RequestView

REQUESTS = "/api/v1/content/requests"


def status_url(request_id: str) -> str:
    """Where the request is told about."""
    return f"{REQUESTS}/{request_id}"


def events_url(request_id: str) -> str:
    """Where its events come from."""
    return f"{REQUESTS}/{request_id}/events"


def request_out(view: RequestView, store: Artifacts, links: Links, foresee: Foresight) -> RequestOut:
    """The request as it stands."""
    request, failed = view.request, view.status is Status.FAILED
    made = view.lesson if view.lesson and view.lesson.script else None
    results = _results(request.request_id, made, store, links=links) if made else None
    urls = {artifact.kind: artifact.url for artifact in results.artifacts} if results else {}
    reason = _reason(view)
    return RequestOut(
        request_id=request.request_id, correlation_id=view.correlation_id, status=view.status, stage=view.current_stage,
        progress=_fraction(view), attempts=view.attempts, cancel_requested=view.cancel_requested,
        created_at=view.created_at, started_at=view.started_at, finished_at=view.finished_at,
        requested_modalities=list(request.requested_modalities), reason=reason, clarification=_clarification(view.lesson),
        results=results, stages=[_stage(run) for run in view.stages], cost_usd=_total(view),
        savings_usd=_saved(view, foresee), rerun_of=view.rerun_of, rerun_from=view.rerun_from,
        status_url=status_url(request.request_id), events_url=events_url(request.request_id),
        current_stage=view.current_stage, progress_percentage=int(_fraction(view) * 100),
        completed_at=None if failed else view.finished_at, failed_at=view.finished_at if failed else None,
        video_url=urls.get("video"), script_text=results.text if results else None, thumbnail_url=urls.get("poster"),
        error_message=reason if failed else None, error_stage=_error_stage(view) if failed else None,
    )


def usd(amount: Decimal) -> str:
    """The amount without an exponent."""
    return f"{amount:f}"


def _saved(view: RequestView, foresee: Foresight) -> str | None:
    """What not making a film saved; None when nobody can tell now."""
    try:
        saved = savings(view.request, view.lesson, view.stages, foresee)
    except OperatorError:
        return None
    return usd(saved.usd) if saved else "0"


def _results(request_id: str, lesson: Lesson, store: Artifacts, *, links: Links) -> ResultsOut:
    script = lesson.script
    return ResultsOut(
        title=script.title if script else None, text=script.article if script else None,
        reading_grade=script.reading_grade if script else None,
        sources=[SourceOut(chunk_id=p.chunk_id, title=p.title, section=p.section) for p in (script.passages if script else ())],
        artifacts=_artifacts(request_id, lesson, store, links=links), failed_modalities=dict(lesson.failed_modalities),
        switched_off=dict(lesson.switched_off), warnings=list(lesson.warnings), cache_hit=lesson.cache_hit,
    )


def _artifacts(request_id: str, lesson: Lesson, store: Artifacts, *, links: Links) -> list[ArtifactOut]:
    """The files that are still there."""
    files = files_of(lesson)
    kept = store.sizes(files)
    return [ArtifactOut(kind=kind, name=name, url=links.to(name, request_id), bytes=kept[name])
            for name, kind in files.items() if name in kept]


def _clarification(lesson: Lesson | None) -> ClarificationOut | None:
    asked = lesson.clarification if lesson else None
    return ClarificationOut(question=asked.question, options=list(asked.options)) if asked else None


def _stage(run: StageRun) -> StageOut:
    try:
        cost = usd(stage_cost(run))
    except Unpriced:
        cost = None
    return StageOut(stage=run.stage, status=run.status, attempts=run.attempts, started_at=run.started_at,
                    seconds=run.seconds, cost_usd=cost, error=run.error or None)


def _total(view: RequestView) -> str | None:
    try:
        return usd(total_cost(view.stages))
    except Unpriced:
        return None


def _reason(view: RequestView) -> str | None:
    said = view.error or (view.lesson.reason if view.lesson else "")
    return said or None


def _fraction(view: RequestView) -> float:
    return min(1.0, max(0.0, view.progress))


def _error_stage(view: RequestView) -> Stage | None:
    return next((run.stage for run in reversed(view.stages) if run.status is StageStatus.FAILED), None)

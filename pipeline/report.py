"""A finished request as one plain object: what `generate --json` prints and what pages add up."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pipeline.domain import GenerationRequest, Lesson, Modality, Stage, StageRun
from pipeline.ledger import cost, skipped_value
from pipeline.ports import Artifacts


def stage_cost(run: StageRun) -> Decimal:
    """What the stage run cost in USD at the prices of its day."""
    day = (run.started_at or datetime.now(UTC)).date()
    return cost(run.usage, on=day)


def total_cost(runs: Sequence[StageRun]) -> Decimal:
    """What all these runs cost in USD."""
    return sum((stage_cost(run) for run in runs), Decimal(0))


def savings(request: GenerationRequest) -> Decimal:
    """The planning-book value of the video that was not asked for, in USD."""
    return Decimal(0) if request.wants(Modality.VIDEO) else skipped_value([Stage.VIDEO])


def as_json(request: GenerationRequest, lesson: Lesson, runs: Sequence[StageRun], store: Artifacts) -> dict[str, Any]:
    """The object of `generate --json`; artifacts are absolute paths."""
    intent = lesson.intent
    return {
        "request_id": request.request_id,
        "status": lesson.status,
        "reason": lesson.reason,
        "topic": None if intent is None else {
            "topic_id": intent.topic_id, "name": intent.topic_name, "confidence": intent.confidence,
        },
        "modalities": list(request.requested_modalities),
        "answered_with": [form for form in lesson.forms(request) if form not in lesson.failed_modalities],
        "stages": [_stage(run) for run in runs],
        "cost_usd": str(total_cost(runs)),
        "savings_usd": str(savings(request)),
        "cache_hit": lesson.cache_hit,
        "artifacts": artifacts(lesson, store),
        "sources": _sources(lesson),
        "sentences": origins(lesson),
        "reading_grade": lesson.script.reading_grade if lesson.script else None,
        "warnings": list(lesson.warnings),
        "failed_modalities": dict(lesson.failed_modalities),
        "switched_off": dict(lesson.switched_off),
        "clarification": None if lesson.clarification is None else {
            "question": lesson.clarification.question, "options": list(lesson.clarification.options),
        },
    }


def artifacts(lesson: Lesson, store: Artifacts) -> dict[str, Any]:
    """The lesson's files by what they are; `text` is the article itself, written beside them by the command line."""
    sound, film = lesson.narration, lesson.video
    return {
        "text": None,
        "audio": str(store.path(sound.audio)) if sound else None,
        "captions": str(store.path(sound.captions)) if sound else None,
        "images": [str(store.path(name)) for name in lesson.frames.images] if lesson.frames else [],
        "video": str(store.path(film.video)) if film else None,
        "video_720": str(store.path(film.video_720)) if film else None,
        "poster": str(store.path(film.poster)) if film else None,
    }


def origins(lesson: Lesson) -> Mapping[str, int]:
    """How many connecting sentences came from the book, were kept from the model, replaced, or dropped."""
    counted: dict[str, int] = {}
    for sentence in lesson.script.sentences if lesson.script else ():
        counted[sentence.origin] = counted.get(sentence.origin, 0) + 1
    return counted


def _stage(run: StageRun) -> dict[str, Any]:
    return {
        "stage": run.stage, "status": run.status, "seconds": run.seconds, "family": run.family, "model": run.model,
        "usage": [{"unit": entry.unit, "quantity": str(entry.quantity)} for entry in run.usage],
        "cost_usd": str(stage_cost(run)), "error": run.error or None,
    }


def _sources(lesson: Lesson) -> list[dict[str, Any]]:
    return [
        {"chunk_id": p.chunk_id, "title": p.title, "section": p.section, "score": p.score}
        for p in (lesson.script.passages if lesson.script else ())
    ]



"""A finished request as one plain object: what `generate --json` prints and what pages add up."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC
from decimal import Decimal
from enum import StrEnum
from typing import Any

from pipeline.domain import GenerationRequest, Lesson, Modality, Script, Stage, StageRun, StageStatus, Status
from pipeline.errors import OperatorError
from pipeline.ports import Artifacts
from pipeline.prices import cost, skipped_value, today
from pipeline.visuals import Value

logger = logging.getLogger("pipeline")
SKIPPABLE = (Stage.TTS, Stage.IMAGES, Stage.VIDEO)
"""The stages that a lesson can do without, in the order of the river."""
SAVING = (Status.COMPLETED, Status.PARTIAL)
"""Requests that got a lesson. One that was declined, failed or stopped would not have had a film either."""


NOTHING = Decimal("0.000")


class Basis(StrEnum):
    """What an estimate rests on: the planning book's assumption, or what such lessons did cost here."""

    PLANNING = "planning"
    FITTED = "fitted"


class Estimate(Value):
    """What something would have cost, in USD; where it is fitted, between `low` and `high` in 95 cases of 100."""

    usd: Decimal
    low: Decimal | None = None
    high: Decimal | None = None
    basis: Basis
    observations: int = 0
    """The lessons with a film that the fit rests on, or that there were when they were too few."""

    @property
    def because(self) -> str:
        """The basis in words."""
        if self.basis is Basis.PLANNING:
            return f"planning assumption, {self.observations} films to learn from"
        return f"estimated from {self.observations} films, 95 % between ${self.low} and ${self.high}"


Foresight = Callable[[Sequence[Stage], int], Estimate]
"""What these stages would have cost for a script of so many words."""


def planned(stages: Sequence[Stage], words: int = 0) -> Estimate:
    """What the planning book says that these stages cost, whatever the words."""
    return Estimate(usd=skipped_value(stages), basis=Basis.PLANNING)


def script_words(script: Script | None) -> int:
    """The length of a script: the words of its article, which every lesson has."""
    return len(script.article.split()) if script else 0


def stage_cost(run: StageRun) -> Decimal:
    """What the stage run cost in USD, as the ledger counts it: at the prices of the days that the record has it under."""
    return cost(run.usage, on=run.started_at.astimezone(UTC).date() if run.started_at else today())


def total_cost(runs: Sequence[StageRun]) -> Decimal:
    """What all these runs cost in USD."""
    return sum((stage_cost(run) for run in runs), Decimal(0))


def savings(
    request: GenerationRequest, lesson: Lesson | None, runs: Sequence[StageRun], foresee: Foresight = planned,
) -> Estimate | None:
    """What the lesson saved by not being a film; None where it saved nothing.

    A lesson from the shelf saves nothing: its film would have come from the shelf too. Nor does a correction, which makes
    anew what the lesson before it had, nor a lesson for a comparison: nobody went without its film.
    """
    skipped = tuple(run.stage for run in runs if run.status is StageStatus.SKIPPED and run.stage in SKIPPABLE)
    made = lesson is not None and lesson.status in SAVING and not lesson.cache_hit
    if lesson is None or not made or request.revision_of or request.fresh or not skipped:
        return None
    return foresee(skipped, script_words(lesson.script))


def tell_skipped(request: GenerationRequest, skipped: Sequence[Stage], script: Script, foresee: Foresight) -> None:
    """Log what this lesson saves. One that is made does not fail because its saving cannot be told."""
    if request.wants(Modality.VIDEO):
        return
    if request.fresh:
        _tell(request, NOTHING, "for a comparison")
        return
    try:
        saved = foresee(skipped, script_words(script))
    except OperatorError as fault:
        logger.warning("saving not told", exc_info=fault, extra={"action": "saving_untold", "request_id": request.request_id})
        return
    _tell(request, saved.usd, saved.because)


def tell_shelved(request: GenerationRequest) -> None:
    """Log that this lesson saves nothing."""
    if not request.wants(Modality.VIDEO):
        _tell(request, NOTHING, "from the shelf, as its film would have been")


def _tell(request: GenerationRequest, usd: Decimal, because: str) -> None:
    """The original's line, one line long so that log searches find it, with what the amount rests on behind it."""
    asked = [str(modality) for modality in request.requested_modalities]
    logger.info(
        f"[{request.request_id}] Step 6: Video generation SKIPPED (not in requested_modalities={asked}) "
        f"- COST SAVINGS: ${usd:f} saved per request ({because})",
        extra={"action": "video_skipped", "request_id": request.request_id, "saved_usd": f"{usd:f}", "because": because},
    )


def as_json(
    request: GenerationRequest, lesson: Lesson, runs: Sequence[StageRun], store: Artifacts, foresee: Foresight = planned,
) -> dict[str, Any]:
    """The object of `generate --json`; artifacts are absolute paths."""
    intent, saved = lesson.intent, savings(request, lesson, runs, foresee)
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
        "savings_usd": str(saved.usd if saved else 0),
        "savings": saved.model_dump(mode="json") if saved else None,
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
    """The lesson's files by what they are, None for one that is gone; `text` is the article itself, written beside them by the
    command line.
    """
    sound, film = lesson.narration, lesson.video
    return {
        "text": None,
        "audio": _here(store, sound.audio) if sound else None,
        "captions": _here(store, sound.captions) if sound else None,
        "images": [path for name in lesson.frames.images if (path := _here(store, name))] if lesson.frames else [],
        "video": _here(store, film.video) if film else None,
        "video_720": _here(store, film.video_720) if film else None,
        "poster": _here(store, film.poster) if film else None,
    }


def _here(store: Artifacts, name: str) -> str | None:
    path = store.fetch(name)
    return str(path) if path else None


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



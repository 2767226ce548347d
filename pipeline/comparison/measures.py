"""A finished request -> what is measured on it, or why there is nothing to measure."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from enum import StrEnum

from pipeline.comparison.terms import covered
from pipeline.domain import GenerationRequest, Lesson, Modality, Origin, Script, Stage, Status, Unit
from pipeline.prices import Unpriced
from pipeline.report import total_cost
from pipeline.tracking import RequestView
from pipeline.visuals import Value
from pipeline.writing import reading_grade

UNDECIDED = "it is not made yet"


class Measured(Value):
    """What one lesson took, and how good it is. Seconds are those of its stages: waiting is not counted."""

    topic: str
    seconds: float
    stage_seconds: Mapping[Stage, float]
    usd: Decimal | None
    """None when some usage has no price."""
    usage: Mapping[Unit, Decimal]
    words: int
    reading_grade: float
    asked_grade: int
    grounded: int
    """Connecting sentences that rest on the library, of `sentences`."""
    sentences: int
    terms: tuple[str, ...]
    covered: tuple[str, ...]
    passages: tuple[str, ...]


class Result(Value):
    """What came of one variant of one question: a measured lesson, or why it is missing."""

    measured: Measured | None = None
    missing: str = ""


class Measure(StrEnum):
    """What is compared as a number."""

    USD = "usd"
    SECONDS = "seconds"
    READING = "reading"
    GROUNDING = "grounding"
    TERMS = "terms"
    WORDS = "words"


VALUES: Mapping[Measure, Callable[[Measured], float | None]] = {
    Measure.USD: lambda m: None if m.usd is None else float(m.usd),
    Measure.SECONDS: lambda m: m.seconds,
    Measure.READING: lambda m: abs(m.reading_grade - m.asked_grade),
    Measure.GROUNDING: lambda m: m.grounded / m.sentences if m.sentences else None,
    Measure.TERMS: lambda m: len(m.covered) / len(m.terms) if m.terms else None,
    Measure.WORDS: lambda m: float(m.words),
}
"""Each measure as a number; None where the lesson has no such number. Dollars become floats only here, to be averaged."""

WITHOUT: Mapping[Measure, str] = {
    Measure.USD: "some usage has no price", Measure.GROUNDING: "it has no connecting sentences",
    Measure.TERMS: "its topic lists no key terms",
}
"""Why a measured lesson can lack a number."""


def measure(view: RequestView, terms: Callable[[str], tuple[str, ...]]) -> Result:
    """The lesson of the request, measured; `terms` tells the key terms of a topic id."""
    lesson, request = view.lesson, view.request
    reason = missing(view)
    if reason or lesson is None or lesson.script is None:
        return Result(missing=reason or "it has no text to measure")
    script, said = lesson.script, delivered(request, lesson.script)
    topic = lesson.intent.topic_id if lesson.intent else ""
    listed = terms(topic)
    shown = [sentence for sentence in script.sentences if sentence.origin is not Origin.DROPPED]
    return Result(measured=Measured(
        topic=topic, seconds=round(sum(run.seconds for run in view.stages), 3), stage_seconds=_stage_seconds(view),
        usd=_usd(view), usage=_usage(view), words=len(said.split()), asked_grade=request.grade_level,
        reading_grade=script.reading_grade if said is script.article else reading_grade(said),
        grounded=sum(sentence.origin is Origin.BOOK or bool(sentence.sources) for sentence in shown), sentences=len(shown),
        terms=listed, covered=covered(listed, said), passages=tuple(p.chunk_id for p in script.passages),
    ))


def missing(view: RequestView) -> str:
    """Why the request has no whole answer in its form; empty when it has one."""
    lesson, wanted = view.lesson, view.request.preferred_modality
    if not view.status.decided:
        return UNDECIDED
    if lesson is not None and view.status in (Status.COMPLETED, Status.PARTIAL):
        return _unmade(lesson, wanted)
    asked = lesson.clarification.question if lesson and lesson.clarification else ""
    told = view.error or (lesson.reason if lesson else "")
    return {
        Status.CLARIFICATION_NEEDED: f"it asked back: {asked or told}",
        Status.OUT_OF_SCOPE: f"it was declined: {told}", Status.CANCELLED: "it was cancelled",
    }.get(view.status, f"it failed: {told or 'the record does not say why'}")


def delivered(request: GenerationRequest, script: Script) -> str:
    """The words that the student gets: what is spoken where the lesson is heard or watched, else the article."""
    if request.wants(Modality.TEXT) or script.storyboard is None:
        return script.article
    return "\n".join(scene.narration for scene in script.storyboard.scenes)


def _unmade(lesson: Lesson, wanted: Modality) -> str:
    for reasons in (lesson.switched_off, lesson.failed_modalities):
        if wanted in reasons:
            return f"its {wanted} was not made: {reasons[wanted]}"
    return ""


def _stage_seconds(view: RequestView) -> dict[Stage, float]:
    seconds: dict[Stage, float] = {}
    for run in view.stages:
        seconds[run.stage] = round(seconds.get(run.stage, 0.0) + run.seconds, 3)
    return {stage: spent for stage, spent in seconds.items() if spent}


def _usage(view: RequestView) -> dict[Unit, Decimal]:
    used: dict[Unit, Decimal] = {}
    for entry in (entry for run in view.stages for entry in run.usage):
        used[entry.unit] = used.get(entry.unit, Decimal(0)) + entry.quantity
    return used


def _usd(view: RequestView) -> Decimal | None:
    try:
        return total_cost(view.stages)
    except Unpriced:
        return None

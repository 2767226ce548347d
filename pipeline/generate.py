"""THE FLOW: a request becomes a lesson, stage by stage, and leaves the river as soon as it is satisfied."""

import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TypeVar

from pipeline.allowance import Allowance, allow, plan
from pipeline.domain import (
    Frames,
    GenerationRequest,
    Intent,
    Lesson,
    Modality,
    Narration,
    Passage,
    Script,
    Stage,
    Status,
)
from pipeline.errors import Cancelled, ClarificationNeeded, OutOfScope, PipelineError, ProviderError
from pipeline.guardrails import left_out, scrubbed
from pipeline.ports import Artifacts, Renderer, TextModel, Voice
from pipeline.prompts import PromptBook
from pipeline.report import SKIPPABLE, Foresight, tell_shelved, tell_skipped
from pipeline.shelf import Shelf
from pipeline.stages.images import draw
from pipeline.stages.nlu import Knowledge, understand
from pipeline.stages.retrieval import retrieve
from pipeline.stages.script import Order, write
from pipeline.stages.tts import narrate
from pipeline.stages.video import film
from pipeline.store import OwnParts, plainly
from pipeline.switches import Switches
from pipeline.trace import NOBODY, Onlooker, Trace
from pipeline.writing import reading_warning, situate

logger = logging.getLogger("pipeline")
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class House:
    """Everything a lesson is made with."""

    text: TextModel
    voice: Voice
    renderer: Renderer
    knowledge: Knowledge
    store: Artifacts
    shelf: Shelf
    situations: Path
    base_lesson: Callable[[str], Lesson | None]
    switches: Callable[[GenerationRequest], Switches]
    """What is switched on for the student of a request."""
    foresee: Foresight
    """What stages that a lesson does without would have cost."""
    language_models: Callable[[str], TextModel]
    """A language model of the family by its id. Raises `OperatorError` where it is not on this machine."""
    prompts: Callable[[GenerationRequest], PromptBook]
    """The prompts that a request is made with. Raises `OperatorError` for a version that is not there."""
    family: str
    others: Mapping[str, TextModel] = field(default_factory=dict)
    """What reads questions (nlu), writes (script) or judges (judge) where it is not `text`."""
    onlooker: Onlooker = NOBODY
    """Who watches how requests are made."""

    def text_of(self, work: str) -> TextModel:
        """The language model that does this: a stage's name, or `judge`."""
        return self.others.get(work, self.text)

    def of(self, request: GenerationRequest) -> "House":
        """As it makes this one: by its model and its prompts, and where it is made fresh with parts of its own."""
        chosen, book = request.language_model, self.prompts(request)
        text, others = (self.language_models(chosen), {}) if chosen else (self.text, self.others)
        return replace(
            self, text=text, others=others, knowledge=replace(self.knowledge, prompts=book), shelf=self.shelf.by(book.version),
            store=OwnParts(self.store, request.request_id) if request.fresh else self.store)

    def allow(self, request: GenerationRequest) -> Allowance:
        """The request as it will be served here. Raises `OperatorError` where that is impossible."""
        return allow(request, self.switches(request), family=self.family)


def generate(allowance: Allowance, house: House, trace: Trace) -> Lesson:
    """The lesson, or why there is none. Raises only what an operator or a provider must mend, and `Cancelled`."""
    request = scrubbed(allowance.request)
    allowance = allowance.model_copy(update={"request": request})
    house = house.of(request)
    try:
        return _told(allowance, _remake(request, house, trace) if request.storyboard else _make(allowance, house, trace))
    except ClarificationNeeded as asked:
        return Lesson(request_id=request.request_id, status=Status.CLARIFICATION_NEEDED,
                      clarification=asked.clarification, reason=str(asked))
    except OutOfScope as declined:
        return Lesson(request_id=request.request_id, status=Status.OUT_OF_SCOPE, reason=str(declined))


def _told(allowance: Allowance, lesson: Lesson) -> Lesson:
    """The lesson with what was left out of its question, and what was switched off in it; whole it is not, then."""
    if personal := left_out(allowance.request):
        lesson = lesson.model_copy(update={"warnings": (*lesson.warnings, personal)})
    if not allowance.switched_off:
        return lesson
    status = Status.PARTIAL if lesson.status is Status.COMPLETED else lesson.status
    return lesson.model_copy(update={"status": status, "switched_off": allowance.switched_off})


def _make(allowance: Allowance, house: House, trace: Trace) -> Lesson:
    request, shelf = allowance.request, house.shelf if allowance.uses_shelf else house.shelf.closed()
    reader, writer = map(house.text_of, (Stage.NLU, Stage.SCRIPT))
    intent = trace.run(Stage.NLU, understand, reader, request, model=reader, knowledge=house.knowledge, shelf=shelf)
    key = shelf.lesson_key(request, intent)
    known = trace.run(Stage.CACHE, shelf.look_up, shelf, key) if allowance.uses_shelf else None
    if not allowance.uses_shelf:
        trace.skip(Stage.CACHE)
    if known:
        return _from_shelf(request, intent, known, trace)
    index = house.knowledge.index
    passages = trace.run(Stage.RETRIEVAL, retrieve, house.knowledge.embedder, intent, index)
    order = _order(request, intent, passages, house)
    script = trace.run(Stage.SCRIPT, write, writer, order, model=writer, prompts=house.knowledge.prompts)
    lesson = _made(request, intent, script, house, trace)
    if lesson.status is Status.COMPLETED:
        shelf.keep(key, lesson)
    return lesson


def _remake(request: GenerationRequest, house: House, trace: Trace) -> Lesson:
    """The corrected scenes of an earlier lesson: its text stays, only what changed is spoken, drawn and filmed."""
    base = house.base_lesson(request.revision_of or "")
    if base is None or base.script is None or base.intent is None:
        raise PipelineError(f"The lesson {request.revision_of!r} has no script to correct.")
    trace.cached(Stage.NLU, Stage.CACHE, Stage.RETRIEVAL, Stage.SCRIPT)
    script = base.script.model_copy(update={"storyboard": request.storyboard})
    return _made(request, base.intent, script, house, trace)


def _made(request: GenerationRequest, intent: Intent, script: Script, house: House, trace: Trace) -> Lesson:
    """The rest of the river: what fails here leaves the text standing, and the lesson `partial`."""
    stages, failed = plan(request), _Failures(request, last_try=trace.last_try)
    narration: Narration | None = None
    frames: Frames | None = None
    video = None
    board, folder = script.storyboard, request.request_id
    if board and Stage.TTS in stages:
        narration = failed.guard((Modality.AUDIO, Modality.VIDEO), lambda: trace.run(
            Stage.TTS, narrate, house.voice, board, voice=house.voice, store=house.store, folder=folder))
    if board and Stage.IMAGES in stages:
        frames = failed.guard((Modality.IMAGES, Modality.VIDEO), lambda: trace.run(
            Stage.IMAGES, draw, house.renderer, board, renderer=house.renderer, store=house.store, folder=folder))
    if board and narration and frames and Stage.VIDEO in stages:
        sound, pictures = narration, frames
        video = failed.guard((Modality.VIDEO,), lambda: trace.run(
            Stage.VIDEO, film, house.renderer, board, sound, pictures, renderer=house.renderer, store=house.store,
            folder=folder))
    skipped = [stage for stage in SKIPPABLE if stage not in stages]
    trace.skip(*skipped)
    tell_skipped(request, skipped, script, house.foresee)
    return Lesson(
        request_id=request.request_id, status=failed.status, intent=intent, script=script, narration=narration,
        frames=frames, video=video, failed_modalities=failed.reasons, warnings=_warnings(intent, script),
    )


class _Failures:
    """Which modalities could not be made, and why."""

    def __init__(self, request: GenerationRequest, *, last_try: bool) -> None:
        self._request = request
        self._last_try = last_try
        self.reasons: dict[Modality, str] = {}

    def guard(self, modalities: Sequence[Modality], work: Callable[[], T]) -> T | None:
        """The work's value; when it fails, None, and the asked-for ones of these modalities have failed because of it."""
        try:
            return work()
        except (PipelineError, OSError) as fault:
            if isinstance(fault, Cancelled) or (isinstance(fault, ProviderError) and not self._last_try):
                raise
            logger.warning("stage failed", exc_info=fault, extra={
                "action": "stage_failed", "request_id": self._request.request_id,
            })
            asked = [modality for modality in modalities if modality in self._request.requested_modalities]
            self.reasons.update(dict.fromkeys(asked, plainly(fault)))
            return None

    @property
    def status(self) -> Status:
        """COMPLETED, PARTIAL when something asked for was made, else FAILED."""
        if not self.reasons:
            return Status.COMPLETED
        made = set(self._request.requested_modalities) - set(self.reasons)
        return Status.PARTIAL if made else Status.FAILED


def _order(request: GenerationRequest, intent: Intent, passages: Sequence[Passage], house: House) -> Order:
    needs_board = request.wants(Modality.AUDIO, Modality.IMAGES, Modality.VIDEO)
    return Order(
        intent=intent, passages=tuple(passages), situation=situate(intent, passages, house.situations),
        storyboard=needs_board, seed=request.seed,
    )


def _from_shelf(request: GenerationRequest, intent: Intent, known: Lesson, trace: Trace) -> Lesson:
    """The known lesson as this student's: the warnings are about this request, not about the one that made it."""
    stages = plan(request)
    trace.cached(*(stage for stage in stages if stage not in (Stage.NLU, Stage.CACHE)))
    trace.skip(*(stage for stage in Stage if stage not in stages))
    tell_shelved(request)
    warnings = _warnings(intent, known.script) if known.script else intent.warnings
    return known.model_copy(update={
        "request_id": request.request_id, "cache_hit": True, "intent": intent, "warnings": warnings,
    })


def _warnings(intent: Intent, script: Script) -> tuple[str, ...]:
    hard = reading_warning(script.reading_grade, intent.grade_level)
    return (*intent.warnings, *([hard] if hard else ()))

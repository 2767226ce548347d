"""Prompts that are still being written, tried on questions in this process: nothing of it is recorded, billed or kept.

What is tried with others, or counts, is saved as a version first and goes through the queue.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from pipeline.domain import GenerationRequest, Lesson, Modality, Origin, Sentence, Stage, StageRun
from pipeline.errors import PipelineError
from pipeline.generate import House, generate
from pipeline.ports import Kept
from pipeline.prices import Unpriced
from pipeline.prompts import PromptText
from pipeline.report import total_cost
from pipeline.trace import Trace
from pipeline.visuals import Value


class Tried(Value):
    """What came of one question."""

    question: str
    lesson: Lesson | None
    """None where it failed; `reason` says why."""
    reason: str
    variables: Mapping[str, Mapping[str, object]]
    """What each prompt was filled in with, by its name, at its first asking."""
    seconds: float
    usd: Decimal | None
    """None where some of its usage has no price."""

    @property
    def wrote(self) -> Sequence[Sentence]:
        """The sentences that the model had a hand in."""
        script = self.lesson.script if self.lesson else None
        return [one for one in script.sentences if one.origin is not Origin.BOOK and one.text] if script else []

    @property
    def kept(self) -> int:
        """How many of them stood the check."""
        return sum(one.origin is Origin.MODEL for one in self.wrote)

    @property
    def said(self) -> str:
        """What it wrote, or why there is nothing, as one text."""
        return " ".join(one.text for one in self.wrote) or self.reason


class _Notes:
    """A journal that remembers the stages of one lesson and nothing else."""

    def __init__(self) -> None:
        self.runs: list[StageRun] = []
        self.variables: dict[str, Mapping[str, object]] = {}

    def recall(self, stage: Stage) -> Kept | None:
        """Nothing: every lesson is new."""
        return None

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        """Nobody watches."""

    def stage_finished(self, run: StageRun, kept: Kept | None = None) -> None:
        """Remembered."""
        self.runs.append(run)
        for prompt in kept.prompts if kept else ():
            self.variables.setdefault(prompt.name, prompt.variables)

    def draft(self, text: str) -> None:
        """Nobody watches."""

    def progress(self, fraction: float) -> None:
        """Nobody watches."""

    def cancelled(self) -> bool:
        """It is stopped by interrupting it."""
        return False


def tried(house: House, requests: Sequence[GenerationRequest], *, texts: Sequence[PromptText] = ()) -> Sequence[Tried]:
    """Each request as a text, made fresh, with these prompts in the place of those of the same name.

    A lesson that fails, by a prompt that cannot be filled in or by anything else, says why.
    """
    bench = replace(house, prompts=lambda request: house.prompts(request).with_texts(texts))
    return [_tried(bench, request) for request in requests]


def _tried(house: House, request: GenerationRequest) -> Tried:
    fresh = request.model_copy(update={
        "fresh": True, "requested_modalities": (Modality.TEXT,), "preferred_modality": Modality.TEXT})
    notes, lesson, reason = _Notes(), None, ""
    try:
        lesson = generate(house.allow(fresh), house, Trace(notes))
        reason = lesson.reason
    except PipelineError as fault:
        reason = str(fault)
    return Tried(question=request.student_query, lesson=lesson, reason=reason, variables=notes.variables,
                 seconds=round(sum(run.seconds for run in notes.runs), 3), usd=_usd(notes.runs))


def _usd(runs: Sequence[StageRun]) -> Decimal | None:
    try:
        return total_cost(runs)
    except Unpriced:
        return None

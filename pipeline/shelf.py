"""Finished lessons under the key of everything that changes them. A hit costs nothing."""

import hashlib
import json
from collections.abc import Callable, Mapping
from typing import Any, Protocol, TypeVar

from pydantic import ValidationError

from pipeline.bill import Bill
from pipeline.domain import GenerationRequest, Intent, Lesson
from pipeline.ports import Artifacts
from pipeline.visuals import Value

FORMAT = "1"
V = TypeVar("V", bound=Value)


class Cupboard(Protocol):
    """Where the shelf keeps its values."""

    def shelved(self, key: str) -> dict[str, Any] | None:
        """What was kept under the key."""
        ...

    def shelve(self, key: str, value: Mapping[str, Any], request_id: str) -> None:
        """Keep it."""
        ...


class NoCupboard:
    """Keeps nothing."""

    def shelved(self, key: str) -> dict[str, Any] | None:
        """Nothing."""
        return None

    def shelve(self, key: str, value: Mapping[str, Any], request_id: str) -> None:
        """Not kept."""


class Shelf:
    """Lessons and intents that were made before. `made_with` names models and corpus: they are in every key."""

    family = "embedded"
    name = "shelf"

    def __init__(self, cupboard: Cupboard, store: Artifacts, made_with: Callable[[], Mapping[str, str]]) -> None:
        self._cupboard = cupboard
        self._store = store
        self._made_with = made_with

    def closed(self) -> "Shelf":
        """The same shelf for a request that must neither take from it nor add to it."""
        return Shelf(NoCupboard(), self._store, self._made_with)

    def by(self, prompts: str) -> "Shelf":
        """The same shelf for what is made by this version of the prompts."""
        return Shelf(self._cupboard, self._store, lambda: {**self._made_with(), "prompts": prompts})

    def intent_key(self, request: GenerationRequest) -> str:
        """The key of a question as it was asked."""
        return self._digest("intent", question=" ".join(request.student_query.split()), grade=request.grade_level,
                            interest=request.interest, hint=request.topic_hint)

    def lesson_key(self, request: GenerationRequest, intent: Intent) -> str:
        """The key of a lesson: topic and question, interest, grade, style, plan, seed."""
        return self._digest(
            "lesson", topic=intent.topic_id, question=" ".join(intent.question.casefold().split()),
            interest=intent.interest_id, grade=request.grade_level, style=request.style, seed=request.seed,
            plan=sorted(request.requested_modalities),
        )

    def intent(self, key: str) -> Intent | None:
        """The intent under the key."""
        value = self._cupboard.shelved(key)
        return None if value is None else _readable(Intent, value)

    def keep_intent(self, key: str, intent: Intent, request_id: str) -> None:
        """Keep the reading of a question."""
        self._cupboard.shelve(key, intent.model_dump(mode="json"), request_id)

    def look_up(self, spend: Bill, key: str) -> Lesson | None:
        """The lesson under the key, when all its files are still there."""
        value = self._cupboard.shelved(key)
        if value is None:
            return None
        lesson = _readable(Lesson, value)
        if lesson is None:
            return None
        files = files_of(lesson)
        spend.reused = len(self._store.sizes(files)) == len(files)
        return lesson if spend.reused else None

    def keep(self, key: str, lesson: Lesson) -> None:
        """Keep a finished lesson."""
        self._cupboard.shelve(key, lesson.model_dump(mode="json"), lesson.request_id)

    def _digest(self, kind: str, **parts: object) -> str:
        whole = {"format": FORMAT, "kind": kind, **self._made_with(), **parts}
        return hashlib.sha256(json.dumps(whole, sort_keys=True).encode()).hexdigest()


def _readable(kind: type[V], value: Mapping[str, Any]) -> V | None:
    """The value, or None for one that an earlier version kept in another form: it is made again."""
    try:
        return kind.model_validate(value)
    except ValidationError:
        return None


def files_of(lesson: Lesson) -> dict[str, str]:
    """The lesson's files in the store: name → kind."""
    files: dict[str, str] = {}
    if lesson.narration:
        files |= {lesson.narration.audio: "audio", lesson.narration.captions: "captions"}
    if lesson.frames:
        files |= dict.fromkeys(lesson.frames.images, "image")
    if lesson.video:
        files |= {lesson.video.video: "video", lesson.video.video_720: "video_720", lesson.video.poster: "poster"}
    return files

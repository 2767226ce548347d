"""What a stage needs from outside, one small interface each. The fakes are in `pipeline.testing`."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Generic, Protocol, TypeVar, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from pipeline.domain import Passage, Scene, SceneAudio, Stage, StageRun, Subject, Usage, Word
from pipeline.errors import RequestDeclined

T = TypeVar("T")
Listener = Callable[[str], bool]
"""Hears each piece of text as it is written; answers False to stop the model."""


@dataclass(frozen=True, kw_only=True)
class Paid(Generic[T]):
    """A value together with what it used."""

    value: T
    usage: tuple[Usage, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Prompt:
    """One call of a text model. `schema` constrains the answer to JSON; `seed` makes it repeatable."""

    name: str
    version: str
    system: str
    user: str
    max_tokens: int
    temperature: float = 0.0
    seed: int = 1
    schema: Mapping[str, object] | None = None
    stop: tuple[str, ...] = ()
    variables: Mapping[str, object] = field(default_factory=dict, compare=False, repr=False)
    """What was filled in: texts, numbers, and lists of plain mappings of them. The model sees `user` only."""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call of a language model, as it went; the name of its fault where it failed."""

    prompt: Prompt
    family: str
    model: str
    started_at: datetime
    seconds: float
    usage: tuple[Usage, ...] = ()
    answer: str = ""
    error: str = ""


@dataclass(frozen=True, kw_only=True)
class Tracked:
    """An evaluation as another record is told of it: named once and for all, what it was made with, what it came to."""

    name: str
    said: str
    parameters: Mapping[str, str | float]
    metrics: Mapping[str, str | float]


class Tracker(Protocol):
    """Another record of evaluations."""

    def track(self, run: Tracked) -> str:
        """Note it, once however often it is told; where it can be seen. Raises `PipelineError`."""
        ...


class TextModel(Protocol):
    """A language model."""

    family: str
    name: str

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """The model's answer. Raises `ProviderUnavailable` or `UnusableOutput`."""
        ...

    def margin(self, prompt: Prompt) -> Paid[float]:
        """P(yes) − P(no) of the first word of the answer, in −1…1 (0 when the model says neither)."""
        ...


class Embedder(Protocol):
    """A text embedding model; its name is part of every index made with it."""

    family: str
    name: str

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors, one row per text."""
        ...


@runtime_checkable
class TwoSided(Protocol):
    """An embedder that embeds questions in another way than texts."""

    def for_questions(self) -> Embedder:
        """The one for questions."""
        ...


def for_questions(embedder: Embedder) -> Embedder:
    """What questions are embedded by, where texts are by this one."""
    return embedder.for_questions() if isinstance(embedder, TwoSided) else embedder


class Index(Protocol):
    """A searchable library of passages."""

    version: str

    def search(
        self, question: str, *, limit: int, subject: Subject | None = None, grade: int | None = None,
        topic_id: str | None = None,
    ) -> Sequence[Passage]:
        """The best passages, strongest first, with scores in 0…1."""
        ...


@dataclass(frozen=True, kw_only=True)
class Speech:
    """Mono sound as float32 in −1…1, with the time of each word of the text as written."""

    samples: NDArray[np.float32]
    rate: int
    words: tuple[Word, ...]


class Voice(Protocol):
    """A voice that reads text aloud."""

    family: str
    name: str

    def speak(self, text: str) -> Paid[Speech]:
        """The text read aloud. Numbers, units and formulas are spoken in words; `words` keeps them as written."""
        ...


class Renderer(Protocol):
    """Draws boards and films them."""

    family: str
    name: str

    def still(self, scene: Scene, path: Path) -> None:
        """The scene with everything revealed, as a 1920×1080 PNG at `path`."""
        ...

    def film(self, request: "Film", height: int, path: Path, progress: Callable[[float], None]) -> float:
        """The film at 720 or 1080 lines as an MP4 at `path`; its length in seconds. `progress` hears 0…1."""
        ...


@dataclass(frozen=True, kw_only=True)
class Film:
    """What a film is made from. `folder` holds the WAV files that the scenes' audio names; `reuse` keeps finished scenes."""

    title: str
    scenes: Sequence[Scene]
    audio: Sequence[SceneAudio]
    soundtrack: Path
    captions: Path
    folder: Path
    reuse: Path


class Artifacts(Protocol):
    """Where files are kept. A name is relative to the store and never leaves it. A file is made at its `path`; it is kept, and
    there for every process of the installation, once it is published.
    """

    def path(self, name: str) -> Path:
        """The local path of a stored or future file; its folder exists."""
        ...

    def put(self, name: str, content: bytes) -> Path:
        """Write the file whole or not at all, and publish it. Raises `StorageFull`."""
        ...

    def publish(self, name: str) -> None:
        """Keep the file that stands finished at its path. Raises `ProviderUnavailable`."""
        ...

    def fetch(self, name: str) -> Path | None:
        """The kept file at its path, whole; None where none is kept. Raises `ProviderUnavailable`, `StorageFull`."""
        ...

    def sizes(self, names: Collection[str]) -> Mapping[str, int]:
        """The bytes of those of the files that are kept."""
        ...


class Store(Artifacts, Protocol):
    """Artifacts that are handed out."""

    def link(self, name: str) -> str | None:
        """Where anybody gets the kept file for some minutes; None where it is this process that hands it out."""
        ...


@dataclass(frozen=True, kw_only=True)
class Kept:
    """What a stage came to, for whoever goes on with the request: its value, or why it declined; and what it asked models."""

    value: object = None
    declined: RequestDeclined | None = None
    prompts: tuple[Prompt, ...] = ()


class Journal(Protocol):
    """Hears everything that happens to a request and keeps it."""

    def recall(self, stage: Stage) -> Kept | None:
        """What the stage came to in an earlier run of this request, or None: then it has to be run."""
        ...

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        """A stage begins."""
        ...

    def stage_finished(self, run: StageRun, kept: Kept | None = None) -> None:
        """A stage ended, however it ended; what it came to is kept together with its bill."""
        ...

    def draft(self, text: str) -> None:
        """The article so far."""
        ...

    def progress(self, fraction: float) -> None:
        """How far the running stage is, 0…1."""
        ...

    def cancelled(self) -> bool:
        """Whether somebody asked to stop."""
        ...


__all__ = [
    "Artifacts", "Call", "Embedder", "Film", "Index", "Journal", "Kept", "Listener", "Paid", "Prompt", "Renderer",
    "Speech", "Store", "TextModel", "TwoSided", "Voice", "for_questions",
]

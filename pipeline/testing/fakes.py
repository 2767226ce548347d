"""Fakes of every port, shipped for tests and benches: small, deterministic, and honest about being fakes."""

import zlib
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from pipeline.config import Settings
from pipeline.domain import Scene, Stage, StageRun, Unit, Usage, Word
from pipeline.generate import House
from pipeline.ports import Film, Kept, Listener, Paid, Prompt, Speech
from pipeline.prompts import ByteBound, read_prompts
from pipeline.search import ModelJudge
from pipeline.shelf import Shelf
from pipeline.store import LocalStore
from pipeline.wiring import Wiring
from pipeline.writing.sentences import stems

FAMILY = "embedded"
"""The fakes stand in for the local family, whose price book knows what they count; their names say what they are."""
FAKE_MODELS = ("fake-text", "fake-small")
"""The language models of an installation of fakes."""
ANSWERS = {"nlu": '{"kind": "learning", "topic": 1}', "hook": "Why?", "link": "So."}
"""What a model says that understands every question and writes nothing worth keeping."""


class FakeTextModel:
    """Answers from a table by prompt name: a text, or a function of the prompt. `prompts` keeps what it was asked."""

    family = FAMILY

    def __init__(
        self, answers: Mapping[str, str | Callable[[Prompt], str]], margin: float = 0.9, name: str = FAKE_MODELS[0],
    ) -> None:
        self.name = name
        self._answers = answers
        self._margin = margin
        self.prompts: list[Prompt] = []

    def complete(self, prompt: Prompt, hear: Listener | None = None) -> Paid[str]:
        """The table's answer, word by word to the listener."""
        self.prompts.append(prompt)
        answer = self._answers[prompt.name]
        text = answer if isinstance(answer, str) else answer(prompt)
        for word in text.split(" "):
            if hear and not hear(f"{word} "):
                break
        return Paid(value=text, usage=_usage(self.name, {Unit.INPUT_TOKEN: len(prompt.user) // 4,
                                                         Unit.OUTPUT_TOKEN: len(text) // 4}))

    def margin(self, prompt: Prompt) -> Paid[float]:
        """Always the same margin."""
        self.prompts.append(prompt)
        return Paid(value=self._margin, usage=_usage(self.name, {Unit.INPUT_TOKEN: 10}))


class FakeEmbedder:
    """Hashes words into a small vector, so that texts with common words are near each other."""

    family = FAMILY
    name = "fake-embedder"
    width = 2048

    def embed(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Unit vectors of bags of words."""
        vectors = np.zeros((len(texts), self.width), dtype=np.float32)
        for row, text in enumerate(texts):
            for stem in stems(text):
                vectors[row, zlib.crc32(stem.encode()) % self.width] += 1.0
        norms = np.linalg.norm(vectors, axis=1, keepdims=True)
        unit: NDArray[np.float32] = vectors / np.maximum(norms, 1e-9)
        return unit


class FakeVoice:
    """Speaks a quiet tone, a fiftieth of a second for each word; `fail` makes it break. `said` keeps what it read aloud."""

    family = FAMILY
    name = "fake-voice"
    rate = 22050

    def __init__(self, fail: Exception | None = None) -> None:
        self._fail = fail
        self.said: list[str] = []

    def speak(self, text: str) -> Paid[Speech]:
        """A tone as long as the text."""
        if self._fail:
            raise self._fail
        self.said.append(text)
        words = text.split()
        samples = np.sin(np.arange(len(words) * self.rate // 50) / 20).astype(np.float32) * 0.1
        times = tuple(Word(text=word, start=n / 50, end=(n + 1) / 50) for n, word in enumerate(words))
        return Paid(value=Speech(samples=samples, rate=self.rate, words=times),
                    usage=_usage(self.name, {Unit.CHARACTER: len(text)}))


class FakeRenderer:
    """Draws plain pictures and writes a placeholder film; `fail` makes the film break, `fail_still` the pictures.

    `drawn` and `filmed` count its work.
    """

    family = FAMILY
    name = "fake-renderer"

    def __init__(self, fail: Exception | None = None, fail_still: Exception | None = None) -> None:
        self._fail = fail
        self._fail_still = fail_still
        self.drawn = 0
        self.filmed = 0

    def still(self, scene: Scene, path: Path) -> None:
        """A grey picture."""
        if self._fail_still:
            raise self._fail_still
        self.drawn += 1
        Image.new("RGB", (16, 9), (len(scene.narration) % 256, 90, 120)).save(path)

    def film(self, request: Film, height: int, path: Path, progress: Callable[[float], None]) -> float:
        """Not a film: the sum of the scenes' lengths, and a file that says so."""
        if self._fail:
            raise self._fail
        self.filmed += 1
        progress(1.0)
        path.write_bytes(b"a fake film for tests")
        return sum(audio.seconds for audio in request.audio)


class QuietJournal:
    """Keeps what it hears; `cancel` makes it say that somebody asked to stop."""

    def __init__(self) -> None:
        self.runs: list[StageRun] = []
        self.drafts: list[str] = []
        self.cancel = False

    def stage_started(self, stage: Stage, family: str, model: str) -> None:
        """Heard."""

    def recall(self, stage: Stage) -> Kept | None:
        """Nothing: each request is new."""
        return None

    def stage_finished(self, run: StageRun, kept: Kept | None = None) -> None:
        """Kept."""
        self.runs.append(run)

    def draft(self, text: str) -> None:
        """Kept."""
        self.drafts.append(text)

    def progress(self, fraction: float) -> None:
        """Heard."""

    def cancelled(self) -> bool:
        """What the test set."""
        return self.cancel


class MemoryCupboard:
    """A shelf's storage in a dictionary."""

    def __init__(self) -> None:
        self.values: dict[str, dict[str, Any]] = {}

    def shelved(self, key: str) -> dict[str, Any] | None:
        """What was kept."""
        return self.values.get(key)

    def shelve(self, key: str, value: Mapping[str, Any], request_id: str) -> None:
        """Keep it."""
        self.values[key] = dict(value)


class MemoryShelf(Shelf):
    """A shelf that forgets everything with the process."""

    def __init__(self, folder: Path | None = None) -> None:
        super().__init__(MemoryCupboard(), LocalStore(folder or Path()), lambda: {"made": "for tests"})


class FakeWiring(Wiring):
    """An installation whose models are fakes and whose library, record, store and queue are real."""

    def __init__(
        self, settings: Settings, *, text: FakeTextModel | None = None, voice: FakeVoice | None = None,
        renderer: FakeRenderer | None = None,
    ) -> None:
        super().__init__(settings)
        self.embedder = FakeEmbedder()
        self.text = text or FakeTextModel(ANSWERS)
        self.judge = ModelJudge(self.text, read_prompts(settings.data / "prompts"))
        self.voice = voice or FakeVoice()
        self.renderer = renderer or FakeRenderer()
        self.token_counter = ByteBound()

    def open_house(self) -> House:
        """A house that nothing needs to be loaded for."""
        other = FakeTextModel(ANSWERS, name=FAKE_MODELS[1])
        return self.furnish(
            embedder=FakeEmbedder(), text=self.text, voice=self.voice, renderer=self.renderer,
            language_models={self.text.name: self.text, other.name: other}.__getitem__)

    def language_models(self) -> tuple[str, ...]:
        """The fakes."""
        return FAKE_MODELS


def _usage(model: str, quantities: Mapping[Unit, int]) -> tuple[Usage, ...]:
    return tuple(Usage(provider=FAMILY, model=model, unit=u, quantity=Decimal(q)) for u, q in quantities.items())
